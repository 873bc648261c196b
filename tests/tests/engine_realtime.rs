//! The engine under fire: nothing allocates, nothing panics, nothing but numbers comes out.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use betwixt_engine::{
    ChromaSource, Controls, Course, Decoder, Engine, Envelope, Event, EventKind, Glide, Lfo,
    Modulated, Modulation, Movement, Note, Performance, PhaseMode, PlayMode, Playing, Settings,
    Shape, Slot, Source, Target, Time, Touch, TrackPoint, Trajectory, Transport, Tuning, Unison,
    Vibrato, Whom, Zones,
};
use betwixt_model::Model;
use betwixt_tests::families;
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// A small seeded generator: the tests must fail the same way twice.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    fn share(&mut self) -> f32 {
        betwixt_spectral::number::real(self.roll(10_001)) / 10_000.0
    }

    /// Mostly 0…1, sometimes what no host should ever send.
    fn wild(&mut self) -> f32 {
        const WILD: [f32; 6] = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            1e30,
            -7.0,
            1e-40,
        ];
        if self.roll(8) == 0 {
            WILD[self.roll(6)]
        } else {
            self.share()
        }
    }

    fn byte(&mut self, sides: usize) -> u8 {
        u8::try_from(self.roll(sides)).unwrap_or(0)
    }

    fn event(&mut self, block: usize) -> Event {
        let id = [None, Some(1), Some(2), Some(i32::MIN)][self.roll(4)];
        let note = Note {
            id,
            channel: self.byte(20),
            key: self.byte(256),
        };
        let kind = match self.roll(15) {
            0..=4 => EventKind::NoteOn {
                note,
                velocity: self.wild(),
            },
            5 | 6 => EventKind::NoteOff { whom: note.into() },
            7 => EventKind::Choke { whom: note.into() },
            8 => EventKind::PitchBend {
                channel: note.channel,
                value: self.wild() * 2.0 - 1.0,
            },
            9 => EventKind::Sustain {
                channel: note.channel,
                down: self.roll(2) == 0,
            },
            10 => EventKind::Wheel { value: self.wild() },
            11 | 12 => EventKind::Touch {
                whom: [Whom::from(note), Whom::default()][self.roll(2)],
                touch: self.touch(),
            },
            13 => self.said(note.channel),
            _ if self.roll(10) == 0 => EventKind::AllSoundOff {
                channel: [None, Some(note.channel)][self.roll(2)],
            },
            _ => EventKind::AllNotesOff {
                channel: [None, Some(note.channel)][self.roll(2)],
            },
        };
        Event {
            offset_samples: self.roll(2 * block + 1),
            kind,
        }
    }

    fn touch(&mut self) -> Touch {
        let value = self.wild();
        [
            Touch::Tuning(value * 240.0 - 120.0),
            Touch::Gain(value * 4.0),
            Touch::Pan(value * 2.0 - 1.0),
            Touch::Vibrato(value),
            Touch::Expression(value),
            Touch::Slide(value),
            Touch::Pressure(value),
            Touch::Latent(self.roll(300), value),
        ][self.roll(8)]
    }

    fn said(&mut self, channel: u8) -> EventKind {
        let (value, down) = (self.wild(), self.roll(2) == 0);
        [
            EventKind::Pressure { channel, value },
            EventKind::Slide { channel, value },
            EventKind::Expression { channel, value },
            EventKind::Sostenuto { channel, down },
            EventKind::Rest { channel },
            EventKind::Wheel { value },
        ][self.roll(6)]
    }

    fn envelope(&mut self) -> Envelope {
        Envelope {
            attack_s: self.wild() * 0.1,
            decay_s: self.wild(),
            sustain: self.wild(),
            release_s: self.wild(),
        }
    }

    fn playing(&mut self) -> Playing {
        Playing {
            mode: [PlayMode::Poly, PlayMode::Mono, PlayMode::Legato][self.roll(3)],
            glide: Glide {
                time_s: [0.0, self.wild()][self.roll(2)],
                is_legato: self.roll(2) == 0,
            },
            unison: Unison {
                voices: [1, 1, 2, 8, 0, usize::MAX][self.roll(6)],
                detune_cents: self.wild() * 100.0,
                spread: self.wild(),
                width: self.wild(),
            },
            zones: Zones {
                lower: [0, 7, self.byte(256)][self.roll(3)],
                upper: [0, 7, self.byte(256)][self.roll(3)],
            },
            member_bend_semitones: self.wild() * 96.0,
        }
    }

    fn modulation(&mut self) -> Modulation {
        let shapes = [
            Shape::Sine,
            Shape::Triangle,
            Shape::Rising,
            Shape::Falling,
            Shape::Square,
            Shape::Steps,
            Shape::Wander,
        ];
        Modulation {
            lfos: std::array::from_fn(|_| Lfo {
                shape: shapes[self.roll(7)],
                rate_hz: self.wild() * 30.0,
                beats: [None, Some(self.wild() * 16.0)][self.roll(2)],
                phase: self.wild(),
                fade_s: self.wild(),
                is_common: self.roll(2) == 0,
                seed: 3,
            }),
            envelopes: std::array::from_fn(|_| self.envelope()),
            slots: std::array::from_fn(|_| Slot {
                source: self.source(),
                target: self.target(),
                depth: self.wild() * 2.0 - 1.0,
            }),
        }
    }

    fn source(&mut self) -> Source {
        [
            Source::Off,
            Source::Velocity,
            Source::Key,
            Source::Pressure,
            Source::Slide,
            Source::Wheel,
            Source::Random,
            Source::Lfo(self.roll(3)),
            Source::Envelope(self.roll(3)),
        ][self.roll(9)]
    }

    fn target(&mut self) -> Target {
        [
            Target::Latent(self.roll(20)),
            Target::Pitch,
            Target::Level,
            Target::Pan,
            Target::Speed,
            Target::FreezePoint,
            Target::VibratoRate,
            Target::VibratoDepth,
            Target::Drift,
            Target::Noise,
            Target::Inharmonicity,
            Target::NaturalTuning,
            Target::Tilt,
            Target::Formant,
            Target::Width,
        ][self.roll(15)]
    }

    fn tuning(&mut self) -> Tuning {
        let wild = [f64::NAN, f64::INFINITY, -1e9, 1e9, 0.0];
        Tuning {
            pitches: std::array::from_fn(|key| match self.roll(20) {
                0 => wild[self.roll(5)],
                _ => key as f64 * 1.05,
            }),
        }
    }

    /// Now and then another movement.
    fn trajectory(&mut self) -> Option<Arc<Trajectory>> {
        if self.roll(30) > 0 {
            return None;
        }
        let track = |dice: &mut Self| {
            let points = dice.roll(5);
            let point = |number: usize| TrackPoint {
                at_s: betwixt_spectral::number::real(number) * 0.2,
                value: dice.share(),
            };
            (0..points).map(point).collect()
        };
        let tracks = std::array::from_fn(|_| track(self));
        let beats = [None, Some(3.0)][self.roll(2)];
        Some(Arc::new(Trajectory::new(1.0, beats, tracks).unwrap()))
    }

    fn transport(&mut self) -> Transport {
        Transport {
            bpm: f64::from(self.wild() * 200.0),
            beats: [None, Some(f64::from(self.wild() * 1e4))][self.roll(2)],
        }
    }

    fn performance(&mut self) -> Performance {
        Performance {
            time: Time {
                speed: self.wild() * 4.0,
                frozen: self.roll(2) == 0,
                point_s: self.wild() * 3.0,
            },
            vibrato: Vibrato {
                rate_hz: self.wild() * 12.0,
                depth_cents: self.wild() * 200.0,
                delay_s: self.wild(),
                jitter: self.wild(),
            },
            drift_cents: self.wild() * 50.0,
            noise: self.wild() * 4.0,
            inharmonicity: self.wild() * 4.0,
            natural_tuning: self.wild(),
            tilt_db_per_octave: self.wild() * 12.0 - 6.0,
            formant_semitones: self.wild() * 48.0 - 24.0,
            formant_follow: self.wild(),
            width: self.wild(),
        }
    }

    fn controls(&mut self) -> Controls {
        Controls {
            latents: std::array::from_fn(|_| self.wild()),
            morph: self.wild() * 3.0,
            modulated: Modulated {
                latents: std::array::from_fn(|_| self.wild() * 2.0 - 1.0),
                morph: self.wild() * 6.0 - 3.0,
            },
            chroma: [ChromaSource::Played, ChromaSource::Fixed(self.byte(256))][self.roll(2)],
            phase: PhaseMode::ALL[self.roll(PhaseMode::ALL.len())],
            octave: [0, 1, -2, i32::MAX, i32::MIN][self.roll(5)],
            fine_cents: self.wild() * 100.0,
            envelope: self.envelope(),
            velocity_amount: self.wild(),
            bend_range_semitones: self.wild() * 48.0,
            performance: self.performance(),
            playing: self.playing(),
            modulation: self.modulation(),
            movement: Movement {
                course: [Course::Off, Course::Once, Course::Loop, Course::PingPong][self.roll(4)],
                is_common: self.roll(2) == 0,
                is_synced: self.roll(2) == 0,
                speed: self.wild() * 8.0,
                depth: self.wild(),
            },
            economy: self.roll(3) == 0,
            gain: self.wild(),
            voice_limit: [1, 4, 16, 64, 0, usize::MAX][self.roll(6)],
        }
    }
}

