//! One note of one patch, as samples.
//!
//! ```text
//!  every 256 samples:  Spectrum ─► inverse FFT ─► table of one period [table]
//!  every sample:       phase (f64) ─► two tables, cubic ─► cross-fade ─► × envelope ─┐
//!  white noise ─► band-pass ─► × envelope ───────────────────────────────────────────┴─► [samples]
//! ```
//!
//! A note is extended backwards by [`LEAD_IN_SAMPLES`]: oscillators run from before the onset, and
//! envelopes read the time |t|, so that a frame centred on the onset sees the sound after it twice
//! and silence never.

use crate::patch::{Breath, Envelope, Patch};
use crate::spectrum::Spectrum;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::pitch;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Samples per second of every rendered note.
pub const SAMPLE_RATE_HZ: u32 = 44_100;
/// How long a note lasts after its onset, in seconds.
pub const NOTE_S: f64 = 1.5;
/// Samples before the onset; the note goes on for as many after its end.
pub const LEAD_IN_SAMPLES: usize = 4_096;

/// Samples between two spectra: 5.8 ms.
const STEP: usize = 256;
/// Table samples per period of the highest harmonic; cubic reading is then 80 dB clean.
const TABLE_PER_HARMONIC: usize = 24;

/// Renders a note with its lead-in and as much after its end; the onset is at
/// [`LEAD_IN_SAMPLES`]. Unit amplitude of the strongest oscillator is 1; nothing is clipped.
///
/// `seed` chooses the noise and where detuned copies start; the same arguments give the same bits.
#[must_use]
pub fn render(patch: &Patch, key: u8, seed: u64) -> Vec<f32> {
    let length = index(NOTE_S * f64::from(SAMPLE_RATE_HZ)) + 2 * LEAD_IN_SAMPLES;
    sound(patch, (key, seed), LEAD_IN_SAMPLES, length)
}

/// Renders a note of so many seconds that begins at sample 0, as [`render`] otherwise.
#[must_use]
pub(crate) fn struck(patch: &Patch, key: u8, seed: u64, length_s: f64) -> Vec<f32> {
    let length = index(length_s * f64::from(SAMPLE_RATE_HZ));
    sound(patch, (key, seed), 0, length)
}

fn sound(patch: &Patch, (key, seed): (u8, u64), lead_in: usize, length: usize) -> Vec<f32> {
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let clock = Clock { lead_in };
    let mut samples = vec![0.0; length];
    tone(patch, (key, clock), &mut random, &mut samples);
    for (position, sample) in samples.iter_mut().enumerate() {
        *sample *= patch.amplitude.at(clock.time_s(position));
    }
    if let Some(breath) = &patch.breath {
        let air = Air {
            breath,
            amplitude: &patch.amplitude,
            key,
            clock,
        };
        air.add(&mut random, &mut samples);
    }
    samples.into_iter().map(narrow).collect()
}

/// What time it is at a sample: 0 at the onset.
#[derive(Clone, Copy)]
struct Clock {
    lead_in: usize,
}

impl Clock {
    fn time_s(self, position: usize) -> f64 {
        (position as f64 - self.lead_in as f64) / f64::from(SAMPLE_RATE_HZ)
    }
}

/// A running oscillator: where it is in its period, how far it goes per sample, how loud it is.
struct Copy {
    turn: f64,
    step: f64,
    level: f64,
}

fn copies(patch: &Patch, base_hz: f64, random: &mut Pcg64Mcg) -> Vec<Copy> {
    let step = base_hz / f64::from(SAMPLE_RATE_HZ);
    let middle = Copy {
        turn: 0.0,
        step,
        level: 1.0,
    };
    let mut copies = vec![middle];
    if let Some(unison) = &patch.unison {
        for cents in [unison.detune_cents, -unison.detune_cents] {
            copies.push(Copy {
                turn: random.random_range(0.0..1.0),
                step: step * pitch::ratio(cents / 100.0),
                level: unison.level,
            });
        }
    }
    copies
}

