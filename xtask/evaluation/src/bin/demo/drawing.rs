//! The render as a picture.

use crate::figures::Figures;
use betwixt_evaluation::measure::level::level_track_db;
use betwixt_evaluation::picture::spectrogram;
use betwixt_host::score::Curve;
use betwixt_host::{Rendering, Score};
use betwixt_picture::{NoteBar, PictureError, Series, Timeline, timeline};
use std::path::Path;

const FFT_LEN: usize = 4096;
const HOP: usize = 512;
/// Curves of each part in the picture; an instance has eight latents.
const SHOWN_PER_PART: usize = 2;

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

/// Of each part the curves that move most, as many as can be told apart.
fn curves(score: &Score, seconds: f64) -> Vec<Series> {
    let all = &score.automation.curves;
    let part = |curve: &Curve| curve.parameter.split(':').next().map(str::to_owned);
    let mut shown: Vec<&Curve> = Vec::new();
    for (place, curve) in all.iter().enumerate() {
        let others = all
            .iter()
            .enumerate()
            .filter(|(_, other)| part(other) == part(curve));
        let farther = others.filter(|(other, of)| {
            let (own, theirs) = (travel(curve), travel(of));
            theirs > own || (theirs == own && *other < place)
        });
        if farther.count() < SHOWN_PER_PART && travel(curve) > 0.0 {
            shown.push(curve);
        }
    }
    let steps = 800_u16;
    let sampled = |curve: &Curve| Series {
        name: curve.parameter.replace(':', ": "),
        points: (0..=steps)
            .map(|i| seconds * f64::from(i) / f64::from(steps))
            .map(|at| (at, curve.value(at)))
            .collect(),
    };
    shown.into_iter().map(sampled).collect()
}

/// From a curve's lowest to its highest value.
fn travel(curve: &Curve) -> f64 {
    let values = || curve.points.iter().map(|point| point.1);
    values().fold(0.0, f64::max) - values().fold(f64::INFINITY, f64::min)
}
