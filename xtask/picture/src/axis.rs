//! Axes: where a value sits between two ends, and at which values to put a label.
//!
//! ```text
//!  values ─► Axis::around ─► position (0…1)
//!                         └► ticks: round numbers, and their text
//! ```

/// How values are laid out along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Equal differences, equal distances.
    Linear,
    /// Equal ratios, equal distances; only positive values have a place.
    Log,
}

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: String,
}

/// The span of values that a side of a picture shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) low: f64,
    pub(crate) high: f64,
    scale: Scale,
}

impl Axis {
    /// An axis between two ends; equal or senseless ends are widened to something drawable.
    pub(crate) fn new(low: f64, high: f64, scale: Scale) -> Self {
        let sound = low.is_finite() && high.is_finite() && low <= high;
        let (low, high) = if sound { (low, high) } else { (0.0, 1.0) };
        let (low, high) = match scale {
            Scale::Linear if high - low > 1e-12 * high.abs().max(1e-12) => (low, high),
            Scale::Linear => (low - 0.5, high + 0.5),
            Scale::Log if low > 0.0 && high > low * 1.001 => (low, high),
            Scale::Log if low > 0.0 => (low * 0.8, high * 1.25),
            Scale::Log => (0.1, 1.0),
        };
        Self { low, high, scale }
    }

    /// The smallest axis that shows every finite value, with a little room at both ends.
    pub(crate) fn around(values: impl Iterator<Item = f64>, scale: Scale) -> Self {
        let shown = values.filter(|v| v.is_finite() && (scale == Scale::Linear || *v > 0.0));
        let wider = |(low, high): (f64, f64), v: f64| (low.min(v), high.max(v));
        let (low, high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), wider);
        let tight = Self::new(low, high, scale);
        let room = 0.03;
        Self::new(tight.value(-room), tight.value(1.0 + room), scale)
    }

    /// Where a value sits: 0 at the low end, 1 at the high end. NaN when it has no place.
    pub(crate) fn position(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log if value > 0.0 => (value / self.low).ln() / (self.high / self.low).ln(),
            Scale::Log => f64::NAN,
        }
    }

    /// The value at a position: the inverse of [`Axis::position`].
    pub(crate) fn value(&self, position: f64) -> f64 {
        match self.scale {
            Scale::Linear => self.low + position * (self.high - self.low),
            Scale::Log => self.low * (self.high / self.low).powf(position),
        }
    }

    /// Round values along the axis, about `count` of them, in rising order.
    pub(crate) fn ticks(&self, count: u32) -> Vec<Tick> {
        let logarithmic = self.scale == Scale::Log && self.high / self.low >= 8.0;
        let values = if logarithmic {
            self.decades(count)
        } else {
            self.round_steps(count)
        };
        let inside = |v: &f64| (-1e-9..=1.0 + 1e-9).contains(&self.position(*v));
        let smallest = values
            .windows(2)
            .map(|w| w[1] - w[0])
            .fold(f64::INFINITY, f64::min);
        let label = |value: f64| Tick {
            value,
            label: text(value, if logarithmic { value } else { smallest }),
        };
        values.into_iter().filter(inside).map(label).collect()
    }

    fn round_steps(&self, count: u32) -> Vec<f64> {
        let rough = (self.high - self.low) / f64::from(count.max(1));
        let decade = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|m| m * decade)
            .into_iter()
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(rough);
        let first = (self.low / step - 1e-9).ceil();
        (0..=count.max(1) * 2)
            .map(|i| (first + f64::from(i)) * step)
            .filter(|v| *v <= self.high + step * 1e-9)
            .collect()
    }

    fn decades(&self, count: u32) -> Vec<f64> {
        let decades = (self.high / self.low).log10();
        let crowded = decades * 3.0 > f64::from(count) * 1.5;
        let steps: &[f64] = if crowded { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let mut values = Vec::new();
        let mut decade = 10_f64.powf(self.low.log10().floor());
        while decade <= self.high {
            values.extend(steps.iter().map(|m| m * decade));
            decade *= 10.0;
        }
        values
    }
}

/// A number with as many decimals as tell it from its neighbours, thousands as "k".
fn text(value: f64, step: f64) -> String {
    let value = if value.abs() < step.abs() * 1e-6 {
        0.0
    } else {
        value
    };
    if value.abs() >= 1000.0 && (value / 100.0).fract().abs() < 1e-6 {
        return format!("{}k", value / 1000.0);
    }
    let decimals = (0..9_u32).find(|d| {
        let scaled = step * 10_f64.powi(i32::try_from(*d).unwrap_or(0));
        (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1e-300) || scaled >= 1000.0
    });
    match decimals {
        Some(places) if places <= 4 => format!("{value:.*}", places as usize),
        _ => format!("{value:.0e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: Axis, count: u32) -> Vec<String> {
        axis.ticks(count).into_iter().map(|t| t.label).collect()
    }

    /// Position and value undo each other on both scales.
    #[test]
    fn positions_invert() {
        for scale in [Scale::Linear, Scale::Log] {
            let axis = Axis::new(40.0, 16_000.0, scale);
            for value in [40.0, 440.0, 16_000.0] {
                let back = axis.value(axis.position(value));
                assert!(
                    (back - value).abs() < 1e-9 * value,
                    "{scale:?} {value}: {back}"
                );
            }
        }
        let axis = Axis::new(100.0, 10_000.0, Scale::Log);
        assert!((axis.position(1000.0) - 0.5).abs() < 1e-12);
    }

    /// Ticks are the round numbers a person would have written.
    #[test]
    fn ticks_are_round() {
        assert_eq!(
            labels(Axis::new(0.0, 1.0, Scale::Linear), 5),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            labels(Axis::new(-60.0, 0.0, Scale::Linear), 3),
            ["-60", "-40", "-20", "0"]
        );
        let hertz = labels(Axis::new(50.0, 12_000.0, Scale::Log), 8);
        assert_eq!(hertz, ["50", "100", "200", "500", "1k", "2k", "5k", "10k"]);
        let loss = labels(Axis::new(0.004, 0.5, Scale::Log), 6);
        assert_eq!(loss, ["0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]);
    }

    /// A flat or empty series still has an axis to be drawn on.
    #[test]
    fn degenerate_axes_can_be_drawn() {
        for scale in [Scale::Linear, Scale::Log] {
            for values in [
                vec![],
                vec![f64::NAN],
                vec![0.0],
                vec![3.0, 3.0],
                vec![-1.0],
            ] {
                let axis = Axis::around(values.iter().copied(), scale);
                assert!(axis.high > axis.low, "{scale:?} {values:?}");
                assert!(!axis.ticks(5).is_empty(), "{scale:?} {values:?}");
            }
        }
    }
}
