//! The corpus of partials: notes of instruments and patches, as the numbers that tell their frames.
//!
//! ```text
//!  PartialsSettings ─► sounds × keys × velocities ─► split ─► PartialsNotes
//!                         └─► per sound: shard on disk, or render ─► analyse (all cores) ─► shard
//!                                                                [frames, numbers] f16 ◄─┘
//! ```
//!
//! Kept of each note: every frame of the first quarter of a second, every fourth after that, none
//! that is 60 dB below the note's loudest.

use crate::instruments::{Family, Instrument, instrument};
use crate::shard::{Shard, StoredNote};
use crate::soundfont::Soundfont;
use crate::{CorpusError, HeldOut, Part, bank, render, split};
use betwixt_analysis::SILENCE_DB;
use betwixt_analysis::partials::{Analysis, Free, HOP_S, VERSION, analyse_with};
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::partials::{
    FreePartial, PartialsFormat, PartialsFrame, band_edges_hz, free_ratio, group_edges, partial_hz,
};
use half::f16;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every frame is kept until then, in seconds.
const DENSE_S: f64 = 0.25;
/// After that one in so many.
const STRIDE: usize = 4;
/// What notes of formulas are said to be played with: formulas know no velocity.
const FORMULA_VELOCITY: u8 = 100;
/// Whoever changes what a shard holds, other than by the analysis, raises it.
const LAYOUT: u32 = 2;

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
    number: usize,
}

/// One note of a corpus.
#[derive(Clone, Debug, PartialEq)]
pub struct PartialsNote {
    /// Index among the sounds.
    pub sound: usize,
    /// MIDI key.
    pub key: u8,
    /// MIDI velocity.
    pub velocity: u8,
    /// What it is used for.
    pub part: Part,
    /// Level of its loudest frame, linear.
    pub peak: f32,
    /// Centre of gravity of its spectrum, in Hz.
    pub centroid_hz: f32,
    /// The frequency that its harmonics are multiples of.
    pub f0_hz: f64,
    /// How many partials it has.
    pub partials: usize,
}

/// All notes and the numbers of their frames, in memory.
#[derive(Debug)]
pub struct PartialsCorpus {
    settings: PartialsSettings,
    sounds: Vec<Sound>,
    notes: Vec<PartialsNote>,
    /// First frame of each note, and one past the last: `[notes + 1]`.
    starts: Vec<usize>,
    /// Time of each frame since note-on.
    times_s: Vec<f32>,
    /// `[frames, numbers]`.
    numbers: Vec<f16>,
}

