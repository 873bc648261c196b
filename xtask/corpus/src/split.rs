//! Which notes are learnt from, and which are kept to measure with.
//!
//! ```text
//!  each family:  one patch kept for the test, one for validation       ─► held-out patches
//!  each of the other patches:  one key for the test, one for validation ─► held-out notes
//! ```
//!
//! Notes of partials are split by chance instead: of each sound one key in ten for the test and one
//! in twenty for validation (in all velocities), nine keys in a row for the test where a hole is
//! asked for, and the sounds that the settings name.
//!
//! A held-out note asks: does the model play keys between those it heard? A held-out patch asks:
//! does it know sounds that it never heard? A hole asks how well it plays where no neighbour was
//! heard either, which a sampled instrument's next key, the same recording resampled, does not.
//! They are reported apart.

use crate::bank::PER_FAMILY;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// What a note is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The network learns from it.
    Train,
    /// Watched during training.
    Validation(HeldOut),
    /// Measured at the end, never before.
    Test(HeldOut),
}

/// What about a note is new to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldOut {
    /// This key of a patch whose other keys it knows.
    Note,
    /// This key and the eight beside it, of a patch whose other keys it knows.
    Hole,
    /// The whole patch.
    Patch,
}

/// The keys of one patch and what each is for, in order.
pub(crate) fn keys(
    patch: usize,
    (low, high): (u8, u8),
    count: usize,
    seed: u64,
) -> Vec<(u8, Part)> {
    let mut random = Pcg64Mcg::seed_from_u64(seed ^ (patch as u64 + 1).wrapping_mul(0x9e37_79b9));
    let span = usize::from(high - low) + 1;
    let count = count.min(span);
    let mut keys: Vec<(u8, Part)> = Vec::with_capacity(count);
    for stratum in 0..count {
        let (from, to) = (stratum * span / count, (stratum + 1) * span / count);
        let above = u8::try_from(random.random_range(from..to)).unwrap_or(0);
        keys.push((low + above, Part::Train));
    }
    match family_part(patch, seed) {
        Part::Train => hold_out_keys(&mut keys, &mut random),
        part => keys.iter_mut().for_each(|key| key.1 = part),
    }
    keys
}

/// Share of the keys that are kept for the test.
const TEST: f64 = 0.10;
/// Share of the keys that are kept for validation.
const VALIDATION: f64 = 0.05;
/// Semitones in a hole.
const HOLE: u8 = 9;
/// Keys of a sound's range that stay learnt at least on each side of its hole.
const HOLE_MARGIN: u8 = 5;

/// Where the hole of a sound begins; `None` where its range is too small for one.
pub(crate) fn hole(seed: u64, sound: u64, (low, high): (u8, u8)) -> Option<(u8, u8)> {
    let (first, last) = (low + HOLE_MARGIN, high.checked_sub(HOLE_MARGIN + HOLE - 1)?);
    let mut random = dice(seed, sound, 0x401e);
    (first <= last).then(|| {
        let start = random.random_range(first..=last);
        (start, start + HOLE - 1)
    })
}

/// What a key of a sound is for, in all its velocities.
pub(crate) fn key_part(seed: u64, sound: u64, key: u8, hole: Option<(u8, u8)>) -> Part {
    if hole.is_some_and(|(first, last)| (first..=last).contains(&key)) {
        return Part::Test(HeldOut::Hole);
    }
    let chance: f64 = dice(seed, sound, u64::from(key)).random_range(0.0..1.0);
    if chance < TEST {
        Part::Test(HeldOut::Note)
    } else if chance < TEST + VALIDATION {
        Part::Validation(HeldOut::Note)
    } else {
        Part::Train
    }
}

fn dice(seed: u64, sound: u64, key: u64) -> Pcg64Mcg {
    let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (sound << 20) ^ key;
    Pcg64Mcg::seed_from_u64(mixed)
}

