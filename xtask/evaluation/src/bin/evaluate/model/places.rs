//! How well a sound's place among the knobs is found: the encoder's, and the best that is near it.
//!
//! ```text
//!  held-out note ─► encoder ─► knobs ─┬────────────────────────────┬─► decoder ─► convergence
//!                                     └─► seeded steps, the better ─┴─► engine ─► likeness
//! ```
//!
//! What the searched place has over the encoder's, the network could play and does not find; what is
//! missing at the searched place, it cannot play. Both are measured on amplitudes compressed as the
//! network's numbers are: a search by linear ones finds the loudest partials and loses the rest.

use super::material::spread;
use super::subject::Subject;
use crate::comparison::{Compared, Figures};
use crate::failure::Failure;
use crate::progress;
use betwixt_corpus::{HeldOut, Part};
use betwixt_engine::Decoder;
use betwixt_engine::random::Random;
use betwixt_model::header::Output;
use betwixt_spectral::number::real;
use betwixt_spectral::partials::group_edges;
use betwixt_spectral::{PartialsFormat, PartialsFrame};
use rayon::prelude::*;
use serde::Serialize;

/// Steps of a search.
const STEPS: usize = 500;
/// The first step, and how it grows and shrinks with what it finds.
const STEP: f32 = 0.2;
const GROWS: f32 = 1.3;
const SHRINKS: f32 = 0.98;
const STEP_RANGE: (f32, f32) = (0.01, 0.5);

/// The notes' places, by the encoder and searched.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Places {
    notes: Found,
    sounds: Found,
}

/// Of one kind of held-out notes.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Found {
    count: usize,
    encoder: Place,
    searched: Place,
}

/// How like the notes are where they were put, mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Place {
    /// Of the compressed amplitudes.
    convergence_db: f64,
    /// Through the instrument.
    played: Figures,
}

/// A note at one place.
struct Placed {
    convergence_db: f64,
    played: Option<Compared>,
}

/// `None` of a model of frames.
pub(crate) fn places(subject: &Subject<'_>, count: usize) -> Result<Option<Places>, Failure> {
    let Output::Partials(format) = subject.model.header.output else {
        return Ok(None);
    };
    let decoder = Decoder::new(subject.model)?;
    let of = |part, what| found(subject, (&decoder, format), (part, count), what);
    Ok(Some(Places {
        notes: of(HeldOut::Note, "places of notes")?,
        sounds: of(HeldOut::Patch, "places of sounds")?,
    }))
}

impl Places {
    pub(crate) fn line(&self) -> String {
        let place = |place: &Place| {
            format!(
                "{:.1} dB (played SC {:.1} dB, LSD {:.1} dB, mel r {:.3})",
                place.convergence_db,
                place.played.convergence_db,
                place.played.distance_db,
                place.played.mel_correlation
            )
        };
        let of = |found: &Found| {
            format!(
                "{} by the encoder, {} searched, of {} notes",
                place(&found.encoder),
                place(&found.searched),
                found.count
            )
        };
        format!(
            "held-out notes {}; sounds {}",
            of(&self.notes),
            of(&self.sounds)
        )
    }
}

fn found(
    subject: &Subject<'_>,
    (decoder, format): (&Decoder, PartialsFormat),
    (part, count): (HeldOut, usize),
    what: &str,
) -> Result<Found, Failure> {
    let notes = spread(&subject.material.of_part(|p| p == Part::Test(part)), count);
    let bar = progress(notes.len(), what);
    let one = |note: &usize| {
        let told = Told::new(subject, (decoder, format), *note);
        let own = subject.knobs(*note);
        let first = told.convergence_db(&own);
        let mut random = Random::new(*note as u64);
        let cost = |knobs: &[f32]| told.convergence_db(knobs);
        let (best, least) = searched((own.clone(), first), &mut random, cost);
        let placed = |convergence_db, knobs| -> Result<Placed, Failure> {
            let played = subject.compare_at(knobs, *note)?;
            Ok(Placed {
                convergence_db,
                played,
            })
        };
        let both = [placed(first, own)?, placed(least, best)?];
        bar.inc(1);
        Ok(both)
    };
    let all: Result<Vec<[Placed; 2]>, Failure> = notes.par_iter().map(one).collect();
    bar.finish_and_clear();
    let all = all?;
    let [encoder, searched] = [0, 1].map(|which| {
        let placed = all.iter().map(|both| &both[which]);
        let sum: f64 = placed.clone().map(|placed| placed.convergence_db).sum();
        Place {
            convergence_db: sum / all.len().max(1) as f64,
            played: Figures::of(placed.filter_map(|placed| placed.played.as_ref())),
        }
    });
    Ok(Found {
        count: all.len(),
        encoder,
        searched,
    })
}

