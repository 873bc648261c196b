//! The samples that were heard last, for the spectrogram.
//!
//! ```text
//!  left + right [block] ─► middle ─► ring of TAPPED samples ─► the newest ones, oldest first
//! ```
//!
//! *Real time:* one relaxed store for each sample, while a window is open. A reader may catch the
//! oldest of them being overwritten; it is a picture.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

/// Samples kept: 85 ms at 192 kHz.
pub(crate) const TAPPED: usize = 16_384;

/// The ring.
pub(crate) struct Tap {
    samples: Box<[AtomicU32]>,
    /// Samples written since the beginning.
    written: AtomicUsize,
}

impl Default for Tap {
    fn default() -> Self {
        Self {
            samples: (0..TAPPED).map(|_| AtomicU32::new(0)).collect(),
            written: AtomicUsize::new(0),
        }
    }
}

impl Tap {
    /// Adds a call's samples.
    pub(crate) fn add(&self, left: &[f32], right: &[f32]) {
        let begun = self.written.load(Relaxed);
        for (place, (left, right)) in left.iter().zip(right).enumerate() {
            let middle = 0.5 * (left + right);
            let place = begun.wrapping_add(place) % TAPPED;
            self.samples[place].store(middle.to_bits(), Relaxed);
        }
        self.written.store(begun.wrapping_add(left.len()), Relaxed);
    }

    /// Samples written since the beginning, whoever read them.
    pub(crate) fn written(&self) -> usize {
        self.written.load(Relaxed)
    }

    /// The samples before the `end`-th, oldest first; `end` at most [`Tap::written`].
    pub(crate) fn read_before(&self, end: usize, out: &mut [f32]) {
        let begin = end.wrapping_sub(out.len());
        for (place, sample) in out.iter_mut().enumerate() {
            let place = begin.wrapping_add(place) % TAPPED;
            *sample = f32::from_bits(self.samples[place].load(Relaxed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was added last is read, in its order, across the ring's end.
    #[test]
    fn the_newest_samples_are_read() {
        let tap = Tap::default();
        let mut count = 0.0;
        for block in [1_usize, 100, 12_288, 3_995, 64] {
            let samples: Vec<f32> = (0..block)
                .map(|_| {
                    count += 1.0;
                    count
                })
                .collect();
            let other: Vec<f32> = samples.iter().map(|sample| 3.0 * sample).collect();
            tap.add(&samples, &other);
        }
        let mut newest = [0.0; 128];
        tap.read_before(tap.written(), &mut newest);
        for (back, sample) in newest.iter().rev().enumerate() {
            let expected = 2.0 * (count - f32::from(u8::try_from(back).unwrap()));
            assert_eq!(*sample, expected, "{back} before the newest");
        }
    }
}
