//! Knobs anywhere, every key: is it in tune, is it silent, does it stand still when held?
//!
//! ```text
//!  seeded knob positions × keys 24–96 ─► 0.9 s ─► pitch that is heard ─► shares
//!  fewer of them, time frozen         ─► 2.3 s ─► ripple, modulation at the hop
//! ```

use super::material::spread;
use super::subject::Subject;
use crate::failure::Failure;
use crate::progress;
use betwixt_corpus::Part;
use betwixt_engine::random::Random;
use betwixt_evaluation::measure::heard::{Heard, listen};
use betwixt_evaluation::measure::{level, steadiness};
use betwixt_evaluation::player::{RATE_HZ, Take};
use betwixt_model::header::Output;
use betwixt_spectral::number::index;
use betwixt_spectral::pitch;
use rayon::prelude::*;
use serde::Serialize;

const SEED: u64 = 20;
const VELOCITY: u8 = 96;
const SECONDS: f64 = 0.9;
/// The pitch is listened to from here on.
const SETTLED_S: f64 = 0.1;
/// Keys of the shares, and of what is held.
const KEYS: (u8, u8, usize) = (24, 96, 3);
const HELD_KEYS: (u8, u8, usize) = (24, 96, 12);
/// dBFS: nobody would call that a sound, where a learnt note's loudest moment plays at −21.
const SILENT_DB: f64 = -70.0;
/// Where time stands still, and how long that is listened to.
const FROZEN_S: f32 = 0.5;
const HELD_S: f64 = 2.3;
/// Samples between frames of the painter at this rate.
const PAINTED_HOP: usize = 256;

/// Knobs anywhere on every key, and the same ear on the notes that were learnt: bells and strings
/// that were recorded are not always heard as their key either.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tuning {
    positions: usize,
    keys: usize,
    #[serde(flatten)]
    shares: Shares,
    real_notes: usize,
    real: Shares,
    /// What was not heard as its key.
    #[serde(skip)]
    pub(crate) elsewhere: Vec<Elsewhere>,
}

/// A place of the knobs that is not heard as its key.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Elsewhere {
    knobs: Vec<f32>,
    key: u8,
    heard: Heard,
}

/// What was heard, as shares.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Shares {
    /// Of those that sound.
    within_50_cents: f64,
    /// Of those that sound.
    within_5_cents: f64,
    /// The key's name in another octave.
    another_octave: f64,
    another_pitch: f64,
    no_pitch: f64,
    silent: f64,
}

/// Held notes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Steadiness {
    notes: usize,
    /// Largest over smallest rms, dB; only where time can stand still.
    #[serde(skip_serializing_if = "Option::is_none")]
    ripple_median_db: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ripple_95_percent_db: Option<f64>,
    hop_modulation_median_db: f64,
    hop_modulation_95_percent_db: f64,
}

/// Seeded positions, each `[latents]`.
fn positions(latents: usize, count: usize) -> Vec<Vec<f32>> {
    let mut random = Random::new(SEED);
    let mut knob = || 0.5 + 0.5 * random.bipolar();
    (0..count)
        .map(|_| (0..latents).map(|_| knob()).collect())
        .collect()
}

/// All pairs of positions and keys as takes.
fn takes(
    subject: &Subject<'_>,
    count: usize,
    (low, high, step): (u8, u8, usize),
    (seconds, frozen_s): (f64, Option<f32>),
) -> Vec<Take> {
    let latents = subject.model.header.latents.len();
    let take = |knobs: &Vec<f32>, key| Take {
        knobs: knobs.clone(),
        key,
        velocity: VELOCITY,
        seconds,
        natural_tuning: false,
        frozen_s,
    };
    let positions = positions(latents, count);
    let of = |knobs: &Vec<f32>| -> Vec<Take> {
        let keys = (low..=high).step_by(step);
        keys.map(|key| take(knobs, key)).collect()
    };
    positions.iter().flat_map(of).collect()
}

