//! How loud a sound is to a listener: integrated loudness in LUFS.
//!
//! ```text
//!  left, right ─► shelf, high-pass (the head, the ear) ─► power of 400 ms blocks, every 100 ms
//!    ─► blocks above −70 LUFS ─► those above their mean − 10 LU ─► mean power ─► LUFS
//! ```
//!
//! A sine of 997 Hz and full scale on one channel is −3.01 LUFS.
//!
//! *Source:* ITU-R BS.1770-4. It gives the two filters for 48 kHz alone; for other rates they are
//! made from the analogue ones behind them (the same to five digits at 48 kHz).

use std::f64::consts::PI;

/// The shelf: corner in Hz, quality, gain in dB.
const SHELF: (f64, f64, f64) = (
    1_681.974_450_955_533,
    0.707_175_236_955_42,
    3.999_843_853_973_347,
);
/// What the shelf's gain is raised to half way up.
const HALF_WAY: f64 = 0.499_666_774_154_541_6;
/// The high-pass: corner in Hz, quality.
const HIGH_PASS: (f64, f64) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);
/// A full-scale sine of 997 Hz comes out of the filters this much louder.
const OFFSET: f64 = -0.691;
const BLOCK_S: f64 = 0.4;
/// Blocks begin this often in a block's time.
const OVERLAP: usize = 4;
/// Blocks below this are silence, LUFS.
const SILENCE: f64 = -70.0;
/// Blocks this much below the others are pauses, LU.
const PAUSE: f64 = -10.0;

