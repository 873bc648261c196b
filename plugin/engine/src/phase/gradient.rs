//! Phase integrated from a decoder's magnitudes: each lobe turns on from where it was.
//!
//! ```text
//!  magnitude [bins] ─┬─► frequency of each lobe, signs of side lobes ─► integration ─┬─► phase [bins]
//!                    └─► noise gate ─► which bins take stored phase ─────────────────┘
//! ```
//!
//! The loudest bins are trusted first and hand their phase on, so errors end up where they cannot
//! be heard. Without a look at the next frame the gradient across frequency is zero: a lobe is
//! locked to its peak, its side lobes alternating as they do in the window's own transform: without
//! their signs a held sound buzzes at the hop's rate, 20 dB louder. Between two lobes the phase is
//! that of their sum ([`super::relation`]). Phases count in turns modulo 2³², so a note held for
//! hours stays exact.
//!
//! A voice keeps what one frame hands to the next, and what is seen of the next before its phases
//! are made. All else is of the moment and lies in [`PhaseTools`]: what is kept is swapped in, and
//! back out when the frame is done.
//!
//! ```text
//!  GradientPhase (each voice)          PhaseTools (one for all)
//!  last: magnitude, frequency, ◄─swap─► last ─┐
//!        phase, noise, signs                  ├─ routes, half hops ─► next ─► last
//!  next: peaks, signs, noise   ◄─swap─► next ─┘
//! ```
//!
//! *Real time:* every buffer has its length from the start.
//!
//! *Source:* Průša and Søndergaard, "Real-time spectrogram inversion using phase gradient heap
//! integration", DAFx-16; written from the paper.

use super::gate::NoiseGate;
use super::integration::Integration;
use super::noise::MAKE_UP;
use super::own::{Own, Signs, write_half_hops};
use crate::random::Random;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{narrow, turns};
use std::mem::swap;

/// What all phases of one geometry use, one at a time.
#[derive(Debug)]
pub struct PhaseTools {
    integration: Integration,
    signs: Signs,
    moved: Vec<f32>,
}

/// One voice's phase, from frame to frame.
#[derive(Debug)]
pub struct GradientPhase {
    last: Last,
    next: Next,
    gate: NoiseGate,
}

/// The newest finished frame, `[bins]` each.
#[derive(Debug)]
struct Last {
    magnitude: Vec<f32>,
    frequency: Vec<f32>,
    phase: Vec<u32>,
    noise: Vec<bool>,
    /// Which bins are turned by half against their peaks.
    opposite: Vec<bool>,
    /// Where its lobes begin.
    lobes: Vec<u16>,
}

/// What is seen of the next frame.
#[derive(Debug)]
struct Next {
    own: Own,
    noise: Vec<bool>,
    /// In bins, where it is known.
    fundamental: Option<f32>,
}

/// How the lobes of a frame go on from the last one's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lobes {
    /// Phases are handed on along the loudest routes.
    Integrated,
    /// Each lobe turns on from where its loudest bin was.
    Locked,
}

/// How a sound goes on at another fundamental: old and new frames are read at two speeds, at which
/// they agree in pitch, and meet at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carry {
    /// The old fundamental over the new one.
    pub(crate) ratio: f64,
    /// From the centre of the newest old frame to the moment, in transform lengths.
    pub(crate) until: f64,
    /// From the moment to the centre of the new frame.
    pub(crate) from: f64,
}

impl PhaseTools {
    /// Buffers for one geometry. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        Self {
            integration: Integration::new(geometry),
            signs: Signs::new(geometry.bins()),
            moved: vec![0.0; geometry.bins()],
        }
    }

    /// What is not settled takes what is stored.
    fn take_stored(&mut self, stored: impl Iterator<Item = u32>) {
        let integration = &mut self.integration;
        let bins = integration.next.phase.iter_mut();
        for ((phase, settled), stored) in bins.zip(&integration.settled).zip(stored) {
            *phase = if *settled { *phase } else { stored };
        }
    }

    /// Lobes that nothing has reached begin anew.
    fn begin_anew(&mut self, random: &mut Random) {
        let mut owner = f32::NAN;
        let mut fresh = 0;
        let signs = &self.signs.next;
        self.integration.for_each_open(|frame, bin| {
            let frequency = frame.frequency[bin];
            if frequency.to_bits() != owner.to_bits() {
                owner = frequency;
                fresh = random.turns();
            }
            frame.phase[bin] = fresh.wrapping_add(signs.sign(bin));
        });
    }

    /// Ends the frame.
    fn finish(&mut self) {
        self.integration.fill_valleys(&self.signs.next);
        self.swap();
    }

    /// What the bins of both frames turn in half a hop; of the last one it is told where its lobes
    /// begin.
    fn write_half_hops(&mut self, last_lobes: &[u16]) {
        let Integration {
            last,
            next,
            turns_per_bin,
            ..
        } = &mut self.integration;
        let starts = last_lobes.iter().copied();
        write_half_hops(&last.frequency, starts, &mut last.half_hop, *turns_per_bin);
        let starts = self.signs.next.starts();
        write_half_hops(&next.frequency, starts, &mut next.half_hop, *turns_per_bin);
    }

    /// The next frame is the last one.
    fn swap(&mut self) {
        self.integration.finish();
        self.signs.swap();
    }

    /// The phase of the last frame's lobe that lies at a frequency, in bins, if one does.
    fn last_phase(&self, frequency: f32) -> Option<u32> {
        self.signs.last.phase(&self.integration.last, frequency)
    }
}

