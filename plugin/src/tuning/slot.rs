//! A finished tuning on its way to the audio thread.
//!
//! ```text
//!  window, host's main thread ─► set ─► [128 × AtomicU64], version ─► read_new ─► audio thread
//! ```
//!
//! The version is odd while the pitches are being written. Whoever reads looks at it before and
//! after: pitches that were written in between are thrown away and read anew at the next call, so a
//! torn tuning is never played, and nobody waits for anybody.
//!
//! *Real time:* reading is 130 loads; no lock, no free, no second attempt.
//!
//! *Source:* H.-J. Boehm, "Can seqlocks get along with programming language memory models?", 2012.

use betwixt_engine::Tuning;
use betwixt_engine::tuning::KEYS;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU64, fence};

/// One tuning, written by one thread at a time and read by others.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Odd while it is being written.
    version: AtomicU64,
    /// The pitches' bits.
    pitches: [AtomicU64; KEYS],
}

impl Default for Slot {
    /// Twelve equal steps, as the engine has them.
    fn default() -> Self {
        let pitches = Tuning::default().pitches;
        Self {
            version: AtomicU64::new(0),
            pitches: pitches.map(|pitch| AtomicU64::new(pitch.to_bits())),
        }
    }
}

impl Slot {
    /// Writes a tuning. Whoever calls sees to it that no one else does at the same time.
    pub(crate) fn set(&self, tuning: &Tuning) {
        let version = self.version.load(Relaxed);
        self.version.store(version.wrapping_add(1), Relaxed);
        fence(Release);
        for (slot, pitch) in self.pitches.iter().zip(&tuning.pitches) {
            slot.store(pitch.to_bits(), Relaxed);
        }
        self.version.store(version.wrapping_add(2), Release);
    }

    /// The tuning, if it is whole and another one than that of the version `seen`, which is moved on.
    pub(crate) fn read_new(&self, seen: &mut u64) -> Option<Tuning> {
        let version = self.version.load(Acquire);
        if version == *seen || version % 2 == 1 {
            return None;
        }
        let read = |key: usize| f64::from_bits(self.pitches[key].load(Relaxed));
        let pitches = std::array::from_fn(read);
        fence(Acquire);
        if self.version.load(Relaxed) != version {
            return None;
        }
        *seen = version;
        Some(Tuning { pitches })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tuning comes once, and the next one after it; at first there are twelve equal steps.
    #[test]
    fn every_tuning_comes_once() {
        let (slot, mut seen) = (Slot::default(), 0);
        assert_eq!(slot.read_new(&mut seen), None);
        for cents in [0.1, -0.1] {
            let mut tuning = Tuning::default();
            tuning.pitches[60] += cents;
            slot.set(&tuning);
            assert_eq!(slot.read_new(&mut seen), Some(tuning));
            assert_eq!(slot.read_new(&mut seen), None);
        }
    }

    /// While one thread writes as fast as it can, what another one reads is always of one piece.
    #[test]
    fn a_torn_tuning_is_never_read() {
        let (slot, rounds) = (Slot::default(), 20_000u32);
        let whole = |round: u32| Tuning {
            pitches: [f64::from(round); KEYS],
        };
        slot.set(&whole(0));
        std::thread::scope(|scope| {
            scope.spawn(|| (1..=rounds).for_each(|round| slot.set(&whole(round))));
            let (mut seen, mut last) = (0, -1.0);
            while last < f64::from(rounds) {
                if let Some(found) = slot.read_new(&mut seen) {
                    let first = found.pitches[0];
                    assert!(found.pitches.iter().all(|pitch| *pitch == first), "torn");
                    assert!(first > last, "{first} after {last}");
                    last = first;
                }
            }
        });
    }
}
