//! What the engine lets others see of itself, without a lock: numbers that are simply overwritten.
//!
//! ```text
//!  engine, each call ─► counters, level
//!     … while watched ─► each voice: key, level, place among the latents; the spectrum of all;
//!                        where the newest note's oscillators and envelopes stand
//! ```
//!
//! A reader may catch a spectrum half old and half new; it is a picture, and the next one is 20 ms
//! away. What only a window needs is written only while one watches.

use crate::controls::{ENVELOPES, LATENTS, LFOS, MAX_VOICES};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

/// Points of the spectrum shown, spread evenly in log frequency from 20 Hz to 20 kHz.
pub const SPECTRUM_POINTS: usize = 256;
/// Frequency of the first point in Hz.
pub const SPECTRUM_LOW_HZ: f64 = 20.0;
/// Frequency of the last point in Hz.
pub const SPECTRUM_HIGH_HZ: f64 = 20_000.0;

/// The engine's numbers; written by the audio thread, read by anyone.
#[derive(Debug)]
pub struct Telemetry {
    voices: AtomicU32,
    peak: AtomicU32,
    limited: AtomicU64,
    stolen: AtomicU64,
    not_a_number: AtomicU64,
    latents: [AtomicU32; LATENTS],
    movement_s: AtomicU32,
    tone: [AtomicU32; SPECTRUM_POINTS],
    noise: [AtomicU32; SPECTRUM_POINTS],
    sounding: [Cell; MAX_VOICES],
    lfos: [(AtomicU64, AtomicU32); LFOS],
    envelopes: [[AtomicU32; 2]; ENVELOPES],
    watched: AtomicBool,
}

/// Where the newest note's own movers stand.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Movers {
    /// Of each oscillator: how many turns have passed, without its phase, and how high it stands,
    /// −1…1.
    pub lfos: [(f64, f32); LFOS],
    /// Of each envelope: in which part of its contour it is, and its level, 0…1.
    pub envelopes: [(Stage, f32); ENVELOPES],
}

/// A part of a contour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// It rises.
    #[default]
    Attack,
    /// It falls to where it is held, or is there.
    Decay,
    /// The key has come up.
    Release,
}

/// One voice, as it was at the end of the last call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sounding {
    /// MIDI key.
    pub key: u8,
    /// MIDI channel, 0…15.
    pub channel: u8,
    /// Whether its key or a pedal is down.
    pub is_held: bool,
    /// How loud it is, linear, before the mix.
    pub level: f32,
    /// Where it is among the latents, 0…1 each: knobs, movement, touch and modulation together.
    pub latents: [f32; LATENTS],
}

/// The place of a voice.
#[derive(Debug, Default)]
struct Cell {
    /// 0: nothing sounds. Else key, channel, whether it is held, and [`SOUNDS`].
    about: AtomicU32,
    level: AtomicU32,
    latents: [AtomicU32; LATENTS],
}

/// The bit of a place in which something sounds.
const SOUNDS: u32 = 1 << 31;
/// The bit of a voice that is held.
const HELD: u32 = 1 << 16;

/// The amplitudes of a sound between frequencies, [`SPECTRUM_POINTS`] values each: linear, 1 is full
/// scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// What has a pitch.
    pub tone: [f32; SPECTRUM_POINTS],
    /// What has none.
    pub noise: [f32; SPECTRUM_POINTS],
}

impl Default for Spectrum {
    fn default() -> Self {
        Self {
            tone: [0.0; SPECTRUM_POINTS],
            noise: [0.0; SPECTRUM_POINTS],
        }
    }
}

impl Spectrum {
    /// Nothing sounds.
    pub(crate) fn clear(&mut self) {
        self.tone.fill(0.0);
        self.noise.fill(0.0);
    }

    /// Another sound beside this one: of two tones the louder one is seen, noises add their powers.
    pub(crate) fn add(&mut self, other: &Self, gain: f32) {
        for (sum, value) in self.tone.iter_mut().zip(&other.tone) {
            *sum = sum.max(gain * value);
        }
        for (sum, value) in self.noise.iter_mut().zip(&other.noise) {
            *sum = sum.hypot(gain * value);
        }
    }
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            voices: AtomicU32::new(0),
            peak: AtomicU32::new(0),
            limited: AtomicU64::new(0),
            stolen: AtomicU64::new(0),
            not_a_number: AtomicU64::new(0),
            latents: std::array::from_fn(|_| AtomicU32::new(0)),
            movement_s: AtomicU32::new(f32::NAN.to_bits()),
            tone: std::array::from_fn(|_| AtomicU32::new(0)),
            noise: std::array::from_fn(|_| AtomicU32::new(0)),
            sounding: std::array::from_fn(|_| Cell::default()),
            lfos: Default::default(),
            envelopes: Default::default(),
            watched: AtomicBool::new(false),
        }
    }
}