/// A filter of second order.
#[derive(Clone, Copy, Debug)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    fn shelf(rate_hz: f64) -> Self {
        let (corner_hz, quality, gain_db) = SHELF;
        let k = (PI * corner_hz / rate_hz).tan();
        let high = 10f64.powf(gain_db / 20.0);
        let middle = high.powf(HALF_WAY);
        let numerator = [
            high + middle * k / quality + k * k,
            2.0 * (k * k - high),
            high - middle * k / quality + k * k,
        ];
        Self::new(k, quality, numerator, 1.0 + k / quality + k * k)
    }

    /// Its numerator is left at 1, −2, 1, as the recommendation has it.
    fn high_pass(rate_hz: f64) -> Self {
        let (corner_hz, quality) = HIGH_PASS;
        let k = (PI * corner_hz / rate_hz).tan();
        Self::new(k, quality, [1.0, -2.0, 1.0], 1.0)
    }

    fn new(k: f64, quality: f64, numerator: [f64; 3], over: f64) -> Self {
        let whole = 1.0 + k / quality + k * k;
        Self {
            b: numerator.map(|b| b / over),
            a: [2.0 * (k * k - 1.0), 1.0 - k / quality + k * k].map(|a| a / whole),
            state: [0.0; 2],
        }
    }

    /// One sample, in the transposed direct form II.
    fn pass(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

/// The integrated loudness of channels that count alike (left and right, or one), LUFS.
///
/// −∞ for a sound that is silent or shorter than 0.4 s; not a number where a sample is none.
#[must_use]
pub fn integrated_lufs(channels: &[&[f32]], rate_hz: f64) -> f64 {
    let powers = block_powers(channels, rate_hz);
    if powers.iter().any(|power| power.is_nan()) {
        return f64::NAN;
    }
    let above = |threshold: f64| {
        let loud = powers.iter().filter(|power| lufs(**power) > threshold);
        let (sum, count) = loud.fold((0.0, 0usize), |(sum, count), power| {
            (sum + power, count + 1)
        });
        sum / count.max(1) as f64
    };
    let relative = lufs(above(SILENCE)) + PAUSE;
    lufs(above(SILENCE.max(relative)))
}

fn lufs(power: f64) -> f64 {
    OFFSET + 10.0 * power.log10()
}

/// Mean power of the filtered channels, summed, in each block.
fn block_powers(channels: &[&[f32]], rate_hz: f64) -> Vec<f64> {
    let step = betwixt_spectral::number::index(rate_hz * BLOCK_S / OVERLAP as f64).max(1);
    let mut steps: Vec<f64> = Vec::new();
    for channel in channels {
        let (mut shelf, mut high_pass) = (Biquad::shelf(rate_hz), Biquad::high_pass(rate_hz));
        for (at, part) in channel.chunks_exact(step).enumerate() {
            let squares = part
                .iter()
                .map(|x| high_pass.pass(shelf.pass(f64::from(*x))).powi(2));
            let energy: f64 = squares.sum();
            match steps.get_mut(at) {
                Some(sum) => *sum += energy,
                None => steps.push(energy),
            }
        }
    }
    let blocks = steps.windows(OVERLAP);
    blocks
        .map(|block| block.iter().sum::<f64>() / (OVERLAP * step) as f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::tone;

    /// A tone of 1 kHz in stereo: seconds and peak level in dBFS of each part, one after the other.
    fn loudness(parts: &[(u32, f64)], rate_hz: u32) -> f64 {
        let rate = f64::from(rate_hz);
        let part = |(seconds, db): &(u32, f64)| {
            tone(&[(1_000.0, 10f64.powf(db / 20.0))], rate, seconds * rate_hz)
        };
        let samples: Vec<f32> = parts.iter().flat_map(part).collect();
        integrated_lufs(&[&samples, &samples], rate)
    }

    /// The filters are those that the recommendation prints for 48 kHz.
    #[test]
    fn the_filters_are_the_printed_ones() {
        let near = |found: &[f64], printed: &[f64]| {
            for (found, printed) in found.iter().zip(printed) {
                assert!((found - printed).abs() < 1e-9, "{found} {printed}");
            }
        };
        let shelf = Biquad::shelf(48_000.0);
        near(
            &shelf.b,
            &[
                1.535_124_859_586_97,
                -2.691_696_189_406_38,
                1.198_392_810_852_85,
            ],
        );
        near(&shelf.a, &[-1.690_659_293_182_41, 0.732_480_774_215_85]);
        let high_pass = Biquad::high_pass(48_000.0);
        near(&high_pass.b, &[1.0, -2.0, 1.0]);
        near(&high_pass.a, &[-1.990_047_454_833_98, 0.990_072_250_366_21]);
    }

    /// The minimum requirements of EBU Tech 3341, cases 1 to 5: within 0.1 LU.
    #[test]
    fn the_broadcasters_cases_are_met() {
        let cases: [(&[(u32, f64)], f64); 5] = [
            (&[(20, -23.0)], -23.0),
            (&[(20, -33.0)], -33.0),
            (&[(10, -36.0), (60, -23.0), (10, -36.0)], -23.0),
            (
                &[
                    (10, -72.0),
                    (10, -36.0),
                    (60, -23.0),
                    (10, -36.0),
                    (10, -72.0),
                ],
                -23.0,
            ),
            (&[(20, -26.0), (20, -20.0), (20, -26.0)], -23.0),
        ];
        for (parts, expected) in cases {
            for rate_hz in [44_100, 48_000] {
                let found = loudness(parts, rate_hz);
                assert!(
                    (found - expected).abs() < 0.1,
                    "{parts:?} at {rate_hz}: {found}"
                );
            }
        }
    }

    /// A full-scale sine of 997 Hz on one channel is −3.01 LUFS.
    #[test]
    fn one_channel_is_three_decibels_less() {
        let sine = tone(&[(997.0, 1.0)], 48_000.0, 480_000);
        let silence = vec![0.0; sine.len()];
        for channels in [vec![&sine[..]], vec![&sine, &silence]] {
            let found = integrated_lufs(&channels, 48_000.0);
            assert!((found + 3.01).abs() < 0.01, "{found}");
        }
    }

    /// Silence has no loudness, and what is no number has none that is.
    #[test]
    fn silence_and_damage_are_told() {
        let silent = vec![0.0; 48_000];
        assert_eq!(integrated_lufs(&[&silent], 48_000.0), f64::NEG_INFINITY);
        assert_eq!(
            integrated_lufs(&[&silent[..100]], 48_000.0),
            f64::NEG_INFINITY
        );
        let mut damaged = silent;
        damaged[20_000] = f32::NAN;
        assert!(integrated_lufs(&[&damaged], 48_000.0).is_nan());
    }
}
