//! What a partials decoder tells of a note, moment by moment, along the note's own time.
//!
//! ```text
//!  speed, freeze ─► time ─► decoder ─► frame ─► performance ─► to ┐
//!                           every hop at first,                   ├─► blend ─► frame of this hop
//!                           every fourth later              from ┘
//! ```
//!
//! Past the trained length a sound that was fading goes on fading at the slope of its end, which
//! is asked of the decoder at the knobs as they are now; a sound that was held is held.
//!
//! *Real time:* every buffer has its length from the start.

use super::canvas::Sung;
use super::{Ask, Instant, Onset};
use crate::conditioning::Conditioning;
use crate::controls::{ChromaSource, Performance};
use crate::decoder::{Activations, Decoder, Progress};
use crate::painter::blend;
use betwixt_model::AttackCurve;
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::partials::{
    FreePartial, GROUPS, LEVEL, LEVEL_RANGE_DB, band_edges_hz, free_ratio, group_edges,
    last_partial,
};
use betwixt_spectral::{PartialsFormat, PartialsFrame, pitch};

/// Rms of a note's loudest moment at full velocity: eight loud notes stay below full scale.
const LOUDEST: f32 = 0.085;
/// The attack is decoded at every hop for this long, in seconds.
const ATTACK_S: f32 = 0.05;
/// After it, every so many hops; twice as many where work is saved.
const STRIDE: u32 = 4;
/// The stretch before the trained end over which the slope is measured, in seconds; half the
/// trained length if shorter.
const END_S: f32 = 1.0;
/// A moment is told this much of the note's own time before it is heard, in seconds: a network rounds
/// the corner of an onset, and what was struck would be late and soft at its edge. Measured on the 203
/// struck and plucked notes of `struck`, without its attack network: those that are sharp as they were
/// recorded rise as fast with this lead (median; 58 of 72 within 6 ms), the others 2.7 ms faster. With
/// 2 ms as many are sharp and the others 2.1 ms faster, but models that learnt before the analysis held
/// its onsets against the sound want all three. What is left an attack network has learnt, where a
/// model has one.
const AHEAD_S: f32 = 0.003;
/// A sound that loses no more than this per second at its end is a held one.
const HELD_DB: f32 = 0.8;
/// One that loses as much as this is fading and goes on at its slope; between the two it is blended
/// in, so that neighbouring keys of one sound do not part.
const FADING_DB: f32 = 2.0;
/// A sound that has come down so far at its end is fading, however slowly: it was struck.
const LOW_DB: f32 = 40.0;
/// A struck sound loses at least this much per second.
const STRUCK_DB: f32 = 4.0;
/// A network's amplitudes come out a little small, each being a mean of what it might be; its level
/// does not, and rules within this factor.
const SHRUNK: f32 = 1.5;
/// Where a tilted spectrum turns, in Hz.
const TILT_HZ: f32 = 1_000.0;

/// One moment as it is to be painted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(super) frame: PartialsFrame,
    /// How many partials the note has that the decoder was told, the last one in part.
    pub(super) partials: f32,
}

impl Moment {
    /// Nothing.
    pub(crate) fn silence() -> Self {
        Self {
            frame: PartialsFrame::default(),
            partials: 0.0,
        }
    }
}

/// One voice's story.
#[derive(Debug)]
pub(super) struct Story {
    conditioning: Conditioning,
    work: Activations,
    attack: AttackCurve,
    trained_s: Option<f32>,
    hop_s: f32,
    /// What is played.
    pitch: f64,
    /// When this model began to tell it.
    began: Instant,
    /// The note that the decoder is told now.
    told_now: f64,
    /// The note's own time at `to`.
    time_s: f32,
    since_onset_s: f32,
    /// The time that `work` holds the numbers of; not a number when what is told has changed.
    decoded_s: f32,
    /// What fading past the end has taken so far.
    lost_db: f32,
    /// What it takes per second, once it has been asked for.
    slope: Option<f32>,
    from: Moment,
    to: Moment,
    step: u32,
    steps: u32,
}

impl Story {
    /// Buffers for one decoder. Allocates.
    pub(super) fn new(decoder: &Decoder, hop_s: f64) -> Self {
        Self {
            conditioning: Conditioning::new(decoder),
            work: decoder.activations(),
            attack: AttackCurve::FLAT,
            trained_s: decoder.trained_s(),
            hop_s: narrow(hop_s),
            pitch: 0.0,
            began: Instant::default(),
            told_now: 0.0,
            time_s: 0.0,
            decoded_s: 0.0,
            since_onset_s: 0.0,
            lost_db: 0.0,
            slope: None,
            from: Moment::silence(),
            to: Moment::silence(),
            step: 0,
            steps: 1,
        }
    }

