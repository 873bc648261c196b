//! Notes made by arithmetic, whose every partial is known, come back from the analysis.
//!
//! ```text
//!  amplitudes, f0, B, vibrato, decay, noise, attack ─► samples ─► analyse ─► the same numbers
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_analysis::AnalysisError;
use betwixt_analysis::partials::{Analysis, HOP_S, analyse, estimated_pitch};
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::partials::{
    BANDS, FREE, PartialsFrame, band_edges_hz, free_ratio, partial_hz,
};
use betwixt_spectral::pitch;
use std::f64::consts::TAU;

const RATE_HZ: f64 = 44_100.0;

/// A sum of partials: amplitude of partial k at t is `level(k, t)`.
struct Note<'a> {
    f0_hz: f64,
    inharmonicity: f64,
    partials: usize,
    level: &'a dyn Fn(usize, f64) -> f64,
    /// Relative deviation of the pitch, integrated over time in seconds.
    drift_s: &'a dyn Fn(f64) -> f64,
}

impl Note<'_> {
    fn samples(&self, rate_hz: f64, length_s: f64) -> Vec<f32> {
        let sample = |i: usize| {
            let time = i as f64 / rate_hz;
            let partial = |k: usize| {
                let hz = partial_hz(k, self.f0_hz, self.inharmonicity);
                let turns = hz * (time + (self.drift_s)(time)) + 0.37 * (k * k) as f64;
                (self.level)(k, time) * (TAU * turns).sin()
            };
            narrow((1..=self.partials).map(partial).sum())
        };
        (0..index(length_s * rate_hz)).map(sample).collect()
    }
}

fn steady(f0_hz: f64, partials: usize) -> Note<'static> {
    Note {
        f0_hz,
        inharmonicity: 0.0,
        partials,
        level: &|k, _| 1.0 / k as f64,
        drift_s: &|_| 0.0,
    }
}

fn analysed(samples: &[f32], pitch: f64) -> Analysis {
    analyse(samples, RATE_HZ, pitch).unwrap()
}

fn db(found: f32, expected: f64) -> f64 {
    20.0 * (f64::from(found) / expected).log10()
}

/// Uniform white noise of the rms 1.
fn white() -> impl FnMut() -> f64 {
    let mut state = 0x2545_f491_u32;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state.cast_signed()) / 2_147_483_648.0 * 3f64.sqrt()
    }
}

/// A steady saw of 30 partials, in the bass, the middle and the treble: every amplitude within
/// 0.05 dB, no noise above −65 dB once the onset has left the windows, in tune within a hundredth of a cent.
#[test]
fn steady_partials_are_what_they_are() {
    for key in [28.0, 60.0, 84.0] {
        let f0_hz = pitch::hz(key);
        let partials = 30.min(index(20_000.0 / f0_hz));
        let analysis = analysed(&steady(f0_hz, partials).samples(RATE_HZ, 1.0), key);
        assert!((pitch::cents(analysis.f0_hz, f0_hz)).abs() < 0.01, "{key}");
        assert_eq!(analysis.frames.len(), 173);
        for frame in &analysis.frames[35..150] {
            for k in 1..=partials {
                let error = db(frame.harmonics[k - 1], 1.0 / k as f64);
                assert!(error.abs() < 0.05, "key {key}, partial {k}: {error} dB");
            }
            let noise: f32 = frame.noise.iter().map(|n| n * n).sum();
            assert!(noise.sqrt() < 5e-4, "key {key}: noise {}", noise.sqrt());
        }
    }
}

/// A stiff string 12 cents too high: f0 within 0.1 cent, B within 2 %, and the 25th partial, a
/// semitone and a half above the harmonic, has its amplitude.
#[test]
fn stiff_strings_are_stretched() {
    let mut note = steady(pitch::hz(40.12), 30);
    note.inharmonicity = 3e-4;
    let analysis = analysed(&note.samples(RATE_HZ, 1.2), 40.0);
    let cents = pitch::cents(analysis.f0_hz, note.f0_hz);
    assert!(cents.abs() < 0.1, "{cents} cents");
    let ratio = analysis.inharmonicity / 3e-4;
    assert!((ratio - 1.0).abs() < 0.02, "B × {ratio}");
    let frame = &analysis.frames[60];
    assert!(db(frame.harmonics[24], 0.04).abs() < 0.1);
    assert!((frame.cents - 12.0).abs() < 0.1, "{}", frame.cents);
}

