//! Charts and spectrograms as PNG files: what a training run and a render looked like.
//!
//! ```text
//!  LineChart ──► axis (ticks, positions) ──┐
//!                                          ├─► canvas, drawn twice as large ─► averaged ─► file.png
//!  Timeline ───► panels above one another ─┤
//!  Sheet ──────► spectrograms in a grid ───┤
//!  Contact ────► many small spectrograms ──┘
//! ```
//!
//! The font is compiled in, so a picture needs nothing of the system it is drawn on.
//!
//! *Promise:* a file appears whole or not at all; a value that is no number leaves a gap.

#![forbid(unsafe_code)]

mod axis;
mod canvas;
pub mod colour;
pub mod contact;
mod error;
mod frame;
pub mod line_chart;
pub mod sheet;
pub mod timeline;

pub use contact::{Contact, contact_sheet};
pub use error::PictureError;
pub use line_chart::{LineChart, Series, line_chart};
pub use sheet::{Sheet, SheetRow, sheet};
pub use timeline::{NoteBar, Spectrogram, Timeline, timeline};
