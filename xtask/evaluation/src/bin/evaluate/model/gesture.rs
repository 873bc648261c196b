//! What striking and holding do: the velocity's brightness, the decay past the trained length.
//!
//! ```text
//!  learnt note ─► knobs ─► velocity 60, 110 ─► centroid's change ┐ beside
//!                 the soundfont's own two notes ─► their change  ┘
//!  learnt note ─► knobs ─► 20 s ─► level at the trained end, at 20 s
//! ```

use super::anywhere::percentile;
use super::material::spread;
use super::subject::Subject;
use crate::failure::Failure;
use crate::progress;
use betwixt_corpus::{Family, Part};
use betwixt_evaluation::measure::level;
use betwixt_evaluation::measure::timbre::PowerSpectrum;
use betwixt_evaluation::player::{RATE_HZ, Take};
use betwixt_spectral::number::index;
use rayon::prelude::*;
use serde::Serialize;

const SOFT: u8 = 60;
const HARD: u8 = 110;
const LISTENED_S: f64 = 1.0;
const LONG_S: f64 = 20.0;
/// The level is the rms of this long a stretch.
const STRETCH_S: f64 = 0.5;

/// Octaves by which the centroid rises from velocity 60 to 110.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Velocity {
    notes: usize,
    /// Mean over the notes.
    model_octaves: f64,
    /// Mean over the same notes of the soundfont.
    real_octaves: f64,
    /// Model over real: 1 is right.
    ratio: f64,
}

/// dB from a note's loudest stretch down to its level after 20 s.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Decay {
    struck_notes: usize,
    /// Of struck and plucked sounds.
    struck_fall_median_db: f64,
    /// Share of them that fall by 60 dB.
    struck_gone: f64,
    sustained_notes: usize,
    /// Of bowed, blown and other sustained sounds, from the trained end on.
    sustained_change_median_db: f64,
}

/// `None` where the sounds know no velocity, or the model is not told it.
pub(crate) fn velocity(subject: &Subject<'_>, count: usize) -> Result<Option<Velocity>, Failure> {
    let material = subject.material;
    let learnt = spread(&material.of_part(|part| part == Part::Train), count);
    let told = subject.model.header.conditioning.velocity.is_some();
    if !told || learnt.is_empty() {
        return Ok(None);
    }
    let bar = progress(learnt.len(), "soft and hard");
    let one = |note: &usize| {
        let changes = changes(subject, *note);
        bar.inc(1);
        changes
    };
    let found: Result<Vec<_>, Failure> = learnt.par_iter().map(one).collect();
    bar.finish_and_clear();
    let found: Vec<(f64, f64)> = found?.into_iter().flatten().collect();
    Ok(Velocity::of(&found))
}

impl Velocity {
    fn of(changes: &[(f64, f64)]) -> Option<Self> {
        let notes = changes.len();
        let mean =
            |pick: fn(&(f64, f64)) -> f64| changes.iter().map(pick).sum::<f64>() / notes as f64;
        let (model_octaves, real_octaves) = (mean(|c| c.0), mean(|c| c.1));
        (notes > 0).then(|| Self {
            notes,
            model_octaves,
            real_octaves,
            ratio: model_octaves / real_octaves,
        })
    }

    pub(crate) fn line(&self) -> String {
        format!(
            "centroid from velocity {SOFT} to {HARD}: {:+.3} octaves, real {:+.3}: ratio {:.2}   ({} notes)",
            self.model_octaves, self.real_octaves, self.ratio, self.notes
        )
    }
}

/// Octaves of the model and of the real note; `None` where the sound knows no velocity.
fn changes(subject: &Subject<'_>, note: usize) -> Result<Option<(f64, f64)>, Failure> {
    let knobs = subject.knobs(note);
    let mut centroids = Vec::new();
    for velocity in [SOFT, HARD] {
        let Some(real) = subject.material.real_struck(note, velocity)? else {
            return Ok(None);
        };
        let take = Take {
            knobs: knobs.clone(),
            key: subject.material.notes[note].key,
            velocity,
            seconds: LISTENED_S,
            natural_tuning: true,
            frozen_s: None,
        };
        let played = subject.player.play(&take);
        let listened = real.len().min(played.len());
        let centroid = |signal: &[f32]| {
            let spectrum = PowerSpectrum::of(&signal[..listened], RATE_HZ)?;
            Ok::<_, Failure>(spectrum.centroid_hz().map(f64::log2))
        };
        centroids.push(centroid(&played)?.zip(centroid(&real)?));
    }
    let pair = centroids[0].zip(centroids[1]);
    Ok(pair.map(|(soft, hard)| (hard.0 - soft.0, hard.1 - soft.1)))
}

