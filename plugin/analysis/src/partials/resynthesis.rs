//! Resynthesis: lines back to samples, for what is left when they are taken away.
//!
//! ```text
//!  Lines [frames, k] ─► taps ─► inverse FFT ─► × triangle of two hops ─► overlap-add ─► samples
//! ```
//!
//! Amplitudes that run straight from frame to frame are the sum of steady ones under overlapping
//! triangles: so each frame is one inverse FFT, whatever the number of lines.

use super::demodulation::Lines;
use super::kernel::{Kernel, MARGIN, Taps};
use super::{HOP, RATE_HZ};
use betwixt_spectral::number::narrow;
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner};
use std::sync::Arc;

/// Two points per sample of the two hops that a frame reaches over.
const POINTS: usize = 4 * HOP;

/// Turns lines into samples.
pub(super) struct Resynthesis {
    plan: Arc<dyn ComplexToReal<f32>>,
    kernel: Kernel,
    /// Triangle × compensation from one hop before the centre to one after, `[2·HOP]`.
    shape: Vec<f32>,
    spectrum: Vec<Complex32>,
    bins: Vec<Complex32>,
    buffer: Vec<f32>,
    scratch: Vec<Complex32>,
}

impl Resynthesis {
    pub(super) fn new() -> Self {
        let plan = RealFftPlanner::new().plan_fft_inverse(POINTS);
        let kernel = Kernel::new(POINTS, 2 * HOP);
        let shape = |i: usize| {
            let time = i as f64 - HOP as f64;
            let triangle = 1.0 - time.abs() / HOP as f64;
            // Half: the transform adds each line and its mirror image.
            narrow(0.5 * triangle * kernel.compensation(time))
        };
        Self {
            shape: (0..2 * HOP).map(shape).collect(),
            spectrum: vec![Complex32::default(); POINTS / 2 + 1 + 2 * MARGIN],
            bins: plan.make_input_vec(),
            buffer: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            plan,
            kernel,
        }
    }

    /// The taps of frequencies in Hz.
    pub(super) fn taps(&self, hz: &[f64]) -> Vec<Taps> {
        let per_hz = POINTS as f64 / RATE_HZ;
        hz.iter().map(|hz| self.kernel.taps(hz * per_hz)).collect()
    }

    /// A sound less its lines.
    pub(super) fn residual(&mut self, samples: &[f32], taps: &[Taps], lines: &Lines) -> Vec<f32> {
        let mut rest = samples.to_vec();
        for frame in 0..lines.frames() {
            self.draw(taps, lines.frame(frame));
            let start = frame * HOP;
            for (i, shape) in self.shape.iter().enumerate() {
                let time = (i + POINTS - HOP) % POINTS;
                let position = (start + i).checked_sub(HOP);
                if let Some(out) = position.and_then(|position| rest.get_mut(position)) {
                    *out -= shape * self.buffer[time];
                }
            }
        }
        rest
    }

    fn draw(&mut self, taps: &[Taps], values: &[Complex32]) {
        self.spectrum.fill(Complex32::default());
        for (taps, value) in taps.iter().zip(values) {
            taps.write(*value, &mut self.spectrum);
        }
        let last = self.bins.len() - 1;
        let inside = MARGIN..MARGIN + self.bins.len();
        self.bins.copy_from_slice(&self.spectrum[inside]);
        for beyond in 1..=MARGIN {
            self.bins[beyond] += self.spectrum[MARGIN - beyond].conj();
            self.bins[last - beyond] += self.spectrum[MARGIN + last + beyond].conj();
        }
        // The ends are their own mirror images.
        for end in [0, last] {
            self.bins[end] = Complex32::new(2.0 * self.bins[end].re, 0.0);
        }
        self.plan
            .process_with_scratch(&mut self.bins, &mut self.buffer, &mut self.scratch)
            .expect("lengths are the plan's, and both ends are real");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// A line whose amplitude runs straight from frame to frame, drawn by hand: the difference
    /// stays below −80 dB, from 21 Hz to 20 kHz.
    #[test]
    fn lines_are_drawn_exactly() {
        for hz in [21.0, 27.5, 443.7, 12_345.6, 19_999.0] {
            let (frames, advance) = (9, TAU * hz / RATE_HZ);
            let level = |frame: f64| 0.3 + 0.1 * frame;
            let sample = |i: usize| {
                let time = i as f64;
                narrow(level(time / HOP as f64) * (advance * time + 0.7).cos())
            };
            let samples: Vec<f32> = (0..HOP * (frames - 1)).map(sample).collect();
            let at_centre = |frame: usize| {
                let phase = advance * (frame * HOP) as f64 + 0.7;
                let level = level(frame as f64);
                Complex32::new(narrow(level * phase.cos()), narrow(level * phase.sin()))
            };
            let lines = Lines::from_values((0..frames).map(at_centre).collect(), 1);
            let mut resynthesis = Resynthesis::new();
            let taps = resynthesis.taps(&[hz]);
            let rest = resynthesis.residual(&samples, &taps, &lines);
            let largest = rest.iter().copied().map(f32::abs).fold(0.0, f32::max);
            assert!(largest < 1e-4, "{hz} Hz: {largest}");
        }
    }
}
