//! Where a recorded note begins to sound.
//!
//! ```text
//!  note ─► rms over 1 ms ─► first at 5 % of the largest, if half of it is near; else at 1 % ─► sample
//! ```
//!
//! Recordings begin with up to 15 ms of room before the string is struck. Played from a keyboard
//! that is latency, and to the analysis, whose window is as long, the strike is no onset then: it
//! is smeared to three times its time.

use crate::render::SAMPLE_RATE_HZ;
use betwixt_spectral::number::index;

/// Part of the cached files' names: change it with anything here.
pub(crate) const ONSET: u32 = 1;

/// The largest level lies within this time.
const WITHIN_S: f64 = 0.6;
/// The level is taken over this time.
const LEVEL_S: f64 = 0.001;
/// A strike reaches half of its level within this time.
const STRIKE_S: f64 = 0.010;
/// What is softer, of the largest level, is what was heard before a strike.
const BEFORE_STRIKE: f64 = 0.05;
/// What is softer is not yet a sound that swells.
const BEFORE_SWELL: f64 = 0.01;

/// The sample of a note at which it begins to sound; 0 for silence.
pub(crate) fn onset(note: &[f32]) -> usize {
    let rate_hz = f64::from(SAMPLE_RATE_HZ);
    let within = note.len().min(index(WITHIN_S * rate_hz));
    let levels = levels(&note[..within], index(LEVEL_S * rate_hz));
    let largest = levels.iter().copied().fold(0.0, f64::max);
    let reached = |share: f64| {
        let found = levels.iter().position(|level| *level > share * largest);
        found.unwrap_or(0)
    };
    let strike = reached(BEFORE_STRIKE);
    if reached(0.5) - strike <= index(STRIKE_S * rate_hz) {
        strike
    } else {
        reached(BEFORE_SWELL)
    }
}

/// The rms over so many samples that end at each sample.
fn levels(note: &[f32], length: usize) -> Vec<f64> {
    let power = |x: f32| f64::from(x) * f64::from(x);
    let mut sum = 0.0;
    let level = |i: usize| {
        sum += power(note[i]) - i.checked_sub(length).map_or(0.0, |gone| power(note[gone]));
        (sum.max(0.0) / length as f64).sqrt()
    };
    (0..note.len()).map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// A tone of 1 kHz after so many samples of faint noise of that share of its level, rising over
    /// so many.
    fn note(before: usize, faint: f64, rising: usize) -> Vec<f32> {
        let sample = |i: usize| {
            let room = faint * [1.0, -1.0][i % 2];
            let rise = i.saturating_sub(before) as f64 / rising.max(1) as f64;
            let tone = (TAU * 1000.0 * i as f64 / 44_100.0).sin() * std::f64::consts::SQRT_2;
            betwixt_spectral::number::narrow(room + tone * rise.min(1.0))
        };
        (0..44_100).map(sample).collect()
    }

    /// A strike begins where it is, whatever the room does before it; one that begins at once stays
    /// where it is.
    #[test]
    fn strikes_begin_where_they_are() {
        for (before, faint) in [(0, 0.0), (600, 0.0), (600, 0.03), (300, 0.04)] {
            let found = onset(&note(before, faint, 44));
            let late = found as f64 - before as f64;
            assert!((0.0..=12.0).contains(&late), "{before}, {faint}: {found}");
        }
    }

    /// What swells keeps its beginning: 1 % of its level, a hundredth of its rise.
    #[test]
    fn swells_keep_their_beginning() {
        let found = onset(&note(500, 0.0, 8820));
        let late = found as f64 - 500.0;
        assert!((80.0..=140.0).contains(&late), "{found}");
    }

    /// Silence begins at once.
    #[test]
    fn silence_begins_at_once() {
        assert_eq!(onset(&[0.0; 4410]), 0);
        assert_eq!(onset(&[]), 0);
    }
}
