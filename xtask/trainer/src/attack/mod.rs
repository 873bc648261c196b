//! The attack network: learnt at the end, from what the instrument makes of everything else.
//!
//! ```text
//!         notes ─┬─► real ───────────────────────────┐
//!                └─► their sound's place ─► engine ──┴─► curve [points] ─► Examples
//!                                                                            │
//!  conditioning of the onset (knobs + noise, note, velocity) ─► network ─► − ┴─► loss ─► Adam
//! ```
//!
//! Frames and decoder tell an attack by its spectrum; when it is how loud they tell only as exactly
//! as a frame is long and a network is sure. What is left between the played note and the real one
//! is a curve of gain that hangs together with sound, key and velocity: this network tells it.
//!
//! It is learnt twice: from what the decoder has learnt, to measure it on the notes that were held out;
//! and from all notes, for the file.

mod curve;

use crate::adam::Adam;
use crate::error::TrainerError;
use crate::evaluation::{Ask, conditioning};
use crate::export::rounded;
use crate::network::Stack;
use crate::notes::{Note, Notes};
use crate::recipe::Recipe;
use crate::training::rate;
use betwixt_corpus::Part;
use betwixt_evaluation::player::{Player, RATE_HZ, Take};
use betwixt_model::Model;
use betwixt_model::attack::{POINTS, UNIT_DB};
use betwixt_model::header::Activation;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::pitch;
use candle_core::{Device, Tensor};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;

/// How often each note is played, with other phases: no curve may hang on those.
const TIMES: usize = 4;
/// Steps at least, and how often each note is seen at least.
const LEAST_STEPS: usize = if cfg!(test) { 1_000 } else { 30_000 };
const PASSES: usize = if cfg!(test) { 0 } else { 900 };
const BATCH: usize = 256;
/// Standard deviation of the noise on the knobs: what is learnt must hold beside the notes that were
/// played, too.
const KNOB_NOISE: f64 = 0.03;
/// Notes that lack more than so many dB somewhere were struck harder than frames can tell: so many in
/// ten are drawn from among these, lest the many that lack little outvote them.
const STROKE_DB: f32 = 6.0;
const STROKES: u32 = 4;
/// Knobs anywhere, so many in ten: where no sound was heard nothing is known to be wrong, and the gain
/// is to stay 1.
const ANYWHERE: u32 = 2;
const LEARNING_RATE: f64 = 3e-3;
const WARM_UP: usize = 100;
const L2: f32 = 1e-5;
const CLIP: f64 = 1.0;

/// How far the gain that makes a played attack the real one is from 1, and from what the network tells:
/// rms over the points and over notes that were held out, in dB.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct AttackError {
    pub(crate) notes: usize,
    pub(crate) without_db: f64,
    pub(crate) with_db: f64,
}

impl AttackError {
    /// As a model's file names them.
    const NAMES: [&str; 3] = ["attack_notes", "attack_without_db", "attack_with_db"];

    /// From a model's measures.
    pub(crate) fn of(measures: &BTreeMap<String, f64>) -> Option<Self> {
        let [notes, without_db, with_db] = Self::NAMES.map(|name| measures.get(name).copied());
        Some(Self {
            notes: index(notes?),
            without_db: without_db?,
            with_db: with_db?,
        })
    }

    fn write(&self, measures: &mut BTreeMap<String, f64>) {
        let values = [self.notes as f64, self.without_db, self.with_db];
        for (name, value) in Self::NAMES.into_iter().zip(values) {
            measures.insert(name.into(), (value * 1e3).round() / 1e3);
        }
    }
}

/// A note's place among the knobs, and the curve that it lacks there.
#[derive(Clone, Debug)]
struct Example {
    knobs: Vec<f32>,
    note: Note,
    numbers: [f32; POINTS],
}

