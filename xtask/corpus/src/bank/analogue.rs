//! Subtractive families: waveforms behind a resonant low-pass, and drawbars.

use super::Dice;
use crate::patch::{Envelope, Filter, Patch, Source, Unison, Wave};

fn patch(source: Source, filter: Filter, amplitude: Envelope) -> Patch {
    Patch {
        name: String::new(),
        source,
        filter: Some(filter),
        amplitude,
        unison: None,
        breath: None,
    }
}

/// Strings and pads: slow, wide, sustained.
pub(super) fn pad(dice: &mut Dice) -> Patch {
    let attack_s = dice.ratio(0.06, 0.45);
    let filter = Filter {
        cutoff_hz: dice.bright(500.0, 5_000.0),
        tracking: dice.between(0.5, 0.9),
        envelope_octaves: dice.between(0.3, 1.2),
        envelope: Envelope::new(attack_s * 1.3, 1.5, 0.8),
        resonance: dice.between(0.6, 1.1),
        stages: 2,
    };
    let unison = Unison {
        detune_cents: dice.between(2.0, 4.5),
        level: dice.between(0.25, 0.5),
    };
    let wave = if dice.once_in(4) {
        Wave::Pulse(dice.between(0.3, 0.45))
    } else {
        Wave::Saw
    };
    let amplitude = Envelope::new(attack_s, 1.2, dice.between(0.75, 1.0));
    Patch {
        unison: Some(unison),
        ..patch(Source::Wave(wave), filter, amplitude)
    }
}

/// A polyphonic synthesiser played like keys: a filter that opens with the stroke, then holds.
pub(super) fn poly_keys(dice: &mut Dice) -> Patch {
    let decay_s = dice.ratio(0.12, 0.6);
    let filter = Filter {
        cutoff_hz: dice.bright(450.0, 2_500.0),
        tracking: dice.between(0.6, 0.9),
        envelope_octaves: dice.between(1.2, 2.6),
        envelope: Envelope::new(0.003, decay_s, dice.between(0.1, 0.4)),
        resonance: dice.between(0.7, 1.6),
        stages: 2,
    };
    let wave = dice.one_of(&[Wave::Saw, Wave::Saw, Wave::Pulse(0.5), Wave::Pulse(0.35)]);
    let amplitude = Envelope::new(0.004, decay_s * 1.5, dice.between(0.35, 0.7));
    patch(Source::Wave(wave), filter, amplitude)
}

/// Leads: pulses and triangles with little filtering.
pub(super) fn lead(dice: &mut Dice) -> Patch {
    let filter = Filter {
        cutoff_hz: dice.bright(900.0, 9_000.0),
        tracking: dice.between(0.4, 0.8),
        envelope_octaves: dice.between(0.0, 0.8),
        envelope: Envelope::new(0.01, 0.4, 0.4),
        resonance: dice.between(0.7, 2.2),
        stages: 1,
    };
    let width = dice.between(0.08, 0.5);
    let wave = if dice.brightness < 0.25 {
        Wave::Triangle
    } else {
        Wave::Pulse(width)
    };
    let amplitude = Envelope::new(dice.ratio(0.005, 0.03), 0.6, dice.between(0.7, 1.0));
    patch(Source::Wave(wave), filter, amplitude)
}

/// Brass: brightness swells with the level.
pub(super) fn brass(dice: &mut Dice) -> Patch {
    let attack_s = dice.ratio(0.03, 0.12);
    let filter = Filter {
        cutoff_hz: dice.bright(250.0, 700.0),
        tracking: dice.between(0.6, 0.9),
        envelope_octaves: dice.between(1.8, 3.0),
        envelope: Envelope::new(attack_s, dice.ratio(0.25, 0.8), dice.between(0.4, 0.75)),
        resonance: dice.between(0.7, 1.3),
        stages: 2,
    };
    let amplitude = Envelope::new(attack_s * 0.7, 0.8, dice.between(0.7, 0.95));
    let mut brass = patch(Source::Wave(Wave::Saw), filter, amplitude);
    if dice.once_in(3) {
        let detune_cents = dice.between(1.5, 3.5);
        brass.unison = Some(Unison {
            detune_cents,
            level: 0.3,
        });
    }
    brass
}

/// Drawbars: at once, and steady.
pub(super) fn organ(dice: &mut Dice) -> Patch {
    let mut bars = [1.0, 0.8, 0.7, 0.6, 0.4, 0.5, 0.6, 0.3, 0.3];
    for (bar, level) in bars.iter_mut().enumerate().skip(1) {
        let height = bar as f64 / 8.0;
        *level *= dice.between(0.1, 1.0) * dice.bright(0.25, 1.0).powf(height * 2.0);
    }
    Patch {
        name: String::new(),
        source: Source::Drawbars(bars),
        filter: None,
        amplitude: Envelope::new(dice.ratio(0.003, 0.02), 1.0, 1.0),
        unison: None,
        breath: None,
    }
}
