//! What one voice is asked to play: the player's controls, its note's own touch, what moves it.
//!
//! ```text
//!  Common (controls, channels, LFOs) ─┐
//!  Finger (touch of this note) ───────┼─ every tick (2.7 ms) ─► slots ─► Ask ─► tone, loudness
//!  glide, LFOs, envelopes, unison ────┘
//! ```
//!
//! Ticks lie at fixed samples of the voice's own clock, so blocks cannot be heard.
//!
//! *Real time:* a few numbers.

use super::envelope::{Contour, Rates};
use super::finger::Finger;
use super::unison::Place;
use crate::channels::{CHANNELS, Felt};
use crate::controls::{
    ChromaSource, Controls, Course, ENVELOPES, LATENTS, LFOS, Lfo, Performance, PhaseMode, Source,
};
use crate::event::Touch;
use crate::modulation::{self, Clock, MORPH_SLOTS, Moved, Turns, VIBRATO_CENTS};
use crate::random::Random;
use crate::telemetry::Movers;
use crate::trajectory::Trajectory;
use betwixt_spectral::number::{index, narrow, real};

/// Time between ticks, in seconds.
const TICK_S: f32 = 1.0 / 375.0;

/// What the player asks of all voices during a part of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Common<'a> {
    pub(crate) controls: &'a Controls,
    /// Knobs, 0…1.
    pub(crate) knobs: [f32; LATENTS],
    pub(crate) felt: [Felt; CHANNELS],
    /// The modulation wheel, 0…1.
    pub(crate) wheel: f32,
    /// Of the loudness, per sample.
    pub(crate) rates: Rates,
    /// Of the other envelopes, per tick.
    pub(crate) envelopes: [Rates; ENVELOPES],
    pub(crate) lfos: [Turning; LFOS],
    pub(crate) trajectory: &'a Trajectory,
    /// Seconds of the movement.
    pub(crate) movement: Turning,
    /// At the part's first sample.
    pub(crate) clock: Clock,
    pub(crate) tick: Tick,
}

/// How an oscillator turns.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Turning {
    /// Where the one that is common to all voices stands at the part's first sample, where it does
    /// not keep to the host's beats.
    pub(crate) turns: Turns,
    /// Per sample.
    pub(crate) step: Turns,
}

/// The time between two ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tick {
    pub(crate) samples: usize,
    pub(crate) seconds: f32,
}

/// What a voice plays by until the next tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) knobs: [f32; LATENTS],
    pub(crate) phase: PhaseMode,
    pub(crate) chroma: ChromaSource,
    pub(crate) performance: Performance,
    pub(crate) economy: bool,
    pub(crate) rates: Rates,
    /// From the onset's note to the note that is played now, in semitones: all of a voice goes
    /// along, its decoder too.
    pub(crate) glide: f64,
    /// Where the glide leads.
    pub(crate) goal: f64,
    /// Bend, tuning, detune: the pitch alone, in semitones.
    pub(crate) bend: f64,
    /// Gain of left and right.
    pub(crate) sides: [f32; 2],
    /// Between which of the slots, 0…3.
    pub(crate) morph: f32,
}

/// How far a note has come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Instant {
    /// Seconds of its own time, which the player may stretch.
    pub(crate) own_s: f32,
    /// Seconds since its onset.
    pub(crate) since_onset_s: f32,
}

impl Ask {
    /// What is asked of a note that nobody touches.
    pub(crate) fn new(controls: &Controls) -> Self {
        Self {
            knobs: controls.latents,
            phase: controls.phase,
            chroma: controls.chroma,
            performance: controls.performance,
            economy: controls.economy,
            rates: Rates::new(&controls.envelope, 48_000.0),
            glide: 0.0,
            goal: 0.0,
            bend: 0.0,
            sides: [1.0; 2],
            morph: controls.morph,
        }
    }
}

/// The way of a pitch to where it leads, in semitones.
#[derive(Clone, Copy, Debug)]
struct Way {
    now: f64,
    to: f64,
    /// Per tick.
    step: f64,
}

