//! The periodic Hann window, and what its overlapping squares add up to.

use crate::number::narrow;
use std::f64::consts::TAU;

/// The periodic Hann window: `0.5 − 0.5·cos(2πi/len)` for i in 0..len.
#[must_use]
pub fn hann(len: usize) -> Vec<f32> {
    (0..len)
        .map(|i| narrow(0.5 - 0.5 * (TAU * i as f64 / len as f64).cos()))
        .collect()
}

/// The Hann window that undoes analysis by the same window: their overlapping products sum to 1.
///
/// The sum of Hann squares at a hop of len/R is 3R/8 for every whole R above 2 (1.5 at 75 %
/// overlap), so the division is by a constant.
#[must_use]
pub fn hann_synthesis(len: usize, hop: usize) -> Vec<f32> {
    let product_sum = 0.375 * len as f64 / hop as f64;
    hann(len)
        .into_iter()
        .map(|w| narrow(f64::from(w) / product_sum))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The promise of the synthesis window, at every sample of the hop and both overlaps.
    #[test]
    fn window_products_sum_to_one() {
        for (len, hop) in [(4096, 1024), (1024, 128)] {
            let (analysis, synthesis) = (hann(len), hann_synthesis(len, hop));
            for start in 0..hop {
                let sum: f64 = (start..len)
                    .step_by(hop)
                    .map(|i| f64::from(analysis[i]) * f64::from(synthesis[i]))
                    .sum();
                assert!((sum - 1.0).abs() < 1e-6, "{len}/{hop} at {start}: {sum}");
            }
        }
    }
}
