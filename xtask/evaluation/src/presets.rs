//! Presets as a listener has them: a phrase through the built plugin, and what is measured of it.
//!
//! ```text
//!  assets/presets/*.toml ─► project with the field `preset` ─► built plugin ─► phrase, 48 kHz
//!    ─► loudness, peak, pitch, attack, brightness ─► faults
//! ```
//!
//! The phrase: C3, C4 and C5 held for 1.5 s each, then a chord of C3, G3, C4 and E4 for two seconds,
//! all with velocity 100 of 127. Basses play it an octave lower.

use crate::measure::{level, loudness, onset, pitch, timbre};
use betwixt_host::{Blocks, Event, Host, HostError, Project, Rendering, Setup, Timed};
use betwixt_spectral::number::index;
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Rate of all renderings in Hz.
pub const RATE_HZ: f64 = 48_000.0;
/// How loud every preset is, LUFS: as broadcasts are (EBU R 128), which leaves room for chords.
pub const TARGET_LUFS: f64 = -23.0;
/// How far from that it may be, LU.
pub const TOLERANCE_LU: f64 = 1.0;
/// Where the plugin's limiter begins to work, dBFS.
pub const LIMITER_DBFS: f64 = -3.0;
/// How far a held note may be from its key, cents; the mean over a vibrato.
pub const TUNED_CENTS: f64 = 8.0;

const BLOCK: u32 = 512;
const VELOCITY: f64 = 100.0 / 127.0;
const SINGLES: [u8; 3] = [48, 60, 72];
const CHORD: [u8; 4] = [48, 55, 60, 64];
/// From one note's stroke to the next one's, and how long it is held.
const STEP_S: f64 = 2.5;
const HELD_S: f64 = 1.5;
const CHORD_S: f64 = 2.0;
/// The part of a held note in which its pitch is measured.
const PITCH_S: (f64, f64) = (0.25, 1.4);

/// A preset's file, as far as it says how it is to be measured.
#[derive(Clone, Debug)]
pub struct PresetFile {
    /// Where it lies.
    pub path: PathBuf,
    /// All of it.
    pub text: String,
    /// As it says.
    pub name: String,
    /// As it says.
    pub category: String,
    /// Octaves that it transposes by.
    octave: i32,
    /// Whether it says that it has no pitch.
    is_unpitched: bool,
}

/// Why presets could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum PresetsError {
    /// A file or a folder.
    #[error("{path}: {reason}; check that it is there and may be read and written")]
    File {
        /// Which one.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A file that is no preset, or one that the plugin refuses.
    #[error("{path}: {reason}")]
    Refused {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The plugin.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// What is measured of a preset.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Of the whole phrase, LUFS.
    pub loudness_lufs: f64,
    /// The largest sample of both channels, dBFS.
    pub peak_dbfs: f64,
    /// C3, C4, C5: cents from the key; none where no pitch is found.
    pub cents: [Option<f64>; 3],
    /// From C4's stroke until its level has come to 90 % of its loudest, ms.
    pub attack_ms: Option<f64>,
    /// How much quieter C4 is after a second than at its loudest, dB.
    pub decay_db: f64,
    /// Where half of C4's spectrum lies, Hz.
    pub centroid_hz: Option<f64>,
}

/// All presets in a folder, in the order of their names.
///
/// # Errors
///
/// [`PresetsError::File`] and [`PresetsError::Refused`].
pub fn files(folder: &Path) -> Result<Vec<PresetFile>, PresetsError> {
    let failed = |error: std::io::Error| PresetsError::File {
        path: folder.to_path_buf(),
        reason: error.to_string(),
    };
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(failed)?.collect();
    let paths = entries
        .map_err(failed)?
        .into_iter()
        .map(|entry| entry.path());
    let is_preset = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "toml");
    let mut paths: Vec<PathBuf> = paths.filter(is_preset).collect();
    paths.sort();
    paths.into_iter().map(PresetFile::read).collect()
}

