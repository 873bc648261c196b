//! Where the training sounds lie densely among the latents.
//!
//! ```text
//!  points [n][latents] ─► distance to the k-th nearest ─┬─ of the points themselves ─► usual: 95 %
//!                                                       └─ of a place: dense if not above the usual
//! ```
//!
//! *Source:* Loftsgaarden and Quesenberry, "A nonparametric estimate of a multivariate density
//! function", 1965: the density at a place falls with the distance to its k-th nearest point.

use crate::library::Description;
use betwixt_engine::LATENTS;
use betwixt_spectral::number::{index, real};

/// Which neighbour's distance tells the density.
pub(super) const NEIGHBOUR: usize = 4;
/// The share of training points that count as lying densely.
const USUAL: f64 = 0.95;
/// Points of which the usual distance is taken, at most; evenly among all of them.
const SAMPLE: usize = 600;

/// A place among the latents, by knob positions.
pub(super) type Place = [f32; LATENTS];

/// The training sounds of a model.
pub(super) struct Density {
    points: Vec<Place>,
    /// Latents that the model has.
    pub(super) latents: usize,
    /// The distance to the k-th nearest that is not unusual.
    pub(super) usual: f32,
}

impl Density {
    /// Those of a model; none where it has too few.
    pub(super) fn of(model: &Description) -> Option<Self> {
        let latents = model.header.latents.len().min(LATENTS);
        let place = |point: &betwixt_model::Point| {
            let mut place = [0.0; LATENTS];
            for (own, value) in place.iter_mut().zip(&point.latents) {
                *own = value.clamp(0.0, 1.0);
            }
            place
        };
        let points: Vec<Place> = model.points.iter().map(place).collect();
        if points.len() <= NEIGHBOUR {
            return None;
        }
        let mut density = Self {
            points,
            latents,
            usual: 0.0,
        };
        density.usual = density.share(USUAL);
        Some(density)
    }

    /// The distance that a share of the training points do not exceed.
    fn share(&self, share: f64) -> f32 {
        let stride = self.points.len().div_ceil(SAMPLE).max(1);
        let sample = self.points.iter().step_by(stride);
        // Each is its own nearest.
        let mut distances: Vec<f32> = sample.map(|point| self.nth(point, NEIGHBOUR + 1)).collect();
        distances.sort_by(f32::total_cmp);
        let last = distances.len() - 1;
        let at = index(share * f64::from(real(last))).min(last);
        distances[at]
    }

    /// Distance of a place to its k-th nearest training point.
    pub(super) fn distance(&self, place: &Place) -> f32 {
        self.nth(place, NEIGHBOUR)
    }

    fn nth(&self, place: &Place, count: usize) -> f32 {
        let mut nearest = [f32::INFINITY; NEIGHBOUR + 1];
        let nearest = &mut nearest[..count];
        for point in &self.points {
            let distance = self.apart(place, point);
            if distance < nearest[count - 1] {
                let at = nearest.partition_point(|other| *other <= distance);
                nearest[at..].rotate_right(1);
                nearest[at] = distance;
            }
        }
        nearest[count - 1].sqrt()
    }

    /// Square of the distance between two places.
    fn apart(&self, place: &Place, other: &Place) -> f32 {
        let pairs = place.iter().zip(other).take(self.latents);
        pairs.map(|(a, b)| (a - b) * (a - b)).sum()
    }

    /// The nearest training points, the nearest first.
    pub(super) fn nearest(&self, place: &Place, count: usize) -> Vec<Place> {
        let mut all: Vec<&Place> = self.points.iter().collect();
        let by = |a: &&Place, b: &&Place| {
            let distances = [a, b].map(|point| self.apart(place, point));
            distances[0].total_cmp(&distances[1])
        };
        let count = count.min(all.len());
        if count < all.len() {
            all.select_nth_unstable_by(count, by);
        }
        all.truncate(count);
        all.sort_by(by);
        all.into_iter().copied().collect()
    }

    /// One of the training points, by any number.
    pub(super) fn any(&self, number: u64) -> Place {
        let count = u64::try_from(self.points.len()).unwrap_or(1);
        let at = usize::try_from(number % count).unwrap_or(0);
        self.points[at]
    }
}
