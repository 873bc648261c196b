//! Phase integrated from the magnitude: each bin turns on from where it was.
//!
//! ```text
//!  magnitude [bins] ─► frequency of each bin's lobe ─┐
//!  last frame: magnitude, frequency, phase ──────────┴─► heap, loudest first ─► phase [bins, turns]
//!
//!      last frame's bin ─ turns by the mean of both frequencies ─► the same bin now
//!      a bin that is settled now ─ same lobe, same phase ─────────► its neighbours
//! ```
//!
//! The loudest bins are trusted first and hand their phase on, so errors end up where they cannot
//! be heard. Without a look at the next frame the gradient across frequency is zero: a lobe is
//! locked to its peak. Phases count in turns modulo 2³², so a note held for hours stays exact.
//!
//! The work can be cut anywhere between two bins ([`GradientPhase::step`]), so that it spreads over
//! a hop.
//!
//! *Real time:* every buffer has its length from the start; the heap never grows past its capacity.
//!
//! *Source:* Průša and Søndergaard, "Real-time spectrogram inversion using phase gradient heap
//! integration", DAFx-16; written from the paper.

use super::lobes;
use crate::random::Random;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::turns;
use std::collections::BinaryHeap;

/// One voice's phase, from frame to frame.
#[derive(Debug)]
pub struct GradientPhase {
    turns_per_bin: f64,
    last: Frame,
    next: Frame,
    /// What one hop adds to each bin of a note's first frame.
    advance: Vec<u32>,
    settled: Vec<bool>,
    heap: BinaryHeap<u64>,
    floor: f32,
}

#[derive(Clone, Debug)]
struct Frame {
    magnitude: Vec<f32>,
    frequency: Vec<f32>,
    phase: Vec<u32>,
}

/// Which frame a heap entry belongs to: the lowest bit of its key.
const LAST: u64 = 0;
const NEXT: u64 = 1;
/// Bin and frame of a heap entry.
const BIN: u64 = 0xffff_ffff;

