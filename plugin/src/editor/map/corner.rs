//! The controls around the map: which plane, which colours, how near; recording where one draws.
//!
//! ```text
//!  MAP   − + 1:1  [All latents|Two latents]  [Instrument|Note]  [Audition]
//!  8┌─────────────────────────────────────────────────┐
//!  :│                                                 │
//!  1└─────────────────────────────────────────────────┘
//!    ● [Record  Off] [Movement  Off]        1 2 3 … 8     the two latents: up, and across
//! ```

use super::View;
use super::view::{self, Zoom};
use crate::editor::compact::{self, Group};
use crate::editor::hand::Hand;
use crate::editor::{Editor, gesture, latents, layout, theme, words};
use crate::parameters::Parameters;
use crate::settings::Colours;
use crate::state::Plane;
use betwixt_engine::LATENTS;
use nice_plug::params::persist::PersistentField;

use egui::{Align2, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

/// Size of the letters.
const LETTERS: f32 = 11.0;
/// Widths of what stands in the heading, each with the space before it: three buttons that zoom, two
/// planes, two colours, the audition.
const CELLS: [(f32, f32); 8] = [
    (18.0, 0.0),
    (18.0, 0.0),
    (26.0, 0.0),
    (70.0, 10.0),
    (74.0, 1.0),
    (70.0, 10.0),
    (38.0, 1.0),
    (60.0, 10.0),
];
/// Room for the name of the view.
const NAME: f32 = 36.0;
/// Widths of the controls of the movement.
const DOT: f32 = 14.0;
const RECORD: f32 = 78.0;
const COURSE: f32 = 116.0;
/// Width of a latent's number under the map.
const NUMBER: f32 = 26.0;

/// The heading: zoom, plane, colours, audition.
pub(super) fn heading(ui: &Ui, row: Rect, field: Rect, editor: &mut Editor, hand: &Hand<'_>) {
    let cells = cells(row);
    zoom(ui, [cells[0], cells[1], cells[2]], field, &mut editor.map);
    // Without a plane of all latents there is no choice.
    if editor.map.all.is_some() {
        planes(ui, [cells[3], cells[4]], editor, hand);
    }
    settings(ui, [cells[5], cells[6], cells[7]], editor);
}

/// The places in the heading, from the right; narrower where there is no room.
fn cells(row: Rect) -> [Rect; CELLS.len()] {
    let whole: f32 = CELLS.iter().map(|(width, gap)| width + gap).sum();
    let room = (row.width() - NAME).max(0.0);
    let shrunk = (room / whole).min(1.0);
    let mut right = row.right();
    let mut cells = [row; CELLS.len()];
    for (cell, (width, gap)) in cells.iter_mut().zip(CELLS).rev() {
        *cell = row.with_max_x(right).with_min_x(right - width * shrunk);
        right -= (width + gap) * shrunk;
    }
    cells
}

/// What the player has set for all instances.
fn settings(ui: &Ui, cells: [Rect; 3], editor: &mut Editor) {
    let before = editor.settings.get().clone();
    let mut settings = before.clone();
    let colours = [
        (
            words::map::INSTRUMENT,
            words::map::BY_INSTRUMENT,
            Colours::Instrument,
        ),
        (words::map::NOTE, words::map::BY_NOTE, Colours::Note),
    ];
    for ((words, name, colours), cell) in colours.into_iter().zip(cells) {
        let switch = Switch {
            words,
            name,
            role: Role::RadioButton,
            is_on: settings.colours == colours,
        };
        let response = switch.show(ui, cell);
        if response.clicked() {
            settings.colours = colours;
        }
        response.on_hover_text(name);
    }
    let audition = Switch {
        words: words::map::AUDITION,
        name: words::map::AUDITION,
        role: Role::CheckBox,
        is_on: settings.audition,
    };
    let response = audition.show(ui, cells[2]);
    if response.clicked() {
        settings.audition = !settings.audition;
    }
    response.on_hover_text(words::map::AUDITION_HINT);
    if settings != before {
        // What cannot be written holds for as long as the window is open.
        let _ = editor.settings.change(|now| {
            // Another window may have set the others.
            (now.colours, now.audition) = (settings.colours, settings.audition);
        });
    }
}

fn planes(ui: &Ui, cells: [Rect; 2], editor: &Editor, hand: &Hand<'_>) {
    let shown = editor.map.shown(&editor.parameters);
    let planes = [
        (words::map::ALL, Plane::All, words::map::ALL_HINT),
        (words::map::TWO, Plane::Two, words::map::TWO_HINT),
    ];
    for ((words, plane, hint), cell) in planes.into_iter().zip(cells) {
        let switch = Switch {
            words,
            name: words,
            role: Role::RadioButton,
            is_on: shown == plane,
        };
        let response = switch.show(ui, cell);
        if response.clicked() && shown != plane {
            choose(&editor.parameters, hand, plane);
        }
        response.on_hover_text(hint);
    }
}

/// Shows another plane.
fn choose(parameters: &Parameters, hand: &Hand<'_>, plane: Plane) {
    parameters.plane.set(plane);
    parameters.mark_changed(hand);
}

/// A switch in the heading.
struct Switch<'a> {
    words: &'a str,
    name: &'a str,
    role: Role,
    is_on: bool,
}