/// Takes at seeded positions, on some seven of the trained keys or more.
pub(crate) fn trained_takes(subject: &Subject<'_>, count: usize, seconds: f64) -> Vec<Take> {
    let (low, high) = subject.model.header.layout().keys();
    let step = usize::from((high - low) / 6).max(1);
    takes(subject, count, (low, high, step), (seconds, None))
}

pub(crate) fn tuning(
    subject: &Subject<'_>,
    (count, notes): (usize, usize),
) -> Result<Tuning, Failure> {
    let takes = takes(subject, count, KEYS, (SECONDS, None));
    let bar = progress(takes.len(), "knobs anywhere");
    let hear_take = |take: &Take| {
        let played = subject.player.play(take);
        bar.inc(1);
        hear(&played, take.key)
    };
    let heard: Vec<Heard> = takes.par_iter().map(hear_take).collect();
    bar.finish_and_clear();
    let real = real(subject, notes)?;
    let heard_else = takes.iter().zip(&heard);
    let heard_else = heard_else.filter(|(_, heard)| heard.cents().is_none());
    let elsewhere = heard_else.map(|(take, heard)| Elsewhere {
        knobs: take.knobs.clone(),
        key: take.key,
        heard: *heard,
    });
    Ok(Tuning {
        positions: count,
        keys: heard.len() / count.max(1),
        shares: Shares::of(&heard),
        real_notes: real.len(),
        real: Shares::of(&real),
        elsewhere: elsewhere.collect(),
    })
}

/// What is heard of learnt notes as they were recorded.
fn real(subject: &Subject<'_>, count: usize) -> Result<Vec<Heard>, Failure> {
    let material = subject.material;
    let learnt = spread(&material.of_part(|part| part == Part::Train), count);
    let bar = progress(learnt.len(), "real notes");
    let one = |note: &usize| {
        let mut samples = material.real(*note)?;
        samples.truncate(index(SECONDS * f64::from(RATE_HZ)));
        bar.inc(1);
        Ok(hear(&samples, material.notes[*note].key))
    };
    let heard = learnt.par_iter().map(one).collect();
    bar.finish_and_clear();
    heard
}

fn hear(samples: &[f32], key: u8) -> Heard {
    let rate_hz = f64::from(RATE_HZ);
    let settled = samples.get(index(SETTLED_S * rate_hz)..);
    match settled {
        Some(settled) if level::db(level::rms(samples)) >= SILENT_DB => {
            listen(settled, rate_hz, pitch::hz(f64::from(key)))
        }
        _ => Heard::Nothing,
    }
}

impl Shares {
    fn of(heard: &[Heard]) -> Self {
        let count = |wanted: &dyn Fn(&Heard) -> bool| heard.iter().filter(|h| wanted(h)).count();
        let all = heard.len().max(1) as f64;
        let silent = count(&|h| *h == Heard::Nothing);
        let sounding = (heard.len() - silent).max(1) as f64;
        let within = |cents: f64| {
            let near = count(&|h| h.cents().is_some_and(|c| c.abs() <= cents));
            near as f64 / sounding
        };
        Self {
            within_50_cents: within(50.0),
            within_5_cents: within(5.0),
            another_octave: count(&|h| matches!(h, Heard::Octave(_))) as f64 / sounding,
            another_pitch: count(&|h| matches!(h, Heard::Other(_))) as f64 / sounding,
            no_pitch: count(&|h| *h == Heard::Unpitched) as f64 / sounding,
            silent: silent as f64 / all,
        }
    }
}

impl Tuning {
    pub(crate) fn line(&self) -> String {
        let percent = |share: f64| 100.0 * share;
        let (shares, real) = (&self.shares, &self.real);
        format!(
            "within 50 cents {:.1} %, within 5 {:.1} %; another octave {:.1} %, another pitch \
             {:.1} %, none {:.1} %; silent {:.1} %   ({} positions × {} keys; of {} real notes \
             {:.1} % are heard within 50 cents, {:.1} % in another octave)",
            percent(shares.within_50_cents),
            percent(shares.within_5_cents),
            percent(shares.another_octave),
            percent(shares.another_pitch),
            percent(shares.no_pitch),
            percent(shares.silent),
            self.positions,
            self.keys,
            self.real_notes,
            percent(real.within_50_cents),
            percent(real.another_octave),
        )
    }
}

