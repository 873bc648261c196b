//! Writes the demo's piece: eleven bars in A minor for an instrument whose timbre moves.
//!
//! ```text
//!  bars of notes, one bend, one pedal ─► assets/demo.mid
//!  four latents, a point per phrase   ─► assets/demo.automation.csv
//! ```
//!
//! A single tone opens; four chords follow of which never more than two voices move; alone again, a
//! tone is bent up a whole step; a broken chord under the pedal climbs to the highest note; two
//! single tones close an octave apart. Run: `cargo run -p betwixt-host --example compose_demo`

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

use midly::num::{u4, u7, u15, u24, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind,
};
use std::path::Path;

const COMMAND: &str = "cargo run -p betwixt-host --example compose_demo";
const TICKS_PER_BEAT: u16 = 480;
const BEATS_PER_BAR: f64 = 4.0;
/// A breath of silence before the first tone.
const REST_BEATS: f64 = 0.5;
/// 96 beats a minute: a bar is 2.5 s.
const BEAT_MICROSECONDS: u32 = 625_000;

/// A tone: bar (from 1), beat (from 1), length in beats, key, velocity.
type Tone = (u8, f64, f64, u8, u8);

const MELODY: [Tone; 29] = [
    // Out of silence.
    (1, 1.0, 3.0, 64, 58),
    (1, 4.0, 0.5, 67, 52),
    (1, 4.5, 0.5, 69, 60),
    // First half of the song.
    (2, 1.0, 1.5, 71, 78),
    (2, 2.5, 0.5, 72, 66),
    (2, 3.0, 1.9, 76, 84),
    (3, 1.0, 1.0, 74, 76),
    (3, 2.0, 1.0, 72, 68),
    (3, 3.0, 1.9, 69, 72),
    (4, 1.0, 1.5, 77, 88),
    (4, 2.5, 0.5, 76, 76),
    (4, 3.0, 1.0, 74, 80),
    (4, 4.0, 0.9, 72, 70),
    (5, 1.0, 1.5, 74, 82),
    (5, 2.5, 0.5, 71, 70),
    (5, 3.0, 1.7, 67, 64),
    // Alone: bent, then at rest.
    (6, 1.0, 1.7, 74, 80),
    (6, 3.0, 3.0, 67, 56),
    // The climb, and down through the leading note.
    (7, 3.0, 0.5, 76, 72),
    (7, 3.5, 0.5, 79, 82),
    (7, 4.0, 1.0, 83, 92),
    (8, 1.0, 2.0, 84, 104),
    (8, 3.0, 1.0, 81, 90),
    (8, 4.0, 0.9, 79, 80),
    (9, 1.0, 1.5, 80, 86),
    (9, 2.5, 0.5, 76, 72),
    (9, 3.0, 1.9, 71, 66),
    // Home.
    (10, 3.0, 3.0, 69, 60),
    (11, 2.0, 3.0, 57, 54),
];

/// A chord: bar, beat, length in beats, keys, velocity. From one to the next most voices stay.
type Chord = (u8, f64, f64, [u8; 4], u8);

const CHORDS: [Chord; 7] = [
    (2, 1.0, 3.9, [57, 60, 64, 67], 54),
    (3, 1.0, 3.9, [57, 60, 64, 65], 52),
    (4, 1.0, 3.9, [57, 60, 62, 65], 58),
    (5, 1.0, 3.6, [55, 59, 62, 65], 52),
    (8, 1.0, 3.9, [53, 57, 60, 64], 70),
    (9, 1.0, 3.9, [56, 59, 62, 64], 62),
    (10, 1.0, 1.5, [57, 60, 64, 71], 58),
];

/// Under the pedal: C major, spread.
const BROKEN_CHORD: [Tone; 4] = [
    (7, 2.0, 0.5, 48, 62),
    (7, 2.25, 0.5, 55, 60),
    (7, 2.5, 0.5, 64, 64),
    (7, 2.75, 0.5, 71, 68),
];

/// The pedal goes down and up: bar, beat.
const PEDAL: [(u8, f64, u8); 2] = [(7, 2.0, 127), (8, 1.0, 0)];

/// The bend: bar, first beat, beats up, beats at the top, beats down.
const BEND: (u8, f64, f64, f64, f64) = (6, 1.5, 0.5, 0.7, 0.25);

/// A latent's line: name and (bar, beat, value).
type Line = (&'static str, &'static [(u8, f64, f64)]);

