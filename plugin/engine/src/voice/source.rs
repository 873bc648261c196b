//! A frame decoder's frames, one per hop: conditioning in, one complex frame out.
//!
//! ```text
//!  slice   0 … 9            10                        11 … 14          15
//!          conditioning ─►  magnitude [bins]     ─►   heap       ─►    spectrum [bins]
//!          decode           level, band limit,        integration
//!                           lobes
//! ```
//!
//! This is the contract between a decoder and the inverse STFT: `start` and `prefill` give the
//! frames that lie before a note, `work` gives the next one, in slices at fixed places of the hop.
//! A decoder of partials fills the same slices with a painter.
//!
//! *Real time:* every buffer has its length from the start.

use super::decay::Decay;
use super::stream::SLICES;
use super::{Ask, Shared};
use crate::conditioning::Conditioning;
use crate::controls::PhaseMode;
use crate::decoder::{Activations, Decoder, Progress};
use crate::phase::{GradientPhase, MAKE_UP, NoiseTable};
use crate::random::Random;
use betwixt_spectral::number::{index, real};
use betwixt_spectral::pitch;

/// Moments at which a note's first frames are decoded: onset, and half a frame later.
pub(crate) const MOMENTS: usize = 2;
/// Slices that share the decode.
const DECODE: usize = 10;
/// Slices that share the integration.
const INTEGRATE: usize = SLICES - DECODE - 2;
/// Amplitude of a partial whose magnitude is 1: eight loud notes stay below full scale.
const AMPLITUDE: f32 = 0.12;
/// Power of a frame that a silent corner of the latent space is not lifted beyond.
const LEAST_POWER: f32 = 0.75;
/// Highest frequency drawn, in cycles per sample of the model: what lies above is inaudible at
/// 44.1 kHz and would fall into the resampler's slope.
const HIGHEST: f64 = 0.4535;
/// The same in cycles per sample of the host, for what the resampler moves up.
const HIGHEST_OUT: f64 = 0.47;

/// One voice's frames.
#[derive(Debug)]
pub(super) struct FrameSource {
    conditioning: Conditioning,
    decay: Decay,
    work: Activations,
    progress: Progress,
    magnitude: Vec<f32>,
    phase: GradientPhase,
    mode: PhaseMode,
    noise_frame: usize,
    fundamental: f32,
    random: Random,
}

impl FrameSource {
    /// Buffers for one decoder. Allocates.
    pub(super) fn new(decoder: &Decoder) -> Self {
        Self {
            conditioning: Conditioning::new(decoder),
            decay: Decay::new(decoder),
            work: decoder.activations(),
            progress: Progress::default(),
            magnitude: vec![0.0; decoder.geometry().bins()],
            phase: GradientPhase::new(decoder.geometry()),
            mode: PhaseMode::Gradient,
            noise_frame: 0,
            fundamental: 1.0,
            random: Random::new(0),
        }
    }

    /// A note begins: conditioned with `key`, its random phases drawn from `seed`.
    pub(super) fn start(&mut self, shared: &Shared, key: u8, ask: &Ask, seed: u64) {
        self.random = Random::new(seed);
        self.noise_frame = NoiseTable::start(&mut self.random);
        let bins = pitch::hz(f64::from(key)) / shared.decoder.geometry().bin_hz();
        self.fundamental = betwixt_spectral::number::narrow(bins);
        self.conditioning.start(&shared.decoder, key, &ask.knobs);
        self.decay.start();
        self.mode = ask.phase;
    }

    /// The conditioning of one of the first [`MOMENTS`].
    pub(super) fn moment(&mut self, decoder: &Decoder, moment: usize) -> &[f32] {
        let hops = moment * decoder.geometry().overlap() / 2;
        self.conditioning.at(decoder, hops)
    }

