//! The browser: what is looked for, what is found, and what the keyboard does with it.
//!
//! | key       | what it does                                  |
//! |-----------|-----------------------------------------------|
//! | up, down  | to the row above or below                     |
//! | Enter     | loads the row                                 |
//! | Escape    | closes the browser                            |

use super::super::hand::Hand;
use super::super::{files, theme, words};
use super::{Saving, View, saving, star};
use crate::parameters::Parameters;
use crate::presets::{Category, Item, Place, Preset};
use std::sync::Arc;

use egui::{
    Align2, ComboBox, Key, Modifiers, Rect, RichText, Role, ScrollArea, Sense, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};

/// Height of the line on top, and of the words below.
const TOP: f32 = 30.0;
const BELOW: f32 = 40.0;
/// Width of the shelves.
const SHELVES: f32 = 96.0;
/// Height of a row, and the size of its letters.
const ROW: f32 = 22.0;
const LETTERS: f32 = 13.0;
/// Width of a star.
const STAR: f32 = 22.0;
/// Where the columns behind the name begin, as shares of the row.
const COLUMNS: [f32; 3] = [0.44, 0.6, 0.78];

/// The parameters, and the host's ear.
type Ears<'a> = (&'a Arc<Parameters>, &'a Hand<'a>);

/// Paints the browser and follows pointer and keyboard.
pub(super) fn paint(ui: &mut Ui, page: Rect, view: &mut View, ears: Ears<'_>) {
    let inside = theme::panel(ui, page);
    if view.saving.is_some() {
        files::within(ui, inside, |ui| saving::show(ui, view, ears));
        return;
    }
    let moved = keys(ui, view, ears);
    let middle = inside
        .with_min_y((inside.top() + TOP).min(inside.bottom()))
        .with_max_y((inside.bottom() - BELOW).max(inside.top() + TOP));
    files::within(ui, inside.with_max_y(middle.top()), |ui| {
        top(ui, view, ears)
    });
    let edge = (middle.left() + SHELVES).min(middle.right());
    files::within(ui, middle.with_max_x(edge - 8.0), |ui| shelves(ui, view));
    files::within(ui, middle.with_min_x(edge), |ui| {
        rows(ui, view, ears, moved)
    });
    files::within(ui, inside.with_min_y(middle.bottom() + 6.0), |ui| {
        words(ui, view)
    });
}

/// What the keyboard asks for; whether the cursor has moved.
fn keys(ui: &Ui, view: &mut View, ears: Ears<'_>) -> bool {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let last = view.found().len().saturating_sub(1);
    let before = view.cursor.min(last);
    view.cursor = before;
    if pressed(Key::ArrowDown) {
        view.cursor = (before + 1).min(last);
    }
    if pressed(Key::ArrowUp) {
        view.cursor = before.saturating_sub(1);
    }
    let is_elsewhere = ui.memory(|memory| memory.focused().is_some()) && !has_search(ui);
    if !is_elsewhere && pressed(Key::Enter) {
        load(view, ears);
    }
    if pressed(Key::Escape) {
        view.is_open = false;
    }
    view.cursor != before
}

fn load(view: &mut View, (parameters, hand): Ears<'_>) {
    if let Some(at) = view.found().get(view.cursor).copied() {
        view.load(at, parameters, hand);
    }
}

/// There is one in a window.
fn search_id(ui: &Ui) -> egui::Id {
    egui::Id::unique("preset-search").with(ui.ctx().viewport_id())
}

fn has_search(ui: &Ui) -> bool {
    ui.memory(|memory| memory.has_focus(search_id(ui)))
}

fn top(ui: &mut Ui, view: &mut View, (parameters, hand): Ears<'_>) {
    let before = view.query.clone();
    ui.horizontal(|ui| {
        let id = search_id(ui);
        let width = (ui.available_width() - 470.0).clamp(80.0, 300.0);
        let line = TextEdit::singleline(&mut view.query.words).id(id);
        ui.add(line.hint_text(words::presets::SEARCH).desired_width(width));
        authors(ui, view);
        ui.toggle_value(&mut view.query.favourites, words::presets::FAVOURITES);
        if ui.button(words::presets::INIT).clicked() {
            view.place = None;
            let initial = Arc::new(Preset::initial(parameters));
            view.load_preset(&initial, parameters, hand);
        }
        if ui.button(words::presets::SAVE_AS).clicked() {
            let is_own = matches!(view.here(parameters), Some(Place::Own(_)));
            view.saving = Some(Saving::of(parameters, view.author.clone(), is_own));
        }
        if ui.button(words::presets::CLOSE).clicked() {
            view.is_open = false;
        }
    });
    if view.query != before {
        view.cursor = 0;
    }
}

fn authors(ui: &mut Ui, view: &mut View) {
    let chosen = view.query.author.clone();
    let shown = chosen.unwrap_or_else(|| words::presets::ALL_AUTHORS.into());
    let authors = view.scan.list().authors();
    let own = &mut view.query.author;
    let list = ComboBox::from_id_salt("authors").selected_text(shown);
    list.width(110.0).show_ui(ui, |ui| {
        ui.selectable_value(own, None, words::presets::ALL_AUTHORS);
        for author in authors {
            let words = author.clone();
            ui.selectable_value(own, Some(author), words);
        }
    });
}

