//! Notes of the soundfont, rendered in this process.
//!
//! ```text
//!  FluidR3_GM.sf2 (SHA-256 checked once) ─► Soundfont ─► note (program, key, velocity)
//!                                                          └─► from its onset on ─► [samples]
//! ```
//!
//! No reverb, no chorus; sample 0 is where the note begins to sound, and its key stays down; what
//! comes is the mean of both channels, without what is too low to be heard (some of its samples
//! carry a constant as large as the tone). Same note, same bits.

use crate::CorpusError;
use crate::onset::onset;
use crate::render::SAMPLE_RATE_HZ;
use betwixt_spectral::number::{index, narrow};
use rustysynth::{SoundFont, SoundFontError, Synthesizer, SynthesizerSettings};
use sha2::{Digest, Sha256};
use std::f64::consts::{FRAC_1_SQRT_2, TAU};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// The environment variable that names the soundfont where it lies elsewhere.
pub const PATH_VARIABLE: &str = "BETWIXT_SOUNDFONT";
/// Where Debian's package fluid-soundfont-gm puts it.
pub const DEBIAN_PATH: &str = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
/// SHA-256 of the file.
pub const SHA256: &str = "74594e8f4250680adf590507a306655a299935343583256f3b722c48a1bc1cb0";

/// Frequencies below are taken out; the lowest key of the table is at 32.7 Hz.
const SUBSONIC_HZ: f64 = 14.0;
/// Room for what a recording has before its onset; the longest looked for is shorter.
const BEFORE_S: f64 = 0.7;
/// MIDI's command for a program change.
const PROGRAM_CHANGE: i32 = 0xC0;

/// The soundfont in memory, shared by all threads.
#[derive(Clone, Debug)]
pub struct Soundfont {
    font: Arc<SoundFont>,
}

/// Where the soundfont is expected.
#[must_use]
pub fn path() -> PathBuf {
    std::env::var_os(PATH_VARIABLE).map_or_else(|| DEBIAN_PATH.into(), PathBuf::from)
}

impl Soundfont {
    /// Reads and checks the soundfont; the second call gives the first one's.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] when it is missing, another file, or damaged, with what to do.
    pub fn load() -> Result<Self, CorpusError> {
        static LOADED: OnceLock<Soundfont> = OnceLock::new();
        if let Some(loaded) = LOADED.get() {
            return Ok(loaded.clone());
        }
        let read = Self::read()?;
        Ok(LOADED.get_or_init(|| read).clone())
    }

    fn read() -> Result<Self, CorpusError> {
        let path = path();
        let refuse = |reason: String| CorpusError::Soundfont {
            file: path.display().to_string(),
            reason,
            variable: PATH_VARIABLE,
        };
        let bytes = std::fs::read(&path).map_err(|error| refuse(error.to_string()))?;
        let found = hexadecimal(&Sha256::digest(&bytes));
        if found != SHA256 {
            return Err(CorpusError::OtherSoundfont {
                file: path.display().to_string(),
                found,
                expected: SHA256,
            });
        }
        Self::from_bytes(&bytes).map_err(|error| refuse(error.to_string()))
    }

    fn from_bytes(mut bytes: &[u8]) -> Result<Self, SoundFontError> {
        Ok(Self {
            font: Arc::new(SoundFont::new(&mut bytes)?),
        })
    }

    /// Renders a note of so many seconds at [`SAMPLE_RATE_HZ`], its key down for ever; sample 0 is its
    /// onset.
    ///
    /// # Errors
    ///
    /// [`CorpusError::Soundfont`] when the synthesiser refuses the soundfont.
    pub fn note(
        &self,
        program: u8,
        key: u8,
        velocity: u8,
        length_s: f64,
    ) -> Result<Vec<f32>, CorpusError> {
        let mut settings = SynthesizerSettings::new(SAMPLE_RATE_HZ.cast_signed());
        settings.enable_reverb_and_chorus = false;
        let synthesizer = Synthesizer::new(&self.font, &settings);
        let mut synthesizer = synthesizer.map_err(|error| CorpusError::Soundfont {
            file: path().display().to_string(),
            reason: error.to_string(),
            variable: PATH_VARIABLE,
        })?;
        let seconds = |seconds: f64| index(seconds * f64::from(SAMPLE_RATE_HZ));
        let rendered = seconds(length_s + BEFORE_S);
        let (mut left, mut right) = (vec![0.0; rendered], vec![0.0; rendered]);
        synthesizer.process_midi_message(0, PROGRAM_CHANGE, program.into(), 0);
        synthesizer.note_on(0, key.into(), velocity.into());
        synthesizer.render(&mut left, &mut right);
        let mut subsonic = Subsonic::new();
        let pairs = left.iter().zip(&right);
        let mean = pairs.map(|(left, right)| 0.5 * f64::from(left + right));
        let mut note: Vec<f32> = mean.map(|mean| narrow(subsonic.remove(mean))).collect();
        note.drain(..onset(&note));
        note.truncate(seconds(length_s));
        Ok(note)
    }
}

/// A Butterworth high-pass of second order: what is below hearing goes.
///
/// *Source:* Bristow-Johnson's cookbook for biquad filters.
struct Subsonic {
    gain: f64,
    feedback: [f64; 2],
    inputs: [f64; 2],
    outputs: [f64; 2],
}

impl Subsonic {
    fn new() -> Self {
        let angle = TAU * SUBSONIC_HZ / f64::from(SAMPLE_RATE_HZ);
        let alpha = angle.sin() * FRAC_1_SQRT_2;
        let scale = (1.0 + alpha).recip();
        Self {
            gain: 0.5 * (1.0 + angle.cos()) * scale,
            feedback: [-2.0 * angle.cos() * scale, (1.0 - alpha) * scale],
            inputs: [0.0; 2],
            outputs: [0.0; 2],
        }
    }

    fn remove(&mut self, input: f64) -> f64 {
        let fed_back = self.feedback[0] * self.outputs[0] + self.feedback[1] * self.outputs[1];
        let output = self.gain * (input - 2.0 * self.inputs[0] + self.inputs[1]) - fed_back;
        self.inputs = [input, self.inputs[0]];
        self.outputs = [output, self.outputs[0]];
        output
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
