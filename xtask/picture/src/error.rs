//! What can go wrong between figures and a file.

use std::path::PathBuf;

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The drawing itself failed.
    #[error("{path}: could not draw: {reason}")]
    Draw {
        /// The picture being drawn.
        path: PathBuf,
        /// What the drawing library said.
        reason: String,
    },
    /// The file could not be written.
    #[error("{path}: could not write the picture: {reason}; is the folder there and writable?")]
    Write {
        /// The picture being written.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A spectrogram whose columns are not all of one height, or that has none.
    #[error(
        "{path}: field `columns`: expected equally long, non-empty columns, found {found} values \
         in column {column}; give every frame the same bins"
    )]
    Columns {
        /// The picture being drawn.
        path: PathBuf,
        /// The first column that differs.
        column: usize,
        /// Its length.
        found: usize,
    },
}