/// `None` for a model that is not told the time.
pub(crate) fn decay(subject: &Subject<'_>, count: usize) -> Option<Decay> {
    let trained_s = f64::from(subject.model.header.conditioning.time?.trained_s);
    let material = subject.material;
    let learnt = spread(&material.of_part(|part| part == Part::Train), count);
    let bar = progress(learnt.len(), "held for 20 s");
    let one = |note: &usize| {
        let (sound, key) = (material.notes[*note].sound, material.notes[*note].key);
        let take = Take {
            knobs: subject.knobs(*note),
            key,
            velocity: material.notes[*note].velocity,
            seconds: LONG_S,
            natural_tuning: false,
            frozen_s: None,
        };
        let played = subject.player.play(&take);
        bar.inc(1);
        (
            is_struck(material.sounds[sound].1),
            falls(&played, trained_s),
        )
    };
    let found: Vec<(bool, Falls)> = learnt.par_iter().map(one).collect();
    bar.finish_and_clear();
    let of = |struck: bool, pick: fn(&Falls) -> f64| -> Vec<f64> {
        let kind = found.iter().filter(|f| f.0 == struck);
        kind.map(|f| pick(&f.1)).collect()
    };
    let struck = of(true, |falls| falls.from_loudest_db);
    let sustained = of(false, |falls| falls.from_trained_db);
    let gone = struck.iter().filter(|db| **db >= 60.0).count();
    Some(Decay {
        struck_notes: struck.len(),
        struck_fall_median_db: percentile(&struck, 0.5).unwrap_or(0.0),
        struck_gone: gone as f64 / struck.len().max(1) as f64,
        sustained_notes: sustained.len(),
        sustained_change_median_db: -percentile(&sustained, 0.5).unwrap_or(0.0),
    })
}

impl Decay {
    pub(crate) fn line(&self) -> String {
        format!(
            "after 20 s struck sounds are {:.0} dB down (60 dB or more: {:.0} %; {} notes), sustained \
             ones {:+.1} dB from the trained end ({} notes)",
            self.struck_fall_median_db,
            100.0 * self.struck_gone,
            self.struck_notes,
            self.sustained_change_median_db,
            self.sustained_notes
        )
    }
}

/// How far a note falls, dB; silence counts as 120.
struct Falls {
    from_loudest_db: f64,
    from_trained_db: f64,
}

fn falls(played: &[f32], trained_s: f64) -> Falls {
    let track = level::level_track_db(played, f64::from(RATE_HZ), STRETCH_S);
    let loudest = track.iter().map(|t| t.1).fold(f64::NEG_INFINITY, f64::max);
    let at = |place: usize| track.get(place).map_or(f64::NEG_INFINITY, |t| t.1);
    let end = at(track.len().saturating_sub(1));
    let trained = at(index(trained_s / STRETCH_S).saturating_sub(1));
    let fall = |from: f64| {
        if end.is_finite() {
            (from - end).min(120.0)
        } else {
            120.0
        }
    };
    Falls {
        from_loudest_db: fall(loudest),
        from_trained_db: fall(trained),
    }
}

/// Whether a family's sounds end by themselves.
pub(super) fn is_struck(family: Family) -> bool {
    use Family::{Bass, Guitar, Keys, Mallets, Plucked};
    matches!(family, Keys | Mallets | Guitar | Bass | Plucked)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone that halves every second falls by 6.02 dB a second.
    #[test]
    fn falls_are_those_of_the_level() {
        let sample = |i: u32| {
            let seconds = f64::from(i) / 44_100.0;
            let wave = (std::f64::consts::TAU * 440.0 * seconds).sin();
            betwixt_spectral::number::narrow((-seconds).exp2() * wave)
        };
        let played: Vec<f32> = (0..10 * 44_100).map(sample).collect();
        let found = falls(&played, 4.0);
        assert!(
            (found.from_loudest_db - 9.5 * 6.0206).abs() < 0.1,
            "{}",
            found.from_loudest_db
        );
        assert!(
            (found.from_trained_db - 6.0 * 6.0206).abs() < 0.1,
            "{}",
            found.from_trained_db
        );
        assert!((falls(&[0.0; 44_100], 0.5).from_loudest_db - 120.0).abs() < 1e-9);
    }

    /// The ratio is that of the means; without notes there is none.
    #[test]
    fn changes_are_averaged_before_they_are_compared() {
        let found = Velocity::of(&[(0.1, 0.2), (0.3, 0.2)]).unwrap();
        assert!((found.ratio - 1.0).abs() < 1e-12);
        assert!(Velocity::of(&[]).is_none());
    }
}
