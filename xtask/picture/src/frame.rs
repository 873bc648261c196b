//! A box with axes, in which curves are drawn.
//!
//! ```text
//!   y label │ grid and curves │
//!           └─── x ticks ─────┘
//!                x label
//! ```

use crate::axis::Axis;
use crate::canvas::{Canvas, Hang, Ink};
use crate::colour;
use crate::line_chart::Series;

pub(crate) const LABEL_SIZE: f64 = 20.0;
pub(crate) const TICK_SIZE: f64 = 17.0;

/// A rectangle of the picture and the values along its sides.
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
}

/// What is written along the sides of a frame; `None` leaves a side bare.
pub(crate) struct Labels<'a> {
    pub(crate) x: Option<&'a str>,
    pub(crate) y: &'a str,
    pub(crate) x_ticks: u32,
    pub(crate) y_ticks: u32,
}

type Drawn = Result<(), String>;

impl Frame {
    /// The place of a pair of values; not a number when it lies outside.
    pub(crate) fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (across, up) = (self.x.position(x), self.y.position(y));
        (
            self.left + across * (self.right - self.left),
            self.bottom - up * (self.bottom - self.top),
        )
    }

    /// The grid, the ticks, the labels and the outline.
    pub(crate) fn axes(&self, canvas: &Canvas<'_>, labels: &Labels<'_>) -> Drawn {
        for tick in self.y.ticks(labels.y_ticks) {
            let (_, y) = self.place((self.x.low, tick.value));
            canvas.line(&[(self.left, y), (self.right, y)], Ink::GRID, 1.0)?;
            let at = (self.left - 8.0, y);
            canvas.text(&tick.label, at, (Hang::Left, TICK_SIZE), Ink::QUIET)?;
        }
        for tick in self.x.ticks(labels.x_ticks) {
            let (x, _) = self.place((tick.value, self.y.low));
            canvas.line(&[(x, self.top), (x, self.bottom)], Ink::GRID, 1.0)?;
            if labels.x.is_some() {
                let at = (x, self.bottom + 6.0);
                canvas.text(&tick.label, at, (Hang::Below, TICK_SIZE), Ink::QUIET)?;
            }
        }
        self.names(canvas, labels)?;
        canvas.outline((self.left, self.top), (self.right, self.bottom), Ink::EDGE)
    }

    fn names(&self, canvas: &Canvas<'_>, labels: &Labels<'_>) -> Drawn {
        let upright = (self.left - 68.0, (self.top + self.bottom) / 2.0);
        canvas.text(labels.y, upright, (Hang::Upwards, LABEL_SIZE), Ink::TEXT)?;
        let Some(x) = labels.x else { return Ok(()) };
        let below = ((self.left + self.right) / 2.0, self.bottom + 30.0);
        canvas.text(x, below, (Hang::Below, LABEL_SIZE), Ink::TEXT)
    }

    /// A curve through pairs of values.
    pub(crate) fn curve(&self, canvas: &Canvas<'_>, points: &[(f64, f64)], ink: Ink) -> Drawn {
        let inside = |(x, y): (f64, f64)| {
            let (x, y) = self.place((x, y));
            (x, y.clamp(self.top, self.bottom))
        };
        let places: Vec<_> = points.iter().copied().map(inside).collect();
        canvas.line(&places, ink, 2.0)
    }

    /// Curves, each in a colour of its own, and their names.
    pub(crate) fn named_curves(&self, canvas: &Canvas<'_>, all: &[Series]) -> Drawn {
        let ink = |index| Ink::solid(colour::curve(index));
        for (index, series) in all.iter().enumerate() {
            self.curve(canvas, &series.points, ink(index))?;
        }
        let names = all.iter().enumerate();
        let names: Vec<_> = names.map(|(i, s)| (s.name.as_str(), ink(i))).collect();
        self.legend(canvas, &names)
    }

    /// Names of curves, one below the other, to the right of the frame.
    fn legend(&self, canvas: &Canvas<'_>, names: &[(&str, Ink)]) -> Drawn {
        for (row, (name, ink)) in (0_u32..).zip(names) {
            let y = self.top + 14.0 + 26.0 * f64::from(row);
            let x = self.right + 14.0;
            canvas.line(&[(x, y), (x + 22.0, y)], *ink, 3.0)?;
            canvas.text(name, (x + 30.0, y), (Hang::Right, TICK_SIZE), Ink::TEXT)?;
        }
        Ok(())
    }
}