/// The shelves on which something stands.
fn shelves(ui: &mut Ui, view: &mut View) {
    let items = &view.scan.list().items;
    let is_used = |shelf: &Category| items.iter().any(|item| item.preset.head.category == *shelf);
    let used: Vec<Category> = Category::ALL.into_iter().filter(is_used).collect();
    let before = view.query.category;
    ScrollArea::vertical().id_salt("shelves").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.selectable_value(&mut view.query.category, None, words::presets::ALL);
        for shelf in used {
            let own = &mut view.query.category;
            ui.selectable_value(own, Some(shelf), shelf.name());
        }
    });
    if view.query.category != before {
        view.cursor = 0;
    }
}

fn rows(ui: &mut Ui, view: &mut View, ears: Ears<'_>, moved: bool) {
    let found = view.found();
    let here = view.here(ears.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical().id_salt("presets").auto_shrink(false);
    if moved {
        let top = ROW * super::super::layout::real(view.cursor);
        area = area.vertical_scroll_offset((top - 0.5 * ui.available_height()).max(0.0));
    }
    let (mut taken, mut turned) = (None, None);
    area.show_rows(ui, ROW, found.len(), |ui, range| {
        for row in range {
            let Some(item) = found.get(row).and_then(|at| view.item(*at)) else {
                continue;
            };
            let look = Look {
                is_here: here.as_ref() == Some(&item.place),
                is_cursor: row == view.cursor,
                is_marked: view.favourites.has(&item.place),
            };
            let [is_taken, is_turned] = line(ui, item, look);
            if is_taken {
                taken = Some(row);
            }
            if is_turned {
                turned = Some(item.place.clone());
            }
        }
    });
    if let Some(place) = turned
        && let Err(error) = view.favourites.turn(&place)
    {
        view.said = Some(words::presets::favourites_unwritten(error));
    }
    if let Some(row) = taken {
        view.cursor = row;
        load(view, ears);
    }
}

/// How a row looks.
#[derive(Clone, Copy)]
struct Look {
    /// It is the one that is loaded.
    is_here: bool,
    /// The keyboard is here.
    is_cursor: bool,
    /// It is a favourite.
    is_marked: bool,
}

/// One row; whether it is taken, and whether its star is.
fn line(ui: &mut Ui, item: &Item, look: Look) -> [bool; 2] {
    let head = &item.preset.head;
    let size = vec2(ui.available_width(), ROW);
    let (area, _) = ui.allocate_exact_size(size, Sense::hover());
    let edge = area.left() + STAR;
    let place = item.place.name();
    let star = ui.push_id(&place, |ui| {
        star(ui, area.with_max_x(edge), &head.name, look.is_marked)
    });
    let words = area.with_min_x(edge);
    let id = ui.scope_id().with(("row", &place));
    let response = ui.interact(words, id, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, look.is_here, &head.name));
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    if look.is_cursor || response.hovered() {
        let fill = if look.is_cursor {
            theme::ink().line
        } else {
            theme::ink().track
        };
        painter.rect_filled(area, 3.0, fill);
    }
    let models = item.preset.sound.models.words();
    let colour = if look.is_here {
        theme::ink().accent_bright
    } else {
        theme::ink().text
    };
    let mut left = words.left() + 4.0;
    let columns = [
        (head.name.as_str(), colour),
        (head.category.name(), theme::ink().dim),
        (&head.author, theme::ink().dim),
        (&models, theme::ink().dim),
    ];
    let ends = COLUMNS.into_iter().chain([1.0]);
    for ((text, colour), end) in columns.into_iter().zip(ends) {
        let right = area.left() + end * area.width();
        let bottom = pos2(left, area.center().y + 0.62 * LETTERS);
        theme::elided(
            &painter,
            bottom,
            text,
            right - left - 8.0,
            (LETTERS, colour),
        );
        left = right;
    }
    if response.has_focus() {
        theme::focus(&painter, area);
    }
    [response.clicked(), star.inner.clicked()]
}

/// What the row under the cursor says of itself, or what went wrong.
fn words(ui: &mut Ui, view: &View) {
    let found = view.found();
    let item = found.get(view.cursor).and_then(|at| view.item(*at));
    let faults = &view.scan.list().faults;
    let (text, colour) = match (&view.said, faults.first(), item) {
        (Some(said), ..) => (said.clone(), theme::ink().warm),
        (None, Some(fault), _) => {
            let told = words::presets::left_out(fault, faults.len() - 1);
            (told, theme::ink().warm)
        }
        (None, None, Some(item)) => (about(item), theme::ink().dim),
        (None, None, None) if view.scan.is_busy() => {
            (words::presets::READING.into(), theme::ink().dim)
        }
        (None, None, None) => (words::presets::NOTHING_FOUND.into(), theme::ink().dim),
    };
    ui.label(RichText::new(text).color(colour).size(12.0));
    let corner = ui.max_rect().right_bottom();
    let count = words::presets::count(found.len(), view.scan.list().items.len());
    let painter = ui.painter();
    theme::words(
        painter,
        corner,
        Align2::RIGHT_BOTTOM,
        count,
        (11.0, theme::ink().faint),
    );
}

fn about(item: &Item) -> String {
    let head = &item.preset.head;
    let parts = [
        item.place.bank(),
        head.tags.join(", "),
        head.comment.clone(),
    ];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("  ·  ")
}
