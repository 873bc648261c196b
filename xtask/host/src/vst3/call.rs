//! One call of the plugin's audio side, as usual or as odd as a host may make it.
//!
//! ```text
//!  Call: frames, events, buffers, rolling ─► ProcessData ─► Answer: samples, flags, whether accepted
//! ```

use super::event::Luggage;
use super::instance::Instance;
use super::lists::{Changes, Events};
use super::parameters::Table;
use crate::audio::Channels;
use crate::error::HostError;
use crate::event::Event;
use crate::rolling::Rolling;
use ::vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_::{
    kPlaying, kProjectTimeMusicValid, kTempoValid,
};
use ::vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait, IEventList,
    IParameterChanges, ProcessContext, ProcessData,
};
use ::vst3::Steinberg::kResultOk;
use ::vst3::{ComPtr, ComWrapper};
use std::cell::RefCell;
use std::ptr::null_mut;

/// Where the plugin is to put its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffers {
    /// As many channels as were asked for.
    Whole,
    /// The channels are counted, but have no place.
    NoPlace,
    /// The bus has no channel.
    NoChannel,
    /// There is no bus.
    NoBus,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// Samples.
    pub frames: u32,
    /// Samples from the start of the block, in whatever order.
    pub events: &'a [(i32, Event)],
    /// Where the samples go.
    pub buffers: Buffers,
    /// What the bus's flags of silence say before.
    pub silence: u64,
    /// Where the piece is; `None` and the plugin is told nothing at all.
    pub rolling: Option<Rolling>,
}

impl<'a> Call<'a> {
    /// A usual call with events.
    #[must_use]
    pub fn new(frames: u32, events: &'a [(i32, Event)]) -> Self {
        Self {
            frames,
            events,
            buffers: Buffers::Whole,
            silence: 0,
            rolling: None,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Whether the plugin says that all went well.
    pub accepted: bool,
    /// `[frames]`; handed over full of NaN. With one channel both are the same.
    pub left: Vec<f32>,
    /// `[frames]`.
    pub right: Vec<f32>,
    /// What the bus's flags of silence say afterwards.
    pub silence: u64,
}

impl Instance {
    /// Makes one call on the calling thread.
    ///
    /// # Errors
    ///
    /// [`HostError::Parameter`] for a name that does not exist, [`HostError::Usage`] for an event
    /// that the format does not have.
    pub fn call(&mut self, call: &Call<'_>) -> Result<Answer, HostError> {
        self.desk().call(call)
    }

    /// What an audio thread needs.
    pub(super) fn desk(&self) -> Desk<'_> {
        Desk {
            processor: &self.processor,
            table: &self.table,
            channels: self.channels,
        }
    }
}

/// The audio side of an instance.
pub(super) struct Desk<'a> {
    processor: &'a ComPtr<IAudioProcessor>,
    table: &'a Table,
    channels: Channels,
}

impl Desk<'_> {
    pub(super) fn call(&self, call: &Call<'_>) -> Result<Answer, HostError> {
        let mut luggage = Luggage::default();
        for (at, event) in call.events {
            luggage.take(*at, event, self.table)?;
        }
        let frames = usize::try_from(call.frames).unwrap_or(0);
        let (mut left, mut right) = (vec![f32::NAN; frames], vec![f32::NAN; frames]);
        let mut places = [left.as_mut_ptr(), right.as_mut_ptr()];
        let mut bus = self.bus(call, &mut places);
        let accepted = self.process(call, luggage, &mut bus);
        if self.channels == Channels::Mono {
            right.copy_from_slice(&left);
        }
        Ok(Answer {
            accepted,
            left,
            right,
            silence: bus.silenceFlags,
        })
    }

    fn bus(&self, call: &Call<'_>, places: &mut [*mut f32; 2]) -> AudioBusBuffers {
        let channels = match (call.buffers, self.channels) {
            (Buffers::NoChannel, _) => 0,
            (_, Channels::Stereo) => 2,
            (_, Channels::Mono) => 1,
        };
        let place = match call.buffers {
            Buffers::NoPlace => null_mut(),
            _ => places.as_mut_ptr(),
        };
        AudioBusBuffers {
            numChannels: channels,
            silenceFlags: call.silence,
            __field0: AudioBusBuffers__type0 {
                channelBuffers32: place,
            },
        }
    }

    fn process(&self, call: &Call<'_>, luggage: Luggage, bus: &mut AudioBusBuffers) -> bool {
        let has_bus = call.buffers != Buffers::NoBus;
        let [given, sent] = [luggage.events, Vec::new()].map(|list| {
            let has_list = !list.is_empty();
            let events = ComWrapper::new(Events(RefCell::new(list)));
            (has_list, events)
        });
        let changes = ComWrapper::new(Changes::new(luggage.parameters));
        let events = |list: &ComWrapper<Events>| {
            let list = list.as_com_ref::<IEventList>();
            list.map_or(null_mut(), |list| list.as_ptr())
        };
        let parameters = changes.as_com_ref::<IParameterChanges>();
        let mut context = call.rolling.map(context);
        let mut data = ProcessData {
            processMode: 0,
            symbolicSampleSize: 0,
            numSamples: i32::try_from(call.frames).unwrap_or(0),
            numInputs: 0,
            numOutputs: i32::from(has_bus),
            inputs: null_mut(),
            outputs: if has_bus { bus } else { null_mut() },
            inputParameterChanges: parameters.map_or(null_mut(), |list| list.as_ptr()),
            outputParameterChanges: null_mut(),
            // A host without events need not have a list.
            inputEvents: if given.0 {
                events(&given.1)
            } else {
                null_mut()
            },
            outputEvents: events(&sent.1),
            processContext: context.as_mut().map_or(null_mut(), |c| c as *mut _),
        };
        ask!(self.processor.process(&mut data)) == kResultOk
    }
}

fn context(rolling: Rolling) -> ProcessContext {
    // SAFETY: plain numbers, for which zeros are values.
    let nothing: ProcessContext = unsafe { std::mem::zeroed() };
    ProcessContext {
        state: kPlaying | kTempoValid | kProjectTimeMusicValid,
        tempo: rolling.bpm,
        projectTimeMusic: rolling.beats,
        ..nothing
    }
}
