//! One note sounding: frames, stream, pitch, loudness.
//!
//! ```text
//!  Ask (knobs, phase, tuning) ─► FrameSource ─► Stream ─► × gain ─► mix
//!                                slices         resampler  ▲
//!                                                contour ─ Smoother
//! ```
//!
//! A voice decodes at the nearest trained key; the difference to the pitch that is wanted (bend,
//! tuning, octave, host rate) is one resampling ratio at its end. Its frame clock starts with its
//! note, so it sounds at the note's own sample.
//!
//! *Real time:* everything is allocated by [`Voice::new`].

mod decay;
mod envelope;
mod resampler;
pub(crate) mod smoother;
mod source;
mod stream;

use crate::controls::{ChromaSource, LATENTS, PhaseMode};
use crate::decoder::Decoder;
use crate::event::Note;
use crate::phase::NoiseTable;
use crate::simd::Loops;
use betwixt_spectral::{Complex32, InverseStft, pitch};
use envelope::Contour;
pub(crate) use envelope::Rates;
pub(crate) use resampler::{Resampler, TAPS, read_body};
use smoother::Smoother;
use source::FrameSource;
pub(crate) use source::MOMENTS;
use std::sync::Arc;
use stream::Stream;

/// MIDI channels.
pub(crate) const CHANNELS: usize = 16;
/// How far above its trained key a note may be moved by resampling; octaves fold beyond.
const HIGHEST_SHIFT_SEMITONES: f64 = 24.0;
/// Bend and tuning move a sounding note up to this far above its trained key and stop there: eight
/// frames are then drawn in the time of one, which bounds what a voice can cost.
const HIGHEST_BEND_SEMITONES: f64 = 36.0;
/// And this far below, where nothing is left to hear.
const LOWEST_BEND_SEMITONES: f64 = -96.0;
/// Time constant of each of two poles behind the wheel, in seconds: they round its steps.
const GLIDE_S: f64 = 0.003;

/// What all voices use, one at a time.
pub(crate) struct Shared {
    pub(crate) decoder: Arc<Decoder>,
    pub(crate) noise: NoiseTable,
    pub(crate) resampler: Resampler,
    pub(crate) loops: Loops,
    pub(crate) inverse: InverseStft,
    pub(crate) spectrum: Vec<Complex32>,
    pub(crate) frame: Vec<f32>,
    pub(crate) sample_rate_hz: f32,
}

/// What the player asks of all voices during one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) knobs: [f32; LATENTS],
    pub(crate) phase: PhaseMode,
    pub(crate) chroma: ChromaSource,
    pub(crate) octave: i32,
    pub(crate) rates: Rates,
    /// Bend and fine tuning of each channel, in semitones.
    pub(crate) shift_semitones: [f32; CHANNELS],
}

/// Who holds a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Nobody: it is free.
    Free,
    /// Its key is down.
    Key,
    /// Its key is up, but the pedal is down.
    Pedal,
    /// It is fading.
    Released,
}

/// One note sounding.
#[derive(Debug)]
pub(crate) struct Voice {
    source: FrameSource,
    stream: Stream,
    contour: Contour,
    smoother: Smoother,
    velocity_gain: f32,
    pub(crate) note: Note,
    pub(crate) hold: Hold,
    /// Counts up with every note of the engine: the order of the notes.
    pub(crate) age: u64,
    tuning: Tuning,
}

/// Where a voice's pitch is, and the ratio that takes it there.
#[derive(Clone, Copy, Debug)]
struct Tuning {
    /// From the trained key to the key that is played, in semitones.
    base: f64,
    /// Bend and fine tuning as they are now, behind two poles and behind one.
    shift: f64,
    lag: f64,
    /// Samples of the model's stream per output sample.
    ratio: f64,
    /// The same for the trained key itself.
    rate_ratio: f64,
    follow: f64,
}

/// What starts a note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(crate) note: Note,
    /// Loudness from velocity, linear.
    pub(crate) gain: f32,
}

impl Voice {
    /// Buffers for one decoder. Allocates.
    pub(crate) fn new(decoder: &Decoder, sample_rate_hz: f32) -> Self {
        Self {
            source: FrameSource::new(decoder),
            stream: Stream::new(decoder.geometry()),
            contour: Contour::Ended,
            smoother: Smoother::new(0.0, sample_rate_hz),
            velocity_gain: 0.0,
            note: Note {
                id: None,
                channel: 0,
                key: 0,
            },
            hold: Hold::Free,
            age: 0,
            tuning: Tuning::new(decoder, sample_rate_hz),
        }
    }

    /// A key goes down; the frames come with [`Voice::moment`] and [`Voice::prefill`].
    pub(crate) fn start(
        &mut self,
        shared: &Shared,
        strike: Strike,
        ask: &Ask,
        age: u64,
        seed: u64,
    ) {
        let played = f64::from(strike.note.key) + 12.0 * f64::from(ask.octave);
        let shift = f64::from(ask.shift_semitones[usize::from(strike.note.channel) % CHANNELS]);
        let layout = shared.decoder.layout();
        let key = match ask.chroma {
            ChromaSource::Played => layout.nearest_key(played + shift),
            ChromaSource::Fixed(class) => layout.nearest_key_of_class(class, played + shift),
        };
        self.tuning.start(played - f64::from(key), shift);
        self.source.start(shared, key, ask, seed);
        self.stream.clear();
        self.contour = Contour::start();
        self.smoother = Smoother::new(0.0, shared.sample_rate_hz);
        self.velocity_gain = strike.gain;
        self.note = strike.note;
        self.hold = Hold::Key;
        self.age = age;
    }

