//! How like one sound is to another: three figures of their spectrograms.
//!
//! ```text
//!  target, played ─► |STFT| at 512, 1024, 2048, 4096 ─┬► convergence = 20·log₁₀(‖X − Y‖ / ‖X‖)  ┐ mean over
//!   [n]              hop a quarter, Hann              └► distance = rms over bins of ΔdB         ┘ the sizes
//!                    |STFT|² at 4096 ─► 96 mel bands ─► log ─► correlation of target and played
//! ```
//!
//! Frame n is centred on sample n·hop and there is silence outside the sound, so its very first
//! sample counts: leaving out that half window moves the convergence by a decibel.
//!
//! *Sources:* Sturmel and Daudet, "Signal Reconstruction from STFT Magnitude", DAFx-11
//! (convergence); Gray and Markel, "Distance Measures for Speech Processing", IEEE TASSP 24(5),
//! 1976 (distance); O'Shaughnessy, "Speech Communication", 1987 (mel).

use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::{Geometry, GeometryError, stft};
use serde::Serialize;

/// Transform lengths whose figures are averaged.
const SIZES: [usize; 4] = [512, 1024, 2048, 4096];
/// Below the target's loudest bin by this much, nobody hears a difference.
const FLOOR_DB: f64 = 80.0;
/// A convergence of less is the same sound.
const SAME_DB: f64 = -200.0;
const MEL_SIZE: usize = 4096;
const MEL_BANDS: usize = 96;
const MEL_RANGE_HZ: (f64, f64) = (30.0, 18_000.0);
const MEL_FLOOR_DB: f64 = 70.0;

/// How like one sound is to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Likeness {
    /// Spectral convergence, dB: 0 is as far off as silence, −20 a tenth off; −200 the same.
    pub convergence_db: f64,
    /// Log-spectral distance, dB.
    pub distance_db: f64,
    /// Correlation of the log-mel spectrograms, −1…1; `None` when one of them does not vary.
    pub mel_correlation: Option<f64>,
}

/// How like `played` is to `target`, both mono at one rate, from the same moment on.
///
/// The shorter decides how much is compared. `None` when the target is silent there, or a sample
/// is not finite.
///
/// # Errors
///
/// [`GeometryError`] when the rate is out of its range.
pub fn likeness(
    target: &[f32],
    played: &[f32],
    rate_hz: u32,
) -> Result<Option<Likeness>, GeometryError> {
    let len = target.len().min(played.len());
    let (target, played) = (&target[..len], &played[..len]);
    let sounds = target.iter().any(|x| *x != 0.0);
    let finite = |signal: &[f32]| signal.iter().all(|x| x.is_finite());
    if !sounds || !finite(target) || !finite(played) {
        return Ok(None);
    }
    let (mut convergence_db, mut distance_db, mut mel_correlation) = (0.0, 0.0, None);
    for size in SIZES {
        let geometry = Geometry::new(size, size / 4, rate_hz)?;
        let pair = Pair {
            bins: geometry.bins(),
            target: magnitudes(geometry, target),
            played: magnitudes(geometry, played),
        };
        convergence_db += pair.convergence_db() / SIZES.len() as f64;
        distance_db += pair.distance_db() / SIZES.len() as f64;
        if size == MEL_SIZE {
            mel_correlation = pair.mel_correlation(&mel_bands(geometry));
        }
    }
    Ok(Some(Likeness {
        convergence_db,
        distance_db,
        mel_correlation,
    }))
}

/// Magnitudes `[frames][bins]`, one after the other.
fn magnitudes(geometry: Geometry, signal: &[f32]) -> Vec<f32> {
    let mut all = Vec::with_capacity((signal.len() / geometry.hop() + 2) * geometry.bins());
    stft::for_each_frame(geometry, signal, |spectrum| {
        all.extend(spectrum.iter().map(|c| c.norm()));
    });
    all
}

/// Two spectrograms of one shape.
struct Pair {
    bins: usize,
    target: Vec<f32>,
    played: Vec<f32>,
}

/// ‖X − Y‖ / ‖X‖ in dB, of pairs of magnitude frames `[bins]`, target first; −200 is the same.
pub(crate) fn convergence_db<'a>(pairs: impl Iterator<Item = (&'a [f32], &'a [f32])>) -> f64 {
    let (mut error, mut level) = (0.0, 0.0);
    for (x, y) in pairs.flat_map(|(target, played)| target.iter().zip(played)) {
        error += f64::from(x - y).powi(2);
        level += f64::from(*x).powi(2);
    }
    (10.0 * (error / level).log10()).max(SAME_DB)
}

