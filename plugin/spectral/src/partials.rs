//! Partials and noise: how a frame of a sound is told by 121 numbers, or 169 with free partials.
//!
//! ```text
//!  partials 1 … 649 ─► 76 groups ┐
//!  noise 0 … 21 kHz ─► 42 bands  ├─► PartialsFrame ─► PartialsScale ─► numbers that a network sees
//!  level, tuning, inharmonicity  │      (linear)       encode/decode   [121 or 169]
//!  lines between the harmonics   ┘
//! ```
//!
//! Partial k of a note lies at k·f0·√(1 + B·k²). The first 40 are told one by one, those above in
//! groups of growing width, because the ear no longer parts them. Everything is told relative to
//! the frame's level, and the level relative to the note's loudest frame.

use serde::{Deserialize, Serialize};

/// Groups of partials.
pub const GROUPS: usize = 76;
/// Noise bands.
pub const BANDS: usize = 42;
/// Slots for lines between the harmonics: four to an octave of ratios.
pub const FREE: usize = 24;
/// The highest partial in any group.
pub const HIGHEST_PARTIAL: usize = 649;
/// Partials above are neither analysed nor drawn, in Hz.
pub const HIGHEST_HZ: f64 = 20_000.0;
/// Partials that have a group of their own.
const ALONE: usize = 40;

/// Where the level stands among the numbers, behind the groups and the bands.
pub const LEVEL: usize = GROUPS + BANDS;
/// Where the tuning stands.
pub const CENTS: usize = LEVEL + 1;
/// Where the inharmonicity stands.
pub const INHARMONICITY: usize = CENTS + 1;
/// Where the amplitudes of the free partials begin, and behind them their places.
pub const FREE_AMPLITUDE: usize = INHARMONICITY + 1;
/// Where the places of the free partials begin.
pub const FREE_PLACE: usize = FREE_AMPLITUDE + FREE;

/// A note's levels span this much, in dB: from 0 to 1 among the numbers.
pub const LEVEL_RANGE_DB: f32 = 60.0;
/// Beyond its loudest frame a note's level may be drawn this much louder: 1.2 dB.
const HIGHEST_LEVEL: f32 = 1.02;
/// Cents that count as 1.
const CENTS_RANGE: f32 = 50.0;
/// Inharmonicity below which there is none to hear.
const LEAST_INHARMONICITY: f32 = 2e-6;
/// Ratio at the lower end of the first slot, as a power of two.
const FIRST_SLOT_OCTAVE: f32 = -1.25;
/// Slots in an octave.
const SLOTS_PER_OCTAVE: f32 = 4.0;

/// One moment of a sound, linear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartialsFrame {
    /// Amplitude of each partial of a group: the rms over the group's partials.
    pub harmonics: [f32; GROUPS],
    /// Rms of the noise in each band.
    pub noise: [f32; BANDS],
    /// How far the sound lies above its nominal pitch, in cents.
    pub cents: f32,
    /// B of k·f0·√(1 + B·k²).
    pub inharmonicity: f32,
    /// Lines between the harmonics, one per slot.
    pub free: [FreePartial; FREE],
}

/// A line that is no harmonic.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FreePartial {
    /// Its amplitude; 0 where there is none.
    pub amplitude: f32,
    /// Where in its slot it lies, 0…1 (see [`free_ratio`]).
    pub place: f32,
}

/// How a decoder's numbers become a frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialsFormat {
    /// Amplitudes are told as amplitude^exponent, 0.1…1; 0.3 trains best.
    pub exponent: f32,
    /// Whether there are free partials.
    pub free: bool,
}

impl Default for PartialsFrame {
    fn default() -> Self {
        Self {
            harmonics: [0.0; GROUPS],
            noise: [0.0; BANDS],
            cents: 0.0,
            inharmonicity: 0.0,
            free: [FreePartial::default(); FREE],
        }
    }
}

impl PartialsFrame {
    /// Root mean square of the whole moment; `partials` is how many the note has
    /// (see [`partials_below`]).
    #[must_use]
    pub fn level(&self, partials: usize) -> f32 {
        let edges = group_edges();
        let groups = self.harmonics.iter().zip(edges.windows(2));
        let tone = groups.map(|(h, edges)| {
            let count = edges[1].min(partials + 1).saturating_sub(edges[0]);
            crate::number::real(count) * h * h / 2.0
        });
        let noise = self.noise.iter().map(|n| n * n);
        let free = self.free.iter().map(|f| f.amplitude * f.amplitude / 2.0);
        tone.chain(noise).chain(free).sum::<f32>().sqrt()
    }
}

impl PartialsFormat {
    /// How many numbers tell a frame.
    #[must_use]
    pub fn numbers(self) -> usize {
        if self.free {
            FREE_PLACE + FREE
        } else {
            FREE_AMPLITUDE
        }
    }

