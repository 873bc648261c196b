//! Which voice plays which note: keys, pedals, limits, stealing.
//!
//! ```text
//!  key down ─► a free voice, or the one that is missed least (its tail fades in the mix)
//!  key up ─► released, or held on by a pedal
//! ```
//!
//! *Real time:* a fixed row of voices, searched from end to end.

use crate::channels::CHANNELS;
use crate::controls::{MAX_VOICES, Zones};
use crate::event::{Note, Whom};
use crate::voice::{Common, Hold, Voice};

/// The row of voices, and the pedals that hold some of them.
#[derive(Debug)]
pub(crate) struct Notes {
    voices: Vec<Voice>,
    pedals: [Pedals; CHANNELS],
}

/// The pedals of a channel.
#[derive(Clone, Copy, Debug, Default)]
struct Pedals {
    sustain: bool,
    sostenuto: bool,
}

impl Notes {
    /// As many voices as there may ever be. Allocates.
    pub(crate) fn new(sample_rate_hz: f32) -> Self {
        let voice = |index| Voice::new(index, sample_rate_hz);
        Self {
            voices: (0..MAX_VOICES).map(voice).collect(),
            pedals: [Pedals::default(); CHANNELS],
        }
    }

    /// Every voice is free, every pedal up.
    pub(crate) fn reset(&mut self) {
        self.voices
            .iter_mut()
            .for_each(|voice| voice.hold = Hold::Free);
        self.pedals = [Pedals::default(); CHANNELS];
    }

    /// The voices that sound, in a fixed order.
    pub(crate) fn sounding(&mut self) -> impl Iterator<Item = &mut Voice> {
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
    pub(crate) fn voice(&mut self, index: usize) -> &mut Voice {
        &mut self.voices[index]
    }

    /// The same, to look at.
    pub(crate) fn voice_at(&self, index: usize) -> &Voice {
        &self.voices[index]
    }

    /// The first free voice: some models can do more with the first ones.
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
        let rank = |voice: &Voice| match voice.hold {
            Hold::Released => (0, voice.level()),
            _ => (1, 0.0),
        };
        let order = |(_, a): &(usize, &Voice), (_, b): &(usize, &Voice)| {
            let ((a_held, a_loud), (b_held, b_loud)) = (rank(a), rank(b));
            a_held
                .cmp(&b_held)
                .then(a_loud.total_cmp(&b_loud))
                .then(a.age.cmp(&b.age))
        };
        sounding.min_by(order).map(|(index, _)| index)
    }

    /// The voice of the newest note that sounds.
    pub(crate) fn newest(&self) -> Option<&Voice> {
        self.voices
            .iter()
            .filter(|v| v.hold != Hold::Free)
            .max_by_key(|voice| voice.age)
    }

    /// The age of the newest note of a number that sounds.
    pub(crate) fn newest_of(&self, id: Option<i32>) -> Option<u64> {
        let sounds = |voice: &&Voice| voice.hold != Hold::Free && voice.note.id == id;
        let named = self.voices.iter().filter(sounds);
        named.map(|voice| voice.age).max().filter(|_| id.is_some())
    }

    /// Whether a note goes on sounding beside those that were struck with it.
    pub(crate) fn is_sounding(&self, age: u64) -> bool {
        let sounds = |voice: &Voice| voice.hold != Hold::Free && voice.age == age;
        self.voices.iter().any(sounds)
    }

    /// The newest note that a key or a pedal holds, with its age.
    pub(crate) fn newest_held(&self) -> Option<(u64, Note)> {
        let held = |voice: &&Voice| matches!(voice.hold, Hold::Key | Hold::Pedal);
        let newest = self
            .voices
            .iter()
            .filter(held)
            .max_by_key(|voice| voice.age);
        newest.map(|voice| (voice.age, voice.note))
    }

    /// Whether any of these keys holds a note.
    pub(crate) fn holds(&self, whom: &Whom) -> bool {
        let held = |voice: &Voice| voice.hold == Hold::Key && voice.note.answers_to(whom);
        self.voices.iter().any(held)
    }

    /// Keys come up.
    pub(crate) fn keys_up(&mut self, whom: &Whom, common: &Common) {
        let pedals = self.sustained(common.controls.playing.zones);
        let held = |voice: &&mut Voice| voice.hold == Hold::Key && voice.note.answers_to(whom);
        for voice in self.voices.iter_mut().filter(held) {
            if pedals[usize::from(voice.note.channel) % CHANNELS] || voice.is_caught {
                voice.sustain(common);
            } else {
                voice.release(common);
            }
        }
    }

    /// Notes end without their release.
    pub(crate) fn choke(&mut self, whom: &Whom) {
        self.sounding()
            .filter(|voice| voice.note.answers_to(whom))
            .for_each(Voice::cut);
    }

    /// The sustain pedal of a channel moves.
    pub(crate) fn sustain(&mut self, channel: u8, down: bool, common: &Common) {
        self.pedals[usize::from(channel) % CHANNELS].sustain = down;
        if !down {
            self.let_go(common);
        }
    }

    /// The sostenuto pedal of a channel moves: it catches the notes whose keys are down.
    pub(crate) fn sostenuto(&mut self, channel: u8, down: bool, common: &Common) {
        let was_down = &mut self.pedals[usize::from(channel) % CHANNELS].sostenuto;
        if std::mem::replace(was_down, down) == down {
            return;
        }
        let zones = common.controls.playing.zones;
        let meant = |voice: &&mut Voice| zones.reaches(channel, voice.note.channel);
        for voice in self.voices.iter_mut().filter(meant) {
            voice.is_caught = down && voice.hold == Hold::Key;
        }
        if !down {
            self.let_go(common);
        }
    }

    /// The pedals of a channel come up.
    pub(crate) fn pedals_up(&mut self, channel: u8, common: &Common) {
        self.sustain(channel, false, common);
        self.sostenuto(channel, false, common);
    }

    /// Releases what no pedal holds any more.
    fn let_go(&mut self, common: &Common) {
        let pedals = self.sustained(common.controls.playing.zones);
        let falls = |voice: &&mut Voice| {
            let channel = usize::from(voice.note.channel) % CHANNELS;
            voice.hold == Hold::Pedal && !pedals[channel] && !voice.is_caught
        };
        for voice in self.voices.iter_mut().filter(falls) {
            voice.release(common);
        }
    }

    /// On which channels notes are sustained: by their own pedal or their master's.
    fn sustained(&self, zones: Zones) -> [bool; CHANNELS] {
        std::array::from_fn(|index| {
            let channel = u8::try_from(index).unwrap_or(0);
            let master = zones.master_of(channel).map(usize::from);
            self.pedals[index].sustain || master.is_some_and(|m| self.pedals[m].sustain)
        })
    }

    /// Every sound of a channel, or of all, ends as fast as it can without a click.
    pub(crate) fn cut_all(&mut self, channel: Option<u8>) {
        let whom = Whom {
            channel,
            ..Whom::default()
        };
        self.choke(&whom);
    }
}
