//! What happens at a sample: notes, touch, pedals, wheels.

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
    /// Keys come up; their notes are held on while the sustain pedal is down.
    NoteOff {
        /// Which notes.
        whom: Whom,
    },
    /// Notes end at once, without their release.
    Choke {
        /// Which notes.
        whom: Whom,
    },
    /// A player's finger, or a host, moves single notes.
    Touch {
        /// Which notes.
        whom: Whom,
        /// What is moved, and where to.
        touch: Touch,
    },
    /// The pitch wheel of a channel, −1…1.
    PitchBend {
        /// MIDI channel, 0…15.
        channel: u8,
        /// −1 (full down) … 1 (full up).
        value: f32,
    },
    /// The pressure on a channel's keys, 0…1.
    Pressure {
        /// MIDI channel, 0…15.
        channel: u8,
        /// 0 … 1.
        value: f32,
    },
    /// The place along a channel's keys.
    Slide {
        /// MIDI channel, 0…15.
        channel: u8,
        /// −1 … 1.
        value: f32,
    },
    /// The loudness of a channel's notes.
    Expression {
        /// MIDI channel, 0…15.
        channel: u8,
        /// 0 … 1 of the controller's way.
        value: f32,
    },
    /// Bend, pressure, slide, expression and pedals of a channel go back to rest.
    Rest {
        /// MIDI channel, 0…15.
        channel: u8,
    },
    /// The sustain pedal of a channel.
    Sustain {
        /// MIDI channel, 0…15.
        channel: u8,
        /// Whether it is down.
        down: bool,
    },
    /// The sostenuto pedal of a channel: it holds the notes whose keys are down when it is pressed.
    Sostenuto {
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

/// The notes that an event is meant for: all that agree with what it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Whom {
    /// The host's own number; it alone counts where note and event both have one. A note without a
    /// number is not meant by a number alone.
    pub id: Option<i32>,
    /// MIDI channel, 0…15.
    pub channel: Option<u8>,
    /// MIDI key, 0…127.
    pub key: Option<u8>,
}

/// What is moved of a single note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Touch {
    /// Pitch, in semitones from its own.
    Tuning(f32),
    /// Loudness, linear, 0…4.
    Gain(f32),
    /// Place, −1 (left) … 1 (right).
    Pan(f32),
    /// Depth added to the vibrato, 0…1.
    Vibrato(f32),
    /// Loudness as by a controller's way, 0…1.
    Expression(f32),
    /// Place along the key, −1…1.
    Slide(f32),
    /// Pressure on the key, 0…1.
    Pressure(f32),
    /// A latent, by how far it lies from where the knob is set, −1…1: instead of what moves it for
    /// all notes ([`crate::controls::Modulated`]).
    Latent(usize, f32),
    /// The morph between the models, by how far it lies from where it is set, −1…1 of its way, in
    /// the same manner.
    Morph(f32),
}

impl From<Note> for Whom {
    /// That note alone.
    fn from(note: Note) -> Self {
        Self {
            id: note.id,
            channel: Some(note.channel),
            key: Some(note.key),
        }
    }
}

impl Note {
    /// Whether an event is meant for this note.
    #[must_use]
    pub fn answers_to(&self, whom: &Whom) -> bool {
        match (self.id, whom.id) {
            (Some(own), Some(asked)) => own == asked,
            (None, Some(_)) if whom.channel.is_none() && whom.key.is_none() => false,
            _ => {
                let channel = whom.channel.is_none_or(|channel| channel == self.channel);
                channel && whom.key.is_none_or(|key| key == self.key)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An identifier says it all; where one is missing, what is named must agree.
    #[test]
    fn notes_know_what_is_meant_for_them() {
        let note = Note {
            id: Some(7),
            channel: 2,
            key: 60,
        };
        let whom = |id, channel, key| Whom { id, channel, key };
        assert!(note.answers_to(&whom(Some(7), Some(9), Some(9))));
        assert!(!note.answers_to(&whom(Some(8), Some(2), Some(60))));
        assert!(note.answers_to(&whom(None, Some(2), None)));
        assert!(note.answers_to(&whom(None, None, Some(60))));
        assert!(!note.answers_to(&whom(None, Some(2), Some(61))));
        assert!(note.answers_to(&Whom::default()));
        assert!(note.answers_to(&note.into()));
        let nameless = Note { id: None, ..note };
        assert!(nameless.answers_to(&whom(Some(3), Some(2), Some(60))));
        assert!(!nameless.answers_to(&whom(Some(3), None, None)));
    }
}
