//! Standard MIDI files as events in seconds.
//!
//! ```text
//!  tracks ─► one list in ticks ─► tempo ─► seconds ─► notes with identifiers, raw messages
//! ```

use crate::error::HostError;
use crate::event::{Event, NoteAddress};
use midly::{Format, MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
use std::path::Path;

/// Reads a file's events, in order of time and, within one moment, of the file.
pub(super) fn events(path: &Path, bytes: &[u8]) -> Result<Vec<(f64, Event)>, HostError> {
    let fault = |field, expected, found: String| HostError::Score {
        path: path.to_path_buf(),
        place: String::new(),
        field,
        expected,
        found,
    };
    let file =
        Smf::parse(bytes).map_err(|e| fault("file", "a standard MIDI file", e.to_string()))?;
    if file.header.format == Format::Sequential {
        let expected = "format 0 or 1 (one piece)";
        return Err(fault("format", expected, "2 (independent pieces)".into()));
    }
    let mut ticked = Vec::new();
    for track in &file.tracks {
        let mut tick = 0_u64;
        for event in track {
            tick += u64::from(event.delta.as_int());
            ticked.push((tick, event.kind));
        }
    }
    // Stable: tracks stay in order within one tick, so a tempo of track 0 counts from its tick on.
    ticked.sort_by_key(|(tick, _)| *tick);
    Ok(Reader::new(file.header.timing).read(&ticked))
}

/// Follows the tempo and remembers which notes are down.
struct Reader {
    seconds_per_tick: f64,
    ticks_per_beat: Option<f64>,
    tick: u64,
    seconds: f64,
    next_id: u32,
    held: Vec<NoteAddress>,
}

impl Reader {
    fn new(timing: Timing) -> Self {
        let (ticks_per_beat, seconds_per_tick) = match timing {
            // Without a tempo, a file plays at 120 beats a minute.
            Timing::Metrical(ticks) => {
                let ticks = f64::from(ticks.as_int().max(1));
                (Some(ticks), 0.5 / ticks)
            }
            Timing::Timecode(frames, sub) => {
                let rate = f64::from(frames.as_f32()) * f64::from(sub.max(1));
                (None, 1.0 / rate)
            }
        };
        Self {
            seconds_per_tick,
            ticks_per_beat,
            tick: 0,
            seconds: 0.0,
            next_id: 0,
            held: Vec::new(),
        }
    }

    fn read(mut self, ticked: &[(u64, TrackEventKind<'_>)]) -> Vec<(f64, Event)> {
        let mut events = Vec::new();
        for (tick, kind) in ticked {
            self.seconds += (tick - self.tick) as f64 * self.seconds_per_tick;
            self.tick = *tick;
            match kind {
                TrackEventKind::Meta(MetaMessage::Tempo(micros)) => {
                    if let Some(ticks) = self.ticks_per_beat {
                        self.seconds_per_tick = f64::from(micros.as_int()) * 1e-6 / ticks;
                    }
                }
                TrackEventKind::Midi { channel, message } => {
                    let event = self.message(channel.as_int(), *message);
                    events.extend(event.map(|event| (self.seconds, event)));
                }
                _ => {}
            }
        }
        events
    }

    fn message(&mut self, channel: u8, message: MidiMessage) -> Option<Event> {
        let raw = |status: u8, first: u8, second| Event::Midi([status | channel, first, second]);
        Some(match message {
            MidiMessage::NoteOn { key, vel } if vel.as_int() > 0 => {
                return Some(self.down(channel, key.as_int(), vel.as_int()));
            }
            MidiMessage::NoteOn { key, .. } => return self.up(channel, key.as_int(), 0),
            MidiMessage::NoteOff { key, vel } => {
                return self.up(channel, key.as_int(), vel.as_int());
            }
            MidiMessage::Aftertouch { key, vel } => raw(0xa0, key.as_int(), vel.as_int()),
            MidiMessage::Controller { controller, value } => {
                raw(0xb0, controller.as_int(), value.as_int())
            }
            MidiMessage::ProgramChange { program } => raw(0xc0, program.as_int(), 0),
            MidiMessage::ChannelAftertouch { vel } => raw(0xd0, vel.as_int(), 0),
            MidiMessage::PitchBend { bend } => {
                let value = bend.0.as_int();
                let [low, high] = [value & 0x7f, value >> 7].map(|b| u8::try_from(b).unwrap_or(0));
                raw(0xe0, low, high)
            }
        })
    }

    fn down(&mut self, channel: u8, key: u8, velocity: u8) -> Event {
        let id = Some(self.next_id);
        self.next_id += 1;
        let note = NoteAddress { channel, key, id };
        self.held.push(note);
        let velocity = f64::from(velocity) / 127.0;
        Event::NoteOn { note, velocity }
    }

    /// The oldest note of that key ends; an end without a beginning is nothing.
    fn up(&mut self, channel: u8, key: u8, velocity: u8) -> Option<Event> {
        let held = |note: &NoteAddress| (note.channel, note.key) == (channel, key);
        let note = self.held.remove(self.held.iter().position(held)?);
        let velocity = f64::from(velocity) / 127.0;
        Some(Event::NoteOff { note, velocity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use midly::num::{u4, u7, u15, u24, u28};
    use midly::{Header, TrackEvent};

    fn event(delta: u32, kind: TrackEventKind<'_>) -> TrackEvent<'_> {
        TrackEvent {
            delta: u28::new(delta),
            kind,
        }
    }

    fn key(delta: u32, key: u8, vel: u8) -> TrackEvent<'static> {
        let (key, vel) = (u7::new(key), u7::new(vel));
        let message = MidiMessage::NoteOn { key, vel };
        let channel = u4::new(0);
        event(delta, TrackEventKind::Midi { channel, message })
    }

    fn file(tracks: Vec<Vec<TrackEvent<'static>>>, format: Format) -> Vec<u8> {
        let mut smf = Smf::new(Header::new(format, Timing::Metrical(u15::new(100))));
        smf.tracks = tracks;
        let mut bytes = Vec::new();
        smf.write_std(&mut bytes).unwrap();
        bytes
    }

    fn tempo(delta: u32, micros: u32) -> TrackEvent<'static> {
        let tempo = MetaMessage::Tempo(u24::new(micros));
        event(delta, TrackEventKind::Meta(tempo))
    }

    /// 100 ticks a beat: one beat at 120 a minute is 0.5 s, and at 60 a minute another 1 s.
    #[test]
    fn tempo_changes_count_from_their_tick() {
        let tempi = vec![tempo(0, 500_000), tempo(100, 1_000_000)];
        let keys = vec![key(0, 60, 127), key(200, 60, 0)];
        let bytes = file(vec![tempi, keys], Format::Parallel);
        let events = events(Path::new("x.mid"), &bytes).unwrap();
        let times: Vec<f64> = events.iter().map(|e| e.0).collect();
        assert_eq!(times.len(), 2);
        assert!((times[1] - 1.5).abs() < 1e-12, "{times:?}");
    }

    /// A note-on of velocity 0 ends the note it belongs to; two of one key end oldest first.
    #[test]
    fn ends_find_their_beginnings() {
        let keys = vec![
            key(0, 60, 64),
            key(10, 60, 100),
            key(10, 60, 0),
            key(10, 60, 0),
            key(10, 60, 0),
        ];
        let bytes = file(vec![keys], Format::SingleTrack);
        let events = events(Path::new("x.mid"), &bytes).unwrap();
        let ids: Vec<_> = events
            .iter()
            .map(|(_, event)| match event {
                Event::NoteOn { note, .. } => (true, note.id),
                Event::NoteOff { note, .. } => (false, note.id),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = [
            (true, Some(0)),
            (true, Some(1)),
            (false, Some(0)),
            (false, Some(1)),
        ];
        assert_eq!(ids, expected, "the third end has no beginning");
    }

    /// What is no MIDI file, or several pieces in one, is refused by name.
    #[test]
    fn other_files_are_refused() {
        let sequential = file(vec![vec![key(0, 60, 1)]], Format::Sequential);
        for bytes in [&b"RIFF"[..], &sequential] {
            let error = events(Path::new("song.mid"), bytes).unwrap_err();
            assert!(error.to_string().starts_with("song.mid: f"), "{error}");
        }
    }
}