/// The best place that is found by steps of some of the knobs from a place with its cost, and its own.
fn searched(
    (mut best, mut least): (Vec<f32>, f64),
    random: &mut Random,
    cost: impl Fn(&[f32]) -> f64,
) -> (Vec<f32>, f64) {
    let mut step = STEP;
    for _ in 0..STEPS {
        let mut moved = |knob: &f32| {
            let is_moved = random.bipolar() > 0.0;
            (knob + f32::from(u8::from(is_moved)) * step * random.bipolar()).clamp(0.0, 1.0)
        };
        let tried: Vec<f32> = best.iter().map(&mut moved).collect();
        let found = cost(&tried);
        if found < least {
            (best, least) = (tried, found);
            step *= GROWS;
        } else {
            step *= SHRINKS;
        }
        step = step.clamp(STEP_RANGE.0, STEP_RANGE.1);
    }
    (best, least)
}

/// One note as its numbers tell it, and a decoder that is to tell it.
struct Told<'a> {
    decoder: &'a Decoder,
    format: PartialsFormat,
    /// What the decoder is given, but latents and time.
    vector: Vec<f32>,
    times_s: Vec<f32>,
    amplitudes: Vec<f32>,
}

impl<'a> Told<'a> {
    fn new(
        subject: &Subject<'_>,
        (decoder, format): (&'a Decoder, PartialsFormat),
        number: usize,
    ) -> Self {
        let (layout, note) = (decoder.layout(), subject.material.notes[number]);
        let mut vector = vec![0.0; layout.len()];
        layout.write_note(note.key, &mut vector);
        layout.write_velocity(f32::from(note.velocity) / 127.0, &mut vector);
        let frames = subject.material.frames(number);
        Self {
            decoder,
            format,
            vector,
            times_s: subject.material.times_s(number),
            amplitudes: frames.iter().flat_map(|f| amplitudes(format, f)).collect(),
        }
    }

    /// 20·log₁₀(‖X − Y‖ / ‖X‖) of the compressed amplitudes of all moments.
    fn convergence_db(&self, knobs: &[f32]) -> f64 {
        let mut vector = self.vector.clone();
        self.decoder.write_latents(knobs, &mut vector);
        let mut error = 0.0;
        let width = self.amplitudes.len() / self.times_s.len().max(1);
        for (time_s, real) in self
            .times_s
            .iter()
            .zip(self.amplitudes.chunks(width.max(1)))
        {
            self.decoder.layout().write_time(*time_s, &mut vector);
            let told = amplitudes(self.format, &self.decoder.decode(&vector));
            let off = real.iter().zip(told).map(|(a, b)| f64::from(a - b).powi(2));
            error += off.sum::<f64>();
        }
        let energy: f64 = self.amplitudes.iter().map(|a| f64::from(*a).powi(2)).sum();
        10.0 * (error / energy.max(1e-30)).max(1e-12).log10()
    }
}

/// Amplitudes whose squares add up to the power of a moment, as if all its groups were full,
/// compressed as the decoder's numbers are.
fn amplitudes(format: PartialsFormat, numbers: &[f32]) -> Vec<f32> {
    let mut frame = PartialsFrame::default();
    format.decode(numbers, &mut frame);
    let edges = group_edges();
    let groups = frame.harmonics.iter().zip(edges.windows(2));
    let tone = groups.map(|(h, edges)| h * (real(edges[1] - edges[0]) / 2.0).sqrt());
    let lines = frame.free.iter().map(|line| line.amplitude * 0.5f32.sqrt());
    let all = tone.chain(frame.noise).chain(lines);
    all.map(|amplitude| amplitude.powf(format.exponent))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From a corner the search comes to the middle of a bowl, and never to a worse place than it
    /// began at; the same seed finds the same.
    #[test]
    fn searches_go_downhill() {
        let bowl =
            |knobs: &[f32]| -> f64 { knobs.iter().map(|k| f64::from(k - 0.5).powi(2)).sum() };
        let from = |corner: f32| {
            let start = vec![corner; 8];
            let first = bowl(&start);
            let (place, least) = searched((start, first), &mut Random::new(3), bowl);
            assert_eq!(bowl(&place).to_bits(), least.to_bits());
            least
        };
        assert!(from(0.0) < 0.01 && from(1.0) < 0.01, "{}", from(0.0));
        assert!(from(0.5) <= 0.0);
        assert_eq!(from(0.0).to_bits(), from(0.0).to_bits());
    }
}