/// Ripple and modulation at the hop of held notes.
pub(crate) fn steadiness(subject: &Subject<'_>, count: usize) -> Steadiness {
    let header = &subject.model.header;
    // Frames cannot stand still: they are listened to where the trained length is over.
    let (hop, settled_s, frozen_s) = match header.output {
        Output::Partials(_) => (PAINTED_HOP, 0.3, Some(FROZEN_S)),
        Output::Frames(format) => {
            let trained_s = header.conditioning.time.map_or(0.2, |time| time.trained_s);
            (format.geometry.hop(), f64::from(trained_s) + 0.1, None)
        }
    };
    let takes = takes(subject, count, HELD_KEYS, (settled_s + HELD_S, frozen_s));
    let bar = progress(takes.len(), "held still");
    let rate_hz = f64::from(RATE_HZ);
    let measure = |take: &Take| {
        let played = subject.player.play(take);
        let settled = &played[index(settled_s * rate_hz)..];
        bar.inc(1);
        let fundamental_hz = pitch::hz(f64::from(take.key));
        (
            frozen_s.and_then(|_| steadiness::ripple_db(settled)),
            steadiness::hop_modulation_db(settled, rate_hz, hop, fundamental_hz),
        )
    };
    let found: Vec<(Option<f64>, Option<f64>)> = takes.par_iter().map(measure).collect();
    bar.finish_and_clear();
    let ripples: Vec<f64> = found.iter().filter_map(|f| f.0).collect();
    let modulations: Vec<f64> = found.iter().filter_map(|f| f.1).collect();
    Steadiness {
        notes: takes.len(),
        ripple_median_db: percentile(&ripples, 0.5),
        ripple_95_percent_db: percentile(&ripples, 0.95),
        hop_modulation_median_db: percentile(&modulations, 0.5).unwrap_or(0.0),
        hop_modulation_95_percent_db: percentile(&modulations, 0.95).unwrap_or(0.0),
    }
}

impl Steadiness {
    pub(crate) fn line(&self) -> String {
        let ripple = self.ripple_median_db.zip(self.ripple_95_percent_db);
        let ripple = ripple.map_or_else(String::new, |(median, most)| {
            format!("ripple {median:.2} dB (95 % below {most:.2}); ")
        });
        format!(
            "{ripple}hop modulation {:.1} dB (95 % below {:.1})   ({} notes)",
            self.hop_modulation_median_db, self.hop_modulation_95_percent_db, self.notes
        )
    }
}

/// The value below which a share lies; `None` of nothing.
pub(crate) fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = index(share * sorted.len() as f64);
    sorted
        .get(place.min(sorted.len().saturating_sub(1)))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares are of what sounds; silence is a share of everything.
    #[test]
    fn shares_are_counted_apart() {
        let heard = [
            Heard::Key(0.1),
            Heard::Key(-4.0),
            Heard::Key(30.0),
            Heard::Octave(1),
            Heard::Nothing,
        ];
        let shares = Shares::of(&heard);
        assert!((shares.within_50_cents - 0.75).abs() < 1e-12);
        assert!((shares.within_5_cents - 0.5).abs() < 1e-12);
        assert!((shares.another_octave - 0.25).abs() < 1e-12);
        assert!((shares.silent - 0.2).abs() < 1e-12);
    }

    /// The median of five is the third; nothing has none.
    #[test]
    fn percentiles_are_ranks() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(percentile(&values, 0.5), Some(3.0));
        assert_eq!(percentile(&values, 1.0), Some(5.0));
        assert_eq!(percentile(&[], 0.5), None);
    }
}
