//! A chart of curves over one axis: losses over steps, times over sizes.

use crate::axis::{Axis, Scale};
use crate::canvas::{Canvas, Hang, Ink, paint};
use crate::error::PictureError;
use crate::frame::{Frame, Labels};
use std::path::Path;

/// A named curve.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// What the legend calls it.
    pub name: String,
    /// Pairs (x, y) in drawing order; a pair that is no number leaves a gap.
    pub points: Vec<(f64, f64)>,
}

/// What a chart shows.
#[derive(Clone, Debug, Default)]
pub struct LineChart {
    /// Written above the chart.
    pub title: String,
    /// Name and unit of the horizontal axis.
    pub x_label: String,
    /// Name and unit of the vertical axis.
    pub y_label: String,
    /// Equal ratios, equal heights; values of 0 and below then leave gaps.
    pub log_y: bool,
    /// The curves, in the order of the legend.
    pub series: Vec<Series>,
}

const SIZE: (u32, u32) = (1600, 900);

/// Draws a chart, 1600 × 900 pixels, into a PNG file; its folder must exist.
///
/// # Errors
///
/// [`PictureError::Draw`] or [`PictureError::Write`], with the file's name; no file is left then.
pub fn line_chart(path: &Path, chart: &LineChart) -> Result<(), PictureError> {
    paint(path, SIZE, |canvas| draw(canvas, chart))
}

fn draw(canvas: &Canvas<'_>, chart: &LineChart) -> Result<(), String> {
    let points = || chart.series.iter().flat_map(|s| &s.points);
    let scale = if chart.log_y {
        Scale::Log
    } else {
        Scale::Linear
    };
    let (left, right) = points()
        .map(|p| p.0)
        .filter(|x| x.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, r), x| {
            (l.min(x), r.max(x))
        });
    let frame = Frame {
        left: 120.0,
        top: 80.0,
        right: 1330.0,
        bottom: 810.0,
        x: Axis::new(left, right, Scale::Linear),
        y: Axis::around(points().map(|p| p.1), scale),
    };
    canvas.text(&chart.title, (120.0, 42.0), (Hang::Right, 30.0), Ink::TEXT)?;
    let labels = Labels {
        x: Some(&chart.x_label),
        y: &chart.y_label,
        x_ticks: 10,
        y_ticks: 9,
    };
    frame.axes(canvas, &labels)?;
    frame.named_curves(canvas, &chart.series)
}
