//! What is chosen: files, projects, damage.

use crate::tuning::folder::{Folder, Kind};
use crate::tuning::saved::{EQUAL, Saved, TextFile};
use crate::tuning::{Choice, Tuner};
use betwixt_engine::Tuning;
use nice_plug::params::persist::PersistentField;

const QUARTERS: &str = "! q.scl\nQuarter tones\n1\n50.0\n";

fn file(name: &str, text: &str) -> Option<TextFile> {
    Some(TextFile {
        name: name.into(),
        text: text.into(),
    })
}

/// The pitch of key 69 as the audio thread has it.
fn heard(choice: &Choice) -> f64 {
    let mut tuner = Tuner::new();
    tuner.follow(choice);
    tuner.now().pitches[69]
}

fn saved(choice: &Choice) -> String {
    choice.map(|saved| serde_json::to_string(saved).unwrap())
}

/// What is new has twelve equal steps and follows a master.
#[test]
fn a_new_instance_has_twelve_equal_steps() {
    let choice = Choice::default();
    let shown = choice.shown();
    assert_eq!((shown.name.as_str(), shown.problem), (EQUAL, None));
    assert!(shown.follows && !shown.is_mastered);
    assert_eq!(heard(&choice), 69.0);
    assert_eq!(
        saved(&choice),
        r#"{"scale":null,"keyboard":null,"follow":true}"#
    );
}

/// A file that is chosen is heard, shown by its description, and saved whole; one that is refused
/// changes nothing but what is said.
#[test]
fn files_are_chosen_or_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::at(place.path());
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    write("q.scl", QUARTERS);
    write("bad.scl", "Bad\n1\n3/0\n");
    write("low.kbm", "0\n0\n127\n60\n60\n130.8127826502993\n0\n");
    let choice = Choice::default();
    assert!(choice.choose(&folder, Kind::Scale, Some("q.scl")));
    assert_eq!(heard(&choice), 64.5);
    assert_eq!(choice.shown().name, "Quarter tones");
    let before = saved(&choice);
    for (name, words) in [("bad.scl", "bad.scl, line 3: "), ("no.scl", "no.scl: ")] {
        assert!(!choice.choose(&folder, Kind::Scale, Some(name)));
        let problem = choice.shown().problem.unwrap();
        assert!(problem.starts_with(words), "{problem}");
        assert_eq!((heard(&choice), saved(&choice)), (64.5, before.clone()));
    }
    assert!(choice.choose(&folder, Kind::Keyboard, Some("low.kbm")));
    assert!((heard(&choice) - 52.5).abs() < 1e-9);
    let shown = choice.shown();
    assert_eq!(shown.scale.as_deref(), Some("q.scl"));
    assert_eq!(shown.keyboard.as_deref(), Some("low.kbm"));
    assert_eq!(shown.problem, None, "it is over");
    assert!(choice.choose(&folder, Kind::Scale, None));
    assert!((heard(&choice) - 57.0).abs() < 1e-9, "a keyboard alone");
    assert_eq!(choice.shown().name, "12 equal steps, low.kbm");
    assert!(choice.choose(&folder, Kind::Keyboard, None));
    assert!(
        !choice.choose(&folder, Kind::Keyboard, None),
        "it is so already"
    );
    assert_eq!(heard(&choice), 69.0);
}

/// What a project brings is heard without its files, and saved as it came.
#[test]
fn a_project_brings_its_own_files() {
    let choice = Choice::default();
    let brought = Saved {
        scale: file("q.scl", QUARTERS),
        follow: false,
        ..Saved::default()
    };
    choice.set(brought.clone());
    assert_eq!(heard(&choice), 64.5);
    assert!(!choice.shown().follows);
    assert_eq!(saved(&choice), serde_json::to_string(&brought).unwrap());
    choice.set(Saved::default());
    assert_eq!(heard(&choice), 69.0);
    assert!(choice.shown().follows);
}

/// A damaged scale in a project gives twelve equal steps, says why, and is not lost.
#[test]
fn a_damaged_project_is_said_and_kept() {
    let choice = Choice::default();
    let brought = Saved {
        scale: file("bad.scl", "Bad\n1\n3/0\n"),
        keyboard: file("low.kbm", "0\n0\n127\n60\n60\n130.8\n0\n"),
        ..Saved::default()
    };
    choice.set(brought.clone());
    assert_eq!(heard(&choice), 69.0);
    let shown = choice.shown();
    let problem = shown.problem.unwrap();
    assert_eq!(shown.name, EQUAL);
    assert!(problem.contains("bad.scl, line 3: "), "{problem}");
    assert_eq!(saved(&choice), serde_json::to_string(&brought).unwrap());
}

/// What can be loaded of a state's field, and what the player is told of one that cannot.
#[test]
fn a_field_is_sound_or_damaged() {
    let long = format!(
        r#"{{"scale":{{"name":"a","text":"{}"}}}}"#,
        "!".repeat(400_000)
    );
    let bad = [
        "",
        "3",
        "null",
        "[",
        r#"{"scale":3}"#,
        r#"{"follow":"no"}"#,
        &long,
    ];
    for text in bad {
        assert!(!Saved::is_sound(text), "{}", &text[..text.len().min(40)]);
    }
    for text in [
        "{}",
        r#"{"scale":null}"#,
        r#"{"later":[1]}"#,
        Saved::DAMAGED,
    ] {
        assert!(Saved::is_sound(text), "{text}");
    }
    let choice = Choice::default();
    choice.set(serde_json::from_str(Saved::DAMAGED).unwrap());
    let problem = choice.shown().problem.unwrap();
    assert!(problem.contains("damaged"), "{problem}");
    assert_eq!(heard(&choice), Tuning::default().pitches[69]);
    assert_eq!(saved(&choice), saved(&Choice::default()), "it is said once");
}