    /// Whether the exponent is in its range.
    #[must_use]
    pub fn is_valid(self) -> bool {
        (0.1..=1.0).contains(&self.exponent)
    }

    /// Writes the numbers of a frame of a note.
    ///
    /// | argument   | shape       | unit                                                       |
    /// |------------|-------------|------------------------------------------------------------|
    /// | `partials` |             | how many the note has ([`partials_below`])                 |
    /// | `loudest`  |             | [`PartialsFrame::level`] of the note's loudest frame, linear |
    /// | `numbers`  | `[numbers]` | out                                                        |
    ///
    /// A silent frame has no numbers but its level, 0.
    ///
    /// # Panics
    ///
    /// When `numbers` has another length than [`Self::numbers`].
    pub fn encode(self, frame: &PartialsFrame, partials: usize, loudest: f32, numbers: &mut [f32]) {
        assert_eq!(numbers.len(), self.numbers(), "numbers of a frame");
        numbers.fill(0.0);
        numbers[CENTS] = (frame.cents / CENTS_RANGE).clamp(-1.5, 1.5);
        numbers[INHARMONICITY] =
            ((frame.inharmonicity.max(1e-9) / 1e-6).log10() / 3.0).clamp(0.0, 1.0);
        let level = frame.level(partials);
        if level <= 0.0 || loudest <= 0.0 {
            return;
        }
        let compress = |amplitude: f32| (amplitude.max(0.0) / level).powf(self.exponent);
        let amplitudes = frame.harmonics.iter().chain(&frame.noise);
        let told = numbers.iter_mut().zip(amplitudes);
        told.for_each(|(number, amplitude)| *number = compress(*amplitude));
        numbers[LEVEL] = (1.0 + 20.0 * (level / loudest).log10() / LEVEL_RANGE_DB).max(0.0);
        if self.free {
            for (slot, line) in frame.free.iter().enumerate() {
                numbers[FREE_AMPLITUDE + slot] = compress(line.amplitude);
                numbers[FREE_PLACE + slot] = line.place;
            }
        }
    }

    /// The level that a network's numbers tell, linear, the note's loudest frame having 1.
    ///
    /// # Panics
    ///
    /// When `numbers` is shorter than [`Self::numbers`].
    #[must_use]
    pub fn level(numbers: &[f32]) -> f32 {
        let level = within(numbers[LEVEL], 0.0, HIGHEST_LEVEL);
        10f32.powf((level - 1.0) * LEVEL_RANGE_DB / 20.0)
    }

    /// Reads a frame from a network's numbers, the note's loudest frame having the level 1.
    ///
    /// Whatever the numbers are, the frame is finite and not negative.
    ///
    /// # Panics
    ///
    /// When `numbers` is shorter than [`Self::numbers`].
    pub fn decode(self, numbers: &[f32], frame: &mut PartialsFrame) {
        let level = Self::level(numbers);
        let power = self.exponent.recip();
        let expand = |number: f32| level * within(number, 0.0, 1.5).powf(power);
        let amplitudes = frame.harmonics.iter_mut().chain(&mut frame.noise);
        let told = amplitudes.zip(numbers);
        told.for_each(|(amplitude, number)| *amplitude = expand(*number));
        frame.cents = within(numbers[CENTS], -1.5, 1.5) * CENTS_RANGE;
        let told = 10f32.powf(3.0 * within(numbers[INHARMONICITY], 0.0, 1.0) - 6.0);
        frame.inharmonicity = if told < LEAST_INHARMONICITY {
            0.0
        } else {
            told
        };
        frame.free = [FreePartial::default(); FREE];
        if self.free {
            for (slot, line) in frame.free.iter_mut().enumerate() {
                line.amplitude = expand(numbers[FREE_AMPLITUDE + slot]);
                line.place = within(numbers[FREE_PLACE + slot], 0.0, 1.0);
            }
        }
    }
}

/// Between two ends; what is not a number is at the lower one.
fn within(number: f32, low: f32, high: f32) -> f32 {
    number.max(low).min(high)
}

/// First partial of each group, and one past the last: `[GROUPS + 1]`, from 1 to 650.
#[must_use]
pub const fn group_edges() -> [usize; GROUPS + 1] {
    let mut edges = [0; GROUPS + 1];
    let mut group = 0;
    while group <= ALONE {
        edges[group] = group + 1;
        group += 1;
    }
    while group <= GROUPS {
        // ×1.08, rounded: in whole numbers, so that it is the same everywhere.
        edges[group] = (edges[group - 1] * 108 + 50) / 100;
        group += 1;
    }
    edges
}

