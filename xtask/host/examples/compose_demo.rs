//! Writes the demo's piece: twelve bars in A minor for four instances of the default model.
//!
//! ```text
//!  models/instruments: where each instrument lies among the latents ─┐
//!  channel 1  melody: guitar, piano, flute, saxophone                │
//!  channel 2  held chords: strings become a choir, and strings again ├─► assets/demo.mid
//!  channel 3  a bass line                                            │   assets/demo.automation.csv
//!  channel 4  crystal bells, then tubular bells                      ┘
//! ```
//!
//! Every instrument is a point of the same map, so an arrangement is a path on it. A guitar
//! opens alone; the band comes in; alone again, a saxophone is bent up a whole step; a broken chord
//! under the pedal climbs to the highest note; bells toll over the last two tones.
//! Run: `cargo run -p betwixt-host --example compose_demo`

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

use midly::num::{u4, u7, u15, u24, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind,
};
use safetensors::SafeTensors;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

const COMMAND: &str = "cargo run -p betwixt-host --example compose_demo";
const TICKS_PER_BEAT: u16 = 480;
const BEATS_PER_BAR: f64 = 4.0;
/// A breath of silence before the first tone.
const REST_BEATS: f64 = 0.5;
/// 96 beats a minute: a bar is 2.5 s.
const BEAT_MICROSECONDS: u32 = 625_000;

/// MIDI channels, counted from 0 as the file does.
const MELODY_CHANNEL: u8 = 0;
const CHORDS_CHANNEL: u8 = 1;
const BASS_CHANNEL: u8 = 2;
const BELLS_CHANNEL: u8 = 3;

/// A tone: bar (from 1), beat (from 1), length in beats, key, velocity.
type Tone = (u8, f64, f64, u8, u8);

const MELODY: [Tone; 29] = [
    // Out of silence.
    (1, 1.0, 3.0, 64, 70),
    (1, 4.0, 0.5, 67, 62),
    (1, 4.5, 0.5, 69, 70),
    // First half of the song.
    (2, 1.0, 1.5, 71, 84),
    (2, 2.5, 0.5, 72, 72),
    (2, 3.0, 1.9, 76, 92),
    (3, 1.0, 1.0, 74, 82),
    (3, 2.0, 1.0, 72, 74),
    (3, 3.0, 1.6, 69, 78),
    (4, 1.0, 1.5, 77, 88),
    (4, 2.5, 0.5, 76, 76),
    (4, 3.0, 1.0, 74, 80),
    (4, 4.0, 0.9, 72, 70),
    (5, 1.0, 1.5, 74, 82),
    (5, 2.5, 0.5, 71, 70),
    (5, 3.0, 1.2, 67, 64),
    // Alone: bent, then at rest.
    (6, 1.0, 1.7, 74, 84),
    (6, 3.0, 3.0, 67, 66),
    // The climb, and down through the leading note.
    (7, 3.0, 0.5, 76, 78),
    (7, 3.5, 0.5, 79, 88),
    (7, 4.0, 1.0, 83, 96),
    (8, 1.0, 2.0, 84, 108),
    (8, 3.0, 1.0, 81, 94),
    (8, 4.0, 0.9, 79, 84),
    (9, 1.0, 1.5, 80, 90),
    (9, 2.5, 0.5, 76, 76),
    (9, 3.0, 1.2, 71, 70),
    // Home.
    (10, 3.0, 3.0, 69, 68),
    (11, 2.0, 3.5, 57, 62),
];

/// A chord: bar, beat, length in beats, keys, velocity. From one to the next most voices stay.
type Chord = (u8, f64, f64, [u8; 4], u8);

