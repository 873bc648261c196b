//! Phase of recordings from their magnitudes alone, against published and prototyped algorithms.
//!
//! `golden/phase`: ten recordings, 2.5 s each, and what other algorithms reach on them
//! (`figures.json`: file → fft_len → algorithm → spectral convergence in dB, first and last eight
//! frames left out; `modified_*` are a prototype of what is tested here, `rtisi_la3_8it` the best
//! that is published for real time).

use betwixt_evaluation::phase::{FramesOf, Mode, Recording, recordings, resynthesise};
use betwixt_spectral::Geometry;
use std::path::{Path, PathBuf};

const SIZES: [usize; 3] = [4096, 2048, 1024];
/// Seeds of the phases that lobes without a past begin with: figures wander with them.
const DRAWS: std::ops::RangeInclusive<u64> = 1..=8;
/// Nobody needs better.
const ENOUGH_DB: f64 = -60.0;

/// A recording's name, its frames, the figures of other algorithms on them.
type Place = (String, FramesOf, serde_json::Value);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/phase")
}

/// What each recording has at each size, with the figures of other algorithms.
fn places() -> Vec<Place> {
    let figures = std::fs::read_to_string(folder().join("figures.json")).expect("figures");
    let figures: serde_json::Value = serde_json::from_str(&figures).expect("JSON");
    let mut places = Vec::new();
    for path in recordings(&folder()).expect("a folder") {
        let recording = Recording::read(&path).expect("a recording");
        for fft_len in SIZES {
            let geometry = Geometry::new(fft_len, fft_len / 4, recording.rate_hz).expect("a size");
            let theirs = figures[&recording.name][fft_len.to_string()].clone();
            let frames = FramesOf::new(geometry, &recording.samples);
            places.push((recording.name.clone(), frames, theirs));
        }
    }
    assert_eq!(places.len(), 30);
    places
}

/// Spectral convergence in dB, the mean over so many draws.
fn reached(mode: Mode, wanted: &FramesOf, draws: std::ops::RangeInclusive<u64>) -> f64 {
    let count = draws.clone().count() as f64;
    let draw = |seed| {
        let made = resynthesise(mode, wanted.geometry, &wanted.magnitudes, seed);
        wanted.quality(&made.sound, &made.frame_us).sc_db
    };
    draws.map(draw).sum::<f64>() / count
}

/// Per file, size and look-ahead: the prototype's figure less half a decibel, or −60 dB, whichever
/// is weaker.
#[test]
fn recordings_come_back_as_the_prototype_has_them() {
    let mut missed = Vec::new();
    for (name, wanted, theirs) in places() {
        for (mode, key) in [
            (Mode::IntegratedLookahead0, "modified_lookahead0"),
            (Mode::IntegratedLookahead1, "modified_lookahead1"),
        ] {
            let found = reached(mode, &wanted, DRAWS);
            let theirs = theirs[key]["sc_db"].as_f64().unwrap();
            let gate = (theirs + 0.5).max(ENOUGH_DB);
            if found.is_nan() || found > gate {
                let size = wanted.geometry.fft_len();
                let mode = mode.name();
                missed.push(format!("{name} {size} {mode}: {found:.2} > {gate:.2}"));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// The noise gate takes no partial for noise, moving ones neither: within a decibel on every file.
#[test]
fn the_noise_gate_spares_partials() {
    for (name, wanted, _) in places() {
        for (off, on) in [
            (Mode::IntegratedLookahead0, Mode::GatedLookahead0),
            (Mode::IntegratedLookahead1, Mode::GatedLookahead1),
        ] {
            let [off, on] = [off, on].map(|mode| reached(mode, &wanted, 1..=2));
            let size = wanted.geometry.fft_len();
            assert!(on < off + 1.0, "{name} {size}: {on:.2} for {off:.2}");
        }
    }
}

/// Refined phases are ahead of the best that is published for real time on the recordings of real
/// instruments, at every size: a recording's by a decibel and more, a voice's too; and by ten of what
/// they were refined from.
#[test]
fn refined_recordings_are_ahead() {
    let places = places();
    for fft_len in SIZES {
        let of_size = places.iter().filter(|p| p.1.geometry.fft_len() == fft_len);
        let real: Vec<_> = of_size.filter(|p| p.0.starts_with("gm_")).collect();
        let mean = |of: &dyn Fn(&Place) -> f64| {
            real.iter().map(|place| of(place)).sum::<f64>() / real.len() as f64
        };
        let published = mean(&|place| place.2["rtisi_la3_8it"]["sc_db"].as_f64().unwrap());
        for (refined, from, ahead_db) in [
            (Mode::Refined, Mode::IntegratedLookahead1, 1.0),
            (Mode::GradientRefined, Mode::Gradient, 0.0),
        ] {
            let [refined, from] = [refined, from].map(|mode| mean(&|p| reached(mode, &p.1, 1..=1)));
            let told = format!("{fft_len}: {refined:.2}, from {from:.2}, published {published:.2}");
            assert!(refined < published - ahead_db, "{told}");
            assert!(refined < from - 10.0, "{told}");
        }
    }
}
