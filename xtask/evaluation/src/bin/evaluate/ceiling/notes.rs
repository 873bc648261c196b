//! Which notes are measured: a fixed set, or one's own.
//!
//! ```text
//!  [] ─► 62 fixed ─────────┐
//!  program:key:velocity … ─┴─► Asked [notes]
//! ```

use crate::failure::Failure;
use betwixt_corpus::instruments::instrument;
use std::str::FromStr;

/// Program, key, velocity: keys 24 to 100 spread evenly, soft and hard in turn.
const NOTES: [(u8, u8, u8); 62] = [
    (0, 24, 110),
    (0, 33, 60),
    (0, 48, 110),
    (0, 60, 60),
    (0, 72, 110),
    (0, 96, 60),
    (1, 55, 110),
    (4, 40, 60),
    (4, 64, 110),
    (5, 76, 60),
    (6, 36, 110),
    (6, 67, 60),
    (9, 84, 110),
    (11, 58, 110),
    (11, 79, 60),
    (12, 50, 60),
    (12, 84, 110),
    (14, 60, 110),
    (16, 43, 110),
    (16, 74, 60),
    (19, 30, 60),
    (19, 53, 110),
    (19, 88, 60),
    (24, 45, 110),
    (24, 69, 60),
    (25, 57, 60),
    (32, 28, 110),
    (33, 26, 60),
    (33, 38, 110),
    (40, 62, 110),
    (40, 81, 60),
    (40, 93, 110),
    (42, 39, 60),
    (42, 59, 110),
    (43, 35, 110),
    (45, 52, 110),
    (45, 77, 60),
    (46, 31, 60),
    (46, 65, 110),
    (46, 91, 60),
    (48, 47, 60),
    (48, 71, 110),
    (52, 56, 60),
    (53, 68, 110),
    (56, 63, 110),
    (56, 82, 60),
    (58, 27, 110),
    (60, 49, 110),
    (60, 66, 60),
    (65, 61, 60),
    (65, 73, 110),
    (68, 70, 60),
    (68, 86, 110),
    (70, 44, 60),
    (71, 54, 60),
    (71, 78, 110),
    (73, 75, 60),
    (73, 93, 110),
    (74, 85, 110),
    (80, 42, 110),
    (80, 87, 60),
    (81, 51, 110),
];

/// A note of the soundfont.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) program: u8,
    pub(super) key: u8,
    pub(super) velocity: u8,
}

/// What was asked for, or the fixed set.
pub(super) fn asked(notes: &[String]) -> Result<Vec<Asked>, Failure> {
    if notes.is_empty() {
        let note = |&(program, key, velocity): &(u8, u8, u8)| Asked {
            program,
            key,
            velocity,
        };
        return Ok(NOTES.iter().map(note).collect());
    }
    notes.iter().map(|note| note.parse()).collect()
}

impl FromStr for Asked {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let refuse = || Failure::Note {
            found: text.to_owned(),
        };
        let numbers: Option<Vec<u8>> = text.split(':').map(|word| word.parse().ok()).collect();
        let Some([program, key, velocity]) = numbers.as_deref() else {
            return Err(refuse());
        };
        let known = instrument(*program).is_some() && *key < 104 && (1..128).contains(velocity);
        let asked = Self {
            program: *program,
            key: *key,
            velocity: *velocity,
        };
        known.then_some(asked).ok_or_else(refuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every note of the fixed set can be played, the set spans the keyboard, and no note is twice.
    #[test]
    fn the_fixed_set_spans_the_keyboard() {
        let notes = asked(&[]).unwrap();
        assert!(notes.len() >= 40);
        for note in &notes {
            let (low, high) = instrument(note.program).unwrap().keys;
            assert!((low..=high).contains(&note.key), "{note:?}");
        }
        for from in (24..100).step_by(10) {
            assert!(
                notes.iter().any(|n| (from..from + 10).contains(&n.key)),
                "{from}"
            );
        }
        let same = |i: usize| notes[..i].contains(&notes[i]);
        assert!(!(0..notes.len()).any(same));
    }

    /// Notes are read as they are asked for, or named in the refusal.
    #[test]
    fn notes_are_read_or_refused() {
        let piano = Asked {
            program: 0,
            key: 60,
            velocity: 110,
        };
        assert_eq!("0:60:110".parse::<Asked>().unwrap(), piano);
        for wrong in ["0:60", "0:60:0", "0:200:60", "x", "127:60:60"] {
            let refused = wrong.parse::<Asked>().unwrap_err().to_string();
            assert!(refused.contains(wrong), "{refused}");
        }
    }
}
