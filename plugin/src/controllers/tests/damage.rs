//! Maps as text: written and read again, and refused by name where they are damaged.

use super::*;
use crate::controllers::file;
use std::collections::BTreeSet;

/// Every source, range, curve and takeover comes back as it was, to the last bit.
#[test]
fn a_map_comes_back_as_it_was() {
    let sources = [
        Source::Control(0),
        Source::Control(119),
        Source::Fine(31),
        Source::Numbered(16_383),
        Source::Pressure,
        Source::KeyPressure,
        Source::Bend,
    ];
    let mut rows = Vec::new();
    for (index, source) in sources.into_iter().enumerate() {
        rows.push(Mapping {
            origin: Origin {
                source,
                channel: [None, Some(0), Some(15)][index % 3],
            },
            target: index,
            from: f32::from_bits(0.1f32.to_bits() + 1),
            to: 1.0 / 3.0,
            curve: -0.7,
            takeover: [Takeover::Jump, Takeover::Soft][index % 2],
        });
    }
    let text = file::write(&rows, &targets());
    assert_eq!(file::read(&text, &targets()).unwrap(), rows);
    assert_eq!(file::salvage(&text, &targets()).unwrap(), rows);
}

/// What may be left out has its usual value.
#[test]
fn little_has_to_be_said() {
    let text = "format = 1\n[[mapping]]\nsource = \"cc\"\nnumber = 7\ntarget = \"gain\"\n";
    let rows = file::read(text, &targets()).unwrap();
    assert_eq!(rows, [Mapping::new(Source::Control(7), GAIN)]);
    assert_eq!(file::read("format = 1", &targets()).unwrap(), []);
}

const SOUND: &str = "format = 1

[[mapping]]
source = \"cc\"
number = 7
target = \"latent_1\"

[[mapping]]
source = \"cc14\"
number = 3
channel = 2
target = \"gain\"
from = 0.0
to = 1.0
curve = 0.0
takeover = \"soft\"
";

/// An edit of a sound file, and what must be said about it.
const DAMAGE: [(&str, &str, &[&str]); 32] = [
    ("format = 1\n", "", &["`format`", "not there", "format = 1"]),
    ("format = 1", "format = 2", &["`format`", "2", "newer"]),
    ("format = 1", "format = \"1\"", &["`format`", "\"1\""]),
    ("format = 1", "format = ", &["line 1", "TOML"]),
    (
        "format = 1",
        "format = 1\nformat = 1",
        &["duplicate", "TOML"],
    ),
    (
        "format = 1",
        "format = 1\nname = \"x\"",
        &["`name`", "remove"],
    ),
    ("format = 1", "{\"format\": 1}", &["line 1", "TOML"]),
    (
        "number = 7",
        "number = 64",
        &["mapping 1 (line 3)", "`number`", "64", "pedals"],
    ),
    (
        "number = 7",
        "number = 121",
        &["mapping 1 (line 3)", "121", "choose another"],
    ),
    (
        "number = 7",
        "number = 128",
        &["mapping 1 (line 3)", "128", "0 to 127"],
    ),
    (
        "number = 7",
        "number = -1",
        &["mapping 1 (line 3)", "-1", "0 to 127"],
    ),
    (
        "number = 7",
        "number = 7.5",
        &["mapping 1 (line 3)", "7.5", "0 to 127"],
    ),
    (
        "number = 7",
        "number = \"7\"",
        &["mapping 1 (line 3)", "\"7\"", "0 to 127"],
    ),
    (
        "number = 7\n",
        "",
        &["mapping 1 (line 3)", "not there", "0 to 127"],
    ),
    (
        "\"cc\"",
        "\"knob\"",
        &["mapping 1 (line 3)", "`source`", "\"knob\"", "pressure"],
    ),
    ("source = \"cc\"\n", "", &["`source`", "not there"]),
    (
        "\"cc\"",
        "\"bend\"",
        &["mapping 1 (line 3)", "`number`", "no number"],
    ),
    ("\"cc\"", "\"nrpn\"\nnumber = 16384\n#", &["duplicate"]),
    ("number = 7", "number = 16384 # nrpn", &["16384"]),
    (
        "number = 3",
        "number = 32",
        &["mapping 2 (line 8)", "32", "0 to 31"],
    ),
    (
        "channel = 2",
        "channel = 0",
        &["mapping 2 (line 8)", "`channel`", "1 to 16"],
    ),
    (
        "channel = 2",
        "channel = 17",
        &["mapping 2 (line 8)", "17", "leave the line out"],
    ),
    (
        "channel = 2",
        "channel = true",
        &["mapping 2 (line 8)", "true", "1 to 16"],
    ),
    (
        "\"latent_1\"",
        "\"warmth\"",
        &["mapping 1 (line 3)", "`target`", "\"warmth\"", "latent_1"],
    ),
    (
        "\"latent_1\"",
        "\"model\"",
        &["`target`", "\"model\"", "automated"],
    ),
    ("\"latent_1\"", "1", &["`target`", "is 1;"]),
    (
        "from = 0.0",
        "from = 1.5",
        &["mapping 2 (line 8)", "`from`", "1.5", "0 to 1"],
    ),
    ("from = 0.0", "from = nan", &["`from`", "nan", "0 to 1"]),
    ("curve = 0.0", "curve = -2", &["`curve`", "-2", "-1 to 1"]),
    ("\"soft\"", "\"late\"", &["`takeover`", "\"late\"", "soft"]),
    (
        "takeover =",
        "takover =",
        &["mapping 2 (line 8)", "`takover`", "remove the line"],
    ),
    (
        "[[mapping]]\nsource = \"cc\"\n",
        "[mapping]\nsource = \"cc\"\n",
        &["TOML"],
    ),
];

