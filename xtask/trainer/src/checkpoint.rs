//! Checkpoints: everything that a training needs to go on as if nothing had happened.
//!
//! | tensor       | what                                   |
//! |--------------|----------------------------------------|
//! | `variable.N` | weights and biases, in the order of [`crate::Autoencoder::variables`] |
//! | `first.N`    | Adam's mean of the gradient            |
//! | `second.N`   | Adam's mean of its square              |
//!
//! Step, time spent, loss curve and the recipe's fingerprint are in the metadata. A file is
//! written whole or not at all.

use crate::adam::{Adam, Moments};
use crate::error::TrainerError;
use candle_core::{Device, Tensor};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// How far a training has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Steps done.
    pub step: usize,
    /// Seconds spent in the loop, on one core.
    pub seconds: f64,
    /// Variance of the targets, which the loss is relative to.
    pub variance: f64,
    /// (step, mean loss since the last point).
    pub train: Vec<(usize, f64)>,
    /// (step, loss on the validation notes).
    pub validation: Vec<(usize, f64)>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    fingerprint: String,
    progress: Progress,
}

const KEY: &str = "training";

/// Writes a checkpoint.
///
/// # Errors
///
/// [`TrainerError::File`] when the folder cannot be written.
pub(crate) fn write(
    path: &Path,
    fingerprint: &str,
    progress: &Progress,
    adam: &Adam,
) -> Result<(), TrainerError> {
    let file = |reason: String| TrainerError::File {
        file: path.display().to_string(),
        reason,
    };
    let kept = Kept {
        fingerprint: fingerprint.into(),
        progress: progress.clone(),
    };
    let json = serde_json::to_string(&kept).map_err(|error| file(error.to_string()))?;
    let mut columns = Vec::new();
    for (number, (variable, moments)) in adam.variables().iter().zip(adam.moments()).enumerate() {
        let values = variable.flatten_all()?.to_vec1::<f32>()?;
        columns.push((format!("variable.{number}"), bytes(&values)));
        columns.push((format!("first.{number}"), bytes(&moments.first)));
        columns.push((format!("second.{number}"), bytes(&moments.second)));
    }
    let mut views = Vec::new();
    for (name, bytes) in &columns {
        let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes);
        views.push((name, view.map_err(|error| file(error.to_string()))?));
    }
    let metadata = HashMap::from([(KEY.to_owned(), json)]);
    let whole = safetensors::serialize(views, Some(metadata));
    write_whole(path, &whole.map_err(|error| file(error.to_string()))?)
}

/// Puts a checkpoint's numbers into variables and moments; none if there is no checkpoint.
///
/// # Errors
///
/// [`TrainerError::Checkpoint`] when it is damaged or belongs to another recipe.
pub(crate) fn restore(
    path: &Path,
    fingerprint: &str,
    adam: &mut Adam,
) -> Result<Option<Progress>, TrainerError> {
    let Ok(bytes) = std::fs::read(path) else {
        return Ok(None);
    };
    let refuse = |reason: &str| TrainerError::Checkpoint {
        file: path.display().to_string(),
        reason: reason.to_owned(),
    };
    let damaged = |error: &dyn std::fmt::Display| refuse(&format!("damaged ({error})"));
    let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|error| damaged(&error))?;
    let json = metadata.metadata().as_ref().and_then(|map| map.get(KEY));
    let kept: Kept = serde_json::from_str(json.ok_or_else(|| refuse("no checkpoint"))?)
        .map_err(|error| damaged(&error))?;
    if kept.fingerprint != fingerprint {
        return Err(refuse("the recipe has changed since it was written"));
    }
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| damaged(&error))?;
    let mut moments = Vec::new();
    for (number, variable) in adam.variables().iter().enumerate() {
        let column = |name: &str| {
            let name = format!("{name}.{number}");
            let view = tensors.tensor(&name).map_err(|error| damaged(&error))?;
            let values = floats(view.data());
            let agrees = values.len() == variable.elem_count();
            agrees
                .then_some(values)
                .ok_or_else(|| refuse(&format!("`{name}` has another length")))
        };
        let values = Tensor::from_vec(column("variable")?, variable.shape(), &Device::Cpu)?;
        variable.set(&values)?;
        moments.push(Moments {
            first: column("first")?,
            second: column("second")?,
        });
    }
    adam.restore(moments, kept.progress.step);
    Ok(Some(kept.progress))
}

/// Writes a file beside its place first, then renames it.
///
/// # Errors
///
/// [`TrainerError::File`] when the folder cannot be written.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), TrainerError> {
    let beside = path.with_extension("part");
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder
        .and_then(|()| std::fs::write(&beside, bytes))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| TrainerError::File {
        file: path.display().to_string(),
        reason: error.to_string(),
    })
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let float = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    bytes.chunks_exact(4).map(float).collect()
}
