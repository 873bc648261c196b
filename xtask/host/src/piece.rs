//! Whole pieces, played on a thread of their own.
//!
//! ```text
//!  play:       audio thread: block, block … as fast as it goes      main thread: callbacks
//!  play_live:  audio thread: block, wait, block, wait …             main thread: the caller's
//! ```

use crate::error::HostError;
use crate::event::Timed;
use crate::handlers::as_audio_thread;
use crate::instance::Instance;
use crate::rendering::Rendering;
use crate::setup::Blocks;
use crate::window::Front;
use std::sync::atomic::{AtomicBool, Ordering};

impl Instance {
    /// Plays a piece on a thread of its own, block after block, as fast as it goes.
    ///
    /// `events` are in order, their frames counted from the start of the piece; the piece is
    /// `frames` long, so its last block may be shorter than its turn in `blocks`. Replies of the
    /// plugin are kept for [`Instance::take_replies`].
    ///
    /// # Errors
    ///
    /// As [`Instance::process`], before or after the first sample.
    pub fn play(
        &mut self,
        events: &[Timed],
        frames: u64,
        blocks: &Blocks,
    ) -> Result<Rendering, HostError> {
        blocks.check_piece(events, self.setup.longest_block)?;
        let Some(audio) = &mut self.audio else {
            return Err(self.refused("play", "it is not active".into()));
        };
        let (parameters, rate_hz) = (&self.parameters, self.setup.rate_hz);
        let work = || as_audio_thread(|| audio.piece(events, frames, blocks, parameters));
        let mut front = Front {
            plugin: &mut self.plugin,
            frame: &mut self.frame,
        };
        let played = std::thread::scope(|scope| {
            let thread = scope.spawn(work);
            while !thread.is_finished() {
                front.idle();
                std::thread::park_timeout(std::time::Duration::from_millis(2));
            }
            thread.join()
        });
        match played {
            Ok(Ok((left, right, times))) => Ok(Rendering::new(rate_hz, left, right, times)),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(self.refused("play", "the audio thread panicked".into())),
        }
    }

    /// Plays at the speed of a sound card on a thread of its own, while `main` does what it likes on
    /// this one; the piece ends with the block in which `main` has ended.
    ///
    /// `events` as in [`Instance::play`]; those past the end are not played.
    ///
    /// # Errors
    ///
    /// As [`Instance::play`], and what `main` returns.
    pub fn play_live(
        &mut self,
        events: &[Timed],
        blocks: &Blocks,
        main: impl FnOnce(&mut Front<'_>) -> Result<(), HostError>,
    ) -> Result<Rendering, HostError> {
        blocks.check_piece(events, self.setup.longest_block)?;
        let Some(audio) = &mut self.audio else {
            return Err(self.refused("play", "it is not active".into()));
        };
        let (parameters, rate_hz) = (&self.parameters, self.setup.rate_hz);
        let ended = AtomicBool::new(false);
        let work = || as_audio_thread(|| audio.live(events, blocks, parameters, &ended));
        let mut front = Front {
            plugin: &mut self.plugin,
            frame: &mut self.frame,
        };
        let (done, played) = std::thread::scope(|scope| {
            let thread = scope.spawn(work);
            let done = {
                // Also where `main` panics: the scope waits for the thread.
                let _ends = Ends(&ended);
                main(&mut front)
            };
            (done, thread.join())
        });
        done?;
        match played {
            Ok(piece) => {
                let (left, right, times) = piece?;
                Ok(Rendering::new(rate_hz, left, right, times))
            }
            Err(_) => Err(self.refused("play", "the audio thread panicked".into())),
        }
    }
}

/// Ends a piece when it goes.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
