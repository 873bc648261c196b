//! The engine of a model that is not played any more: its notes are cut, and their ends are heard.
//!
//! ```text
//!  engine ─ all sound off ─► its last milliseconds ─► added to left, right ─► gone
//! ```
//!
//! *Real time:* the buffers have their length from the start.

use super::call::keep;
use betwixt_engine::{Controls, Ended, Engine, Event, EventKind};

/// Samples rendered at once.
const PART: usize = 512;

/// At most one engine, fading.
pub(super) struct Leaving {
    engine: Option<Box<Engine>>,
    /// Whether its notes have been cut already.
    is_cut: bool,
    buffers: [[f32; PART]; 2],
}

impl Leaving {
    /// None.
    pub(super) fn new() -> Self {
        Self {
            engine: None,
            is_cut: false,
            buffers: [[0.0; PART]; 2],
        }
    }

    /// An engine leaves; one that has not left yet is given back.
    pub(super) fn begin(&mut self, engine: Box<Engine>) -> Option<Box<Engine>> {
        self.is_cut = false;
        self.engine.replace(engine)
    }

    /// The engine, once it is silent.
    pub(super) fn gone(&mut self) -> Option<Box<Engine>> {
        let is_silent = self.engine.as_ref().is_some_and(|e| e.sounding() == 0);
        if is_silent { self.engine.take() } else { None }
    }

    /// Nothing more is heard of it.
    pub(super) fn silence(&mut self) {
        if let Some(engine) = &mut self.engine {
            engine.reset();
        }
    }

    /// The engine, silent or not.
    pub(super) fn end(&mut self) -> Option<Box<Engine>> {
        self.engine.take()
    }

    /// Adds what is still heard of it, and its notes to those that have ended.
    pub(super) fn add_to(
        &mut self,
        controls: &Controls,
        ended: &mut Vec<Ended>,
        [left, right]: [&mut [f32]; 2],
    ) {
        let Some(engine) = &mut self.engine else {
            return;
        };
        let cut = Event {
            offset_samples: 0,
            kind: EventKind::AllSoundOff { channel: None },
        };
        let parts = left.chunks_mut(PART).zip(right.chunks_mut(PART));
        for (part, (left, right)) in parts.enumerate() {
            let events: &[Event] = if self.is_cut { &[] } else { &[cut] };
            self.is_cut = true;
            let [own_left, own_right] = &mut self.buffers;
            let own = [&mut own_left[..left.len()], &mut own_right[..left.len()]];
            let [own_left, own_right] = own;
            engine.process(controls, events, own_left, own_right);
            keep(ended, engine.ended(), part * PART);
            add(left, own_left);
            add(right, own_right);
            if engine.sounding() == 0 {
                return;
            }
        }
    }
}

/// Two sounds that are each within full scale stay there together.
fn add(out: &mut [f32], more: &[f32]) {
    for (out, more) in out.iter_mut().zip(more) {
        *out = (*out + more).clamp(-1.0, 1.0);
    }
}
