//! The voice of a frame decoder: frames with phase, a stream, a resampler.
//!
//! ```text
//!  knobs, note ─► FrameSource ─► Stream ─► resampler ─► samples, for both channels alike
//!                 slices         overlap    ratio: bend, tuning, octave, host rate
//! ```
//!
//! There are fewer of these voices than of painted ones, and only the first of them can have their
//! frames refined. Who is free is looked for from the first voice on, so a note can be refined
//! whenever fewer than those sound; block sizes have no say in it.
//!
//! A voice decodes at the nearest trained key; the difference to the pitch that is wanted is one
//! resampling ratio at its end. Where a bend leads far from that key the note goes on at another.
//!
//! *Real time:* everything is allocated by [`FrameTone::new`] and [`FrameTools::new`].

use super::resampler::Resampler;
use super::source::{Begins, FrameSource, MOMENTS};
use super::stream::{self, Stream};
use super::{Ask, Instant, Onset};
use crate::controls::{ChromaSource, MAX_REFINED_VOICES};
use crate::decoder::Decoder;
use crate::phase::{NoiseTable, PhaseTools, RefinementTools};
use crate::simd::Loops;
use crate::telemetry::Spectrum;
use betwixt_model::ConditioningLayout;
use betwixt_model::header::FrameFormat;
use betwixt_spectral::number::{index, real};
use betwixt_spectral::{Complex32, pitch};

/// A note goes on at another key as soon as that lies so much nearer: the body of the sound then
/// moves by less than half an octave with the pitch, and a vibrato stays with one key.
const NEARER_SEMITONES: f64 = 5.5;
/// How far above its trained key a note may be moved by resampling; octaves fold beyond.
const HIGHEST_SHIFT_SEMITONES: f64 = 24.0;
/// Bend and tuning move a sounding note up to this far above its trained key and stop there: eight
/// frames are then drawn in the time of one, which bounds what a voice can cost.
const HIGHEST_BEND_SEMITONES: f64 = 36.0;
/// And this far below, where nothing is left to hear.
const LOWEST_BEND_SEMITONES: f64 = -96.0;
/// Time constant of each of two poles behind the wheel, in seconds: they round its steps.
const GLIDE_S: f64 = 0.003;
/// A bin so near to a harmonic shows it: the width of the window's main lobe to each side; of low
/// keys, whose harmonics lie closer, a quarter of what is between two.
const NEAR: (f64, f64) = (2.0, 0.25);

/// What all voices of a frame decoder use, one at a time.
pub(crate) struct FrameTools {
    pub(super) format: FrameFormat,
    pub(super) noise: &'static NoiseTable,
    pub(super) phase: PhaseTools,
    pub(super) refinement: RefinementTools,
    pub(super) resampler: &'static Resampler,
    pub(super) loops: Loops,
    pub(super) spectrum: Vec<Complex32>,
    pub(super) frame: Vec<f32>,
    pub(super) magnitude: Vec<f32>,
    sample_rate_hz: f32,
}

/// One note of a frame decoder.
#[derive(Debug)]
pub(crate) struct FrameTone {
    source: FrameSource,
    stream: Stream,
    tuning: Tuning,
    /// The key that is decoded, the factor of its ratio, and by which rule it was chosen.
    key: u8,
    scale: f64,
    chroma: ChromaSource,
    /// Where the glide led that the key was last chosen for.
    goal: f64,
}

/// Where a voice's pitch is, and the ratio that takes the key of its onset there.
#[derive(Clone, Copy, Debug)]
struct Tuning {
    /// The trained key of the onset.
    key: f64,
    /// From that key to the one that is played, in semitones.
    base: f64,
    /// Bend and fine tuning as they are now, behind two poles and behind one.
    shift: f64,
    lag: f64,
    /// Samples of the onset key's stream per output sample.
    ratio: f64,
    /// The same for the trained key itself.
    rate_ratio: f64,
    /// Samples of any key's stream per output sample, at most.
    fastest: f64,
    follow: f64,
}

