//! A scale, as a file of Scala (`.scl`) describes it.
//!
//! ```text
//!  ! comment
//!  description               (may be blank)
//!  count ─► n
//!  76.049 | 5/4 | 2  × n ──► cents [n]; the last one is the interval of repetition
//! ```
//!
//! A number with a period is cents, another one a ratio. Degree 0 is not in the file: it is 1/1.
//! A scale of no degrees is a legal one, and all its keys have the same pitch. Blank lines between
//! degrees, and whatever stands behind the last one, are not read.
//!
//! *Source:* "Scala scale file format", Huygens-Fokker Foundation.

use super::lines::{Field, Lines, Refused};

/// The most degrees of a scale.
const MOST_DEGREES: i32 = 8_192;
/// A hundred octaves: further off, nothing is meant.
const FURTHEST_CENTS: f64 = 120_000.0;
/// What a degree is.
const DEGREE: &str = "Expected cents with a period (such as 701.955), a ratio (3/2) or a whole \
                      number (2), then a space or the end of the line: correct the line";

/// What repeats itself along the keyboard.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    /// What the file says about itself.
    pub(crate) description: String,
    /// Degrees 1 to n above degree 0.
    cents: Vec<f64>,
}

impl Scale {
    /// Reads the text of a file; `file` is its name in messages.
    ///
    /// # Errors
    ///
    /// The first line that is not as the format says.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Refused> {
        let mut lines = Lines::new(file, text);
        let Some(description) = lines.next_line() else {
            let remedy =
                "Expected a line of description (it may be blank) and the count of degrees";
            return Err(lines.ended("before its description", remedy));
        };
        let Some(count) = lines.next_field() else {
            let remedy = "Expected the count of degrees on the line after the description: add it";
            return Err(lines.ended("before the count of degrees", remedy));
        };
        let count = count.whole("the count of degrees", 0, MOST_DEGREES)?;
        let mut cents = Vec::new();
        for read in 0..count {
            let Some(field) = lines.next_field() else {
                let found = format_args!("after {read} of {count} degrees");
                let remedy = "Add the degrees that are missing, or correct the count";
                return Err(lines.ended(found, remedy));
            };
            cents.push(degree(&field)?);
        }
        let description = description.trim().to_owned();
        Ok(Self { description, cents })
    }

    /// Equal steps: `steps` of them to the octave.
    pub(crate) fn equal(steps: u16) -> Self {
        let step = |degree| 1_200.0 * f64::from(degree) / f64::from(steps.max(1));
        Self {
            description: format!("{steps} equal steps"),
            cents: (1..=steps).map(step).collect(),
        }
    }

    /// How many degrees there are until it repeats.
    pub(crate) fn degrees(&self) -> i32 {
        i32::try_from(self.cents.len()).unwrap_or(i32::MAX)
    }

    /// Cents of any degree above degree 0, below 0 and above the last one too.
    pub(crate) fn cents(&self, degree: i32) -> f64 {
        let Some(period) = self.cents.last() else {
            return 0.0;
        };
        let (turns, step) = (
            degree.div_euclid(self.degrees()),
            degree.rem_euclid(self.degrees()),
        );
        let step = usize::try_from(step).unwrap_or(0);
        let within = step.checked_sub(1).map_or(0.0, |index| self.cents[index]);
        f64::from(turns) * period + within
    }
}

fn degree(field: &Field<'_>) -> Result<f64, Refused> {
    if !field.word().contains('.') {
        return ratio(field);
    }
    let cents = field.decimal().ok_or_else(|| field.refused(DEGREE))?;
    if cents.abs() > FURTHEST_CENTS {
        let remedy = "Expected at most a hundred octaves (120000 cents): correct the line";
        return Err(field.refused(remedy));
    }
    Ok(cents)
}

/// Cents of `3/2`, `3 / 2` or `2`.
fn ratio(field: &Field<'_>) -> Result<f64, Refused> {
    let (above, rest) = whole(field.text());
    let (below, rest) = match rest.trim_start().strip_prefix('/') {
        Some(rest) => whole(rest.trim_start()),
        None => ("1", rest),
    };
    let is_ended = rest.chars().next().is_none_or(char::is_whitespace);
    let is_second = rest.trim_start().starts_with('/');
    let (above, below) = match (above.parse::<u64>(), below.parse::<u64>()) {
        (Ok(above), Ok(below)) if is_ended && !is_second => (above, below),
        _ => return Err(field.refused(DEGREE)),
    };
    if above == 0 || below == 0 {
        let remedy = "Expected a ratio above zero, such as 3/2: correct the line";
        return Err(field.refused(remedy));
    }
    Ok(1_200.0 * (above as f64 / below as f64).log2())
}

/// The digits at the start, and what follows them.
fn whole(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}
