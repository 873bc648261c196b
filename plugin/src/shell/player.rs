//! What plays, on the audio thread: the engine, the events on their way to it, who rules what.
//!
//! ```text
//!  activate ─► engine ◄─ fit ─ exchange: models made ready beside it; what was there goes back
//!
//!  one call:  parameters, what controllers hold ─► Controls ──┐
//!             host events ─┬─ mapped ─► Router ─► holds ▲     │
//!                          └─ others ─► [Event] ──────────────┴─► Engine ─► left, right [block]
//! ```
//!
//! *Real time:* `activate` and `deactivate` allocate and free; nothing else does. A list of events
//! that is full is played and emptied at its place in the block, so that no event is ever dropped.

use super::call::Call;
use super::exchange::Exchange;
use super::rulers::Rulers;
use crate::controllers::{Registered, Router};
use crate::events::EventList;
use crate::movement::{MovementFile, Tape};
use crate::parameters::Parameters;
use crate::snapshot::Heard;
use crate::tuning::{Choice, Tuner};
use betwixt_engine::{Ended, Engine, MODELS, Transport};
use nice_plug::prelude::{NoteEvent, ProcessStatus};

/// Notes whose end is told in one call, at most.
const MOST_ENDED: usize = 1_024;

/// What plays.
pub(super) struct Player {
    /// None before the host has told the sample rate.
    engine: Option<Box<Engine>>,
    /// Samples per second of the sound; 0 before the first activation.
    rate_hz: f32,
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
}

impl Player {
    /// Not activated.
    pub(super) fn new() -> Self {
        Self {
            engine: None,
            rate_hz: 0.0,
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
        }
    }

    /// Plays this engine from now on.
    pub(super) fn activate(&mut self, engine: Box<Engine>, rate_hz: f32) {
        self.engine = Some(engine);
        self.is_tuned = false;
        self.tape.forget_engine(rate_hz);
        self.rate_hz = rate_hz;
        self.reset();
    }

    /// There is no engine any more; what is being recorded ends and is kept. Frees: not on the
    /// audio thread.
    pub(super) fn deactivate(&mut self, movement: &MovementFile) {
        self.tape.stop();
        self.tape.keep(movement);
        // What is shown of it is that nothing sounds.
        self.reset();
        self.engine = None;
    }

    /// Silence, as freshly activated.
    pub(super) fn reset(&mut self) {
        if let Some(engine) = &mut self.engine {
            engine.reset();
        }
        self.events.clear();
        self.late.clear();
        self.rulers.forget();
        self.tape.stop();
        self.registered.reset();
        self.ended.clear();
        self.router.reset(self.rate_hz);
        self.is_sounding = false;
    }

    /// Every sound ends at the first sample of the next call, without a click; all controls stay.
    pub(super) fn silence(&mut self) {
        self.events.add_silence();
    }

    /// Samples per second of the sound; 0 before the first activation.
    pub(super) fn rate_hz(&self) -> f32 {
        self.rate_hz
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

    /// Fits what is ready, and gives back what is not heard any more. True when the worker has
    /// something to do.
    pub(super) fn fit(&mut self, exchange: &Exchange) -> bool {
        let Some(engine) = &mut self.engine else {
            return false;
        };
        let mut is_something = false;
        if let Some(left) = engine.take_left() {
            exchange.free(left);
            is_something = true;
        }
        if !exchange.is_ready() {
            return is_something;
        }
        for slot in 0..MODELS {
            if !engine.can_fit() {
                break;
            }
            let Some(fitting) = exchange.take(slot) else {
                continue;
            };
            is_something = true;
            if let Err(refused) = engine.fit(slot, fitting) {
                exchange.free(refused.into());
            }
            if let Some(left) = engine.take_left() {
                exchange.free(left);
            }
        }
        is_something
    }

    /// Gives the engine the tuning in force, whenever it is another one than before.
    pub(super) fn tune(&mut self, choice: &Choice) {
        let is_other = self.tuner.follow(choice);
        if let Some(engine) = &mut self.engine
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
        self.ended.clear();
        self.tape.hear(transport);
        if let Some(engine) = &mut self.engine {
            engine.follow_transport(transport);
        }
        let len = left.len();
        self.router.follow(&parameters.map);
        let heard = self
            .rulers
            .agree(parameters, &mut self.router, &mut self.events);
        self.perform(parameters, heard, [left, right], next);
        self.router.pass(len, &parameters.map)
    }

    fn perform(
        &mut self,
        parameters: &Parameters,
        heard: Heard,
        [left, right]: [&mut [f32]; 2],
        next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        let Some(engine) = &mut self.engine else {
            left.fill(0.0);
            right.fill(0.0);
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
            out: [left, right],
            done: 0,
        };
        let hands = parameters.hands(&self.rulers.set);
        call.run(&mut self.router, &hands, next);
        std::mem::swap(&mut self.events, &mut self.late);
        self.is_sounding = engine.sounding() > 0;
        self.ended.sort_unstable_by_key(|ended| ended.sample);
    }

    /// The notes that ended in the last call, in the order of their samples.
    pub(super) fn ended(&self) -> &[Ended] {
        &self.ended
    }

    /// Hosts may let a silent instrument sleep until the next event. One that does not sleep yet is
    /// kept `awake` where keys may come that are no events of the host's.
    pub(super) fn status(&self, awake: bool) -> ProcessStatus {
        if self.is_sounding || awake {
            ProcessStatus::KeepAlive
        } else {
            ProcessStatus::Normal
        }
    }
}
