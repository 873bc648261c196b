//! White noise as consecutive frames, for whoever stores its phases.
//!
//! ```text
//!  seed ─► circular white noise [frames · hop] ─► Hann STFT ─► spectrum [bins], frame after frame
//! ```
//!
//! The noise is circular: the last frame is followed by the first without a seam.

use crate::random::Random;
use betwixt_spectral::{Complex32, ForwardStft, Geometry};

/// Gives the spectra of so many frames of seeded noise. Allocates.
pub(crate) fn for_each_frame(
    geometry: Geometry,
    frames: usize,
    seed: u64,
    mut give: impl FnMut(&[Complex32]),
) {
    let (fft_len, hop) = (geometry.fft_len(), geometry.hop());
    let mut random = Random::new(seed);
    let noise: Vec<f32> = (0..frames * hop).map(|_| random.bipolar()).collect();
    let mut stft = ForwardStft::new(geometry);
    let mut spectrum = vec![Complex32::default(); geometry.bins()];
    let mut samples = vec![0.0; fft_len];
    for frame in 0..frames {
        for (i, sample) in samples.iter_mut().enumerate() {
            *sample = noise[(frame * hop + i) % noise.len()];
        }
        stft.process(&samples, &mut spectrum);
        give(&spectrum);
    }
}