/// Plays a minute's worth of random blocks with the allocator switched off.
fn storm(model: &Model, seed: u64, blocks: usize, sample_rate_hz: f32) -> usize {
    let decoder = Arc::new(Decoder::new(model).unwrap());
    let mut engine = Engine::new(
        decoder,
        Settings {
            sample_rate_hz,
            seed,
        },
    );
    let mut dice = Dice(seed);
    let (mut left, mut right) = (vec![0.0; 4096], vec![0.0; 4096]);
    let mut events = Vec::with_capacity(16);
    let mut controls = Controls::default();
    let mut played = 0;
    for number in 0..blocks {
        let block = [0, 1, 17, 64, 64, 64, 480, 2048][dice.roll(8)];
        events.clear();
        (0..dice.roll(8)).for_each(|_| events.push(dice.event(block)));
        events.sort_by_key(|event| event.offset_samples);
        if dice.roll(5) == 0 {
            controls = dice.controls();
        }
        // Somebody looks at voices and spectrum, and nobody, in turn.
        engine.telemetry().set_watched(number / 50 % 2 == 0);
        let moved = dice.trajectory();
        let old = assert_no_alloc(|| moved.map(|moved| engine.follow_trajectory(moved)));
        drop(old);
        match dice.roll(40) {
            0 => engine.tune(&dice.tuning()),
            1 => engine.tune(&Tuning::default()),
            2..=5 => engine.follow_transport(&dice.transport()),
            _ => {}
        }
        let (left, right) = (&mut left[..block], &mut right[..block]);
        left.fill(f32::NAN);
        right.fill(f32::NAN);
        assert_no_alloc(|| engine.process(&controls, &events, left, right));
        let sane = left.iter().chain(right.iter()).all(|x| x.abs() <= 1.0);
        assert!(sane, "block {number} of seed {seed}");
        played += block;
    }
    let flood = engine.telemetry().not_a_number();
    assert_eq!(flood, 0, "nothing had to be mended");
    let off = [Event {
        offset_samples: 0,
        kind: EventKind::AllSoundOff { channel: None },
    }];
    assert_no_alloc(|| engine.process(&controls, &off, &mut left, &mut right));
    assert_eq!(engine.sounding(), 0, "no note is stuck");
    played
}

