//! Writes what was played as a 32-bit float WAV file, whole or not at all.

use crate::error::HostError;
use crate::rendering::Rendering;
use hound::{SampleFormat, WavSpec, WavWriter};
use std::path::Path;

/// Writes both channels, 32-bit float, at the rendering's rate (rounded to whole Hz).
///
/// # Errors
///
/// [`HostError::File`]; no file is left then.
pub fn write(path: &Path, rendering: &Rendering) -> Result<(), HostError> {
    let failed = |reason: String| HostError::File {
        path: path.to_path_buf(),
        attempt: "write the sound",
        reason,
    };
    let spec = WavSpec {
        channels: 2,
        sample_rate: whole_hz(rendering.rate_hz),
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let unfinished = path.with_extension("wav-unfinished");
    let samples = || -> Result<(), hound::Error> {
        let mut writer = WavWriter::create(&unfinished, spec)?;
        for (left, right) in rendering.left.iter().zip(&rendering.right) {
            writer.write_sample(*left)?;
            writer.write_sample(*right)?;
        }
        writer.finalize()
    };
    samples().map_err(|e| failed(e.to_string()))?;
    std::fs::rename(&unfinished, path).map_err(|e| failed(e.to_string()))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the format only has whole rates"
)]
fn whole_hz(rate_hz: f64) -> u32 {
    rate_hz.round() as u32
}
