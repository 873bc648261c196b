//! Samples that were heard ─► columns of levels, one every 60th of a second.
//!
//! ```text
//!  [fft_len] samples ─► Hann ─► real transform ─► magnitude ─► the loudest bin of each row, in dB
//! ```

use super::ROWS;
use crate::screen::{TAPPED, Tap};
use betwixt_engine::telemetry::{SPECTRUM_HIGH_HZ, SPECTRUM_LOW_HZ};
use betwixt_spectral::number::{index, real};
use betwixt_spectral::{Complex32, ForwardStft, Geometry};

/// Levels of the rows, lowest frequency first.
pub(super) type Column = [f32; ROWS];

/// The lowest level shown, of full scale.
pub(super) const FLOOR_DB: f32 = -90.0;
/// Columns in a second.
const PER_SECOND: f32 = 60.0;
/// Samples of a transform, up to this rate in Hz; twice as many above it, and so on.
const LEAST: (usize, f32) = (4_096, 50_000.0);

/// The transform and how far it has come.
pub(super) struct Analysis {
    plan: Option<Plan>,
    /// Samples up to which columns have been made.
    done: usize,
}

/// What a sample rate needs.
struct Plan {
    rate_hz: f32,
    transform: ForwardStft,
    samples: Vec<f32>,
    bins: Vec<Complex32>,
    /// The bins of a row are those from its edge up to the next one's.
    edges: Vec<usize>,
}

impl Plan {
    /// None at a rate that no sound card has.
    fn new(rate_hz: f32) -> Option<Self> {
        let mut len = LEAST.0;
        while rate_hz * real(LEAST.0) > LEAST.1 * real(len) && len < TAPPED / 2 {
            len *= 2;
        }
        let bin_hz = f64::from(rate_hz) / len as f64;
        let edge = |row: usize| {
            let share = row as f64 / ROWS as f64;
            let hz = SPECTRUM_LOW_HZ * (SPECTRUM_HIGH_HZ / SPECTRUM_LOW_HZ).powf(share);
            index((hz / bin_hz).round()).min(len / 2)
        };
        let rate = u32::try_from(index(f64::from(rate_hz.round()))).ok()?;
        Some(Self {
            rate_hz,
            transform: ForwardStft::new(Geometry::new(len, len / 4, rate).ok()?),
            samples: vec![0.0; len],
            bins: vec![Complex32::default(); len / 2 + 1],
            edges: (0..=ROWS).map(edge).collect(),
        })
    }

    /// The column of the samples up to `end`.
    fn column(&mut self, tap: &Tap, end: usize) -> Column {
        tap.read_before(end, &mut self.samples);
        self.transform.process(&self.samples, &mut self.bins);
        // A sine of full scale has half of its window's sum in its bin, a Hann window half its length.
        let full = 0.25 * real(self.samples.len());
        let level = |edges: &[usize]| {
            let bins = &self.bins[edges[0]..=edges[1].max(edges[0])];
            let loudest = bins.iter().map(Complex32::norm_sqr).fold(0.0, f32::max);
            (10.0 * (loudest / (full * full)).max(1e-12).log10()).max(FLOOR_DB)
        };
        let mut column = [FLOOR_DB; ROWS];
        for (row, edges) in column.iter_mut().zip(self.edges.windows(2)) {
            *row = level(edges);
        }
        column
    }
}

impl Analysis {
    /// Nothing heard yet.
    pub(super) fn new() -> Self {
        Self {
            plan: None,
            done: 0,
        }
    }

    /// The next column, if its samples have been heard. What was overwritten before anybody looked
    /// is passed over.
    pub(super) fn next(&mut self, tap: &Tap, rate_hz: f32) -> Option<Column> {
        if self
            .plan
            .as_ref()
            .is_none_or(|plan| plan.rate_hz != rate_hz)
        {
            self.plan = Plan::new(rate_hz);
        }
        let plan = self.plan.as_mut()?;
        let (written, hop) = (tap.written(), index(f64::from(rate_hz / PER_SECOND)).max(1));
        let kept = TAPPED - plan.samples.len();
        self.done = self.done.max(written.saturating_sub(kept));
        if written < self.done + hop {
            return None;
        }
        self.done += hop;
        Some(plan.column(tap, self.done))
    }

    /// What has been heard since is no part of the picture.
    pub(super) fn pass_over(&mut self, tap: &Tap) {
        self.done = tap.written();
    }
}

/// The frequency of a row's middle in Hz.
#[cfg(test)]
pub(super) fn row_hz(row: usize) -> f32 {
    let share = (row as f64 + 0.5) / ROWS as f64;
    betwixt_spectral::number::narrow(
        SPECTRUM_LOW_HZ * (SPECTRUM_HIGH_HZ / SPECTRUM_LOW_HZ).powf(share),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    fn heard(hz: f32, rate_hz: f32, seconds: f32) -> Tap {
        let tap = Tap::default();
        let count = index(f64::from(seconds * rate_hz));
        let samples: Vec<f32> = (0..count)
            .map(|n| 0.5 * (TAU * (hz / rate_hz) * real(n)).sin())
            .collect();
        for block in samples.chunks(480) {
            tap.add(block, block);
        }
        tap
    }

    /// A sine of half scale stands at −6 dB in the row of its frequency, and nowhere else above the
    /// window's skirts, at every rate.
    #[test]
    fn a_sine_stands_in_its_row() {
        for rate_hz in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            for hz in [110.0, 1_000.0, 9_000.0] {
                let tap = heard(hz, rate_hz, 0.2);
                let mut analysis = Analysis::new();
                let columns = std::iter::from_fn(|| analysis.next(&tap, rate_hz));
                let column = columns.last().unwrap();
                let (row, level) = (0..ROWS)
                    .map(|row| (row, column[row]))
                    .max_by(|a, b| a.1.total_cmp(&b.1))
                    .unwrap();
                // A row is a fourteenth of an octave wide, a bin up to 24 Hz.
                let away = (row_hz(row) - hz).abs();
                assert!(
                    away < 24.0 + 0.06 * hz,
                    "{hz} Hz at {rate_hz}: {} Hz",
                    row_hz(row)
                );
                assert!(
                    (level + 6.02).abs() < 1.6,
                    "{hz} Hz at {rate_hz}: {level} dB"
                );
                let far = (0..ROWS).filter(|row| (row_hz(*row) - hz).abs() > 200.0 + 0.3 * hz);
                let loudest = far.map(|row| column[row]).fold(FLOOR_DB, f32::max);
                assert!(
                    loudest < -40.0,
                    "{hz} Hz at {rate_hz}: {loudest} dB elsewhere"
                );
            }
        }
    }

    /// Sixty columns come of a second, however seldom somebody looks, unless samples were lost.
    #[test]
    fn columns_keep_time() {
        let (rate_hz, mut analysis, tap) = (48_000.0, Analysis::new(), Tap::default());
        let (mut count, block) = (0, [0.1; 480]);
        for call in 0..100 {
            tap.add(&block, &block);
            if call % 5 == 4 {
                while analysis.next(&tap, rate_hz).is_some() {
                    count += 1;
                }
            }
        }
        assert_eq!(count, 60);
    }
}
