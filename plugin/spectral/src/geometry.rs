//! Frame geometry: how long a frame is, how far frames lie apart, at which sample rate.

use serde::{Deserialize, Serialize};

/// Length, hop and sample rate of a short-time Fourier transform, checked once when made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Geometry {
    fft_len: usize,
    hop: usize,
    sample_rate_hz: u32,
}

/// Why three numbers are no frame geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeometryError {
    /// The transform length is no power of two in 512…8192.
    #[error("`fft_len` is {found}; expected a power of two from 512 to 8192")]
    FftLen {
        /// The length that was asked for.
        found: usize,
    },
    /// The hop is neither a quarter nor an eighth of the transform length.
    #[error("`hop` is {found}; expected {quarter} or {eighth} (a quarter or an eighth of fft_len)")]
    Hop {
        /// The hop that was asked for.
        found: usize,
        /// fft_len / 4.
        quarter: usize,
        /// fft_len / 8.
        eighth: usize,
    },
    /// The sample rate is outside 8–192 kHz.
    #[error("`sample_rate_hz` is {found}; expected 8000 to 192000")]
    SampleRate {
        /// The rate that was asked for.
        found: u32,
    },
}

impl Geometry {
    /// Checks and keeps the three numbers; lengths in samples.
    ///
    /// # Errors
    ///
    /// [`GeometryError`] names the number that is out of range and the range.
    pub fn new(fft_len: usize, hop: usize, sample_rate_hz: u32) -> Result<Self, GeometryError> {
        if !fft_len.is_power_of_two() || !(512..=8192).contains(&fft_len) {
            return Err(GeometryError::FftLen { found: fft_len });
        }
        let (quarter, eighth) = (fft_len / 4, fft_len / 8);
        if hop != quarter && hop != eighth {
            return Err(GeometryError::Hop {
                found: hop,
                quarter,
                eighth,
            });
        }
        if !(8_000..=192_000).contains(&sample_rate_hz) {
            return Err(GeometryError::SampleRate {
                found: sample_rate_hz,
            });
        }
        Ok(Self {
            fft_len,
            hop,
            sample_rate_hz,
        })
    }

    /// Transform length in samples.
    #[must_use]
    pub fn fft_len(&self) -> usize {
        self.fft_len
    }

    /// Samples between frames.
    #[must_use]
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// Frames that overlap at any sample: fft_len / hop.
    #[must_use]
    pub fn overlap(&self) -> usize {
        self.fft_len / self.hop
    }

    /// Spectral values per frame: fft_len/2 + 1.
    #[must_use]
    pub fn bins(&self) -> usize {
        self.fft_len / 2 + 1
    }

    /// Sample rate in Hz.
    #[must_use]
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// Distance between two bins in Hz.
    #[must_use]
    pub fn bin_hz(&self) -> f64 {
        f64::from(self.sample_rate_hz) / self.fft_len as f64
    }

    /// Time between two frames in seconds.
    #[must_use]
    pub fn hop_s(&self) -> f64 {
        self.hop as f64 / f64::from(self.sample_rate_hz)
    }
}

/// The numbers as a file gives them, before anyone has looked at them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    fft_len: usize,
    hop: usize,
    sample_rate_hz: u32,
}

impl TryFrom<Unchecked> for Geometry {
    type Error = GeometryError;

    fn try_from(raw: Unchecked) -> Result<Self, GeometryError> {
        Self::new(raw.fft_len, raw.hop, raw.sample_rate_hz)
    }
}

impl From<Geometry> for Unchecked {
    fn from(geometry: Geometry) -> Self {
        let Geometry {
            fft_len,
            hop,
            sample_rate_hz,
        } = geometry;
        Self {
            fft_len,
            hop,
            sample_rate_hz,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file cannot smuggle in a geometry that the code would trip over.
    #[test]
    fn odd_geometries_are_refused() {
        assert_eq!(
            Geometry::new(4095, 1024, 44_100),
            Err(GeometryError::FftLen { found: 4095 })
        );
        assert_eq!(
            Geometry::new(1024, 100, 44_100),
            Err(GeometryError::Hop {
                found: 100,
                quarter: 256,
                eighth: 128
            })
        );
        assert_eq!(
            Geometry::new(1024, 256, 0),
            Err(GeometryError::SampleRate { found: 0 })
        );
    }

    /// The published settings: 4096/1024 at 44.1 kHz has 2049 bins of 10.77 Hz.
    #[test]
    fn derived_sizes() {
        let geometry = Geometry::new(4096, 1024, 44_100).unwrap();
        assert_eq!((geometry.bins(), geometry.overlap()), (2049, 4));
        assert!((geometry.bin_hz() - 10.766_601_562_5).abs() < 1e-12);
    }
}
