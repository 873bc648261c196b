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
use super::row::{KEYS, Row, found};
use super::source::Source;
use crate::folder::{self, Refused, Unread};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Version of the format written by this build.
const FORMAT: i64 = 1;
/// No map is larger, in bytes.
const LARGEST: u64 = 256 * 1024;
/// What stands above a map in a file.
const EXPLAINED: &str = "\
# source    cc, cc14 (two controllers, 14 bit), nrpn, pressure, key pressure, bend
# number    of a cc 0-127 (not 64, 66, 98-101, 120-127), of a cc14 0-31, of an nrpn 0-16383
# channel   1-16; without this line: any
# target    the parameter
# from, to  where it stands at the source's lowest and highest value, 0-1; may be reversed
# curve     -1 to 1: 0 is straight, above it slow at first, below it fast at first
# takeover  jump: at once; soft: once it has come to where the parameter stands
";

/// Why a file is refused.
pub(crate) type MapError = Refused<Problem>;

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

/// Writes a map's text, with the words that explain it.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), MapError> {
    let written = folder::write(path, format!("{EXPLAINED}{text}"));
    written.map_err(|error| access(path, &error))
}

/// Reads a map, whole or not at all.
pub(crate) fn read_file(path: &Path, targets: &[Target]) -> Result<Vec<Mapping>, MapError> {
    let of_file = |problem| Refused {
        file: path.display().to_string(),
        problem,
    };
    let text = folder::read_text(path, LARGEST).map_err(|unread| of_file(unread.into()))?;
    read(&text, targets).map_err(of_file)
}

impl From<Unread> for Problem {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Access(error) => Self::Access {
                reason: error.to_string(),
            },
            Unread::TooLarge => Self::TooLarge,
            Unread::NoText(error) => Self::Syntax {
                reason: error.to_string(),
            },
        }
    }
}

fn access(path: &Path, error: &std::io::Error) -> MapError {
    let reason = error.to_string();
    Refused {
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
            "at most 256 mappings; remove some",
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
