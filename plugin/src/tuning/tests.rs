//! Tunings whose pitches are a matter of arithmetic, and files that are refused.

mod arithmetic;
mod choice;
mod damage;

use super::keyboard::Keyboard;
use super::scale::Scale;
use super::table;
use betwixt_engine::tuning::KEYS;

/// Rounding of a few operations on numbers of some thousand cents.
const EXACT: f64 = 1e-9;

/// A scale from its lines after the description.
fn scale(lines: &str) -> Scale {
    let text = format!("! a.scl\nA scale\n{lines}");
    Scale::parse("a.scl", &text).unwrap_or_else(|error| panic!("{error}"))
}

/// A keyboard from its numbers, one per word.
fn keyboard(words: &str) -> Keyboard {
    let text = words.replace(' ', "\n");
    Keyboard::parse("a.kbm", &text).unwrap_or_else(|error| panic!("{error}"))
}

/// A formula for every key; not a number where the key has no sound.
fn assert_pitches(scale: &Scale, keyboard: &Keyboard, expected: impl Fn(i32) -> f64) {
    let found = table(scale, keyboard);
    for (key, found) in (0..).zip(found.pitches) {
        let expected = expected(key);
        let is_there = (-36.0..=160.0).contains(&expected);
        assert_eq!(found.is_nan(), !is_there, "key {key}: {found}, {expected}");
        let distance = (found - expected).abs();
        assert!(
            !is_there || distance < EXACT,
            "key {key}: {found}, {expected}"
        );
    }
    assert_eq!(found.pitches.len(), KEYS);
}
