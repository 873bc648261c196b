//! What the lower part of the window shows: one page of six, by a click or from the keyboard.
//!
//! ```text
//!  Map   Sound   Modulation   Playing   Controllers   Settings
//!  ▔▔▔
//! ```
//!
//! The project remembers which one is open.

use super::{theme, words};
use egui::{Align2, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Widest tab.
const WIDTH: f32 = 102.0;

/// A page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tab {
    /// Latents, map, what is heard, keys.
    #[default]
    Map,
    /// Performance, loudness, pitch.
    Sound,
    /// What moves by itself or by touch.
    Modulation,
    /// How keys become notes; the recorded movement.
    Playing,
    /// Which controller moves what.
    Controllers,
    /// How the window looks, where files lie.
    Settings,
}

impl Tab {
    const ALL: [Self; 6] = [
        Self::Map,
        Self::Sound,
        Self::Modulation,
        Self::Playing,
        Self::Controllers,
        Self::Settings,
    ];

    /// The tab at a place; the first one where there is none.
    pub(super) fn at(place: usize) -> Self {
        Self::ALL.get(place).copied().unwrap_or_default()
    }

    /// Its place.
    pub(super) fn place(self) -> usize {
        self as usize
    }

    fn name(self) -> &'static str {
        match self {
            Self::Map => words::tabs::MAP,
            Self::Sound => words::tabs::SOUND,
            Self::Modulation => words::tabs::MODULATION,
            Self::Playing => words::tabs::PLAYING,
            Self::Controllers => words::tabs::CONTROLLERS,
            Self::Settings => words::tabs::SETTINGS,
        }
    }
}

/// Paints the tabs; the one that is chosen now.
pub(super) fn paint(ui: &Ui, area: Rect, chosen: Tab) -> Tab {
    let width = (area.width() / super::layout::real(Tab::ALL.len())).min(WIDTH);
    let mut left = area.left();
    let mut taken = chosen;
    for tab in Tab::ALL {
        let place = Rect::from_min_size(pos2(left, area.top()), vec2(width, area.height()));
        if show(ui, place.shrink2(vec2(1.0, 0.0)), tab, tab == chosen).clicked() {
            taken = tab;
        }
        left += width;
    }
    taken
}

fn show(ui: &Ui, area: Rect, tab: Tab, is_chosen: bool) -> Response {
    let name = tab.name();
    let response = ui.interact(
        area,
        ui.scope_id().with(("tab", tab.place())),
        Sense::click(),
    );
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_chosen, name));
    let painter = ui.painter().with_clip_rect(area.expand(2.0));
    let colour = match (is_chosen, response.hovered()) {
        (true, _) | (false, true) => theme::ink().text,
        (false, false) => theme::ink().dim,
    };
    let centre = Align2::CENTER_CENTER;
    theme::words(&painter, area.center(), centre, name, (13.0, colour));
    let line = if is_chosen {
        theme::ink().accent
    } else {
        theme::ink().line
    };
    painter.hline(area.x_range(), area.bottom() - 1.0, Stroke::new(2.0, line));
    if response.has_focus() {
        theme::focus(&painter, area);
    }
    response
}
