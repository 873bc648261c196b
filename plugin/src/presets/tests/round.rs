//! What is written is read again: every bit of the sound, every word of the head, and what a later
//! version wrote.

use super::*;
use crate::library::Wanted;
use crate::movement::Moved;
use crate::sound::{Models, Value};

const MOVEMENT: &str = r#"{
  "format": 1,
  "length_s": 2.0,
  "beats": 4.0,
  "first_beat": 0.0,
  "tracks": { "latent_1": [[0.0, 0.25], [2.0, 1.0]] }
}"#;

/// A seeded number of 0…1 for each turn: the fractional parts of multiples of the golden ratio.
fn lot(turn: usize) -> f32 {
    let turns = f64::from(u32::try_from(turn % 1_000_000).unwrap());
    betwixt_spectral::number::narrow((turns * 0.618_033_988_749_895).fract())
}

fn wild(parameters: &Parameters, seed: usize) -> Preset {
    let mut preset = Preset::initial(parameters);
    let table = parameters.table();
    for (place, value) in preset.sound.values.iter_mut().enumerate() {
        if value.is_some() {
            *value = Some(Value::at(table[place].kind, lot(seed * 1_009 + place + 1)));
        }
    }
    preset.sound.movement = Moved::read(MOVEMENT).unwrap();
    preset.sound.models = Models::new([
        Some(Wanted::factory("struck")),
        None,
        Some(Wanted {
            name: "My \"own\" model".into(),
            hash: Some("0123456789abcdef".repeat(4)),
        }),
        None,
    ]);
    preset.head.name = "Glass \"and\" \\ Ümläut".into();
    preset.head.tags = vec!["soft".into(), "wide".into()];
    preset.head.comment = "Two\nlines.".into();
    preset
}

/// Two hundred sounds of wild values come back as they were, and are written the same again.
#[test]
fn wild_presets_come_back_to_the_last_bit() {
    let parameters = parameters();
    for seed in 0..200 {
        let preset = wild(&parameters, seed);
        let text = preset.text(&parameters);
        let again = Preset::read("wild", &text, &parameters).unwrap();
        assert_eq!(again, preset, "{text}");
        assert_eq!(again.text(&parameters), text);
    }
}

/// A preset that says next to nothing is the default sound; what is written of a default sound is
/// its latents alone.
#[test]
fn what_is_missing_has_its_default() {
    let parameters = parameters();
    let least = "format = 1\nname = \"Init\"\n";
    let read = Preset::read("least", least, &parameters).unwrap();
    assert_eq!(read, Preset::initial(&parameters));
    let text = read.text(&parameters);
    let sound = text.split("[sound]\n").nth(1).unwrap();
    let ids = sound.lines().map(|line| line.split(' ').next().unwrap());
    assert!(ids.eq(crate::parameters::LATENT_IDS), "{text}");
}

/// Fields, slots and parameters of a later version are kept, wherever they stand, and said.
#[test]
fn what_a_later_version_wrote_is_kept() {
    let parameters = parameters();
    let text = "format = 1\nname = \"N\"\nicon = { colour = \"red\", at = [1, 2.5, true] }\n\
                [models]\na = \"synth\"\ne = \"later\"\n[sound]\nshimmer = 0.25\n\
                \"odd key\" = 1979-05-27\n[scene]\nlight = \"dim\"\n";
    let read = Preset::read("later", text, &parameters).unwrap();
    let words = read.later.words().unwrap();
    for name in [
        "icon",
        "scene",
        "models.e",
        "sound.shimmer",
        "sound.odd key",
    ] {
        assert!(words.contains(name), "{name}: {words}");
    }
    let again = Preset::read("again", &read.text(&parameters), &parameters).unwrap();
    assert_eq!(again, read);
    assert_eq!(Preset::initial(&parameters).later.words(), None);
}

/// A file that is written is the preset that is read; a folder that is none is an error by name.
#[test]
fn files_come_back() {
    let parameters = parameters();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank").join("wild.toml");
    let preset = wild(&parameters, 7);
    preset.write_file(&path, &parameters).unwrap();
    assert_eq!(Preset::read_file(&path, &parameters).unwrap(), preset);
    let refused = preset.write_file(&path.join("below"), &parameters);
    assert!(refused.unwrap_err().to_string().contains("below"));
}
