//! What a keyboard says about itself: bend ranges, and that each note has a channel of its own.
//!
//! ```text
//!  101, 100 (which number) ─► 6 (its value) ─► 0: bend range │ 6: members of a zone (MPE)
//!                                              └─► the parameter is held there
//! ```
//!
//! | registered number | on                       | moves                              |
//! |-------------------|--------------------------|------------------------------------|
//! | 0                 | a member of a zone       | *MPE Bend Range*                   |
//! | 0                 | any other channel        | *Bend Range*                       |
//! | 6                 | channel 1 or 16          | *MPE*: its zone, or none with 0    |
//!
//! *Real time:* a few numbers.
//!
//! *Source:* MIDI Polyphonic Expression, version 1.1, sections 2.1 and 2.4.

use super::Hands;
use nice_plug::prelude::NoteEvent;

/// MIDI channels.
const CHANNELS: usize = 16;
/// No number is selected.
const NONE: [u8; 2] = [127, 127];
/// High and low half of the numbers that are known.
const BEND_RANGE: [u8; 2] = [0, 0];
const ZONE: [u8; 2] = [0, 6];
/// Semitones at the upper end of the two parameters.
const WIDEST_BEND: f32 = 48.0;
const WIDEST_MEMBER_BEND: f32 = 96.0;
/// Steps from one variant of *MPE* to the next: off, lower, upper, both.
const ZONE_STEP: f32 = 1.0 / 3.0;

/// What keyboards have said.
pub(crate) struct Registered {
    numbers: [[u8; 2]; CHANNELS],
    /// Members of the lower and of the upper zone.
    members: [u8; 2],
}

/// A parameter, by its identifier, and where it goes.
type Move = (&'static str, f32);

impl Registered {
    /// Nothing has been said.
    pub(crate) fn new() -> Self {
        Self {
            numbers: [NONE; CHANNELS],
            members: [0; 2],
        }
    }

    /// The host begins anew.
    pub(crate) fn reset(&mut self) {
        *self = Self::new();
    }

    /// Hears a controller that is not mapped; what it moves is for [`Self::hold`].
    pub(crate) fn hear(&mut self, event: &NoteEvent<()>) -> Option<Move> {
        let NoteEvent::MidiCC {
            channel, cc, value, ..
        } = *event
        else {
            return None;
        };
        let value = seven_bits(value);
        let number = &mut self.numbers[usize::from(channel) % CHANNELS];
        match cc {
            101 => number[0] = value,
            100 => number[1] = value,
            // Numbers that are not registered are somebody else's.
            98 | 99 => *number = NONE,
            6 => {
                let number = *number;
                return self.moves(channel & 15, number, value);
            }
            _ => {}
        }
        None
    }

    fn moves(&mut self, channel: u8, number: [u8; 2], value: u8) -> Option<Move> {
        match number {
            BEND_RANGE if self.is_member(channel) => {
                Some(("mpe_bend", f32::from(value) / WIDEST_MEMBER_BEND))
            }
            BEND_RANGE => Some(("bend", f32::from(value) / WIDEST_BEND)),
            ZONE => {
                let zone = match channel {
                    0 => 0,
                    15 => 1,
                    _ => return None,
                };
                self.members[zone] = value.min(15);
                // The zone that was asked for last has its channels; the other makes room.
                let other = &mut self.members[1 - zone];
                *other = (*other).min(14u8.saturating_sub(value));
                let [lower, upper] = self.members.map(|members| f32::from(u8::from(members > 0)));
                Some(("mpe", ZONE_STEP * (lower + 2.0 * upper)))
            }
            _ => None,
        }
    }

    fn is_member(&self, channel: u8) -> bool {
        let [lower, upper] = self.members;
        let in_lower = (1..=lower).contains(&channel);
        in_lower || upper > 0 && (15 - upper..=14).contains(&channel)
    }

    /// Holds a parameter where a keyboard has put it.
    pub(crate) fn hold((id, position): Move, hands: &Hands<'_>) {
        if let Some(place) = hands.map.place(id) {
            hands.controllers.take(place, position.clamp(0.0, 1.0));
        }
    }
}

/// A controller's value, 0…127.
fn seven_bits(value: f32) -> u8 {
    (0..=127u8)
        .rev()
        .find(|step| f32::from(*step) <= value * 127.0 + 0.5)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(registered: &mut Registered, channel: u8, number: u8, value: u8) -> Option<Move> {
        let mut last = None;
        for (cc, value) in [(101, 0), (100, number), (6, value)] {
            last = registered.hear(&NoteEvent::MidiCC {
                timing: 0,
                channel,
                cc,
                value: f32::from(value) / 127.0,
            });
        }
        last
    }

    /// Fifteen members under channel 1 are the lower zone; with 0 it is gone; both fit together if
    /// they leave each other room.
    #[test]
    fn zones_are_asked_for() {
        let mut registered = Registered::new();
        assert_eq!(send(&mut registered, 0, 6, 15), Some(("mpe", 1.0 / 3.0)));
        assert_eq!(send(&mut registered, 15, 6, 7), Some(("mpe", 1.0)));
        assert_eq!(send(&mut registered, 0, 6, 0), Some(("mpe", 2.0 / 3.0)));
        assert_eq!(send(&mut registered, 15, 6, 0), Some(("mpe", 0.0)));
        assert_eq!(send(&mut registered, 3, 6, 5), None, "no master");
    }

    /// A member's bend range is another one than everybody else's.
    #[test]
    fn bend_ranges_are_told() {
        let mut registered = Registered::new();
        assert_eq!(send(&mut registered, 4, 0, 12), Some(("bend", 0.25)));
        send(&mut registered, 0, 6, 7);
        assert_eq!(send(&mut registered, 4, 0, 24), Some(("mpe_bend", 0.25)));
        assert_eq!(send(&mut registered, 0, 0, 2), Some(("bend", 2.0 / 48.0)));
        assert_eq!(send(&mut registered, 9, 0, 12), Some(("bend", 0.25)));
    }

    /// A data entry that belongs to another kind of number is not ours.
    #[test]
    fn other_numbers_are_left_alone() {
        let mut registered = Registered::new();
        send(&mut registered, 0, 0, 2);
        let controller = |cc, value| NoteEvent::MidiCC {
            timing: 0,
            channel: 0,
            cc,
            value,
        };
        registered.hear(&controller(99, 0.5));
        assert_eq!(registered.hear(&controller(6, 0.5)), None);
        assert_eq!(Registered::new().hear(&controller(6, 0.5)), None);
    }
}