/// How a voice begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning {
    /// The note's own, in semitones.
    pub(crate) pitch: f64,
    /// Where its glide begins.
    pub(crate) from: f64,
    pub(crate) velocity: f32,
    pub(crate) channel: u8,
    pub(crate) finger: Finger,
    pub(crate) place: Place,
    pub(crate) seed: u64,
}

/// What one voice is asked to play.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    begins: Beginning,
    finger: Finger,
    way: Way,
    random: f32,
    lfos: [Turns; LFOS],
    /// Seconds of the movement since the onset.
    moved_s: Turns,
    contours: [Contour; ENVELOPES],
    passed: Instant,
    /// What the channel said when the note was let go, where channels are passed on.
    kept: Option<Felt>,
    channel: usize,
    until_tick: usize,
    ask: Ask,
}

impl Tick {
    /// At a host's rate.
    pub(crate) fn new(sample_rate_hz: f32) -> Self {
        let samples = index(f64::from(TICK_S * sample_rate_hz).round()).max(1);
        Self {
            samples,
            seconds: real(samples) / sample_rate_hz,
        }
    }
}

impl Part {
    /// Of a voice that has not played yet.
    pub(crate) fn new() -> Self {
        let begins = Beginning {
            pitch: 60.0,
            from: 60.0,
            velocity: 0.0,
            channel: 0,
            finger: Finger::REST,
            place: Place::ALONE,
            seed: 0,
        };
        Self {
            begins,
            finger: Finger::REST,
            way: Way {
                now: 60.0,
                to: 60.0,
                step: 0.0,
            },
            random: 0.0,
            lfos: [Turns::default(); LFOS],
            moved_s: Turns::default(),
            contours: [Contour::start(); ENVELOPES],
            passed: Instant::default(),
            kept: None,
            channel: 0,
            until_tick: 0,
            ask: Ask::new(&Controls::default()),
        }
    }

    /// A note begins.
    pub(crate) fn start(&mut self, begins: Beginning, common: &Common) {
        let mut random = Random::new(begins.seed ^ 0x7061_7274);
        *self = Self {
            begins,
            finger: begins.finger,
            way: Way {
                now: begins.from,
                to: begins.from,
                step: 0.0,
            },
            random: random.bipolar(),
            lfos: [Turns::default(); LFOS],
            moved_s: Turns::default(),
            contours: [Contour::start(); ENVELOPES],
            passed: Instant::default(),
            kept: None,
            channel: usize::from(begins.channel) % CHANNELS,
            until_tick: common.tick.samples,
            ask: self.ask,
        };
        self.glide_to(begins.pitch, common);
        self.ask = self.ask(common, 0);
    }

    /// What is asked until the next tick.
    pub(crate) fn asked(&self) -> &Ask {
        &self.ask
    }

    /// The pitch that is played now, without bend.
    pub(crate) fn pitch(&self) -> f64 {
        self.way.now
    }

    /// The note goes to another pitch.
    pub(crate) fn glide_to(&mut self, pitch: f64, common: &Common) {
        let way = &mut self.way;
        let ticks = (common.controls.playing.glide.time_s / common.tick.seconds).round();
        way.to = pitch;
        way.step = (way.to - way.now) / f64::from(ticks.max(1.0));
        if ticks < 1.0 {
            way.now = pitch;
        }
    }

    /// The note is tuned so many semitones higher.
    pub(crate) fn retune(&mut self, semitones: f64) {
        self.way.now += semitones;
        self.way.to += semitones;
    }

    /// The note goes on on another channel.
    pub(crate) fn go_on(&mut self, channel: u8) {
        self.channel = usize::from(channel) % CHANNELS;
        self.kept = None;
        // What the host modulated was the note before.
        (self.finger.latents, self.finger.morph) = ([None; LATENTS], None);
    }

    /// The finger leaves the key: in a zone the channel is another note's from now on.
    pub(crate) fn leave_channel(&mut self, common: &Common) {
        let channel = u8::try_from(self.channel).unwrap_or(0);
        if common.controls.playing.zones.master_of(channel).is_some() && self.kept.is_none() {
            self.kept = Some(common.felt[self.channel]);
        }
    }

    /// The player moves this note.
    pub(crate) fn feel(&mut self, touch: Touch) {
        self.finger.feel(touch);
    }

