//! Movements as text: written and read again, and refused by name where they are damaged.

use super::*;

/// Any numbers come back to the last bit, and so do fields that say nothing here.
#[test]
fn a_movement_comes_back_as_it_was() {
    let mut state = 11;
    let mut others = Map::new();
    others.insert("name".into(), "A \"rise\"\n".into());
    others.insert("colour".into(), json!({ "deep": [1, null] }));
    for round in 0..20usize {
        let mut tracks: [Vec<TrackPoint>; LATENTS] = Default::default();
        for track in tracks.iter_mut().skip(round % LATENTS) {
            let mut at_s = 0.0;
            *track = (0..500)
                .map(|_| {
                    at_s += 0.1 * random(&mut state);
                    let value = random(&mut state).powi(4);
                    TrackPoint { at_s, value }
                })
                .collect();
        }
        let beats = [None, Some(0.1 + random(&mut state))][round % 2];
        let movement = Trajectory::new(60.0 + random(&mut state), beats, tracks).unwrap();
        let first = beats.map_or(0.0, |_| -random(&mut state));
        let movement = movement.from_beat(first).unwrap();
        let text = file::write(&movement, &others);
        assert_eq!(
            file::read(&text).unwrap(),
            (movement.clone(), others.clone())
        );
        let saved = file::saved(&movement, &others).to_string();
        let again = file::read_saved(&serde_json::from_str(&saved).unwrap()).unwrap();
        assert_eq!(again, (movement, others.clone()), "through a project");
    }
}

/// The example of the format is one, and is written as it stands there.
#[test]
fn the_example_is_read() {
    let source = include_str!("../mod.rs");
    let lines = source.lines().skip_while(|line| *line != "//! ```json");
    let lines = lines.skip(1).take_while(|line| *line != "//! ```");
    let example: String = lines.map(|line| format!("{}\n", &line[4..])).collect();
    let (movement, others) = file::read(&example).unwrap();
    assert_eq!(movement.value(0, 1.0), Some(0.625));
    assert_eq!(file::write(&movement, &others), example);
}

const SOUND: &str = r#"{
  "format": 1,
  "length_s": 2.0,
  "beats": 4.0,
  "first_beat": 8.0,
  "tracks": {
    "latent_1": [
      [0.0, 0.25],
      [2.0, 1.0]
    ],
    "latent_8": [[0.5, 0.5]]
  }
}
"#;

