//! The conditioning vector: which numbers a decoder is given, and in which order.
//!
//! ```text
//!  [ latents L | chroma 12 | octave 10 | time 8 | velocity 1 ]
//!                            └─────────────────────────────┘ each if the model was trained on it
//! ```

use crate::header::{Conditioning, NoteConditioning};
use betwixt_spectral::pitch;

/// Pitch classes.
pub const CHROMA: usize = 12;
/// Octave rows: key / 12, 0…9.
pub const OCTAVES: usize = 10;
/// Numbers that tell the time since onset.
pub const TIME: usize = 8;

/// Time constants of the decaying time features, in seconds.
const DECAYS_S: [f32; TIME - 1] = [0.005, 0.015, 0.04, 0.1, 0.25, 0.6, 1.5];

/// Sizes of the parts of one model's conditioning vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConditioningLayout {
    latents: usize,
    conditioning: Conditioning,
}

impl ConditioningLayout {
    /// The layout for a number of latents and what comes with them.
    #[must_use]
    pub fn new(latents: usize, conditioning: Conditioning) -> Self {
        Self {
            latents,
            conditioning,
        }
    }

    /// Length of the whole vector.
    #[must_use]
    pub fn len(&self) -> usize {
        let time = if self.conditioning.time.is_some() {
            TIME
        } else {
            0
        };
        self.latents + self.note_len() + time + usize::from(self.conditioning.velocity.is_some())
    }

    /// Never true: there is at least one latent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many latents come first.
    #[must_use]
    pub fn latents(&self) -> usize {
        self.latents
    }

    /// How many numbers tell the note: an encoder is given these behind its frame.
    #[must_use]
    pub fn note_len(&self) -> usize {
        match self.conditioning.note {
            NoteConditioning::Chroma { .. } => CHROMA,
            NoteConditioning::OctaveAndChroma { .. } => CHROMA + OCTAVES,
        }
    }

    /// Lowest and highest trained key.
    #[must_use]
    pub fn keys(&self) -> (u8, u8) {
        self.conditioning.note.keys()
    }

    /// The trained key that stands in for a pitch: the nearest one, or for a chroma model the key
    /// of the same pitch class in the trained register.
    #[must_use]
    pub fn nearest_key(&self, pitch: f64) -> u8 {
        match self.conditioning.note {
            NoteConditioning::OctaveAndChroma { low, high } => pitch::nearest_key(pitch, low, high),
            NoteConditioning::Chroma { lowest } => {
                let key = pitch::nearest_key(pitch, 0, 127);
                let above = (key + 120 - lowest) % 12;
                lowest + above
            }
        }
    }

    /// Writes the note of a pitch between two keys: each takes part as much as it is near.
    ///
    /// Pitches outside the trained range count as its ends; a chroma model takes the nearest class.
    ///
    /// # Panics
    ///
    /// When `vector` is not [`Self::len`] long.
    pub fn write_pitch(&self, pitch: f64, vector: &mut [f32]) {
        let NoteConditioning::OctaveAndChroma { low, high } = self.conditioning.note else {
            return self.write_note(self.nearest_key(pitch), vector);
        };
        let pitch = pitch.clamp(f64::from(low), f64::from(high));
        let below = pitch::nearest_key(pitch.floor(), low, high);
        let share = betwixt_spectral::number::narrow(pitch - f64::from(below));
        let note = &mut vector[self.latents..self.latents + self.note_len()];
        note.fill(0.0);
        for (key, share) in [(below, 1.0 - share), (below.saturating_add(1), share)] {
            note[pitch::class(key)] += share;
            note[CHROMA + pitch::octave(key).min(OCTAVES - 1)] += share;
        }
    }

    /// Writes the part that tells how hard the note was struck, if the model has one.
    ///
    /// `velocity` is 0…1; what is softer or harder than any trained note counts as the nearest.
    ///
    /// # Panics
    ///
    /// When `vector` is not [`Self::len`] long.
    pub fn write_velocity(&self, velocity: f32, vector: &mut [f32]) {
        let Some(range) = self.conditioning.velocity else {
            return;
        };
        let [low, high] = [range.low, range.high].map(|v| f32::from(v) / 127.0);
        vector[self.len() - 1] = velocity.max(low).min(high);
    }

    /// The trained key of a pitch class (C = 0) nearest to a pitch.
    #[must_use]
    pub fn nearest_key_of_class(&self, class: u8, pitch: f64) -> u8 {
        let (low, high) = self.conditioning.note.keys();
        let of_class = (low..=high).filter(|key| key % 12 == class % 12);
        let distance = |key: &u8| (f64::from(*key) - pitch).abs();
        of_class
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .unwrap_or_else(|| self.nearest_key(pitch))
    }

