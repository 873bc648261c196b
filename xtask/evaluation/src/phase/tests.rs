//! The modes on the ten recordings in `tests/golden/phase`, against the figures recorded there.
//!
//! Both sides draw at random (where a noise starts, which phases an iteration starts with), and
//! the recorded figures are one draw: of one file stored noise wanders by half a decibel. So single
//! files are held to what single draws reach, and means over files to a tighter bound.

use super::*;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Transform lengths of the recorded figures; hops are a quarter.
const SIZES: [usize; 3] = [4096, 2048, 1024];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/phase")
}

fn golden() -> Vec<Recording> {
    let paths = recordings(&folder()).unwrap();
    let read = |path: &PathBuf| Recording::read(path).unwrap();
    paths.iter().map(read).collect()
}

fn figures() -> serde_json::Value {
    let text = std::fs::read_to_string(folder().join("figures.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Of one recording at one size: what draws of a mode reach, and what is recorded.
struct Reached {
    name: String,
    size: usize,
    /// (convergence, distance) of each draw, dB.
    draws: Vec<[f64; 2]>,
    recorded: [f64; 2],
}

impl Reached {
    /// Mean over the draws less what is recorded, dB.
    fn off(&self) -> [f64; 2] {
        [0, 1].map(|i| {
            let mean = self.draws.iter().map(|draw| draw[i]).sum::<f64>();
            mean / self.draws.len() as f64 - self.recorded[i]
        })
    }

    fn told(&self) -> String {
        let Self {
            name,
            size,
            draws,
            recorded,
        } = self;
        let [sc, lsd] = self.off();
        let count = draws.len();
        format!("{name:18} {size} recorded {recorded:6.2?}, {count} draws {sc:+.2} {lsd:+.2}")
    }
}

/// What draws of a mode reach on every recording at some sizes.
fn reached(mode: Mode, theirs: &str, sizes: &[usize], draws: u64) -> Vec<Reached> {
    let (golden, figures) = (golden(), figures());
    let sizes_of = |file| sizes.iter().map(move |size| (file, *size));
    let places: Vec<(&Recording, usize)> = golden.iter().flat_map(sizes_of).collect();
    let row = |(file, size): &(&Recording, usize)| {
        let geometry = Geometry::new(*size, size / 4, file.rate_hz).unwrap();
        let wanted = FramesOf::new(geometry, &file.samples);
        let draw = |seed| {
            let made = resynthesise(mode, geometry, &wanted.magnitudes, seed);
            let quality = wanted.quality(&made.sound, &made.frame_us);
            [quality.sc_db, quality.lsd_db]
        };
        let recorded = &figures[&file.name][size.to_string()][theirs];
        Reached {
            name: file.name.clone(),
            size: *size,
            draws: (1..=draws).map(draw).collect(),
            recorded: ["sc_db", "lsd_db"].map(|key| recorded[key].as_f64().unwrap()),
        }
    };
    places.par_iter().map(row).collect()
}

/// Means over the files of what a size is off; all is printed for a look with `--nocapture`.
fn mean_off(rows: &[Reached], size: usize) -> [f64; 2] {
    let of_size: Vec<_> = rows.iter().filter(|row| row.size == size).collect();
    of_size.iter().for_each(|row| eprintln!("{}", row.told()));
    let mean = [0, 1].map(|i| {
        let sum: f64 = of_size.iter().map(|row| row.off()[i]).sum();
        sum / of_size.len() as f64
    });
    eprintln!("{size} mean {mean:+.2?}");
    mean
}

/// Names are keys in files: small letters, digits, underscores, and none twice.
#[test]
fn modes_have_names_of_their_own() {
    assert!((0..).zip(Mode::ALL).all(|(row, mode)| mode as usize == row));
    let names = Mode::ALL.map(Mode::name);
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    assert!(names.iter().all(|name| name.chars().all(letter)));
    let different: std::collections::BTreeSet<_> = names.into();
    assert_eq!(different.len(), Mode::ALL.len());
}

/// A burst comes back where it was, whatever its phases: to a hop, of a frame four hops long.
#[test]
fn sounds_are_aligned_with_their_originals() {
    let geometry = Geometry::new(1024, 256, 44_100).unwrap();
    let mut signal = vec![0.0; 40_000];
    for (i, x) in signal[20_000..20_512].iter_mut().enumerate() {
        *x = betwixt_spectral::number::real(i % 16) / 16.0 - 0.5;
    }
    let frames = FramesOf::new(geometry, &signal);
    let middle = |sound: &[f32]| {
        let power = |(i, x): (usize, &f32)| (i as f64 * f64::from(x * x), f64::from(x * x));
        let sums = sound.iter().enumerate().map(power);
        let (moment, power) = sums.fold((0.0, 0.0), |sum, x| (sum.0 + x.0, sum.1 + x.1));
        moment / power
    };
    for mode in Mode::ALL {
        let made = resynthesise(mode, geometry, &frames.magnitudes, 1);
        assert_eq!(made.frame_us.len(), frames.magnitudes.len());
        let late = middle(&made.sound) - middle(&signal);
        assert!(late.abs() < 256.0, "{}: {late} samples", mode.name());
    }
}

/// A seed gives the same bits.
#[test]
fn a_seed_gives_the_same_sound() {
    let geometry = Geometry::new(1024, 256, 44_100).unwrap();
    let frames = FramesOf::new(geometry, &crate::measure::signals::noise(8, 12_000));
    for mode in Mode::ALL {
        let [one, other] =
            [5, 5].map(|s| resynthesise(mode, geometry, &frames.magnitudes, s).sound);
        assert!(one == other, "{}", mode.name());
    }
}

/// Of two runs each frame keeps its lesser time.
#[test]
fn the_least_times_are_kept() {
    let run = |frame_us: [f64; 3]| Resynthesis {
        sound: vec![],
        frame_us: frame_us.into(),
    };
    let mut kept = run([3.0, 1.0, 7.0]);
    kept.keep_least(&run([2.0, 4.0, 9.0]));
    assert_eq!(kept.frame_us, [2.0, 1.0, 7.0]);
}

/// Means over files within 0.5 dB (some draws of a short file are half a decibel from their mean),
/// and of each file some draw.
#[test]
fn stored_noise_reaches_the_recorded_figures() {
    let rows = reached(Mode::StoredNoise, "stored_noise_phase", &SIZES, 8);
    for row in &rows {
        let off = |draw: &[f64; 2]| (draw[0] - row.recorded[0]).abs();
        let nearest = row.draws.iter().map(off).fold(f64::INFINITY, f64::min);
        assert!(nearest < 0.5, "{}", row.told());
        assert!(row.off()[1].abs() < 0.2, "{}", row.told());
    }
    for size in SIZES {
        let [sc, lsd] = mean_off(&rows, size);
        assert!(
            sc.abs() < 0.5 && lsd.abs() < 0.1,
            "{size}: {sc:+.2} {lsd:+.2}"
        );
    }
}

/// The same rule on the same magnitudes: file by file within 1.5 dB.
#[test]
fn single_pass_inversion_reaches_the_recorded_figures() {
    let rows = reached(Mode::Spsi, "spsi", &SIZES, 1);
    SIZES.iter().for_each(|size| {
        mean_off(&rows, *size);
    });
    for row in &rows {
        assert!(row.off()[0].abs() < 1.5, "{}", row.told());
    }
}

/// Iterations are the slowest here: one size, one draw.
#[test]
fn griffin_lim_reaches_the_recorded_figures() {
    let rows = reached(Mode::GriffinLim32, "griffin_lim_32", &[2048], 1);
    let [sc, lsd] = mean_off(&rows, 2048);
    assert!(sc.abs() < 1.5 && lsd.abs() < 0.1, "{sc:+.2} {lsd:+.2}");
}

/// What the refined mode has to be ahead of: the published rule, within 1.5 dB in the mean.
#[test]
fn iterative_inversion_reaches_the_recorded_figures() {
    let rows = reached(Mode::RtisiLookahead3, "rtisi_la3_8it", &SIZES, 1);
    for size in SIZES {
        let [sc, lsd] = mean_off(&rows, size);
        assert!(
            sc.abs() < 1.5 && lsd.abs() < 0.2,
            "{size}: {sc:+.2} {lsd:+.2}"
        );
    }
}

/// The same start, with momentum.
#[test]
fn momentum_reaches_the_recorded_figures() {
    let rows = reached(Mode::FastGriffinLim100, "fast_griffin_lim_100", &[2048], 1);
    let [sc, lsd] = mean_off(&rows, 2048);
    assert!(sc.abs() < 1.5 && lsd.abs() < 0.1, "{sc:+.2} {lsd:+.2}");
}
