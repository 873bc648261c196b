//! Painted sounds against sums of sines.

use super::*;
use crate::random::Random;
use betwixt_spectral::partials::partials_below;
use std::f64::consts::TAU;

/// Paints a still sound of one second, both channels.
fn still(rate_hz: f64, paint: &Paint, seed: u64) -> [Vec<f32>; 2] {
    let mut painter = Painter::new(rate_hz, 9);
    let mut oscillators = Oscillators::new();
    oscillators.start(seed);
    let samples = index(rate_hz);
    let mut channels = [0, 1].map(|_| vec![0.0; samples + painter.fft_len()]);
    for start in (0..samples).step_by(painter.hop()) {
        painter.paint(&mut oscillators, paint);
        let [left, right] = &mut channels;
        painter.add_to(&mut left[start..], &mut right[start..]);
    }
    let whole = painter.fft_len()..samples;
    channels.map(|channel| channel[whole.clone()].to_vec())
}

fn tone(f0_hz: f64, amplitudes: &[f32]) -> Paint {
    let mut frame = PartialsFrame::default();
    frame.harmonics[..amplitudes.len()].copy_from_slice(amplitudes);
    Paint {
        frame,
        f0_hz,
        inharmonicity: 0.0,
        partials: real(partials_below(f0_hz, 0.0)),
        width: 0.0,
    }
}

/// Amplitude of a frequency in a sound, by projection on sine and cosine.
fn amplitude(sound: &[f32], hz: f64, rate_hz: f64) -> f64 {
    let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
    for (i, x) in sound.iter().enumerate() {
        let window = 0.5 - 0.5 * (TAU * i as f64 / sound.len() as f64).cos();
        let angle = TAU * hz * i as f64 / rate_hz;
        re += window * f64::from(*x) * angle.cos();
        im += window * f64::from(*x) * angle.sin();
        sum += window;
    }
    2.0 * (re * re + im * im).sqrt() / sum
}

fn rms(sound: &[f32]) -> f64 {
    let power: f64 = sound.iter().map(|x| f64::from(*x).powi(2)).sum();
    (power / sound.len() as f64).sqrt()
}

/// Three partials come out with their amplitudes at their frequencies, on every host rate, and
/// nothing else does: what is left is 55 dB down.
#[test]
fn partials_are_painted_where_they_belong() {
    for rate_hz in [22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for f0_hz in [27.5, 261.63, 2_093.0] {
            let [sound, _] = still(rate_hz, &tone(f0_hz, &[0.5, 0.25, 0.125]), 3);
            let mut expected = 0.0;
            for (number, level) in [(1.0, 0.5), (2.0, 0.25), (3.0, 0.125)] {
                let found = amplitude(&sound, number * f0_hz, rate_hz);
                let error = 20.0 * (found / level).log10();
                assert!(error.abs() < 0.05, "{rate_hz} {f0_hz} {number}: {error} dB");
                expected += level * level / 2.0;
            }
            let error = 10.0 * (rms(&sound).powi(2) / expected).log10();
            assert!(error.abs() < 0.05, "{rate_hz} {f0_hz}: {error} dB too much");
        }
    }
}

/// A stiff string's tenth partial lies where the formula has it.
#[test]
fn inharmonic_partials_are_stretched() {
    let mut amplitudes = [0.0; 10];
    amplitudes[9] = 0.5;
    let mut paint = tone(220.0, &amplitudes);
    paint.inharmonicity = 1e-3;
    let [sound, _] = still(48_000.0, &paint, 1);
    let found = amplitude(&sound, 2_200.0 * 1.1f64.sqrt(), 48_000.0);
    assert!((found - 0.5).abs() < 0.005, "{found}");
}

/// A free partial sounds at its ratio, beside the harmonics.
#[test]
fn free_partials_ring() {
    let mut paint = tone(440.0, &[0.1]);
    let (slot, place) = betwixt_spectral::partials::free_slot(2.756).unwrap();
    paint.frame.free[slot] = FreePartial {
        amplitude: 0.3,
        place,
    };
    let [sound, _] = still(48_000.0, &paint, 1);
    let found = amplitude(&sound, 440.0 * 2.756, 48_000.0);
    assert!((found - 0.3).abs() < 0.003, "{found}");
}

