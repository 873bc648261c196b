//! The voice of a partials decoder: painted at its own pitch, at the host's rate.
//!
//! ```text
//!  slice 0: Story (decoder, time) ─► amplitudes ──┐
//!  slice 1: pitch, glide, bend, vibrato, drift ─► f0 ────┴─► Oscillators ─► Painter ─► Overlap ─► × gain
//! ```
//!
//! Frame n is centred n hops after the onset. The four frames that reach into the first hop are
//! painted at the onset itself, the one before the onset with the controls of the onset.
//!
//! *Real time:* everything is allocated by [`PartialsTone::new`] and [`Painter::new`].

use super::loudness::Loudness;
use super::movement::Movement;
use super::overlap::{Overlap, SLICES};
use super::story::{Moment, Story};
use super::{Ask, Onset, Tone};
use crate::controls::MAX_VOICES;
use crate::decoder::Decoder;
use crate::painter::{Oscillators, Paint, Painter};
use crate::telemetry::{SPECTRUM_POINTS, Telemetry};
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::{BANDS, GROUPS, band_edges_hz, group_edges, partial_hz};
use betwixt_spectral::{PartialsFormat, pitch};

/// Time constant at which a note follows the wheel, in seconds.
const GLIDE_S: f64 = 0.003;
/// Moments that are decoded before a note can sound.
const MOMENTS: usize = 3;
/// No bend takes a note below or above this, in semitones.
const LOWEST: f64 = -36.0;
const HIGHEST: f64 = 160.0;

/// What all voices of a partials decoder use, one at a time.
#[derive(Debug)]
pub(crate) struct PartialsTools {
    pub(crate) format: PartialsFormat,
    pub(crate) painter: Painter,
}

/// One note of a partials decoder.
#[derive(Debug)]
pub(crate) struct PartialsTone {
    story: Story,
    oscillators: Oscillators,
    movement: Movement,
    overlap: Overlap,
    /// What is played, in semitones, without bend and fine tuning.
    pitch: f64,
    /// From that to the note that is played now, and its bend, as they are heard.
    glide: f64,
    bend: f64,
    /// Share of the way to where both stand in one hop.
    follow: f64,
    last: Paint,
}

impl Tone for PartialsTone {
    type Tools = PartialsTools;

    const VOICES: usize = MAX_VOICES;

    fn new(decoder: &Decoder, tools: &PartialsTools, _number: usize) -> Self {
        let PartialsTools { format, painter } = tools;
        Self {
            story: Story::new(decoder, *format, painter.hop_s()),
            oscillators: Oscillators::new(),
            movement: Movement::new(),
            overlap: Overlap::new(painter.fft_len(), painter.hop()),
            pitch: 0.0,
            glide: 0.0,
            bend: 0.0,
            follow: 1.0 - (-painter.hop_s() / GLIDE_S).exp(),
            last: Paint::default(),
        }
    }

    fn hop_s(tools: &PartialsTools) -> f64 {
        tools.painter.hop_s()
    }

    fn start(&mut self, decoder: &Decoder, _tools: &PartialsTools, onset: &Onset, ask: &Ask) {
        self.pitch = onset.pitch;
        (self.glide, self.bend) = (ask.glide, ask.bend);
        self.oscillators.start(onset.seed);
        self.movement.start(onset.seed);
        self.story.start(decoder, onset, ask);
        self.overlap.clear();
    }

    /// The onset and the two hops after it.
    fn moments(_decoder: &Decoder) -> usize {
        MOMENTS
    }

    fn moment(
        &mut self,
        decoder: &Decoder,
        _tools: &PartialsTools,
        ask: &Ask,
        moment: usize,
    ) -> &[f32] {
        self.story.moment(decoder, ask, moment)
    }

    fn prefill(
        &mut self,
        _decoder: &Decoder,
        tools: &mut PartialsTools,
        ask: &Ask,
        moments: &mut [Vec<f32>],
    ) {
        for (number, numbers) in moments.iter().enumerate() {
            let moment = self.story.take(numbers, ask);
            // The frame centred a hop before the onset is told what the onset is.
            let frames = if number == 0 { 2 } else { 1 };
            for _ in 0..frames {
                self.paint(&mut tools.painter, ask, &moment);
                self.overlap.next_hop();
            }
        }
    }

