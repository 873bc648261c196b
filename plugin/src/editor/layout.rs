//! Where the views lie in a window of any size.

use egui::{Rect, Vec2, pos2, vec2};

/// Space between views, and to the window's edge.
const GAP: f32 = 10.0;
/// Height of the header.
const HEADER: f32 = 64.0;
/// Height of the row of tabs.
const TABS: f32 = 22.0;
/// Space under the tabs: they belong to what is below them.
const NEAR: f32 = 4.0;
/// Height of what a model of partials can be asked for.
const PERFORMANCE: f32 = 130.0;
/// Height of the compact controls at the bottom.
const CONTROLS: f32 = 104.0;
/// Below this height of the window all of them shrink.
const ENOUGH: f32 = 560.0;

/// One rectangle for each view.
pub(super) struct Areas {
    /// Model and figures.
    pub(super) header: Rect,
    /// What is shown below.
    pub(super) tabs: Rect,
    /// Everything below the tabs, for one of them.
    pub(super) page: Rect,
    /// The eight sliders.
    pub(super) latents: Rect,
    /// The two-dimensional pad.
    pub(super) pad: Rect,
    /// The newest note's spectrum.
    pub(super) spectrum: Rect,
    /// What a model of partials can be asked for.
    pub(super) performance: Rect,
    /// The other parameters.
    pub(super) controls: Rect,
}

impl Areas {
    /// Cuts a window; nothing overlaps, and nothing is negative however small it gets.
    pub(super) fn of(window: Rect) -> Self {
        let inside = window.shrink(GAP);
        let inside = Rect::from_min_size(inside.min, inside.size().max(Vec2::ZERO));
        let shrunk = (inside.height() / ENOUGH).min(1.0);
        let [header, tabs, performance, controls] =
            [HEADER, TABS, PERFORMANCE, CONTROLS].map(|height| height * shrunk);
        let left = inside.left();
        let row = inside.top() + header + GAP * shrunk;
        let top = row + tabs + NEAR * shrunk;
        let page = (inside.bottom() - top).max(0.0);
        let middle = (page - performance - controls - 2.0 * GAP).max(0.0);
        let column = (inside.width() - 2.0 * GAP).max(0.0) / 3.0;
        let place = |index: f32| {
            let corner = pos2(left + index * (column + GAP), top);
            Rect::from_min_size(corner, vec2(column, middle))
        };
        let wide = |top: f32, height: f32| {
            Rect::from_min_size(pos2(left, top), vec2(inside.width(), height))
        };
        let below = top + middle + GAP;
        Self {
            header: wide(inside.top(), header),
            tabs: wide(row, tabs),
            page: wide(top, page),
            latents: place(0.0),
            pad: place(1.0),
            spectrum: place(2.0),
            performance: wide(below, performance),
            controls: wide(below + performance + GAP, controls),
        }
    }
}

/// One of `count` equal cells across an area.
pub(super) fn column(area: Rect, index: usize, count: usize, gap: f32) -> Rect {
    let width = ((area.width() - gap * (real(count) - 1.0)) / real(count)).max(0.0);
    let corner = pos2(area.left() + real(index) * (width + gap), area.top());
    Rect::from_min_size(corner, vec2(width, area.height()))
}

/// One of `count` equal cells down an area.
pub(super) fn row(area: Rect, index: usize, count: usize, gap: f32) -> Rect {
    let height = ((area.height() - gap * (real(count) - 1.0)) / real(count)).max(0.0);
    let corner = pos2(area.left(), area.top() + real(index) * (height + gap));
    Rect::from_min_size(corner, vec2(area.width(), height))
}

/// A small number as a count.
pub(super) fn whole(number: f32) -> usize {
    betwixt_spectral::number::index(f64::from(number))
}

/// A small count as a number to draw with.
pub(super) fn real(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
