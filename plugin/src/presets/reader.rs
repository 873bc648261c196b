//! A preset's text → the preset, whole or refused with the place.
//!
//! ```text
//!  text ─ TOML ─► head ─► models ─► sound, a value for every parameter ─► movement ─► Preset
//!                   └──────┴─────────┴── the first that is wrong ───────────┴─► Problem
//! ```
//!
//! Lines are looked for only once something is wrong.

use super::head::{LONGEST_COMMENT, LONGEST_NAME, LONGEST_TAG, MOST_TAGS};
use super::{Category, FORMAT, Head, Later, Preset, Problem, Setting};
use crate::library::{Wanted, factory_ids};
use crate::movement::Moved;
use crate::parameters::{Entry, Kind, Parameters};
use crate::sound::{self, Models, Sound};
use betwixt_engine::MODELS;
use betwixt_spectral::number::narrow;
use nice_plug::prelude::{FloatParam, IntParam, Param};
use toml::de::DeTable;
use toml::{Table, Value};

/// Names of the slots.
pub(super) const SLOT_NAMES: [&str; MODELS] = ["a", "b", "c", "d"];
/// What stands in a preset beside its tables.
const HEAD: [&str; 6] = ["format", "name", "category", "author", "tags", "comment"];
/// Its tables.
const TABLES: [&str; 3] = ["models", "sound", "movement"];
/// Letters of a content hash.
const HASH: usize = 64;
/// Letters of a value that are repeated in a message.
const LONGEST_SHOWN: usize = 40;

/// Reads a preset's text.
pub(super) fn read(text: &str, parameters: &Parameters) -> Result<Preset, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    let table: Table = text.parse().map_err(|error| syntax(text, &error))?;
    let reader = Reader { text, table };
    reader.format()?;
    let head = reader.head()?;
    let mut later = Later::default();
    let sound = Sound {
        models: reader.models(&mut later)?,
        values: reader.values(parameters, &mut later)?,
        movement: reader.movement()?,
    };
    later.fields = unknown(&reader.table, &[HEAD.as_slice(), &TABLES].concat());
    Ok(Preset { head, sound, later })
}

fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let (line, column) = place(text, at);
    let reason = error.message().split_whitespace().collect::<Vec<_>>();
    let reason = reason.join(" ");
    Problem::Syntax {
        line,
        column,
        reason,
    }
}

/// Line and column of a byte, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let line = before.rsplit(|byte| *byte == b'\n').next();
    let column = line.map_or(0, |line| String::from_utf8_lossy(line).chars().count());
    (lines + 1, column + 1)
}

fn unknown(table: &Table, known: &[&str]) -> Table {
    let others = table
        .iter()
        .filter(|(key, _)| !known.contains(&key.as_str()));
    let others = others.map(|(key, value)| (key.clone(), value.clone()));
    others.collect()
}

/// A value as it stands in the file, shortened.
fn found(value: &Value) -> String {
    let words = value.to_string();
    match words.char_indices().nth(LONGEST_SHOWN) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}

/// A text and what stands in it.
struct Reader<'a> {
    text: &'a str,
    table: Table,
}

