//! Of which models a voice is mixed: at most two at a time, and how it gets from one mixture to
//! another.
//!
//! ```text
//!  morph, 0…3:   A ────── B ────── C ────── D        target: the two neighbours and the share
//!  one tick:     A·B ─► C   first to B alone (it is nearer), then B ─► C
//! ```
//!
//! An ingredient is a model's place among those that are fitted, or silence where its slot has
//! none. Nothing jumps: a share moves by [`STEP`] in a tick at most, and what comes in or goes out
//! does so at a share of 0 or 1.
//!
//! *Real time:* a few comparisons.

use std::f32::consts::FRAC_PI_2;

/// How far a share moves in one tick, at most: one model gives way to another in 21 ms.
const STEP: f32 = 0.125;

/// A model's place among those that are fitted; none is silence.
pub(crate) type Ingredient = Option<usize>;

/// Two ingredients, of which the second has `share` of the sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mixture {
    /// Both; the same one twice where there is only one.
    pub(crate) of: [Ingredient; 2],
    /// 0 (the first alone) … 1.
    pub(crate) share: f32,
}

impl Mixture {
    /// One ingredient alone.
    pub(crate) fn only(ingredient: Ingredient) -> Self {
        Self {
            of: [ingredient; 2],
            share: 0.0,
        }
    }

    /// Two of them; one alone where the other has no share.
    pub(crate) fn new(of: [Ingredient; 2], share: f32) -> Self {
        if of[0] == of[1] || share <= 0.0 {
            Self::only(of[0])
        } else if share >= 1.0 {
            Self::only(of[1])
        } else {
            Self { of, share }
        }
    }

    /// Whether an ingredient is in it.
    pub(crate) fn has(&self, ingredient: Ingredient) -> bool {
        self.of.contains(&ingredient)
    }

    /// Whether it is one ingredient alone.
    pub(crate) fn is_single(&self) -> bool {
        self.of[0] == self.of[1]
    }

    /// The same with one ingredient put in another's place.
    pub(crate) fn exchanged(mut self, old: Ingredient, new: Ingredient) -> Self {
        for ingredient in self.of.iter_mut().filter(|own| **own == old) {
            *ingredient = new;
        }
        self
    }

    /// The ingredient that is heard most.
    pub(crate) fn loudest(&self) -> Ingredient {
        self.of[usize::from(self.share > 0.5)]
    }

    /// The same, an ingredient that is not heard any more left out.
    pub(crate) fn settled(self) -> Self {
        Self::new(self.of, self.share)
    }

    /// The mixture one tick nearer to the target. A new ingredient comes in only where `may_enter`,
    /// and only once the other one alone is left ([`Self::settled`]).
    pub(crate) fn step(self, target: &Self, may_enter: bool) -> Self {
        if !self.is_single() {
            return self.with_share(self.way_to(target));
        }
        let here = self.of[0];
        let next = match target.of.iter().position(|of| *of == here) {
            Some(_) if target.is_single() => return self,
            Some(0) => *target,
            Some(_) => Self {
                of: [target.of[1], target.of[0]],
                share: 1.0 - target.share,
            },
            None => Self {
                of: [here, target.loudest()],
                share: 1.0,
            },
        };
        if !may_enter {
            return self;
        }
        Self { share: 0.0, ..next }.with_share(next.share)
    }

    /// Where the share of two ingredients goes.
    fn way_to(&self, target: &Self) -> f32 {
        let [first, second] = self.of;
        if target.of == self.of {
            target.share
        } else if target.of == [second, first] {
            1.0 - target.share
        } else if target.has(first) && !target.has(second) {
            0.0
        } else if target.has(second) && !target.has(first) {
            1.0
        } else {
            self.share.round()
        }
    }

    fn with_share(self, goal: f32) -> Self {
        let step = (goal - self.share).clamp(-STEP, STEP);
        Self {
            share: self.share + step,
            ..self
        }
    }
}

/// Two gains on their way through the shares of three ticks: a curve without a corner, which has
/// half a tick's delay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bend([f32; 3]);

impl Bend {
    /// Where nothing moves.
    pub(crate) const FULL: Self = Self([1.0; 3]);

