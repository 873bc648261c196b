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
//! *Real time:* every buffer has its length from the start.
//!
//! *Source:* Průša and Søndergaard, "Real-time spectrogram inversion using phase gradient heap
//! integration", DAFx-16; written from the paper.

use super::gate::NoiseGate;
use super::integration::{Frame, Integration};
use super::noise::MAKE_UP;
use super::own::{Own, Signs};
use crate::random::Random;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{narrow, turns};

/// One voice's phase, from frame to frame.
#[derive(Debug)]
pub struct GradientPhase {
    integration: Integration,
    signs: Signs,
    gate: NoiseGate,
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

impl Frame {
    /// Takes a decoder's magnitude, and the frequencies of its lobes.
    fn read(
        &mut self,
        magnitude: &[f32],
        fundamental: Option<f32>,
        own: &mut Own,
        turns_per_bin: f64,
    ) {
        self.magnitude.copy_from_slice(magnitude);
        own.read(magnitude);
        own.write_lobes(self, fundamental, turns_per_bin);
    }
}

impl GradientPhase {
    /// Buffers for one geometry. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        Self {
            integration: Integration::new(geometry),
            signs: Signs::new(geometry.bins()),
            gate: NoiseGate::new(geometry.bins()),
        }
    }

    /// Forgets the past: every lobe of a note's first frame starts at a random phase, its noise at
    /// none yet ([`Self::take_noise`]).
    pub fn start(&mut self, magnitude: &[f32], fundamental: Option<f32>, random: &mut Random) {
        let turns_per_bin = self.integration.turns_per_bin;
        let first = &mut self.integration.last;
        first.read(magnitude, fundamental, &mut self.signs.last, turns_per_bin);
        self.gate.start(magnitude);
        self.gate.read(magnitude, &mut first.noise);
        let mut owner = f32::NAN;
        let mut phase = 0;
        for (bin, &frequency) in first.frequency.iter().enumerate() {
            if frequency.to_bits() != owner.to_bits() {
                owner = frequency;
                phase = random.turns();
            }
            first.phase[bin] = phase.wrapping_add(self.signs.last.sign(bin));
        }
    }

    /// Ends the frame whose lobes were observed as the first of another fundamental: each of them has
    /// the phase of the old frame's lobe that sounds alike; what had none begins anew. Then the
    /// frames before it can be drawn, from the first on ([`Self::turn`]).
    pub(crate) fn carry(&mut self, carry: &Carry, random: &mut Random) {
        // Another key's noise has not moved from this one's: it begins.
        self.gate.start(&self.integration.next.magnitude);
        self.observe_noise();
        let integration = &mut self.integration;
        let turns_per_hop = integration.turns_per_bin;
        let before = turns_per_hop.recip() - 1.0;
        let mut owner = f32::NAN;
        let mut phase = 0;
        for bin in 0..integration.settled.len() {
            let frequency = integration.next.frequency[bin];
            if frequency.to_bits() != owner.to_bits() {
                owner = frequency;
                let frequency = f64::from(frequency);
                let old = narrow(frequency * carry.ratio);
                let met = self.signs.last.phase(&integration.last, old);
                let met = met.map(|old_phase| {
                    let until = turns(f64::from(old) * carry.until);
                    old_phase
                        .wrapping_add(until)
                        .wrapping_add(turns(frequency * carry.from))
                });
                let newest = met.unwrap_or_else(|| random.turns());
                phase = newest.wrapping_sub(turns(frequency * turns_per_hop * before));
            }
            integration.next.phase[bin] = phase.wrapping_add(self.signs.next.sign(bin));
        }
        integration.finish();
        self.signs.swap();
    }

    /// The magnitudes of the newest finished frame, `[bins]`.
    pub(crate) fn magnitude(&self) -> &[f32] {
        &self.integration.last.magnitude
    }

    /// Turns every bin of a note's first frame on by one hop, without looking at a new magnitude.
    pub fn turn(&mut self) {
        let Frame {
            phase, half_hop, ..
        } = &mut self.integration.last;
        for (phase, half) in phase.iter_mut().zip(half_hop) {
            *phase = phase.wrapping_add(*half).wrapping_add(*half);
        }
    }

    /// Gives the newest frame's noise its phases.
    pub fn take_noise(&mut self, stored: impl Iterator<Item = u32>) {
        if !self.gate.any() {
            return;
        }
        let newest = &mut self.integration.last;
        let bins = newest.phase.iter_mut().zip(&newest.noise).zip(stored);
        bins.for_each(|((phase, noise), stored)| *phase = if *noise { stored } else { *phase });
    }

    /// Says which magnitude the newest frame really had; integration goes on from it.
    pub fn hold(&mut self, magnitude: &[f32]) {
        self.integration.last.magnitude.copy_from_slice(magnitude);
    }

    /// The phases of the newest finished frame, in turns, `[bins]`.
    #[must_use]
    pub fn phase(&self) -> &[u32] {
        &self.integration.last.phase
    }

    /// Which bins of the newest finished frame are noise, `[bins]`.
    #[must_use]
    pub fn noise(&self) -> &[bool] {
        &self.integration.last.noise
    }

    /// Makes up in a magnitude, `[bins]`, for what the newest finished frame's noise loses with
    /// stored phase.
    pub(crate) fn lift_noise(&self, magnitude: &mut [f32]) {
        if self.gate.any() {
            let bins = magnitude.iter_mut().zip(self.noise());
            bins.for_each(|(m, noise)| *m *= if *noise { MAKE_UP } else { 1.0 });
        }
    }

    /// Takes the next frame's magnitude. Its phases come from [`Self::integrate`], [`Self::lock`],
    /// or from elsewhere ([`Self::replace`]).
    pub fn observe(&mut self, magnitude: &[f32], fundamental: Option<f32>) {
        self.observe_lobes(magnitude, fundamental);
        self.observe_noise();
    }

    /// The first half of [`Self::observe`], for who deals its work out.
    pub(crate) fn observe_lobes(&mut self, magnitude: &[f32], fundamental: Option<f32>) {
        let Integration {
            next,
            turns_per_bin,
            ..
        } = &mut self.integration;
        next.read(magnitude, fundamental, &mut self.signs.next, *turns_per_bin);
    }

    /// The second half; [`Self::carry`] does it by itself.
    pub(crate) fn observe_noise(&mut self) {
        let next = &mut self.integration.next;
        self.gate.read(&next.magnitude, &mut next.noise);
    }

    /// Hands the last frame's phases on to what was observed.
    pub fn integrate(&mut self) {
        self.integration.go_on(&self.signs);
    }

    /// Instead of integrating what was observed: each lobe turns on from where its loudest bin was.
    pub fn lock(&mut self) {
        self.integration.lock(&self.signs);
    }

    /// Ends the frame: lobes that nothing has reached begin anew, the rest takes what is stored.
    pub fn finish(&mut self, stored: impl Iterator<Item = u32>, random: &mut Random) {
        let integration = &mut self.integration;
        let bins = integration.next.phase.iter_mut();
        for ((phase, settled), stored) in bins.zip(&integration.settled).zip(stored) {
            *phase = if *settled { *phase } else { stored };
        }
        let mut owner = f32::NAN;
        let mut fresh = 0;
        for bin in 0..integration.settled.len() {
            if integration.settled[bin] | !integration.is_tonal(bin) {
                continue;
            }
            let frequency = integration.next.frequency[bin];
            if frequency.to_bits() != owner.to_bits() {
                owner = frequency;
                fresh = random.turns();
            }
            integration.next.phase[bin] = fresh.wrapping_add(self.signs.next.sign(bin));
        }
        integration.fill_valleys(&self.signs.next);
        integration.finish();
        self.signs.swap();
    }

    /// Ends the frame with phases from elsewhere; integration can go on from them.
    pub fn replace(&mut self, phase: impl Iterator<Item = u32>) {
        self.integration.next.set(phase);
        self.integration.finish();
        self.signs.swap();
    }

    /// Sets the newest frame's phases; integration goes on from them.
    pub fn set(&mut self, phase: impl Iterator<Item = u32>) {
        self.integration.last.set(phase);
    }
}
