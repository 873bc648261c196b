//! Whether strikes and endings go the way of the real notes.
//!
//! ```text
//!  one latent vector, soft and hard ─► change of the centroid │ beside the real
//!  the last second of a note        ─► slope in dB/s          │ notes'
//! ```

use super::{Candle, Judge};
use crate::descriptors::centroid_octaves;
use betwixt_model::header::VelocityConditioning;
use candle_core::Tensor;

/// The end of a note over which its slope is measured, in seconds.
const ENDING_S: f32 = 1.0;
/// Notes whose last stored frame comes earlier have no ending to measure.
const SHORTEST_S: f32 = 1.2;

/// What a harder strike does, at fixed latents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Strikes {
    /// Softest and hardest velocity.
    pub(crate) velocities: VelocityConditioning,
    /// Mean change of the centroid of the real notes, in octaves.
    pub(crate) real_octaves: f64,
    /// Of the model.
    pub(crate) model_octaves: f64,
    /// How much of each note's own change the model makes (least squares; 1 is right).
    pub(crate) share: f64,
}

/// How notes end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decays {
    /// Mean slope of the real notes over their last second, in dB/s.
    pub(crate) real_db_s: f64,
    /// Of the model.
    pub(crate) model_db_s: f64,
    /// Median of the difference's size.
    pub(crate) off_db_s: f64,
}

impl Judge<'_> {
    pub(super) fn strikes(&self, velocities: VelocityConditioning) -> Candle<Strikes> {
        let velocity = |note: usize| self.notes.notes()[note].velocity;
        let mut pairs = Vec::new();
        for strikes in self.test.strikes().values() {
            let at = |wanted| strikes.iter().find(|note| velocity(**note) == wanted);
            let (Some(soft), Some(hard)) = (at(velocities.low), at(velocities.high)) else {
                continue;
            };
            let middle = strikes[strikes.len() / 2];
            let latents = self.network.encode(&self.test.whole_note(middle)?)?;
            let (soft, hard) = (
                self.centroids(*soft, &latents)?,
                self.centroids(*hard, &latents)?,
            );
            pairs.push((hard.0 - soft.0, hard.1 - soft.1));
        }
        let count = pairs.len().max(1) as f64;
        let products: f64 = pairs.iter().map(|(real, model)| real * model).sum();
        let squares: f64 = pairs.iter().map(|(real, _)| real * real).sum();
        Ok(Strikes {
            velocities,
            real_octaves: pairs.iter().map(|pair| pair.0).sum::<f64>() / count,
            model_octaves: pairs.iter().map(|pair| pair.1).sum::<f64>() / count,
            share: products / squares.max(1e-12),
        })
    }

    /// Centroid of a note and of the model's answer with some latents, in octaves.
    fn centroids(&self, note: usize, latents: &Tensor) -> Candle<(f64, f64)> {
        let batch = self.test.whole_note(note)?;
        let answer = self.network.decode(latents, &batch)?;
        let key = self.notes.notes()[note].key;
        let spans = self.notes.spans_s(note);
        let octaves = |rows: Tensor| -> Candle<f64> {
            let rows = rows.to_vec2::<f32>()?;
            let frames = rows.iter().map(|row| self.notes.partials(key, row));
            Ok(centroid_octaves(key, frames.zip(spans.iter().copied())))
        };
        Ok((octaves(batch.target)?, octaves(answer)?))
    }

    pub(super) fn decays(&self) -> Candle<Decays> {
        let mut slopes = Vec::new();
        for note in self.test.notes() {
            let times = self.notes.times_s(*note);
            let last = times.last().copied().unwrap_or(0.0);
            if last < SHORTEST_S {
                continue;
            }
            let batch = self.test.whole_note(*note)?;
            let answer = self.answer(&batch)?;
            let pairs = self.pairs(*note, &answer, &batch.target)?;
            let ending = times
                .iter()
                .zip(&pairs)
                .filter(|(t, _)| **t > last - ENDING_S);
            let levels: Vec<(f64, f64, f64)> = ending
                .map(|(t, pair)| {
                    (
                        f64::from(*t),
                        level_db(&pair.target),
                        level_db(&pair.answer),
                    )
                })
                .collect();
            let real = slope(levels.iter().map(|l| (l.0, l.1)));
            let model = slope(levels.iter().map(|l| (l.0, l.2)));
            slopes.push((real, model));
        }
        let count = slopes.len().max(1) as f64;
        let mut off: Vec<f64> = slopes
            .iter()
            .map(|(real, model)| (real - model).abs())
            .collect();
        off.sort_by(f64::total_cmp);
        Ok(Decays {
            real_db_s: slopes.iter().map(|pair| pair.0).sum::<f64>() / count,
            model_db_s: slopes.iter().map(|pair| pair.1).sum::<f64>() / count,
            off_db_s: off.get(off.len() / 2).copied().unwrap_or(0.0),
        })
    }
}

fn level_db(linear: &[f32]) -> f64 {
    let power: f64 = linear.iter().map(|x| f64::from(*x).powi(2)).sum();
    10.0 * power.max(1e-9).log10()
}

/// Slope of a straight line through points.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let count = points.clone().count().max(1) as f64;
    let mean_x = points.clone().map(|p| p.0).sum::<f64>() / count;
    let mean_y = points.clone().map(|p| p.1).sum::<f64>() / count;
    let covariance: f64 = points
        .clone()
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    let variance: f64 = points.map(|(x, _)| (x - mean_x).powi(2)).sum();
    covariance / variance.max(1e-12)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A level that falls from 1 to a hundredth in two seconds falls by 20 dB in each.
    #[test]
    fn slopes_by_hand() {
        let points = (0..=20).map(|i| {
            let time_s = f64::from(i) / 10.0;
            let level = betwixt_spectral::number::narrow(10f64.powf(-time_s));
            (time_s, level_db(&[level * 0.6, level * 0.8]))
        });
        assert!((slope(points) + 20.0).abs() < 1e-4);
    }
}
