//! The audio thread's side of the movement: what is recorded, and what the engine plays.
//!
//! ```text
//!  Movement Record ─┐
//!  latents, samples ┴─► Take ─► Trajectory ─┐
//!  a project, a file ─► next ───────────────┴─► now ─► engine
//! ```
//!
//! *Real time:* all of it.

use super::keeper::{MovementFile, Next, Recorded};
use super::recorder::{Room, Take, Taken};
use crate::snapshot::Heard;
use betwixt_engine::{Controls, Course, Engine, LATENTS, Trajectory, Transport};
use std::sync::Arc;

/// No piece has a beat after this one.
const LAST_BEAT: f64 = 999_999.0;

/// What is recorded and played.
pub(crate) struct Tape {
    state: State,
    /// Room that a recording of nothing has left.
    spare: Option<Room>,
    now: Arc<Trajectory>,
    /// Whether the engine plays it.
    is_told: bool,
    /// Whether it is the one that the engine plays, bent.
    goes_on: bool,
    /// Which choice of the player's it comes after.
    choice: u64,
    rate_hz: f64,
    /// Where the host is at the next sample.
    transport: Transport,
    has_work: bool,
}

/// Whether something is recorded.
enum State {
    Idle,
    Taking(Take),
    /// There is no more room; Record is still on.
    Full,
    /// Cut off by a reset or the end of an activation; not handed on yet.
    Stopped(Take),
    /// A movement has been chosen while Record is on: that is no wish to record over it.
    Deaf,
}

impl Tape {
    /// Nothing is recorded, nothing moves.
    pub(crate) fn new() -> Self {
        Self {
            state: State::Idle,
            spare: None,
            now: Arc::default(),
            is_told: false,
            goes_on: false,
            choice: 0,
            rate_hz: 48_000.0,
            transport: Transport::default(),
            has_work: false,
        }
    }

    /// The engine is another one, at a sample rate.
    pub(crate) fn forget_engine(&mut self, rate_hz: f32) {
        self.is_told = false;
        self.rate_hz = f64::from(rate_hz);
    }

    /// What the host says at the next call's first sample.
    pub(crate) fn hear(&mut self, transport: &Transport) {
        let beats = transport.beats.filter(|beats| beats.abs() < LAST_BEAT);
        let bpm = if transport.bpm.is_finite() {
            transport.bpm.clamp(1.0, 1_000.0)
        } else {
            Transport::default().bpm
        };
        self.transport = Transport { bpm, beats };
        if let State::Taking(take) = &mut self.state {
            take.follow(&self.transport);
        }
    }

    /// A recording ends here, and is kept.
    pub(crate) fn stop(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Idle) {
            State::Taking(take) => State::Stopped(take),
            other => other,
        };
    }

    /// Whether the movement's keeper has something to do, since this was last asked.
    pub(crate) fn take_work(&mut self) -> bool {
        std::mem::take(&mut self.has_work)
    }

    /// Hands on what has been cut off.
    pub(crate) fn keep(&mut self, file: &MovementFile) {
        if matches!(self.state, State::Stopped(_)) {
            self.end(file, State::Idle);
        }
    }

    /// Records, or ends recording, as the player has set it, and tells the engine what it plays;
    /// gives back what it is to be played by. While something is recorded the movement rests.
    pub(crate) fn follow(
        &mut self,
        heard: Heard,
        file: &MovementFile,
        engine: Option<&mut Engine>,
    ) -> Controls {
        self.keep(file);
        if let Some(next) = file.next() {
            self.choose(next, heard.is_recording, file);
        }
        match (&self.state, heard.is_recording) {
            (State::Idle, true) => self.begin(file),
            (State::Taking(_), false) => self.end(file, State::Idle),
            (State::Full | State::Deaf, false) => self.state = State::Idle,
            _ => {}
        }
        if let Some(engine) = engine
            && !std::mem::replace(&mut self.is_told, true)
        {
            let now = Arc::clone(&self.now);
            file.free(if self.goes_on {
                engine.bend_trajectory(now)
            } else {
                engine.follow_trajectory(now)
            });
        }
        let mut controls = heard.controls;
        if heard.is_recording && !matches!(self.state, State::Deaf) {
            controls.movement.course = Course::Off;
        }
        controls
    }

    /// Samples have been played, with the latents at these places.
    pub(crate) fn pass(&mut self, latents: &[f32; LATENTS], samples: usize, file: &MovementFile) {
        if let Some(beats) = &mut self.transport.beats {
            *beats += samples as f64 / self.rate_hz * self.transport.bpm / 60.0;
        }
        if let State::Taking(take) = &mut self.state
            && !take.pass(latents, samples)
        {
            self.end(file, State::Full);
        }
    }

    fn begin(&mut self, file: &MovementFile) {
        let room = self.spare.take().or_else(|| {
            // Another one is made, for the next or, where there was none, for this one.
            self.has_work = true;
            file.room()
        });
        if let Some(room) = room {
            self.state = State::Taking(Take::new(room, &self.transport, self.rate_hz));
        }
    }

    fn end(&mut self, file: &MovementFile, after: State) {
        let before = std::mem::replace(&mut self.state, after);
        let (State::Taking(take) | State::Stopped(take)) = before else {
            return;
        };
        match take.end() {
            Taken::Movement(movement) => {
                file.record(Recorded {
                    movement: Arc::clone(&movement),
                    choice: self.choice,
                });
                self.play(movement, false, file);
                self.has_work = true;
            }
            Taken::Nothing(room) => self.spare = Some(room),
        }
    }

    /// The player has chosen a movement: what is being recorded is not wanted any more.
    fn choose(&mut self, next: Next, is_recording: bool, file: &MovementFile) {
        let after = if is_recording {
            State::Deaf
        } else {
            State::Idle
        };
        if let State::Taking(take) = std::mem::replace(&mut self.state, after) {
            self.spare = Some(take.give_back());
        }
        self.choice = next.choice;
        self.play(next.movement, next.goes_on, file);
        self.has_work = true;
    }

    fn play(&mut self, movement: Arc<Trajectory>, goes_on: bool, file: &MovementFile) {
        file.free(std::mem::replace(&mut self.now, movement));
        // What the engine has not been told of begins all the same.
        self.goes_on = goes_on && (self.is_told || self.goes_on);
        self.is_told = false;
    }
}
