//! What a model reaches on sounds that it never heard, and what simpler things reach there.
//!
//! ```text
//!  test notes ─┬─► model (rounded weights) ─► Score: held-out notes, holes, held-out sounds
//!              ├─► the sound's latents at another key (does a knob position keep its sound?)
//!              ├─► baselines: mean moment, the key's mean moment, principal components
//!              └─► struck softer and harder, and dying away: as the real notes do?
//!  random knobs × keys ─► is it in tune, is it silent?
//! ```
//!
//! All on the numbers' linear amplitudes, without phases: what the instrument makes of them is
//! measured elsewhere, on its output.

mod baselines;
mod course;
mod playing;

use crate::autoencoder::Autoencoder;
use crate::error::TrainerError;
use crate::examples::{Batch, Examples};
use crate::notes::Notes;
use crate::recipe::{LatentOf, Recipe};
use crate::score::{Pair, Score};
use betwixt_corpus::{HeldOut, Part};
use betwixt_model::Model;
use candle_core::Tensor;

pub(crate) use course::{Decays, Strikes};
pub(crate) use playing::{Ask, RandomKnobs, conditioning, random_positions};

type Candle<T> = candle_core::Result<T>;

/// What is measured apart, and what it is called.
pub(crate) const COLUMNS: [(HeldOut, &str); 3] = [
    (HeldOut::Note, "held-out notes"),
    (HeldOut::Hole, "nine-semitone holes"),
    (HeldOut::Patch, "held-out sounds"),
];

/// One line of the report: a score for each of [`COLUMNS`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Row(pub(crate) [Score; COLUMNS.len()]);

impl Row {
    fn of(&mut self, held_out: HeldOut) -> &mut Score {
        let column = COLUMNS.iter().position(|(name, _)| *name == held_out);
        &mut self.0[column.unwrap_or(0)]
    }

    /// All together.
    pub(crate) fn all(&self) -> Score {
        let mut all = Score::default();
        self.0.iter().for_each(|score| all.merge(score));
        all
    }
}

/// All figures of a model.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) model: Row,
    /// Notes that were learnt, some of them.
    pub(crate) learnt: Score,
    /// The latents of another key of the same sound.
    pub(crate) other_key: Option<Row>,
    pub(crate) mean_frame: Row,
    pub(crate) key_mean: Row,
    pub(crate) components: Row,
    pub(crate) random: RandomKnobs,
    /// How far the default sound moves when one knob goes from 0 to 1, relative to it, in dB.
    pub(crate) knob_travel_db: Vec<f64>,
    /// Soft and hard strikes, where velocity is told.
    pub(crate) strikes: Option<Strikes>,
    /// How notes end, where time is told.
    pub(crate) decays: Option<Decays>,
}

/// Measures a model with the weights that are in its file.
pub(crate) fn evaluate(
    recipe: &Recipe,
    notes: &dyn Notes,
    model: &Model,
) -> Result<Report, TrainerError> {
    let judge = Judge {
        recipe,
        notes,
        model,
        network: Autoencoder::from_model(model)?,
        train: Examples::new(recipe, notes, |part| part == Part::Train),
        test: Examples::new(recipe, notes, |part| matches!(part, Part::Test(_))),
    };
    let (mean_frame, key_mean) = judge.means()?;
    let conditioning = model.header.conditioning;
    let of_notes = recipe.training.latent_of != LatentOf::Frame;
    Ok(Report {
        model: judge.model()?,
        learnt: judge.learnt()?,
        other_key: of_notes.then(|| judge.other_key()).transpose()?,
        mean_frame,
        key_mean,
        components: judge.components()?,
        random: judge.random_knobs()?,
        knob_travel_db: judge.knob_travel()?,
        strikes: (conditioning.velocity)
            .map(|velocity| judge.strikes(velocity))
            .transpose()?,
        decays: (conditioning.time.is_some() && of_notes)
            .then(|| judge.decays())
            .transpose()?,
    })
}

/// Learnt notes that are measured: every so many.
const LEARNT_STRIDE: usize = 10;

pub(super) struct Judge<'a> {
    recipe: &'a Recipe,
    notes: &'a dyn Notes,
    model: &'a Model,
    network: Autoencoder,
    train: Examples<'a>,
    test: Examples<'a>,
}

impl Judge<'_> {
    fn held_out(&self, note: usize) -> HeldOut {
        match self.notes.notes()[note].part {
            Part::Test(held_out) | Part::Validation(held_out) => held_out,
            Part::Train => HeldOut::Note,
        }
    }

    /// Moments of a note beside what they should be, `[moments, numbers]` each.
    fn pairs(&self, note: usize, answer: &Tensor, target: &Tensor) -> Candle<Vec<Pair>> {
        let key = self.notes.notes()[note].key;
        let rows = answer
            .to_vec2::<f32>()?
            .into_iter()
            .zip(target.to_vec2::<f32>()?);
        let pair = |((answer, target), span_s): ((Vec<f32>, Vec<f32>), f32)| Pair {
            answer: self.notes.linear(key, &answer),
            target: self.notes.linear(key, &target),
            span_s,
        };
        Ok(rows.zip(self.notes.spans_s(note)).map(pair).collect())
    }

    fn add(&self, row: &mut Row, note: usize, answer: &Tensor, target: &Tensor) -> Candle<()> {
        row.of(self.held_out(note))
            .add(&self.pairs(note, answer, target)?);
        Ok(())
    }

    fn answer(&self, batch: &Batch) -> Candle<Tensor> {
        self.network.decode(&self.network.encode(batch)?, batch)
    }

    fn model(&self) -> Candle<Row> {
        let mut row = Row::default();
        for note in self.test.notes() {
            let batch = self.test.whole_note(*note)?;
            self.add(&mut row, *note, &self.answer(&batch)?, &batch.target)?;
        }
        Ok(row)
    }

    fn learnt(&self) -> Candle<Score> {
        let mut score = Score::default();
        for note in self.train.notes().iter().step_by(LEARNT_STRIDE) {
            let batch = self.train.whole_note(*note)?;
            score.add(&self.pairs(*note, &self.answer(&batch)?, &batch.target)?);
        }
        Ok(score)
    }

    /// Each test note, played with the latents of the nearest other key of its sound, five
    /// semitones away at least.
    fn other_key(&self) -> Candle<Row> {
        let everything = Examples::new(self.recipe, self.notes, |_| true);
        let notes = self.notes.notes();
        let mut row = Row::default();
        for note in self.test.notes() {
            let own = notes[*note];
            let others = everything.notes().iter().filter(|other| {
                let other = notes[**other];
                let alike = other.sound == own.sound && other.velocity == own.velocity;
                alike && other.key.abs_diff(own.key) >= 5
            });
            let Some(other) = others.min_by_key(|other| notes[**other].key.abs_diff(own.key))
            else {
                continue;
            };
            let latents = self.network.encode(&everything.whole_note(*other)?)?;
            let batch = self.test.whole_note(*note)?;
            let answer = self.network.decode(&latents, &batch)?;
            self.add(&mut row, *note, &answer, &batch.target)?;
        }
        Ok(row)
    }
}
