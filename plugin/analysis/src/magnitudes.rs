//! Magnitude frames of a sound, their silence and their level.
//!
//! ```text
//!  a sound:  |————————————————|          frame n centred on sample n·hop, silence outside
//!  a note:   ~~|—————————————————|~~     frame n centred n·hop after the onset, which lies
//!          lead-in                       `lead_in` samples into the signal
//! ```
//!
//! The frame at a note's onset reaches half a window into the past. If there were silence, the
//! network would learn an onset at half level, blurred. So a note comes with a lead-in: the sound
//! as it would have been before its onset, which the maker of the note extends backwards. The
//! frame at the onset then describes the sound that follows it, and an instrument that starts at
//! that frame starts at full level.

use crate::{AnalysisError, Level};
use betwixt_spectral::number::narrow;
use betwixt_spectral::{Geometry, stft};

/// A frame whose maximum lies this far below the sound's is silent, in dB.
pub const SILENCE_DB: f64 = -60.0;

/// Linear magnitude frames of one sound, `[frames, bins]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Magnitudes {
    bins: usize,
    values: Vec<f32>,
}

impl Magnitudes {
    /// All frames of a sound: frame n is centred on sample n·hop, the last one on the end.
    #[must_use]
    pub fn of_sound(geometry: Geometry, samples: &[f32]) -> Self {
        let bins = geometry.bins();
        let mut values = Vec::with_capacity((samples.len() / geometry.hop() + 2) * bins);
        stft::for_each_frame(geometry, samples, |spectrum| {
            values.extend(spectrum.iter().map(|value| value.norm()));
        });
        Self { bins, values }
    }

    /// The frames of a note whose onset lies `lead_in` samples into `samples`: frame n is centred
    /// n·hop samples after the onset, and every window lies inside the signal.
    ///
    /// # Errors
    ///
    /// [`AnalysisError`] when the lead-in is no whole number of hops or is shorter than half a
    /// frame, or when not even the first window fits.
    pub fn of_note(
        geometry: Geometry,
        samples: &[f32],
        lead_in: usize,
    ) -> Result<Self, AnalysisError> {
        let (hop, half) = (geometry.hop(), geometry.fft_len() / 2);
        if !lead_in.is_multiple_of(hop) || lead_in < half {
            let found = lead_in;
            return Err(AnalysisError::LeadIn { found, hop, half });
        }
        let (found, expected) = (samples.len(), lead_in + half);
        if found < expected {
            return Err(AnalysisError::TooShort { found, expected });
        }
        let (first, last) = (lead_in / hop, (samples.len() - half) / hop);
        let mut note = Self::of_sound(geometry, samples);
        note.values.truncate((last + 1) * note.bins);
        note.values.drain(..first * note.bins);
        Ok(note)
    }

    /// How many frames there are.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.values.len() / self.bins
    }

    /// One frame, `[bins]`.
    ///
    /// # Panics
    ///
    /// When `index` is not below [`Self::frames`].
    #[must_use]
    pub fn frame(&self, index: usize) -> &[f32] {
        &self.values[index * self.bins..][..self.bins]
    }

    /// The largest magnitude of the whole sound; 0 for silence.
    #[must_use]
    pub fn loudest(&self) -> f32 {
        maximum(&self.values)
    }

    /// The indices of the frames that are not silent (see [`SILENCE_DB`]), in order.
    #[must_use]
    pub fn audible(&self) -> Vec<usize> {
        let threshold = self.loudest() * narrow(10f64.powf(SILENCE_DB / 20.0));
        let is_audible = |frame: &&[f32]| maximum(frame) > threshold;
        let frames = self.values.chunks_exact(self.bins).enumerate();
        frames
            .filter(|(_, frame)| is_audible(frame))
            .map(|(index, _)| index)
            .collect()
    }

    /// Divides every frame by its own maximum or by the note's; silence stays silence.
    pub fn normalise(&mut self, level: Level) {
        match level {
            Level::NoteMax => divide_by_maximum(&mut self.values),
            Level::FrameMax => self
                .values
                .chunks_exact_mut(self.bins)
                .for_each(divide_by_maximum),
        }
    }
}