impl Switch<'_> {
    fn show(&self, ui: &Ui, area: Rect) -> Response {
        let response = ui.interact(area, ui.scope_id().with(("map", self.name)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(self.role, true, self.is_on, self.name));
        let painter = ui.painter().with_clip_rect(area.expand(2.0));
        let (fill, colour) = match (self.is_on, response.hovered()) {
            (true, _) => (theme::ink().line, theme::ink().text),
            (false, true) => (theme::ink().track, theme::ink().text),
            (false, false) => (theme::ink().panel, theme::ink().dim),
        };
        painter.rect_filled(area, 3.0, fill);
        let inner = painter.with_clip_rect(area);
        let middle = Align2::CENTER_CENTER;
        theme::words(&inner, area.center(), middle, self.words, (LETTERS, colour));
        if response.has_focus() {
            theme::focus(&painter, area);
        }
        response
    }
}

/// The buttons that zoom.
fn zoom(ui: &Ui, cells: [Rect; 3], field: Rect, view: &mut View) {
    let middle = field.center();
    let buttons = [
        (
            "−",
            words::map::FARTHER,
            view.zoom.about(field, middle, 1.0 / view::NOTCH),
        ),
        (
            "+",
            words::map::CLOSER,
            view.zoom.about(field, middle, view::NOTCH),
        ),
        ("1:1", words::map::WHOLE, Zoom::default()),
    ];
    for ((words, name, zoom), area) in buttons.into_iter().zip(cells) {
        let response = ui.interact(area, ui.scope_id().with(("map", name)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
        let colour = match (zoom != view.zoom, response.hovered()) {
            (true, true) => theme::ink().text,
            (true, false) => theme::ink().dim,
            (false, _) => theme::ink().faint,
        };
        let painter = ui.painter();
        if response.hovered() {
            painter.rect_filled(area, 3.0, theme::ink().track);
        }
        let (middle, look) = (Align2::CENTER_CENTER, (LETTERS, colour));
        let inner = painter.with_clip_rect(area);
        theme::words(&inner, area.center(), middle, words, look);
        if response.has_focus() {
            theme::focus(painter, area);
        }
        if response.clicked() {
            view.zoom = zoom;
        }
        response.on_hover_text(name);
    }
}

/// Recording, and how the movement plays: left in the strip under the map.
pub(super) fn movement(ui: &Ui, strip: Rect, parameters: &Parameters, hand: &Hand<'_>) {
    let own = &parameters.movement;
    let group = Group::new(ui, hand);
    let (dot, rest) = layout::off_left(strip, DOT, 0.0);
    light(ui, dot, parameters, hand);
    let (record, rest) = layout::off_left(rest, RECORD, 6.0);
    let (course, _) = layout::off_left(rest, COURSE, 0.0);
    group
        .without(words::stems::MOVEMENT)
        .switch(compact::low(record), &own.record);
    group.choice(compact::low(course), &own.course);
}

/// The red light beside Record: lit while something is recorded; a click on it is one on the switch.
fn light(ui: &Ui, area: Rect, parameters: &Parameters, hand: &Hand<'_>) {
    let record = &parameters.movement.record;
    let is_on = hand.heard(record);
    // The keyboard has the switch itself.
    let response = ui.interact(area, ui.scope_id().with("record-light"), Sense::CLICK);
    if response.clicked() {
        gesture::once(hand, record, layout::real(usize::from(!is_on)));
        hand.grip(record).release();
    }
    let painter = ui.painter().with_clip_rect(area.expand(2.0));
    let dot = pos2(area.left() + 5.0, area.center().y);
    if is_on {
        painter.circle_filled(dot, 5.0, theme::RECORD);
    } else {
        let strength = if response.hovered() { 2.5 } else { 1.5 };
        painter.circle_stroke(dot, 4.0, Stroke::new(strength, theme::RECORD));
    }
}

/// The numbers along the edges: they choose the two latents, and their plane.
pub(super) fn axes(ui: &Ui, [beside, below]: [Rect; 2], editor: &Editor, hand: &Hand<'_>) {
    let parameters = &editor.parameters;
    let pad = &parameters.pad;
    let is_shown = editor.map.shown(parameters) == Plane::Two;
    let choose = |axes: [usize; 2]| {
        pad.set(axes);
        parameters.plane.set(Plane::Two);
        parameters.mark_changed(hand);
    };
    for index in 0..LATENTS {
        let across = across(below, index);
        let is_across = is_shown && pad.get()[0] == index;
        if number(ui, across, (Axis::Across, index), is_across, editor) {
            choose([index, pad.get()[1]]);
        }
        let up = layout::row(beside, LATENTS - 1 - index, LATENTS, 0.0);
        let is_up = is_shown && pad.get()[1] == index;
        if number(ui, up, (Axis::Up, index), is_up, editor) {
            choose([pad.get()[0], index]);
        }
    }
}

/// The place of a number under the map: on the right.
fn across(below: Rect, index: usize) -> Rect {
    let whole = NUMBER * layout::real(LATENTS);
    let left = DOT + RECORD + COURSE + 16.0;
    let left = (below.right() - whole).max(below.left() + left);
    layout::column(
        below.with_min_x(left.min(below.right())),
        index,
        LATENTS,
        0.0,
    )
}

/// An edge of the map.
#[derive(Clone, Copy, Debug, Hash)]
enum Axis {
    Across,
    Up,
}

/// A latent's number on an axis; true when it is clicked.
fn number(
    ui: &Ui,
    area: Rect,
    (axis, index): (Axis, usize),
    is_chosen: bool,
    editor: &Editor,
) -> bool {
    let response = ui.interact(area, ui.scope_id().with(axis).with(index), Sense::click());
    let name = match axis {
        Axis::Across => words::map::across(index + 1),
        Axis::Up => words::map::up(index + 1),
    };
    let role = Role::RadioButton;
    response.widget_info(|| WidgetInfo::selected(role, true, is_chosen, &name));
    let is_there = index < editor.model.header.latents.len();
    let colour = match (is_chosen, response.hovered(), is_there) {
        (true, ..) => theme::ink().accent,
        (false, true, _) => theme::ink().text,
        (false, false, true) => theme::ink().dim,
        (false, false, false) => theme::ink().faint,
    };
    let (middle, look) = (area.center(), (LETTERS, colour));
    theme::words(ui.painter(), middle, Align2::CENTER_CENTER, index + 1, look);
    if response.has_focus() {
        theme::focus(ui.painter(), area);
    }
    let is_clicked = response.clicked();
    let named = latents::named(editor, index);
    let named = named.map_or_else(|| words::latents::unnamed(index + 1), str::to_owned);
    response.on_hover_text(match axis {
        Axis::Across => words::map::goes_across(&named),
        Axis::Up => words::map::goes_up(&named),
    });
    is_clicked
}
