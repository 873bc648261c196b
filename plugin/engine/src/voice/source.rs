//! A frame decoder's frames, one per hop: conditioning in, one complex frame out.
//!
//! ```text
//!  slice   0 … 10           11                    12         13        14              15
//!          conditioning ─►  magnitude [bins] ─►   lobes ─►   gate ─►   phase ─►        spectrum
//!          decode           level, band limit                          [bins, turns]   [bins]
//!          refinement of frames that wait ─► integration goes on from it; the oldest is heard
//! ```
//!
//! `start` and `prefill` give the frames that lie before a note, `work` gives the next one, in
//! slices at fixed places of the hop. Where frames are refined, [`AHEAD`] of them wait. A note
//! sounds at once for all that: the first frame after its onset is decoded for that much later, and
//! the frames up to it are interpolated.
//!
//! A note goes on at another key like a note that begins there, but each lobe takes over the phase
//! that it has in the old key's frame (`go_on_at`, `redraw`), so that one can be faded into the
//! other:
//!
//! ```text
//!  slice   0 … 10       11          12          13                 14 … 15
//!          decode ─►    shape ─►    lobes ─►    gate, phases ─►    the frames before it
//! ```
//!
//! *Real time:* every buffer has its length from the start.

use super::Ask;
use super::decay::Decay;
use super::frames::FrameTools;
use super::resampler::TAPS;
use super::stream::SLICES;
use crate::conditioning::Conditioning;
use crate::controls::PhaseMode;
use crate::decoder::{Activations, Decoder, Progress};
use crate::phase::{Carry, GradientPhase, LOOK_AHEAD, MAKE_UP, Refinement, STEPS, Spsi};
use crate::random::Random;
use betwixt_model::header::{FrameFormat, Level};
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::{Geometry, pitch};

/// Moments at which a note's first frames are decoded: onset, and half a frame later.
pub(crate) const MOMENTS: usize = 2;
/// Frames that wait when they are refined.
const AHEAD: usize = LOOK_AHEAD + 1;
/// Slices that share the decode.
const DECODE: usize = 11;
/// The slices after it: the magnitude is shaped, its lobes and its noise are read, its phases are
/// made; the last one draws.
const LOBES: usize = DECODE + 1;
const NOISE: usize = DECODE + 2;
const SETTLE: usize = DECODE + 3;
const DRAW: usize = DECODE + 4;
/// Slices in which the frames before another key's are drawn, from [`SETTLE`] on.
const REDRAW: usize = SLICES - SETTLE;
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

/// How a note begins, or the part of it that this model tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begins {
    /// The trained key that the decoder is told.
    pub(super) key: u8,
    /// How hard, 0…1.
    pub(super) velocity: f32,
    /// Where everything random begins.
    pub(super) seed: u64,
    /// Seconds of the note that have passed.
    pub(super) since_onset_s: f32,
}

/// One voice's frames.
#[derive(Debug)]
pub(super) struct FrameSource {
    conditioning: Conditioning,
    decay: Decay,
    work: Activations,
    progress: Progress,
    magnitude: Vec<f32>,
    phase: GradientPhase,
    single_pass: Spsi,
    refinement: Refinement,
    /// Whether frames wait, decided when the note begins.
    waits: bool,
    mode: PhaseMode,
    /// Hops of the note that had passed when it began here.
    passed: usize,
    /// Frames since the note's prefilled ones.
    frame: u32,
    /// Whether the frames so far are prefilled ones.
    begins: bool,
    /// The old fundamental over the new one, while the note changes its key.
    change: Option<f64>,
    noise_frame: usize,
    fundamental: f32,
    random: Random,
}

impl FrameSource {
    /// Buffers for one decoder. Allocates.
    pub(super) fn new(decoder: &Decoder, geometry: Geometry) -> Self {
        Self {
            conditioning: Conditioning::new(decoder),
            decay: Decay::new(decoder.trained_s(), geometry),
            work: decoder.activations(),
            progress: Progress::default(),
            magnitude: vec![0.0; geometry.bins()],
            phase: GradientPhase::new(geometry),
            single_pass: Spsi::new(geometry),
            refinement: Refinement::new(geometry),
            waits: false,
            mode: PhaseMode::Gradient,
            passed: 0,
            frame: 0,
            begins: true,
            change: None,
            noise_frame: 0,
            fundamental: 1.0,
            random: Random::new(0),
        }
    }

