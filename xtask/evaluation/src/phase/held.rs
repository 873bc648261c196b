//! One frame held: what a mode does to a sound that stands still.
//!
//! ```text
//!  steadiest loud frame of a recording, or flat, pink, rippled ─► the same frame again and again ─► mode
//!    ─► 3 s of sound, one transform length left out at both ends
//!    ─► hop modulation, crest = peak/rms, wander = max/min of 512-sample rms, convergence, pitch
//! ```
//!
//! A method that locks phases turns a smooth frame into a train of pulses at the hop's rate: its
//! convergence is fine, its modulation is +6 dB, the maximum. A steady tone's partials beat with one
//! another; multiples of the hop's rate where they do are not counted (`measure::steadiness`).

use super::{FramesOf, Mode, Recording, Resynthesis, frame_by_frame, resynthesise, stages};
use crate::measure::heard::{Heard, listen};
use crate::measure::{level, pitch, steadiness};
use betwixt_engine::random::Random;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{index, narrow, real};
use serde::Serialize;

/// How long a frame is held.
const HELD_S: f64 = 3.0;
/// Samples of a stretch whose level wanders.
const STRETCH: usize = 512;
/// Samples around a frame in which its pitch is looked for.
const LISTENED: usize = 16_384;
/// Periods that tell partials apart (two windows of ten, whose main lobes are eight bins wide), and
/// seconds that are always listened to.
const PERIODS: f64 = 20.0;
const LEAST_S: f64 = 0.11;
/// Share in the loudest frame's power that makes a frame loud: 6 dB less.
const LOUD: f64 = 0.25;
/// Where the search for a pitch begins; it finds any.
const ANY_HZ: f64 = 440.0;
/// A fundamental nearer than this to a multiple of the hop's rate has no hop modulation.
const NEAR_HZ: f64 = 5.0;
/// Depth of the ripple, and its seed.
const RIPPLE: (f32, u64) = (0.02, 1);

/// One frame of magnitudes, to be held.
#[derive(Clone, Debug)]
pub struct HeldFrame {
    /// The recording, or what the frame is.
    pub name: String,
    /// The frame's geometry.
    pub geometry: Geometry,
    /// `[bins]`.
    pub magnitude: Vec<f32>,
    /// The pitch of the recording around the frame, if it has one.
    pub pitch_hz: Option<f64>,
}

/// What a mode makes of a held frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldQuality {
    /// The largest line of the power at a multiple of the hop's rate, dB over its mean; none where
    /// the recording's fundamental is within 5 Hz of such a multiple.
    pub hop_modulation_db: Option<f64>,
    /// Peak over rms.
    pub crest_db: f64,
    /// Largest over smallest rms of 512 samples; infinite (in files: null) between silent ones.
    pub rms_wander_db: f64,
    /// Convergence of every frame of the sound against the frame that was held.
    pub sc_db: f64,
    /// Cents above the recording's pitch; none where either has none.
    pub pitch_error_cents: Option<f64>,
}

/// A held frame's sound and its figures.
#[derive(Clone, Debug)]
pub struct Held {
    /// Mono, 3 s if nothing else was asked for: what the figures are about.
    pub sound: Vec<f32>,
    /// The figures.
    pub quality: HeldQuality,
}