    fn render(
        &mut self,
        (decoder, tools): (&Decoder, &mut PartialsTools),
        ask: &Ask,
        loudness: &mut Loudness,
        [left, right]: [&mut [f32]; 2],
    ) -> Option<usize> {
        let mut done = 0;
        while done < left.len() {
            while let Some(slice) = self.overlap.due() {
                self.work(slice, (decoder, &mut tools.painter), ask);
            }
            let [from_left, from_right] = self.overlap.read(left.len() - done);
            let count = from_left.len();
            let pairs = left[done..].iter_mut().zip(&mut right[done..]);
            let samples = pairs.zip(from_left.iter().zip(from_right));
            if let Some([gain_left, gain_right]) = loudness.still(&ask.rates) {
                // A note cut before its first sample is at rest already.
                if loudness.is_over() {
                    return Some(done);
                }
                for ((left, right), (from_left, from_right)) in samples {
                    *left += gain_left * from_left;
                    *right += gain_right * from_right;
                }
            } else {
                for (sample, ((left, right), (from_left, from_right))) in samples.enumerate() {
                    let [gain_left, gain_right] = loudness.next(&ask.rates);
                    *left += gain_left * from_left;
                    *right += gain_right * from_right;
                    // At its own sample: who is free must not depend on blocks.
                    if loudness.is_over() {
                        return Some(done + sample);
                    }
                }
            }
            done += count;
        }
        None
    }

    /// Every partial in its point; noise as a bin of the frame would show it.
    fn picture(
        &self,
        tools: &PartialsTools,
        edges_hz: &[f64],
        points: &mut [f32; SPECTRUM_POINTS],
    ) {
        const EDGES: [usize; GROUPS + 1] = group_edges();
        let (paint, bands) = (&self.last, band_edges_hz());
        let bin = (3.0 * tools.painter.bin_hz()).sqrt();
        for (point, hz) in points.iter_mut().zip(edges_hz) {
            let band = bands.partition_point(|edge| edge <= hz).clamp(1, BANDS) - 1;
            let density =
                f64::from(paint.frame.noise[band]) / (bands[band + 1] - bands[band]).sqrt();
            *point = narrow(density * bin);
        }
        let inharmonicity = f64::from(paint.inharmonicity);
        let count = index(f64::from(paint.partials));
        for (h, edges) in paint.frame.harmonics.iter().zip(EDGES.windows(2)) {
            for number in edges[0]..edges[1].min(count + 1) {
                let point =
                    Telemetry::spectrum_point(partial_hz(number, paint.f0_hz, inharmonicity));
                if let Some(point) = point.and_then(|point| points.get_mut(point)) {
                    *point = point.max(*h);
                }
            }
        }
    }
}

impl PartialsTone {
    fn work(&mut self, slice: usize, with: (&Decoder, &mut Painter), ask: &Ask) {
        let (decoder, painter) = with;
        if slice < SLICES - 1 {
            for (own, goes) in [(&mut self.glide, ask.glide), (&mut self.bend, ask.bend)] {
                *own += self.follow * (goes - *own);
                if (*own - goes).abs() < 1e-6 {
                    *own = goes;
                }
            }
            self.story.next_hop(decoder, ask, self.glide, self.bend);
        } else {
            let moment = self.story.now();
            self.paint(painter, ask, &moment);
        }
    }

    /// Paints the next frame into the overlap.
    fn paint(&mut self, painter: &mut Painter, ask: &Ask, moment: &Moment) {
        let performance = &ask.performance;
        let moved = self.movement.next(performance, narrow(painter.hop_s()));
        let cents = moved + performance.natural_tuning * moment.frame.cents;
        let pitch = self.pitch + self.glide + self.bend + f64::from(cents) / 100.0;
        self.last = Paint {
            frame: moment.frame,
            f0_hz: pitch::hz(pitch.clamp(LOWEST, HIGHEST)),
            inharmonicity: moment.frame.inharmonicity,
            partials: moment.partials,
            width: performance.width,
        };
        painter.paint(&mut self.oscillators, &self.last);
        let [left, right] = self.overlap.next_frame();
        painter.add_to(left, right);
    }
}
