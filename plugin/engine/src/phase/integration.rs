//! The heap: phases handed on from the loudest bin to the next, in time and across frequency.
//!
//! ```text
//!  last frame: magnitude, frequency, phase ─┐
//!  next frame: magnitude, frequency ────────┴─► heap, loudest first ─► next phase [bins, turns]
//!
//!      last frame's bin ─ turns by the mean of both frequencies ─► the same bin now
//!      a bin that is settled now ─ and what it leans by ─────────► its neighbours
//! ```
//!
//! What is beyond the frequencies, leaning across and the signs of side lobes, is a [`Lean`]'s.
//!
//! *Real time:* every buffer has its length from the start; the heap never grows past its capacity.

use super::lobes;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::turns;
use std::collections::BinaryHeap;
use std::ops::Range;

/// What a heap entry asks for, the lowest bits of its key: to go on from the last frame, to hand on
/// to the neighbours, to start anew.
const LAST: u64 = 0;
const NEXT: u64 = 1;
const FRESH: u64 = 2;
const ASKS: u64 = 3;
/// Bin and what is asked of a heap entry.
const BIN: u64 = 0xffff_ffff;

/// One frame, `[bins]` each: linear magnitude, frequency in bins, phase in turns, and which bins
/// are noise and have no phase to hand on.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) magnitude: Vec<f32>,
    pub(super) frequency: Vec<f32>,
    pub(super) phase: Vec<u32>,
    pub(super) noise: Vec<bool>,
}

impl Frame {
    /// Takes phases from elsewhere.
    pub(super) fn set(&mut self, phase: impl Iterator<Item = u32>) {
        let phases = self.phase.iter_mut().zip(phase);
        phases.for_each(|(own, given)| *own = given);
    }
}

/// What phases gain beside their frequencies, in turns.
pub(super) trait Lean {
    /// Of a bin, from the last frame to the next.
    fn in_time(&self, bin: usize) -> u32;
    /// From a bin of the next frame to its neighbour.
    fn across(&self, from: usize, to: usize) -> u32;
}

/// Two frames, and the heap between them.
#[derive(Debug)]
pub(super) struct Integration {
    pub(super) turns_per_bin: f64,
    pub(super) last: Frame,
    pub(super) next: Frame,
    pub(super) settled: Vec<bool>,
    heap: BinaryHeap<u64>,
    floor: f32,
    /// What lobes without a past begin with.
    fresh: u32,
}

impl Integration {
    /// Buffers for one geometry. Allocates.
    pub(super) fn new(geometry: Geometry) -> Self {
        let bins = geometry.bins();
        let frame = Frame {
            magnitude: vec![0.0; bins],
            frequency: vec![0.0; bins],
            phase: vec![0; bins],
            noise: vec![false; bins],
        };
        Self {
            turns_per_bin: geometry.hop() as f64 / geometry.fft_len() as f64,
            last: frame.clone(),
            next: frame,
            settled: vec![false; bins],
            heap: BinaryHeap::with_capacity(2 * bins),
            floor: 0.0,
            fresh: 0,
        }
    }

    /// Queues what the last frame knows of the next, whose magnitudes and frequencies are there.
    pub(super) fn begin(&mut self) {
        self.begin_empty();
        let (last, next, floor) = (&self.last, &self.next, self.floor);
        let magnitudes = last.magnitude.iter().zip(&next.magnitude);
        let noise = last.noise.iter().zip(&next.noise);
        for (bin, ((last, next), (was, is))) in magnitudes.zip(noise).enumerate() {
            if (*last > floor) & (*next > floor) & !(was | is) {
                self.heap.push(key(*last, bin, LAST));
            }
        }
    }

    fn begin_empty(&mut self) {
        let [last, next] = [&self.last, &self.next].map(|frame| lobes::loudest(&frame.magnitude));
        self.floor = last.max(next).max(f32::MIN_POSITIVE) * lobes::FLOOR;
        self.settled.fill(false);
        self.heap.clear();
    }

