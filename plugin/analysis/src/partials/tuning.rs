//! Tuning of a note: its f0, and how far its partials are stretched.
//!
//! ```text
//!  samples from 50 ms ─► Hann FFT 32,768, padded ×2 ─► peaks near k·f0·√(1 + B·k²), k = 1 … 60
//!                                                        └─ refit f0 and B as k rises ◄─┘
//! ```
//!
//! A stiff string's 20th partial lies a semitone above the 20th harmonic: searched where a plain
//! harmonic would be, it would be missed or, worse, taken for its neighbour. So the fit follows
//! the partials upwards.

use super::RATE_HZ;
use super::demodulation::hann;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::partial_hz;
use realfft::RealFftPlanner;

/// Samples of the long look at a note.
const LENGTH: usize = 32_768;
/// Where it starts: behind the attack.
const START: usize = 2_205;
/// Bins of the padded transform per Hz.
const BINS_PER_HZ: f64 = 2.0 * LENGTH as f64 / RATE_HZ;
/// Partials that are looked for.
const PARTIALS: usize = 60;
/// Partials above are not looked for, in Hz.
const HIGHEST_HZ: f64 = 18_000.0;
/// After these partials the fit is renewed.
const REFITS: [usize; 13] = [1, 2, 3, 4, 6, 8, 11, 15, 20, 26, 33, 42, 52];
/// A peak stands so much above the median around it.
const PROMINENCE: f32 = 4.0;
/// Bins on each side that the median is taken over.
const AROUND: usize = 60;
/// −60 dB.
const FLOOR: f32 = 1e-3;
/// Peaks further from a plain harmonic than this, in octaves, do not enter the fit.
const FARTHEST_OCTAVES: f64 = 0.06;
/// Without inharmonicity, peaks this far below the strongest (−30 dB) have no say: high up they
/// would outweigh it, and a bar's or a pipe's are none of its harmonics.
const STRONG: f64 = 0.03;
/// The largest inharmonicity that is believed.
const MOST: f64 = 1e-3;

/// Where a note's partials lie: k·f0·√(1 + B·k²).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tuning {
    pub(super) f0_hz: f64,
    pub(super) inharmonicity: f64,
}

/// A partial that was found.
#[derive(Clone, Copy, Debug)]
struct Peak {
    number: f64,
    hz: f64,
    amplitude: f64,
}

impl Tuning {
    /// Of a note whose pitch is known to a few percent; the nominal one if nothing is found.
    pub(super) fn of(spectrum: &LongSpectrum, nominal_hz: f64) -> Self {
        let mut tuning = Self {
            f0_hz: nominal_hz,
            inharmonicity: 0.0,
        };
        let mut peaks = Vec::new();
        for number in 1..=PARTIALS {
            let expected = partial_hz(number, tuning.f0_hz, tuning.inharmonicity);
            if expected > HIGHEST_HZ {
                break;
            }
            peaks.extend(spectrum.partial(number, expected));
            if REFITS.contains(&number) {
                tuning = Self::fitted(&peaks, nominal_hz).unwrap_or(tuning);
            }
        }
        Self::fitted(&peaks, nominal_hz).unwrap_or(tuning)
    }

    /// The weighted least squares fit of (f_k/k)² = f0²·(1 + B·k²).
    fn fitted(peaks: &[Peak], nominal_hz: f64) -> Option<Self> {
        let near = |peak: &&Peak| {
            let octaves = (peak.hz / (peak.number * nominal_hz)).log2();
            octaves.abs() < FARTHEST_OCTAVES
        };
        let near: Vec<&Peak> = peaks.iter().filter(near).collect();
        let loudest = near.iter().map(|peak| peak.amplitude).fold(0.0, f64::max);
        let highest = near.iter().map(|peak| peak.number).fold(0.0, f64::max);
        let row = |peak: &&Peak| -> (f64, f64, f64) {
            let (k2, y) = (peak.number.powi(2), (peak.hz / peak.number).powi(2));
            let weight = (peak.amplitude / loudest).sqrt() * k2 / (y * y);
            (k2, y, weight)
        };
        let rows: Vec<(f64, f64, f64)> = near.iter().map(row).collect();
        let flat = Line::through(&rows, false)?;
        let strong = near.iter().filter(|p| p.amplitude >= STRONG * loudest);
        let strong: Vec<(f64, f64, f64)> = strong.map(row).collect();
        let harmonic = Self {
            f0_hz: Line::through(&strong, false)?.offset.sqrt(),
            inharmonicity: 0.0,
        };
        if rows.len() < 6 || highest < 6.0 {
            return Some(harmonic);
        }
        let stretched = Line::through(&rows, true)?;
        let inharmonicity = stretched.slope / stretched.offset;
        let better = stretched.error(&rows) < 0.6 * flat.error(&rows);
        let kept = better && inharmonicity > 0.0 && inharmonicity < MOST;
        Some(if kept {
            Self {
                f0_hz: stretched.offset.sqrt(),
                inharmonicity,
            }
        } else {
            harmonic
        })
    }
}

/// y = offset + slope·x.
struct Line {
    offset: f64,
    slope: f64,
}

