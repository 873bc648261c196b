//! What a model is made from: sounds, and the numbers that tell a moment of them.
//!
//! ```text
//!  models/NAME/recipe.toml ─┬─► [material.frames]    ─► magnitude frames    ─┐
//!                           └─► [material.partials]  ─► partials and noise  ─┴─► Material
//!     output:        what a decoder of them puts out
//!     conditioning:  what it is told beside the latents
//! ```

use crate::{CorpusError, FrameSettings, PartialsSettings};
use betwixt_model::header::{
    Conditioning, FrameFormat, NoteConditioning, Output, TimeConditioning,
};
use betwixt_spectral::number::narrow;
use serde::{Deserialize, Serialize};

/// The two families of models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Material {
    /// Magnitude frames.
    Frames(FrameSettings),
    /// Partials and noise.
    Partials(PartialsSettings),
}

/// What matters here of a recipe.
#[derive(Deserialize)]
struct Recipe {
    material: Material,
}

impl Material {
    /// The material of a recipe, whatever else the recipe says; the error is one sentence.
    ///
    /// # Errors
    ///
    /// What is wrong, where, and what was expected.
    pub fn of_recipe(text: &str) -> Result<Self, String> {
        let recipe: Recipe = toml::from_str(text).map_err(|error| error.to_string())?;
        recipe.material.check().map_err(|error| error.to_string())?;
        Ok(recipe.material)
    }

    /// What the decoder's outputs mean.
    #[must_use]
    pub fn output(&self) -> Output {
        match self {
            Self::Frames(settings) => Output::Frames(FrameFormat {
                geometry: settings.geometry,
                scale: settings.scale,
                level: settings.level,
            }),
            Self::Partials(settings) => Output::Partials(settings.format),
        }
    }

    /// What the decoder is given beside the latents.
    #[must_use]
    pub fn conditioning(&self) -> Conditioning {
        match self {
            Self::Frames(settings) => of_frames(settings),
            Self::Partials(settings) => of_partials(settings),
        }
    }

    /// Whether it can be made.
    ///
    /// # Errors
    ///
    /// [`CorpusError::Settings`] names the setting, what it says and what was expected.
    pub fn check(&self) -> Result<(), CorpusError> {
        match self {
            Self::Frames(settings) => settings.check(),
            Self::Partials(settings) => settings.check(),
        }
    }
}

fn of_frames(settings: &FrameSettings) -> Conditioning {
    let trained_s = narrow(settings.time_s(settings.frames_per_note() - 1));
    Conditioning {
        note: settings.note,
        time: settings.time.then_some(TimeConditioning { trained_s }),
        velocity: settings.plan().and_then(|plan| plan.velocity()),
    }
}

fn of_partials(settings: &PartialsSettings) -> Conditioning {
    let (low, high) = settings.keys;
    Conditioning {
        note: NoteConditioning::OctaveAndChroma { low, high },
        time: Some(TimeConditioning {
            trained_s: narrow(settings.length_s),
        }),
        velocity: settings.plan().velocity(),
    }
}