const CHORDS: [Chord; 7] = [
    (2, 1.0, 3.95, [57, 60, 64, 67], 66),
    (3, 1.0, 3.95, [57, 60, 64, 65], 64),
    (4, 1.0, 3.95, [57, 60, 62, 65], 70),
    (5, 1.0, 3.6, [55, 59, 62, 65], 62),
    (8, 1.0, 3.95, [53, 57, 60, 64], 78),
    (9, 1.0, 3.95, [56, 59, 62, 64], 70),
    (10, 1.0, 6.0, [57, 60, 64, 71], 62),
];

/// Under the pedal: C major, spread.
const BROKEN_CHORD: [Tone; 4] = [
    (7, 2.0, 0.5, 48, 68),
    (7, 2.25, 0.5, 55, 66),
    (7, 2.5, 0.5, 64, 70),
    (7, 2.75, 0.5, 71, 74),
];

const BASS: [Tone; 26] = [
    (2, 1.0, 1.4, 33, 90),
    (2, 2.5, 0.4, 40, 74),
    (2, 3.0, 0.9, 33, 84),
    (2, 4.0, 0.9, 36, 80),
    (3, 1.0, 1.4, 29, 90),
    (3, 2.5, 0.4, 36, 74),
    (3, 3.0, 0.9, 29, 84),
    (3, 4.0, 0.9, 33, 80),
    (4, 1.0, 1.4, 38, 92),
    (4, 2.5, 0.4, 33, 74),
    (4, 3.0, 0.9, 38, 86),
    (4, 4.0, 0.9, 41, 82),
    (5, 1.0, 1.4, 31, 90),
    (5, 2.5, 0.4, 38, 74),
    (5, 3.0, 1.2, 31, 80),
    // The climb.
    (7, 4.0, 0.9, 36, 84),
    (8, 1.0, 1.4, 29, 98),
    (8, 2.5, 0.4, 36, 80),
    (8, 3.0, 0.9, 41, 90),
    (8, 4.0, 0.9, 36, 84),
    (9, 1.0, 1.4, 28, 96),
    (9, 2.5, 0.4, 35, 80),
    (9, 3.0, 0.9, 40, 86),
    (9, 4.0, 0.9, 32, 84),
    (10, 1.0, 3.6, 33, 92),
    (11, 1.0, 1.0, 33, 70),
];

const BELLS: [Tone; 19] = [
    // A last bar's answer.
    (5, 4.0, 1.0, 79, 70),
    (5, 4.5, 1.5, 83, 66),
    // Over the highest notes.
    (8, 1.0, 0.5, 77, 76),
    (8, 1.5, 0.5, 81, 70),
    (8, 2.0, 0.5, 84, 78),
    (8, 2.5, 0.5, 88, 72),
    (8, 3.0, 0.5, 93, 80),
    (8, 3.5, 0.5, 88, 70),
    (8, 4.0, 0.5, 84, 74),
    (8, 4.5, 0.5, 81, 68),
    (9, 1.0, 0.5, 80, 76),
    (9, 1.5, 0.5, 83, 70),
    (9, 2.0, 0.5, 88, 78),
    (9, 2.5, 0.5, 92, 72),
    (9, 3.0, 1.0, 88, 74),
    // Tolling.
    (10, 1.0, 3.0, 69, 92),
    (10, 4.0, 3.5, 64, 84),
    (11, 4.0, 4.5, 69, 78),
    (12, 4.0, 4.0, 57, 70),
];

/// The pedal goes down and up: bar, beat.
const PEDAL: [(u8, f64, u8); 2] = [(7, 2.0, 127), (8, 1.0, 0)];

/// The bend: bar, first beat, beats up, beats at the top, beats down.
const BEND: (u8, f64, f64, f64, f64) = (6, 1.5, 0.5, 0.7, 0.25);

