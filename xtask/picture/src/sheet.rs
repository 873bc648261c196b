//! Spectrograms beside and above one another: the same notes, real and played.
//!
//! ```text
//!  title, subtitle
//!           column name    column name
//!  row name [spectrogram]  [spectrogram]   (log frequency × time, dB as colour)
//!  row name [spectrogram]  [spectrogram]
//!            seconds
//! ```

use crate::axis::{Axis, Scale};
use crate::canvas::{Canvas, Hang, Ink, paint};
use crate::colour;
use crate::error::PictureError;
use crate::frame::{Frame, LABEL_SIZE, Labels};
use crate::timeline::Spectrogram;
use std::path::Path;

/// Spectrograms to be compared.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Written above.
    pub title: String,
    /// A second, smaller line: the figures.
    pub subtitle: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// From top to bottom.
    pub rows: Vec<SheetRow>,
}

/// One row of a sheet.
#[derive(Clone, Debug)]
pub struct SheetRow {
    /// Written above the row.
    pub name: String,
    /// Length of the time axis.
    pub seconds: f64,
    /// One for each column.
    pub spectrograms: Vec<Spectrogram>,
}

const WIDTH: u32 = 1600;
const TOP: f64 = 130.0;
const ROW: f64 = 330.0;
const PLOT: f64 = 250.0;
const LEFT: f64 = 100.0;
const RIGHT: f64 = 1570.0;
const GAP: f64 = 80.0;
/// More rows make a picture that nothing shows whole.
const MOST_ROWS: u32 = 40;

type Drawn = Result<(), String>;

/// Draws a sheet, 1600 pixels wide, into a PNG file; its folder must exist.
///
/// # Errors
///
/// [`PictureError::Columns`] when a spectrogram is empty; [`PictureError::Draw`] or
/// [`PictureError::Write`] with the file's name. No file is left then.
pub fn sheet(path: &Path, picture: &Sheet) -> Result<(), PictureError> {
    let spectrograms = picture.rows.iter().flat_map(|row| &row.spectrograms);
    let empty = |s: &Spectrogram| s.columns.first().is_none_or(Vec::is_empty);
    if let Some(column) = spectrograms.clone().position(empty) {
        return Err(PictureError::Columns {
            path: path.to_path_buf(),
            column,
            found: 0,
        });
    }
    let rows = u32::try_from(picture.rows.len()).unwrap_or(MOST_ROWS);
    let height = 150 + 330 * rows.min(MOST_ROWS);
    paint(path, (WIDTH, height), |canvas| draw(canvas, picture))
}

fn draw(canvas: &Canvas<'_>, picture: &Sheet) -> Drawn {
    canvas.text(&picture.title, (LEFT, 36.0), (Hang::Right, 30.0), Ink::TEXT)?;
    let below = (LEFT, 72.0);
    canvas.text(&picture.subtitle, below, (Hang::Right, 18.0), Ink::QUIET)?;
    let count = picture.columns.len().max(1) as f64;
    let width = (RIGHT - LEFT - GAP * (count - 1.0)) / count;
    let left = |column: usize| LEFT + column as f64 * (width + GAP);
    for (column, name) in picture.columns.iter().enumerate() {
        let at = (left(column) + width / 2.0, 96.0);
        canvas.text(name, at, (Hang::Below, LABEL_SIZE), Ink::TEXT)?;
    }
    for (number, row) in picture.rows.iter().enumerate().take(MOST_ROWS as usize) {
        let top = TOP + 24.0 + ROW * number as f64;
        canvas.text(
            &row.name,
            (LEFT, top - 14.0),
            (Hang::Right, 18.0),
            Ink::TEXT,
        )?;
        for (column, spectrogram) in row.spectrograms.iter().enumerate() {
            let place = (left(column), top, width);
            draw_spectrogram(canvas, place, (spectrogram, row.seconds), column == 0)?;
        }
    }
    Ok(())
}

fn draw_spectrogram(
    canvas: &Canvas<'_>,
    (left, top, width): (f64, f64, f64),
    (spectrogram, seconds): (&Spectrogram, f64),
    first: bool,
) -> Drawn {
    let (low, high) = spectrogram.shown_hz;
    let frame = Frame {
        left,
        top,
        right: left + width,
        bottom: top + PLOT,
        x: Axis::new(0.0, seconds, Scale::Linear),
        y: Axis::new(low, high, Scale::Log),
    };
    let labels = Labels {
        x: Some("seconds"),
        y: if first { "frequency, Hz" } else { "" },
        x_ticks: 6,
        y_ticks: 7,
    };
    frame.axes(canvas, &labels)?;
    let (from, to) = ((frame.left, frame.top), (frame.right, frame.bottom));
    let half_row = 0.5 / (2.0 * PLOT);
    canvas.raster(from, to, |across, up| {
        let hz = (frame.y.value(up - half_row), frame.y.value(up + half_row));
        colour::magma(spectrogram.share_at(across * seconds, hz))
    })
}