    /// A note begins: conditioned with the onset's key, its random phases drawn from its seed.
    pub(super) fn start(
        &mut self,
        decoder: &Decoder,
        tools: &FrameTools,
        begins: &Begins,
        ask: &Ask,
    ) {
        self.random = Random::new(begins.seed);
        self.noise_frame = tools.noise.start(&mut self.random);
        let key = f64::from(begins.key);
        self.fundamental = narrow(pitch::hz(key) / tools.format.geometry.bin_hz());
        self.conditioning
            .start(decoder, key, begins.velocity, &ask.knobs);
        let hop_s = tools.format.geometry.hop_s();
        self.passed = index((f64::from(begins.since_onset_s) / hop_s).round());
        self.decay.start();
        self.frame = 0;
        self.change = None;
        self.mode = ask.phase;
        self.waits = ask.phase == PhaseMode::Refined;
    }

    /// The conditioning of one of the first [`MOMENTS`].
    pub(super) fn moment(
        &mut self,
        decoder: &Decoder,
        tools: &FrameTools,
        moment: usize,
    ) -> &[f32] {
        let geometry = tools.format.geometry;
        let hops = self.passed + moment * geometry.overlap() / 2;
        let time_s = hops as f64 * geometry.hop_s();
        self.conditioning.at(decoder, narrow(time_s))
    }

    /// Draws the frames before the note, oldest first, from the numbers decoded for the moments.
    ///
    /// `give` takes each windowed frame and how many hops ago it began.
    pub(super) fn prefill(
        &mut self,
        tools: &mut FrameTools,
        moments: &mut [Vec<f32>],
        ratio: f64,
        mut give: impl FnMut(&[f32], usize),
    ) {
        let overlap = tools.format.geometry.overlap();
        for magnitude in &mut *moments {
            shape(&tools.format, magnitude, ratio);
        }
        let (Some(onset), Some(half)) = (moments.first(), moments.last()) else {
            return;
        };
        self.phase
            .start(onset, Some(self.fundamental), &mut self.random);
        self.single_pass.clear();
        if self.waits {
            self.refinement.clear();
        }
        for frame in 0..overlap {
            // Its centre lies this many hops after the onset; virtual frames before it are onsets.
            let hops = (frame + 1).saturating_sub(overlap / 2);
            let share = 2.0 * real(hops) / real(overlap);
            for ((own, from), to) in self.magnitude.iter_mut().zip(onset).zip(half) {
                *own = from + share * (to - from);
            }
            self.draw_before(frame, tools, &mut give);
        }
        self.phase.hold(&self.magnitude);
        self.begins = true;
    }

    /// From the hop that begins here on, the note is decoded at another key.
    pub(super) fn go_on_at(&mut self, key: u8, decoder: &Decoder, tools: &FrameTools) {
        let key = f64::from(key);
        let fundamental = narrow(pitch::hz(key) / tools.format.geometry.bin_hz());
        self.change = Some(f64::from(self.fundamental) / f64::from(fundamental));
        self.fundamental = fundamental;
        self.conditioning.tell_pitch(decoder, key);
    }

    /// Whether this hop's work is for another key's first frames ([`Self::redraw`]).
    pub(super) fn is_changing(&self) -> bool {
        self.change.is_some()
    }

    /// Draws some of the frames of another key that come before its next one, as `prefill` does,
    /// in the slices that are left when that key has been decoded.
    pub(super) fn redraw(
        &mut self,
        slice: usize,
        tools: &mut FrameTools,
        mut give: impl FnMut(&[f32], usize),
    ) {
        let Some(number) = slice.checked_sub(SETTLE) else {
            return;
        };
        let overlap = tools.format.geometry.overlap();
        for frame in number * overlap / REDRAW..(number + 1) * overlap / REDRAW {
            self.magnitude.copy_from_slice(self.phase.magnitude());
            self.draw_before(frame, tools, &mut give);
        }
        if slice == DRAW {
            self.change = None;
            self.begins = true;
        }
    }

    /// One of the frames before the next one: `self.magnitude` with the first one's phases, turned on.
    fn draw_before(
        &mut self,
        frame: usize,
        tools: &mut FrameTools,
        give: &mut impl FnMut(&[f32], usize),
    ) {
        let late = tools.format.geometry.overlap() - 1 - frame;
        self.turn(frame, tools);
        self.lift();
        self.draw(tools);
        give(&tools.frame, late);
        if self.waits {
            let hop = tools.format.geometry.hop();
            self.refinement.hear(&tools.frame, (late + 1) * hop);
        }
    }

