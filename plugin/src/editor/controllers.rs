//! The map of controllers: which one moves which parameter, and how.
//!
//! ```text
//!  CONTROLLERS
//!  source   channel   parameter   from   to   curve   jump/soft   remove    one row each
//!  path ______________________  Import  Export  Save as my default  Factory map
//!  what came of it
//! ```

use super::dialog::Wanted;
use super::files::{self, Files};
use super::{Editor, theme, words};
use crate::controllers::file;
use crate::controllers::{Map, Mapping, Takeover};
use crate::parameters::{Entry, Knob};
use egui::{Button, DragValue, Grid, Rect, RichText, ScrollArea, Ui};

/// Where a map is exported if no other place is named.
const FILE: &str = "controllers/my controllers.toml";
/// What is read.
const WANTED: Wanted = Wanted {
    title: words::controllers::DIALOG,
    kind: words::controllers::FILES,
    ends: &["toml"],
};
/// Height of the line with the files.
const FILES: f32 = 62.0;
/// Space between columns and rows.
const SPACE: [f32; 2] = [26.0, 7.0];

/// What the view remembers between pictures.
pub(super) struct View(Files);

impl View {
    /// Nothing done yet.
    pub(super) fn new() -> Self {
        Self(Files::new(FILE, WANTED))
    }
}

/// Paints the map and follows the pointer.
pub(super) fn paint(ui: &mut Ui, area: Rect, editor: &mut Editor) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, words::controllers::HEADING);
    let top = (inside.top() + 18.0).min(inside.bottom());
    let bottom = (inside.bottom() - FILES).max(top);
    let rows = inside.with_min_y(top).with_max_y(bottom);
    files::within(ui, rows, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            list(ui, editor);
        });
    });
    let (view, parameters) = (&mut editor.controllers, &editor.parameters);
    files::within(ui, inside.with_min_y(bottom + 6.0), |ui| {
        self::files(ui, view, &parameters.map);
    });
}

/// A target as the player knows it: latents by the name that the model gives them.
fn name(editor: &Editor, entry: Option<&Entry<'_>>) -> String {
    let Some(entry) = entry else {
        return String::new();
    };
    let latents = editor.model.header.latents.iter().enumerate();
    let mut own = latents.filter(|(index, _)| {
        let parameter = editor.parameters.latents.knobs.get(*index);
        parameter.is_some_and(|knob| knob.position.address() == entry.knob.address())
    });
    match own.next() {
        Some((_, latent)) => format!("{}  {}", entry.knob.label(), latent.name),
        None => entry.knob.label().to_owned(),
    }
}

fn list(ui: &mut Ui, editor: &Editor) {
    let parameters = &editor.parameters;
    let rows = parameters.map.rows();
    if rows.is_empty() {
        ui.label(words::controllers::EMPTY);
        return;
    }
    let table = parameters.table();
    Grid::new("map")
        .striped(true)
        .num_columns(8)
        .spacing(SPACE)
        .show(ui, |ui| {
            for title in words::controllers::COLUMNS {
                ui.label(RichText::new(title).color(theme::ink().dim).size(11.0));
            }
            ui.end_row();
            for (place, row) in rows.iter().enumerate() {
                ui.label(row.origin.source.to_string());
                let mut changed = *row;
                channel(ui, &mut changed);
                ui.label(name(editor, table.get(row.target)));
                way(ui, &mut changed);
                let is_removed = ui.button(words::controllers::REMOVE).clicked();
                ui.end_row();
                if is_removed {
                    parameters.map.change(place, row, None);
                } else if changed != *row {
                    parameters.map.change(place, row, Some(changed));
                }
            }
        });
}

/// 0 stands for any channel.
fn channel(ui: &mut Ui, row: &mut Mapping) {
    let mut channel = row.origin.channel.map_or(0, |channel| channel + 1);
    let shown = |value: f64, _: std::ops::RangeInclusive<usize>| {
        if value < 1.0 {
            words::controllers::ANY_CHANNEL.to_owned()
        } else {
            format!("{value:.0}")
        }
    };
    let parsed = |words: &str| {
        if words.trim() == words::controllers::ANY_CHANNEL {
            Some(0.0)
        } else {
            words.trim().parse().ok()
        }
    };
    let value = DragValue::new(&mut channel)
        .range(0..=16)
        .speed(0.1)
        .custom_formatter(shown)
        .custom_parser(parsed);
    if ui.add(value).changed() {
        row.origin.channel = channel.checked_sub(1);
    }
}

fn way(ui: &mut Ui, row: &mut Mapping) {
    for end in [&mut row.from, &mut row.to] {
        let mut percent = 100.0 * *end;
        let value = DragValue::new(&mut percent).range(0.0..=100.0).suffix(" %");
        if ui.add(value.max_decimals(1)).changed() {
            *end = percent / 100.0;
        }
    }
    let curve = DragValue::new(&mut row.curve).range(-1.0..=1.0);
    ui.add(curve.speed(0.01).max_decimals(2));
    let words = match row.takeover {
        Takeover::Jump => words::controllers::AT_ONCE,
        Takeover::Soft => words::controllers::SOFTLY,
    };
    if ui.add_sized([64.0, 18.0], Button::new(words)).clicked() {
        row.takeover = match row.takeover {
            Takeover::Jump => Takeover::Soft,
            Takeover::Soft => Takeover::Jump,
        };
    }
}

fn files(ui: &mut Ui, View(view): &mut View, map: &Map) {
    ui.horizontal(|ui| {
        let path = view.path(ui, 370.0);
        if ui.button(words::files::IMPORT).clicked() {
            view.done(map.import(&path), words::files::imported, &path);
        }
        if ui.button(words::files::EXPORT).clicked() {
            view.done(map.export(&path), words::files::exported, &path);
        }
        if ui.button(words::controllers::SAVE_DEFAULT).clicked() {
            save_default(view, map);
        }
        if ui.button(words::controllers::FACTORY).clicked() {
            map.replace(map.factory());
            view.say(words::controllers::FACTORY_TAKEN, true);
        }
    });
    view.answer(ui, words::controllers::HINT);
}

fn save_default(view: &mut Files, map: &Map) {
    let Some(path) = file::own() else {
        return view.say(words::controllers::NO_FOLDER, false);
    };
    let saved = words::controllers::default_saved;
    view.done(map.export(&path), saved, &path);
}
