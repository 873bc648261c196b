//! What the player sets: one plain struct, taken whole at the start of every call.
//!
//! ```text
//!  latents, sound, envelope, performance ─┐
//!  playing (mode, glide, unison, zones) ──┼─► Controls ─► sane ─► engine
//!  modulation (LFOs, envelopes, slots) ───┤
//!  movement (how a recorded one is played)┘
//! ```

mod modulation;
mod movement;
mod playing;

pub use modulation::{ENVELOPES, LFOS, Lfo, Modulation, SLOTS, Shape, Slot, Source, Target};
pub use movement::{Course, Movement};
pub use playing::{Glide, MOST_UNISON, PlayMode, Playing, Unison, Zones};

/// Knobs that the engine follows. A model with fewer latents leaves the rest unread.
pub const LATENTS: usize = 8;
/// Slots that models are fitted into.
pub const MODELS: usize = 4;
/// Where the last one is heard alone.
pub(crate) const MORPH_END: f32 = 3.0;
const _: () = assert!(MODELS == 4, "three ways between four");
/// The most notes that may sound at once.
pub const MAX_VOICES: usize = 64;
/// The most notes that a frame decoder can play at once: of the worst block's time they take three
/// fifths, and at 4096 points each keeps 88 kB.
pub const MAX_FRAME_VOICES: usize = 16;
/// How many of them can be [`PhaseMode::Refined`]: 11 would fill the worst block, and each keeps
/// 178 kB more. With both numbers another instance takes less than 4 MiB.
pub const MAX_REFINED_VOICES: usize = 5;

/// Everything that the player sets. Copied in; never read halfway through a call.
///
/// Any number may arrive here, NaN too: [`Controls::sane`] is what the engine plays by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controls {
    /// Knob positions, 0…1.
    pub latents: [f32; LATENTS],
    /// Which of the fitted models are heard: 0 (the first) … 3 (the fourth), two of them in between.
    pub morph: f32,
    /// What of both is the host's modulation of all notes.
    pub modulated: Modulated,
    /// Which pitch class conditions the decoder.
    pub chroma: ChromaSource,
    /// Where the phase of a frame decoder comes from.
    pub phase: PhaseMode,
    /// Transposition in octaves, −4…4; a note keeps the one that it was struck with.
    pub octave: i32,
    /// Fine tuning in cents, −100…100.
    pub fine_cents: f32,
    /// The loudness contour of a note.
    pub envelope: Envelope,
    /// How much velocity moves the loudness, 0 (not at all) to 1.
    pub velocity_amount: f32,
    /// Semitones of a full pitch bend, 0…48.
    pub bend_range_semitones: f32,
    /// What a decoder of partials lets the player do beside the latents.
    pub performance: Performance,
    /// How keys become notes.
    pub playing: Playing,
    /// What moves by itself or by touch.
    pub modulation: Modulation,
    /// How a recorded movement is played.
    pub movement: Movement,
    /// Whether to save work where it is heard least: both channels alike, the next cheaper phase,
    /// decoders of partials asked half as often.
    pub economy: bool,
    /// Output gain, linear, 0…4.
    pub gain: f32,
    /// How many notes may sound at once, 1…[`MAX_VOICES`]; of a frame decoder no more than
    /// [`MAX_FRAME_VOICES`] do.
    pub voice_limit: usize,
}

/// How far the host's modulation of all notes has moved what it can also modulate note by note. A
/// note that it does modulate by itself goes its own way instead.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Modulated {
    /// Of the knobs, −1…1.
    pub latents: [f32; LATENTS],
    /// Between the models, −3…3.
    pub morph: f32,
}

/// What can be done with partials at known frequencies. Frame decoders leave all of it unread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Performance {
    /// How a note's own time runs.
    pub time: Time,
    /// The pitch swinging.
    pub vibrato: Vibrato,
    /// How far each note wanders from its pitch on its own, in cents, 0…50.
    pub drift_cents: f32,
    /// Gain of the noise, linear, 0…4; 1 is the model's own.
    pub noise: f32,
    /// How much of the strings' and bars' stretched tuning of partials is kept, 0…4; 1 is the
    /// model's own.
    pub inharmonicity: f32,
    /// How much of the sounds' own deviation from their nominal pitch is kept, 0…1.
    pub natural_tuning: f32,
    /// Slope laid over the spectrum, in dB per octave, −6…6; the level stays.
    pub tilt_db_per_octave: f32,
    /// Distance of the note that the decoder is told from the note played, in semitones, −24…24.
    pub formant_semitones: f32,
    /// How much of bend and glide the note that the decoder is told follows, 0…1.
    pub formant_follow: f32,
    /// How far apart the channels are, 0…1.
    pub width: f32,
}

/// How a note's own time runs: its attack, its decay, what happens while it is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Time {
    /// Seconds of the sound per second, ¼…4.
    pub speed: f32,
    /// Whether the sound stands still at `point_s`.
    pub frozen: bool,
    /// Where it stands when frozen, in seconds after its onset, 0…60.
    pub point_s: f32,
}

