//! One note through the engine itself, as close to the bare model as its controls allow.
//!
//! ```text
//!  Take (knobs, key, velocity, seconds) ─► Engine at 44.1 kHz ─► [samples], from the note's own
//! ```
//!
//! Velocity only colours: the loudness of a real note is no part of a model. Vibrato, drift and
//! width are off, and 12 dB of room keep the limiter out of it. Phase comes from where a new
//! instrument takes it, or from another mode.

use crate::phase::HeldFrame;
use betwixt_engine::{
    Controls, Decoder, Engine, Event, EventKind, LATENTS, Note, PhaseMode, Settings, Whom,
};
use betwixt_model::header::Output;
use betwixt_model::{Model, Problem};
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::pitch;
use std::sync::Arc;

/// The rate that everything is played at.
pub const RATE_HZ: u32 = 44_100;
/// Undone in what is given back.
const ROOM: f32 = 0.25;
const BLOCK: usize = 1024;
const SEED: u64 = 1;

/// Plays the notes of one model.
#[derive(Clone, Debug)]
pub struct Player {
    decoder: Arc<Decoder>,
    phase: PhaseMode,
}

/// One note to be played.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// Knob positions, 0…1, `[latents]`.
    pub knobs: Vec<f32>,
    /// MIDI key.
    pub key: u8,
    /// MIDI velocity, 1…127.
    pub velocity: u8,
    /// How long the key is held, and how much is given back.
    pub seconds: f64,
    /// Whether the sound's own deviation from its nominal pitch is played, or the exact pitch.
    pub natural_tuning: bool,
    /// Where the sound stands still, in seconds after its onset; `None` when it goes on.
    pub frozen_s: Option<f32>,
}

impl Player {
    /// Takes a model's decoder.
    ///
    /// # Errors
    ///
    /// [`Problem`] when the model contradicts itself.
    pub fn new(model: &Model) -> Result<Self, Problem> {
        let decoder = Arc::new(Decoder::new(model)?);
        Ok(Self {
            decoder,
            phase: Controls::default().phase,
        })
    }

    /// The same with another source of phase, which a model of partials leaves unread.
    #[must_use]
    pub fn with_phase(self, phase: PhaseMode) -> Self {
        Self { phase, ..self }
    }

    /// Plays a note on an engine of its own: mono, sample 0 being the note's own.
    #[must_use]
    pub fn play(&self, take: &Take) -> Vec<f32> {
        self.play_once(&mut self.engine(), take)
    }

    /// Plays a note so many times, one after the other on one engine: with other phases and other noise
    /// each time.
    #[must_use]
    pub fn play_often(&self, take: &Take, times: usize) -> Vec<Vec<f32>> {
        let mut engine = self.engine();
        let one = |_| {
            let played = self.play_once(&mut engine, take);
            let choke = Event {
                offset_samples: 0,
                kind: EventKind::Choke {
                    whom: Whom::default(),
                },
            };
            let mut rest = [[0.0; BLOCK]; 2];
            let [left, right] = &mut rest;
            engine.process(&self.controls(take), &[choke], left, right);
            played
        };
        (0..times).map(one).collect()
    }

    fn engine(&self) -> Engine {
        let settings = Settings {
            sample_rate_hz: 44_100.0,
            seed: SEED,
        };
        Engine::new(Arc::clone(&self.decoder), settings)
    }

    fn controls(&self, take: &Take) -> Controls {
        Controls {
            phase: self.phase,
            ..controls(take)
        }
    }

    fn play_once(&self, engine: &mut Engine, take: &Take) -> Vec<f32> {
        let controls = self.controls(take);
        let note = Note {
            id: None,
            channel: 0,
            key: take.key,
        };
        let strike = Event {
            offset_samples: 0,
            kind: EventKind::NoteOn {
                note,
                velocity: f32::from(take.velocity) / 127.0,
            },
        };
        let samples = index(take.seconds * f64::from(RATE_HZ));
        let (mut left, mut right) = (vec![0.0; samples], vec![0.0; samples]);
        let mut events = std::slice::from_ref(&strike);
        for (left, right) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
            engine.process(&controls, events, left, right);
            events = &[];
        }
        left.iter_mut().for_each(|sample| *sample /= ROOM);
        left
    }

    /// The frame that a model draws so many seconds after a note's onset, in the trained key nearest
    /// to the note's, whose pitch is the frame's. `None` of a model of partials.
    ///
    /// Magnitudes are linear, at the model's own level.
    #[must_use]
    pub fn frame(&self, take: &Take, seconds: f64) -> Option<HeldFrame> {
        let Output::Frames(format) = self.decoder.output() else {
            return None;
        };
        let layout = self.decoder.layout();
        let key = layout.nearest_key(f64::from(take.key));
        let mut vector = vec![0.0; layout.len()];
        self.decoder.write_latents(&take.knobs, &mut vector);
        layout.write_note(key, &mut vector);
        layout.write_time(narrow(seconds), &mut vector);
        layout.write_velocity(f32::from(take.velocity) / 127.0, &mut vector);
        let mut magnitude = self.decoder.decode(&vector);
        format.scale.decode(&mut magnitude);
        Some(HeldFrame {
            name: format!("key {key}"),
            geometry: format.geometry,
            magnitude,
            pitch_hz: Some(pitch::hz(f64::from(key))),
        })
    }
}

