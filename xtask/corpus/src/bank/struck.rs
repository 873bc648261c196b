//! Families that are struck or plucked, and ring out.

use super::Dice;
use crate::patch::{Bar, Envelope, Patch, Pluck, Source};

fn ringing(source: Source) -> Patch {
    Patch {
        name: String::new(),
        source,
        filter: None,
        // The decay is in the source; this is only the stroke.
        amplitude: Envelope::new(0.002, 1.0, 1.0),
        unison: None,
        breath: None,
    }
}

/// Guitars, harps, harpsichords, pianos.
pub(super) fn plucked(dice: &mut Dice) -> Patch {
    ringing(Source::Pluck(Pluck {
        position: dice.between(0.08, 0.35),
        slope: dice.bright(2.2, 0.8),
        decay_s: dice.ratio(0.25, 0.7),
        damping: dice.ratio(0.03, 0.25),
    }))
}

/// Marimbas and vibraphones, whose bars are tuned to 1 : 4 : 10, and their kin.
pub(super) fn mallet(dice: &mut Dice) -> Patch {
    let upper = dice.one_of(&[[4, 10, 16], [4, 10, 16], [3, 6, 11], [4, 8, 14]]);
    let decay_s = dice.ratio(0.12, 0.6);
    let mut bars = vec![Bar {
        harmonic: 1,
        level: 1.0,
        decay_s,
    }];
    let mut level = 1.0;
    let mut faster = 1.0;
    for harmonic in upper {
        level *= dice.bright(0.15, 0.7) * dice.between(0.7, 1.0);
        faster *= dice.between(0.3, 0.7);
        bars.push(Bar {
            harmonic,
            level,
            decay_s: decay_s * faster,
        });
    }
    ringing(Source::Bars(bars))
}
