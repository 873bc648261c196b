//! A sound as a spectrogram to be looked at.

use betwixt_picture::Spectrogram;
use betwixt_spectral::number::{index, real};
use betwixt_spectral::{Complex32, Geometry, stft};

const SHOWN_DB: f64 = 84.0;
const SHOWN_HZ: (f64, f64) = (60.0, 16_000.0);
/// What a silent spectrogram's brightest colour stands for.
const SILENT_DB: f64 = -120.0;

/// Levels in dB of a mono sound, a full-scale sine being 0; the brightest colour is the loudest bin.
///
/// Transform length and hop as a [`Geometry`] takes them. Without columns when it refuses them.
#[must_use]
pub fn spectrogram(mono: &[f32], rate_hz: f64, (fft_len, hop): (usize, usize)) -> Spectrogram {
    let mut columns = Vec::new();
    let mut loudest = f32::NEG_INFINITY;
    // The rate only names the bins; the transform does not depend on it.
    let rate = u32::try_from(index(rate_hz)).unwrap_or(48_000);
    if let Ok(geometry) = Geometry::new(fft_len, hop, rate) {
        let full = real(fft_len) / 4.0;
        stft::for_each_frame(geometry, mono, |spectrum| {
            let level = |c: &Complex32| 20.0 * (c.norm() / full + 1e-9).log10();
            let column: Vec<f32> = spectrum.iter().map(level).collect();
            loudest = column.iter().fold(loudest, |a, b| a.max(*b));
            columns.push(column);
        });
    }
    let top = f64::from(loudest).max(SILENT_DB);
    Spectrogram {
        columns,
        hop_s: hop as f64 / rate_hz,
        bin_hz: rate_hz / fft_len as f64,
        shown_hz: SHOWN_HZ,
        shown_db: (top - SHOWN_DB, top),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::tone;

    /// A full-scale sine is 0 dB at its bin and in its frames, and there is the brightest colour.
    #[test]
    fn levels_are_those_of_the_sound() {
        let rate_hz = 48_000.0;
        let sine = tone(&[(93.75 * 16.0, 1.0)], rate_hz, 48_000);
        let picture = spectrogram(&sine, rate_hz, (2048, 512));
        let bin = index(1_500.0 / picture.bin_hz + 0.5);
        let middle = &picture.columns[picture.columns.len() / 2];
        assert!(middle[bin].abs() < 0.1, "{}", middle[bin]);
        assert!(middle[bin * 2] < -80.0);
        assert!(
            (picture.shown_db.1 - 0.0).abs() < 0.5,
            "{:?}",
            picture.shown_db
        );
        assert!((picture.hop_s * 48_000.0 - 512.0).abs() < 1e-9);
    }
}
