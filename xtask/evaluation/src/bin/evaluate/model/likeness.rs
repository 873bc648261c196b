//! Real notes beside played ones: those held out, and knobs carried to another pitch.
//!
//! ```text
//!  held out      note ─► knobs ─► the same note
//!  transposed    learnt note ─► knobs ─► another key of its sound, 5 to 12 semitones away
//! ```

use super::material::{Material, spread};
use super::subject::{Pair, Subject};
use crate::comparison::{Compared, Figures};
use crate::failure::Failure;
use crate::progress;
use betwixt_corpus::{HeldOut, Part};
use rayon::prelude::*;
use serde::Serialize;

/// How far knobs are carried, in semitones.
const NEAREST: u8 = 5;
const FARTHEST: u8 = 12;

/// One line of the table, and its notes.
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) figures: Figures,
    pub(crate) notes: Vec<Compared>,
    pub(crate) pairs: Vec<Pair>,
}

/// The means of all sets; a set without notes is left out.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Means {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) learnt_notes: Option<Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) held_out_notes: Option<Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nine_semitone_hole: Option<Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) held_out_sounds: Option<Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transposed: Option<Figures>,
}

/// All sets, `count` notes each.
pub(crate) fn sets(subject: &Subject<'_>, count: usize) -> Result<Vec<Set>, Failure> {
    let material = subject.material;
    let own = |part: Part| {
        let notes = spread(&material.of_part(|p| p == part), count);
        let pair = |note| Pair {
            from: note,
            to: note,
        };
        notes.into_iter().map(pair).collect::<Vec<Pair>>()
    };
    let asked = [
        ("learnt notes", own(Part::Train)),
        ("held-out notes", own(Part::Test(HeldOut::Note))),
        ("nine-semitone hole", own(Part::Test(HeldOut::Hole))),
        ("held-out sounds", own(Part::Test(HeldOut::Patch))),
        ("transposed", transposed(material, count)),
    ];
    let measured = asked.into_iter().filter(|(_, pairs)| !pairs.is_empty());
    measured
        .map(|(name, pairs)| set(subject, name, pairs))
        .collect()
}

fn set(subject: &Subject<'_>, name: &'static str, pairs: Vec<Pair>) -> Result<Set, Failure> {
    let bar = progress(pairs.len(), name);
    let one = |pair: &Pair| {
        let compared = subject.compare(*pair);
        bar.inc(1);
        compared
    };
    let found: Result<Vec<Option<Compared>>, Failure> = pairs.par_iter().map(one).collect();
    bar.finish_and_clear();
    let notes: Vec<Compared> = found?.into_iter().flatten().collect();
    Ok(Set {
        name,
        figures: Figures::of(&notes),
        notes,
        pairs,
    })
}

/// Learnt notes whose sound has another note at the same velocity, 5 to 12 semitones away: up and
/// down in turn where both are there.
fn transposed(material: &Material, count: usize) -> Vec<Pair> {
    let learnt = material.of_part(|part| part == Part::Train);
    let notes = &material.notes;
    let target = |&from: &usize| {
        let own = notes[from];
        let away = |to: &usize| {
            let distance = notes[*to].key.abs_diff(own.key);
            let same = notes[*to].sound == own.sound && notes[*to].velocity == own.velocity;
            same && (NEAREST..=FARTHEST).contains(&distance)
        };
        let near = learnt.partition_point(|note| notes[*note].sound < own.sound);
        let end = learnt.partition_point(|note| notes[*note].sound <= own.sound);
        let others: Vec<usize> = learnt[near..end].iter().copied().filter(away).collect();
        let up = from.is_multiple_of(2);
        let wanted = others.iter().find(|to| (notes[**to].key > own.key) == up);
        let to = *wanted.or(others.first())?;
        Some(Pair { from, to })
    };
    // Twice as many are tried: some have no partner.
    let tried = spread(&learnt, 2 * count);
    let pairs: Vec<Pair> = tried.iter().filter_map(target).collect();
    spread(&pairs, count)
}

impl Means {
    pub(crate) fn of(sets: &[Set]) -> Self {
        let named = |name: &str| {
            let set = sets.iter().find(|set| set.name == name);
            set.map(|set| set.figures.clone())
        };
        Self {
            learnt_notes: named("learnt notes"),
            held_out_notes: named("held-out notes"),
            nine_semitone_hole: named("nine-semitone hole"),
            held_out_sounds: named("held-out sounds"),
            transposed: named("transposed"),
        }
    }
}