    /// Writes the part behind the latents that tells the note; the vector's other parts are kept.
    ///
    /// # Panics
    ///
    /// When `vector` is not [`Self::len`] long.
    pub fn write_note(&self, key: u8, vector: &mut [f32]) {
        let note = &mut vector[self.latents..self.latents + self.note_len()];
        note.fill(0.0);
        note[pitch::class(key)] = 1.0;
        if let NoteConditioning::OctaveAndChroma { .. } = self.conditioning.note {
            note[CHROMA + pitch::octave(key).min(OCTAVES - 1)] = 1.0;
        }
    }

    /// Writes the part that tells the time since onset in seconds, if the model has one.
    ///
    /// Times before the onset count as the onset, times past the trained length as its end.
    ///
    /// # Panics
    ///
    /// When `vector` is not [`Self::len`] long.
    pub fn write_time(&self, time_s: f32, vector: &mut [f32]) {
        let Some(time) = self.conditioning.time else {
            return;
        };
        let start = self.latents + self.note_len();
        let time_s = time_s.clamp(0.0, time.trained_s);
        vector[start..start + TIME].copy_from_slice(&time_features(time_s));
    }
}

/// How a network is told the time since onset: seven decays and a logarithm.
#[must_use]
pub fn time_features(time_s: f32) -> [f32; TIME] {
    let mut features = [0.0; TIME];
    for (feature, decay_s) in features.iter_mut().zip(DECAYS_S) {
        *feature = (-time_s / decay_s).exp();
    }
    features[TIME - 1] = (time_s / 0.02).ln_1p() / 4.0;
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::{TimeConditioning, VelocityConditioning};

    fn chroma(lowest: u8) -> ConditioningLayout {
        let note = NoteConditioning::Chroma { lowest };
        ConditioningLayout::new(
            3,
            Conditioning {
                note,
                time: None,
                velocity: None,
            },
        )
    }

    fn keys(low: u8, high: u8) -> ConditioningLayout {
        let note = NoteConditioning::OctaveAndChroma { low, high };
        let time = Some(TimeConditioning { trained_s: 1.5 });
        let velocity = Some(VelocityConditioning { low: 40, high: 120 });
        ConditioningLayout::new(
            2,
            Conditioning {
                note,
                time,
                velocity,
            },
        )
    }

    /// A chroma model answers every key with the same pitch class of its register.
    #[test]
    fn chroma_models_fold_to_their_register() {
        for lowest in [0, 48, 60, 65] {
            for key in 0..128 {
                let trained = chroma(lowest).nearest_key(f64::from(key));
                assert_eq!(
                    u32::from(trained) % 12,
                    key % 12,
                    "key {key}, register {lowest}"
                );
                assert!((lowest..lowest + 12).contains(&trained));
            }
        }
    }

    /// Latents, then C..B, then octaves, then time; nothing overlaps.
    #[test]
    fn the_parts_lie_in_order() {
        let layout = keys(36, 96);
        assert_eq!(layout.len(), 2 + 12 + 10 + 8 + 1);
        let mut vector = vec![f32::NAN; layout.len()];
        vector[..2].fill(0.5);
        layout.write_note(61, &mut vector);
        layout.write_time(-1.0, &mut vector);
        layout.write_velocity(0.1, &mut vector);
        assert_eq!(vector[32], 40.0 / 127.0, "softer than any trained note");
        let hot: Vec<usize> = (0..24).filter(|&i| vector[i] > 0.9).collect();
        assert_eq!(hot, [2 + 1, 2 + 12 + 5]);
        assert_eq!(vector[24..32], [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    }

    /// A quarter of the way from B4 to C5 the note is three quarters B4; the ends hold.
    #[test]
    fn pitches_between_keys_are_blends() {
        let layout = keys(36, 96);
        let mut vector = vec![f32::NAN; layout.len()];
        layout.write_pitch(71.25, &mut vector);
        let note = &vector[2..24];
        assert_eq!(
            (note[11], note[0], note[12 + 5], note[12 + 6]),
            (0.75, 0.25, 0.75, 0.25)
        );
        assert_eq!(note.iter().sum::<f32>(), 2.0);
        for (pitch, key) in [(20.0, 36), (96.0, 96), (200.0, 96), (60.0, 60)] {
            let mut whole = vec![0.0; layout.len()];
            layout.write_pitch(pitch, &mut vector);
            layout.write_note(key, &mut whole);
            assert_eq!(vector[2..24], whole[2..24], "{pitch}");
        }
    }

    /// A fixed pitch class is taken where it lies nearest to the key that is played.
    #[test]
    fn fixed_classes_stay_close() {
        assert_eq!(keys(36, 96).nearest_key_of_class(0, 64.0), 60);
        assert_eq!(keys(36, 96).nearest_key_of_class(0, 67.0), 72);
        assert_eq!(keys(36, 96).nearest_key_of_class(11, 127.0), 95);
        assert_eq!(chroma(60).nearest_key_of_class(5, 20.0), 65);
    }

    /// Two values of the table in the reference, by hand.
    #[test]
    fn time_features_by_hand() {
        let features = time_features(0.1);
        assert!((features[3] - (-1.0f32).exp()).abs() < 1e-6);
        assert!((features[7] - 6f32.ln() / 4.0).abs() < 1e-6);
    }
}
