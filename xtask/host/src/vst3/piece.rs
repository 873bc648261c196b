//! Whole pieces, played on a thread of their own.
//!
//! ```text
//!  [Timed], Blocks ─► cut ─► call, call … ─► Rendering
//! ```

use super::call::{Call, Desk};
use super::instance::Instance;
use crate::error::HostError;
use crate::event::{Event, Timed};
use crate::rendering::{BlockTime, Rendering};
use crate::setup::{Block, Blocks};
use std::time::Instant;

impl Instance {
    /// Plays a piece as [`crate::Instance::play`] does.
    ///
    /// # Errors
    ///
    /// [`HostError::Usage`] when a block is longer than the setup's longest or an event not in order
    /// or unknown to the format; [`HostError::Parameter`] for a name that does not exist;
    /// [`HostError::Refused`] when the plugin fails.
    pub fn play(
        &mut self,
        events: &[Timed],
        frames: u64,
        blocks: &Blocks,
    ) -> Result<Rendering, HostError> {
        blocks.check_piece(events, self.setup().longest_block)?;
        let rate_hz = self.setup().rate_hz;
        let desk = self.desk();
        let thread = |desk: Desk<'_>| desk.piece(events, frames, blocks, rate_hz);
        let played = std::thread::scope(|scope| scope.spawn(|| thread(desk)).join());
        let panicked = || Err(refused("the audio thread panicked"));
        played.unwrap_or_else(|_| panicked())
    }
}

impl Desk<'_> {
    fn piece(
        &self,
        events: &[Timed],
        frames: u64,
        blocks: &Blocks,
        rate_hz: f64,
    ) -> Result<Rendering, HostError> {
        let (mut left, mut right, mut times) = (Vec::new(), Vec::new(), Vec::new());
        let frames = usize::try_from(frames).unwrap_or(usize::MAX);
        for Block { place, events } in blocks.cut(events, frames) {
            let here = |timed: &Timed| {
                let offset = i32::try_from(timed.frame - place.start as u64);
                (offset.unwrap_or(i32::MAX), timed.event.clone())
            };
            let events: Vec<(i32, Event)> = events.iter().map(here).collect();
            let length = u32::try_from(place.len()).unwrap_or(u32::MAX);
            let before = Instant::now();
            let answer = self.call(&Call::new(length, &events))?;
            times.push(BlockTime {
                frames: length,
                seconds: before.elapsed().as_secs_f64(),
            });
            if !answer.accepted {
                return Err(refused("it says that the block failed"));
            }
            left.extend(answer.left);
            right.extend(answer.right);
        }
        Ok(Rendering::new(rate_hz, left, right, times))
    }
}

fn refused(reason: &str) -> HostError {
    HostError::Refused {
        attempt: "play",
        reason: reason.into(),
        log: Vec::new(),
    }
}
