//! A stack of dense layers on candle, trainable.
//!
//! ```text
//!  [rows, inputs] ─► × weight [inputs, outputs] + bias ─► activation ─► … ─► [rows, outputs]
//! ```
//!
//! Weights lie input by output, so that both the product and its gradient run over contiguous
//! rows; the model file has them output by input.

use betwixt_model::Dense;
use betwixt_model::header::{Activation, Layer, Network};
use betwixt_spectral::number::narrow;
use candle_core::backend::BackendStorage;
use candle_core::{
    CpuStorage, CustomOp1, Device, Layout, Result, Shape, Storage, Tensor, Var, bail,
};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

/// Dense layers and what follows each.
#[derive(Clone, Debug)]
pub struct Stack {
    inputs: usize,
    layers: Vec<TrainedLayer>,
}

#[derive(Clone, Debug)]
struct TrainedLayer {
    weight: Var,
    bias: Var,
    activation: Activation,
}

impl Stack {
    /// Fresh weights: uniform with the variance that keeps the signal's (He; Glorot before a
    /// sigmoid or nothing), biases zero.
    ///
    /// # Errors
    ///
    /// Only when the tensor library has no memory.
    pub fn new(
        inputs: usize,
        widths: &[(usize, Activation)],
        random: &mut Pcg64Mcg,
    ) -> Result<Self> {
        let mut layers = Vec::with_capacity(widths.len());
        let mut width = inputs;
        for (outputs, activation) in widths {
            let limit = initial_limit(width, *outputs, *activation);
            let draw = |_| narrow(random.random_range(-limit..limit));
            let values: Vec<f32> = (0..width * outputs).map(draw).collect();
            layers.push(TrainedLayer {
                weight: Var::from_vec(values, (width, *outputs), &Device::Cpu)?,
                bias: Var::zeros(*outputs, candle_core::DType::F32, &Device::Cpu)?,
                activation: *activation,
            });
            width = *outputs;
        }
        Ok(Self { inputs, layers })
    }

    /// A stack with the weights of a model.
    ///
    /// # Errors
    ///
    /// Only when the layers' lengths disagree with the network's widths.
    pub fn from_model(network: &Network, layers: &[Dense]) -> Result<Self> {
        let layer = |(dense, layer): (&Dense, &Layer)| {
            let shape = (dense.outputs, dense.inputs);
            let weight = Tensor::from_slice(&dense.weight, shape, &Device::Cpu)?;
            Ok(TrainedLayer {
                weight: Var::from_tensor(&weight.t()?.contiguous()?)?,
                bias: Var::from_slice(&dense.bias, dense.outputs, &Device::Cpu)?,
                activation: layer.activation,
            })
        };
        let layers: Result<Vec<TrainedLayer>> =
            layers.iter().zip(&network.layers).map(layer).collect();
        Ok(Self {
            inputs: network.inputs,
            layers: layers?,
        })
    }

    /// Runs rows through the stack: `[rows, inputs]` to `[rows, outputs]`.
    ///
    /// # Errors
    ///
    /// When `rows` has another width than the stack's inputs.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let mut values = rows.clone();
        for layer in &self.layers {
            values = layer.finish(&values.matmul(&layer.weight)?)?;
        }
        Ok(values)
    }

    /// The same for rows that are data: no gradient for them is computed, which saves a third of
    /// the first layer's work.
    ///
    /// # Errors
    ///
    /// When `rows` has another width than the stack's inputs.
    pub fn forward_data(&self, rows: &Tensor) -> Result<Tensor> {
        let Some((first, rest)) = self.layers.split_first() else {
            return Ok(rows.clone());
        };
        let product = first.weight.apply_op1(DataProduct { rows: rows.clone() })?;
        let mut values = first.finish(&product)?;
        for layer in rest {
            values = layer.finish(&values.matmul(&layer.weight)?)?;
        }
        Ok(values)
    }

    /// All that is trained: weight, bias, weight, bias, …
    #[must_use]
    pub fn variables(&self) -> Vec<Var> {
        let both = |layer: &TrainedLayer| [layer.weight.clone(), layer.bias.clone()];
        self.layers.iter().flat_map(both).collect()
    }

    /// The stack as a model file describes it.
    #[must_use]
    pub fn network(&self) -> Network {
        let layer = |layer: &TrainedLayer| Layer {
            outputs: layer.bias.elem_count(),
            activation: layer.activation,
        };
        Network {
            inputs: self.inputs,
            layers: self.layers.iter().map(layer).collect(),
        }
    }

    /// The stack's weights as a model file holds them.
    ///
    /// # Errors
    ///
    /// Never on the CPU.
    pub fn to_dense(&self) -> Result<Vec<Dense>> {
        let dense = |layer: &TrainedLayer| {
            let (inputs, outputs) = layer.weight.dims2()?;
            let weight = layer.weight.t()?.contiguous()?;
            Ok(Dense {
                inputs,
                outputs,
                weight: weight.flatten_all()?.to_vec1()?,
                bias: layer.bias.to_vec1()?,
            })
        };
        self.layers.iter().map(dense).collect()
    }
}

