//! Stored phase: what the phases of white noise look like, frame after frame.
//!
//! ```text
//!  seed ─► circular white noise [frames · hop] ─► STFT ─► phase [frames][bins]
//! ```
//!
//! Phases that are consecutive frames of one real signal overlap without gaps; independent random
//! ones would lose 6 dB. Twelve seconds are kept: less is audibly periodic, and what line chance has
//! left at the hop's rate comes round with the table (of three seconds of pink noise, −30 dB).
//!
//! Voices begin at random places of one table, which all instruments of a process share.
//!
//! *Real time:* the table is made once; reading is an index.

use crate::random::Random;
use crate::stored_noise::for_each_frame;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::turns;
use std::sync::OnceLock;

/// Transform lengths and hops that a geometry may have: 512 to 8192, a quarter or an eighth of it.
const LENGTHS: usize = 5;
const HOPS: usize = 2;

/// What a magnitude loses with stored phase instead of its own, undone: 0.83 dB, the middle of the
/// published 0.6 to 1.1 dB; a test holds a flat frame's level to 0.4 dB with it.
pub(crate) const MAKE_UP: f32 = 1.1;

/// Phases of consecutive frames of white noise.
#[derive(Debug)]
pub struct NoiseTable {
    frames: usize,
    bins: usize,
    phase: Vec<u16>,
}

impl NoiseTable {
    /// Samples until a table repeats, twelve seconds at 44.1 kHz: two megabytes at hops of a quarter.
    pub const SAMPLES: usize = 512 * 1024;

    /// The seed of the tables that are shared, chosen for its faint lines at the hop's rate: −36 dB
    /// or less in flat, pink and rippled noise at every size and hop, where others have up to −26. A
    /// test holds it (`noise_that_is_held_for_long_has_no_line_of_the_hop`).
    pub const SHARED_SEED: u64 = 14;

    /// Analyses seeded noise. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry, seed: u64) -> Self {
        let frames = Self::SAMPLES / geometry.hop();
        let mut phase = Vec::with_capacity(frames * geometry.bins());
        for_each_frame(geometry, frames, seed, |spectrum| {
            phase.extend(spectrum.iter().map(|x| upper_half(x.arg())));
        });
        Self {
            frames,
            bins: geometry.bins(),
            phase,
        }
    }

    /// The table of all instruments of this process. Allocates, and waits for another that makes it:
    /// not for the audio thread.
    pub(crate) fn shared(geometry: Geometry) -> &'static Self {
        static TABLES: [[OnceLock<NoiseTable>; HOPS]; LENGTHS] =
            [const { [const { OnceLock::new() }; HOPS] }; LENGTHS];
        let length = (geometry.fft_len() / 512).ilog2() as usize;
        let table = &TABLES[length][geometry.overlap() / 4 - 1];
        table.get_or_init(|| Self::new(geometry, Self::SHARED_SEED))
    }

    /// The phases of a frame; frame numbers go round.
    pub fn frame(&self, number: usize) -> impl Iterator<Item = u32> + '_ {
        let start = number % self.frames * self.bins;
        self.phase[start..start + self.bins]
            .iter()
            .map(|half| u32::from(*half) << 16)
    }

    /// A random place to start.
    #[must_use]
    pub fn start(&self, random: &mut Random) -> usize {
        random.turns() as usize % self.frames
    }
}

/// The upper 16 bits of an angle in turns: 0.003 degrees are enough for noise.
fn upper_half(radians: f32) -> u16 {
    (turns(f64::from(radians) / std::f64::consts::TAU) >> 16) as u16
}
