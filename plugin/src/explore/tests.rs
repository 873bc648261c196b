//! Mutants of the factory's presets: they sound, in tune, as loud as before, where sounds lie densely.
//!
//! A sample by default; `BETWIXT_MUTANTS=100` asks for so many of each of ten presets.

use super::density::{Density, NEIGHBOUR};
use super::draw::range;
use super::listen::{Ear, cents, pitch};
use super::search::Wish;
use super::*;
use crate::library::{self, Description, Found, Slots};
use crate::parameters::{LATENT_IDS, Parameters};
use crate::presets::{self, Preset};
use crate::sound::{Sound, Value};
use betwixt_engine::{Controls, LATENTS, MODELS, Target};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Presets of every model and of all kinds: struck, bowed, slow, noisy, morphing, of frames.
const PRESETS: [&str; 10] = [
    "concert_grand",
    "glass_marimba",
    "cello_in_oak",
    "frame_drift",
    "soft_oohs",
    "deep_analogue",
    "breath_machine",
    "piano_becomes_choir",
    "slow_bloom_strings",
    "fm_belfry",
];
/// Mutants of each, where nobody asks for more.
const FEW: u64 = 2;

fn parameters() -> Parameters {
    let header = &library::factory()[0].description.header;
    Parameters::new(header, Slots::new(library::default_model()))
}

fn found(sound: &Sound) -> [Found; MODELS] {
    let find =
        |wanted: &library::Wanted| Found::Here(library::find(wanted, &Default::default()).unwrap());
    let slots = sound.models.slots();
    std::array::from_fn(|slot| slots[slot].as_ref().map_or(Found::Empty, find))
}

fn preset(name: &str, parameters: &Parameters) -> Sound {
    let (_, text) = presets::TEXTS.iter().find(|(own, _)| *own == name).unwrap();
    Preset::read(name, text, parameters).unwrap().sound
}

fn search(kind: Kind, present: &Sound, parameters: &Parameters, seed: u64) -> Option<Sound> {
    let wish = Wish::of(kind, present.clone(), (found(present), parameters), seed);
    let answer = wish.search(&AtomicBool::new(false))?;
    Some(answer.sound().clone())
}

