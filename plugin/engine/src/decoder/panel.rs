//! The dense network as the audio thread runs it: weights in panels, work in portions.
//!
//! ```text
//!  weight [outputs, inputs] ─► panels: ⌈outputs/64⌉ × [inputs] rows of 64 consecutive weights
//!
//!  even [inputs] ─► panel after panel ─► odd [outputs] ─► next layer ─► even [outputs] ─► …
//! ```
//!
//! A portion is a whole number of panels, so a decode can be spread over the samples of a hop.
//!
//! *Real time:* nothing allocates after [`PanelNetwork::new`] and [`Activations::new`].

use super::kernel::{BATCH, Bf16, Kernel, PANEL, Row, Weight};
use betwixt_model::Dense;
use betwixt_model::header::{Activation, Network};

/// A network repacked for streaming through its weights once.
///
/// Weights that were stored as bf16 stay so: the same values from half the memory.
#[derive(Debug)]
pub(crate) enum PanelNetwork {
    /// 32-bit weights.
    Single(Panels<f32>),
    /// 16-bit weights.
    Half(Panels<Bf16>),
}

/// The layers in one type of weight, and the loops for it.
#[derive(Debug)]
pub(crate) struct Panels<W> {
    layers: Vec<Layer<W>>,
    kernel: Kernel<W>,
}

#[derive(Debug)]
struct Layer<W> {
    inputs: usize,
    panels: Vec<Row<W>>,
    bias: Vec<[f32; PANEL]>,
    activation: Activation,
}

/// The two buffers between which a vector passes from layer to layer, each as long as the widest
/// vector that comes into it.
#[derive(Clone, Debug)]
pub(crate) struct Activations {
    /// Of even layers' inputs, and of odd ones'.
    buffers: [Vec<f32>; 2],
    /// In which of them the last layer leaves its output.
    output: usize,
}

/// How far a decode has come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    layer: usize,
    panel: usize,
    weights: usize,
}

impl PanelNetwork {
    /// Repacks the layers; the lengths are the caller's promise.
    pub(crate) fn new(network: &Network, weights: &[Dense]) -> Self {
        let mut all = weights.iter().flat_map(|dense| &dense.weight);
        if all.all(|weight| weight.to_bits() & 0xffff == 0) {
            Self::Half(Panels::new(network, weights, Bf16::upper_half))
        } else {
            Self::Single(Panels::new(network, weights, |w| w))
        }
    }

    /// Weights that one decode reads, padding included.
    pub(crate) fn weights(&self) -> usize {
        match self {
            Self::Single(panels) => panels.weights(),
            Self::Half(panels) => panels.weights(),
        }
    }

    /// Bytes of one weight.
    pub(crate) fn weight_bytes(&self) -> usize {
        match self {
            Self::Single(_) => size_of::<f32>(),
            Self::Half(_) => size_of::<Bf16>(),
        }
    }

    /// Goes on until at least `until` weights have been read since the start, or to the end.
    ///
    /// The input lies in [`Activations::input`]; when all weights are read, the output lies in
    /// [`Activations::output`].
    pub(crate) fn advance(&self, work: &mut Activations, progress: &mut Progress, until: usize) {
        match self {
            Self::Single(panels) => panels.advance(work, progress, until),
            Self::Half(panels) => panels.advance(work, progress, until),
        }
    }

    /// Runs a whole batch at once, reading the weights once.
    pub(crate) fn run_batch(&self, batch: &mut [Activations; BATCH]) {
        match self {
            Self::Single(panels) => panels.run_batch(batch),
            Self::Half(panels) => panels.run_batch(batch),
        }
    }

    /// The same network on the loops that run on any machine.
    #[cfg(test)]
    pub(crate) fn with_baseline_kernel(mut self) -> Self {
        match &mut self {
            Self::Single(panels) => panels.kernel = Kernel::baseline(),
            Self::Half(panels) => panels.kernel = Kernel::baseline(),
        }
        self
    }

    /// The lengths of a decode's vectors, the input first, panels filled up.
    fn lengths(&self) -> Vec<usize> {
        match self {
            Self::Single(panels) => panels.lengths(),
            Self::Half(panels) => panels.lengths(),
        }
    }
}

impl<W: Weight> Panels<W> {
    fn new(network: &Network, weights: &[Dense], store: impl Fn(f32) -> W) -> Self {
        let layer = |(layer, dense): (&betwixt_model::header::Layer, &Dense)| Layer {
            inputs: dense.inputs,
            panels: pack(dense, &store),
            bias: pack_bias(dense),
            activation: layer.activation,
        };
        let layers = network.layers.iter().zip(weights).map(layer).collect();
        Self {
            layers,
            kernel: Kernel::detect(),
        }
    }

