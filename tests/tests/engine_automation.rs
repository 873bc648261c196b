//! A minute in which everything is automated: no seams, and no brightness that the sounds have not.
//!
//! ```text
//!  seeded curves: 8 latents, wheel; notes ─► notes model ─► sound ─┬─► roughness at hops and blocks
//!                                                                  └─► power above 8 kHz, 98 ms long
//!  each note again, its latents at rest where they are every 46 ms ─► power above 8 kHz ─► mean of
//!                                              those that are heard at a time ───────────► ÷
//! ```
//!
//! What is heard at a time was read from the knobs a little earlier ([`LATE`]); between two places at
//! rest their powers are mixed in proportion. A note at rest begins at the phases that it has among
//! the others: neighbouring partials add up alike, and only what moves can differ. Gain, octave and
//! envelope stay. A roughness is the mean |second difference| at the borders over that elsewhere; of
//! the hops it is somewhat above 1 because two notes that sound together have twice as many borders.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_engine::random::Random;
use betwixt_engine::{Decoder, EventKind, LATENTS, Settings};
use betwixt_evaluation::measure::{level, seams};
use betwixt_model::Model;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::{Geometry, pitch, stft};
use betwixt_tests::{Player, comb_model};
use std::path::Path;
use std::sync::Arc;

const RATE_HZ: f64 = 44_100.0;
const SECONDS: f64 = 60.0;
const BLOCK: usize = 480;
/// Samples from one message of the wheel to the next.
const WHEEL: usize = 882;
/// Samples from one place at rest to the next: two hops.
const REST: usize = 2048;
/// Samples from a knob's place to the middle of the frames that have it: half a frame, the hop in
/// which it is made, and two thirds of a hop for the smoothing.
const LATE: usize = 2048 + 1024 + 680;
/// What is measured at once.
const SHORT: (usize, usize) = (1024, 256);
const WINDOW: usize = 17;
const HIGH_HZ: f64 = 8_000.0;
/// The sound goes on for this long after a key came up.
const RELEASE_S: f32 = 0.05;

fn factory(name: &str) -> Model {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let (model, _) = Model::read(&models.join(name).join("weights.safetensors")).unwrap();
    model
}

/// Straight lines between places at random times.
struct Curve(Vec<(f64, f64)>);

impl Curve {
    fn new(random: &mut Random, (low, high): (f64, f64), (shortest, longest): (f64, f64)) -> Self {
        let mut draw = |from: f64, to: f64| from + (to - from) * share(random);
        let mut places = vec![(0.0, draw(low, high))];
        let mut seconds = 0.0;
        while seconds < SECONDS {
            seconds += draw(shortest, longest);
            places.push((seconds, draw(low, high)));
        }
        Self(places)
    }

    fn at(&self, sample: usize) -> f32 {
        let seconds = sample as f64 / RATE_HZ;
        let next = self.0.partition_point(|place| place.0 <= seconds);
        let [from, to] = [next - 1, next].map(|i| self.0[i.min(self.0.len() - 1)]);
        let way = (seconds - from.0) / (to.0 - from.0).max(1e-9);
        narrow(from.1 + way * (to.1 - from.1))
    }
}

fn share(random: &mut Random) -> f64 {
    0.5 + 0.5 * f64::from(random.bipolar())
}

struct Struck {
    key: u8,
    velocity: f32,
    from: usize,
    to: usize,
}

impl Struck {
    /// Where nothing of it is left to hear.
    fn end(&self) -> usize {
        self.to + index(1.2 * f64::from(RELEASE_S) * RATE_HZ)
    }
}

/// What is played.
struct Score {
    latents: Vec<Curve>,
    wheel: Curve,
    notes: Vec<Struck>,
}

impl Score {
    fn new(seed: u64) -> Self {
        let random = &mut Random::new(seed);
        let mut latent = |_| Curve::new(random, (0.0, 1.0), (1.0, 4.0));
        let latents = (0..LATENTS).map(&mut latent).collect();
        let wheel = Curve::new(random, (-1.0, 1.0), (0.1, 0.6));
        let mut notes = Vec::new();
        let mut seconds = 0.0;
        while seconds < SECONDS - 1.5 {
            let held = 0.3 + 0.7 * share(random);
            notes.push(Struck {
                key: 36 + u8::try_from(index(60.0 * share(random))).unwrap(),
                velocity: narrow(0.4 + 0.6 * share(random)),
                from: index(seconds * RATE_HZ),
                to: index((seconds + held) * RATE_HZ),
            });
            seconds += held * (0.8 + 0.4 * share(random));
        }
        Self {
            latents,
            wheel,
            notes,
        }
    }