    /// A note begins, or is told by this model from here on. `attack` are the buffers of a decoder that
    /// tells how the gain runs through the attack.
    pub(super) fn start(
        &mut self,
        (decoder, attack): (&Decoder, Option<&mut Activations>),
        onset: &Onset,
        ask: &Ask,
        at: Instant,
    ) {
        self.pitch = onset.pitch;
        self.conditioning
            .start(decoder, onset.pitch, onset.velocity, &ask.knobs);
        // Neither the note nor any moment has been told yet: the first ones are decoded elsewhere.
        (self.told_now, self.decoded_s) = (f64::NAN, f32::NAN);
        let sung = Sung {
            glide: ask.glide,
            bend: ask.bend,
        };
        self.tell(decoder, ask, sung);
        // Where this model begins in the middle of a note, or the note stands still, nothing is struck.
        let is_struck = at.since_onset_s == 0.0 && !ask.performance.time.frozen;
        self.attack = match attack.filter(|_| is_struck) {
            Some(work) => decoder.attack(work, self.conditioning.at(decoder, 0.0)),
            None => AttackCurve::FLAT,
        };
        (self.lost_db, self.slope) = (0.0, None);
        let at = Instant {
            own_s: at.own_s + AHEAD_S,
            ..at
        };
        self.began = at;
        if let Some(end_s) = self.trained_s.filter(|end_s| at.own_s > *end_s) {
            self.lost_db = (at.own_s - end_s) * self.slope(decoder, end_s);
            self.decoded_s = f32::NAN;
        }
    }

    /// How the note's gain runs through its attack.
    pub(super) fn attack(&self) -> AttackCurve {
        self.attack
    }

    /// The conditioning of a moment so many hops after it began.
    pub(super) fn moment(&mut self, decoder: &Decoder, ask: &Ask, hops: usize) -> &[f32] {
        let passed_s = real(hops) * self.hop_s;
        self.time_s = if ask.performance.time.frozen {
            ask.performance.time.point_s
        } else {
            self.began.own_s + passed_s * ask.performance.time.speed
        };
        self.since_onset_s = self.began.since_onset_s + passed_s;
        let time_s = self
            .trained_s
            .map_or(self.time_s, |end_s| self.time_s.min(end_s));
        self.conditioning.at(decoder, time_s)
    }

    /// Takes one of the moments decoded first, in their order; the last one is where it goes on.
    pub(super) fn take(&mut self, format: PartialsFormat, numbers: &[f32], ask: &Ask) -> Moment {
        self.to = read(format, numbers, self.told_now, &ask.performance);
        self.fade();
        (self.from, self.step, self.steps) = (self.to, 1, 1);
        self.to
    }

    /// One hop on; decodes if it is time to.
    pub(super) fn next_hop(
        &mut self,
        (decoder, format): (&Decoder, PartialsFormat),
        ask: &Ask,
        sung: Sung,
    ) {
        if self.step < self.steps {
            self.step += 1;
            return;
        }
        self.from = self.to;
        self.step = 1;
        self.steps = if self.since_onset_s < ATTACK_S {
            1
        } else {
            STRIDE << u32::from(ask.economy)
        };
        if self.conditioning.follow(decoder, &ask.knobs) | self.tell(decoder, ask, sung) {
            (self.decoded_s, self.slope) = (f32::NAN, None);
        }
        self.pass(ask, decoder);
        let time_s = self.trained_s.map_or(0.0, |end_s| self.time_s.min(end_s));
        let told = self.told_now;
        self.to = read(format, self.decode(decoder, time_s), told, &ask.performance);
        self.fade();
    }

    /// What is lost past the end is taken from the newest moment.
    fn fade(&mut self) {
        if self.lost_db > 0.0 {
            scale(&mut self.to.frame, 10f32.powf(-self.lost_db / 20.0));
        }
    }

    /// The moment of this hop.
    pub(super) fn now(&self) -> Moment {
        if self.step == self.steps {
            return self.to;
        }
        let share = self.step as f32 / self.steps as f32;
        Moment {
            frame: blend(&self.from.frame, &self.to.frame, share),
            partials: self.from.partials + share * (self.to.partials - self.from.partials),
        }
    }