    /// The key comes up, or the pedal: the envelopes come down.
    pub(crate) fn release(&mut self, common: &Common) {
        self.contours = self.contours.map(Contour::release);
        self.leave_channel(common);
    }

    /// The samples until the next tick, at most `count`; they count as played. `passed` samples of
    /// the part have been played before. True where a tick falls before them.
    pub(crate) fn advance(
        &mut self,
        common: &Common,
        passed: usize,
        count: usize,
    ) -> (usize, bool) {
        let ticks = self.until_tick == 0;
        if ticks {
            self.until_tick = common.tick.samples;
            self.tick(common, passed);
        }
        let now = count.min(self.until_tick);
        self.until_tick -= now;
        (now, ticks)
    }

    fn tick(&mut self, common: &Common, passed: usize) {
        let tick = common.tick;
        self.pass(tick.seconds);
        for (own, lfo) in self.lfos.iter_mut().zip(&common.lfos) {
            *own = own.after(lfo.step, tick.samples);
        }
        self.moved_s = self.moved_s.after(common.movement.step, tick.samples);
        for (contour, rates) in self.contours.iter_mut().zip(&common.envelopes) {
            contour.next(rates);
        }
        let way = &mut self.way;
        way.now = if (way.to - way.now).abs() <= way.step.abs() * 1.000_001 {
            way.to
        } else {
            way.now + way.step
        };
        self.ask = self.ask(common, passed);
    }

    /// Time passes, as it has been asked.
    fn pass(&mut self, seconds: f32) {
        let time = &self.ask.performance.time;
        let passed = &mut self.passed;
        passed.since_onset_s += seconds;
        passed.own_s = if time.frozen {
            time.point_s
        } else {
            passed.own_s + seconds * time.speed
        };
    }

    /// How far the note has come.
    pub(crate) fn instant(&self) -> Instant {
        self.passed
    }

    /// All that this moment asks of the voice.
    fn ask(&self, common: &Common, passed: usize) -> Ask {
        let controls = common.controls;
        let felt = self.kept.unwrap_or(common.felt[self.channel]);
        let (finger, place) = (&self.finger, &self.begins.place);
        let unison = &controls.playing.unison;
        let own = self.modulated(common);
        let all = &controls.modulated.latents;
        let mut knobs: [f32; LATENTS] =
            std::array::from_fn(|latent| common.knobs[latent] - all[latent]);
        if controls.movement.course != Course::Off {
            self.follow_movement(&mut knobs, common, passed);
        }
        for (knob, (away, modulated)) in knobs.iter_mut().zip(place.away.iter().zip(own)) {
            *knob += unison.spread * away + modulated;
        }
        let mut performance = controls.performance;
        performance.vibrato.depth_cents += VIBRATO_CENTS * (common.wheel + finger.vibrato);
        let moved = Moved {
            knobs,
            performance,
            semitones: finger.tuning + place.across * unison.detune_cents / 200.0,
            gain: place.gain * finger.gain * finger.expression * finger.expression * felt.gain,
            pan: finger.pan + place.aside * unison.width,
            morph: match finger.morph {
                Some(own) => controls.morph - controls.modulated.morph + MORPH_SLOTS * own,
                None => controls.morph,
            },
        };
        let slots = &controls.modulation.slots;
        let moved = moved.by(slots, |source| self.source(source, common, &felt, passed));
        let bend = felt.bend_semitones + controls.fine_cents / 100.0 + moved.semitones;
        let mut ask = Ask {
            knobs: moved.knobs,
            phase: controls.phase,
            chroma: controls.chroma,
            performance: moved.performance,
            economy: controls.economy,
            rates: common.rates,
            glide: self.way.now - self.begins.pitch,
            goal: self.way.to - self.begins.pitch,
            bend: f64::from(bend),
            sides: sides(moved.gain, moved.pan),
            morph: moved.morph,
        };
        if ask.economy {
            ask.performance.width = 0.0;
            ask.phase = ask.phase.cheaper();
        }
        ask
    }

    /// How far the host modulates each knob: for this note alone, or else for all.
    fn modulated(&self, common: &Common) -> [f32; LATENTS] {
        let all = &common.controls.modulated.latents;
        std::array::from_fn(|latent| self.finger.latents[latent].unwrap_or(all[latent]))
    }

