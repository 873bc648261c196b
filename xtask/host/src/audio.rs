//! The audio thread's half of an instance: blocks and whole pieces.
//!
//! ```text
//!  events [block] ─► load ─► input ─┐
//!                                   ├─► processor ─► left, right [block], replies, status
//!  NaN [2, block] ──────────────────┘
//! ```

use crate::error::HostError;
use crate::event::{Reply, Timed, push};
use crate::handlers::{AudioThread, Handlers, Shared, as_audio_thread};
use crate::parameter::Parameter;
use crate::rendering::BlockTime;
use crate::rolling::Rolling;
use crate::setup::{Block, Blocks, Setup};
use clack_host::prelude::{
    AudioPortBuffer, AudioPortBufferType, AudioPorts, EventBuffer, InputAudioBuffers,
    PluginAudioConfiguration, PluginInstance, ProcessStatus, StartedPluginAudioProcessor,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a plugin said at the end of a block about the blocks to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Go on.
    Continue,
    /// Go on while the output is not quiet.
    ContinueIfNotQuiet,
    /// Ringing out.
    Tail,
    /// Nothing more to come until the next event.
    Sleep,
}

/// What the plugin is asked to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// Left and right.
    Stereo,
    /// One, which is handed on as both.
    Mono,
}

/// What moves to the audio thread.
pub(crate) struct Audio {
    pub(crate) processor: StartedPluginAudioProcessor<Handlers>,
    ports: AudioPorts,
    input: EventBuffer,
    output: EventBuffer,
    pub(crate) replies: Vec<Reply>,
    steady: u64,
    channels: Channels,
    rate_hz: f64,
    /// Where the piece is, if it plays.
    pub(crate) rolling: Option<Rolling>,
}

/// Activates a plugin and starts its processing.
pub(crate) fn activate(
    plugin: &mut PluginInstance<Handlers>,
    setup: Setup,
    channels: Channels,
) -> Result<Audio, HostError> {
    let configuration = PluginAudioConfiguration {
        sample_rate: setup.rate_hz,
        min_frames_count: 1,
        max_frames_count: setup.longest_block,
    };
    let log = plugin.access_shared_handler(Shared::log);
    let refused = |reason: String| HostError::Refused {
        attempt: "be activated",
        reason: format!("{reason} ({setup:?})"),
        log,
    };
    let stopped = match plugin.activate(|_, _| AudioThread, configuration) {
        Ok(stopped) => stopped,
        Err(error) => return Err(refused(error.to_string())),
    };
    plugin.access_shared_handler(Shared::is_activated);
    let processor = as_audio_thread(|| stopped.start_processing());
    Ok(Audio {
        processor: processor.map_err(|e| refused(e.to_string()))?,
        ports: AudioPorts::with_capacity(2, 1),
        // Room for the largest of a thousand events would be more memory than the plugin's.
        input: EventBuffer::new(),
        output: EventBuffer::new(),
        replies: Vec::new(),
        steady: 0,
        channels,
        rate_hz: setup.rate_hz,
        rolling: None,
    })
}

/// Both channels, and every block's time.
type Piece = (Vec<f32>, Vec<f32>, Vec<BlockTime>);

impl Audio {
    /// Takes the events of the next block, whose first sample is `start`.
    pub(crate) fn load(
        &mut self,
        events: &[Timed],
        start: u64,
        parameters: &[Parameter],
    ) -> Result<(), HostError> {
        self.input.clear();
        for timed in events {
            let frame = u32::try_from(timed.frame - start).unwrap_or(u32::MAX);
            push(&mut self.input, frame, &timed.event, parameters)?;
        }
        Ok(())
    }

    /// Plays one block with the events that were taken.
    pub(crate) fn block(&mut self, left: &mut [f32], right: &mut [f32]) -> Result<Status, String> {
        left.fill(f32::NAN);
        right.fill(f32::NAN);
        let frames = left.len() as u64;
        let asked = match self.channels {
            Channels::Stereo => 2,
            Channels::Mono => 1,
        };
        let channels = [&mut *left, &mut *right].into_iter().take(asked);
        let mut output = self.ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(channels),
        }]);
        let status = self.processor.process(
            &InputAudioBuffers::empty(),
            &mut output,
            &self.input.as_input(),
            &mut self.output.as_output(),
            Some(self.steady),
            self.rolling.map(|rolling| rolling.event()).as_ref(),
        );
        if self.channels == Channels::Mono {
            right.copy_from_slice(left);
        }
        self.steady += frames;
        if let Some(rolling) = &mut self.rolling {
            rolling.pass(frames, self.rate_hz);
        }
        self.replies.extend(self.output.iter().map(Reply::read));
        self.output.clear();
        Ok(match status.map_err(|e| e.to_string())? {
            ProcessStatus::Continue => Status::Continue,
            ProcessStatus::ContinueIfNotQuiet => Status::ContinueIfNotQuiet,
            ProcessStatus::Tail => Status::Tail,
            ProcessStatus::Sleep => Status::Sleep,
        })
    }

    /// Stops the processing and starts it again, with so many resets in between.
    pub(crate) fn rest(self, resets: usize) -> Result<Self, String> {
        let mut stopped = self.processor.stop_processing();
        (0..resets).for_each(|_| stopped.reset());
        let processor = stopped.start_processing().map_err(|e| e.to_string())?;
        Ok(Self { processor, ..self })
    }

    /// Plays a whole piece, block after block, and takes each block's time.
    pub(crate) fn piece(
        &mut self,
        events: &[Timed],
        frames: u64,
        blocks: &Blocks,
        parameters: &[Parameter],
    ) -> Result<Piece, HostError> {
        let length = usize::try_from(frames).unwrap_or(usize::MAX);
        let (mut left, mut right) = (vec![0.0; length], vec![0.0; length]);
        let mut times = Vec::new();
        for Block { place, events } in blocks.cut(events, length) {
            self.load(events, place.start as u64, parameters)?;
            times.push(self.timed(&mut left[place.clone()], &mut right[place])?);
        }
        Ok((left, right, times))
    }

    /// Plays at the speed of a sound card until it is told that the end has come, and takes each
    /// block's time.
    pub(crate) fn live(
        &mut self,
        events: &[Timed],
        blocks: &Blocks,
        parameters: &[Parameter],
        ended: &AtomicBool,
    ) -> Result<Piece, HostError> {
        let (mut left, mut right, mut times) = (Vec::new(), Vec::new(), Vec::new());
        let begun = Instant::now();
        for Block { place, events } in blocks.cut(events, usize::MAX) {
            if ended.load(Ordering::Acquire) {
                break;
            }
            let end = place.end;
            left.resize(end, 0.0);
            right.resize(end, 0.0);
            self.load(events, place.start as u64, parameters)?;
            times.push(self.timed(&mut left[place.clone()], &mut right[place])?);
            let due = Duration::from_secs_f64(end as f64 / self.rate_hz);
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
        }
        Ok((left, right, times))
    }

    /// Plays one block and takes its time.
    fn timed(&mut self, left: &mut [f32], right: &mut [f32]) -> Result<BlockTime, HostError> {
        let frames = u32::try_from(left.len()).unwrap_or(u32::MAX);
        let before = Instant::now();
        let played = self.block(left, right);
        let seconds = before.elapsed().as_secs_f64();
        played.map_err(|reason| HostError::Refused {
            attempt: "play",
            reason,
            log: Vec::new(),
        })?;
        Ok(BlockTime { frames, seconds })
    }
}