/// Vibrato of ±40 cents at 5.5 Hz: the course of the pitch within 2 cents, and the 20th partial
/// (which moves by 120 Hz) within 0.7 dB of its level in nine of ten frames.
#[test]
fn vibrato_is_taken_away_and_told() {
    let (rate_hz, depth) = (5.5, pitch::ratio(0.4) - 1.0);
    let mut note = steady(pitch::hz(55.0), 40);
    let drift = move |t: f64| depth * (1.0 - (TAU * rate_hz * t).cos()) / (TAU * rate_hz);
    note.drift_s = &drift;
    let analysis = analysed(&note.samples(RATE_HZ, 2.0), 55.0);
    let mut good = 0;
    let frames = 30..300;
    for number in frames.clone() {
        let frame = &analysis.frames[number];
        let deviation = depth * (TAU * rate_hz * number as f64 * HOP_S).sin();
        let expected = 1_200.0 * (1.0 + deviation).log2();
        let error = f64::from(frame.cents) - expected;
        assert!(error.abs() < 2.0, "frame {number}: {error} cents");
        good += usize::from(db(frame.harmonics[19], 0.05).abs() < 0.7);
    }
    assert!(10 * good >= 9 * frames.len(), "{good} of {}", frames.len());
}

/// Partial k decays with the time constant 0.5 s / k: slopes within 3 %.
#[test]
fn decays_have_their_slopes() {
    let mut note = steady(pitch::hz(57.0), 8);
    note.level = &|k, t| (-t * k as f64 / 0.5).exp();
    let analysis = analysed(&note.samples(RATE_HZ, 1.0), 57.0);
    let span_s = 50.0 * HOP_S;
    for k in 1..=8 {
        let (from, to) = (&analysis.frames[5], &analysis.frames[55]);
        let fall = f64::from(from.harmonics[k - 1] / to.harmonics[k - 1]).ln();
        let expected = span_s * k as f64 / 0.5;
        assert!(
            (fall / expected - 1.0).abs() < 0.03,
            "{k}: {fall} {expected}"
        );
    }
}

/// White noise 30 dB below a tone of rms 1: every band's mean power over a second and a half is
/// within 1.8 dB of its share of the spectrum (three times the spread of a 100-Hz band in that
/// time), and their sum within 0.3 dB.
#[test]
fn noise_between_partials_has_its_level() {
    let rms = 10f64.powf(-30.0 / 20.0);
    let mut noise = white();
    let mut samples = steady(pitch::hz(62.0), 20).samples(RATE_HZ, 2.0);
    for sample in &mut samples {
        *sample += narrow(rms * noise());
    }
    let analysis = analysed(&samples, 62.0);
    let frames = &analysis.frames[20..300];
    let edges = band_edges_hz();
    let mut sum = 0.0;
    for band in 0..BANDS {
        let powers = frames.iter().map(|f| f64::from(f.noise[band]).powi(2));
        let power = powers.sum::<f64>() / frames.len() as f64;
        let share = rms * rms * (edges[band + 1] - edges[band]) / (RATE_HZ / 2.0);
        let error = 10.0 * (power / share).log10();
        assert!(error.abs() < 1.8, "band {band}: {error} dB");
        sum += power;
    }
    let error = 10.0 * (sum / (rms * rms * edges[BANDS] / (RATE_HZ / 2.0))).log10();
    assert!(error.abs() < 0.3, "{error} dB");
}

/// An attack of 2 ms: half a hop after it the first partials are at 90 % of their level from
/// middle C up; in the bass, whose windows are long, two hops later. The frame at note-on itself
/// does not know the future: it is not below half.
#[test]
fn attacks_stay_sharp() {
    for (key, frames) in [(36.0, 3), (48.0, 2), (60.0, 1), (84.0, 1)] {
        let mut note = steady(pitch::hz(key), 6);
        note.level = &|_, t| (t / 0.002).min(1.0);
        let analysis = analysed(&note.samples(RATE_HZ, 0.8), key);
        let level = |frame: usize| analysis.frames[frame].harmonics[1];
        assert!(level(frames) > 0.9, "key {key}: {}", level(frames));
        assert!(level(0) > 0.3, "key {key}: {}", level(0));
    }
}

