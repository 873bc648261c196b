//! Real-time iterative spectrogram inversion with look-ahead: the best published method that works
//! frame after frame, to compare with.
//!
//! ```text
//!  a frame comes: its phase is what the others already sound like where it lies
//!      ┌──────────────────────────────────────────────────────────────────────────┐
//!      ▼                                                                          │
//!  heard + waiting frames ─► cut out where one lies ─► STFT ─► magnitude put back ─┘  ROUNDS times,
//!                                                                newest frame first
//!  then the oldest is heard
//! ```
//!
//! Where a frame's neighbours have not come yet, what is there is made up for: the asymmetric window
//! of the paper.
//!
//! *Source:* Zhu, Beauregard and Wyse, "Real-time signal estimation from modified short-time Fourier
//! transform magnitude spectra", IEEE TASLP 15(5), 2007; written from the paper.

use betwixt_spectral::number::turns;
use betwixt_spectral::{Complex32, ForwardStft, Geometry, InverseStft, window};
use std::collections::VecDeque;

/// Frames that are known beyond the one that is heard next.
pub(super) const AHEAD: usize = 3;
/// How often each waiting frame is corrected per hop.
const ROUNDS: usize = 8;
/// Where windows add up to less, no more is made up for.
const LEAST_COVER: f32 = 1e-3;

/// One stream of frames.
pub(super) struct Rtisi {
    forward: ForwardStft,
    inverse: InverseStft,
    hop: usize,
    /// What frames that are through sound like from the oldest waiting one on.
    heard: Vec<f32>,
    /// Oldest first.
    waiting: VecDeque<Waiting>,
    /// 1 over what the windows of all frames so far add up to, from the newest frame's start on.
    cover: Vec<f32>,
}

struct Waiting {
    magnitude: Vec<f32>,
    spectrum: Vec<Complex32>,
    /// Windowed, as it would be heard.
    samples: Vec<f32>,
}

impl Rtisi {
    pub(super) fn new(geometry: Geometry) -> Self {
        let (fft_len, hop) = (geometry.fft_len(), geometry.hop());
        let pairs = window::hann(fft_len);
        let pairs = pairs.iter().zip(window::hann_synthesis(fft_len, hop));
        let products: Vec<f32> = pairs.map(|(a, b)| a * b).collect();
        let cover = |sample: usize| {
            let missing: f32 = (hop..=sample)
                .step_by(hop)
                .map(|by| products[sample - by])
                .sum();
            (1.0 - missing).max(LEAST_COVER).recip()
        };
        Self {
            forward: ForwardStft::new(geometry),
            inverse: InverseStft::new(geometry),
            hop,
            heard: vec![0.0; fft_len],
            waiting: VecDeque::new(),
            cover: (0..fft_len).map(cover).collect(),
        }
    }

    /// Takes a frame, `[bins]`, and corrects all that wait.
    pub(super) fn push(&mut self, magnitude: &[f32]) {
        self.waiting.push_back(Waiting {
            magnitude: magnitude.to_vec(),
            spectrum: vec![Complex32::default(); magnitude.len()],
            samples: vec![0.0; self.heard.len()],
        });
        self.correct(self.waiting.len() - 1);
        for _ in 0..ROUNDS {
            (0..self.waiting.len())
                .rev()
                .for_each(|number| self.correct(number));
        }
    }

    /// The oldest frame is through: writes its phases, `[bins]` in turns.
    pub(super) fn hear(&mut self, phase: &mut [u32]) {
        let Some(oldest) = self.waiting.pop_front() else {
            return phase.fill(0);
        };
        let bins = phase.iter_mut().zip(&oldest.spectrum);
        bins.for_each(|(phase, bin)| {
            *phase = turns(f64::from(bin.arg()) / std::f64::consts::TAU);
        });
        let sums = self.heard.iter_mut().zip(&oldest.samples);
        sums.for_each(|(sum, sample)| *sum += sample);
        self.heard.rotate_left(self.hop);
        let end = self.heard.len() - self.hop;
        self.heard[end..].fill(0.0);
    }

    /// Gives a waiting frame the phases of what all of them sound like together where it lies.
    fn correct(&mut self, number: usize) {
        let sound = self.sound_at(number);
        let frame = &mut self.waiting[number];
        self.forward.process(&sound, &mut frame.spectrum);
        for (bin, magnitude) in frame.spectrum.iter_mut().zip(&frame.magnitude) {
            let norm = bin.norm();
            *bin = if norm > 0.0 {
                *bin * (magnitude / norm)
            } else {
                Complex32::new(*magnitude, 0.0)
            };
        }
        let mut spectrum = frame.spectrum.clone();
        self.inverse.process(&mut spectrum, &mut frame.samples);
    }

    /// The sound so far where a waiting frame lies, `[fft_len]`.
    fn sound_at(&self, number: usize) -> Vec<f32> {
        let (len, begin) = (self.heard.len(), number * self.hop);
        let mut sound = vec![0.0; len];
        let rest = self.heard.get(begin..).unwrap_or(&[]);
        sound[..rest.len()].copy_from_slice(rest);
        for (other, frame) in self.waiting.iter().enumerate() {
            let away = other.abs_diff(number) * self.hop;
            if away >= len {
                continue;
            }
            let (to, from) = if other > number { (away, 0) } else { (0, away) };
            let sums = sound[to..].iter_mut().zip(&frame.samples[from..]);
            sums.for_each(|(sum, sample)| *sum += sample);
        }
        // Of the frames that have not come, the first lies a hop after the newest one.
        let newest = (self.waiting.len() - 1 - number) * self.hop;
        let made_up = sound.iter_mut().skip(newest).zip(&self.cover);
        made_up.for_each(|(sum, cover)| *sum *= cover);
        sound
    }
}
