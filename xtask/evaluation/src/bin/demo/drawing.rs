//! The render as a picture.

use crate::figures::Figures;
use betwixt_evaluation::measure::level::level_track_db;
use betwixt_evaluation::picture::spectrogram;
use betwixt_host::{Rendering, Score};
use betwixt_picture::{NoteBar, PictureError, Series, Timeline, timeline};
use std::path::Path;

const FFT_LEN: usize = 4096;
const HOP: usize = 512;

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
        title: "Betwixt: one model, its sounds found among the latents, and one morph".into(),
        subtitle: subtitle(figures),
        seconds,
        spectrogram: spectrogram(&mono, rendering.rate_hz, (FFT_LEN, HOP)),
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
