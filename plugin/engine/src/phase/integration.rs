//! Phases handed on, the loudest bins first, in time and across frequency.
//!
//! ```text
//!  last frame: magnitude, frequency, phase ─┐
//!  next frame: magnitude, frequency ────────┴─► routes ─► next phase [bins, turns]
//!
//!      last frame's bin ─ turns by the mean of both frequencies ─► the same bin now
//!      a bin that is settled now ─ and what it leans by ─────────► its neighbours
//! ```
//!
//! As published, a heap gives out the loudest bin that is left. What that settles on is a widest
//! path: each bin's phase comes along the route whose faintest bin is the loudest. The bins of a
//! frame lie in a line, so a route comes from the bin's own past, from below or from above, and one
//! sweep each way finds the widest. The phases are the heap's (a test has one beside it), at a cost
//! that does not depend on what the frame shows.
//!
//! What is beyond the frequencies, leaning across and the signs of side lobes, is a [`Lean`]'s.
//!
//! *Real time:* every buffer has its length from the start.

use super::own::{Own, Signs, spread};
use super::peaks::Peak;
use super::{lobes, relation};
use crate::random::Random;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::turns;
use std::hint::select_unpredictable;
use std::ops::Range;

/// Valleys are told their phases this far below the floor: many faint bins are heard together.
const FAINTER: f32 = 0.03;
/// Bins that are asked together which of them are open.
const TOGETHER: usize = 32;
/// Of a turn.
const QUARTER: u32 = 1 << 30;
const HALF: u32 = 1 << 31;

/// One frame, `[bins]` each: linear magnitude, frequency in bins, what that turns in half a hop,
/// phase in turns, and which bins are noise and have no phase to hand on.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) magnitude: Vec<f32>,
    pub(super) frequency: Vec<f32>,
    pub(super) half_hop: Vec<u32>,
    pub(super) phase: Vec<u32>,
    pub(super) noise: Vec<bool>,
}

impl Frame {
    /// Silence. Allocates.
    pub(super) fn new(bins: usize) -> Self {
        Self {
            magnitude: vec![0.0; bins],
            frequency: vec![0.0; bins],
            half_hop: vec![0; bins],
            phase: vec![0; bins],
            noise: vec![false; bins],
        }
    }

    /// Takes phases from elsewhere.
    pub(super) fn set(&mut self, phase: impl Iterator<Item = u32>) {
        let phases = self.phase.iter_mut().zip(phase);
        phases.for_each(|(own, given)| *own = given);
    }

    /// At 0 Hz and at half the rate the spectrum of a sound is real, and so is a lobe that is centred
    /// there: of any other phase only the cosine would sound.
    pub(super) fn make_ends_real(&mut self) {
        let last = self.phase.len() - 1;
        for (end, beside) in [(0, 1), (last, last - 1)] {
            self.phase[end] = self.phase[end].wrapping_add(QUARTER) & HALF;
            if self.magnitude[end] > self.magnitude[beside] {
                self.phase[beside] = self.phase[end];
            }
        }
    }
}

/// What phases gain beside their frequencies, in turns.
pub(super) trait Lean {
    /// Of a bin, from the last frame to the next.
    fn in_time(&self, bin: usize) -> u32;
    /// From a bin of the next frame to its neighbour.
    fn across(&self, from: usize, to: usize) -> u32;
}

/// Two frames, and the routes between them.
#[derive(Debug)]
pub(super) struct Integration {
    pub(super) turns_per_bin: f64,
    pub(super) last: Frame,
    pub(super) next: Frame,
    pub(super) settled: Vec<bool>,
    routes: Routes,
    floor: f32,
}