fn tone(patch: &Patch, (key, clock): (u8, Clock), random: &mut Pcg64Mcg, samples: &mut [f64]) {
    let mut spectrum = Spectrum::new(patch, key);
    let mut copies = copies(patch, spectrum.base_hz(), random);
    let mut tables = Tables::new(spectrum.harmonics());
    tables.next(&mut spectrum, clock.time_s(0));
    for (block, out) in samples.chunks_mut(STEP).enumerate() {
        tables.next(&mut spectrum, clock.time_s((block + 1) * STEP));
        for copy in &mut copies {
            for (i, sample) in out.iter_mut().enumerate() {
                let fade = i as f64 / STEP as f64;
                *sample += copy.level * tables.read(copy.turn, fade);
                copy.turn += copy.step;
                copy.turn -= copy.turn.floor();
            }
        }
    }
}

/// Two tables of one period each: the moment before and the moment after.
struct Tables {
    plan: Arc<dyn ComplexToReal<f64>>,
    amplitudes: Vec<Complex64>,
    bins: Vec<Complex64>,
    before: Vec<f64>,
    after: Vec<f64>,
}

impl Tables {
    fn new(harmonics: usize) -> Self {
        let table = (harmonics * TABLE_PER_HARMONIC).next_power_of_two();
        let plan = RealFftPlanner::new().plan_fft_inverse(table);
        Self {
            amplitudes: vec![Complex64::default(); harmonics],
            bins: plan.make_input_vec(),
            before: plan.make_output_vec(),
            after: plan.make_output_vec(),
            plan,
        }
    }

    /// Makes the table of a new moment; the last one becomes the moment before.
    fn next(&mut self, spectrum: &mut Spectrum<'_>, time_s: f64) {
        std::mem::swap(&mut self.before, &mut self.after);
        spectrum.write(time_s, &mut self.amplitudes);
        self.bins.fill(Complex64::default());
        let harmonics = self.amplitudes.len();
        self.bins[1..=harmonics].copy_from_slice(&self.amplitudes);
        self.bins.iter_mut().for_each(|bin| *bin *= 0.5);
        self.plan
            .process(&mut self.bins, &mut self.after)
            .expect("lengths are the plan's, and both ends are zero");
    }

    /// The value at a place in the period (0…1), between the two moments (0…1).
    fn read(&self, turn: f64, fade: f64) -> f64 {
        let length = self.after.len();
        let place = turn * length as f64;
        let whole = index(place);
        let fraction = place - whole as f64;
        let at = |offset: usize| {
            let slot = (whole + offset + length - 1) & (length - 1);
            self.before[slot] + fade * (self.after[slot] - self.before[slot])
        };
        cubic([at(0), at(1), at(2), at(3)], fraction)
    }
}

/// The cubic through four neighbours, between the second and the third.
fn cubic([a, b, c, d]: [f64; 4], x: f64) -> f64 {
    let slope = c - a / 3.0 - b / 2.0 - d / 6.0;
    let bend = (a + c) / 2.0 - b;
    let twist = (d - a) / 6.0 + (b - c) / 2.0;
    ((twist * x + bend) * x + slope) * x + b
}

/// The breath of one note.
struct Air<'a> {
    breath: &'a Breath,
    amplitude: &'a Envelope,
    key: u8,
    clock: Clock,
}

impl Air<'_> {
    fn add(&self, random: &mut Pcg64Mcg, samples: &mut [f64]) {
        let centre_hz = self.breath.harmonic * pitch::hz(f64::from(self.key));
        let mut band = BandPass::new(centre_hz.clamp(400.0, 6_000.0), self.breath.quality);
        for (position, sample) in samples.iter_mut().enumerate() {
            let time_s = self.clock.time_s(position);
            let envelope = self.breath.envelope.at(time_s) * self.amplitude.at(time_s);
            let white = random.random_range(-1.0..1.0);
            *sample += self.breath.level * envelope * band.process(white);
        }
    }
}

/// A second-order band-pass, 0 dB at its centre.
///
/// *Source:* Bristow-Johnson's cookbook for biquad filters.
struct BandPass {
    gain: f64,
    feedback: [f64; 2],
    inputs: [f64; 2],
    outputs: [f64; 2],
}

impl BandPass {
    fn new(centre_hz: f64, quality: f64) -> Self {
        let angle = TAU * centre_hz / f64::from(SAMPLE_RATE_HZ);
        let alpha = angle.sin() / (2.0 * quality);
        let scale = (1.0 + alpha).recip();
        Self {
            gain: alpha * scale,
            feedback: [-2.0 * angle.cos() * scale, (1.0 - alpha) * scale],
            inputs: [0.0; 2],
            outputs: [0.0; 2],
        }
    }

