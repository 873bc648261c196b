//! What plays, on the audio thread: the engine, the events on their way to it, who rules what.
//!
//! ```text
//!  Idle ── activate ─► Ready(engine) ── another model is chosen ─► Waiting ─► Ready(its engine)
//!                                        the old engine fades (leaving)
//!
//!  one call:  parameters, what controllers hold ─► Controls ──┐
//!             host events ─┬─ mapped ─► Router ─► holds ▲     │
//!                          └─ others ─► [Event] ──────────────┴─► Engine ─► left, right [block]
//! ```
//!
//! While the chosen model is made ready nothing else is played in its place: notes are let go by,
//! controllers are remembered.
//!
//! *Real time:* `activate` and `deactivate` allocate and free; nothing else does. A list of events
//! that is full is played and emptied at its place in the block, so that no event is ever dropped.

use super::call::{Call, sample};
use super::exchange::{Exchange, Order};
use super::leaving::Leaving;
use super::rulers::Rulers;
use crate::controllers::{Registered, Router};
use crate::events::{EventList, wheel};
use crate::movement::{MovementFile, Tape};
use crate::parameters::Parameters;
use crate::snapshot::{self, Heard};
use crate::tuning::{Choice, Tuner};
use betwixt_engine::{Ended, Engine, Transport};
use nice_plug::prelude::{NoteEvent, ProcessStatus};

/// Notes whose end is told in one call, at most.
const MOST_ENDED: usize = 1_024;

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
    router: Router,
    registered: Registered,
    /// The notes that ended in this call; its room is fixed.
    ended: Vec<Ended>,
    tuner: Tuner,
    tape: Tape,
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

impl Player {
    /// Not activated.
    pub(super) fn new() -> Self {
        Self {
            stage: Stage::Idle,
            order: None,
            leaving: Leaving::new(),
            events: EventList::new(),
            late: EventList::new(),
            rulers: Rulers::new(),
            router: Router::new(),
            registered: Registered::new(),
            ended: Vec::with_capacity(MOST_ENDED),
            tuner: Tuner::new(),
            tape: Tape::new(),
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
        self.tape.forget_engine(order.settings.sample_rate_hz);
        self.order = Some(order);
        self.reset();
    }

    /// There is no engine any more; what is being recorded ends and is kept. Frees: not on the
    /// audio thread.
    pub(super) fn deactivate(&mut self, movement: &MovementFile) {
        self.tape.stop();
        self.tape.keep(movement);
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
        self.rulers.forget();
        self.tape.stop();
        self.registered.reset();
        self.ended.clear();
        let rate_hz = self.order.map(|order| order.settings.sample_rate_hz);
        self.router.reset(rate_hz.unwrap_or(0.0));
        self.is_sounding = false;
    }

    /// Every sound ends at the first sample of the next call, without a click; all controls stay.
    pub(super) fn silence(&mut self) {
        self.events.add_silence();
    }

    /// Whether anything is heard.
    pub(super) fn is_sounding(&self) -> bool {
        self.is_sounding
    }

    /// Whether something has been recorded since the last time that this was asked.
    pub(super) fn take_recorded(&mut self) -> bool {
        self.tape.take_work()
    }

    /// Whether a controller has moved something since the last time that this was asked.
    pub(super) fn take_moved(&mut self) -> bool {
        self.router.take_moved()
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
            // One that was asked for before the host activated anew.
            let late = exchange.take().map(|late| exchange.free(late.engine));
            return is_gone.is_some() || late.is_some();
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
                self.tape.forget_engine(order.settings.sample_rate_hz);
                self.rulers.forget();
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

    /// Fills both channels; `next` gives the host's events in the order of their samples. True when
    /// a parameter has learnt its controller.
    ///
    /// The framework cuts a block where a parameter moves, and hands over a note that came first at
    /// that sample with the part before: it is kept for the part that begins there, so that note and
    /// parameter meet whatever the block size.
    pub(super) fn play(
        &mut self,
        parameters: &Parameters,
        transport: &Transport,
        [left, right]: [&mut [f32]; 2],
        next: impl FnMut() -> Option<NoteEvent<()>>,
    ) -> bool {
        self.is_muted = false;
        self.ended.clear();
        self.tape.hear(transport);
        if let Stage::Ready(engine, _) = &mut self.stage {
            engine.follow_transport(transport);
        }
        let len = left.len();
        self.router.follow(&parameters.map);
        let heard = self
            .rulers
            .agree(parameters, &mut self.router, &mut self.events);
        if matches!(self.stage, Stage::Ready(..)) {
            self.perform(parameters, heard, [left, right], next);
        } else {
            self.wait(parameters, [left, right], next);
        }
        self.router.pass(len, &parameters.map)
    }

    fn perform(
        &mut self,
        parameters: &Parameters,
        heard: Heard,
        [left, right]: [&mut [f32]; 2],
        next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        let Stage::Ready(engine, _) = &mut self.stage else {
            return;
        };
        let file = &parameters.movement_file;
        let controls = self.tape.follow(heard, file, Some(engine));
        let mut call = Call {
            engine,
            events: &mut self.events,
            late: &mut self.late,
            parameters,
            tape: &mut self.tape,
            controls,
            is_stale: false,
            registered: &mut self.registered,
            ended: &mut self.ended,
            out: [&mut *left, &mut *right],
            done: 0,
        };
        let hands = parameters.hands(&self.rulers.set);
        call.run(&mut self.router, &hands, next);
        self.leaving
            .add_to(&controls, &mut self.ended, [left, right]);
        std::mem::swap(&mut self.events, &mut self.late);
        self.is_sounding = engine.sounding() > 0;
        self.ended.sort_unstable_by_key(|ended| ended.sample);
    }

    /// The notes that ended in the last call, in the order of their samples.
    pub(super) fn ended(&self) -> &[Ended] {
        &self.ended
    }

    /// What is left of the last model; notes go by until the chosen one is ready.
    fn wait(
        &mut self,
        parameters: &Parameters,
        [left, right]: [&mut [f32]; 2],
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        let hands = parameters.hands(&self.rulers.set);
        while let Some(event) = next() {
            let is_mapped = self.router.is_mapped(&event);
            self.router
                .hear(&event, sample(&event).min(left.len()), &hands);
            if is_mapped {
                continue;
            }
            if let Some(position) = wheel(&event) {
                parameters.controllers.turn_wheel(position);
            }
            if let Some(said) = self.registered.hear(&event) {
                Registered::hold(said, &hands);
            }
        }
        while self.router.due().is_some_and(|due| due < left.len()) {
            self.router.ripen(&hands);
        }
        self.events.clear();
        self.late.clear();
        left.fill(0.0);
        right.fill(0.0);
        let (heard, file) = (snapshot::heard(parameters), &parameters.movement_file);
        let controls = self.tape.follow(heard, file, None);
        self.tape.pass(&controls.latents, left.len(), file);
        self.leaving
            .add_to(&controls, &mut self.ended, [left, right]);
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
        self.ended.clear();
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