/// A tone that is struck: 5 ms of white noise, 14 dB above it. The first frame, drawn over a hop
/// before and after it, has the level of both within 2 dB, and the tone behind the stroke is alone
/// within 2 dB 12 ms later (which is more than a period), in the bass as in the treble.
#[test]
fn strokes_are_not_smeared_over_the_tone() {
    for key in [45.0, 57.0, 69.0, 81.0] {
        let f0_hz = pitch::hz(key);
        let mut samples = steady(f0_hz, 12).samples(RATE_HZ, 0.8);
        let rms = (1..=12).map(|k| 0.5 / f64::from(k * k)).sum::<f64>().sqrt();
        let stroke = rms * 10f64.powf(14.0 / 20.0);
        let mut noise = white();
        for sample in &mut samples[..220] {
            *sample += narrow(stroke * noise());
        }
        let analysis = analysed(&samples, key);
        let level = |frame: usize| analysis.frames[frame].level(analysis.partials);
        let first = db(level(0), f64::hypot(rms, stroke));
        let later: Vec<f64> = (3..12).map(|frame| db(level(frame), rms)).collect();
        assert!(first.abs() < 2.0, "key {key}: {first} dB");
        assert!(
            later.iter().all(|db| db.abs() < 2.0),
            "key {key}: {later:.1?}"
        );
    }
}

/// A tone that rises straight for 30 ms: at each frame its second partial is where it was, within a
/// twentieth of its level, although the windows are 1.1 to 1.5 times as long as the rise.
#[test]
fn rises_are_not_smeared() {
    for key in [45.0, 47.0, 50.0] {
        let mut note = steady(pitch::hz(key), 12);
        note.level = &|k, t| (t / 0.03).min(1.0) / k as f64;
        let analysis = analysed(&note.samples(RATE_HZ, 0.8), key);
        let found = |frame: usize| 2.0 * f64::from(analysis.frames[frame].harmonics[1]);
        let off = |frame: usize| found(frame) - (frame as f64 * HOP_S / 0.03).min(1.0);
        let off: Vec<f64> = (0..10).map(off).collect();
        assert!(
            off.iter().all(|off| off.abs() < 0.05),
            "key {key}: {off:.2?}"
        );
    }
}

/// A bass note of two periods, all of which lie in windows that reach before its onset: behind the
/// first period it has its level within half a decibel, to its last frame.
#[test]
fn short_notes_keep_their_ends() {
    let analysis = analysed(&steady(pitch::hz(28.0), 6).samples(RATE_HZ, 0.05), 28.0);
    let levels = analysis.frames.iter().map(|f| f.level(analysis.partials));
    let expected = (1..=6).map(|k| 0.5 / f64::from(k * k)).sum::<f64>().sqrt();
    let off: Vec<f64> = levels.map(|level| db(level, expected)).collect();
    assert!(off[4..].iter().all(|db| db.abs() < 0.5), "{off:.1?}");
}

/// A bar: lines at 2.756 and 5.404 times the pitch come back in their slots, with ratio within a
/// thousandth and amplitude within 0.3 dB, and the harmonics beside them are silent.
#[test]
fn bars_ring_between_the_harmonics() {
    let f0_hz = pitch::hz(72.0);
    let mut samples = steady(f0_hz, 1).samples(RATE_HZ, 1.2);
    for (i, sample) in samples.iter_mut().enumerate() {
        let turns = f0_hz * i as f64 / RATE_HZ;
        let lines = 0.3 * (TAU * 2.756 * turns).sin() + 0.1 * (TAU * 5.404 * turns).sin();
        *sample += narrow(lines);
    }
    let analysis = analysed(&samples, 72.0);
    let frame = &analysis.frames[80];
    let found: Vec<(f32, f32)> = (0..FREE)
        .filter(|slot| frame.free[*slot].amplitude > 0.0)
        .map(|slot| {
            (
                free_ratio(slot, frame.free[slot].place),
                frame.free[slot].amplitude,
            )
        })
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    for ((ratio, amplitude), (expected, level)) in found.iter().zip([(2.756, 0.3), (5.404, 0.1)]) {
        assert!((ratio / expected - 1.0).abs() < 1e-3, "{ratio}");
        assert!(db(*amplitude, level).abs() < 0.3, "{ratio}: {amplitude}");
    }
    let harmonics = frame.harmonics[1..8].iter().copied().fold(0.0, f32::max);
    assert!(harmonics < 0.003, "{harmonics}");
}

