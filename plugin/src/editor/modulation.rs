//! What moves what: the slots, and beside them the oscillators and envelopes with their pictures.
//!
//! ```text
//!  SOURCE      TARGET          DEPTH      LFO 1       ~~  shape  rate   sync
//!  1  LFO 1    3  brightness   ──|▓▓ 40 %             phase  fade  trigger  seed
//!  2  Slide    Tilt            ──|▓▓▓     LFO 2       …
//!  …                                      ENVELOPE 1  ╱╲__  attack  decay
//!  16 Off      Latent 1        ──|──                        sustain release
//! ```
//!
//! A dot shows where the newest note's stands. What does nothing is dimmed: a slot without a source or without a depth, a target that the model
//! does not have, an oscillator that no slot takes.

use super::compact::{self, Group};
use super::hand::Hand;

use super::{Editor, drawing, latents, layout, menu, theme, words};
use crate::parameters::modulation::{Envelope, Lfo, Slot, Target};
use crate::snapshot;
use betwixt_engine::telemetry::Stage;
use betwixt_engine::{
    self as engine, Controls, ENVELOPES, LATENTS, LFOS, SLOTS, Source, Telemetry,
};
use nice_plug::prelude::Param;

use egui::{Align2, Rect, Ui, pos2};

/// Room for the headings.
const HEADING: f32 = 16.0;
/// Room for a slot's number.
const NUMBER: f32 = 20.0;
/// Shares of a slot's width: source, target, depth.
const SHARES: [f32; 3] = [0.32, 0.38, 0.30];
/// Share of the page's width that the slots take.
const SLOTS_SHARE: f32 = 0.48;
/// Space between the parts of the page.
const GAP: f32 = 8.0;
/// Space between controls.
const SPACE: f32 = 8.0;
/// Controls side by side in an oscillator, and one above the other.
const CELLS: (usize, usize) = (4, 2);

/// Paints the page and follows the pointer.
pub(super) fn paint(ui: &Ui, page: Rect, editor: &Editor, telemetry: &Telemetry, hand: &Hand<'_>) {
    let heard = snapshot::heard(&editor.parameters).controls;
    let movers = telemetry.movers();
    let middle = page.left() + SLOTS_SHARE * page.width();
    let left = page.with_max_x((middle - 0.5 * GAP).max(page.left()));
    let right = page.with_min_x((middle + 0.5 * GAP).min(page.right()));
    slots(ui, left, (editor, &heard), hand);
    let own = &editor.parameters.modulation;
    let count = LFOS + ENVELOPES;
    for (index, lfo) in own.lfos.iter().enumerate() {
        let area = layout::row(right, index, count, GAP);
        let now = movers.map(|movers| movers.lfos[index]);
        self::lfo(ui, area, (index, lfo, &heard), now, hand);
    }
    for (index, envelope) in own.envelopes.iter().enumerate() {
        let area = layout::row(right, LFOS + index, count, GAP);
        let now = movers.map(|movers| movers.envelopes[index]);
        self::envelope(ui, area, (index, envelope, &heard), now, hand);
    }
}

fn slots(ui: &Ui, area: Rect, (editor, heard): (&Editor, &Controls), hand: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    let headings = cells(inside);
    for (place, name) in headings.into_iter().zip(words::modulation::HEADINGS) {
        theme::heading(ui, place, name);
    }
    let rows = inside.with_min_y((inside.top() + HEADING).min(inside.bottom()));
    for (index, slot) in editor.parameters.modulation.slots.iter().enumerate() {
        let row = compact::low(layout::row(rows, index, SLOTS, 3.0));
        let number = pos2(row.left(), row.center().y);
        let look = (11.0, theme::ink().dim);
        theme::words(ui.painter(), number, Align2::LEFT_CENTER, index + 1, look);
        let shown = (index, slot, &heard.modulation.slots[index]);
        self::slot(ui, cells(row), shown, editor, hand);
    }
}

fn slot(
    ui: &Ui,
    [from, to, how]: [Rect; 3],
    (index, slot, heard): (usize, &Slot, &engine::Slot),
    editor: &Editor,
    hand: &Hand<'_>,
) {
    let stem = words::stems::slot(index + 1);
    let group = Group::new(ui, hand).without(&stem);
    let has_source = heard.source != Source::Off;
    let source = group.choice(from, &slot.source);
    if source.hovered() {
        source.on_hover_text(words::modulation::source(heard.source));
    }
    let is_read = has_source && is_target(editor, heard.target);
    let named = |place: usize| name(editor, place);
    let target = group.used(is_read).named_choice(to, &slot.target, &named);
    if target.hovered() {
        target.on_hover_text(words::modulation::target(
            heard.target,
            is_target(editor, heard.target),
        ));
    }
    let depth = group.used(is_read).unnamed().bipolar(how, &slot.depth);
    if depth.hovered() {
        let percent = slot
            .depth
            .normalized_value_to_string(hand.position(&slot.depth), true);
        depth.on_hover_text(words::modulation::depth(&percent, heard.target));
    }
}

