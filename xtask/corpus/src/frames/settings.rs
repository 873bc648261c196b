//! What a corpus of magnitude frames is made of: which notes, and how they are told.
//!
//! ```text
//!  [material.frames]  keys_per_patch                                   ─┐
//!                     source, key_step, velocities, length_s, hole     ─┴─► Played
//!                     frame_stride, geometry, scale, level, note, time ───► FrameSettings
//! ```

use super::table::Table;
use crate::plan::{Plan, Source};
use crate::{CorpusError, NOTE_S, SAMPLE_RATE_HZ};
use betwixt_model::header::{Level, NoteConditioning};
use betwixt_spectral::number::index;
use betwixt_spectral::{Geometry, MagnitudeScale};
use serde::{Deserialize, Serialize};

/// What decides every number that is learnt of magnitude frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Table", into = "Table")]
pub struct FrameSettings {
    /// Seed of the patches, the keys, the split and the noise.
    pub seed: u64,
    /// Which notes of which sounds.
    pub played: Played,
    /// Every how many frames one is kept; 1 keeps all.
    pub frame_stride: usize,
    /// Transform length, hop, sample rate.
    pub geometry: Geometry,
    /// The scale of the magnitudes, which the loss is measured in.
    pub scale: MagnitudeScale,
    /// What the magnitudes are divided by.
    pub level: Level,
    /// How the note is told, and with it the range of keys.
    pub note: NoteConditioning,
    /// Whether the decoder is told the time since onset.
    pub time: bool,
}

/// Which notes of which sounds.
#[derive(Clone, Debug, PartialEq)]
pub enum Played {
    /// So many keys of each patch made by formula, spread over the range, [`NOTE_S`] long.
    Patches {
        /// How many.
        keys_per_patch: usize,
    },
    /// The notes that a corpus of partials has with the same settings.
    Sounds {
        /// Where the sounds come from.
        source: Source,
        /// Every how many semitones a key is played; sounds start at different ones.
        key_step: u8,
        /// MIDI velocities; formulas know none and are played once.
        velocities: Vec<u8>,
        /// How long a key is held, in seconds.
        length_s: f64,
        /// Whether nine keys in a row of each sound are held out.
        hole: bool,
    },
}

impl FrameSettings {
    /// Frames kept of every note.
    #[must_use]
    pub fn frames_per_note(&self) -> usize {
        let hops = self.length_s() * f64::from(SAMPLE_RATE_HZ) / self.geometry.hop() as f64;
        index(hops) / self.frame_stride.max(1) + 1
    }

    /// Seconds from the onset to the centre of a kept frame.
    #[must_use]
    pub fn time_s(&self, frame: usize) -> f64 {
        (frame * self.frame_stride) as f64 * self.geometry.hop_s()
    }

    /// How long notes are, in seconds.
    #[must_use]
    pub fn length_s(&self) -> f64 {
        match self.played {
            Played::Patches { .. } => NOTE_S,
            Played::Sounds { length_s, .. } => length_s,
        }
    }

    /// Where the sounds come from.
    #[must_use]
    pub fn source(&self) -> &Source {
        match &self.played {
            Played::Patches { .. } => &Source::Formulas,
            Played::Sounds { source, .. } => source,
        }
    }

    /// One sentence about all notes.
    #[must_use]
    pub fn describe(&self) -> String {
        if let Some(plan) = self.plan() {
            return plan.describe();
        }
        let (low, high) = self.note.keys();
        let patches = crate::plan::patches(self.seed, (low, high)).len();
        format!(
            "{patches} patches made by formula (seed {}), keys {low}–{high}, 1.5 s",
            self.seed
        )
    }

    /// The notes where they are planned as for partials; patches have keys by chance instead.
    pub(crate) fn plan(&self) -> Option<Plan> {
        let Played::Sounds {
            source,
            key_step,
            velocities,
            length_s,
            hole,
        } = &self.played
        else {
            return None;
        };
        Some(Plan {
            source: source.clone(),
            seed: self.seed,
            keys: self.note.keys(),
            key_step: *key_step,
            velocities: velocities.clone(),
            length_s: *length_s,
            hole: *hole,
        })
    }

