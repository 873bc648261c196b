//! The built plugin's four slots: models exchanged and morphed while it plays, saved, found again.
//!
//! ```text
//!  project ─► models (name, hash) ─► factory, the project's own copies, the player's folder ─► sound
//! ```

use betwixt_evaluation::measure::clicks;
use betwixt_host::{Blocks, Event, Instance, Project, Timed};
use betwixt_model::{ContentHash, Model};
use betwixt_tests::built::{self, RATE_HZ};
use betwixt_tests::painted_model;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

const LONGEST: u32 = 480;
const FACTORY: [&str; 5] = ["instruments", "blown", "struck", "synth", "notes"];
/// As in the demo: louder by this factor than its surroundings, it is a click.
const CLICK: f64 = 6.0;

fn instance() -> Instance {
    built::clap(LONGEST)
}

fn with_models(names: &[&str]) -> Instance {
    let mut instance = instance();
    instance.use_models(names).expect("active");
    instance
}

/// One block.
fn block(instance: &mut Instance, events: &[Timed]) -> Vec<f32> {
    let (mut left, mut right) = (vec![f32::NAN; 480], vec![f32::NAN; 480]);
    let played = instance.process(events, &mut left, &mut right);
    played.expect("it plays");
    left
}

fn is_silent(sound: &[f32]) -> bool {
    sound.iter().all(|value| *value == 0.0)
}

fn piece(instance: &mut Instance) -> Vec<f32> {
    in_blocks(instance, LONGEST)
}

fn in_blocks(instance: &mut Instance, length: u32) -> Vec<f32> {
    let events = [
        Event::note_on(50, 0.7).at(10),
        Event::note_on(62, 0.9).at(9_000),
        Event::note_off(50).at(20_000),
    ];
    let sound = instance.play(&events, 48_000, &Blocks::Of(length));
    sound.expect("it plays").left
}

fn chord() -> Vec<Timed> {
    [48, 55, 64, 71]
        .map(|key| Event::note_on(key, 0.8).at(0))
        .to_vec()
}

fn assert_clean(sound: &[f32], what: &str) {
    // The chord's own beginning is meant to be sudden.
    let beginning = 0..4_800;
    let worst = clicks::worst(sound, RATE_HZ, &[beginning]).expect("long enough");
    eprintln!("{what}: the worst click is {:.2}", worst.multiple);
    assert!(worst.multiple < CLICK, "{what}: {worst:?}");
}

/// Every model of the factory is another sound, at every block size the same, and is saved by its
/// hash.
#[test]
fn every_model_plays() {
    let mut sounds = Vec::new();
    for name in FACTORY {
        let mut instance = with_models(&[name]);
        let sound = piece(&mut instance);
        assert!(sound.iter().any(|x| x.abs() > 1e-3), "{name} is heard");
        instance.reset();
        assert!(
            in_blocks(&mut instance, 77) == sound,
            "{name} in short blocks"
        );
        let saved = Project::of(&mut instance).expect("saved").field("models");
        let hash = &saved.expect("the models are saved")[0]["hash"];
        assert_eq!(hash.as_str().map(str::len), Some(64), "{name}");
        assert!(!sounds.contains(&sound), "{name} is another sound");
        sounds.push(sound);
    }
}

