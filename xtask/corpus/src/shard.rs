//! The analysed notes of one sound, kept in a file of their own.
//!
//! ```text
//!  Shard file:  [ length of the list: u32 | list of notes, JSON | numbers, f16 ]   little endian
//!  name:        sound-HASH.notes, HASH of everything that decides the numbers
//! ```
//!
//! One file per sound: a corpus that was stopped goes on with the next sound, and corpora that
//! share sounds share files.

use crate::{CorpusError, cache};
use half::f16;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One analysed note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredNote {
    pub(crate) key: u8,
    pub(crate) velocity: u8,
    /// Level of the loudest frame, linear.
    pub(crate) peak: f32,
    /// Centre of gravity of the note's spectrum.
    pub(crate) centroid_hz: f32,
    /// The frequency that the harmonics are multiples of.
    pub(crate) f0_hz: f32,
    /// How many partials it has.
    pub(crate) partials: usize,
    /// Which frames are kept, in hops since note-on.
    pub(crate) hops: Vec<u32>,
}

/// The notes of a sound and their numbers, note after note and frame after frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shard {
    pub(crate) notes: Vec<StoredNote>,
    pub(crate) numbers: Vec<f16>,
}

impl Shard {
    /// Reads a shard; one that is damaged, or whose frames are not `per_frame` numbers each, is
    /// none.
    pub(crate) fn read(path: &Path, per_frame: usize) -> Option<Self> {
        let payload = cache::read(path)?;
        let (length, rest) = payload.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (list, numbers) = rest.split_at_checked(length)?;
        let notes: Vec<StoredNote> = serde_json::from_slice(list).ok()?;
        let frames: usize = notes.iter().map(|note| note.hops.len()).sum();
        let number = |bytes: &[u8]| f16::from_le_bytes([bytes[0], bytes[1]]);
        (numbers.len() == 2 * per_frame * frames).then(|| Self {
            notes,
            numbers: numbers.chunks_exact(2).map(number).collect(),
        })
    }

    /// Writes a shard whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<(), CorpusError> {
        let list = serde_json::to_vec(&self.notes).expect("numbers and lists of numbers");
        let length = u32::try_from(list.len()).expect("a list of a few thousand notes");
        let mut payload = length.to_le_bytes().to_vec();
        payload.extend(list);
        let numbers = self.numbers.iter().flat_map(|number| number.to_le_bytes());
        payload.extend(numbers);
        cache::write(path, &payload)
    }
}
