//! The presets in the window: a bar in the header, and a browser in place of the page.
//!
//! ```text
//!  bar:      [◂] [▸] [name of the preset *            ▾]      * changed since it was loaded
//!  browser:  [search ________] [all authors ▾] [Favourites]        Init  Save as…  Close
//!            All      ★ name               category   author   model
//!            Keys     ☆ …
//!            Bells    tags, comment of the one under the cursor; what went wrong
//! ```
//!
//! Presets are read on a thread of their own, as soon as the player goes near the bar. What is
//! loaded is told to the host parameter by parameter, like any other move of the player's.

mod browser;
mod saving;

use super::hand::Hand;
use super::{Editor, header, menu, theme, words};
use crate::parameters::Parameters;
use crate::presets::{self, Favourites, Item, Place, Preset, Query, Scan, Shown};
use saving::Saving;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::{Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Height of the bar.
const BAR: f32 = 22.0;
/// Width of the arrows.
const ARROW: f32 = 24.0;
const GAP: f32 = 4.0;
/// How often the window looks whether the presets have been read.
const LOOK: Duration = Duration::from_millis(60);

/// What the window remembers of the presets.
pub(super) struct View {
    folder: Option<PathBuf>,
    scan: Scan,
    has_begun: bool,
    favourites: Favourites,
    query: Query,
    is_open: bool,
    /// Where the preset lies that was loaded last.
    place: Option<Place>,
    /// Where the keyboard is among those that were found.
    cursor: usize,
    /// A step that waits for the list: to the next, or to the one before.
    step: Option<bool>,
    saving: Option<Saving>,
    /// Who saved a preset last.
    author: Option<String>,
    said: Option<String>,
}

impl View {
    /// Those in the player's folder; nothing has been read yet.
    pub(super) fn of_the_user() -> Self {
        Self::new(presets::own_folder(), Favourites::of_the_user())
    }

    /// Those in any folder.
    pub(super) fn new(folder: Option<PathBuf>, favourites: Favourites) -> Self {
        Self {
            folder,
            scan: Scan::new(),
            has_begun: false,
            favourites,
            query: Query::default(),
            is_open: false,
            place: None,
            cursor: 0,
            step: None,
            saving: None,
            author: None,
            said: None,
        }
    }

    /// Whether the browser stands in place of the page.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether presets are being read.
    #[cfg(test)]
    pub(super) fn is_busy(&self) -> bool {
        self.scan.is_busy()
    }

    /// Reads all presets, once or anew.
    fn begin(&mut self, parameters: &Arc<Parameters>, again: bool) {
        if again || !self.has_begun {
            self.has_begun = true;
            self.scan.start(self.folder.clone(), Arc::clone(parameters));
        }
    }

    fn found(&self) -> Vec<usize> {
        self.query.find(self.scan.list(), &self.favourites)
    }

    fn item(&self, at: usize) -> Option<&Item> {
        self.scan.list().items.get(at)
    }

    /// Where the preset lies that is loaded; after a project was opened the one that is called so.
    fn here(&self, parameters: &Parameters) -> Option<Place> {
        if self.place.is_some() {
            return self.place.clone();
        }
        let loaded = parameters.loaded.preset(parameters)?;
        let items = &self.scan.list().items;
        let own = items.iter().find(|item| item.preset.head == loaded.head);
        own.map(|item| item.place.clone())
    }

    /// Loads one of the list.
    fn load(&mut self, at: usize, parameters: &Parameters, hand: &Hand<'_>) {
        let Some(item) = self.item(at) else {
            return;
        };
        let (place, preset) = (item.place.clone(), Arc::clone(&item.preset));
        self.place = Some(place);
        self.load_preset(&preset, parameters, hand);
    }

    fn load_preset(&mut self, preset: &Arc<Preset>, parameters: &Parameters, hand: &Hand<'_>) {
        parameters.history.load_preset(preset, (parameters, hand));
        self.said = preset.later.words();
    }

    /// Goes to the next one of those that were found, or to the one before.
    fn go(&mut self, is_next: bool, parameters: &Parameters, hand: &Hand<'_>) {
        let (found, here) = (self.found(), self.here(parameters));
        let at = presets::beside(self.scan.list(), &found, here.as_ref(), is_next);
        if let Some(at) = at {
            self.cursor = found.iter().position(|other| *other == at).unwrap_or(0);
            self.load(at, parameters, hand);
        }
    }
}

/// Paints the bar and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &mut Editor, hand: &Hand<'_>) {
    let parameters = Arc::clone(&editor.parameters);
    let view = &mut editor.presets;
    wait(ui, view, &parameters, hand);
    let bar = header::presets(area.shrink(12.0));
    let bar = bar.with_max_y(bar.top() + BAR.min(bar.height()));
    let place = |from: f32, to: f32| {
        bar.with_min_x(bar.left() + from)
            .with_max_x(bar.left() + to)
    };
    let arrows = [
        (words::presets::PREVIOUS, place(0.0, ARROW), false),
        (
            words::presets::NEXT,
            place(ARROW + GAP, 2.0 * ARROW + GAP),
            true,
        ),
    ];
    for (name, place, is_next) in arrows {
        if arrow(ui, place, name, is_next).clicked() {
            view.begin(&parameters, false);
            view.step = Some(is_next);
        }
    }
    let left = bar.left() + 2.0 * (ARROW + GAP);
    let response = name(ui, bar.with_min_x(left.min(bar.right())), &parameters);
    if response.hovered() {
        view.begin(&parameters, false);
    }
    if response.clicked() {
        view.is_open = !view.is_open;
        view.begin(&parameters, true);
        view.favourites.look();
    }
    wait(ui, view, &parameters, hand);
}

