//! The plane that the map shows: two latents, or the two directions in which the sounds differ most.
//!
//! ```text
//!  latents 0…1 ─ minus origin, along two unit vectors ─► place ─ low…high ─► share 0…1 of the map
//!  latents, share ─► what lies in the plane goes there, what is orthogonal to it stays ─► latents
//! ```
//!
//! Two latents are the plane whose vectors each point along one of them; so both kinds are one.
//!
//! *Promise:* the latents stay within 0…1. Where a wall is in the way the nearest place beside it is
//! looked for, so that the sound follows the pointer as far as there are sounds.

use super::cloud::Sound;
use crate::editor::layout;
use betwixt_engine::LATENTS;
use betwixt_model::Header;
use betwixt_model::header::Pca;

use egui::{Vec2, vec2};

/// Knob positions, 0…1 each.
pub(super) type Latents = [f32; LATENTS];

/// Share of the sounds that may lie beyond each edge of the plane of all latents.
const BEYOND: f32 = 0.005;
/// Room beside the others, as a share of their width.
const MARGIN: f32 = 0.06;
/// A plane is at least so wide, in knob positions.
const NARROWEST: f32 = 0.1;
/// A vector shorter than this points nowhere.
const SHORTEST: f32 = 1e-3;
/// How often the way around a wall is looked for.
const TRIES: usize = 24;

/// Two directions among the latents.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    origin: Latents,
    /// Unit vectors at right angles.
    axes: [Latents; 2],
    /// The map's left bottom and right top along them.
    low: Vec2,
    high: Vec2,
}

impl Plane {
    /// The plane of two latents; the map shows all of it.
    pub(super) fn of_latents([across, up]: [usize; 2]) -> Self {
        let along = |axis: usize| std::array::from_fn(|index| f32::from(u8::from(index == axis)));
        Self {
            origin: [0.0; LATENTS],
            axes: [along(across), along(up)],
            low: Vec2::ZERO,
            high: Vec2::splat(1.0),
        }
    }

    /// The plane in which a model's sounds differ most, if it says two directions; the map shows
    /// nearly all sounds.
    pub(super) fn of_all(header: &Header, sounds: &[Sound]) -> Option<Self> {
        let mut plane = Self::along(header.pca.as_ref()?)?;
        let places = || sounds.iter().map(|sound| plane.place(&sound.latents));
        let (left, right) = range(places().map(|place| place.x).collect());
        let (bottom, top) = range(places().map(|place| place.y).collect());
        (plane.low, plane.high) = (vec2(left, bottom), vec2(right, top));
        Some(plane)
    }

    /// A plane along the first two components, which are set at right angles if they are not.
    fn along(pca: &Pca) -> Option<Self> {
        let [first, second] = [pca.components.first()?, pca.components.get(1)?].map(|row| all(row));
        let first = unit(first)?;
        let shared = dot(&first, &second);
        let second = std::array::from_fn(|index| second[index] - shared * first[index]);
        Some(Self {
            origin: all(&pca.mean),
            axes: [first, unit(second)?],
            low: Vec2::splat(-0.5),
            high: Vec2::splat(0.5),
        })
    }

    /// Where latents lie in the plane, in knob positions from its origin.
    fn place(&self, latents: &Latents) -> Vec2 {
        let away = std::array::from_fn(|index| latents[index] - self.origin[index]);
        vec2(dot(&away, &self.axes[0]), dot(&away, &self.axes[1]))
    }

    /// Where latents lie on the map: 0…1 from left to right and from bottom to top.
    pub(super) fn share(&self, latents: &Latents) -> Vec2 {
        (self.place(latents) - self.low) / (self.high - self.low)
    }

    /// Whether a latent moves with the plane.
    pub(super) fn moves(&self, latent: usize) -> bool {
        self.axes.iter().any(|axis| axis[latent] != 0.0)
    }

    /// The latents at a place of the map; what is orthogonal to the plane stays as it was, unless a
    /// latent's end is in the way.
    pub(super) fn go(&self, from: &Latents, share: Vec2) -> Latents {
        let goal = self.low + share * (self.high - self.low);
        let mut latents = *from;
        for _ in 0..TRIES {
            let missing = goal - self.place(&latents);
            if missing.length() < 1e-6 {
                break;
            }
            for (index, latent) in latents.iter_mut().enumerate() {
                let step = missing.x * self.axes[0][index] + missing.y * self.axes[1][index];
                *latent = (*latent + step).clamp(0.0, 1.0);
            }
        }
        latents
    }
}

/// Numbers for all latents that there could be.
pub(super) fn all(numbers: &[f32]) -> Latents {
    std::array::from_fn(|index| numbers.get(index).copied().unwrap_or(0.0))
}

fn dot(one: &Latents, other: &Latents) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn unit(vector: Latents) -> Option<Latents> {
    let length = dot(&vector, &vector).sqrt();
    (length > SHORTEST).then(|| vector.map(|value| value / length))
}

