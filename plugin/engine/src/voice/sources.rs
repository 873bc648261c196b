//! What voices sound from: the models that are fitted, and what each voice paints.
//!
//! ```text
//!  slots A … D ─► timbres 0 … 3 ─┐                  ┌ frames of either: × gain ──────┐
//!  one that leaves ─► timbre 4 ──┴─► two of them ───┤                                ├─► both [count]
//!                                    (mixture)      └ moments, attack ─► mixed ─► canvas × gain ┘
//! ```
//!
//! Two models of partials become one sound, painted once. Any other two are faded into each other
//! with equal power.
//!
//! *Real time:* [`Sources::new`] allocates; fitting moves a pointer.

use super::attack::Attack;
use super::canvas::{Due, Studio};
use super::mixture::{Bend, Ingredient, Mixture};
use super::story::Moment;
use super::timbre::{Job, ROWS, Timbre};
use super::{Ask, Instant, Onset};
use crate::controls::{MAX_VOICES, MODELS};
use crate::telemetry::Spectrum;
use betwixt_model::AttackCurve;
use betwixt_spectral::number::{index, real};

/// Where a model stands that has been taken out of its slot and is still heard.
const LEAVING: usize = MODELS;

/// What a slot holds.
#[derive(Debug, Default)]
pub enum Fitting {
    /// Nothing: the slot before it is heard in its place.
    #[default]
    Empty,
    /// A model that is not there: silence.
    Missing,
    /// A model.
    Model(Box<Timbre>),
}

/// What an engine does not need any more, to be freed where there is time for it.
#[derive(Default)]
pub struct Left {
    _timbre: Option<Box<Timbre>>,
    _studio: Option<Box<Studio>>,
}

impl std::fmt::Debug for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Left").finish_non_exhaustive()
    }
}

impl From<Fitting> for Left {
    fn from(fitting: Fitting) -> Self {
        let Fitting::Model(timbre) = fitting else {
            return Self::default();
        };
        Self {
            _timbre: Some(timbre),
            _studio: None,
        }
    }
}

/// The same without the model, which stands among the timbres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Empty,
    Missing,
    Filled,
}

/// What voices sound from.
pub(crate) struct Sources {
    slots: [Slot; MODELS],
    timbres: [Option<Box<Timbre>>; MODELS + 1],
    /// The first model of partials has brought it; the last one takes it away.
    studio: Option<Box<Studio>>,
    /// What a model of partials has brought for nothing.
    spare: Option<Box<Studio>>,
    /// What a voice sounds like, before its loudness.
    both: [Vec<f32>; 2],
    one: Vec<f32>,
}

/// A voice that begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun<'a> {
    pub(crate) voice: usize,
    pub(crate) mixture: Mixture,
    pub(crate) onset: Onset,
    pub(crate) ask: &'a Ask,
}

/// A part of the time between two ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    /// The mixture at the next tick.
    pub(crate) mixture: Mixture,
    /// Its shares at the ticks before, the older one first.
    pub(crate) was: [f32; 2],
    /// Samples since the last tick.
    pub(crate) passed: usize,
    /// Samples between ticks.
    pub(crate) tick: usize,
    /// Samples of this part.
    pub(crate) count: usize,
}

impl Sources {
    /// Nothing is fitted. `longest` samples are asked for at once, at most. Allocates.
    pub(crate) fn new(longest: usize) -> Self {
        Self {
            slots: [Slot::Empty; MODELS],
            timbres: Default::default(),
            studio: None,
            spare: None,
            both: [0, 1].map(|_| vec![0.0; longest]),
            one: vec![0.0; longest],
        }
    }

    /// Whether a slot can be fitted anew: not while something is still on its way out.
    pub(crate) fn can_fit(&self) -> bool {
        self.timbres[LEAVING].is_none() && self.spare.is_none()
    }