impl Telemetry {
    /// Notes sounding.
    #[must_use]
    pub fn voices(&self) -> u32 {
        self.voices.load(Relaxed)
    }

    /// Peak of the output over the last call, linear.
    #[must_use]
    pub fn peak(&self) -> f32 {
        f32::from_bits(self.peak.load(Relaxed))
    }

    /// Samples that the limiter has touched since the engine was made.
    #[must_use]
    pub fn limited_samples(&self) -> u64 {
        self.limited.load(Relaxed)
    }

    /// Notes that had to end for a newer one.
    #[must_use]
    pub fn stolen_notes(&self) -> u64 {
        self.stolen.load(Relaxed)
    }

    /// Samples that were not a number and were replaced by silence.
    #[must_use]
    pub fn not_a_number(&self) -> u64 {
        self.not_a_number.load(Relaxed)
    }

    /// Where a latent stands after controllers, 0…1.
    #[must_use]
    pub fn latent(&self, index: usize) -> f32 {
        f32::from_bits(self.latents[index].load(Relaxed))
    }

    /// Which of its seconds the movement plays, if it does: the one that all notes share, or else the
    /// newest note's own.
    #[must_use]
    pub fn movement_s(&self) -> Option<f32> {
        Some(f32::from_bits(self.movement_s.load(Relaxed))).filter(|place_s| !place_s.is_nan())
    }

    /// The spectrum of all voices together; kept while somebody watches.
    pub fn read_spectrum(&self, out: &mut Spectrum) {
        let pairs = [(&mut out.tone, &self.tone), (&mut out.noise, &self.noise)];
        for (values, shared) in pairs {
            for (value, shared) in values.iter_mut().zip(shared) {
                *value = f32::from_bits(shared.load(Relaxed));
            }
        }
    }

    /// The voices that sound, in the order of their places; kept while somebody watches.
    pub fn sounding(&self) -> impl Iterator<Item = Sounding> {
        // Nobody may have watched when the last ones ended.
        let are_any = self.voices() > 0;
        let places = self.sounding.iter().filter(move |_| are_any);
        places.filter_map(Cell::read)
    }

    /// Where the newest note's oscillators and envelopes stand, if a note sounds; kept while somebody
    /// watches.
    #[must_use]
    pub fn movers(&self) -> Option<Movers> {
        let read = |shared: &AtomicU32| shared.load(Relaxed);
        let real = |shared: &AtomicU32| f32::from_bits(read(shared));
        (self.voices() > 0).then(|| Movers {
            lfos: self.lfos.each_ref().map(|(turns, height)| {
                let turns = f64::from_bits(turns.load(Relaxed));
                (turns, real(height))
            }),
            envelopes: self.envelopes.each_ref().map(|[stage, level]| {
                let stage = match read(stage) {
                    0 => Stage::Attack,
                    1 => Stage::Decay,
                    _ => Stage::Release,
                };
                (stage, real(level))
            }),
        })
    }

    /// Somebody looks at voices and spectrum, or nobody does any more.
    pub fn set_watched(&self, is_watched: bool) {
        self.watched.store(is_watched, Relaxed);
    }

