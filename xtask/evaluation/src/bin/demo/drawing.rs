//! The render as a picture.

use crate::figures::Figures;
use betwixt_evaluation::measure::level::level_track_db;
use betwixt_host::{Rendering, Score};
use betwixt_picture::{NoteBar, PictureError, Series, Spectrogram, Timeline, timeline};
use betwixt_spectral::number::index;
use betwixt_spectral::{Geometry, stft};
use std::path::Path;

const FFT_LEN: usize = 4096;
const HOP: usize = 512;
const SHOWN_DB: f64 = 84.0;

/// Draws spectrogram, notes, latents and level.
pub(crate) fn draw(
    path: &Path,
    score: &Score,
    rendering: &Rendering,
    figures: &Figures,
) -> Result<(), PictureError> {
    let mono = rendering.mono();
    let seconds = mono.len() as f64 / rendering.rate_hz;
    let picture = Timeline {
        title: "Betwixt: a trained decoder plays a MIDI phrase while its latents move".into(),
        subtitle: subtitle(figures),
        seconds,
        spectrogram: spectrogram(&mono, rendering.rate_hz),
        notes: score.notes.iter().map(bar).collect(),
        curves: curves(score, seconds),
        level_db: level_track_db(&mono, rendering.rate_hz, 0.02),
    };
    timeline(path, &picture)
}

fn subtitle(figures: &Figures) -> String {
    let timing = &figures.timing;
    let cents = figures.worst_pitch_cents.unwrap_or(f64::NAN);
    format!(
        "{:.1} × real time · worst block {:.0} % of its deadline at {} samples · peak {:.1} dBFS · \
         clicks {:.1} · pitch within {cents:.2} cents",
        timing.real_time_factor,
        100.0 * timing.worst_share,
        timing.block_samples,
        figures.peak_dbfs,
        figures.largest_click,
    )
}

fn bar(note: &betwixt_host::Note) -> NoteBar {
    NoteBar {
        span_s: (note.start_s, note.end_s),
        key: note.key,
        velocity: note.velocity,
    }
}

fn curves(score: &Score, seconds: f64) -> Vec<Series> {
    let steps = 800_u16;
    let sampled = |curve: &betwixt_host::score::Curve| Series {
        name: curve.parameter.clone(),
        points: (0..=steps)
            .map(|i| seconds * f64::from(i) / f64::from(steps))
            .map(|at| (at, curve.value(at)))
            .collect(),
    };
    score.automation.curves.iter().map(sampled).collect()
}

/// Levels in dB; a full-scale sine is 0. The brightest colour is the loudest bin.
fn spectrogram(mono: &[f32], rate_hz: f64) -> Spectrogram {
    let mut columns = Vec::new();
    let mut loudest = f32::NEG_INFINITY;
    // The rate only names the bins; the transform does not depend on it.
    let rate = u32::try_from(index(rate_hz)).unwrap_or(48_000);
    if let Ok(geometry) = Geometry::new(FFT_LEN, HOP, rate) {
        let full = betwixt_spectral::number::real(FFT_LEN) / 4.0;
        stft::for_each_frame(geometry, mono, |spectrum| {
            let level = |c: &betwixt_spectral::Complex32| 20.0 * (c.norm() / full + 1e-9).log10();
            let column: Vec<f32> = spectrum.iter().map(level).collect();
            loudest = column.iter().fold(loudest, |a, b| a.max(*b));
            columns.push(column);
        });
    }
    let top = f64::from(loudest).max(-120.0);
    Spectrogram {
        columns,
        hop_s: HOP as f64 / rate_hz,
        bin_hz: rate_hz / FFT_LEN as f64,
        shown_hz: (60.0, 16_000.0),
        shown_db: (top - SHOWN_DB, top),
    }
}
