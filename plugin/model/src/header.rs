//! The typed header: everything about a model but its weights.
//!
//! ```text
//!  knob 0…1 ─► low + knob·(high − low) ─► mean + basis · v ─► what the decoder was trained on
//!              (latents, percentiles)     (whitening)
//! ```

use crate::attack::POINTS;
use crate::error::Problem;
use betwixt_spectral::{Geometry, MagnitudeScale, PartialsFormat};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The header's version; a file with another one is refused.
pub const FORMAT: u32 = 2;
/// More latents than this no file may have (the instrument shows eight).
pub const MAX_LATENTS: usize = 64;
/// More layers than this no network may have.
pub const MAX_LAYERS: usize = 32;
/// Wider than this no layer may be.
pub const MAX_WIDTH: usize = 16_384;
/// Longer than this no text may be, in bytes.
pub const MAX_TEXT: usize = 8_192;

/// The JSON in the safetensors metadata, key `betwixt`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: u32,
    /// What the model is called on screen.
    pub name: String,
    /// Who made it.
    pub authors: Vec<String>,
    /// The weights' licence, as an SPDX expression.
    pub licence: String,
    /// One or two sentences for the player.
    pub description: String,
    /// Words by which it is looked for; the labels of its embedding are looked through too. A file
    /// without this field has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What the decoder's output means.
    pub output: Output,
    /// The knobs, first to last.
    pub latents: Vec<Latent>,
    /// From knobs to the decoder's own latents.
    pub whitening: Whitening,
    /// What else the decoder is given.
    pub conditioning: Conditioning,
    /// The network from conditioning to frame.
    pub decoder: Network,
    /// The network from conditioning to the course of gain in the attack ([`crate::attack`]), if the
    /// file carries it: models of partials may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attack: Option<Network>,
    /// The network from frame to latents, if the file carries it.
    pub encoder: Option<Network>,
    /// Names for the embedding points, if the file carries them.
    pub embedding: Option<Embedding>,
    /// The plane of largest spread among the knobs, for a two-dimensional pad.
    pub pca: Option<Pca>,
    /// Figures reached, by name, as on the model's card.
    pub measures: BTreeMap<String, f64>,
}

/// What a decoder puts out: its family.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Magnitude frames, which the phase stage completes.
    Frames(FrameFormat),
    /// Partials and noise bands, which are painted at exact frequencies.
    Partials(PartialsFormat),
}

/// How a decoder's output becomes a magnitude frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameFormat {
    /// Transform length, hop, sample rate.
    pub geometry: Geometry,
    /// The scale of the outputs.
    pub scale: MagnitudeScale,
    /// What a value of 1 refers to.
    pub level: Level,
}

/// What the magnitudes of the training frames were divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Each frame's own maximum: loudness is not in the model.
    FrameMax,
    /// The note's maximum: attack and decay are in the model.
    NoteMax,
}

/// One knob.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latent {
    /// What the knob is called.
    pub name: String,
    /// Whitened value at knob 0 (a low percentile of the training data).
    pub low: f32,
    /// Whitened value at knob 1 (a high percentile).
    pub high: f32,
    /// Knob position of the model's first sound, 0…1.
    pub default: f32,
}

/// decoder latent = mean + basis · whitened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whitening {
    /// `[latents]`.
    pub mean: Vec<f32>,
    /// `[latents][latents]`, row i gives decoder latent i.
    pub basis: Vec<Vec<f32>>,
}

impl Whitening {
    /// The way back, `[latents][latents]`: whitened = inverse · (decoder latent − mean), by Gauss and
    /// Jordan; `None` when the basis has no inverse.
    ///
    /// # Panics
    ///
    /// When the basis is not square; that of a model that was read is.
    #[must_use]
    pub fn inverse(&self) -> Option<Vec<Vec<f64>>> {
        let size = self.basis.len();
        let row = |(i, row): (usize, &Vec<f32>)| {
            let unit = (0..size).map(|j| f64::from(u8::from(i == j)));
            row.iter().copied().map(f64::from).chain(unit).collect()
        };
        let mut rows: Vec<Vec<f64>> = self.basis.iter().enumerate().map(row).collect();
        for column in 0..size {
            let largest = |a: &usize, b: &usize| {
                let [a, b] = [a, b].map(|row| rows[*row][column].abs());
                a.total_cmp(&b)
            };
            let pivot = (column..size).max_by(largest)?;
            rows.swap(column, pivot);
            let scale = rows[column][column];
            if scale.abs() < 1e-9 {
                return None;
            }
            rows[column].iter_mut().for_each(|x| *x /= scale);
            let clean = rows[column].clone();
            for (i, row) in rows.iter_mut().enumerate() {
                let share = row[column];
                if i != column {
                    row.iter_mut()
                        .zip(&clean)
                        .for_each(|(x, c)| *x -= share * c);
                }
            }
        }
        Some(rows.into_iter().map(|row| row[size..].to_vec()).collect())
    }
}