    fn weights(&self) -> usize {
        self.layers
            .iter()
            .map(|layer| layer.panels.len() * PANEL)
            .sum()
    }

    fn lengths(&self) -> Vec<usize> {
        let input = self.layers.iter().map(|layer| layer.inputs).take(1);
        let outputs = self.layers.iter().map(|layer| layer.bias.len() * PANEL);
        input.chain(outputs).collect()
    }

    fn advance(&self, work: &mut Activations, progress: &mut Progress, until: usize) {
        while progress.weights < until && progress.layer < self.layers.len() {
            let layer = &self.layers[progress.layer];
            let panel = progress.panel;
            let rows = &layer.panels[panel * layer.inputs..(panel + 1) * layer.inputs];
            let mut sums = layer.bias[panel];
            let input = work.of(progress.layer, layer.inputs);
            self.kernel.one(rows, input, &mut sums);
            work.write(progress.layer, panel, layer.activation, &sums);
            progress.weights += rows.len() * PANEL;
            progress.panel += 1;
            if progress.panel == layer.bias.len() {
                *progress = Progress {
                    layer: progress.layer + 1,
                    panel: 0,
                    ..*progress
                };
            }
        }
    }

    fn run_batch(&self, batch: &mut [Activations; BATCH]) {
        for (number, layer) in self.layers.iter().enumerate() {
            for (panel, bias) in layer.bias.iter().enumerate() {
                let rows = &layer.panels[panel * layer.inputs..(panel + 1) * layer.inputs];
                let mut sums = [*bias; BATCH];
                let inputs = batch.each_ref().map(|work| work.of(number, layer.inputs));
                self.kernel.four(rows, inputs, &mut sums);
                for (work, sums) in batch.iter_mut().zip(&sums) {
                    work.write(number, panel, layer.activation, sums);
                }
            }
        }
    }
}

impl Activations {
    /// Buffers for the vectors of a network.
    pub(crate) fn new(network: &PanelNetwork) -> Self {
        let lengths = network.lengths();
        let widest = |first: usize| lengths.iter().skip(first).step_by(2).max();
        Self {
            buffers: [0, 1].map(|first| vec![0.0; widest(first).copied().unwrap_or(0)]),
            output: (lengths.len() + 1) % 2,
        }
    }

    /// Where the network's input is written before a decode begins.
    pub(crate) fn input(&mut self, len: usize) -> &mut [f32] {
        &mut self.buffers[0][..len]
    }

    /// The network's output after a decode has ended.
    pub(crate) fn output(&self, len: usize) -> &[f32] {
        &self.buffers[self.output][..len]
    }

    /// The same, to be worked on.
    pub(crate) fn output_mut(&mut self, len: usize) -> &mut [f32] {
        &mut self.buffers[self.output][..len]
    }

    /// What comes into a layer.
    fn of(&self, layer: usize, inputs: usize) -> &[f32] {
        &self.buffers[layer % 2][..inputs]
    }

    /// Takes a panel of what a layer puts out.
    fn write(&mut self, layer: usize, panel: usize, activation: Activation, sums: &[f32; PANEL]) {
        let out = &mut self.buffers[(layer + 1) % 2][panel * PANEL..(panel + 1) * PANEL];
        out.copy_from_slice(sums);
        activate(activation, out);
    }
}

fn activate(activation: Activation, values: &mut [f32]) {
    match activation {
        Activation::Linear => {}
        Activation::Relu => values.iter_mut().for_each(|v| *v = v.max(0.0)),
        Activation::LeakyRelu => values.iter_mut().for_each(|v| *v = v.max(0.1 * *v)),
        Activation::Sigmoid => values
            .iter_mut()
            .for_each(|v| *v = 1.0 / (1.0 + (-*v).exp())),
    }
}

fn pack<W: Weight>(dense: &Dense, store: impl Fn(f32) -> W) -> Vec<Row<W>> {
    let mut rows = Vec::with_capacity(dense.outputs.div_ceil(PANEL) * dense.inputs);
    for first in (0..dense.outputs).step_by(PANEL) {
        for input in 0..dense.inputs {
            let weight = |row: usize| dense.weight.get(row * dense.inputs + input);
            let padded = |lane: usize| store(weight(first + lane).copied().unwrap_or(0.0));
            rows.push(Row(std::array::from_fn(padded)));
        }
    }
    rows
}

fn pack_bias(dense: &Dense) -> Vec<[f32; PANEL]> {
    let padded = |first: usize| {
        std::array::from_fn(|lane| dense.bias.get(first + lane).copied().unwrap_or(0.0))
    };
    (0..dense.outputs).step_by(PANEL).map(padded).collect()
}