/// A project of another model is opened under a chord: the chord ends without a click, for it would
/// be heard with a model that is not its own, and the next note is the new model's.
#[test]
fn another_project_ends_the_chord() {
    for (first, second) in [
        ("instruments", "struck"),
        ("blown", "notes"),
        ("notes", "synth"),
    ] {
        let mut instance = with_models(&[first]);
        let mut sound = block(&mut instance, &chord());
        (0..50).for_each(|_| sound.extend(block(&mut instance, &[])));
        let project = Project::of(&mut instance).expect("saved");
        let changed = project.with_models(&[second]).bytes();
        instance.load_state(&changed).expect("loaded");
        let opened = sound.len();
        for _ in 0..50 {
            sound.extend(block(&mut instance, &[]));
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(is_silent(&sound[opened + 480..]), "{first} to {second}");
        let usual = steepest(&sound[opened - 4_800..opened]);
        let jump = steepest(&sound[opened - 1..]);
        assert!(
            jump <= 1.5 * usual,
            "{first} to {second}: {jump} beside {usual}"
        );
        instance.reset();
        assert!(
            piece(&mut instance) == piece(&mut with_models(&[second])),
            "{second}"
        );
    }
}

fn steepest(sound: &[f32]) -> f32 {
    let jumps = sound.windows(2).map(|w| (w[1] - w[0]).abs());
    jumps.fold(0.0, f32::max)
}

fn loudest(sound: &[f32]) -> f32 {
    sound.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

/// A chord is held while the morph goes through four models of both families, slowly, by jumps, and
/// moved by a host for single notes: nothing clicks, and blocks change nothing.
#[test]
fn a_morph_does_not_click() {
    let jumps =
        |frame: u64| [0.0, 1.0, 0.3, 0.9, 0.1][usize::try_from(frame / 9_600 % 5).expect("small")];
    let slowly = |frame: u64| frame as f64 / 144_000.0;
    for (name, way) in [
        ("by jumps", &jumps as &dyn Fn(u64) -> f64),
        ("slowly", &slowly),
    ] {
        let mut events = chord();
        events.extend((0..150u64).map(|step| {
            let frame = step * 960;
            Event::parameter("Morph", way(frame)).at(frame)
        }));
        let mut instance = with_models(&["instruments", "struck", "notes", "blown"]);
        let sound = instance.play(&events, 144_000, &Blocks::Of(480));
        let sound = sound.expect("it plays").left;
        assert_clean(&sound, name);
        instance.reset();
        let again = instance.play(&events, 144_000, &Blocks::Cycle(vec![64, 1, 480, 7]));
        assert!(
            again.expect("it plays").left == sound,
            "{name} in other blocks"
        );
    }
}

/// A host modulates the morph of one note by its name: it sounds as that note alone does there.
#[test]
fn one_note_is_morphed() {
    let mut instance = with_models(&["instruments", "struck"]);
    let note = betwixt_host::NoteAddress {
        id: Some(7),
        ..betwixt_host::NoteAddress::key(60)
    };
    let strike = Event::NoteOn {
        note,
        velocity: 0.8,
    };
    let moved = Event::Modulation {
        name: "Morph".into(),
        amount: 1.0 / 3.0,
        note: Some(note),
    };
    let events = [strike.at(0), moved.at(0)];
    let sound = instance.play(&events, 24_000, &Blocks::Of(480));
    let mut alone = with_models(&["struck"]);
    let expected = alone.play(&events[..1], 24_000, &Blocks::Of(480));
    let (sound, expected) = (
        sound.expect("it plays").left,
        expected.expect("it plays").left,
    );
    let apart = sound.iter().zip(&expected).map(|(a, b)| (a - b).abs());
    let apart = apart.fold(0.0, f32::max);
    assert!(apart < 1e-4 * loudest(&expected).max(1e-3), "{apart}");
}

/// A project opens with its models, in an instance that is active already and in one that is
/// activated afterwards, and is saved as it was.
#[test]
fn a_project_comes_back_with_its_models() {
    let mut first = with_models(&["struck", "blown"]);
    block(&mut first, &[Event::parameter("Morph", 0.2).at(0)]);
    let state = first.save_state().expect("saved");
    let before = piece(&mut first);
    let mut active = instance();
    active.load_state(&state).expect("loaded");
    let is_there = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        block(&mut active, &[]);
        active.reset();
        piece(&mut active) == before
    });
    assert!(is_there, "in an active instance");
    let mut activated = instance();
    activated.load_state(&state).expect("loaded");
    let setup = activated.setup();
    activated.activate(setup).expect("active");
    assert!(
        piece(&mut activated) == before,
        "at once after an activation"
    );
    assert_eq!(activated.save_state().expect("saved"), state);
}

/// A model of the player's own, another one with every name.
fn own(name: &str) -> (Vec<u8>, String) {
    let mut model: Model = painted_model();
    model.header.name = name.into();
    let bytes = model
        .to_bytes(betwixt_model::WeightFormat::F32)
        .expect("sound");
    let hash = ContentHash::of(&bytes).to_string();
    (bytes, hash)
}

