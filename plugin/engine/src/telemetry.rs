//! What the engine lets others see of itself, without a lock: numbers that are simply overwritten.
//!
//! A reader may catch a spectrum half old and half new; it is a picture, and the next one is 20 ms
//! away.

use crate::controls::LATENTS;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// Points of the spectrum shown, spread evenly in log frequency from 20 Hz to 20 kHz.
pub const SPECTRUM_POINTS: usize = 256;
/// Frequency of the first point in Hz.
pub const SPECTRUM_LOW_HZ: f64 = 20.0;
/// Frequency of the last point in Hz.
pub const SPECTRUM_HIGH_HZ: f64 = 20_000.0;

/// The engine's numbers; written by the audio thread, read by anyone.
#[derive(Debug)]
pub struct Telemetry {
    voices: AtomicU32,
    peak: AtomicU32,
    limited: AtomicU64,
    stolen: AtomicU64,
    not_a_number: AtomicU64,
    latents: [AtomicU32; LATENTS],
    spectrum: [AtomicU32; SPECTRUM_POINTS],
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            voices: AtomicU32::new(0),
            peak: AtomicU32::new(0),
            limited: AtomicU64::new(0),
            stolen: AtomicU64::new(0),
            not_a_number: AtomicU64::new(0),
            latents: std::array::from_fn(|_| AtomicU32::new(0)),
            spectrum: std::array::from_fn(|_| AtomicU32::new(0)),
        }
    }
}

impl Telemetry {
    /// Notes sounding.
    #[must_use]
    pub fn voices(&self) -> u32 {
        self.voices.load(Relaxed)
    }

    /// Peak of the output over the last call, linear.
    #[must_use]
    pub fn peak(&self) -> f32 {
        f32::from_bits(self.peak.load(Relaxed))
    }

    /// Samples that the limiter has touched since the engine was made.
    #[must_use]
    pub fn limited_samples(&self) -> u64 {
        self.limited.load(Relaxed)
    }

    /// Notes that had to end for a newer one.
    #[must_use]
    pub fn stolen_notes(&self) -> u64 {
        self.stolen.load(Relaxed)
    }

    /// Samples that were not a number and were replaced by silence.
    #[must_use]
    pub fn not_a_number(&self) -> u64 {
        self.not_a_number.load(Relaxed)
    }

    /// Where a latent stands after controllers, 0…1.
    #[must_use]
    pub fn latent(&self, index: usize) -> f32 {
        f32::from_bits(self.latents[index].load(Relaxed))
    }

    /// The spectrum of the newest note, [`SPECTRUM_POINTS`] values: linear amplitudes, 1 is full scale.
    pub fn read_spectrum(&self, out: &mut [f32; SPECTRUM_POINTS]) {
        for (value, shared) in out.iter_mut().zip(&self.spectrum) {
            *value = f32::from_bits(shared.load(Relaxed));
        }
    }

    /// Frequency of a point of the spectrum in Hz.
    #[must_use]
    pub fn spectrum_hz(point: usize) -> f64 {
        let share = point as f64 / (SPECTRUM_POINTS - 1) as f64;
        SPECTRUM_LOW_HZ * (SPECTRUM_HIGH_HZ / SPECTRUM_LOW_HZ).powf(share)
    }

    /// The point of a spectrum in which a frequency lies, if any.
    #[must_use]
    pub fn spectrum_point(hz: f64) -> Option<usize> {
        let octaves = (SPECTRUM_HIGH_HZ / SPECTRUM_LOW_HZ).log2();
        let share = (hz / SPECTRUM_LOW_HZ).log2() / octaves;
        let point = share * (SPECTRUM_POINTS - 1) as f64;
        (point >= 0.0 && hz < SPECTRUM_HIGH_HZ).then(|| betwixt_spectral::number::index(point))
    }

    pub(crate) fn set_voices(&self, count: u32) {
        self.voices.store(count, Relaxed);
    }

    pub(crate) fn set_peak(&self, peak: f32) {
        self.peak.store(peak.to_bits(), Relaxed);
    }

    pub(crate) fn add_limited(&self, samples: u64) {
        self.limited.fetch_add(samples, Relaxed);
    }

    pub(crate) fn add_stolen(&self) {
        self.stolen.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_not_a_number(&self, samples: u64) {
        self.not_a_number.fetch_add(samples, Relaxed);
    }

    pub(crate) fn set_latent(&self, index: usize, value: f32) {
        self.latents[index].store(value.to_bits(), Relaxed);
    }

    pub(crate) fn set_spectrum_point(&self, point: usize, value: f32) {
        self.spectrum[point].store(value.to_bits(), Relaxed);
    }
}
