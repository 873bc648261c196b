//! What the engine shows of itself is what it plays.

use betwixt_engine::telemetry::{Movers, SPECTRUM_POINTS, Spectrum, Stage};
use betwixt_engine::{Envelope, EventKind, Note, Telemetry, Touch, Whom};
use betwixt_spectral::number::narrow;
use betwixt_spectral::pitch::hz;
use betwixt_tests::{Player, families, painted_model};

const RATE_HZ: f32 = 48_000.0;

fn whom(key: u8) -> Whom {
    Whom {
        key: Some(key),
        ..Whom::default()
    }
}

fn strike(key: u8, channel: u8) -> EventKind {
    EventKind::NoteOn {
        note: Note {
            id: None,
            channel,
            key,
        },
        velocity: 0.9,
    }
}

/// Every voice is told by its key and its channel, held until the key comes up, and with the place
/// among the latents where it is: the knobs', and beside them what touches it alone.
#[test]
fn voices_are_told_where_they_are() {
    for model in families() {
        let mut player = Player::new(&model, RATE_HZ);
        player.engine.telemetry().set_watched(true);
        player.controls.latents = [0.25; 8];
        player.at(0, strike(60, 0)).at(0, strike(67, 3));
        let touched = Touch::Latent(0, 0.5);
        player.at(
            10,
            EventKind::Touch {
                whom: whom(67),
                touch: touched,
            },
        );
        player.at(9_000, EventKind::NoteOff { whom: whom(60) });
        player.play(9_100, &[64]);
        let mut told: Vec<_> = player.engine.telemetry().sounding().collect();
        told.sort_by_key(|voice| voice.key);
        let seen: Vec<_> = told.iter().map(|v| (v.key, v.channel, v.is_held)).collect();
        assert_eq!(seen, [(60, 0, false), (67, 3, true)]);
        assert!((told[0].latents[0] - 0.25).abs() < 1e-3, "{:?}", told[0]);
        assert!((told[1].latents[0] - 0.75).abs() < 1e-3, "{:?}", told[1]);
        assert!((told[1].latents[1] - 0.25).abs() < 1e-3, "{:?}", told[1]);
        assert!(told[1].level > 0.0);
    }
}

/// Nobody looks: nothing is told of voices and spectrum, and not a bit of the sound changes.
#[test]
fn who_looks_changes_nothing() {
    for model in families() {
        let heard = |is_watched: bool| {
            let mut player = Player::new(&model, RATE_HZ);
            player.engine.telemetry().set_watched(is_watched);
            player.at(0, strike(48, 0)).at(500, strike(64, 0));
            let sound = player.play(12_000, &[100]);
            (sound, player.engine.telemetry().sounding().count())
        };
        let [(watched, two), (alone, none)] = [true, false].map(heard);
        assert_eq!(watched, alone);
        assert_eq!((two, none), (2, 0));
    }
}

/// The newest note's oscillator stands where its rate has taken it, its envelope where its times say;
/// nothing is told when nothing sounds, or nobody watches.
#[test]
fn the_newest_notes_movers_are_told() {
    let mut player = Player::new(&painted_model(), RATE_HZ);
    let telemetry = player.engine.telemetry();
    let modulation = &mut player.controls.modulation;
    modulation.lfos[1].rate_hz = 2.0;
    modulation.lfos[1].is_common = false;
    modulation.envelopes[0] = Envelope {
        attack_s: 0.5,
        decay_s: 1.0,
        sustain: 0.4,
        release_s: 1.0,
    };
    assert_eq!(telemetry.movers(), None);
    player.at(0, strike(40, 0)).play(6_000, &[64]);
    assert_eq!(telemetry.movers(), Some(Movers::default()));
    telemetry.set_watched(true);
    player.at(0, strike(48, 0)).play(12_000, &[64]);
    // What moves does so in ticks of 2.7 ms: 0.034 of a sine of 2 Hz.
    let near = |found: f32, expected: f32| assert!((found - expected).abs() < 0.036, "{found}");
    let movers = telemetry.movers().expect("a note sounds");
    // A quarter of a second: half of a turn, half of the way up.
    near(narrow(movers.lfos[1].0), 0.5);
    near(movers.lfos[1].1, 0.0);
    assert_eq!(movers.envelopes[0].0, Stage::Attack);
    near(movers.envelopes[0].1, 0.5);
    player.play(6_000, &[64]);
    near(telemetry.movers().expect("it sounds").lfos[1].1, -1.0);
    player.play(5 * 48_000, &[512]);
    let movers = telemetry.movers().expect("it sounds");
    assert_eq!(movers.envelopes[0].0, Stage::Decay);
    near(movers.envelopes[0].1, 0.4);
}

/// The tone of a painted sound stands at the multiples of its pitch, and nowhere between the first
/// and the second; of two notes both are seen.
#[test]
fn the_spectrum_is_that_of_all_voices() {
    let mut player = Player::new(&painted_model(), RATE_HZ);
    player.engine.telemetry().set_watched(true);
    player.controls.performance.inharmonicity = 0.0;
    player.controls.latents = [0.0; 8];
    player.at(0, strike(48, 0)).at(0, strike(55, 0));
    player.play(24_000, &[64]);
    let mut spectrum = Spectrum::default();
    player.engine.telemetry().read_spectrum(&mut spectrum);
    let point = |hz: f64| Telemetry::spectrum_point(hz).expect("it is shown");
    for key in [48.0, 55.0] {
        for number in [1.0, 2.0] {
            let shown = spectrum.tone[point(number * hz(key))];
            assert!(shown > 1e-4, "partial {number} of {key}: {shown}");
        }
    }
    let between = 0.5 * (hz(48.0) + hz(55.0));
    assert_eq!(spectrum.tone[point(between)], 0.0);
    assert_eq!(
        spectrum.tone[..point(0.9 * hz(48.0))],
        vec![0.0; point(0.9 * hz(48.0))]
    );
    // The second latent is the model's air: it is shown as noise, and goes with the knob of the noise.
    assert_eq!(spectrum.noise, [0.0; SPECTRUM_POINTS]);
    player.controls.latents[1] = 0.8;
    player.play(24_000, &[64]);
    player.engine.telemetry().read_spectrum(&mut spectrum);
    assert!(spectrum.noise[point(1_000.0)] > 1e-6);
    player.controls.performance.noise = 0.0;
    player.play(24_000, &[64]);
    player.engine.telemetry().read_spectrum(&mut spectrum);
    assert_eq!(spectrum.noise, [0.0; SPECTRUM_POINTS]);
    assert!(spectrum.tone[point(hz(48.0))] > 1e-4);
}