    fn knobs(&self, sample: usize) -> [f32; LATENTS] {
        std::array::from_fn(|latent| self.latents[latent].at(sample))
    }

    /// Schedules the wheel's messages in `from..to`, as samples after `from`.
    fn turn(&self, player: &mut Player, from: usize, to: usize) {
        for message in (from / WHEEL * WHEEL..to).step_by(WHEEL) {
            let value = self.wheel.at(message);
            let kind = EventKind::PitchBend { channel: 0, value };
            player.at(message.saturating_sub(from), kind);
        }
    }

    fn play(&self, decoder: &Arc<Decoder>) -> Vec<f32> {
        let samples = index(SECONDS * RATE_HZ);
        let mut player = player(decoder, 0);
        self.turn(&mut player, 0, samples);
        for note in &self.notes {
            player.key(note.key, note.velocity, note.from, note.to);
        }
        player.play_with(samples, &[BLOCK], |done, controls| {
            controls.latents = self.knobs(done);
        })
    }

    /// Where one hop of a note ends and the next begins: the wheel moves the reader of its stream,
    /// 23 samples ahead of what it has read, behind two poles of 3 ms.
    fn hops(&self, note: &Struck) -> Vec<usize> {
        let follow = 1.0 - (-1.0 / (0.003 * RATE_HZ)).exp();
        let bend = |sample: usize| 2.0 * f64::from(self.wheel.at(sample / WHEEL * WHEEL));
        let (mut shift, mut lag) = (bend(note.from), bend(note.from));
        let (mut place, mut next) = (23.0, 1024.0);
        let mut hops = Vec::new();
        for sample in note.from..note.end() {
            if place >= next {
                hops.push(sample);
                next += 1024.0;
            }
            lag += follow * (bend(sample) - lag);
            shift += follow * (lag - shift);
            place += pitch::ratio(shift);
        }
        hops
    }

    /// The power above 8 kHz of the notes with their latents at rest, of each short frame.
    fn at_rest(&self, decoder: &Arc<Decoder>, frames: usize) -> Vec<f64> {
        let mut powers = vec![0.0; frames];
        for (number, note) in self.notes.iter().enumerate() {
            let start = note.from / SHORT.1 * SHORT.1;
            let rests = (note.end() - note.from).saturating_sub(LATE).div_ceil(REST) + 1;
            for rest in 0..rests {
                let heard = note.from + LATE + rest * REST;
                let end = note.end().min(heard + REST + SHORT.0);
                let mut player = player(decoder, number);
                // As they stand for the block.
                let knobs = (note.from + rest * REST) / BLOCK * BLOCK;
                player.controls.latents = self.knobs(knobs);
                self.turn(&mut player, start, end);
                player.key(note.key, note.velocity, note.from - start, note.to - start);
                let found = high_powers(&player.play(end - start, &[4096]));
                for (frame, power) in (start / SHORT.1..frames).zip(found) {
                    let place = (frame * SHORT.1) as f64 - (note.from + LATE) as f64;
                    let place = (place / REST as f64).clamp(0.0, (rests - 1) as f64);
                    powers[frame] += power * (1.0 - (place - rest as f64).abs()).max(0.0);
                }
            }
        }
        powers
    }
}

/// A player whose next note begins at the phases of the note of this number.
fn player(decoder: &Arc<Decoder>, note: usize) -> Player {
    let settings = Settings {
        sample_rate_hz: narrow(RATE_HZ),
        seed: 1 + note as u64,
    };
    let mut player = Player::of(Arc::clone(decoder), settings);
    player.controls.envelope.release_s = RELEASE_S;
    player.controls.gain = 0.5;
    player
}

/// The power above 8 kHz of every short frame.
fn high_powers(sound: &[f32]) -> Vec<f64> {
    let geometry = Geometry::new(SHORT.0, SHORT.1, 44_100).unwrap();
    let first = index((HIGH_HZ / geometry.bin_hz()).ceil());
    let mut powers = Vec::new();
    stft::for_each_frame(geometry, sound, |spectrum| {
        let bins = spectrum[first..].iter();
        powers.push(bins.map(|bin| f64::from(bin.norm_sqr())).sum());
    });
    powers
}

