//! A picture of one recording: a row for the original and one for each mode, a column for each size.

use super::SIZES;
use crate::failure::Failure;
use betwixt_evaluation::phase::{Mode, Recording};
use betwixt_evaluation::picture::spectrogram;
use betwixt_picture::{Sheet, SheetRow, Spectrogram, sheet};
use std::path::Path;

/// How every sound is shown, whatever it was made with.
const SHOWN: (usize, usize) = (2048, 512);

/// The picture as it fills: size after size, and of each size mode after mode.
pub(super) struct Drawing {
    name: String,
    rate_hz: f64,
    seconds: f64,
    original: Spectrogram,
    /// Of each mode, in the order of [`Mode::ALL`]: what each size made, and its convergence in dB.
    modes: Vec<(Mode, Vec<Spectrogram>, Vec<String>)>,
}

impl Drawing {
    pub(super) fn new(recording: &Recording) -> Self {
        let rate_hz = f64::from(recording.rate_hz);
        Self {
            name: recording.name.clone(),
            rate_hz,
            seconds: recording.samples.len() as f64 / rate_hz,
            original: spectrogram(&recording.samples, rate_hz, SHOWN),
            modes: Mode::ALL.map(|mode| (mode, vec![], vec![])).into(),
        }
    }

    /// Adds what a mode made at the next size.
    pub(super) fn add(&mut self, mode: Mode, sound: &[f32], sc_db: f64) {
        let mut shown = spectrogram(sound, self.rate_hz, SHOWN);
        shown.shown_db = self.original.shown_db;
        if let Some(row) = self.modes.iter_mut().find(|row| row.0 == mode) {
            row.1.push(shown);
            row.2.push(format!("{sc_db:.1}"));
        }
    }

    pub(super) fn write(self, path: &Path) -> Result<(), Failure> {
        let seconds = self.seconds;
        let original = SheetRow {
            name: "original".into(),
            seconds,
            spectrograms: vec![self.original; SIZES.len()],
        };
        let row = |(mode, spectrograms, sc_db): (Mode, Vec<Spectrogram>, Vec<String>)| SheetRow {
            name: format!("{}: SC {} dB", mode.name(), sc_db.join(", ")),
            seconds,
            spectrograms,
        };
        let picture = Sheet {
            title: format!("{}: the same magnitudes, phases of every source", self.name),
            subtitle: "SC: spectral convergence at the three sizes, lower is better".into(),
            columns: SIZES.map(|size| format!("{size}/{}", size / 4)).into(),
            rows: std::iter::once(original)
                .chain(self.modes.into_iter().map(row))
                .collect(),
        };
        Ok(sheet(path, &picture)?)
    }
}
