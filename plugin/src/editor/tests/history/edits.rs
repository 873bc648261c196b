//! A thousand edits of any kind, undone and done again.

use super::*;
use crate::parameters::Kind;
use crate::sound;

/// One edit of any kind.
fn edit(bench: &Bench, random: &mut Random) {
    let parameters = &*bench.parameters;
    let (table, history) = (parameters.table(), &parameters.history);
    let mut roll = |count: usize| usize::try_from(random.bits() % (count as u64)).unwrap();
    let (place, kind) = (roll(table.len() - 1), roll(12));
    let position = f32::from(u16::try_from(roll(65_536)).unwrap()) / 65_535.0;
    let number = roll(5);
    bench.with(|setter| match kind {
        0 => history.change("Model", Scope::Models, parameters, || {
            let wanted = ["blown", "struck", "synth", "notes", "instruments"][number];
            parameters
                .slots
                .choose(place % 4, Some(Wanted::factory(wanted)));
        }),
        1 => history.change("Tuning", Scope::Tuning, parameters, || {
            let text = format!("S\n1\n{}.5\n", 50 + number);
            let value = serde_json::json!({ "scale": { "name": "s.scl", "text": text } });
            parameters
                .tuning
                .set(serde_json::from_value(value).unwrap());
        }),
        2 => history.change("Movement", Scope::Movement, parameters, || {
            let value = serde_json::json!({ "format": 1, "length_s": 1.0 + position,
                "tracks": { "latent_1": [[0.0, 0.5]] } });
            parameters.movement_file.set(value);
        }),
        3 => history.change_over(parameters, setter),
        4 => history.copy_over(parameters),
        5 => {
            let mut preset = Preset::initial(parameters);
            preset.sound = Sound::of(parameters);
            // From every fifth value to all of them.
            for at in (place % 7..table.len()).step_by(1 + number) {
                if let Some(value) = &mut preset.sound.values[at] {
                    *value = Value::at(table[at].kind, position);
                }
            }
            history.load_preset(&Arc::new(preset), (parameters, setter));
        }
        _ => {
            let hand = Hand::new(setter, parameters);
            match table[place].kind {
                Kind::Real(parameter) => gesture::once(&hand, parameter, position),
                Kind::Whole(parameter) => gesture::once(&hand, parameter, position),
                Kind::Switch(parameter) => gesture::once(&hand, parameter, position),
                Kind::Choice(_) => {
                    let entry = &table[place];
                    let value = Value::at(entry.kind, position);
                    history.begin(parameters, place, entry);
                    history.move_to(place, value);
                    sound::tell(parameters, setter, (place, entry, value));
                    history.end(None);
                }
            }
        }
    });
}

/// Whatever is done, undone and done again: undone one by one, every earlier sound comes back, bit for
/// bit, with its tuning and the name of its preset.
#[test]
fn every_earlier_sound_comes_back() {
    for seed in 0..4 {
        let bench = Bench::new(8, SIZE);
        let parameters = &*bench.parameters;
        let (history, mut random) = (&parameters.history, Random::new(seed));
        let now = || {
            (
                heard(&bench),
                parameters.loaded.kept().text().map(str::to_owned),
            )
        };
        let (mut past, mut future) = (Vec::new(), Vec::new());
        for step in 0..1_000 {
            let before = now();
            // As many edits as steps back: there are never too many to be remembered.
            match random.bits() % 9 {
                0..=3 => {
                    let is_done = bench.with(|setter| history.undo(parameters, setter));
                    let expected = past.pop();
                    assert_eq!(is_done, expected.is_some(), "seed {seed}, step {step}");
                    if let Some(expected) = expected {
                        assert!(now() == expected, "seed {seed}: undo at {step}");
                        future.push(before);
                    }
                }
                4 => {
                    let is_done = bench.with(|setter| history.redo(parameters, setter));
                    let expected = future.pop();
                    assert_eq!(is_done, expected.is_some(), "seed {seed}, step {step}");
                    if let Some(expected) = expected {
                        assert!(now() == expected, "seed {seed}: redo at {step}");
                        past.push(before);
                    }
                }
                _ => {
                    let (count, can_redo) = (history.count(), !future.is_empty());
                    edit(&bench, &mut random);
                    let is_step = history.count() > count;
                    assert!(is_step || history.shown().redo.is_some() == can_redo);
                    if is_step {
                        past.push(before);
                        future.clear();
                    }
                }
            }
        }
        while let Some(expected) = past.pop() {
            assert!(bench.with(|setter| history.undo(parameters, setter)));
            assert!(now() == expected, "seed {seed}: {} before", past.len());
        }
        assert_eq!(history.shown().undo, None, "seed {seed}");
    }
}