impl GradientPhase {
    /// Buffers for one geometry. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        let bins = geometry.bins();
        let frame = Frame {
            magnitude: vec![0.0; bins],
            frequency: vec![0.0; bins],
            phase: vec![0; bins],
        };
        Self {
            turns_per_bin: geometry.hop() as f64 / geometry.fft_len() as f64,
            last: frame.clone(),
            next: frame,
            advance: vec![0; bins],
            settled: vec![false; bins],
            heap: BinaryHeap::with_capacity(2 * bins),
            floor: 0.0,
        }
    }

    /// Forgets the past: every lobe of a note's first frame starts at a random phase.
    pub fn start(&mut self, magnitude: &[f32], fundamental: Option<f32>, random: &mut Random) {
        self.last.magnitude.copy_from_slice(magnitude);
        lobes::write_frequencies(magnitude, fundamental, &mut self.last.frequency);
        let mut owner = f32::NAN;
        let (mut phase, mut advance) = (0, 0);
        for (bin, &frequency) in self.last.frequency.iter().enumerate() {
            if frequency.to_bits() != owner.to_bits() {
                owner = frequency;
                phase = random.turns();
                advance = turns(f64::from(frequency) * self.turns_per_bin);
            }
            self.last.phase[bin] = phase;
            self.advance[bin] = advance;
        }
    }

    /// Turns every bin of a note's first frame on by one hop, without looking at a new magnitude.
    pub fn turn(&mut self) {
        for (phase, advance) in self.last.phase.iter_mut().zip(&self.advance) {
            *phase = phase.wrapping_add(*advance);
        }
    }

    /// Says which magnitude the newest frame really had; integration goes on from it.
    pub fn hold(&mut self, magnitude: &[f32]) {
        self.last.magnitude.copy_from_slice(magnitude);
    }

    /// The phases of the newest finished frame, in turns, `[bins]`.
    #[must_use]
    pub fn phase(&self) -> &[u32] {
        &self.last.phase
    }

    /// Takes the next frame's magnitude, for phases that come from elsewhere ([`Self::replace`]).
    pub fn observe(&mut self, magnitude: &[f32], fundamental: Option<f32>) {
        self.next.magnitude.copy_from_slice(magnitude);
        lobes::write_frequencies(magnitude, fundamental, &mut self.next.frequency);
    }

    /// Takes the next frame's magnitude and queues what the last frame knows.
    pub fn begin(&mut self, magnitude: &[f32], fundamental: Option<f32>) {
        self.observe(magnitude, fundamental);
        let loudest = lobes::loudest(&self.last.magnitude).max(lobes::loudest(magnitude));
        self.floor = loudest.max(f32::MIN_POSITIVE) * lobes::FLOOR;
        self.settled.fill(false);
        self.heap.clear();
        for (bin, (&last, &next)) in self.last.magnitude.iter().zip(magnitude).enumerate() {
            if last > self.floor && next > self.floor {
                self.heap.push(key(last, bin, LAST));
            }
        }
    }

    /// Integrates up to `count` heap entries; there are never more than two for a bin.
    pub fn step(&mut self, count: usize) {
        for _ in 0..count {
            let Some(entry) = self.heap.pop() else { return };
            let bin = (entry & BIN) as usize >> 1;
            if entry & 1 == LAST {
                self.settle_in_time(bin);
            } else {
                self.settle_neighbours(bin);
            }
        }
    }

    /// Ends the frame: what no settled bin has reached starts anew.
    pub fn finish(&mut self, floor_phase: impl Iterator<Item = u32>, random: &mut Random) {
        self.step(usize::MAX);
        let mut owner = f32::NAN;
        let mut fresh = 0;
        for (bin, stored) in floor_phase.enumerate().take(self.settled.len()) {
            if self.settled[bin] {
                continue;
            }
            let frequency = self.next.frequency[bin];
            if frequency.to_bits() != owner.to_bits() {
                owner = frequency;
                fresh = random.turns();
            }
            let audible = self.next.magnitude[bin] > self.floor;
            self.next.phase[bin] = if audible { fresh } else { stored };
        }
        std::mem::swap(&mut self.last, &mut self.next);
    }

    /// Ends the frame with phases from elsewhere; integration can go on from them.
    pub fn replace(&mut self, phase: impl Iterator<Item = u32>) {
        self.heap.clear();
        self.next
            .phase
            .iter_mut()
            .zip(phase)
            .for_each(|(own, given)| *own = given);
        std::mem::swap(&mut self.last, &mut self.next);
    }

    /// Sets the newest frame's phases; integration goes on from them.
    pub fn set(&mut self, phase: impl Iterator<Item = u32>) {
        self.last
            .phase
            .iter_mut()
            .zip(phase)
            .for_each(|(own, given)| *own = given);
    }

    fn settle_in_time(&mut self, bin: usize) {
        if self.settled[bin] {
            return;
        }
        let mean =
            0.5 * (f64::from(self.last.frequency[bin]) + f64::from(self.next.frequency[bin]));
        let phase = self.last.phase[bin].wrapping_add(turns(mean * self.turns_per_bin));
        self.settle(bin, phase);
    }

    fn settle_neighbours(&mut self, bin: usize) {
        let phase = self.next.phase[bin];
        if bin > 0 {
            self.settle_if_audible(bin - 1, phase);
        }
        if bin + 1 < self.settled.len() {
            self.settle_if_audible(bin + 1, phase);
        }
    }

    fn settle_if_audible(&mut self, bin: usize, phase: u32) {
        if !self.settled[bin] && self.next.magnitude[bin] > self.floor {
            self.settle(bin, phase);
        }
    }

    fn settle(&mut self, bin: usize, phase: u32) {
        self.next.phase[bin] = phase;
        self.settled[bin] = true;
        self.heap.push(key(self.next.magnitude[bin], bin, NEXT));
    }
}

/// Orders by magnitude: the bits of non-negative floats sort as the numbers do.
fn key(magnitude: f32, bin: usize, frame: u64) -> u64 {
    u64::from(magnitude.to_bits()) << 32 | (bin as u64) << 1 | frame
}
