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
//! A note can go on at another key of the decoder: the new key's frames take over the overlap, the
//! old key's last hop being put aside, and where the hop ends, both are heard for as long as the old
//! one's samples last:
//!
//! ```text
//!  old key: samples [TAPS + hop] ─► resampler ─► ╲
//!                                                 ├─ cross-fade over the old key's hop
//!  new key: overlap [fft_len] ─► samples ─► resampler ╱   each at its own ratio
//! ```
//!
//! *Real time:* every buffer has its length from the start.

use super::resampler::{Resampler, TAPS};
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{index, narrow};

/// Portions into which a frame's work is cut.
pub(super) const SLICES: usize = 16;

/// Slices' time left free at the start of a hop: the block in which a note is struck has enough to
/// do.
const LEAD: usize = 2;

/// One voice's way from frames to samples.
#[derive(Debug)]
pub(super) struct Stream {
    overlap: Vec<f32>,
    now: Reading,
    /// What is left of the key before, past its end when nothing is; while another key comes, the
    /// hop that it will end with.
    before: Reading,
    /// The scale of a key that comes: the overlap is its own.
    comes: Option<f64>,
    /// Samples of the stream per output sample, at most: what bounds the frames it can ask for.
    fastest: f64,
    hop: usize,
    slice: usize,
}

/// Samples of one key, and where they are read.
#[derive(Debug)]
struct Reading {
    samples: Vec<f32>,
    position: f64,
    /// What the ratio that is asked for is multiplied by.
    scale: f64,
}

impl Stream {
    /// Buffers for one geometry. Allocates.
    pub(super) fn new(geometry: Geometry, fastest: f64) -> Self {
        let hop = geometry.hop();
        Self {
            fastest,
            overlap: vec![0.0; geometry.fft_len()],
            now: Reading::new(hop),
            before: Reading::new(hop),
            comes: None,
            hop,
            slice: 0,
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.overlap.fill(0.0);
        self.now.clear();
        self.before.position = f64::INFINITY;
        self.comes = None;
    }

    /// Adds a frame that began `late` hops before the next hop.
    pub(super) fn add(&mut self, frame: &[f32], late: usize) {
        add(&mut self.overlap, &frame[late * self.hop..]);
    }

    /// Adds a frame of another key, which begins with the next hop: the stream is then read `scale`
    /// times as fast. Not while the key before is still heard.
    pub(super) fn add_coming(&mut self, frame: &[f32], late: usize, scale: f64) {
        if self.comes.is_none() {
            let last = &self.overlap[..self.hop];
            self.before.samples[TAPS..].copy_from_slice(last);
            self.overlap.fill(0.0);
        }
        self.comes = Some(scale);
        self.add(frame, late);
    }

    /// Whether the key before is still heard.
    pub(super) fn is_changing(&self) -> bool {
        self.before.position < self.hop as f64
    }

    /// The ratio that is really read with when `ratio` is asked for.
    pub(super) fn ratio(&self, ratio: f64) -> f64 {
        (ratio * self.now.scale).min(self.fastest)
    }

    /// Begins to play: the first hop is complete.
    ///
    /// The kernel's half length is skipped, so that it never reaches back before the note.
    pub(super) fn start(&mut self) {
        self.next_hop();
        self.now.position = TAPS as f64;
        self.slice = 0;
    }

    /// The slice of work that is due before the next sample can be read, if any.
    ///
    /// After the last slice of a hop the frame must have been added; the next hop then begins.
    #[inline]
    pub(super) fn due(&mut self) -> Option<usize> {
        if self.slice == SLICES {
            if self.now.position < self.hop as f64 {
                return None;
            }
            self.now.position -= self.hop as f64;
            match self.comes.take() {
                Some(scale) => self.change(scale),
                None => self.next_hop(),
            }
            self.slice = 0;
        }
        let place = (self.slice + LEAD) * self.hop;
        if self.now.position * ((SLICES + LEAD) as f64) < place as f64 {
            return None;
        }
        self.slice += 1;
        Some(self.slice - 1)
    }

    /// The sample here; moves on by `ratio` samples of the stream.
    #[inline]
    pub(super) fn read(&mut self, resampler: &Resampler, ratio: f64) -> f32 {
        if !self.is_changing() {
            return self.now.next(resampler, self.ratio(ratio));
        }
        let share = narrow(self.before.position / self.hop as f64);
        let share = share * share * (3.0 - 2.0 * share);
        let own = (ratio * self.before.scale).min(self.fastest);
        let before = self.before.next(resampler, own);
        before + share * (self.now.next(resampler, self.ratio(ratio)) - before)
    }

    fn next_hop(&mut self) {
        let samples = &mut self.now.samples;
        samples.copy_within(self.hop.., 0);
        samples[TAPS..].copy_from_slice(&self.overlap[..self.hop]);
        self.overlap.copy_within(self.hop.., 0);
        let kept = self.overlap.len() - self.hop;
        self.overlap[kept..].fill(0.0);
    }

    /// The coming key is read from here on, as far into its hop as the other is into this one.
    ///
    /// The old key's last hop lacks what one more frame would have begun with: a hundredth in the
    /// middle of the cross-fade.
    fn change(&mut self, scale: f64) {
        let heard = &self.now.samples[self.hop..];
        self.before.samples[..TAPS].copy_from_slice(heard);
        self.before.position = self.now.position;
        self.before.scale = self.now.scale;
        self.now.clear();
        self.next_hop();
        let passed = self.before.position * scale / self.before.scale;
        self.now.position = TAPS as f64 + passed;
        self.now.scale = scale;
    }
}

impl Reading {
    fn new(hop: usize) -> Self {
        Self {
            samples: vec![0.0; TAPS + hop],
            position: f64::INFINITY,
            scale: 1.0,
        }
    }

    fn clear(&mut self) {
        self.samples.fill(0.0);
        self.scale = 1.0;
    }

    #[inline]
    fn next(&mut self, resampler: &Resampler, ratio: f64) -> f32 {
        let first = index(self.position);
        let value = resampler.read(&self.samples[first..], self.position - first as f64);
        self.position += ratio;
        value
    }
}

fn add(overlap: &mut [f32], frame: &[f32]) {
    overlap.iter_mut().zip(frame).for_each(|(sum, x)| *sum += x);
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
            let mut stream = Stream::new(geometry, 16.0);
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
