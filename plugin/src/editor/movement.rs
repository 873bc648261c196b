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
use super::dialog::Wanted;
use super::files::{self, Files};
use super::hand::Hand;
use super::{Editor, drawing, latents, layout, theme, words};
use crate::history::Scope;
use crate::movement::Shown;
use betwixt_engine::{Controls, Course};

use egui::{Align2, Rect, RichText, Ui, pos2};
use std::sync::Arc;

/// Where a movement is exported if no other place is named.
const FILE: &str = "movements/my movement.json";
/// What is read.
const WANTED: Wanted = Wanted {
    title: words::movement::DIALOG,
    kind: words::movement::FILES,
    ends: &["json"],
};
/// Room for the heading.
const HEADING: f32 = 18.0;
/// Room for the controls.
const CONTROLS: f32 = 44.0;

/// What the view remembers between pictures.
pub(super) struct View(Files);

impl View {
    /// Nothing done yet.
    pub(super) fn new() -> Self {
        Self(Files::new(FILE, WANTED))
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
    theme::heading(ui, inside, words::movement::HEADING);
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
        ui.label(RichText::new(words).color(theme::ink().text).size(12.0));
        let parameters = Arc::clone(&editor.parameters);
        let act = || rows(ui, editor, hand, &shown);
        parameters
            .history
            .change(words::steps::MOVEMENT, Scope::Movement, &parameters, act);
    });
}

fn controls(ui: &Ui, inside: Rect, editor: &Editor, (hand, heard): (&Hand<'_>, &Controls)) {
    let own = &editor.parameters.movement;
    let row = inside.with_min_y((inside.top() + HEADING).min(inside.bottom()));
    let cell = |index: usize| compact::top(layout::column(row, index, 6, 14.0));
    let group = Group::new(ui, hand);
    group.choice(cell(1), &own.course);
    let group = group.without(words::stems::MOVEMENT);
    group.switch(cell(0), &own.record);
    let group = group.used(heard.movement.course != Course::Off);
    group.choice(cell(2), &own.owner);
    group.switch(cell(3), &own.sync);
    group.bipolar(cell(4), &own.speed);
    group.plain(cell(5), &own.depth);
    if hand.heard(&own.record) {
        let corner = pos2(inside.right(), inside.top());
        let look = (11.0, theme::ink().warm);
        let painter = ui.painter();
        theme::words(
            painter,
            corner,
            Align2::RIGHT_TOP,
            words::movement::RECORDING,
            look,
        );
    }
}

/// How long it is and what it moves.
fn words(editor: &Editor, shown: &Shown) -> String {
    let Some((length_s, beats)) = shown.length else {
        return words::movement::EMPTY.into();
    };
    let moved = (0..shown.moves.len()).filter(|index| shown.moves[*index]);
    let named = moved.map(|index| match latents::named(editor, index) {
        Some(name) => name.to_owned(),
        None => words::latents::unnamed(index + 1),
    });
    let named: Vec<String> = named.collect();
    words::movement::about(length_s, beats, &named.join(", "))
}

fn rows(ui: &mut Ui, editor: &mut Editor, hand: &Hand<'_>, shown: &Shown) {
    let (view, file) = (&mut editor.movement.0, &editor.parameters.movement_file);
    let path = ui.horizontal(|ui| view.path(ui, 8.0)).inner;
    ui.horizontal(|ui| {
        let mut is_changed = false;
        if ui.button(words::files::IMPORT).clicked() {
            is_changed = view.done(file.import(&path), words::files::imported, &path);
        }
        let is_there = shown.length.is_some();
        if ui
            .add_enabled(is_there, egui::Button::new(words::files::EXPORT))
            .clicked()
        {
            view.done(file.export(&path), words::files::exported, &path);
        }
        if ui
            .add_enabled(is_there, egui::Button::new(words::files::CLEAR))
            .clicked()
        {
            file.clear();
            view.say(words::movement::CLEARED, true);
            is_changed = true;
        }
        if is_changed {
            editor.parameters.mark_changed(hand);
        }
    });
    match &shown.problem {
        Some(problem) => drop(ui.label(RichText::new(problem).color(theme::ink().warm).size(12.0))),
        None => view.answer(ui, words::movement::HINT),
    }
}
