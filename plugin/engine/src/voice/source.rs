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
//! the frames up to it are interpolated. A voice that has no [`Refinement`] plays its gradient.
//!
//! The next magnitude lies where the decoder has left it until it is drawn.
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
use super::magnitude::shape;
use super::resampler::TAPS;
use super::stream::SLICES;
use crate::conditioning::Conditioning;
use crate::controls::PhaseMode;
use crate::decoder::{Activations, Decoder, Progress};
use crate::phase::{
    Carry, GradientPhase, LOOK_AHEAD, Lobes, MAKE_UP, Refinement, STEPS, single_pass,
};
use crate::random::Random;
use betwixt_model::header::FrameFormat;
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
    phase: GradientPhase,
    /// Of the voices that can have their frames refined.
    refinement: Option<Refinement>,
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
    pub(super) fn new(decoder: &Decoder, geometry: Geometry, can_refine: bool) -> Self {
        Self {
            conditioning: Conditioning::new(decoder),
            decay: Decay::new(decoder.trained_s(), geometry),
            work: decoder.activations(),
            progress: Progress::default(),
            phase: GradientPhase::new(geometry),
            refinement: can_refine.then(|| Refinement::new(geometry)),
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
        self.waits = ask.phase == PhaseMode::Refined && self.refinement.is_some();
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
        let fundamental = Some(self.fundamental);
        self.phase
            .start(&mut tools.phase, onset, fundamental, &mut self.random);
        self.forget_waiting();
        for frame in 0..overlap {
            // Its centre lies this many hops after the onset; virtual frames before it are onsets.
            let hops = (frame + 1).saturating_sub(overlap / 2);
            let share = 2.0 * real(hops) / real(overlap);
            for ((own, from), to) in tools.magnitude.iter_mut().zip(onset).zip(half) {
                *own = from + share * (to - from);
            }
            self.draw_before(frame, tools, &mut give);
        }
        self.phase.hold(&tools.magnitude);
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
        self.phase.ready_to_turn(&mut tools.phase);
        for frame in number * overlap / REDRAW..(number + 1) * overlap / REDRAW {
            tools.magnitude.copy_from_slice(self.phase.magnitude());
            self.draw_before(frame, tools, &mut give);
        }
        if slice == DRAW {
            // Where frames that wait will catch up from.
            if self.waits {
                self.phase.hold(&tools.magnitude);
            }
            self.change = None;
            self.begins = true;
        }
    }

    /// One of the frames before the next one: `tools.magnitude` with the first one's phases, turned on.
    fn draw_before(
        &mut self,
        frame: usize,
        tools: &mut FrameTools,
        give: &mut impl FnMut(&[f32], usize),
    ) {
        let late = tools.format.geometry.overlap() - 1 - frame;
        self.turn(frame, tools);
        self.lift(&mut tools.magnitude);
        self.draw(tools);
        give(&tools.frame, late);
        if let Some(refinement) = self.refinement.as_mut().filter(|_| self.waits) {
            let hop = tools.format.geometry.hop();
            refinement.hear(&tools.frame, (late + 1) * hop);
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
                let phase = self.phase.phase_mut();
                if frame == 0 {
                    phase.fill(0);
                }
                single_pass(&tools.magnitude, phase, turns_per_bin(&tools.format));
            }
            PhaseMode::Gradient | PhaseMode::Refined | PhaseMode::PeakLock => {
                if frame > 0 {
                    self.phase.turn(&tools.phase);
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
                let magnitude = decoder.numbers(&self.work);
                self.phase.observe_lobes(magnitude, Some(self.fundamental));
            }
            NOISE => match self.change {
                Some(ratio) => self.carry(ratio, decoder, tools),
                None => {
                    let magnitude = decoder.numbers(&self.work);
                    self.phase.observe_noise(&mut tools.phase, magnitude);
                }
            },
            // Of a key that comes, the frames before the next one are drawn instead.
            _ if changes => {}
            SETTLE => self.settle(decoder, tools),
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
        if let Some(refinement) = self.refinement.as_ref().filter(|_| self.refines()) {
            self.phase.set(refinement.newest_phase());
        }
        let hops = self.hops(tools);
        let newest = decoder.numbers_mut(&mut self.work);
        shape(&tools.format, newest, ratio);
        self.decay.follow(hops, &ask.knobs, newest);
        if self.waits && self.begins && !self.is_changing() {
            self.catch_up(decoder, tools);
        }
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

    /// The newest frame's magnitudes, `[bins]`.
    pub(super) fn magnitude(&self) -> &[f32] {
        self.phase.magnitude()
    }

    /// Of a key that comes: its lobes take over the phases of the newest frame.
    ///
    /// Both are heard where the next hop begins, half a kernel before it in the old frames and half
    /// a kernel after it in the new ones.
    fn carry(&mut self, ratio: f64, decoder: &Decoder, tools: &mut FrameTools) {
        let geometry = tools.format.geometry;
        let fft_len = geometry.fft_len() as f64;
        let (half, kernel) = (fft_len / 2.0, TAPS as f64 / 2.0);
        let since = (self.ahead() as f64 - 1.0) * geometry.hop() as f64;
        let carry = Carry {
            ratio,
            until: -(since + half + kernel + 1.0) / fft_len,
            from: (half - kernel + 1.0) / fft_len,
        };
        let magnitude = decoder.numbers(&self.work);
        self.phase
            .carry(&mut tools.phase, magnitude, &carry, &mut self.random);
        self.forget_waiting();
    }

    /// No frame waits.
    fn forget_waiting(&mut self) {
        if let Some(refinement) = &mut self.refinement {
            refinement.clear();
        }
    }

    /// Whether the frames that wait are refined; during the first hop none wait yet.
    fn refines(&self) -> bool {
        self.waits && self.mode == PhaseMode::Refined && !self.begins && !self.is_changing()
    }

    /// The frames between the last one before the note and the newest, a few hops later.
    fn catch_up(&mut self, decoder: &Decoder, tools: &mut FrameTools) {
        tools.magnitude.copy_from_slice(self.phase.magnitude());
        self.phase.ready_to_turn(&mut tools.phase);
        for left in (2..=AHEAD + 1).rev() {
            let share = real(left).recip();
            let newest = decoder.numbers(&self.work);
            let bins = tools.magnitude.iter_mut().zip(newest);
            bins.for_each(|(own, to)| *own += share * (to - *own));
            self.turn(left, tools);
            self.wait(tools);
        }
        self.phase.hold(&tools.magnitude);
    }

    /// What stored phase costs noise is made up for.
    fn lift(&self, magnitude: &mut [f32]) {
        match self.mode {
            PhaseMode::StoredNoise => magnitude.iter_mut().for_each(|m| *m *= MAKE_UP),
            PhaseMode::Gradient | PhaseMode::Refined | PhaseMode::PeakLock => {
                self.phase.lift_noise(magnitude);
            }
            PhaseMode::SinglePass | PhaseMode::Zero | PhaseMode::Random => {}
        }
    }

    /// This slice's share of the refinement; integration goes on from what it ends with.
    fn refine(&mut self, slice: usize, tools: &mut FrameTools) {
        if let Some(refinement) = &mut self.refinement {
            let steps = slice * STEPS / DECODE..(slice + 1) * STEPS / DECODE;
            steps.for_each(|step| refinement.step(&mut tools.refinement, step));
        }
    }

    /// The new magnitude becomes a frame.
    fn finish(&mut self, tools: &mut FrameTools) {
        tools.magnitude.copy_from_slice(self.phase.magnitude());
        self.lift(&mut tools.magnitude);
        if let Some(refinement) = self.refinement.as_ref().filter(|_| self.waits) {
            tools.frame.copy_from_slice(refinement.oldest());
            self.wait(tools);
        } else {
            self.draw(tools);
        }
        self.begins = false;
    }

    /// The new magnitude gets its phases.
    fn settle(&mut self, decoder: &Decoder, tools: &mut FrameTools) {
        let lobes = match self.mode {
            PhaseMode::Gradient | PhaseMode::Refined => Lobes::Integrated,
            PhaseMode::PeakLock => Lobes::Locked,
            _ => return self.settle_anyhow(decoder, tools),
        };
        let stored = tools.noise.frame(self.noise_frame);
        self.noise_frame += 1;
        let frame = (decoder.numbers(&self.work), lobes);
        self.phase
            .settle(&mut tools.phase, frame, stored, &mut self.random);
    }

    /// The same by the rules that look at no frame but this one.
    fn settle_anyhow(&mut self, decoder: &Decoder, tools: &mut FrameTools) {
        let magnitude = decoder.numbers(&self.work);
        self.phase.pass(&mut tools.phase, magnitude);
        let phase = self.phase.phase_mut();
        match self.mode {
            PhaseMode::StoredNoise => self.phase.set(tools.noise.frame(self.noise_frame)),
            PhaseMode::SinglePass => single_pass(magnitude, phase, turns_per_bin(&tools.format)),
            PhaseMode::Random => phase.fill_with(|| self.random.turns()),
            _ => phase.fill(0),
        }
        self.noise_frame += 1;
    }

    /// Magnitude and phase become a spectrum, and that a windowed frame, in `tools.frame`.
    fn draw(&self, tools: &mut FrameTools) {
        self.write_spectrum(tools);
        let inverse = tools.refinement.inverse_stft();
        inverse.process(&mut tools.spectrum, &mut tools.frame);
    }

    /// Magnitude and phase become a spectrum that waits.
    fn wait(&mut self, tools: &mut FrameTools) {
        self.write_spectrum(tools);
        if let Some(refinement) = &mut self.refinement {
            let newest = (tools.magnitude.as_slice(), self.phase.noise());
            refinement.push(&mut tools.refinement, newest, &tools.spectrum);
        }
    }

    fn write_spectrum(&self, tools: &mut FrameTools) {
        let (phase, spectrum) = (self.phase.phase(), &mut tools.spectrum);
        tools.loops.polar(&tools.magnitude, phase, 1.0, spectrum);
    }
}

/// What a bin turns per hop for each of its number.
fn turns_per_bin(format: &FrameFormat) -> f64 {
    format.geometry.hop() as f64 / format.geometry.fft_len() as f64
}
