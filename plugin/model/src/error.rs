//! Why a model file was refused: the file, the place, what was expected, what to do.

/// A refused file.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct ModelError {
    /// The file's path, or the name under which its bytes came.
    pub file: String,
    /// What is wrong with it.
    #[source]
    pub problem: Problem,
}

/// What is wrong with a model file.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The operating system would not give or take the bytes.
    #[error("{reason}; check that the file exists and may be read")]
    Access {
        /// The system's words.
        reason: String,
    },
    /// No file of ours is that large.
    #[error(
        "the file has {found} bytes; expected at most {limit}; this is not a model, choose another \
         file"
    )]
    TooLarge {
        /// Bytes in the file.
        found: u64,
        /// Bytes that are read at the most.
        limit: u64,
    },
    /// The container is damaged or something else altogether.
    #[error(
        "not a safetensors file ({reason}); expected one that `cargo xtask train` wrote; it may be \
         cut short, copy or download it again"
    )]
    Container {
        /// What the container's reader found.
        reason: String,
    },
    /// The container holds tensors, but not ours.
    #[error(
        "metadata `betwixt`: not there; expected the model's header; weights of other programs must \
         be exported with `cargo xtask train`"
    )]
    NoHeader,
    /// The header is no header.
    #[error(
        "metadata `betwixt`: {reason}; expected the header of format {}; export the model again",
        crate::header::FORMAT
    )]
    Header {
        /// What the JSON reader found, with the field and its place.
        reason: String,
    },
    /// Another version of the header.
    #[error(
        "header field `format`: found {found}, expected {expected}; the model was made by another \
         version of Betwixt: update, or export it again"
    )]
    Format {
        /// The version in the file.
        found: u32,
        /// The version that is read.
        expected: u32,
    },
    /// A field of the header is out of range or contradicts another.
    #[error("header field `{field}`: found {found}, expected {expected}; export the model again")]
    Field {
        /// Path of the field.
        field: String,
        /// What would have been right.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A tensor that the header promises is not there.
    #[error("tensor `{tensor}`: not there, expected {expected}; export the model again")]
    MissingTensor {
        /// Its name.
        tensor: String,
        /// Shape that the header promises.
        expected: String,
    },
    /// A tensor that the header does not know.
    #[error(
        "tensor `{tensor}`: found, expected only what the header describes; export the model again"
    )]
    UnknownTensor {
        /// Its name.
        tensor: String,
    },
    /// A tensor has another type or shape than the header promises.
    #[error("tensor `{tensor}`: found {found}, expected {expected}; export the model again")]
    Tensor {
        /// Its name.
        tensor: String,
        /// Type and shape that the header promises.
        expected: String,
        /// Type and shape in the file.
        found: String,
    },
    /// A weight is not a number.
    #[error(
        "tensor `{tensor}`: found {found} at index {index}, expected {expected}; the training went \
         wrong or the file is damaged, export it again"
    )]
    Value {
        /// Its name.
        tensor: String,
        /// Which of its values.
        index: usize,
        /// What would have been right.
        expected: String,
        /// What is there.
        found: String,
    },
}

impl Problem {
    /// Puts the file's name before the problem.
    #[must_use]
    pub fn in_file(self, file: impl Into<String>) -> ModelError {
        ModelError {
            file: file.into(),
            problem: self,
        }
    }
}