impl FrameTools {
    /// Tables and buffers for one decoder and host rate. Allocates.
    pub(crate) fn new(format: FrameFormat, sample_rate_hz: f32) -> Self {
        let geometry = format.geometry;
        Self {
            noise: NoiseTable::shared(geometry),
            phase: PhaseTools::new(geometry),
            refinement: RefinementTools::new(geometry),
            resampler: Resampler::shared(),
            loops: Loops::detect(),
            spectrum: vec![Complex32::default(); geometry.bins()],
            frame: vec![0.0; geometry.fft_len()],
            magnitude: vec![0.0; geometry.bins()],
            sample_rate_hz,
            format,
        }
    }
}

impl FrameTone {
    /// Buffers for one decoder, of the voice of such a number. Allocates.
    pub(super) fn new(decoder: &Decoder, tools: &FrameTools, number: usize) -> Self {
        let tuning = Tuning::new(tools);
        Self {
            source: FrameSource::new(decoder, tools.format.geometry, number < MAX_REFINED_VOICES),
            stream: Stream::new(tools.format.geometry, tuning.fastest),
            tuning,
            key: 0,
            scale: 1.0,
            chroma: ChromaSource::Played,
            goal: 0.0,
        }
    }

    /// A note begins, or is told by this model from here on.
    pub(super) fn start(
        &mut self,
        (decoder, tools): (&Decoder, &FrameTools),
        onset: &Onset,
        ask: &Ask,
        at: Instant,
    ) {
        let shift = ask.glide + ask.bend;
        let key = ask.chroma.key(decoder.layout(), onset.pitch + shift);
        self.tuning.start(onset.pitch, key, shift);
        (self.key, self.scale, self.chroma) = (key, 1.0, ask.chroma);
        self.goal = ask.glide;
        let begins = Begins {
            key,
            velocity: onset.velocity,
            seed: onset.seed,
            since_onset_s: at.since_onset_s,
        };
        self.source.start(decoder, tools, &begins, ask);
        self.stream.clear();
    }

    /// How many moments are decoded before the note can sound: a decoder that is not told the time
    /// draws the same frame for all.
    pub(super) fn moments(decoder: &Decoder) -> usize {
        if decoder.trained_s().is_some() {
            MOMENTS
        } else {
            1
        }
    }

    /// The conditioning of one of them.
    pub(super) fn moment(
        &mut self,
        decoder: &Decoder,
        tools: &FrameTools,
        moment: usize,
    ) -> &[f32] {
        self.source.moment(decoder, tools, moment)
    }

    /// Takes the numbers decoded for them; from here on the note sounds.
    pub(super) fn prefill(&mut self, tools: &mut FrameTools, moments: &mut [Vec<f32>]) {
        let stream = &mut self.stream;
        let ratio = stream.ratio(self.tuning.ratio);
        self.source.prefill(tools, moments, ratio, |frame, late| {
            stream.add(frame, late);
        });
        stream.start();
    }

    /// Writes the next samples.
    pub(super) fn render(
        &mut self,
        (decoder, tools): (&Decoder, &mut FrameTools),
        ask: &Ask,
        out: &mut [f32],
    ) {
        let shift = ask.glide + ask.bend;
        for sample in out {
            while let Some(slice) = self.stream.due() {
                self.work(slice, (decoder, &mut *tools), ask, shift);
            }
            self.tuning.follow(shift);
            *sample = self.stream.read(tools.resampler, self.tuning.ratio);
        }
    }

