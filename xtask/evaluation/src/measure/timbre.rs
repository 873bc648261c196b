//! Where a sound's energy lies: its spectral centroid and its third-octave bands.
//!
//! ```text
//!  signal ─► |STFT|² at 8192 ─► mean over frames ─┬► Σ f·P / Σ P               centroid, Hz
//!                                                 └► Σ P over ⅓ octave ─► dB   bands
//! ```
//!
//! *Source:* band edges of IEC 61260, base 2: 1000·2^((n ± ½)/3) Hz.

use betwixt_spectral::{Geometry, GeometryError, stft};

const SIZE: usize = 8192;
/// The lowest band, 1000·2^(n/3): 31 Hz.
const LOWEST_BAND: i32 = -15;

/// The mean power spectrum of a signal.
pub struct PowerSpectrum {
    /// Power of each bin; they add up to the signal's mean power.
    power: Vec<f64>,
    bin_hz: f64,
}

impl PowerSpectrum {
    /// Measures a signal.
    ///
    /// # Errors
    ///
    /// [`GeometryError`] when the rate is out of its range.
    pub fn of(signal: &[f32], rate_hz: u32) -> Result<Self, GeometryError> {
        let geometry = Geometry::new(SIZE, SIZE / 4, rate_hz)?;
        let mut power = vec![0.0; geometry.bins()];
        stft::for_each_frame(geometry, signal, |spectrum| {
            let bins = power.iter_mut().zip(spectrum);
            bins.for_each(|(power, bin)| *power += f64::from(bin.norm_sqr()));
        });
        // Frames lie SIZE/4 apart under a Hann window, whose squares then add up to 1.5; both
        // halves of the spectrum make SIZE times that.
        let scale = 2.0 / (1.5 * SIZE as f64 * signal.len().max(1) as f64);
        power.iter_mut().for_each(|power| *power *= scale);
        for end in [0, SIZE / 2] {
            power[end] /= 2.0;
        }
        Ok(Self {
            power,
            bin_hz: geometry.bin_hz(),
        })
    }

    /// The mean frequency, weighted by power, Hz; `None` for silence.
    #[must_use]
    pub fn centroid_hz(&self) -> Option<f64> {
        let total: f64 = self.power.iter().sum();
        let weighted = self.power.iter().enumerate();
        let moment: f64 = weighted.map(|(bin, p)| bin as f64 * self.bin_hz * p).sum();
        (total > 0.0).then(|| moment / total)
    }

    /// Mean power from one frequency to another; a bin counts by the part of it that lies inside.
    #[must_use]
    pub fn between(&self, low_hz: f64, high_hz: f64) -> f64 {
        let bins = self.power.iter().enumerate();
        let part = |(bin, power): (usize, &f64)| {
            let centre = bin as f64;
            let from = (centre - 0.5).max(low_hz / self.bin_hz);
            let to = (centre + 0.5).min(high_hz / self.bin_hz);
            power * (to - from).max(0.0)
        };
        bins.map(part).sum()
    }

    /// The third-octave bands up to `highest_hz`: centre in Hz, mean power in dB (a full-scale sine
    /// is −3).
    #[must_use]
    pub fn third_octaves_db(&self, highest_hz: f64) -> Vec<(f64, f64)> {
        let centre_hz = |band: i32| 1000.0 * (f64::from(band) / 3.0).exp2();
        let half = (1.0_f64 / 6.0).exp2();
        let bands = (LOWEST_BAND..).map(centre_hz);
        let inside = bands.take_while(|hz| hz * half <= highest_hz);
        inside
            .map(|hz| (hz, 10.0 * self.between(hz / half, hz * half).log10()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::{noise, tone};

    /// Half the power at 500 Hz and half at 1500: the centroid is 1000 Hz.
    #[test]
    fn the_centroid_is_the_mean_frequency() {
        let signal = tone(&[(500.0, 0.3), (1500.0, 0.3)], 44_100.0, 88_200);
        let spectrum = PowerSpectrum::of(&signal, 44_100).unwrap();
        let found = spectrum.centroid_hz().unwrap();
        assert!((found - 1000.0).abs() < 5.0, "{found}");
        let silent = PowerSpectrum::of(&[0.0; 9000], 44_100).unwrap();
        assert_eq!(silent.centroid_hz(), None);
    }

    /// A sine of amplitude a has the power a²/2, all of it in its band; white noise grows by 1 dB
    /// from band to band, and its bands add up to its power, 1/3.
    #[test]
    fn bands_hold_the_power_that_is_there() {
        let sine = tone(&[(1000.0, 0.5)], 44_100.0, 88_200);
        let spectrum = PowerSpectrum::of(&sine, 44_100).unwrap();
        let bands = spectrum.third_octaves_db(20_000.0);
        let at = |hz: f64| {
            bands
                .iter()
                .find(|b| (b.0 / hz - 1.0).abs() < 0.01)
                .unwrap()
                .1
        };
        assert!((at(1000.0) + 9.03).abs() < 0.05, "{}", at(1000.0));
        assert!(at(4000.0) < -60.0);
        let hiss = noise(1, 600_000);
        let spectrum = PowerSpectrum::of(&hiss, 44_100).unwrap();
        let bands = spectrum.third_octaves_db(20_000.0);
        for pair in bands.windows(2).filter(|pair| pair[0].0 > 400.0) {
            let step = pair[1].1 - pair[0].1;
            assert!((step - 1.003).abs() < 0.3, "{pair:?}");
        }
        let total = spectrum.between(0.0, 22_050.0);
        assert!((total - 1.0 / 3.0).abs() < 0.01, "{total}");
    }
}
