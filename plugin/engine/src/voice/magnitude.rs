//! A frame decoder's numbers as magnitudes: at the instrument's level, without what would alias.
//!
//! ```text
//!  numbers [bins] ─► scale ─► magnitude ─► band limit ─► level ─► magnitude [bins], as drawn
//! ```
//!
//! *Real time:* a few passes over the frame.

use betwixt_model::header::{FrameFormat, Level};
use betwixt_spectral::number::{index, real};

/// No training magnitude exceeds 1; what a network makes of a far corner is kept below this.
const LOUDEST: f32 = 4.0;
/// Amplitude of a partial whose magnitude is 1: eight loud notes stay below full scale.
const AMPLITUDE: f32 = 0.12;
/// Power of a frame that a silent corner of the latent space is not lifted beyond.
const LEAST_POWER: f32 = 0.75;
/// Highest frequency drawn, in cycles per sample of the model: what lies above is inaudible at
/// 44.1 kHz and would fall into the resampler's slope.
const HIGHEST: f64 = 0.4535;
/// The same in cycles per sample of the host, for what the resampler moves up.
const HIGHEST_OUT: f64 = 0.47;

/// Turns decoded numbers into magnitudes at the instrument's level, leaving out what would alias.
pub(super) fn shape(format: &FrameFormat, magnitude: &mut [f32], ratio: f64) {
    format.scale.decode(magnitude);
    let fft_len = format.geometry.fft_len();
    let highest = HIGHEST.min(HIGHEST_OUT / ratio);
    let limit = index(highest * fft_len as f64).min(magnitude.len());
    magnitude[limit..].fill(0.0);
    // A partial of amplitude 1 has magnitude fft_len/4 at its peak, and 1.5 times its square over
    // its lobe.
    let full = AMPLITUDE * real(fft_len) / 4.0;
    magnitude.iter_mut().for_each(|m| *m = m.min(LOUDEST));
    let gain = match format.level {
        Level::NoteMax => full,
        Level::FrameMax => {
            let power: f32 = magnitude.iter().map(|m| m * m).sum();
            full * (1.5 / power.max(LEAST_POWER)).sqrt()
        }
    };
    magnitude.iter_mut().for_each(|m| *m *= gain);
}

#[cfg(test)]
mod tests {
    use super::*;
    use betwixt_spectral::{Geometry, MagnitudeScale};

    /// Weights that overflow must end in a number; the ear is worth more than the model.
    #[test]
    fn wild_numbers_are_tamed() {
        for level in [Level::NoteMax, Level::FrameMax] {
            let format = FrameFormat {
                geometry: Geometry::new(512, 128, 44_100).unwrap(),
                scale: MagnitudeScale::Linear,
                level,
            };
            let wild = [f32::NAN, f32::INFINITY, -1.0, 1e30, 0.5];
            let mut magnitude: Vec<f32> = (0..257).map(|bin| wild[bin % 5]).collect();
            shape(&format, &mut magnitude, 1.0);
            let loudest = LOUDEST * AMPLITUDE * 128.0;
            assert!(
                magnitude.iter().all(|m| (0.0..=loudest).contains(m)),
                "{level:?}"
            );
        }
    }
}