    /// Fits a slot. What stood there is heard until nobody sounds from it any more; voices that do
    /// are told where it stands now.
    ///
    /// # Errors
    ///
    /// Gives the fitting back while something is on its way out.
    pub(crate) fn fit(
        &mut self,
        slot: usize,
        fitting: Fitting,
    ) -> Result<[Ingredient; 2], Fitting> {
        if !self.can_fit() {
            return Err(fitting);
        }
        let (new, timbre) = match fitting {
            Fitting::Empty => (Slot::Empty, None),
            Fitting::Missing => (Slot::Missing, None),
            Fitting::Model(mut timbre) => {
                let brought = timbre.take_studio();
                match &self.studio {
                    Some(_) => self.spare = brought,
                    None => self.studio = brought,
                }
                (Slot::Filled, Some(timbre))
            }
        };
        let slot = slot.min(MODELS - 1);
        self.slots[slot] = new;
        self.timbres[LEAVING] = std::mem::replace(&mut self.timbres[slot], timbre);
        Ok([Some(slot), Some(LEAVING)])
    }

    /// Where a model stands that is on its way out, if there is one.
    pub(crate) fn leaving(&self) -> Ingredient {
        self.timbres[LEAVING].is_some().then_some(LEAVING)
    }

    /// What is not needed any more: the model on its way out unless it is still heard, and what
    /// nobody paints with.
    pub(crate) fn take_left(&mut self, is_heard: bool) -> Option<Left> {
        let leaves = !is_heard && self.timbres[LEAVING].is_some();
        let timbre = leaves.then(|| self.timbres[LEAVING].take()).flatten();
        let is_painted = self.timbres.iter().flatten().any(|timbre| timbre.paints());
        let unused = if is_painted { None } else { self.studio.take() };
        let studio = unused.or_else(|| self.spare.take());
        (leaves || studio.is_some()).then_some(Left {
            _timbre: timbre,
            _studio: studio,
        })
    }

    /// How many voices can play all of the models.
    pub(crate) fn most_voices(&self) -> usize {
        let voices = self.timbres.iter().flatten().map(|timbre| timbre.voices());
        voices.fold(MAX_VOICES, usize::min)
    }

    /// Of what a voice is mixed at a place between the slots, 0…3.
    pub(crate) fn target(&self, morph: f32) -> Mixture {
        let first = index(f64::from(morph)).min(MODELS - 1);
        let second = (first + 1).min(MODELS - 1);
        let of = [first, second].map(|slot| self.ingredient(slot));
        Mixture::new(of, morph - real(first))
    }

    /// What is heard of a slot.
    fn ingredient(&self, slot: usize) -> Ingredient {
        let filled = (0..=slot)
            .rev()
            .find(|slot| self.slots[*slot] != Slot::Empty);
        filled.filter(|slot| self.slots[*slot] == Slot::Filled)
    }

    /// Whether an ingredient gives moments to be painted.
    fn paints(&self, ingredient: Ingredient) -> bool {
        let timbre = ingredient.and_then(|place| self.timbres[place].as_ref());
        timbre.is_some_and(|timbre| timbre.paints())
    }

    fn is_painted(&self, mixture: &Mixture) -> bool {
        mixture.of.iter().any(|of| self.paints(*of))
    }

