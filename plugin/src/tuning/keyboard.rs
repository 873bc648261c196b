//! Which key plays which degree, as a keyboard mapping of Scala (`.kbm`) describes it.
//!
//! ```text
//!  size of the map, 0: every key the next degree
//!  first, last key that are tuned        ─► the others have no sound
//!  middle key: that of the first entry   ─┐
//!  reference key, its frequency in Hz     ├─► degree of each key, pitch of the reference
//!  degree of the formal octave, 0: the scale's last
//!  0 | 1 | x  × size ────────────────────┘   x: no sound; entries that are missing at the end too
//! ```
//!
//! The format tells nothing about keys outside first … last but that they are not tuned, which is
//! what it says of an `x`: so both have no sound, rather than a pitch of another scale among those
//! of this one. Degrees may be negative and lie outside the scale. A reference key that is an `x` is
//! an error, as the format says.
//!
//! *Source:* the help of Scala, "mappings", Huygens-Fokker Foundation.

use super::lines::{Field, Lines, Refused};
use super::scale::Scale;
use betwixt_engine::tuning::KEYS;
use betwixt_spectral::pitch::from_hz;

/// The most entries of a map.
const MOST_ENTRIES: i32 = 8_192;
/// Degrees further off than this mean nothing.
const FURTHEST_DEGREE: i32 = 65_536;
const LAST_KEY: i32 = 127;
/// Middle C, degree 0 of a scale that comes without a keyboard.
const MIDDLE_KEY: i32 = 60;

/// Which key plays which degree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Keyboard {
    /// The keys that are tuned, first and last.
    tuned: [i32; 2],
    middle: i32,
    reference: i32,
    /// Of the reference, in semitones as MIDI counts them.
    pitch: f64,
    octave: i32,
    /// Degrees from the middle key on; none where each key plays the next degree.
    map: Vec<Option<i32>>,
}

impl Default for Keyboard {
    /// Every key plays the next degree, and middle C is degree 0, where it always is.
    fn default() -> Self {
        Self {
            tuned: [0, LAST_KEY],
            middle: MIDDLE_KEY,
            reference: MIDDLE_KEY,
            pitch: f64::from(MIDDLE_KEY),
            octave: 0,
            map: Vec::new(),
        }
    }
}

impl Keyboard {
    /// Reads the text of a file; `file` is its name in messages.
    ///
    /// # Errors
    ///
    /// The first line that is not as the format says.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Refused> {
        let mut lines = Lines::new(file, text);
        let size = next(&mut lines, SIZE)?.whole(SIZE, 0, MOST_ENTRIES)?;
        let first = next(&mut lines, FIRST)?.whole(FIRST, 0, LAST_KEY)?;
        let last = next(&mut lines, LAST)?.whole(LAST, first, LAST_KEY)?;
        let middle = next(&mut lines, MIDDLE)?.whole(MIDDLE, 0, LAST_KEY)?;
        let reference_line = next(&mut lines, REFERENCE)?;
        let reference = reference_line.whole(REFERENCE, 0, LAST_KEY)?;
        let pitch = frequency(&next(&mut lines, FREQUENCY)?)?;
        let octave = next(&mut lines, OCTAVE)?.whole(OCTAVE, -FURTHEST_DEGREE, FURTHEST_DEGREE)?;
        let map = (0..size).map(|_| lines.next_field().map_or(Ok(None), |field| entry(&field)));
        let keyboard = Self {
            tuned: [first, last],
            middle,
            reference,
            pitch,
            octave,
            map: map.collect::<Result<_, _>>()?,
        };
        if keyboard.degree(reference).is_none() {
            let remedy = "Expected a key that the map gives a degree, but its entry is an x or \
                          missing: name another reference key, or map this one";
            return Err(reference_line.refused(remedy));
        }
        Ok(keyboard)
    }

    /// Turn of the map and degree of a key, if it has one.
    fn degree(&self, key: i32) -> Option<(i32, i32)> {
        let way = key - self.middle;
        let Ok(size @ 1..) = i32::try_from(self.map.len()) else {
            return Some((0, way));
        };
        let place = usize::try_from(way.rem_euclid(size)).unwrap_or(0);
        Some((way.div_euclid(size), self.map[place]?))
    }

    /// Cents of a key above the middle one's degree 0.
    fn cents(&self, scale: &Scale, key: i32) -> Option<f64> {
        let (turns, degree) = self.degree(key)?;
        let octave = match self.octave {
            0 => scale.degrees(),
            octave => octave,
        };
        Some(f64::from(turns) * scale.cents(octave) + scale.cents(degree))
    }

    /// The pitch of every key in semitones (69.0 = 440 Hz); not a number where it has none.
    pub(crate) fn pitches(&self, scale: &Scale) -> [f64; KEYS] {
        let reference = self.cents(scale, self.reference).unwrap_or(0.0);
        let [first, last] = self.tuned;
        std::array::from_fn(|key| {
            let key = i32::try_from(key).unwrap_or(LAST_KEY);
            let cents = self.cents(scale, key);
            let cents = cents.filter(|_| (first..=last).contains(&key));
            cents.map_or(f64::NAN, |cents| self.pitch + (cents - reference) / 100.0)
        })
    }
}

const SIZE: &str = "the size of the map";
const FIRST: &str = "the first key to retune";
const LAST: &str = "the last key to retune (not below the first)";
const MIDDLE: &str = "the middle key, to which the first entry is mapped";
const REFERENCE: &str = "the reference key, whose frequency is given";
const FREQUENCY: &str = "the frequency of the reference key in Hz";
const OCTAVE: &str = "the degree of the formal octave";

fn next<'a>(lines: &mut Lines<'a>, what: &str) -> Result<Field<'a>, Refused> {
    let field = lines.next_field();
    field.ok_or_else(|| {
        lines.ended(
            format_args!("before {what}"),
            "Add the lines that are missing",
        )
    })
}

/// The pitch of a frequency, in semitones.
fn frequency(field: &Field<'_>) -> Result<f64, Refused> {
    let hz = field.decimal().filter(|hz| (1.0..=20_000.0).contains(hz));
    let hz = hz.ok_or_else(|| {
        field.refused(format_args!(
            "Expected {FREQUENCY}, a number from 1 to 20000 such as 440.0: write it there"
        ))
    })?;
    Ok(from_hz(hz))
}

/// The degree of an entry; nothing for an `x`.
fn entry(field: &Field<'_>) -> Result<Option<i32>, Refused> {
    if field.word().eq_ignore_ascii_case("x") {
        return Ok(None);
    }
    let what = "a degree of the scale (or an x for a key without sound)";
    field
        .whole(what, -FURTHEST_DEGREE, FURTHEST_DEGREE)
        .map(Some)
}