/// What the whole patch is for.
pub(crate) fn family_part(patch: usize, seed: u64) -> Part {
    let (family, number) = (patch / PER_FAMILY, patch % PER_FAMILY);
    let mut random = Pcg64Mcg::seed_from_u64(seed.wrapping_add(family as u64 * 77 + 5));
    // The softest and the brightest patch are learnt: what is kept lies between.
    let test = random.random_range(1..PER_FAMILY - 1);
    let validation = (test + random.random_range(1..PER_FAMILY - 2) - 1) % (PER_FAMILY - 2) + 1;
    match number {
        _ if number == test => Part::Test(HeldOut::Patch),
        _ if number == validation => Part::Validation(HeldOut::Patch),
        _ => Part::Train,
    }
}

fn hold_out_keys(keys: &mut [(u8, Part)], random: &mut Pcg64Mcg) {
    if keys.len() < 4 {
        return;
    }
    let test = random.random_range(0..keys.len());
    let validation = (test + random.random_range(1..keys.len())) % keys.len();
    keys[test].1 = Part::Test(HeldOut::Note);
    keys[validation].1 = Part::Validation(HeldOut::Note);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Per family one patch for the test and one for validation, never the same; of the other
    /// eight one key each.
    #[test]
    fn every_family_keeps_something_back() {
        for seed in 0..20 {
            for family in 0..12 {
                let patches = family * PER_FAMILY..(family + 1) * PER_FAMILY;
                let parts: Vec<Vec<(u8, Part)>> = patches
                    .map(|patch| keys(patch, (36, 96), 15, seed))
                    .collect();
                let whole = |part| {
                    let is_whole = |p: &&Vec<(u8, Part)>| p.iter().all(|key| key.1 == part);
                    parts.iter().filter(is_whole).count()
                };
                assert_eq!(whole(Part::Test(HeldOut::Patch)), 1, "seed {seed}");
                assert_eq!(whole(Part::Validation(HeldOut::Patch)), 1, "seed {seed}");
                let notes = parts.iter().flatten();
                let count = notes
                    .filter(|key| key.1 == Part::Test(HeldOut::Note))
                    .count();
                assert_eq!(count, 8, "seed {seed}");
            }
        }
    }

    /// Of many keys a tenth is tested and a twentieth watched; a hole is nine keys in a row with
    /// learnt keys on both sides, and a range of two octaves has room for one.
    #[test]
    fn keys_are_kept_back_as_announced() {
        let count = |wanted| {
            let keys = (0..200).flat_map(|sound| (24..=96).map(move |key| (sound, key)));
            let parts = keys.map(|(sound, key)| key_part(7, sound, key, None));
            parts.filter(|part| *part == wanted).count() as f64 / (200.0 * 73.0)
        };
        assert!((count(Part::Test(HeldOut::Note)) - 0.10).abs() < 0.01);
        assert!((count(Part::Validation(HeldOut::Note)) - 0.05).abs() < 0.01);
        for sound in 0..50 {
            let (first, last) = hole(7, sound, (36, 60)).unwrap();
            assert!(first >= 41 && last <= 55 && last - first == 8);
            let kept = (36..=60).map(|key| key_part(7, sound, key, Some((first, last))));
            let kept = kept.filter(|part| *part == Part::Test(HeldOut::Hole));
            assert_eq!(kept.count(), 9);
        }
        assert_eq!(hole(7, 0, (60, 70)), None);
    }

    /// Keys rise, stay in range and cover it; asked for all, all are given.
    #[test]
    fn keys_cover_the_range() {
        let some: Vec<u8> = keys(3, (36, 96), 15, 1).iter().map(|key| key.0).collect();
        assert_eq!(some.len(), 15);
        assert!(some.is_sorted_by(|a, b| a < b));
        assert!(some[0] < 41 && some[14] > 91 && some[14] <= 96);
        let all: Vec<u8> = keys(3, (60, 71), 99, 1).iter().map(|key| key.0).collect();
        assert_eq!(all, (60..=71).collect::<Vec<u8>>());
    }
}
