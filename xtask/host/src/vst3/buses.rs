//! The ways in and out that the plugin has, and how many channels they carry.

use super::instance::Instance;
use super::words::wide;
use ::vst3::Steinberg::Vst::BusInfo_::BusFlags_::kDefaultActive;
use ::vst3::Steinberg::Vst::{
    BusInfo, BusTypes_::kMain, IAudioProcessorTrait, IComponentTrait, SpeakerArr,
    SpeakerArrangement, SymbolicSampleSizes_::kSample32, SymbolicSampleSizes_::kSample64,
};
use ::vst3::Steinberg::{kInvalidArgument, kResultOk};

/// What a bus carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Samples.
    Audio = 0,
    /// Notes.
    Event = 1,
}

/// Which way it carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Into the plugin.
    In = 0,
    /// Out of it.
    Out = 1,
}

/// A bus, as the plugin describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bus {
    /// What players read.
    pub name: String,
    /// Channels of sound, or of MIDI.
    pub channels: i32,
    /// Whether it is the first and foremost.
    pub is_main: bool,
    /// Whether it is in use unless the host says otherwise.
    pub is_active: bool,
}

/// A set of speakers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// None at all.
    Empty,
    /// One.
    Mono,
    /// Left and right.
    Stereo,
    /// Five and one for the bass.
    Surround,
}

impl Arrangement {
    fn speakers(self) -> SpeakerArrangement {
        match self {
            Self::Empty => SpeakerArr::kEmpty,
            Self::Mono => SpeakerArr::kMono,
            Self::Stereo => SpeakerArr::kStereo,
            Self::Surround => SpeakerArr::k51,
        }
    }
}

impl Instance {
    /// The buses of a kind, in the plugin's order; one that it does not describe is missing.
    #[must_use]
    pub fn buses(&self, media: Media, flow: Flow) -> Vec<Bus> {
        let count = ask!(self.component.getBusCount(media as i32, flow as i32));
        (0..count)
            .filter_map(|index| self.bus(media, flow, index))
            .collect()
    }

    /// One bus; `None` where there is none, and the plugin says so.
    #[must_use]
    pub fn bus(&self, media: Media, flow: Flow, index: i32) -> Option<Bus> {
        // SAFETY: plain numbers and arrays of them, for which zeros are values.
        let mut info: BusInfo = unsafe { std::mem::zeroed() };
        let (kind, way) = (media as i32, flow as i32);
        let told = ask!(self.component.getBusInfo(kind, way, index, &mut info));
        let is_right = told == kResultOk && info.mediaType == kind && info.direction == way;
        is_right.then(|| Bus {
            name: wide(&info.name),
            channels: info.channelCount,
            is_main: u32::try_from(info.busType) == Ok(kMain),
            is_active: info.flags & kDefaultActive != 0,
        })
    }

    /// Has a bus used or not; false when the plugin refuses, as it must where there is none.
    pub fn activate_bus(&mut self, media: Media, flow: Flow, index: i32, is_used: bool) -> bool {
        let (kind, way) = (media as i32, flow as i32);
        let state = u8::from(is_used);
        ask!(self.component.activateBus(kind, way, index, state)) == kResultOk
    }

    /// Asks for sets of speakers; the instance must not be active. What was asked for last and
    /// accepted is what the plugin fills.
    pub fn arrange(&mut self, inputs: &[Arrangement], outputs: &[Arrangement]) -> bool {
        let speakers = |set: &[Arrangement]| set.iter().map(|s| s.speakers()).collect::<Vec<_>>();
        let (mut ins, mut outs) = (speakers(inputs), speakers(outputs));
        let count = |set: &[SpeakerArrangement]| i32::try_from(set.len()).unwrap_or(i32::MAX);
        let (number_in, number_out) = (count(&ins), count(&outs));
        // An empty list still has a place, as in the format's own hosts.
        ins.reserve(1);
        outs.reserve(1);
        let (ins, outs) = (ins.as_mut_ptr(), outs.as_mut_ptr());
        let said = ask!(
            self.processor
                .setBusArrangements(ins, number_in, outs, number_out)
        );
        said == kResultOk
    }

    /// Whether the plugin minds that a host has no list of inputs where there are none.
    #[must_use]
    pub fn refuses_no_list_of_inputs(&self) -> bool {
        let mut stereo = SpeakerArr::kStereo;
        let none = std::ptr::null_mut();
        let said = ask!(self.processor.setBusArrangements(none, 0, &mut stereo, 1));
        said == kInvalidArgument
    }

    /// How many speakers an audio bus has; `None` where there is no such bus.
    #[must_use]
    pub fn speakers(&self, flow: Flow, index: i32) -> Option<u32> {
        let mut set = 0;
        let said = ask!(
            self.processor
                .getBusArrangement(flow as i32, index, &mut set)
        );
        (said == kResultOk).then(|| set.count_ones())
    }

    /// Whether it takes samples of so many bits, 32 or 64.
    #[must_use]
    pub fn takes_samples_of(&self, bits: u32) -> bool {
        let size = if bits == 64 { kSample64 } else { kSample32 };
        let size = i32::try_from(size).unwrap_or(0);
        ask!(self.processor.canProcessSampleSize(size)) == kResultOk
    }
}
