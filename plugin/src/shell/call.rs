//! One call under way: events in, samples out, cut where a controller moves something.
//!
//! ```text
//!  event ─┬─ mapped ─► play up to it ─► Router ─► what is held has moved: new Controls from here
//!         └─ other ──► [Event], of this call or of the next
//! ```
//!
//! Of what comes at one sample controllers are heard first, so that a note and what it is struck
//! with meet, wherever blocks begin.
//!
//! *Real time:* nothing allocates; a list that is full is played and emptied at its place.

use crate::controllers::{Hands, Registered, Router};
use crate::events::{EventList, wheel};
use crate::movement::Tape;
use crate::parameters::Parameters;
use crate::snapshot;
use betwixt_engine::{Controls, Ended, Engine};
use nice_plug::prelude::NoteEvent;

/// One call.
pub(super) struct Call<'a> {
    /// What plays.
    pub(super) engine: &'a mut Engine,
    /// What happens in this call.
    pub(super) events: &'a mut EventList,
    /// What happens at the first sample of the next one.
    pub(super) late: &'a mut EventList,
    /// Where new controls are read from.
    pub(super) parameters: &'a Parameters,
    /// What is recorded, and what moves.
    pub(super) tape: &'a mut Tape,
    /// What is played by, until a controller moves something.
    pub(super) controls: Controls,
    /// Whether one has, since they were read.
    pub(super) is_stale: bool,
    /// What keyboards say about themselves.
    pub(super) registered: &'a mut Registered,
    /// The notes that end, in a list of fixed room.
    pub(super) ended: &'a mut Vec<Ended>,
    /// Both channels.
    pub(super) out: [&'a mut [f32]; 2],
    /// Samples played.
    pub(super) done: usize,
}

impl Call<'_> {
    /// Takes all events of the call, and plays all of it.
    pub(super) fn run(
        &mut self,
        router: &mut Router,
        hands: &Hands<'_>,
        mut next: impl FnMut() -> Option<NoteEvent<()>>,
    ) {
        let len = self.out[0].len();
        loop {
            let event = next();
            let at = event.as_ref().map_or(len, sample).clamp(self.done, len);
            while let Some(due) = router.due().filter(|due| *due <= at && *due < len) {
                self.advance(due);
                self.is_stale |= router.ripen(hands);
            }
            match event {
                Some(event) => self.take(router, hands, (&event, at)),
                None => break,
            }
        }
        self.finish(len);
    }

    /// Hands an event on: to the router, if it is mapped, else to a list.
    fn take(
        &mut self,
        router: &mut Router,
        hands: &Hands<'_>,
        (event, at): (&NoteEvent<()>, usize),
    ) {
        let is_mapped = router.is_mapped(event);
        if is_mapped {
            self.advance(at);
        }
        // What is not mapped may still be learnt.
        self.is_stale |= router.hear(event, at, hands);
        if is_mapped {
            return;
        }
        if let Some(position) = wheel(event) {
            hands.controllers.turn_wheel(position);
        }
        if let Some(said) = self.registered.hear(event) {
            self.advance(at);
            Registered::hold(said, hands);
            self.is_stale = true;
        }
        let len = self.out[0].len();
        if at == len && len > 0 && self.late.has_room() {
            self.late.add(event, 0);
            return;
        }
        if !self.events.has_room() {
            self.finish(at);
        }
        self.events.add(event, at - self.done);
    }

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
            let heard = snapshot::heard(self.parameters);
            let file = &self.parameters.movement_file;
            self.controls = self.tape.follow(heard, file, Some(self.engine));
        }
        let events = &self.events.as_slice()[..count];
        let [left, right] = &mut self.out;
        let (left, right) = (&mut left[self.done..to], &mut right[self.done..to]);
        self.engine.process(&self.controls, events, left, right);
        let (latents, file) = (&self.controls.latents, &self.parameters.movement_file);
        self.tape.pass(latents, to - self.done, file);
        keep(self.ended, self.engine.ended(), self.done);
        self.events.move_on(count, to - self.done);
        self.done = to;
    }
}

/// Adds notes that ended to a list whose room is fixed; `first` is the sample at which they count
/// from 0.
pub(super) fn keep(list: &mut Vec<Ended>, ended: &[Ended], first: usize) {
    let room = list.capacity() - list.len();
    let later = |ended: &Ended| Ended {
        sample: ended.sample + first,
        ..*ended
    };
    list.extend(ended.iter().take(room).map(later));
}

/// The sample of the call at which a host's event happens.
pub(super) fn sample(event: &NoteEvent<()>) -> usize {
    usize::try_from(event.timing()).unwrap_or(usize::MAX)
}
