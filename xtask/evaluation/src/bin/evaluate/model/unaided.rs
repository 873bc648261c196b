//! The pitch of a model's frames where the phase is not told their note.
//!
//! ```text
//!  learnt note ─► knobs ─┐
//!  seeded knobs × keys ──┴─► decoder ─► one frame, held ─► phase, note unknown ─► cents off the key
//! ```
//!
//! A voice knows its note, and its partials are exact ([`super::anywhere`]); this says what the frames
//! themselves know.

use super::anywhere::{self, percentile};
use super::material::spread;
use super::subject::Subject;
use crate::progress;
use betwixt_corpus::Part;
use betwixt_evaluation::phase::Mode;
use betwixt_evaluation::player::Take;
use rayon::prelude::*;
use serde::Serialize;

/// The moment of a note whose frame is held, in seconds after its onset.
pub(super) const MOMENT_S: f64 = 0.3;
pub(super) const SEED: u64 = 1;

/// Frames at the knobs of learnt notes in their own keys, and at any knobs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unaided {
    learnt: Errors,
    anywhere: Errors,
}

/// How far off the frames' keys their held sounds are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Errors {
    frames: usize,
    /// Those that are heard as their key at all, within 150 cents; the figures are theirs.
    heard: usize,
    median_cents: f64,
    ninety_percent_cents: f64,
    worst_cents: f64,
}

/// `None` of a model of partials, which draws no frames.
pub(crate) fn unaided(
    subject: &Subject<'_>,
    (positions, notes): (usize, usize),
) -> Option<Unaided> {
    subject.phase?;
    let material = subject.material;
    let learnt = spread(&material.of_part(|part| part == Part::Train), notes);
    let own = |note: &usize| Take {
        knobs: subject.knobs(*note),
        key: material.notes[*note].key,
        velocity: material.notes[*note].velocity,
        seconds: MOMENT_S,
        natural_tuning: false,
        frozen_s: None,
    };
    Some(Unaided {
        learnt: errors(subject, learnt.iter().map(own).collect(), "frames of notes"),
        anywhere: errors(
            subject,
            anywhere::trained_takes(subject, positions, MOMENT_S),
            "frames anywhere",
        ),
    })
}

fn errors(subject: &Subject<'_>, takes: Vec<Take>, what: &str) -> Errors {
    let bar = progress(takes.len(), what);
    let one = |take: &Take| {
        let frame = subject.player.frame(take, take.seconds)?;
        let held = frame.hold(Mode::Gradient, SEED);
        bar.inc(1);
        held.quality.pitch_error_cents
    };
    let found: Vec<Option<f64>> = takes.par_iter().map(one).collect();
    bar.finish_and_clear();
    Errors::of(&found)
}

impl Errors {
    pub(super) fn of(found: &[Option<f64>]) -> Self {
        let heard: Vec<f64> = found.iter().flatten().map(|cents| cents.abs()).collect();
        let at = |share| percentile(&heard, share).unwrap_or(0.0);
        Self {
            frames: found.len(),
            heard: heard.len(),
            median_cents: at(0.5),
            ninety_percent_cents: at(0.9),
            worst_cents: at(1.0),
        }
    }

    pub(super) fn line(&self) -> String {
        format!(
            "{:.2} cents (90 % below {:.2}, all below {:.1}; {} of {} heard as their key)",
            self.median_cents, self.ninety_percent_cents, self.worst_cents, self.heard, self.frames
        )
    }
}

impl Unaided {
    pub(crate) fn line(&self) -> String {
        format!(
            "of notes {}, anywhere {}",
            self.learnt.line(),
            self.anywhere.line()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flat counts like sharp; what is not heard counts as such and as no error.
    #[test]
    fn errors_are_ranked_by_their_size() {
        let found = [
            Some(-3.0),
            Some(1.0),
            None,
            Some(0.5),
            Some(2.0),
            Some(-0.1),
        ];
        let errors = Errors::of(&found);
        assert_eq!((errors.frames, errors.heard), (6, 5));
        let figures = [
            errors.median_cents,
            errors.ninety_percent_cents,
            errors.worst_cents,
        ];
        assert_eq!(figures, [1.0, 3.0, 3.0]);
    }
}