/// 10,000 blocks of stuck notes, wild values, floods and pedal storms, the allocator switched off:
/// more than sixty seconds of audio without an allocation, a panic or a NaN.
#[test]
fn ten_thousand_random_blocks() {
    for model in families() {
        let played = storm(&model, 1, 10_000, 48_000.0);
        assert!(played > 60 * 48_000, "{played} samples");
    }
}

/// The same at the ends of the range of host rates.
#[test]
fn extreme_rates_survive_the_storm() {
    for model in families() {
        storm(&model, 2, 1_000, 22_050.0);
        storm(&model, 3, 1_000, 192_000.0);
    }
}

/// The guard bites: a program that allocates under it is ended, one that only calculates is not.
/// (It aborts, so the test starts itself again in a process of its own.)
#[test]
fn the_guard_bites() {
    const ROLE: &str = "BETWIXT_UNDER_THE_GUARD";
    if let Ok(role) = std::env::var(ROLE) {
        assert_no_alloc(|| {
            let size = std::hint::black_box(usize::from(role == "allocate"));
            drop(std::hint::black_box(Vec::<u8>::with_capacity(size)));
        });
        return;
    }
    let ends_well = |role: &str| {
        let mut own = std::process::Command::new(std::env::current_exe().unwrap());
        own.args(["--exact", "the_guard_bites"]).env(ROLE, role);
        own.output().unwrap().status.success()
    };
    assert!(ends_well("calculate"), "the guard ends innocent programs");
    assert!(!ends_well("allocate"), "an allocation went unnoticed");
}

/// The mathematics of a frame, both ways, with the allocator switched off.
#[test]
fn frames_are_analysed_and_made_without_allocating() {
    let geometry = betwixt_spectral::Geometry::new(2048, 512, 44_100).unwrap();
    let mut forward = betwixt_spectral::ForwardStft::new(geometry);
    let mut inverse = betwixt_spectral::InverseStft::new(geometry);
    let mut dice = Dice(9);
    let samples: Vec<f32> = (0..2048).map(|_| dice.share()).collect();
    let mut spectrum = vec![betwixt_spectral::Complex32::default(); geometry.bins()];
    let mut magnitude = vec![f32::NAN; geometry.bins()];
    let mut frame = vec![f32::NAN; 2048];
    let chroma = assert_no_alloc(|| {
        forward.process(&samples, &mut spectrum);
        magnitude
            .iter_mut()
            .zip(&spectrum)
            .for_each(|(m, x)| *m = x.norm());
        inverse.process(&mut spectrum, &mut frame);
        betwixt_spectral::chroma::one_hot(geometry, &magnitude)
    });
    assert!(chroma.iter().sum::<f32>() > 0.5 && frame.iter().all(|x| x.is_finite()));
}