/// How phase reaches the bins of a frame, `[bins]` each. Loudness is a magnitude's bits: they have
/// its order, and whole numbers are compared in half the time.
#[derive(Debug)]
struct Routes {
    /// How loud a bin's own source is; 0 without one.
    source: Vec<i32>,
    /// How loud a bin is as part of a route; 0 where none goes through.
    width: Vec<i32>,
    /// How wide the widest route from below is; 0 without one.
    below: Vec<i32>,
    /// The same from above.
    above: Vec<i32>,
    from: Vec<From>,
}

/// Where a bin's phase comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Nowhere,
    Source,
    Below,
    Above,
}

impl Routes {
    fn new(bins: usize) -> Self {
        Self {
            source: vec![0; bins],
            width: vec![0; bins],
            below: vec![0; bins],
            above: vec![0; bins],
            from: vec![From::Nowhere; bins],
        }
    }

    /// Finds each bin's widest route: as wide as its faintest bin is loud. Upwards and downwards at
    /// once, so that neither waits for the other.
    fn find(&mut self) {
        let bins = self.from.len();
        let [source, width] = [&self.source, &self.width].map(|loud| &loud[..bins]);
        let [below, above] = [&mut self.below, &mut self.above].map(|wide| &mut wide[..bins]);
        let (mut upwards, mut downwards) = (0, 0);
        for (bin, mirrored) in (0..bins).zip((0..bins).rev()) {
            below[bin] = upwards;
            upwards = width[bin].min(source[bin].max(upwards));
            above[mirrored] = downwards;
            downwards = width[mirrored].min(source[mirrored].max(downwards));
        }
        for (bin, from) in self.from.iter_mut().enumerate() {
            let (source, below, above) = (source[bin], below[bin], above[bin]);
            let from_side = if below >= above {
                From::Below
            } else {
                From::Above
            };
            let widest = source.max(below.max(above));
            let told = if source >= widest {
                From::Source
            } else {
                from_side
            };
            *from = if (width[bin] == 0) | (widest == 0) {
                From::Nowhere
            } else {
                told
            };
        }
    }
}

impl Integration {
    /// Buffers for one geometry. Allocates.
    pub(super) fn new(geometry: Geometry) -> Self {
        let bins = geometry.bins();
        let frame = Frame::new(bins);
        Self {
            turns_per_bin: geometry.hop() as f64 / geometry.fft_len() as f64,
            last: frame.clone(),
            next: frame,
            settled: vec![false; bins],
            routes: Routes::new(bins),
            floor: 0.0,
        }
    }

    /// Settles what the last frame's phases reach of the next, whose magnitudes and frequencies are
    /// there.
    pub(super) fn go_on(&mut self, lean: &impl Lean) {
        self.begin();
        let (routes, floor) = (&mut self.routes, self.floor);
        let widths = routes.width.iter_mut().zip(&mut routes.source);
        let last = self.last.magnitude.iter().zip(&self.last.noise);
        let next = self.next.magnitude.iter().zip(&self.next.noise);
        for ((width, source), (last, next)) in widths.zip(last.zip(next)) {
            let tonal = |(magnitude, noise): (&f32, &bool)| (*magnitude > floor) & !noise;
            *width = loudness(*next.0, tonal(next));
            *source = loudness(*last.0, tonal(next) & tonal(last));
        }
        for bin in 0..self.settled.len() {
            self.next.phase[bin] = self.turned(bin).wrapping_add(lean.in_time(bin));
        }
        self.follow(lean);
    }

    /// Settles the bins that nothing has reached: the loudest of them begin with `fresh` and hand
    /// on.
    pub(super) fn begin_anew(&mut self, fresh: u32, lean: &impl Lean) {
        for bin in 0..self.settled.len() {
            let open = !self.settled[bin] && self.is_tonal(bin);
            let width = loudness(self.next.magnitude[bin], open);
            (self.routes.width[bin], self.routes.source[bin]) = (width, width);
            self.next.phase[bin] = if open { fresh } else { self.next.phase[bin] };
        }
        self.follow(lean);
    }

