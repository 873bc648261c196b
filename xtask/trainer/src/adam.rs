//! Adam, one pass over each tensor and nothing allocated.
//!
//! ```text
//!  gradient ─► × clip ─► + 2·l2·w ─► first and second moment ─► w −= rate · m̂ / (√v̂ + ε)
//! ```
//!
//! The weight decay is the gradient of the loss term λ·Σw², as the papers have it, and not
//! decoupled.
//!
//! *Source:* Kingma and Ba, 2015.

use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, InplaceOp2, Layout, Result, Storage, Tensor, Var, bail};
use std::cell::RefCell;

const FIRST_DECAY: f32 = 0.9;
const SECOND_DECAY: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// The variables and their moments.
#[derive(Debug)]
pub struct Adam {
    variables: Vec<Var>,
    moments: Vec<RefCell<Moments>>,
    taken: i32,
    clip: f64,
    l2: f32,
}

/// Running means of the gradient and of its square, `[elements]` each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// Of the gradient.
    pub first: Vec<f32>,
    /// Of its square.
    pub second: Vec<f32>,
}

impl Adam {
    /// No step taken, all moments zero.
    #[must_use]
    pub fn new(variables: Vec<Var>, clip: f64, l2: f32) -> Self {
        let zero = |variable: &Var| {
            RefCell::new(Moments {
                first: vec![0.0; variable.elem_count()],
                second: vec![0.0; variable.elem_count()],
            })
        };
        Self {
            moments: variables.iter().map(zero).collect(),
            variables,
            taken: 0,
            clip,
            l2,
        }
    }

    /// The variables, in the order of the moments.
    #[must_use]
    pub fn variables(&self) -> &[Var] {
        &self.variables
    }

    /// The moments, for a checkpoint.
    #[must_use]
    pub fn moments(&self) -> Vec<Moments> {
        self.moments.iter().map(|m| m.borrow().clone()).collect()
    }

    /// Goes on where a checkpoint stopped.
    pub fn restore(&mut self, moments: Vec<Moments>, taken: usize) {
        self.moments = moments.into_iter().map(RefCell::new).collect();
        self.taken = i32::try_from(taken).unwrap_or(i32::MAX);
    }

    /// Moves every variable one step.
    ///
    /// # Errors
    ///
    /// When a variable received no gradient: it would silently never learn.
    pub fn step(&mut self, gradients: &GradStore, rate: f32) -> Result<()> {
        let mut own = Vec::with_capacity(self.variables.len());
        for variable in &self.variables {
            match gradients.get(variable) {
                Some(gradient) => own.push(gradient.contiguous()?),
                None => bail!(
                    "a variable of shape {:?} received no gradient",
                    variable.shape()
                ),
            }
        }
        let norm = norm(&own)?;
        self.taken = self.taken.saturating_add(1);
        let correction = |decay: f32| 1.0 - decay.powi(self.taken);
        let second = correction(SECOND_DECAY).sqrt();
        for ((variable, gradient), moments) in self.variables.iter().zip(&own).zip(&self.moments) {
            let step = Step {
                moments,
                scale: betwixt_spectral::number::narrow((self.clip / norm).min(1.0)),
                l2: self.l2,
                rate: rate * second / correction(FIRST_DECAY),
                epsilon: EPSILON * second,
            };
            variable.inplace_op2(gradient, &step)?;
        }
        Ok(())
    }
}

/// The norm of all gradients together.
fn norm(gradients: &[Tensor]) -> Result<f64> {
    let mut sum = 0.0;
    for gradient in gradients {
        let (storage, layout) = gradient.storage_and_layout();
        let Storage::Cpu(storage) = &*storage else {
            bail!("gradients are on the CPU");
        };
        let values = values(storage, layout)?;
        // Partial sums in f32 keep the lanes busy; their total is f64.
        let partial = |chunk: &[f32]| f64::from(chunk.iter().map(|g| g * g).sum::<f32>());
        sum += values.chunks(256).map(partial).sum::<f64>();
    }
    Ok(sum.sqrt())
}

fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let Some((start, end)) = layout.contiguous_offsets() else {
        bail!("gradients and variables are contiguous");
    };
    Ok(&storage.as_slice::<f32>()?[start..end])
}

/// One variable's step.
struct Step<'a> {
    moments: &'a RefCell<Moments>,
    scale: f32,
    l2: f32,
    rate: f32,
    epsilon: f32,
}

impl InplaceOp2 for Step<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(
        &self,
        variable: &mut CpuStorage,
        variable_layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
    ) -> Result<()> {
        let gradient = values(gradient, gradient_layout)?;
        let Some((start, end)) = variable_layout.contiguous_offsets() else {
            bail!("variables are contiguous");
        };
        let CpuStorage::F32(variable) = variable else {
            bail!("variables are f32");
        };
        let moments = &mut *self.moments.borrow_mut();
        let elements = variable[start..end].iter_mut().zip(gradient);
        let moments = moments.first.iter_mut().zip(&mut moments.second);
        for ((w, g), (first, second)) in elements.zip(moments) {
            let g = g * self.scale + 2.0 * self.l2 * *w;
            *first = FIRST_DECAY * *first + (1.0 - FIRST_DECAY) * g;
            *second = SECOND_DECAY * *second + (1.0 - SECOND_DECAY) * g * g;
            *w -= self.rate * *first / (second.sqrt() + self.epsilon);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    /// Two steps on one weight with gradients 2 and −1, by the paper's formulas.
    #[test]
    fn two_steps_by_the_paper() {
        let weight = Var::new(&[0.5f32], &Device::Cpu).unwrap();
        let mut adam = Adam::new(vec![weight.clone()], 100.0, 0.0);
        let (mut w, mut m, mut v) = (0.5f64, 0.0f64, 0.0f64);
        for (step, g) in [(1, 2.0f64), (2, -1.0)] {
            let loss = (weight.as_tensor() * g).unwrap().sum_all().unwrap();
            adam.step(&loss.backward().unwrap(), 0.01).unwrap();
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            let corrected = (
                m / (1.0 - 0.9f64.powi(step)),
                v / (1.0 - 0.999f64.powi(step)),
            );
            w -= 0.01 * corrected.0 / (corrected.1.sqrt() + 1e-8);
        }
        let found = weight.to_vec1::<f32>().unwrap()[0];
        assert!((f64::from(found) - w).abs() < 1e-6, "{found} {w}");
    }

    /// With clipping the gradients' common norm is the clip: seen in the first moment.
    #[test]
    fn gradients_are_clipped_together() {
        let a = Var::new(&[1.0f32], &Device::Cpu).unwrap();
        let b = Var::new(&[1.0f32], &Device::Cpu).unwrap();
        let mut adam = Adam::new(vec![a.clone(), b.clone()], 1.0, 0.0);
        let loss = ((a.as_tensor() * 3.0).unwrap() + (b.as_tensor() * 4.0).unwrap()).unwrap();
        adam.step(&loss.sum_all().unwrap().backward().unwrap(), 0.0)
            .unwrap();
        let moments = adam.moments();
        assert!((moments[0].first[0] - 0.06).abs() < 1e-6);
        assert!((moments[1].first[0] - 0.08).abs() < 1e-6);
    }

    /// A variable that the loss does not see is a fault, not a quiet one.
    #[test]
    fn missing_gradients_are_told() {
        let seen = Var::new(&[1.0f32], &Device::Cpu).unwrap();
        let unseen = Var::new(&[1.0f32, 2.0], &Device::Cpu).unwrap();
        let mut adam = Adam::new(vec![seen.clone(), unseen], 1.0, 0.0);
        let loss = seen.as_tensor().sum_all().unwrap();
        let error = adam.step(&loss.backward().unwrap(), 0.1).unwrap_err();
        assert!(error.to_string().contains("no gradient"));
    }
}
