//! A preset → its text: what differs from the defaults, and the latents always.
//!
//! ```text
//!  head ─► models ─► sound ─► movement ─► text, which reads as the same preset
//! ```
//!
//! Numbers are written with as many digits as bring the same one back. What a later version wrote
//! stands where it stood, in one line each.

use super::reader::SLOT_NAMES;
use super::{FORMAT, Preset, Setting};
use crate::library::Wanted;
use crate::parameters::{Entry, Kind, LATENT_IDS, Parameters};
use std::fmt::Write;
use toml::{Table, Value};

impl Preset {
    /// Its text.
    pub(crate) fn text(&self, parameters: &Parameters) -> String {
        let head = &self.head;
        let mut text = format!("# A sound of Betwixt.\nformat = {FORMAT}\n");
        line(&mut text, "name", &quoted(&head.name));
        line(&mut text, "category", &quoted(head.category.name()));
        line(&mut text, "author", &quoted(&head.author));
        let tags: Vec<String> = head.tags.iter().map(|tag| quoted(tag)).collect();
        line(&mut text, "tags", &format!("[{}]", tags.join(", ")));
        line(&mut text, "comment", &quoted(&head.comment));
        others(&mut text, &self.later.fields);
        text.push_str("\n[models]\n");
        for (slot, wanted) in SLOT_NAMES.iter().zip(self.sound.models.slots()) {
            if let Some(wanted) = wanted {
                line(&mut text, slot, &model(wanted));
            }
        }
        others(&mut text, &self.later.models);
        text.push_str("\n[sound]\n");
        for (entry, value) in parameters.table().iter().zip(&self.sound.values) {
            let value = value.filter(|value| is_written(entry, *value));
            if let Some(value) = value.and_then(|value| setting(entry, value)) {
                line(&mut text, entry.id, &value);
            }
        }
        others(&mut text, &self.later.sound);
        if let Some(movement) = self.sound.movement.text() {
            text.push_str("\n[movement]\n");
            line(&mut text, "text", &long(&movement));
        }
        text
    }
}

fn line(text: &mut String, key: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{key} = {value}");
}

fn others(text: &mut String, table: &Table) {
    for (key, value) in table {
        line(text, &name(key), &inline(value));
    }
}

/// A key, in quotation marks where it needs them.
fn name(key: &str) -> String {
    let is_bare = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-');
    match !key.is_empty() && key.bytes().all(is_bare) {
        true => key.to_owned(),
        false => quoted(key),
    }
}

/// Any value in one line.
fn inline(value: &Value) -> String {
    match value {
        Value::String(words) => quoted(words),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(inline).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Table(table) => {
            let pair =
                |(key, value): (&String, &Value)| format!("{} = {}", name(key), inline(value));
            let pairs: Vec<String> = table.iter().map(pair).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Float(number) => float(*number),
        _ => value.to_string(),
    }
}

fn float(number: f64) -> String {
    match number {
        _ if number.is_nan() => "nan".into(),
        _ if number.is_infinite() && number > 0.0 => "inf".into(),
        _ if number.is_infinite() => "-inf".into(),
        _ => format!("{number:?}"),
    }
}

/// Words in one line, between quotation marks.
fn quoted(words: &str) -> String {
    let mut text = String::from("\"");
    for letter in words.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            _ if letter.is_control() => {
                let _ = write!(text, "\\u{:04X}", u32::from(letter));
            }
            _ => text.push(letter),
        }
    }
    text.push('"');
    text
}

/// Words in as many lines as they are, if they can stand there as they are.
fn long(words: &str) -> String {
    let is_plain = !words.contains("''") && !words.contains('\r');
    match is_plain && !words.chars().any(|c| c.is_control() && c != '\n') {
        true => format!("'''\n{words}'''"),
        false => quoted(words),
    }
}

fn model(wanted: &Wanted) -> String {
    let name = quoted(&wanted.name);
    match &wanted.hash {
        Some(hash) => format!("{{ name = {name}, hash = {} }}", quoted(hash)),
        None => name,
    }
}

fn is_written(entry: &Entry<'_>, value: Setting) -> bool {
    LATENT_IDS.contains(&entry.id) || value != Setting::default_of(entry.kind)
}

/// A value in its own unit.
fn setting(entry: &Entry<'_>, value: Setting) -> Option<String> {
    Some(match (value, entry.kind) {
        (Setting::Real(number), _) => format!("{number:?}"),
        (Setting::Whole(number), _) => number.to_string(),
        (Setting::Switch(is_on), _) => is_on.to_string(),
        (Setting::Choice(place), Kind::Choice(choice)) => quoted(choice.ids().get(place)?),
        (Setting::Choice(_), _) => return None,
    })
}
