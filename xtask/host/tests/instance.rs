//! The host and the built plugin: two roads to the same samples, and refusals that help.

use betwixt_host::{Blocks, Event, Host, HostError, Instance, Setup, Timed};

const FRAMES: usize = 9600;

fn instance() -> Instance {
    let host = Host::built().expect("the plugin builds and loads");
    let setup = Setup::new(48_000.0, 1024);
    host.instance(setup).expect("the plugin can be played")
}

fn piece() -> Vec<Timed> {
    vec![
        Event::parameter("Latent 1", 0.8).at(0),
        Event::note_on(60, 0.8).at(100),
        Event::note_on(64, 0.6).at(1000),
        Event::controller(64, 127).at(2000),
        Event::parameter("Latent 2", 0.1).at(3001),
        Event::bend(0.3).at(4000),
        Event::note_off(60).at(5000),
    ]
}

/// An audio thread and uneven blocks, or the caller's thread and one size: nobody can hear which.
#[test]
fn both_ways_to_play_give_the_same_bits() {
    let blocks = Blocks::Cycle(vec![64, 1, 1024, 333]);
    let played = instance().play(&piece(), FRAMES as u64, &blocks).unwrap();
    let mut by_hand = instance();
    let (mut left, mut right) = (vec![0.0; FRAMES], vec![0.0; FRAMES]);
    let block = 480;
    for start in (0..FRAMES).step_by(block) {
        let inside = |e: &&Timed| (start as u64..(start + block) as u64).contains(&e.frame);
        let piece = piece();
        let events = piece.iter().filter(inside);
        let events: Vec<_> = events
            .map(|e| e.event.clone().at(e.frame - start as u64))
            .collect();
        let channels = (
            &mut left[start..start + block],
            &mut right[start..start + block],
        );
        by_hand.process(&events, channels.0, channels.1).unwrap();
    }
    assert!(played.left.iter().any(|x| x.abs() > 0.01), "it sounds");
    assert!(
        played.left[..100].iter().all(|x| x.to_bits() << 1 == 0),
        "not before the note"
    );
    assert_eq!(played.left, left);
    assert_eq!(played.right, right);
}

/// A misspelt parameter is answered with the names there are.
#[test]
fn unknown_parameters_are_refused_with_the_known_ones() {
    let mut instance = instance();
    let error = instance
        .play(
            &[Event::parameter("Latent 9", 0.5).at(0)],
            64,
            &Blocks::Of(64),
        )
        .unwrap_err();
    assert!(matches!(error, HostError::Parameter { .. }), "{error}");
    assert!(error.to_string().contains("Latent 8"), "{error}");
}

/// What the plugin writes, it can read: text and value go round.
#[test]
fn value_texts_go_round() {
    let mut instance = instance();
    for (name, text) in [("Gain", "-6"), ("Latent 3", "0.25"), ("Octave", "+1")] {
        let value = instance.text_value(name, text).unwrap();
        let shown = instance.value_text(name, value).unwrap();
        assert!(shown.starts_with(text), "{name}: {text} became {shown}");
    }
    let error = instance.text_value("Gain", "loud").unwrap_err();
    assert!(error.to_string().contains("\"loud\""), "{error}");
}

/// Events and blocks that the format forbids never reach the plugin.
#[test]
fn calls_outside_the_format_are_refused() {
    let mut instance = instance();
    let (mut left, mut right) = (vec![0.0; 2048], vec![0.0; 2048]);
    let late = [Event::note_on(60, 1.0).at(64)];
    let backwards = [Event::note_on(60, 1.0).at(9), Event::note_off(60).at(3)];
    for (events, frames) in [(&late[..], 64), (&backwards, 64), (&[], 0), (&[], 2048)] {
        let result = instance.process(events, &mut left[..frames], &mut right[..frames]);
        assert!(
            matches!(result, Err(HostError::Usage { .. })),
            "{events:?} in {frames}"
        );
    }
    let result = instance.play(&[], 64, &Blocks::Cycle(vec![64, 0]));
    assert!(
        matches!(result, Err(HostError::Usage { .. })),
        "a block of nothing"
    );
}

/// Hosts change their rate; the instance goes on, and its latency stays what it says: 0.
#[test]
fn an_instance_can_be_activated_anew() {
    let mut instance = instance();
    for rate_hz in [44_100.0, 96_000.0] {
        instance.activate(Setup::new(rate_hz, 256)).unwrap();
        let played = instance.play(&piece(), 4096, &Blocks::Of(256)).unwrap();
        assert!(played.left.iter().any(|x| x.abs() > 0.01), "{rate_hz}");
        assert_eq!(instance.latency_samples(), 0);
    }
}