impl TrainedLayer {
    /// What comes after the product with the weights.
    fn finish(&self, product: &Tensor) -> Result<Tensor> {
        activate(&product.broadcast_add(&self.bias)?, self.activation)
    }
}

/// rows × weight, where only the weight wants a gradient.
struct DataProduct {
    /// `[rows, inputs]`, contiguous.
    rows: Tensor,
}

impl CustomOp1 for DataProduct {
    fn name(&self) -> &'static str {
        "data-product"
    }

    fn cpu_fwd(&self, weight: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, inputs) = self.rows.dims2()?;
        let (expected, outputs) = layout.shape().dims2()?;
        if inputs != expected {
            bail!("rows are {inputs} wide, the weights take {expected}");
        }
        let (storage, rows_layout) = self.rows.storage_and_layout();
        let Storage::Cpu(values) = &*storage else {
            bail!("rows are on the CPU");
        };
        let product = values.matmul(weight, (1, rows, outputs, inputs), rows_layout, layout)?;
        Ok((product, Shape::from((rows, outputs))))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(self.rows.t()?.matmul(gradient)?))
    }
}

fn initial_limit(inputs: usize, outputs: usize, activation: Activation) -> f64 {
    let variance = match activation {
        Activation::LeakyRelu => 2.0 / (1.01 * inputs as f64),
        Activation::Relu => 2.0 / inputs as f64,
        Activation::Linear | Activation::Sigmoid => 2.0 / (inputs + outputs) as f64,
    };
    (3.0 * variance).sqrt()
}

fn activate(sums: &Tensor, activation: Activation) -> Result<Tensor> {
    match activation {
        Activation::Linear => Ok(sums.clone()),
        Activation::Relu => sums.relu(),
        Activation::LeakyRelu => sums.maximum(&(sums * 0.1)?),
        // tanh has a gradient and does not overflow: 1/(1 + e^−x) = (1 + tanh(x/2))/2.
        Activation::Sigmoid => (sums * 0.5)?.tanh()?.affine(0.5, 0.5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    /// The four activations at −1 and 1, by hand.
    #[test]
    fn activations_by_hand() {
        let x = Tensor::new(&[-1.0f32, 1.0], &Device::Cpu).unwrap();
        let sigmoid = 1.0 / (1.0 + (-1.0f32).exp());
        for (activation, expected) in [
            (Activation::Linear, [-1.0, 1.0]),
            (Activation::Relu, [0.0, 1.0]),
            (Activation::LeakyRelu, [-0.1, 1.0]),
            (Activation::Sigmoid, [1.0 - sigmoid, sigmoid]),
        ] {
            let found: Vec<f32> = activate(&x, activation).unwrap().to_vec1().unwrap();
            let close = (0..2).all(|i| (found[i] - expected[i]).abs() < 1e-6);
            assert!(close, "{activation:?}: {found:?}");
        }
    }

    /// Leaving out the gradient of the data changes neither the answer nor any other gradient.
    #[test]
    fn data_rows_give_the_same_gradients() {
        let mut random = Pcg64Mcg::seed_from_u64(1);
        let widths = [(5, Activation::LeakyRelu), (2, Activation::Sigmoid)];
        let stack = Stack::new(4, &widths, &mut random).unwrap();
        let values: Vec<f32> = (0..12).map(|i| (i as f32 * 0.7).sin()).collect();
        let rows = Tensor::from_vec(values, (3, 4), &Device::Cpu).unwrap();
        let gradients = |answer: Tensor| {
            let store = answer.sqr().unwrap().sum_all().unwrap().backward().unwrap();
            let flat = |v: &Var| {
                store
                    .get(v)
                    .unwrap()
                    .flatten_all()
                    .unwrap()
                    .to_vec1::<f32>()
            };
            stack
                .variables()
                .iter()
                .flat_map(|v| flat(v).unwrap())
                .collect::<Vec<f32>>()
        };
        let plain = gradients(stack.forward(&rows).unwrap());
        assert_eq!(gradients(stack.forward_data(&rows).unwrap()), plain);
        assert!(plain.iter().any(|g| g.abs() > 1e-3));
    }

    /// Weights go to the file's order and back; one unit input shows a row of the file's weights.
    #[test]
    fn the_file_has_weights_output_by_input() {
        let mut random = Pcg64Mcg::seed_from_u64(1);
        let widths = [(3, Activation::Linear)];
        let stack = Stack::new(2, &widths, &mut random).unwrap();
        let dense = stack.to_dense().unwrap();
        let unit = Tensor::new(&[[0.0f32, 1.0]], &Device::Cpu).unwrap();
        let outputs: Vec<f32> = stack
            .forward(&unit)
            .unwrap()
            .squeeze(0)
            .unwrap()
            .to_vec1()
            .unwrap();
        let column: Vec<f32> = (0..3)
            .map(|output| dense[0].weight[output * 2 + 1])
            .collect();
        assert_eq!(outputs, column);
        let again = Stack::from_model(&stack.network(), &dense).unwrap();
        assert_eq!(again.to_dense().unwrap(), dense);
    }
}
