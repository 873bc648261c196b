//! From latents to knobs: directions that a musician has a word for.
//!
//! ```text
//!  latents of the learnt sounds [n, L] ─► principal axes ─► equal spread ─► Z [n, L]
//!  descriptors of the same sounds [n, D] ─► standardised ─► correlations Zᵀ·D / n [L, D]
//!       for each choice of L descriptors: the rotation that brings Z nearest to them
//!       the best choice ─► knobs: names, directions, 2 %…98 % of the sounds = 0…1
//! ```
//!
//! A rotation of uncorrelated directions of equal spread keeps them uncorrelated: no knob repeats
//! another. Among all such directions these follow the descriptors most closely (the orthogonal
//! Procrustes problem; its optimum is the sum of the singular values), each as much as a musician
//! would miss it.
//!
//! *Source:* Schönemann 1966.

use crate::components::{Axes, polar};
use crate::descriptors::DESCRIPTORS;
use betwixt_model::Header;
use betwixt_model::header::{Latent, Whitening};
use betwixt_spectral::number::{index, narrow};

/// A knob at 0 is this percentile of the training sounds.
const LOW: f64 = 0.02;
/// A knob at 1 is this one.
const HIGH: f64 = 0.98;

/// One sound: where it lies and what is said of it.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub(crate) note: usize,
    /// One latent vector, or one per frame, `[..][L]`.
    pub(crate) latents: Vec<Vec<f64>>,
    /// One number for each of [`DESCRIPTORS`].
    pub(crate) descriptors: Vec<f64>,
}

impl Located {
    pub(crate) fn mean(&self) -> Vec<f64> {
        let count = self.latents.len().max(1) as f64;
        let width = self.latents.first().map_or(0, Vec::len);
        let mean = |i| self.latents.iter().map(|latents| latents[i]).sum::<f64>() / count;
        (0..width).map(mean).collect()
    }
}

/// The knobs of a model.
#[derive(Clone, Debug)]
pub(crate) struct Knobs {
    names: Vec<String>,
    /// How closely each follows its descriptor over the sounds, −1…1.
    pub(crate) correlations: Vec<f64>,
    /// `[L]`, of the latents.
    mean: Vec<f64>,
    /// Latents to turned, `[knobs][L]`.
    to_turned: Vec<Vec<f64>>,
    /// Turned to latents, `[L][knobs]`.
    basis: Vec<Vec<f64>>,
    low: Vec<f64>,
    high: Vec<f64>,
}

