//! The map as text, in projects and in files that players keep, share and edit.
//!
//! ```toml
//! format = 1
//!
//! [[mapping]]
//! source = "cc"          # cc, cc14, nrpn, pressure, key pressure, bend
//! number = 20            # of a cc 0–127, of a cc14 0–31, of an nrpn 0–16383; the others have none
//! channel = 1            # 1–16; without this line: any
//! target = "latent_1"    # the parameter
//! from = 0.0             # where it stands at the source's lowest value, 0–1
//! to = 1.0               # and at the highest; may be less than `from`
//! curve = 0.0            # −1–1: 0 is straight, above it slow at first, below it fast at first
//! takeover = "jump"      # or "soft": only once it has come to where the parameter stands
//! ```
//!
//! `from`, `to`, `curve` and `takeover` may be left out; then they are as above. A file is taken
//! whole or refused with the place, what was expected and what to do; of a project's map what is
//! sound is kept.

use super::map::{MOST, Target};
use super::mapping::{Mapping, Takeover};
use super::source::{NUMBERS, Origin, PAIRS, Source};
use crate::folder;
use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Version of the format written by this build.
const FORMAT: i64 = 1;
/// No map is larger, in bytes.
const LARGEST: u64 = 256 * 1024;
/// What a mapping can say.
const KEYS: [&str; 8] = [
    "source", "number", "channel", "target", "from", "to", "curve", "takeover",
];

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub(crate) struct MapError {
    /// Its path.
    pub(crate) file: String,
    /// What is wrong.
    #[source]
    pub(crate) problem: Problem,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// The operating system would not give or take it.
    #[error("{reason}; check the path, and that the file may be read and written")]
    Access {
        /// The system's words.
        reason: String,
    },
    /// No map is that large.
    #[error("larger than {LARGEST} bytes; expected a controller map; choose another file")]
    TooLarge,
    /// It is no TOML.
    #[error("{reason}; expected a controller map in TOML; mend that line, or export the map again")]
    Syntax {
        /// The reader's words, with line and column.
        reason: String,
    },
    /// A field beside the mappings.
    #[error("`{field}` is {found}; expected {expected}")]
    Head {
        /// Its name.
        field: String,
        /// What stands there.
        found: String,
        /// What should, and what to do.
        expected: &'static str,
    },
    /// A field of a mapping.
    #[error("mapping {mapping} (line {line}): `{field}` is {found}; expected {expected}")]
    Field {
        /// Which mapping, from 1.
        mapping: usize,
        /// Where it begins, from 1.
        line: usize,
        /// The field's name.
        field: String,
        /// What stands there.
        found: String,
        /// What should, and what to do.
        expected: String,
    },
    /// Two mappings of the same source to the same target.
    #[error(
        "mapping {mapping} (line {line}): the same source and target as mapping {first}; expected \
         each pair once; remove one of them"
    )]
    Twice {
        /// The second one, from 1.
        mapping: usize,
        /// Where it begins, from 1.
        line: usize,
        /// The first one, from 1.
        first: usize,
    },
}

/// The player's own map, with which new instances begin.
pub(crate) fn own() -> Option<PathBuf> {
    Some(folder::data()?.join("controllers.toml"))
}

/// The map in words.
pub(crate) fn write(rows: &[Mapping], targets: &[Target]) -> String {
    let mut text =
        format!("# Which controller moves which parameter of Betwixt.\nformat = {FORMAT}\n");
    for row in rows {
        let Some(target) = targets.get(row.target) else {
            continue;
        };
        let (kind, number) = match row.origin.source {
            Source::Control(number) => ("cc", Some(u16::from(number))),
            Source::Fine(number) => ("cc14", Some(u16::from(number))),
            Source::Numbered(number) => ("nrpn", Some(number)),
            Source::Pressure => ("pressure", None),
            Source::KeyPressure => ("key pressure", None),
            Source::Bend => ("bend", None),
        };
        let takeover = match row.takeover {
            Takeover::Jump => "jump",
            Takeover::Soft => "soft",
        };
        let number = number.map_or(String::new(), |number| format!("number = {number}\n"));
        let channel = row.origin.channel.map_or(String::new(), |channel| {
            format!("channel = {}\n", channel + 1)
        });
        let (id, from, to, curve) = (target.id, row.from, row.to, row.curve);
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n[[mapping]]\nsource = \"{kind}\"\n{number}{channel}target = \"{id}\"\n\
             from = {from:?}\nto = {to:?}\ncurve = {curve:?}\ntakeover = \"{takeover}\"\n"
        );
    }
    text
}

/// Writes a map's text.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), MapError> {
    let written = folder::write(path, text);
    written.map_err(|error| access(path, &error))
}

