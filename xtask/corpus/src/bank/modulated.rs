//! FM families: two to four sine operators, with ratios that keep the key's pitch.

use super::Dice;
use crate::patch::{Envelope, Modulator, Patch, Source, Stack};

fn patch(stacks: Vec<Stack>, amplitude: Envelope) -> Patch {
    Patch {
        name: String::new(),
        source: Source::Operators(stacks),
        filter: None,
        amplitude,
        unison: None,
        breath: None,
    }
}

/// Electric pianos: a body at the key, and a tine far above that dies at once.
pub(super) fn piano(dice: &mut Dice) -> Patch {
    let sustain = dice.between(0.1, 0.3);
    let body = Stack {
        half_ratio: 2,
        level: 1.0,
        envelope: Envelope::ON,
        modulators: vec![Modulator {
            half_ratio: 2,
            index: dice.bright(0.4, 2.0),
            envelope: Envelope::new(0.0, dice.ratio(0.2, 0.7), 0.3),
        }],
    };
    let tine = Stack {
        half_ratio: 2,
        level: dice.bright(0.15, 0.6),
        envelope: Envelope::new(0.0, dice.ratio(0.1, 0.35), 0.1),
        modulators: vec![Modulator {
            half_ratio: dice.one_of(&[14, 20, 28]),
            index: dice.bright(0.3, 1.2),
            envelope: Envelope::new(0.0, dice.ratio(0.05, 0.2), 0.02),
        }],
    };
    patch(
        vec![body, tine],
        Envelope::new(0.002, dice.ratio(0.4, 0.9), sustain),
    )
}

/// Bells: high modulators that ring; some at three and a half times the key.
pub(super) fn bell(dice: &mut Dice) -> Patch {
    let decay_s = dice.ratio(0.4, 0.9);
    let strike = Stack {
        half_ratio: 2,
        level: 1.0,
        envelope: Envelope::ON,
        modulators: vec![Modulator {
            half_ratio: dice.one_of(&[6, 7, 8, 10]),
            index: dice.bright(0.5, 2.4),
            envelope: Envelope::new(0.0, decay_s * dice.between(0.4, 0.8), 0.1),
        }],
    };
    let hum = Stack {
        half_ratio: dice.one_of(&[4, 6, 8]),
        level: dice.between(0.15, 0.5),
        envelope: Envelope::new(0.0, decay_s * 0.6, 0.1),
        modulators: vec![],
    };
    patch(vec![strike, hum], Envelope::new(0.002, decay_s, 0.04))
}

/// Reeds, horns and basses: modulators at small multiples, held.
pub(super) fn reed(dice: &mut Dice) -> Patch {
    let attack_s = dice.ratio(0.015, 0.09);
    let stack = Stack {
        half_ratio: 2,
        level: 1.0,
        envelope: Envelope::ON,
        modulators: vec![
            Modulator {
                half_ratio: dice.one_of(&[2, 4, 4, 6]),
                index: dice.bright(0.5, 2.8),
                envelope: Envelope::new(attack_s * 1.4, 0.5, dice.between(0.5, 0.9)),
            },
            Modulator {
                half_ratio: dice.one_of(&[2, 4, 8]),
                index: dice.between(0.1, 0.5),
                envelope: Envelope::new(0.01, 0.3, 0.5),
            },
        ],
    };
    patch(
        vec![stack],
        Envelope::new(attack_s, 0.7, dice.between(0.7, 1.0)),
    )
}