    /// The conditioning of one of the note's first moments.
    pub(crate) fn moment(&mut self, decoder: &Decoder, moment: usize) -> &[f32] {
        self.source.moment(decoder, moment)
    }

    /// Takes the magnitudes decoded for the first moments; from here on the voice sounds.
    pub(crate) fn prefill(&mut self, shared: &mut Shared, moments: [&mut [f32]; MOMENTS]) {
        let stream = &mut self.stream;
        self.source
            .prefill(shared, moments, self.tuning.ratio, |frame, late| {
                stream.add(frame, late);
            });
        stream.start();
    }

    /// The key comes up, or the pedal.
    pub(crate) fn release(&mut self) {
        self.hold = Hold::Released;
        self.contour = self.contour.release();
    }

    /// The note ends as fast as it can without a click.
    pub(crate) fn cut(&mut self) {
        self.hold = Hold::Released;
        self.contour = Contour::Ended;
    }

    /// How loud the voice is, for choosing whom to steal.
    pub(crate) fn loudness(&self) -> f32 {
        self.contour.level() * self.velocity_gain
    }

    /// The newest magnitudes, `[bins]`, and the ratio at which they are heard.
    pub(crate) fn magnitude(&self) -> (&[f32], f64) {
        (self.source.magnitude(), self.tuning.ratio)
    }

    /// Adds the voice's next samples to the output; frees itself when it has faded.
    pub(crate) fn render(&mut self, shared: &mut Shared, ask: &Ask, out: &mut [f32]) {
        let shift = f64::from(ask.shift_semitones[usize::from(self.note.channel) % CHANNELS]);
        for sample in out {
            while let Some(slice) = self.stream.due() {
                // A frame is heard while the wheel moves on: it must not alias where that leads.
                let ratio = self.tuning.ratio.max(self.tuning.ratio_at(shift));
                self.source.work(slice, shared, ask, ratio);
                if slice == stream::SLICES - 1 {
                    self.stream.add(&shared.frame, 0);
                }
            }
            self.tuning.follow(shift);
            let value = self.stream.read(&shared.resampler, self.tuning.ratio);
            let level = self.contour.next(&ask.rates) * self.velocity_gain;
            *sample += value * self.smoother.next(level);
            // At its own sample, not at the end of the call: who is free must not depend on blocks.
            if self.contour == Contour::Ended && self.smoother.is_silent() {
                self.hold = Hold::Free;
                return;
            }
        }
    }
}

impl Tuning {
    fn new(decoder: &Decoder, sample_rate_hz: f32) -> Self {
        let host_hz = f64::from(sample_rate_hz);
        let rate_ratio = f64::from(decoder.geometry().sample_rate_hz()) / host_hz;
        let follow = 1.0 - (-1.0 / (GLIDE_S * host_hz)).exp();
        Self {
            base: 0.0,
            shift: 0.0,
            lag: 0.0,
            ratio: rate_ratio,
            rate_ratio,
            follow,
        }
    }

    fn start(&mut self, base: f64, shift: f64) {
        let above = (base - HIGHEST_SHIFT_SEMITONES).max(0.0);
        self.base = base - 12.0 * (above / 12.0).ceil();
        (self.shift, self.lag) = (shift, shift);
        self.update();
    }

    #[inline]
    fn follow(&mut self, shift: f64) {
        if self.shift == shift && self.lag == shift {
            return;
        }
        self.lag += self.follow * (shift - self.lag);
        self.shift += self.follow * (self.lag - self.shift);
        if (self.lag - shift).abs() < 1e-6 && (self.shift - shift).abs() < 1e-6 {
            (self.lag, self.shift) = (shift, shift);
        }
        self.update();
    }

    fn update(&mut self) {
        self.ratio = self.ratio_at(self.shift);
    }

    /// The ratio that a bend leads to.
    fn ratio_at(&self, shift: f64) -> f64 {
        let semitones = self.base + shift;
        let within = semitones.clamp(LOWEST_BEND_SEMITONES, HIGHEST_BEND_SEMITONES);
        pitch::ratio(within) * self.rate_ratio
    }
}

/// Loudness of a velocity: its square, blended in by `amount`.
pub(crate) fn velocity_gain(velocity: f32, amount: f32) -> f32 {
    let velocity = if velocity.is_nan() {
        0.0
    } else {
        velocity.clamp(0.0, 1.0)
    };
    1.0 - amount + amount * velocity * velocity
}

/// Equipment for one decoder and host rate. Allocates.
impl Shared {
    pub(crate) fn new(decoder: Arc<Decoder>, sample_rate_hz: f32, seed: u64) -> Self {
        let geometry = decoder.geometry();
        Self {
            noise: NoiseTable::new(geometry, seed),
            resampler: Resampler::new(),
            loops: Loops::detect(),
            inverse: InverseStft::new(geometry),
            spectrum: vec![Complex32::default(); geometry.bins()],
            frame: vec![0.0; geometry.fft_len()],
            sample_rate_hz,
            decoder,
        }
    }
}
