//! The periodic Hann window, and what its overlapping squares add up to.

use crate::number::narrow;
use std::f64::consts::{PI, TAU};

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

/// The transform of a Hann window, `x` bins from its middle; 1 at 0, ½ at ±1.
#[must_use]
pub fn hann_lobe(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        return 1.0;
    }
    if (x.abs() - 1.0).abs() < 1e-9 {
        return 0.5;
    }
    (PI * x).sin() / (PI * x * (1.0 - x * x))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The window's own sum over its length, bin by bin and between them.
    #[test]
    fn the_lobe_is_the_window_s_transform() {
        let window = hann(512);
        for x in [0.0, 0.3, 1.0, 1.5, 2.0, 3.7] {
            let turned = window.iter().enumerate().map(|(i, w)| {
                let angle = TAU * x * (i as f64 - 256.0) / 512.0;
                f64::from(*w) * angle.cos()
            });
            let found = turned.sum::<f64>() / 256.0;
            assert!((found - hann_lobe(x)).abs() < 1e-4, "{x}: {found}");
        }
    }

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
