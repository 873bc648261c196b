//! Frames made to agree with their neighbours before they are heard.
//!
//! ```text
//!  magnitude, first phase ─► [ newest ‖ … ‖ oldest ] + what was heard ─► overlap-add
//!                                 ▲                                          │
//!                                 └── magnitude put back ◄── STFT ◄──────────┘   ROUNDS times a hop
//!                                             oldest ─► windowed frame [fft_len]
//! ```
//!
//! A frame's phase is integrated without a look at what its neighbours make of it: where windows
//! overlap, they do not quite agree. Each round overlaps all waiting frames, analyses the sum again
//! and keeps only the phase; a little of the last change is added each time, which saves rounds. The
//! integrated phase is the better start, and the refined phase is what integration goes on from:
//! together two frames of waiting and six rounds are ahead of eight rounds over three frames that
//! begin anywhere.
//!
//! The rounds come in [`STEPS`] equal steps, so that they spread over a hop.
//!
//! *Real time:* every buffer has its length from the start.
//!
//! *Sources:* Griffin and Lim, "Signal estimation from modified short-time Fourier transform",
//! 1984; Zhu, Beauregard and Wyse, "Real-time signal estimation from modified short-time Fourier
//! transform magnitude spectra", 2007; Perraudin, Balazs and Søndergaard, "A fast Griffin–Lim
//! algorithm", 2013; written from the papers.

use crate::phasor::angle;
use betwixt_spectral::{Complex32, ForwardStft, Geometry, InverseStft, window};

/// Frames that wait together; the oldest is heard next.
const FRAMES: usize = 3;
/// Frames that are known beyond the one that is heard next.
pub const LOOK_AHEAD: usize = FRAMES - 1;
/// How often each of them is corrected per hop.
const ROUNDS: usize = 6;
/// Equal parts of a hop's work.
pub const STEPS: usize = ROUNDS * FRAMES;
/// How much of a bin's last change is added to it.
const MOMENTUM: f32 = 0.6;
/// Bins that the compiler may keep in registers together.
const LANES: usize = 8;
/// Where windows add up to less, no more is made up for.
const LEAST_COVER: f32 = 1e-3;

/// What all refinements of one geometry use, one at a time.
pub struct RefinementTools {
    forward: ForwardStft,
    inverse: InverseStft,
    samples: Vec<f32>,
    spectrum: Vec<Complex32>,
    /// The frame that was corrected last.
    corrected: Vec<Complex32>,
    /// Where frames to come are missing: what makes up for them.
    cover: Vec<f32>,
    hop: usize,
}

/// The waiting frames of one stream.
#[derive(Debug)]
pub struct Refinement {
    /// Newest first.
    waiting: [Waiting; FRAMES],
    /// The newest frame's phases after the last round, in turns.
    newest: Vec<u32>,
    /// How many there are.
    count: usize,
    /// What has been heard of the oldest frame's time, `[fft_len]`.
    heard: Vec<f32>,
    /// All of it overlapped, from the oldest frame's beginning on.
    sum: Vec<f32>,
}

/// A frame that waits.
#[derive(Clone, Debug)]
struct Waiting {
    magnitude: Vec<f32>,
    /// Whose phase is stored noise's: it is the right one already.
    noise: Vec<bool>,
    /// What the last analysis gave; noise as it is drawn.
    analysed: Vec<Complex32>,
    /// Windowed, as it would be heard.
    samples: Vec<f32>,
}

