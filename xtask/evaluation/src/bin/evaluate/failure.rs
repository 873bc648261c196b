//! Why there are no figures.

use betwixt_analysis::AnalysisError;
use betwixt_corpus::CorpusError;
use betwixt_evaluation::encoder::EncoderError;
use betwixt_evaluation::phase::RecordingError;
use betwixt_host::HostError;
use betwixt_model::{ModelError, Problem};
use betwixt_picture::PictureError;
use betwixt_spectral::GeometryError;
use std::path::PathBuf;

/// Each with what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error(transparent)]
    File(#[from] HostError),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error(transparent)]
    Geometry(#[from] GeometryError),
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error("{path}: could not make the folder: {reason}")]
    Folder { path: PathBuf, reason: String },
    #[error("{path}: {reason}; expected a recipe with [material.partials] or [material.frames]")]
    Recipe { path: PathBuf, reason: String },
    #[error("{path}: could not be written: {reason}")]
    Write { path: PathBuf, reason: String },
    #[error("the figures could not be told as JSON: {reason}")]
    Json { reason: String },
    #[error(
        "{model}: has no phase: its partials are painted at known frequencies; leave --phase out, or \
         name a model of frames"
    )]
    Phase { model: String },
    #[error(
        "{model}: draws frames, which cannot rise faster than their window; name a model of partials, \
         say struck"
    )]
    Frames { model: String },
    #[error("--notes {found}: expected program:key:velocity, of the table in instruments.rs")]
    Note { found: String },
    #[error("outside its bounds: {0}")]
    Gates(String),
}
