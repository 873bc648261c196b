//! From frames to samples: overlap-add at the model's rate, read at the host's.
//!
//! ```text
//!  frame [fft_len] ─► overlap [fft_len] ── a hop at a time ─► samples [TAPS + hop] ─► resampler
//!                                                             ▲ position, + ratio per output sample
//! ```
//!
//! The position tells when a slice of the next frame's work is due: at fixed places of the hop, so
//! that the host's block size cannot change the result.
//!
//! *Real time:* every buffer has its length from the start.

use super::resampler::{Resampler, TAPS};
use betwixt_spectral::Geometry;
use betwixt_spectral::number::index;

/// Portions into which a frame's work is cut.
pub(super) const SLICES: usize = 16;

/// Slices' time left free at the start of a hop: the block in which a note is struck has enough to
/// do.
const LEAD: usize = 2;

/// One voice's way from frames to samples.
#[derive(Debug)]
pub(super) struct Stream {
    overlap: Vec<f32>,
    samples: Vec<f32>,
    hop: usize,
    position: f64,
    slice: usize,
}

impl Stream {
    /// Buffers for one geometry. Allocates.
    pub(super) fn new(geometry: Geometry) -> Self {
        Self {
            overlap: vec![0.0; geometry.fft_len()],
            samples: vec![0.0; TAPS + geometry.hop()],
            hop: geometry.hop(),
            position: 0.0,
            slice: 0,
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.overlap.fill(0.0);
        self.samples.fill(0.0);
    }

    /// Adds a frame that began `late` hops before the next hop.
    pub(super) fn add(&mut self, frame: &[f32], late: usize) {
        let rest = &frame[late * self.hop..];
        self.overlap
            .iter_mut()
            .zip(rest)
            .for_each(|(sum, x)| *sum += x);
    }

    /// Begins to play: the first hop is complete.
    ///
    /// The kernel's half length is skipped, so that it never reaches back before the note.
    pub(super) fn start(&mut self) {
        self.next_hop();
        self.position = TAPS as f64;
        self.slice = 0;
    }

    /// The slice of work that is due before the next sample can be read, if any.
    ///
    /// After the last slice of a hop the frame must have been added; the next hop then begins.
    #[inline]
    pub(super) fn due(&mut self) -> Option<usize> {
        if self.slice == SLICES {
            if self.position < self.hop as f64 {
                return None;
            }
            self.next_hop();
            self.position -= self.hop as f64;
            self.slice = 0;
        }
        let place = (self.slice + LEAD) * self.hop;
        if self.position * ((SLICES + LEAD) as f64) < place as f64 {
            return None;
        }
        self.slice += 1;
        Some(self.slice - 1)
    }

    /// The sample here; moves on by `ratio` samples of the stream.
    #[inline]
    pub(super) fn read(&mut self, resampler: &Resampler, ratio: f64) -> f32 {
        let first = index(self.position);
        let value = resampler.read(&self.samples[first..], self.position - first as f64);
        self.position += ratio;
        value
    }

    fn next_hop(&mut self) {
        self.samples.copy_within(self.hop.., 0);
        self.samples[TAPS..].copy_from_slice(&self.overlap[..self.hop]);
        self.overlap.copy_within(self.hop.., 0);
        let kept = self.overlap.len() - self.hop;
        self.overlap[kept..].fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of a constant window sum come out as the constant, at any ratio, slice by slice.
    #[test]
    fn overlapped_frames_are_read_without_seams() {
        let geometry = Geometry::new(512, 128, 44_100).unwrap();
        let resampler = Resampler::new();
        for ratio in [0.1, 0.918_75, 1.0, 3.7, 15.9] {
            let mut stream = Stream::new(geometry);
            let frame = vec![0.25; 512];
            (0..4).for_each(|late| stream.add(&frame, late));
            stream.start();
            let mut slices = Vec::new();
            for _ in 0..2000 {
                while let Some(slice) = stream.due() {
                    slices.push(slice);
                    if slice == SLICES - 1 {
                        stream.add(&frame, 0);
                    }
                }
                let value = stream.read(&resampler, ratio);
                assert!((value - 1.0).abs() < 1e-5, "{ratio}: {value}");
            }
            let in_order = slices
                .iter()
                .enumerate()
                .all(|(i, slice)| *slice == i % SLICES);
            assert!(in_order, "{ratio}: {slices:?}");
        }
    }
}
