//! What has been done and what could be: undo, redo, A/B, mutation, random, locks; beside the tabs.
//!
//! ```text
//!  [Undo] [Redo]  [A/B: A]  [Mutate] [Random] [More ▾]
//!                                              how far, what is locked, copy
//! ```
//!
//! Keys: ctrl or command with Z undoes, with shift and Z or with Y does again, unless a text is being
//! written. A search for a sound runs beside the window; its sound is taken when it is there.

use super::hand::Hand;
use super::{Editor, latents, layout, menu, theme, words};
use crate::explore::{Amount, Group, Kind, Search, Wish};
use crate::parameters::{LATENT_IDS, Parameters};
use crate::sound::Sound;
use std::sync::Arc;
use std::time::Duration;

use egui::{
    Key, Modifiers, Popup, PopupCloseBehavior, Rect, Response, RichText, Sense, Ui, WidgetInfo,
    vec2,
};

/// Width of all of it; the tabs have the rest.
const WIDTH: f32 = 390.0;
const GAP: f32 = 4.0;
/// Size of the words.
const LETTERS: f32 = 12.0;
/// How often the window looks whether a sound has been found.
const LOOK: Duration = Duration::from_millis(30);
/// Width of the list.
const LIST: f32 = 180.0;

/// What the window remembers of it.
#[derive(Default)]
pub(super) struct View {
    search: Search,
    /// The last search has found nothing.
    is_lost: bool,
}

impl View {
    /// Whether a sound is being looked for.
    #[cfg(test)]
    pub(super) fn is_busy(&self) -> bool {
        self.search.is_busy()
    }
}

/// The row without it.
pub(super) fn beside(row: Rect) -> Rect {
    row.with_max_x((row.right() - WIDTH).max(row.left()))
}

/// Paints it and follows pointer and keys.
pub(super) fn paint(ui: &Ui, row: Rect, editor: &mut Editor, hand: &Hand<'_>) {
    let parameters = Arc::clone(&editor.parameters);
    keys(ui, &parameters, hand);
    take(ui, &mut editor.steps, &parameters, hand);
    let area = row.with_min_x(beside(row).right() + 8.0);
    let cell = |index: usize| layout::column(area, index, 6, GAP);
    steps(ui, [cell(0), cell(1)], &parameters, hand);
    over(ui, cell(2), &parameters, hand);
    let kinds = [
        (
            words::steps::MUTATE,
            Kind::Mutation(parameters.explore.amount()),
            words::steps::MUTATE_HINT,
        ),
        (
            words::steps::RANDOM,
            Kind::Random,
            words::steps::RANDOM_HINT,
        ),
    ];
    for (place, (name, kind, hint)) in kinds.into_iter().enumerate() {
        let can = editor.model_is_here() && !editor.steps.search.is_busy();
        let response = button(ui, (cell(3 + place), 3 + place), name, can);
        if response.clicked() && can {
            let egui = ui.ctx().clone();
            let wish = Wish::new(kind, &parameters);
            editor
                .steps
                .search
                .start(wish, move || egui.request_repaint());
            // The seed counts up.
            parameters.mark_changed(hand);
        }
        let words = match (editor.steps.is_lost, editor.model_is_here()) {
            (true, _) => words::steps::NOTHING_FOUND,
            (_, false) => words::steps::NO_MODEL,
            _ => hint,
        };
        response.on_hover_text(words);
    }
    more(ui, cell(5), editor, hand);
}

/// Undo and redo.
fn steps(ui: &Ui, cells: [Rect; 2], parameters: &Parameters, hand: &Hand<'_>) {
    let shown = parameters.history.shown();
    let [undo, redo] = cells;
    let response = button(ui, (undo, 0), words::steps::UNDO, shown.undo.is_some());
    if response.clicked() {
        parameters.history.undo(parameters, hand);
    }
    let step = shown.undo.as_deref();
    response.on_hover_text(step.map_or(words::steps::NOTHING_TO_UNDO.into(), words::steps::undo));
    let response = button(ui, (redo, 1), words::steps::REDO, shown.redo.is_some());
    if response.clicked() {
        parameters.history.redo(parameters, hand);
    }
    let step = shown.redo.as_deref();
    response.on_hover_text(step.map_or(words::steps::NOTHING_TO_REDO.into(), words::steps::redo));
}

