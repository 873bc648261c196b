//! The map of controllers: which one moves which parameter, and how.
//!
//! ```text
//!  CONTROLLERS
//!  source   channel   parameter   from   to   curve   jump/soft   remove    one row each
//!  path ______________________  Import  Export  Save as my default  Factory map
//!  what came of it
//! ```
//!
//! Files are written and read here, on the window's thread.

use super::{Editor, theme};
use crate::controllers::file::{self, MapError};
use crate::controllers::{Map, Mapping, Takeover};
use crate::folder;
use crate::parameters::{Entry, Knob};
use egui::{Button, DragValue, Grid, Rect, RichText, ScrollArea, TextEdit, Ui, UiBuilder};
use std::path::{Path, PathBuf};

/// Where a map is exported if no other place is named.
const FILE: &str = "controllers/my controllers.toml";
/// Height of the line with the files.
const FILES: f32 = 62.0;
/// Space between columns and rows.
const SPACE: [f32; 2] = [26.0, 7.0];
/// Words about what can be learnt.
const HINT: &str = "A right click on a control lets it learn. Pedals (64, 66), parameter numbers (98 \
                    to 101) and channel messages (120 to 127) keep the meaning that MIDI gives them.";

/// What the view remembers between pictures.
pub(super) struct View {
    path: String,
    /// What came of the last file, and whether that was what was wanted.
    said: Option<(String, bool)>,
}

impl View {
    /// Nothing done yet.
    pub(super) fn new() -> Self {
        let path = folder::data().map(|data| data.join(FILE));
        Self {
            path: path.map_or(FILE.into(), |path| path.display().to_string()),
            said: None,
        }
    }
}

/// Paints the map and follows the pointer.
pub(super) fn paint(ui: &mut Ui, area: Rect, editor: &mut Editor) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, "CONTROLLERS");
    let top = (inside.top() + 18.0).min(inside.bottom());
    let bottom = (inside.bottom() - FILES).max(top);
    let rows = inside.with_min_y(top).with_max_y(bottom);
    within(ui, rows, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            list(ui, editor);
        });
    });
    let (view, parameters) = (&mut editor.map_view, &editor.parameters);
    within(ui, inside.with_min_y(bottom + 6.0), |ui| {
        files(ui, view, &parameters.map);
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

fn within(ui: &mut Ui, area: Rect, show: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
        ui.set_clip_rect(area.intersect(ui.clip_rect()));
        show(ui);
    });
}

fn list(ui: &mut Ui, editor: &Editor) {
    let parameters = &editor.parameters;
    let rows = parameters.map.rows();
    if rows.is_empty() {
        ui.label("No controller moves anything.");
        return;
    }
    let table = parameters.table();
    Grid::new("map")
        .striped(true)
        .num_columns(8)
        .spacing(SPACE)
        .show(ui, |ui| {
            for title in [
                "source",
                "channel",
                "moves",
                "from",
                "to",
                "curve",
                "takes over",
                "",
            ] {
                ui.label(RichText::new(title).color(theme::DIM).size(11.0));
            }
            ui.end_row();
            for (place, row) in rows.iter().enumerate() {
                ui.label(row.origin.source.to_string());
                let mut changed = *row;
                channel(ui, &mut changed);
                ui.label(name(editor, table.get(row.target)));
                way(ui, &mut changed);
                let is_removed = ui.button("Remove").clicked();
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
            "any".to_owned()
        } else {
            format!("{value:.0}")
        }
    };
    let parsed = |words: &str| {
        if words.trim() == "any" {
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
        Takeover::Jump => "at once",
        Takeover::Soft => "softly",
    };
    if ui.add_sized([64.0, 18.0], Button::new(words)).clicked() {
        row.takeover = match row.takeover {
            Takeover::Jump => Takeover::Soft,
            Takeover::Soft => Takeover::Jump,
        };
    }
}

fn files(ui: &mut Ui, view: &mut View, map: &Map) {
    ui.horizontal(|ui| {
        let room = (ui.available_width() - 370.0).max(60.0);
        ui.add(TextEdit::singleline(&mut view.path).desired_width(room));
        let path = PathBuf::from(view.path.trim());
        if ui.button("Import").clicked() {
            view.said = Some(said(map.import(&path), "imported", &path));
        }
        if ui.button("Export").clicked() {
            view.said = Some(said(map.export(&path), "exported", &path));
        }
        if ui.button("Save as my default").clicked() {
            view.said = Some(save_default(map));
        }
        if ui.button("Factory map").clicked() {
            map.replace(map.factory());
            view.said = Some((
                "The map of the factory: CC 20 to 27 move the latents.".into(),
                true,
            ));
        }
    });
    let (words, colour) = match &view.said {
        Some((words, true)) => (words.as_str(), theme::TEXT),
        Some((words, false)) => (words.as_str(), theme::WARM),
        None => (HINT, theme::DIM),
    };
    ui.label(RichText::new(words).color(colour).size(12.0));
}

fn save_default(map: &Map) -> (String, bool) {
    let Some(path) = file::own() else {
        let words = "This system names no folder for user data; export the map to a file instead.";
        return (words.into(), false);
    };
    said(
        map.export(&path),
        "saved, and new instances begin with it",
        &path,
    )
}

fn said(done: Result<(), MapError>, what: &str, path: &Path) -> (String, bool) {
    match done {
        Ok(()) => (format!("{}: {what}", path.display()), true),
        Err(error) => (error.to_string(), false),
    }
}
