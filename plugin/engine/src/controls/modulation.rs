//! What moves what: sources, targets, and the slots that join them.
//!
//! ```text
//!  LFOs, envelopes, touch ─► slot (source × depth) ─► latents, performance, pitch, level, pan
//! ```

use super::{Envelope, LATENTS, within};

/// Sources that are joined with targets.
pub const SLOTS: usize = 16;
/// Low-frequency oscillators of a voice.
pub const LFOS: usize = 2;
/// Envelopes of a voice beside its loudness.
pub const ENVELOPES: usize = 2;

/// Everything that moves a voice by itself or by touch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modulation {
    /// Its oscillators.
    pub lfos: [Lfo; LFOS],
    /// Its envelopes.
    pub envelopes: [Envelope; ENVELOPES],
    /// What they move, and what touch moves.
    pub slots: [Slot; SLOTS],
}

/// One thing that moves another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// What moves.
    pub source: Source,
    /// What is moved.
    pub target: Target,
    /// How far, as a share of the target's way ([`Target`]), −1…1.
    pub depth: f32,
}

/// What moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nothing.
    Off,
    /// How hard the key was struck, 0…1.
    Velocity,
    /// The note's pitch, ±1 five octaves above and below middle C.
    Key,
    /// Pressure on the key or the channel, 0…1.
    Pressure,
    /// Place along the key (slide, brightness), −1…1.
    Slide,
    /// The modulation wheel, 0…1.
    Wheel,
    /// Another number for every voice, −1…1.
    Random,
    /// An oscillator, −1…1.
    Lfo(usize),
    /// An envelope, 0…1.
    Envelope(usize),
}

/// What is moved, and how far a source of 1 at full depth takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A latent, by the whole of its range.
    Latent(usize),
    /// The pitch, by an octave.
    Pitch,
    /// The loudness, by 24 dB.
    Level,
    /// The place between left and right, from the middle to one side.
    Pan,
    /// The speed of the sound's time, by a factor of four.
    Speed,
    /// Where a frozen sound stands, by five seconds.
    FreezePoint,
    /// The vibrato's rate, by a factor of four.
    VibratoRate,
    /// The vibrato's depth, by 100 cents.
    VibratoDepth,
    /// The drift, by 50 cents.
    Drift,
    /// The noise, by a factor of four.
    Noise,
    /// The inharmonicity, by a factor of four.
    Inharmonicity,
    /// The natural tuning, by all of it.
    NaturalTuning,
    /// The tilt, by 6 dB per octave.
    Tilt,
    /// The formant, by two octaves.
    Formant,
    /// The width, by all of it.
    Width,
    /// The morph between the models, by all of its way.
    Morph,
}

/// A low-frequency oscillator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lfo {
    /// Its course.
    pub shape: Shape,
    /// Turns per second where no length is given in beats, 0.01…30.
    pub rate_hz: f32,
    /// Length of a turn in beats of the host, 1/64…64.
    pub beats: Option<f32>,
    /// Where a turn begins, 0…1.
    pub phase: f32,
    /// Seconds in which it comes in after the onset, 0…10.
    pub fade_s: f32,
    /// Whether all voices turn together, with the host where a length is given in beats, rather
    /// than each from its onset on.
    pub is_common: bool,
    /// Which course the random shapes take.
    pub seed: u32,
}

/// The course of one turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// From the middle up.
    Sine,
    /// From the middle up, in straight lines.
    Triangle,
    /// Rises all the way, then falls at once.
    Rising,
    /// Falls all the way, then rises at once.
    Falling,
    /// Up for half of it, then down.
    Square,
    /// Another height each turn.
    Steps,
    /// The same, with smooth ways between.
    Wander,
}

impl Default for Modulation {
    /// What a player with an expressive keyboard expects: pressure moves the timbre, slide the
    /// brightness.
    fn default() -> Self {
        let lfo = Lfo {
            shape: Shape::Sine,
            rate_hz: 1.0,
            beats: None,
            phase: 0.0,
            fade_s: 0.0,
            is_common: false,
            seed: 0,
        };
        let envelope = Envelope {
            attack_s: 0.01,
            decay_s: 0.5,
            sustain: 0.0,
            release_s: 0.25,
        };
        let mut slots = [Slot {
            source: Source::Off,
            target: Target::Latent(0),
            depth: 0.0,
        }; SLOTS];
        slots[0] = Slot {
            source: Source::Pressure,
            target: Target::Latent(0),
            depth: 0.5,
        };
        slots[1] = Slot {
            source: Source::Slide,
            target: Target::Tilt,
            depth: 0.5,
        };
        Self {
            lfos: [lfo; LFOS],
            envelopes: [envelope; ENVELOPES],
            slots,
        }
    }
}

impl Modulation {
    pub(super) fn sane(mut self) -> Self {
        let usual = Self::default();
        for (lfo, usual) in self.lfos.iter_mut().zip(usual.lfos) {
            lfo.rate_hz = within(lfo.rate_hz, 0.01, 30.0, usual.rate_hz);
            lfo.beats = lfo.beats.map(|beats| within(beats, 1.0 / 64.0, 64.0, 1.0));
            lfo.phase = within(lfo.phase, 0.0, 1.0, usual.phase);
            lfo.fade_s = within(lfo.fade_s, 0.0, 10.0, usual.fade_s);
        }
        for (envelope, usual) in self.envelopes.iter_mut().zip(usual.envelopes) {
            *envelope = envelope.sane(usual);
        }
        for slot in &mut self.slots {
            slot.depth = within(slot.depth, -1.0, 1.0, 0.0);
            slot.source = match slot.source {
                Source::Lfo(index) if index >= LFOS => Source::Off,
                Source::Envelope(index) if index >= ENVELOPES => Source::Off,
                source => source,
            };
            if let Target::Latent(index) = slot.target {
                slot.target = Target::Latent(index.min(LATENTS - 1));
            }
        }
        self
    }
}
