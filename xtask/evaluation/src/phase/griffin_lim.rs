//! Phase by going back and forth between sound and spectrogram.
//!
//! ```text
//!      ┌─────────────────────────────────────────────────────────────────────────┐
//!      ▼                                                                         │
//!  spectra c ─► wanted magnitudes, c's phases ─► sound ─► STFT t ─► c = t + α(t − last t)
//!  start: random phases                            └─► after the last iteration: the sound
//! ```
//!
//! α = 0 is the plain method, whose error never rises; with momentum α = .99 it is faster.
//!
//! *Sources:* Griffin and Lim, "Signal estimation from modified short-time Fourier transform", IEEE
//! TASSP 32(2), 1984; Perraudin, Balazs, Søndergaard, "A fast Griffin-Lim algorithm", WASPAA 2013.

use super::overlap::Overlap;
use betwixt_engine::random::Random;
use betwixt_spectral::number::radians;
use betwixt_spectral::{Complex32, Geometry, stft};

/// How often, and with how much momentum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Iterations {
    count: usize,
    momentum: f32,
}

impl Iterations {
    pub(super) const fn plain(count: usize) -> Self {
        Self {
            count,
            momentum: 0.0,
        }
    }

    pub(super) const fn fast(count: usize) -> Self {
        Self {
            count,
            momentum: 0.99,
        }
    }
}

/// Spectra `[frames][bins]`.
type Spectra = Vec<Vec<Complex32>>;

/// The sound of magnitudes `[frames][bins]` after so many iterations.
pub(super) fn griffin_lim(
    geometry: Geometry,
    magnitudes: &[Vec<f32>],
    iterations: Iterations,
    seed: u64,
) -> Vec<f32> {
    let mut spectra = start(magnitudes, seed);
    let mut last: Option<Spectra> = None;
    for _ in 0..iterations.count {
        let sound = sounding(geometry, magnitudes, &spectra);
        let whole = magnitudes.len().saturating_sub(1) * geometry.hop();
        let mut number = 0;
        stft::for_each_frame(geometry, &sound[..whole], |found| {
            let before = last.as_ref().map(|last| last[number].as_slice());
            push_on(&mut spectra[number], found, (before, iterations.momentum));
            if iterations.momentum > 0.0 {
                let kept = last.get_or_insert_with(|| spectra.clone());
                kept[number].copy_from_slice(found);
            }
            number += 1;
        });
    }
    sounding(geometry, magnitudes, &spectra)
}

/// Random phases; only they matter.
fn start(magnitudes: &[Vec<f32>], seed: u64) -> Spectra {
    let mut random = Random::new(seed);
    let mut turned = |_: &f32| Complex32::from_polar(1.0, radians(random.turns()));
    let frames = magnitudes.iter();
    frames
        .map(|frame| frame.iter().map(&mut turned).collect())
        .collect()
}

/// What was found, and on in the direction from what was found before.
fn push_on(spectrum: &mut [Complex32], found: &[Complex32], before: (Option<&[Complex32]>, f32)) {
    let (Some(last), momentum) = before else {
        return spectrum.copy_from_slice(found);
    };
    let bins = spectrum.iter_mut().zip(found.iter().zip(last));
    bins.for_each(|(next, (found, last))| *next = found + (found - last) * momentum);
}

/// The sound of magnitudes with the phases of spectra.
fn sounding(geometry: Geometry, magnitudes: &[Vec<f32>], spectra: &Spectra) -> Vec<f32> {
    let mut overlap = Overlap::new(geometry);
    for (magnitude, spectrum) in magnitudes.iter().zip(spectra) {
        let bins = magnitude.iter().zip(spectrum);
        overlap.add(bins.map(|(wanted, found)| {
            let norm = found.norm();
            if norm > 0.0 {
                found * (wanted / norm)
            } else {
                Complex32::new(*wanted, 0.0)
            }
        }));
    }
    overlap.finish()
}

#[cfg(test)]
mod tests {
    use super::super::FramesOf;
    use super::*;
    use crate::measure::signals::{noise, tone};

    /// More iterations come nearer, momentum nearer still.
    #[test]
    fn iterations_come_nearer() {
        let geometry = Geometry::new(1024, 256, 44_100).unwrap();
        let signal = tone(&[(440.0, 0.3), (1_234.0, 0.2)], 44_100.0, 22_050);
        let frames = FramesOf::new(geometry, &signal);
        let reached = |iterations| {
            let sound = griffin_lim(geometry, &frames.magnitudes, iterations, 1);
            frames.quality(&sound, &[]).sc_db
        };
        let plain = [0, 1, 4, 16, 64].map(|count| reached(Iterations::plain(count)));
        assert!(plain.is_sorted_by(|a, b| a > b), "{plain:?}");
        assert!(reached(Iterations::fast(64)) < plain[4] - 3.0);
    }

    /// Magnitudes that have their true phases are the sound already: nothing is left to do.
    #[test]
    fn the_true_phases_stay() {
        let geometry = Geometry::new(1024, 256, 44_100).unwrap();
        let signal = noise(7, 22_016);
        let frames = FramesOf::new(geometry, &signal);
        let mut spectra = Spectra::new();
        stft::for_each_frame(geometry, &signal, |spectrum| {
            spectra.push(spectrum.to_vec())
        });
        let sound = sounding(geometry, &frames.magnitudes, &spectra);
        let inner = 1_024..signal.len() - 1_024;
        for (x, wanted) in sound[inner.clone()].iter().zip(&signal[inner]) {
            assert!((x - wanted).abs() < 1e-5, "{x} for {wanted}");
        }
    }
}
