//! The loop: batch, loss, gradient, step; now and then a checkpoint.
//!
//! ```text
//!  ┌─► draw ─► loss ─► backward ─► clip ─► Adam (warm-up, cosine) ─┐
//!  └───────────────────────────────────────────────────────────────┘─► every 20 s a checkpoint
//! ```
//!
//! *Promise:* a training that was stopped and continued ends with the same bits as one that was
//! not (same machine, same number of threads).

use crate::adam::Adam;
use crate::autoencoder::Autoencoder;
use crate::checkpoint::{self, Progress};
use crate::error::TrainerError;
use crate::examples::{Batch, Examples};
use crate::notes::Notes;
use crate::recipe::{Recipe, Training};
use betwixt_corpus::Part;
use betwixt_model::{ContentHash, Model};
use betwixt_spectral::number::narrow;
use std::path::Path;
use std::time::Instant;

/// Steps between two points of the training curve.
const CURVE_STEPS: usize = 20;
/// Steps between two looks at the validation notes.
const VALIDATION_STEPS: usize = 100;
/// Seconds between two checkpoints.
const CHECKPOINT_S: f64 = 20.0;

/// A training: its network, how far it is, and what it has spent.
pub struct Run {
    /// The network, as it is now.
    pub network: Autoencoder,
    /// How far it is.
    pub progress: Progress,
    /// The model whose encoder and knobs it keeps.
    pub(crate) kept: Option<Model>,
    adam: Adam,
    training: Training,
    fingerprint: String,
}

impl Run {
    /// A training that has not begun, or goes on from its checkpoint; with `kept` it learns a decoder
    /// to that model's encoder and knobs (see [`crate::kept`]).
    ///
    /// # Errors
    ///
    /// [`TrainerError::Checkpoint`] when there is one that is damaged or of another recipe.
    pub fn open(
        recipe: &Recipe,
        kept: Option<Model>,
        checkpoint: Option<&Path>,
    ) -> Result<Self, TrainerError> {
        let network = match &kept {
            Some(model) => Autoencoder::new(recipe)?.keeping(model)?,
            None => Autoencoder::new(recipe)?,
        };
        let training = recipe.training;
        let mut adam = Adam::new(network.variables(), training.clip, narrow(training.l2));
        let mut fingerprint = recipe.fingerprint();
        if let Some(model) = &kept {
            // Weights that were learnt to another encoder are of no use to this one.
            let layers = model.encoder.iter();
            let values = layers.flat_map(|layer| layer.weight.iter().chain(&layer.bias));
            let bytes: Vec<u8> = values.flat_map(|value| value.to_le_bytes()).collect();
            fingerprint += &ContentHash::of(&bytes).to_string();
        }
        let restored = match checkpoint {
            Some(path) => checkpoint::restore(path, &fingerprint, &mut adam)?,
            None => None,
        };
        Ok(Self {
            network,
            progress: restored.unwrap_or_default(),
            kept,
            adam,
            training,
            fingerprint,
        })
    }

    /// Trains up to `last` steps or the recipe's end, with a checkpoint now and then and at the
    /// end; `watch` is told after every step.
    ///
    /// # Errors
    ///
    /// [`TrainerError::Diverged`] when the loss is no number any more; [`TrainerError::File`] when
    /// a checkpoint cannot be written.
    pub fn train(
        &mut self,
        recipe: &Recipe,
        notes: &dyn Notes,
        (last, checkpoint): (usize, Option<&Path>),
        watch: &mut dyn FnMut(&Progress, f64),
    ) -> Result<(), TrainerError> {
        let examples = Examples::new(recipe, notes, |part| part == Part::Train);
        let held_out = Examples::new(recipe, notes, |part| matches!(part, Part::Validation(_)));
        let mut validation = held_out.draw(self.training.batch.min(256), self.training.seed, 0)?;
        validation.noise = None;
        if self.progress.step == 0 {
            self.progress.variance = examples.variance(self.training.seed)?;
        }
        let mut clock = Clock::start();
        while self.progress.step < last.min(self.training.steps) {
            let loss = self.step(&examples, &validation)?;
            self.progress.seconds += clock.lap();
            watch(&self.progress, loss);
            if clock.since_checkpoint > CHECKPOINT_S {
                clock.since_checkpoint = 0.0;
                self.save(checkpoint)?;
            }
        }
        self.save(checkpoint)
    }

    fn save(&self, checkpoint: Option<&Path>) -> Result<(), TrainerError> {
        let Some(path) = checkpoint else {
            return Ok(());
        };
        checkpoint::write(path, &self.fingerprint, &self.progress, &self.adam)
    }