/// Changes over between the two sounds; the menu copies.
fn over(ui: &Ui, area: Rect, parameters: &Parameters, hand: &Hand<'_>) {
    let is_b = parameters.history.shown().is_b;
    let (own, other) = if is_b { ("B", "A") } else { ("A", "B") };
    let response = button(ui, (area, 2), &words::steps::heard(own), true);
    if response.clicked() {
        parameters.history.change_over(parameters, hand);
    }
    response.context_menu(|ui| {
        if ui.button(words::steps::copy(own, other)).clicked() {
            copy(parameters, hand);
        }
    });
    response.on_hover_text(words::steps::heard_hint(own, other));
}

fn copy(parameters: &Parameters, hand: &Hand<'_>) {
    parameters.history.copy_over(parameters);
    parameters.mark_changed(hand);
}

fn keys(ui: &Ui, parameters: &Parameters, hand: &Hand<'_>) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let again = Modifiers::COMMAND | Modifiers::SHIFT;
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(again, Key::Z) || pressed(Modifiers::COMMAND, Key::Y) {
        parameters.history.redo(parameters, hand);
    } else if pressed(Modifiers::COMMAND, Key::Z) {
        parameters.history.undo(parameters, hand);
    }
}

/// Takes the sound that has been found.
fn take(ui: &Ui, view: &mut View, parameters: &Parameters, hand: &Hand<'_>) {
    if let Some(found) = view.search.take() {
        view.is_lost = found.is_none();
        if let Some(answer) = found {
            let sound = answer.over(Sound::told(parameters));
            let history = &parameters.history;
            history.load(answer.name(), &sound, (parameters, hand));
        }
    }
    if view.search.is_busy() {
        ui.ctx().request_repaint_after(LOOK);
    }
}

/// How far mutations go, and what is locked.
fn more(ui: &Ui, area: Rect, editor: &Editor, hand: &Hand<'_>) {
    let parameters = &*editor.parameters;
    let count = parameters.explore.locks().count();
    let response = ui.interact(area, ui.scope_id().with("more"), Sense::click());
    let words = match count {
        0 => words::steps::LOCKS.to_owned(),
        count => words::steps::locks(count),
    };
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &words));
    let look = menu::Face {
        is_used: true,
        is_warm: count > 0,
    };
    menu::face(ui, &response, ("", &words), look);
    let popup = Popup::menu(&response);
    let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let changed = popup.show(|ui| list(ui, editor));
    if changed.is_some_and(|changed| changed.inner) {
        parameters.mark_changed(hand);
    }
}

/// The list; whether the player has changed anything.
fn list(ui: &mut Ui, editor: &Editor) -> bool {
    ui.set_width(LIST);
    theme::menu(ui);
    let explore = &editor.parameters.explore;
    let heading = |ui: &mut Ui, words: &str| {
        ui.label(RichText::new(words).color(theme::ink().dim));
    };
    let mut is_changed = false;
    heading(ui, words::steps::MUTATIONS);
    for amount in Amount::ALL {
        let is_chosen = explore.amount() == amount;
        if ui.selectable_label(is_chosen, amount.name()).clicked() {
            explore.set_amount(amount);
            is_changed = true;
        }
    }
    ui.separator();
    heading(ui, words::steps::LOCKED);
    let locks = explore.locks();
    let latents = LATENT_IDS.iter().enumerate().map(|(index, id)| {
        let name = latents::named(editor, index);
        (*id, words::latents::in_list(index + 1, name))
    });
    let count = editor.model.header.latents.len();
    let groups = Group::ALL.map(|group| (group.name(), group.name().to_owned()));
    for (id, words) in latents.take(count).chain(groups) {
        let mut is_locked = locks.has(id);
        if ui.checkbox(&mut is_locked, words).changed() {
            explore.turn(id);
            is_changed = true;
        }
    }
    is_changed
}

/// A button, by its place in the row; dimmed where it does nothing.
fn button(ui: &Ui, (area, place): (Rect, usize), name: &str, can: bool) -> Response {
    let area = area.shrink2(vec2(0.0, 1.0));
    let id = ui.scope_id().with(("step", place));
    let response = ui.interact(area, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, can, name));
    let painter = ui.painter().with_clip_rect(area.expand(2.0));
    let (fill, colour) = match (can, response.hovered()) {
        (false, _) => (theme::ink().track, theme::ink().faint),
        (true, true) => (theme::ink().line, theme::ink().text),
        (true, false) => (theme::ink().track, theme::ink().text),
    };
    painter.rect_filled(area, 3.0, fill);
    let middle = egui::Align2::CENTER_CENTER;
    theme::words(&painter, area.center(), middle, name, (LETTERS, colour));
    if response.has_focus() {
        theme::focus(&painter, area);
    }
    response
}