fn count() -> u64 {
    let asked = std::env::var("BETWIXT_MUTANTS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(FEW)
}

/// Mean power of both channels in decibels, as it leaves the instrument, and the peak.
fn level(ear: &mut Ear, sound: &Sound, parameters: &Parameters) -> (f64, f32) {
    let gain = match sound.values[parameters.map.place("gain").unwrap()] {
        Some(Value::Real(gain)) => gain,
        other => panic!("{other:?}"),
    };
    let controls = Controls {
        gain: 10f32.powf(gain / 20.0),
        ..ear.controls(sound)
    };
    let played: Vec<f32> = [48, 72]
        .into_iter()
        .flat_map(|key| ear.note(&controls, key).concat())
        .collect();
    let power: f64 = played.iter().map(|x| f64::from(*x).powi(2)).sum();
    let peak = played.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    (10.0 * (power / played.len() as f64).log10(), peak)
}

/// Off the pitch of A4 in cents, without what is meant to swing around it.
fn off(ear: &mut Ear, sound: &Sound) -> Option<f64> {
    let mut controls = ear.controls(sound);
    let performance = &mut controls.performance;
    (performance.vibrato.depth_cents, performance.drift_cents) = (0.0, 0.0);
    (performance.inharmonicity, performance.natural_tuning) = (0.0, 0.0);
    controls.playing.unison.voices = 1;
    for slot in &mut controls.modulation.slots {
        if matches!(
            slot.target,
            Target::Pitch | Target::VibratoDepth | Target::Drift
        ) {
            slot.depth = 0.0;
        }
    }
    let [left, _] = ear.note(&controls, 69);
    cents(&left, pitch(&controls, 69))
}

/// A model's density is asked for often and is always the same.
fn models(sound: &Sound) -> (bool, Option<(Density, Arc<Description>)>) {
    let found = found(sound);
    let model = found[0].description().unwrap();
    let density = Density::of(model).map(|density| (density, Arc::clone(model)));
    (model.is_partials(), density)
}

fn place(sound: &Sound) -> [f32; LATENTS] {
    std::array::from_fn(|index| match sound.values[index] {
        Some(Value::Real(value)) => value,
        other => panic!("{other:?}"),
    })
}

/// Distance to the k-th nearest by sorting all of them: the plainest way.
fn kth(model: &Description, place: &[f32; LATENTS], k: usize) -> f32 {
    let apart = |point: &betwixt_model::Point| {
        let pairs = place.iter().zip(&point.latents);
        pairs
            .map(|(a, b)| (a - b.clamp(0.0, 1.0)).powi(2))
            .sum::<f32>()
            .sqrt()
    };
    let mut all: Vec<f32> = model.points.iter().map(apart).collect();
    all.sort_by(f32::total_cmp);
    all[k - 1]
}

/// What holds of every mutant and of every random sound; how it stands beside the sound before.
fn check(ear: &mut Ear, (name, present, drawn): (&str, &Sound, &Sound), parameters: &Parameters) {
    let (before, _) = level(ear, present, parameters);
    let (after, peak) = level(ear, drawn, parameters);
    assert!(
        after > -60.0 && peak < 1.0,
        "{name}: {after} dB, peak {peak}"
    );
    assert!(
        (after - before).abs() <= 3.0,
        "{name}: {after} dB after {before} dB"
    );
    let (is_partials, _) = models(drawn);
    if is_partials && let Some(off) = off(ear, drawn) {
        assert!(off.abs() <= 3.0, "{name}: off by {off} cents");
    }
    for (at, entry) in parameters.table().iter().enumerate() {
        let Some(value) = drawn.values[at] else {
            continue;
        };
        let position = value.position(entry.kind);
        assert!(
            (0.0..=1.0).contains(&position),
            "{name}: {} at {position}",
            entry.id
        );
        assert_eq!(
            Value::at(entry.kind, position),
            value,
            "{name}: {}",
            entry.id
        );
        let may =
            entry.id == "gain" || entry.id.starts_with("latent_") || range(entry.id).is_some();
        assert!(
            may || drawn.values[at] == present.values[at],
            "{name}: {}",
            entry.id
        );
    }
    assert!(
        drawn.models == present.models && drawn.movement == present.movement,
        "{name}"
    );
}

/// Mutants of ten presets: none is silent, all are in tune and as loud as the sound before, in their
/// ranges, and lie as densely as 95 of 100 training sounds.
#[test]
fn mutants_can_be_played() {
    let parameters = parameters();
    let mut missed = 0;
    for name in PRESETS {
        let present = preset(name, &parameters);
        let mut ear = Ear::new(&found(&present), &present);
        let density = models(&present).1;
        for seed in 0..count() {
            let amount = Amount::ALL[usize::try_from(seed % 3).unwrap()];
            let Some(mutant) = search(Kind::Mutation(amount), &present, &parameters, seed) else {
                missed += 1;
                continue;
            };
            let case = format!("{name} {amount:?} {seed}");
            assert!(
                !present.difference(&mutant).places.is_empty(),
                "{case} is another one"
            );
            check(&mut ear, (&case, &present, &mutant), &parameters);
            let (density, model) = density.as_ref().unwrap();
            let morph = parameters.map.place("morph").unwrap();
            if matches!(present.values[morph], Some(Value::Real(at)) if at < 0.5) {
                let distance = kth(model, &place(&mutant), NEIGHBOUR);
                assert!(
                    distance <= density.usual,
                    "{case}: {distance} of {}",
                    density.usual
                );
            }
        }
    }
    assert_eq!(missed, 0, "every search finds something");
}

/// Random sounds hold to the same.
#[test]
fn random_sounds_can_be_played() {
    let parameters = parameters();
    for name in &PRESETS[..4] {
        let present = preset(name, &parameters);
        let mut ear = Ear::new(&found(&present), &present);
        for seed in 0..count() {
            if let Some(drawn) = search(Kind::Random, &present, &parameters, seed) {
                let case = format!("{name} {seed}");
                check(&mut ear, (&case, &present, &drawn), &parameters);
            }
        }
    }
}

/// The usual distance is that of the training points themselves: of 100, 95 lie no farther from their
/// fourth neighbour.
#[test]
fn what_is_usual_is_counted() {
    for loaded in library::factory() {
        let model = &loaded.description;
        let density = Density::of(model).unwrap();
        let sample: Vec<_> = model
            .points
            .iter()
            .step_by(model.points.len() / 300 + 1)
            .collect();
        let near = sample.iter().filter(|point| {
            let mut place = [0.0; LATENTS];
            for (own, value) in place.iter_mut().zip(&point.latents) {
                *own = value.clamp(0.0, 1.0);
            }
            kth(model, &place, NEIGHBOUR + 1) <= density.usual
        });
        let share = near.count() as f64 / sample.len() as f64;
        assert!(
            (0.91..=0.99).contains(&share),
            "{}: {share}",
            model.header.name
        );
    }
}

/// The same presses give the same sounds, other seeds other ones.
#[test]
fn the_same_seed_gives_the_same_sound() {
    let parameters = parameters();
    let present = preset("glass_marimba", &parameters);
    let kind = Kind::Mutation(Amount::Medium);
    let [first, again, other] =
        [5, 5, 6].map(|seed| search(kind, &present, &parameters, seed).unwrap());
    assert!(first == again && first != other);
}

/// What is locked stays, to the last bit; what is not moves.
#[test]
fn what_is_locked_stays() {
    let parameters = parameters();
    let present = preset("cello_in_oak", &parameters);
    let locked = ["latent_2", "latent_5", "Envelope", "Tone"];
    locked
        .into_iter()
        .for_each(|name| parameters.explore.turn(name));
    for (seed, kind) in [Kind::Mutation(Amount::Large), Kind::Random]
        .into_iter()
        .enumerate()
    {
        let drawn = search(kind, &present, &parameters, seed as u64 + 3).unwrap();
        let moved = present.difference(&drawn).places;
        assert!(moved.len() > 2, "{kind:?}: {moved:?}");
        for at in moved {
            let id = parameters.table()[at].id;
            let group = range(id).map(|(group, _)| group.name());
            let is_locked =
                locked.contains(&id) || group.is_some_and(|group| locked.contains(&group));
            assert!(!is_locked, "{kind:?}: {id}");
        }
    }
    LATENT_IDS
        .into_iter()
        .filter(|id| !locked.contains(id))
        .for_each(|id| parameters.explore.turn(id));
    let drawn = search(Kind::Random, &present, &parameters, 9).unwrap();
    assert_eq!(place(&drawn), place(&present));
}

/// A partial whose frequency is known, among others and noise: it is found within a tenth of a cent.
#[test]
fn a_known_pitch_is_measured() {
    let mut random = betwixt_engine::random::Random::new(3);
    for off in [-40.0, -3.0, 0.0, 0.5, 20.0f64] {
        let hz = 440.0 * (off / 1_200.0).exp2();
        let sample = |at: u32| {
            let turns = f64::from(at) / 44_100.0 * hz * std::f64::consts::TAU;
            let noise = 0.01 * random.bipolar();
            betwixt_spectral::number::narrow(0.2 * turns.sin() + 0.1 * (2.0 * turns).sin()) + noise
        };
        let sound: Vec<f32> = (0..26_460).map(sample).collect();
        let found = cents(&sound, 440.0).unwrap();
        assert!((found - off).abs() < 0.1, "{found} for {off}");
    }
    let noise: Vec<f32> = (0..26_460).map(|_| random.bipolar()).collect();
    assert_eq!(cents(&noise, 440.0), None);
}