    /// Without routes: each lobe's loudest bin turns on from where it was, or begins anew if it was
    /// nowhere, and takes its lobe along. Every tonal bin is settled.
    ///
    /// What a lobe does is written to all its bins at once, and each bin takes its part of it after
    /// that: nothing foretells how long lobes are. Each draws a phase to begin with, for nothing
    /// foretells which will: an attack costs what any frame does.
    pub(super) fn lock(&mut self, signs: &Signs, random: &mut Random) {
        self.begin();
        let peaks = &signs.next.peaks;
        if peaks.is_empty() {
            let bins = 0..self.settled.len();
            bins.for_each(|bin| self.turn_on(bin, bin..bin + 1, signs, random.turns()));
        }
        let mut number = 0;
        while number < peaks.len() {
            let begun = number;
            let frequency = self.next.frequency[peaks[number].from()].to_bits();
            let same = |peak: &Peak| self.next.frequency[peak.from()].to_bits() == frequency;
            // Two lobes that were taken for one partial are one.
            number += 1;
            while peaks.get(number).is_some_and(same) {
                number += 1;
            }
            let lobe = peaks[begun].from()..signs.next.end(number - 1);
            let peak = self.loudest(&peaks[begun..number], lobe.clone());
            self.turn_on(peak, lobe, signs, random.turns());
        }
        let settled = self.settled.iter_mut().zip(&self.next.noise);
        let bins = settled.zip(&self.next.magnitude);
        for ((settled, noise), magnitude) in bins {
            *settled = !noise & (*magnitude > self.floor);
        }
        for (bin, phase) in self.next.phase.iter_mut().enumerate() {
            *phase ^= signs.next.sign(bin);
        }
    }

    /// Writes to a lobe the phase that its loudest bin turns on to, or a fresh one.
    fn turn_on(&mut self, peak: usize, lobe: Range<usize>, signs: &Signs, fresh: u32) {
        // Of a lobe only its loudest bin turns: what others turn is not looked up.
        let [last, next] = [&self.last, &self.next].map(|frame| f64::from(frame.frequency[peak]));
        let turned = turns(0.5 * (last + next) * self.turns_per_bin);
        let phase = self.last.phase[peak].wrapping_add(turned);
        let phase = phase.wrapping_add(signs.last.sign(peak));
        let phase = select_unpredictable(self.has_past(peak), phase, fresh);
        spread(&mut self.next.phase, lobe, phase);
    }

    /// A lobe's loudest bin that is tonal, if any is: one of its peaks or an end of the spectrum.
    fn loudest(&self, peaks: &[Peak], lobe: Range<usize>) -> usize {
        let magnitude = &self.next.magnitude;
        let louder = |one: usize, other: usize| {
            if magnitude[other] >= magnitude[one] {
                other
            } else {
                one
            }
        };
        let mut loudest = peaks[0].bin();
        for peak in &peaks[1..] {
            loudest = louder(loudest, peak.bin());
        }
        if lobe.start == 0 {
            loudest = louder(0, loudest);
        }
        if lobe.end == magnitude.len() {
            loudest = louder(loudest, magnitude.len() - 1);
        }
        if self.next.noise[loudest] {
            let tonal = lobe.filter(|bin| self.is_tonal(*bin));
            let by_loudness = |a: &usize, b: &usize| magnitude[*a].total_cmp(&magnitude[*b]);
            return tonal.max_by(by_loudness).unwrap_or(loudest);
        }
        loudest
    }

    /// Whether a bin of the next frame is above the floor and no noise.
    pub(super) fn is_tonal(&self, bin: usize) -> bool {
        (self.next.magnitude[bin] > self.floor) & !self.next.noise[bin]
    }

