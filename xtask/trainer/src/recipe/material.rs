//! What is learnt: sounds, and the numbers that tell a moment of them.
//!
//! ```text
//!  [material.frames]    patches made by formula ─► magnitude frames      ─┐
//!  [material.partials]  soundfont or formulas   ─► partials and noise   ─┴─► one training
//! ```

use super::in_range;
use betwixt_corpus::{PartialsSettings, Settings};
use betwixt_model::header::{
    Conditioning, FrameFormat, Level, NoteConditioning, Output, TimeConditioning,
    VelocityConditioning,
};
use betwixt_spectral::number::narrow;
use betwixt_spectral::{Geometry, MagnitudeScale};
use serde::{Deserialize, Serialize};

/// The two families of models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Material {
    /// Magnitude frames.
    Frames(Frames),
    /// Partials and noise.
    Partials(PartialsSettings),
}

/// Magnitude frames of patches made by formula.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frames {
    /// Seed of the formula-made bank, of its keys and of its split.
    pub seed: u64,
    /// How many keys of each patch are rendered.
    pub keys_per_patch: usize,
    /// Every how many frames one is kept.
    pub frame_stride: usize,
    /// Transform length, hop, sample rate.
    pub geometry: Geometry,
    /// The scale of the magnitudes, which the loss is measured in.
    pub scale: MagnitudeScale,
    /// What the magnitudes are divided by.
    pub level: Level,
    /// How the note is told, and with it the range of keys.
    pub note: NoteConditioning,
    /// Whether the decoder is told the time since onset.
    pub time: bool,
}

impl Material {
    /// What the decoder's outputs mean.
    #[must_use]
    pub fn output(&self) -> Output {
        match self {
            Self::Frames(frames) => Output::Frames(FrameFormat {
                geometry: frames.geometry,
                scale: frames.scale,
                level: frames.level,
            }),
            Self::Partials(settings) => Output::Partials(settings.format),
        }
    }

    /// What the decoder is given beside the latents.
    #[must_use]
    pub fn conditioning(&self) -> Conditioning {
        match self {
            Self::Frames(frames) => frames.conditioning(),
            Self::Partials(settings) => partials_conditioning(settings),
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Self::Frames(frames) => frames.check(),
            Self::Partials(settings) => check_partials(settings),
        }
    }
}

impl Frames {
    /// What the corpus is made from.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            seed: self.seed,
            keys: self.note.keys(),
            keys_per_patch: self.keys_per_patch,
            frame_stride: self.frame_stride,
            geometry: self.geometry,
        }
    }

    fn conditioning(&self) -> Conditioning {
        let settings = self.settings();
        let last = (settings.frames_per_note() - 1) * settings.frame_stride;
        let trained_s = narrow(last as f64 * settings.geometry.hop_s());
        Conditioning {
            note: self.note,
            time: self.time.then_some(TimeConditioning { trained_s }),
            velocity: None,
        }
    }

    fn check(&self) -> Result<(), String> {
        in_range(
            "material.frames.keys_per_patch",
            self.keys_per_patch,
            1,
            128,
        )?;
        in_range("material.frames.frame_stride", self.frame_stride, 1, 64)?;
        if self.scale.is_valid() {
            return Ok(());
        }
        Err("`material.frames.scale`: expected linear, power 0.1 to 1, or log 20 to 160 dB".into())
    }
}

fn partials_conditioning(settings: &PartialsSettings) -> Conditioning {
    let (low, high) = settings.keys;
    let velocities = settings.velocities.iter().copied();
    let ends = velocities.clone().min().zip(velocities.max());
    Conditioning {
        note: NoteConditioning::OctaveAndChroma { low, high },
        time: Some(TimeConditioning {
            trained_s: narrow(settings.length_s),
        }),
        velocity: ends
            .filter(|(low, high)| low < high)
            .map(|(low, high)| VelocityConditioning { low, high }),
    }
}

/// What the corpus itself would only say once it is made.
fn check_partials(settings: &PartialsSettings) -> Result<(), String> {
    let field = |name| format!("material.partials.{name}");
    in_range(
        &field("format.exponent"),
        settings.format.exponent,
        0.1,
        1.0,
    )?;
    in_range(&field("length_s"), settings.length_s, 0.25, 60.0)?;
    in_range(
        &field("velocities (how many)"),
        settings.velocities.len(),
        1,
        16,
    )
}
