//! Curves of parameters, read from a table.
//!
//! ```text
//!  # any comment
//!  seconds,parameter,value
//!  0.0,Latent 1,0.25          one point per line; per parameter in rising order of time;
//!  4.0,Latent 1,0.75          straight lines between points, level before the first and
//!  2.0,Latent 2,0.5           after the last
//! ```
//!
//! Values are the ones that the plugin's format carries (`Parameter::minimum` to `maximum`; 0 to 1
//! for a knob). A name holds no comma.

use super::{AUTOMATION_RASTER_SAMPLES, frame};
use crate::error::HostError;
use crate::event::{Event, Timed};
use std::path::Path;

/// The curve of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The parameter's name.
    pub parameter: String,
    /// (seconds, value), in rising order of time; never empty.
    pub points: Vec<(f64, f64)>,
}

/// The curves of a piece.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Automation {
    /// One per parameter, in order of first mention.
    pub curves: Vec<Curve>,
}

const HEADER: &str = "seconds,parameter,value";

impl Automation {
    /// Reads a table of points; its form stands at the head of this module's source.
    ///
    /// Lines are `seconds,parameter,value` below a line with just these words; `#` begins a
    /// comment line. Lines of one parameter are in rising order of time.
    ///
    /// # Errors
    ///
    /// [`HostError::File`], or [`HostError::Score`] with the file and the line.
    pub fn read(path: &Path) -> Result<Self, HostError> {
        let text = std::fs::read_to_string(path).map_err(|e| HostError::File {
            path: path.to_path_buf(),
            attempt: "read the automation",
            reason: e.to_string(),
        })?;
        Self::parse(&text).map_err(|fault| HostError::Score {
            path: path.to_path_buf(),
            place: format!(":{}", fault.line),
            field: fault.field,
            expected: fault.expected,
            found: format!("{:?}", fault.found),
        })
    }

    fn parse(text: &str) -> Result<Self, Fault> {
        let mut lines = (1..)
            .zip(text.lines().map(str::trim))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let (line, found) = lines.next().unwrap_or((1, ""));
        if found != HEADER {
            return Err(Fault::new(line, "first line", HEADER, found));
        }
        let mut automation = Self::default();
        for (line, text) in lines {
            let (parameter, point) = parse_point(line, text)?;
            automation
                .add(parameter, point)
                .map_err(|expected| Fault::new(line, "seconds", expected, &point.0.to_string()))?;
        }
        Ok(automation)
    }

    fn add(&mut self, parameter: &str, point: (f64, f64)) -> Result<(), &'static str> {
        let known = self.curves.iter_mut().find(|c| c.parameter == parameter);
        let Some(curve) = known else {
            self.curves.push(Curve {
                parameter: parameter.into(),
                points: vec![point],
            });
            return Ok(());
        };
        let rises = curve.points.last().is_none_or(|last| last.0 < point.0);
        rises
            .then(|| curve.points.push(point))
            .ok_or("a later time than in this parameter's line before")
    }

    /// When the last point is, seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let ends = self.curves.iter().filter_map(|c| c.points.last());
        ends.map(|p| p.0).fold(0.0, f64::max)
    }

    /// The curves as events: the first value at sample 0, then one at every 64th sample where the
    /// curve has moved.
    #[must_use]
    pub fn at_rate(&self, rate_hz: f64) -> Vec<Timed> {
        let mut events = Vec::new();
        for curve in &self.curves {
            let end = curve.points.last().map_or(0, |p| frame(p.0, rate_hz));
            let mut sent = None;
            for step in 0..=end.div_ceil(AUTOMATION_RASTER_SAMPLES) {
                let at = step * AUTOMATION_RASTER_SAMPLES;
                let value = curve.value(at as f64 / rate_hz);
                if sent != Some(value) {
                    events.push(Event::parameter(&curve.parameter, value).at(at));
                    sent = Some(value);
                }
            }
        }
        events.sort_by_key(|t| t.frame);
        events
    }
}