/// The pitch swinging around itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vibrato {
    /// Swings per second, 0.1…12.
    pub rate_hz: f32,
    /// Largest deviation in cents, 0…200.
    pub depth_cents: f32,
    /// Time after the onset at which it has come in half way, in seconds, 0…5.
    pub delay_s: f32,
    /// How irregular rate and depth are, 0…1.
    pub jitter: f32,
}

/// Which pitch class conditions the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChromaSource {
    /// That of the note played.
    Played,
    /// Always this one (0 = C … 11 = B): the pitch follows the key, the timbre stays.
    Fixed(u8),
}

/// Where the phase of a frame decoder comes from: the table in [`crate::phase`] tells how they
/// sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseMode {
    /// Integrated from the magnitude's gradient: steady, in tune.
    Gradient,
    /// Stored white-noise phase: every partial becomes a breath of noise around its pitch.
    StoredNoise,
    /// Integrated, then made to agree with the frames around it; knobs are heard three frames
    /// later. A note keeps to it, or does without, from its beginning on; a note that begins while
    /// [`MAX_REFINED_VOICES`] others sound does without.
    Refined,
    /// Each lobe turned on by itself.
    PeakLock,
    /// The published single pass: detuned by cents, and noise buzzes.
    SinglePass,
    /// No phase at all: a train of pulses at the frame rate.
    Zero,
    /// Another phase for every bin and frame: whispered, and seamed at the frame rate.
    Random,
}

impl PhaseMode {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Gradient,
        Self::StoredNoise,
        Self::Refined,
        Self::PeakLock,
        Self::SinglePass,
        Self::Zero,
        Self::Random,
    ];

    /// Its name in files and on command lines: small letters, words joined by underscores.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gradient => "gradient",
            Self::StoredNoise => "stored_noise",
            Self::Refined => "refined",
            Self::PeakLock => "peak_lock",
            Self::SinglePass => "single_pass",
            Self::Zero => "zero",
            Self::Random => "random",
        }
    }

    /// The next cheaper kind, if there is one.
    pub(crate) fn cheaper(self) -> Self {
        match self {
            Self::Refined => Self::Gradient,
            Self::Gradient => Self::PeakLock,
            cheap => cheap,
        }
    }

    /// The mode of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Attack, decay, sustain, release.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envelope {
    /// Time to full level in seconds, 0…10.
    pub attack_s: f32,
    /// Time constant of the fall to the sustain level, as the time to come within 1 %, 0…20 s.
    pub decay_s: f32,
    /// Level held, 0…1.
    pub sustain: f32,
    /// Time to fall by 60 dB after the key is let go, in seconds, 0…20.
    pub release_s: f32,
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            latents: [0.5; LATENTS],
            morph: 0.0,
            modulated: Modulated::default(),
            chroma: ChromaSource::Played,
            phase: PhaseMode::Gradient,
            octave: 0,
            fine_cents: 0.0,
            envelope: Envelope {
                attack_s: 0.0,
                decay_s: 0.5,
                sustain: 1.0,
                release_s: 0.25,
            },
            velocity_amount: 0.7,
            bend_range_semitones: 2.0,
            performance: Performance::default(),
            playing: Playing::default(),
            modulation: Modulation::default(),
            movement: Movement::default(),
            economy: false,
            gain: 1.0,
            voice_limit: 16,
        }
    }
}

impl Default for Performance {
    fn default() -> Self {
        Self {
            time: Time {
                speed: 1.0,
                frozen: false,
                point_s: 0.5,
            },
            vibrato: Vibrato {
                rate_hz: 5.5,
                depth_cents: 0.0,
                delay_s: 0.4,
                jitter: 0.3,
            },
            drift_cents: 0.0,
            noise: 1.0,
            inharmonicity: 1.0,
            natural_tuning: 0.0,
            tilt_db_per_octave: 0.0,
            formant_semitones: 0.0,
            formant_follow: 0.5,
            width: 0.5,
        }
    }
}

impl Envelope {
    fn sane(mut self, usual: Self) -> Self {
        self.attack_s = within(self.attack_s, 0.0, 10.0, usual.attack_s);
        self.decay_s = within(self.decay_s, 0.0, 20.0, usual.decay_s);
        self.sustain = within(self.sustain, 0.0, 1.0, usual.sustain);
        self.release_s = within(self.release_s, 0.0, 20.0, usual.release_s);
        self
    }
}