/// Reads a map, whole or not at all.
pub(crate) fn read_file(path: &Path, targets: &[Target]) -> Result<Vec<Mapping>, MapError> {
    let of_file = |problem| MapError {
        file: path.display().to_string(),
        problem,
    };
    let mut bytes = Vec::new();
    let opened = File::open(path).map_err(|error| access(path, &error))?;
    let mut opened = opened.take(LARGEST + 1);
    opened
        .read_to_end(&mut bytes)
        .map_err(|error| access(path, &error))?;
    if bytes.len() > usize::try_from(LARGEST).unwrap_or(usize::MAX) {
        return Err(of_file(Problem::TooLarge));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let reason = error.utf8_error().to_string();
        of_file(Problem::Syntax { reason })
    })?;
    read(&text, targets).map_err(of_file)
}

fn access(path: &Path, error: &std::io::Error) -> MapError {
    let reason = error.to_string();
    MapError {
        file: path.display().to_string(),
        problem: Problem::Access { reason },
    }
}

/// Reads a map's text.
pub(super) fn read(text: &str, targets: &[Target]) -> Result<Vec<Mapping>, Problem> {
    let table = parse(text)?;
    check_head(&table)?;
    let lines = places(text);
    let mut rows: Vec<Mapping> = Vec::new();
    for (index, row) in listed(&table)?.iter().enumerate() {
        let line = lines.get(index).copied().unwrap_or(1);
        let row = Row { row, targets }
            .read()
            .map_err(|wrong| Problem::Field {
                mapping: index + 1,
                line,
                field: wrong.field,
                found: wrong.found,
                expected: wrong.expected,
            })?;
        if let Some(first) = rows.iter().position(|other| other.is_same(&row)) {
            return Err(Problem::Twice {
                mapping: index + 1,
                line,
                first: first + 1,
            });
        }
        rows.push(row);
    }
    Ok(rows)
}

/// What is sound in a map's text; nothing if it is no map at all.
pub(crate) fn salvage(text: &str, targets: &[Target]) -> Option<Vec<Mapping>> {
    let table = parse(text).ok()?;
    if !matches!(table.get("format"), Some(Value::Integer(_))) {
        return None;
    }
    let Some(Value::Array(list)) = table.get("mapping") else {
        return Some(Vec::new());
    };
    let mut rows: Vec<Mapping> = Vec::new();
    for row in list {
        let mut row = row.clone();
        if let Value::Table(row) = &mut row {
            row.retain(|key, _| KEYS.contains(&key));
        }
        let Ok(row) = (Row { row: &row, targets }).read() else {
            continue;
        };
        if !rows.iter().any(|other| other.is_same(&row)) && rows.len() < MOST {
            rows.push(row);
        }
    }
    Some(rows)
}

fn parse(text: &str) -> Result<Table, Problem> {
    text.parse::<Table>().map_err(|error| {
        let words = error.to_string();
        let reason = words.split_whitespace().collect::<Vec<_>>().join(" ");
        Problem::Syntax { reason }
    })
}

fn check_head(table: &Table) -> Result<(), Problem> {
    let head = |field: &str, expected| Problem::Head {
        field: field.to_owned(),
        found: table.get(field).map_or("not there".into(), found),
        expected,
    };
    match table.get("format") {
        Some(Value::Integer(FORMAT)) => {}
        Some(Value::Integer(_)) => {
            return Err(head(
                "format",
                "1; the map was written by a newer version, use that one",
            ));
        }
        _ => {
            return Err(head(
                "format",
                "`format = 1`; this may be another program's file",
            ));
        }
    }
    let known = |key: &&String| !["format", "mapping"].contains(&key.as_str());
    match table.keys().find(known) {
        Some(key) => Err(head(
            key,
            "`format` and `[[mapping]]` alone; remove the line",
        )),
        None => Ok(()),
    }
}

fn listed(table: &Table) -> Result<&[Value], Problem> {
    let wrong = |found, expected| Problem::Head {
        field: "mapping".into(),
        found,
        expected,
    };
    match table.get("mapping") {
        None => Ok(&[]),
        Some(Value::Array(rows)) if rows.len() <= MOST => Ok(rows),
        Some(Value::Array(rows)) => Err(wrong(
            format!("there {} times", rows.len()),
            "at most 128 mappings; remove some",
        )),
        Some(other) => Err(wrong(found(other), "`[[mapping]]` in double brackets")),
    }
}

/// The lines on which mappings begin, from 1.
fn places(text: &str) -> Vec<usize> {
    let begins = |line: &str| line.trim_start().starts_with("[[");
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| begins(line))
        .map(|(at, _)| at)
        .collect()
}

fn found(value: &Value) -> String {
    let words = value.to_string();
    match words.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}

/// A field that is not as it should be.
struct Wrong {
    field: String,
    found: String,
    expected: String,
}

/// A mapping as it is read.
struct Row<'a> {
    row: &'a Value,
    targets: &'a [Target],
}

