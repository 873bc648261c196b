//! Parameters → the engine's controls: read at the start of every call, and where a controller
//! moves one of them.
//!
//! ```text
//!  Parameters (atomics, any thread) ─┐
//!  what controllers hold ────────────┴─► Reader ─► Controls (plain numbers, from here on)
//! ```
//!
//! A parameter that a controller holds is read where the controller has put it; what the host
//! modulates comes on top of either.
//!
//! The host's automation has already been cut into calls at its sample positions, and the engine
//! smooths by itself, so no value is smoothed here.
//!
//! *Real time:* reads atomics; a value that is not a number counts as the parameter's default.

use crate::parameters::{Chroma, Knob, Parameters, Performance, Phase, ROOM};
use crate::parameters::{modulation, movement, playing};
use crate::text::SILENCE_DB;
use betwixt_engine as engine;
use betwixt_engine::{ChromaSource, Controls, Envelope, Modulated, PhaseMode, Time, Vibrato};
use nice_plug::prelude::{Enum, FloatParam, Param};

/// Reads parameters through what controllers hold.
struct Reader {
    /// Which parameters are held, and where; they are few, and found by looking at each.
    held: [(*const (), f32); ROOM],
    count: usize,
}

impl Reader {
    fn new(parameters: &Parameters) -> Self {
        let mut reader = Self {
            held: [(std::ptr::null(), 0.0); ROOM],
            count: 0,
        };
        let mut place = 0;
        parameters.each(&mut |entry| {
            if let Some(position) = parameters.controllers.position(place) {
                reader.held[reader.count] = (entry.knob.address(), position);
                reader.count += 1;
            }
            place += 1;
        });
        reader
    }

    /// Where a controller holds a parameter, 0…1, if one does.
    fn held(&self, parameter: &impl Param) -> Option<f32> {
        let mut held = self.held[..self.count].iter();
        let own = held.find(|(of, _)| *of == parameter.address());
        own.map(|(_, position)| *position)
    }

    /// A parameter's value in its own unit.
    fn plain<P: Param>(&self, parameter: &P) -> P::Plain {
        let Some(position) = self.held(parameter) else {
            return parameter.modulated_plain_value();
        };
        let away =
            parameter.modulated_normalized_value() - parameter.unmodulated_normalized_value();
        let away = if away.is_finite() { away } else { 0.0 };
        parameter.preview_plain((position + away).clamp(0.0, 1.0))
    }

    /// How much of a continuous one's value is the host's modulation, in its own unit.
    fn modulation(&self, parameter: &FloatParam) -> f32 {
        let set = self.held(parameter);
        let set = set.unwrap_or_else(|| parameter.unmodulated_normalized_value());
        let away = self.real(parameter) - parameter.preview_plain(set);
        if away.is_nan() { 0.0 } else { away }
    }

    /// The same of a continuous one: always a number.
    fn real(&self, parameter: &FloatParam) -> f32 {
        let value = self.plain(parameter);
        if value.is_nan() {
            parameter.default_plain_value()
        } else {
            value
        }
    }
}

/// What the player has set, now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Heard {
    /// What is played by.
    pub(crate) controls: Controls,
    /// Whether the latents' movement is to be recorded.
    pub(crate) is_recording: bool,
}

/// What the player has set, now.
pub(crate) fn heard(parameters: &Parameters) -> Heard {
    let reader = Reader::new(parameters);
    Heard {
        controls: controls(&reader, parameters),
        is_recording: reader.plain(&parameters.movement.record),
    }
}

fn controls(reader: &Reader, parameters: &Parameters) -> Controls {
    let real = |parameter| reader.real(parameter);
    Controls {
        latents: std::array::from_fn(|index| real(parameters.latent(index))),
        morph: real(&parameters.morph),
        modulated: Modulated {
            latents: std::array::from_fn(|index| reader.modulation(parameters.latent(index))),
            morph: reader.modulation(&parameters.morph),
        },
        chroma: chroma(reader.plain(&parameters.chroma)),
        phase: phase(reader.plain(&parameters.phase)),
        octave: reader.plain(&parameters.octave),
        fine_cents: real(&parameters.fine_tune),
        envelope: Envelope {
            attack_s: real(&parameters.attack),
            decay_s: real(&parameters.decay),
            sustain: real(&parameters.sustain),
            release_s: real(&parameters.release),
        },
        velocity_amount: real(&parameters.velocity),
        bend_range_semitones: semitones(reader.plain(&parameters.bend_range)),
        performance: performance(reader, &parameters.performance),
        gain: linear_gain(real(&parameters.gain)),
        voice_limit: usize::try_from(reader.plain(&parameters.voices)).unwrap_or(1),
        economy: reader.plain(&parameters.economy),
        playing: playing(reader, parameters),
        modulation: modulation(reader, parameters),
        movement: movement(reader, parameters),
    }
}