    /// Without the heap: each lobe's loudest bin turns on from where it was and takes its lobe
    /// along. A lobe's bins have one frequency.
    pub(super) fn lock(&mut self, lean: &impl Lean) {
        self.begin_empty();
        let mut from = 0;
        while from < self.settled.len() {
            let frequency = self.next.frequency[from].to_bits();
            let same = self.next.frequency[from..].iter();
            let to = from + same.take_while(|f| f.to_bits() == frequency).count();
            self.lock_lobe(from..to, lean);
            from = to;
        }
    }

    fn lock_lobe(&mut self, lobe: Range<usize>, lean: &impl Lean) {
        let magnitude = |bin: &usize| self.next.magnitude[*bin];
        let tonal = lobe.clone().filter(|bin| self.is_tonal(*bin));
        let Some(peak) = tonal.max_by(|a, b| magnitude(a).total_cmp(&magnitude(b))) else {
            return;
        };
        if !self.has_past(peak) {
            return;
        }
        let phase = self.turned(peak).wrapping_add(lean.in_time(peak));
        for bin in lobe {
            if self.is_tonal(bin) {
                self.next.phase[bin] = phase.wrapping_add(lean.across(peak, bin));
                self.settled[bin] = true;
            }
        }
    }

    /// Queues the bins that nothing has reached: the loudest of them begins with `phase` and hands
    /// on.
    pub(super) fn begin_anew(&mut self, phase: u32) {
        self.fresh = phase;
        for bin in 0..self.settled.len() {
            if !self.settled[bin] && self.is_tonal(bin) {
                let magnitude = self.next.magnitude[bin];
                self.heap.push(key(magnitude, bin, FRESH));
            }
        }
    }

    /// Integrates up to `count` heap entries; there are never more than two for a bin.
    pub(super) fn step(&mut self, count: usize, lean: &impl Lean) {
        for _ in 0..count {
            let Some(entry) = self.heap.pop() else { return };
            let bin = (entry & BIN) as usize >> 2;
            match entry & ASKS {
                LAST => self.settle_in_time(bin, lean),
                FRESH => self.settle_fresh(bin),
                _ => self.settle_neighbours(bin, lean),
            }
        }
    }

    /// Whether a bin of the next frame is above the floor and no noise.
    pub(super) fn is_tonal(&self, bin: usize) -> bool {
        self.next.magnitude[bin] > self.floor && !self.next.noise[bin]
    }

    /// Whether a bin of the next frame can go on from the last one.
    fn has_past(&self, bin: usize) -> bool {
        self.last.magnitude[bin] > self.floor && !self.last.noise[bin] && self.is_tonal(bin)
    }

    /// The next phase of a bin that goes on from the last frame.
    fn turned(&self, bin: usize) -> u32 {
        let [last, next] = [&self.last, &self.next].map(|frame| f64::from(frame.frequency[bin]));
        self.last.phase[bin].wrapping_add(turns(0.5 * (last + next) * self.turns_per_bin))
    }

    /// The next frame is finished.
    pub(super) fn finish(&mut self) {
        self.heap.clear();
        std::mem::swap(&mut self.last, &mut self.next);
    }

    fn settle_in_time(&mut self, bin: usize, lean: &impl Lean) {
        if !self.settled[bin] {
            let phase = self.turned(bin).wrapping_add(lean.in_time(bin));
            self.settle(bin, phase);
        }
    }

    fn settle_fresh(&mut self, bin: usize) {
        if !self.settled[bin] {
            self.settle(bin, self.fresh);
        }
    }

    fn settle_neighbours(&mut self, bin: usize, lean: &impl Lean) {
        let below = bin.checked_sub(1);
        let above = (bin + 1 < self.settled.len()).then_some(bin + 1);
        for neighbour in below.into_iter().chain(above) {
            if !self.settled[neighbour] && self.is_tonal(neighbour) {
                let phase = self.next.phase[bin].wrapping_add(lean.across(bin, neighbour));
                self.settle(neighbour, phase);
            }
        }
    }

    fn settle(&mut self, bin: usize, phase: u32) {
        self.next.phase[bin] = phase;
        self.settled[bin] = true;
        self.heap.push(key(self.next.magnitude[bin], bin, NEXT));
    }
}

/// Orders by magnitude: the bits of non-negative floats sort as the numbers do.
fn key(magnitude: f32, bin: usize, ask: u64) -> u64 {
    u64::from(magnitude.to_bits()) << 32 | (bin as u64) << 2 | ask
}
