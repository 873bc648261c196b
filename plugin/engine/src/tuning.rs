//! Which pitch each key has.
//!
//! ```text
//!  key 0…127 ─► pitches [128] ─► semitones (69.0 = 440 Hz), or no sound
//! ```

/// Keys of a keyboard.
pub const KEYS: usize = 128;

/// The pitch of every key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// In semitones as MIDI counts them (69.0 = 440 Hz), key 0 first; not a number where a key has
    /// no sound.
    pub pitches: [f64; KEYS],
}

impl Default for Tuning {
    /// Twelve equal steps to the octave.
    fn default() -> Self {
        Self {
            pitches: std::array::from_fn(|key| key as f64),
        }
    }
}

impl Tuning {
    /// The pitch of a key, if it has one that can be played.
    #[must_use]
    pub fn pitch(&self, key: u8) -> Option<f64> {
        let pitch = self.pitches[usize::from(key) % KEYS];
        pitch.is_finite().then_some(pitch)
    }
}
