//! Phase of a recording from its magnitudes alone.
//!
//! ```text
//!  magnitude [bins] ─► each bin's frequency, side lobes' signs ─┐
//!  two frames before, or one before and one after ─► leaning ───┴─► integration ─► phase [bins, turns]
//!                                                         the first frames: ─► relation
//! ```
//!
//! A recording's frame is sharp where a decoder's is blurred: every bin has its own frequency, and
//! side lobes have their signs. Across frequency the phase leans as the magnitude rises or falls in
//! time, told by the two frames before or, better, by one frame of look-ahead.
//!
//! *Real time:* every buffer has its length from the start.
//!
//! *Source:* Průša and Søndergaard, "Real-time spectrogram inversion using phase gradient heap
//! integration", DAFx-16; written from the paper.

use super::gate::NoiseGate;
use super::integration::{Integration, Lean};
use super::noise::NoiseTable;
use super::own::Signs;
use super::relation;
use crate::phasor::wrapped;
use crate::random::Random;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::narrow;
use std::f64::consts::TAU;

/// Nothing is softer: logarithms stay finite.
const SILENCE: f32 = 1e-12;
/// Of a Hann window: its time–frequency ratio γ over fft_len², in Gaussian terms.
const GAMMA: f64 = 0.256_45;

/// The phase of one recording, from frame to frame; before its first frame there is silence.
#[derive(Debug)]
pub struct RecordedPhase {
    integration: Integration,
    bins: Bins,
    /// Logarithms of the next magnitude and of the two before it.
    logarithms: [Vec<f32>; 3],
    gate: Option<Gated>,
    /// Frames since the sound began.
    frames: usize,
    /// Turns per bin for a rise of the magnitude by e in two hops.
    per_rise: f32,
}

/// The gate, and the phases that noise takes.
#[derive(Debug)]
struct Gated {
    gate: NoiseGate,
    moved: Vec<f32>,
    table: NoiseTable,
}

/// What the bins of the last and of the next frame are.
#[derive(Debug)]
struct Bins {
    signs: Signs,
    /// Turns from bin to bin, of the next frame.
    across: Vec<f32>,
}

impl Lean for Bins {
    fn in_time(&self, bin: usize) -> u32 {
        self.signs.in_time(bin)
    }

    fn across(&self, from: usize, to: usize) -> u32 {
        let way = if to > from { 0.5 } else { -0.5 };
        let lean = wrapped(way * (self.across[from] + self.across[to]));
        lean.wrapping_add(self.signs.across(from, to))
    }
}

impl RecordedPhase {
    /// Buffers for one geometry; the frames are analysed with a Hann window. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        let bins = geometry.bins();
        let ratio = geometry.fft_len() as f64 / geometry.hop() as f64;
        Self {
            integration: Integration::new(geometry),
            bins: Bins {
                signs: Signs::new(bins),
                across: vec![0.0; bins],
            },
            logarithms: [0, 1, 2].map(|_| vec![SILENCE.ln(); bins]),
            gate: None,
            frames: 0,
            per_rise: narrow(-GAMMA * ratio / (2.0 * TAU)),
        }
    }

    /// The same, with stored phases for what is smooth noise. Allocates.
    #[must_use]
    pub fn gated(geometry: Geometry, seed: u64) -> Self {
        let gated = Gated {
            gate: NoiseGate::new(geometry.bins()),
            moved: vec![0.0; geometry.bins()],
            table: NoiseTable::new(geometry, seed),
        };
        Self {
            gate: Some(gated),
            ..Self::new(geometry)
        }
    }

    /// The phases of the newest frame, in turns, `[bins]`.
    #[must_use]
    pub fn phase(&self) -> &[u32] {
        &self.integration.last.phase
    }

    /// Which bins of the newest frame are noise with a stored phase, `[bins]`.
    #[must_use]
    pub fn noise(&self) -> &[bool] {
        &self.integration.last.noise
    }

    /// Sets the newest frame's phases; integration goes on from them.
    pub fn set(&mut self, phase: impl Iterator<Item = u32>) {
        self.integration.last.set(phase);
    }

    /// Makes the next frame's phases from its magnitude and, if it is known, the one after it,
    /// `[bins]` each. What has no past begins at a random phase; what is silent has none.
    ///
    /// # Panics
    ///
    /// When a slice is not `[bins]`.
    pub fn next(&mut self, magnitude: &[f32], following: Option<&[f32]>, random: &mut Random) {
        if following.is_none() {
            self.lock_late(magnitude);
        }
        let next = &mut self.integration.next;
        next.magnitude.copy_from_slice(magnitude);
        let own = &mut self.bins.signs.next;
        own.read(magnitude);
        own.write_own(next, self.integration.turns_per_bin);
        if let Some(Gated { gate, moved, .. }) = &mut self.gate {
            if self.frames == 0 {
                gate.start(magnitude);
            }
            gate.read(magnitude, &mut next.noise, moved);
        }
        self.lean(magnitude, following);
        self.integration.go_on(&self.bins);
        self.integration.begin_anew(random.turns(), &self.bins);
        let frame = &mut self.integration.next;
        let phases = frame.phase.iter_mut().zip(&self.integration.settled);
        let unsettled = phases.filter(|(_, settled)| !**settled);
        unsettled.for_each(|(phase, _)| *phase = 0);
        if let Some(Gated { table, .. }) = &self.gate {
            let bins = frame.phase.iter_mut().zip(&frame.noise);
            let stored = bins.zip(table.frame(self.frames));
            let noise = stored.filter(|((_, noise), _)| **noise);
            noise.for_each(|((phase, _), stored)| *phase = stored);
        }
        if let Some(following) = following {
            let around = [self.integration.last.magnitude.as_slice(), following];
            let turns_per_bin = self.integration.turns_per_bin;
            relation::lock(
                (frame, &self.bins.signs.next),
                around,
                turns_per_bin,
                self.frames,
            );
        }
        self.integration.fill_valleys(&self.bins.signs.next);
        self.integration.next.make_ends_real();
        self.frames += 1;
        self.integration.finish();
        self.bins.signs.swap();
    }

    /// Without look-ahead the last frame's partials are put in relation only now that a frame after
    /// it is known; what integrates from them is right then.
    fn lock_late(&mut self, following: &[f32]) {
        let Some(number) = self.frames.checked_sub(1) else {
            return;
        };
        // Finished frames change places: what comes next still holds what came before the last.
        let Integration {
            last,
            next: before,
            turns_per_bin,
            ..
        } = &mut self.integration;
        let around = [before.magnitude.as_slice(), following];
        relation::lock(
            (last, &self.bins.signs.last),
            around,
            *turns_per_bin,
            number,
        );
    }

    /// How the next frame's phases lean across frequency; a sound's first frame, and without
    /// look-ahead its second, do not.
    fn lean(&mut self, magnitude: &[f32], following: Option<&[f32]>) {
        self.logarithms.rotate_right(1);
        let [here, last, before] = &mut self.logarithms;
        let logarithms = here.iter_mut().zip(magnitude);
        logarithms.for_each(|(log, magnitude)| *log = magnitude.max(SILENCE).ln());
        let known = self.frames >= if following.is_some() { 1 } else { 2 };
        for (bin, across) in self.bins.across.iter_mut().enumerate() {
            let rise = match following {
                _ if !known => 0.0,
                Some(following) => following[bin].max(SILENCE).ln() - last[bin],
                None => 3.0 * here[bin] - 4.0 * last[bin] + before[bin],
            };
            *across = (self.per_rise * rise).clamp(-0.5, 0.5);
        }
    }
}
