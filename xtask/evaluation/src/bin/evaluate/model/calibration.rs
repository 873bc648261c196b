//! What the noise gate and the correction of blurred lobes do to a model's own frames.
//!
//! ```text
//!  seeded knobs × keys ─► decoder ─► one frame, held, its note not told ─┬─ sharp lobes ──────────────┐
//!                                                                        ├─ sharp lobes, noise gate ──┼─► cents,
//!                                                                        └─ blurred lobes, noise gate ┘ crest, …
//!                                    └─► bins taken for noise ÷ partials' bins, by power: gate, curvature
//! ```
//!
//! The gate and the correction have constants, chosen on such frames: this shows the frames before and
//! after them, for these models and for any that come.

use super::anywhere::{self, percentile};
use super::subject::Subject;
use super::unaided::{Errors, MOMENT_S, SEED};
use crate::progress;
use betwixt_engine::phase::RecordedPhase;
use betwixt_engine::random::Random;
use betwixt_evaluation::phase::{HeldFrame, HeldQuality, Mode};
use betwixt_spectral::number::index;
use rayon::prelude::*;
use serde::Serialize;

/// From nothing to everything.
const STAGES: [Mode; 3] = [
    Mode::IntegratedLookahead1,
    Mode::GatedLookahead1,
    Mode::Gradient,
];
/// Bins on each side of a partial's that are its own.
const OWN: usize = 1;
/// What a gate by curvature alone takes: where both neighbours but one are so many times as large.
const CURVATURE: f32 = 1.8;

/// A model's frames before and after.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Calibration {
    frames: usize,
    neither: Stage,
    gate: Stage,
    gate_and_correction: Stage,
    partials_taken_for_noise: Taken,
}

/// The frames, made to sound in one way.
#[derive(Clone, Debug, Serialize)]
struct Stage {
    pitch: Errors,
    hop_modulation_median_db: f64,
    hop_modulation_95_percent_db: f64,
    crest_median_db: f64,
    crest_95_percent_db: f64,
    convergence_median_db: f64,
}

/// Of the power at the partials, the share that is taken for noise: mean over the frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
struct Taken {
    by_gate: f64,
    by_curvature: f64,
}

/// `None` of a model of partials, which draws no frames.
pub(crate) fn calibration(subject: &Subject<'_>, positions: usize) -> Option<Calibration> {
    subject.phase?;
    let takes = anywhere::trained_takes(subject, positions, MOMENT_S);
    let frames: Vec<HeldFrame> = takes
        .iter()
        .filter_map(|take| subject.player.frame(take, take.seconds))
        .collect();
    let bar = progress(frames.len() * STAGES.len(), "gate and correction");
    let [neither, gate, gate_and_correction] = STAGES.map(|mode| {
        let hold = |frame: &HeldFrame| {
            let held = frame.hold(mode, SEED);
            bar.inc(1);
            held.quality
        };
        Stage::of(&frames.par_iter().map(hold).collect::<Vec<_>>())
    });
    bar.finish_and_clear();
    Some(Calibration {
        frames: frames.len(),
        neither,
        gate,
        gate_and_correction,
        partials_taken_for_noise: Taken::of(&frames),
    })
}

impl Stage {
    fn of(held: &[HeldQuality]) -> Self {
        let pitches: Vec<_> = held.iter().map(|q| q.pitch_error_cents).collect();
        let modulations: Vec<f64> = held.iter().filter_map(|q| q.hop_modulation_db).collect();
        let crests: Vec<f64> = held.iter().map(|q| q.crest_db).collect();
        let convergences: Vec<f64> = held.iter().map(|q| q.sc_db).collect();
        let at = |values: &[f64], share| percentile(values, share).unwrap_or(0.0);
        Self {
            pitch: Errors::of(&pitches),
            hop_modulation_median_db: at(&modulations, 0.5),
            hop_modulation_95_percent_db: at(&modulations, 0.95),
            crest_median_db: at(&crests, 0.5),
            crest_95_percent_db: at(&crests, 0.95),
            convergence_median_db: at(&convergences, 0.5),
        }
    }

    fn line(&self) -> String {
        format!(
            "pitch {}, hop modulation {:.1} dB (95 % below {:.1}), crest {:.1} dB (95 % below \
             {:.1}), convergence {:.1} dB",
            self.pitch.line(),
            self.hop_modulation_median_db,
            self.hop_modulation_95_percent_db,
            self.crest_median_db,
            self.crest_95_percent_db,
            self.convergence_median_db
        )
    }
}