/// Paints the browser in place of the page.
pub(super) fn browse(ui: &mut Ui, page: Rect, editor: &mut Editor, hand: &Hand<'_>) {
    let parameters = Arc::clone(&editor.parameters);
    let known = editor.settings.get().author.clone();
    let author = editor.presets.author.get_or_insert(known);
    let before = author.clone();
    browser::paint(ui, page, &mut editor.presets, (&parameters, hand));
    if let Some(author) = editor.presets.author.clone().filter(|now| *now != before) {
        // A file that cannot be written only asks for the name again another day.
        drop(editor.settings.change(|settings| settings.author = author));
    }
}

/// Looks whether the presets have been read, and takes the step that waited for them.
fn wait(ui: &Ui, view: &mut View, parameters: &Arc<Parameters>, hand: &Hand<'_>) {
    view.scan.look();
    if view.scan.is_busy() {
        ui.ctx().request_repaint_after(LOOK);
        return;
    }
    if let Some(is_next) = view.step.take_if(|_| view.has_begun) {
        view.go(is_next, parameters, hand);
        ui.ctx().request_repaint();
    }
}

/// The name of what is loaded; a click opens the browser.
fn name(ui: &Ui, area: Rect, parameters: &Parameters) -> Response {
    let shown = parameters.loaded.shown(parameters);
    let words = words(&shown);
    let response = ui.interact(area, ui.scope_id().with("preset"), Sense::click());
    let label = words::presets::loaded(&words);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let look = menu::Face {
        is_used: true,
        is_warm: shown.problem.is_some(),
    };
    menu::face(ui, &response, ("", &words), look);
    match shown.problem {
        Some(problem) => response.on_hover_text(problem),
        None => response,
    }
}

fn words(shown: &Shown) -> String {
    let mark = if shown.is_changed { " *" } else { "" };
    let name = shown.name.as_deref().unwrap_or(words::presets::NONE);
    format!("{name}{mark}")
}

fn arrow(ui: &Ui, area: Rect, name: &str, is_next: bool) -> Response {
    let response = ui.interact(area, ui.scope_id().with(name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let painter = ui.painter().with_clip_rect(area.expand(2.0));
    let fill = match response.hovered() {
        true => theme::ink().line,
        false => theme::ink().track,
    };
    painter.rect_filled(area, 3.0, fill);
    let way = if is_next { 1.0 } else { -1.0 };
    let corners = [vec2(-3.0, -5.0), vec2(-3.0, 5.0), vec2(4.0, 0.0)];
    let corners = corners.map(|corner| area.center() + vec2(way * corner.x, corner.y));
    painter.add(Shape::convex_polygon(
        corners.to_vec(),
        theme::ink().text,
        Stroke::NONE,
    ));
    if response.has_focus() {
        theme::focus(&painter, area);
    }
    response
}

/// A star: filled for what is marked.
fn star(ui: &Ui, area: Rect, name: &str, is_marked: bool) -> Response {
    let response = ui.interact(area, ui.scope_id().with(("star", name)), Sense::click());
    let label = words::presets::favourite(name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_marked, &label));
    let colour = match (is_marked, response.hovered()) {
        (true, _) => theme::ink().warm,
        (false, true) => theme::ink().dim,
        (false, false) => theme::ink().line,
    };
    let (centre, fifth) = (area.center(), std::f32::consts::TAU / 10.0);
    let tip = |place: u8, radius: f32| {
        let angle = fifth * f32::from(place);
        centre + radius * vec2(angle.sin(), -angle.cos())
    };
    // Five kites around the middle: a star is not convex.
    for turn in (0..10u8).step_by(2) {
        let kite = [
            pos2(centre.x, centre.y),
            tip((turn + 9) % 10, 2.4),
            tip(turn, 6.0),
            tip(turn + 1, 2.4),
        ];
        let kite = Shape::convex_polygon(kite.to_vec(), colour, Stroke::NONE);
        ui.painter().add(kite);
    }
    if response.has_focus() {
        theme::focus(ui.painter(), area);
    }
    response
}
