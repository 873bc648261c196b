//! Loops that are compiled once more for wider registers, and chosen when the engine is made.
//!
//! ```text
//!  body (safe, always inlined) ─┬─► baseline
//!                               └─► AVX2 clone     Loops::detect ─► function pointers
//! ```
//!
//! Unlike the decoder's kernel these bodies never fuse a multiplication with an addition: every
//! clone gives the same bits as the baseline.
//!
//! *Real time:* pure arithmetic on the caller's slices.

#![allow(
    unsafe_code,
    reason = "calling a clone compiled for instructions found at run time"
)]

use crate::painter::{Lobes, Planes, Step, Turning, paint_body, turn_body};
use crate::phasor::polar_body;
use crate::voice::{TAPS, read_body};
use betwixt_spectral::Complex32;
use std::ops::Range;

type Polar = unsafe fn(&[f32], &[u32], f32, &mut [Complex32]);
type Read = unsafe fn(&[f32; TAPS], &[f32; TAPS], &[f32; TAPS], f32) -> f32;
type Turn = unsafe fn(&Step, Turning<'_>);
type Paint = unsafe fn(&Lobes<'_>, Range<usize>, &mut Planes<'_>);

/// The loops for the instructions of this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loops {
    polar: Polar,
    read: Read,
    turn: Turn,
    paint: Paint,
}

impl Loops {
    /// Looks at the machine once; never on the audio thread.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            return Self {
                polar: polar_avx2,
                read: read_avx2,
                turn: turn_avx2,
                paint: paint_avx2,
            };
        }
        Self {
            polar: polar_body,
            read: read_body,
            turn: turn_body,
            paint: paint_body,
        }
    }

    /// Magnitudes and phases in turns become a spectrum; all three `[bins]`.
    #[inline]
    pub(crate) fn polar(
        self,
        magnitude: &[f32],
        phase: &[u32],
        gain: f32,
        spectrum: &mut [Complex32],
    ) {
        // SAFETY: `detect` chose a clone whose instructions this machine has.
        unsafe { (self.polar)(magnitude, phase, gain, spectrum) }
    }

    /// The sum of `samples · (low + blend·(high − low))`.
    #[inline]
    pub(crate) fn read(
        self,
        samples: &[f32; TAPS],
        low: &[f32; TAPS],
        high: &[f32; TAPS],
        blend: f32,
    ) -> f32 {
        // SAFETY: `detect` chose a clone whose instructions this machine has.
        unsafe { (self.read)(samples, low, high, blend) }
    }

    /// [`turn_body`], in the widest registers there are.
    pub(crate) fn turn(self, step: &Step, turning: Turning<'_>) {
        // SAFETY: `detect` chose a clone whose instructions this machine has.
        unsafe { (self.turn)(step, turning) }
    }

    /// [`paint_body`], in the widest registers there are.
    pub(crate) fn paint(self, lobes: &Lobes<'_>, range: Range<usize>, planes: &mut Planes<'_>) {
        // SAFETY: `detect` chose a clone whose instructions this machine has.
        unsafe { (self.paint)(lobes, range, planes) }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn turn_avx2(step: &Step, turning: Turning<'_>) {
    turn_body(step, turning);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn paint_avx2(lobes: &Lobes<'_>, range: Range<usize>, planes: &mut Planes<'_>) {
    paint_body(lobes, range, planes);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn polar_avx2(magnitude: &[f32], phase: &[u32], gain: f32, spectrum: &mut [Complex32]) {
    polar_body(magnitude, phase, gain, spectrum);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn read_avx2(samples: &[f32; TAPS], low: &[f32; TAPS], high: &[f32; TAPS], blend: f32) -> f32 {
    read_body(samples, low, high, blend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// A bounce on another machine differs by the decoder's rounding, never by these loops.
    #[test]
    fn clones_give_the_bits_of_the_baseline() {
        let mut random = Random::new(3);
        let magnitude: Vec<f32> = (0..1025).map(|_| random.bipolar().abs()).collect();
        let phase: Vec<u32> = (0..1025).map(|_| random.turns()).collect();
        let mut found = vec![Complex32::new(f32::NAN, f32::NAN); 1025];
        let mut expected = found.clone();
        Loops::detect().polar(&magnitude, &phase, 1.1, &mut found);
        polar_body(&magnitude, &phase, 1.1, &mut expected);
        assert_eq!(found, expected);
        let mut taps = || std::array::from_fn(|_| random.bipolar());
        let (samples, low, high) = (taps(), taps(), taps());
        let sum = Loops::detect().read(&samples, &low, &high, 0.3);
        assert_eq!(
            sum.to_bits(),
            read_body(&samples, &low, &high, 0.3).to_bits()
        );
    }
}
