//! Where the views lie in a window of any size.

use egui::{Rect, Vec2, pos2, vec2};

/// The window at its usual size, in points; a window of another size is zoomed, so that it has at
/// least so many.
pub(super) const USUAL: Vec2 = vec2(1080.0, 720.0);
/// Space between views, and to the window's edge.
pub(super) const GAP: f32 = 8.0;
/// Height of the header.
const HEADER: f32 = 62.0;
/// Height of the row of tabs.
const TABS: f32 = 22.0;
/// Space under the tabs: they belong to what is below them.
const NEAR: f32 = 4.0;
/// Height of the status line.
const STATUS: f32 = 18.0;
/// Height of the loudness of notes and of what all pages share.
const CONTOUR: f32 = 50.0;
/// Height of the keyboard.
const KEYBOARD: f32 = 104.0;
/// Shares of the map's page: latents and spectra; the map has the rest.
const SIDES: [f32; 2] = [0.22, 0.26];
/// Share of the spectra's height that the present one takes.
const PRESENT: f32 = 0.46;
/// Shares of the page of the sound: what a model of partials can be asked for, and the rest.
const ASKED: f32 = 0.5;
/// Below this height of the window everything but the pages shrinks.
const ENOUGH: f32 = 560.0;

/// One rectangle for each view.
pub(super) struct Areas {
    /// Preset, models, tuning, level.
    pub(super) header: Rect,
    /// What is shown below.
    pub(super) tabs: Rect,
    /// Everything below the tabs, for one of them.
    pub(super) page: Rect,
    /// Voices, load, host, problems.
    pub(super) status: Rect,
    /// On the map's page: the eight sliders.
    pub(super) latents: Rect,
    /// The map itself.
    pub(super) map: Rect,
    /// The spectrum of all that sounds.
    pub(super) spectrum: Rect,
    /// What was heard in the last seconds.
    pub(super) spectrogram: Rect,
    /// How loud notes are in time.
    pub(super) contour: Rect,
    /// The twelve pitch classes.
    pub(super) ring: Rect,
    /// The keys.
    pub(super) keyboard: Rect,
    /// On the sound's page: what a model of partials can be asked for.
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
        let lengths = [HEADER, TABS, STATUS, CONTOUR, KEYBOARD, NEAR, GAP];
        let [header, tabs, status, contour, keyboard, near, gap] =
            lengths.map(|length| length * shrunk);
        let (header, rest) = off_top(inside, header, gap);
        let (tabs, rest) = off_top(rest, tabs, near);
        let (page, status) = off_bottom(rest, status, near);
        let (above, keys) = off_bottom(page, keyboard, gap);
        let (middle, contour) = off_bottom(above, contour, gap);
        let (latents, right) = off_left(middle, SIDES[0] * middle.width(), gap);
        let spectra = SIDES[1] * middle.width();
        let (map, spectra) = off_left(right, (right.width() - spectra - gap).max(0.0), gap);
        let (spectrum, spectrogram) = off_top(spectra, PRESENT * spectra.height(), gap);
        let (ring, keyboard) = off_left(keys, keys.height().min(keys.width()), gap);
        let (performance, controls) = off_top(page, ASKED * page.height(), gap);
        Self {
            header,
            tabs,
            page,
            status,
            latents,
            map,
            spectrum,
            spectrogram,
            contour,
            ring,
            keyboard,
            performance,
            controls,
        }
    }
}

/// The upper part of an area, and the rest under a gap.
pub(super) fn off_top(area: Rect, height: f32, gap: f32) -> (Rect, Rect) {
    let upper = area.with_max_y((area.top() + height).min(area.bottom()));
    let lower = area.with_min_y((upper.bottom() + gap).min(area.bottom()));
    (upper, lower)
}

/// The rest of an area above a gap, and the lower part.
pub(super) fn off_bottom(area: Rect, height: f32, gap: f32) -> (Rect, Rect) {
    let lower = area.with_min_y((area.bottom() - height).max(area.top()));
    let upper = area.with_max_y((lower.top() - gap).max(area.top()));
    (upper, lower)
}

/// The left part of an area, and the rest beside a gap.
pub(super) fn off_left(area: Rect, width: f32, gap: f32) -> (Rect, Rect) {
    let left = area.with_max_x((area.left() + width).min(area.right()));
    let right = area.with_min_x((left.right() + gap).min(area.right()));
    (left, right)
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
