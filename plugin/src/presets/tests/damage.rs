//! Damaged presets: each is refused with the file, the place, what was found and what to do.

use super::*;
use std::collections::BTreeSet;

/// A sound preset, with everything in it that can be damaged.
const SOUND: &str = r#"format = 1
name = "Glass"
category = "Bells"
author = "Somebody"
tags = ["bright", "short"]
comment = "Soft keys."

[models]
a = "struck"
b = { name = "Mine", hash = "00000000000000000000000000000000000000000000000000000000000000aa" }

[sound]
latent_1 = 0.25
octave = 1
freeze = true
chroma = "played"
attack = 0.5
gain = -3.5
lfo_seed_1 = 7

[movement]
text = '''
{ "format": 1, "length_s": 2.0, "tracks": { "latent_1": [[0.0, 0.2], [2.0, 1.0]] } }
'''
"#;

/// What stands there, what stands there instead, and what the message must say.
const DAMAGE: [(&str, &str, &str); 60] = [
    ("format = 1", "", "`format` is not there"),
    (
        "format = 1",
        "format = 2",
        "line 1: `format` is 2; expected 1; the preset was written by",
    ),
    (
        "format = 1",
        "format = 0",
        "`format` is 0; expected 1; this may be",
    ),
    ("format = 1", "format = -1", "`format` is -1"),
    ("format = 1", "format = 1.0", "`format` is 1.0"),
    ("format = 1", "format = \"1\"", "`format` is \"1\""),
    ("format = 1", "format = true", "`format` is true"),
    ("format = 1", "format 1", "line 1, column 8"),
    ("format = 1", "format = 1 1", "line 1, column 10"),
    ("format = 1", "format = 1\nformat = 1", "line 2, column 1"),
    ("name = \"Glass\"", "", "`name` is not there"),
    ("name = \"Glass\"", "name = \"\"", "line 2: `name` is \"\""),
    ("name = \"Glass\"", "name = \"  \"", "`name` is \"  \""),
    ("name = \"Glass\"", "name = 3", "`name` is 3"),
    ("name = \"Glass\"", "name = [\"a\"]", "`name` is [\"a\"]"),
    ("name = \"Glass\"", "name = \"Glass", "line 2, column"),
    ("\"Glass\"", "\"\\u0007\"", "`name` is"),
    (
        "\"Bells\"",
        "\"Drums\"",
        "line 3: `category` is \"Drums\"; expected one of Keys, Organs",
    ),
    ("\"Bells\"", "\"bells\"", "`category` is \"bells\""),
    ("\"Bells\"", "4", "`category` is 4"),
    ("\"Bells\"", "[]", "`category` is []"),
    (
        "author = \"Somebody\"",
        "author = 1",
        "line 4: `author` is 1",
    ),
    ("author = \"Somebody\"", "author = { }", "`author` is {}"),
    (
        "[\"bright\", \"short\"]",
        "\"bright\"",
        "line 5: `tags` is \"bright\"",
    ),
    (
        "[\"bright\", \"short\"]",
        "[\"bright\", 3]",
        "`tags` is [\"bright\", 3]",
    ),
    (
        "[\"bright\", \"short\"]",
        "[[\"a\"]]",
        "`tags` is [[\"a\"]]",
    ),
    ("[\"bright\", \"short\"]", "[\"bright\"", "line 6, column 1"),
    (
        "comment = \"Soft keys.\"",
        "comment = false",
        "line 6: `comment` is false",
    ),
    (
        "[models]\na",
        "models = 3\n[x]\na",
        "`models` is 3; expected a table",
    ),
    (
        "[models]\na = \"struck\"\nb",
        "[models]\n#",
        "`models` is {}",
    ),
    (
        "\"struck\"",
        "\"strukc\"",
        "line 9: `models.a` is \"strukc\"; expected a factory model",
    ),
    ("\"struck\"", "\"\"", "`models.a` is \"\""),
    ("\"struck\"", "2", "`models.a` is 2"),
    ("\"struck\"", "[\"struck\"]", "`models.a` is [\"struck\"]"),
    (
        "\"struck\"",
        "{ name = \"x\" }",
        "`models.a.hash` is not there",
    ),
    (
        "\"struck\"",
        "{ hash = \"ab\" }",
        "`models.a.name` is not there",
    ),
    (
        "00aa",
        "00aA",
        "line 10: `models.b.hash` is 64 letters long; expected digits",
    ),
    (
        "00aa",
        "00a",
        "line 10: `models.b.hash` is 63 letters long; expected the 64",
    ),
    ("00aa", "0000aa", "line 10: `models.b.hash` is 66 letters"),
    (
        "name = \"Mine\"",
        "name = 4",
        "line 10: `models.b.name` is 4",
    ),
    (
        "name = \"Mine\"",
        "code = \"x\", name = \"Mine\"",
        "line 10: `models.b.code` is \"x\"",
    ),
    (
        "[sound]
",
        "[[sound]]
",
        "line 12: `sound` is [{",
    ),
    (
        "= 0.25",
        "= 1.5",
        "line 13: `sound.latent_1` is 1.5; expected a number from 0 to 1",
    ),
    ("= 0.25", "= -0.1", "`sound.latent_1` is -0.1"),
    ("= 0.25", "= nan", "`sound.latent_1` is nan"),
    ("= 0.25", "= inf", "`sound.latent_1` is inf"),
    ("= 0.25", "= 1e300", "`sound.latent_1` is"),
    ("= 0.25", "= \"0.25\"", "`sound.latent_1` is \"0.25\""),
    (
        "octave = 1",
        "octave = 5",
        "line 14: `sound.octave` is 5; expected a whole number from -4",
    ),
    ("octave = 1", "octave = 1.0", "`sound.octave` is 1.0"),
    (
        "octave = 1",
        "octave = 99999999999",
        "`sound.octave` is 99999999999",
    ),
    (
        "freeze = true",
        "freeze = 1",
        "line 15: `sound.freeze` is 1; expected true or false",
    ),
    (
        "\"played\"",
        "\"h\"",
        "line 16: `sound.chroma` is \"h\"; expected one of played, c",
    ),
    (
        "attack = 0.5",
        "attack = 11.0",
        "line 17: `sound.attack` is 11.0; expected a number from 0",
    ),
    ("gain = -3.5", "gain = 13", "line 18: `sound.gain` is 13"),
    (
        "lfo_seed_1 = 7",
        "lfo_seed_1 = 1000",
        "line 19: `sound.lfo_seed_1` is 1000",
    ),
    (
        "lfo_seed_1 = 7",
        "voices = 3",
        "line 19: `sound.voices` is 3; expected no such line",
    ),
    ("text = '''", "words = '''", "line 21: `movement` is"),
    (
        "\"length_s\": 2.0",
        "\"length_s\": -2.0",
        "line 22: the movement: ",
    ),
    (
        "\"latent_1\": [[",
        "\"latent_9\": [[",
        "line 22: the movement: `tracks.latent_9`",
    ),
];