impl PartialsCorpus {
    /// Reads the sounds of a corpus from `folder`, or renders and analyses them on all cores and
    /// keeps them there; damaged files are made anew. `progress` is told how many notes are done,
    /// and of how many.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] when the settings cannot be met, the soundfont is missing, or the folder
    /// cannot be written.
    pub fn load(
        settings: &PartialsSettings,
        folder: &Path,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self, CorpusError> {
        settings.check()?;
        let sounds = settings.sounds();
        let total = sounds.iter().map(|s| settings.plan(s).len()).sum();
        let done = AtomicUsize::new(0);
        let count = |notes| {
            let before = done.fetch_add(notes, Ordering::Relaxed);
            progress(before + notes, total);
        };
        let mut corpus = Self::empty(settings, sounds);
        for sound in 0..corpus.sounds.len() {
            let shard = Maker::new(settings, &corpus.sounds[sound]).shard(folder, &count)?;
            corpus.add(sound, shard);
        }
        Ok(corpus)
    }

    fn empty(settings: &PartialsSettings, sounds: Vec<Sound>) -> Self {
        Self {
            settings: settings.clone(),
            sounds,
            notes: Vec::new(),
            starts: vec![0],
            times_s: Vec::new(),
            numbers: Vec::new(),
        }
    }

    fn add(&mut self, sound: usize, shard: Shard) {
        let parts = self.settings.parts(&self.sounds[sound]);
        for note in shard.notes {
            let seconds = |hop: &u32| narrow(f64::from(*hop) * HOP_S);
            self.times_s.extend(note.hops.iter().map(seconds));
            self.starts.push(self.times_s.len());
            self.notes.push(PartialsNote {
                sound,
                key: note.key,
                velocity: note.velocity,
                part: parts.of(note.key),
                peak: note.peak,
                centroid_hz: note.centroid_hz,
                f0_hz: note.f0_hz,
                partials: note.partials,
            });
        }
        self.numbers.extend(shard.numbers);
    }

    /// What it was made from.
    #[must_use]
    pub fn settings(&self) -> &PartialsSettings {
        &self.settings
    }

    /// The sounds; a note's `sound` is an index here.
    #[must_use]
    pub fn sounds(&self) -> &[Sound] {
        &self.sounds
    }

    /// The notes, sound after sound.
    #[must_use]
    pub fn notes(&self) -> &[PartialsNote] {
        &self.notes
    }

    /// Seconds from note-on to the centre of each kept frame of a note.
    ///
    /// # Panics
    ///
    /// When there is no such note.
    #[must_use]
    pub fn times_s(&self, note: usize) -> &[f32] {
        &self.times_s[self.starts[note]..self.starts[note + 1]]
    }

    /// The numbers of one kept frame of a note, as [`PartialsFormat::encode`] writes them:
    /// `[numbers]`.
    ///
    /// # Panics
    ///
    /// When there is no such note or frame.
    #[must_use]
    pub fn frame(&self, note: usize, frame: usize) -> &[f16] {
        assert!(
            frame < self.times_s(note).len(),
            "note {note} has no frame {frame}"
        );
        let numbers = self.settings.format.numbers();
        &self.numbers[(self.starts[note] + frame) * numbers..][..numbers]
    }
}

/// The samples of a note of a corpus, as they were analysed.
///
/// # Errors
///
/// [`CorpusError`] when the soundfont is needed and missing.
///
/// # Panics
///
/// When the note's sound is none of the settings'.
pub fn real_note(
    settings: &PartialsSettings,
    note: &PartialsNote,
) -> Result<Vec<f32>, CorpusError> {
    let sounds = settings.sounds();
    Maker::new(settings, &sounds[note.sound]).samples(note.key, note.velocity)
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
    fn sounds(&self) -> Vec<Sound> {
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
    fn plan(&self, sound: &Sound) -> Vec<(u8, u8)> {
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

    fn parts(&self, sound: &Sound) -> Parts {
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

    fn check(&self) -> Result<(), CorpusError> {
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
struct Parts {
    whole: Option<Part>,
    hole: Option<(u8, u8)>,
    seed: u64,
    number: u64,
}

impl Parts {
    fn of(&self, key: u8) -> Part {
        let own = || split::key_part(self.seed, self.number, key, self.hole);
        self.whole.unwrap_or_else(own)
    }
}

/// Renders and analyses the notes of one sound.
struct Maker<'a> {
    settings: &'a PartialsSettings,
    sound: &'a Sound,
}

impl<'a> Maker<'a> {
    fn new(settings: &'a PartialsSettings, sound: &'a Sound) -> Self {
        Self { settings, sound }
    }

    /// From the folder, or made and put there.
    fn shard(&self, folder: &Path, done: &(impl Fn(usize) + Sync)) -> Result<Shard, CorpusError> {
        let plan = self.settings.plan(self.sound);
        let path = folder.join(self.file_name(&plan));
        if let Some(shard) = Shard::read(&path, self.settings.format.numbers()) {
            done(plan.len());
            return Ok(shard);
        }
        let notes: Result<Vec<(StoredNote, Vec<f16>)>, CorpusError> = plan
            .par_iter()
            .map(|(key, velocity)| {
                let note = self.note(*key, *velocity);
                done(1);
                note
            })
            .collect();
        let mut shard = Shard::default();
        for (note, numbers) in notes? {
            shard.notes.push(note);
            shard.numbers.extend(numbers);
        }
        shard.write(&path)?;
        Ok(shard)
    }

    /// A name that no other notes have.
    fn file_name(&self, plan: &[(u8, u8)]) -> String {
        let source = match self.settings.source {
            Source::Formulas => format!(
                "formulas {} seed {}",
                crate::corpus::FORMULAS,
                self.settings.seed
            ),
            Source::Soundfont { .. } => format!("soundfont {}", crate::soundfont::SHA256),
        };
        let decides = serde_json::json!({
            "analysis": VERSION,
            "layout": LAYOUT,
            "source": source,
            "number": self.sound.number,
            "plan": plan,
            "length_s": self.settings.length_s,
            "format": self.settings.format,
        });
        let hash = blake3::hash(decides.to_string().as_bytes()).to_hex();
        let name = self.sound.name.to_lowercase().replace(' ', "-");
        format!("{name}-{}.notes", &hash[..16])
    }

    fn samples(&self, key: u8, velocity: u8) -> Result<Vec<f32>, CorpusError> {
        let (number, length_s) = (self.sound.number, self.settings.length_s);
        match self.settings.source {
            Source::Formulas => {
                let patches = bank::patches(self.settings.seed);
                let seed = self.settings.seed.wrapping_mul(31);
                let seed = seed.wrapping_add((number * 128 + usize::from(key)) as u64);
                Ok(render::struck(&patches[number], key, seed, length_s))
            }
            Source::Soundfont { .. } => {
                let program = u8::try_from(number).unwrap_or(0);
                let raised = instrument(program).map_or(0, |instrument| instrument.raised);
                Soundfont::load()?.note(program, key + raised, velocity, length_s)
            }
        }
    }

    fn note(&self, key: u8, velocity: u8) -> Result<(StoredNote, Vec<f16>), CorpusError> {
        let samples = self.samples(key, velocity)?;
        let rate = f64::from(render::SAMPLE_RATE_HZ);
        let free = if self.settings.format.free {
            Free::Kept
        } else {
            Free::AsNoise
        };
        let analysis = analyse_with(&samples, rate, f64::from(key), free);
        let analysis = analysis.map_err(|reason| CorpusError::Note {
            sound: self.sound.name.clone(),
            key,
            velocity,
            reason,
        })?;
        let peak = analysis.loudest();
        let hops = kept(&analysis, peak);
        let numbers = self.encode(&analysis, &hops, peak);
        let note = StoredNote {
            key,
            velocity,
            peak,
            centroid_hz: centroid_hz(&analysis),
            f0_hz: analysis.f0_hz,
            partials: analysis.partials,
            hops,
        };
        Ok((note, numbers))
    }

    fn encode(&self, analysis: &Analysis, hops: &[u32], peak: f32) -> Vec<f16> {
        let format = self.settings.format;
        let mut row = vec![0.0; format.numbers()];
        let mut numbers = Vec::with_capacity(hops.len() * row.len());
        for hop in hops {
            let frame = &analysis.frames[index(f64::from(*hop))];
            format.encode(frame, analysis.partials, peak, &mut row);
            numbers.extend(row.iter().map(|number| f16::from_f32(*number)));
        }
        numbers
    }
}

/// The frames of a note that are worth keeping.
fn kept(analysis: &Analysis, peak: f32) -> Vec<u32> {
    let floor = peak * narrow(10f64.powf(SILENCE_DB / 20.0));
    let dense = index(DENSE_S / analysis.hop_s);
    let chosen = |frame: &usize| {
        let wanted = *frame <= dense || frame.is_multiple_of(STRIDE);
        wanted && analysis.frames[*frame].level(analysis.partials) > floor
    };
    let frames = (0..analysis.frames.len()).filter(chosen);
    frames
        .filter_map(|frame| u32::try_from(frame).ok())
        .collect()
}

/// The power-weighted mean frequency of a note.
fn centroid_hz(analysis: &Analysis) -> f32 {
    let (mut weighted, mut power) = (0.0, 0.0);
    for frame in &analysis.frames {
        for (hz, share) in lines(frame, analysis) {
            weighted += hz * share;
            power += share;
        }
    }
    if power > 0.0 { weighted / power } else { 0.0 }
}

/// Frequency and power of each group, band and free partial of a frame.
fn lines(frame: &PartialsFrame, analysis: &Analysis) -> Vec<(f32, f32)> {
    let edges = group_edges();
    let group = |(group, amplitude): (usize, &f32)| {
        let last = (edges[group + 1] - 1).min(analysis.partials);
        let count = (last + 1).saturating_sub(edges[group]);
        let middle = (edges[group] + last) / 2;
        let hz = partial_hz(middle, analysis.f0_hz, analysis.inharmonicity);
        (narrow(hz), real(count) * amplitude * amplitude / 2.0)
    };
    let bands = band_edges_hz();
    let band = |(band, rms): (usize, &f32)| {
        let hz = 0.5 * (bands[band] + bands[band + 1]);
        (narrow(hz), rms * rms)
    };
    let free = |(slot, line): (usize, &FreePartial)| {
        let hz = narrow(analysis.f0_hz) * free_ratio(slot, line.place);
        (hz, line.amplitude * line.amplitude / 2.0)
    };
    let groups = frame.harmonics.iter().enumerate().map(group);
    let bands = frame.noise.iter().enumerate().map(band);
    let free = frame.free.iter().enumerate().map(free);
    groups.chain(bands).chain(free).collect()
}