/// An edit of a sound text, and what must be said about it.
const DAMAGE: [(&str, &str, &[&str]); 34] = [
    ("{\n  \"format\"", "\"format\"", &["line 1", "JSON", "mend"]),
    ("\"format\": 1,", "", &["`format`", "not there"]),
    (
        "\"format\": 1",
        "\"format\": 2",
        &["`format`", "2", "newer"],
    ),
    (
        "\"format\": 1",
        "\"format\": \"1\"",
        &["`format`", "\"1\"", "another program"],
    ),
    ("\"format\": 1", "\"format\": -1", &["`format`", "-1"]),
    ("\"format\": 1", "\"format\": 1.5", &["`format`", "1.5"]),
    ("\"format\": 1", "\"format\": null", &["`format`", "null"]),
    ("\"format\": 1,", "\"format\": 1", &["line 3", "JSON"]),
    (
        "\"length_s\": 2.0,",
        "",
        &["`length_s`", "not there", "add"],
    ),
    (
        "\"length_s\": 2.0",
        "\"length_s\": 0",
        &["length_s is 0", "0.01 to 3600"],
    ),
    (
        "\"length_s\": 2.0",
        "\"length_s\": -2",
        &["length_s is -2", "0.01"],
    ),
    (
        "\"length_s\": 2.0",
        "\"length_s\": 3601",
        &["length_s is 3601"],
    ),
    (
        "\"length_s\": 2.0",
        "\"length_s\": 1e40",
        &["length_s is inf"],
    ),
    (
        "\"length_s\": 2.0",
        "\"length_s\": 1e999",
        &["line 3", "JSON"],
    ),
    (
        "\"length_s\": 2.0",
        "\"length_s\": NaN",
        &["line 3", "JSON"],
    ),
    (
        "\"length_s\": 2.0",
        "\"length_s\": \"2\"",
        &["`length_s`", "\"2\"", "a number"],
    ),
    (
        "\"length_s\": 2.0",
        "\"length_s\": 1.5",
        &["point 2 of latent 1", "2"],
    ),
    ("\"beats\": 4.0", "\"beats\": 0", &["beats is 0", "4096"]),
    (
        "\"beats\": 4.0",
        "\"beats\": 5000",
        &["beats is 5000", "leave it out"],
    ),
    (
        "\"beats\": 4.0",
        "\"beats\": [4]",
        &["`beats`", "[4]", "a number"],
    ),
    (
        "\"first_beat\": 8.0",
        "\"first_beat\": 1e9",
        &["first_beat is 1000000000"],
    ),
    (
        "\"first_beat\": 8.0",
        "\"first_beat\": true",
        &["`first_beat`", "true"],
    ),
    (
        "\"tracks\"",
        "\"track\"",
        &["`tracks`", "not there", "latent_1"],
    ),
    (
        "\"latent_8\"",
        "\"latent_9\"",
        &["`tracks.latent_9`", "rename"],
    ),
    ("\"latent_8\"", "\"gain\"", &["`tracks.gain`", "rename"]),
    (
        "[[0.5, 0.5]]",
        "0.5",
        &["`tracks.latent_8`", "0.5", "brackets"],
    ),
    (
        "[[0.5, 0.5]]",
        "[0.5, 0.5]",
        &["point 1 of tracks.latent_8", "0.5"],
    ),
    (
        "[2.0, 1.0]",
        "[2.0]",
        &["point 2 of tracks.latent_1", "[2.0]"],
    ),
    (
        "[2.0, 1.0]",
        "[2.0, 1.0, 3.0]",
        &["point 2 of tracks.latent_1", "mend"],
    ),
    (
        "[2.0, 1.0]",
        "[2.0, \"up\"]",
        &["point 2 of tracks.latent_1", "\"up\""],
    ),
    (
        "[2.0, 1.0]",
        "[2.0, 1.5]",
        &["point 2 of latent 1", "1.5", "0 to 1"],
    ),
    (
        "[2.0, 1.0]",
        "[2.5, 1.0]",
        &["point 2 of latent 1", "2.5 s"],
    ),
    (
        "[0.0, 0.25]",
        "[-1.0, 0.25]",
        &["point 1 of latent 1", "-1 s", "rise"],
    ),
    (
        "[0.5, 0.5]]",
        "[1.5, 0.5], [1.0, 0.5]]",
        &["point 2 of latent 8", "rise"],
    ),
];

/// Every damage is refused with its own words: the place, what was found, what was expected.
#[test]
fn damage_is_refused_by_name() {
    file::read(SOUND).unwrap();
    let mut messages = std::collections::BTreeSet::new();
    for (sound, damaged, words) in DAMAGE {
        assert!(SOUND.contains(sound), "{sound}");
        let text = SOUND.replacen(sound, damaged, 1);
        let message = file::read(&text).unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "{damaged}: {message}");
        }
        assert!(message.contains("expected"), "{message}");
        messages.insert(message);
    }
    assert!(messages.len() >= 30, "{} messages", messages.len());
}

/// What is no movement at all, cut off anywhere or nested without end, is refused and no panic.
#[test]
fn anything_is_refused_or_read() {
    for end in 0..SOUND.len() - 2 {
        assert!(file::read(&SOUND[..end]).is_err(), "cut off at {end}");
    }
    for text in ["", "[]", "3", "null", "\u{0}", &"[".repeat(100_000)] {
        assert!(file::read(text).is_err());
    }
    let many = vec!["[0,0]"; 70_000].join(",");
    let text = SOUND.replacen("[0.5, 0.5]", &many, 1);
    let message = file::read(&text).unwrap_err().to_string();
    assert!(message.contains("latent 8 has 70000 points"), "{message}");
}