    /// Takes the knobs to where the movement is, as far as is asked.
    fn follow_movement(&self, knobs: &mut [f32; LATENTS], common: &Common, passed: usize) {
        let (trajectory, movement) = (common.trajectory, &common.controls.movement);
        let length_s = f64::from(trajectory.length_s());
        let passed_s = if movement.is_common {
            let beat = common.clock.beats(passed);
            let Turning { turns, step } = common.movement;
            movement.passed_s(trajectory, beat, turns.after(step, passed).count())
        } else {
            self.moved_s.count()
        };
        let place_s = narrow(movement.course.place_s(passed_s, length_s));
        for (latent, knob) in knobs.iter_mut().enumerate() {
            if let Some(value) = trajectory.value(latent, place_s) {
                *knob += movement.depth * (value - *knob);
            }
        }
    }

    /// Where a source stands.
    fn source(&self, source: Source, common: &Common, felt: &Felt, passed: usize) -> f32 {
        match source {
            Source::Off => 0.0,
            Source::Velocity => self.begins.velocity,
            Source::Key => modulation::key(narrow(self.way.now)),
            Source::Pressure => felt.pressure.max(self.finger.pressure),
            Source::Slide => (felt.slide + self.finger.slide).clamp(-1.0, 1.0),
            Source::Wheel => common.wheel,
            Source::Random => self.random,
            Source::Lfo(index) => self.lfo(index % LFOS, common, passed),
            Source::Envelope(index) => self.contours[index % ENVELOPES].level(),
        }
    }

    /// How high an oscillator stands.
    fn lfo(&self, index: usize, common: &Common, passed: usize) -> f32 {
        let lfo = &common.controls.modulation.lfos[index];
        let turns = self.turns(index, common, passed).and(lfo.phase);
        self.coming_in(lfo) * turns.height(lfo.shape, lfo.seed)
    }

    /// How far it has turned, without its phase.
    fn turns(&self, index: usize, common: &Common, passed: usize) -> Turns {
        let lfo = &common.controls.modulation.lfos[index];
        let turning = &common.lfos[index];
        match lfo.beats {
            _ if !lfo.is_common => self.lfos[index],
            Some(beats) => Turns::new(common.clock.beats(passed) / f64::from(beats)),
            None => turning.turns.after(turning.step, passed),
        }
    }

    /// Where its oscillators and envelopes stand after a part of so many samples.
    pub(crate) fn movers(&self, common: &Common, passed: usize) -> Movers {
        Movers {
            lfos: std::array::from_fn(|index| {
                let turns = self.turns(index, common, passed);
                (turns.count(), self.lfo(index, common, passed))
            }),
            envelopes: self
                .contours
                .map(|contour| (contour.stage(), contour.level())),
        }
    }

    /// Where it is in a movement of its own, in seconds.
    pub(crate) fn moved_s(&self) -> f64 {
        self.moved_s.count()
    }

    /// How far an oscillator has come in, 0…1.
    fn coming_in(&self, lfo: &Lfo) -> f32 {
        if lfo.fade_s > 0.0 {
            (self.passed.since_onset_s / lfo.fade_s).min(1.0)
        } else {
            1.0
        }
    }
}

/// Gains of left and right: equal power, nothing lost in the middle.
fn sides(gain: f32, pan: f32) -> [f32; 2] {
    if pan == 0.0 {
        return [gain; 2];
    }
    let (sine, cosine) = ((pan + 1.0) * std::f32::consts::FRAC_PI_4).sin_cos();
    [cosine, sine].map(|side| gain * std::f32::consts::SQRT_2 * side)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The middle is untouched, a side is that side alone, and the power stays the same.
    #[test]
    fn panning_keeps_the_power() {
        assert_eq!(sides(0.5, 0.0), [0.5; 2]);
        let [left, right] = sides(1.0, -1.0);
        assert!((left - 2f32.sqrt()).abs() < 1e-6 && right.abs() < 1e-6);
        for step in -10i8..=10 {
            let [left, right] = sides(1.0, f32::from(step) / 10.0);
            assert!((left * left + right * right - 2.0).abs() < 1e-5, "{step}");
        }
    }
}
