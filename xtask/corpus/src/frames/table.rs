//! The settings of a corpus of frames as a recipe writes them, read strictly.
//!
//! ```text
//!  [material.frames]  keys_per_patch                                ─┐
//!                     source, key_step, velocities, length_s, hole  ─┴─► Played: one or the other
//! ```
//!
//! Two ways to choose notes in one flat table: which fields must be there depends on `source`, and
//! every message names its field.

use super::settings::{FrameSettings, Played};
use crate::plan::Source;
use betwixt_model::header::{Level, NoteConditioning};
use betwixt_spectral::{Geometry, MagnitudeScale};
use serde::{Deserialize, Serialize};

/// The settings as a recipe writes them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys_per_patch: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_step: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    velocities: Option<Vec<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hole: Option<bool>,
    frame_stride: usize,
    geometry: Geometry,
    scale: MagnitudeScale,
    level: Level,
    note: NoteConditioning,
    time: bool,
}

impl Table {
    fn played(&mut self) -> Result<Played, String> {
        let Some(source) = self.source.take() else {
            let own = "without `source`, patches made by formula have `keys_per_patch`";
            unwanted("key_step", &self.key_step, own)?;
            unwanted("velocities", &self.velocities, own)?;
            unwanted("length_s", &self.length_s, own)?;
            unwanted("hole", &self.hole, own)?;
            let keys_per_patch = wanted("keys_per_patch", self.keys_per_patch, own)?;
            return Ok(Played::Patches { keys_per_patch });
        };
        let own = "with `source`, notes are chosen by `key_step`, `velocities`, `length_s`, `hole`";
        unwanted("keys_per_patch", &self.keys_per_patch, own)?;
        Ok(Played::Sounds {
            source,
            key_step: wanted("key_step", self.key_step, own)?,
            velocities: wanted("velocities", self.velocities.take(), own)?,
            length_s: wanted("length_s", self.length_s, own)?,
            hole: wanted("hole", self.hole, own)?,
        })
    }
}

fn wanted<T>(field: &str, value: Option<T>, own: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("missing field `{field}`: {own}"))
}

fn unwanted<T>(field: &str, value: &Option<T>, own: &str) -> Result<(), String> {
    if value.is_none() {
        return Ok(());
    }
    Err(format!("unexpected field `{field}`: {own}"))
}

impl TryFrom<Table> for FrameSettings {
    type Error = String;

    fn try_from(mut table: Table) -> Result<Self, String> {
        Ok(Self {
            played: table.played()?,
            seed: table.seed,
            frame_stride: table.frame_stride,
            geometry: table.geometry,
            scale: table.scale,
            level: table.level,
            note: table.note,
            time: table.time,
        })
    }
}

impl From<FrameSettings> for Table {
    fn from(settings: FrameSettings) -> Self {
        let mut table = Self {
            source: None,
            seed: settings.seed,
            keys_per_patch: None,
            key_step: None,
            velocities: None,
            length_s: None,
            hole: None,
            frame_stride: settings.frame_stride,
            geometry: settings.geometry,
            scale: settings.scale,
            level: settings.level,
            note: settings.note,
            time: settings.time,
        };
        match settings.played {
            Played::Patches { keys_per_patch } => table.keys_per_patch = Some(keys_per_patch),
            Played::Sounds {
                source,
                key_step,
                velocities,
                length_s,
                hole,
            } => {
                table.source = Some(source);
                table.key_step = Some(key_step);
                table.velocities = Some(velocities);
                table.length_s = Some(length_s);
                table.hole = Some(hole);
            }
        }
        table
    }
}