    /// Tells the decoder the note: the one played or the nearest of a fixed class, moved by the
    /// formant and as far as that follows.
    /// Tells whether that is another one than before.
    fn tell(&mut self, decoder: &Decoder, ask: &Ask, sung: Sung) -> bool {
        let performance = &ask.performance;
        let follow = f64::from(performance.formant_follow) * sung.bend;
        let (layout, played) = (decoder.layout(), self.pitch + sung.glide);
        let heard = match ask.chroma {
            ChromaSource::Played => played,
            ChromaSource::Fixed(class) => f64::from(layout.nearest_key_of_class(class, played)),
        };
        let pitch = heard + f64::from(performance.formant_semitones) + follow;
        let (low, high) = layout.keys();
        let told = pitch.clamp(f64::from(low), f64::from(high));
        let moved = told != self.told_now;
        if moved {
            self.told_now = told;
            self.conditioning.tell_pitch(decoder, told);
        }
        moved
    }

    /// Time passes until the next decode, and with it what is lost past the end.
    fn pass(&mut self, ask: &Ask, decoder: &Decoder) {
        let time = &ask.performance.time;
        let passed_s = self.steps as f32 * self.hop_s;
        let own_s = passed_s * time.speed;
        self.since_onset_s += passed_s;
        self.time_s = if time.frozen {
            time.point_s
        } else {
            self.time_s + own_s
        };
        match self.trained_s {
            Some(end_s) if self.time_s > end_s => {
                if !time.frozen {
                    let past_s = own_s.min(self.time_s - end_s);
                    self.lost_db += past_s * self.slope(decoder, end_s);
                }
            }
            _ => self.lost_db = 0.0,
        }
    }

    /// What the sound at these knobs loses at its end, in dB per second; asked once.
    fn slope(&mut self, decoder: &Decoder, end_s: f32) -> f32 {
        if let Some(slope) = self.slope {
            return slope;
        }
        let stretch_s = END_S.min(end_s / 2.0);
        let [early, late] = [end_s - stretch_s, end_s].map(|time_s| {
            let level = self.decode(decoder, time_s)[LEVEL].clamp(0.0, 1.0);
            LEVEL_RANGE_DB * level
        });
        let slope = ((early - late) / stretch_s).max(0.0);
        let fading = ((slope - HELD_DB) / (FADING_DB - HELD_DB)).clamp(0.0, 1.0);
        let slope = if late < LEVEL_RANGE_DB - LOW_DB {
            slope.max(STRUCK_DB)
        } else {
            slope * fading
        };
        self.slope = Some(slope);
        slope
    }

    /// The numbers of a moment of the note's own time: decoded unless `work` holds them.
    fn decode<'a>(&'a mut self, decoder: &'a Decoder, time_s: f32) -> &'a [f32] {
        if self.decoded_s != time_s {
            let vector = self.conditioning.at(decoder, time_s);
            self.work.input(vector.len()).copy_from_slice(vector);
            decoder.advance(&mut self.work, &mut Progress::default(), 1.0);
            self.decoded_s = time_s;
        }
        decoder.numbers(&self.work)
    }
}

/// Numbers become a moment, as the player wants it.
fn read(format: PartialsFormat, numbers: &[f32], told: f64, performance: &Performance) -> Moment {
    let mut frame = PartialsFrame::default();
    format.decode(numbers, &mut frame);
    let told_hz = pitch::hz(told);
    let partials = last_partial(told_hz, f64::from(frame.inharmonicity));
    let own = frame.level(index(f64::from(partials)));
    if own > 0.0 {
        let told = PartialsFormat::level(numbers);
        scale(&mut frame, (told / own).clamp(1.0 / SHRUNK, SHRUNK));
    }
    frame.inharmonicity *= performance.inharmonicity;
    frame.noise.iter_mut().for_each(|n| *n *= performance.noise);
    if performance.tilt_db_per_octave != 0.0 {
        tilt(
            &mut frame,
            narrow(told_hz),
            partials,
            performance.tilt_db_per_octave,
        );
    }
    scale(&mut frame, LOUDEST);
    Moment { frame, partials }
}

/// Softer than this nothing is told of a sound: what is mixed with silence fades in decibels.
const FAINTEST: f32 = 1e-7;

impl Moment {
    /// The moment between two models' moments: every amplitude lies between theirs in decibels, and
    /// so does the level of the whole.
    pub(crate) fn between(&self, other: &Self, share: f32) -> Self {
        let linear = |a: f32, b: f32| a + share * (b - a);
        let decibels = |a: f32, b: f32| {
            let [a, b] = [a, b].map(|amplitude| amplitude.max(FAINTEST).log2());
            linear(a, b).exp2()
        };
        let (own, to) = (&self.frame, &other.frame);
        let mut between = Self {
            frame: PartialsFrame {
                harmonics: std::array::from_fn(|i| decibels(own.harmonics[i], to.harmonics[i])),
                noise: std::array::from_fn(|i| decibels(own.noise[i], to.noise[i])),
                cents: linear(own.cents, to.cents),
                inharmonicity: linear(own.inharmonicity, to.inharmonicity),
                free: std::array::from_fn(|i| FreePartial {
                    amplitude: decibels(own.free[i].amplitude, to.free[i].amplitude),
                    place: linear(own.free[i].place, to.free[i].place),
                }),
            },
            partials: linear(self.partials, other.partials),
        };
        let wanted = decibels(self.level(), other.level());
        let found = between.level();
        if found > 0.0 {
            scale(&mut between.frame, wanted / found);
        }
        between
    }

