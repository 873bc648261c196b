//! What happens at a sample: notes, pedals, bends, controllers.

/// Something that happens at one sample of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Sample of this call at which it happens; later than the call's end counts as its end.
    pub offset_samples: usize,
    /// What happens.
    pub kind: EventKind,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventKind {
    /// A key goes down; a velocity of 0…1.
    NoteOn {
        /// Which note.
        note: Note,
        /// How hard, 0…1.
        velocity: f32,
    },
    /// A key comes up; the note is held on while the sustain pedal is down.
    NoteOff {
        /// Which note.
        note: Note,
    },
    /// A note ends at once, without its release.
    Choke {
        /// Which note.
        note: Note,
    },
    /// The pitch wheel of a channel, −1…1.
    PitchBend {
        /// MIDI channel, 0…15.
        channel: u8,
        /// −1 (full down) … 1 (full up).
        value: f32,
    },
    /// The sustain pedal of a channel.
    Sustain {
        /// MIDI channel, 0…15.
        channel: u8,
        /// Whether it is down.
        down: bool,
    },
    /// The modulation wheel, of all channels: adds to the depth of the vibrato.
    Wheel {
        /// 0 (down) … 1 (up).
        value: f32,
    },
    /// Every key comes up, of one channel or of all; the pedal goes on holding what it holds.
    AllNotesOff {
        /// MIDI channel, 0…15; `None` for all.
        channel: Option<u8>,
    },
    /// Every sound of one channel or of all stops at once (without a click).
    AllSoundOff {
        /// MIDI channel, 0…15; `None` for all.
        channel: Option<u8>,
    },
}

/// A note as the host names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// The host's own number for it, if it gave one.
    pub id: Option<i32>,
    /// MIDI channel, 0…15.
    pub channel: u8,
    /// MIDI key, 0…127.
    pub key: u8,
}

impl Note {
    /// Whether an event for `other` is meant for this note: by id where both have one, else by
    /// channel and key.
    #[must_use]
    pub fn answers_to(&self, other: &Self) -> bool {
        match (self.id, other.id) {
            (Some(own), Some(asked)) => own == asked,
            _ => self.channel == other.channel && self.key == other.key,
        }
    }
}
