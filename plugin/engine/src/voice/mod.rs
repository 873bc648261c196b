//! One note sounding: a mixture of models, its loudness, who holds it.
//!
//! ```text
//!  Strike ─► Part (touch, glide, LFOs) ─► Ask, every 2.7 ms
//!  Onset, Ask ─► Sources ─ frames:   FrameSource ─► Stream ─► resampler ──┐
//!                        └ partials: Story ─► Oscillators ─► Painter ─────┴─► × Loudness ─► mix
//! ```
//!
//! A voice's frame clock starts with its note, so it sounds at the note's own sample.
//!
//! *Real time:* everything is allocated by [`Voice::new`] and [`Sources::new`].

mod attack;
mod canvas;
mod decay;
mod envelope;
mod finger;
mod frames;
mod loudness;
mod magnitude;
mod mixture;
mod movement;
mod overlap;
mod part;
mod resampler;
pub(crate) mod smoother;
mod source;
mod sources;
mod story;
mod stream;
mod timbre;
mod unison;

use crate::controls::ChromaSource;
use crate::event::{Note, Touch};
use crate::telemetry::{Movers, Sounding, Spectrum};
use betwixt_model::ConditioningLayout;
pub(crate) use envelope::Rates;
pub(crate) use finger::Finger;
use loudness::Loudness;
use mixture::{Ingredient, Mixture};
use part::Part;
pub(crate) use part::{Ask, Beginning, Common, Instant, Tick, Turning};
pub(crate) use resampler::{TAPS, read_body};
use sources::Stretch;
pub(crate) use sources::{Begun, Sources};
pub use sources::{Fitting, Left};
pub(crate) use timbre::ROWS;
pub use timbre::Timbre;
pub(crate) use unison::Place;

/// Moments that any model decodes before a note can sound, at most.
pub(crate) const MOST_MOMENTS: usize = 3;
/// Ticks among which the voices are spread: when all take up a model at once, their first decodes
/// must not fall into one block.
const TURNS: usize = 8;

/// Who holds a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Nobody: it is free.
    Free,
    /// Its key is down.
    Key,
    /// Its key is up, but a pedal is down.
    Pedal,
    /// It is fading.
    Released,
}

/// One note sounding.
#[derive(Debug)]
pub(crate) struct Voice {
    /// Which one it is.
    index: usize,
    loudness: Loudness,
    part: Part,
    onset: Onset,
    mixture: Mixture,
    /// The mixture's shares at the ticks before the last one.
    was: [f32; 2],
    since_tick: usize,
    ticks: usize,
    pub(crate) note: Note,
    pub(crate) hold: Hold,
    /// Whether the sostenuto pedal has caught it.
    pub(crate) is_caught: bool,
    /// Counts up with every note of the engine: the order of the notes; the voices of one note
    /// share it.
    pub(crate) age: u64,
}

/// What starts a note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(crate) note: Note,
    /// What is played, in semitones.
    pub(crate) pitch: f64,
    /// Where its glide begins.
    pub(crate) from: f64,
    /// How hard, 0…1.
    pub(crate) velocity: f32,
    /// Loudness from velocity, linear.
    pub(crate) gain: f32,
    /// What has been done to the note before it sounds.
    pub(crate) finger: Finger,
    /// Which of the note's voices.
    pub(crate) place: Place,
}

/// A note's beginning, as its models see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onset {
    /// What is played, in semitones, without bend and fine tuning.
    pub(crate) pitch: f64,
    /// How hard, 0…1.
    pub(crate) velocity: f32,
    /// Where everything random begins.
    pub(crate) seed: u64,
}

impl Voice {
    /// A free voice at a host's rate.
    pub(crate) fn new(index: usize, sample_rate_hz: f32) -> Self {
        Self {
            index,
            loudness: Loudness::new(sample_rate_hz),
            part: Part::new(),
            onset: Onset {
                pitch: 0.0,
                velocity: 0.0,
                seed: 0,
            },
            mixture: Mixture::only(None),
            was: [0.0; 2],
            since_tick: 0,
            ticks: 0,
            note: Note {
                id: None,
                channel: 0,
                key: 0,
            },
            hold: Hold::Free,
            is_caught: false,
            age: 0,
        }
    }

    /// A key goes down; it sounds from [`Sources::begin`] on.
    pub(crate) fn start(
        &mut self,
        sources: &Sources,
        strike: &Strike,
        common: &Common,
        age: u64,
        seed: u64,
    ) {
        let begins = Beginning {
            pitch: strike.pitch,
            from: strike.from,
            velocity: strike.velocity,
            channel: strike.note.channel,
            finger: strike.finger,
            place: strike.place,
            seed,
        };
        self.part.start(begins, common);
        let ask = self.part.asked();
        self.onset = Onset {
            pitch: strike.pitch,
            velocity: strike.velocity,
            seed,
        };
        self.mixture = sources.target(ask.morph);
        self.was = [self.mixture.share; 2];
        (self.since_tick, self.ticks) = (0, 0);
        self.loudness.start(strike.gain, ask.sides);
        self.note = strike.note;
        self.hold = Hold::Key;
        self.is_caught = false;
        self.age = age;
    }