fn divide_by_maximum(values: &mut [f32]) {
    let loudest = maximum(values);
    if loudest > 0.0 {
        values.iter_mut().for_each(|value| *value /= loudest);
    }
}

fn maximum(values: &[f32]) -> f32 {
    values.iter().copied().fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn geometry() -> Geometry {
        Geometry::new(1024, 256, 44_100).unwrap()
    }

    /// A sine of bin 40's frequency; amplitude `level(sample)`.
    fn sine(len: usize, level: impl Fn(usize) -> f64) -> Vec<f32> {
        let sample = |i: usize| level(i) * (TAU * 40.0 * i as f64 / 1024.0).sin();
        (0..len).map(|i| narrow(sample(i))).collect()
    }

    /// With its lead-in, a steady note has its full magnitude (N/4) from the frame at its onset to
    /// its last frame; without one, the first frame would read half of it.
    #[test]
    fn the_onset_frame_has_full_level() {
        let samples = sine(512 + 2_560 + 512, |_| 1.0);
        let note = Magnitudes::of_note(geometry(), &samples, 512).unwrap();
        assert_eq!(
            note.frames(),
            11,
            "ten hops after the onset and the onset itself"
        );
        for index in 0..note.frames() {
            let level = note.frame(index)[40];
            assert!((level - 256.0).abs() < 0.1, "frame {index}: {level}");
        }
        let plain = Magnitudes::of_sound(geometry(), &samples[512..]);
        assert!((plain.frame(0)[40] - 128.0).abs() < 1.0);
    }

    /// A frame at −61 dB is silent, one at −59 dB is not, and digital silence has no frames.
    #[test]
    fn silence_is_relative_to_the_sound() {
        let quiet = |db: f64| {
            move |i: usize| {
                if i < 4_096 {
                    1.0
                } else {
                    10f64.powf(db / 20.0)
                }
            }
        };
        let last = |db: f64| {
            let sound = Magnitudes::of_sound(geometry(), &sine(8_192, quiet(db)));
            sound.audible().contains(&24)
        };
        assert!(last(-59.0) && !last(-61.0));
        assert!(
            Magnitudes::of_sound(geometry(), &[0.0; 2_048])
                .audible()
                .is_empty()
        );
    }

    /// Frame maxima take the loudness out, the note maximum keeps it: −20 dB stays −20 dB.
    #[test]
    fn levels_are_what_they_say() {
        let step = |i: usize| if i < 4_096 { 1.0 } else { 0.1 };
        let sound = Magnitudes::of_sound(geometry(), &sine(8_192, step));
        for (level, late) in [(Level::FrameMax, 1.0), (Level::NoteMax, 0.1)] {
            let mut sound = sound.clone();
            sound.normalise(level);
            assert!((maximum(sound.frame(8)) - 1.0).abs() < 1e-3, "{level:?}");
            assert!((maximum(sound.frame(24)) - late).abs() < 1e-3, "{level:?}");
        }
        let mut silence = Magnitudes::of_sound(geometry(), &[0.0; 512]);
        silence.normalise(Level::FrameMax);
        assert!(silence.loudest() <= 0.0, "silence stays silence, not NaN");
    }

    /// An onset that no frame can be centred on is refused, in words that say what to do.
    #[test]
    fn odd_lead_ins_are_refused() {
        let refused = |lead_in| Magnitudes::of_note(geometry(), &[0.0; 4_096], lead_in);
        assert!(matches!(
            refused(600),
            Err(AnalysisError::LeadIn { found: 600, .. })
        ));
        assert!(matches!(
            refused(256),
            Err(AnalysisError::LeadIn { half: 512, .. })
        ));
        assert!(matches!(
            refused(3_840),
            Err(AnalysisError::TooShort {
                expected: 4_352,
                ..
            })
        ));
    }
}
