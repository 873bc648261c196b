//! What is moved by how much: the slots, evaluated for one voice at one moment.
//!
//! ```text
//!  sources (one number each) ─► slots ─► Moved: latents [8], performance, pitch, level, pan
//! ```
//!
//! *Real time:* arithmetic on a few numbers; a slot without depth costs a comparison.

mod clock;
mod lfo;

use crate::controls::{LATENTS, MORPH_END, Performance, Slot, Source, Target};
pub(crate) use clock::Clock;
pub use clock::Transport;
pub(crate) use lfo::Turns;

/// Semitones of a source of 1 at full depth.
const PITCH_SEMITONES: f32 = 12.0;
/// Decibels of it.
const LEVEL_DB: f32 = 24.0;
/// Octaves of it, for what is moved by a factor.
const OCTAVES: f32 = 2.0;
/// Seconds of it.
const FREEZE_S: f32 = 5.0;
/// Cents of it.
pub(crate) const VIBRATO_CENTS: f32 = 100.0;
const DRIFT_CENTS: f32 = 50.0;
/// Decibels per octave of it.
const TILT: f32 = 6.0;
/// Semitones of it.
const FORMANT_SEMITONES: f32 = 24.0;
/// Slots of it.
pub(crate) const MORPH_SLOTS: f32 = MORPH_END;
/// Octaves from middle C to where the key's own source is 1.
const KEY_SEMITONES: f32 = 60.0;
/// Middle C.
const MIDDLE: f32 = 60.0;

/// What one voice plays by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moved {
    /// Knobs, 0…1.
    pub(crate) knobs: [f32; LATENTS],
    pub(crate) performance: Performance,
    pub(crate) semitones: f32,
    /// Linear.
    pub(crate) gain: f32,
    /// −1 (left) … 1 (right).
    pub(crate) pan: f32,
    /// Between which of the slots, 0…3.
    pub(crate) morph: f32,
}

/// Where a pitch in semitones stands as a source.
pub(crate) fn key(pitch: f32) -> f32 {
    ((pitch - MIDDLE) / KEY_SEMITONES).clamp(-1.0, 1.0)
}

impl Moved {
    /// Moves everything that the slots move; the result lies in its ranges. `value` tells where a
    /// source stands.
    pub(crate) fn by(mut self, slots: &[Slot], value: impl Fn(Source) -> f32) -> Self {
        let mut level = 0.0;
        let mut is_moved = false;
        for slot in slots.iter().filter(|slot| slot.depth != 0.0) {
            let amount = slot.depth * value(slot.source);
            if amount != 0.0 {
                is_moved = true;
                self.take(slot.target, amount, &mut level);
            }
        }
        if level != 0.0 {
            self.gain *= 10f32.powf(level * LEVEL_DB / 20.0);
        }
        for knob in &mut self.knobs {
            *knob = knob.clamp(0.0, 1.0);
        }
        self.pan = self.pan.clamp(-1.0, 1.0);
        self.morph = self.morph.clamp(0.0, MORPH_END);
        if is_moved {
            self.performance = self.performance.sane();
        }
        self
    }

    fn take(&mut self, target: Target, amount: f32, level: &mut f32) {
        let factor = || (OCTAVES * amount).exp2();
        let Performance { time, vibrato, .. } = &mut self.performance;
        match target {
            Target::Latent(index) => self.knobs[index % LATENTS] += amount,
            Target::Pitch => self.semitones += PITCH_SEMITONES * amount,
            Target::Level => *level += amount,
            Target::Pan => self.pan += amount,
            Target::Speed => time.speed *= factor(),
            Target::FreezePoint => time.point_s += FREEZE_S * amount,
            Target::VibratoRate => vibrato.rate_hz *= factor(),
            Target::VibratoDepth => vibrato.depth_cents += VIBRATO_CENTS * amount,
            Target::Drift => self.performance.drift_cents += DRIFT_CENTS * amount,
            Target::Noise => self.performance.noise *= factor(),
            Target::Inharmonicity => self.performance.inharmonicity *= factor(),
            Target::NaturalTuning => self.performance.natural_tuning += amount,
            Target::Tilt => self.performance.tilt_db_per_octave += TILT * amount,
            Target::Formant => self.performance.formant_semitones += FORMANT_SEMITONES * amount,
            Target::Width => self.performance.width += amount,
            Target::Morph => self.morph += MORPH_SLOTS * amount,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(target: Target, depth: f32, value: f32) -> Moved {
        let still = Moved {
            knobs: [0.5; LATENTS],
            performance: Performance::default(),
            semitones: 0.0,
            gain: 1.0,
            pan: 0.0,
            morph: 1.0,
        };
        let slot = Slot {
            source: Source::Wheel,
            target,
            depth,
        };
        still.by(&[slot], |source| match source {
            Source::Wheel => value,
            _ => f32::NAN,
        })
    }

    /// Half the depth of a full source is half of the way that the target's description names.
    #[test]
    fn targets_move_as_described() {
        let half = |target| moved(target, 0.5, 1.0);
        assert_eq!(half(Target::Latent(3)).knobs[3], 1.0);
        assert_eq!(half(Target::Pitch).semitones, 6.0);
        assert!((20.0 * half(Target::Level).gain.log10() - 12.0).abs() < 1e-4);
        assert_eq!(half(Target::Pan).pan, 0.5);
        assert_eq!(half(Target::Morph).morph, 2.5);
        let performance = |target| half(target).performance;
        assert_eq!(performance(Target::Speed).time.speed, 2.0);
        assert_eq!(performance(Target::FreezePoint).time.point_s, 3.0);
        assert_eq!(performance(Target::VibratoRate).vibrato.rate_hz, 11.0);
        assert_eq!(performance(Target::VibratoDepth).vibrato.depth_cents, 50.0);
        assert_eq!(performance(Target::Drift).drift_cents, 25.0);
        assert_eq!(performance(Target::Noise).noise, 2.0);
        assert_eq!(performance(Target::Inharmonicity).inharmonicity, 2.0);
        assert_eq!(performance(Target::NaturalTuning).natural_tuning, 0.5);
        assert_eq!(performance(Target::Tilt).tilt_db_per_octave, 3.0);
        assert_eq!(performance(Target::Formant).formant_semitones, 12.0);
        assert_eq!(performance(Target::Width).width, 1.0);
    }

    /// A source that rests moves nothing, bit for bit; one that goes too far stops at the end.
    #[test]
    fn resting_sources_move_nothing_and_ranges_hold() {
        let usual = Performance::default();
        let rest = moved(Target::Tilt, 1.0, 0.0);
        assert_eq!(rest.performance, usual);
        assert_eq!(
            (rest.gain, rest.pan, rest.knobs),
            (1.0, 0.0, [0.5; LATENTS])
        );
        let far = |target| moved(target, 1.0, 9.0);
        assert_eq!(far(Target::Latent(0)).knobs[0], 1.0);
        assert_eq!(far(Target::Tilt).performance.tilt_db_per_octave, 6.0);
        assert_eq!(far(Target::Pan).pan, 1.0);
        assert_eq!(far(Target::Morph).morph, 3.0);
    }

    /// Middle C is the middle of the keyboard; five octaves above it is its end.
    #[test]
    fn the_key_is_a_source() {
        assert_eq!(
            [key(60.0), key(120.0), key(30.0), key(0.0)],
            [0.0, 1.0, -0.5, -1.0]
        );
    }
}
