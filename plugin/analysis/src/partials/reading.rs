//! Reading a sound between its samples: for another sample rate, and to take vibrato away.
//!
//! ```text
//!  samples, place (fractional) ─► 32 neighbours × Kaiser-windowed sinc ─► sample
//! ```
//!
//! *Promise:* −80 dB up to 0.9 of the narrower Nyquist frequency.

use betwixt_spectral::number::{index, narrow};
use std::borrow::Cow;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Neighbours on each side at a step of 1 and below.
const REACH: f64 = 24.0;
/// Rows of the table between two samples; read with straight lines in between.
const ROWS: usize = 512;
/// Of the Kaiser window: side lobes below −90 dB.
const BETA: f64 = 9.0;

/// Reads samples at fractional places.
pub(super) struct Reader {
    /// Neighbours per place.
    width: usize,
    /// `[ROWS + 1, width]`.
    table: Vec<f32>,
}

impl Reader {
    /// For places that lie `step` samples apart; beyond 1 the sound is low-passed.
    fn new(step: f64) -> Self {
        let cutoff = 0.96 * step.max(1.0).recip();
        // Whole lanes of four on each side.
        let reach = 4.0 * (REACH / cutoff / 4.0).ceil();
        let width = 2 * index(reach);
        let mut table = Vec::with_capacity((ROWS + 1) * width);
        for row in 0..=ROWS {
            let fraction = row as f64 / ROWS as f64;
            let weight = |tap: usize| {
                let distance = tap as f64 - (reach - 1.0) - fraction;
                cutoff * sinc(cutoff * distance) * kaiser(distance / reach)
            };
            let weights: Vec<f64> = (0..width).map(weight).collect();
            let sum: f64 = weights.iter().sum();
            // A constant stays what it is.
            table.extend(weights.iter().map(|weight| narrow(weight / sum)));
        }
        Self { width, table }
    }

    /// The sound at a place in samples, 0 or later; outside there is silence.
    pub(super) fn read(&self, samples: &[f32], place: f64) -> f32 {
        let whole = index(place);
        let scaled = (place - whole as f64) * ROWS as f64;
        let row = index(scaled).min(ROWS - 1);
        let between = narrow(scaled - row as f64);
        let (low, high) = self.table[row * self.width..][..2 * self.width].split_at(self.width);
        let reach = self.width / 2;
        let near = (whole + 1).checked_sub(reach);
        if let Some(near) = near.and_then(|start| samples.get(start..start + self.width)) {
            return blended(near, low, high, between);
        }
        let sample = |tap: usize| {
            let position = (whole + 1 + tap).checked_sub(reach);
            let sample = position.and_then(|position| samples.get(position));
            sample.copied().unwrap_or(0.0)
        };
        let near: Vec<f32> = (0..self.width).map(sample).collect();
        blended(&near, low, high, between)
    }
}

/// Σ samples × weights, the weights between two rows; eight sums side by side, so that the
/// compiler need not add in order.
fn blended(samples: &[f32], low: &[f32], high: &[f32], between: f32) -> f32 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let rows = low.chunks_exact(LANES).zip(high.chunks_exact(LANES));
    for (samples, (low, high)) in samples.chunks_exact(LANES).zip(rows) {
        for lane in 0..LANES {
            let weight = low[lane] + between * (high[lane] - low[lane]);
            sums[lane] += samples[lane] * weight;
        }
    }
    sums.iter().sum()
}

/// For places one sample apart, more or less.
pub(super) static UNIT: LazyLock<Reader> = LazyLock::new(|| Reader::new(1.0));

/// A sound at another sample rate.
pub(super) fn at_rate(samples: &[f32], from_hz: f64, to_hz: f64) -> Cow<'_, [f32]> {
    if (from_hz - to_hz).abs() < 1e-6 {
        return samples.into();
    }
    let step = from_hz / to_hz;
    let reader = Reader::new(step);
    let length = index((samples.len() as f64 / step).ceil());
    let place = |i: usize| reader.read(samples, i as f64 * step);
    (0..length).map(place).collect()
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// The Kaiser window over −1…1.
fn kaiser(x: f64) -> f64 {
    super::kernel::bessel(BETA * (1.0 - x * x).max(0.0).sqrt()) / super::kernel::bessel(BETA)
}