impl Reader<'_> {
    /// A field that is not as it should be; of a table's, if one is named.
    fn wrong(&self, table: &str, key: &str, value: &Value, expected: impl Into<String>) -> Problem {
        let field = match table {
            "" => key.to_owned(),
            _ => format!("{table}.{key}"),
        };
        Problem::Field {
            line: self.line(table, key),
            field,
            found: found(value),
            expected: expected.into(),
        }
    }

    /// Where a field stands, from 1.
    fn line(&self, table: &str, key: &str) -> usize {
        let Ok(all) = DeTable::parse(self.text) else {
            return 1;
        };
        let all = all.into_inner();
        let within = match table {
            "" => Some(&all),
            _ => all.get(table).and_then(|table| table.get_ref().as_table()),
        };
        let keys = within.into_iter().flat_map(|table| table.keys());
        let mut spans = keys
            .filter(|own| own.get_ref() == key)
            .map(|own| own.span());
        let at = spans.next().map_or(0, |span| span.start);
        place(self.text, at).0
    }

    fn format(&self) -> Result<(), Problem> {
        let expected = match self.table.get("format") {
            Some(Value::Integer(FORMAT)) => return Ok(()),
            Some(Value::Integer(newer)) if *newer > FORMAT => {
                "1; the preset was written by a newer version, use that one"
            }
            Some(_) => "1; this may be another program's file",
            None => {
                let expected = "`format = 1`; this may be another program's file".into();
                let field = "format";
                return Err(Problem::Missing { field, expected });
            }
        };
        let value = &self.table["format"];
        Err(self.wrong("", "format", value, expected))
    }

    fn head(&self) -> Result<Head, Problem> {
        let name = self.words("name", LONGEST_NAME)?;
        let name = name.filter(|name| !name.trim().is_empty());
        let Some(name) = name else {
            let expected = "what the preset is called, `name = \"…\"`; give it a name".into();
            return match self.table.get("name") {
                Some(value) => Err(self.wrong("", "name", value, expected)),
                None => Err(Problem::Missing {
                    field: "name",
                    expected,
                }),
            };
        };
        Ok(Head {
            name,
            category: self.category()?,
            author: self.words("author", LONGEST_NAME)?.unwrap_or_default(),
            tags: self.tags()?,
            comment: self.words("comment", LONGEST_COMMENT)?.unwrap_or_default(),
        })
    }

    /// A line of the head, if it is there.
    fn words(&self, key: &str, longest: usize) -> Result<Option<String>, Problem> {
        let Some(value) = self.table.get(key) else {
            return Ok(None);
        };
        let words = value.as_str().filter(|words| fits(words, longest));
        let expected = || {
            format!("words in quotation marks, at most {longest} letters; mend or shorten the line")
        };
        let words = words.ok_or_else(|| self.wrong("", key, value, expected()))?;
        Ok(Some(words.to_owned()))
    }

    fn category(&self) -> Result<Category, Problem> {
        let Some(value) = self.table.get("category") else {
            return Ok(Category::Other);
        };
        let category = value.as_str().and_then(Category::of);
        let expected = || format!("one of {}; choose one", Category::names());
        category.ok_or_else(|| self.wrong("", "category", value, expected()))
    }

    fn tags(&self) -> Result<Vec<String>, Problem> {
        let Some(value) = self.table.get("tags") else {
            return Ok(Vec::new());
        };
        let expected = || {
            format!(
                "a list of at most {MOST_TAGS} words of at most {LONGEST_TAG} letters, \
                 `[\"soft\", \"wide\"]`; mend or shorten it"
            )
        };
        let tag = |tag: &Value| {
            let tag = tag.as_str().filter(|tag| fits(tag, LONGEST_TAG))?;
            Some(tag.to_owned())
        };
        let tags = value.as_array().filter(|tags| tags.len() <= MOST_TAGS);
        let tags = tags.and_then(|tags| tags.iter().map(tag).collect());
        tags.ok_or_else(|| self.wrong("", "tags", value, expected()))
    }

    /// One of the tables, if it is there.
    fn inner(&self, name: &str) -> Result<Option<&Table>, Problem> {
        match self.table.get(name) {
            None => Ok(None),
            Some(Value::Table(table)) => Ok(Some(table)),
            Some(value) => {
                let expected = format!("a table; begin it with a line `[{name}]`");
                Err(self.wrong("", name, value, expected))
            }
        }
    }

    fn models(&self, later: &mut Later) -> Result<Models, Problem> {
        let Some(table) = self.inner("models")? else {
            return Ok(Models::default());
        };
        later.models = unknown(table, &SLOT_NAMES);
        let mut models: [Option<Wanted>; MODELS] = Default::default();
        for (slot, name) in models.iter_mut().zip(SLOT_NAMES) {
            let value = table.get(name);
            *slot = value.map(|value| self.model(name, value)).transpose()?;
        }
        if models[0].is_none() {
            let expected = "a model in slot `a` at least, `a = \"instruments\"`; name one";
            let value = Value::Table(table.clone());
            return Err(self.wrong("", "models", &value, expected));
        }
        Ok(Models::new(models))
    }

    fn model(&self, slot: &str, value: &Value) -> Result<Wanted, Problem> {
        let ids = factory_ids();
        let expected = || {
            let ids = ids.join(", ");
            format!(
                "a factory model ({ids}) or `{{ name = \"…\", hash = \"…\" }}` with the {HASH} \
                 hexadecimal digits of a model's content; name one of them"
            )
        };
        match value {
            Value::String(name) if ids.contains(&name.as_str()) => Ok(Wanted::factory(name)),
            Value::Table(table) => named_by_content(table).map_err(|wrong| Problem::Field {
                line: self.line("models", slot),
                field: format!("models.{slot}.{}", wrong.field),
                found: wrong.found,
                expected: wrong.expected.into(),
            }),
            _ => Err(self.wrong("models", slot, value, expected())),
        }
    }

    fn values(
        &self,
        parameters: &Parameters,
        later: &mut Later,
    ) -> Result<Vec<Option<Setting>>, Problem> {
        let none = Table::new();
        let table = self.inner("sound")?.unwrap_or(&none);
        let entries = parameters.table();
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id).collect();
        later.sound = unknown(table, &ids);
        if let Some((id, why)) = sound::SET_UP.iter().find(|(id, _)| table.contains_key(*id)) {
            let expected = format!("no such line: it is no part of a sound ({why}); remove it");
            return Err(self.wrong("sound", id, &table[*id], expected));
        }
        let value = |entry: &Entry<'_>| {
            if !sound::is_part(entry.id) {
                return Ok(None);
            }
            match table.get(entry.id) {
                Some(value) => self.value(entry, value).map(Some),
                None => Ok(Some(Setting::default_of(entry.kind))),
            }
        };
        entries.iter().map(value).collect()
    }

    fn value(&self, entry: &Entry<'_>, value: &Value) -> Result<Setting, Problem> {
        let read = match entry.kind {
            Kind::Real(parameter) => real_value(parameter, value),
            Kind::Whole(parameter) => whole_value(parameter, value),
            Kind::Switch(_) => {
                let read = value.as_bool().map(Setting::Switch);
                read.ok_or_else(|| "true or false".into())
            }
            Kind::Choice(choice) => {
                let name = value.as_str();
                let place = choice.ids().iter().position(|id| Some(*id) == name);
                let expected = || format!("one of {}", choice.ids().join(", "));
                place.map(Setting::Choice).ok_or_else(expected)
            }
        };
        let read = read.map(|read| read.exact(entry.kind));
        read.map_err(|expected| {
            let expected = format!("{expected}; mend the line, or remove it for the default");
            self.wrong("sound", entry.id, value, expected)
        })
    }

    fn movement(&self) -> Result<Moved, Problem> {
        let Some(table) = self.inner("movement")? else {
            return Ok(Moved::default());
        };
        let text = table.get("text").and_then(Value::as_str);
        let Some(text) = text else {
            let expected = "`text` with what stands in an exported movement; write it, or remove \
                            the table";
            let value = Value::Table(table.clone());
            return Err(self.wrong("", "movement", &value, expected));
        };
        let line = || self.line("movement", "text");
        Moved::read(text).map_err(|problem| Problem::Movement {
            line: line(),
            problem,
        })
    }
}