impl Curve {
    /// The value at a time.
    #[must_use]
    pub fn value(&self, seconds: f64) -> f64 {
        let next = self.points.partition_point(|p| p.0 <= seconds);
        let last = self.points.len() - 1;
        let (before, after) = (self.points[next.max(1) - 1], self.points[next.min(last)]);
        if next == 0 || after.0 <= before.0 {
            return before.1;
        }
        before.1 + (seconds - before.0) / (after.0 - before.0) * (after.1 - before.1)
    }
}

/// What is wrong with a line.
#[derive(Debug)]
struct Fault {
    line: usize,
    field: &'static str,
    expected: &'static str,
    found: String,
}

impl Fault {
    fn new(line: usize, field: &'static str, expected: &'static str, found: &str) -> Self {
        Self {
            line,
            field,
            expected,
            found: found.into(),
        }
    }
}

fn parse_point(line: usize, text: &str) -> Result<(&str, (f64, f64)), Fault> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [seconds, parameter, value] = parts[..] else {
        return Err(Fault::new(
            line,
            "line",
            "three values: seconds,parameter,value",
            text,
        ));
    };
    let number = |text: &str| text.parse::<f64>().ok().filter(|v| v.is_finite());
    let at = number(seconds)
        .filter(|s| *s >= 0.0)
        .ok_or_else(|| Fault::new(line, "seconds", "a number from 0 up", seconds))?;
    let to = number(value).ok_or_else(|| Fault::new(line, "value", "a number", value))?;
    if parameter.is_empty() {
        return Err(Fault::new(
            line,
            "parameter",
            "a parameter's name",
            parameter,
        ));
    }
    Ok((parameter, (at, to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAMP: &str = "# by hand\nseconds,parameter,value\n1,Latent 1,0.0\n\n2,Latent 1,1.0\n";

    /// Level, straight, level: the three parts of a ramp.
    #[test]
    fn curves_are_straight_between_points() {
        let automation = Automation::parse(RAMP).unwrap();
        let curve = &automation.curves[0];
        for (seconds, value) in [(0.0, 0.0), (1.0, 0.0), (1.25, 0.25), (2.0, 1.0), (9.0, 1.0)] {
            let found = curve.value(seconds);
            assert!((found - value).abs() < 1e-12, "{seconds} s: {found}");
        }
    }

    /// A ramp of one second at 6,400 Hz moves at 100 rasters; the level parts send one value.
    #[test]
    fn events_lie_on_the_raster_and_only_where_the_curve_moves() {
        let events = Automation::parse(RAMP).unwrap().at_rate(6400.0);
        assert_eq!(events.len(), 101, "the first value and 100 steps");
        assert!(
            events
                .iter()
                .all(|e| e.frame % AUTOMATION_RASTER_SAMPLES == 0)
        );
        assert_eq!(events[0], Event::parameter("Latent 1", 0.0).at(0));
        assert_eq!(events[1].frame, 6400 + 64);
        assert_eq!(events[100], Event::parameter("Latent 1", 1.0).at(12_800));
    }

    /// Every way to get a line wrong is named with its line.
    #[test]
    fn faulty_lines_are_named() {
        for (text, line, field) in [
            ("", 1, "first line"),
            ("1,Gain,2", 1, "first line"),
            ("seconds,parameter,value\n1,Gain", 2, "line"),
            ("seconds,parameter,value\n1,Gain,2,3", 2, "line"),
            ("seconds,parameter,value\n-1,Gain,2", 2, "seconds"),
            ("seconds,parameter,value\nNaN,Gain,2", 2, "seconds"),
            ("seconds,parameter,value\n\n1,Gain,loud", 3, "value"),
            ("seconds,parameter,value\n1,,2", 2, "parameter"),
            ("seconds,parameter,value\n1,Gain,2\n1,Gain,3", 3, "seconds"),
        ] {
            let fault = Automation::parse(text).unwrap_err();
            assert_eq!((fault.line, fault.field), (line, field), "{text:?}");
        }
    }
}