    /// Goes through the tonal bins that nothing has reached. There are few: whether any of some bins
    /// is one is asked of all of them at once.
    pub(super) fn for_each_open(&mut self, mut begin: impl FnMut(&mut Frame, usize)) {
        let bins = self.settled.len();
        for first in (0..bins).step_by(TOGETHER) {
            let some = first..(first + TOGETHER).min(bins);
            let settled = self.settled[some.clone()].iter();
            let noise = settled.zip(&self.next.noise[some.clone()]);
            let bins = noise.zip(&self.next.magnitude[some]);
            let mut open = 0u32;
            for (lane, ((settled, noise), magnitude)) in bins.enumerate() {
                let is_open = !settled & !noise & (*magnitude > self.floor);
                open |= u32::from(is_open) << lane;
            }
            while open != 0 {
                begin(&mut self.next, first + open.trailing_zeros() as usize);
                open &= open - 1;
            }
        }
    }

    /// Gives the next frame's valleys between two lobes the phases that both make together.
    pub(super) fn fill_valleys(&mut self, own: &Own) {
        relation::fill(&mut self.next, own, FAINTER * self.floor);
    }

    /// The next frame is finished.
    pub(super) fn finish(&mut self) {
        std::mem::swap(&mut self.last, &mut self.next);
    }

    fn begin(&mut self) {
        let [last, next] = [&self.last, &self.next].map(|frame| lobes::loudest(&frame.magnitude));
        self.floor = last.max(next).max(f32::MIN_POSITIVE) * lobes::FLOOR;
        self.settled.fill(false);
    }

    /// Phases go along the routes from their sources, which have theirs, on: first upwards, then
    /// downwards. Chosen without branches, for in noise every bin has another route than the one
    /// before.
    fn follow(&mut self, lean: &impl Lean) {
        self.routes.find();
        let bins = self.settled.len();
        let (from, phases) = (&self.routes.from[..bins], &mut self.next.phase[..bins]);
        let mut phase = 0u32;
        for bin in 0..bins {
            let below = phase.wrapping_add(lean.across(bin.saturating_sub(1), bin));
            phase = select_unpredictable(from[bin] == From::Below, below, phases[bin]);
            phases[bin] = phase;
        }
        for bin in (1..bins).rev() {
            let above = phase.wrapping_add(lean.across(bin, bin - 1));
            phase = select_unpredictable(from[bin - 1] == From::Above, above, phases[bin - 1]);
            phases[bin - 1] = phase;
        }
        let settled = self.settled.iter_mut().zip(from);
        settled.for_each(|(settled, from)| *settled |= *from != From::Nowhere);
    }

    /// Whether a bin of the next frame can go on from the last one.
    fn has_past(&self, bin: usize) -> bool {
        (self.last.magnitude[bin] > self.floor) & !self.last.noise[bin] & self.is_tonal(bin)
    }

    /// The next phase of a bin that goes on from the last frame: half a hop at either's frequency.
    fn turned(&self, bin: usize) -> u32 {
        let [last, next] = [&self.last, &self.next].map(|frame| frame.half_hop[bin]);
        self.last.phase[bin].wrapping_add(last).wrapping_add(next)
    }
}