fn db(power: f64) -> f64 {
    10.0 * power.log10()
}

/// Of every stretch of 98 ms that has a millionth of the mean power above 8 kHz or more: its first
/// sample, and dB by which the moving sound is above what is heard of the places at rest.
fn brightness(moving: &[f64], at_rest: &[f64]) -> Vec<(usize, f64)> {
    let least = 1e-6 * moving.iter().sum::<f64>() / moving.len() as f64;
    let windows = moving.chunks(WINDOW).zip(at_rest.chunks(WINDOW));
    let found = windows
        .enumerate()
        .filter_map(|(window, (moving, at_rest))| {
            let [moving, at_rest] = [moving, at_rest].map(|powers| powers.iter().sum::<f64>());
            (at_rest > least).then(|| (window * WINDOW * SHORT.1, db(moving / at_rest)))
        });
    found.collect()
}

/// A minute of notes, bends and latents that all move: the borders of hops and blocks are no rougher
/// than the rest, and above 8 kHz there is what the sounds at rest have that are passed, within a
/// decibel in every tenth of a second and within a tenth in the whole.
///
/// Latents take one to four seconds from place to place. With 0.25 to 1 s the whole is as near, and
/// no tenth of a second is brighter by more than 1.03 dB, but some are darker, one by 5: there the
/// power changes by ten decibels between two places at rest, and their mix is no measure of it.
#[test]
fn automation_adds_nothing() {
    let decoder = Arc::new(Decoder::new(&factory("notes")).unwrap());
    let score = Score::new(7);
    let sound = score.play(&decoder);
    assert!(level::rms(&sound) > 0.01, "it sounds");
    let blocks = seams::seam_ratio(&sound, 0, BLOCK).unwrap();
    assert!(blocks <= 1.05, "blocks: {blocks:.3}");
    let hops: Vec<usize> = score
        .notes
        .iter()
        .flat_map(|note| score.hops(note))
        .collect();
    assert!(hops.len() > 2_000);
    // The resampler spreads a step over some samples.
    for late in 0..=8 {
        let borders = hops.iter().map(|hop| hop + 2 * late - 8);
        let found = seams::seam_ratio_at(&sound, borders).unwrap();
        assert!(found <= 1.5, "hops {late}: {found:.3}");
    }
    let moving = high_powers(&sound);
    let at_rest = score.at_rest(&decoder, moving.len());
    let found = brightness(&moving, &at_rest);
    assert!(found.len() > 500, "{} stretches", found.len());
    for (start, off) in found {
        let seconds = start as f64 / RATE_HZ;
        assert!(off.abs() <= 1.0, "{seconds:.2} s: {off:+.2} dB");
    }
    let whole = db(moving.iter().sum::<f64>() / at_rest.iter().sum::<f64>());
    assert!(whole.abs() <= 0.1, "{whole:+.3} dB in all");
}

/// A frame that stands still sounds as loud after three seconds as at once: of combs every tenth of
/// a second, of what a model draws at any place every half second (between two of its partials it
/// draws weak ones too, which beat).
#[test]
fn a_sound_at_rest_keeps_its_level() {
    let mut random = Random::new(3);
    for (model, stretch_s) in [(comb_model(), 0.1), (factory("chroma"), 0.5)] {
        let decoder = Arc::new(Decoder::new(&model).unwrap());
        for key in 60..72 {
            let mut player = player(&decoder, 0);
            player.controls.latents = std::array::from_fn(|_| narrow(share(&mut random)));
            player.key(key, 0.9, 0, usize::MAX);
            let sound = player.play(index(3.1 * RATE_HZ), &[BLOCK]);
            let held = &sound[index(0.1 * RATE_HZ)..];
            let track = level::level_track_db(held, RATE_HZ, stretch_s);
            let whole = index(held.len() as f64 / (stretch_s * RATE_HZ));
            let levels = || track[..whole].iter().map(|stretch| stretch.1);
            let range =
                levels().fold(f64::NEG_INFINITY, f64::max) - levels().fold(f64::INFINITY, f64::min);
            let name = &model.header.name;
            assert!(range <= 0.5, "{name} {key}: {range:.2} dB");
        }
    }
}