    /// Notes begin at one sample: decoded together, given their pasts. At most [`ROWS`] of them.
    pub(crate) fn begin(&mut self, notes: &[Begun<'_>]) {
        for place in 0..self.timbres.len() {
            if let Some(timbre) = &mut self.timbres[place] {
                begin_with(timbre, Some(place), notes);
            }
        }
        for (row, note) in notes.iter().enumerate() {
            if self.is_painted(&note.mixture) {
                self.begin_painting(row, note);
            }
        }
    }

    /// The frames that reach into a painted note's first hop.
    fn begin_painting(&mut self, row: usize, note: &Begun<'_>) {
        let job = Job {
            voice: note.voice,
            row,
            ask: note.ask,
        };
        let timbres = &mut self.timbres;
        let moments = std::array::from_fn(|number| {
            let (of, between) = (
                |timbre: &mut Timbre| timbre.take(&job, number),
                Moment::between,
            );
            mixed(timbres, &note.mixture, of, between).unwrap_or_else(Moment::silence)
        });
        let of = |timbre: &mut Timbre| timbre.attack(note.voice);
        let curve = mixed(timbres, &note.mixture, of, AttackCurve::between);
        let attack = Attack {
            curve: curve.unwrap_or(AttackCurve::FLAT),
            speed: note.ask.performance.time.speed,
        };
        if let Some(studio) = &mut self.studio {
            let canvas = &mut studio.canvases[note.voice];
            canvas.start(&note.onset, note.ask);
            canvas.prefill(&mut studio.painter, note.ask, (moments, attack));
        }
    }

    /// A model comes into a voice that sounds, as the second one of its mixture.
    pub(crate) fn enter(&mut self, before: &Mixture, note: &Begun<'_>, at: Instant) {
        let entering = note.mixture.of[1];
        let is_painted = self.is_painted(before);
        let Some(place) = entering else {
            return;
        };
        let timbre = self.timbres[place].as_mut();
        let Some(timbre) = timbre.filter(|timbre| note.voice < timbre.voices()) else {
            return;
        };
        let job = Job {
            voice: note.voice,
            row: 0,
            ask: note.ask,
        };
        timbre.start(note.voice, &note.onset, note.ask, at);
        if timbre.paints() && is_painted {
            timbre.decode(&[job], 1);
            timbre.take(&job, 0);
            return;
        }
        timbre.decode(&[job], timbre.moments());
        if timbre.paints() {
            let alone = Begun {
                mixture: Mixture::only(entering),
                ..*note
            };
            self.begin_painting(0, &alone);
        } else {
            timbre.prefill(&job);
        }
    }

    /// What a voice sounds like in a part of a tick, before its loudness.
    pub(crate) fn render(&mut self, voice: usize, ask: &Ask, stretch: &Stretch) -> [&[f32]; 2] {
        let count = stretch.count;
        for channel in &mut self.both {
            channel[..count].fill(0.0);
        }
        let mixture = &stretch.mixture;
        let paints = mixture.of.map(|of| self.paints(of));
        let [older, old] = stretch.was;
        let of = |number: usize| Bend::of(number, [older, old, mixture.share]);
        match paints {
            [true, true] => self.paint(voice, ask, stretch, Bend::FULL),
            [true, false] => self.paint(voice, ask, stretch, of(0)),
            [false, true] => self.paint(voice, ask, stretch, of(1)),
            [false, false] => {}
        }
        let sounding = if mixture.is_single() { 1 } else { 2 };
        for (number, paints) in paints.iter().enumerate().take(sounding) {
            if !paints && let Some(place) = mixture.of[number] {
                self.add_frames(place, (voice, ask), stretch, of(number));
            }
        }
        self.both.each_ref().map(|channel| &channel[..count])
    }

    /// Adds what a voice paints.
    fn paint(&mut self, voice: usize, ask: &Ask, stretch: &Stretch, bend: Bend) {
        let Some(studio) = &mut self.studio else {
            return;
        };
        let (canvas, mixture) = (&mut studio.canvases[voice], &stretch.mixture);
        let mut done = 0;
        while done < stretch.count {
            while let Some(due) = canvas.due(ask) {
                match due {
                    Due::Hop(sung) => go_on(&mut self.timbres, mixture, |timbre| {
                        timbre.next_hop(voice, ask, sung);
                    }),
                    Due::Frame => {
                        let of = |timbre: &mut Timbre| timbre.now(voice);
                        let moment = mixed(&mut self.timbres, mixture, of, Moment::between);
                        let moment = moment.unwrap_or_else(Moment::silence);
                        canvas.paint(&mut studio.painter, ask, &moment);
                    }
                }
            }
            let read = canvas.read(stretch.count - done);
            let count = read[0].len();
            for (sum, samples) in self.both.iter_mut().zip(read) {
                let sum = &mut sum[done..done + count];
                add(sum, samples, bend, stretch, done);
            }
            done += count;
        }
    }

    /// Adds the frames of one model.
    fn add_frames(
        &mut self,
        place: usize,
        (voice, ask): (usize, &Ask),
        stretch: &Stretch,
        bend: Bend,
    ) {
        let Some(timbre) = &mut self.timbres[place] else {
            return;
        };
        let one = &mut self.one[..stretch.count];
        timbre.render(voice, ask, one);
        for sum in &mut self.both {
            add(&mut sum[..stretch.count], one, bend, stretch, 0);
        }
    }

    /// The amplitude heard between each two frequencies.
    pub(crate) fn picture(
        &self,
        voice: usize,
        mixture: &Mixture,
        edges_hz: &[f64],
        spectrum: &mut Spectrum,
    ) {
        let loudest = mixture.loudest();
        if self.paints(loudest) {
            if let Some(studio) = &self.studio {
                studio.canvases[voice].picture(&studio.painter, edges_hz, spectrum);
            }
        } else if let Some(timbre) = loudest.and_then(|place| self.timbres[place].as_ref()) {
            timbre.picture(voice, edges_hz, spectrum);
        }
    }
}

/// Notes begin with one of their models.
fn begin_with(timbre: &mut Timbre, place: Ingredient, notes: &[Begun<'_>]) {
    let Some(first) = notes.first() else {
        return;
    };
    let mut jobs = [Job {
        voice: first.voice,
        row: 0,
        ask: first.ask,
    }; ROWS];
    let mut count = 0;
    for (row, note) in notes.iter().enumerate().take(ROWS) {
        if note.mixture.has(place) && note.voice < timbre.voices() {
            jobs[count] = Job {
                voice: note.voice,
                row,
                ask: note.ask,
            };
            count += 1;
            timbre.start(note.voice, &note.onset, note.ask, Instant::default());
        }
    }
    timbre.decode(&jobs[..count], timbre.moments());
    for job in &jobs[..count] {
        timbre.prefill(job);
    }
}

type Timbres = [Option<Box<Timbre>>; MODELS + 1];

/// Something is done with every model of a mixture that is painted.
fn go_on(timbres: &mut Timbres, mixture: &Mixture, mut does: impl FnMut(&mut Timbre)) {
    let both = if mixture.is_single() { 1 } else { 2 };
    for place in mixture.of.iter().take(both).flatten() {
        if let Some(timbre) = timbres[*place].as_mut().filter(|timbre| timbre.paints()) {
            does(timbre);
        }
    }
}

/// What a mixture's models make together of one thing that they tell, if any of them is painted.
fn mixed<T>(
    timbres: &mut Timbres,
    mixture: &Mixture,
    mut of: impl FnMut(&mut Timbre) -> T,
    between: impl Fn(&T, &T, f32) -> T,
) -> Option<T> {
    let mut found: Option<T> = None;
    go_on(timbres, mixture, |timbre| {
        let told = of(timbre);
        found = Some(match &found {
            Some(first) => between(first, &told, mixture.share),
            None => told,
        });
    });
    found
}

/// Adds samples whose gain bends from one end of the tick to the other; `done` samples of the stretch
/// have been added before.
fn add(sum: &mut [f32], samples: &[f32], bend: Bend, stretch: &Stretch, done: usize) {
    if bend == Bend::FULL {
        sum.iter_mut().zip(samples).for_each(|(sum, x)| *sum += x);
        return;
    }
    let step = real(stretch.tick.max(1)).recip();
    let first = stretch.passed + done;
    for (at, (sum, x)) in sum.iter_mut().zip(samples).enumerate() {
        *sum += x * bend.at(step * real(first + at));
    }
}
