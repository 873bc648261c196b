//! The bank: twelve families of ten musical patches each, from one seed.
//!
//! ```text
//!  seed ─► for each family, ten times: brightness 0…1 and a dice ─► Patch "Soft Saw Pad 3"
//! ```
//!
//! The ten patches of a family are spread evenly over its brightness, from soft to bright; the
//! dice vary everything else within what still sounds like the family.

mod analogue;
mod modulated;
mod struck;
mod sung;

use crate::instruments::Family as Kind;
use crate::patch::Patch;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// Patches in each family.
pub const PER_FAMILY: usize = 10;

/// One family: its name, how its ends are called, and how its patches are made.
struct Family {
    name: &'static str,
    /// From soft to bright.
    adjectives: [&'static str; 4],
    make: fn(&mut Dice) -> Patch,
}

const FAMILIES: [Family; 12] = [
    Family {
        name: "Saw Pad",
        adjectives: ["Soft", "Warm", "Clear", "Bright"],
        make: analogue::pad,
    },
    Family {
        name: "Poly Keys",
        adjectives: ["Mellow", "Warm", "Clear", "Sharp"],
        make: analogue::poly_keys,
    },
    Family {
        name: "Pulse Lead",
        adjectives: ["Hollow", "Round", "Nasal", "Biting"],
        make: analogue::lead,
    },
    Family {
        name: "Synth Brass",
        adjectives: ["Dark", "Warm", "Bold", "Bright"],
        make: analogue::brass,
    },
    Family {
        name: "Drawbar Organ",
        adjectives: ["Flute", "Mellow", "Full", "Bright"],
        make: analogue::organ,
    },
    Family {
        name: "Plucked String",
        adjectives: ["Nylon", "Warm", "Clear", "Steel"],
        make: struck::plucked,
    },
    Family {
        name: "Mallet",
        adjectives: ["Wooden", "Soft", "Clear", "Glass"],
        make: struck::mallet,
    },
    Family {
        name: "FM Piano",
        adjectives: ["Mellow", "Warm", "Clear", "Tine"],
        make: modulated::piano,
    },
    Family {
        name: "FM Bell",
        adjectives: ["Soft", "Round", "Clear", "Glass"],
        make: modulated::bell,
    },
    Family {
        name: "FM Reed",
        adjectives: ["Dark", "Round", "Nasal", "Bright"],
        make: modulated::reed,
    },
    Family {
        name: "Breath Flute",
        adjectives: ["Airy", "Soft", "Clear", "Bright"],
        make: sung::flute,
    },
    Family {
        name: "Vowel Choir",
        adjectives: ["Ooh", "Oh", "Ah", "Eh"],
        make: sung::choir,
    },
];

/// What kind of sound each family of the bank is, in their order.
const KINDS: [Kind; FAMILIES.len()] = [
    Kind::Pad,
    Kind::Keys,
    Kind::Lead,
    Kind::Brass,
    Kind::Organ,
    Kind::Plucked,
    Kind::Mallets,
    Kind::Keys,
    Kind::Mallets,
    Kind::Reed,
    Kind::Pipe,
    Kind::Ensemble,
];

/// What kind of sound a patch of the bank is.
///
/// # Panics
///
/// When the bank has no such patch.
#[must_use]
pub fn kind(patch: usize) -> Kind {
    KINDS[patch / PER_FAMILY]
}

/// All patches of the bank, family by family; the same seed gives the same patches.
#[must_use]
pub fn patches(seed: u64) -> Vec<Patch> {
    let mut bank = Vec::with_capacity(FAMILIES.len() * PER_FAMILY);
    for (family, index) in FAMILIES.iter().zip(0u64..) {
        for number in 0..PER_FAMILY {
            let state = seed.wrapping_mul(1_000_003) ^ (index * 1_000 + number as u64);
            let mut dice = Dice {
                random: Pcg64Mcg::seed_from_u64(state),
                brightness: number as f64 / (PER_FAMILY - 1) as f64,
            };
            let adjective = family.adjectives[number * family.adjectives.len() / PER_FAMILY];
            let mut patch = (family.make)(&mut dice);
            patch.name = format!("{adjective} {} {}", family.name, number + 1);
            bank.push(patch);
        }
    }
    bank
}

/// Where a patch lies in its family, and chance for the rest.
struct Dice {
    random: Pcg64Mcg,
    brightness: f64,
}

impl Dice {
    /// A number between two others.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.random.random_range(low..high)
    }

    /// A number between two positive others, all ratios alike.
    fn ratio(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    /// A number that follows the brightness from one to the other, all ratios alike.
    fn bright(&self, soft: f64, bright: f64) -> f64 {
        soft * (bright / soft).powf(self.brightness)
    }

    /// True once in `one_in` times.
    fn once_in(&mut self, one_in: u32) -> bool {
        self.random.random_ratio(1, one_in)
    }

    /// One of some values.
    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.random.random_range(0..choices.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// A bank is large enough to learn from, every name is its own, and the seed decides it all.
    #[test]
    fn the_bank_is_a_hundred_and_twenty_named_patches() {
        let bank = patches(7);
        assert_eq!(bank.len(), 120);
        let names: HashSet<&str> = bank.iter().map(|patch| patch.name.as_str()).collect();
        assert_eq!(names.len(), 120);
        assert_eq!(bank, patches(7));
        assert_ne!(bank, patches(8));
    }
}