impl GradientPhase {
    /// Buffers for one geometry. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        let bins = geometry.bins();
        Self {
            last: Last {
                magnitude: vec![0.0; bins],
                frequency: vec![0.0; bins],
                phase: vec![0; bins],
                noise: vec![false; bins],
                opposite: vec![false; bins],
                lobes: Vec::with_capacity(bins / 2),
            },
            next: Next {
                own: Own::new(bins),
                noise: vec![false; bins],
                fundamental: None,
            },
            gate: NoiseGate::new(bins),
        }
    }

    /// Forgets the past: every lobe of a note's first frame starts at a random phase, its noise at
    /// none yet ([`Self::take_noise`]). It can be turned on at once ([`Self::turn`]).
    pub fn start(
        &mut self,
        tools: &mut PhaseTools,
        magnitude: &[f32],
        fundamental: Option<f32>,
        random: &mut Random,
    ) {
        self.next.fundamental = fundamental;
        self.next.own.read(magnitude);
        self.gate.start(magnitude);
        self.gate
            .read(magnitude, &mut self.next.noise, &mut tools.moved);
        self.take_up(tools, magnitude);
        let PhaseTools {
            integration, signs, ..
        } = tools;
        let first = &mut integration.next;
        let mut owner = f32::NAN;
        let mut phase = 0;
        for (bin, &frequency) in first.frequency.iter().enumerate() {
            if frequency.to_bits() != owner.to_bits() {
                owner = frequency;
                phase = random.turns();
            }
            first.phase[bin] = phase.wrapping_add(signs.next.sign(bin));
        }
        tools.swap();
        self.lay_down(tools);
        self.ready_to_turn(tools);
    }

    /// Ends the frame whose lobes were observed as the first of another fundamental: each of them has
    /// the phase of the old frame's lobe that sounds alike; what had none begins anew. Then the
    /// frames before it can be drawn, from the first on ([`Self::ready_to_turn`], [`Self::turn`]).
    pub(crate) fn carry(
        &mut self,
        tools: &mut PhaseTools,
        magnitude: &[f32],
        carry: &Carry,
        random: &mut Random,
    ) {
        // Another key's noise has not moved from this one's: it begins.
        self.gate.start(magnitude);
        self.observe_noise(tools, magnitude);
        self.take_up(tools, magnitude);
        let turns_per_hop = tools.integration.turns_per_bin;
        let before = turns_per_hop.recip() - 1.0;
        let mut owner = f32::NAN;
        let mut phase = 0;
        for bin in 0..magnitude.len() {
            let frequency = tools.integration.next.frequency[bin];
            if frequency.to_bits() != owner.to_bits() {
                owner = frequency;
                let frequency = f64::from(frequency);
                let old = narrow(frequency * carry.ratio);
                let met = tools.last_phase(old).map(|old_phase| {
                    let until = turns(f64::from(old) * carry.until);
                    old_phase
                        .wrapping_add(until)
                        .wrapping_add(turns(frequency * carry.from))
                });
                let newest = met.unwrap_or_else(|| random.turns());
                phase = newest.wrapping_sub(turns(frequency * turns_per_hop * before));
            }
            let sign = tools.signs.next.sign(bin);
            tools.integration.next.phase[bin] = phase.wrapping_add(sign);
        }
        tools.swap();
        self.lay_down(tools);
    }

    /// The magnitudes of the newest finished frame, `[bins]`.
    pub(crate) fn magnitude(&self) -> &[f32] {
        &self.last.magnitude
    }

    /// Makes ready to turn the newest frame on, after what else the tools have been used for.
    pub fn ready_to_turn(&self, tools: &mut PhaseTools) {
        let Integration {
            last,
            turns_per_bin,
            ..
        } = &mut tools.integration;
        let Last {
            frequency, lobes, ..
        } = &self.last;
        let starts = lobes.iter().copied();
        write_half_hops(frequency, starts, &mut last.half_hop, *turns_per_bin);
    }

    /// Turns every bin of a note's first frame on by one hop, without looking at a new magnitude.
    pub fn turn(&mut self, tools: &PhaseTools) {
        let half_hop = &tools.integration.last.half_hop;
        for (phase, half) in self.last.phase.iter_mut().zip(half_hop) {
            *phase = phase.wrapping_add(*half).wrapping_add(*half);
        }
    }

    /// Gives the newest frame's noise its phases.
    pub fn take_noise(&mut self, stored: impl Iterator<Item = u32>) {
        if !self.gate.any() {
            return;
        }
        let newest = &mut self.last;
        let bins = newest.phase.iter_mut().zip(&newest.noise).zip(stored);
        bins.for_each(|((phase, noise), stored)| *phase = if *noise { stored } else { *phase });
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

    /// The same, to be moved by another rule; integration goes on from them.
    pub fn phase_mut(&mut self) -> &mut [u32] {
        &mut self.last.phase
    }

    /// Which bins of the newest finished frame are noise, `[bins]`.
    #[must_use]
    pub fn noise(&self) -> &[bool] {
        &self.last.noise
    }

    /// Makes up in a magnitude, `[bins]`, for what the newest finished frame's noise loses with
    /// stored phase.
    pub(crate) fn lift_noise(&self, magnitude: &mut [f32]) {
        if self.gate.any() {
            let bins = magnitude.iter_mut().zip(self.noise());
            bins.for_each(|(m, noise)| *m *= if *noise { MAKE_UP } else { 1.0 });
        }
    }

    /// Looks at the next frame's magnitude, `[bins]`, which is the caller's and has to be the same
    /// until its phases come: from [`Self::settle`], or from elsewhere ([`Self::pass`]).
    pub fn observe(&mut self, tools: &mut PhaseTools, magnitude: &[f32], fundamental: Option<f32>) {
        self.observe_lobes(magnitude, fundamental);
        self.observe_noise(tools, magnitude);
    }

    /// The first half of [`Self::observe`], for who deals its work out.
    pub(crate) fn observe_lobes(&mut self, magnitude: &[f32], fundamental: Option<f32>) {
        self.next.fundamental = fundamental;
        self.next.own.read(magnitude);
    }

    /// The second half; [`Self::carry`] does it by itself.
    pub(crate) fn observe_noise(&mut self, tools: &mut PhaseTools, magnitude: &[f32]) {
        self.gate
            .read(magnitude, &mut self.next.noise, &mut tools.moved);
    }

    /// Hands the last frame's phases on to what was observed, and ends the frame: lobes that nothing
    /// has reached begin anew, the rest takes what is stored.
    pub fn settle(
        &mut self,
        tools: &mut PhaseTools,
        (magnitude, lobes): (&[f32], Lobes),
        stored: impl Iterator<Item = u32>,
        random: &mut Random,
    ) {
        self.take_up(tools, magnitude);
        match lobes {
            Lobes::Integrated => {
                tools.write_half_hops(&self.last.lobes);
                tools.integration.go_on(&tools.signs);
                tools.take_stored(stored);
                tools.begin_anew(random);
            }
            Lobes::Locked => {
                tools.integration.lock(&tools.signs, random);
                tools.take_stored(stored);
            }
        }
        tools.finish();
        self.lay_down(tools);
    }

    /// Ends the frame that was observed with the last one's phases as they are, for others to be
    /// set ([`Self::set`], [`Self::phase_mut`]).
    pub fn pass(&mut self, tools: &mut PhaseTools, magnitude: &[f32]) {
        self.take_up(tools, magnitude);
        let Integration { last, next, .. } = &mut tools.integration;
        swap(&mut last.phase, &mut next.phase);
        tools.swap();
        self.lay_down(tools);
    }

    /// Sets the newest frame's phases; integration goes on from them.
    pub fn set(&mut self, phase: impl Iterator<Item = u32>) {
        let phases = self.last.phase.iter_mut().zip(phase);
        phases.for_each(|(own, given)| *own = given);
    }

    /// What is kept comes into the tools, with all that is known of the next frame.
    fn take_up(&mut self, tools: &mut PhaseTools, magnitude: &[f32]) {
        self.exchange(tools);
        let next = &mut tools.integration.next;
        next.magnitude.copy_from_slice(magnitude);
        let own = &tools.signs.next;
        own.write_lobes(&mut next.frequency, self.next.fundamental);
    }

    /// What is to be kept comes back out of the tools.
    fn lay_down(&mut self, tools: &mut PhaseTools) {
        self.exchange(tools);
        self.last.lobes.clear();
        self.last.lobes.extend(tools.signs.last.starts());
    }

    /// Swaps what is kept with what lies in the tools, lengths being the same.
    fn exchange(&mut self, tools: &mut PhaseTools) {
        let (own, last) = (&mut self.last, &mut tools.integration.last);
        swap(&mut own.magnitude, &mut last.magnitude);
        swap(&mut own.frequency, &mut last.frequency);
        swap(&mut own.phase, &mut last.phase);
        swap(&mut own.noise, &mut last.noise);
        swap(&mut own.opposite, &mut tools.signs.last.opposite);
        swap(&mut self.next.own, &mut tools.signs.next);
        swap(&mut self.next.noise, &mut tools.integration.next.noise);
    }
}
