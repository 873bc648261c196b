//! A piece for several instruments, taken apart by MIDI channel.
//!
//! ```text
//!  Score ─┬─ channel 1, curves "1:Latent 1", curves "Attack" ─► Score of an instance
//!         └─ channel 2, curves "2:Latent 1", curves "Attack" ─► Score of another
//! ```
//!
//! In a DAW each of them would be a track with an instance of its own. A curve whose name begins
//! with a channel's number (from 1, as musicians count) belongs to that channel; any other belongs
//! to all.

use super::{Automation, Curve, Score, notes};
use crate::event::Event;

impl Score {
    /// One score for every channel that has notes, with the channel's number from 1; a piece
    /// without notes is one part.
    #[must_use]
    pub fn parts(&self) -> Vec<(u8, Self)> {
        let channels = self.events.iter().filter_map(|(_, event)| match event {
            Event::NoteOn { note, .. } => Some(note.channel),
            _ => None,
        });
        let mut channels: Vec<u8> = channels.collect();
        channels.sort_unstable();
        channels.dedup();
        if channels.is_empty() {
            channels.push(0);
        }
        let part = |channel: u8| (channel + 1, self.part(channel));
        channels.into_iter().map(part).collect()
    }

    fn part(&self, channel: u8) -> Self {
        let own = |(_, event): &&(f64, Event)| channel_of(event).is_none_or(|own| own == channel);
        let events: Vec<_> = self.events.iter().filter(own).cloned().collect();
        let curves = self.automation.curves.iter().filter_map(|curve| {
            let (whose, parameter) = belongs(&curve.parameter);
            whose
                .is_none_or(|number| number == channel + 1)
                .then(|| Curve {
                    parameter: parameter.to_owned(),
                    points: curve.points.clone(),
                })
        });
        Self {
            notes: notes(&events),
            automation: Automation {
                curves: curves.collect(),
            },
            events,
        }
    }
}

/// A curve's channel, from 1, and the parameter that it moves.
fn belongs(name: &str) -> (Option<u8>, &str) {
    let numbered = name.split_once(':').and_then(|(number, parameter)| {
        let number = number.trim().parse().ok()?;
        Some((Some(number), parameter.trim()))
    });
    numbered.unwrap_or((None, name))
}

/// The channel of an event, if it belongs to one.
fn channel_of(event: &Event) -> Option<u8> {
    match event {
        Event::NoteOn { note, .. }
        | Event::NoteOff { note, .. }
        | Event::NoteChoke { note }
        | Event::Expression { note, .. } => Some(note.channel),
        Event::Modulation { note, .. } => note.map(|note| note.channel),
        Event::Midi([status, ..]) if *status < 0xf0 => Some(status & 0x0f),
        Event::Midi(_)
        | Event::Parameter { .. }
        | Event::Numbered { .. }
        | Event::Foreign { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::NoteAddress;

    fn key(channel: u8, key: u8, start_s: f64) -> [(f64, Event); 2] {
        let note = NoteAddress {
            channel,
            key,
            id: Some(u32::from(key)),
        };
        let velocity = 0.5;
        [
            (start_s, Event::NoteOn { note, velocity }),
            (start_s + 1.0, Event::NoteOff { note, velocity }),
        ]
    }

    /// Every note and pedal lands in the part of its channel and nowhere else; curves go where
    /// their names say.
    #[test]
    fn channels_become_parts() {
        let mut events: Vec<_> = key(0, 60, 0.0).into();
        events.extend(key(2, 40, 0.5));
        events.push((1.8, Event::Midi([0xb2, 64, 127])));
        let curve = |name: &str| Curve {
            parameter: name.into(),
            points: vec![(0.0, 0.5)],
        };
        let score = Score {
            notes: notes(&events),
            events,
            automation: Automation {
                curves: vec![curve("Attack"), curve("1:Latent 1"), curve("3: Latent 1")],
            },
        };
        let parts = score.parts();
        let told: Vec<(u8, Vec<u8>, Vec<&str>)> = parts
            .iter()
            .map(|(number, part)| {
                let curves = part.automation.curves.iter();
                let keys = part.notes.iter().map(|n| n.key).collect();
                (
                    *number,
                    keys,
                    curves.map(|c| c.parameter.as_str()).collect(),
                )
            })
            .collect();
        let expected = [
            (1, vec![60], vec!["Attack", "Latent 1"]),
            (3, vec![40], vec!["Attack", "Latent 1"]),
        ];
        assert_eq!(told, expected);
        assert_eq!((parts[0].1.events.len(), parts[1].1.events.len()), (2, 3));
    }

    /// Without notes there is still something to play.
    #[test]
    fn a_piece_without_notes_is_one_part() {
        let parts = Score::default().parts();
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].0, 1);
    }
}
