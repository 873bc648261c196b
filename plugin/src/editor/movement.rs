//! The movement of the latents: recorded, shown, played, read and written.
//!
//! ```text
//!  MOVEMENT   record   movement   for   sync   speed   depth
//!  ┌ course of each latent ┐  4.00 s, 8 beats: Brightness, Attack
//!  │ ╱╲__╱                 │  path ____________
//!  └───────────────────────┘  Import  Export  Clear
//! ```
//!
//! The framework cannot say that a project has changed: the parameter that counts such changes does.

use super::compact::{self, Group};
use super::files::{self, Files};
use super::hand::Hand;
use super::{Editor, drawing, latents, layout, theme};
use crate::history::Scope;
use crate::movement::Shown;
use betwixt_engine::{Controls, Course};

use egui::{Align2, Rect, RichText, Ui, pos2};
use std::sync::Arc;

/// Where a movement is exported if no other place is named.
const FILE: &str = "movements/my movement.json";
/// Room for the heading.
const HEADING: f32 = 18.0;
/// Room for the controls.
const CONTROLS: f32 = 44.0;
/// What can be done.
const HINT: &str = "While Record is on, the latents are written down as pointer, controllers or \
                    automation move them. Then the movement plays: once, in a loop, to and fro.";

/// What the view remembers between pictures.
pub(super) struct View(Files);

impl View {
    /// Nothing done yet.
    pub(super) fn new() -> Self {
        Self(Files::new(FILE))
    }
}

/// Paints the movement and follows the pointer.
pub(super) fn paint(
    ui: &mut Ui,
    area: Rect,
    editor: &mut Editor,
    (hand, heard): (&Hand<'_>, &Controls),
) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, "MOVEMENT");
    controls(ui, inside, editor, (hand, heard));
    let top = (inside.top() + HEADING + CONTROLS).min(inside.bottom());
    let below = inside.with_min_y(top);
    let shown = editor.parameters.movement_file.shown();
    let picture = layout::column(below, 0, 2, 14.0);
    let movement = editor.parameters.movement_file.movement();
    drawing::movement(ui, picture, &movement);
    let words = self::words(editor, &shown);
    files::within(ui, layout::column(below, 1, 2, 14.0), |ui| {
        ui.spacing_mut().item_spacing.y = 5.0;
        ui.label(RichText::new(words).color(theme::TEXT).size(12.0));
        let parameters = Arc::clone(&editor.parameters);
        let act = || rows(ui, editor, hand, &shown);
        parameters
            .history
            .change("Movement", Scope::Movement, &parameters, act);
    });
}

fn controls(ui: &Ui, inside: Rect, editor: &Editor, (hand, heard): (&Hand<'_>, &Controls)) {
    let own = &editor.parameters.movement;
    let row = inside.with_min_y((inside.top() + HEADING).min(inside.bottom()));
    let cell = |index: usize| compact::top(layout::column(row, index, 6, 14.0));
    let group = Group::new(ui, hand);
    group.choice(cell(1), &own.course);
    let group = group.without("Movement ");
    group.switch(cell(0), &own.record);
    let group = group.used(heard.movement.course != Course::Off);
    group.choice(cell(2), &own.owner);
    group.switch(cell(3), &own.sync);
    group.bipolar(cell(4), &own.speed);
    group.plain(cell(5), &own.depth);
    if hand.heard(&own.record) {
        let corner = pos2(inside.right(), inside.top());
        let look = (11.0, theme::WARM);
        let painter = ui.painter();
        theme::words(painter, corner, Align2::RIGHT_TOP, "recording", look);
    }
}

/// How long it is and what it moves.
fn words(editor: &Editor, shown: &Shown) -> String {
    let Some((length_s, beats)) = shown.length else {
        return "Nothing has been recorded yet.".into();
    };
    let beats = beats.map_or(String::new(), |beats| format!(", {beats} beats"));
    let moved = (0..shown.moves.len()).filter(|index| shown.moves[*index]);
    let named = moved.map(|index| match latents::named(editor, index) {
        Some(name) => name.to_owned(),
        None => format!("Latent {}", index + 1),
    });
    let named: Vec<String> = named.collect();
    format!("{length_s:.2} s{beats}: {}", named.join(", "))
}

fn rows(ui: &mut Ui, editor: &mut Editor, hand: &Hand<'_>, shown: &Shown) {
    let (view, file) = (&mut editor.movement.0, &editor.parameters.movement_file);
    let path = view.path(ui, 8.0);
    ui.horizontal(|ui| {
        let mut is_changed = false;
        if ui.button("Import").clicked() {
            is_changed = view.done(file.import(&path), "imported", &path);
        }
        let is_there = shown.length.is_some();
        if ui
            .add_enabled(is_there, egui::Button::new("Export"))
            .clicked()
        {
            view.done(file.export(&path), "exported", &path);
        }
        if ui
            .add_enabled(is_there, egui::Button::new("Clear"))
            .clicked()
        {
            file.clear();
            view.say("Nothing moves any more.", true);
            is_changed = true;
        }
        if is_changed {
            editor.parameters.mark_changed(hand);
        }
    });
    match &shown.problem {
        Some(problem) => drop(ui.label(RichText::new(problem).color(theme::WARM).size(12.0))),
        None => view.answer(ui, HINT),
    }
}