/// Mean over pairs of magnitude frames `[bins]`, target first, of the rms over bins of the dB
/// difference; both are floored 80 dB below the target's loudest bin.
pub(crate) fn distance_db<'a>(
    pairs: impl ExactSizeIterator<Item = (&'a [f32], &'a [f32])>,
    loudest: f32,
) -> f64 {
    let floor = loudest * narrow(10_f64.powf(-FLOOR_DB / 20.0));
    let distance = |(target, played): (&[f32], &[f32])| {
        let pairs = target.iter().zip(played);
        let ratios = pairs.map(|(x, y)| f64::from(x.max(floor) / y.max(floor)));
        let squares: f64 = ratios.map(|ratio| (20.0 * ratio.log10()).powi(2)).sum();
        (squares / target.len() as f64).sqrt()
    };
    let count = pairs.len() as f64;
    pairs.map(distance).sum::<f64>() / count
}

impl Pair {
    fn frames(&self) -> impl ExactSizeIterator<Item = (&[f32], &[f32])> {
        let played = self.played.chunks(self.bins);
        self.target.chunks(self.bins).zip(played)
    }

    fn convergence_db(&self) -> f64 {
        convergence_db(self.frames())
    }

    fn distance_db(&self) -> f64 {
        let loudest = self.target.iter().copied().fold(0.0, f32::max);
        distance_db(self.frames(), loudest)
    }

    fn mel_correlation(&self, bands: &[Vec<(usize, f64)>]) -> Option<f64> {
        let [target, played] = [&self.target, &self.played].map(|magnitudes| {
            let frames = magnitudes.chunks(self.bins);
            let level = |frame: &[f32], band: &[(usize, f64)]| -> f64 {
                let power = |&(bin, weight): &(usize, f64)| weight * f64::from(frame[bin]).powi(2);
                band.iter().map(power).sum()
            };
            let levels = frames.flat_map(|frame| bands.iter().map(move |band| level(frame, band)));
            levels.collect::<Vec<f64>>()
        });
        let floor =
            target.iter().fold(0.0, |a: f64, b| a.max(*b)) * 10_f64.powf(-MEL_FLOOR_DB / 10.0);
        let log = |levels: Vec<f64>| levels.into_iter().map(|x| x.max(floor).ln()).collect();
        correlation(log(target), log(played))
    }
}

/// Triangles of equal width in mel, each the bins that it weighs.
fn mel_bands(geometry: Geometry) -> Vec<Vec<(usize, f64)>> {
    let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
    let hz = |mel: f64| 700.0 * (10_f64.powf(mel / 2595.0) - 1.0);
    let (low, high) = (mel(MEL_RANGE_HZ.0), mel(MEL_RANGE_HZ.1));
    let edge = |i: usize| hz(low + (high - low) * i as f64 / (MEL_BANDS + 1) as f64);
    let band = |band: usize| {
        let [left, centre, right] = [edge(band), edge(band + 1), edge(band + 2)];
        let last = index(right / geometry.bin_hz()).min(geometry.bins() - 1);
        let bins = index(left / geometry.bin_hz())..=last;
        let weight = |bin: usize| {
            let hz = bin as f64 * geometry.bin_hz();
            let rising = (hz - left) / (centre - left);
            rising.min((right - hz) / (right - centre))
        };
        let weighed = bins.map(|bin| (bin, weight(bin)));
        weighed.filter(|bin| bin.1 > 0.0).collect()
    };
    (0..MEL_BANDS).map(band).collect()
}

