//! What was last said on each MIDI channel, and what a note on it feels of that.
//!
//! ```text
//!  bend, pressure, slide, expression [16] ─┬─ the note's own channel ─┐
//!                                          └─ its zone's master ──────┴─► Felt [16]
//! ```
//!
//! In a zone (MPE) a note has a channel of its own; what happens on the zone's master is felt by
//! all its notes, on top of their own.
//!
//! *Real time:* arrays of sixteen.

use crate::controls::Controls;

/// MIDI channels.
pub(crate) const CHANNELS: usize = 16;

/// What can be said on a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Channel {
    /// −1…1 of its range.
    bend: f32,
    /// 0…1.
    pressure: f32,
    /// −1…1.
    slide: f32,
    /// Loudness, linear, 0…1.
    expression: f32,
}

/// What a note feels of its channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Felt {
    pub(crate) bend_semitones: f32,
    /// 0…1.
    pub(crate) pressure: f32,
    /// −1…1.
    pub(crate) slide: f32,
    /// Linear.
    pub(crate) gain: f32,
}

/// All channels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Channels {
    channels: [Channel; CHANNELS],
}

impl Channel {
    const REST: Self = Self {
        bend: 0.0,
        pressure: 0.0,
        slide: 0.0,
        expression: 1.0,
    };
}

impl Channels {
    /// Nothing has been said.
    pub(crate) fn new() -> Self {
        Self {
            channels: [Channel::REST; CHANNELS],
        }
    }

    /// The wheel of a channel, −1…1.
    pub(crate) fn bend(&mut self, channel: u8, value: f32) {
        self.of(channel).bend = sane(value, -1.0);
    }

    /// The pressure of a channel, 0…1.
    pub(crate) fn press(&mut self, channel: u8, value: f32) {
        self.of(channel).pressure = sane(value, 0.0);
    }

    /// The slide of a channel, −1…1.
    pub(crate) fn slide(&mut self, channel: u8, value: f32) {
        self.of(channel).slide = sane(value, -1.0);
    }

    /// The loudness of a channel, 0…1 of the controller's way: its square, as MIDI recommends.
    pub(crate) fn express(&mut self, channel: u8, value: f32) {
        let share = sane(value, 0.0);
        self.of(channel).expression = share * share;
    }

    /// A channel goes back to rest.
    pub(crate) fn reset(&mut self, channel: u8) {
        *self.of(channel) = Channel::REST;
    }

    /// What a note on each channel feels.
    pub(crate) fn felt(&self, controls: &Controls) -> [Felt; CHANNELS] {
        std::array::from_fn(|index| {
            let own = &self.channels[index];
            let channel = u8::try_from(index).unwrap_or(0);
            let playing = &controls.playing;
            let range = controls.bend_range_semitones;
            match playing.zones.master_of(channel) {
                None => Felt {
                    bend_semitones: own.bend * range,
                    pressure: own.pressure,
                    slide: own.slide,
                    gain: own.expression,
                },
                Some(master) => {
                    let master = &self.channels[usize::from(master)];
                    let bend = own.bend * playing.member_bend_semitones;
                    Felt {
                        bend_semitones: bend + master.bend * range,
                        pressure: own.pressure.max(master.pressure),
                        slide: (own.slide + master.slide).clamp(-1.0, 1.0),
                        gain: own.expression * master.expression,
                    }
                }
            }
        })
    }

    fn of(&mut self, channel: u8) -> &mut Channel {
        &mut self.channels[usize::from(channel) % CHANNELS]
    }
}

/// A value within its range; what is not a number is rest.
fn sane(value: f32, low: f32) -> f32 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(low, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::Zones;

    /// In a zone a note feels its own channel's bend at the members' range, and the master's at
    /// the usual one; outside, its channel alone.
    #[test]
    fn masters_are_felt_by_their_members() {
        let mut controls = Controls::default();
        let mut channels = Channels::new();
        channels.bend(0, 0.5);
        channels.bend(2, -0.25);
        channels.press(0, 0.75);
        channels.press(2, 0.5);
        channels.slide(2, 0.25);
        let felt = |controls: &Controls, channel: usize| channels.felt(controls)[channel];
        let alone = felt(&controls, 2);
        assert_eq!(alone.bend_semitones, -0.5);
        assert_eq!((alone.pressure, alone.slide, alone.gain), (0.5, 0.25, 1.0));
        controls.playing.zones = Zones { lower: 4, upper: 0 };
        let member = felt(&controls, 2);
        assert_eq!(member.bend_semitones, -12.0 + 1.0);
        assert_eq!(member.pressure, 0.75);
        assert_eq!(felt(&controls, 5).bend_semitones, 0.0, "no member");
        assert_eq!(felt(&controls, 0).bend_semitones, 1.0, "the master itself");
    }
}
