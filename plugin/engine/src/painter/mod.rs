//! Partials and noise become sound: window lobes painted where the frequencies are known.
//!
//! ```text
//!  frequencies ─► Oscillators ─► turns ─► lobes, 4 bins each ─┐
//!  amplitudes  ───────────────────────────────────────────────┼─► mid, side [bins] ─► left, right
//!  noise bands ─► Breath (stored phase) ──────────────────────┘    inverse STFT, added to [fft_len]
//! ```
//!
//! A sine seen through a Hann window is a lobe of four bins, known exactly. Painted with a phase
//! that is the integral of its frequency, partial for partial, an inverse transform per frame makes
//! any number of them sound, exactly in tune and at any host rate: the frame is a time (23 ms at
//! 44.1 kHz), not a number of samples.
//!
//! *Real time:* [`Painter::new`] allocates; painting writes into its own and the caller's buffers.
//!
//! *Source:* Rodet and Depalle, "Spectral envelopes and inverse FFT synthesis", AES 93, 1992.

mod breath;
mod lobe;
mod oscillators;
mod resynthesis;
#[cfg(test)]
mod tests;

use crate::simd::Loops;
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::partials::{BANDS, FREE, FreePartial, GROUPS, HIGHEST_PARTIAL};
use betwixt_spectral::{Complex32, Geometry, InverseStft, PartialsFrame};
use breath::Breath;
use lobe::{LobeTable, SPARE};
pub(crate) use lobe::{Lobes, Planes, paint_body};
use oscillators::OSCILLATORS;
pub use oscillators::Oscillators;
pub(crate) use oscillators::{Step, Turning, turn_body};
pub use resynthesis::resynthesise;

/// Transform length at 44.1 and 48 kHz; other rates have the one nearest to the same time.
const FFT_LEN: usize = 1024;
/// The rate at which that length is the right one, in Hz: between 44.1 and 48 kHz.
const FFT_LEN_RATE_HZ: f64 = 46_000.0;
/// Nothing is painted nearer to half the host's rate than this, in Hz.
const MARGIN_HZ: f64 = 60.0;
/// Partials softer than this are not painted: −110 dB of full scale.
const LEAST_AMPLITUDE: f32 = 3e-6;

/// One frame to be painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    /// Amplitudes, linear; its tuning and inharmonicity are not read.
    pub frame: PartialsFrame,
    /// Frequency of the first partial in Hz.
    pub f0_hz: f64,
    /// B of k·f0·√(1 + B·k²).
    pub inharmonicity: f32,
    /// How many partials there are; the last one has the amplitude of the fraction.
    pub partials: f32,
    /// How far apart the channels are, 0 (the same) to 1.
    pub width: f32,
}

impl Default for Paint {
    fn default() -> Self {
        Self {
            frame: PartialsFrame::default(),
            f0_hz: 440.0,
            inharmonicity: 0.0,
            partials: 0.0,
            width: 0.0,
        }
    }
}

/// Everything that painting needs for one host rate.
pub struct Painter {
    geometry: Geometry,
    bin_hz: f64,
    lobes: LobeTable,
    breath: Breath,
    loops: Loops,
    inverse: InverseStft,
    amplitude: Vec<f32>,
    real: Vec<f32>,
    imaginary: Vec<f32>,
    /// Middle and side, each as real and imaginary part with spare bins at both ends.
    planes: [Vec<f32>; 4],
    spectra: [Vec<Complex32>; 2],
    samples: Vec<f32>,
    /// Whether the frame is the same in both channels: then it is transformed once.
    is_mono: bool,
}

impl std::fmt::Debug for Painter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Painter")
            .field("geometry", &self.geometry)
            .finish_non_exhaustive()
    }
}

