//! A movement as text, and why a text is none.
//!
//! ```text
//!  Trajectory, other fields ─► write ─► text ─► file, project
//!  file, project ─► text ─► read ─► Trajectory, other fields
//!                            └─ refused: file, field, what was expected, what to do
//! ```
//!
//! The format is told where the module begins. Numbers are written with as many digits as bring the
//! same one back.

use crate::folder::{self, Refused, Unread};
use crate::parameters::LATENT_IDS;
use betwixt_engine::{LATENTS, TrackPoint, Trajectory, TrajectoryError};
use betwixt_spectral::number::narrow;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::io;
use std::path::Path;

/// Version of the format written by this build.
const FORMAT: u64 = 1;
/// No movement is larger, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;
/// The fields that say something.
const FIELDS: [&str; 5] = ["format", "length_s", "beats", "first_beat", "tracks"];
/// Letters of a value that are repeated in a message.
const LONGEST_SHOWN: usize = 40;

/// A movement, and the fields of its text that say nothing here.
pub(super) type Written = (Trajectory, Map<String, Value>);

/// Why a file is refused.
pub(crate) type MovementError = Refused<Problem>;

/// What is wrong with a text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// The operating system would not give or take it.
    #[error("{reason}; check the path, and that the file may be read and written")]
    Access {
        /// The system's words.
        reason: String,
    },
    /// No movement is that large.
    #[error("larger than {LARGEST} bytes; expected a movement; choose another file")]
    TooLarge,
    /// It is no JSON.
    #[error("{reason}; expected a movement in JSON; mend that line, or export the movement again")]
    Syntax {
        /// The reader's words, with line and column.
        reason: String,
    },
    /// A field is missing, or of another kind.
    #[error("`{field}` is {found}; expected {expected}")]
    Field {
        /// Its name.
        field: String,
        /// What stands there.
        found: String,
        /// What should, and what to do.
        expected: &'static str,
    },
    /// Numbers that are no movement.
    #[error(transparent)]
    Numbers(#[from] TrajectoryError),
}

/// A movement in words.
pub(super) fn write(movement: &Trajectory, others: &Map<String, Value>) -> String {
    let mut text = format!("{{\n  \"format\": {FORMAT},\n");
    let mut field = |name: &str, value: f32| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  \"{name}\": {value:?},");
    };
    field("length_s", movement.length_s());
    if let Some(beats) = movement.beats() {
        field("beats", beats);
    }
    // It means nothing without beats, but is kept for whoever adds them.
    if movement.beats().is_some() || movement.first_beat() != 0.0 {
        field("first_beat", movement.first_beat());
    }
    for (name, value) in others {
        let _ = writeln!(text, "  {}: {value},", Value::from(name.as_str()));
    }
    let tracks = LATENT_IDS.iter().zip(movement.tracks());
    let moved = tracks.filter(|(_, track)| !track.is_empty());
    let tracks: Vec<String> = moved.map(|(id, track)| write_track(id, track)).collect();
    let _ = write!(text, "  \"tracks\": {{{}\n  }}\n}}\n", tracks.join(","));
    text
}

fn write_track(id: &str, track: &[TrackPoint]) -> String {
    let point = |point: &TrackPoint| format!("\n      [{:?}, {:?}]", point.at_s, point.value);
    let points: Vec<String> = track.iter().map(point).collect();
    format!("\n    \"{id}\": [{}\n    ]", points.join(","))
}

/// A movement as a project has it: nothing where nothing moves.
pub(super) fn saved(movement: &Trajectory, others: &Map<String, Value>) -> Value {
    if *movement == Trajectory::default() && others.is_empty() {
        return Value::Null;
    }
    // What has just been written is JSON.
    serde_json::from_str(&write(movement, others)).unwrap_or(Value::Null)
}

/// What a project has. A text within it is one that was no JSON when it was opened.
pub(super) fn read_saved(saved: &Value) -> Result<Written, Problem> {
    match saved {
        Value::Null => Ok(Written::default()),
        Value::String(text) => read(text),
        value => interpret(value),
    }
}

/// Writes a movement's text.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), MovementError> {
    folder::write(path, text).map_err(|error| of_file(path)(access(&error)))
}

/// Reads a movement, whole or not at all.
pub(super) fn read_file(path: &Path) -> Result<Written, MovementError> {
    let text = folder::read_text(path, LARGEST).map_err(Problem::from);
    text.and_then(|text| read(&text)).map_err(of_file(path))
}

fn of_file(path: &Path) -> impl Fn(Problem) -> MovementError {
    |problem| Refused {
        file: path.display().to_string(),
        problem,
    }
}