impl HeldFrame {
    /// The frame of a recording that stands stillest among its loud ones: those within 6 dB of the
    /// loudest, and far enough from the ends for a pitch to be heard around them. Not the loudest,
    /// which is an attack.
    #[must_use]
    pub fn steadiest(recording: &Recording, frames: &FramesOf) -> Option<Self> {
        let hop = frames.geometry.hop();
        let latest = recording.samples.len().checked_sub(LISTENED / 2)?;
        let heard = (LISTENED / 2).div_ceil(hop)..=latest / hop;
        let numbers = frames.middle().filter(|number| heard.contains(number));
        let power = |number: usize| distance(&frames.magnitudes[number], None);
        let loudest = numbers.clone().map(power).fold(0.0, f64::max);
        let loud = numbers.filter(|number| power(*number) >= loudest * LOUD);
        let change = |number: usize| {
            let [before, after] = [number - 1, number + 1].map(|n| &frames.magnitudes[n]);
            distance(before, Some(after)) / power(number)
        };
        let steadiest = loud.min_by(|a, b| change(*a).total_cmp(&change(*b)))?;
        Some(Self {
            name: recording.name.clone(),
            geometry: frames.geometry,
            magnitude: frames.magnitudes[steadiest].clone(),
            pitch_hz: pitch_around(recording, steadiest * hop),
        })
    }

    /// Three frames of noise: flat, pink, and flat with a ripple of ±2 %.
    #[must_use]
    pub fn noises(geometry: Geometry) -> [Self; 3] {
        let bins = 0..geometry.bins();
        let mut random = Random::new(RIPPLE.1);
        let noise = |name: &str, magnitude: Vec<f32>| Self {
            name: name.into(),
            geometry,
            magnitude,
            pitch_hz: None,
        };
        [
            noise("flat", vec![1.0; geometry.bins()]),
            noise(
                "pink",
                bins.clone().map(|k| real(k.max(1)).powf(-0.5)).collect(),
            ),
            noise(
                "rippled",
                bins.map(|_| 1.0 + RIPPLE.0 * random.bipolar()).collect(),
            ),
        ]
    }

    /// Holds the frame for 3 s and measures what comes out.
    #[must_use]
    pub fn hold(&self, mode: Mode, seed: u64) -> Held {
        self.hold_for(self.samples(), mode, seed)
    }

    /// The same as a voice holds a note's frame: in [`Mode::Gradient`], its pitch being known.
    /// `None` without one.
    #[must_use]
    pub fn hold_as_note(&self, seed: u64) -> Option<Held> {
        let fundamental = narrow(self.pitch_hz? / self.geometry.bin_hz());
        let stage = stages::gradient_of_note(self.geometry, seed, fundamental);
        let make = |frames: &[Vec<f32>]| frame_by_frame(stage, self.geometry, frames);
        Some(self.held(self.samples(), make))
    }

    /// Holds the frame for so many samples.
    #[must_use]
    pub fn hold_for(&self, samples: usize, mode: Mode, seed: u64) -> Held {
        self.held(samples, |frames| {
            resynthesise(mode, self.geometry, frames, seed)
        })
    }

    fn held(&self, samples: usize, make: impl FnOnce(&[Vec<f32>]) -> Resynthesis) -> Held {
        let (fft_len, hop) = (self.geometry.fft_len(), self.geometry.hop());
        let frames = vec![self.magnitude.clone(); (samples + 2 * fft_len).div_ceil(hop) + 1];
        let mut sound = make(&frames).sound;
        sound.drain(..fft_len);
        sound.truncate(samples);
        Held {
            quality: self.quality(&sound),
            sound,
        }
    }

    /// Samples of a held frame's sound.
    #[must_use]
    pub fn samples(&self) -> usize {
        index(HELD_S * f64::from(self.geometry.sample_rate_hz()))
    }

    /// The figures of a sound, mono `[samples]`, that should be this frame held.
    #[must_use]
    pub fn quality(&self, sound: &[f32]) -> HeldQuality {
        let rate_hz = f64::from(self.geometry.sample_rate_hz());
        // Without a pitch no multiple is the tone's own.
        let own_hz = self.pitch_hz.unwrap_or(f64::INFINITY);
        let hop = self.geometry.hop();
        HeldQuality {
            hop_modulation_db: Some(own_hz)
                .filter(|hz| !beats_with_hops(*hz, rate_hz / hop as f64))
                .and_then(|hz| steadiness::hop_modulation_db(sound, rate_hz, hop, hz)),
            crest_db: level::db(level::peak(sound) / level::rms(sound)),
            rms_wander_db: wander_db(sound),
            sc_db: self.convergence_db(sound),
            pitch_error_cents: self
                .pitch_hz
                .and_then(|hz| listen(sound, rate_hz, hz).cents()),
        }
    }