    /// The phases of a frame before the next one: nothing but the first one's, turned on.
    fn turn(&mut self, frame: usize, tools: &FrameTools) {
        let stored = tools.noise.frame(self.noise_frame);
        match self.mode {
            PhaseMode::StoredNoise => self.phase.set(stored),
            PhaseMode::Zero => self.phase.set(std::iter::repeat(0)),
            PhaseMode::Random => self
                .phase
                .set(std::iter::repeat_with(|| self.random.turns())),
            PhaseMode::SinglePass => {
                self.single_pass.next(&self.magnitude);
                self.phase.set(self.single_pass.phase().iter().copied());
            }
            PhaseMode::Gradient | PhaseMode::Refined | PhaseMode::PeakLock => {
                if frame > 0 {
                    self.phase.turn();
                }
                self.phase.take_noise(stored);
            }
        }
        self.noise_frame += 1;
    }

    /// Does one slice of the next frame's work; after the last, `tools.frame` holds it, windowed.
    pub(super) fn work(
        &mut self,
        slice: usize,
        decoder: &Decoder,
        tools: &mut FrameTools,
        ask: &Ask,
        ratio: f64,
    ) {
        if slice == 0 {
            self.begin(decoder, tools, ask);
        }
        let changes = self.is_changing();
        match slice {
            0..DECODE => {
                let share = (slice + 1) as f64 / DECODE as f64;
                decoder.advance(&mut self.work, &mut self.progress, share);
                if self.refines() {
                    self.refine(slice, tools);
                }
            }
            DECODE => self.take(decoder, tools, ask, ratio),
            LOBES => {
                let fundamental = Some(self.fundamental);
                self.phase.observe_lobes(&self.magnitude, fundamental);
            }
            NOISE => match self.change {
                Some(ratio) => self.carry(ratio, tools),
                None => self.phase.observe_noise(),
            },
            // Of a key that comes, the frames before the next one are drawn instead.
            _ if changes => {}
            SETTLE => self.settle(tools),
            _ => self.finish(tools),
        }
    }

    /// What the decoder is told of the next frame.
    fn begin(&mut self, decoder: &Decoder, tools: &FrameTools, ask: &Ask) {
        self.frame = self.frame.saturating_add(1);
        self.conditioning.follow(decoder, &ask.knobs);
        // What another key begins with is heard at once.
        let ahead = if self.is_changing() { self.ahead() } else { 0 };
        let hops = self.hops(tools) - ahead;
        let time_s = hops as f64 * tools.format.geometry.hop_s();
        let vector = self.conditioning.at(decoder, narrow(time_s));
        self.work.input(vector.len()).copy_from_slice(vector);
        self.progress = Progress::default();
        self.mode = ask.phase;
    }

    /// Takes what was decoded as the next magnitude.
    fn take(&mut self, decoder: &Decoder, tools: &mut FrameTools, ask: &Ask, ratio: f64) {
        if self.refines() {
            self.phase.set(self.refinement.newest_phase());
        }
        let mut newest = std::mem::take(&mut tools.magnitude);
        newest.copy_from_slice(decoder.numbers(&self.work));
        shape(&tools.format, &mut newest, ratio);
        let hops = self.hops(tools);
        self.decay.follow(hops, &ask.knobs, &mut newest);
        if self.waits && self.begins && !self.is_changing() {
            self.catch_up(&newest, tools);
        }
        self.magnitude.copy_from_slice(&newest);
        tools.magnitude = newest;
    }

    /// Hops from the onset to the centre of the frame that is being made: frame 0 is the last of
    /// the prefilled ones, its centre half a frame after the onset.
    fn hops(&self, tools: &FrameTools) -> usize {
        self.passed + self.frame as usize + tools.format.geometry.overlap() / 2 + self.ahead()
    }

    /// Frames that wait before one is heard.
    fn ahead(&self) -> usize {
        if self.waits { AHEAD } else { 0 }
    }

    /// The newest magnitudes, `[bins]`, as drawn.
    pub(super) fn magnitude(&self) -> &[f32] {
        &self.magnitude
    }