    pub(crate) fn check(&self) -> Result<(), CorpusError> {
        let refuse = |field, expected: &str, found: String| {
            Err(CorpusError::settings(field, expected, found))
        };
        let rate_hz = self.geometry.sample_rate_hz();
        if rate_hz != SAMPLE_RATE_HZ {
            let expected = SAMPLE_RATE_HZ.to_string();
            return refuse("geometry.sample_rate_hz", &expected, rate_hz.to_string());
        }
        if !(1..=64).contains(&self.frame_stride) {
            return refuse("frame_stride", "1 to 64", self.frame_stride.to_string());
        }
        if !self.scale.is_valid() {
            let expected = "linear, power with an exponent of 0.1 to 1, or log with a range of 20 \
                            to 160 dB";
            return refuse("scale", expected, format!("{:?}", self.scale));
        }
        match self.plan() {
            Some(plan) => plan.check(),
            None => self.check_patches(),
        }
    }

    fn check_patches(&self) -> Result<(), CorpusError> {
        let (low, high) = self.note.keys();
        if low > high || high > 119 || low < 21 {
            let expected = "keys from 21 to 119, the lowest not above the highest";
            let found = format!("{low} to {high}");
            return Err(CorpusError::settings("note", expected, found));
        }
        match self.played {
            Played::Patches { keys_per_patch } if !(1..=128).contains(&keys_per_patch) => {
                let found = keys_per_patch.to_string();
                Err(CorpusError::settings("keys_per_patch", "1 to 128", found))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Material;

    const PATCHES: &str = r#"
        [material.frames]
        seed = 7
        keys_per_patch = 15
        frame_stride = 1
        geometry = { fft_len = 4096, hop = 1024, sample_rate_hz = 44100 }
        scale = { power = { exponent = 0.5 } }
        level = "note_max"
        note = { octave_and_chroma = { low = 36, high = 96 } }
        time = true
    "#;

    fn sounds() -> String {
        let chosen = "source = { soundfont = { programs = [0, 4], held_out = [42] } }\n\
                      key_step = 2\nvelocities = [60, 110]\nlength_s = 2.0\nhole = false";
        PATCHES.replace("keys_per_patch = 15", chosen)
    }

    fn settings(recipe: &str) -> FrameSettings {
        match Material::of_recipe(recipe) {
            Ok(Material::Frames(settings)) => settings,
            other => panic!("frames were told, not {other:?}"),
        }
    }

    /// Both ways to choose notes are read, and what is written is read again.
    #[test]
    fn recipes_are_read() {
        let patches = settings(PATCHES);
        assert_eq!(patches.played, Played::Patches { keys_per_patch: 15 });
        assert_eq!(
            (patches.frames_per_note(), patches.source()),
            (65, &Source::Formulas)
        );
        let sounds = settings(&sounds());
        let plan = sounds.plan().unwrap();
        assert_eq!((plan.seed, plan.keys, plan.key_step), (7, (36, 96), 2));
        // 2 s are 86.13 hops.
        assert_eq!(
            (plan.velocities, sounds.frames_per_note()),
            (vec![60, 110], 87)
        );
        for settings in [patches, sounds] {
            let material = Material::Frames(settings);
            let text = serde_json::to_string(&material).unwrap();
            assert_eq!(serde_json::from_str::<Material>(&text).unwrap(), material);
        }
    }

    /// What is changed in the recipe of patches, into what, and what is said about it.
    const OF_PATCHES: [[&str; 3]; 9] = [
        ["keys_per_patch = 15", "", "missing field `keys_per_patch`"],
        [
            "seed = 7",
            "seed = 7\nhole = true",
            "unexpected field `hole`",
        ],
        [
            "seed = 7",
            "seed = 7\nkey_step = 1",
            "unexpected field `key_step`",
        ],
        ["per_patch", "per_patsch", "unknown field `keys_per_patsch`"],
        ["patch = 15", "patch = 0", "`keys_per_patch`: found 0"],
        ["low = 36", "low = 12", "`note`: found 12 to 96"],
        ["exponent = 0.5", "exponent = 5.0", "`scale`: found"],
        [
            "frame_stride = 1",
            "frame_stride = 0",
            "`frame_stride`: found 0",
        ],
        ["44100", "48000", "`geometry.sample_rate_hz`: found 48000"],
    ];
    /// The same of the recipe of sounds.
    const OF_SOUNDS: [[&str; 3]; 10] = [
        ["key_step = 2", "", "missing field `key_step`"],
        ["velocities = [60, 110]", "", "missing field `velocities`"],
        ["length_s = 2.0", "", "missing field `length_s`"],
        ["hole = false", "", "missing field `hole`"],
        [
            "seed = 7",
            "seed = 7\nkeys_per_patch = 3",
            "unexpected field `keys_per_patch`",
        ],
        ["programs", "program", "program, available keys: programs"],
        ["[0, 4]", "[0, 42]", "`source.soundfont`: found 42"],
        ["key_step = 2", "key_step = 0", "`key_step`: found 0"],
        ["[60, 110]", "[0]", "`velocities`: found [0]"],
        ["length_s = 2.0", "length_s = 0.1", "`length_s`: found 0.1"],
    ];

    /// A field that is missing, unknown, or of the other way to choose notes is refused by its
    /// name; so is a value that cannot be met.
    #[test]
    fn mistakes_are_named() {
        for (recipe, mistakes) in [
            (PATCHES.to_owned(), OF_PATCHES.as_slice()),
            (sounds(), &OF_SOUNDS),
        ] {
            assert!(Material::of_recipe(&recipe).is_ok());
            for [from, to, told] in mistakes {
                let error = Material::of_recipe(&recipe.replace(from, to)).unwrap_err();
                assert!(error.contains(told), "{from} → {to}: {error}");
            }
        }
    }

    /// How settings of patches were written when the checkpoints of the models made from them
    /// were: another text, and none of those trainings could be continued or exported again.
    #[test]
    fn patches_are_written_as_they_were() {
        let expected = r#"{"frames":{"seed":7,"keys_per_patch":15,"frame_stride":1,"geometry":{"fft_len":4096,"hop":1024,"sample_rate_hz":44100},"scale":{"power":{"exponent":0.5}},"level":"note_max","note":{"octave_and_chroma":{"low":36,"high":96}},"time":true}}"#;
        let material = Material::Frames(settings(PATCHES));
        assert_eq!(serde_json::to_string(&material).unwrap(), expected);
    }

    /// The decoder is told velocities where there are two, and the time up to the last frame.
    #[test]
    fn decoders_are_told_what_the_notes_tell() {
        let told = Material::Frames(settings(PATCHES)).conditioning();
        assert_eq!(told.velocity, None);
        // 64 hops of 1024 samples.
        let time = told.time.unwrap();
        assert!((time.trained_s - 1.486_077).abs() < 1e-5, "{time:?}");
        let told = Material::Frames(settings(&sounds())).conditioning();
        let velocity = told.velocity.unwrap();
        assert_eq!((velocity.low, velocity.high), (60, 110));
        let one = sounds()
            .replace("[60, 110]", "[60]")
            .replace("time = true", "time = false");
        let told = Material::Frames(settings(&one)).conditioning();
        assert_eq!((told.velocity, told.time), (None, None));
    }

    /// The recipes of the published split choose the same notes for both families, as many as were
    /// published with them: 1,794 to learn, 98 to watch, 184 of known sounds and 176 of unknown
    /// ones to test.
    #[test]
    fn the_published_split_is_the_same_for_both_families() {
        use crate::{HeldOut, Part};
        let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let read = |name: &str| {
            let text = std::fs::read_to_string(models.join(name).join("recipe.toml"));
            Material::of_recipe(&text.unwrap()).unwrap()
        };
        let (frames, partials) = (read("experiment_frames"), read("experiment"));
        let (Material::Frames(frames), Material::Partials(partials)) = (frames, partials) else {
            panic!("a recipe of each family");
        };
        assert_eq!(frames.plan().unwrap(), partials.plan());
        let (_, notes) = crate::frames::making::choose(&frames);
        let count = |part| notes.iter().filter(|note| note.part == part).count();
        let counts = [
            Part::Train,
            Part::Validation(HeldOut::Note),
            Part::Test(HeldOut::Note),
            Part::Test(HeldOut::Patch),
        ]
        .map(count);
        assert_eq!(counts, [1_794, 98, 184, 176]);
    }
}