    fn process(&mut self, input: f64) -> f64 {
        let fed_back = self.feedback[0] * self.outputs[0] + self.feedback[1] * self.outputs[1];
        let output = self.gain * (input - self.inputs[1]) - fed_back;
        self.inputs = [input, self.inputs[0]];
        self.outputs = [output, self.outputs[0]];
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank;
    use betwixt_analysis::Magnitudes;
    use betwixt_spectral::Geometry;

    fn frames(patch: &Patch, key: u8) -> (Geometry, Magnitudes) {
        let geometry = Geometry::new(8_192, 2_048, SAMPLE_RATE_HZ).unwrap();
        let samples = render(patch, key, 1);
        let frames = Magnitudes::of_note(geometry, &samples, LEAD_IN_SAMPLES).unwrap();
        (geometry, frames)
    }

    /// Energy lies on the multiples of the key's frequency and nowhere else: what is between them
    /// stays 60 dB below the loudest (where the skirts of fast decays end), folded harmonics of the
    /// highest key included.
    #[test]
    fn there_is_nothing_between_the_harmonics() {
        let bank = bank::patches(7);
        let pure = bank
            .iter()
            .filter(|p| p.breath.is_none() && p.unison.is_none());
        for patch in pure.step_by(7) {
            for key in [60, 96] {
                let (geometry, frames) = frames(patch, key);
                let spacing = Spectrum::new(patch, key).base_hz() / geometry.bin_hz();
                let frame = frames.frame(12);
                let loudest = frame.iter().copied().fold(0.0, f32::max);
                for (bin, value) in frame.iter().enumerate() {
                    let place = bin as f64 / spacing;
                    let distance = (place - place.round()).abs() * spacing;
                    let below_db = 20.0 * (f64::from(value / loudest)).log10();
                    let between = distance > 12.0 && below_db > -60.0;
                    assert!(
                        !between,
                        "{} at key {key}: bin {bin} {below_db:.0} dB",
                        patch.name
                    );
                }
            }
        }
    }

    /// Every patch speaks the key: its harmonics are those of the played note, within a cent of
    /// the frequency of the strongest.
    #[test]
    fn every_patch_is_in_tune() {
        for patch in bank::patches(7).iter().step_by(3) {
            let (geometry, frames) = frames(patch, 64);
            let frame = frames.frame(8);
            let at = |bin: usize| f64::from(frame[bin]);
            let peak = (2..4_000).max_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap();
            // The two largest bins of a Hann lobe give its frequency exactly.
            let side = if at(peak + 1) > at(peak - 1) {
                peak + 1
            } else {
                peak - 1
            };
            let ratio = at(side) / at(peak);
            let offset = (2.0 * ratio - 1.0) / (1.0 + ratio) * (side as f64 - peak as f64);
            let hz = (peak as f64 + offset) * geometry.bin_hz();
            let base_hz = Spectrum::new(patch, 64).base_hz();
            let harmonic = (hz / base_hz).round();
            let cents = pitch::cents(hz, harmonic * base_hz);
            let tolerance = if patch.unison.is_some() { 6.0 } else { 1.0 };
            assert!(cents.abs() < tolerance, "{}: {cents:.2} cents", patch.name);
        }
    }

    /// The same arguments, the same bits; another seed, another breath.
    #[test]
    fn rendering_is_repeatable() {
        let bank = bank::patches(7);
        let patch = bank.iter().find(|patch| patch.breath.is_some()).unwrap();
        assert_eq!(render(patch, 60, 5), render(patch, 60, 5));
        assert_ne!(render(patch, 60, 5), render(patch, 60, 6));
    }

    /// A cubic is exact for a cubic.
    #[test]
    fn the_interpolation_is_cubic() {
        let polynomial = |x: f64| 2.0 - x + 0.5 * x * x - 0.25 * x * x * x;
        let four = [-1.0, 0.0, 1.0, 2.0].map(polynomial);
        assert!((cubic(four, 0.3) - polynomial(0.3)).abs() < 1e-12);
    }
}
