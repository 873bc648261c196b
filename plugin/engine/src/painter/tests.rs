//! Painted sounds against sums of sines.

use super::*;
use crate::random::Random;
use betwixt_spectral::partials::partials_below;
use betwixt_spectral::window::hann_lobe;
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

/// Full width parts the channels, and their sum loses no more than 1 dB: of any partial, and of
/// noise.
#[test]
fn wide_sounds_survive_mono() {
    let mut noise = tone(440.0, &[]);
    noise.frame.noise = [0.05; BANDS];
    for (name, mut paint) in [("tone", tone(110.0, &[0.1; 40])), ("noise", noise)] {
        let [narrow, same] = still(48_000.0, &paint, 5);
        assert!(narrow == same, "{name}: one channel at no width");
        paint.width = 1.0;
        let [left, right] = still(48_000.0, &paint, 5);
        let both = || left.iter().zip(&right);
        let sum: Vec<f32> = both().map(|(l, r)| (l + r) / 2.0).collect();
        let away: Vec<f32> = both().map(|(l, r)| (l - r) / 2.0).collect();
        let loss = 20.0 * (rms(&sum) / rms(&narrow)).log10();
        assert!((-1.0..0.1).contains(&loss), "{name}: {loss} dB");
        assert!(rms(&away) > 0.15 * rms(&sum), "{name} is not wide");
        for hz in (1..=40).map(|number| 110.0 * f64::from(number)) {
            let loss = amplitude(&sum, hz, 48_000.0) / amplitude(&narrow, hz, 48_000.0);
            let loss = 20.0 * loss.log10();
            assert!(
                name == "noise" || (-1.0..0.1).contains(&loss),
                "{hz} Hz: {loss} dB"
            );
        }
    }
}

/// A partial whose frequency rises is the sine of the integral of its frequency, to the end of the
/// glide: over a thousand turns the phase has not slipped by a hundredth of one.
#[test]
fn glides_are_integrals_of_their_frequency() {
    const RATE_HZ: f64 = 48_000.0;
    let (f0_hz, slope) = (400.0, 1_500.0);
    let mut painter = Painter::new(RATE_HZ, 9);
    let mut oscillators = Oscillators::new();
    oscillators.start(4);
    let mut channels = [0, 1].map(|_| vec![0.0; 48_000 + 2_048]);
    for start in (0..48_000).step_by(painter.hop()) {
        let centre_s = (start + painter.fft_len() / 2) as f64 / RATE_HZ;
        let paint = tone(f0_hz + slope * centre_s, &[0.5]);
        painter.paint(&mut oscillators, &paint);
        let [left, right] = &mut channels;
        painter.add_to(&mut left[start..], &mut right[start..]);
    }
    // Amplitude and phase against the ideal chirp, in the first and in the last tenth.
    let against_ideal = |range: std::ops::Range<usize>| {
        let (mut re, mut im) = (0.0, 0.0);
        for i in range.clone() {
            let t = i as f64 / RATE_HZ;
            let turns = f0_hz * t + slope * t * t / 2.0;
            re += 2.0 * f64::from(channels[0][i]) * (TAU * turns).cos() / range.len() as f64;
            im -= 2.0 * f64::from(channels[0][i]) * (TAU * turns).sin() / range.len() as f64;
        }
        (re.hypot(im), im.atan2(re) / TAU)
    };
    let (early, late) = (against_ideal(2_000..6_800), against_ideal(42_000..46_800));
    for (amplitude, _) in [early, late] {
        assert!((amplitude - 0.5).abs() < 0.01, "{amplitude}");
    }
    let slipped = (late.1 - early.1 + 0.5).rem_euclid(1.0) - 0.5;
    assert!(slipped.abs() < 0.01, "{slipped} turns");
}

/// Of two and a half partials the third has half its amplitude: as the note that the decoder is
/// told moves, none appears at a stroke.
#[test]
fn the_last_partial_fades_in() {
    let mut paint = tone(440.0, &[0.1, 0.1, 0.1, 0.1]);
    paint.partials = 2.5;
    let [sound, _] = still(48_000.0, &paint, 1);
    for (number, expected) in [(2.0, 0.1), (3.0, 0.05), (4.0, 0.0)] {
        let found = amplitude(&sound, number * 440.0, 48_000.0);
        assert!((found - expected).abs() < 1e-3, "{number}: {found}");
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
            let expected = hann_lobe(bin as f64 - 1.0 - f64::from(fraction));
            assert!(
                (f64::from(*found) - expected).abs() < 4e-6,
                "{fraction} {bin}"
            );
        }
    }
}