/// Edges of the noise bands in Hz, `[BANDS + 1]`: steps of 100 up to 1,000, then ×1.1.
#[must_use]
pub fn band_edges_hz() -> [f64; BANDS + 1] {
    let mut edges = [0.0; BANDS + 1];
    for band in 1..=BANDS {
        edges[band] = if band <= 10 {
            100.0 * band as f64
        } else {
            edges[band - 1] * 1.1
        };
    }
    edges
}

/// The middle partial of a group, of a note that has so many, and how many of them are in it.
#[must_use]
pub fn group_middle(group: usize, partials: usize) -> (usize, usize) {
    let edges = group_edges();
    let last = (edges[group + 1] - 1).min(partials);
    let count = (last + 1).saturating_sub(edges[group]);
    ((edges[group] + last) / 2, count)
}

/// The middle of a noise band in Hz.
#[must_use]
pub fn band_centre_hz(band: usize) -> f64 {
    let edges = band_edges_hz();
    0.5 * (edges[band] + edges[band + 1])
}

/// Frequency of partial `number` in Hz.
#[must_use]
#[inline]
pub fn partial_hz(number: usize, f0_hz: f64, inharmonicity: f64) -> f64 {
    let number = number as f64;
    number * f0_hz * (1.0 + inharmonicity * number * number).sqrt()
}

/// How many partials of a note lie below [`HIGHEST_HZ`], at most [`HIGHEST_PARTIAL`].
#[must_use]
pub fn partials_below(f0_hz: f64, inharmonicity: f64) -> usize {
    let below = |number: &usize| partial_hz(*number, f0_hz, inharmonicity) < HIGHEST_HZ;
    (1..=HIGHEST_PARTIAL).take_while(below).count()
}

/// The number at which a note's partials reach [`HIGHEST_HZ`], with its fraction: a note that moves
/// loses its last partial little by little. At most [`HIGHEST_PARTIAL`].
#[must_use]
pub fn last_partial(f0_hz: f64, inharmonicity: f64) -> f32 {
    // k²·(1 + B·k²) = (highest / f0)², solved for k.
    let square = (HIGHEST_HZ / f0_hz).powi(2);
    let number = if inharmonicity * square < 1e-6 {
        square
    } else {
        ((1.0 + 4.0 * inharmonicity * square).sqrt() - 1.0) / (2.0 * inharmonicity)
    };
    crate::number::narrow(number.sqrt().min(HIGHEST_PARTIAL as f64))
}

/// Frequency ratio to f0 of the line in a slot.
#[must_use]
pub fn free_ratio(slot: usize, place: f32) -> f32 {
    (FIRST_SLOT_OCTAVE + (crate::number::real(slot) + place) / SLOTS_PER_OCTAVE).exp2()
}