    /// One of the two gains, by the shares at the last three ticks, oldest first.
    pub(crate) fn of(number: usize, shares: [f32; 3]) -> Self {
        Self(shares.map(|share| gains(share)[number]))
    }

    /// The gain a part of the way from one tick to the next, 0…1: a quadratic B-spline.
    #[inline]
    pub(crate) fn at(&self, way: f32) -> f32 {
        let [first, second, third] = self.0;
        let (rest, middle) = (1.0 - way, 0.5 + way - way * way);
        0.5 * rest * rest * first + middle * second + 0.5 * way * way * third
    }
}

/// The gains of two unlike sounds at a share: their powers add up to one.
pub(crate) fn gains(share: f32) -> [f32; 2] {
    if share <= 0.0 {
        return [1.0, 0.0];
    }
    let (sine, cosine) = (share * FRAC_PI_2).sin_cos();
    [cosine.max(0.0), sine]
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Ingredient = Some(0);
    const B: Ingredient = Some(1);
    const C: Ingredient = Some(2);
    const D: Ingredient = Some(3);

    /// How much of each ingredient is in a mixture.
    fn amounts(mixture: &Mixture) -> [f32; 5] {
        let mut amounts = [0.0; 5];
        for (ingredient, share) in mixture.of.iter().zip([1.0 - mixture.share, mixture.share]) {
            amounts[ingredient.unwrap_or(4)] += share;
        }
        amounts
    }

    /// From any mixture to any other: it arrives within four ways of one ingredient, no amount
    /// moves by more than a step in a tick, and what comes in is one ingredient at a time.
    #[test]
    fn every_way_is_gone_without_a_jump() {
        let ingredients = [A, B, C, D, None];
        let pairs = ingredients
            .iter()
            .flat_map(|a| ingredients.map(|b| [*a, b]));
        let shares = [0.0, 0.3, 0.5, 0.9];
        let mixtures: Vec<Mixture> = pairs
            .flat_map(|of| shares.map(|share| Mixture::new(of, share)))
            .collect();
        for from in &mixtures {
            for to in &mixtures {
                let mut now = *from;
                for _ in 0..40 {
                    let next = now.settled().step(to, true);
                    let moved = amounts(&now).into_iter().zip(amounts(&next));
                    let most = moved.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    assert!(most < STEP + 1e-6, "{from:?} to {to:?}: {now:?}, {next:?}");
                    now = next;
                }
                let apart = amounts(&now).into_iter().zip(amounts(to));
                let most = apart.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(most < 1e-6, "{from:?} to {to:?} ends at {now:?}");
            }
        }
    }

    /// Nothing comes in before it may; what is there goes on moving.
    #[test]
    fn what_comes_in_waits_for_its_turn() {
        let now = Mixture::only(A);
        let to = Mixture::new([A, B], 0.5);
        assert_eq!(now.step(&to, false), now);
        assert!(now.step(&to, true).has(B));
        let half = Mixture::new([A, B], 0.5);
        assert!(half.step(&now, false).share < 0.5);
    }

    /// Unlike sounds keep their power.
    #[test]
    fn powers_add_up_to_one() {
        for step in 0..=10u8 {
            let [first, second] = gains(f32::from(step) / 10.0);
            assert!((first * first + second * second - 1.0).abs() < 1e-6);
        }
        assert_eq!(gains(0.0), [1.0, 0.0]);
    }

    /// From tick to tick the gain and its slope go on where they were; it stands where it stood.
    #[test]
    fn gains_bend_without_a_corner() {
        let shares = [0.0, 0.0, 0.125, 0.25, 0.25, 0.25];
        for (last, next) in shares.windows(3).zip(shares[1..].windows(3)) {
            let [last, next] = [last, next].map(|s| Bend::of(0, [s[0], s[1], s[2]]));
            assert!((last.at(1.0) - next.at(0.0)).abs() < 1e-6);
            let slopes = [last.at(1.0) - last.at(0.999), next.at(0.001) - next.at(0.0)];
            assert!((slopes[0] - slopes[1]).abs() < 1e-6, "{slopes:?}");
        }
        assert_eq!(Bend::of(0, [0.0; 3]), Bend::FULL);
    }
}