    /// Of a key that comes: its lobes take over the phases of the newest frame.
    ///
    /// Both are heard where the next hop begins, half a kernel before it in the old frames and half
    /// a kernel after it in the new ones.
    fn carry(&mut self, ratio: f64, tools: &FrameTools) {
        let geometry = tools.format.geometry;
        let fft_len = geometry.fft_len() as f64;
        let (half, kernel) = (fft_len / 2.0, TAPS as f64 / 2.0);
        let since = (self.ahead() as f64 - 1.0) * geometry.hop() as f64;
        let carry = Carry {
            ratio,
            until: -(since + half + kernel + 1.0) / fft_len,
            from: (half - kernel + 1.0) / fft_len,
        };
        self.phase.carry(&carry, &mut self.random);
        self.single_pass.clear();
        self.refinement.clear();
    }

    /// Whether the frames that wait are refined; during the first hop none wait yet.
    fn refines(&self) -> bool {
        self.waits && self.mode == PhaseMode::Refined && !self.begins && !self.is_changing()
    }

    /// The frames between the last one before the note and the newest, a few hops later.
    fn catch_up(&mut self, newest: &[f32], tools: &mut FrameTools) {
        for left in (2..=AHEAD + 1).rev() {
            let share = real(left).recip();
            let bins = self.magnitude.iter_mut().zip(newest);
            bins.for_each(|(own, to)| *own += share * (to - *own));
            self.turn(left, tools);
            self.wait(tools);
        }
        self.phase.hold(&self.magnitude);
    }

    /// What stored phase costs noise is made up for.
    fn lift(&mut self) {
        match self.mode {
            PhaseMode::StoredNoise => self.magnitude.iter_mut().for_each(|m| *m *= MAKE_UP),
            PhaseMode::Gradient | PhaseMode::Refined | PhaseMode::PeakLock => {
                self.phase.lift_noise(&mut self.magnitude);
            }
            PhaseMode::SinglePass | PhaseMode::Zero | PhaseMode::Random => {}
        }
    }

    /// This slice's share of the refinement; integration goes on from what it ends with.
    fn refine(&mut self, slice: usize, tools: &mut FrameTools) {
        let steps = slice * STEPS / DECODE..(slice + 1) * STEPS / DECODE;
        steps.for_each(|step| self.refinement.step(&mut tools.refinement, step));
    }

    /// The new magnitude becomes a frame.
    fn finish(&mut self, tools: &mut FrameTools) {
        self.lift();
        if self.waits {
            tools.frame.copy_from_slice(self.refinement.oldest());
            self.wait(tools);
        } else {
            self.draw(tools);
        }
        self.begins = false;
    }

    /// The new magnitude gets its phases.
    fn settle(&mut self, tools: &FrameTools) {
        let stored = tools.noise.frame(self.noise_frame);
        self.noise_frame += 1;
        match self.mode {
            PhaseMode::Gradient | PhaseMode::Refined => {
                self.phase.integrate();
                self.phase.finish(stored, &mut self.random);
            }
            PhaseMode::PeakLock => {
                self.phase.lock();
                self.phase.finish(stored, &mut self.random);
            }
            PhaseMode::StoredNoise => self.phase.replace(stored),
            PhaseMode::SinglePass => {
                self.single_pass.next(&self.magnitude);
                self.phase.replace(self.single_pass.phase().iter().copied());
            }
            PhaseMode::Zero => self.phase.replace(std::iter::repeat(0)),
            PhaseMode::Random => self
                .phase
                .replace(std::iter::repeat_with(|| self.random.turns())),
        }
    }

    /// Magnitude and phase become a spectrum, and that a windowed frame, in `tools.frame`.
    fn draw(&self, tools: &mut FrameTools) {
        self.write_spectrum(tools);
        tools.inverse.process(&mut tools.spectrum, &mut tools.frame);
    }

    /// Magnitude and phase become a spectrum that waits.
    fn wait(&mut self, tools: &mut FrameTools) {
        self.write_spectrum(tools);
        let newest = (self.magnitude.as_slice(), self.phase.noise());
        self.refinement
            .push(&mut tools.refinement, newest, &tools.spectrum);
    }

    fn write_spectrum(&self, tools: &mut FrameTools) {
        let (phase, spectrum) = (self.phase.phase(), &mut tools.spectrum);
        tools.loops.polar(&self.magnitude, phase, 1.0, spectrum);
    }
}

/// Turns decoded numbers into magnitudes at the instrument's level, leaving out what would alias.
fn shape(format: &FrameFormat, magnitude: &mut [f32], ratio: f64) {
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
    use betwixt_spectral::MagnitudeScale;

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
