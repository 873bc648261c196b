//! Partials and noise as notes.
//!
//! ```text
//!  PartialsCorpus [notes, frames, numbers] ─► numbers
//!     amplitudes: the loud ones count more; groups above 20 kHz for the key are not learnt
//!     level, tuning, stiffness, places ─► told, each with its own weight; the level more in the attack
//! ```
//!
//! Past its last stored frame a note is silent: there only the level is learnt, and it is 0.

use super::{ATTACK_S, Moment, Note, Notes, Weights};
use crate::error::TrainerError;
use crate::recipe::{Emphasis, Training};
use betwixt_corpus::{PartialsCorpus, PartialsNote};
use betwixt_model::header::Output;
use betwixt_spectral::number::real;
use betwixt_spectral::partials::{
    CENTS, FREE, FREE_AMPLITUDE, FREE_PLACE, GROUPS, HIGHEST_HZ, INHARMONICITY, LEVEL,
    PartialsFormat, PartialsFrame, group_edges, partial_hz, partials_below,
};
use betwixt_spectral::pitch;

/// How much an error of a compressed amplitude counts, whatever it is.
const ANY_WEIGHT: f32 = 0.4;
/// Amplitudes below this are faint.
const FAINT: f32 = 0.1;
/// How much an error of the level counts: 60 dB are 1.
const LEVEL_WEIGHT: f32 = 4.0;
/// How much an error of the tuning counts at full level: 50 cents are 1.
const CENTS_WEIGHT: f32 = 0.02;
/// How much an error of the stiffness counts: three decades are 1.
const INHARMONICITY_WEIGHT: f32 = 0.05;
/// How much an error of a free line's place counts where its compressed amplitude is 1.
const PLACE_WEIGHT: f32 = 0.02;
/// Seconds around a stored frame that it speaks for: frames that are kept late in a note lie
/// 23 ms apart.
const REACH_S: f32 = 0.025;

/// A corpus of partials.
#[derive(Debug)]
pub struct PartialsNotes {
    corpus: PartialsCorpus,
    format: PartialsFormat,
    emphasis: Emphasis,
    attack_level: f32,
    sounds: Vec<String>,
    notes: Vec<Note>,
}

impl PartialsNotes {
    /// The notes of a corpus, weighed as a training wants them.
    #[must_use]
    pub fn new(corpus: PartialsCorpus, training: &Training) -> Self {
        Self {
            format: corpus.settings().format,
            emphasis: training.emphasis,
            attack_level: training.latent_of.attack().level,
            sounds: corpus.sounds().iter().map(|s| s.name.clone()).collect(),
            notes: corpus.notes().iter().map(PartialsNote::note).collect(),
            corpus,
        }
    }
}