impl RefinementTools {
    /// Plans and tables for one geometry. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        let (fft_len, hop) = (geometry.fft_len(), geometry.hop());
        let products = window::hann(fft_len);
        let synthesis = window::hann_synthesis(fft_len, hop);
        let products: Vec<f32> = products.iter().zip(synthesis).map(|(a, b)| a * b).collect();
        let cover = |sample: usize| {
            let to_come = (FRAMES..).map_while(|frame| sample.checked_sub(frame * hop));
            let missing: f32 = to_come.filter_map(|i| products.get(i)).sum();
            (1.0 - missing).max(LEAST_COVER).recip()
        };
        Self {
            forward: ForwardStft::new(geometry),
            inverse: InverseStft::new(geometry),
            samples: vec![0.0; fft_len],
            spectrum: vec![Complex32::default(); geometry.bins()],
            corrected: vec![Complex32::default(); geometry.bins()],
            cover: (FRAMES * hop..span(fft_len, hop)).map(cover).collect(),
            hop,
        }
    }

    /// The transform that frames are drawn with, for whoever draws others.
    pub(crate) fn inverse_stft(&mut self) -> &mut InverseStft {
        &mut self.inverse
    }

    /// The phases of the frame that was corrected last, in turns: after all steps of a hop the oldest
    /// one, which is heard next.
    pub fn phase(&self) -> impl Iterator<Item = u32> + '_ {
        self.corrected.iter().map(|bin| angle(*bin))
    }

    /// What was corrected becomes a windowed frame.
    fn draw(&mut self, samples: &mut [f32]) {
        self.spectrum.copy_from_slice(&self.corrected);
        self.inverse.process(&mut self.spectrum, samples);
    }
}

/// Samples from the oldest frame's first to the newest's last.
fn span(fft_len: usize, hop: usize) -> usize {
    fft_len + LOOK_AHEAD * hop
}

impl Refinement {
    /// Buffers for one geometry; nothing waits. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        let (fft_len, bins) = (geometry.fft_len(), geometry.bins());
        let none = Waiting {
            magnitude: vec![0.0; bins],
            noise: vec![false; bins],
            analysed: vec![Complex32::default(); bins],
            samples: vec![0.0; fft_len],
        };
        Self {
            waiting: std::array::from_fn(|_| none.clone()),
            newest: vec![0; bins],
            count: 0,
            heard: vec![0.0; fft_len],
            sum: vec![0.0; span(fft_len, geometry.hop())],
        }
    }

    /// Nothing waits, and nothing was heard.
    pub fn clear(&mut self) {
        self.heard.fill(0.0);
        self.count = 0;
    }

    /// A windowed frame, `[fft_len]`, is heard that does not wait; it began so many samples before
    /// the first that will.
    pub fn hear(&mut self, samples: &[f32], before: usize) {
        let sums = self
            .heard
            .iter_mut()
            .zip(&samples[before.min(samples.len())..]);
        sums.for_each(|(sum, sample)| *sum += sample);
    }

    /// The newest frame enters and, when all wait that can, the oldest one leaves: it counts as heard.
    ///
    /// | argument    | shape    | unit                                |
    /// |-------------|----------|-------------------------------------|
    /// | `magnitude` | `[bins]` | linear, non-negative                |
    /// | `noise`     | `[bins]` | whose phase stays as it is          |
    /// | `spectrum`  | `[bins]` | the magnitudes with a first phase   |
    pub fn push(
        &mut self,
        tools: &mut RefinementTools,
        (magnitude, noise): (&[f32], &[bool]),
        spectrum: &[Complex32],
    ) {
        if self.count < FRAMES {
            self.count += 1;
        } else {
            self.leave(tools.hop);
        }
        self.waiting.rotate_right(1);
        let [newest, ..] = &mut self.waiting;
        newest.magnitude.copy_from_slice(magnitude);
        newest.noise.copy_from_slice(noise);
        newest.analysed.copy_from_slice(spectrum);
        tools.corrected.copy_from_slice(spectrum);
        tools.draw(&mut newest.samples);
    }

    /// The oldest frame is heard, and a hop has passed.
    fn leave(&mut self, hop: usize) {
        let [.., oldest] = &self.waiting;
        let sums = self.heard.iter_mut().zip(&oldest.samples);
        sums.for_each(|(sum, sample)| *sum += sample);
        self.heard.copy_within(hop.., 0);
        let left = self.heard.len() - hop;
        self.heard[left..].fill(0.0);
    }

    /// One of the [`STEPS`] of a hop: corrects one waiting frame, the newest first.
    pub fn step(&mut self, tools: &mut RefinementTools, step: usize) {
        let hop = tools.hop;
        if step == 0 {
            self.overlap(hop);
        }
        let number = step % FRAMES;
        if number >= self.count {
            return;
        }
        let first = (LOOK_AHEAD - number) * hop;
        let waiting = &mut self.waiting[number];
        let sum = &mut self.sum[first..first + waiting.samples.len()];
        tools.samples.copy_from_slice(sum);
        let ending = tools.samples[FRAMES * hop - first..].iter_mut();
        let covered = ending.zip(&tools.cover);
        covered.for_each(|(sample, cover)| *sample *= cover);
        tools.forward.process(&tools.samples, &mut tools.spectrum);
        waiting.correct(&tools.spectrum, &mut tools.corrected);
        if step == STEPS - FRAMES {
            let phases = self.newest.iter_mut().zip(tools.phase());
            phases.for_each(|(own, phase)| *own = phase);
        }
        let sums = sum.iter_mut().zip(&waiting.samples);
        sums.for_each(|(sum, sample)| *sum -= sample);
        tools.draw(&mut waiting.samples);
        let sums = sum.iter_mut().zip(&waiting.samples);
        sums.for_each(|(sum, sample)| *sum += sample);
    }

    /// The oldest frame, windowed, `[fft_len]`: once all wait that can, it is heard next.
    #[must_use]
    pub fn oldest(&self) -> &[f32] {
        let [.., oldest] = &self.waiting;
        &oldest.samples
    }

    /// The newest frame's phases after all steps of a hop, in turns: where integration goes on.
    pub fn newest_phase(&self) -> impl Iterator<Item = u32> + '_ {
        self.newest.iter().copied()
    }

    fn overlap(&mut self, hop: usize) {
        let (heard, rest) = self.sum.split_at_mut(self.heard.len());
        heard.copy_from_slice(&self.heard);
        rest.fill(0.0);
        for (number, waiting) in self.waiting.iter().take(self.count).enumerate() {
            let sums = self.sum[(LOOK_AHEAD - number) * hop..].iter_mut();
            let samples = sums.zip(&waiting.samples);
            samples.for_each(|(sum, sample)| *sum += sample);
        }
    }
}