    /// What its models must know of its beginning.
    pub(crate) fn begun(&self) -> Begun<'_> {
        Begun {
            voice: self.index,
            mixture: self.mixture,
            onset: self.onset,
            ask: self.part.asked(),
        }
    }

    /// Whether a model is heard in it.
    pub(crate) fn has(&self, ingredient: Ingredient) -> bool {
        self.mixture.has(ingredient)
    }

    /// A model stands at another place from now on.
    pub(crate) fn exchange(&mut self, [old, new]: [Ingredient; 2]) {
        self.mixture = self.mixture.exchanged(old, new);
    }

    /// Another key takes the note over as it sounds.
    pub(crate) fn go_on(&mut self, note: Note, pitch: f64, common: &Common) {
        self.note = note;
        self.hold = Hold::Key;
        self.part.go_on(note.channel);
        self.part.glide_to(pitch, common);
    }

    /// The note is tuned so many semitones higher.
    pub(crate) fn retune(&mut self, semitones: f64) {
        self.part.retune(semitones);
    }

    /// The player moves this note.
    pub(crate) fn feel(&mut self, touch: Touch) {
        self.part.feel(touch);
    }

    /// The pitch that is played now, without bend, in semitones.
    pub(crate) fn pitch(&self) -> f64 {
        self.part.pitch()
    }

    /// The key comes up, a pedal holds the note.
    pub(crate) fn sustain(&mut self, common: &Common) {
        self.hold = Hold::Pedal;
        self.part.leave_channel(common);
    }

    /// The key comes up, or the pedal.
    pub(crate) fn release(&mut self, common: &Common) {
        self.hold = Hold::Released;
        self.loudness.release();
        self.part.release(common);
    }

    /// The note ends as fast as it can without a click.
    pub(crate) fn cut(&mut self) {
        self.hold = Hold::Released;
        self.loudness.cut();
    }

    /// How loud the voice is, for choosing whom to steal.
    pub(crate) fn level(&self) -> f32 {
        self.loudness.level()
    }

    /// What is shown of it; nothing, if it is free.
    pub(crate) fn show(&self) -> Option<Sounding> {
        (self.hold != Hold::Free).then(|| Sounding {
            key: self.note.key,
            channel: self.note.channel,
            is_held: matches!(self.hold, Hold::Key | Hold::Pedal),
            level: self.loudness.level(),
            latents: self.part.asked().knobs.map(|knob| knob.clamp(0.0, 1.0)),
        })
    }

    /// Where its oscillators and envelopes stand now.
    pub(crate) fn movers(&self, common: &Common) -> Movers {
        self.part.movers(common, 0)
    }

    /// Where it is in a movement of its own, in seconds.
    pub(crate) fn moved_s(&self) -> f64 {
        self.part.moved_s()
    }

    /// The amplitude heard between each two frequencies.
    pub(crate) fn picture(&self, sources: &Sources, edges_hz: &[f64], spectrum: &mut Spectrum) {
        sources.picture(self.index, &self.mixture, edges_hz, spectrum);
    }

    /// Adds the voice's next samples to both channels. Frees itself when it has faded, and tells
    /// after how many samples.
    pub(crate) fn render(
        &mut self,
        sources: &mut Sources,
        common: &Common,
        [left, right]: [&mut [f32]; 2],
    ) -> Option<usize> {
        let mut done = 0;
        while done < left.len() {
            let rest = left.len() - done;
            let (count, ticks) = self.part.advance(common, done, rest);
            if ticks {
                let sides = self.part.asked().sides;
                self.loudness.lean(sides, common.tick.samples);
                self.mix(sources);
            }
            let stretch = Stretch {
                mixture: self.mixture,
                was: self.was,
                passed: self.since_tick,
                tick: common.tick.samples,
                count,
            };
            self.since_tick += count;
            let ask = self.part.asked();
            let sound = sources.render(self.index, ask, &stretch);
            let part = done..done + count;
            let out = [&mut left[part.clone()], &mut right[part]];
            if let Some(last) = self.loudness.add(&ask.rates, sound, out) {
                self.hold = Hold::Free;
                return Some(done + last);
            }
            done += count;
        }
        None
    }

    /// The mixture without what has not been heard for two ticks.
    fn arrived(&self) -> Mixture {
        if self.was == [self.mixture.share; 2] {
            self.mixture.settled()
        } else {
            self.mixture
        }
    }

    /// At a tick: one step nearer to the mixture that is asked for.
    fn mix(&mut self, sources: &mut Sources) {
        self.since_tick = 0;
        self.ticks += 1;
        let before = self.arrived();
        let target = sources.target(self.part.asked().morph);
        let may_enter = (self.ticks + self.index).is_multiple_of(TURNS);
        if before.is_single() {
            self.was = [0.0; 2];
        }
        self.mixture = before.step(&target, may_enter);
        self.was = [self.was[1], before.share];
        if before.is_single() && !self.mixture.is_single() {
            sources.enter(&before, &self.begun(), self.part.instant());
        }
    }
}

impl ChromaSource {
    /// The trained key that a decoder is told for a pitch.
    fn key(self, layout: ConditioningLayout, pitch: f64) -> u8 {
        match self {
            Self::Played => layout.nearest_key(pitch),
            Self::Fixed(class) => layout.nearest_key_of_class(class, pitch),
        }
    }
}

/// Loudness of a velocity: its square, blended in by `amount`.
pub(crate) fn velocity_gain(velocity: f32, amount: f32) -> f32 {
    1.0 - amount + amount * velocity * velocity
}