impl PresetFile {
    fn read(path: PathBuf) -> Result<Self, PresetsError> {
        let text = std::fs::read_to_string(&path).map_err(|error| PresetsError::File {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let reason = error.to_string();
            let path = path.clone();
            PresetsError::Refused { path, reason }
        })?;
        let words = |key: &str| table.get(key).and_then(toml::Value::as_str);
        let sound = table.get("sound").and_then(toml::Value::as_table);
        let octave = sound.and_then(|sound| sound.get("octave")?.as_integer());
        let tags = table.get("tags").and_then(toml::Value::as_array);
        let unpitched = toml::Value::from("unpitched");
        Ok(Self {
            name: words("name").unwrap_or_default().to_owned(),
            category: words("category").unwrap_or_default().to_owned(),
            octave: octave
                .and_then(|octave| i32::try_from(octave).ok())
                .unwrap_or(0),
            is_unpitched: tags.is_some_and(|tags| tags.contains(&unpitched)),
            path,
            text,
        })
    }

    /// The name of its file, without the ending.
    #[must_use]
    pub fn stem(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// Keys of the phrase below or above where it is written.
    fn transposed(&self) -> i32 {
        if self.category == "Basses" { -12 } else { 0 }
    }

    fn key(&self, written: u8) -> u8 {
        let key = i32::from(written) + self.transposed();
        u8::try_from(key).unwrap_or(written)
    }

    /// Plays the phrase.
    ///
    /// # Errors
    ///
    /// [`PresetsError::Refused`] when the plugin does not take the preset, and what the host says.
    pub fn render(&self, host: &Host) -> Result<Rendering, PresetsError> {
        let setup = Setup::new(RATE_HZ, BLOCK);
        let mut instance = host.instance(setup)?;
        let project = Project::empty().with("preset", &Value::from(self.text.as_str()));
        instance.load_state(&project.bytes())?;
        let loaded = Project::of(&mut instance)?.field("loaded");
        let problem = loaded
            .as_ref()
            .and_then(|loaded| loaded["problem"].as_str());
        if let Some(reason) = problem {
            return Err(PresetsError::Refused {
                path: self.path.clone(),
                reason: reason.to_owned(),
            });
        }
        // Anew, so that the preset's model is there from the first sample.
        instance.activate(setup)?;
        let (events, frames) = self.phrase();
        Ok(instance.play(&events, frames, &Blocks::Of(BLOCK))?)
    }

    fn phrase(&self) -> (Vec<Timed>, u64) {
        let frame = |seconds: f64| index(seconds * RATE_HZ) as u64;
        let singles = SINGLES.into_iter().zip(0u8..);
        let singles = singles.map(|(key, turn)| (key, f64::from(turn) * STEP_S, HELD_S));
        let begins = SINGLES.len() as f64 * STEP_S;
        let chord = CHORD.map(|key| (key, begins, CHORD_S));
        let notes = singles.chain(chord).flat_map(|(key, at_s, held_s)| {
            let key = self.key(key);
            [
                Event::note_on(key, VELOCITY).at(frame(at_s)),
                Event::note_off(key).at(frame(at_s + held_s)),
            ]
        });
        let mut events: Vec<Timed> = notes.collect();
        events.sort_by_key(|event| event.frame);
        (events, frame(begins + STEP_S + 1.0))
    }

    /// Measures what was played.
    #[must_use]
    pub fn measure(&self, played: &Rendering) -> Measured {
        let channels = [&played.left[..], &played.right[..]];
        let peak = channels.map(level::peak).into_iter().fold(0.0, f64::max);
        let mono = played.mono();
        let middle = part(&mono, (STEP_S, STEP_S + HELD_S));
        let spectrum = timbre::PowerSpectrum::of(part(&mono, (STEP_S, STEP_S + 1.0)), 48_000).ok();
        Measured {
            loudness_lufs: loudness::integrated_lufs(&channels, RATE_HZ),
            peak_dbfs: level::db(peak),
            cents: std::array::from_fn(|turn| self.cents(&mono, turn)),
            attack_ms: attack_ms(middle),
            decay_db: decay_db(middle),
            centroid_hz: spectrum.and_then(|spectrum| spectrum.centroid_hz()),
        }
    }

    fn cents(&self, mono: &[f32], turn: usize) -> Option<f64> {
        let begins = turn as f64 * STEP_S;
        let held = part(mono, (begins + PITCH_S.0, begins + PITCH_S.1));
        let key = i32::from(self.key(SINGLES[turn])) + 12 * self.octave;
        let hz = 440.0 * (f64::from(key - 69) / 12.0).exp2();
        pitch::error_cents(held, RATE_HZ, hz)
    }

    /// What is wrong with it; nothing where all is well.
    #[must_use]
    pub fn faults(&self, measured: &Measured) -> Vec<String> {
        let mut faults = Vec::new();
        let off = measured.loudness_lufs - TARGET_LUFS;
        if off.is_nan() || off.is_infinite() {
            faults.push("it is silent".to_owned());
        } else if off.abs() > TOLERANCE_LU {
            faults.push(format!(
                "{off:+.1} LU from the target; `--level` sets its gain"
            ));
        }
        if measured.peak_dbfs.is_nan() || measured.peak_dbfs > LIMITER_DBFS {
            let peak = measured.peak_dbfs;
            faults.push(format!(
                "peak {peak:.1} dBFS: the limiter works; make it less peaked"
            ));
        }
        let worst = measured.worst_cents().filter(|_| !self.is_unpitched);
        if let Some(cents) = worst.filter(|cents| cents.abs() > TUNED_CENTS) {
            faults.push(format!("{cents:+.1} cents off; or tag it \"unpitched\""));
        }
        faults
    }
}

impl Measured {
    /// The figure that is farthest off, of the three keys.
    #[must_use]
    pub fn worst_cents(&self) -> Option<f64> {
        let cents = self.cents.into_iter().flatten();
        cents.max_by(|a, b| a.abs().total_cmp(&b.abs()))
    }
}

fn part(mono: &[f32], (from_s, to_s): (f64, f64)) -> &[f32] {
    let [from, to] = [from_s, to_s].map(|at_s| index(at_s * RATE_HZ).min(mono.len()));
    &mono[from..to]
}

/// Root mean squares of 5 ms.
fn course(note: &[f32]) -> Vec<f64> {
    let short = index(0.005 * RATE_HZ);
    note.chunks(short).map(level::rms).collect()
}

fn attack_ms(note: &[f32]) -> Option<f64> {
    onset::first_sample(note, -60.0)?;
    let course = course(note);
    let loudest = course.iter().copied().fold(0.0, f64::max);
    let at = course.iter().position(|level| *level >= 0.9 * loudest)?;
    Some(5.0 * at as f64)
}

fn decay_db(note: &[f32]) -> f64 {
    let course = course(note);
    let loudest = course.iter().copied().fold(0.0, f64::max);
    let after = course
        .iter()
        .skip(200)
        .take(20)
        .copied()
        .fold(0.0, f64::max);
    level::db(loudest) - level::db(after.max(1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The phrase of a bass lies an octave lower, and every key that is struck is let go.
    #[test]
    fn every_key_is_let_go() {
        let preset = |category: &str| PresetFile {
            path: PathBuf::new(),
            text: String::new(),
            name: String::new(),
            category: category.into(),
            octave: 0,
            is_unpitched: false,
        };
        let (events, frames) = preset("Pads").phrase();
        assert_eq!(events.len(), 14);
        assert!(events.iter().all(|event| event.frame < frames));
        assert!(events.windows(2).all(|pair| pair[0].frame <= pair[1].frame));
        assert_eq!(preset("Basses").key(48), 36);
    }
}
