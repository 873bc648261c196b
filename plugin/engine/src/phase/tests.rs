//! Integrated phase against signals whose phase is known.

use super::*;
use crate::phasor::phasor;
use crate::random::Random;
use betwixt_spectral::number::{narrow, radians, turns};
use betwixt_spectral::{Complex32, ForwardStft, Geometry, InverseStft};
use std::f64::consts::TAU;

fn geometry() -> Geometry {
    Geometry::new(2048, 512, 44_100).unwrap()
}

/// The magnitude frame of a sum of cosines at frequencies in bins.
fn tone_frame(partials: &[f64]) -> Vec<f32> {
    let sample = |i: usize| {
        let turn = |p: &f64| (TAU * p * i as f64 / 2048.0).cos();
        narrow(partials.iter().map(turn).sum::<f64>())
    };
    let samples: Vec<f32> = (0..2048).map(sample).collect();
    let mut spectrum = vec![Complex32::default(); 1025];
    ForwardStft::new(geometry()).process(&samples, &mut spectrum);
    spectrum.iter().map(|x| x.norm()).collect()
}

fn synthesise(frames: usize, mut frame: impl FnMut(usize) -> Vec<Complex32>) -> Vec<f32> {
    let mut inverse = InverseStft::new(geometry());
    let mut out = vec![0.0; frames * 512 + 2048];
    let mut windowed = vec![0.0; 2048];
    for n in 0..frames {
        inverse.process(&mut frame(n), &mut windowed);
        out[n * 512..n * 512 + 2048]
            .iter_mut()
            .zip(&windowed)
            .for_each(|(y, x)| *y += x);
    }
    out[2048..frames * 512].to_vec()
}

fn integrate(frames: usize, magnitude: &[f32], fundamental: Option<f32>) -> Vec<f32> {
    let mut random = Random::new(1);
    let mut tools = PhaseTools::new(geometry());
    let mut phase = GradientPhase::new(geometry());
    phase.start(&mut tools, magnitude, fundamental, &mut random);
    synthesise(frames, |n| {
        if n > 0 {
            let stored = std::iter::repeat_n(0, 1025);
            phase.observe(&mut tools, magnitude, fundamental);
            let frame = (magnitude, Lobes::Integrated);
            phase.settle(&mut tools, frame, stored, &mut random);
        }
        magnitude
            .iter()
            .zip(phase.phase())
            .map(|(m, p)| phasor(*p) * *m)
            .collect()
    })
}

/// Spectral convergence of a sound's frames to one that was held, dB.
fn convergence_db(signal: &[f32], magnitude: &[f32]) -> f64 {
    let mut stft = ForwardStft::new(geometry());
    let mut spectrum = vec![Complex32::default(); 1025];
    let (mut error, mut power) = (0.0, 0.0);
    for frame in signal.windows(2048).step_by(512) {
        stft.process(frame, &mut spectrum);
        for (bin, wanted) in spectrum.iter().zip(magnitude) {
            error += f64::from(bin.norm() - wanted).powi(2);
            power += f64::from(*wanted).powi(2);
        }
    }
    10.0 * (error / power).log10()
}

/// Amplitude and phase advance of a partial at `bin` over a second of sound, by correlation.
fn cents_off(signal: &[f32], bins: f64) -> f64 {
    let correlate = |start: usize| {
        let sum = (0..8192).fold((0.0, 0.0), |(re, im), i| {
            let window = 0.5 - 0.5 * (TAU * i as f64 / 8192.0).cos();
            let angle = TAU * bins * (start + i) as f64 / 2048.0;
            let x = f64::from(signal[start + i]) * window;
            (re + x * angle.cos(), im - x * angle.sin())
        });
        f64::atan2(sum.1, sum.0)
    };
    let turn = (correlate(16_384) - correlate(0)) / TAU;
    let drift = (turn - turn.round()) * 2048.0 / 16_384.0;
    1200.0 * ((bins + drift) / bins).log2()
}

