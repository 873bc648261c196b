//! The decoder: conditioning in, the numbers of one frame out.
//!
//! ```text
//!  knobs 0…1 [latents] ─► offset + matrix · knobs ─┐
//!  note, time, velocity (layout) ──────────────────┴─► dense layers ─► numbers of a frame:
//!                                                      (panels)        magnitudes, or partials
//!                                                  └─► the attack's own layers ─► course of gain
//! ```
//!
//! [`Decoder`] is shared and never changes; what changes while it runs is per voice. The plain
//! [`reference`](reference::decode) is the oracle that it is held against.
//!
//! *Real time:* nothing allocates after [`Decoder::new`].

mod kernel;
mod panel;
pub mod reference;
#[cfg(test)]
mod tests;

use betwixt_model::header::{Network, Output};
use betwixt_model::{AttackCurve, ConditioningLayout, Dense, Model, Problem, attack};
pub(crate) use panel::{Activations, Progress};

/// Frames that can be decoded in one pass over the weights.
pub(crate) const BATCH: usize = kernel::BATCH;

/// A model's decoder, ready for the audio thread; shared between voices by `Arc`.
#[derive(Debug)]
pub struct Decoder {
    layout: ConditioningLayout,
    output: Output,
    trained_s: Option<f32>,
    offset: Vec<f32>,
    matrix: Vec<f32>,
    defaults: Vec<f32>,
    network: panel::PanelNetwork,
    attack: Option<panel::PanelNetwork>,
}

impl Decoder {
    /// Repacks a model's weights. Allocates: not for the audio thread.
    ///
    /// # Errors
    ///
    /// [`Problem`] when a model that was put together by hand contradicts its header.
    pub fn new(model: &Model) -> Result<Self, Problem> {
        model.header.validate()?;
        let header = &model.header;
        check_shapes("decoder", &header.decoder, &model.decoder)?;
        if let Some(attack) = &header.attack {
            check_shapes("attack", attack, &model.attack)?;
        }
        let attack = header.attack.as_ref();
        let (offset, matrix) = knob_map(model);
        Ok(Self {
            layout: header.layout(),
            output: header.output,
            offset,
            matrix,
            defaults: header.latents.iter().map(|latent| latent.default).collect(),
            trained_s: header.conditioning.time.map(|time| time.trained_s),
            network: panel::PanelNetwork::new(&header.decoder, &model.decoder),
            attack: attack.map(|network| panel::PanelNetwork::new(network, &model.attack)),
        })
    }

    /// What the numbers that it puts out mean.
    #[must_use]
    pub fn output(&self) -> Output {
        self.output
    }

    /// The order of the conditioning vector.
    #[must_use]
    pub fn layout(&self) -> ConditioningLayout {
        self.layout
    }

    /// Knob positions of the model's first sound, 0…1, `[latents]`.
    #[must_use]
    pub fn defaults(&self) -> &[f32] {
        &self.defaults
    }