/// Gives a model that has all else the attack network that its recipe wants, or none. `progress` is
/// told what is being done, how much is done, and of how much.
///
/// # Errors
///
/// [`TrainerError`] when a note cannot be rendered or the loss is no number any more.
pub(crate) fn learn(
    recipe: &Recipe,
    notes: &dyn Notes,
    model: &mut Model,
    progress: &(dyn Fn(&'static str, usize, usize) + Sync),
) -> Result<(), TrainerError> {
    // What a note lacks is what it lacks without any such network.
    (model.header.attack, model.attack) = (None, Vec::new());
    let measures = &mut model.header.measures;
    measures.retain(|name, _| !AttackError::NAMES.contains(&name.as_str()));
    let hidden = &recipe.export.attack;
    if hidden.is_empty() {
        return Ok(());
    }
    let of = |wanted: fn(Part) -> bool| -> Vec<Note> {
        let all = notes.notes().iter();
        all.filter(|note| wanted(note.part)).copied().collect()
    };
    let learnt = between(notes.notes(), of(|part| part == Part::Train));
    let learnt = examples(notes, model, &learnt, progress)?;
    if learnt.is_empty() {
        let model = model.header.name.clone();
        return Err(TrainerError::NoAttacks { model });
    }
    let held_out = of(|part| matches!(part, Part::Validation(_) | Part::Test(_)));
    let held_out = examples(notes, model, &held_out, progress)?;
    let seed = recipe.training.seed;
    let apart = fit(model, &learnt, (hidden, seed), progress)?;
    let error = error(model, &held_out, &apart)?;
    // What goes into the file has heard every note: each sound that the map shows is to begin as it does.
    let all: Vec<Example> = learnt.into_iter().chain(held_out).collect();
    let network = fit(model, &all, (hidden, seed), progress)?;
    error.write(&mut model.header.measures);
    let layers = rounded(network.to_dense()?);
    (model.header.attack, model.attack) = (Some(network.network()), layers);
    Ok(())
}

/// A network that tells the curves of some notes.
fn fit(
    model: &Model,
    examples: &[Example],
    (hidden, seed): (&[usize], u64),
    progress: &(dyn Fn(&'static str, usize, usize) + Sync),
) -> Result<Stack, TrainerError> {
    let widths = hidden.iter().map(|width| (*width, Activation::LeakyRelu));
    let widths: Vec<_> = widths.chain([(POINTS, Activation::Linear)]).collect();
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let stack = Stack::new(model.header.layout().len(), &widths, &mut random)?;
    let mut adam = Adam::new(stack.variables(), CLIP, L2);
    let is_stroke = |example: &&Example| example.numbers.iter().any(|n| n * UNIT_DB > STROKE_DB);
    let all: Vec<&Example> = examples.iter().collect();
    let strokes: Vec<&Example> = examples.iter().filter(is_stroke).collect();
    let steps = LEAST_STEPS.max(PASSES * examples.len() / BATCH);
    for step in 0..steps {
        let (asked, wanted) = batch(model, [&all, &strokes], &mut random)?;
        let away = (stack.forward_data(&asked)? - wanted)?;
        // Far away an error counts by its size and not by its square: silence is far from anything.
        let loss = ((away.sqr()? + 1.0)?.sqrt()? - 1.0)?.mean_all()?;
        let schedule = (steps, WARM_UP, LEARNING_RATE);
        adam.step(&loss.backward()?, narrow(rate(schedule, step)))?;
        if step.is_multiple_of(200) || step + 1 == steps {
            let loss = f64::from(loss.to_scalar::<f32>()?);
            if !loss.is_finite() {
                return Err(TrainerError::Diverged { step, loss });
            }
            progress("attack", step, steps);
        }
    }
    Ok(stack)
}

/// The curves of some notes, each played at the place of its sound.
fn examples(
    notes: &dyn Notes,
    model: &Model,
    chosen: &[Note],
    progress: &(dyn Fn(&'static str, usize, usize) + Sync),
) -> Result<Vec<Example>, TrainerError> {
    let player = Player::new(model).map_err(|problem| problem.in_file(&model.header.name))?;
    let count = chosen.len();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let one = |note: &Note| {
        let example = example(notes, *note, model, &player);
        let done = 1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        progress("playing attacks", done, count);
        example
    };
    let all: Result<Vec<Option<Example>>, TrainerError> = chosen.par_iter().map(one).collect();
    Ok(all?.into_iter().flatten().collect())
}

/// Some notes, and those on the keys between them that none of `all` is on: the decoder plays these,
/// too, and they need not be analysed.
fn between(all: &[Note], learnt: Vec<Note>) -> Vec<Note> {
    let known: BTreeSet<(usize, u8)> = all.iter().map(|note| (note.sound, note.key)).collect();
    let unknown_above = |note: &Note| {
        let keys = known.range((note.sound, note.key + 1)..=(note.sound, u8::MAX));
        let next = keys.map(|(_, key)| *key).next().unwrap_or(0);
        let (note, keys) = (*note, note.key + 1..next);
        keys.map(move |key| Note { key, ..note })
    };
    let with_above = |note: Note| iter::once(note).chain(unknown_above(&note));
    learnt.into_iter().flat_map(with_above).collect()
}

/// `None` of a note that is silent or that the model has no place for.
fn example(
    notes: &dyn Notes,
    note: Note,
    model: &Model,
    player: &Player,
) -> Result<Option<Example>, TrainerError> {
    let (Some(knobs), Some(real)) = (place(model, note), notes.beginning(note, curve::SECONDS)?)
    else {
        return Ok(None);
    };
    let take = Take {
        knobs: knobs.clone(),
        key: note.key,
        velocity: note.velocity,
        seconds: curve::SECONDS,
        natural_tuning: true,
        frozen_s: None,
    };
    let played = player.play_often(&take, TIMES);
    let told = (f64::from(RATE_HZ), pitch::hz(f64::from(note.key)));
    let numbers = curve::numbers(&real, &played, told);
    Ok(numbers.map(|numbers| Example {
        knobs,
        note,
        numbers,
    }))
}

/// Where a player finds a note: the place of its sound on the nearest key that is shown.
fn place(model: &Model, note: Note) -> Option<Vec<f32>> {
    let of_sound = model
        .embedding
        .iter()
        .filter(|point| point.label as usize == note.sound);
    let nearest = of_sound.min_by_key(|point| point.note.abs_diff(note.key));
    nearest.map(|point| point.latents.clone())
}

/// What the network is told of a note's onset.
fn told(model: &Model, knobs: &[f32], note: Note) -> Vec<f32> {
    let ask = Ask {
        key: note.key,
        time_s: 0.0,
        velocity: note.velocity,
    };
    conditioning(model, knobs, ask)
}

/// Some of all examples and some of the strokes, their knobs a little moved.
fn batch(
    model: &Model,
    [all, strokes]: [&[&Example]; 2],
    random: &mut Pcg64Mcg,
) -> Result<(Tensor, Tensor), TrainerError> {
    let (mut asked, mut wanted) = (Vec::new(), Vec::new());
    for _ in 0..BATCH {
        let is_stroke = !strokes.is_empty() && random.random_range(0..10) < STROKES;
        let drawn = if is_stroke { strokes } else { all };
        let example = drawn[random.random_range(0..drawn.len())];
        let mut move_by = |knob: &f32| {
            // Two uniform numbers make a triangle of this standard deviation.
            let triangle: f64 = random.random_range(-1.0..1.0) + random.random_range(-1.0..1.0);
            knob + narrow(KNOB_NOISE * 1.5f64.sqrt() * triangle)
        };
        let knobs: Vec<f32> = example.knobs.iter().map(&mut move_by).collect();
        if random.random_range(0..10) < ANYWHERE {
            let knobs = knobs.iter().map(|_| random.random_range(0.0..1.0));
            asked.extend(told(model, &knobs.collect::<Vec<f32>>(), example.note));
            wanted.extend([0.0; POINTS]);
        } else {
            asked.extend(told(model, &knobs, example.note));
            wanted.extend(example.numbers);
        }
    }
    let width = asked.len() / BATCH;
    Ok((
        Tensor::from_vec(asked, (BATCH, width), &Device::Cpu)?,
        Tensor::from_vec(wanted, (BATCH, POINTS), &Device::Cpu)?,
    ))
}

/// How far the curves of notes are from nothing, and from what the network tells.
fn error(
    model: &Model,
    examples: &[Example],
    network: &Stack,
) -> Result<AttackError, TrainerError> {
    let (mut without, mut with) = (0.0, 0.0);
    for example in examples {
        let row = Tensor::new(
            vec![told(model, &example.knobs, example.note)],
            &Device::Cpu,
        )?;
        let found = network.forward(&row)?.squeeze(0)?.to_vec1::<f32>()?;
        for (found, wanted) in found.iter().zip(example.numbers) {
            without += f64::from(wanted).powi(2);
            with += f64::from(wanted - found).powi(2);
        }
    }
    let count = (examples.len() * POINTS).max(1) as f64;
    let rms_db = |sum: f64| f64::from(UNIT_DB) * (sum / count).sqrt();
    Ok(AttackError {
        notes: examples.len(),
        without_db: rms_db(without),
        with_db: rms_db(with),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::recipe::tests::{partials, tiny_partials};
    use crate::training::Run;
    use betwixt_spectral::number::real;

    pub(crate) fn model_of(recipe: &Recipe) -> Model {
        let run = Run::open(recipe, None, None).unwrap();
        crate::export::model(recipe, partials(), &run.network, None)
            .unwrap()
            .model
    }

    /// Played attacks come nearer to the real ones, the file says by how much, and the same recipe gives
    /// the same weights; without widths in the recipe there is no network, and an old one goes.
    #[test]
    fn attacks_come_nearer() {
        let text = tiny_partials().replace("default_key = 60", "default_key = 84");
        let plain = Recipe::parse(&text).unwrap();
        let wanted = text.replace("default_key", "attack = [96, 96]\n        default_key");
        let wanted = Recipe::parse(&wanted).unwrap();
        assert_eq!(wanted.export.attack, [96, 96]);
        let mut model = model_of(&plain);
        let before = model.clone();
        learn(&wanted, partials(), &mut model, &|_, _, _| {}).unwrap();
        let network = model.header.attack.clone().unwrap();
        assert_eq!(network.inputs, model.header.layout().len());
        assert_eq!(network.layers.last().unwrap().outputs, POINTS);
        let bytes = model.to_bytes(betwixt_model::WeightFormat::Bf16).unwrap();
        assert_eq!(Model::from_bytes("tiny", &bytes).unwrap(), model);
        // A decoder that has learnt nothing is far from any attack, and alike far from all.
        let error = AttackError::of(&model.header.measures).unwrap();
        assert!(
            error.notes > 5 && error.with_db < 0.85 * error.without_db,
            "{error:?}"
        );
        let mut again = before.clone();
        learn(&wanted, partials(), &mut again, &|_, _, _| {}).unwrap();
        assert_eq!(again, model);
        learn(&plain, partials(), &mut model, &|_, _, _| {}).unwrap();
        assert_eq!(model, before);
    }

    /// Curves that hang on knob and velocity are told, for velocities between those learnt too: 0.5 dB of
    /// the 3 dB by which they differ are allowed.
    #[test]
    fn what_hangs_on_the_note_is_learnt() {
        let recipe = Recipe::parse(&tiny_partials()).unwrap();
        let model = model_of(&recipe);
        let width = model.header.latents.len();
        let example = |turn: usize, velocity: u8| {
            let knob = narrow(turn as f64 / 4.0);
            let rise = (f32::from(velocity) - 75.0) / 75.0;
            Example {
                knobs: vec![knob; width],
                note: Note {
                    sound: 0,
                    key: 84,
                    velocity,
                    part: Part::Train,
                },
                numbers: std::array::from_fn(|point| knob - 0.5 + rise * real(point) / 15.0),
            }
        };
        let all = |velocities: [u8; 3]| -> Vec<Example> {
            let turns = (0..5).flat_map(|turn| velocities.map(|velocity| (turn, velocity)));
            turns
                .map(|(turn, velocity)| example(turn, velocity))
                .collect()
        };
        let network = fit(&model, &all([30, 75, 120]), (&[96, 96], 1), &|_, _, _| {}).unwrap();
        let found = error(&model, &all([50, 75, 100]), &network).unwrap();
        assert!(found.without_db > 2.0 && found.with_db < 0.5, "{found:?}");
    }

    /// Between the keys 60 and 63 of a sound lie two that nobody has; above the last one none.
    #[test]
    fn keys_between_are_played_too() {
        let note = |sound, key, part| Note {
            sound,
            key,
            velocity: 100,
            part,
        };
        let held_out = Part::Test(betwixt_corpus::HeldOut::Note);
        let all = [
            note(0, 60, Part::Train),
            note(0, 63, held_out),
            note(0, 64, Part::Train),
            note(1, 70, Part::Train),
        ];
        let learnt = vec![all[0], all[2], all[3]];
        let keys: Vec<(usize, u8)> = between(&all, learnt)
            .iter()
            .map(|note| (note.sound, note.key))
            .collect();
        assert_eq!(keys, [(0, 60), (0, 61), (0, 62), (0, 64), (1, 70)]);
    }
}