    /// Draws the frames before the note, oldest first, from what was decoded for the moments.
    ///
    /// `give` takes each windowed frame and how many hops ago it began.
    pub(super) fn prefill(
        &mut self,
        shared: &mut Shared,
        moments: [&mut [f32]; MOMENTS],
        ratio: f64,
        mut give: impl FnMut(&[f32], usize),
    ) {
        let overlap = shared.decoder.geometry().overlap();
        let [onset, half] = moments;
        shape(&shared.decoder, onset, ratio);
        shape(&shared.decoder, half, ratio);
        self.phase
            .start(onset, Some(self.fundamental), &mut self.random);
        for frame in 0..overlap {
            // Its centre lies this many hops after the onset; virtual frames before it are onsets.
            let hops = (frame + 1).saturating_sub(overlap / 2);
            let share = 2.0 * real(hops) / real(overlap);
            for ((own, from), to) in self.magnitude.iter_mut().zip(&*onset).zip(&*half) {
                *own = from + share * (to - from);
            }
            if self.mode == PhaseMode::StoredNoise {
                self.phase.set(shared.noise.frame(self.noise_frame));
                self.noise_frame += 1;
            } else if frame > 0 {
                self.phase.turn();
            }
            self.draw(shared);
            give(&shared.frame, overlap - 1 - frame);
        }
        self.phase.hold(&self.magnitude);
    }

    /// Does one slice of the next frame's work; after the last, `shared.frame` holds it, windowed.
    pub(super) fn work(&mut self, slice: usize, shared: &mut Shared, ask: &Ask, ratio: f64) {
        let decoder = &shared.decoder;
        if slice == 0 {
            let vector = self.conditioning.next(decoder, &ask.knobs);
            self.work.input(vector.len()).copy_from_slice(vector);
            self.progress = Progress::default();
            self.mode = ask.phase;
        }
        if slice < DECODE {
            let share = (slice + 1) as f64 / DECODE as f64;
            decoder.advance(&mut self.work, &mut self.progress, share);
        } else if slice == DECODE {
            decoder.read_magnitude(&self.work, &mut self.magnitude);
            shape(decoder, &mut self.magnitude, ratio);
            let hops = self.conditioning.hops(decoder);
            self.decay.follow(hops, &ask.knobs, &mut self.magnitude);
            let fundamental = Some(self.fundamental);
            match self.mode {
                PhaseMode::Gradient => self.phase.begin(&self.magnitude, fundamental),
                PhaseMode::StoredNoise => self.phase.observe(&self.magnitude, fundamental),
            }
        } else if slice < SLICES - 1 {
            self.integrate();
        } else {
            self.finish(shared);
        }
    }

    /// The newest magnitudes, `[bins]`, as drawn.
    pub(super) fn magnitude(&self) -> &[f32] {
        &self.magnitude
    }

    fn integrate(&mut self) {
        if self.mode == PhaseMode::Gradient {
            // Two heap entries a bin, in four equal parts.
            self.phase
                .step((2 * self.magnitude.len()).div_ceil(INTEGRATE));
        }
    }

    fn finish(&mut self, shared: &mut Shared) {
        let stored = shared.noise.frame(self.noise_frame);
        self.noise_frame += 1;
        match self.mode {
            PhaseMode::Gradient => self.phase.finish(stored, &mut self.random),
            PhaseMode::StoredNoise => self.phase.replace(stored),
        }
        self.draw(shared);
    }

    /// Magnitude and phase become a spectrum, and that a windowed frame, in `shared.frame`.
    fn draw(&self, shared: &mut Shared) {
        let gain = match self.mode {
            PhaseMode::Gradient => 1.0,
            PhaseMode::StoredNoise => MAKE_UP,
        };
        let (phase, spectrum) = (self.phase.phase(), &mut shared.spectrum);
        shared.loops.polar(&self.magnitude, phase, gain, spectrum);
        shared
            .inverse
            .process(&mut shared.spectrum, &mut shared.frame);
    }
}

/// Brings decoded magnitudes to the instrument's level and leaves out what would alias.
fn shape(decoder: &Decoder, magnitude: &mut [f32], ratio: f64) {
    let fft_len = decoder.geometry().fft_len();
    let highest = HIGHEST.min(HIGHEST_OUT / ratio);
    let limit = index(highest * fft_len as f64).min(magnitude.len());
    magnitude[limit..].fill(0.0);
    // A partial of amplitude 1 has magnitude fft_len/4 at its peak, and 1.5 times its square over
    // its lobe.
    let full = AMPLITUDE * real(fft_len) / 4.0;
    let gain = if decoder.carries_level() {
        full
    } else {
        let power: f32 = magnitude.iter().map(|m| m * m).sum();
        full * (1.5 / power.max(LEAST_POWER)).sqrt()
    };
    magnitude.iter_mut().for_each(|m| *m *= gain);
}