/// A band's noise has the band's power, on every host rate; the bands together are white when
/// their powers go with their widths.
#[test]
fn noise_has_the_power_of_its_bands() {
    let edges = betwixt_spectral::partials::band_edges_hz();
    for rate_hz in [44_100.0, 96_000.0] {
        let mut paint = tone(440.0, &[]);
        let mut power = 0.0;
        for (band, rms) in paint.frame.noise.iter_mut().enumerate() {
            let width = (edges[band + 1].min(rate_hz / 2.0) - edges[band]) / 20_000.0;
            power += 0.01 * width;
            *rms = narrow((0.01 * (edges[band + 1] - edges[band]) / 20_000.0).sqrt());
        }
        let sounds: Vec<f64> = (0..8)
            .map(|seed| rms(&still(rate_hz, &paint, seed)[0]).powi(2))
            .collect();
        let mean = sounds.iter().sum::<f64>() / sounds.len() as f64;
        let error = 10.0 * (mean / power).log10();
        assert!(error.abs() < 0.25, "{rate_hz}: {error} dB");
    }
}

/// Partials at and above half the rate are left out, not folded back.
#[test]
fn nothing_is_painted_beyond_the_edge() {
    let [sound, _] = still(22_050.0, &tone(6_000.0, &[0.0, 0.5, 0.5]), 1);
    assert!(rms(&sound) < 1e-5, "{}", rms(&sound));
}

/// Full width parts the channels, and their sum loses no more than 1 dB: of a tone and of noise.
#[test]
fn wide_sounds_survive_mono() {
    let mut noise = tone(440.0, &[]);
    noise.frame.noise = [0.05; BANDS];
    for (name, mut paint) in [("tone", tone(110.0, &[0.1; 40])), ("noise", noise)] {
        let [narrow, same] = still(48_000.0, &paint, 5);
        assert!(narrow == same, "{name}: one channel at no width");
        paint.width = 1.0;
        let [left, right] = still(48_000.0, &paint, 5);
        let sum: Vec<f32> = left
            .iter()
            .zip(&right)
            .map(|(l, r)| (l + r) / 2.0)
            .collect();
        let away: Vec<f32> = left
            .iter()
            .zip(&right)
            .map(|(l, r)| (l - r) / 2.0)
            .collect();
        let loss = 20.0 * (rms(&sum) / rms(&narrow)).log10();
        assert!((-1.0..0.1).contains(&loss), "{name}: {loss} dB");
        assert!(rms(&away) > 0.15 * rms(&sum), "{name} is not wide");
    }
}

/// Every partial turns on from where it was when its frequency moves: no frame loses level.
#[test]
fn glides_keep_their_level() {
    let mut painter = Painter::new(48_000.0, 9);
    let mut oscillators = Oscillators::new();
    oscillators.start(4);
    let mut channels = [0, 1].map(|_| vec![0.0; 48_000 + 2_048]);
    for start in (0..48_000).step_by(256) {
        let glide = 220.0 * (start as f64 / 24_000.0).exp2();
        let paint = tone(glide, &[0.5]);
        painter.paint(&mut oscillators, &paint);
        let [left, right] = &mut channels;
        painter.add_to(&mut left[start..], &mut right[start..]);
    }
    for block in channels[0][2_048..46_000].chunks_exact(1_024) {
        let error = 20.0 * (rms(block) / (0.5 * 0.5f64.sqrt())).log10();
        // A block holds no whole number of periods: part of one of 220 Hz is up to 0.5 dB of it.
        assert!(error.abs() < 0.6, "{error} dB");
    }
}

/// The table against the sine that it stands for.
#[test]
fn lobes_are_the_windows() {
    let table = lobe::LobeTable::new();
    let mut random = Random::new(2);
    for _ in 0..1_000 {
        let fraction = random.bipolar().abs();
        let found = table.weights(fraction);
        for (bin, found) in found.iter().enumerate() {
            let expected = lobe::weight(bin as f64 - 1.0 - f64::from(fraction));
            assert!(
                (f64::from(*found) - expected).abs() < 4e-6,
                "{fraction} {bin}"
            );
        }
    }
}