fn controls(take: &Take) -> Controls {
    let mut controls = Controls {
        velocity_amount: 0.0,
        gain: ROOM,
        ..Controls::default()
    };
    let knobs = controls.latents[..LATENTS].iter_mut().zip(&take.knobs);
    knobs.for_each(|(to, from)| *to = *from);
    let performance = &mut controls.performance;
    performance.width = 0.0;
    performance.drift_cents = 0.0;
    performance.vibrato.depth_cents = 0.0;
    performance.natural_tuning = f32::from(u8::from(take.natural_tuning));
    if let Some(point_s) = take.frozen_s {
        performance.time.frozen = true;
        performance.time.point_s = point_s;
    }
    controls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{heard, level, onset};
    use crate::plain::{drawn, model, sine};
    use betwixt_spectral::Geometry;
    use betwixt_spectral::number::real;

    fn take(key: u8) -> Take {
        Take {
            knobs: vec![0.5; 2],
            key,
            velocity: 64,
            seconds: 1.0,
            natural_tuning: false,
            frozen_s: None,
        }
    }

    /// A decoder that only knows a first partial plays sines: at the key's frequency, at the
    /// decoder's level whatever the velocity, from the first sample on.
    #[test]
    fn what_is_played_is_what_the_decoder_says() {
        let player = Player::new(&model(sine())).unwrap();
        for key in [48, 69, 84] {
            let played = player.play(&take(key));
            assert_eq!(played.len(), 44_100);
            let hz = betwixt_spectral::pitch::hz(f64::from(key));
            let found = heard::listen(&played[4_410..], 44_100.0, hz);
            assert!(
                found.cents().is_some_and(|c| c.abs() < 0.1),
                "{key}: {found:?}"
            );
            // One partial whose share of the level is all of it; the engine plays a note's loudest
            // moment at an rms of 0.085.
            let rms = level::rms(&played[4_410..]);
            assert!((rms / 0.085 - 1.0).abs() < 0.01, "{key}: {rms}");
            let first = onset::first_sample(&played, -100.0).unwrap();
            assert!(first < 4, "{key}: {first}");
        }
        let mut hard = take(69);
        hard.velocity = 127;
        assert_eq!(player.play(&hard), player.play(&take(69)));
    }

    /// A note that is played often begins each time at once and out of silence, with other phases; the
    /// first time is that of a note that is played once.
    #[test]
    fn a_note_is_played_often() {
        let player = Player::new(&model(sine())).unwrap();
        let played = player.play_often(&take(69), 3);
        assert_eq!(played.len(), 3);
        assert_eq!(played[0], player.play(&take(69)));
        for (number, own) in played.iter().enumerate() {
            assert!(onset::first_sample(own, -100.0).unwrap() < 4);
            // In the first millisecond the note itself fades in, and nothing else is heard.
            assert!(level::peak(&own[..4]) < 0.01, "{number}");
            assert!((level::rms(&own[4_410..]) / 0.085 - 1.0).abs() < 0.01);
            assert!(number == 0 || *own != played[number - 1]);
        }
    }

    /// A flat frame is a pulse every hop when no phase is played, √hop over its rms, and noise with
    /// stored phase.
    #[test]
    fn phase_comes_from_the_mode() {
        let geometry = Geometry::new(1024, 256, RATE_HZ).unwrap();
        let flat = Player::new(&drawn(geometry, vec![0.01; geometry.bins()])).unwrap();
        let crest_db = |phase| {
            let played = flat.clone().with_phase(phase).play(&take(69));
            let settled = &played[4_410..];
            level::db(level::peak(settled) / level::rms(settled))
        };
        let pulses_db = 10.0 * f64::from(real(geometry.hop())).log10();
        let found = crest_db(PhaseMode::Zero);
        assert!((found - pulses_db).abs() < 1.0, "{found} for {pulses_db}");
        let found = crest_db(PhaseMode::StoredNoise);
        assert!((4.8..14.0).contains(&found), "{found}");
    }

    /// What is drawn is what the decoder says; partials are no frame.
    #[test]
    fn frames_are_the_decoder_s() {
        let geometry = Geometry::new(1024, 256, RATE_HZ).unwrap();
        let magnitude: Vec<f32> = (0..geometry.bins()).map(|k| 0.001 * real(k)).collect();
        let player = Player::new(&drawn(geometry, magnitude.clone())).unwrap();
        let frame = player.frame(&take(69), 0.5).unwrap();
        assert_eq!(frame.magnitude, magnitude);
        assert_eq!(frame.pitch_hz, Some(440.0));
        assert!(
            Player::new(&model(sine()))
                .unwrap()
                .frame(&take(69), 0.5)
                .is_none()
        );
    }
}
