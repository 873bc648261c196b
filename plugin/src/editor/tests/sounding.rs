//! An engine that plays, and that the window of a bench watches.
//!
//! ```text
//!  strike(key) ─► Engine ─┬─ telemetry ─► screen ─► the bench's window
//!                         └─ samples ──► tap ────┘
//! ```

use super::bench::Bench;
use betwixt_engine::{Controls, Decoder, Engine, Event, EventKind, Note, Settings, Whom};
use std::sync::Arc;
use std::time::Duration;

/// Samples of a sixtieth of a second.
const STEP: usize = 800;
const RATE_HZ: f32 = 48_000.0;

/// An engine at 48 kHz that the window watches.
pub(super) fn watched(bench: &Bench, decoder: Arc<Decoder>) -> Engine {
    let settings = Settings {
        sample_rate_hz: RATE_HZ,
        seed: 1,
    };
    let engine = Engine::new(decoder, settings);
    bench.editor.screen.open();
    bench.editor.screen.show(engine.telemetry(), RATE_HZ);
    engine
}

fn note(key: u8) -> Note {
    Note {
        id: None,
        channel: 0,
        key,
    }
}

/// A key goes down as hard as it can.
pub(super) fn strike(key: u8) -> Event {
    struck(key, 1.0)
}

fn struck(key: u8, velocity: f32) -> Event {
    let note = note(key);
    at_once(EventKind::NoteOn { note, velocity })
}

/// It comes up.
pub(super) fn release(key: u8) -> Event {
    at_once(EventKind::NoteOff {
        whom: Whom::from(note(key)),
    })
}

fn at_once(kind: EventKind) -> Event {
    Event {
        offset_samples: 0,
        kind,
    }
}

/// A chord that is held, with the latents where the window's knobs stand.
pub(super) struct Chord {
    engine: Engine,
    controls: Controls,
    events: Vec<Event>,
}

impl Chord {
    /// It begins with its first step.
    pub(super) fn new(bench: &Bench, decoder: Arc<Decoder>, keys: &[u8]) -> Self {
        let mut controls = Controls::default();
        for (index, latent) in controls.latents.iter_mut().enumerate() {
            *latent = bench.value(index);
        }
        Self {
            engine: watched(bench, decoder),
            controls,
            events: keys.iter().map(|key| struck(*key, 0.8)).collect(),
        }
    }

    /// A sixtieth of a second passes.
    pub(super) fn step(&mut self, bench: &Bench) {
        let (mut left, mut right) = ([0.0; STEP], [0.0; STEP]);
        let events = std::mem::take(&mut self.events);
        self.engine
            .process(&self.controls, &events, &mut left, &mut right);
        let screen = &bench.editor.screen;
        screen.tap.add(&left, &right);
        screen.load.add(Duration::from_micros(600), STEP, RATE_HZ);
    }
}