    fn step(&mut self, examples: &Examples<'_>, validation: &Batch) -> Result<f64, TrainerError> {
        let training = self.training;
        let step = self.progress.step;
        let batch = examples.draw(training.batch, training.seed, step)?;
        let loss = self.network.loss(&batch, self.progress.variance)?;
        let gradients = loss.backward()?;
        let schedule = (training.steps, training.warm_up, training.learning_rate);
        self.adam.step(&gradients, narrow(rate(schedule, step)))?;
        let loss = f64::from(loss.to_scalar::<f32>()?);
        if !loss.is_finite() {
            return Err(TrainerError::Diverged { step, loss });
        }
        self.progress.step += 1;
        self.note_loss(loss);
        let done = self.progress.step;
        if done.is_multiple_of(VALIDATION_STEPS) || done == training.steps {
            let loss = self.network.loss(validation, self.progress.variance)?;
            let loss = f64::from(loss.to_scalar::<f32>()?);
            self.progress.validation.push((done, loss));
        }
        Ok(loss)
    }

    /// Each point of the curve is the mean over its steps; the last one is still growing.
    fn note_loss(&mut self, loss: f64) {
        let (point, within) = (
            self.progress.step - 1,
            (self.progress.step - 1) % CURVE_STEPS,
        );
        match self.progress.train.last_mut() {
            Some(last) if within > 0 => {
                last.1 += (loss - last.1) / (within + 1) as f64;
                last.0 = point + 1;
            }
            _ => self.progress.train.push((point + 1, loss)),
        }
    }
}

struct Clock {
    last: Instant,
    last_core_s: Option<f64>,
    since_checkpoint: f64,
}

impl Clock {
    fn start() -> Self {
        Self {
            last: Instant::now(),
            last_core_s: core_s(),
            since_checkpoint: 0.0,
        }
    }

    /// Core-seconds since the last lap, or where the system does not tell, seconds.
    fn lap(&mut self) -> f64 {
        let wall_s = self.last.elapsed().as_secs_f64();
        self.last = Instant::now();
        self.since_checkpoint += wall_s;
        let now = core_s();
        let spent = now.zip(self.last_core_s).map(|(now, last)| now - last);
        self.last_core_s = now;
        spent.unwrap_or(wall_s)
    }
}