impl Performance {
    /// The same with every number in its range; NaN becomes the default.
    pub(crate) fn sane(mut self) -> Self {
        let usual = Self::default();
        let (time, vibrato) = (&mut self.time, &mut self.vibrato);
        time.speed = within(time.speed, 0.25, 4.0, usual.time.speed);
        time.point_s = within(time.point_s, 0.0, 60.0, usual.time.point_s);
        vibrato.rate_hz = within(vibrato.rate_hz, 0.1, 12.0, usual.vibrato.rate_hz);
        vibrato.depth_cents = within(vibrato.depth_cents, 0.0, 200.0, 0.0);
        vibrato.delay_s = within(vibrato.delay_s, 0.0, 5.0, usual.vibrato.delay_s);
        vibrato.jitter = within(vibrato.jitter, 0.0, 1.0, usual.vibrato.jitter);
        self.drift_cents = within(self.drift_cents, 0.0, 50.0, 0.0);
        self.noise = within(self.noise, 0.0, 4.0, usual.noise);
        self.inharmonicity = within(self.inharmonicity, 0.0, 4.0, usual.inharmonicity);
        self.natural_tuning = within(self.natural_tuning, 0.0, 1.0, 0.0);
        self.tilt_db_per_octave = within(self.tilt_db_per_octave, -6.0, 6.0, 0.0);
        self.formant_semitones = within(self.formant_semitones, -24.0, 24.0, 0.0);
        self.formant_follow = within(self.formant_follow, 0.0, 1.0, usual.formant_follow);
        self.width = within(self.width, 0.0, 1.0, usual.width);
        self
    }
}

impl Controls {
    /// The same controls with every number in its range; NaN becomes the default.
    #[must_use]
    pub fn sane(&self) -> Self {
        let usual = Self::default();
        let mut sane = *self;
        for (value, fallback) in sane.latents.iter_mut().zip(usual.latents) {
            *value = within(*value, 0.0, 1.0, fallback);
        }
        sane.morph = within(sane.morph, 0.0, MORPH_END, usual.morph);
        for value in &mut sane.modulated.latents {
            *value = within(*value, -1.0, 1.0, 0.0);
        }
        sane.modulated.morph = within(sane.modulated.morph, -MORPH_END, MORPH_END, 0.0);
        if let ChromaSource::Fixed(class) = sane.chroma {
            sane.chroma = ChromaSource::Fixed(class % 12);
        }
        sane.octave = sane.octave.clamp(-4, 4);
        sane.fine_cents = within(sane.fine_cents, -100.0, 100.0, 0.0);
        sane.envelope = sane.envelope.sane(usual.envelope);
        sane.velocity_amount = within(sane.velocity_amount, 0.0, 1.0, usual.velocity_amount);
        sane.bend_range_semitones = within(
            sane.bend_range_semitones,
            0.0,
            48.0,
            usual.bend_range_semitones,
        );
        sane.performance = sane.performance.sane();
        sane.playing = sane.playing.sane();
        sane.modulation = sane.modulation.sane();
        sane.movement = sane.movement.sane();
        sane.gain = within(sane.gain, 0.0, 4.0, usual.gain);
        sane.voice_limit = sane.voice_limit.clamp(1, MAX_VOICES);
        sane
    }
}

fn within(value: f32, low: f32, high: f32, fallback: f32) -> f32 {
    if value.is_nan() {
        fallback
    } else {
        value.clamp(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No two modes have one name, and a name leads back to its mode.
    #[test]
    fn modes_are_found_by_their_names() {
        for mode in PhaseMode::ALL {
            assert_eq!(PhaseMode::named(mode.name()), Some(mode));
        }
        assert_eq!(PhaseMode::named("loud"), None);
    }

    /// Whatever a host sends, what is played by lies in the documented ranges.
    #[test]
    fn wild_numbers_are_tamed() {
        for wild in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30] {
            let controls = Controls {
                latents: [wild; LATENTS],
                morph: wild,
                chroma: ChromaSource::Fixed(255),
                octave: i32::MIN,
                fine_cents: wild,
                envelope: Envelope {
                    attack_s: wild,
                    decay_s: wild,
                    sustain: wild,
                    release_s: wild,
                },
                velocity_amount: wild,
                bend_range_semitones: wild,
                performance: Performance {
                    time: Time {
                        speed: wild,
                        frozen: true,
                        point_s: wild,
                    },
                    vibrato: Vibrato {
                        rate_hz: wild,
                        depth_cents: wild,
                        delay_s: wild,
                        jitter: wild,
                    },
                    drift_cents: wild,
                    noise: wild,
                    inharmonicity: wild,
                    natural_tuning: wild,
                    tilt_db_per_octave: wild,
                    formant_semitones: wild,
                    formant_follow: wild,
                    width: wild,
                },
                gain: wild,
                voice_limit: usize::MAX,
                ..Controls::default()
            };
            let sane = controls.sane();
            assert!(
                sane.latents.iter().all(|v| (0.0..=1.0).contains(v)),
                "{wild}"
            );
            assert!((0.0..=4.0).contains(&sane.gain) && sane.voice_limit == MAX_VOICES);
            assert!((0.0..=3.0).contains(&sane.morph));
            assert!((0.0..=10.0).contains(&sane.envelope.attack_s));
            assert_eq!((sane.chroma, sane.octave), (ChromaSource::Fixed(3), -4));
            let performance = sane.performance;
            assert!((0.25..=4.0).contains(&performance.time.speed));
            assert!((-6.0..=6.0).contains(&performance.tilt_db_per_octave));
            assert_eq!(sane.sane(), sane);
        }
    }
}
