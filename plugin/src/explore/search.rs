//! Looking for another sound beside the window: draw, listen, take or draw again.
//!
//! ```text
//!  Wish ─► thread: present heard once; up to 12 draws ─► Answer ─► window
//! ```
//!
//! The later draws of a mutation go half as far as those before, so that the search ends near what is
//! there. The window waits for the thread before it closes: it outlives no library.

use super::Locks;
use super::density::Density;
use super::draw::{Draw, Kind};
use super::listen::{Ear, Heard, NEAR_DB};
use crate::library::{Description, Found};
use crate::parameters::Parameters;
use crate::sound::{Sound, Value};
use betwixt_engine::MODELS;
use betwixt_engine::random::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

/// Draws, at most.
const DRAWS: u16 = 12;
/// So many of them go the whole way.
const WHOLE: u16 = 4;
/// What is worse is not taken, in decibels from the present level.
const FAR_DB: f32 = 3.0;

/// What is looked for.
#[derive(Clone)]
pub(crate) struct Wish {
    kind: Kind,
    present: Sound,
    models: [Found; MODELS],
    /// The model that is heard most; none where it is not there.
    heard: Option<Arc<Description>>,
    locks: Locks,
    seed: u64,
}

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    kind: Kind,
    before: Sound,
    after: Sound,
}

/// One search at a time.
#[derive(Debug, Default)]
pub(crate) struct Search {
    thread: Option<JoinHandle<Option<Answer>>>,
    is_over: Arc<AtomicBool>,
}

impl Wish {
    /// From what there is now; the seed counts up.
    pub(crate) fn new(kind: Kind, parameters: &Parameters) -> Self {
        let present = Sound::told(parameters);
        let models = parameters.slots.found();
        let seed = u64::from(parameters.explore.next_seed());
        Self::of(kind, present, (models, parameters), seed)
    }

    /// From any sound that is played with these models.
    pub(super) fn of(
        kind: Kind,
        present: Sound,
        (models, parameters): ([Found; MODELS], &Parameters),
        seed: u64,
    ) -> Self {
        Self {
            kind,
            heard: heard(parameters, &models, &present),
            present,
            models,
            locks: parameters.explore.locks(),
            seed,
        }
    }

    /// Looks for it, until it is over.
    pub(super) fn search(&self, is_over: &AtomicBool) -> Option<Answer> {
        let model = self.heard.as_ref()?;
        let mut ear = Ear::new(&self.models, &self.present);
        let header = &crate::library::factory()[0].description.header;
        let slots = crate::library::Slots::new(crate::library::default_model());
        let scratch = Parameters::new(header, slots);
        let density = Density::of(model);
        let draw = Draw {
            parameters: &scratch,
            locks: &self.locks,
            density: density.as_ref(),
            is_partials: model.is_partials(),
        };
        let mut random = Random::new(self.seed.wrapping_mul(0x9e37_79b9));
        let before = ear.hear(&self.present);
        let mut best: Option<(f32, Sound)> = None;
        for number in 0..DRAWS {
            if is_over.load(Relaxed) {
                return None;
            }
            let drawn = draw.draw(
                &self.present,
                (self.kind, share(self.kind, number)),
                &mut random,
            );
            let heard = ear.hear(&drawn);
            let Some((off, sound)) = level(drawn, (&before, &heard), &scratch) else {
                continue;
            };
            let is_good = off <= NEAR_DB;
            if best.as_ref().is_none_or(|(least, _)| off < *least) {
                best = Some((off, sound));
            }
            if is_good {
                break;
            }
        }
        let (off, after) = best?;
        (off <= FAR_DB).then(|| Answer {
            kind: self.kind,
            before: self.present.clone(),
            after,
        })
    }
}

/// The model that is heard most: an empty slot leaves it to the one before.
fn heard(
    parameters: &Parameters,
    models: &[Found; MODELS],
    sound: &Sound,
) -> Option<Arc<Description>> {
    let place = parameters.map.place("morph");
    let morph = match place.and_then(|place| sound.values.get(place).copied().flatten()) {
        Some(Value::Real(morph)) => morph,
        _ => 0.0,
    };
    let slot = betwixt_spectral::number::index(f64::from(morph.round()));
    let mut filled = models[..=slot.min(MODELS - 1)].iter().rev();
    let model = filled.find(|found| !matches!(found, Found::Empty))?;
    model.description().cloned()
}

/// Which share of its way a draw goes.
fn share(kind: Kind, number: u16) -> f32 {
    match kind {
        Kind::Mutation(_) if number >= WHOLE => 0.5f32.powi(i32::from(number - WHOLE + 1)),
        _ => 1.0,
    }
}

/// A draw as loud as the sound before, and how far it stays from that; none where it is silent or out
/// of tune.
fn level(
    mut drawn: Sound,
    (before, heard): (&Heard, &Heard),
    parameters: &Parameters,
) -> Option<(f32, Sound)> {
    let place = parameters.map.place("gain")?;
    let Some(Value::Real(gain)) = drawn.values[place] else {
        return None;
    };
    if !heard.is_in_tune_with(before) {
        return None;
    }
    // Beside silence nothing can be measured: what sounds is taken as it is.
    if before.is_silent(gain) {
        return (!heard.is_silent(0.0)).then_some((0.0, drawn));
    }
    let (wanted, off) = before.gain_for(heard, gain);
    if heard.is_silent(wanted) {
        return None;
    }
    let kind = parameters.table()[place].kind;
    drawn.values[place] = Some(Value::Real(wanted).exact(kind));
    Some((off, drawn))
}

impl Search {
    /// Begins to look for it; nothing while another search is under way.
    pub(crate) fn start(&mut self, wish: Wish, done: impl FnOnce() + Send + 'static) {
        if self.thread.is_some() {
            return;
        }
        let is_over = Arc::new(AtomicBool::new(false));
        self.is_over = Arc::clone(&is_over);
        let work = move || {
            let answer = wish.search(&is_over);
            done();
            answer
        };
        let thread = thread::Builder::new().name("betwixt explore".into());
        self.thread = thread.spawn(work).ok();
    }

    /// Whether it is under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.thread.is_some()
    }

    /// What has been found since this was last asked; the inner one is none where nothing was.
    pub(crate) fn take(&mut self) -> Option<Option<Answer>> {
        let thread = self.thread.take_if(|thread| thread.is_finished())?;
        Some(thread.join().ok().flatten())
    }
}

impl Drop for Search {
    /// A thread must not outlive the library that it runs in.
    fn drop(&mut self) {
        self.is_over.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Answer {
    /// What the step is called.
    pub(crate) fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// What was found, laid over a sound that may have moved on meanwhile.
    pub(crate) fn over(&self, mut now: Sound) -> Sound {
        for place in self.before.difference(&self.after).places {
            now.values[place] = self.after.values[place];
        }
        now
    }

    /// What was found.
    #[cfg(test)]
    pub(super) fn sound(&self) -> &Sound {
        &self.after
    }
}
