//! What a voice paints, at its own pitch and the host's rate: the moments of its partials models.
//!
//! ```text
//!  slice 0: the models' stories (decoder, time)
//!  slice 1: moment, mixed of them ───────┐
//!           pitch, glide, bend, vibrato, drift ─► f0 ─► Oscillators ─► Painter ─► Overlap ─► samples
//! ```
//!
//! Frame n is centred n hops after the onset. The four frames that reach into the first hop are
//! painted when the note is struck, so it sounds at its own sample.
//!
//! *Real time:* everything is allocated by [`Canvas::new`] and [`Painter::new`].

use super::attack::Attack;
use super::movement::Movement;
use super::overlap::{Overlap, SLICES};
use super::story::Moment;
use super::{Ask, MOST_MOMENTS, Onset};
use crate::controls::{Controls, MAX_VOICES};
use crate::engine::Settings;
use crate::painter::{Oscillators, Paint, Painter};
use crate::telemetry::{Spectrum, Telemetry};
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::{BANDS, GROUPS, band_edges_hz, group_edges, partial_hz};
use betwixt_spectral::pitch;

/// Time constant at which a note follows the wheel, in seconds.
const GLIDE_S: f64 = 0.003;
/// No bend takes a note below or above this, in semitones.
const LOWEST: f64 = -36.0;
const HIGHEST: f64 = 160.0;

/// What one voice paints.
#[derive(Debug)]
pub(crate) struct Canvas {
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

/// The pitch that a voice's models hear.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sung {
    /// From the onset's note to the note that is played now, in semitones.
    pub(crate) glide: f64,
    /// Bend, tuning, detune, in semitones.
    pub(crate) bend: f64,
}

/// Work that is due on a canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Due {
    /// The stories go on by a hop.
    Hop(Sung),
    /// The next frame is to be painted.
    Frame,
}

/// A painter and the canvases of all voices.
pub(crate) struct Studio {
    pub(super) painter: Painter,
    pub(super) canvases: Vec<Canvas>,
}

impl Studio {
    /// Everything that painting needs. Allocates, and touches all of it: no page of memory is to be
    /// used for the first time on the audio thread.
    pub(super) fn new(settings: Settings) -> Self {
        let mut painter = Painter::new(f64::from(settings.sample_rate_hz), settings.seed);
        let mut canvases: Vec<Canvas> = (0..MAX_VOICES).map(|_| Canvas::new(&painter)).collect();
        let ask = Ask::new(&Controls::default());
        for canvas in &mut canvases {
            let silence = [Moment::silence(); MOST_MOMENTS];
            canvas.prefill(&mut painter, &ask, (silence, Attack::default()));
        }
        Self { painter, canvases }
    }
}

impl Canvas {
    /// Buffers for one painter. Allocates.
    pub(crate) fn new(painter: &Painter) -> Self {
        Self {
            oscillators: Oscillators::new(),
            movement: Movement::new(),
            overlap: Overlap::new((painter.fft_len(), painter.hop()), painter.rate_hz()),
            pitch: 0.0,
            glide: 0.0,
            bend: 0.0,
            follow: 1.0 - (-painter.hop_s() / GLIDE_S).exp(),
            last: Paint::default(),
        }
    }

    /// A note begins, or is painted from here on.
    pub(crate) fn start(&mut self, onset: &Onset, ask: &Ask) {
        self.pitch = onset.pitch;
        (self.glide, self.bend) = (ask.glide, ask.bend);
        self.oscillators.start(onset.seed);
        self.movement.start(onset.seed);
        self.overlap.clear();
    }

    /// Paints the frames that reach into the first hop, from its first moments, and begins its
    /// attack.
    pub(super) fn prefill(
        &mut self,
        painter: &mut Painter,
        ask: &Ask,
        (moments, attack): ([Moment; MOST_MOMENTS], Attack),
    ) {
        for (number, moment) in moments.iter().enumerate() {
            // The frame centred a hop before the onset is told what the onset is.
            let frames = if number == 0 { 2 } else { 1 };
            for _ in 0..frames {
                self.paint(painter, ask, moment);
                self.overlap.next_hop();
            }
        }
        self.overlap.begin(attack);
    }

    /// The work that is due before the next sample can be read, if any.
    pub(crate) fn due(&mut self, ask: &Ask) -> Option<Due> {
        if self.overlap.due()? == SLICES - 1 {
            return Some(Due::Frame);
        }
        for (own, goes) in [(&mut self.glide, ask.glide), (&mut self.bend, ask.bend)] {
            *own += self.follow * (goes - *own);
            if (*own - goes).abs() < 1e-6 {
                *own = goes;
            }
        }
        Some(Due::Hop(self.sung()))
    }

    /// The pitch that its models hear now.
    pub(crate) fn sung(&self) -> Sung {
        Sung {
            glide: self.glide,
            bend: self.bend,
        }
    }

    /// The next samples of left and right, at most `count`, up to where work is due.
    pub(crate) fn read(&mut self, count: usize) -> [&[f32]; 2] {
        self.overlap.read(count)
    }

    /// Paints the next frame into the overlap.
    pub(crate) fn paint(&mut self, painter: &mut Painter, ask: &Ask, moment: &Moment) {
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

    /// Every partial in its point; noise as a bin of the frame would show it.
    pub(crate) fn picture(&self, painter: &Painter, edges_hz: &[f64], spectrum: &mut Spectrum) {
        const EDGES: [usize; GROUPS + 1] = group_edges();
        let (paint, bands) = (&self.last, band_edges_hz());
        let bin = (3.0 * painter.bin_hz()).sqrt();
        for (point, hz) in spectrum.noise.iter_mut().zip(edges_hz) {
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
                if let Some(point) = point.and_then(|point| spectrum.tone.get_mut(point)) {
                    *point = point.max(*h);
                }
            }
        }
    }
}