/// From where to where nearly all numbers lie, with a margin.
fn range(mut numbers: Vec<f32>) -> (f32, f32) {
    numbers.retain(|number| number.is_finite());
    numbers.sort_by(f32::total_cmp);
    let Some(last) = numbers.len().checked_sub(1) else {
        return (-0.5, 0.5);
    };
    let beyond = layout::whole(BEYOND * layout::real(last));
    let (low, high) = (numbers[beyond], numbers[last - beyond]);
    let middle = 0.5 * (low + high);
    let half = (0.5 + MARGIN) * (high - low).max(NARROWEST);
    (middle - half, middle + half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::tests::tiny_header;

    /// A plane at an angle: its vectors are made by hand, orthonormal.
    fn tilted() -> Plane {
        let pca = Pca {
            mean: vec![0.5; 4],
            components: vec![vec![0.5; 4], vec![0.5, -0.5, 0.5, -0.5]],
        };
        Plane::along(&pca).unwrap()
    }

    fn away(plane: &Plane, latents: &Latents) -> Latents {
        let place = plane.place(latents);
        std::array::from_fn(|index| {
            latents[index]
                - plane.origin[index]
                - place.x * plane.axes[0][index]
                - place.y * plane.axes[1][index]
        })
    }

    /// A step in the plane is as long among the latents as on the map, the place that was asked for
    /// is reached, and what is orthogonal to the plane does not change.
    #[test]
    fn a_move_in_the_plane_keeps_what_is_orthogonal() {
        let plane = tilted();
        let from = all(&[0.4, 0.55, 0.6, 0.45]);
        for share in [vec2(0.5, 0.5), vec2(0.6, 0.3), vec2(0.35, 0.62)] {
            let to = plane.go(&from, share);
            assert!((plane.share(&to) - share).length() < 1e-5, "{share:?}");
            let moved: f32 = (0..4).map(|i| (to[i] - from[i]).powi(2)).sum();
            let way = plane.place(&to) - plane.place(&from);
            assert!((moved.sqrt() - way.length()).abs() < 1e-5, "{share:?}");
            for (now, before) in away(&plane, &to).iter().zip(away(&plane, &from)) {
                assert!((now - before).abs() < 1e-5, "{share:?}");
            }
        }
    }

    /// Latents end at 0 and 1; where one is in the way, the others still take the sound there as
    /// far as there is a way, and never out of their range.
    #[test]
    fn a_wall_is_walked_along() {
        let plane = tilted();
        let from = all(&[0.95, 0.05, 0.5, 0.5]);
        let share = vec2(0.9, 0.5);
        let to = plane.go(&from, share);
        assert!(to.iter().all(|latent| (0.0..=1.0).contains(latent)));
        assert!((plane.share(&to) - share).length() < 1e-3, "{to:?}");
        // A corner farther away than any latents.
        let far = plane.go(&from, vec2(9.0, 9.0));
        assert!(far.iter().all(|latent| (0.0..=1.0).contains(latent)));
    }

    /// Two latents are where their knobs are, and no other knob moves.
    #[test]
    fn two_latents_are_their_own_plane() {
        let plane = Plane::of_latents([2, 5]);
        let from: Latents = std::array::from_fn(|index| 0.1 * layout::real(index));
        assert!((plane.share(&from) - vec2(0.2, 0.5)).length() < 1e-6);
        let to = plane.go(&from, vec2(0.75, 1.0));
        for (index, latent) in to.iter().enumerate() {
            let expected = match index {
                2 => 0.75,
                5 => 1.0,
                other => from[other],
            };
            assert!((latent - expected).abs() < 1e-6, "latent {index}");
            assert_eq!(plane.moves(index), index == 2 || index == 5);
        }
    }

    /// A model that says no two directions, or twice the same one, has no such plane.
    #[test]
    fn a_plane_needs_two_directions() {
        let mut header = tiny_header(3);
        assert_eq!(Plane::of_all(&header, &[]), None);
        let row = vec![0.6, 0.8, 0.0];
        for components in [vec![row.clone()], vec![row.clone(), row]] {
            let mean = vec![0.5; 3];
            header.pca = Some(Pca { mean, components });
            assert_eq!(Plane::of_all(&header, &[]), None);
        }
    }

    /// Nearly all sounds lie on the map, with room beside them.
    #[test]
    fn the_map_holds_its_sounds() {
        let mut header = tiny_header(4);
        header.pca = Some(Pca {
            mean: vec![0.5; 4],
            components: vec![vec![0.5; 4], vec![0.5, -0.5, 0.5, -0.5]],
        });
        let sounds = super::super::cloud::tests::scattered(400);
        let plane = Plane::of_all(&header, &sounds).unwrap();
        let on_map = sounds.iter().filter(|sound| {
            let share = plane.share(&sound.latents);
            share.min_elem() > 0.03 && share.max_elem() < 0.97
        });
        assert!(on_map.count() >= 390);
    }
}
