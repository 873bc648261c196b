//! Families that are blown or sung: slow starts, and air.

use super::Dice;
use crate::patch::{Breath, Envelope, Filter, Formant, Patch, Source, Unison, Wave};

/// Flutes and pipes: few harmonics, some air around them.
pub(super) fn flute(dice: &mut Dice) -> Patch {
    let attack_s = dice.ratio(0.03, 0.12);
    let filter = Filter {
        cutoff_hz: dice.bright(350.0, 2_000.0),
        tracking: dice.between(0.8, 1.0),
        envelope_octaves: dice.between(0.3, 1.0),
        envelope: Envelope::new(attack_s, 0.5, 0.7),
        resonance: dice.between(0.6, 0.9),
        stages: 1,
    };
    let wave = dice.one_of(&[Wave::Triangle, Wave::Triangle, Wave::Pulse(0.42)]);
    let breath = Breath {
        harmonic: dice.between(1.5, 4.0),
        quality: dice.between(0.6, 1.5),
        level: dice.bright(0.12, 0.04) * dice.between(0.7, 1.3),
        envelope: Envelope::new(attack_s * 0.4, 0.1, 0.5),
    };
    Patch {
        name: String::new(),
        source: Source::Wave(wave),
        filter: Some(filter),
        amplitude: Envelope::new(attack_s, 1.0, dice.between(0.8, 1.0)),
        unison: None,
        breath: Some(breath),
    }
}

/// Centres of the first three resonances of ooh, oh, ah and eh, in Hz.
const VOWELS: [[f64; 3]; 4] = [
    [320.0, 800.0, 2_300.0],
    [450.0, 830.0, 2_500.0],
    [750.0, 1_150.0, 2_600.0],
    [530.0, 1_800.0, 2_500.0],
];

/// Choirs: vowels that stay where the mouth puts them.
pub(super) fn choir(dice: &mut Dice) -> Patch {
    let place = dice.brightness * 2.999;
    let lower = betwixt_spectral::number::index(place);
    let share = place - lower as f64;
    let levels = [1.0, 0.6, 0.25];
    let formant = |(index, level): (usize, f64)| {
        let (from, to) = (VOWELS[lower][index], VOWELS[lower + 1][index]);
        let centre_hz = from * (to / from).powf(share);
        Formant {
            centre_hz,
            width_hz: 90.0 + 0.07 * centre_hz,
            level,
        }
    };
    let formants = levels.into_iter().enumerate().map(formant).collect();
    let attack_s = dice.ratio(0.05, 0.3);
    let detune_cents = dice.between(2.0, 4.5);
    Patch {
        name: String::new(),
        source: Source::Vowel(formants),
        filter: None,
        amplitude: Envelope::new(attack_s, 1.0, dice.between(0.8, 1.0)),
        unison: Some(Unison {
            detune_cents,
            level: dice.between(0.2, 0.4),
        }),
        breath: Some(Breath {
            harmonic: 6.0,
            quality: 0.7,
            level: dice.between(0.003, 0.015),
            envelope: Envelope::ON,
        }),
    }
}