/// Where a path on the map passes: bar, beat, instrument, the key at which it is looked up.
type Stop = (u8, f64, &'static str, u8);

/// Between two stops the knobs move along straight lines.
const MELODY_PATH: [Stop; 10] = [
    (2, 0.9, "Nylon Guitar", 67),
    (2, 1.0, "Grand Piano", 72),
    (4, 0.9, "Grand Piano", 72),
    (4, 1.0, "Flute", 74),
    (6, 0.9, "Flute", 74),
    (6, 1.0, "Soprano Sax", 72),
    (7, 1.9, "Soprano Sax", 72),
    (7, 2.0, "Grand Piano", 67),
    (10, 2.5, "Grand Piano", 72),
    (10, 3.0, "Nylon Guitar", 67),
];

/// The morph: heard on chords that are held.
const CHORDS_PATH: [Stop; 6] = [
    (3, 1.0, "String Ensemble", 62),
    (4, 4.0, "Choir Aahs", 62),
    (8, 1.0, "Choir Aahs", 62),
    (9, 4.0, "String Ensemble", 62),
    (10, 1.5, "String Ensemble", 62),
    (11, 2.5, "Choir Aahs", 62),
];

const BASS_PATH: [Stop; 1] = [(2, 1.0, "Synth Bass", 36)];

const BELLS_PATH: [Stop; 2] = [(9, 4.9, "Crystal", 84), (10, 1.0, "Tubular Bells", 66)];

fn main() -> Result<()> {
    let assets = root().join("assets");
    std::fs::create_dir_all(&assets)?;
    write(&assets.join("demo.mid"), &midi()?)?;
    let automation = automation(&Map::of_the_default_model()?)?;
    write(&assets.join("demo.automation.csv"), automation.as_bytes())
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).into()
}

/// Where the training sounds of a model lie.
pub(crate) struct Map {
    labels: Vec<String>,
    points: Vec<Point>,
}

struct Point {
    label: usize,
    note: u8,
    knobs: Vec<f32>,
}

impl Map {
    pub(crate) fn of_the_default_model() -> Result<Self> {
        Self::read(&root().join("models/instruments/weights.safetensors"))
    }

    fn read(path: &Path) -> Result<Self> {
        let refuse = |reason: String| {
            let file = path.display();
            Error::new(ErrorKind::InvalidData, format!("{file}: {reason}"))
        };
        let bytes = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
        let container = |error: safetensors::SafeTensorError| refuse(error.to_string());
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(container)?;
        let header = metadata.metadata().as_ref().and_then(|m| m.get("betwixt"));
        let header: serde_json::Value =
            serde_json::from_str(header.map_or("null", String::as_str))?;
        let labels = header["embedding"]["labels"].as_array();
        let labels = labels.ok_or_else(|| refuse("no embedding in its header".into()))?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(container)?;
        let data = |name: &str| tensors.tensor(name).map(|t| t.data().to_vec());
        let knobs = data("embedding.latents").map_err(container)?;
        let notes = data("embedding.note").map_err(container)?;
        let numbers = data("embedding.label").map_err(container)?;
        let width = knobs.len() / 4 / notes.len().max(1);
        let rows = knobs.chunks_exact(4 * width.max(1)).zip(notes);
        let point = |((row, note), label): ((&[u8], u8), &[u8])| Point {
            label: words(label).first().map_or(0, |word| *word as usize),
            note,
            knobs: words(row).into_iter().map(f32::from_bits).collect(),
        };
        let text = |label: &serde_json::Value| label.as_str().unwrap_or("").to_owned();
        Ok(Self {
            labels: labels.iter().map(text).collect(),
            points: rows.zip(numbers.chunks_exact(4)).map(point).collect(),
        })
    }

