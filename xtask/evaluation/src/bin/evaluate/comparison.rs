//! A real note beside a played one, and the mean over many.

use betwixt_evaluation::measure::{onset, spectra};
use betwixt_evaluation::player::RATE_HZ;
use betwixt_spectral::{GeometryError, pitch};
use serde::Serialize;

/// One note, real and played.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Compared {
    pub(crate) sound: String,
    pub(crate) key: u8,
    pub(crate) velocity: u8,
    pub(crate) convergence_db: f64,
    pub(crate) distance_db: f64,
    pub(crate) mel_correlation: Option<f64>,
    /// 10–90 % of the level, real and played.
    pub(crate) rise_ms: Option<(f64, f64)>,
}

/// The mean over notes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Figures {
    pub(crate) notes: usize,
    pub(crate) convergence_db: f64,
    pub(crate) distance_db: f64,
    pub(crate) mel_correlation: f64,
    /// Mean of |played − real|.
    pub(crate) rise_error_ms: f64,
    /// Median of it.
    pub(crate) rise_error_median_ms: f64,
}

impl Compared {
    /// `None` when the real note is silent.
    pub(crate) fn new(
        (sound, key, velocity): (&str, u8, u8),
        real: &[f32],
        played: &[f32],
    ) -> Result<Option<Self>, GeometryError> {
        let Some(likeness) = spectra::likeness(real, played, RATE_HZ)? else {
            return Ok(None);
        };
        let hz = pitch::hz(f64::from(key));
        let rise = |signal| onset::level_rise_s(signal, f64::from(RATE_HZ), hz);
        let rise_ms = rise(real).zip(rise(played));
        Ok(Some(Self {
            sound: sound.to_owned(),
            key,
            velocity,
            convergence_db: likeness.convergence_db,
            distance_db: likeness.distance_db,
            mel_correlation: likeness.mel_correlation,
            rise_ms: rise_ms.map(|(real, played)| (1000.0 * real, 1000.0 * played)),
        }))
    }

    pub(crate) fn hz(&self) -> f64 {
        pitch::hz(f64::from(self.key))
    }
}

impl Figures {
    /// A note whose log-mel picture does not vary counts as 0 there: that is not likeness.
    pub(crate) fn of<'a>(notes: impl IntoIterator<Item = &'a Compared>) -> Self {
        let notes: Vec<&Compared> = notes.into_iter().collect();
        let mean = |of: &dyn Fn(&Compared) -> f64| {
            notes.iter().map(|note| of(note)).sum::<f64>() / notes.len().max(1) as f64
        };
        let error = |note: &&Compared| note.rise_ms.map(|(real, played)| (played - real).abs());
        let mut errors: Vec<f64> = notes.iter().filter_map(error).collect();
        errors.sort_by(f64::total_cmp);
        Self {
            notes: notes.len(),
            convergence_db: mean(&|note| note.convergence_db),
            distance_db: mean(&|note| note.distance_db),
            mel_correlation: mean(&|note| note.mel_correlation.unwrap_or(0.0)),
            rise_error_ms: errors.iter().sum::<f64>() / errors.len().max(1) as f64,
            rise_error_median_ms: errors.get(errors.len() / 2).copied().unwrap_or(0.0),
        }
    }

    /// Convergence, distance, mel correlation, rise error: one line of a table.
    pub(crate) fn line(&self) -> String {
        format!(
            "SC {:6.2} dB   LSD {:5.2} dB   mel r {:.4}   rise error {:5.1} ms (median {:.1})   {} notes",
            self.convergence_db,
            self.distance_db,
            self.mel_correlation,
            self.rise_error_ms,
            self.rise_error_median_ms,
            self.notes
        )
    }
}
