//! A frame's own: its peaks, which bins are their side lobes, and of a sharp one, a recording's, the
//! frequency of every bin.
//!
//! ```text
//!  magnitude [bins] ─┬─► ratio of both neighbours ─► frequency of each bin [bins]
//!                    └─► peaks ─► side lobes under their envelope ─► opposite sign? [bins]
//! ```
//!
//! Inside the main lobe of a Hann window the ratio of a bin's neighbours tells the frequency
//! exactly, bin for bin; where a partial moves, its bins turn at different speeds and say so. The
//! side lobes of a steady partial alternate in sign; they are taken for such only where they are
//! as small as they should be, or glides would be torn.
//!
//! *Real time:* writes into the caller's buffers.

use super::integration::{Frame, Lean};
use super::lobes;
use super::peaks::{self, Peak};
use betwixt_spectral::number::{index, real, turns};
use std::ops::Range;

/// Bins of a lobe that are written at once: of frames that have many lobes, most are no longer.
const WIDE: usize = 16;
/// Half a turn.
const OPPOSITE: u32 = 1 << 31;

/// What a frame tells of its bins.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub(super) peaks: Vec<Peak>,
    /// Whether a bin is turned by half against its peak, `[bins]`.
    pub(super) opposite: Vec<bool>,
}

/// The signs of two frames.
#[derive(Debug)]
pub(super) struct Signs {
    pub(super) last: Own,
    pub(super) next: Own,
}

impl Signs {
    /// Room for so many bins. Allocates.
    pub(super) fn new(bins: usize) -> Self {
        Self {
            last: Own::new(bins),
            next: Own::new(bins),
        }
    }

    /// The next frame is finished.
    pub(super) fn swap(&mut self) {
        std::mem::swap(&mut self.last, &mut self.next);
    }
}

impl Lean for Signs {
    fn in_time(&self, bin: usize) -> u32 {
        self.last.sign(bin) ^ self.next.sign(bin)
    }

    fn across(&self, from: usize, to: usize) -> u32 {
        self.next.sign(from) ^ self.next.sign(to)
    }
}

impl Own {
    /// Room for so many bins. Allocates.
    pub(super) fn new(bins: usize) -> Self {
        Self {
            peaks: Vec::with_capacity(bins / 2),
            opposite: vec![false; bins],
        }
    }

    /// Reads a frame, `[bins]`: its peaks, and the signs of their side lobes.
    pub(super) fn read(&mut self, magnitude: &[f32]) {
        peaks::find(magnitude, &mut self.peaks);
        if self.peaks.is_empty() {
            self.opposite.fill(false);
        }
        for number in 0..self.peaks.len() {
            let lobe = self.lobe(number);
            lobe.mark(magnitude, &mut self.opposite);
        }
    }

    /// Writes the frequency of each bin of the frame that was read: its own inside main lobes, its
    /// peak's in side lobes.
    pub(super) fn write_own(&self, frame: &mut Frame, turns_per_bin: f64) {
        let magnitude = &frame.magnitude;
        let last = magnitude.len() - 1;
        let bins = frame.frequency.iter_mut().zip(&mut frame.half_hop);
        for (bin, (own, half)) in bins.enumerate() {
            // Beyond 0 Hz and half the rate the spectrum is mirrored.
            let before = magnitude[if bin == 0 { 1 } else { bin - 1 }];
            let after = magnitude[if bin == last { last - 1 } else { bin + 1 }];
            let offset = offset(before, after);
            *own = real(bin) + offset;
            *half = half_hop(bin, offset, turns_per_bin);
        }
        for (number, peak) in self.peaks.iter().enumerate() {
            let lobe = self.lobe(number);
            let half = half_hop(peak.bin(), peak.offset, turns_per_bin);
            for bin in lobe.range.clone() {
                if lobe.has_side(bin, magnitude[bin]) {
                    frame.frequency[bin] = lobe.centre;
                    frame.half_hop[bin] = half;
                }
            }
        }
    }

    /// Writes for each bin the frequency of the lobe that it belongs to; where the note is known,
    /// its multiple. Without lobes it is the bin's own.
    pub(super) fn write_lobes(&self, frequency: &mut [f32], fundamental: Option<f32>) {
        if self.peaks.is_empty() {
            let bins = frequency.iter_mut().enumerate();
            bins.for_each(|(bin, frequency)| *frequency = real(bin));
        }
        for (number, peak) in self.peaks.iter().enumerate() {
            let lobe = peak.from()..self.end(number);
            spread(frequency, lobe, lobes::snap(peak.frequency(), fundamental));
        }
    }