impl Painter {
    /// Tables and buffers for a host rate of 8–400 kHz. Allocates.
    ///
    /// # Panics
    ///
    /// Never: the lengths that it chooses are lengths that a geometry may have.
    #[must_use]
    pub fn new(sample_rate_hz: f64, seed: u64) -> Self {
        let rate_hz = sample_rate_hz.clamp(8_000.0, 400_000.0);
        let fft_len = fft_len(rate_hz);
        // The transform does not ask for the rate; a geometry's ends at 192 kHz.
        let named_rate = u32::try_from(index(rate_hz.min(192_000.0))).unwrap_or(48_000);
        let geometry = Geometry::new(fft_len, fft_len / 4, named_rate)
            .expect("a power of two from 512 to 8192");
        let bins = geometry.bins();
        let bin_hz = rate_hz / fft_len as f64;
        Self {
            lobes: LobeTable::new(),
            breath: Breath::new(geometry, bin_hz, seed),
            loops: Loops::detect(),
            inverse: InverseStft::new(geometry),
            amplitude: vec![0.0; OSCILLATORS],
            real: vec![0.0; OSCILLATORS],
            imaginary: vec![0.0; OSCILLATORS],
            planes: std::array::from_fn(|_| vec![0.0; bins + 2 * SPARE]),
            spectra: std::array::from_fn(|_| vec![Complex32::default(); bins]),
            samples: vec![0.0; fft_len],
            is_mono: false,
            geometry,
            bin_hz,
        }
    }

    /// Samples between frames, at the host's rate.
    #[must_use]
    pub fn hop(&self) -> usize {
        self.geometry.hop()
    }

    /// Length of a frame in samples.
    #[must_use]
    pub fn fft_len(&self) -> usize {
        self.geometry.fft_len()
    }

    /// Seconds between frames.
    #[must_use]
    pub fn hop_s(&self) -> f64 {
        self.geometry.hop() as f64 / (self.bin_hz * self.geometry.fft_len() as f64)
    }

    /// The host's rate.
    pub(crate) fn rate_hz(&self) -> f32 {
        narrow(self.bin_hz * self.geometry.fft_len() as f64)
    }

    /// Distance between two bins in Hz.
    pub(crate) fn bin_hz(&self) -> f64 {
        self.bin_hz
    }

    /// Turns the oscillators to the next frame and paints it; what was painted before is gone.
    pub fn paint(&mut self, oscillators: &mut Oscillators, paint: &Paint) {
        self.is_mono = paint.width <= 0.0;
        self.planes.iter_mut().for_each(|plane| plane.fill(0.0));
        let count = self.spread_amplitudes(paint);
        let half = real(self.geometry.fft_len() / 2);
        let step = Step::new(
            narrow(paint.f0_hz / self.bin_hz),
            paint.inharmonicity,
            half - narrow(MARGIN_HZ / self.bin_hz),
        );
        let arrays = [&mut self.amplitude, &mut self.real, &mut self.imaginary];
        let arrays = arrays.map(Vec::as_mut_slice);
        oscillators.turn(self.loops, step, count, &paint.frame.free, arrays);
        let (bins, widest) = oscillators.places();
        let lobes = Lobes {
            table: &self.lobes,
            bins,
            widest,
            real: &self.real,
            imaginary: &self.imaginary,
            least: LEAST_AMPLITUDE * real(self.geometry.fft_len()) / 4.0,
            width: paint.width,
        };
        let mut planes: Planes<'_> = self.planes.each_mut().map(Vec::as_mut_slice);
        for range in [0..count, HIGHEST_PARTIAL..OSCILLATORS] {
            self.loops.paint(&lobes, range, &mut planes);
        }
        self.finish_planes(oscillators, paint);
    }

