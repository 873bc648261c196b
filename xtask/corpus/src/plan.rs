//! Which notes a corpus is made of and how they sound, whatever they are then told by.
//!
//! ```text
//!  Plan ─► Sounds ─► notes: (key, velocity) … ─► Parts: what each key is for
//!                        └─► samples: the soundfont's, or by formula ─► partials, or frames
//! ```

use crate::instruments::{Family, Instrument, instrument};
use crate::onset::ONSET;
use crate::soundfont::{self, Soundfont};
use crate::{CorpusError, HeldOut, Part, bank, render, split};
use betwixt_model::header::VelocityConditioning;
use serde::{Deserialize, Serialize};

/// What notes of formulas are said to be played with: formulas know no velocity.
pub(crate) const FORMULA_VELOCITY: u8 = 100;
/// A note that is nowhere louder than −100 dB is none.
pub(crate) const SILENT: f32 = 1e-5;
/// The version of the formulas. Whoever changes how a note sounds raises it, and every cache is
/// made anew.
pub(crate) const FORMULAS: u32 = 1;

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
    pub(crate) number: usize,
}

/// One note of a corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Index among the sounds.
    pub sound: usize,
    /// MIDI key.
    pub key: u8,
    /// How hard it is struck, 1…127.
    pub velocity: u8,
    /// What it is used for.
    pub part: Part,
}

/// Every so many-th key of every sound, in some velocities.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) source: Source,
    /// Seed of the patches, the split and the noise.
    pub(crate) seed: u64,
    /// Lowest and highest key, both included; sounds may have narrower ranges.
    pub(crate) keys: (u8, u8),
    pub(crate) key_step: u8,
    /// Formulas know none and are played once.
    pub(crate) velocities: Vec<u8>,
    pub(crate) length_s: f64,
    /// Whether nine keys in a row of each sound are held out.
    pub(crate) hole: bool,
}

/// The patches of a bank as sounds.
pub(crate) fn patches(seed: u64, keys: (u8, u8)) -> Vec<Sound> {
    let patches = bank::patches(seed).into_iter().enumerate();
    let sound = |(number, patch): (usize, crate::Patch)| Sound {
        name: patch.name,
        family: bank::kind(number),
        keys,
        number,
    };
    patches.map(sound).collect()
}

impl Sound {
    fn of_program(keys: (u8, u8), instrument: &Instrument) -> Self {
        let (low, high) = instrument.keys;
        Self {
            name: instrument.name.into(),
            family: instrument.family,
            keys: (low.max(keys.0), high.min(keys.1)),
            number: instrument.program.into(),
        }
    }
}

impl Plan {
    /// The sounds, those learnt first.
    pub(crate) fn sounds(&self) -> Vec<Sound> {
        match &self.source {
            Source::Formulas => patches(self.seed, self.keys),
            Source::Soundfont { programs, held_out } => {
                let all = programs.iter().chain(held_out);
                let known = all.filter_map(|program| instrument(*program));
                known
                    .map(|instrument| Sound::of_program(self.keys, instrument))
                    .collect()
            }
        }
    }

    /// Keys and velocities of a sound. Sounds start at different keys, so that together they know
    /// every pitch class.
    pub(crate) fn notes(&self, sound: &Sound) -> Vec<(u8, u8)> {
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

    /// What the keys of a sound are for.
    pub(crate) fn parts(&self, sound: &Sound) -> Parts {
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

    /// The first so many seconds of a note; sample 0 is its onset.
    pub(crate) fn samples(
        &self,
        sound: &Sound,
        (key, velocity): (u8, u8),
        length_s: f64,
    ) -> Result<Vec<f32>, CorpusError> {
        match self.source {
            Source::Formulas => {
                let patches = bank::patches(self.seed);
                let seed = self.seed.wrapping_mul(31);
                let seed = seed.wrapping_add((sound.number * 128 + usize::from(key)) as u64);
                Ok(render::struck(&patches[sound.number], key, seed, length_s))
            }
            Source::Soundfont { .. } => {
                let program = u8::try_from(sound.number).unwrap_or(0);
                let raised = instrument(program).map_or(0, |instrument| instrument.raised);
                Soundfont::load()?.note(program, key + raised, velocity, length_s)
            }
        }
    }

    /// The name of the file of one sound, which no other notes have: `how` is what decides the
    /// numbers beside the notes themselves.
    pub(crate) fn file_name(
        &self,
        sound: &Sound,
        how: serde_json::Value,
        extension: &str,
    ) -> String {
        let mut decides = how;
        decides["source"] = match self.source {
            Source::Formulas => format!("formulas {FORMULAS} seed {}", self.seed),
            Source::Soundfont { .. } => format!("soundfont {} onset {ONSET}", soundfont::SHA256),
        }
        .into();
        decides["number"] = sound.number.into();
        decides["plan"] = serde_json::json!(self.notes(sound));
        decides["length_s"] = self.length_s.into();
        let hash = blake3::hash(decides.to_string().as_bytes()).to_hex();
        let name = sound.name.to_lowercase().replace(' ', "-");
        format!("{name}-{}.{extension}", &hash[..16])
    }

    /// What a decoder is told of the velocities; `None` where there is only one.
    pub(crate) fn velocity(&self) -> Option<VelocityConditioning> {
        let velocities = self.velocities.iter().copied();
        let ends = velocities.clone().min().zip(velocities.max());
        ends.filter(|(low, high)| low < high)
            .map(|(low, high)| VelocityConditioning { low, high })
    }

    /// One sentence about all notes.
    pub(crate) fn describe(&self) -> String {
        let source = match &self.source {
            Source::Formulas => format!("patches made by formula (seed {})", self.seed),
            Source::Soundfont { .. } => "programs of FluidR3_GM.sf2".into(),
        };
        format!(
            "{} {source}, keys {}–{}, every {}, velocities {:?}, {} s",
            self.sounds().len(),
            self.keys.0,
            self.keys.1,
            self.key_step,
            self.velocities,
            self.length_s
        )
    }

    /// Whether it can be played.
    pub(crate) fn check(&self) -> Result<(), CorpusError> {
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
        let count = self.velocities.len();
        if !(1..=16).contains(&count) || !self.velocities.iter().all(|v| (1..128).contains(v)) {
            let found = format!("{:?}", self.velocities);
            return refuse("velocities", "one to sixteen from 1 to 127", found);
        }
        if !(0.25..=60.0).contains(&self.length_s) {
            return refuse("length_s", "0.25 to 60", self.length_s.to_string());
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
pub(crate) struct Parts {
    whole: Option<Part>,
    hole: Option<(u8, u8)>,
    seed: u64,
    number: u64,
}

impl Parts {
    pub(crate) fn of(&self, key: u8) -> Part {
        let own = || split::key_part(self.seed, self.number, key, self.hole);
        self.whole.unwrap_or_else(own)
    }
}