fn access(error: &io::Error) -> Problem {
    let reason = error.to_string();
    Problem::Access { reason }
}

impl From<Unread> for Problem {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Access(error) => access(&error),
            Unread::TooLarge => Self::TooLarge,
            Unread::NoText(error) => Self::Syntax {
                reason: error.to_string(),
            },
        }
    }
}

/// Reads a movement's text.
pub(super) fn read(text: &str) -> Result<Written, Problem> {
    let value = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    let value: Value = value.map_err(|error| {
        let reason = error.to_string();
        Problem::Syntax { reason }
    })?;
    interpret(&value)
}

fn interpret(value: &Value) -> Result<Written, Problem> {
    let Some(fields) = value.as_object() else {
        let expected = "an object, `{ \"format\": 1, … }`; this may be another program's file";
        return Err(wrong("the text", Some(value), expected));
    };
    check_format(fields)?;
    let length_s = number(fields, "length_s")?.ok_or_else(|| {
        let expected = "a number, the seconds that the whole movement lasts; add it";
        wrong("length_s", None, expected)
    })?;
    let beats = number(fields, "beats")?;
    let first_beat = number(fields, "first_beat")?.unwrap_or(0.0);
    let tracks = tracks(fields.get("tracks"))?;
    let movement = Trajectory::new(length_s, beats, tracks)?.from_beat(first_beat)?;
    let others = fields
        .iter()
        .filter(|(name, _)| !FIELDS.contains(&name.as_str()));
    let others = others.map(|(name, value)| (name.clone(), value.clone()));
    Ok((movement, others.collect()))
}

fn check_format(fields: &Map<String, Value>) -> Result<(), Problem> {
    let found = fields.get("format");
    let expected = match found.and_then(Value::as_u64) {
        Some(FORMAT) => return Ok(()),
        Some(_) => "1; the movement was written by a newer version, use that one",
        None => "`\"format\": 1`; this may be another program's file",
    };
    Err(wrong("format", found, expected))
}

/// A number, if it is there.
fn number(fields: &Map<String, Value>, name: &str) -> Result<Option<f32>, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(value)) => Ok(value.as_f64().map(narrow)),
        other => Err(wrong(name, other, "a number; write one, or leave it out")),
    }
}

fn tracks(value: Option<&Value>) -> Result<[Vec<TrackPoint>; LATENTS], Problem> {
    let Some(named) = value.and_then(Value::as_object) else {
        let expected = "an object, `{ \"latent_1\": [[0.0, 0.5], …] }`; write what moves into it";
        return Err(wrong("tracks", value, expected));
    };
    let mut tracks: [Vec<TrackPoint>; LATENTS] = Default::default();
    for (name, points) in named {
        let field = format!("tracks.{name}");
        let Some(latent) = LATENT_IDS.iter().position(|id| id == name) else {
            let expected = "`latent_1` to `latent_8` alone; rename or remove it";
            return Err(wrong(&field, Some(points), expected));
        };
        let Some(points) = points.as_array() else {
            let expected = "a list of points, `[[0.0, 0.5], …]`; put them in brackets";
            return Err(wrong(&field, Some(points), expected));
        };
        let read = |(point, at): (&Value, usize)| track_point(point, &field, at);
        tracks[latent] = points.iter().zip(1..).map(read).collect::<Result<_, _>>()?;
    }
    Ok(tracks)
}

/// A point; the first one of a track is 1.
fn track_point(point: &Value, track: &str, at: usize) -> Result<TrackPoint, Problem> {
    let numbers = point.as_array().map(Vec::as_slice);
    if let Some([at_s, value]) = numbers
        && let (Some(at_s), Some(value)) = (at_s.as_f64(), value.as_f64())
    {
        let (at_s, value) = (narrow(at_s), narrow(value));
        return Ok(TrackPoint { at_s, value });
    }
    let field = format!("point {at} of {track}");
    let expected = "two numbers, `[seconds, knob]`; mend or remove the point";
    Err(wrong(&field, Some(point), expected))
}

fn wrong(field: &str, found: Option<&Value>, expected: &'static str) -> Problem {
    let found = found.map_or_else(|| "not there".to_owned(), Value::to_string);
    let is_long = found.chars().count() > LONGEST_SHOWN;
    let mut shown: String = found.chars().take(LONGEST_SHOWN).collect();
    if is_long {
        shown.push('…');
    }
    Problem::Field {
        field: field.to_owned(),
        found: shown,
        expected,
    }
}
