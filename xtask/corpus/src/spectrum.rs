//! The harmonics of a patch at one moment of a note.
//!
//! ```text
//!  patch, key, time ─► amplitude of every harmonic below 20 kHz  [harmonics] complex
//!                      (FM: one period in the time domain ─► FFT ─► the same)
//! ```
//!
//! What a filter does is known exactly for every harmonic, so there is nothing to simulate; what
//! lies above 20 kHz is not made, so nothing folds back.

use crate::patch::{Filter, Formant, Patch, Pluck, Source, Stack, Wave};
use betwixt_spectral::pitch;
use realfft::num_complex::Complex64;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

/// No harmonic lies higher.
pub(crate) const HIGHEST_HZ: f64 = 20_000.0;
/// Samples of one period in which FM is computed: room for 2,048 harmonics before anything folds.
const PERIOD: usize = 4_096;
/// The harmonics of the nine drawbars.
const DRAWBARS: [usize; 9] = [1, 2, 3, 4, 5, 6, 8, 10, 12];

/// The harmonics of one note, moment by moment.
pub(crate) struct Spectrum<'a> {
    patch: &'a Patch,
    key: u8,
    base_hz: f64,
    /// Harmonics of the base per harmonic of the key: 2 when FM needs halves.
    per_key: usize,
    period: Option<Period>,
}

/// One period of FM and its transform.
struct Period {
    plan: Arc<dyn RealToComplex<f64>>,
    samples: Vec<f64>,
    spectrum: Vec<Complex64>,
}

impl<'a> Spectrum<'a> {
    pub(crate) fn new(patch: &'a Patch, key: u8) -> Self {
        let (per_key, period) = match &patch.source {
            Source::Operators(stacks) => (base_of(stacks), Some(Period::new())),
            _ => (1, None),
        };
        Self {
            patch,
            key,
            base_hz: pitch::hz(f64::from(key)) / per_key as f64,
            per_key,
            period,
        }
    }

    /// The frequency whose multiples the harmonics are.
    pub(crate) fn base_hz(&self) -> f64 {
        self.base_hz
    }

    /// How many harmonics there are below 20 kHz.
    pub(crate) fn harmonics(&self) -> usize {
        betwixt_spectral::number::index(HIGHEST_HZ / self.base_hz)
    }

    /// Writes amplitude and phase of the harmonics 1… at a time since onset into `amplitudes`.
    pub(crate) fn write(&mut self, time_s: f64, amplitudes: &mut [Complex64]) {
        let time_s = time_s.abs();
        match &self.patch.source {
            Source::Operators(stacks) => {
                if let Some(period) = &mut self.period {
                    period.modulate(stacks, (self.key, self.per_key), time_s);
                    amplitudes.copy_from_slice(&period.spectrum[1..=amplitudes.len()]);
                }
            }
            source => {
                amplitudes.fill(Complex64::default());
                for (index, amplitude) in amplitudes.iter_mut().enumerate() {
                    // −j: a sine, so that all harmonics start at zero together.
                    amplitude.im = -level(source, index + 1, self.key, time_s);
                }
            }
        }
        if let Some(filter) = &self.patch.filter {
            let cutoff_hz = filter.cutoff_at(self.key, time_s);
            for (index, amplitude) in amplitudes.iter_mut().enumerate() {
                let hz = self.base_hz * (index + 1) as f64;
                *amplitude *= filter.response(hz, cutoff_hz);
            }
        }
    }
}