/// The same note sampled at 22.05, 48 and 96 kHz is told by the same numbers, within 0.2 dB.
#[test]
fn the_sample_rate_does_not_matter() {
    let note = steady(pitch::hz(64.0), 20);
    let reference = analysed(&note.samples(RATE_HZ, 0.8), 64.0);
    for rate_hz in [22_050.0, 48_000.0, 96_000.0] {
        let analysis = analyse(&note.samples(rate_hz, 0.8), rate_hz, 64.0).unwrap();
        for number in [2, 40, 100] {
            let (found, expected) = (&analysis.frames[number], &reference.frames[number]);
            for k in 0..20 {
                let error = db(found.harmonics[k], f64::from(expected.harmonics[k]));
                assert!(
                    error.abs() < 0.2,
                    "{rate_hz} Hz, frame {number}, {k}: {error} dB"
                );
            }
        }
    }
}

/// Silence gives silent frames, the same samples the same frames, and what is no sound is refused
/// by name.
#[test]
fn odd_input_is_met() {
    let is_silent = |frame: &PartialsFrame| frame.level(650) == 0.0;
    let silence = analysed(&[0.0; 9_000], 60.0);
    assert!(silence.frames.iter().all(is_silent) && silence.frames.len() == 36);
    assert!(analysed(&[], 60.0).frames.iter().all(is_silent));
    let late = [vec![0.0; 13_230], steady(220.0, 9).samples(RATE_HZ, 0.5)].concat();
    let late = analysed(&late, 57.0);
    assert!(late.frames.iter().all(|frame| frame.level(90).is_finite()));
    assert!(is_silent(&late.frames[0]) && late.loudest() > 0.5);
    let one = analysed(&[1.0], 60.0);
    assert!(one.loudest().is_finite());

    let samples = steady(220.0, 9).samples(RATE_HZ, 0.5);
    assert_eq!(
        analysed(&samples, 57.0).frames,
        analysed(&samples, 57.0).frames
    );
    let level = analysed(&samples, 57.0).loudest();
    assert!(
        level > real(1) * 0.8 && level < 1.0,
        "√(Σ1/k²/2) = 0.88: {level}"
    );

    let refused = analyse(&samples, RATE_HZ, 200.0).unwrap_err();
    assert!(matches!(refused, AnalysisError::Pitch { .. }));
    let refused = analyse(&samples, 100.0, 60.0).unwrap_err();
    assert!(matches!(refused, AnalysisError::SampleRate { .. }));
    let refused = analyse(&[0.0, f32::NAN], RATE_HZ, 60.0).unwrap_err();
    assert!(matches!(refused, AnalysisError::NotFinite { position: 1 }));
}

/// Without a label: saws over six octaves, a tone whose fundamental is missing, one with only odd
/// harmonics, a bass under noise: all within a quarter of a semitone, at any rate; noise and
/// silence have no pitch.
#[test]
fn pitches_are_estimated() {
    let near = |found: Option<f64>, key: f64| found.is_some_and(|pitch| (pitch - key).abs() < 0.25);
    for key in [24.0, 33.0, 45.0, 60.0, 76.0, 90.0, 100.0] {
        let f0_hz = pitch::hz(key);
        let partials = 12.min(index(20_000.0 / f0_hz));
        let saw = steady(f0_hz, partials).samples(RATE_HZ, 0.6);
        let found = estimated_pitch(&saw, RATE_HZ);
        assert!(near(found, key), "saw {key}: {found:?}");
        if partials > 6 {
            let mut hollow = steady(f0_hz, partials);
            hollow.level = &|k, _| if k == 1 { 0.0 } else { 1.0 / k as f64 };
            let found = estimated_pitch(&hollow.samples(48_000.0, 0.6), 48_000.0);
            assert!(near(found, key), "no fundamental, {key}: {found:?}");
            hollow.level = &|k, _| if k % 2 == 0 { 0.0 } else { 1.0 / k as f64 };
            let found = estimated_pitch(&hollow.samples(22_050.0, 0.6), 22_050.0);
            assert!(near(found, key), "odd only, {key}: {found:?}");
        }
    }
    let mut noise = white();
    let mut bass = steady(pitch::hz(36.0), 20).samples(RATE_HZ, 0.6);
    bass.iter_mut().for_each(|x| *x += narrow(0.1 * noise()));
    assert!(near(estimated_pitch(&bass, RATE_HZ), 36.0));
    let hiss: Vec<f32> = (0..30_000).map(|_| narrow(noise())).collect();
    assert_eq!(estimated_pitch(&hiss, RATE_HZ), None);
    assert_eq!(estimated_pitch(&[0.0; 30_000], RATE_HZ), None);
    assert_eq!(estimated_pitch(&bass[..100], RATE_HZ), None);
}