impl Notes for PartialsNotes {
    fn sounds(&self) -> &[String] {
        &self.sounds
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn output(&self) -> Output {
        Output::Partials(self.format)
    }

    fn times_s(&self, note: usize) -> &[f32] {
        self.corpus.times_s(note)
    }

    fn length_s(&self) -> f32 {
        betwixt_spectral::number::narrow(self.corpus.settings().length_s)
    }

    fn reach_s(&self) -> f32 {
        REACH_S
    }

    fn read(&self, note: usize, frame: usize, numbers: &mut [f32]) {
        let values = self.corpus.frame(note, frame).iter();
        let pairs = numbers.iter_mut().zip(values);
        pairs.for_each(|(out, value)| *out = value.to_f32());
    }

    fn beginning(&self, note: Note, seconds: f64) -> Result<Option<Vec<f32>>, TrainerError> {
        Ok(Some(self.corpus.beginning(note, seconds)?))
    }

    fn weigh(&self, note: usize, key: u8, moment: Moment, numbers: &[f32]) -> Option<Weights> {
        let sounds = matches!(moment, Moment::Frame(_));
        let mut weights = weights(key, sounds, numbers, self.emphasis);
        if self.time_s(note, moment) < ATTACK_S {
            weights.told[LEVEL] *= self.attack_level;
        }
        Some(weights)
    }

    fn linear(&self, key: u8, numbers: &[f32]) -> Vec<f32> {
        linear(key, &self.partials(key, numbers), self.format.free)
    }

    fn partials(&self, _: u8, numbers: &[f32]) -> PartialsFrame {
        let mut frame = PartialsFrame::default();
        self.format.decode(numbers, &mut frame);
        frame
    }

    fn describe(&self) -> String {
        self.corpus.settings().describe()
    }
}

/// What of a moment's numbers counts: in silence, the level alone.
fn weights(key: u8, sounds: bool, numbers: &[f32], emphasis: Emphasis) -> Weights {
    let mut weights = Weights {
        amplitudes: vec![0.0; numbers.len()],
        told: vec![0.0; numbers.len()],
    };
    weights.told[LEVEL] = LEVEL_WEIGHT;
    if !sounds {
        return weights;
    }
    let weight = |number: &f32| {
        let faint = FAINT / (FAINT + number.abs());
        ANY_WEIGHT + emphasis.strong * number * number + emphasis.faint * faint
    };
    let pairs = weights.amplitudes.iter_mut().zip(numbers).take(LEVEL);
    pairs.for_each(|(out, number)| *out = weight(number));
    let f0_hz = pitch::hz(f64::from(key));
    for (group, first) in group_edges()[..GROUPS].iter().enumerate() {
        if partial_hz(*first, f0_hz, 0.0) >= HIGHEST_HZ {
            weights.amplitudes[group] = 0.0;
        }
    }
    weights.told[CENTS] = CENTS_WEIGHT * numbers[LEVEL];
    weights.told[INHARMONICITY] = INHARMONICITY_WEIGHT;
    if numbers.len() > FREE_AMPLITUDE {
        for slot in 0..FREE {
            let amplitude = numbers[FREE_AMPLITUDE + slot];
            weights.amplitudes[FREE_AMPLITUDE + slot] = weight(&amplitude);
            weights.told[FREE_PLACE + slot] = PLACE_WEIGHT * amplitude;
        }
    }
    weights
}

/// Amplitudes whose squares add up to the power of a frame.
fn linear(key: u8, frame: &PartialsFrame, free: bool) -> Vec<f32> {
    let partials = partials_below(pitch::hz(f64::from(key)), f64::from(frame.inharmonicity));
    let edges = group_edges();
    let groups = frame.harmonics.iter().zip(edges.windows(2));
    let tone = groups.map(|(amplitude, edges)| {
        let count = edges[1].min(partials + 1).saturating_sub(edges[0]);
        amplitude * (real(count) / 2.0).sqrt()
    });
    let lines = frame.free.iter().filter(|_| free);
    let lines = lines.map(|line| line.amplitude * 0.5f32.sqrt());
    tone.chain(frame.noise).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::tests::{load, tiny_partials};

    /// The 19th harmonic of key 84 (1,046.5 Hz) is the last below 20 kHz: what stands for the 20th
    /// and above is not learnt, however wrong it is. Of key 24 everything is.
    #[test]
    fn what_cannot_be_heard_is_not_learnt() {
        let numbers = vec![
            0.5;
            PartialsFormat {
                exponent: 0.3,
                free: false
            }
            .numbers()
        ];
        let emphasis = Emphasis::default();
        let high = weights(84, true, &numbers, emphasis);
        assert!(high.amplitudes[18] > 0.0 && high.amplitudes[19] == 0.0);
        let learnt = |weights: &Weights| weights.amplitudes.iter().filter(|w| **w > 0.0).count();
        assert_eq!(learnt(&high), 19 + 42);
        assert_eq!(learnt(&weights(24, true, &numbers, emphasis)), 76 + 42);
        let silent = weights(24, false, &numbers, emphasis);
        assert_eq!(silent.amplitudes.iter().sum::<f32>(), 0.0);
        assert_eq!(silent.told.iter().sum::<f32>(), silent.told[LEVEL]);
    }

    /// Of a note's frames those before 50 ms have their level weighed as the recipe says, the others
    /// as ever; nothing else changes, and silence that early counts as much.
    #[test]
    fn the_level_of_the_attack_counts_more() {
        let attack = "onset_bias = 1.4, attack = { share = 0.2, level = 7.0 }";
        let notes = load(&tiny_partials().replace("onset_bias = 1.4", attack));
        let mut numbers = vec![0.0; notes.output().numbers()];
        let mut early = 0;
        for (frame, time_s) in notes.times_s(0).iter().enumerate() {
            notes.read(0, frame, &mut numbers);
            let found = notes.weigh(0, 84, Moment::Frame(frame), &numbers).unwrap();
            let mut plain = weights(84, true, &numbers, Emphasis::default());
            if *time_s < 0.05 {
                plain.told[LEVEL] = 7.0 * LEVEL_WEIGHT;
                early += 1;
            }
            assert_eq!(found, plain, "{time_s} s");
        }
        assert!(early > 4 && early < notes.times_s(0).len(), "{early}");
        let told = |time_s| {
            let weights = notes.weigh(0, 84, Moment::Silence(time_s), &numbers);
            weights.unwrap().told[LEVEL]
        };
        assert_eq!((told(0.0), told(0.1)), (7.0 * LEVEL_WEIGHT, LEVEL_WEIGHT));
    }

    /// A free line's place matters as much as the line is strong; where there is none it is free.
    #[test]
    fn places_count_where_there_is_a_line() {
        let mut numbers = vec![
            0.0;
            PartialsFormat {
                exponent: 0.3,
                free: true
            }
            .numbers()
        ];
        numbers[FREE_AMPLITUDE + 5] = 0.8;
        let weights = weights(60, true, &numbers, Emphasis::default());
        assert_eq!(weights.told[FREE_PLACE + 4], 0.0);
        assert!((weights.told[FREE_PLACE + 5] - 0.8 * PLACE_WEIGHT).abs() < 1e-9);
    }

    /// What is loud counts as the recipe says, and so does what is nothing: 0.4 + 0.6 + 3/11 of an
    /// amplitude of 1, 0.4 + 3 of none, and half of the 3 at 0.1.
    #[test]
    fn the_emphasis_is_the_recipes() {
        let format = PartialsFormat {
            exponent: 0.3,
            free: false,
        };
        let mut numbers = vec![0.0; format.numbers()];
        (numbers[0], numbers[1]) = (1.0, 0.1);
        let emphasis = Emphasis {
            strong: 0.6,
            faint: 3.0,
        };
        let found = weights(60, true, &numbers, emphasis).amplitudes;
        for (found, expected) in found.iter().zip([1.0 + 3.0 / 11.0, 1.906, 3.4]) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }

    /// The squares add up to the frame's level, as the layout defines it.
    #[test]
    fn linear_amplitudes_carry_the_power() {
        let mut frame = PartialsFrame::default();
        frame.harmonics[..45].fill(0.1);
        frame.noise[3] = 0.2;
        frame.free[2].amplitude = 0.3;
        let power: f32 = linear(36, &frame, true).iter().map(|a| a * a).sum();
        let partials = partials_below(pitch::hz(36.0), 0.0);
        assert!((power.sqrt() - frame.level(partials)).abs() < 1e-5);
    }
}
