//! A corpus of partials made by formula: kept, found again, made anew where it is damaged.
//!
//! ```text
//!  PartialsSettings ─► load ─► files ─► load: nothing made
//!                               └─ cut, altered, missing ─► load: that sound made, the same again
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_corpus::{CorpusError, HeldOut, Part, PartialsCorpus, PartialsSettings, Source};
use betwixt_spectral::partials::{LEVEL, PartialsFormat};
use std::collections::BTreeMap;
use std::path::Path;

/// What makes settings impossible.
type Change = fn(&mut PartialsSettings);

/// 120 patches on one key each, a third of a second.
fn small() -> PartialsSettings {
    PartialsSettings {
        source: Source::Formulas,
        seed: 7,
        keys: (84, 89),
        key_step: 6,
        velocities: vec![100],
        length_s: 0.3,
        hole: false,
        format: PartialsFormat {
            exponent: 0.3,
            free: false,
        },
    }
}

fn load(folder: &Path) -> PartialsCorpus {
    PartialsCorpus::load(&small(), folder, &|_, _| {}).unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let content = |file: std::fs::DirEntry| {
        let name = file.file_name().to_string_lossy().into_owned();
        (name, std::fs::read(file.path()).unwrap())
    };
    files.map(content).collect()
}

/// Each of 120 sounds has its file and nothing half-made is left. A corpus that was stopped goes
/// on: files that are there are not touched, those missing, cut or altered are made anew, the
/// same again.
#[test]
fn a_stopped_corpus_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let whole = load(folder.path());
    assert_eq!((whole.sounds().len(), whole.notes().len()), (120, 120));
    let before = files(folder.path());
    assert_eq!(before.len(), 120);
    assert!(before.keys().all(|name| name.ends_with(".notes")));

    let names: Vec<&String> = before.keys().take(4).collect();
    let (missing, cut, altered) = (names[0], names[1], names[2]);
    std::fs::remove_file(folder.path().join(missing)).unwrap();
    std::fs::write(
        folder.path().join(cut),
        &before[cut][..before[cut].len() - 1],
    )
    .unwrap();
    let mut other = before[altered].clone();
    other[200] ^= 1;
    std::fs::write(folder.path().join(altered), other).unwrap();
    let untouched = folder.path().join(names[3]);
    let written = std::fs::metadata(&untouched).unwrap().modified().unwrap();

    let again = load(folder.path());
    for (name, content) in files(folder.path()) {
        assert!(content == before[&name], "{name}");
    }
    let still = std::fs::metadata(&untouched).unwrap().modified().unwrap();
    assert_eq!(still, written);
    assert!(again.notes() == whole.notes());
    for note in 0..120 {
        assert_eq!(again.frame(note, 5), whole.frame(note, 5));
    }
}

/// Of every note the first quarter of a second is there frame by frame, then every fourth; its
/// loudest frame has the level 1, none is below 0; and its samples can be had again.
#[test]
fn notes_are_told_as_announced() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = load(folder.path());
    let hop_s = 256.0 / 44_100.0;
    for (number, note) in corpus.notes().iter().enumerate() {
        let times = corpus.times_s(number);
        let name = &corpus.sounds()[note.sound].name;
        let hops: Vec<f32> = times.iter().map(|t| (t / hop_s).round()).collect();
        for pair in hops.windows(2) {
            let step = pair[1] - pair[0];
            let expected = if pair[1] <= 43.0 { 1.0 } else { 4.0 };
            let first_late = pair[0] < 44.0 && (pair[1] - 44.0).abs() < 0.1;
            assert!(
                (step - expected).abs() < 0.1 || first_late,
                "{name}: {pair:?}"
            );
        }
        let levels = (0..times.len()).map(|f| corpus.frame(number, f)[LEVEL].to_f32());
        let (low, high) = levels.fold((2.0f32, 0.0f32), |(l, h), v| (l.min(v), h.max(v)));
        // A slow sound may be loudest at a frame between those kept.
        assert!(
            low >= 0.0 && (0.96..=1.001).contains(&high),
            "{name}: {low} {high}"
        );
        assert!(note.peak > 0.01 && note.centroid_hz > 500.0, "{name}");
    }
    let samples = corpus.real(40, 100).unwrap();
    assert_eq!(samples.len(), 13_230);
    assert!(samples.iter().any(|sample| sample.abs() > 0.05));
}

/// Of the twelve families of formulas one patch each is tested and one watched; all others keep
/// their keys' parts.
#[test]
fn whole_sounds_are_held_out() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = load(folder.path());
    let count = |part| {
        corpus
            .notes()
            .iter()
            .filter(|note| note.part == part)
            .count()
    };
    assert_eq!(count(Part::Test(HeldOut::Patch)), 12);
    assert_eq!(count(Part::Validation(HeldOut::Patch)), 12);
    assert!(count(Part::Train) > 60);
}

/// Settings that cannot be met are refused by the name of their field, before anything is made.
#[test]
fn impossible_settings_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let soundfont = |programs: Vec<u8>| Source::Soundfont {
        programs,
        held_out: vec![0],
    };
    let wrong: [(&str, Change); 5] = [
        ("keys", |s| s.keys = (60, 40)),
        ("key_step", |s| s.key_step = 0),
        ("velocities", |s| s.velocities = vec![0]),
        ("length_s", |s| s.length_s = 0.1),
        ("format.exponent", |s| s.format.exponent = 3.0),
    ];
    let refused = |settings: &PartialsSettings, named: &str| {
        let error = PartialsCorpus::load(settings, folder.path(), &|_, _| {}).unwrap_err();
        let CorpusError::Settings { field, .. } = error else {
            panic!("{named}: {error}");
        };
        assert_eq!(field, named);
    };
    for (field, change) in wrong {
        let mut settings = small();
        change(&mut settings);
        refused(&settings, field);
    }
    for programs in [vec![0], vec![127]] {
        let mut settings = small();
        settings.source = soundfont(programs);
        refused(&settings, "source.soundfont");
    }
    assert!(files(folder.path()).is_empty());
}
