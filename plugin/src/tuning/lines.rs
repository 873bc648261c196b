//! A text file as the formats of Scala see it: lines that are not comments, each with one value.
//!
//! ```text
//!  bytes ─► decode: UTF-8 or Latin-1 ─► text ─► Lines ─► Field ─► whole number, decimal, fraction
//!                                                  └─────────────► Refused: file, line, what to do
//! ```
//!
//! A line that begins with an exclamation mark is a comment. A value ends at white space, at an
//! exclamation mark or with its line; whatever follows is not read.

use std::fmt;

/// The longest file that is read, bytes: it is embedded in projects.
pub(crate) const LONGEST_FILE: usize = 131_072;
/// Words of a file that are repeated in a message.
const LONGEST_QUOTE: usize = 40;

/// Why a file is refused: where, what stands there, and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{file}, line {line}: {found}. {remedy}")]
pub(crate) struct Refused {
    /// As the player knows it.
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// What stands there.
    pub(crate) found: String,
    /// What was expected, and what to do.
    pub(crate) remedy: String,
}

/// The text of a file; what is no UTF-8 is Latin-1, in which every byte is a letter.
///
/// # Errors
///
/// For a file that is too long, or that is not a text.
pub(crate) fn decode(file: &str, bytes: &[u8]) -> Result<String, Refused> {
    let refused = |at: usize, found: String, remedy: &str| Refused {
        file: file.into(),
        line: 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count(),
        found,
        remedy: remedy.into(),
    };
    if bytes.len() > LONGEST_FILE {
        let found = format!("the file has more than {LONGEST_FILE} bytes");
        let remedy = "Shorten its comments or its scale";
        return Err(refused(LONGEST_FILE, found, remedy));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let remedy = "Expected a plain text (not UTF-16): save it as UTF-8 or Latin-1";
        return Err(refused(at, "a zero byte stands there".into(), remedy));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    };
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The lines of a file that are no comments.
pub(super) struct Lines<'a> {
    file: &'a str,
    rest: std::iter::Enumerate<std::str::Lines<'a>>,
    /// The line read last.
    line: usize,
}

impl<'a> Lines<'a> {
    /// The lines of a text; `file` is its name in messages.
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            file,
            rest: text.lines().enumerate(),
            line: 0,
        }
    }

    /// The next line, which may be blank.
    pub(super) fn next_line(&mut self) -> Option<&'a str> {
        self.rest.by_ref().find_map(|(index, line)| {
            self.line = index + 1;
            (!line.starts_with('!')).then_some(line)
        })
    }

    /// The next line that is not blank, as a value.
    pub(super) fn next_field(&mut self) -> Option<Field<'a>> {
        loop {
            let line = self.next_line()?;
            let value = line.split('!').next().unwrap_or_default().trim();
            if !value.is_empty() {
                return Some(Field {
                    file: self.file,
                    line: self.line,
                    text: value,
                });
            }
        }
    }

    /// What is wrong when the file ends too early.
    pub(super) fn ended(&self, found: impl fmt::Display, remedy: &str) -> Refused {
        Refused {
            file: self.file.into(),
            line: self.line.max(1),
            found: format!("the file ends {found}"),
            remedy: remedy.into(),
        }
    }
}

/// A line with a value, without white space around it.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    file: &'a str,
    line: usize,
    text: &'a str,
}

impl<'a> Field<'a> {
    /// What is wrong with this line.
    pub(super) fn refused(&self, remedy: impl fmt::Display) -> Refused {
        let quote: String = self.text.chars().take(LONGEST_QUOTE).collect();
        Refused {
            file: self.file.into(),
            line: self.line,
            found: format!("{quote:?} stands there"),
            remedy: remedy.to_string(),
        }
    }

    /// The whole line, from its value on.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The line up to the first white space.
    pub(super) fn word(&self) -> &'a str {
        self.text.split_whitespace().next().unwrap_or_default()
    }

    /// A whole number from `low` to `high`; `what` says whose it is.
    pub(super) fn whole(&self, what: &str, low: i32, high: i32) -> Result<i32, Refused> {
        let number = self.word().parse::<i32>().ok();
        let within = number.filter(|number| (low..=high).contains(number));
        within.ok_or_else(|| {
            self.refused(format_args!(
                "Expected {what}, a whole number from {low} to {high}: write it there"
            ))
        })
    }

    /// A plain decimal number, without an exponent.
    pub(super) fn decimal(&self) -> Option<f64> {
        let word = self.word();
        let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
        let number = word.parse::<f64>().ok().filter(|x| x.is_finite())?;
        word.chars().all(is_plain).then_some(number)
    }
}
