//! A corpus of magnitude frames: kept, found again, made anew where it is damaged; the same notes
//! as a corpus of partials.
//!
//! ```text
//!  FrameSettings ─► load ─► files ─► load: nothing made
//!                            └─ cut, altered, missing ─► load: that file made, the same again
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_corpus::{FrameCorpus, HeldOut, Material, Note, Part, PartialsCorpus, PartialsNote};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// 120 patches, a key each, a few frames.
const PATCHES: &str = r#"
    [material.frames]
    seed = 3
    keys_per_patch = 1
    frame_stride = 16
    geometry = { fft_len = 1024, hop = 256, sample_rate_hz = 44100 }
    scale = { power = { exponent = 0.5 } }
    level = "note_max"
    note = { octave_and_chroma = { low = 84, high = 95 } }
    time = true
"#;

/// How notes are chosen in both families.
const CHOSEN: &str = r#"
    source = "formulas"
    seed = 7
    key_step = 12
    velocities = [100]
    length_s = 0.3
    hole = true
"#;

/// Planned notes, two keys of each patch, told by frames.
fn planned() -> String {
    format!(
        r#"
        [material.frames]
        {CHOSEN}
        frame_stride = 2
        geometry = {{ fft_len = 1024, hop = 256, sample_rate_hz = 44100 }}
        scale = {{ power = {{ exponent = 0.5 }} }}
        level = "frame_max"
        note = {{ octave_and_chroma = {{ low = 72, high = 95 }} }}
        time = true
        "#
    )
}

/// Loads the corpus of a recipe; how many notes each call of `progress` told of.
fn load(recipe: &str, folder: &Path) -> (FrameCorpus, usize) {
    let Material::Frames(settings) = Material::of_recipe(recipe).unwrap() else {
        panic!("frames were told");
    };
    let (calls, last) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let count = |done, of| {
        assert!(done <= of);
        calls.fetch_add(1, Ordering::Relaxed);
        last.fetch_max(done, Ordering::Relaxed);
    };
    let corpus = FrameCorpus::load(&settings, folder, &count).unwrap();
    assert_eq!(last.into_inner(), corpus.notes().len());
    (corpus, calls.into_inner())
}

/// The corpus of [`planned`], rendered once for all tests.
fn planned_corpus() -> &'static FrameCorpus {
    static CORPUS: OnceLock<FrameCorpus> = OnceLock::new();
    CORPUS.get_or_init(|| load(&planned(), tempfile::tempdir().unwrap().path()).0)
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut found = BTreeMap::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            found.append(&mut files(&path));
        } else {
            let content = std::fs::read(&path).unwrap();
            found.insert(path, content);
        }
    }
    found
}

fn same_values(one: &FrameCorpus, other: &FrameCorpus) -> bool {
    let frames = one.settings().frames_per_note();
    let mut pairs = (0..one.notes().len()).flat_map(|note| (0..frames).map(move |f| (note, f)));
    one.notes() == other.notes()
        && pairs.all(|(note, frame)| one.frame(note, frame) == other.frame(note, frame))
}

/// Patches share a file, planned sounds have one each. What comes from the files is what was
/// rendered, none of them is touched; those that are missing, cut or altered are made anew, the
/// same again whatever the number of cores, and the others are still believed.
#[test]
fn files_are_believed_only_when_whole() {
    type Damage = fn(&[u8]) -> Option<Vec<u8>>;
    let altered: Damage = |content| {
        let mut altered = content.to_vec();
        altered[1_000] ^= 1;
        Some(altered)
    };
    let cut: Damage = |content| Some(content[..content.len() - 1].to_vec());
    let damages: [Damage; 4] = [altered, cut, |_| Some(Vec::new()), |_| None];
    let planned = planned();
    for (recipe, of_files, notes, damages) in [
        (PATCHES, 1, 120, &damages[..1]),
        (planned.as_str(), 120, 240, &damages),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (first, told) = load(recipe, folder.path());
        assert_eq!((first.notes().len(), told), (notes, notes));
        let whole = files(folder.path());
        assert_eq!(whole.len(), of_files);
        let (second, told) = load(recipe, folder.path());
        assert_eq!(told, of_files, "a file that is there is told of at once");
        assert!(same_values(&first, &second));

        let (path, content) = whole.first_key_value().unwrap();
        for damage in damages {
            match damage(content) {
                Some(bytes) => std::fs::write(path, bytes).unwrap(),
                None => std::fs::remove_file(path).unwrap(),
            }
            let (again, told) = load(recipe, folder.path());
            assert_eq!(told, of_files - 1 + notes / of_files);
            assert!(same_values(&first, &again));
            assert!(files(folder.path()) == whole);
        }
    }
}

