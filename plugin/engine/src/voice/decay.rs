//! Beyond the trained length: what was fading goes on fading, what was held is held.
//!
//! ```text
//!  level ╲                 measured over the last second that the model was trained on (or half
//!         ╲__ · · ·        of what it was trained on), carried on at the same slope after its end
//!            ╲
//!             ╲
//!        └────┴─ end ──►
//! ```
//!
//! A decoder that is told the time was trained on notes of some length; past it its frames stand
//! still. A plucked string that is held must not. What a moving knob takes away is no fading: the
//! slope counts only for the knobs that it was measured at.
//!
//! *Real time:* three numbers and a multiplication of the frame.

use crate::controls::LATENTS;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{index, real};

/// The stretch over which the slope is measured, in seconds; half the trained length if shorter.
const WINDOW_S: f32 = 1.0;
/// A sound that loses no more than this over the stretch is a held one.
const HELD_DB: f32 = 3.0;
/// One that loses as much as this is fading, and goes on at its slope; between the two the slope
/// is blended in, so that neighbouring keys of one sound do not part.
const FADING_DB: f32 = 9.0;

/// Knobs that have moved less than this are where they were.
const STILL: f32 = 0.02;

/// One voice's fading beyond the trained length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decay {
    /// Hops after the onset between which the slope is measured; `None` without time.
    window: Option<(usize, usize)>,
    early: f32,
    knobs: [f32; LATENTS],
    step: f32,
    gain: f32,
}

impl Decay {
    /// Knows where a decoder's trained length ends.
    pub(super) fn new(trained_s: Option<f32>, geometry: Geometry) -> Self {
        let window = trained_s.map(|trained_s| {
            let end = index((f64::from(trained_s) / geometry.hop_s()).round());
            let stretch = index(f64::from(WINDOW_S) / geometry.hop_s());
            let stretch = stretch.min(end / 2).max(1);
            (end.saturating_sub(stretch), end)
        });
        Self {
            window,
            early: 0.0,
            knobs: [0.0; LATENTS],
            step: 1.0,
            gain: 1.0,
        }
    }

    /// A note begins.
    pub(super) fn start(&mut self) {
        *self = Self {
            early: 0.0,
            knobs: [0.0; LATENTS],
            step: 1.0,
            gain: 1.0,
            ..*self
        };
    }

    /// Takes the frame whose centre lies `hops` after the onset; past the end it is faded.
    pub(super) fn follow(&mut self, hops: usize, knobs: &[f32; LATENTS], magnitude: &mut [f32]) {
        let Some((early, end)) = self.window else {
            return;
        };
        if hops == early {
            self.early = amplitude(magnitude);
            self.knobs = *knobs;
        } else if hops == end {
            let ratio = amplitude(magnitude) / self.early.max(f32::MIN_POSITIVE);
            let lost_db = -20.0 * ratio.clamp(1e-6, 1.0).log10();
            let fading = ((lost_db - HELD_DB) / (FADING_DB - HELD_DB)).clamp(0.0, 1.0);
            self.step = 10f32.powf(-lost_db * fading / 20.0 / real(end - early));
        }
        if hops >= early && !self.is_still(knobs) {
            self.knobs = [f32::NAN; LATENTS];
        } else if hops > end {
            self.gain *= self.step;
        }
        if hops > end {
            magnitude.iter_mut().for_each(|m| *m *= self.gain);
        }
    }

    /// Whether no knob has moved since the measurement began; once one has, never again.
    fn is_still(&self, knobs: &[f32; LATENTS]) -> bool {
        let pairs = self.knobs.iter().zip(knobs);
        pairs
            .into_iter()
            .all(|(then, now)| (then - now).abs() < STILL)
    }
}

fn amplitude(magnitude: &[f32]) -> f32 {
    magnitude.iter().map(|m| m * m).sum::<f32>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 43 hops of 23.2 ms are the last second of 64.
    fn decay() -> Decay {
        Decay {
            window: Some((21, 64)),
            early: 0.0,
            knobs: [0.0; LATENTS],
            step: 1.0,
            gain: 1.0,
        }
    }

    /// The level at a hop of a sound that loses `db_per_hop` until the model's end, then stands.
    fn level_db(db_per_hop: f32, hops: usize) -> f32 {
        let mut decay = decay();
        decay.start();
        let mut frame = [0.0; 8];
        for hop in 3..=hops {
            frame.fill(10f32.powf(-db_per_hop * real(hop.min(64)) / 20.0));
            decay.follow(hop, &[0.5; LATENTS], &mut frame);
        }
        20.0 * frame[0].log10()
    }

    /// A struck note that is held for ten seconds goes on at the slope of its last trained second.
    #[test]
    fn struck_notes_go_on_fading() {
        for hops in [40, 64, 65, 100, 400] {
            let (found, expected) = (level_db(0.25, hops), -0.25 * real(hops));
            assert!(
                (found - expected).abs() < 0.1,
                "{hops} hops: {found} for {expected} dB"
            );
        }
    }

    /// A sound that loses 2 dB over its last second is a held one, and stays.
    #[test]
    fn held_notes_are_held() {
        assert!((level_db(0.045, 860) + 0.045 * 64.0).abs() < 1e-3);
    }

    /// A knob that is turned to something 20 dB softer is no fading: where it is left, it stays.
    #[test]
    fn moving_knobs_are_no_fading() {
        for moved_at in [30, 100] {
            let mut decay = decay();
            decay.start();
            let mut frame = [0.0; 8];
            let mut levels = Vec::new();
            for hop in 3..=400 {
                let soft = hop >= moved_at;
                frame.fill(if soft { 0.1 } else { 1.0 });
                let knobs = [if soft { 0.9 } else { 0.5 }; LATENTS];
                decay.follow(hop, &knobs, &mut frame);
                levels.push(frame[0]);
            }
            let last = levels[levels.len() - 1];
            assert!((last - 0.1).abs() < 1e-4, "moved at {moved_at}: {last}");
        }
    }
}