impl Taken {
    fn of(frames: &[HeldFrame]) -> Self {
        let shares: Vec<(f64, f64)> = frames
            .iter()
            .filter_map(|frame| {
                let by = |noise: &[bool]| share_of_partials(frame, noise);
                Some((by(&gated(frame))?, by(&curved(&frame.magnitude))?))
            })
            .collect();
        let count = shares.len().max(1) as f64;
        Self {
            by_gate: shares.iter().map(|share| share.0).sum::<f64>() / count,
            by_curvature: shares.iter().map(|share| share.1).sum::<f64>() / count,
        }
    }
}

/// What the gate says of a frame that stands still, `[bins]`.
fn gated(frame: &HeldFrame) -> Vec<bool> {
    let mut phase = RecordedPhase::gated(frame.geometry, SEED);
    let magnitude = frame.magnitude.as_slice();
    phase.next(magnitude, Some(magnitude), &mut Random::new(SEED));
    phase.noise().to_vec()
}

/// What curvature alone says, `[bins]`.
fn curved(magnitude: &[f32]) -> Vec<bool> {
    let mut noise = vec![false; magnitude.len()];
    for (bin, around) in magnitude.windows(5).enumerate() {
        noise[bin + 2] = around[0] + around[4] >= CURVATURE * around[2];
    }
    noise
}

/// Of the power in the bins of the pitch's multiples, the share that is taken for noise; `None` where
/// there is none.
fn share_of_partials(frame: &HeldFrame, noise: &[bool]) -> Option<f64> {
    // Nearer partials have no bins of their own.
    let apart = Some(frame.pitch_hz? / frame.geometry.bin_hz());
    let apart = apart.filter(|apart| *apart > (2 * OWN + 1) as f64)?;
    let (mut all, mut taken) = (0.0, 0.0);
    let last = frame.magnitude.len() - 1 - OWN;
    let centres = (1..).map(|partial| index((f64::from(partial) * apart).round()));
    for centre in centres.take_while(|centre| *centre <= last) {
        let own = centre - OWN..=centre + OWN;
        for (magnitude, is_noise) in frame.magnitude[own.clone()].iter().zip(&noise[own]) {
            let power = f64::from(*magnitude).powi(2);
            all += power;
            taken += if *is_noise { power } else { 0.0 };
        }
    }
    (all > 0.0).then(|| taken / all)
}

impl Calibration {
    pub(crate) fn line(&self) -> String {
        let Taken {
            by_gate,
            by_curvature,
        } = self.partials_taken_for_noise;
        format!(
            "{} frames, notes not told\n  neither: {}\n  gate: {}\n  both: {}\n  of the partials' power \
             {:.2} % is taken for noise, by curvature alone {:.2} %",
            self.frames,
            self.neither.line(),
            self.gate.line(),
            self.gate_and_correction.line(),
            100.0 * by_gate,
            100.0 * by_curvature
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use betwixt_spectral::Geometry;

    fn frame(magnitude: impl Fn(usize) -> f32) -> HeldFrame {
        let geometry = Geometry::new(2048, 512, 44_100).unwrap();
        HeldFrame {
            name: "drawn".into(),
            geometry,
            magnitude: (0..geometry.bins()).map(magnitude).collect(),
            pitch_hz: Some(20.0 * geometry.bin_hz()),
        }
    }

    /// A level floor is noise wherever it is, also where partials could be; Hann lobes of multiples
    /// are not, by either rule.
    #[test]
    fn floors_are_taken_and_lobes_are_not() {
        let floor = frame(|_| 0.1);
        assert_eq!(share_of_partials(&floor, &gated(&floor)), Some(1.0));
        let curved_share = share_of_partials(&floor, &curved(&floor.magnitude));
        assert_eq!(curved_share, Some(1.0));
        let comb = frame(|bin| match bin % 20 {
            _ if bin < 10 => 0.0,
            0 => 1.0,
            1 | 19 => 0.5,
            _ => 1e-5,
        });
        for noise in [gated(&comb), curved(&comb.magnitude)] {
            assert!(share_of_partials(&comb, &noise).unwrap() < 1e-6);
        }
        assert_eq!(share_of_partials(&frame(|_| 0.0), &gated(&comb)), None);
    }

    /// A floor has a crest only without a gate: a pulse every hop of 512 has √512, 27 dB.
    #[test]
    fn the_gate_is_what_breath_needs() {
        let breath = frame(|bin| if bin == 0 { 0.0 } else { 0.1 });
        let crest = |mode| breath.hold(mode, SEED).quality.crest_db;
        assert!(crest(STAGES[0]) > 20.0);
        assert!(crest(STAGES[1]) < 15.0);
        assert!(crest(STAGES[2]) < 15.0);
    }
}