/// The same settings choose the same notes of the same sounds for the same purposes, whether they
/// are told by frames or by partials.
#[test]
fn both_families_have_the_same_notes() {
    let folder = tempfile::tempdir().unwrap();
    let frames = planned_corpus();
    let recipe = format!(
        "[material.partials]\n{CHOSEN}\nkeys = [72, 95]\n\
         format = {{ exponent = 0.3, free = false }}"
    );
    let Material::Partials(settings) = Material::of_recipe(&recipe).unwrap() else {
        panic!("partials were told");
    };
    let partials = PartialsCorpus::load(&settings, folder.path(), &|_, _| {}).unwrap();
    let notes: Vec<Note> = partials.notes().iter().map(PartialsNote::note).collect();
    assert_eq!(frames.notes(), notes);
    let hole = Part::Test(HeldOut::Hole);
    assert!(notes.iter().any(|note| note.part == hole));
    assert_eq!(frames.sounds(), partials.sounds());
    for note in [0, 101, 239] {
        let velocity = notes[note].velocity;
        let real = frames.real(note, velocity).unwrap();
        assert_eq!(real.len(), 13_230);
        assert!(real == partials.real(note, velocity).unwrap(), "{note}");
    }
}

/// Every note reaches 1 somewhere, nothing is larger, and nothing is not a number. A note is told
/// from its onset: samples and frames agree about how loud it begins.
#[test]
fn notes_are_normalised() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = PATCHES
        .replace("frame_stride = 16", "frame_stride = 1")
        .replace("fft_len = 1024, hop = 256", "fft_len = 4096, hop = 1024")
        .replace("low = 84, high = 95", "low = 60, high = 60");
    let (corpus, _) = load(&recipe, folder.path());
    assert_eq!(corpus.settings().frames_per_note(), 65);
    for note in 0..corpus.notes().len() {
        let loudest = (0..65).map(|frame| corpus.loudest(note, frame));
        let loudest = loudest.fold(0.0, f32::max);
        let name = &corpus.sounds()[corpus.notes()[note].sound].name;
        // A slow pad may be loudest just after its last kept frame.
        assert!((0.9..=1.0).contains(&loudest), "{name}: {loudest}");
    }
    assert_eq!(corpus.real(7, 100).unwrap().len(), 66_150);
}

/// What networks see: the square roots of magnitudes divided by the frame's own largest, and zeros
/// of a silent frame.
#[test]
fn numbers_are_scaled_as_the_settings_say() {
    let corpus = planned_corpus();
    let mut silent = 0;
    for note in 0..corpus.notes().len() {
        for frame in [1, 25] {
            let mut numbers = vec![f32::NAN; 513];
            corpus.read(note, frame, &mut numbers);
            let loudest = corpus.loudest(note, frame);
            silent += usize::from(loudest == 0.0);
            for (number, value) in numbers.iter().zip(corpus.frame(note, frame)) {
                let difference = number * number * loudest - value.to_f32();
                assert!(
                    difference.abs() < 1e-5 && *number <= 1.0,
                    "{note}: {number}"
                );
            }
        }
    }
    assert!(silent < 240, "{silent}");
}
