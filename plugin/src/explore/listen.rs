//! Listening to a sound that nobody hears: two notes through an engine of its own.
//!
//! ```text
//!  Sound ─► controls ─► Engine: C3, C5 ─► level, peak (at a gain of 1), pitch of C5 ─► Heard
//!  Heard of the present sound, Heard of a draw ─► Verdict: gain that makes them equally loud, or not
//! ```
//!
//! The engine is as the instrument's own, with the same models; it plays at a gain so low that the
//! limiter leaves it alone.

use crate::library::{Found, Slots, factory};
use crate::parameters::Parameters;
use crate::snapshot;
use crate::sound::Sound;
use betwixt_engine::{Controls, Engine, Event, EventKind, Fitting, MODELS, Note, Settings, Timbre};
use betwixt_spectral::number::{index, narrow};
use std::f64::consts::TAU;

/// The rate at which is listened.
const RATE_HZ: f32 = 44_100.0;
/// The keys: C3 and C5.
const KEYS: [u8; 2] = [48, 72];
/// How long a key is held, in seconds, beside its attack, of which no more than this counts.
const HELD_S: f32 = 0.6;
const LONGEST_ATTACK_S: f32 = 1.5;
/// The gain at which is listened, in decibels.
const GAIN_DB: f32 = -20.0;
/// What is quieter is silence, in decibels of the mean power.
const SILENCE_DB: f32 = -60.0;
/// The limiter begins here.
const CEILING_DB: f32 = -3.0;
/// The most that the gain can do, in decibels.
const MOST_GAIN_DB: f32 = 12.0;
/// A draw is as loud as the sound before within this, in decibels.
pub(super) const NEAR_DB: f32 = 2.0;
/// A draw is in tune with the sound before within this, in cents.
pub(super) const IN_TUNE_CENTS: f64 = 12.0;

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Heard {
    /// Mean power of both notes at a gain of 0 dB, in decibels.
    pub(super) level_db: f32,
    /// Largest sample at a gain of 0 dB, in decibels.
    pub(super) peak_db: f32,
    /// From the pitch of the key, in cents; none where no partial is clear.
    pub(super) cents: Option<f64>,
}

/// Whoever listens.
pub(super) struct Ear {
    engine: Engine,
    scratch: Parameters,
}

impl Ear {
    /// With these models; a slot whose model is not there is silent.
    pub(super) fn new(found: &[Found; MODELS], sound: &Sound) -> Self {
        let settings = Settings {
            sample_rate_hz: RATE_HZ,
            seed: 1,
        };
        let mut engine = Engine::empty(settings);
        for (slot, found) in found.iter().enumerate() {
            match found {
                Found::Here(loaded) => {
                    let timbre = Timbre::new(std::sync::Arc::clone(&loaded.decoder), settings);
                    engine.install(slot, Fitting::Model(Box::new(timbre)));
                }
                Found::Empty => {}
                Found::Sought | Found::Missing(_) => engine.install(slot, Fitting::Missing),
            }
        }
        drop(engine.follow_trajectory(sound.movement.trajectory()));
        let header = &factory()[0].description.header;
        let slots = Slots::new(crate::library::default_model());
        Self {
            engine,
            scratch: Parameters::new(header, slots),
        }
    }

    /// Plays a sound, at a gain of its own.
    pub(super) fn controls(&self, sound: &Sound) -> Controls {
        // Held as by controllers: parameters themselves only hosts can move.
        for (place, entry) in self.scratch.table().iter().enumerate() {
            if let Some(value) = sound.values.get(place).copied().flatten() {
                let position = value.position(entry.kind);
                self.scratch.controllers.take(place, position);
            }
        }
        Controls {
            gain: 10f32.powf(GAIN_DB / 20.0),
            ..snapshot::heard(&self.scratch).controls
        }
    }

    /// Listens to a sound.
    pub(super) fn hear(&mut self, sound: &Sound) -> Heard {
        let controls = self.controls(sound);
        let [mut power, mut samples, mut peak] = [0.0f64; 3];
        let mut cents = None;
        for key in KEYS {
            let [left, right] = self.note(&controls, key);
            for sample in left.iter().chain(&right) {
                let sample = f64::from(*sample);
                power += sample * sample;
                peak = peak.max(sample.abs());
            }
            samples += count(left.len() + right.len());
            cents = self::cents(&left, pitch(&controls, key));
        }
        let decibels = |power: f64| narrow(10.0 * power.max(1e-12).log10()) - GAIN_DB;
        Heard {
            level_db: decibels(power / samples),
            peak_db: decibels(peak * peak),
            cents,
        }
    }