/// What a decoder is given beside the latents.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditioning {
    /// How the note is told.
    pub note: NoteConditioning,
    /// Whether the time since onset is told; without it a held note is a still frame.
    pub time: Option<TimeConditioning>,
    /// Whether the velocity is told; without it velocity is loudness alone.
    pub velocity: Option<VelocityConditioning>,
}

/// How the note is told to the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NoteConditioning {
    /// One-hot pitch class; trained on the twelve keys `lowest..lowest + 12`.
    Chroma {
        /// Lowest key of the trained register.
        lowest: u8,
    },
    /// One-hot pitch class and one-hot octave; trained on the keys `low..=high`.
    OctaveAndChroma {
        /// Lowest trained key.
        low: u8,
        /// Highest trained key.
        high: u8,
    },
}

/// How long the notes were that the decoder saw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeConditioning {
    /// Seconds since onset up to which the model was trained; later times count as this one.
    pub trained_s: f32,
}

/// How hard the notes were struck that the decoder saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VelocityConditioning {
    /// Softest trained velocity, 1…127; softer ones count as this one.
    pub low: u8,
    /// Hardest trained velocity.
    pub high: u8,
}

/// A stack of dense layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Numbers that the first layer takes.
    pub inputs: usize,
    /// The layers, first to last.
    pub layers: Vec<Layer>,
}

/// One dense layer: how many outputs, and what is done to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Numbers that the layer puts out.
    pub outputs: usize,
    /// The function applied to each.
    pub activation: Activation,
}

/// The function after a dense layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// x
    Linear,
    /// max(x, 0)
    Relu,
    /// max(x, 0.1·x)
    LeakyRelu,
    /// 1 / (1 + e^(−x))
    Sigmoid,
}

/// Names for the embedding's points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embedding {
    /// How many points the tensors hold.
    pub points: usize,
    /// Names of the sounds (patches, instruments); a point's label is an index here.
    pub labels: Vec<String>,
}

/// Directions of largest spread among the knob positions of the training sounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pca {
    /// Mean knob positions, `[latents]`.
    pub mean: Vec<f32>,
    /// Unit vectors, `[components][latents]`, largest spread first.
    pub components: Vec<Vec<f32>>,
}

impl Output {
    /// Numbers that the decoder puts out per frame.
    #[must_use]
    pub fn numbers(self) -> usize {
        match self {
            Self::Frames(format) => format.geometry.bins(),
            Self::Partials(format) => format.numbers(),
        }
    }
}

impl NoteConditioning {
    /// Lowest and highest trained key.
    #[must_use]
    pub fn keys(self) -> (u8, u8) {
        match self {
            Self::Chroma { lowest } => (lowest, lowest.saturating_add(11)),
            Self::OctaveAndChroma { low, high } => (low, high),
        }
    }
}

impl Header {
    /// Checks everything that can be checked without the tensors.
    ///
    /// # Errors
    ///
    /// [`Problem::Format`] or [`Problem::Field`] for the first field that does not hold.
    pub fn validate(&self) -> Result<(), Problem> {
        if self.format != FORMAT {
            return Err(Problem::Format {
                found: self.format,
                expected: FORMAT,
            });
        }
        self.validate_texts()?;
        self.validate_latents()?;
        self.validate_conditioning()?;
        let decoder_inputs = self.layout().len();
        self.decoder
            .validate("decoder", Some(decoder_inputs), self.output.numbers())?;
        if let Some(attack) = &self.attack {
            let paints = matches!(self.output, Output::Partials(_));
            let expected = || "no such network in a model of frames".into();
            check(paints, "attack", expected, "one")?;
            attack.validate("attack", Some(decoder_inputs), POINTS)?;
        }
        if let Some(encoder) = &self.encoder {
            encoder.validate("encoder", None, self.latents.len())?;
        }
        self.validate_map()
    }

    /// The order of the numbers that the decoder is given.
    #[must_use]
    pub fn layout(&self) -> crate::ConditioningLayout {
        crate::ConditioningLayout::new(self.latents.len(), self.conditioning)
    }

    fn validate_texts(&self) -> Result<(), Problem> {
        let labels = self.embedding.iter().flat_map(|e| e.labels.iter());
        let latents = self.latents.iter().map(|l| &l.name);
        let own = [&self.name, &self.licence, &self.description];
        for text in own
            .into_iter()
            .chain(&self.authors)
            .chain(&self.tags)
            .chain(labels)
            .chain(latents)
        {
            let expected = || format!("at most {MAX_TEXT} bytes of text");
            check(
                text.len() <= MAX_TEXT,
                "name, licence, description, …",
                expected,
                text.len(),
            )?;
        }
        check(
            !self.name.trim().is_empty(),
            "name",
            || "a name".into(),
            "nothing",
        )?;
        self.validate_output()
    }

