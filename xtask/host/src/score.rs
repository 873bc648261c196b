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
mod parts;

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

/// A stretch of time in which one note sounds alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldAlone {
    /// The note.
    pub note: Note,
    /// Where the stretch begins, seconds.
    pub from_s: f64,
    /// Where it ends, seconds.
    pub to_s: f64,
}

/// How long a note may ring on after its end, seconds.
const RING_S: f64 = 1.0;
/// How long a note must be alone for its beginning to be its own, seconds.
const ALONE_S: f64 = 0.1;
/// The shortest stretch that a pitch can be measured in, seconds.
const SHORTEST_HELD_S: f64 = 0.5;

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

    /// The stretches in which one note sounds alone, held and unbent, for half a second or more.
    ///
    /// The first 100 ms of a note do not count, nor the second after another note's end (or after
    /// the pedal that held it went up): until then that one may ring on.
    #[must_use]
    pub fn held_alone(&self) -> Vec<HeldAlone> {
        let ends: Vec<f64> = self.notes.iter().map(|n| self.sounding_end(n)).collect();
        let held = |index: usize| {
            let note = self.notes[index];
            let others = (0..self.notes.len()).filter(|other| *other != index);
            let (mut from_s, mut to_s) = (note.start_s + 0.1, note.end_s);
            for other in others {
                if self.notes[other].start_s >= note.start_s {
                    to_s = to_s.min(self.notes[other].start_s);
                } else {
                    from_s = from_s.max(ends[other] + RING_S);
                }
            }
            let long = to_s - from_s >= SHORTEST_HELD_S;
            (long && !self.is_bent(note.start_s, to_s)).then_some(HeldAlone { note, from_s, to_s })
        };
        (0..self.notes.len()).filter_map(held).collect()
    }

    /// The notes that begin alone after silence: nothing before them sounds any more, and nothing
    /// else begins for a tenth of a second.
    ///
    /// A note counts as silent one second after its end (or after the pedal that held it went up).
    #[must_use]
    pub fn after_silence(&self) -> Vec<Note> {
        let ends: Vec<f64> = self.notes.iter().map(|n| self.sounding_end(n)).collect();
        let begins = |index: &usize| {
            let start_s = self.notes[*index].start_s;
            (0..self.notes.len())
                .filter(|other| other != index)
                .all(|other| {
                    let gone = ends[other] + RING_S <= start_s;
                    gone || self.notes[other].start_s >= start_s + ALONE_S
                })
        };
        let silent = (0..self.notes.len()).filter(begins);
        silent.map(|index| self.notes[index]).collect()
    }

    /// Whether the bend wheel is off its centre at some time of a stretch.
    fn is_bent(&self, from_s: f64, to_s: f64) -> bool {
        let bends = self.events.iter().filter_map(|(s, event)| match event {
            Event::Midi([0xe0..=0xef, low, high]) => Some((*s, (*low, *high) != (0, 64))),
            _ => None,
        });
        let mut bent = false;
        for (seconds, off) in bends {
            if seconds >= to_s {
                break;
            }
            bent = if seconds <= from_s { off } else { bent || off };
        }
        bent
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

    fn starts(score: &Score) -> Vec<f64> {
        score.held_alone().iter().map(|h| h.note.start_s).collect()
    }

    /// A stretch begins when the last note has rung out and ends when the next one begins.
    #[test]
    fn notes_held_alone_have_silence_around_them() {
        let score = played(&[
            (1, 0.0, 1.0),
            (2, 2.0, 3.0),
            (3, 3.5, 5.0),
            (4, 4.2, 6.0),
            (5, 7.5, 9.0),
        ]);
        // The third is alone for 0.2 s only, the fourth never.
        assert_eq!(starts(&score), [0.0, 2.0, 7.5]);
        let held = score.held_alone();
        assert!((held[1].from_s - 2.1).abs() < 1e-12 && (held[1].to_s - 3.0).abs() < 1e-12);
    }

    /// A beginning is a note's own when the last one has rung out and no other comes with it.
    #[test]
    fn beginnings_are_those_after_silence() {
        let score = played(&[
            (1, 0.0, 1.0),
            (2, 1.9, 3.0),
            (3, 4.1, 5.0),
            (4, 4.15, 5.0),
            (5, 6.0, 6.5),
        ]);
        let found: Vec<f64> = score.after_silence().iter().map(|n| n.start_s).collect();
        assert_eq!(found, [0.0, 6.0]);
    }

    /// The pedal holds a note on: what follows it is not alone.
    #[test]
    fn the_pedal_makes_notes_longer() {
        let mut score = played(&[(1, 0.0, 1.0), (2, 3.0, 4.0)]);
        assert_eq!(starts(&score), [0.0, 3.0]);
        score.events.push((0.5, Event::controller(64, 127)));
        score.events.push((2.8, Event::controller(64, 0)));
        score.events.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!(starts(&score), [0.0]);
    }

    /// A bent note has no pitch of its own; once the wheel is back, notes have theirs again.
    #[test]
    fn bent_notes_do_not_count() {
        let mut score = played(&[(1, 0.0, 1.0), (2, 3.0, 4.0), (3, 6.0, 7.0)]);
        score.events.push((2.0, Event::bend(0.5)));
        score.events.push((5.0, Event::bend(0.0)));
        score.events.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!(starts(&score), [0.0, 6.0]);
    }
}
