//! The factory's presets: what the player finds, and that each comes back as it was written.

use super::*;
use crate::library::factory_ids;
use crate::presets::factory::TEXTS;
use std::collections::BTreeSet;

fn all() -> (Parameters, Vec<Preset>) {
    let parameters = parameters();
    let read = |(name, text): &(&str, &str)| {
        let preset = Preset::read(name, text, &parameters);
        preset.unwrap_or_else(|error| panic!("{error}"))
    };
    let presets = TEXTS.iter().map(read).collect();
    (parameters, presets)
}

/// Read, written and read again, every one of them is equal, and needs nothing of a later version.
#[test]
fn every_factory_preset_comes_back() {
    let (parameters, presets) = all();
    for preset in presets {
        let name = &preset.head.name;
        let again = Preset::read(name, &preset.text(&parameters), &parameters);
        assert_eq!(again.unwrap(), preset, "{name}");
        assert_eq!(preset.later.words(), None, "{name}");
    }
}

/// There are at least 48, each with a name of its own after which its file is called, tags, words
/// about how it is played, on every shelf and of every model; none begins at the defaults.
#[test]
fn there_is_something_for_everybody() {
    let (parameters, presets) = all();
    assert!(presets.len() >= 48);
    let initial = Sound::initial(&parameters);
    let mut names = BTreeSet::new();
    for (preset, (file, _)) in presets.iter().zip(TEXTS) {
        let head = &preset.head;
        let plain = |letter: char| letter.is_ascii_alphanumeric();
        let words = head.name.to_lowercase();
        let words: Vec<&str> = words
            .split(|c| !plain(c))
            .filter(|w| !w.is_empty())
            .collect();
        assert_eq!(words.join("_"), **file);
        assert!(names.insert(head.name.clone()), "{file}: twice");
        assert!(!head.comment.is_empty() && !head.tags.is_empty(), "{file}");
        assert_eq!(head.author, "Betwixt", "{file}");
        assert!(preset.sound.difference(&initial).places.len() > 8, "{file}");
    }
    for category in Category::ALL
        .into_iter()
        .filter(|own| *own != Category::Other)
    {
        let own = presets
            .iter()
            .filter(|preset| preset.head.category == category);
        assert!(own.count() >= 3, "{category:?}");
    }
    for id in factory_ids() {
        let plays = |preset: &&Preset| preset.sound.models.words().split(", ").any(|m| m == id);
        assert!(presets.iter().filter(plays).count() >= 2, "{id}");
    }
}
