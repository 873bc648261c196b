//! A piece on paper: a MIDI file and the curves of parameters, in seconds.
//!
//! ```text
//!  song.mid ───────► notes, controllers, bends ──┐
//!  automation.csv ─► straight lines per parameter ┴─► at_rate(rate) ─► [Timed], frames in order
//! ```
//!
//! Times are rounded to the nearest sample of the rate; a curve is sent at every 64th sample where
//! it moves, whatever the blocks, so a score is the same events for every block size.

mod automation;
mod midi;

pub use automation::{Automation, Curve};

use crate::error::HostError;
use crate::event::{Event, NoteAddress, Timed};
use std::path::Path;

/// Samples between two values of a moving curve.
pub const AUTOMATION_RASTER_SAMPLES: u64 = 64;

/// A note of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// When the key goes down, seconds.
    pub start_s: f64,
    /// When the key goes up, seconds.
    pub end_s: f64,
    /// 0…127.
    pub key: u8,
    /// 0…1.
    pub velocity: f64,
}

/// What is played, in seconds.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// Notes, controllers and bends, in order of time (and of the file within one moment).
    pub events: Vec<(f64, Event)>,
    /// The notes among them, in order of their start.
    pub notes: Vec<Note>,
    /// The curves.
    pub automation: Automation,
}

impl Score {
    /// Reads a MIDI file and, when there is one, an automation file.
    ///
    /// The MIDI file has format 0 or 1; its tempo is followed; every note gets an identifier of
    /// its own. The form of the automation file is described at [`Automation::read`].
    ///
    /// # Errors
    ///
    /// [`HostError::File`] when a file cannot be read, [`HostError::Score`] when it is no score.
    pub fn read(midi: &Path, automation: Option<&Path>) -> Result<Self, HostError> {
        let bytes = std::fs::read(midi).map_err(|e| HostError::File {
            path: midi.to_path_buf(),
            attempt: "read the MIDI file",
            reason: e.to_string(),
        })?;
        let events = midi::events(midi, &bytes)?;
        Ok(Self {
            notes: notes(&events),
            events,
            automation: automation.map_or(Ok(Automation::default()), Automation::read)?,
        })
    }

    /// When the last thing happens, seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let last = self.events.last().map_or(0.0, |(s, _)| *s);
        last.max(self.automation.seconds())
    }

    /// Everything as events at samples, in order.
    #[must_use]
    pub fn at_rate(&self, rate_hz: f64) -> Vec<Timed> {
        let mut timed = self.automation.at_rate(rate_hz);
        let place = |(seconds, event): &(f64, Event)| event.clone().at(frame(*seconds, rate_hz));
        timed.extend(self.events.iter().map(place));
        // Stable: at one sample, parameters come before notes, and notes in the file's order.
        timed.sort_by_key(|t| t.frame);
        timed
    }

    /// The notes that sound alone: no other key is down, nor was in the second before.
    ///
    /// Notes held on by the sustain pedal count as ending when the pedal goes up.
    #[must_use]
    pub fn lone_notes(&self) -> Vec<Note> {
        let ends: Vec<f64> = self.notes.iter().map(|n| self.sounding_end(n)).collect();
        let alone = |index: usize| {
            let note = &self.notes[index];
            let others = (0..self.notes.len()).filter(|other| *other != index);
            others.into_iter().all(|other| {
                let (start, end) = (self.notes[other].start_s, ends[other] + 1.0);
                end <= note.start_s || start >= note.end_s
            })
        };
        let indices = (0..self.notes.len()).filter(|i| alone(*i));
        indices.map(|i| self.notes[i]).collect()
    }

    /// When a note's key and the pedal are both up.
    fn sounding_end(&self, note: &Note) -> f64 {
        let pedal = self.events.iter().filter_map(|(s, event)| match event {
            Event::Midi([0xb0..=0xbf, 64, value]) => Some((*s, *value >= 64)),
            _ => None,
        });
        let mut held = false;
        for (seconds, down) in pedal {
            if seconds > note.end_s && held {
                return seconds;
            }
            if seconds > note.end_s {
                break;
            }
            held = down;
        }
        if held { f64::INFINITY } else { note.end_s }
    }
}

/// The notes among events; one that never ends ends with the piece.
fn notes(events: &[(f64, Event)]) -> Vec<Note> {
    let last = events.last().map_or(0.0, |(s, _)| *s);
    let end_of = |note: &NoteAddress| {
        let end = events.iter().find_map(|(s, event)| match event {
            Event::NoteOff { note: ended, .. } if ended == note => Some(*s),
            _ => None,
        });
        end.unwrap_or(last)
    };
    let starts = events.iter().filter_map(|(start_s, event)| match event {
        Event::NoteOn { note, velocity } => Some(Note {
            start_s: *start_s,
            end_s: end_of(note),
            key: note.key,
            velocity: *velocity,
        }),
        _ => None,
    });
    starts.collect()
}

/// The sample nearest to a time.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounding is meant, and times are not negative"
)]
pub(crate) fn frame(seconds: f64, rate_hz: f64) -> u64 {
    (seconds * rate_hz).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(spans: &[(u32, f64, f64)]) -> Score {
        let mut events = Vec::new();
        for (id, start, end) in spans {
            let note = NoteAddress {
                channel: 0,
                key: 60,
                id: Some(*id),
            };
            events.push((
                *start,
                Event::NoteOn {
                    note,
                    velocity: 1.0,
                },
            ));
            events.push((
                *end,
                Event::NoteOff {
                    note,
                    velocity: 0.0,
                },
            ));
        }
        events.sort_by(|a, b| a.0.total_cmp(&b.0));
        Score {
            notes: notes(&events),
            events,
            automation: Automation::default(),
        }
    }

    /// A note is alone when nothing overlaps it and a second has passed since the last one.
    #[test]
    fn lone_notes_have_silence_around_them() {
        let score = played(&[
            (1, 0.0, 1.0),
            (2, 2.0, 3.0),
            (3, 3.5, 5.0),
            (4, 4.0, 6.0),
            (5, 7.5, 9.0),
        ]);
        let starts: Vec<f64> = score.lone_notes().iter().map(|n| n.start_s).collect();
        assert_eq!(starts, [0.0, 2.0, 7.5]);
    }

    /// The pedal holds a note on: what follows it is not alone.
    #[test]
    fn the_pedal_makes_notes_longer() {
        let mut score = played(&[(1, 0.0, 1.0), (2, 3.0, 4.0)]);
        assert_eq!(score.lone_notes().len(), 2);
        score.events.push((0.5, Event::controller(64, 127)));
        score.events.push((2.5, Event::controller(64, 0)));
        score.events.sort_by(|a, b| a.0.total_cmp(&b.0));
        let starts: Vec<f64> = score.lone_notes().iter().map(|n| n.start_s).collect();
        assert_eq!(starts, [0.0]);
    }
}
