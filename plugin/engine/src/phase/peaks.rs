//! The peaks of a frame, and the lobe around each.
//!
//! ```text
//!  magnitude [bins] ─► above both neighbours? ─► bin, valley before it ─► centre, height
//!                                                                          └─► its side lobes
//! ```
//!
//! *Real time:* writes into a list that has its room from the start.

use super::lobes;
use betwixt_spectral::number::real;
use std::f32::consts::PI;

/// Bins of a valley, or peaks, that are worked out together.
pub(super) const LANES: usize = 4;
pub(super) type Lanes = [f32; LANES];

/// Bins of which the peaks are gathered before they are read.
const TOGETHER: usize = 64;

/// A peak of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Peak {
    /// Its largest bin, and where its bins begin. Every voice keeps a row of these: half the size.
    bin: u16,
    pub(super) from: u16,
    /// Of its centre from that, in bins.
    pub(super) offset: f32,
    /// Magnitude of its largest bin.
    pub(super) loudest: f32,
}

impl Peak {
    /// Its largest bin.
    pub(super) fn bin(&self) -> usize {
        usize::from(self.bin)
    }

    /// Where its bins begin: at the valley before it.
    pub(super) fn from(&self) -> usize {
        usize::from(self.from)
    }

    /// Of its centre, in bins.
    pub(super) fn frequency(&self) -> f32 {
        f32::from(self.bin) + self.offset
    }

    /// Of its lobe at the centre, linear.
    pub(super) fn height(&self) -> f32 {
        self.loudest / lobe(self.offset)
    }

    /// What its lobe is at some bins from the first on, more than one bin from the centre: negative
    /// where it is opposite. The sine of the window's transform is the same at every bin but for its
    /// sign, and has been measured at the largest.
    #[inline(always)]
    pub(super) fn sides(&self, first: usize) -> Lanes {
        let away = f32::from(small(first)) - f32::from(self.bin);
        self.sides_at(first, |lane| away + lane)
    }

    /// The same of its image below 0 Hz.
    #[inline(always)]
    pub(super) fn sides_of_image(&self, first: usize) -> Lanes {
        let away = -f32::from(small(first)) - f32::from(self.bin);
        self.sides_at(first, |lane| away - lane)
    }

    #[inline(always)]
    fn sides_at(&self, first: usize, away: impl Fn(f32) -> f32) -> Lanes {
        let side = self.loudest * self.offset * (1.0 - self.offset * self.offset);
        let is_even = (first ^ self.bin()) & 1 == 0;
        let even = if is_even { -side } else { side };
        std::array::from_fn(|lane| {
            let x = away(real(lane)) - self.offset;
            let side = if lane & 1 == 0 { even } else { -even };
            side / (x * (1.0 - x * x))
        })
    }

    /// Of its side lobes' envelope: a side lobe of height 1 is no larger than
    /// 2·sin(πδ) / π|x|(x² − 1) at x bins from the centre, δ bins from the largest bin.
    pub(super) fn envelope(&self) -> f32 {
        (2.0 * self.loudest * self.offset * (1.0 - self.offset * self.offset)).abs()
    }
}

/// A magnitude's bits above its bin: the least of some is the first of the faintest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

impl Key {
    #[inline(always)]
    fn of(bin: usize, magnitude: u32) -> Self {
        Self(u64::from(magnitude) << 16 | u64::from(small(bin)))
    }

    fn bin(self) -> u16 {
        (self.0 & 0xffff) as u16
    }
}

/// Finds the peaks of a frame, `[bins]`, upwards.
///
/// Without branches on what a bin holds: in noise every third is a peak, and nothing foretells
/// which. Magnitudes are compared by their bits, which have the same order and take a third of
/// the time.
pub(super) fn find(magnitude: &[f32], peaks: &mut Vec<Peak>) {
    let floor = (lobes::loudest(magnitude) * lobes::FLOOR).to_bits();
    peaks.clear();
    let mut lowest = Key::of(0, magnitude[0].to_bits());
    let mut found = [(0, lowest); TOGETHER];
    for first in (1..magnitude.len() - 1).step_by(TOGETHER) {
        let to = (first + TOGETHER).min(magnitude.len() - 1);
        let mut count = 0;
        for (at, around) in magnitude[first - 1..=to].windows(3).enumerate() {
            let bin = first + at;
            let [before, here, after] = [around[0], around[1], around[2]].map(f32::to_bits);
            let key = Key::of(bin, here);
            lowest = lowest.min(key);
            let is_peak = (here > floor) & (here > before) & (here >= after);
            found[count] = (bin, lowest);
            count += usize::from(is_peak);
            lowest = if is_peak { key } else { lowest };
        }
        let found = found[..count].chunks(LANES);
        found.for_each(|some| peaks.extend(read(some, magnitude).iter().take(some.len())));
    }
    if let Some(first) = peaks.first_mut() {
        first.from = 0;
    }
}

/// Some peaks and the valleys before them, read together; what is beyond them says nothing.
fn read(found: &[(usize, Key)], magnitude: &[f32]) -> [Peak; LANES] {
    let mut lobes = [[1.0; LANES]; 3];
    for (lane, (bin, _)) in found.iter().enumerate() {
        for (side, lobe) in lobes.iter_mut().enumerate() {
            lobe[lane] = magnitude[bin + side - 1];
        }
    }
    let offsets = lobes::peak_offsets(lobes);
    std::array::from_fn(|lane| {
        let (bin, valley) = found[lane.min(found.len() - 1)];
        Peak {
            bin: small(bin),
            from: valley.bin(),
            offset: offsets[lane],
            loudest: lobes[1][lane],
        }
    })
}

/// A bin's number: there are 4097 at most.
fn small(bin: usize) -> u16 {
    u16::try_from(bin).unwrap_or(u16::MAX)
}

/// A Hann window's transform at `x` bins from its centre; 1 at 0.
pub(super) fn lobe(x: f32) -> f32 {
    let pole = 1.0 - x * x;
    if x.abs() < 1e-4 {
        1.0
    } else if pole.abs() < 1e-4 {
        0.5
    } else {
        (PI * x).sin() / (PI * x * pole)
    }
}
