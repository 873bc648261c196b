//! Recordings to be resynthesised: the WAV files of a folder.
//!
//! ```text
//!  folder ─► *.wav, by name ─► samples, mean of the channels [n] at the file's own rate
//! ```

use super::MIDDLE;
use betwixt_spectral::number::real;
use betwixt_spectral::{Geometry, GeometryError};
use hound::{SampleFormat, WavReader};
use std::path::{Path, PathBuf};

/// Five of the longest frames: the middle that is measured is then a frame long at least.
pub const SHORTEST: usize = 5 * 4096;

/// A mono sound and where it is from.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The file's name without its extension.
    pub name: String,
    /// Samples of the file, channels averaged.
    pub samples: Vec<f32>,
    /// Samples in a second.
    pub rate_hz: u32,
}

/// Why a folder gives no recordings.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The folder cannot be read.
    #[error("{path}: {reason}; expected a folder of WAV files, give another with --input")]
    Folder {
        /// What was asked for.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// There is nothing to measure in it.
    #[error("{path}: holds no WAV file; put recordings there, or give another with --input")]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// A file is not what its name says.
    #[error("{path}: {reason}; expected a PCM or float WAV file, convert or remove it")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file's rate fits no frame geometry.
    #[error("{path}: {reason}; convert it to such a rate, or remove it")]
    Rate {
        /// The file.
        path: PathBuf,
        /// The rate, and those that fit.
        reason: GeometryError,
    },
    /// A file is too short for its middle to be measured.
    #[error("{path}: `samples` is {found}; expected at least {SHORTEST}, give a longer recording")]
    Short {
        /// The file.
        path: PathBuf,
        /// Samples of one channel.
        found: usize,
    },
    /// No figure is possible.
    #[error("{path}: {reason}; expected sound from −1 to 1, remove the file")]
    Samples {
        /// The file.
        path: PathBuf,
        /// What the samples are.
        reason: &'static str,
    },
}

/// The paths of a folder's WAV files, by name.
///
/// # Errors
///
/// [`RecordingError::Folder`], [`RecordingError::Empty`].
pub fn recordings(folder: &Path) -> Result<Vec<PathBuf>, RecordingError> {
    let failed = |reason: std::io::Error| RecordingError::Folder {
        path: folder.to_path_buf(),
        reason: reason.to_string(),
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let named = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("wav"));
        if named && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        let path = folder.to_path_buf();
        return Err(RecordingError::Empty { path });
    }
    Ok(paths)
}

impl Recording {
    /// Reads a WAV file: integers of 8 to 32 bits, or floats; any number of channels.
    ///
    /// # Errors
    ///
    /// Every [`RecordingError`] that is about a file.
    pub fn read(path: &Path) -> Result<Self, RecordingError> {
        let path_buf = || path.to_path_buf();
        let failed = |error: hound::Error| RecordingError::File {
            path: path_buf(),
            reason: error.to_string(),
        };
        let mut reader = WavReader::open(path).map_err(failed)?;
        let spec = reader.spec();
        let full = 2_f32.powi(i32::from(spec.bits_per_sample) - 1);
        let interleaved: Result<Vec<f32>, hound::Error> = match spec.sample_format {
            SampleFormat::Float => reader.samples::<f32>().collect(),
            SampleFormat::Int => {
                let whole = reader.samples::<i32>();
                whole.map(|x| x.map(|x| x as f32 / full)).collect()
            }
        };
        let channels = usize::from(spec.channels.max(1));
        let mean = |frame: &[f32]| frame.iter().sum::<f32>() / real(channels);
        let recording = Self {
            name: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into(),
            samples: interleaved
                .map_err(failed)?
                .chunks(channels)
                .map(mean)
                .collect(),
            rate_hz: spec.sample_rate,
        };
        recording.checked(path)
    }

    fn checked(self, path: &Path) -> Result<Self, RecordingError> {
        let path = path.to_path_buf();
        if let Err(reason) = Geometry::new(4096, 1024, self.rate_hz) {
            return Err(RecordingError::Rate { path, reason });
        }
        let found = self.samples.len();
        if found < SHORTEST {
            return Err(RecordingError::Short { path, found });
        }
        if self.samples.iter().any(|x| !x.is_finite()) {
            let reason = "holds samples that are no numbers";
            return Err(RecordingError::Samples { path, reason });
        }
        let middle = MIDDLE * 4096..found - MIDDLE * 4096;
        if self.samples[middle].iter().all(|x| *x == 0.0) {
            let reason = "is silent in its middle";
            return Err(RecordingError::Samples { path, reason });
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hound::{WavSpec, WavWriter};

    /// Writes a WAV file of 16-bit frames and reads it.
    fn read(name: &str, rate_hz: u32, frames: &[&[i16]]) -> Result<Recording, RecordingError> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(name);
        let spec = WavSpec {
            channels: u16::try_from(frames[0].len()).unwrap(),
            sample_rate: rate_hz,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let mut writer = WavWriter::create(&path, spec).unwrap();
        let samples = frames.iter().copied().flatten();
        samples.for_each(|x| writer.write_sample(*x).unwrap());
        writer.finalize().unwrap();
        Recording::read(&path)
    }

    /// Full scale is 1, and the channels are averaged.
    #[test]
    fn channels_are_averaged() {
        let recording = read("a.wav", 48_000, &vec![&[16_384_i16, -8_192][..]; SHORTEST]).unwrap();
        assert_eq!(recording.samples.len(), SHORTEST);
        assert!(recording.samples.iter().all(|x| (x - 0.125).abs() < 1e-9));
        assert_eq!((recording.name.as_str(), recording.rate_hz), ("a", 48_000));
    }

    /// Each refusal names the file, the field, what was expected, and what to do.
    #[test]
    fn refusals_say_what_to_do() {
        let told =
            |rate_hz, frames: &[&[i16]]| read("b.wav", rate_hz, frames).unwrap_err().to_string();
        let rate = told(4_000, &vec![&[1_i16][..]; SHORTEST]);
        for word in [
            "b.wav",
            "`sample_rate_hz` is 4000",
            "8000 to 192000",
            "convert",
        ] {
            assert!(rate.contains(word), "{rate}");
        }
        let short = told(44_100, &[&[1_i16][..]; 100]);
        for word in ["b.wav", "`samples` is 100", "20480", "longer"] {
            assert!(short.contains(word), "{short}");
        }
        let silent = told(44_100, &vec![&[0_i16][..]; SHORTEST]);
        assert!(
            silent.contains("silent") && silent.contains("remove"),
            "{silent}"
        );
    }
}