impl Row<'_> {
    fn read(&self) -> Result<Mapping, Wrong> {
        let Value::Table(row) = self.row else {
            return Err(self.wrong("mapping", "`[[mapping]]` in double brackets"));
        };
        if let Some(key) = row.keys().find(|key| !KEYS.contains(&key.as_str())) {
            let known = KEYS.join(", ");
            return Err(self.wrong(key, format!("one of {known}; remove the line")));
        }
        Ok(Mapping {
            origin: Origin {
                source: self.source()?,
                channel: self.channel()?,
            },
            target: self.target()?,
            from: self.share("from", 0.0, 0.0)?,
            to: self.share("to", 0.0, 1.0)?,
            curve: self.share("curve", -1.0, 0.0)?,
            takeover: self.takeover()?,
        })
    }

    fn get(&self, field: &str) -> Option<&Value> {
        self.row.get(field)
    }

    fn wrong(&self, field: &str, expected: impl Into<String>) -> Wrong {
        Wrong {
            field: field.to_owned(),
            found: self.get(field).map_or("not there".into(), found),
            expected: expected.into(),
        }
    }

    fn source(&self) -> Result<Source, Wrong> {
        let kind = self.get("source").and_then(Value::as_str);
        let alone = |source| match self.get("number") {
            None => Ok(source),
            Some(_) => Err(self.wrong("number", "no line: this source has no number")),
        };
        match kind {
            Some("cc") => self.control(),
            Some("cc14") => {
                let number = self.number(u16::from(PAIRS), "0 to 31, the controllers in pairs")?;
                u8::try_from(number)
                    .map(Source::Fine)
                    .map_err(|_| self.wrong("number", "0 to 31"))
            }
            Some("nrpn") => self.number(NUMBERS, "0 to 16383").map(Source::Numbered),
            Some("pressure") => alone(Source::Pressure),
            Some("key pressure") => alone(Source::KeyPressure),
            Some("bend") => alone(Source::Bend),
            _ => {
                let kinds =
                    "\"cc\", \"cc14\", \"nrpn\", \"pressure\", \"key pressure\" or \"bend\"";
                Err(self.wrong("source", kinds))
            }
        }
    }

    fn control(&self) -> Result<Source, Wrong> {
        let number = self.number(128, "0 to 127")?;
        let source = u8::try_from(number).map(Source::Control);
        let sound = source.ok().filter(|source| source.is_sound());
        sound.ok_or_else(|| {
            let free = "a controller that is free: 64 and 66 are pedals, 98 to 101 address other \
                        parameters, 120 to 127 are messages of MIDI itself; choose another one";
            self.wrong("number", free)
        })
    }

    fn number(&self, count: u16, expected: &str) -> Result<u16, Wrong> {
        let number = self.get("number").and_then(Value::as_integer);
        let number = number.and_then(|number| u16::try_from(number).ok());
        let number = number.filter(|number| *number < count);
        number.ok_or_else(|| self.wrong("number", expected))
    }

    fn channel(&self) -> Result<Option<u8>, Wrong> {
        let Some(value) = self.get("channel") else {
            return Ok(None);
        };
        let channel = value
            .as_integer()
            .filter(|channel| (1..=16).contains(channel));
        let channel = channel.and_then(|channel| u8::try_from(channel - 1).ok());
        let expected = "1 to 16; for every channel leave the line out";
        channel
            .map(Some)
            .ok_or_else(|| self.wrong("channel", expected))
    }

    fn target(&self) -> Result<usize, Wrong> {
        let id = self.get("target").and_then(Value::as_str);
        let target = self.targets.iter().position(|target| Some(target.id) == id);
        let Some(target) = target else {
            let expected = "a parameter such as \"latent_1\" or \"gain\"; an exported map has their \
                            names";
            return Err(self.wrong("target", expected));
        };
        if !self.targets[target].is_movable {
            let expected = "a parameter that can be automated; choose another one";
            return Err(self.wrong("target", expected));
        }
        Ok(target)
    }

    fn share(&self, field: &str, low: f64, usual: f64) -> Result<f32, Wrong> {
        let value = match self.get(field) {
            None => Some(usual),
            Some(Value::Integer(whole)) => i16::try_from(*whole).ok().map(f64::from),
            Some(value) => value.as_float(),
        };
        let value = value.filter(|value| (low..=1.0).contains(value));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a position needs few digits"
        )]
        value.map(|value| value as f32).ok_or_else(|| {
            let expected = if low < 0.0 {
                "a number from -1 to 1"
            } else {
                "a number from 0 to 1"
            };
            self.wrong(field, expected)
        })
    }

    fn takeover(&self) -> Result<Takeover, Wrong> {
        match self.get("takeover").map(Value::as_str) {
            None | Some(Some("jump")) => Ok(Takeover::Jump),
            Some(Some("soft")) => Ok(Takeover::Soft),
            _ => Err(self.wrong("takeover", "\"jump\" or \"soft\"")),
        }
    }
}