/// A frame held still sounds at the frequency that it was analysed from: within 0.3 cents unaided,
/// exactly when the note is known.
#[test]
fn held_frames_are_in_tune() {
    for centre in [20.37, 41.5, 100.02] {
        let magnitude = tone_frame(&[centre]);
        let unaided = cents_off(&integrate(80, &magnitude, None), centre);
        assert!(unaided.abs() < 0.3, "{centre}: {unaided:.3} cents");
        let note = narrow(centre);
        let known = cents_off(&integrate(80, &magnitude, Some(note)), centre);
        assert!(
            known.abs() < 0.005,
            "{centre}: {known:.4} cents with the note known"
        );
    }
}

/// A frame baked 0.4 bins sharp still plays the note.
#[test]
fn baked_in_detuning_is_removed() {
    let magnitude = tone_frame(&[30.4, 60.6]);
    let signal = integrate(80, &magnitude, Some(30.0));
    assert!(cents_off(&signal, 30.0).abs() < 0.005);
    assert!(cents_off(&signal, 60.0).abs() < 0.005);
}

/// A locked tone is steady: its RMS over 2048 samples (25.3 periods) stays within 0.8 dB, the reference's wander.
#[test]
fn held_tones_do_not_wander() {
    let partials: Vec<f64> = (1..=12).map(|k| 25.3 * f64::from(k)).collect();
    let signal = integrate(120, &tone_frame(&partials), Some(25.3));
    let rms = signal
        .chunks_exact(2048)
        .map(|c| c.iter().map(|x| x * x).sum::<f32>().sqrt());
    let (low, high) = rms.fold((f32::MAX, 0.0f32), |(l, h), x| (l.min(x), h.max(x)));
    let wander_db = 20.0 * (high / low).log10();
    assert!(wander_db < 0.8, "{wander_db:.2} dB");
}

/// A sharp frame held still is analysed as itself again, side lobes and all: within −60 dB, where
/// lobes without the signs of their side lobes reach −44.
#[test]
fn held_frames_are_what_was_drawn() {
    let partials: Vec<f64> = (1..=20).map(|k| 40.87 * f64::from(k)).collect();
    let magnitude = tone_frame(&partials);
    let found = convergence_db(&integrate(60, &magnitude, Some(40.87)), &magnitude);
    assert!(found < -60.0, "{found:.1} dB");
}

/// Held for ten minutes a tone is what it was after one second, its convergence to a tenth of a
/// decibel: phases count in whole turns, and multiples of a note that f32 holds exactly keep to each
/// other.
#[test]
fn ten_minutes_change_nothing() {
    // As a frame that was learnt has them, a little sharp: exact ones would be told to the last bit.
    let partials: Vec<f64> = (1..=12).map(|k| 24.5 * f64::from(k) + 0.05).collect();
    let magnitude = tone_frame(&partials);
    let mut random = Random::new(1);
    let mut tools = PhaseTools::new(geometry());
    let mut phase = GradientPhase::new(geometry());
    phase.start(&mut tools, &magnitude, Some(24.5), &mut random);
    let mut hop = |phase: &mut GradientPhase| {
        phase.observe(&mut tools, &magnitude, Some(24.5));
        let frame = (magnitude.as_slice(), Lobes::Integrated);
        phase.settle(&mut tools, frame, std::iter::repeat_n(0, 1025), &mut random);
    };
    let hops_per_s = 86;
    let after = [1, 599].map(|seconds| {
        (0..seconds * hops_per_s).for_each(|_| hop(&mut phase));
        // Each partial's phase beside the first's times its number: what the wave's form is.
        let at = |k: f64| phase.phase()[betwixt_spectral::number::index((24.5 * k).round())];
        let relation = |k: u32| radians(at(f64::from(k)).wrapping_sub(at(1.0).wrapping_mul(k)));
        let relations = (2..=12).map(relation).collect::<Vec<f32>>();
        let sound = synthesise(40, |_| {
            hop(&mut phase);
            let bins = magnitude.iter().zip(phase.phase());
            bins.map(|(m, p)| phasor(*p) * *m).collect()
        });
        (relations, convergence_db(&sound, &magnitude))
    });
    for (early, late) in after[0].0.iter().zip(&after[1].0) {
        let moved = (early - late + 3.0 * std::f32::consts::PI).rem_euclid(std::f32::consts::TAU);
        let moved = moved - std::f32::consts::PI;
        assert!(moved.abs() < 0.01, "{early} became {late}");
    }
    let [early, late] = [after[0].1, after[1].1];
    assert!((early - late).abs() < 0.1, "{early:.2} became {late:.2} dB");
}