fn performance(reader: &Reader, parameters: &Performance) -> betwixt_engine::Performance {
    let (time, pitch, tone) = (&parameters.time, &parameters.pitch, &parameters.tone);
    let real = |parameter| reader.real(parameter);
    betwixt_engine::Performance {
        time: Time {
            speed: real(&time.speed).exp2(),
            frozen: reader.plain(&time.freeze),
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

fn playing(reader: &Reader, parameters: &Parameters) -> engine::Playing {
    let own = &parameters.playing;
    engine::Playing {
        mode: match reader.plain(&own.mode) {
            playing::PlayMode::Poly => engine::PlayMode::Poly,
            playing::PlayMode::Mono => engine::PlayMode::Mono,
            playing::PlayMode::Legato => engine::PlayMode::Legato,
        },
        glide: engine::Glide {
            time_s: reader.real(&own.glide),
            is_legato: reader.plain(&own.glide_mode) == playing::GlideMode::Legato,
        },
        unison: engine::Unison {
            voices: usize::try_from(reader.plain(&own.unison)).unwrap_or(1),
            detune_cents: reader.real(&own.detune),
            spread: reader.real(&own.spread),
            width: reader.real(&own.width),
        },
        zones: match reader.plain(&own.mpe) {
            playing::Mpe::Off => zones(0, 0),
            playing::Mpe::Lower => zones(15, 0),
            playing::Mpe::Upper => zones(0, 15),
            playing::Mpe::Both => zones(7, 7),
        },
        member_bend_semitones: semitones(reader.plain(&own.mpe_bend)),
    }
}

fn zones(lower: u8, upper: u8) -> engine::Zones {
    engine::Zones { lower, upper }
}

fn modulation(reader: &Reader, parameters: &Parameters) -> engine::Modulation {
    let own = &parameters.modulation;
    engine::Modulation {
        lfos: own.lfos.each_ref().map(|lfo| engine::Lfo {
            shape: shape(reader.plain(&lfo.shape)),
            rate_hz: reader.real(&lfo.rate),
            beats: reader.plain(&lfo.sync).beats(),
            phase: reader.real(&lfo.phase) / 360.0,
            fade_s: reader.real(&lfo.fade),
            is_common: reader.plain(&lfo.trigger) == modulation::Trigger::Common,
            seed: u32::try_from(reader.plain(&lfo.seed)).unwrap_or(0),
        }),
        envelopes: own.envelopes.each_ref().map(|envelope| Envelope {
            attack_s: reader.real(&envelope.attack),
            decay_s: reader.real(&envelope.decay),
            sustain: reader.real(&envelope.sustain),
            release_s: reader.real(&envelope.release),
        }),
        slots: own.slots.each_ref().map(|slot| engine::Slot {
            source: source(reader.plain(&slot.source)),
            target: target(reader.plain(&slot.target)),
            depth: reader.real(&slot.depth),
        }),
    }
}

fn shape(choice: modulation::Shape) -> engine::Shape {
    match choice {
        modulation::Shape::Sine => engine::Shape::Sine,
        modulation::Shape::Triangle => engine::Shape::Triangle,
        modulation::Shape::Rising => engine::Shape::Rising,
        modulation::Shape::Falling => engine::Shape::Falling,
        modulation::Shape::Square => engine::Shape::Square,
        modulation::Shape::Steps => engine::Shape::Steps,
        modulation::Shape::Wander => engine::Shape::Wander,
    }
}

fn source(choice: modulation::Source) -> engine::Source {
    match choice {
        modulation::Source::Off => engine::Source::Off,
        modulation::Source::Velocity => engine::Source::Velocity,
        modulation::Source::Key => engine::Source::Key,
        modulation::Source::Pressure => engine::Source::Pressure,
        modulation::Source::Slide => engine::Source::Slide,
        modulation::Source::Wheel => engine::Source::Wheel,
        modulation::Source::Random => engine::Source::Random,
        modulation::Source::FirstLfo => engine::Source::Lfo(0),
        modulation::Source::SecondLfo => engine::Source::Lfo(1),
        modulation::Source::FirstEnvelope => engine::Source::Envelope(0),
        modulation::Source::SecondEnvelope => engine::Source::Envelope(1),
    }
}

fn target(choice: modulation::Target) -> engine::Target {
    match choice {
        modulation::Target::Pitch => engine::Target::Pitch,
        modulation::Target::Level => engine::Target::Level,
        modulation::Target::Pan => engine::Target::Pan,
        modulation::Target::Speed => engine::Target::Speed,
        modulation::Target::FreezePoint => engine::Target::FreezePoint,
        modulation::Target::VibratoRate => engine::Target::VibratoRate,
        modulation::Target::VibratoDepth => engine::Target::VibratoDepth,
        modulation::Target::Drift => engine::Target::Drift,
        modulation::Target::Noise => engine::Target::Noise,
        modulation::Target::Inharmonicity => engine::Target::Inharmonicity,
        modulation::Target::NaturalTuning => engine::Target::NaturalTuning,
        modulation::Target::Tilt => engine::Target::Tilt,
        modulation::Target::Formant => engine::Target::Formant,
        modulation::Target::Width => engine::Target::Width,
        modulation::Target::Morph => engine::Target::Morph,
        // The latents come first, in their order.
        latent => engine::Target::Latent(latent.to_index()),
    }
}

fn movement(reader: &Reader, parameters: &Parameters) -> engine::Movement {
    let own = &parameters.movement;
    engine::Movement {
        course: match reader.plain(&own.course) {
            movement::Course::Off => engine::Course::Off,
            movement::Course::Once => engine::Course::Once,
            movement::Course::Loop => engine::Course::Loop,
            movement::Course::PingPong => engine::Course::PingPong,
        },
        is_common: reader.plain(&own.owner) == movement::Owner::All,
        is_synced: reader.plain(&own.sync),
        speed: reader.real(&own.speed).exp2(),
        depth: reader.real(&own.depth),
    }
}

fn phase(choice: Phase) -> PhaseMode {
    match choice {
        Phase::Gradient => PhaseMode::Gradient,
        Phase::StoredNoise => PhaseMode::StoredNoise,
        Phase::Refined => PhaseMode::Refined,
        Phase::PeakLock => PhaseMode::PeakLock,
        Phase::SinglePass => PhaseMode::SinglePass,
        Phase::Zero => PhaseMode::Zero,
        Phase::Random => PhaseMode::Random,
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
    use crate::library::tests::{slots, tiny_header};

    fn controls(parameters: &Parameters) -> Controls {
        heard(parameters).controls
    }

    /// Untouched parameters are the engine's own defaults, but for the model's knob positions.
    #[test]
    fn defaults_are_the_engines_defaults() {
        let header = tiny_header(3);
        let found = controls(&Parameters::new(&header, slots(3)));
        let mut expected = Controls::default();
        for (value, latent) in expected.latents.iter_mut().zip(&header.latents) {
            *value = latent.default;
        }
        assert_eq!(found, expected);
    }

    /// Every kind of parameter is read where a controller holds it, and where it is set once it is
    /// let go; no other parameter is touched.
    #[test]
    fn what_is_held_is_read_in_its_place() {
        let parameters = Parameters::new(&tiny_header(8), slots(8));
        let usual = controls(&parameters);
        let table = parameters.table();
        let place = |id: &str| table.iter().position(|entry| entry.id == id).unwrap();
        // Continuous, skewed, stepped, a switch, a choice; half way of each as its range has it.
        let held = [
            ("latent_3", 0.75),
            ("noise", 1.0),
            ("octave", 1.0),
            ("freeze", 0.9),
            ("chroma", 1.0),
        ];
        for (id, position) in held {
            parameters.controllers.take(place(id), position);
        }
        let mut expected = usual;
        expected.latents[2] = 0.75;
        expected.performance.noise = 4.0;
        expected.octave = 4;
        expected.performance.time.frozen = true;
        expected.chroma = ChromaSource::Fixed(11);
        assert_eq!(controls(&parameters), expected);
        for (id, _) in held {
            parameters.controllers.release(place(id));
        }
        assert_eq!(controls(&parameters), usual);
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