impl Line {
    /// Through (x, y, weight); `None` where there are no rows.
    fn through(rows: &[(f64, f64, f64)], sloped: bool) -> Option<Self> {
        let sum = |term: fn(&(f64, f64, f64)) -> f64| rows.iter().map(term).sum::<f64>();
        let weight = sum(|r| r.2);
        let (x, y) = (sum(|r| r.2 * r.0) / weight, sum(|r| r.2 * r.1) / weight);
        if weight <= 0.0 || !y.is_finite() {
            return None;
        }
        let spread: f64 = rows.iter().map(|r| r.2 * (r.0 - x).powi(2)).sum();
        let common: f64 = rows.iter().map(|r| r.2 * (r.0 - x) * (r.1 - y)).sum();
        let slope = if sloped && spread > 0.0 {
            common / spread
        } else {
            0.0
        };
        let offset = y - slope * x;
        (offset > 0.0).then_some(Self { offset, slope })
    }

    /// Weighted root mean square of what the line leaves.
    fn error(&self, rows: &[(f64, f64, f64)]) -> f64 {
        let square = |r: &(f64, f64, f64)| r.2 * (r.1 - self.offset - self.slope * r.0).powi(2);
        let weight: f64 = rows.iter().map(|r| r.2).sum();
        (rows.iter().map(square).sum::<f64>() / weight).sqrt()
    }
}

/// Amplitudes of the long look, twice as fine as its length.
pub(super) struct LongSpectrum {
    amplitudes: Vec<f32>,
    largest: f32,
}

impl LongSpectrum {
    pub(super) fn of(samples: &[f32]) -> Self {
        // A short note is looked at whole; a long one behind its attack.
        let start = START.min(samples.len() / 4);
        let seen = &samples[start..samples.len().min(start + LENGTH)];
        let plan = RealFftPlanner::<f32>::new().plan_fft_forward(2 * LENGTH);
        let (mut input, mut bins) = (plan.make_input_vec(), plan.make_output_vec());
        let windowed = input.iter_mut().zip(seen).zip(hann(seen.len().max(1)));
        windowed.for_each(|((out, x), w)| *out = x * narrow(w));
        plan.process(&mut input, &mut bins)
            .expect("lengths are the plan's");
        let amplitudes: Vec<f32> = bins.iter().map(|bin| bin.norm()).collect();
        let largest = amplitudes.iter().copied().fold(0.0, f32::max);
        Self {
            amplitudes,
            largest,
        }
    }

    /// The peak of a partial near where it is expected.
    fn partial(&self, number: usize, expected_hz: f64) -> Option<Peak> {
        let (share, least_hz) = if number == 1 {
            (0.03, 3.0)
        } else {
            (0.012, 4.0)
        };
        let reach = (share * expected_hz).max(least_hz) * BINS_PER_HZ;
        let place = expected_hz * BINS_PER_HZ;
        let from = index((place - reach).ceil()).max(1);
        let to = index(place + reach).min(self.amplitudes.len() - 2);
        let loudest = |a: &usize, b: &usize| self.amplitudes[*a].total_cmp(&self.amplitudes[*b]);
        let bin = (from..=to).max_by(loudest)?;
        let at_edge = bin == from || bin == to;
        if at_edge || !self.stands_out(bin, FLOOR, PROMINENCE) {
            return None;
        }
        Some(Peak {
            number: number as f64,
            hz: self.refined(bin) / BINS_PER_HZ,
            amplitude: f64::from(self.amplitudes[bin]),
        })
    }

    /// All peaks above a share of the largest amplitude and a multiple of the median around them:
    /// frequency in Hz and amplitude.
    pub(super) fn peaks(&self, floor: f32, prominence: f32) -> Vec<(f64, f32)> {
        let bins = 1..self.amplitudes.len() - 1;
        let peaks = bins.filter(|bin| self.stands_out(*bin, floor, prominence));
        peaks
            .map(|bin| (self.refined(bin) / BINS_PER_HZ, self.amplitudes[bin]))
            .collect()
    }

    /// The largest amplitude.
    pub(super) fn largest(&self) -> f32 {
        self.largest
    }

    /// The largest amplitude within `reach_hz` of a frequency.
    pub(super) fn loudest_near(&self, hz: f64, reach_hz: f64) -> f32 {
        let from = index((hz - reach_hz).max(0.0) * BINS_PER_HZ);
        let to = index((hz + reach_hz) * BINS_PER_HZ).min(self.amplitudes.len() - 1);
        let near = self.amplitudes[from.min(to)..=to].iter().copied();
        near.fold(0.0, f32::max)
    }

    /// Whether a bin is a local maximum well above its surroundings and the floor.
    fn stands_out(&self, bin: usize, floor: f32, prominence: f32) -> bool {
        let level = self.amplitudes[bin];
        let peak = level > self.amplitudes[bin - 1] && level >= self.amplitudes[bin + 1];
        if !peak || level <= floor * self.largest {
            return false;
        }
        let last = self.amplitudes.len() - 1;
        let around = &self.amplitudes[bin.saturating_sub(AROUND)..=(bin + AROUND).min(last)];
        let mut around = around.to_vec();
        let middle = around.len() / 2;
        let (_, median, _) = around.select_nth_unstable_by(middle, f32::total_cmp);
        level > prominence * *median
    }

    /// The place of a peak between bins: the vertex of the parabola through three logarithms.
    fn refined(&self, bin: usize) -> f64 {
        let log = |bin: usize| f64::from(self.amplitudes[bin].max(f32::MIN_POSITIVE)).ln();
        let (left, middle, right) = (log(bin - 1), log(bin), log(bin + 1));
        let bend = left - 2.0 * middle + right;
        let offset = if bend < 0.0 {
            0.5 * (left - right) / bend
        } else {
            0.0
        };
        bin as f64 + offset.clamp(-0.5, 0.5)
    }
}