impl Waiting {
    /// Takes the phase of a new analysis, and some of what has changed since the last one.
    fn correct(&mut self, analysed: &[Complex32], corrected: &mut [Complex32]) {
        let (own, rest) = corrected.as_chunks_mut::<LANES>();
        let (before, before_rest) = self.analysed.as_chunks_mut::<LANES>();
        let (now, now_rest) = analysed.as_chunks::<LANES>();
        let (magnitude, magnitude_rest) = self.magnitude.as_chunks::<LANES>();
        let (noise, noise_rest) = self.noise.as_chunks::<LANES>();
        let told = now.iter().zip(magnitude).zip(noise);
        for ((own, before), ((now, magnitude), noise)) in own.iter_mut().zip(before).zip(told) {
            correct_lanes(own, before, now, magnitude, noise);
        }
        let told = now_rest.iter().zip(magnitude_rest).zip(noise_rest);
        let rest = rest.iter_mut().zip(before_rest);
        for ((own, before), ((now, magnitude), noise)) in rest.zip(told) {
            correct_lanes(
                std::array::from_mut(own),
                std::array::from_mut(before),
                std::array::from_ref(now),
                std::array::from_ref(magnitude),
                std::array::from_ref(noise),
            );
        }
    }
}

/// Some bins at once; those of noise stay what they were.
#[inline(always)]
fn correct_lanes<const N: usize>(
    own: &mut [Complex32; N],
    before: &mut [Complex32; N],
    now: &[Complex32; N],
    magnitude: &[f32; N],
    noise: &[bool; N],
) {
    let (mut real, mut imaginary, mut gain) = ([0.0f32; N], [0.0f32; N], [0.0f32; N]);
    for lane in 0..N {
        real[lane] = now[lane].re + (now[lane].re - before[lane].re) * MOMENTUM;
        imaginary[lane] = now[lane].im + (now[lane].im - before[lane].im) * MOMENTUM;
    }
    for lane in 0..N {
        let power = real[lane] * real[lane] + imaginary[lane] * imaginary[lane];
        gain[lane] = magnitude[lane] / power.sqrt().max(f32::MIN_POSITIVE);
    }
    for lane in 0..N {
        let corrected = Complex32::new(real[lane] * gain[lane], imaginary[lane] * gain[lane]);
        own[lane] = if noise[lane] { before[lane] } else { corrected };
        before[lane] = if noise[lane] { before[lane] } else { now[lane] };
    }
}