impl Period {
    fn new() -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(PERIOD);
        Self {
            samples: plan.make_input_vec(),
            spectrum: plan.make_output_vec(),
            plan,
        }
    }

    fn modulate(&mut self, stacks: &[Stack], (key, per_key): (u8, usize), time_s: f64) {
        // An octave up has 0.7 of the modulation, or high keys would be shrill.
        let scaling = 0.7f64.powf((f64::from(key) - 60.0) / 12.0).min(1.5);
        let cycles = |half_ratio: u32| f64::from(half_ratio) * per_key as f64 / 2.0;
        self.samples.fill(0.0);
        for stack in stacks {
            let level = stack.level * stack.envelope.at(time_s);
            let depths: Vec<(f64, f64)> = stack
                .modulators
                .iter()
                .map(|m| {
                    (
                        cycles(m.half_ratio),
                        m.index * scaling * m.envelope.at(time_s),
                    )
                })
                .collect();
            for (i, sample) in self.samples.iter_mut().enumerate() {
                let turn = TAU * i as f64 / PERIOD as f64;
                let modulation: f64 = depths.iter().map(|(r, d)| d * (r * turn).sin()).sum();
                *sample += level * (cycles(stack.half_ratio) * turn + modulation).sin();
            }
        }
        self.plan
            .process(&mut self.samples, &mut self.spectrum)
            .expect("both lengths are the plan's");
        let scale = 2.0 / PERIOD as f64;
        self.spectrum.iter_mut().for_each(|value| *value *= scale);
    }
}

impl Filter {
    fn cutoff_at(&self, key: u8, time_s: f64) -> f64 {
        let tracked = self.tracking * (f64::from(key) - 60.0) / 12.0;
        let octaves = tracked + self.envelope_octaves * self.envelope.at(time_s);
        // Never below the key: a note that its own filter swallows is no note.
        (self.cutoff_hz * octaves.exp2()).clamp(pitch::hz(f64::from(key)), HIGHEST_HZ)
    }

    /// The gain at a frequency. Only the gain: the phase of a filter that moves would bend the
    /// pitch by a cent.
    fn response(&self, hz: f64, cutoff_hz: f64) -> f64 {
        let ratio = hz / cutoff_hz;
        let stage = |q: f64| {
            Complex64::new(1.0 - ratio * ratio, ratio / q)
                .norm()
                .recip()
        };
        let others = i32::try_from(self.stages.saturating_sub(1)).unwrap_or(0);
        stage(self.resonance) * stage(0.6).powi(others)
    }
}

fn base_of(stacks: &[Stack]) -> usize {
    let ratios = stacks.iter().flat_map(|stack| {
        let modulators = stack.modulators.iter().map(|m| m.half_ratio);
        modulators.chain([stack.half_ratio])
    });
    if ratios.into_iter().all(|half_ratio| half_ratio % 2 == 0) {
        1
    } else {
        2
    }
}

/// Amplitude of harmonic `k` of every source but FM.
fn level(source: &Source, k: usize, key: u8, time_s: f64) -> f64 {
    match source {
        Source::Wave(wave) => wave.level(k),
        Source::Drawbars(levels) => {
            let bar = DRAWBARS.iter().position(|harmonic| *harmonic == k);
            bar.map_or(0.0, |bar| levels[bar])
        }
        Source::Pluck(pluck) => pluck.level(k, key, time_s),
        Source::Bars(bars) => {
            let of_harmonic = bars.iter().filter(|bar| bar.harmonic == k);
            of_harmonic
                .map(|bar| bar.level * (-time_s / (bar.decay_s * shorter(key))).exp())
                .sum()
        }
        Source::Vowel(formants) => mouth(formants, pitch::hz(f64::from(key)) * k as f64) / k as f64,
        Source::Operators(_) => 0.0,
    }
}

impl Wave {
    fn level(self, k: usize) -> f64 {
        let harmonic = k as f64;
        match self {
            Self::Saw => harmonic.recip(),
            Self::Pulse(width) => (PI * harmonic * width).sin() / harmonic,
            Self::Triangle if k.is_multiple_of(2) => 0.0,
            Self::Triangle => (harmonic * harmonic).recip(),
        }
    }
}

