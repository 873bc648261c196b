//! Parameters → the engine's controls: read once, at the start of every call.
//!
//! ```text
//!  Parameters (atomics, any thread) ──► Controls (plain numbers, this call)
//! ```
//!
//! The host's automation has already been cut into calls at its sample positions, and the engine
//! smooths by itself, so no value is smoothed here.
//!
//! *Real time:* reads atomics; a value that is not a number counts as the parameter's default.

use crate::parameters::{Chroma, Parameters, Performance, Phase};
use crate::text::SILENCE_DB;
use betwixt_engine::{ChromaSource, Controls, Envelope, PhaseMode, Time, Vibrato};
use nice_plug::prelude::{Enum, FloatParam, Param};

/// What the player has set, now.
pub(crate) fn controls(parameters: &Parameters) -> Controls {
    Controls {
        latents: std::array::from_fn(|index| real(parameters.latent(index))),
        chroma: chroma(parameters.chroma.value()),
        phase: match parameters.phase.value() {
            Phase::Gradient => PhaseMode::Gradient,
            Phase::StoredNoise => PhaseMode::StoredNoise,
            Phase::Refined => PhaseMode::Refined,
            Phase::PeakLock => PhaseMode::PeakLock,
            Phase::SinglePass => PhaseMode::SinglePass,
            Phase::Zero => PhaseMode::Zero,
            Phase::Random => PhaseMode::Random,
        },
        octave: parameters.octave.value(),
        fine_cents: real(&parameters.fine_tune),
        envelope: Envelope {
            attack_s: real(&parameters.attack),
            decay_s: real(&parameters.decay),
            sustain: real(&parameters.sustain),
            release_s: real(&parameters.release),
        },
        velocity_amount: real(&parameters.velocity),
        bend_range_semitones: semitones(parameters.bend_range.value()),
        performance: performance(&parameters.performance),
        gain: linear_gain(real(&parameters.gain)),
        voice_limit: usize::try_from(parameters.voices.value()).unwrap_or(1),
        ..Controls::default()
    }
}

fn performance(parameters: &Performance) -> betwixt_engine::Performance {
    let (time, pitch, tone) = (&parameters.time, &parameters.pitch, &parameters.tone);
    betwixt_engine::Performance {
        time: Time {
            speed: real(&time.speed).exp2(),
            frozen: time.freeze.value(),
            point_s: real(&time.freeze_point),
        },
        vibrato: Vibrato {
            rate_hz: real(&pitch.vibrato_rate),
            depth_cents: real(&pitch.vibrato_depth),
            delay_s: real(&pitch.vibrato_delay),
            jitter: real(&pitch.vibrato_jitter),
        },
        drift_cents: real(&pitch.drift),
        noise: real(&tone.noise),
        inharmonicity: real(&tone.inharmonicity),
        natural_tuning: real(&pitch.natural_tuning),
        tilt_db_per_octave: real(&tone.tilt),
        formant_semitones: real(&tone.formant),
        formant_follow: real(&tone.formant_follow),
        width: real(&parameters.stereo.width),
    }
}

fn real(parameter: &FloatParam) -> f32 {
    let value = parameter.value();
    if value.is_nan() {
        parameter.default_plain_value()
    } else {
        value
    }
}

fn chroma(choice: Chroma) -> ChromaSource {
    match u8::try_from(choice.to_index()) {
        Ok(index @ 1..=12) => ChromaSource::Fixed(index - 1),
        _ => ChromaSource::Played,
    }
}

fn semitones(value: i32) -> f32 {
    f32::from(i16::try_from(value).unwrap_or(0))
}

fn linear_gain(gain_db: f32) -> f32 {
    if gain_db <= SILENCE_DB {
        0.0
    } else {
        10f32.powf(gain_db / 20.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::tests::{identity, tiny_header};

    /// Untouched parameters are the engine's own defaults, but for the model's knob positions.
    #[test]
    fn defaults_are_the_engines_defaults() {
        let header = tiny_header(3);
        let found = controls(&Parameters::new(&header, identity(3)));
        let mut expected = Controls::default();
        for (value, latent) in expected.latents.iter_mut().zip(&header.latents) {
            *value = latent.default;
        }
        assert_eq!(found, expected);
    }

    /// C is class 0 and B class 11; anything else follows the key.
    #[test]
    fn choices_are_pitch_classes() {
        assert_eq!(chroma(Chroma::Played), ChromaSource::Played);
        assert_eq!(chroma(Chroma::C), ChromaSource::Fixed(0));
        assert_eq!(chroma(Chroma::FSharp), ChromaSource::Fixed(6));
        assert_eq!(chroma(Chroma::B), ChromaSource::Fixed(11));
    }

    /// 0 dB is one, six decibels about double, and the lowest setting is silence, not a whisper.
    #[test]
    fn gain_is_in_decibels_down_to_silence() {
        assert_eq!(linear_gain(0.0), 1.0);
        assert!((linear_gain(6.0206) - 2.0).abs() < 1e-4);
        assert_eq!(linear_gain(SILENCE_DB), 0.0);
        assert!(linear_gain(12.0) <= 4.0, "the engine takes gains up to 4");
    }
}
