//! A recipe: every setting of a training, read strictly.
//!
//! ```text
//!  models/NAME/recipe.toml ─► Recipe ─► corpus settings, network, loop, export
//! ```
//!
//! Unknown fields are errors, and every number has a range: a training of ten minutes must not
//! end with the news that a word was misspelt.

use crate::error::TrainerError;
use betwixt_model::ConditioningLayout;
use betwixt_model::header::{Activation, Conditioning, Level, Output};
use serde::{Deserialize, Serialize};
use std::path::Path;

pub use betwixt_corpus::Material;

/// Everything that decides a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// What the model is called on screen.
    pub name: String,
    /// Who made it.
    pub authors: Vec<String>,
    /// The weights' licence, as an SPDX expression.
    pub licence: String,
    /// One or two sentences for the player.
    pub description: String,
    /// Words by which the player finds it, beside the names of its instruments.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The sounds, and the numbers that tell a moment of them.
    pub material: Material,
    /// The network.
    pub network: Shape,
    /// The loop.
    pub training: Training,
    /// The file.
    pub export: Export,
}

/// Widths of the network; activations between layers are leaky (slope 0.1), the bottleneck is a
/// sigmoid, the output linear.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Numbers in the bottleneck.
    pub latents: usize,
    /// Hidden widths from a moment and its note to bottleneck.
    pub encoder: Vec<usize>,
    /// Hidden widths from conditioning to a moment.
    pub decoder: Vec<usize>,
}

/// The loop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Seed of the first weights and of every batch.
    pub seed: u64,
    /// How many batches.
    pub steps: usize,
    /// Latent vectors per batch: frames, or notes when a latent belongs to a note.
    pub batch: usize,
    /// What shares one latent vector.
    pub latent_of: LatentOf,
    /// Standard deviation of the noise that is added to the latents in training.
    pub latent_noise: f64,
    /// Largest rate of Adam.
    pub learning_rate: f64,
    /// Steps in which the rate rises to it; then it falls along a cosine to 1 %.
    pub warm_up: usize,
    /// Largest norm of the gradient of all weights together.
    pub clip: f64,
    /// Weight decay as a term of the loss: λ·Σw².
    pub l2: f64,
    /// Which amplitudes of partials count most.
    #[serde(default, skip_serializing_if = "Emphasis::is_default")]
    pub emphasis: Emphasis,
    /// Where encoder and knobs come from.
    #[serde(default, skip_serializing_if = "EncoderOf::is_new")]
    pub encoder: EncoderOf,
}

/// Where a training has its encoder, and with it what the knobs mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncoderOf {
    /// It learns one beside the decoder.
    #[default]
    New,
    /// It keeps that of the weights beside the recipe, with the knobs, what they are called and
    /// where they start, and learns a new decoder to it: knob positions that presets and projects
    /// name go on naming the same sounds.
    Kept,
}

impl EncoderOf {
    fn is_new(&self) -> bool {
        *self == Self::New
    }
}

/// How much more an error of a compressed amplitude counts than it does anyway.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emphasis {
    /// Where the amplitude is 1, growing with its square: what is loud is heard first.
    pub strong: f32,
    /// Where the amplitude is nothing, falling to half at 0.1: an error there is many decibels.
    pub faint: f32,
}

impl Default for Emphasis {
    fn default() -> Self {
        Self {
            strong: 1.5,
            faint: 0.0,
        }
    }
}

impl Emphasis {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What shares one latent vector.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LatentOf {
    /// Each frame has its own; silent frames are left out.
    Frame,
    /// All frames of a note share the mean over some of them, which are of any velocity.
    Note {
        /// Frames that the encoder sees, spread over the note.
        encoder_frames: usize,
        /// Moments that the decoder is asked for.
        decoder_frames: usize,
        /// How much they crowd at the onset: time = length·u^bias.
        onset_bias: f64,
        /// What the first moments get beside that.
        #[serde(default, skip_serializing_if = "Attack::is_default")]
        attack: Attack,
        /// Share of notes whose latent comes from another key of the same sound, so that a latent
        /// means a sound and not a pitch.
        other_key: f64,
        /// A note of partials also counts as its neighbours up to so many semitones away, as in a
        /// sampler: keys between those that were recorded are learnt too.
        #[serde(default, skip_serializing_if = "is_zero")]
        key_shift: u8,
        /// How much the difference between two velocities of a note counts beside the notes
        /// themselves; 0 asks for one velocity at a time.
        #[serde(default, skip_serializing_if = "is_none")]
        strikes: f64,
    },
}

/// What is done for the first moments of a note, which decide how sharp it begins: there are few of
/// them, and they are over sooner than a bias towards the onset reaches in a long note.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Share of the moments asked for that are drawn evenly from the attack, not from the note.
    pub share: f64,
    /// How much more an error of the level counts there.
    pub level: f32,
}

impl Default for Attack {
    fn default() -> Self {
        Self {
            share: 0.0,
            level: 1.0,
        }
    }
}

impl LatentOf {
    /// What the first moments get; nothing special where each frame has its own latent.
    #[must_use]
    pub fn attack(&self) -> Attack {
        match self {
            Self::Frame => Attack::default(),
            Self::Note { attack, .. } => *attack,
        }
    }
}

impl Attack {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// The sound that the knobs start at.
    pub default_sound: String,
    /// The key it is taken from.
    pub default_key: u8,
    /// Hidden widths of the network that tells how the gain of a note runs through its attack, learnt
    /// when all else is; nothing leaves it out. For partials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attack: Vec<usize>,
}