    /// The knob positions of an instrument on the key nearest to one.
    fn knobs(&self, instrument: &str, key: u8) -> Result<&[f32]> {
        let own = |point: &&Point| {
            self.labels
                .get(point.label)
                .is_some_and(|label| label == instrument)
        };
        let nearest = self
            .points
            .iter()
            .filter(own)
            .min_by_key(|p| p.note.abs_diff(key));
        let missing = || {
            let reason = format!("the map has no {instrument}; it has {:?}", self.labels);
            Error::new(ErrorKind::NotFound, reason)
        };
        nearest.map(|p| p.knobs.as_slice()).ok_or_else(missing)
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let word = |b: &[u8]| u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    bytes.chunks_exact(4).map(word).collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
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

/// The piece as a standard MIDI file, a track for each channel behind one with the tempo.
pub(crate) fn midi() -> Result<Vec<u8>> {
    let mut melody = Vec::new();
    for tone in MELODY.iter().chain(&BROKEN_CHORD) {
        place_tone(&mut melody, *tone);
    }
    for (bar, beat, value) in PEDAL {
        let (controller, value) = (u7::new(64), u7::new(value));
        let message = MidiMessage::Controller { controller, value };
        melody.push((beats(bar, beat), 1, message));
    }
    place_bend(&mut melody);
    let mut chords = Vec::new();
    for (bar, beat, length, keys, velocity) in CHORDS {
        for key in keys {
            place_tone(&mut chords, (bar, beat, length, key, velocity));
        }
    }
    let line = |tones: &[Tone]| {
        let mut placed = Vec::new();
        tones.iter().for_each(|tone| place_tone(&mut placed, *tone));
        placed
    };
    let parts = [
        ("Melody", MELODY_CHANNEL, melody),
        ("Chords", CHORDS_CHANNEL, chords),
        ("Bass", BASS_CHANNEL, line(&BASS)),
        ("Bells", BELLS_CHANNEL, line(&BELLS)),
    ];
    let mut file = Smf::new(Header::new(
        Format::Parallel,
        Timing::Metrical(u15::new(TICKS_PER_BEAT)),
    ));
    let made = format!("Made by: {COMMAND}");
    file.tracks.push(tempo(made.as_bytes()));
    for (name, channel, mut placed) in parts {
        // What ends comes before what begins at the same moment.
        placed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        file.tracks.push(track(name.as_bytes(), channel, &placed));
    }
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

fn meta(message: MetaMessage<'_>) -> TrackEvent<'_> {
    TrackEvent {
        delta: u28::new(0),
        kind: TrackEventKind::Meta(message),
    }
}

fn tempo(made: &[u8]) -> Vec<TrackEvent<'_>> {
    vec![
        meta(MetaMessage::TrackName(b"Betwixt demo")),
        meta(MetaMessage::Text(made)),
        meta(MetaMessage::Tempo(u24::new(BEAT_MICROSECONDS))),
        meta(MetaMessage::EndOfTrack),
    ]
}

fn track<'a>(name: &'a [u8], channel: u8, placed: &[Placed]) -> Vec<TrackEvent<'a>> {
    let mut track = vec![meta(MetaMessage::TrackName(name))];
    let mut before = 0;
    for (at, _, message) in placed {
        let tick = ticks(*at);
        track.push(TrackEvent {
            delta: u28::new(tick - before),
            kind: TrackEventKind::Midi {
                channel: u4::new(channel),
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

/// The paths on the map as an automation table: a curve for each latent of each channel.
pub(crate) fn automation(map: &Map) -> Result<String> {
    let mut text = format!("# Made by: {COMMAND}\nseconds,parameter,value\n");
    let beat_s = f64::from(BEAT_MICROSECONDS) * 1e-6;
    let paths: [(u8, &[Stop]); 4] = [
        (MELODY_CHANNEL, &MELODY_PATH),
        (CHORDS_CHANNEL, &CHORDS_PATH),
        (BASS_CHANNEL, &BASS_PATH),
        (BELLS_CHANNEL, &BELLS_PATH),
    ];
    for (channel, path) in paths {
        for (bar, beat, instrument, key) in path {
            let seconds = beats(*bar, *beat) * beat_s;
            text += &format!("# {}: {instrument}\n", channel + 1);
            for (latent, knob) in (1..).zip(map.knobs(instrument, *key)?) {
                text += &format!("{seconds},{}:Latent {latent},{knob:.4}\n", channel + 1);
            }
        }
    }
    Ok(text)
}