impl Knobs {
    /// Learnt from the sounds that the network learnt from.
    pub(crate) fn of(located: &[&Located]) -> Self {
        let points: Vec<Vec<f64>> = located.iter().flat_map(|l| l.latents.clone()).collect();
        let axes = Axes::of(&points);
        let deviations = axes.deviations(&points);
        let equal = |point: &[f64]| -> Vec<f64> {
            let along = axes.coordinates(point).into_iter().zip(&deviations);
            along.map(|(value, deviation)| value / deviation).collect()
        };
        let sounds: Vec<Vec<f64>> = located.iter().map(|l| equal(&l.mean())).collect();
        let descriptors = standardised(located.iter().map(|l| l.descriptors.clone()).collect());
        let found = Turning::best(&correlations(&sounds, &descriptors));
        let width = axes.axes.len();
        let rows = |of: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..width)
                .map(|i| (0..width).map(|j| of(i, j)).collect())
                .collect()
        };
        let sum = |of: &dyn Fn(usize) -> f64| (0..width).map(of).sum::<f64>();
        let turn = &found.rotation;
        let to_turned = rows(&|knob, latent| {
            sum(&|axis| turn[axis][knob] * axes.axes[axis][latent] / deviations[axis])
        });
        let basis = rows(&|latent, knob| {
            sum(&|axis| turn[axis][knob] * axes.axes[axis][latent] * deviations[axis])
        });
        let mut knobs = Self {
            names: found.descriptors.iter().map(|d| name(*d)).collect(),
            correlations: found.correlations,
            mean: axes.mean,
            to_turned,
            basis,
            low: vec![0.0; width],
            high: vec![0.0; width],
        };
        knobs.set_range(&points);
        knobs
    }

    /// Those of a model whose encoder is kept; how closely they still follow their names is told by
    /// the sounds that are learnt now.
    pub(crate) fn kept(header: &Header, located: &[&Located]) -> Self {
        let wide = |row: &Vec<f32>| row.iter().copied().map(f64::from).collect();
        let ends = |of: fn(&Latent) -> f32| header.latents.iter().map(of).map(f64::from).collect();
        let whitening = &header.whitening;
        let mut knobs = Self {
            names: header.latents.iter().map(|l| l.name.clone()).collect(),
            correlations: Vec::new(),
            mean: wide(&whitening.mean),
            to_turned: whitening.inverse().unwrap_or_default(),
            basis: whitening.basis.iter().map(wide).collect(),
            low: ends(|latent| latent.low),
            high: ends(|latent| latent.high),
        };
        let turned = located.iter().map(|l| knobs.turned(&l.mean())).collect();
        let described = located.iter().map(|l| l.descriptors.clone()).collect();
        let all = correlations(&standardised(turned), &standardised(described));
        let named = |name: &String| (0..DESCRIPTORS.len()).find(|d| self::name(*d) == *name);
        let own = |(knob, row): (&String, &Vec<f64>)| named(knob).map_or(0.0, |d| row[d]);
        knobs.correlations = knobs.names.iter().zip(&all).map(own).collect();
        knobs
    }

    fn set_range(&mut self, points: &[Vec<f64>]) {
        let turned: Vec<Vec<f64>> = points.iter().map(|point| self.turned(point)).collect();
        for knob in 0..self.low.len() {
            let mut column: Vec<f64> = turned.iter().map(|point| point[knob]).collect();
            column.sort_by(f64::total_cmp);
            let at = |share: f64| column[index(share * (column.len() - 1) as f64)];
            self.low[knob] = at(LOW);
            self.high[knob] = at(HIGH).max(at(LOW) + 1e-4);
        }
    }

    fn turned(&self, latents: &[f64]) -> Vec<f64> {
        let centred = |row: &Vec<f64>| {
            let terms = row.iter().zip(latents).zip(&self.mean);
            terms.map(|((a, p), m)| a * (p - m)).sum()
        };
        self.to_turned.iter().map(centred).collect()
    }

    /// Knob positions of a latent vector, kept within 0…1.
    pub(crate) fn positions(&self, latents: &[f64]) -> Vec<f32> {
        let ends = self.low.iter().zip(&self.high);
        let position = |(value, (low, high)): (f64, (&f64, &f64))| (value - low) / (high - low);
        let kept = self.turned(latents).into_iter().zip(ends).map(position);
        kept.map(|position| narrow(position.clamp(0.0, 1.0)))
            .collect()
    }

    /// The header's knobs, starting at some positions.
    pub(crate) fn latents(&self, default: &[f32]) -> Vec<Latent> {
        let ends = self.low.iter().zip(&self.high);
        let named = self.names.iter().zip(ends).zip(default);
        let latent = |((name, (low, high)), default): ((&String, (&f64, &f64)), &f32)| Latent {
            name: name.clone(),
            low: narrow(*low),
            high: narrow(*high),
            default: *default,
        };
        named.map(latent).collect()
    }

    /// From turned values back to latents: `mean + basis · turned`.
    pub(crate) fn whitening(&self) -> Whitening {
        let narrowed = |row: &Vec<f64>| row.iter().map(|value| narrow(*value)).collect();
        Whitening {
            mean: narrowed(&self.mean),
            basis: self.basis.iter().map(narrowed).collect(),
        }
    }
}

/// Of a descriptor; knobs that outnumber the descriptors are counted.
fn name(descriptor: usize) -> String {
    let known = DESCRIPTORS.get(descriptor);
    known.map_or_else(
        || format!("Latent {}", descriptor + 1),
        |d| d.name.to_owned(),
    )
}

/// A rotation of the equalised axes towards some descriptors.
#[derive(Clone, Debug, PartialEq)]
struct Turning {
    /// Which descriptor each knob follows, rising.
    descriptors: Vec<usize>,
    /// `[L axes][L knobs]`, orthogonal.
    rotation: Vec<Vec<f64>>,
    /// Of each knob with its descriptor.
    correlations: Vec<f64>,
}

impl Turning {
    /// The best over all choices of descriptors; `correlations` is `[L][D]`.
    fn best(correlations: &[Vec<f64>]) -> Self {
        let width = correlations.len();
        let all = correlations.first().map_or(0, Vec::len);
        let mut correlations = correlations.to_vec();
        correlations
            .iter_mut()
            .for_each(|row| row.resize(all.max(width), 0.0));
        let mut best: Option<Self> = None;
        for choice in choices(all.max(width), width) {
            let turning = Self::towards(choice, &correlations);
            if best.as_ref().is_none_or(|b| turning.worth() > b.worth()) {
                best = Some(turning);
            }
        }
        best.unwrap_or_else(|| Self::towards((0..width).collect(), &correlations))
    }