impl Pluck {
    fn level(&self, k: usize, key: u8, time_s: f64) -> f64 {
        let harmonic = k as f64;
        let struck = (PI * harmonic * self.position).sin().abs();
        let rate = (1.0 + self.damping * (harmonic - 1.0)) / (self.decay_s * shorter(key));
        struck * harmonic.powf(-self.slope) * (-time_s * rate).exp()
    }
}

/// What a decay time at middle C becomes at another key: two thirds of it per octave up.
fn shorter(key: u8) -> f64 {
    (2.0f64 / 3.0).powf((f64::from(key) - 60.0) / 12.0)
}

fn mouth(formants: &[Formant], hz: f64) -> f64 {
    let resonance = |formant: &Formant| {
        let distance = (hz - formant.centre_hz) / (0.5 * formant.width_hz);
        formant.level / (1.0 + distance * distance).sqrt()
    };
    // A little passes beside the resonances, or keys above them would fall silent.
    0.04 + formants.iter().map(resonance).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::{Envelope, Modulator};

    fn patch(source: Source) -> Patch {
        Patch {
            name: "Test".into(),
            source,
            filter: None,
            amplitude: Envelope::ON,
            unison: None,
            breath: None,
        }
    }

    /// Sidebands of phase modulation are Bessel functions: J0(1), J1(1), J2(1) around a carrier at
    /// four times the key with a modulator at the key.
    #[test]
    fn fm_makes_bessel_sidebands() {
        let modulators = vec![Modulator {
            half_ratio: 2,
            index: 1.0,
            envelope: Envelope::ON,
        }];
        let patch = patch(Source::Operators(vec![Stack {
            half_ratio: 16,
            level: 1.0,
            envelope: Envelope::ON,
            modulators,
        }]));
        let mut spectrum = Spectrum::new(&patch, 60);
        let mut amplitudes = vec![Complex64::default(); spectrum.harmonics()];
        spectrum.write(0.3, &mut amplitudes);
        for (harmonic, bessel) in [
            (8, 0.765_198),
            (7, 0.440_051),
            (9, 0.440_051),
            (10, 0.114_903),
        ] {
            let found = amplitudes[harmonic - 1].norm();
            assert!(
                (found - bessel).abs() < 1e-5,
                "harmonic {harmonic}: {found}"
            );
        }
    }

    /// A filter without resonance is 1/√2 at its cutoff and falls by 12 dB per octave and stage.
    #[test]
    fn the_filter_is_the_textbook_low_pass() {
        let filter = Filter {
            cutoff_hz: 500.0,
            tracking: 1.0,
            envelope_octaves: 1.0,
            envelope: Envelope::ON,
            resonance: std::f64::consts::FRAC_1_SQRT_2,
            stages: 1,
        };
        let cutoff_hz = filter.cutoff_at(72, 0.0);
        assert!(
            (cutoff_hz - 2_000.0).abs() < 1e-9,
            "one octave by key, one by envelope"
        );
        let response = |hz| filter.response(hz, cutoff_hz);
        assert!((response(2_000.0) - std::f64::consts::FRAC_1_SQRT_2).abs() < 1e-12);
        let fall_db = 20.0 * (response(64_000.0) / response(32_000.0)).log10();
        assert!((fall_db + 12.04).abs() < 0.01, "{fall_db}");
    }

    /// A pulse of half width is a square: no even harmonics; nothing is above 20 kHz.
    #[test]
    fn waves_have_their_harmonics() {
        let patch = patch(Source::Wave(Wave::Pulse(0.5)));
        let mut spectrum = Spectrum::new(&patch, 96);
        assert_eq!(spectrum.harmonics(), 9);
        let mut amplitudes = vec![Complex64::default(); 9];
        spectrum.write(0.0, &mut amplitudes);
        for (index, amplitude) in amplitudes.iter().enumerate() {
            let expected = if index % 2 == 0 {
                1.0 / (index + 1) as f64
            } else {
                0.0
            };
            assert!((amplitude.norm() - expected).abs() < 1e-12);
        }
    }
}