/// Seconds that this process has spent on all cores, where the system tells (Linux: hundredths,
/// fields 14 and 15 of its `stat`).
fn core_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    let ticks = |index| fields.split_whitespace().nth(index)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// The learning rate of a step, of so many, with so much warm-up and at most so large: a straight
/// rise, then a cosine down to 1 %.
pub(crate) fn rate((steps, warm_up, largest): (usize, usize, f64), step: usize) -> f64 {
    let done = step as f64 + 1.0;
    let rise = (done / (warm_up as f64 + 1.0)).min(1.0);
    let falling = (steps - warm_up).max(1) as f64;
    let share = ((done - warm_up as f64) / falling).clamp(0.0, 1.0);
    let cosine = 0.505 + 0.495 * (std::f64::consts::PI * share).cos();
    largest * rise * cosine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::tests::{NOTE, frames, kinds, partials, tiny, tiny_partials};
    use candle_core::Tensor;

    fn recipe(latent_of: &str) -> Recipe {
        Recipe::parse(&tiny(latent_of)).unwrap()
    }

    fn weights(run: &Run) -> Vec<f32> {
        let all = run.network.variables();
        all.iter()
            .flat_map(|v| v.flatten_all().unwrap().to_vec1().unwrap())
            .collect()
    }

    /// Every weight and bias of both networks hears from the loss, in every kind of training.
    #[test]
    fn every_variable_receives_a_gradient() {
        for (recipe, notes) in kinds() {
            let run = Run::open(recipe, None, None).unwrap();
            let examples = Examples::new(recipe, notes.as_ref(), |part| part == Part::Train);
            let batch = examples.draw(16, 1, 0).unwrap();
            let gradients = run.network.loss(&batch, 1.0).unwrap().backward().unwrap();
            for (number, variable) in run.network.variables().iter().enumerate() {
                let gradient = gradients.get(variable).expect("a gradient");
                let size = gradient.abs().unwrap().sum_all().unwrap();
                let size = size.to_scalar::<f32>().unwrap();
                assert!(size > 0.0, "{}: variable {number}", recipe.fingerprint());
            }
        }
    }

    /// A training can learn its own few notes by heart: from 1 (the mean moment) to less than half
    /// of it, through three latents.
    #[test]
    fn a_tiny_training_learns_its_notes() {
        for (text, notes) in [(tiny(NOTE), frames()), (tiny_partials(), partials())] {
            let mut recipe = Recipe::parse(&text).unwrap();
            recipe.training.steps = 500;
            let mut run = Run::open(&recipe, None, None).unwrap();
            run.train(&recipe, notes, (500, None), &mut |_, _| {})
                .unwrap();
            let curve = &run.progress.train;
            let (first, last) = (curve[0].1, curve.last().unwrap().1);
            assert!(first > 0.7 && last < 0.45, "{first} to {last}");
        }
    }

    /// An answer that is wrong only where the mask says that nobody can hear it costs nothing.
    #[test]
    fn the_mask_masks() {
        let recipe = Recipe::parse(&tiny_partials()).unwrap();
        let run = Run::open(&recipe, None, None).unwrap();
        let examples = Examples::new(&recipe, partials(), |part| part == Part::Train);
        let mut batch = examples.draw(4, 1, 0).unwrap();
        let loss = |batch: &Batch| {
            let loss = run.network.loss(batch, 1.0).unwrap();
            loss.to_scalar::<f32>().unwrap()
        };
        let before = loss(&batch);
        let (amplitudes, told) = batch.weights.clone().unwrap();
        let is_masked = (amplitudes + told).unwrap().eq(0.0).unwrap();
        let wrong = is_masked.to_dtype(candle_core::DType::F32).unwrap();
        // Key 84 has 19 harmonics below 20 kHz: 57 groups of 121 numbers are masked.
        let share = wrong.mean_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(share > 0.4 && share < 0.9, "{share}");
        batch.target = (&batch.target + (wrong * 1e3).unwrap()).unwrap();
        assert_eq!(loss(&batch), before);
        batch.target = (&batch.target + 0.1).unwrap();
        assert!(loss(&batch) > before);
    }

    /// The term for strikes hears how two strikes differ and nothing else: an error that both share
    /// leaves it as it is, one that only every second strike has makes it grow.
    #[test]
    fn strikes_count_by_their_difference() {
        let pairs = "decoder_frames = 2, strikes = 3.0";
        let text = tiny_partials().replace("decoder_frames = 2", pairs);
        let recipe = Recipe::parse(&text).unwrap();
        let run = Run::open(&recipe, None, None).unwrap();
        let examples = Examples::new(&recipe, partials(), |part| part == Part::Train);
        let mut batch = examples.draw(8, 1, 0).unwrap();
        assert_eq!((batch.strikes, batch.asked.dim(0).unwrap()), (3.0, 16));
        let target = batch.target.clone();
        let mut term = |shift: [f32; 2]| {
            let column: Vec<f32> = shift.repeat(8);
            let shift = Tensor::from_vec(column, (16, 1), target.device()).unwrap();
            batch.target = target.broadcast_add(&shift).unwrap();
            let [with, without] = [3.0, 0.0].map(|strikes| {
                batch.strikes = strikes;
                let loss = run.network.loss(&batch, 1.0).unwrap();
                loss.to_scalar::<f32>().unwrap()
            });
            with - without
        };
        let plain = term([0.0, 0.0]);
        assert!((term([0.3, 0.3]) - plain).abs() < 1e-3 * plain.max(1.0));
        assert!(term([0.0, 0.3]) > plain + 0.5);
    }

    /// Stopped after 23 of 60 steps and continued from the file: the same bits.
    #[test]
    fn a_continued_training_equals_an_uninterrupted_one() {
        let (recipe, folder) = (recipe(NOTE), tempfile::tempdir().unwrap());
        let mut whole = Run::open(&recipe, None, None).unwrap();
        whole
            .train(&recipe, frames(), (60, None), &mut |_, _| {})
            .unwrap();

        let path = folder.path().join("checkpoint.safetensors");
        let mut first = Run::open(&recipe, None, Some(&path)).unwrap();
        first
            .train(&recipe, frames(), (23, Some(&path)), &mut |_, _| {})
            .unwrap();
        let mut second = Run::open(&recipe, None, Some(&path)).unwrap();
        assert_eq!(second.progress.step, 23);
        second
            .train(&recipe, frames(), (60, Some(&path)), &mut |_, _| {})
            .unwrap();
        assert!(weights(&second) == weights(&whole));
        assert_eq!(second.progress.train, whole.progress.train);
    }

    /// A checkpoint of other settings or a cut one is refused, and the remedy is named.
    #[test]
    fn foreign_checkpoints_are_refused() {
        let (mut recipe, folder) = (recipe(NOTE), tempfile::tempdir().unwrap());
        let path = folder.path().join("checkpoint.safetensors");
        let mut run = Run::open(&recipe, None, Some(&path)).unwrap();
        run.train(&recipe, frames(), (2, Some(&path)), &mut |_, _| {})
            .unwrap();
        recipe.training.steps = 61;
        let told = |recipe: &Recipe| match Run::open(recipe, None, Some(&path)) {
            Err(error) => error.to_string(),
            Ok(_) => String::new(),
        };
        assert!(
            told(&recipe).contains("recipe has changed"),
            "{}",
            told(&recipe)
        );
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(told(&recipe).contains("--fresh"), "{}", told(&recipe));
    }

    /// Up to the full rate at the end of the warm-up, then down to a hundredth of it.
    #[test]
    fn the_rate_rises_and_falls() {
        let schedule = (60, 5, 3e-3);
        assert!(rate(schedule, 0) < 0.2 * 3e-3);
        assert!((rate(schedule, 5) / 3e-3 - 1.0).abs() < 0.01);
        assert!((rate(schedule, 59) / 3e-3 - 0.01).abs() < 1e-6);
    }
}