    /// Each point shows the loudest bin up to the next point, where it is heard: as tone where a
    /// harmonic of the frame's key lies in the bin or beside it, else as noise.
    pub(super) fn picture(&self, tools: &FrameTools, edges_hz: &[f64], spectrum: &mut Spectrum) {
        let geometry = tools.format.geometry;
        let fft_len = geometry.fft_len();
        let magnitude = self.source.magnitude();
        let ratio = self.stream.ratio(self.tuning.ratio);
        let bin_hz = ratio * f64::from(tools.sample_rate_hz) / fft_len as f64;
        let bin = |hz: f64| index(hz / bin_hz).min(magnitude.len() - 1);
        let own_bin_hz = f64::from(geometry.sample_rate_hz()) / fft_len as f64;
        let harmonic = pitch::hz(f64::from(self.key)) / own_bin_hz;
        let points = spectrum.tone.iter_mut().zip(&mut spectrum.noise);
        for ((tone, noise), edges) in points.zip(edges_hz.windows(2)) {
            let bins = bin(edges[0])..=bin(edges[1]);
            let loudest = bins.max_by(|a, b| magnitude[*a].total_cmp(&magnitude[*b]));
            let loudest = loudest.unwrap_or(0);
            let number = loudest as f64 / harmonic;
            let away = (number - number.round()).abs() * harmonic;
            let value = magnitude[loudest] * 4.0 / real(fft_len);
            let is_tone = away <= NEAR.0.min(NEAR.1 * harmonic) && number > 0.5;
            (*tone, *noise) = if is_tone { (value, 0.0) } else { (0.0, value) };
        }
    }

    /// Does one slice of the next frame's work, or of the first frames of another key.
    fn work(
        &mut self,
        slice: usize,
        (decoder, tools): (&Decoder, &mut FrameTools),
        ask: &Ask,
        shift: f64,
    ) {
        if slice == 0 && !self.stream.is_changing() {
            let key = self.key_for(decoder.layout(), ask, shift);
            if key != self.key {
                self.key = key;
                self.scale = pitch::ratio(self.tuning.key - f64::from(key));
                self.source.go_on_at(key, decoder, tools);
            }
        }
        // A frame is heard while the wheel moves on: it must not alias where that leads.
        let ratio = self.tuning.ratio.max(self.tuning.ratio_at(shift));
        let highest = (ratio * self.scale).min(self.tuning.fastest);
        self.source.work(slice, decoder, tools, ask, highest);
        let (stream, scale) = (&mut self.stream, self.scale);
        if self.source.is_changing() {
            self.source.redraw(slice, tools, |frame, late| {
                stream.add_coming(frame, late, scale);
            });
        } else if slice == stream::SLICES - 1 {
            stream.add(&tools.frame, 0);
        }
    }

    /// The key to go on at: the one there is, unless another lies much nearer to where the pitch
    /// leads, the chroma is chosen anew, or a glide has come to its note.
    fn key_for(&mut self, layout: ConditioningLayout, ask: &Ask, shift: f64) -> u8 {
        let pitch = self.tuning.key + self.tuning.base + shift;
        let nearest = ask.chroma.key(layout, pitch);
        let arrives = ask.glide == ask.goal && ask.goal != self.goal;
        if arrives || ask.chroma != self.chroma {
            (self.chroma, self.goal) = (ask.chroma, ask.glide);
            return nearest;
        }
        let away = |key: u8| (pitch - f64::from(key)).abs();
        if away(self.key) > away(nearest) + NEARER_SEMITONES {
            nearest
        } else {
            self.key
        }
    }
}

impl Tuning {
    fn new(tools: &FrameTools) -> Self {
        let host_hz = f64::from(tools.sample_rate_hz);
        let rate_ratio = f64::from(tools.format.geometry.sample_rate_hz()) / host_hz;
        let follow = 1.0 - (-1.0 / (GLIDE_S * host_hz)).exp();
        Self {
            key: 0.0,
            base: 0.0,
            shift: 0.0,
            lag: 0.0,
            ratio: rate_ratio,
            rate_ratio,
            fastest: pitch::ratio(HIGHEST_BEND_SEMITONES) * rate_ratio,
            follow,
        }
    }

    fn start(&mut self, pitch: f64, key: u8, shift: f64) {
        self.key = f64::from(key);
        let base = pitch - self.key;
        let above = (base + shift - HIGHEST_SHIFT_SEMITONES).max(0.0);
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
        let semitones = (self.base + shift).max(LOWEST_BEND_SEMITONES);
        pitch::ratio(semitones) * self.rate_ratio
    }
}
