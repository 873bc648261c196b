//! Reading and writing: bytes ⇄ [`Model`], whole or not at all.
//!
//! ```text
//!  path ─► size check ─► bytes ─► container ─► header ─► validate ─► tensors ─► Model
//! ```
//!
//! Memory is taken only for bytes that are there: lengths that a header merely claims allocate
//! nothing before the tensor behind them has been found and measured.

use crate::error::{ModelError, Problem};
use crate::{Header, Model, tensors};
use safetensors::SafeTensors;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;

/// Larger files are refused unread: 256 MiB.
const MAX_BYTES: u64 = 256 << 20;
/// The key of the header in the container's metadata.
const HEADER_KEY: &str = "betwixt";

/// The identity of a model: the BLAKE3 hash of its file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentHash([u8; 32]);

/// How weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightFormat {
    /// 32-bit floats.
    F32,
    /// The upper half of a 32-bit float: half the size, three significant digits.
    Bf16,
}

impl ContentHash {
    /// The hash of a file's bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Model {
    /// Reads a model file.
    ///
    /// # Errors
    ///
    /// [`ModelError`] names the file, the place, what was expected and what to do.
    pub fn read(path: &Path) -> Result<(Self, ContentHash), ModelError> {
        let (file, bytes) = (path.display().to_string(), Self::read_bytes(path)?);
        Ok((Self::from_bytes(&file, &bytes)?, ContentHash::of(&bytes)))
    }

    /// Reads the bytes of a model's file, which may still be no model.
    ///
    /// # Errors
    ///
    /// [`ModelError`] where it cannot be read, is no file, or larger than any model.
    pub fn read_bytes(path: &Path) -> Result<Vec<u8>, ModelError> {
        read_bytes(path).map_err(|problem| problem.in_file(path.display().to_string()))
    }

    /// Reads a model from the bytes of its file; `file` is the name to use in errors.
    ///
    /// # Errors
    ///
    /// [`ModelError`], as [`Model::read`].
    pub fn from_bytes(file: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        parse(bytes).map_err(|problem| problem.in_file(file))
    }

    /// The bytes of the model's file, with weights in the given format.
    ///
    /// # Errors
    ///
    /// [`Problem`] when header and tensors do not agree: what would not be read is not written.
    pub fn to_bytes(&self, format: WeightFormat) -> Result<Vec<u8>, Problem> {
        self.header.validate()?;
        let container = |reason: String| Problem::Container { reason };
        let json = serde_json::to_string(&self.header).map_err(|e| container(e.to_string()))?;
        let metadata = HashMap::from([(HEADER_KEY.to_owned(), json)]);
        let views = tensors::store(self, format);
        let bytes = safetensors::serialize(views, Some(metadata))
            .map_err(|error| container(error.to_string()))?;
        parse(&bytes)?;
        Ok(bytes)
    }

    /// Writes the model's file whole or not at all: beside the target first, then renamed.
    ///
    /// # Errors
    ///
    /// [`ModelError`] when the model contradicts itself or the file cannot be written.
    pub fn write(&self, path: &Path, format: WeightFormat) -> Result<ContentHash, ModelError> {
        let file = path.display().to_string();
        let bytes = self
            .to_bytes(format)
            .map_err(|problem| problem.in_file(&file))?;
        let beside = path.with_extension("safetensors.part");
        let written = std::fs::write(&beside, &bytes).and_then(|()| std::fs::rename(&beside, path));
        written.map_err(|error| {
            Problem::Access {
                reason: error.to_string(),
            }
            .in_file(&file)
        })?;
        Ok(ContentHash::of(&bytes))
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let access = |error: std::io::Error| Problem::Access {
        reason: error.to_string(),
    };
    let metadata = std::fs::metadata(path).map_err(access)?;
    if !metadata.is_file() {
        return Err(Problem::Access {
            reason: "this is not a regular file".into(),
        });
    }
    if metadata.len() > MAX_BYTES {
        return Err(Problem::TooLarge {
            found: metadata.len(),
            limit: MAX_BYTES,
        });
    }
    std::fs::read(path).map_err(access)
}

fn parse(bytes: &[u8]) -> Result<Model, Problem> {
    let container = |error: safetensors::SafeTensorError| Problem::Container {
        reason: error.to_string(),
    };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(container)?;
    let json = metadata.metadata().as_ref().and_then(|m| m.get(HEADER_KEY));
    let header: Header =
        serde_json::from_str(json.ok_or(Problem::NoHeader)?).map_err(|error| Problem::Header {
            reason: error.to_string(),
        })?;
    header.validate()?;
    let tensors = SafeTensors::deserialize(bytes).map_err(container)?;
    tensors::load(header, &tensors)
}
