//! A contact sheet: many small spectrograms, each under its name.
//!
//! ```text
//!  title, subtitle
//!  name   about    name   about
//!  [spectrogram]   [spectrogram]  …   log frequency × time, each as bright as it is loud
//! ```

use crate::axis::{Axis, Scale};
use crate::canvas::{Canvas, Hang, Ink, paint};
use crate::colour;
use crate::error::PictureError;
use crate::timeline::Spectrogram;
use std::path::Path;

/// One sound on the sheet.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Written above it.
    pub name: String,
    /// Beside the name, quieter.
    pub about: String,
    /// What it looks like.
    pub spectrogram: Spectrogram,
}

const WIDTH: u32 = 1060;
const COLUMNS: usize = 6;
const MARGIN: f64 = 20.0;
const TOP: f64 = 76.0;
/// Above the first row and below the last one.
const BORDERS: u32 = 96;
/// Of a row.
const HEIGHT: u32 = 92;
const CELL: (f64, f64) = (170.0, HEIGHT as f64);
/// Room for the name above, and between the pictures.
const WORDS: f64 = 20.0;
const GAP: f64 = 8.0;
/// More rows make a picture that nothing shows whole.
const MOST_ROWS: usize = 60;

/// Draws a contact sheet, 1060 pixels wide, into a PNG file; its folder must exist.
///
/// # Errors
///
/// [`PictureError::Columns`] when a spectrogram is empty; [`PictureError::Draw`] or
/// [`PictureError::Write`] with the file's name. No file is left then.
pub fn contact_sheet(
    path: &Path,
    (title, subtitle): (&str, &str),
    contacts: &[Contact],
) -> Result<(), PictureError> {
    let empty = |c: &Contact| c.spectrogram.columns.first().is_none_or(Vec::is_empty);
    if let Some(column) = contacts.iter().position(empty) {
        return Err(PictureError::Columns {
            path: path.to_path_buf(),
            column,
            found: 0,
        });
    }
    let rows = contacts.len().div_ceil(COLUMNS).min(MOST_ROWS);
    let height = BORDERS + HEIGHT * u32::try_from(rows).unwrap_or(0);
    paint(path, (WIDTH, height), |canvas| {
        canvas.text(title, (MARGIN, 28.0), (Hang::Right, 24.0), Ink::TEXT)?;
        canvas.text(subtitle, (MARGIN, 56.0), (Hang::Right, 15.0), Ink::QUIET)?;
        for (place, contact) in contacts.iter().enumerate().take(rows * COLUMNS) {
            draw(canvas, place, contact)?;
        }
        Ok(())
    })
}

fn draw(canvas: &Canvas<'_>, place: usize, contact: &Contact) -> Result<(), String> {
    let left = MARGIN + (place % COLUMNS) as f64 * CELL.0;
    let top = TOP + (place / COLUMNS) as f64 * CELL.1;
    let (right, bottom) = (left + CELL.0 - GAP, top + CELL.1 - GAP);
    let line = top + 0.5 * WORDS;
    canvas.text(&contact.name, (left, line), (Hang::Right, 13.0), Ink::TEXT)?;
    canvas.text(
        &contact.about,
        (right, line),
        (Hang::Left, 10.0),
        Ink::QUIET,
    )?;
    let spectrogram = &contact.spectrogram;
    let (low, high) = spectrogram.shown_hz;
    let axis = Axis::new(low, high, Scale::Log);
    let seconds = spectrogram.columns.len() as f64 * spectrogram.hop_s;
    let half_row = 0.25 / (bottom - top - WORDS);
    canvas.raster((left, top + WORDS), (right, bottom), |across, up| {
        let hz = (axis.value(up - half_row), axis.value(up + half_row));
        colour::magma(spectrogram.share_at(across * seconds, hz))
    })
}