    fn level(&self) -> f32 {
        self.frame.level(index(f64::from(self.partials)))
    }
}

/// Lays a slope over the spectrum and keeps its level.
fn tilt(frame: &mut PartialsFrame, f0_hz: f32, partials: f32, db_per_octave: f32) {
    const EDGES: [usize; GROUPS + 1] = group_edges();
    let count = index(f64::from(partials));
    let before = frame.level(count);
    let slope = db_per_octave / (20.0 * std::f32::consts::LOG10_2);
    let gain = |hz: f32| (slope * (hz / TILT_HZ).log2()).exp2();
    for (h, edges) in frame.harmonics.iter_mut().zip(EDGES.windows(2)) {
        let number = real(edges[0] + edges[1] - 1) / 2.0;
        *h *= gain(number * f0_hz);
    }
    for (n, edges) in frame.noise.iter_mut().zip(band_edges_hz().windows(2)) {
        *n *= gain(narrow((edges[0] + edges[1]) / 2.0));
    }
    for (slot, line) in frame.free.iter_mut().enumerate() {
        let ratio = free_ratio(slot, line.place);
        line.amplitude *= gain(ratio * f0_hz);
    }
    let after = frame.level(count);
    if after > 0.0 {
        scale(frame, before / after);
    }
}

fn scale(frame: &mut PartialsFrame, gain: f32) {
    let amplitudes = frame.harmonics.iter_mut().chain(&mut frame.noise);
    let free = frame.free.iter_mut().map(|line| &mut line.amplitude);
    amplitudes.chain(free).for_each(|a| *a *= gain);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half way between two sounds 20 dB apart lies 10 dB, for each partial and for the whole; at
    /// either end lies what is there.
    #[test]
    fn the_way_between_is_even_in_decibels() {
        let moment = |first: f32, second: f32| {
            let mut moment = Moment {
                partials: 2.0,
                ..Moment::silence()
            };
            moment.frame.harmonics[0] = first;
            moment.frame.harmonics[1] = second;
            moment
        };
        let (loud, soft) = (moment(1.0, 0.5), moment(0.1, 0.05));
        let half = loud.between(&soft, 0.5).frame.harmonics;
        assert!((half[0] - 0.1f32.sqrt()).abs() < 1e-4, "{}", half[0]);
        assert!((half[1] / half[0] - 0.5).abs() < 1e-4);
        for (share, expected) in [(0.0, loud), (1.0, soft)] {
            let found = loud.between(&soft, share).frame.harmonics;
            assert!((found[0] / expected.frame.harmonics[0] - 1.0).abs() < 1e-4);
        }
        // Sounds without a partial in common do not vanish between.
        let (low, high) = (moment(1.0, 0.0), moment(0.0, 1.0));
        let level = low.between(&high, 0.5).level();
        assert!((level / low.level() - 1.0).abs() < 1e-4, "{level}");
    }

    /// A lone partial of amplitude √2 has the level that is told. One that is told a little small has
    /// it all the same; one far too small is only lifted by half.
    #[test]
    fn the_level_is_the_level_told() {
        let format = PartialsFormat {
            exponent: 0.3,
            free: false,
        };
        let mut numbers = vec![0.0; format.numbers()];
        let mut heard = |first: f32, level_db: f32| {
            (numbers[0], numbers[LEVEL]) = (first, 1.0 + level_db / LEVEL_RANGE_DB);
            let moment = read(format, &numbers, 69.0, &Performance::default());
            moment.frame.level(20) / LOUDEST
        };
        let whole = 2f32.sqrt().powf(0.3);
        for level_db in [0.0, -20.0] {
            let told = 10f32.powf(level_db / 20.0);
            for shrunk in [1.0, 0.95] {
                let found = heard(shrunk * whole, level_db) / told;
                assert!(
                    (found - 1.0).abs() < 1e-4,
                    "{shrunk}, {level_db} dB: {found}"
                );
            }
            let found = heard(0.5 * whole, level_db) / told;
            let expected = SHRUNK * 0.5f32.powf(1.0 / 0.3);
            assert!(
                (found / expected - 1.0).abs() < 1e-4,
                "{found} for {expected}"
            );
        }
    }
}