/// The places of a slot's controls.
fn cells(row: Rect) -> [Rect; 3] {
    let row = row.with_min_x((row.left() + NUMBER).min(row.right()));
    let mut left = row.left();
    SHARES.map(|share| {
        let right = left + share * row.width();
        let cell = row.with_min_x(left).with_max_x((right - SPACE).max(left));
        left = right;
        cell
    })
}

/// A target by the name that the model gives it, or by the host's.
fn name(editor: &Editor, place: usize) -> String {
    match latents::named(editor, place) {
        Some(name) if place < LATENTS => format!("{}  {name}", place + 1),
        _ => menu::plain_name::<Target>(place),
    }
}

/// Whether the model has what is to be moved.
fn is_target(editor: &Editor, target: engine::Target) -> bool {
    use engine::Target::{Latent, Level, Morph, Pan, Pitch};
    match target {
        Latent(index) => index < editor.model.header.latents.len(),
        Morph => editor.parameters.slots.wanted().iter().flatten().count() > 1,
        Pitch | Level | Pan => true,
        _ => editor.model.is_partials(),
    }
}

/// Whether a slot takes it anywhere.
fn is_taken(heard: &Controls, source: Source) -> bool {
    let slots = &heard.modulation.slots;
    slots
        .iter()
        .any(|slot| slot.source == source && slot.depth != 0.0)
}

fn lfo(
    ui: &Ui,
    area: Rect,
    (index, lfo, heard): (usize, &Lfo, &Controls),
    now: Option<(f64, f32)>,
    hand: &Hand<'_>,
) {
    let inside = theme::panel(ui, area).expand2(egui::vec2(0.0, 5.0));
    theme::heading(ui, inside, &words::modulation::lfo(index + 1));
    let is_used = is_taken(heard, Source::Lfo(index));
    let stem = words::stems::lfo(index + 1);
    let group = Group::new(ui, hand).without(&stem).used(is_used);
    let below = inside.with_min_y((inside.top() + HEADING).min(inside.bottom()));
    let whole = |place: usize| {
        let row = layout::row(below, place / CELLS.0, CELLS.1, 6.0);
        layout::column(row, place % CELLS.0, CELLS.0, SPACE)
    };
    let cell = |place: usize| compact::bottom(whole(place));
    drawing::lfo(ui, whole(0), &heard.modulation.lfos[index], is_used, now);
    let is_free = heard.modulation.lfos[index].beats.is_none();
    group.choice(cell(1), &lfo.shape);
    group.used(is_used && is_free).plain(cell(2), &lfo.rate);
    group.choice(cell(3), &lfo.sync);
    group.plain(cell(4), &lfo.phase);
    group.plain(cell(5), &lfo.fade);
    let trigger = group.choice(cell(6), &lfo.trigger);
    if trigger.hovered() {
        trigger.on_hover_text(words::modulation::TRIGGER);
    }
    let seed = group.plain(cell(7), &lfo.seed);
    if seed.hovered() {
        seed.on_hover_text(words::modulation::SEED);
    }
}

fn envelope(
    ui: &Ui,
    area: Rect,
    (index, envelope, heard): (usize, &Envelope, &Controls),
    now: Option<(Stage, f32)>,
    hand: &Hand<'_>,
) {
    let inside = theme::panel(ui, area).expand2(egui::vec2(0.0, 5.0));
    theme::heading(ui, inside, &words::modulation::envelope(index + 1));
    let is_used = is_taken(heard, Source::Envelope(index));
    let stem = words::stems::envelope(index + 1);
    let group = Group::new(ui, hand).without(&stem).used(is_used);
    let below = inside.with_min_y((inside.top() + HEADING).min(inside.bottom()));
    let picture = layout::column(below, 0, 2, SPACE);
    let turned = [&envelope.attack, &envelope.decay, &envelope.release];
    let turned = turned.map(|time| hand.position(time));
    drawing::envelope(
        ui,
        picture,
        (&heard.modulation.envelopes[index], turned),
        is_used,
        now,
    );
    let knobs = [
        &envelope.attack,
        &envelope.decay,
        &envelope.sustain,
        &envelope.release,
    ];
    let beside = layout::column(below, 1, 2, SPACE);
    for (place, knob) in knobs.into_iter().enumerate() {
        let row = layout::row(beside, place / 2, 2, 6.0);
        let cell = layout::column(row, place % 2, 2, SPACE);
        group.plain(compact::bottom(cell), knob);
    }
}