    /// Weights that one decode reads.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.network.weights()
    }

    /// Bytes that each of them takes in memory: two if all came from bf16, else four.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        self.network.weight_bytes()
    }

    /// Seconds after the onset at which the trained length ends; `None` if the decoder is not told
    /// the time and draws still frames.
    pub(crate) fn trained_s(&self) -> Option<f32> {
        self.trained_s
    }

    /// Buffers for one decode.
    pub(crate) fn activations(&self) -> Activations {
        Activations::new(&self.network)
    }

    /// Buffers for one course of gain, if the model tells any.
    pub(crate) fn attack_activations(&self) -> Option<Activations> {
        self.attack.as_ref().map(Activations::new)
    }

    /// How the gain of a note runs through its attack: flat if the model does not tell.
    ///
    /// `conditioning` is that of the onset.
    pub(crate) fn attack(&self, work: &mut Activations, conditioning: &[f32]) -> AttackCurve {
        let Some(network) = &self.attack else {
            return AttackCurve::FLAT;
        };
        work.input(conditioning.len()).copy_from_slice(conditioning);
        network.advance(work, &mut Progress::default(), usize::MAX);
        AttackCurve::of(work.output(attack::POINTS))
    }

    /// Writes the decoder's latents for knob positions, 0…1, `[latents]`, into the front of a
    /// conditioning vector.
    pub fn write_latents(&self, knobs: &[f32], vector: &mut [f32]) {
        let rows = self.matrix.chunks_exact(knobs.len());
        for ((latent, offset), row) in vector.iter_mut().zip(&self.offset).zip(rows) {
            let sum: f32 = row.iter().zip(knobs).map(|(m, k)| m * k).sum();
            *latent = offset + sum;
        }
    }

    /// Goes on with a decode until `share` (0…1) of the weights have been read.
    pub(crate) fn advance(&self, work: &mut Activations, progress: &mut Progress, share: f64) {
        let until = betwixt_spectral::number::index((self.weights() as f64 * share).ceil());
        self.network.advance(work, progress, until);
    }

    /// Decodes the first `count` of a batch in one pass over the weights.
    pub(crate) fn run_batch(&self, batch: &mut [Activations; BATCH], count: usize) {
        if count == 1 {
            self.network
                .advance(&mut batch[0], &mut Progress::default(), usize::MAX);
        } else {
            self.network.run_batch(batch);
        }
    }

    /// A finished decode's output, `[numbers]`, as the network gives it.
    pub(crate) fn numbers<'a>(&self, work: &'a Activations) -> &'a [f32] {
        work.output(self.output.numbers())
    }

    /// The same, to be worked on.
    pub(crate) fn numbers_mut<'a>(&self, work: &'a mut Activations) -> &'a mut [f32] {
        work.output_mut(self.output.numbers())
    }

    /// Decodes one conditioning vector at once: raw outputs as the network gives them, `[numbers]`.
    ///
    /// The same loops as on the audio thread, for tests, the benchmark and evaluation; allocates.
    #[must_use]
    pub fn decode(&self, conditioning: &[f32]) -> Vec<f32> {
        let mut work = self.activations();
        work.input(conditioning.len()).copy_from_slice(conditioning);
        self.network
            .advance(&mut work, &mut Progress::default(), usize::MAX);
        self.numbers(&work).to_vec()
    }

    /// Decodes four conditioning vectors in one pass, like [`Decoder::decode`]; allocates.
    #[must_use]
    pub fn decode_batch(&self, conditioning: [&[f32]; BATCH]) -> [Vec<f32>; BATCH] {
        let mut batch = conditioning.map(|vector| {
            let mut work = self.activations();
            work.input(vector.len()).copy_from_slice(vector);
            work
        });
        self.network.run_batch(&mut batch);
        batch.map(|work| self.numbers(&work).to_vec())
    }
}

/// knob ─► whitened ─► decoder latent, folded into one offset and one matrix.
fn knob_map(model: &Model) -> (Vec<f32>, Vec<f32>) {
    let whitening = &model.header.whitening;
    let latents = &model.header.latents;
    let (mut offset, mut matrix) = (Vec::new(), Vec::new());
    for (mean, row) in whitening.mean.iter().zip(&whitening.basis) {
        let at_zero: f32 = row
            .iter()
            .zip(latents)
            .map(|(b, latent)| b * latent.low)
            .sum();
        offset.push(mean + at_zero);
        matrix.extend(
            row.iter()
                .zip(latents)
                .map(|(b, latent)| b * (latent.high - latent.low)),
        );
    }
    (offset, matrix)
}

fn check_shapes(name: &str, network: &Network, layers: &[Dense]) -> Result<(), Problem> {
    let mut inputs = network.inputs;
    let mut expected = Vec::new();
    for layer in &network.layers {
        expected.push((inputs, layer.outputs));
        inputs = layer.outputs;
    }
    let whole = |dense: &&Dense| {
        dense.weight.len() == dense.inputs * dense.outputs && dense.bias.len() == dense.outputs
    };
    let found: Vec<_> = layers
        .iter()
        .filter(whole)
        .map(|d| (d.inputs, d.outputs))
        .collect();
    if found == expected {
        return Ok(());
    }
    let text = |shapes: &[(usize, usize)]| {
        shapes
            .iter()
            .map(|(i, o)| [i.to_string(), o.to_string()].join("→"))
            .collect::<Vec<_>>()
    };
    Err(Problem::Tensor {
        tensor: name.into(),
        expected: text(&expected).join(", "),
        found: text(&found).join(", "),
    })
}
