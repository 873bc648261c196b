//! Everything that happened in a render, above one time axis.
//!
//! ```text
//!  title, figures
//!  spectrogram  (log frequency × time, dB as colour, colour bar)
//!  notes        (key × time, velocity as depth)
//!  curves       (0…1 × time: what the latents did)
//!  level        (dB × time)
//!               seconds
//! ```

use crate::axis::{Axis, Scale};
use crate::canvas::{Canvas, Hang, Ink, paint};
use crate::colour;
use crate::error::PictureError;
use crate::frame::{Frame, Labels, TICK_SIZE};
use crate::line_chart::Series;
use std::path::Path;

/// Levels over time and frequency.
#[derive(Clone, Debug)]
pub struct Spectrogram {
    /// `[frames][bins]`, dB; the first frame is centred on time 0, bin 0 on 0 Hz.
    pub columns: Vec<Vec<f32>>,
    /// Seconds from one frame to the next.
    pub hop_s: f64,
    /// Hz from one bin to the next.
    pub bin_hz: f64,
    /// Lowest and highest frequency shown, Hz, both above 0.
    pub shown_hz: (f64, f64),
    /// Levels of the darkest and the brightest colour, dB.
    pub shown_db: (f64, f64),
}

/// A note that was played.
#[derive(Clone, Copy, Debug)]
pub struct NoteBar {
    /// Onset and end, seconds.
    pub span_s: (f64, f64),
    /// MIDI key.
    pub key: u8,
    /// 0…1.
    pub velocity: f64,
}

/// A render to be drawn.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Written above.
    pub title: String,
    /// A second, smaller line: the figures.
    pub subtitle: String,
    /// Length of the time axis.
    pub seconds: f64,
    /// The topmost panel.
    pub spectrogram: Spectrogram,
    /// The notes; none, no panel content.
    pub notes: Vec<NoteBar>,
    /// Controls over seconds, each 0…1.
    pub curves: Vec<Series>,
    /// Level over seconds, dB.
    pub level_db: Vec<(f64, f64)>,
}

const SIZE: (u32, u32) = (1600, 1150);
const LEFT: f64 = 110.0;
const RIGHT: f64 = 1430.0;

/// Draws a render, 1600 × 1150 pixels, into a PNG file; its folder must exist.
///
/// # Errors
///
/// [`PictureError::Columns`] when the spectrogram is empty or ragged; [`PictureError::Draw`] or
/// [`PictureError::Write`] with the file's name. No file is left then.
pub fn timeline(path: &Path, picture: &Timeline) -> Result<(), PictureError> {
    let columns = &picture.spectrogram.columns;
    let bins = columns.first().map_or(0, Vec::len);
    let odd = columns.iter().position(|c| c.len() != bins || bins == 0);
    if let Some(column) = odd.or(columns.is_empty().then_some(0)) {
        return Err(PictureError::Columns {
            path: path.to_path_buf(),
            column,
            found: columns.get(column).map_or(0, Vec::len),
        });
    }
    paint(path, SIZE, |canvas| draw(canvas, picture))
}

type Drawn = Result<(), String>;

fn draw(canvas: &Canvas<'_>, picture: &Timeline) -> Drawn {
    canvas.text(&picture.title, (LEFT, 36.0), (Hang::Right, 30.0), Ink::TEXT)?;
    canvas.text(
        &picture.subtitle,
        (LEFT, 70.0),
        (Hang::Right, 18.0),
        Ink::QUIET,
    )?;
    draw_spectrogram(canvas, picture)?;
    draw_notes(canvas, picture)?;
    draw_curves(canvas, picture)?;
    draw_level(canvas, picture)
}

fn panel(picture: &Timeline, (top, bottom): (f64, f64), y: Axis) -> Frame {
    Frame {
        left: LEFT,
        top,
        right: RIGHT,
        bottom,
        x: Axis::new(0.0, picture.seconds, Scale::Linear),
        y,
    }
}

fn labels(y: &str, y_ticks: u32) -> Labels<'_> {
    Labels {
        x: None,
        y,
        x_ticks: 12,
        y_ticks,
    }
}

fn draw_spectrogram(canvas: &Canvas<'_>, picture: &Timeline) -> Drawn {
    let spectrogram = &picture.spectrogram;
    let (low, high) = spectrogram.shown_hz;
    let frame = panel(picture, (95.0, 545.0), Axis::new(low, high, Scale::Log));
    frame.axes(canvas, &labels("frequency, Hz", 9))?;
    let rows = f64::from(SIZE.1);
    let (from, to) = ((frame.left, frame.top), (frame.right, frame.bottom));
    canvas.raster(from, to, |across, up| {
        let half_row = 0.5 / rows;
        let hz = (frame.y.value(up - half_row), frame.y.value(up + half_row));
        colour::magma(spectrogram.share_at(across * picture.seconds, hz))
    })?;
    colour_bar(canvas, spectrogram, &frame)
}