/// Where the plugin looks for models.
fn folder() -> PathBuf {
    let data = std::env::var_os("BETWIXT_DATA").expect("cargo sets it");
    PathBuf::from(data).join("models")
}

fn project_of(name: &str, hash: &str) -> Project {
    let slots = json!([{ "name": name, "hash": hash }, null, null, null]);
    Project::empty().with("models", &slots)
}

/// Opens a project in a fresh instance, as a host does.
fn opened(project: &Project) -> Instance {
    let mut instance = instance();
    instance.load_state(&project.bytes()).expect("loaded");
    let setup = instance.setup();
    instance.activate(setup).expect("active");
    instance
}

fn problem(instance: &mut Instance) -> Option<String> {
    let models = Project::of(instance).expect("saved").field("models")?;
    Some(models[0]["problem"].as_str()?.to_owned())
}

/// A model is found by what it is: the project opens with its file in the folder, moved into a
/// sub-folder under another name, and sounds the same to the bit. Without it the plugin is silent,
/// says so in what it saves, keeps every setting, and plays again, the same to the bit, when the
/// file is back: a fresh instance at once, one that waits within seconds.
#[test]
fn a_model_is_found_by_its_content() {
    let (bytes, hash) = own("A moving model");
    let place = folder().join("moving");
    let paths = [
        place.join("first.safetensors"),
        place.join("deep/er/second.safetensors"),
    ];
    drop(std::fs::remove_dir_all(&place));
    let put = |path: &PathBuf| {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, &bytes).expect("written");
    };
    put(&paths[0]);
    let project = project_of("Called anything", &hash).with("window", &json!([900, 700]));
    let mut first = opened(&project);
    let expected = piece(&mut first);
    assert!(!is_silent(&expected) && problem(&mut first).is_none());
    // The folder goes, and every instance that had read it.
    drop(first);
    std::fs::remove_file(&paths[0]).expect("removed");
    put(&paths[1]);
    let mut moved = opened(&project);
    assert!(piece(&mut moved) == expected, "after the file was moved");
    drop(moved);
    std::fs::remove_file(&paths[1]).expect("removed");
    let mut missing = opened(&project);
    assert!(is_silent(&piece(&mut missing)), "silent, not another model");
    let said = problem(&mut missing).expect("it is said");
    assert!(
        said.starts_with("Called anything: no model with the content"),
        "{said}"
    );
    let saved = Project::of(&mut missing).expect("saved");
    assert_eq!(saved.field("window"), Some(json!([900, 700])));
    put(&paths[0]);
    let mut again = opened(&saved);
    assert!(piece(&mut again) == expected, "when the file is back");
    // The instance that waits plays again without being told.
    let is_back = (0..2_000).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        missing.reset();
        block(&mut missing, &[]);
        piece(&mut missing) == expected
    });
    assert!(is_back, "it comes back by itself");
    assert!(problem(&mut missing).is_none());
    drop(std::fs::remove_dir_all(&place));
}

/// A project may carry its models along: it then opens where they have never been.
#[test]
fn a_project_carries_its_models() {
    let (bytes, hash) = own("A carried model");
    let place = folder().join("carried");
    std::fs::create_dir_all(&place).expect("made");
    let path = place.join("carried.safetensors");
    std::fs::write(&path, &bytes).expect("written");
    let project = project_of("Carried", &hash);
    let mut without = opened(&project);
    let expected = piece(&mut without);
    assert_eq!(
        Project::of(&mut without).expect("saved").field("carried"),
        Some(Value::Null)
    );
    let asked = project.with("carried", &json!({}));
    let mut first = opened(&asked);
    let saved = Project::of(&mut first).expect("saved");
    let copies = saved.field("carried").expect("copies");
    assert!(
        copies[&hash]
            .as_str()
            .is_some_and(|copy| copy.len() > bytes.len())
    );
    drop((without, first));
    std::fs::remove_dir_all(&place).expect("removed");
    let mut opened = opened(&saved);
    assert!(piece(&mut opened) == expected, "from the project alone");
}
