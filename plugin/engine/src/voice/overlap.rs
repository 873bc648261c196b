//! Painted frames on their way out: both channels overlap-added, played hop by hop.
//!
//! ```text
//!  frame [fft_len] × 2 ─► left, right [fft_len + hop] ─ a hop at a time ─► samples
//!                         0 … hop: playing now │ hop …: what is still being added to
//!                         × attack
//! ```
//!
//! The work for the next frame falls due at fixed samples of the hop, so the host's block size
//! cannot change the result.
//!
//! *Real time:* every buffer has its length from the start.

use super::attack::{Attack, Shaping};

/// Portions into which a frame's work is cut.
pub(super) const SLICES: usize = 2;
/// The hop is counted in this many parts; a slice is due after two, four, …: none in the block in
/// which a note is struck, which has enough to do.
const PARTS: usize = 2 * (SLICES + 1);

/// One voice's painted sound.
#[derive(Debug)]
pub(super) struct Overlap {
    channels: [Vec<f32>; 2],
    shaping: Shaping,
    hop: usize,
    position: usize,
    slice: usize,
}

impl Overlap {
    /// Buffers for one frame length at a host's rate. Allocates.
    pub(super) fn new((fft_len, hop): (usize, usize), rate_hz: f32) -> Self {
        Self {
            channels: [0, 1].map(|_| vec![0.0; fft_len + hop]),
            shaping: Shaping::new(rate_hz),
            hop,
            position: 0,
            slice: 0,
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.channels.iter_mut().for_each(|c| c.fill(0.0));
        self.shaping.clear();
        self.position = 0;
        self.slice = 0;
    }

    /// A note begins with the hop that is played next, whose frames have all been added.
    pub(super) fn begin(&mut self, attack: Attack) {
        self.shaping.start(attack);
        self.shape();
    }

    /// Where the next frame is to be added: it begins with the next hop.
    pub(super) fn next_frame(&mut self) -> [&mut [f32]; 2] {
        self.channels.each_mut().map(|c| &mut c[self.hop..])
    }

    /// Moves on by a hop at once: what is played next begins where frames were added last.
    pub(super) fn next_hop(&mut self) {
        for channel in &mut self.channels {
            channel.copy_within(self.hop.., 0);
            let kept = channel.len() - self.hop;
            channel[kept..].fill(0.0);
        }
        self.shape();
        self.position = 0;
        self.slice = 0;
    }

    /// The hop that is played next is complete.
    fn shape(&mut self) {
        let hop = self.hop;
        self.shaping
            .next(self.channels.each_mut().map(|c| &mut c[..hop]));
    }

    /// The slice of work that is due before the next sample can be read, if any.
    pub(super) fn due(&mut self) -> Option<usize> {
        if self.position == self.hop {
            self.next_hop();
        }
        let is_due = self.slice < SLICES && self.position >= self.place(self.slice);
        is_due.then(|| {
            self.slice += 1;
            self.slice - 1
        })
    }

    /// The samples up to where something is due, at most `count`; they count as played.
    pub(super) fn read(&mut self, count: usize) -> [&[f32]; 2] {
        let until = if self.slice < SLICES {
            self.place(self.slice)
        } else {
            self.hop
        };
        let range = self.position..until.min(self.position + count);
        self.position = range.end;
        self.channels.each_ref().map(|c| &c[range.clone()])
    }

    fn place(&self, slice: usize) -> usize {
        self.hop * 2 * (slice + 1) / PARTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of a constant come out without a seam, whatever is asked for at a time, and every
    /// slice falls due once a hop, in order.
    #[test]
    fn hops_follow_each_other_without_seams() {
        for count in [1, 7, 64, 1_000] {
            let mut overlap = Overlap::new((1_024, 256), 44_100.0);
            let add = |overlap: &mut Overlap| {
                for channel in overlap.next_frame() {
                    channel[..1_024].iter_mut().for_each(|x| *x += 0.25);
                }
            };
            for _ in 0..4 {
                add(&mut overlap);
                overlap.next_hop();
            }
            let (mut played, mut slices) = (0, Vec::new());
            while played < 2_560 {
                while let Some(slice) = overlap.due() {
                    slices.push(slice);
                    if slice == SLICES - 1 {
                        add(&mut overlap);
                    }
                }
                let [left, right] = overlap.read(count);
                assert!(left.iter().chain(right).all(|x| (x - 1.0).abs() < 1e-6));
                assert!(!left.is_empty(), "nothing is ready");
                played += left.len();
            }
            let in_order = slices.iter().enumerate().all(|(i, s)| *s == i % SLICES);
            assert!(in_order && slices.len() >= 18, "{count}: {slices:?}");
        }
    }
}