    /// The frame as samples, windowed, added to both channels, `[fft_len]` each.
    ///
    /// # Panics
    ///
    /// When a channel is shorter than a frame.
    pub fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (index, channel) in [left, right].into_iter().enumerate() {
            if index == 0 || !self.is_mono {
                let spectrum = &mut self.spectra[index];
                self.inverse.process(spectrum, &mut self.samples);
            }
            let sums = channel[..self.samples.len()].iter_mut();
            sums.zip(&self.samples).for_each(|(sum, x)| *sum += x);
        }
    }

    /// The amplitude of every oscillator, as its lobe's height; tells how many partials there are.
    fn spread_amplitudes(&mut self, paint: &Paint) -> usize {
        const EDGES: [usize; GROUPS + 1] = betwixt_spectral::partials::group_edges();
        let scale = real(self.geometry.fft_len()) / 4.0;
        let partials = paint.partials.clamp(0.0, real(HIGHEST_PARTIAL));
        let count = index(f64::from(partials.ceil()));
        for (h, edges) in paint.frame.harmonics.iter().zip(EDGES.windows(2)) {
            let (first, end) = (edges[0] - 1, (edges[1] - 1).min(count));
            if first >= end {
                break;
            }
            self.amplitude[first..end].fill(h * scale);
        }
        if let Some(last) = count.checked_sub(1) {
            self.amplitude[last] *= partials - real(last);
        }
        self.amplitude[count..HIGHEST_PARTIAL].fill(0.0);
        let free = self.amplitude[HIGHEST_PARTIAL..].iter_mut();
        free.zip(&paint.frame.free)
            .for_each(|(amplitude, line)| *amplitude = line.amplitude * scale);
        count
    }

    /// Folds the ends, adds the noise, and parts middle and side into left and right.
    fn finish_planes(&mut self, oscillators: &mut Oscillators, paint: &Paint) {
        let bins = self.geometry.bins();
        let planes = self.planes.each_mut();
        for (number, plane) in planes.into_iter().enumerate() {
            lobe::fold(plane, bins, if number % 2 == 0 { 1.0 } else { -1.0 });
        }
        self.breath.add(
            &paint.frame.noise,
            paint.width,
            &mut oscillators.breath,
            &mut self.planes,
        );
        let [mid_re, mid_im, side_re, side_im] = self
            .planes
            .each_ref()
            .map(|plane| &plane[SPARE..SPARE + bins]);
        let [left, right] = &mut self.spectra;
        let mids = mid_re.iter().zip(mid_im);
        if self.is_mono {
            let bins = mids.zip(left.iter_mut());
            bins.for_each(|((re, im), bin)| *bin = Complex32::new(*re, *im));
            return;
        }
        let sides = side_re.iter().zip(side_im);
        for ((mid, side), (left, right)) in mids.zip(sides).zip(left.iter_mut().zip(right)) {
            *left = Complex32::new(mid.0 + side.0, mid.1 + side.1);
            *right = Complex32::new(mid.0 - side.0, mid.1 - side.1);
        }
    }
}

/// The transform length at a host's rate.
fn fft_len(rate_hz: f64) -> usize {
    let doublings = (rate_hz / FFT_LEN_RATE_HZ).log2().round().clamp(-1.0, 3.0);
    index(FFT_LEN as f64 * doublings.exp2())
}

/// Seconds between frames of a painter at a host's rate.
pub(crate) fn hop_s(sample_rate_hz: f64) -> f64 {
    let rate_hz = sample_rate_hz.clamp(8_000.0, 400_000.0);
    (fft_len(rate_hz) / 4) as f64 / rate_hz
}

/// Numbers in a frame that are mixed when time lies between two decoded moments.
pub(crate) fn blend(from: &PartialsFrame, to: &PartialsFrame, share: f32) -> PartialsFrame {
    let mix = |a: f32, b: f32| a + share * (b - a);
    PartialsFrame {
        harmonics: std::array::from_fn::<_, GROUPS, _>(|i| mix(from.harmonics[i], to.harmonics[i])),
        noise: std::array::from_fn::<_, BANDS, _>(|i| mix(from.noise[i], to.noise[i])),
        cents: mix(from.cents, to.cents),
        inharmonicity: mix(from.inharmonicity, to.inharmonicity),
        free: std::array::from_fn::<_, FREE, _>(|i| FreePartial {
            amplitude: mix(from.free[i].amplitude, to.free[i].amplitude),
            place: mix(from.free[i].place, to.free[i].place),
        }),
    }
}