    fn lobe(&self, number: usize) -> Lobe {
        let peak = self.peaks[number];
        Lobe {
            range: peak.from()..self.end(number),
            centre: peak.frequency(),
            before: peak.bin() - usize::from(peak.offset < 0.0),
            largest: peak.envelope(),
        }
    }

    /// The phase at the top of the lobe that a frequency, in bins, lies in, if one does.
    pub(super) fn phase(&self, frame: &Frame, frequency: f32) -> Option<u32> {
        let bin = index(f64::from(frequency).round());
        let is_near = |own: &f32| (own - frequency).abs() < 1.0;
        frame.frequency.get(bin).filter(|own| is_near(own))?;
        let is_tonal = frame.magnitude[bin] > 0.0 && !frame.noise[bin];
        is_tonal.then(|| frame.phase[bin].wrapping_sub(self.sign(bin)))
    }

    /// Where each lobe begins.
    pub(super) fn starts(&self) -> impl Iterator<Item = u16> + '_ {
        self.peaks.iter().map(|peak| peak.from)
    }

    /// What a bin is turned by against its peak, in turns.
    pub(super) fn sign(&self, bin: usize) -> u32 {
        if self.opposite[bin] { OPPOSITE } else { 0 }
    }

    /// One past the last bin of a peak.
    pub(super) fn end(&self, number: usize) -> usize {
        self.peaks
            .get(number + 1)
            .map_or(self.opposite.len(), |next| next.from())
    }
}

/// The bins of a peak.
struct Lobe {
    range: Range<usize>,
    /// In bins.
    centre: f32,
    /// The bin at or before that.
    before: usize,
    /// Of its side lobes' envelope: magnitude times the cube of the distance.
    largest: f32,
}

impl Lobe {
    /// Whether a bin of the lobe, of such a magnitude, is in a side lobe.
    #[inline]
    fn has_side(&self, bin: usize, magnitude: f32) -> bool {
        self.is_side((real(bin) - self.centre).abs(), magnitude)
    }

    /// The same `x` bins from the centre.
    #[inline]
    fn is_side(&self, x: f32, magnitude: f32) -> bool {
        (x > 2.0) & (magnitude * (x * (x * x - 1.0)) <= self.largest)
    }

    /// Says of all the lobe's bins whether they are opposite to its centre: side lobes alternate from
    /// bin to bin, from two bins away on. Lobes are marked upwards: what is marked past the end of one
    /// is marked over by the next.
    fn mark(&self, magnitude: &[f32], opposite: &mut [bool]) {
        for from in self.range.clone().step_by(WIDE) {
            let bins = magnitude[from..].first_chunk::<WIDE>();
            let marks = opposite[from..].first_chunk_mut::<WIDE>();
            if let (Some(bins), Some(marks)) = (bins, marks) {
                self.mark_some(from, bins, marks);
                continue;
            }
            for bin in from..self.range.end {
                let mark = std::array::from_mut(&mut opposite[bin]);
                self.mark_some(bin, &[magnitude[bin]], mark);
            }
        }
    }

    /// The same of some bins from one on. A function of its own, so that they are looked at together.
    #[inline(never)]
    fn mark_some<const N: usize>(&self, from: usize, bins: &[f32; N], marks: &mut [bool; N]) {
        let away = real(from) - self.centre;
        let first = from ^ self.before;
        for (lane, mark) in marks.iter_mut().enumerate() {
            let x = away + real(lane);
            let is_odd = (first ^ lane) & 1 == 1;
            let alternates = is_odd == (x > 0.0);
            *mark = alternates & self.is_side(x.abs(), bins[lane]);
        }
    }
}

/// Writes what each bin turns in half a hop, `[bins]` each; the bins of a lobe, of which it is told
/// where each begins, have one frequency.
pub(super) fn write_half_hops(
    frequency: &[f32],
    lobes: impl Iterator<Item = u16>,
    out: &mut [u32],
    turns_per_bin: f64,
) {
    let mut lobes = lobes.map(usize::from).peekable();
    if lobes.peek().is_none() {
        let bins = out.iter_mut().zip(frequency);
        bins.for_each(|(half, frequency)| *half = half_hop(0, *frequency, turns_per_bin));
    }
    while let Some(from) = lobes.next() {
        let to = lobes.peek().map_or(out.len(), |to| *to);
        spread(out, from..to, half_hop(0, frequency[from], turns_per_bin));
    }
}

/// Writes a number to all bins of a lobe, lobes being written upwards: what is written past the end
/// of one is written over by the next.
pub(super) fn spread<T: Copy>(out: &mut [T], lobe: Range<usize>, number: T) {
    // Not by `step_by`: a frame would take a fortieth longer.
    let mut from = lobe.start;
    while from < lobe.end {
        let rest = &mut out[from..];
        match rest.first_chunk_mut::<WIDE>() {
            Some(wide) => *wide = [number; WIDE],
            None => rest.fill(number),
        }
        from += WIDE;
    }
}

