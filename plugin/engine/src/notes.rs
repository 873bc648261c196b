//! Which voice plays which note: keys, pedals, limits, stealing.
//!
//! ```text
//!  key down ─► a free voice, or the one that is missed least (its tail fades in the mix)
//!  key up ─► released, or held on by the pedal
//! ```
//!
//! *Real time:* a fixed row of voices, searched from end to end.

use crate::controls::MAX_VOICES;
use crate::event::Note;
use crate::voice::{CHANNELS, Hold, Tone, Voice};

/// The row of voices, and the pedals that hold some of them.
#[derive(Debug)]
pub(crate) struct Notes<T> {
    voices: Vec<Voice<T>>,
    pedals: [bool; CHANNELS],
}

impl<T: Tone> Notes<T> {
    /// As many voices as there may ever be. Allocates.
    pub(crate) fn new(voice: impl Fn() -> Voice<T>) -> Self {
        Self {
            voices: (0..MAX_VOICES).map(|_| voice()).collect(),
            pedals: [false; CHANNELS],
        }
    }

    /// Every voice is free, every pedal up.
    pub(crate) fn reset(&mut self) {
        self.voices
            .iter_mut()
            .for_each(|voice| voice.hold = Hold::Free);
        self.pedals = [false; CHANNELS];
    }

    /// The voices that sound, in a fixed order.
    pub(crate) fn sounding(&mut self) -> impl Iterator<Item = &mut Voice<T>> {
        self.voices
            .iter_mut()
            .filter(|voice| voice.hold != Hold::Free)
    }

    /// How many voices sound.
    pub(crate) fn count(&self) -> usize {
        self.voices
            .iter()
            .filter(|voice| voice.hold != Hold::Free)
            .count()
    }

    /// A voice by its number.
    pub(crate) fn voice(&mut self, index: usize) -> &mut Voice<T> {
        &mut self.voices[index]
    }

    /// A free voice.
    pub(crate) fn free(&self) -> Option<usize> {
        self.voices
            .iter()
            .position(|voice| voice.hold == Hold::Free)
    }

    /// The voice that is missed least: a released one before a held one, then the softest released
    /// or the oldest held.
    pub(crate) fn least_missed(&self) -> Option<usize> {
        let sounding = self
            .voices
            .iter()
            .enumerate()
            .filter(|(_, v)| v.hold != Hold::Free);
        let rank = |voice: &Voice<T>| match voice.hold {
            Hold::Released => (0, voice.level()),
            _ => (1, 0.0),
        };
        let order = |(_, a): &(usize, &Voice<T>), (_, b): &(usize, &Voice<T>)| {
            let ((a_held, a_loud), (b_held, b_loud)) = (rank(a), rank(b));
            a_held
                .cmp(&b_held)
                .then(a_loud.total_cmp(&b_loud))
                .then(a.age.cmp(&b.age))
        };
        sounding.min_by(order).map(|(index, _)| index)
    }

    /// The voice of the newest note that sounds.
    pub(crate) fn newest(&self) -> Option<&Voice<T>> {
        self.voices
            .iter()
            .filter(|v| v.hold != Hold::Free)
            .max_by_key(|voice| voice.age)
    }

    /// A key comes up.
    pub(crate) fn key_up(&mut self, note: &Note) {
        let pedal = self.pedals[usize::from(note.channel) % CHANNELS];
        let held = |voice: &&mut Voice<T>| voice.hold == Hold::Key && voice.note.answers_to(note);
        for voice in self.voices.iter_mut().filter(held) {
            if pedal {
                voice.hold = Hold::Pedal;
            } else {
                voice.release();
            }
        }
    }

    /// Notes end without their release.
    pub(crate) fn choke(&mut self, note: &Note) {
        self.sounding()
            .filter(|voice| voice.note.answers_to(note))
            .for_each(Voice::cut);
    }

    /// The sustain pedal of a channel moves.
    pub(crate) fn pedal(&mut self, channel: u8, down: bool) {
        let channel = usize::from(channel) % CHANNELS;
        self.pedals[channel] = down;
        if down {
            return;
        }
        let kept = |voice: &&mut Voice<T>| {
            voice.hold == Hold::Pedal && usize::from(voice.note.channel) % CHANNELS == channel
        };
        self.voices.iter_mut().filter(kept).for_each(Voice::release);
    }

    /// Every key of a channel comes up, or of all; what a pedal holds stays.
    pub(crate) fn all_keys_up(&mut self, channel: Option<u8>) {
        for voice in self.voices.iter_mut().filter(|voice| is_on(voice, channel)) {
            let pedal = self.pedals[usize::from(voice.note.channel) % CHANNELS];
            match voice.hold {
                Hold::Key if pedal => voice.hold = Hold::Pedal,
                Hold::Key => voice.release(),
                Hold::Free | Hold::Pedal | Hold::Released => {}
            }
        }
    }

    /// Every sound of a channel, or of all, ends as fast as it can without a click.
    pub(crate) fn cut_all(&mut self, channel: Option<u8>) {
        self.sounding()
            .filter(|voice| is_on(voice, channel))
            .for_each(Voice::cut);
    }
}

/// Whether a voice plays a note of the channel; every voice does where none is named.
fn is_on<T>(voice: &Voice<T>, channel: Option<u8>) -> bool {
    channel.is_none_or(|channel| {
        usize::from(voice.note.channel) % CHANNELS == usize::from(channel) % CHANNELS
    })
}