    /// One note in both channels, from its beginning until it would be let go.
    pub(super) fn note(&mut self, controls: &Controls, key: u8) -> [Vec<f32>; 2] {
        let held_s = HELD_S + controls.envelope.attack_s.min(LONGEST_ATTACK_S);
        let len = index(f64::from(held_s * RATE_HZ));
        let (mut left, mut right) = (vec![0.0; len], vec![0.0; len]);
        let note = Note {
            id: None,
            channel: 0,
            key,
        };
        let strike = Event {
            offset_samples: 0,
            kind: EventKind::NoteOn {
                note,
                velocity: 100.0 / 127.0,
            },
        };
        self.engine.reset();
        self.engine
            .process(controls, &[strike], &mut left, &mut right);
        [left, right]
    }
}

impl Heard {
    /// Whether nothing is heard at a gain, in decibels.
    pub(super) fn is_silent(&self, gain_db: f32) -> bool {
        self.level_db + gain_db < SILENCE_DB
    }

    /// The gain that makes a draw as loud as this sound at its own, in decibels, and how far it stays
    /// from that. The peak stays below the limiter, or where it was.
    pub(super) fn gain_for(&self, draw: &Self, gain_db: f32) -> (f32, f32) {
        let ceiling = CEILING_DB.max(self.peak_db + gain_db);
        let wanted = gain_db + self.level_db - draw.level_db;
        let gain = wanted.min(ceiling - draw.peak_db).min(MOST_GAIN_DB);
        (gain, (gain - wanted).abs())
    }

    /// Whether both have the same pitch, as far as that is clear.
    pub(super) fn is_in_tune_with(&self, other: &Self) -> bool {
        let pair = self.cents.zip(other.cents);
        pair.is_none_or(|(own, other)| (own - other).abs() <= IN_TUNE_CENTS)
    }
}

/// The frequency that a key is to have.
pub(super) fn pitch(controls: &Controls, key: u8) -> f64 {
    let note = f64::from(key) + 12.0 * f64::from(controls.octave);
    let note = note + f64::from(controls.fine_cents) / 100.0;
    440.0 * ((note - 69.0) / 12.0).exp2()
}

/// How far the strongest of the first partials lies from where it should, in cents: the turning of
/// its phase between windows of the sound's later part. None where none is clear.
pub(super) fn cents(sound: &[f32], hz: f64) -> Option<f64> {
    const WINDOW: usize = 4_096;
    const HOP: usize = 512;
    /// A partial this far below the whole is not clear, as power.
    const CLEAR: f64 = 0.02;
    let from = sound.len() / 4;
    let late = &sound[from..];
    let rate = f64::from(RATE_HZ);
    if late.len() < 2 * WINDOW || hz < 4.0 * rate / count(WINDOW) {
        return None;
    }
    let whole: f64 = late.iter().map(|x| f64::from(*x).powi(2)).sum();
    let whole = whole / count(late.len());
    let partial = |number: f64| {
        let turns = |at: usize| TAU * number * hz * count(at) / rate;
        let window = |at: usize| {
            let weight = |i: usize| 0.5 - 0.5 * (TAU * (count(i) + 0.5) / count(WINDOW)).cos();
            let parts = (0..WINDOW).map(|i| {
                let (sin, cos) = turns(at + i).sin_cos();
                let value = weight(i) * f64::from(late[at + i]);
                [value * cos, -value * sin]
            });
            parts.fold([0.0, 0.0], |sum, part| [sum[0] + part[0], sum[1] + part[1]])
        };
        let windows: Vec<[f64; 2]> = (0..=late.len() - WINDOW).step_by(HOP).map(window).collect();
        let mut turned = [0.0; 2];
        for pair in windows.windows(2) {
            let [[a, b], [c, d]] = [pair[0], pair[1]];
            turned = [turned[0] + a * c + b * d, turned[1] + a * d - b * c];
        }
        let power: f64 = windows.iter().map(|[a, b]| a * a + b * b).sum();
        // Of a sine of amplitude 1 a window has half its sum of weights, WINDOW / 4.
        let power = 0.5 * power / count(windows.len()) / (count(WINDOW) / 4.0).powi(2);
        let off_hz = turned[1].atan2(turned[0]) * rate / (TAU * count(HOP));
        (power, 1_200.0 * (1.0 + off_hz / (number * hz)).log2())
    };
    let partials = [1.0, 2.0, 3.0].map(partial);
    let (power, cents) = partials.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    (power > CLEAR * whole && whole > 0.0).then_some(cents)
}

/// A count to reckon with.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
