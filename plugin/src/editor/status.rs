//! The last line of the window: how much sounds and what it costs, where it plays, what is wrong.
//!
//! ```text
//!  3 of 16 voices · load 4 %, worst 9 % · 48 kHz · Betwixt Instruments 3fa9c1d2     what is wrong: remedy
//! ```

use super::{Editor, PICTURE, theme, words};
use crate::library::Found;
use crate::library::slots::NAMES;
use crate::screen::Shares;
use crate::snapshot;
use betwixt_engine::Telemetry;

use egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2};

/// How often the load is shown anew, in seconds.
const EVERY_S: f64 = 1.0;
/// A call that takes this share of its time leaves no room for another plugin.
const HIGH: f32 = 0.8;
/// How long nobody takes what is played before that is said, in seconds.
const PATIENCE_S: f64 = 0.5;
/// Letters of a hash that are shown.
const HASH: usize = 8;
/// Size of the words.
const LETTERS: f32 = 11.0;

/// What it remembers between pictures.
#[derive(Default)]
pub(super) struct View {
    shares: Option<Shares>,
    /// Whether the last second left hardly any time.
    is_high: bool,
    taken_at_s: f64,
    /// Since when keys of the window wait for the host.
    waits_since_s: Option<f64>,
}

/// Paints the line.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &mut Editor, telemetry: &Telemetry) {
    let now_s = ui.input(|input| input.time);
    follow(ui, editor, now_s);
    let words = figures(editor, telemetry);
    let font = FontId::proportional(LETTERS);
    let painter = ui.painter().with_clip_rect(area);
    let left = area.left_center() + egui::vec2(4.0, 0.0);
    let colour = theme::ink().dim;
    let shown = painter.text(left, Align2::LEFT_CENTER, &words, font, colour);
    let response = ui.interact(shown, ui.scope_id().with("figures"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    response.on_hover_text(words::status::HINT);
    let Some(problem) = problem(editor, now_s) else {
        return;
    };
    let room = area.right() - shown.right() - 24.0;
    let line = pos2(shown.right() + 20.0, area.center().y + 0.62 * LETTERS);
    theme::elided(&painter, line, &problem, room, (LETTERS, theme::ink().warm));
    let place = area.with_min_x(shown.right() + 20.0);
    let response = ui.interact(place, ui.scope_id().with("problem"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &problem));
    response.on_hover_text(&problem);
}

/// Takes the load once a second, and looks whether anybody plays what is pressed.
fn follow(ui: &Ui, editor: &mut Editor, now_s: f64) {
    let view = &mut editor.status;
    if now_s - view.taken_at_s >= EVERY_S {
        view.taken_at_s = now_s;
        // A host that stands still costs what it did: the line does not jump.
        let fresh = editor.screen.load.take();
        view.is_high = fresh.is_some_and(|shares| shares.worst > HIGH);
        view.shares = fresh.or(view.shares);
    }
    let waits = editor.screen.has_presses();
    view.waits_since_s = waits.then(|| view.waits_since_s.unwrap_or(now_s));
    let waited_s = view.waits_since_s.map(|since| now_s - since);
    if waited_s.is_some_and(|waited_s| waited_s <= PATIENCE_S) {
        ui.ctx().request_repaint_after(PICTURE);
    }
}

fn figures(editor: &Editor, telemetry: &Telemetry) -> String {
    let mut parts = vec![words::status::voices(telemetry.voices(), limit(editor))];
    if let Some(shares) = editor.status.shares {
        parts.push(words::status::load(shares.mean, shares.worst));
    }
    if let Some(rate_hz) = editor.screen.rate_hz() {
        parts.push(words::status::rate(rate_hz));
    }
    let heard = editor.heard_slots()[0];
    if let Found::Here(loaded) = &editor.parameters.slots.found()[heard] {
        let hash: String = loaded.wanted().hash.unwrap_or_default();
        let hash: String = hash.chars().take(HASH).collect();
        parts.push(format!("{} {hash}", editor.model.header.name));
    }
    parts.join("  ·  ")
}

/// How many voices can sound: as many as the player, or a controller, lets, and the models can.
fn limit(editor: &Editor) -> u32 {
    let controls = snapshot::heard(&editor.parameters).controls;
    let wanted = u32::try_from(controls.voice_limit).unwrap_or(u32::MAX);
    wanted.min(editor.parameters.slots.voices())
}

/// What is wrong, the worst first, and what can be done.
fn problem(editor: &Editor, now_s: f64) -> Option<String> {
    missing(editor)
        .or_else(|| later(editor))
        .or_else(|| waiting(editor, now_s))
        .or_else(|| high(editor))
}

/// A slot that is heard and whose model is not there, and why.
fn missing(editor: &Editor) -> Option<String> {
    let found = editor.parameters.slots.found();
    let mut heard = editor.heard_slots().into_iter();
    heard.find_map(|slot| match &found[slot] {
        Found::Missing(problem) => Some(words::status::missing(NAMES[slot], problem)),
        _ => None,
    })
}

fn later(editor: &Editor) -> Option<String> {
    let count = editor.parameters.later.count();
    (count > 0).then(|| words::status::later(count))
}

fn waiting(editor: &Editor, now_s: f64) -> Option<String> {
    let since = editor.status.waits_since_s?;
    (now_s - since > PATIENCE_S).then(|| words::status::WAITING.to_owned())
}

fn high(editor: &Editor) -> Option<String> {
    let is_high = editor.status.is_high;
    is_high.then(|| words::status::HIGH.to_owned())
}
