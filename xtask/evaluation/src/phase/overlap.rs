//! Frames become a sound again.
//!
//! ```text
//!  spectrum [bins] ─► inverse STFT ─► frame [fft_len] ─► added, a hop further each time ─► sound
//! ```

use betwixt_spectral::number::radians;
use betwixt_spectral::{Complex32, Geometry, InverseStft};

/// A sound that grows by a hop with every frame.
pub(super) struct Overlap {
    hop: usize,
    inverse: InverseStft,
    windowed: Vec<f32>,
    spectrum: Vec<Complex32>,
    sound: Vec<f32>,
}

impl Overlap {
    pub(super) fn new(geometry: Geometry) -> Self {
        Self {
            hop: geometry.hop(),
            inverse: InverseStft::new(geometry),
            windowed: vec![0.0; geometry.fft_len()],
            spectrum: vec![Complex32::default(); geometry.bins()],
            sound: vec![0.0; geometry.fft_len() - geometry.hop()],
        }
    }

    /// Adds a frame of magnitudes and phases in turns, `[bins]` each.
    pub(super) fn add_polar(&mut self, magnitude: &[f32], phase: &[u32]) {
        let turned = magnitude.iter().zip(phase);
        let bins = turned.map(|(m, turns)| Complex32::from_polar(*m, radians(*turns)));
        self.add(bins);
    }

    /// Adds a frame's spectrum, `[bins]`.
    pub(super) fn add(&mut self, bins: impl Iterator<Item = Complex32>) {
        let spectrum = self.spectrum.iter_mut().zip(bins);
        spectrum.for_each(|(own, bin)| *own = bin);
        self.inverse.process(&mut self.spectrum, &mut self.windowed);
        let start = self.sound.len() + self.hop - self.windowed.len();
        self.sound.resize(self.sound.len() + self.hop, 0.0);
        let place = self.sound[start..].iter_mut().zip(&self.windowed);
        place.for_each(|(sum, x)| *sum += x);
    }

    /// The sound from the first frame's centre on.
    pub(super) fn finish(mut self) -> Vec<f32> {
        self.sound.split_off(self.windowed.len() / 2)
    }
}