/// Thirty-two damaged files give thirty-two messages: which file, where, what was expected.
#[test]
fn damage_is_named() {
    file::read(SOUND, &targets()).expect("the file is sound");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stage.toml");
    let map = Map::new(targets());
    let before = map.rows();
    let mut messages = BTreeSet::new();
    for (from, to, words) in DAMAGE {
        let damaged = SOUND.replacen(from, to, 1);
        assert_ne!(damaged, SOUND, "{from}");
        std::fs::write(&path, &damaged).unwrap();
        let message = map.import(&path).expect_err(to).to_string();
        assert!(message.contains("stage.toml"), "{message}");
        for word in words {
            assert!(message.contains(word), "{to}: {message} lacks {word}");
        }
        assert!(message.contains("; "), "{message} says what to do");
        assert!(
            messages.insert(message),
            "{to}: another damage has the same message"
        );
        assert_eq!(map.rows(), before, "the map in use goes on");
    }
}

/// Files that are not there, folders, other bytes and other sizes are refused in words too.
#[test]
fn what_is_no_map_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let map = Map::new(targets());
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let twice = format!("{SOUND}[[mapping]]\nsource = \"cc\"\nnumber = 7\ntarget = \"latent_1\"\n");
    let row = |number: usize| {
        format!("[[mapping]]\nsource = \"nrpn\"\nnumber = {number}\ntarget = \"gain\"\n")
    };
    let many = "format = 1\n".to_owned() + &(0..257).map(row).collect::<String>();
    let cases = [
        (folder.path().join("none.toml"), "check the path"),
        (folder.path().to_path_buf(), "check the path"),
        (file("sound.wav", &[0xff, 0xfe, 0]), "utf-8"),
        (file("large.toml", &vec![b'#'; 300_000]), "larger than"),
        (file("twice.toml", twice.as_bytes()), "as mapping 1"),
        (file("many.toml", many.as_bytes()), "at most 256"),
        (
            file("not.toml", b"format = 1\nmapping = 3\n"),
            "double brackets",
        ),
    ];
    for (path, words) in cases {
        let message = map.import(&path).expect_err(words).to_string();
        assert!(message.contains(words), "{message} lacks {words}");
    }
}

/// Of a project's map what is sound is kept: each damaged mapping is left out by itself.
#[test]
fn a_projects_map_keeps_what_is_sound() {
    let both = file::read(SOUND, &targets()).unwrap();
    for (from, to, kept) in [
        ("number = 7", "number = 64", vec![both[1]]),
        ("channel = 2", "channel = 99", vec![both[0]]),
        ("channel = 2", "channel = 2\ncolour = \"red\"", both.clone()),
        ("format = 1", "format = 7", both.clone()),
    ] {
        let text = SOUND.replacen(from, to, 1);
        assert_eq!(file::salvage(&text, &targets()), Some(kept), "{to}");
    }
    for nonsense in ["", "format", "[[mapping]]\n", "\u{0}"] {
        assert_eq!(file::salvage(nonsense, &targets()), None, "{nonsense:?}");
    }
}

/// A map that is exported is the map that is imported elsewhere.
#[test]
fn an_exported_map_can_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder/map.toml");
    let map = Map::new(targets());
    map.add(soft(Source::Fine(3), GAIN));
    map.export(&path).unwrap();
    let other = Map::new(targets());
    other.import(&path).unwrap();
    assert_eq!(other.rows(), map.rows());
    assert!(map.export(folder.path()).is_err(), "a folder is no file");
}

/// A new instance begins with the player's own map; without one, or with one that is damaged, with
/// that of the factory.
#[test]
fn the_players_own_map_is_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("controllers.toml");
    let start = |own| {
        let map = Map::new(targets());
        map.start(own);
        map.rows()
    };
    let factory = Map::new(targets()).factory();
    assert_eq!(start(None), factory);
    assert_eq!(start(Some(own.as_path())), factory);
    std::fs::write(&own, SOUND).unwrap();
    assert_eq!(
        start(Some(own.as_path())),
        file::read(SOUND, &targets()).unwrap()
    );
    std::fs::write(&own, "format = ").unwrap();
    assert_eq!(start(Some(own.as_path())), factory);
}
