//! What a corpus of partials is made of: sounds, keys, velocities, and the part of each note.
//!
//! ```text
//!  PartialsSettings ─► Sounds ─► plan: (key, velocity) … ─► Parts: what each key is for
//! ```

use crate::instruments::{Family, Instrument, instrument};
use crate::{CorpusError, HeldOut, Part, bank, split};
use betwixt_spectral::partials::PartialsFormat;
use serde::{Deserialize, Serialize};

/// What notes of formulas are said to be played with: formulas know no velocity.
const FORMULA_VELOCITY: u8 = 100;

/// What decides every number of a corpus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialsSettings {
    /// Where the sounds come from.
    pub source: Source,
    /// Seed of the patches, the split and the noise.
    pub seed: u64,
    /// Lowest and highest key, both included; sounds may have narrower ranges.
    pub keys: (u8, u8),
    /// Every how many semitones a key is played; sounds start at different ones.
    pub key_step: u8,
    /// MIDI velocities; formulas know none and are played once.
    pub velocities: Vec<u8>,
    /// How long a key is held, in seconds.
    pub length_s: f64,
    /// Whether nine keys in a row of each sound are held out.
    pub hole: bool,
    /// How frames are told by numbers.
    pub format: PartialsFormat,
}

/// Where sounds come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// The bank of patches made by formula.
    Formulas,
    /// Programs of the soundfont, see [`crate::instruments::INSTRUMENTS`].
    Soundfont {
        /// Programs that are learnt.
        programs: Vec<u8>,
        /// Programs that are only measured with.
        held_out: Vec<u8>,
    },
}

/// One sound of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// What it is called.
    pub name: String,
    /// What kind it is.
    pub family: Family,
    /// Lowest and highest key that it is played on.
    pub keys: (u8, u8),
    /// Its General-MIDI program, or its number in the bank.
    pub(super) number: usize,
}

impl Sound {
    fn of_program(settings: &PartialsSettings, instrument: &Instrument) -> Self {
        let (low, high) = instrument.keys;
        Self {
            name: instrument.name.into(),
            family: instrument.family,
            keys: (low.max(settings.keys.0), high.min(settings.keys.1)),
            number: instrument.program.into(),
        }
    }
}

impl PartialsSettings {
    /// The sounds, those learnt first.
    pub(super) fn sounds(&self) -> Vec<Sound> {
        match &self.source {
            Source::Formulas => {
                let patches = bank::patches(self.seed).into_iter().enumerate();
                let sound = |(number, patch): (usize, crate::Patch)| Sound {
                    name: patch.name,
                    family: bank::kind(number),
                    keys: self.keys,
                    number,
                };
                patches.map(sound).collect()
            }
            Source::Soundfont { programs, held_out } => {
                let all = programs.iter().chain(held_out);
                let known = all.filter_map(|program| instrument(*program));
                known
                    .map(|instrument| Sound::of_program(self, instrument))
                    .collect()
            }
        }
    }

    /// Keys and velocities of a sound. Sounds start at different keys, so that together they know
    /// every pitch class.
    pub(super) fn plan(&self, sound: &Sound) -> Vec<(u8, u8)> {
        let step = usize::from(self.key_step);
        let played = |key: &u8| (usize::from(*key) + sound.number).is_multiple_of(step);
        let keys = (sound.keys.0..=sound.keys.1).filter(played);
        let velocities = match self.source {
            Source::Formulas => &[FORMULA_VELOCITY],
            Source::Soundfont { .. } => self.velocities.as_slice(),
        };
        keys.flat_map(|key| velocities.iter().map(move |velocity| (key, *velocity)))
            .collect()
    }

    pub(super) fn parts(&self, sound: &Sound) -> Parts {
        let whole = match &self.source {
            Source::Formulas => Some(split::family_part(sound.number, self.seed)),
            Source::Soundfont { held_out, .. } => {
                let kept = held_out.iter().any(|p| usize::from(*p) == sound.number);
                kept.then_some(Part::Test(HeldOut::Patch))
            }
        };
        let number = sound.number as u64;
        let hole = self
            .hole
            .then(|| split::hole(self.seed, number, sound.keys))
            .flatten();
        Parts {
            whole: whole.filter(|part| *part != Part::Train),
            hole,
            seed: self.seed,
            number,
        }
    }

    pub(super) fn check(&self) -> Result<(), CorpusError> {
        let refuse = |field, expected: &str, found: String| {
            Err(CorpusError::settings(field, expected, found))
        };
        let (low, high) = self.keys;
        if low > high || low < 21 || high > 108 {
            let expected = "from 21 to 108, the lowest not above the highest";
            return refuse("keys", expected, format!("{low} to {high}"));
        }
        if self.key_step == 0 {
            return refuse("key_step", "at least 1", "0".into());
        }
        if self.velocities.is_empty() || !self.velocities.iter().all(|v| (1..128).contains(v)) {
            let found = format!("{:?}", self.velocities);
            return refuse("velocities", "one or more from 1 to 127", found);
        }
        if !(0.25..=60.0).contains(&self.length_s) {
            return refuse("length_s", "0.25 to 60", self.length_s.to_string());
        }
        if !self.format.is_valid() {
            let found = self.format.exponent.to_string();
            return refuse("format.exponent", "0.1 to 1", found);
        }
        self.check_programs()
    }

    fn check_programs(&self) -> Result<(), CorpusError> {
        let Source::Soundfont { programs, held_out } = &self.source else {
            return Ok(());
        };
        let mut seen = Vec::new();
        for program in programs.iter().chain(held_out) {
            if instrument(*program).is_none() || seen.contains(program) {
                let expected = "programs of the table in instruments.rs, each once";
                let found = program.to_string();
                return Err(CorpusError::settings("source.soundfont", expected, found));
            }
            seen.push(*program);
        }
        Ok(())
    }
}

/// What the keys of one sound are for.
pub(super) struct Parts {
    whole: Option<Part>,
    hole: Option<(u8, u8)>,
    seed: u64,
    number: u64,
}

impl Parts {
    pub(super) fn of(&self, key: u8) -> Part {
        let own = || split::key_part(self.seed, self.number, key, self.hole);
        self.whole.unwrap_or_else(own)
    }
}
