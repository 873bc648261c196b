//! Forward and inverse short-time Fourier transform of single frames.
//!
//! ```text
//!  samples [fft_len] ─► × Hann ─► halves swapped ─► real FFT ─► spectrum [bins]
//!  samples [fft_len] ◄─ × synthesis window ◄─ halves swapped ◄─ inverse ◄─ spectrum [bins]
//! ```
//!
//! Phases refer to the *centre* of the frame (the window's peak sits on sample 0 of the FFT
//! buffer), so a steady sinusoid has the same phase in every bin of its lobe.
//!
//! *Real time:* `new` plans and allocates; `process` writes into the caller's slices.

use crate::geometry::Geometry;
use crate::number::real;
use crate::window;
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Turns one frame of samples into its spectrum.
pub struct ForwardStft {
    plan: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    buffer: Vec<f32>,
    scratch: Vec<Complex32>,
}

impl ForwardStft {
    /// Plans the transform for one geometry.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(geometry.fft_len());
        Self {
            window: window::hann(geometry.fft_len()),
            buffer: plan.make_input_vec(),
            scratch: plan.make_scratch_vec(),
            plan,
        }
    }

    /// Writes the spectrum of one frame.
    ///
    /// | argument   | shape       | unit                                                   |
    /// |------------|-------------|--------------------------------------------------------|
    /// | `samples`  | `[fft_len]` | the frame, its centre at fft_len/2                     |
    /// | `spectrum` | `[bins]`    | out: Σ w·x·e^(−jωt), t counted from the frame's centre |
    ///
    /// # Panics
    ///
    /// When a slice has another length: lengths are fixed when the plan is made, so that is a
    /// programming error.
    pub fn process(&mut self, samples: &[f32], spectrum: &mut [Complex32]) {
        let half = self.window.len() / 2;
        let (late, early) = self.buffer.split_at_mut(half);
        let windowed = |(out, (x, w)): (&mut f32, (&f32, &f32))| *out = x * w;
        early
            .iter_mut()
            .zip(samples[..half].iter().zip(&self.window[..half]))
            .for_each(windowed);
        late.iter_mut()
            .zip(samples[half..].iter().zip(&self.window[half..]))
            .for_each(windowed);
        self.plan
            .process_with_scratch(&mut self.buffer, spectrum, &mut self.scratch)
            .expect("the spectrum is [bins] long");
    }
}

/// Turns one spectrum into a windowed frame, ready to be overlapped and added.
pub struct InverseStft {
    plan: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    buffer: Vec<f32>,
    scratch: Vec<Complex32>,
}

impl InverseStft {
    /// Plans the transform for one geometry; overlap-adding its frames undoes [`ForwardStft`].
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        let plan = RealFftPlanner::new().plan_fft_inverse(geometry.fft_len());
        let unscaled = real(geometry.fft_len());
        let mut window = window::hann_synthesis(geometry.fft_len(), geometry.hop());
        window.iter_mut().for_each(|w| *w /= unscaled);
        Self {
            window,
            buffer: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            plan,
        }
    }

    /// Writes the windowed frame of one spectrum, and uses the spectrum as scratch.
    ///
    /// | argument   | shape       | unit                                             |
    /// |------------|-------------|--------------------------------------------------|
    /// | `spectrum` | `[bins]`    | as [`ForwardStft::process`] makes it; destroyed  |
    /// | `frame`    | `[fft_len]` | out: samples, centre at fft_len/2                |
    ///
    /// The imaginary parts of the first and last bin stand for nothing in a real signal; they are
    /// dropped.
    ///
    /// # Panics
    ///
    /// When a slice has another length than the geometry's.
    pub fn process(&mut self, spectrum: &mut [Complex32], frame: &mut [f32]) {
        let half = self.window.len() / 2;
        spectrum[0].im = 0.0;
        spectrum[half].im = 0.0;
        self.plan
            .process_with_scratch(spectrum, &mut self.buffer, &mut self.scratch)
            .expect("the spectrum is [bins] long and its ends are real");
        let (late, early) = self.buffer.split_at(half);
        let windowed = |(out, (x, w)): (&mut f32, (&f32, &f32))| *out = x * w;
        frame[..half]
            .iter_mut()
            .zip(early.iter().zip(&self.window[..half]))
            .for_each(windowed);
        frame[half..]
            .iter_mut()
            .zip(late.iter().zip(&self.window[half..]))
            .for_each(windowed);
    }
}