fn colour_bar(canvas: &Canvas<'_>, spectrogram: &Spectrogram, beside: &Frame) -> Drawn {
    let (left, right) = (RIGHT + 24.0, RIGHT + 46.0);
    let (floor, ceiling) = spectrogram.shown_db;
    canvas.raster((left, beside.top), (right, beside.bottom), |_, up| {
        colour::magma(up)
    })?;
    canvas.outline((left, beside.top), (right, beside.bottom), Ink::EDGE)?;
    let axis = Axis::new(floor, ceiling, Scale::Linear);
    for tick in axis.ticks(6) {
        let y = beside.bottom - axis.position(tick.value) * (beside.bottom - beside.top);
        let text = format!("{} dB", tick.label);
        canvas.text(
            &text,
            (right + 8.0, y),
            (Hang::Right, TICK_SIZE),
            Ink::QUIET,
        )?;
    }
    Ok(())
}

fn draw_notes(canvas: &Canvas<'_>, picture: &Timeline) -> Drawn {
    let keys = || picture.notes.iter().map(|n| f64::from(n.key));
    let (low, high) = keys().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), k| {
        (l.min(k - 2.0), h.max(k + 2.0))
    });
    let frame = panel(picture, (570.0, 730.0), Axis::new(low, high, Scale::Linear));
    frame.axes(canvas, &labels("key", 4))?;
    for note in &picture.notes {
        let key = f64::from(note.key);
        let (left, top) = frame.place((note.span_s.0, key + 0.42));
        let (right, bottom) = frame.place((note.span_s.1, key - 0.42));
        let ink = Ink {
            colour: colour::curve(0),
            opacity: 0.25 + 0.75 * note.velocity.clamp(0.0, 1.0),
        };
        canvas.fill((left, top), ((right - 1.0).max(left + 1.0), bottom), ink)?;
    }
    Ok(())
}

fn draw_curves(canvas: &Canvas<'_>, picture: &Timeline) -> Drawn {
    let frame = panel(
        picture,
        (755.0, 915.0),
        Axis::new(-0.03, 1.03, Scale::Linear),
    );
    frame.axes(canvas, &labels("control", 4))?;
    frame.named_curves(canvas, &picture.curves)
}

fn draw_level(canvas: &Canvas<'_>, picture: &Timeline) -> Drawn {
    let frame = panel(
        picture,
        (940.0, 1075.0),
        Axis::new(-66.0, 0.0, Scale::Linear),
    );
    let named = Labels {
        x: Some("seconds"),
        ..labels("level, dB", 4)
    };
    frame.axes(canvas, &named)?;
    let place = |point: &(f64, f64)| {
        let (x, y) = frame.place(*point);
        (x, y.clamp(frame.top, frame.bottom))
    };
    let (Some(first), Some(last)) = (picture.level_db.first(), picture.level_db.last()) else {
        return Ok(());
    };
    let mut outline: Vec<_> = picture.level_db.iter().map(place).collect();
    outline.push((place(last).0, frame.bottom));
    outline.push((place(first).0, frame.bottom));
    let ink = Ink {
        colour: colour::curve(2),
        opacity: 0.35,
    };
    canvas.shape(&outline, ink)?;
    frame.curve(canvas, &picture.level_db, Ink::solid(colour::curve(2)))
}

impl Spectrogram {
    /// The level at a time and over a band: the loudest bin inside it, or between two bins the
    /// straight line from one to the other.
    fn level_db(&self, seconds: f64, (low_hz, high_hz): (f64, f64)) -> f64 {
        let position = (seconds / self.hop_s).clamp(0.0, (self.columns.len() - 1) as f64);
        let before = whole(position);
        let after = (before + 1).min(self.columns.len() - 1);
        let share = position - before as f64;
        let levels = [before, after].map(|frame| self.band_db(frame, (low_hz, high_hz)));
        levels[0] + share * (levels[1] - levels[0])
    }

    fn band_db(&self, frame: usize, (low_hz, high_hz): (f64, f64)) -> f64 {
        let column = &self.columns[frame];
        let at = |bin: usize| f64::from(column[bin.min(column.len() - 1)]);
        let (low, high) = (low_hz / self.bin_hz, high_hz / self.bin_hz);
        let (first, last) = (whole(low.ceil()), whole(high));
        if last > first {
            return (first..=last).map(at).fold(f64::NEG_INFINITY, f64::max);
        }
        let middle = (low + high) / 2.0;
        let below = whole(middle);
        at(below) + (middle - below as f64) * (at(below + 1) - at(below))
    }

    /// How bright a place is: 0 for the darkest colour, 1 for the brightest.
    pub(crate) fn share_at(&self, seconds: f64, hz: (f64, f64)) -> f64 {
        let (floor, ceiling) = self.shown_db;
        (self.level_db(seconds, hz) - floor) / (ceiling - floor)
    }
}

/// The whole part of a non-negative number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the whole part is meant"
)]
fn whole(value: f64) -> usize {
    value as usize
}