/// Words that can be shown on a line: not too long, and none of them controls a printer.
fn fits(words: &str, longest: usize) -> bool {
    let is_shown = |letter: char| !letter.is_control() || letter == '\n' || letter == '\t';
    words.chars().count() <= longest && words.chars().all(is_shown)
}

/// A part of a model's name that is not as it should be.
struct Wrong {
    field: String,
    found: String,
    expected: &'static str,
}

fn named_by_content(table: &Table) -> Result<Wanted, Wrong> {
    let wrong = |field: &str, expected| Wrong {
        field: field.to_owned(),
        found: match table.get(field) {
            Some(Value::String(words)) if words.chars().count() > LONGEST_SHOWN => {
                format!("{} letters long", words.chars().count())
            }
            Some(value) => found(value),
            None => "not there".into(),
        },
        expected,
    };
    let text = |field: &str| table.get(field).and_then(Value::as_str);
    if let Some(key) = table
        .keys()
        .find(|key| !["name", "hash"].contains(&key.as_str()))
    {
        return Err(wrong(key, "`name` and `hash` alone; remove it"));
    }
    let name = text("name").filter(|name| fits(name, LONGEST_NAME));
    let name = name.ok_or_else(|| wrong("name", "what the model is called; write it"))?;
    let digit = |letter: u8| matches!(letter, b'0'..=b'9' | b'a'..=b'f');
    let Some(hash) = text("hash").filter(|hash| hash.len() == HASH) else {
        let expected = "the 64 hexadecimal digits of the model's content; copy them whole";
        return Err(wrong("hash", expected));
    };
    if !hash.bytes().all(digit) {
        return Err(wrong(
            "hash",
            "digits from 0 to 9 and a to f alone; copy them again",
        ));
    }
    Ok(Wanted {
        name: name.to_owned(),
        hash: Some(hash.to_owned()),
    })
}

fn real_value(parameter: &FloatParam, value: &Value) -> Result<Setting, String> {
    let (low, high) = (parameter.preview_plain(0.0), parameter.preview_plain(1.0));
    let number = match value {
        Value::Float(number) => Some(narrow(*number)),
        Value::Integer(number) => i16::try_from(*number).ok().map(f32::from),
        _ => None,
    };
    let number = number.filter(|number| (low..=high).contains(number));
    let expected = || format!("a number from {low} to {high}");
    number.map(Setting::Real).ok_or_else(expected)
}

fn whole_value(parameter: &IntParam, value: &Value) -> Result<Setting, String> {
    let (low, high) = (parameter.preview_plain(0.0), parameter.preview_plain(1.0));
    let number = value.as_integer().and_then(|n| i32::try_from(n).ok());
    let number = number.filter(|number| (low..=high).contains(number));
    let expected = || format!("a whole number from {low} to {high}");
    number.map(Setting::Whole).ok_or_else(expected)
}