    /// The held frame is wanted of every frame of the sound that does not reach beyond it.
    fn convergence_db(&self, sound: &[f32]) -> f64 {
        let found = FramesOf::new(self.geometry, sound);
        let wanted = FramesOf {
            geometry: self.geometry,
            magnitudes: vec![self.magnitude.clone(); found.magnitudes.len()],
        };
        wanted.convergence_db(&found)
    }
}

/// Whether a fundamental lies so near a multiple of the hop's rate that its partials' beating
/// cannot be told from modulation.
fn beats_with_hops(hz: f64, hop_hz: f64) -> bool {
    (hz - (hz / hop_hz).round() * hop_hz).abs() < NEAR_HZ
}

/// Largest over smallest rms of whole stretches of 512 samples, dB.
fn wander_db(sound: &[f32]) -> f64 {
    let levels = sound.chunks_exact(STRETCH).map(level::rms);
    let (least, most) = levels.fold((f64::INFINITY, 0.0_f64), |(least, most), level| {
        (least.min(level), most.max(level))
    });
    level::db(most / least)
}

/// ‖a − b‖², or ‖a‖² alone.
fn distance(a: &[f32], b: Option<&Vec<f32>>) -> f64 {
    let other = |bin: usize| b.map_or(0.0, |b| b[bin]);
    let differences = a
        .iter()
        .enumerate()
        .map(|(bin, x)| f64::from(x - other(bin)));
    differences.map(|x| x * x).sum()
}

/// The pitch of a recording around a sample, Hz: heard in 16,384 samples, then told by as few as
/// tell its partials apart, for it may move.
fn pitch_around(recording: &Recording, centre: usize) -> Option<f64> {
    let rate_hz = f64::from(recording.rate_hz);
    let around = |samples: usize| {
        let start = centre.saturating_sub(samples / 2);
        recording.samples.get(start..start + samples)
    };
    let hz = pitch_hz(around(LISTENED)?, rate_hz)?;
    let seconds = (PERIODS / hz).max(LEAST_S);
    let near = around(index(seconds * rate_hz).min(LISTENED))?;
    let cents = pitch::error_cents(near, rate_hz, hz)?;
    Some(above(hz, cents))
}

fn above(hz: f64, cents: f64) -> f64 {
    hz * (cents / 1200.0).exp2()
}

