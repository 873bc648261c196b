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
//! be heard. Phases count in turns modulo 2³², so a note held for hours stays exact.
//!
//! A *drawn* frame, a decoder's, has blurred lobes on a known note: every lobe turns as one, its
//! bins locked to its peak. A *recorded* frame is sharp: every bin has its own frequency, side lobes
//! have their signs, and across frequency the phase follows how the magnitude rises or falls in
//! time, told by the two frames before or, better, by one frame of look-ahead.
//!
//! The work can be cut anywhere between two bins ([`GradientPhase::step`]), so that it spreads over
//! a hop.
//!
//! *Real time:* every buffer has its length from the start; the heap never grows past its capacity.
//!
//! *Source:* Průša and Søndergaard, "Real-time spectrogram inversion using phase gradient heap
//! integration", DAFx-16; written from the paper.

use super::own::Own;
use super::{lobes, relation};
use crate::phasor::wrapped;
use crate::random::Random;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{narrow, turns};
use std::collections::BinaryHeap;
use std::f64::consts::TAU;

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
    kind: Kind,
    /// Logarithms of the last two magnitudes, newest first.
    logarithms: [Vec<f32>; 2],
    /// Turns from bin to bin, of the next frame.
    across: Vec<f32>,
    /// The magnitude after the next frame's, if it is known.
    following: Vec<f32>,
    looks_ahead: bool,
    /// Frames since the sound began.
    frames: usize,
    /// What lobes without a past begin with.
    fresh: u32,
    /// Turns per bin for a rise of the magnitude by e in a hop.
    lean: f32,
}

/// Where the frames come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Drawn,
    Recorded,
}

#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) magnitude: Vec<f32>,
    pub(super) frequency: Vec<f32>,
    pub(super) phase: Vec<u32>,
    pub(super) own: Own,
}

/// What a heap entry asks for, the lowest bits of its key: to go on from the last frame, to hand on
/// to the neighbours, to start anew.
const LAST: u64 = 0;
const NEXT: u64 = 1;
const FRESH: u64 = 2;
const ASKS: u64 = 3;
/// Bin and frame of a heap entry.
const BIN: u64 = 0xffff_ffff;
/// Nothing is softer: logarithms stay finite.
const SILENCE: f32 = 1e-12;
/// Of a Hann window: its time–frequency ratio γ over fft_len², in Gaussian terms.
const GAMMA: f64 = 0.256_45;
/// Half a turn.
const OPPOSITE: u32 = 1 << 31;

