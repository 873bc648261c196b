//! What plays, on the audio thread: the engine, the events on their way to it, who rules what.
//!
//! ```text
//!  Idle ── activate ─► Ready(engine) ── another model is chosen ─► Waiting ─► Ready(its engine)
//!                                        the old engine fades (leaving)
//!
//!  one call:  parameters ─► Controls ──┐
//!             host events ─► [Event] ──┴─► Engine ─► left, right [block]
//! ```
//!
//! While the chosen model is made ready nothing else is played in its place: notes are let go by,
//! controllers are remembered.
//!
//! *Real time:* `activate` and `deactivate` allocate and free; nothing else does. A list of events
//! that is full is played and emptied at its place in the block, so that no event is ever dropped.

use super::exchange::{Exchange, Order};
use super::leaving::Leaving;
use crate::events::{EventList, moved};
use crate::state::{Controllers, WHEEL};
use crate::tuning::{Choice, Tuner};
use betwixt_engine::{Controls, Engine, LATENTS};
use nice_plug::prelude::{NoteEvent, ProcessStatus};

/// What plays.
pub(super) struct Player {
    stage: Stage,
    /// The engine that was asked for last.
    order: Option<Order>,
    leaving: Leaving,
    events: EventList,
    /// Events of the first sample after the call.
    late: EventList,
    rulers: Rulers,
    tuner: Tuner,
    /// Whether the engine has been given the tuning in force.
    is_tuned: bool,
    is_sounding: bool,
    is_muted: bool,
}

/// Whether there is an engine.
enum Stage {
    /// Not activated: the host has not told the sample rate.
    Idle,
    /// The chosen model is being made ready.
    Waiting,
    /// The engine of a model, which is told by its number.
    Ready(Box<Engine>, usize),
}

/// Who rules each latent, parameter or controller: whoever moved last.
#[derive(Default)]
struct Rulers {
    /// The parameters as they were in the last call; nothing after a reset.
    seen: Option<[f32; LATENTS]>,
}

impl Rulers {
    /// Lets a parameter that has moved take its latent back. A new engine, or one whose project has
    /// just been loaded, is told where every latent stands, and the wheel.
    fn agree(&mut self, controls: &Controls, controllers: &Controllers, events: &mut EventList) {
        let seen = self.seen.replace(controls.latents);
        match seen.filter(|_| !controllers.take_loaded()) {
            Some(seen) => {
                for (latent, (then, now)) in seen.iter().zip(&controls.latents).enumerate() {
                    if then.to_bits() != now.to_bits() {
                        controllers.release(latent);
                    }
                }
            }
            None => {
                for (latent, &own) in controls.latents.iter().enumerate() {
                    let position = controllers.position(latent).unwrap_or(own);
                    events.add_held(latent, position);
                }
                events.add_held(WHEEL, controllers.position(WHEEL).unwrap_or(0.0));
            }
        }
    }
}

impl Player {
    /// Not activated.
    pub(super) fn new() -> Self {
        Self {
            stage: Stage::Idle,
            order: None,
            leaving: Leaving::new(),
            events: EventList::new(),
            late: EventList::new(),
            rulers: Rulers::default(),
            tuner: Tuner::new(),
            is_tuned: false,
            is_sounding: false,
            is_muted: false,
        }
    }

    /// How often the player has been activated.
    pub(super) fn activation(&self) -> u64 {
        self.order.map_or(0, |order| order.activation)
    }

    /// Plays this engine from now on, which was made as ordered.
    pub(super) fn activate(&mut self, engine: Box<Engine>, order: Order) {
        self.stage = Stage::Ready(engine, order.model);
        self.is_tuned = false;
        self.order = Some(order);
        self.reset();
    }

    /// There is no engine any more. Frees: not on the audio thread.
    pub(super) fn deactivate(&mut self) {
        self.stage = Stage::Idle;
        drop(self.leaving.end());
    }

    /// Silence, as freshly activated.
    pub(super) fn reset(&mut self) {
        if let Stage::Ready(engine, _) = &mut self.stage {
            engine.reset();
        }
        self.leaving.silence();
        self.events.clear();
        self.late.clear();
        self.rulers = Rulers::default();
        self.is_sounding = false;
    }

    /// Whether anything is heard.
    pub(super) fn is_sounding(&self) -> bool {
        self.is_sounding
    }

