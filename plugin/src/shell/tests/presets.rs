//! Presets that are loaded while a chord is held.

use super::*;
use crate::fuzzing::load;
use crate::presets::TEXTS;
use std::collections::BTreeMap;

/// Every preset of the factory is loaded under keys that are held, models and movements too: what
/// comes to the audio thread allocates and frees nothing there, and each is heard.
#[test]
fn presets_come_without_an_allocation() {
    let plugin = Betwixt::default();
    let (exchange, slots) = (Exchange::new(), &plugin.parameters.slots);
    let mut player = activated(&exchange, slots);
    let with = (&plugin, &exchange);
    for (name, text) in TEXTS {
        let mut state = PluginState {
            version: String::new(),
            params: BTreeMap::new(),
            fields: BTreeMap::from([("preset".into(), serde_json::json!(text).to_string())]),
        };
        state::repair(&mut state, &parameters());
        assert_ne!(state.fields["loaded"], "null", "{name} is taken");
        load(&plugin.parameters, &state);
        let mut sound = Vec::new();
        for part in 0..40 {
            // Before the models are there, while they come, and after.
            if part == 3 {
                exchange.work(slots);
            }
            let struck = [key(48), key(60)];
            let events: &[NoteEvent<()>] = if part % 10 == 5 { &struck } else { &[] };
            sound = call(&mut player, with, events);
            if part % 10 == 9 {
                assert!(loudest(&sound) > 1e-4 || part == 9, "{name}");
            }
        }
        assert!(sound.iter().all(|x| x.abs() <= 1.0), "{name}");
        plugin.parameters.movement_file.settle();
    }
}
