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
//! Where a mapped controller moves something the engine plays up to that sample, and on from it with
//! new controls: the block's size cannot be heard. Of what comes at one sample controllers are heard
//! first, so that a note and what it is struck with meet.
//!
//! While the chosen model is made ready nothing else is played in its place: notes are let go by,
//! controllers are remembered.
//!
//! *Real time:* `activate` and `deactivate` allocate and free; nothing else does. A list of events
//! that is full is played and emptied at its place in the block, so that no event is ever dropped.

use super::exchange::{Exchange, Order};
use super::leaving::Leaving;
use crate::controllers::{Hands, Router};
use crate::events::{EventList, wheel};
use crate::parameters::{Parameters, ROOM};
use crate::snapshot;
use betwixt_engine::{Controls, Engine};
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
    router: Router,
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

/// Who rules each parameter, itself or a controller: whoever moved last.
struct Rulers {
    /// Where the parameters were set in the last call.
    set: [f32; ROOM],
    /// Whether there was one since the reset.
    has_seen: bool,
}

impl Rulers {
    fn new() -> Self {
        Self {
            set: [0.0; ROOM],
            has_seen: false,
        }
    }

    /// Lets a parameter that has moved take itself back. After a reset, for a new engine and where a
    /// project has just been loaded nothing has moved; then the engine is told the wheel.
    fn agree(&mut self, parameters: &Parameters, router: &mut Router, events: &mut EventList) {
        let controllers = &parameters.controllers;
        let is_loaded = controllers.take_loaded();
        let is_fresh = is_loaded || !std::mem::replace(&mut self.has_seen, true);
        let mut place = 0;
        parameters.each(&mut |entry| {
            let position = entry.knob.position();
            let before = std::mem::replace(&mut self.set[place], position);
            if !is_fresh && before.to_bits() != position.to_bits() {
                controllers.release(place);
                router.let_go(place);
            }
            place += 1;
        });
        if is_fresh {
            router.forget();
            events.add_wheel(controllers.wheel());
        }
    }
}

/// One call under way.
struct Call<'a> {
    engine: &'a mut Engine,
    events: &'a mut EventList,
    parameters: &'a Parameters,
    controls: Controls,
    /// Whether a controller has moved something since the controls were read.
    is_stale: bool,
    left: &'a mut [f32],
    right: &'a mut [f32],
    /// Samples played.
    done: usize,
}

impl Call<'_> {
    /// Plays up to a sample; what happens at that sample itself is still to come.
    fn advance(&mut self, to: usize) {
        if to > self.done {
            let count = self.events.before(to - self.done);
            self.render(to, count);
        }
    }

    /// Plays up to a sample, and everything that has come.
    fn finish(&mut self, to: usize) {
        self.render(to, self.events.as_slice().len());
    }

    fn render(&mut self, to: usize, count: usize) {
        if std::mem::take(&mut self.is_stale) {
            self.controls = snapshot::controls(self.parameters);
        }
        let events = &self.events.as_slice()[..count];
        let (left, right) = (
            &mut self.left[self.done..to],
            &mut self.right[self.done..to],
        );
        self.engine.process(&self.controls, events, left, right);
        self.events.move_on(count, to - self.done);
        self.done = to;
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
            rulers: Rulers::new(),
            router: Router::new(),
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
        self.rulers.has_seen = false;
        self.router.reset(
            self.order
                .map_or(0.0, |order| order.settings.sample_rate_hz),
        );
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
                self.rulers.has_seen = false;
            }
            Some(late) => exchange.free(late.engine),
            None => {}
        }
        is_something
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
        [left, right]: [&mut [f32]; 2],
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) -> bool {
        self.is_muted = false;
        let len = left.len();
        self.router.follow(&parameters.map);
        let Stage::Ready(engine, _) = &mut self.stage else {
            self.wait(parameters, [left, right], next);
            return self.router.pass(len, &parameters.map);
        };
        self.rulers
            .agree(parameters, &mut self.router, &mut self.events);
        let controls = snapshot::controls(parameters);
        let mut call = Call {
            engine,
            events: &mut self.events,
            parameters,
            controls,
            is_stale: false,
            left: &mut *left,
            right: &mut *right,
            done: 0,
        };
        let hands = Hands {
            map: &parameters.map,
            controllers: &parameters.controllers,
            set: &self.rulers.set,
        };
        loop {
            let event = next();
            let at = event
                .as_ref()
                .map_or(len, |event| sample(event).clamp(call.done, len));
            while let Some(due) = self.router.due().filter(|due| *due <= at && *due < len) {
                call.advance(due);
                call.is_stale |= self.router.ripen(&hands);
            }
            let Some(event) = event else {
                break;
            };
            take(
                &mut call,
                &mut self.router,
                (&event, at),
                &hands,
                &mut self.late,
            );
        }
        call.finish(len);
        self.leaving.add_to(&controls, left, right);
        std::mem::swap(&mut self.events, &mut self.late);
        self.is_sounding = engine.sounding() > 0;
        self.router.pass(len, &parameters.map)
    }

    /// What is left of the last model; notes go by until the chosen one is ready.
    fn wait(
        &mut self,
        parameters: &Parameters,
        [left, right]: [&mut [f32]; 2],
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        let hands = Hands {
            map: &parameters.map,
            controllers: &parameters.controllers,
            set: &self.rulers.set,
        };
        while let Some(event) = next() {
            let is_mapped = self.router.is_mapped(&event);
            self.router
                .hear(&event, sample(&event).min(left.len()), &hands);
            if let Some(position) = wheel(&event).filter(|_| !is_mapped) {
                parameters.controllers.turn_wheel(position);
            }
        }
        while self.router.due().is_some_and(|due| due < left.len()) {
            self.router.ripen(&hands);
        }
        self.late.clear();
        left.fill(0.0);
        right.fill(0.0);
        let controls = snapshot::controls(parameters);
        self.leaving.add_to(&controls, left, right);
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

/// Hands an event on: to the router, if it is mapped, else to the engine's list, or to that of the
/// next call.
fn take(
    call: &mut Call<'_>,
    router: &mut Router,
    (event, at): (&NoteEvent<()>, usize),
    hands: &Hands<'_>,
    late: &mut EventList,
) {
    let is_mapped = router.is_mapped(event);
    if is_mapped {
        call.advance(at);
    }
    // What is not mapped may still be learnt.
    call.is_stale |= router.hear(event, at, hands);
    if is_mapped {
        return;
    }
    if let Some(position) = wheel(event) {
        hands.controllers.turn_wheel(position);
    }
    let len = call.left.len();
    if at == len && len > 0 && late.has_room() {
        late.add(event, 0);
        return;
    }
    if !call.events.has_room() {
        call.finish(at);
    }
    call.events.add(event, at - call.done);
}

fn sample(event: &NoteEvent<()>) -> usize {
    usize::try_from(event.timing()).unwrap_or(usize::MAX)
}
