//! What can go wrong in a training, and what to do about it.

use betwixt_model::ModelError;

/// Why a training, an export or a report stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainerError {
    /// A recipe that cannot be followed.
    #[error(
        "{file}: {reason}; every setting is documented in models/instruments/recipe.toml (partials) and \
         models/notes/recipe.toml (frames)"
    )]
    Recipe {
        /// Its path.
        file: String,
        /// What is wrong, where, and what was expected.
        reason: String,
    },
    /// A checkpoint that cannot be continued.
    #[error("{file}: {reason}; start anew with --fresh")]
    Checkpoint {
        /// Its path.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The training left the numbers.
    #[error(
        "step {step}: the loss is {loss}; lower `training.learning_rate` or `training.clip` in the \
         recipe and start anew with --fresh"
    )]
    Diverged {
        /// When.
        step: usize,
        /// What the loss was.
        loss: f64,
    },
    /// There is nothing that an attack network could be learnt from.
    #[error(
        "{model}: none of the notes to learn sounds at its place among the knobs, expected at least \
         one; train the model anew, or take `attack` out of the recipe's [export]"
    )]
    NoAttacks {
        /// What the model is called.
        model: String,
    },
    /// The file that was written does not say what the network says.
    #[error("{file}: {reason}; this is a fault of the trainer, please report it")]
    Export {
        /// Its path.
        file: String,
        /// The difference.
        reason: String,
    },
    /// The model is no better than no model.
    #[error(
        "spectral convergence on the test notes is {reached_db:.1} dB, expected better than the \
         {needed_db:.1} dB of each key's mean frame; raise `training.steps` in the recipe and start \
         anew with --fresh"
    )]
    Gate {
        /// What the model reached, in dB.
        reached_db: f64,
        /// What the mean frame of the key reaches, in dB.
        needed_db: f64,
    },
    /// A file could not be written or read.
    #[error("{file}: {reason}; check that the folder exists and may be written")]
    File {
        /// Its path.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// The corpus could not be made.
    #[error(transparent)]
    Corpus(#[from] betwixt_corpus::CorpusError),
    /// The model file could not be written or read back.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The tensor library refused an operation: shapes of the recipe that do not fit.
    #[error("tensors: {0}; check the widths in the recipe")]
    Tensor(#[from] candle_core::Error),
    /// The loss picture could not be drawn.
    #[error(transparent)]
    Picture(#[from] betwixt_picture::PictureError),
}