/// Pearson's correlation; `None` when one side does not vary.
#[must_use]
pub fn correlation(mut a: Vec<f64>, mut b: Vec<f64>) -> Option<f64> {
    for side in [&mut a, &mut b] {
        let mean = side.iter().sum::<f64>() / side.len().max(1) as f64;
        side.iter_mut().for_each(|x| *x -= mean);
    }
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let spread = (product(&a, &a) * product(&b, &b)).sqrt();
    (spread > 0.0).then(|| product(&a, &b) / spread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::{noise, tone};

    fn figures(target: &[f32], played: &[f32]) -> Likeness {
        likeness(target, played, 44_100).unwrap().unwrap()
    }

    fn scaled(signal: &[f32], scale: f32) -> Vec<f32> {
        signal.iter().map(|x| x * scale).collect()
    }

    /// A signal at a times its level is |1 − a| off: half the level is −6.02 dB, silence 0 dB.
    #[test]
    fn convergence_of_a_scaled_signal_is_its_distance() {
        let signal = noise(1, 20_000);
        for (scale, expected) in [(0.5, -6.0206), (0.0, 0.0), (0.9, -20.0), (1.0, -200.0)] {
            let found = figures(&signal, &scaled(&signal, scale)).convergence_db;
            assert!((found - expected).abs() < 1e-3, "{scale}: {found}");
        }
    }

    /// A signal at a tenth of its level is 20 dB off in every bin; silence is 80 dB off only where
    /// the target stands at its maximum.
    #[test]
    fn distance_of_a_scaled_signal_is_its_level() {
        // Inside the signal every bin of noise is far above the floor even at a tenth.
        let signal = noise(2, 20_000);
        let found = figures(&signal, &scaled(&signal, 0.1)).distance_db;
        assert!((found - 20.0).abs() < 0.02, "{found}");
        let found = figures(&signal, &scaled(&signal, 0.0)).distance_db;
        assert!((50.0..80.0).contains(&found), "{found}");
    }

    /// Sound that is only in the first 256 samples is seen whole: the frames begin half a window
    /// before it. Without that padding the frames of 4096 would see a tenth of it.
    #[test]
    fn the_first_sample_counts() {
        let mut target = vec![0.0; 20_000];
        target[0] = 1.0;
        let found = figures(&target, &[0.0; 20_000]).convergence_db;
        assert!(found.abs() < 1e-9, "{found}");
        let mut late = vec![0.0; 20_000];
        late[15_000] = 1.0;
        // Nothing of one is where the other is: ‖X − Y‖² = ‖X‖² + ‖Y‖², and at the signal's first
        // sample only the window's right half is seen, about half as much energy.
        let found = figures(&target, &late).convergence_db;
        assert!((3.0..6.0).contains(&found), "{found}");
    }

    /// Log-mel pictures do not mind the level; a chord and its inversion are different pictures.
    #[test]
    fn mel_pictures_are_compared_by_shape() {
        let low = tone(
            &[(220.0, 0.3), (440.0, 0.2), (660.0, 0.1)],
            44_100.0,
            30_000,
        );
        let high = tone(&[(1_220.0, 0.3), (2_440.0, 0.2)], 44_100.0, 30_000);
        let same = figures(&low, &low).mel_correlation.unwrap();
        assert!((same - 1.0).abs() < 1e-12, "{same}");
        let softer = figures(&low, &scaled(&low, 0.7)).mel_correlation.unwrap();
        assert!(softer > 0.99, "{softer}");
        let other = figures(&low, &high).mel_correlation.unwrap();
        assert!(other < 0.5, "{other}");
    }

    /// A sine at a band's centre is loudest in that band, and the bands reach from 30 to 18,000 Hz.
    #[test]
    fn mel_bands_lie_where_mel_says() {
        let geometry = Geometry::new(4096, 1024, 44_100).unwrap();
        let bands = mel_bands(geometry);
        assert_eq!(bands.len(), 96);
        let bin_hz = geometry.bin_hz();
        let first = bands[0][0].0 as f64 * bin_hz;
        let last = bands[95].last().unwrap().0 as f64 * bin_hz;
        assert!((30.0..30.0 + bin_hz).contains(&first), "{first}");
        assert!((18_000.0 - bin_hz..18_000.0).contains(&last), "{last}");
        // 1000 Hz is 1000 mel (to 0.02) by the formula's making; 30 Hz is 47.2, 18 kHz 3,714.6.
        let place = (999.99 - 47.25) / ((3_714.6 - 47.25) / 97.0) - 1.0;
        let weight = |band: &Vec<(usize, f64)>| {
            let near = band.iter().find(|b| b.0 == index(1000.0 / bin_hz + 0.5));
            near.map_or(0.0, |b| b.1)
        };
        let loudest = (0..96).max_by(|a, b| weight(&bands[*a]).total_cmp(&weight(&bands[*b])));
        assert_eq!(loudest.unwrap(), index(place + 0.5));
    }

    /// What is silent or lost has no figure, rather than a good one.
    #[test]
    fn nothing_has_no_figure() {
        let none = |target: &[f32], played: &[f32]| likeness(target, played, 44_100).unwrap();
        assert_eq!(none(&[0.0; 9_000], &[0.5; 9_000]), None);
        assert_eq!(none(&[0.5; 9_000], &[f32::NAN; 9_000]), None);
        assert_eq!(none(&[], &[0.5; 9_000]), None);
    }
}