    /// Whether somebody does.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.watched.load(Relaxed)
    }

    /// Frequency of a point of the spectrum in Hz.
    #[must_use]
    pub fn spectrum_hz(point: usize) -> f64 {
        let share = point as f64 / (SPECTRUM_POINTS - 1) as f64;
        SPECTRUM_LOW_HZ * (SPECTRUM_HIGH_HZ / SPECTRUM_LOW_HZ).powf(share)
    }

    /// The point of a spectrum in which a frequency lies, if any.
    #[must_use]
    pub fn spectrum_point(hz: f64) -> Option<usize> {
        let octaves = (SPECTRUM_HIGH_HZ / SPECTRUM_LOW_HZ).log2();
        let share = (hz / SPECTRUM_LOW_HZ).log2() / octaves;
        let point = share * (SPECTRUM_POINTS - 1) as f64;
        (point >= 0.0 && hz < SPECTRUM_HIGH_HZ).then(|| betwixt_spectral::number::index(point))
    }

    pub(crate) fn set_voices(&self, count: u32) {
        self.voices.store(count, Relaxed);
    }

    pub(crate) fn set_peak(&self, peak: f32) {
        self.peak.store(peak.to_bits(), Relaxed);
    }

    pub(crate) fn add_limited(&self, samples: u64) {
        self.limited.fetch_add(samples, Relaxed);
    }

    pub(crate) fn add_stolen(&self) {
        self.stolen.fetch_add(1, Relaxed);
    }

    pub(crate) fn add_not_a_number(&self, samples: u64) {
        self.not_a_number.fetch_add(samples, Relaxed);
    }

    pub(crate) fn set_latent(&self, index: usize, value: f32) {
        self.latents[index].store(value.to_bits(), Relaxed);
    }

    pub(crate) fn set_movement_s(&self, place_s: Option<f32>) {
        self.movement_s
            .store(place_s.unwrap_or(f32::NAN).to_bits(), Relaxed);
    }

    pub(crate) fn set_spectrum(&self, spectrum: &Spectrum) {
        let pairs = [(&spectrum.tone, &self.tone), (&spectrum.noise, &self.noise)];
        for (values, shared) in pairs {
            for (value, shared) in values.iter().zip(shared) {
                shared.store(value.to_bits(), Relaxed);
            }
        }
    }

    pub(crate) fn set_movers(&self, movers: &Movers) {
        for ((turns, height), now) in self.lfos.iter().zip(movers.lfos) {
            turns.store(now.0.to_bits(), Relaxed);
            height.store(now.1.to_bits(), Relaxed);
        }
        for ([stage, level], now) in self.envelopes.iter().zip(movers.envelopes) {
            stage.store(now.0 as u32, Relaxed);
            level.store(now.1.to_bits(), Relaxed);
        }
    }

    pub(crate) fn set_sounding(&self, place: usize, voice: Option<Sounding>) {
        self.sounding[place].write(voice);
    }
}

impl Cell {
    fn read(&self) -> Option<Sounding> {
        let about = self.about.load(Relaxed);
        let [key, channel, ..] = about.to_le_bytes();
        let read = |shared: &AtomicU32| f32::from_bits(shared.load(Relaxed));
        (about & SOUNDS != 0).then(|| Sounding {
            key,
            channel,
            is_held: about & HELD != 0,
            level: read(&self.level),
            latents: self.latents.each_ref().map(read),
        })
    }

    fn write(&self, voice: Option<Sounding>) {
        let Some(voice) = voice else {
            return self.about.store(0, Relaxed);
        };
        let held = if voice.is_held { HELD } else { 0 };
        let about = u32::from_le_bytes([voice.key, voice.channel, 0, 0]) | held | SOUNDS;
        self.level.store(voice.level.to_bits(), Relaxed);
        for (shared, value) in self.latents.iter().zip(voice.latents) {
            shared.store(value.to_bits(), Relaxed);
        }
        self.about.store(about, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two equal noises are 3 dB louder than one; of two tones the louder one stays.
    #[test]
    fn noises_add_their_powers() {
        let (mut all, mut one) = (Spectrum::default(), Spectrum::default());
        (one.tone[7], one.noise[9]) = (0.5, 0.25);
        all.add(&one, 1.0);
        all.add(&one, 1.0);
        all.add(&one, 0.0);
        assert_eq!(all.tone[7], 0.5);
        assert!((20.0 * (all.noise[9] / 0.25).log10() - 3.0103).abs() < 1e-3);
        assert_eq!(all.tone[8] + all.noise[8], 0.0);
    }

    /// A voice is read as it was written, and a place without one shows none.
    #[test]
    fn voices_are_read_as_written() {
        let telemetry = Telemetry::default();
        let voice = Sounding {
            key: 127,
            channel: 15,
            is_held: true,
            level: 0.25,
            latents: [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0],
        };
        let released = Sounding {
            key: 0,
            channel: 0,
            is_held: false,
            ..voice
        };
        telemetry.set_voices(2);
        telemetry.set_sounding(3, Some(voice));
        telemetry.set_sounding(MAX_VOICES - 1, Some(released));
        assert_eq!(telemetry.sounding().collect::<Vec<_>>(), [voice, released]);
        telemetry.set_sounding(3, None);
        assert_eq!(telemetry.sounding().collect::<Vec<_>>(), [released]);
        // The last one ended while nobody watched.
        telemetry.set_voices(0);
        assert_eq!(telemetry.sounding().count(), 0);
    }
}