fn refused(text: &str, parameters: &Parameters) -> String {
    match Preset::read("bank/Glass.toml", text, parameters) {
        Ok(_) => panic!("taken: {text}"),
        Err(error) => error.to_string(),
    }
}

/// Sixty kinds of damage give messages of their own, which name the file and the place.
#[test]
fn sixty_kinds_of_damage_are_told_apart() {
    let parameters = parameters();
    assert!(Preset::read("sound", SOUND, &parameters).is_ok());
    let mut messages = BTreeSet::new();
    for (from, to, says) in DAMAGE {
        assert!(SOUND.contains(from), "{from}");
        let message = refused(&SOUND.replacen(from, to, 1), &parameters);
        assert!(message.starts_with("bank/Glass.toml: "), "{message}");
        assert!(message.contains(says), "{from} → {to}: {message}");
        let is_advice = message.contains("expected") && message.contains(';');
        assert!(is_advice || message.contains("movement"), "{message}");
        assert!(messages.insert(message.clone()), "twice: {message}");
    }
}

/// Too long a name, too many tags, a file that is too large, no text at all, a folder.
#[test]
fn what_is_too_large_or_no_text_is_refused() {
    let parameters = parameters();
    let long = [
        SOUND.replace("Glass", &"x".repeat(101)),
        SOUND.replace("Soft keys.", &"x".repeat(4_001)),
        SOUND.replace("\"bright\"", &("\"x\", ".repeat(40) + "\"x\"")),
    ];
    for text in &long {
        assert!(refused(text, &parameters).contains("at most"));
    }
    assert!(refused(&"#".repeat(33 << 20), &parameters).contains("larger than"));
    assert!(refused(&"[".repeat(100_000), &parameters).contains("line 1"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    std::fs::write(&path, [b'n', 0xff]).unwrap();
    for path in [path.as_path(), folder.path(), &folder.path().join("none")] {
        let message = Preset::read_file(path, &parameters)
            .unwrap_err()
            .to_string();
        let file = path.display().to_string();
        assert!(message.starts_with(&file), "{message}");
    }
}

/// Cut anywhere, a preset is a shorter one or refused; it never panics.
#[test]
fn cut_presets_do_no_harm() {
    let parameters = parameters();
    for cut in 0..SOUND.len() {
        drop(Preset::read("cut", &SOUND[..cut], &parameters));
    }
}