/// The slot of a ratio and the place in it; `None` for ratios that no slot holds.
#[must_use]
pub fn free_slot(ratio: f64) -> Option<(usize, f32)> {
    let place = (ratio.log2() - f64::from(FIRST_SLOT_OCTAVE)) * f64::from(SLOTS_PER_OCTAVE);
    let inside = place >= 0.0 && place < FREE as f64;
    let slot = crate::number::index(place);
    inside.then(|| (slot, crate::number::narrow(place - slot as f64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 40 single partials, then 36 groups up to the 649th: the published table.
    #[test]
    fn groups_cover_every_partial_once() {
        let edges = group_edges();
        assert_eq!((edges[0], edges[39], edges[40], edges[41]), (1, 40, 41, 44));
        assert_eq!(edges[GROUPS], HIGHEST_PARTIAL + 1);
        assert!(edges.is_sorted_by(|a, b| a < b));
    }

    /// The 41st group holds partials 41 to 43: 42 is its middle; of a note of 41 only the first is
    /// there, of one of 40 none. The 11th band lies around 1,050 Hz.
    #[test]
    fn groups_and_bands_have_their_middles() {
        let middles = [100, 41, 40].map(|partials| group_middle(40, partials));
        assert_eq!(middles.map(|(_, count)| count), [3, 1, 0]);
        assert_eq!((middles[0].0, middles[1].0), (42, 41));
        assert!((band_centre_hz(10) - 1050.0).abs() < 1e-9);
    }

    /// The last of 42 bands ends at 1000·1.1³² = 21,114 Hz.
    #[test]
    fn bands_reach_past_hearing() {
        let edges = band_edges_hz();
        assert_eq!((edges[0], edges[1], edges[10]), (0.0, 100.0, 1000.0));
        assert!((edges[BANDS] - 21_113.777).abs() < 1e-2, "{}", edges[BANDS]);
    }

    /// A1 has 363 harmonics below 20 kHz, fewer when its string is stiff.
    #[test]
    fn partials_are_counted() {
        assert_eq!(partials_below(55.0, 0.0), 363);
        assert!(partials_below(55.0, 1e-4) < 363);
        assert_eq!(partials_below(20.0, 0.0), HIGHEST_PARTIAL);
        assert!((partial_hz(10, 100.0, 1e-4) - 1000.0 * 1.01f64.sqrt()).abs() < 1e-9);
    }

    /// The whole part of the last partial's number is how many there are, stiff string or not, and
    /// its frequency is where they end.
    #[test]
    fn the_last_partial_ends_the_count() {
        for f0_hz in [20.0, 27.5, 61.7, 261.63, 4_186.0] {
            for inharmonicity in [0.0, 1e-5, 1e-3] {
                let last = last_partial(f0_hz, inharmonicity);
                let count = partials_below(f0_hz, inharmonicity);
                assert_eq!(crate::number::index(f64::from(last)), count, "{f0_hz}");
                if count < HIGHEST_PARTIAL {
                    let last = f64::from(last);
                    let hz = last * f0_hz * (1.0 + inharmonicity * last * last).sqrt();
                    assert!((hz / HIGHEST_HZ - 1.0).abs() < 1e-5, "{f0_hz}: {hz}");
                }
            }
        }
    }

    /// One sine of amplitude 1 has the rms √½; three more partials in a group count each.
    #[test]
    fn level_is_the_root_mean_square() {
        let mut frame = PartialsFrame::default();
        frame.harmonics[0] = 1.0;
        assert!((frame.level(363) - 0.5f32.sqrt()).abs() < 1e-6);
        frame.harmonics[40] = 1.0;
        assert!((frame.level(363) - 2f32.sqrt()).abs() < 1e-6);
        assert!(
            (frame.level(41) - 1.0).abs() < 1e-6,
            "42 and 43 are not there"
        );
        frame.noise[3] = 2.0;
        assert!((frame.level(41) - 5f32.sqrt()).abs() < 1e-6);
    }

    fn example() -> PartialsFrame {
        let mut frame = PartialsFrame {
            cents: -12.5,
            inharmonicity: 3e-4,
            ..PartialsFrame::default()
        };
        frame.harmonics[..3].copy_from_slice(&[0.5, 0.25, 1e-3]);
        frame.noise[7] = 0.1;
        frame.free[9] = FreePartial {
            amplitude: 0.2,
            place: 0.75,
        };
        frame
    }

    /// What was told is read back, scaled so that the loudest frame has the level 1.
    #[test]
    fn decode_undoes_encode() {
        for (exponent, free) in [(0.3, true), (0.5, true), (1.0, false)] {
            let format = PartialsFormat { exponent, free };
            let mut original = example();
            if !free {
                original.free = PartialsFrame::default().free;
            }
            let loudest = 3.0;
            let mut numbers = vec![f32::NAN; format.numbers()];
            format.encode(&original, 100, loudest, &mut numbers);
            let mut frame = PartialsFrame::default();
            format.decode(&numbers, &mut frame);
            let pairs = original.harmonics.iter().zip(&frame.harmonics);
            for (from, to) in pairs.chain(original.noise.iter().zip(&frame.noise)) {
                assert!(
                    (from / loudest - to).abs() < 1e-5,
                    "{exponent}: {from} {to}"
                );
            }
            assert!((frame.cents + 12.5).abs() < 1e-4);
            assert!((frame.inharmonicity / 3e-4 - 1.0).abs() < 1e-4);
            assert!((frame.free[9].amplitude - original.free[9].amplitude / loudest).abs() < 1e-5);
            assert!((frame.level(100) * loudest - original.level(100)).abs() < 1e-5);
        }
    }

    /// No number that a network can put out makes a frame that is not finite.
    #[test]
    fn wild_numbers_stay_finite() {
        for wild in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 1e30] {
            let format = PartialsFormat {
                exponent: 0.3,
                free: true,
            };
            let mut frame = PartialsFrame::default();
            format.decode(&vec![wild; format.numbers()], &mut frame);
            assert!(frame.level(649).is_finite(), "{wild}");
            let tuned = frame.cents.is_finite() && frame.inharmonicity.is_finite();
            assert!(tuned && frame.free[0].place.is_finite(), "{wild}");
        }
    }

    /// A tubular bell's line at 2.756 has one slot, and comes back from it.
    #[test]
    fn slots_hold_every_ratio_once() {
        for ratio in [0.43, 0.5, 1.0, 2.756, 5.404, 26.9] {
            let (slot, place) = free_slot(ratio).unwrap();
            assert!((f64::from(free_ratio(slot, place)) / ratio - 1.0).abs() < 1e-6);
        }
        assert_eq!((free_slot(0.42), free_slot(27.0)), (None, None));
    }
}