/// The pitch of a sound, whatever it is: heard once to know about where, and again to know exactly.
fn pitch_hz(sound: &[f32], rate_hz: f64) -> Option<f64> {
    let about = match listen(sound, rate_hz, ANY_HZ) {
        Heard::Key(_) => ANY_HZ,
        Heard::Octave(octaves) => ANY_HZ * f64::from(octaves).exp2(),
        Heard::Other(cents) => above(ANY_HZ, cents),
        Heard::Nothing | Heard::Unpitched => return None,
    };
    let cents = listen(sound, rate_hz, about).cents()?;
    Some(above(about, cents))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::tone;

    fn recording(hz: f64) -> Recording {
        let partials: Vec<_> = (1..=8)
            .map(|k| (hz * f64::from(k), 0.2 / f64::from(k)))
            .collect();
        Recording {
            name: "tone".into(),
            samples: tone(&partials, 44_100.0, 66_150),
            rate_hz: 44_100,
        }
    }

    /// A pitch is found without being told, to a hundredth of a cent.
    #[test]
    fn any_pitch_is_found() {
        for hz in [61.3, 219.0, 440.0, 871.0, 1234.5] {
            let found = pitch_around(&recording(hz), 30_000).unwrap();
            let off = betwixt_spectral::pitch::cents(found, hz);
            assert!(off.abs() < 0.05, "{hz}: {off} cents");
        }
    }

    /// C4 is 3.2 Hz above the sixth multiple of 43.07 Hz, A4 is 9.3 Hz above the tenth; what has no
    /// pitch has no partials.
    #[test]
    fn fundamentals_near_a_multiple_have_no_modulation() {
        let hop_hz = 44_100.0 / 1024.0;
        assert!(beats_with_hops(261.63, hop_hz));
        assert!(!beats_with_hops(440.0, hop_hz));
        assert!(!beats_with_hops(f64::INFINITY, hop_hz));
    }

    /// A tone whose level steps by a factor of two wanders by 6.02 dB.
    #[test]
    fn wander_is_that_of_the_level() {
        let mut signal: Vec<f32> = (0..4096)
            .map(|i| if i % 2 == 0 { 0.5 } else { -0.5 })
            .collect();
        assert!(wander_db(&signal).abs() < 1e-9);
        signal[1024..1536].iter_mut().for_each(|x| *x *= 0.5);
        assert!((wander_db(&signal) - 6.0206).abs() < 1e-3);
    }

    /// Zero phase makes a flat frame one pulse per hop: the most modulation there is, and the crest
    /// of a pulse every 1024 samples, √1024 (30.1 dB).
    #[test]
    fn zero_phase_is_a_train_of_pulses() {
        let geometry = Geometry::new(4096, 1024, 44_100).unwrap();
        let [flat, ..] = HeldFrame::noises(geometry);
        let Held { quality, sound } = flat.hold(Mode::Zero, 1);
        assert_eq!(sound.len(), 132_300);
        let modulation = quality.hop_modulation_db.unwrap();
        assert!((modulation - 6.0).abs() < 0.2, "{modulation}");
        assert!((quality.crest_db - 30.1).abs() < 0.2, "{quality:?}");
        assert_eq!(quality.pitch_error_cents, None);
    }

    /// Stored noise is noise: no line, and a crest between that of uniform samples, which its phases
    /// are of (4.8 dB), and of Gaussian ones (13 dB at this length).
    #[test]
    fn stored_noise_is_noise() {
        let geometry = Geometry::new(2048, 512, 44_100).unwrap();
        for frame in HeldFrame::noises(geometry) {
            let quality = frame.hold(Mode::StoredNoise, 1).quality;
            let modulation = quality.hop_modulation_db.unwrap();
            assert!(modulation < -20.0, "{}: {modulation}", frame.name);
            assert!((4.8..14.0).contains(&quality.crest_db), "{quality:?}");
        }
    }

    /// A steady tone's frame integrated is that tone from the first stretch on: level, spectrum and
    /// pitch stay.
    ///
    /// Its period is 100 samples, so a stretch of 512 holds five and 12 samples more. Five have the
    /// energy E = 5·100·Σ1/2k², whatever the phases. The 12 have none at least, and at most
    /// e = Σ |D(j − k)| + |D(j + k)| over 2jk, with D(m) = sin(12πm/100) / sin(πm/100): levels are
    /// (E + e)/E = 0.60 dB apart at most.
    #[test]
    fn an_integrated_tone_stands_still() {
        let recording = recording(441.0);
        let geometry = Geometry::new(4096, 1024, 44_100).unwrap();
        let frames = FramesOf::new(geometry, &recording.samples);
        let held = HeldFrame::steadiest(&recording, &frames).unwrap();
        for mode in [Mode::IntegratedLookahead0, Mode::IntegratedLookahead1] {
            let quality = held.hold(mode, 1).quality;
            assert!(quality.sc_db < -45.0, "{mode:?}: {quality:?}");
            assert!(quality.rms_wander_db < 0.61, "{mode:?}: {quality:?}");
            let cents = quality.pitch_error_cents.unwrap();
            assert!(cents.abs() < 1.0, "{mode:?}: {quality:?}");
        }
    }
}
