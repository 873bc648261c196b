//! The host's piece under way: what the plugin is told of tempo and place.
//!
//! ```text
//!  tempo, beats at a block's first sample ─► one transport event per block
//! ```

use clack_host::events::event_types::{TransportEvent, TransportFlags};
use clack_host::events::{EventFlags, EventHeader};
use clack_host::utils::{BeatTime, SecondsTime};

/// A piece that plays at one tempo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rolling {
    /// Beats per minute.
    pub bpm: f64,
    /// Beats from the start of the piece at the next sample.
    pub beats: f64,
}

impl Rolling {
    /// What the plugin is told at the first sample of a block.
    pub(crate) fn event(&self) -> TransportEvent {
        TransportEvent {
            header: EventHeader::new_core(0, EventFlags::empty()),
            flags: TransportFlags::HAS_TEMPO
                | TransportFlags::HAS_BEATS_TIMELINE
                | TransportFlags::IS_PLAYING,
            song_pos_beats: BeatTime::from_float(self.beats),
            song_pos_seconds: SecondsTime::from_int(0),
            tempo: self.bpm,
            tempo_inc: 0.0,
            loop_start_beats: BeatTime::from_int(0),
            loop_end_beats: BeatTime::from_int(0),
            loop_start_seconds: SecondsTime::from_int(0),
            loop_end_seconds: SecondsTime::from_int(0),
            bar_start: BeatTime::from_int(0),
            bar_number: 0,
            time_signature_numerator: 4,
            time_signature_denominator: 4,
        }
    }

    /// Samples pass.
    pub(crate) fn pass(&mut self, frames: u64, rate_hz: f64) {
        self.beats += frames as f64 / rate_hz * self.bpm / 60.0;
    }
}