impl Recipe {
    /// Reads and checks a recipe.
    ///
    /// # Errors
    ///
    /// [`TrainerError::Recipe`] names file, field, what was expected and what to do.
    pub fn read(path: &Path) -> Result<Self, TrainerError> {
        let file = path.display().to_string();
        let refuse = |reason: String| TrainerError::Recipe {
            file: file.clone(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        Self::parse(&text).map_err(refuse)
    }

    /// Reads and checks the text of a recipe; the error is one sentence.
    ///
    /// # Errors
    ///
    /// What is wrong, where, and what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let recipe: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        recipe.check()?;
        Ok(recipe)
    }

    /// What the decoder is given beside the latents.
    #[must_use]
    pub fn conditioning(&self) -> Conditioning {
        self.material.conditioning()
    }

    /// The order of the decoder's inputs.
    #[must_use]
    pub fn layout(&self) -> ConditioningLayout {
        ConditioningLayout::new(self.network.latents, self.conditioning())
    }

    /// Widths and activations of the encoder, input first: the numbers of a moment, then the note,
    /// then the velocity if the decoder is told it.
    #[must_use]
    pub fn encoder_layers(&self) -> (usize, Vec<(usize, Activation)>) {
        let velocity = usize::from(self.conditioning().velocity.is_some());
        let inputs = self.material.output().numbers() + self.layout().note_len() + velocity;
        let last = (self.network.latents, Activation::Sigmoid);
        (inputs, stack(&self.network.encoder, last))
    }

    /// Widths and activations of the decoder, input first.
    #[must_use]
    pub fn decoder_layers(&self) -> (usize, Vec<(usize, Activation)>) {
        let last = (self.material.output().numbers(), Activation::Linear);
        (self.layout().len(), stack(&self.network.decoder, last))
    }

    /// What a checkpoint must agree with to be continued: all but the words and the export.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let parts = (&self.material, &self.network, self.training);
        serde_json::to_string(&parts).unwrap_or_default()
    }

    fn check(&self) -> Result<(), String> {
        let training = &self.training;
        in_range("network.latents", self.network.latents, 1, 64)?;
        for width in self.network.encoder.iter().chain(&self.network.decoder) {
            in_range("network.encoder, network.decoder", *width, 1, 16_384)?;
        }
        for width in &self.export.attack {
            in_range("export.attack", *width, 1, 16_384)?;
        }
        let paints = matches!(self.material.output(), Output::Partials(_));
        if !paints && !self.export.attack.is_empty() {
            return Err(
                "`export.attack`: found widths, expected none: frames have no course of gain of \
                 their own"
                    .into(),
            );
        }
        in_range("training.steps", training.steps, 1, 10_000_000)?;
        in_range("training.batch", training.batch, 1, 65_536)?;
        in_range("training.warm_up", training.warm_up, 0, training.steps)?;
        in_range("training.learning_rate", training.learning_rate, 1e-7, 1.0)?;
        in_range("training.clip", training.clip, 1e-6, 1e6)?;
        in_range("training.l2", training.l2, 0.0, 1.0)?;
        in_range("training.latent_noise", training.latent_noise, 0.0, 1.0)?;
        let Emphasis { strong, faint } = training.emphasis;
        in_range("training.emphasis.strong", strong, 0.0, 100.0)?;
        in_range("training.emphasis.faint", faint, 0.0, 100.0)?;
        self.material.check().map_err(|error| error.to_string())?;
        self.check_latent_of()
    }

    fn check_latent_of(&self) -> Result<(), String> {
        // Only partials tell their level by a number of its own.
        let (level_is_learnt, farthest, loudest) = match self.material.output() {
            Output::Frames(format) => (format.level == Level::NoteMax, 0, 1.0),
            Output::Partials(_) => (true, 12, 1000.0),
        };
        let LatentOf::Note {
            encoder_frames,
            decoder_frames,
            onset_bias,
            attack,
            other_key,
            key_shift,
            strikes,
        } = self.training.latent_of
        else {
            return Ok(());
        };
        if !level_is_learnt {
            return Err(
                "`training.latent_of`: found a note, expected \"frame\": frames divided by their \
                 own maximum have no course of level"
                    .into(),
            );
        }
        let field = |name| format!("training.latent_of.note.{name}");
        in_range(&field("encoder_frames"), encoder_frames, 1, 256)?;
        in_range(&field("decoder_frames"), decoder_frames, 1, 256)?;
        in_range(&field("onset_bias"), onset_bias, 0.2, 5.0)?;
        in_range(&field("attack.share"), attack.share, 0.0, 1.0)?;
        in_range(&field("attack.level"), attack.level, 1.0, loudest)?;
        in_range(&field("other_key"), other_key, 0.0, 1.0)?;
        in_range(&field("key_shift"), key_shift, 0, farthest)?;
        let told = self.conditioning().velocity.is_some() && decoder_frames.is_multiple_of(2);
        in_range(
            &field("strikes"),
            strikes,
            0.0,
            if told { 100.0 } else { 0.0 },
        )
    }
}

fn is_none(value: &f64) -> bool {
    *value == 0.0
}

fn is_zero(value: &u8) -> bool {
    *value == 0
}

fn stack(hidden: &[usize], last: (usize, Activation)) -> Vec<(usize, Activation)> {
    let hidden = hidden.iter().map(|width| (*width, Activation::LeakyRelu));
    hidden.chain([last]).collect()
}

fn in_range<T: PartialOrd + std::fmt::Display>(
    field: &str,
    found: T,
    low: T,
    high: T,
) -> Result<(), String> {
    if found >= low && found <= high {
        return Ok(());
    }
    Err(format!(
        "`{field}`: found {found}, expected {low} to {high}"
    ))
}

#[cfg(test)]
pub(crate) mod tests;