/// What a frequency so far from a bin turns in half a hop. A sum of both in single precision would be
/// wrong by a hundredth of a turn after two seconds.
pub(super) fn half_hop(bin: usize, offset: f32, turns_per_bin: f64) -> u32 {
    turns(0.5 * (bin as f64 + f64::from(offset)) * turns_per_bin)
}

/// How far the centre of a Hann lobe lies from a bin, by the magnitudes beside it: at most a bin.
fn offset(before: f32, after: f32) -> f32 {
    let t = (after - before) / (after + before).max(f32::MIN_POSITIVE);
    4.0 * t / (3.0 + (9.0 - 8.0 * t * t).max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phase::peaks::LANES;
    use betwixt_spectral::{Complex32, ForwardStft, Geometry};
    use std::f64::consts::TAU;

    fn frame(partial: f64) -> Vec<Complex32> {
        let geometry = Geometry::new(2048, 512, 44_100).unwrap();
        // Centred on sample 0, as frames are.
        let sample = |i: usize| (TAU * partial * (i as f64 - 1024.0) / 2048.0).cos();
        let samples: Vec<f32> = (0..2048)
            .map(|i| betwixt_spectral::number::narrow(sample(i)))
            .collect();
        let mut spectrum = vec![Complex32::default(); 1025];
        ForwardStft::new(geometry).process(&samples, &mut spectrum);
        spectrum
    }

    /// What a frame tells of its bins, and their frequencies.
    fn read(magnitude: &[f32]) -> (Own, Vec<f32>) {
        let (mut own, mut frame) = (Own::new(magnitude.len()), Frame::new(magnitude.len()));
        frame.magnitude.copy_from_slice(magnitude);
        frame.frequency.fill(f32::NAN);
        own.read(magnitude);
        own.write_own(&mut frame, 0.25);
        (own, frame.frequency)
    }

    /// On a steady cosine every bin of the main lobe and every side lobe above the noise of f32
    /// tells the cosine's frequency, and the signs are those of the true spectrum.
    #[test]
    fn a_steady_partial_is_read_exactly() {
        for partial in [100.1, 200.5, 333.77] {
            let spectrum = frame(partial);
            let magnitude: Vec<f32> = spectrum.iter().map(|x| x.norm()).collect();
            let (own, frequency) = read(&magnitude);
            let peak = own
                .peaks
                .iter()
                .max_by(|a, b| a.loudest.total_cmp(&b.loudest));
            let peak = peak.unwrap();
            assert!(
                (peak.height() / 512.0 - 1.0).abs() < 1e-3,
                "{}",
                peak.height()
            );
            for away in 0..9 {
                for bin in [peak.bin() - away, peak.bin() + away] {
                    let x = (bin as f64 - partial).abs();
                    let is_told = !(1.0..=2.05).contains(&x);
                    let error = (f64::from(frequency[bin]) - partial).abs();
                    assert!(!is_told || error < 2e-3, "{partial}, {bin}: {error}");
                    if x > 2.05 {
                        assert_eq!(
                            own.opposite[bin],
                            spectrum[bin].re < 0.0,
                            "{partial}, {bin}"
                        );
                    }
                }
            }
        }
    }

    /// The side lobes of a peak, worked out from its two largest bins, are the spectrum's own.
    #[test]
    fn side_lobes_follow_from_their_peak() {
        for partial in [100.1, 200.5, 333.77] {
            let spectrum = frame(partial);
            let magnitude: Vec<f32> = spectrum.iter().map(|x| x.norm()).collect();
            let (own, _) = read(&magnitude);
            let peaks = own.peaks.iter();
            let peak = peaks
                .max_by(|a, b| a.loudest.total_cmp(&b.loudest))
                .unwrap();
            for away in 3..9 {
                for bin in [peak.bin() - away, peak.bin() + away] {
                    let (found, true_side) = (peak.sides(bin)[0], spectrum[bin].re);
                    let error = (found - true_side).abs();
                    assert!(error < 0.02, "{partial}, {bin}: {found} for {true_side}");
                    let mut together = (0..LANES).map(|lane| peak.sides(bin - lane)[lane]);
                    assert!(together.all(|side| side.to_bits() == found.to_bits()));
                }
            }
        }
    }

    /// Silence has no peaks, and every bin its own frequency.
    #[test]
    fn silence_is_read_as_silence() {
        let (own, frequency) = read(&[0.0; 9]);
        assert!(own.peaks.is_empty());
        assert!(frequency.iter().enumerate().all(|(i, f)| *f == i as f32));
    }
}