    fn towards(descriptors: Vec<usize>, correlations: &[Vec<f64>]) -> Self {
        let row = |row: &Vec<f64>| descriptors.iter().map(|d| row[*d] * worth(*d)).collect();
        let chosen: Vec<Vec<f64>> = correlations.iter().map(row).collect();
        let rotation = polar(&chosen);
        let along = |(knob, descriptor): (usize, &usize)| {
            let terms = rotation.iter().zip(correlations);
            terms.map(|(turn, own)| turn[knob] * own[*descriptor]).sum()
        };
        Self {
            correlations: descriptors.iter().enumerate().map(along).collect(),
            descriptors,
            rotation,
        }
    }

    fn worth(&self) -> f64 {
        let both = self.correlations.iter().zip(&self.descriptors);
        both.map(|(correlation, d)| correlation * worth(*d)).sum()
    }
}

fn worth(descriptor: usize) -> f64 {
    DESCRIPTORS.get(descriptor).map_or(0.0, |d| d.worth)
}

/// All ways to choose `count` of `all`, each rising.
fn choices(all: usize, count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let with_last = |last: usize| {
        let shorter = choices(last, count - 1).into_iter();
        shorter.map(move |mut choice| {
            choice.push(last);
            choice
        })
    };
    (count - 1..all).flat_map(with_last).collect()
}

/// Columns with mean 0 and spread 1; what does not vary becomes 0.
fn standardised(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let count = rows.len().max(1) as f64;
    for column in 0..rows.first().map_or(0, Vec::len) {
        let mean = rows.iter().map(|row| row[column]).sum::<f64>() / count;
        let variance = rows
            .iter()
            .map(|row| (row[column] - mean).powi(2))
            .sum::<f64>()
            / count;
        let scale = if variance > 1e-12 {
            variance.sqrt().recip()
        } else {
            0.0
        };
        rows.iter_mut()
            .for_each(|row| row[column] = (row[column] - mean) * scale);
    }
    rows
}

fn correlations(sounds: &[Vec<f64>], descriptors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let count = sounds.len().max(1) as f64;
    let widths = (
        sounds.first().map_or(0, Vec::len),
        descriptors.first().map_or(0, Vec::len),
    );
    let of = |i: usize, j: usize| {
        let pairs = sounds.iter().zip(descriptors);
        pairs.map(|(z, d)| z[i] * d[j]).sum::<f64>() / count
    };
    (0..widths.0)
        .map(|i| (0..widths.1).map(|j| of(i, j)).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two hidden causes, turned by 30° and stretched: the knobs are the causes again, named after
    /// the descriptors that they drive, with the sign that makes more be more.
    #[test]
    fn knobs_find_what_the_latents_hide() {
        let located = |i: u32| {
            let (a, b) = (
                f64::from(i % 21) / 10.0 - 1.0,
                f64::from(i / 21) / 10.0 - 1.0,
            );
            let (sine, cosine) = (0.5, 0.75f64.sqrt());
            let mut descriptors = vec![0.0; DESCRIPTORS.len()];
            (descriptors[1], descriptors[4]) = (3.0 * a, -0.2 * b);
            Located {
                note: 0,
                latents: vec![vec![
                    cosine * a - 0.3 * sine * b,
                    sine * a + 0.3 * cosine * b,
                ]],
                descriptors,
            }
        };
        let all: Vec<Located> = (0..441).map(located).collect();
        let knobs = Knobs::of(&all.iter().collect::<Vec<_>>());
        assert_eq!(knobs.names, ["Attack", "Hollow"]);
        assert!(
            knobs.correlations.iter().all(|c| *c > 0.999),
            "{:?}",
            knobs.correlations
        );
        let at = |i: usize| knobs.positions(&all[i].latents[0]);
        let middle = at(220);
        assert!((middle[0] - 0.5).abs() < 0.01 && (middle[1] - 0.5).abs() < 0.01);
        let (right, up) = (at(225), at(220 + 5 * 21));
        assert!(right[0] > 0.7 && (right[1] - 0.5).abs() < 0.01, "{right:?}");
        assert!(up[1] < 0.3 && (up[0] - 0.5).abs() < 0.01, "{up:?}");
    }

    /// Three of five, each once: ten ways.
    #[test]
    fn every_choice_comes_once() {
        let mut all = choices(5, 3);
        assert_eq!(all.len(), 10);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 10);
        assert!(all.iter().all(|choice| choice.is_sorted_by(|a, b| a < b)));
    }
}