/// How loud a bin is, if it counts.
#[inline(always)]
fn loudness(magnitude: f32, counts: bool) -> i32 {
    let bits = magnitude.to_bits().cast_signed();
    if counts { bits } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BinaryHeap;

    /// Leans that tell every step apart from every other.
    struct Numbered;

    impl Lean for Numbered {
        fn in_time(&self, bin: usize) -> u32 {
            turns(0.618_034 * (bin + 1) as f64)
        }

        fn across(&self, from: usize, to: usize) -> u32 {
            turns(0.414_214 * (3 * from + to) as f64)
        }
    }

    /// As published: whatever is loudest in a heap settles the bin that it leads to.
    fn by_heap(frames: &Integration) -> Vec<Option<u32>> {
        let bins = frames.settled.len();
        let key = |magnitude: f32, bin: usize, own: bool| (magnitude.to_bits(), bin, own);
        let mut heap: BinaryHeap<(u32, usize, bool)> = (0..bins)
            .filter(|bin| frames.has_past(*bin))
            .map(|bin| key(frames.last.magnitude[bin], bin, true))
            .collect();
        let mut phases = vec![None; bins];
        while let Some((_, bin, own)) = heap.pop() {
            let turned = frames.turned(bin).wrapping_add(Numbered.in_time(bin));
            let reached = match phases[bin] {
                _ if own => vec![(bin, turned)],
                Some(phase) => {
                    let beside = [bin.wrapping_sub(1), bin + 1]
                        .into_iter()
                        .filter(|to| *to < bins);
                    let across = |to| (to, u32::wrapping_add(phase, Numbered.across(bin, to)));
                    beside.map(across).collect()
                }
                None => vec![],
            };
            for (to, phase) in reached {
                if frames.is_tonal(to) && phases[to].is_none() {
                    phases[to] = Some(phase);
                    heap.push(key(frames.next.magnitude[to], to, false));
                }
            }
        }
        phases
    }

    /// Frames of lobes, of noise, with holes in them, held and moving: bin for bin the phase is what
    /// the heap finds, and what it does not reach is not settled.
    #[test]
    fn routes_are_the_heaps() {
        let geometry = Geometry::new(512, 128, 44_100).unwrap();
        let mut random = Random::new(3);
        for round in 0..300u32 {
            let mut frames = Integration::new(geometry);
            let rough = [0.0, 0.3, 3.0][round as usize % 3];
            let mut draw = |frame: &mut Frame, at: f32| {
                for bin in 0..257u16 {
                    let x = (f32::from(bin) + at) * 0.4;
                    let hill = 4.0 * (x.sin() - 1.0) + rough * random.bipolar();
                    let hole = random.bipolar() > 0.9;
                    let bin = usize::from(bin);
                    frame.magnitude[bin] = if hole { 0.0 } else { hill.exp() };
                    frame.half_hop[bin] = random.turns();
                    frame.phase[bin] = random.turns();
                    frame.noise[bin] = random.bipolar() > 0.95;
                }
            };
            draw(&mut frames.last, 0.0);
            draw(&mut frames.next, [0.0, 0.7][round as usize / 3 % 2]);
            if round % 5 == 0 {
                frames.last.magnitude.fill(0.0);
                for bin in 100..120 {
                    frames.last.magnitude[bin] = 0.5 + 0.001 * bin as f32;
                }
            }
            frames.go_on(&Numbered);
            let expected = by_heap(&frames);
            for (bin, expected) in expected.iter().enumerate() {
                let found = frames.settled[bin].then_some(frames.next.phase[bin]);
                assert_eq!(found, *expected, "round {round}, bin {bin}");
            }
        }
    }

    /// Two lobes without a past begin with the phase they are given, each at its loudest bin; the
    /// bins of a lobe that goes on are left alone.
    #[test]
    fn what_has_no_past_begins_anew() {
        let mut frames = Integration::new(Geometry::new(512, 128, 44_100).unwrap());
        let lobes = [(20, true), (40, false), (60, false)];
        for (centre, goes_on) in lobes {
            for (bin, magnitude) in (centre - 1..=centre + 1).zip([0.5, 1.0, 0.4]) {
                frames.next.magnitude[bin] = magnitude;
                frames.last.magnitude[bin] = if goes_on { magnitude } else { 0.0 };
            }
        }
        frames.go_on(&Numbered);
        let went_on = frames.next.phase[19..=21].to_vec();
        frames.begin_anew(77, &Numbered);
        assert_eq!(frames.next.phase[19..=21], went_on);
        for centre in [40, 60] {
            assert_eq!(frames.next.phase[centre], 77);
            let beside = 77u32.wrapping_add(Numbered.across(centre, centre + 1));
            assert_eq!(frames.next.phase[centre + 1], beside);
        }
        let settled = frames.settled.iter().filter(|settled| **settled).count();
        assert_eq!(settled, 9);
    }
}
