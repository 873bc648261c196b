//! How well a mode's sound has the magnitudes it was made of.
//!
//! ```text
//!  wanted, found [frames][bins], the middle ─► convergence = 20·log₁₀(‖X − Y‖ / ‖X‖)
//!                                           └► distance = mean over frames of the rms over bins of ΔdB
//! ```
//!
//! The middle is what has two transform lengths of frames before and after it. For the distance
//! both are floored 80 dB below the loudest bin of the whole recording.
//!
//! The definitions are those of [`crate::measure::spectra`], for one size and without the ends, as
//! published figures of phase algorithms have them.

use crate::measure::spectra;
use betwixt_spectral::{Geometry, stft};
use serde::Serialize;

/// Transform lengths that are left out at both ends.
pub const MIDDLE: usize = 2;

/// Magnitudes of a recording at one size, `[frames][bins]`.
#[derive(Clone, Debug)]
pub struct FramesOf {
    /// The frames' geometry.
    pub geometry: Geometry,
    /// Frame n is centred on sample n·hop.
    pub magnitudes: Vec<Vec<f32>>,
}

/// What a mode reaches on one recording at one size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Spectral convergence, dB: 0 is as far off as silence, −20 a tenth off; −200 the same.
    pub sc_db: f64,
    /// Log-spectral distance, dB.
    pub lsd_db: f64,
    /// Time of a frame's phases, µs: half of the frames take less.
    pub median_us: f64,
    /// The longest frame, µs. Depends on what else the machine was doing.
    pub worst_us: f64,
}

impl FramesOf {
    /// The magnitudes of a mono sound.
    #[must_use]
    pub fn new(geometry: Geometry, sound: &[f32]) -> Self {
        let mut magnitudes = Vec::with_capacity(sound.len() / geometry.hop() + 2);
        stft::for_each_frame(geometry, sound, |spectrum| {
            magnitudes.push(spectrum.iter().map(|bin| bin.norm()).collect());
        });
        Self {
            geometry,
            magnitudes,
        }
    }

    /// Numbers of the frames that figures are about.
    #[must_use]
    pub fn middle(&self) -> std::ops::Range<usize> {
        let left_out = MIDDLE * self.geometry.overlap();
        left_out..self.magnitudes.len().saturating_sub(left_out)
    }

    /// The figures of a sound that should have these magnitudes; it is cut or padded to their
    /// length.
    #[must_use]
    pub fn quality(&self, sound: &[f32], frame_us: &[f64]) -> Quality {
        let found = self.found(sound);
        let mut times = frame_us.to_vec();
        times.sort_by(f64::total_cmp);
        Quality {
            sc_db: self.convergence_db(&found),
            lsd_db: self.distance_db(&found),
            median_us: times.get(times.len() / 2).copied().unwrap_or(0.0),
            worst_us: times.last().copied().unwrap_or(0.0),
        }
    }

    /// The magnitudes of another sound, of as many frames.
    fn found(&self, sound: &[f32]) -> Self {
        let mut sound = sound.to_vec();
        let frames = self.magnitudes.len().saturating_sub(1);
        sound.resize(frames * self.geometry.hop(), 0.0);
        Self::new(self.geometry, &sound)
    }

    /// Pairs of the middle's frames, wanted and found.
    fn pairs<'a>(
        &'a self,
        found: &'a Self,
    ) -> impl ExactSizeIterator<Item = (&'a [f32], &'a [f32])> {
        let frame = |number: usize| (&*self.magnitudes[number], &*found.magnitudes[number]);
        self.middle().map(frame)
    }

    /// ‖X − Y‖ / ‖X‖ over the middle, dB.
    pub(super) fn convergence_db(&self, found: &Self) -> f64 {
        spectra::convergence_db(self.pairs(found))
    }

    /// Mean over the middle's frames of the rms over bins of the dB difference, both floored.
    fn distance_db(&self, found: &Self) -> f64 {
        let bins = self.magnitudes.iter().flatten();
        let loudest = bins.copied().fold(0.0, f32::max);
        spectra::distance_db(self.pairs(found), loudest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::noise;

    fn frames(signal: &[f32]) -> FramesOf {
        FramesOf::new(Geometry::new(1024, 256, 44_100).unwrap(), signal)
    }

    fn scaled(signal: &[f32], scale: f32) -> Vec<f32> {
        signal.iter().map(|x| x * scale).collect()
    }

    /// A sound at a times its level converges to |1 − a|, and is 20·log₁₀(a) off in every bin.
    #[test]
    fn scaled_sounds_have_exact_figures() {
        let signal = noise(3, 30_000);
        for (scale, sc_db, lsd_db) in [(0.5, -6.0206, 6.0206), (0.9, -20.0, 0.9151)] {
            let quality = frames(&signal).quality(&scaled(&signal, scale), &[]);
            assert!((quality.sc_db - sc_db).abs() < 1e-3, "{quality:?}");
            assert!((quality.lsd_db - lsd_db).abs() < 0.01, "{quality:?}");
        }
        let same = frames(&signal).quality(&signal, &[]);
        assert!(same.sc_db <= -200.0 && same.lsd_db < 1e-9, "{same:?}");
    }

    /// Nothing is softer than 80 dB below the loudest bin of the whole recording, also where that
    /// bin is in a part that is left out: a middle 60 dB below it and lost is 20 dB off or so.
    #[test]
    fn the_floor_is_the_whole_recording_s() {
        let mut signal = scaled(&noise(4, 30_000), 1e-3);
        signal[0] = 30.0;
        let quality = frames(&signal).quality(&[0.0; 30_000], &[]);
        assert!((5.0..40.0).contains(&quality.lsd_db), "{quality:?}");
        let quiet = frames(&signal[2_000..]).quality(&[0.0; 28_000], &[]);
        assert!((55.0..80.0).contains(&quiet.lsd_db), "{quiet:?}");
    }

    /// What is off within two transform lengths of the ends does not count; just inside it does.
    #[test]
    fn the_ends_are_left_out() {
        let signal = noise(5, 40 * 256);
        let off = |place: usize| {
            let mut sound = signal.clone();
            sound[place] += 5.0;
            frames(&signal).quality(&sound, &[]).sc_db
        };
        // The first frame that counts is centred on sample 2048 and begins at 1536.
        assert!(off(1_500) <= -200.0 && off(40 * 256 - 1_500) <= -200.0);
        assert!(off(1_800) > -60.0 && off(40 * 256 - 1_800) > -60.0);
    }

    /// Half of the frames take less than the median, none longer than the worst.
    #[test]
    fn times_are_ordered() {
        let quality = frames(&noise(6, 20_000)).quality(&[0.0; 9], &[3.0, 90.0, 1.0, 2.0, 5.0]);
        assert!((quality.median_us - 3.0).abs() < 1e-12);
        assert!((quality.worst_us - 90.0).abs() < 1e-12);
    }
}