    fn validate_output(&self) -> Result<(), Problem> {
        let (holds, field, expected) = match self.output {
            Output::Frames(format) => (
                format.scale.is_valid(),
                "output.frames.scale",
                "linear, power with an exponent of 0.1 to 1, or log with a range of 20 to 160 dB",
            ),
            Output::Partials(format) => (format.is_valid(), "output.partials.exponent", "0.1 to 1"),
        };
        check(holds, field, || expected.into(), "another value")
    }

    fn validate_latents(&self) -> Result<(), Problem> {
        let count = self.latents.len();
        let expected = || format!("1 to {MAX_LATENTS} latents");
        check(
            (1..=MAX_LATENTS).contains(&count),
            "latents",
            expected,
            count,
        )?;
        for (i, latent) in self.latents.iter().enumerate() {
            let ordered = latent.low.is_finite() && latent.high.is_finite();
            let field = format!("latents[{i}].low, high");
            let found = format!("{} and {}", latent.low, latent.high);
            let expected = || "two finite numbers, low below high".into();
            check(ordered && latent.low < latent.high, &field, expected, found)?;
            let field = format!("latents[{i}].default");
            let inside = (0.0..=1.0).contains(&latent.default);
            check(inside, &field, || "0 to 1".into(), latent.default)?;
        }
        check_vector("whitening.mean", &self.whitening.mean, count)?;
        let rows = self.whitening.basis.len();
        check(
            rows == count,
            "whitening.basis",
            || format!("{count} rows"),
            rows,
        )?;
        self.whitening
            .basis
            .iter()
            .try_for_each(|row| check_vector("whitening.basis", row, count))
    }

    fn validate_conditioning(&self) -> Result<(), Problem> {
        let (low, high) = self.conditioning.note.keys();
        let in_midi = low <= high && high <= 119;
        let expected = || "keys from 0 to 119, the lowest not above the highest".into();
        check(
            in_midi,
            "conditioning.note",
            expected,
            format!("{low} to {high}"),
        )?;
        if let Some(velocity) = self.conditioning.velocity {
            let VelocityConditioning { low, high } = velocity;
            let in_midi = 0 < low && low <= high && high <= 127;
            let expected = || "1 to 127, the softest not above the hardest".into();
            let found = format!("{low} to {high}");
            check(in_midi, "conditioning.velocity", expected, found)?;
        }
        let Some(time) = self.conditioning.time else {
            return Ok(());
        };
        let in_range = (0.01..=60.0).contains(&time.trained_s);
        check(
            in_range,
            "conditioning.time.trained_s",
            || "0.01 to 60".into(),
            time.trained_s,
        )
    }

    fn validate_map(&self) -> Result<(), Problem> {
        let count = self.latents.len();
        if let Some(embedding) = &self.embedding {
            let labelled = embedding.points == 0 || !embedding.labels.is_empty();
            check(
                labelled,
                "embedding.labels",
                || "at least one label".into(),
                0,
            )?;
        }
        let Some(pca) = &self.pca else { return Ok(()) };
        check_vector("pca.mean", &pca.mean, count)?;
        pca.components
            .iter()
            .try_for_each(|row| check_vector("pca.components", row, count))
    }
}

impl Network {
    fn validate(&self, name: &str, inputs: Option<usize>, outputs: usize) -> Result<(), Problem> {
        let count = self.layers.len();
        let field = format!("{name}.layers");
        let expected = || format!("1 to {MAX_LAYERS} layers");
        check((1..=MAX_LAYERS).contains(&count), &field, expected, count)?;
        for width in self.layers.iter().map(|l| l.outputs).chain([self.inputs]) {
            let expected = || format!("widths from 1 to {MAX_WIDTH}");
            check((1..=MAX_WIDTH).contains(&width), &field, expected, width)?;
        }
        if let Some(inputs) = inputs {
            let field = format!("{name}.inputs");
            let expected = || format!("{inputs} (latents and conditioning)");
            check(self.inputs == inputs, &field, expected, self.inputs)?;
        }
        let last = self.layers[count - 1].outputs;
        check(
            last == outputs,
            &field,
            || format!("{outputs} outputs of the last layer"),
            last,
        )
    }
}

fn check(
    holds: bool,
    field: &str,
    expected: impl FnOnce() -> String,
    found: impl ToString,
) -> Result<(), Problem> {
    if holds {
        return Ok(());
    }
    let (field, expected, found) = (field.into(), expected(), found.to_string());
    Err(Problem::Field {
        field,
        expected,
        found,
    })
}

fn check_vector(field: &str, values: &[f32], len: usize) -> Result<(), Problem> {
    check(
        values.len() == len,
        field,
        || format!("{len} numbers"),
        values.len(),
    )?;
    let finite = values.iter().all(|v| v.is_finite());
    check(finite, field, || "finite numbers".into(), "NaN or infinity")
}