const LATENTS: [Line; 4] = [
    (
        "Latent 1",
        &[
            (1, 1.0, 0.35),
            (1, 4.0, 0.55),
            (3, 1.0, 0.45),
            (5, 4.0, 0.65),
            (6, 3.0, 0.40),
            (8, 1.0, 0.80),
            (10, 1.0, 0.45),
            (11, 4.0, 0.30),
        ],
    ),
    (
        "Latent 2",
        &[
            (2, 1.0, 0.50),
            (4, 1.0, 0.70),
            (6, 1.0, 0.45),
            (6, 3.0, 0.30),
            (8, 3.0, 0.60),
            (11, 1.0, 0.50),
        ],
    ),
    (
        "Latent 3",
        &[
            (1, 1.0, 0.60),
            (2, 1.0, 0.40),
            (5, 1.0, 0.55),
            (7, 1.0, 0.35),
            (8, 1.0, 0.65),
            (10, 3.0, 0.50),
        ],
    ),
    (
        "Latent 4",
        &[
            (1, 1.0, 0.50),
            (4, 1.0, 0.35),
            (6, 1.0, 0.60),
            (9, 1.0, 0.40),
            (11, 4.0, 0.55),
        ],
    ),
];

fn main() -> std::io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let assets = here.ancestors().nth(2).unwrap_or(here).join("assets");
    std::fs::create_dir_all(&assets)?;
    write(&assets.join("demo.mid"), &midi()?)?;
    write(&assets.join("demo.automation.csv"), automation().as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, bytes)?;
    std::fs::rename(&unfinished, path)?;
    println!("{}", path.display());
    Ok(())
}

/// Beats from the beginning.
fn beats(bar: u8, beat: f64) -> f64 {
    REST_BEATS + (f64::from(bar) - 1.0) * BEATS_PER_BAR + beat - 1.0
}

/// The piece as a standard MIDI file.
pub(crate) fn midi() -> std::io::Result<Vec<u8>> {
    let mut placed = Vec::new();
    for tone in MELODY.iter().chain(&BROKEN_CHORD) {
        place_tone(&mut placed, *tone);
    }
    for (bar, beat, length, keys, velocity) in CHORDS {
        for key in keys {
            place_tone(&mut placed, (bar, beat, length, key, velocity));
        }
    }
    for (bar, beat, value) in PEDAL {
        let (controller, value) = (u7::new(64), u7::new(value));
        placed.push((
            beats(bar, beat),
            1,
            MidiMessage::Controller { controller, value },
        ));
    }
    place_bend(&mut placed);
    // What ends comes before what begins at the same moment.
    placed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut file = Smf::new(Header::new(
        Format::SingleTrack,
        Timing::Metrical(u15::new(TICKS_PER_BEAT)),
    ));
    let made = format!("Made by: {COMMAND}");
    file.tracks.push(track(&placed, made.as_bytes()));
    let mut bytes = Vec::new();
    file.write_std(&mut bytes)?;
    Ok(bytes)
}

/// Beats from the beginning, rank within the moment, message.
type Placed = (f64, u8, MidiMessage);

fn place_tone(placed: &mut Vec<Placed>, (bar, beat, length, key, velocity): Tone) {
    let (start, key) = (beats(bar, beat), u7::new(key));
    let vel = u7::new(velocity);
    placed.push((start, 2, MidiMessage::NoteOn { key, vel }));
    let vel = u7::new(64);
    placed.push((start + length, 0, MidiMessage::NoteOff { key, vel }));
}

/// Up by the whole range and, as the tone rings out, down again; eased at both ends.
fn place_bend(placed: &mut Vec<Placed>) {
    let (bar, beat, up, top, down) = BEND;
    let start = beats(bar, beat);
    for step in 0..=32_u8 {
        let share = f64::from(step) / 32.0;
        let eased = share * share * (3.0 - 2.0 * share);
        for (at, amount) in [(up * share, eased), (up + top + down * share, 1.0 - eased)] {
            let bend = PitchBend::from_f64(amount);
            placed.push((start + at, 1, MidiMessage::PitchBend { bend }));
        }
    }
}

fn track<'a>(placed: &[Placed], made: &'a [u8]) -> Vec<TrackEvent<'a>> {
    let meta = |message| TrackEvent {
        delta: u28::new(0),
        kind: TrackEventKind::Meta(message),
    };
    let mut track = vec![
        meta(MetaMessage::TrackName(b"Betwixt demo")),
        meta(MetaMessage::Text(made)),
        meta(MetaMessage::Tempo(u24::new(BEAT_MICROSECONDS))),
    ];
    let mut before = 0;
    for (at, _, message) in placed {
        let tick = ticks(*at);
        track.push(TrackEvent {
            delta: u28::new(tick - before),
            kind: TrackEventKind::Midi {
                channel: u4::new(0),
                message: *message,
            },
        });
        before = tick;
    }
    track.push(meta(MetaMessage::EndOfTrack));
    track
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a short piece, rounded to its tick"
)]
fn ticks(beats: f64) -> u32 {
    (beats * f64::from(TICKS_PER_BEAT)).round() as u32
}

/// The latents' lines as an automation table.
pub(crate) fn automation() -> String {
    let mut text = format!("# Made by: {COMMAND}\nseconds,parameter,value\n");
    let beat_s = f64::from(BEAT_MICROSECONDS) * 1e-6;
    for (name, points) in LATENTS {
        for (bar, beat, value) in points {
            let seconds = beats(*bar, *beat) * beat_s;
            text += &format!("{seconds},{name},{value}\n");
        }
    }
    text
}