    /// Follows the choice of a model: lets the engine of another one go, asks for its own, takes it
    /// when it is there. True when the worker has something to do.
    pub(super) fn follow(&mut self, chosen: usize, exchange: &Exchange) -> bool {
        let is_gone = self.leaving.gone().map(|engine| exchange.free(engine));
        let Some(order) = &mut self.order else {
            return false;
        };
        let is_other = matches!(&self.stage, Stage::Ready(_, model) if *model != chosen);
        if is_other {
            let stage = std::mem::replace(&mut self.stage, Stage::Waiting);
            if let Stage::Ready(engine, _) = stage
                && let Some(hurried) = self.leaving.begin(engine)
            {
                exchange.free(hurried);
            }
        }
        if !matches!(self.stage, Stage::Waiting) {
            return is_gone.is_some();
        }
        let is_new = is_other || order.model != chosen;
        if is_new {
            order.model = chosen;
            exchange.ask(*order);
        }
        let fresh = exchange.take();
        let is_something = is_new || is_gone.is_some() || fresh.is_some();
        match fresh {
            Some(fresh) if fresh.order == *order => {
                exchange.show(fresh.engine.telemetry());
                self.stage = Stage::Ready(fresh.engine, chosen);
                self.is_tuned = false;
                self.rulers = Rulers::default();
            }
            Some(late) => exchange.free(late.engine),
            None => {}
        }
        is_something
    }

    /// Gives the engine the tuning in force, whenever it is another one than before.
    pub(super) fn tune(&mut self, choice: &Choice) {
        let is_other = self.tuner.follow(choice);
        if let Stage::Ready(engine, _) = &mut self.stage
            && (is_other || !self.is_tuned)
        {
            engine.tune(self.tuner.now());
            self.is_tuned = true;
        }
    }

    /// Fills both channels; `next` gives the host's events in the order of their samples.
    ///
    /// The framework cuts a block where a parameter moves, and hands over a note that came first at
    /// that sample with the part before: it is kept for the part that begins there, so that note and
    /// parameter meet whatever the block size.
    pub(super) fn play(
        &mut self,
        controls: &Controls,
        controllers: &Controllers,
        left: &mut [f32],
        right: &mut [f32],
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        self.is_muted = false;
        let Stage::Ready(engine, _) = &mut self.stage else {
            return self.wait(controls, controllers, [left, right], next);
        };
        self.rulers.agree(controls, controllers, &mut self.events);
        let mut start = 0;
        while let Some(event) = next() {
            if let Some((held, position)) = moved(&event) {
                controllers.take(held, position);
            }
            let at = sample(&event).clamp(start, left.len());
            if at == left.len() && !left.is_empty() && self.late.has_room() {
                self.late.add(&event, 0);
                continue;
            }
            if !self.events.has_room() {
                let (left, right) = (&mut left[start..at], &mut right[start..at]);
                engine.process(controls, self.events.as_slice(), left, right);
                self.events.clear();
                start = at;
            }
            self.events.add(&event, at - start);
        }
        let (rest_left, rest_right) = (&mut left[start..], &mut right[start..]);
        engine.process(controls, self.events.as_slice(), rest_left, rest_right);
        self.leaving.add_to(controls, left, right);
        self.events.clear();
        std::mem::swap(&mut self.events, &mut self.late);
        self.is_sounding = engine.sounding() > 0;
    }

    /// What is left of the last model; notes go by until the chosen one is ready.
    fn wait(
        &mut self,
        controls: &Controls,
        controllers: &Controllers,
        [left, right]: [&mut [f32]; 2],
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        while let Some(event) = next() {
            if let Some((held, position)) = moved(&event) {
                controllers.take(held, position);
            }
        }
        self.late.clear();
        left.fill(0.0);
        right.fill(0.0);
        self.leaving.add_to(controls, left, right);
        // The host must go on calling.
        self.is_sounding = true;
    }

    /// Silence, and no note that could come back later.
    pub(super) fn mute(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        while next().is_some() {}
        left.fill(0.0);
        right.fill(0.0);
        if !self.is_muted {
            self.reset();
            self.is_muted = true;
        }
    }

    /// Hosts may let a silent instrument sleep until the next event.
    pub(super) fn status(&self) -> ProcessStatus {
        if self.is_sounding {
            ProcessStatus::KeepAlive
        } else {
            ProcessStatus::Normal
        }
    }
}

fn sample(event: &NoteEvent<()>) -> usize {
    usize::try_from(event.timing()).unwrap_or(usize::MAX)
}
