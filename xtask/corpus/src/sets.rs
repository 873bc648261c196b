//! The corpora that the factory models and their comparisons are made from, by name.
//!
//! ```text
//!  "experiment" │ "large" │ "formulas" ─► PartialsSettings
//! ```

use crate::instruments::INSTRUMENTS;
use crate::{PartialsSettings, Source};
use betwixt_spectral::partials::PartialsFormat;

/// Programs of the published experiment.
const EXPERIMENT: [u8; 19] = [
    0, 4, 6, 11, 12, 19, 24, 40, 45, 46, 48, 52, 53, 56, 65, 68, 71, 73, 80,
];
/// What it kept back.
const EXPERIMENT_HELD_OUT: [u8; 2] = [42, 60];
/// What the large corpus keeps back: one of each large family, none of them the only one of its
/// kind.
const LARGE_HELD_OUT: [u8; 9] = [5, 12, 18, 25, 42, 60, 68, 79, 89];

/// The settings of a named corpus.
#[must_use]
pub fn named(name: &str) -> Option<PartialsSettings> {
    match name {
        "experiment" => Some(experiment()),
        "large" => Some(large()),
        "formulas" => Some(formulas()),
        _ => None,
    }
}

/// The published experiment's: 21 programs, every semitone, two velocities, 1.5 s.
#[must_use]
pub fn experiment() -> PartialsSettings {
    PartialsSettings {
        source: Source::Soundfont {
            programs: EXPERIMENT.into(),
            held_out: EXPERIMENT_HELD_OUT.into(),
        },
        seed: 1,
        keys: (24, 96),
        key_step: 1,
        velocities: vec![60, 110],
        length_s: 1.5,
        hole: false,
        format: format(false),
    }
}

/// All instruments of the table, every third semitone, three velocities, 6 s.
#[must_use]
pub fn large() -> PartialsSettings {
    let programs = INSTRUMENTS.iter().map(|instrument| instrument.program);
    let learnt = programs.filter(|program| !LARGE_HELD_OUT.contains(program));
    PartialsSettings {
        source: Source::Soundfont {
            programs: learnt.collect(),
            held_out: LARGE_HELD_OUT.into(),
        },
        seed: 1,
        keys: (24, 100),
        key_step: 3,
        velocities: vec![45, 80, 115],
        length_s: 6.0,
        hole: false,
        format: format(true),
    }
}

/// The 120 patches made by formula, every third semitone, 4 s.
#[must_use]
pub fn formulas() -> PartialsSettings {
    PartialsSettings {
        source: Source::Formulas,
        seed: 7,
        keys: (28, 96),
        key_step: 3,
        velocities: vec![100],
        length_s: 4.0,
        hole: false,
        format: format(true),
    }
}

fn format(free: bool) -> PartialsFormat {
    PartialsFormat {
        exponent: 0.3,
        free,
    }
}