/// Another key's noise is noise from its first frame on, however unlike the old key's it is.
#[test]
fn noise_is_carried_over_as_noise() {
    let mut random = Random::new(1);
    let mut tools = PhaseTools::new(geometry());
    let mut phase = GradientPhase::new(geometry());
    phase.start(&mut tools, &tone_frame(&[50.0]), Some(50.0), &mut random);
    let carry = Carry {
        ratio: 0.5,
        until: 0.0,
        from: 0.0,
    };
    let level = vec![0.3; 1025];
    phase.observe_lobes(&level, Some(100.0));
    phase.carry(&mut tools, &level, &carry, &mut random);
    assert!(phase.noise().iter().all(|noise| *noise));
}

/// A lobe that goes on turns by its own frequency; those that come beside it begin anew, each with a
/// phase of its own and all its bins alike. Integrated or locked.
#[test]
fn lobes_go_on_or_begin_anew() {
    let stored = || std::iter::repeat_n(0, 1025);
    let is_near = |a: u32, b: u32| radians(a.wrapping_sub(b)).abs() < 1e-3;
    for lobes in [Lobes::Integrated, Lobes::Locked] {
        let (mut random, mut tools) = (Random::new(1), PhaseTools::new(geometry()));
        let mut phase = GradientPhase::new(geometry());
        phase.start(&mut tools, &tone_frame(&[50.25]), None, &mut random);
        let begun = phase.phase()[50];
        let magnitude = tone_frame(&[50.25, 200.0, 300.0]);
        phase.observe(&mut tools, &magnitude, None);
        phase.settle(&mut tools, (&magnitude, lobes), stored(), &mut random);
        // A hop is a quarter of the transform: 50.25 bins turn 12.5625 times.
        let turned = begun.wrapping_add(turns(12.5625));
        assert!(is_near(phase.phase()[50], turned), "{lobes:?}");
        for centre in [50, 200, 300] {
            let lobe = &phase.phase()[centre - 1..=centre + 1];
            let alike = lobe.iter().all(|bin| is_near(*bin, lobe[1]));
            assert!(alike, "{lobes:?}: {lobe:?}");
        }
        let [one, other] = [200, 300].map(|centre| phase.phase()[centre]);
        assert!(!is_near(one, other), "{lobes:?}");
    }
}

/// A constant beside a tone comes back whole, whatever phase it is drawn: of any but 0 and half a
/// turn only the cosine would be left.
#[test]
fn what_stands_still_is_real() {
    let mut magnitude = tone_frame(&[100.3]);
    for (bin, lobe) in [1.0, 0.5].into_iter().enumerate() {
        magnitude[bin] = 200.0 * lobe;
    }
    for seed in 1..=8 {
        let mut random = Random::new(seed);
        let mut phase = RecordedPhase::new(geometry());
        let sound = synthesise(40, |_| {
            phase.next(&magnitude, None, &mut random);
            let bins = magnitude.iter().zip(phase.phase());
            bins.map(|(m, p)| phasor(*p) * *m).collect()
        });
        // A Hann window's sum is half its length; the tone is far from silent, and far from constant.
        let constant = sound[4096..12_288].iter().sum::<f32>() / 8192.0;
        let expected = 200.0 / 1024.0;
        assert!(
            (constant.abs() / expected - 1.0).abs() < 0.01,
            "seed {seed}: {constant} for {expected}"
        );
    }
}

/// Stored phase keeps the power of a flat frame, and does not buzz at the hop rate.
#[test]
fn stored_noise_keeps_the_level() {
    let table = NoiseTable::new(geometry(), 5);
    let magnitude = 16.0f32;
    let signal = synthesise(128, |n| {
        table
            .frame(n)
            .map(|p| phasor(p) * (magnitude * MAKE_UP))
            .collect()
    });
    let power = signal.iter().map(|x| f64::from(x * x)).sum::<f64>() / signal.len() as f64;
    // White noise of variance s² has a mean square magnitude of s²·Σw² in each bin.
    let window_power = 0.375 * 2048.0;
    let level_db = 10.0 * (power * window_power / f64::from(magnitude * magnitude)).log10();
    assert!(level_db.abs() < 0.4, "{level_db:.2} dB");
}