impl GradientPhase {
    /// For a decoder's frames. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        Self::with(geometry, Kind::Drawn)
    }

    /// For the frames of a recording, analysed with a Hann window. Allocates.
    #[must_use]
    pub fn of_recording(geometry: Geometry) -> Self {
        Self::with(geometry, Kind::Recorded)
    }

    fn with(geometry: Geometry, kind: Kind) -> Self {
        let bins = geometry.bins();
        let frame = Frame {
            magnitude: vec![0.0; bins],
            frequency: vec![0.0; bins],
            phase: vec![0; bins],
            own: Own::new(bins),
        };
        let ratio = geometry.fft_len() as f64 / geometry.hop() as f64;
        Self {
            turns_per_bin: geometry.hop() as f64 / geometry.fft_len() as f64,
            last: frame.clone(),
            next: frame,
            advance: vec![0; bins],
            settled: vec![false; bins],
            heap: BinaryHeap::with_capacity(2 * bins),
            floor: 0.0,
            kind,
            logarithms: [0, 1].map(|_| vec![SILENCE.ln(); bins]),
            across: vec![0.0; bins],
            following: vec![0.0; bins],
            looks_ahead: false,
            frames: 0,
            fresh: 0,
            lean: narrow(-GAMMA * ratio / (2.0 * TAU)),
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
        let next = &mut self.next;
        next.magnitude.copy_from_slice(magnitude);
        match self.kind {
            Kind::Drawn => lobes::write_frequencies(magnitude, fundamental, &mut next.frequency),
            Kind::Recorded => next.own.read(magnitude, &mut next.frequency),
        }
    }

    /// Takes the next frame's magnitude and queues what the last frame knows.
    pub fn begin(&mut self, magnitude: &[f32], fundamental: Option<f32>) {
        self.observe(magnitude, fundamental);
        if self.kind == Kind::Recorded {
            self.lean_back();
        }
        self.queue(magnitude);
    }

    /// As [`Self::begin`], knowing the magnitude of the frame after it.
    pub fn begin_ahead(&mut self, magnitude: &[f32], following: &[f32], fundamental: Option<f32>) {
        self.observe(magnitude, fundamental);
        self.following.copy_from_slice(following);
        self.looks_ahead = true;
        let before = &self.last.magnitude;
        let pairs = following.iter().zip(before);
        for (across, (following, before)) in self.across.iter_mut().zip(pairs) {
            let rise = following.max(SILENCE).ln() - before.max(SILENCE).ln();
            *across = (self.lean * rise).clamp(-0.5, 0.5);
        }
        if self.frames == 0 {
            self.across.fill(0.0);
        }
        self.queue(magnitude);
    }

    /// The slope across frequency from this frame and the two before it.
    fn lean_back(&mut self) {
        let [last, before] = &mut self.logarithms;
        let known = self.frames >= 2;
        let pairs = last.iter_mut().zip(before).zip(&self.next.magnitude);
        for (across, ((last, before), magnitude)) in self.across.iter_mut().zip(pairs) {
            let here = magnitude.max(SILENCE).ln();
            let rise = 3.0 * here - 4.0 * *last + *before;
            *across = if known {
                (self.lean * rise).clamp(-0.5, 0.5)
            } else {
                0.0
            };
            (*before, *last) = (*last, here);
        }
    }

    fn queue(&mut self, magnitude: &[f32]) {
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
            let bin = (entry & BIN) as usize >> 2;
            match entry & ASKS {
                LAST => self.settle_in_time(bin),
                FRESH => self.settle_fresh(bin),
                _ => self.settle_neighbours(bin),
            }
        }
    }

    /// Ends the frame: what no settled bin has reached starts anew.
    pub fn finish(&mut self, floor_phase: impl Iterator<Item = u32>, random: &mut Random) {
        self.step(usize::MAX);
        if self.kind == Kind::Recorded {
            self.start_what_is_new(random.turns());
        }
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
        if self.looks_ahead && self.kind == Kind::Recorded {
            let before = &self.last.magnitude;
            let around = [before.as_slice(), &self.following];
            relation::lock(&mut self.next, around, self.turns_per_bin, self.frames);
        }
        self.looks_ahead = false;
        self.frames += 1;
        std::mem::swap(&mut self.last, &mut self.next);
    }

    /// Lobes without a past begin at their loudest bin, all with one phase.
    fn start_what_is_new(&mut self, phase: u32) {
        self.fresh = phase;
        for (bin, magnitude) in self.next.magnitude.iter().enumerate() {
            if !self.settled[bin] && *magnitude > self.floor {
                self.heap.push(key(*magnitude, bin, FRESH));
            }
        }
        self.step(usize::MAX);
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
        let turned = self.last.own.opposite[bin] != self.next.own.opposite[bin];
        self.settle(bin, phase.wrapping_add(if turned { OPPOSITE } else { 0 }));
    }

    fn settle_fresh(&mut self, bin: usize) {
        if !self.settled[bin] {
            self.settle(bin, self.fresh);
        }
    }

    fn settle_neighbours(&mut self, bin: usize) {
        if bin > 0 {
            self.settle_if_audible(bin - 1, bin, -0.5);
        }
        if bin + 1 < self.settled.len() {
            self.settle_if_audible(bin + 1, bin, 0.5);
        }
    }

    fn settle_if_audible(&mut self, bin: usize, from: usize, way: f32) {
        if self.settled[bin] || self.next.magnitude[bin] <= self.floor {
            return;
        }
        let lean = way * (self.across[from] + self.across[bin]);
        let turned = self.next.own.opposite[from] != self.next.own.opposite[bin];
        let phase = self.next.phase[from].wrapping_add(wrapped(lean));
        self.settle(bin, phase.wrapping_add(if turned { OPPOSITE } else { 0 }));
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
