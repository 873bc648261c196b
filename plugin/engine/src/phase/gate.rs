//! Which bins are noise: level with their neighbours, no top of a hill, and still so a frame later.
//!
//! ```text
//!  magnitude [bins] ─┬─► least ÷ largest of the nearest ────────────────┐
//!                    ├─► both ends of its reach ÷ itself ───────────────┼─► noise? [bins]
//!  ÷ magnitude before ─► how unevenly it moved within its reach ────────┘
//! ```
//!
//! A decoder draws breath as a smooth hill, and a smooth hill with locked phases is a train of
//! pulses at the hop rate. Such bins take the phase of white noise. A partial that glides is smooth
//! on top as well, but it moves: its edges rise and fall by more than its top. A recording's own
//! noise is rough, and is better off with its own phase.
//!
//! *Real time:* every buffer has its length from the start.

use super::lobes;

/// The nearest neighbours, on each side.
const NEAR: usize = 2;
/// Neighbours on each side that are looked at.
const REACH: usize = 4;
/// The least of the nearest is at least this share of the largest: pink noise from bin 5 on. A
/// partial falls to a tenth, blurred over three bins to a quarter.
const LEVEL: f32 = 0.6;
/// The ends of its reach, multiplied, are at least this share of its own square: slopes are noise,
/// tops are not.
const HILL: f32 = 0.5;
/// From frame to frame its bins move alike: the largest factor is at most so many times the least.
const ALIKE: f32 = 1.3;
/// Bins below hold no partial of their own, for two would not be told apart there: they follow the
/// first that may.
const LOWEST: usize = 5;
/// Of the loudest bin: what is softer is left alone.
const FLOOR: f32 = 3e-4;
/// Nothing is softer.
const SILENCE: f32 = 1e-12;

/// The gate of one stream of frames.
#[derive(Clone, Debug)]
pub(super) struct NoiseGate {
    before: Vec<f32>,
    any: bool,
}

impl NoiseGate {
    /// Buffers for so many bins. Allocates.
    pub(super) fn new(bins: usize) -> Self {
        Self {
            before: vec![0.0; bins],
            any: false,
        }
    }

    /// A sound begins: its first frame counts as one that does not move.
    pub(super) fn start(&mut self, magnitude: &[f32]) {
        self.before.copy_from_slice(magnitude);
    }

    /// Reads the next frame and writes which of its bins are noise, and how far each has moved since
    /// the frame before, as a factor; `[bins]` each. Bins at the upper end follow the last that has
    /// its reach.
    pub(super) fn read(&mut self, magnitude: &[f32], noise: &mut [bool], moved: &mut [f32]) {
        let bins = self.before.iter_mut().zip(magnitude);
        for (moved, (before, now)) in moved.iter_mut().zip(bins) {
            *moved = now.max(SILENCE) / before.max(SILENCE);
            *before = *now;
        }
        let floor = lobes::loudest(magnitude).max(SILENCE) * FLOOR;
        let last = magnitude.len() - 1 - REACH;
        let shifted = |numbers| shifted(numbers, last + 1 - REACH);
        mark(
            shifted(magnitude),
            shifted(moved),
            floor,
            &mut noise[REACH..=last],
        );
        let (lowest, highest) = (noise[LOWEST], noise[last]);
        noise[..LOWEST].fill(lowest);
        noise[last..].fill(highest);
        self.any = noise.contains(&true);
    }

    /// Whether any bin of the newest frame is noise.
    pub(super) fn any(&self) -> bool {
        self.any
    }
}

/// A bin and its neighbours as slices, so that many bins are looked at together: number n of a
/// slice is of the bin n, `REACH` beside it.
type Shifted<'a> = [&'a [f32]; 2 * REACH + 1];

fn shifted(numbers: &[f32], count: usize) -> Shifted<'_> {
    std::array::from_fn(|by| &numbers[by..by + count])
}

fn mark(magnitude: Shifted<'_>, moved: Shifted<'_>, floor: f32, noise: &mut [bool]) {
    let count = noise.len();
    let [magnitude, moved] = [magnitude, moved].map(|by| by.map(|slice| &slice[..count]));
    for (bin, noise) in noise.iter_mut().enumerate() {
        let here = magnitude[REACH][bin];
        let near = span(&magnitude[REACH - NEAR..=REACH + NEAR], bin);
        let motion = span(&moved, bin);
        let ends = magnitude[0][bin] * magnitude[2 * REACH][bin];
        *noise = (here > floor)
            & (near.0 > LEVEL * near.1)
            & (ends > HILL * here * here)
            & (motion.1 < ALIKE * motion.0);
    }
}

/// The least and the largest of a bin's numbers.
#[inline(always)]
fn span(numbers: &[&[f32]], bin: usize) -> (f32, f32) {
    let (mut least, mut largest) = (f32::MAX, 0.0f32);
    for slice in numbers {
        let number = slice[bin];
        least = if number < least { number } else { least };
        largest = if number > largest { number } else { largest };
    }
    (least, largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise_of(frames: &[Vec<f32>]) -> Vec<bool> {
        let mut gate = NoiseGate::new(frames[0].len());
        let mut noise = vec![false; frames[0].len()];
        gate.start(&frames[0]);
        let mut moved = vec![f32::NAN; noise.len()];
        let read = |frame: &Vec<f32>| gate.read(frame, &mut noise, &mut moved);
        frames.iter().for_each(read);
        noise
    }

    /// A hill of noise is noise from end to end, held or fading as a whole; silence is not.
    #[test]
    fn level_frames_are_noise() {
        let flat = vec![0.3; 129];
        let faded = vec![0.1; 129];
        assert!(
            noise_of(std::slice::from_ref(&flat))
                .iter()
                .all(|noise| *noise)
        );
        assert!(noise_of(&[flat, faded]).iter().all(|noise| *noise));
        assert!(!noise_of(&[vec![0.0; 129]]).contains(&true));
        let pink: Vec<f32> = (0..129u8)
            .map(|bin| f32::from(bin.max(1)).powf(-0.5))
            .collect();
        assert!(noise_of(&[pink]).iter().all(|noise| *noise));
    }

    /// A partial's own bins and those beside it are none, also where its lobe is blurred over five
    /// bins; nor is the top of a hill that a gliding partial leaves.
    #[test]
    fn partials_are_no_noise() {
        let blurred = [0.1, 0.5, 0.9, 1.0, 0.9, 0.5, 0.1];
        let mut frame = vec![0.02; 129];
        frame[60..67].copy_from_slice(&blurred);
        assert!(!noise_of(&[frame])[58..69].contains(&true));
        let hill: Vec<f32> = (0..129u8)
            .map(|bin| (-((f32::from(bin) - 60.0) / 6.0).powi(2)).exp())
            .collect();
        assert!(!noise_of(&[hill])[57..=63].contains(&true));
    }

    /// What is level but does not move as one is no noise: a band of partials, or a recording's
    /// own noise.
    #[test]
    fn what_moves_unevenly_is_no_noise() {
        let flat = vec![0.3; 129];
        let waved: Vec<f32> = (0..129usize)
            .map(|bin| 0.3 + 0.05 * [1.0, -1.0][bin / 2 % 2])
            .collect();
        let noise = noise_of(&[flat, waved]);
        assert!(!noise[LOWEST..120].contains(&true));
    }
}
