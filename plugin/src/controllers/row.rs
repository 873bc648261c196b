//! One mapping of a map as text: every field is read or refused by name.
//!
//! ```text
//!  [[mapping]] ─► source, number, channel, target, from, to, curve, takeover ─► Mapping, or Wrong
//! ```

use super::map::Target;
use super::mapping::{Mapping, Takeover};
use super::source::{NUMBERS, Origin, PAIRS, Source};
use toml::Value;

/// What a mapping can say.
pub(super) const KEYS: [&str; 8] = [
    "source", "number", "channel", "target", "from", "to", "curve", "takeover",
];

/// A value as it stands in the file, shortened.
pub(super) fn found(value: &Value) -> String {
    let words = value.to_string();
    match words.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}

/// A field that is not as it should be.
pub(super) struct Wrong {
    /// Its name.
    pub(super) field: String,
    /// What stands there.
    pub(super) found: String,
    /// What should, and what to do.
    pub(super) expected: String,
}

/// A mapping as it is read.
pub(super) struct Row<'a> {
    /// What stands in the file.
    pub(super) row: &'a Value,
    /// The parameters that there are.
    pub(super) targets: &'a [Target],
}

impl Row<'_> {
    /// The mapping, or the first field that is not as it should be.
    pub(super) fn read(&self) -> Result<Mapping, Wrong> {
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
