//! The shell's own part of a call, with the allocator switched off.

use super::*;
use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use nice_plug::midi::{Channel, Key, VoiceID};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// Random host events of one call: notes, wildcards, controllers, wheel.
fn events(state: &mut u64, count: usize) -> Vec<NoteEvent<()>> {
    let mut roll = |sides: u8| {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        u8::try_from((*state >> 40) % u64::from(sides)).unwrap_or(0)
    };
    let event = |timing: usize| {
        let timing = u32::try_from(timing).unwrap_or(0);
        let (voice_id, velocity) = (VoiceID::Wildcard, f32::from(roll(128)) / 127.0);
        let (channel, key) = (Channel::Number(0), Key::Number(36 + roll(61)));
        match roll(6) {
            0 => NoteEvent::NoteOff {
                timing,
                voice_id,
                channel,
                key: Key::Wildcard,
                velocity,
            },
            1 => NoteEvent::MidiPitchBend {
                timing,
                channel: 0,
                value: velocity,
            },
            2 => NoteEvent::MidiCC {
                timing,
                channel: 0,
                cc: roll(128),
                value: velocity,
            },
            3 => NoteEvent::NoteOff {
                timing,
                voice_id,
                channel,
                key,
                velocity,
            },
            _ => NoteEvent::NoteOn {
                timing,
                voice_id,
                channel,
                key,
                velocity,
            },
        }
    };
    (0..count).map(event).collect()
}

/// A minute of notes, controllers, wildcards and floods through parameters, events and engine.
#[test]
fn a_call_never_allocates() {
    let plugin = Betwixt::default();
    let settings = Settings {
        sample_rate_hz: 48_000.0,
        seed: SEED,
    };
    let mut player = Player::new();
    let engine = Engine::new(Arc::clone(&plugin.model.decoder), settings);
    player.stage = Stage::Ready(Box::new(engine));
    let (mut left, mut right) = (vec![0.0; 2048], vec![0.0; 2048]);
    let (mut state, mut loudest) = (7, 0.0f32);
    for call in 0..1_500 {
        let count = if call % 500 == 499 {
            3_000
        } else {
            [0, 2, 5, 1, 0, 40, 3, 1][call % 8]
        };
        let mut next = events(&mut state, count).into_iter();
        assert_no_alloc(|| {
            let controls = snapshot::controls(&plugin.parameters);
            let controllers = &plugin.parameters.controllers;
            player.play(&controls, controllers, &mut left, &mut right, || {
                next.next()
            });
        });
        assert!(left.iter().all(|x| x.abs() <= 1.0), "call {call}");
        loudest = left.iter().fold(loudest, |peak, x| peak.max(x.abs()));
    }
    assert!(loudest > 0.1, "the storm is heard: {loudest}");
}