/// Calls `visit` with the spectrum of every frame of a signal, in order.
///
/// Frame n is centred on sample n·hop; outside the signal there is silence. There are
/// ⌈len/hop⌉ + 1 frames: the first is centred on the first sample, the last on the end.
pub fn for_each_frame(geometry: Geometry, signal: &[f32], mut visit: impl FnMut(&[Complex32])) {
    let (fft_len, hop) = (geometry.fft_len(), geometry.hop());
    let mut stft = ForwardStft::new(geometry);
    let mut samples = vec![0.0; fft_len];
    let mut spectrum = vec![Complex32::default(); geometry.bins()];
    for frame in 0..=signal.len().div_ceil(hop) {
        let centre = frame * hop;
        for (i, sample) in samples.iter_mut().enumerate() {
            let position = (centre + i).checked_sub(fft_len / 2);
            *sample = position.and_then(|p| signal.get(p)).copied().unwrap_or(0.0);
        }
        stft.process(&samples, &mut spectrum);
        visit(&spectrum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// A deterministic, broadband test signal that no transform was tuned on.
    fn noise(len: usize) -> Vec<f32> {
        let mut state = 0x2545_f491_u32;
        let step = |_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.cast_signed() as f32 / 2_147_483_648.0
        };
        (0..len).map(step).collect()
    }

    fn round_trip(geometry: Geometry, signal: &[f32]) -> Vec<f32> {
        let (fft_len, hop) = (geometry.fft_len(), geometry.hop());
        let mut inverse = InverseStft::new(geometry);
        let mut padded = vec![0.0; signal.len() + 2 * fft_len];
        let mut frame = vec![f32::NAN; fft_len];
        let mut start = 0;
        for_each_frame(geometry, signal, |spectrum| {
            inverse.process(&mut spectrum.to_vec(), &mut frame);
            padded[start..start + fft_len]
                .iter_mut()
                .zip(&frame)
                .for_each(|(y, x)| *y += x);
            start += hop;
        });
        padded[fft_len / 2..fft_len / 2 + signal.len()].to_vec()
    }

    /// Analysis and synthesis undo each other to better than 110 dB in f32, where 80 are asked for.
    #[test]
    fn round_trip_is_transparent() {
        for (fft_len, hop) in [(512, 128), (1024, 128), (4096, 1024), (8192, 2048)] {
            let geometry = Geometry::new(fft_len, hop, 44_100).unwrap();
            let signal = noise(40_000);
            let back = round_trip(geometry, &signal);
            let power = |x: f64| x * x;
            // The outermost frames have fewer neighbours than the windows need to add up to 1.
            let inner = fft_len..signal.len() - fft_len;
            let pairs = signal[inner.clone()].iter().zip(&back[inner.clone()]);
            let error: f64 = pairs.map(|(a, b)| power(f64::from(a - b))).sum();
            let level: f64 = signal[inner].iter().map(|a| power(f64::from(*a))).sum();
            let snr_db = 10.0 * (level / error).log10();
            assert!(snr_db > 110.0, "{fft_len}/{hop}: {snr_db:.1} dB");
        }
    }

    /// A cosine of amplitude 1 whose peak lies on the centre: magnitude N/4, phase 0 in its lobe.
    #[test]
    fn phases_refer_to_the_centre() {
        let geometry = Geometry::new(1024, 256, 44_100).unwrap();
        let cosine = |i: usize| (TAU * 40.0 * (i as f64 - 512.0) / 1024.0).cos();
        let samples: Vec<f32> = (0..1024)
            .map(|i| crate::number::narrow(cosine(i)))
            .collect();
        let mut spectrum = vec![Complex32::new(f32::NAN, f32::NAN); 513];
        ForwardStft::new(geometry).process(&samples, &mut spectrum);
        for (bin, expected) in [(39, 128.0), (40, 256.0), (41, 128.0), (45, 0.0)] {
            let error = (spectrum[bin] - Complex32::new(expected, 0.0)).norm();
            assert!(error < 1e-3, "bin {bin}: {}", spectrum[bin]);
        }
    }

    /// Integrated phases leave imaginary parts at DC and Nyquist; they must not stop the sound.
    #[test]
    fn impossible_ends_are_dropped() {
        let geometry = Geometry::new(512, 128, 44_100).unwrap();
        let mut spectrum = vec![Complex32::new(0.0, 1.0); 257];
        let mut frame = vec![f32::NAN; 512];
        InverseStft::new(geometry).process(&mut spectrum, &mut frame);
        assert!(frame.iter().all(|x| x.is_finite()));
    }
}
