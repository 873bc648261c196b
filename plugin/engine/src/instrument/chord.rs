//! Notes that begin at one sample: decoded together, then given their pasts.
//!
//! ```text
//!  strikes [≤ 8] ─► voices ─► moments, four vectors to a pass over the weights ─► prefill
//! ```
//!
//! *Real time:* every buffer has its length from the start.

use crate::decoder::{Activations, BATCH, Decoder};
use crate::event::{Touch, Whom};
use crate::notes::Notes;
use crate::voice::{Shared, Strike, Tone};

/// Voices that begin at one sample and are decoded together; more follow in a second group.
pub(super) const CHORD: usize = 8;

/// Buffers for notes that begin.
pub(super) struct Chord {
    strikes: [Option<Strike>; CHORD],
    count: usize,
    voices: [usize; CHORD],
    batch: [Activations; BATCH],
    /// Rows of decoded numbers, so many for each note.
    numbers: Vec<Vec<f32>>,
    moments: usize,
}

impl Chord {
    /// Buffers for one decoder and so many moments of each note. Allocates.
    pub(super) fn new(decoder: &Decoder, moments: usize) -> Self {
        let numbers = decoder.output().numbers();
        Self {
            strikes: [None; CHORD],
            count: 0,
            voices: [0; CHORD],
            batch: std::array::from_fn(|_| decoder.activations()),
            numbers: vec![vec![0.0; numbers]; CHORD * moments],
            moments,
        }
    }

    /// One voice more is to begin; true when there is no room for another.
    pub(super) fn add(&mut self, strike: Strike) -> bool {
        self.strikes[self.count] = Some(strike);
        self.count += 1;
        self.count == CHORD
    }

    /// Moves notes that have not begun yet.
    pub(super) fn feel(&mut self, whom: &Whom, touch: Touch) {
        let pending = self.strikes[..self.count].iter_mut().flatten();
        for strike in pending.filter(|strike| strike.note.answers_to(whom)) {
            strike.finger.feel(touch);
        }
    }

    /// How many wait; none after this.
    pub(super) fn take(&mut self) -> usize {
        std::mem::take(&mut self.count)
    }

    /// One of those that waited.
    pub(super) fn strike(&self, index: usize) -> Option<Strike> {
        self.strikes[index]
    }

    /// The voice that begins with a strike.
    pub(super) fn give(&mut self, index: usize, voice: usize) {
        self.voices[index] = voice;
    }

    /// Decodes the first moments of `count` voices, four vectors in one pass over the weights.
    pub(super) fn decode<T: Tone>(
        &mut self,
        notes: &mut Notes<T>,
        shared: &Shared<T>,
        count: usize,
    ) {
        let (decoder, moments) = (&shared.decoder, self.moments);
        let jobs = count * moments;
        for first in (0..jobs).step_by(BATCH) {
            for (lane, job) in (first..jobs.min(first + BATCH)).enumerate() {
                let voice = notes.voice(self.voices[job / moments]);
                let vector = voice.moment(shared, job % moments);
                self.batch[lane].input(vector.len()).copy_from_slice(vector);
            }
            decoder.run_batch(&mut self.batch, (jobs - first).min(BATCH));
            for (lane, job) in (first..jobs.min(first + BATCH)).enumerate() {
                self.numbers[job].copy_from_slice(decoder.numbers(&self.batch[lane]));
            }
        }
    }

    /// Turns what was decoded into each voice's past.
    pub(super) fn prefill<T: Tone>(
        &mut self,
        notes: &mut Notes<T>,
        shared: &mut Shared<T>,
        count: usize,
    ) {
        let rows = self.numbers.chunks_exact_mut(self.moments).take(count);
        for (rows, voice) in rows.zip(self.voices) {
            notes.voice(voice).prefill(shared, rows);
        }
    }
}
