//! The partials of one voice: where each is, and how far it has turned.
//!
//! ```text
//!  f0, B ─► F_k = k·f0·√(1 + B·k²) ─► phase += mean of the last two F_k · hop ─► cos, sin
//! ```
//!
//! A phase is an unsigned fraction of a turn and only ever moves on, so no bend, glide or vibrato
//! can tear it, and a note held for hours loses nothing.
//!
//! *Real time:* every array has its length from the start.

use crate::phasor::{phasor, wrapped};
use crate::random::Random;
use crate::simd::Loops;
use betwixt_spectral::number::real;
use betwixt_spectral::partials::{self, FREE, FreePartial, HIGHEST_PARTIAL};

/// Harmonic partials first, free ones behind them.
pub(crate) const OSCILLATORS: usize = HIGHEST_PARTIAL + FREE;
/// Largest angle by which a channel's partial leads or lags the middle, as a sine: 24 degrees, so
/// that both channels together lose 0.8 dB at most.
const WIDEST: f32 = 0.4;
/// Turns per hop of a partial at one bin: a quarter, the hop being a quarter of the frame.
const TURNS: f32 = 0.25;
/// Adding and taking this away rounds to a whole number without a call: 1.5·2²³.
const ROUND: f32 = 12_582_912.0;
/// Partials fade out over eight bins below the edge of what can be heard.
const FADE: f32 = 0.125;

/// One voice's partials.
#[derive(Debug)]
pub struct Oscillators {
    phase: Vec<u32>,
    /// Frequencies in units of the first partial's: whole for harmonics.
    number: Vec<f32>,
    /// Frequencies of the last frame, in bins.
    bins: Vec<f32>,
    /// Sine of half the angle between the channels, at full width.
    widest: Vec<f32>,
    /// Where middle and side are in the stored noise.
    pub(crate) breath: [usize; 2],
    /// Whether there is no last frame yet.
    fresh: bool,
}

/// One step from frame to frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) f0_bins: f32,
    pub(crate) inharmonicity: f32,
    /// Nothing is heard from here on, in bins.
    pub(crate) limit_bins: f32,
    /// Share of the last frame's frequency in the mean.
    keep: f32,
}

/// Arrays of one length: what a step reads and writes.
pub(crate) struct Turning<'a> {
    number: &'a [f32],
    phase: &'a mut [u32],
    bins: &'a mut [f32],
    amplitude: &'a [f32],
    real: &'a mut [f32],
    imaginary: &'a mut [f32],
}

impl Oscillators {
    /// All partials of a voice. Allocates.
    #[must_use]
    pub fn new() -> Self {
        Self {
            phase: vec![0; OSCILLATORS],
            number: (1..=OSCILLATORS).map(real).collect(),
            bins: vec![0.0; OSCILLATORS],
            widest: vec![0.0; OSCILLATORS],
            breath: [0; 2],
            fresh: true,
        }
    }

    /// A note begins: every partial somewhere in its turn, as the seed has it.
    pub fn start(&mut self, seed: u64) {
        let mut random = Random::new(seed);
        self.phase.iter_mut().for_each(|p| *p = random.turns());
        self.widest
            .iter_mut()
            .for_each(|w| *w = WIDEST * random.bipolar());
        self.breath = [0; 2].map(|_| random.turns() as usize);
        // A partial that joins later must not begin where the voice's last note left it.
        self.bins.fill(0.0);
        self.number[HIGHEST_PARTIAL..].fill(0.0);
        self.fresh = true;
    }

    /// Frequencies in bins, and the sines of half the angles between the channels at full width.
    pub(crate) fn places(&self) -> (&[f32], &[f32]) {
        (&self.bins, &self.widest)
    }

    /// Turns the first `count` harmonics and all free partials by one hop, and writes amplitude
    /// times cosine and sine of each.
    pub(crate) fn turn(
        &mut self,
        loops: Loops,
        mut step: Step,
        count: usize,
        free: &[FreePartial; FREE],
        [amplitude, re, im]: [&mut [f32]; 3],
    ) {
        step.keep = if self.fresh { 0.0 } else { 0.5 };
        self.fresh = false;
        for (slot, line) in free.iter().enumerate() {
            if line.amplitude > 0.0 {
                self.number[HIGHEST_PARTIAL + slot] = partials::free_ratio(slot, line.place);
            }
        }
        let tuned = Step {
            inharmonicity: 0.0,
            ..step
        };
        for (step, range) in [(step, 0..count), (tuned, HIGHEST_PARTIAL..OSCILLATORS)] {
            let turning = Turning {
                number: &self.number[range.clone()],
                phase: &mut self.phase[range.clone()],
                bins: &mut self.bins[range.clone()],
                amplitude: &amplitude[range.clone()],
                real: &mut re[range.clone()],
                imaginary: &mut im[range],
            };
            loops.turn(&step, turning);
        }
    }
}

impl Default for Oscillators {
    fn default() -> Self {
        Self::new()
    }
}

impl Step {
    /// A step of a note whose first partial lies at `f0_bins`.
    pub(crate) fn new(f0_bins: f32, inharmonicity: f32, limit_bins: f32) -> Self {
        Self {
            f0_bins,
            inharmonicity,
            limit_bins,
            keep: 0.0,
        }
    }
}

/// One step of every partial given.
#[inline(always)]
pub(crate) fn turn_body(step: &Step, turning: Turning<'_>) {
    let Turning {
        number,
        phase,
        bins,
        amplitude,
        real,
        imaginary,
    } = turning;
    let inputs = number.iter().zip(amplitude);
    let states = phase.iter_mut().zip(bins);
    let outputs = real.iter_mut().zip(imaginary);
    for (((number, amplitude), (phase, last)), (re, im)) in inputs.zip(states).zip(outputs) {
        let stretch = (1.0 + step.inharmonicity * number * number).sqrt();
        let bins = (number * step.f0_bins * stretch).min(step.limit_bins);
        let turns = (bins + step.keep * (*last - bins)) * TURNS;
        let part = turns - (turns + ROUND - ROUND);
        *phase = phase.wrapping_add(wrapped(part));
        *last = bins;
        let heard = ((step.limit_bins - bins) * FADE).min(1.0);
        let unit = phasor(*phase);
        *re = unit.re * (amplitude * heard);
        *im = unit.im * (amplitude * heard);
    }
}
