//! Where each voice of a note lies among them.
//!
//! ```text
//!  number of voices ─► across (pitch), aside (left, right), away (latents), gain
//! ```

use crate::controls::LATENTS;
use crate::random::Random;
use betwixt_spectral::number::real;

/// One of the voices of a note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    /// Where it lies between the lowest and the highest, −1…1.
    pub(super) across: f32,
    /// The same between left and right.
    pub(super) aside: f32,
    /// Its direction among the latents.
    pub(super) away: [f32; LATENTS],
    pub(super) gain: f32,
    is_first: bool,
    is_last: bool,
}

impl Place {
    /// The only voice of its note.
    pub(crate) const ALONE: Self = Self {
        across: 0.0,
        aside: 0.0,
        away: [0.0; LATENTS],
        gain: 1.0,
        is_first: true,
        is_last: true,
    };

    /// One of several; the same number has the same place in every note.
    pub(crate) fn new(number: usize, voices: usize) -> Self {
        if voices < 2 {
            return Self::ALONE;
        }
        let between = |place: usize| 2.0 * real(place) / real(voices - 1) - 1.0;
        // Neighbours in pitch lie on different sides.
        let aside = if number.is_multiple_of(2) {
            number / 2
        } else {
            voices.div_ceil(2) + number / 2
        };
        let mut random = Random::new(number as u64 + 1);
        Self {
            across: between(number),
            aside: between(aside),
            away: std::array::from_fn(|_| random.bipolar()),
            gain: real(voices).sqrt().recip(),
            is_first: number == 0,
            is_last: number + 1 == voices,
        }
    }

    /// Whether the note has no further voice.
    pub(crate) fn is_last(&self) -> bool {
        self.is_last
    }

    /// Whether the note begins with it.
    pub(crate) fn is_first(&self) -> bool {
        self.is_first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Voices of a note lie evenly from −1 to 1, and together are as loud as one.
    #[test]
    fn unison_voices_share_the_note() {
        for voices in 2..=8 {
            let places: Vec<Place> = (0..voices).map(|n| Place::new(n, voices)).collect();
            let mut asides: Vec<f32> = places.iter().map(|place| place.aside).collect();
            asides.sort_by(f32::total_cmp);
            let evenly = places.iter().map(|place| place.across);
            assert!(evenly.eq(asides), "the same places, from left to right");
            assert!(places.is_sorted_by_key(|place| place.across));
            assert_eq!((places[0].across, places[voices - 1].across), (-1.0, 1.0));
            let power: f32 = places.iter().map(|place| place.gain * place.gain).sum();
            assert!((power - 1.0).abs() < 1e-5);
        }
        assert_eq!(Place::new(0, 1), Place::ALONE);
    }
}
