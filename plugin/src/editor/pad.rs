//! Two latents at once, over the sounds that the model learned.
//!
//! ```text
//!  y │ ·  ·∘ ·        · a training sound, coloured by its label
//!    │  ∘ ◉ ·         ◉ where the two latents are set
//!    │ ·    ·         a drag moves both, with shift finely; a click on a sound goes to it, with
//!    │                all its latents; a double-click goes back to the model's first sound
//!    └────────── x    1 … 8 along the edges choose the latents
//! ```

use super::hand::Hand;
use super::{Editor, gesture, layout, theme};
use crate::library::Description;
use betwixt_engine::{LATENTS, Telemetry};
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::{FloatParam, Param};

use egui::{Align2, Mesh, Pos2, Rect, Response, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

/// More training sounds than this are thinned out evenly.
const MOST_POINTS: usize = 2_000;
/// Width of the strips that choose the axes.
const STRIP: f32 = 20.0;
/// A training sound is named, and taken by a click, when the pointer is this near, in points.
const NEAR: f32 = 10.0;
/// What a move of both latents is called.
const STEP: &str = "Map";
/// Half the width of a training sound's square.
const DOT: f32 = 1.4;

/// The training sounds, ready to be painted.
pub(super) struct Cloud {
    sounds: Vec<Sound>,
}

struct Sound {
    latents: [f32; LATENTS],
    colour: egui::Color32,
    name: String,
}

impl Cloud {
    /// The sounds of a model; those beyond [`MOST_POINTS`] are thinned out.
    pub(super) fn new(model: &Description) -> Self {
        let stride = model.points.len().div_ceil(MOST_POINTS).max(1);
        let labels = model.header.embedding.as_ref().map(|named| &named.labels);
        let sound = |point: &betwixt_model::Point| {
            let mut latents = [0.5; LATENTS];
            for (place, value) in latents.iter_mut().zip(&point.latents) {
                *place = value.clamp(0.0, 1.0);
            }
            let label = labels.and_then(|names| names.get(point.label as usize));
            Sound {
                latents,
                colour: theme::label_colour(point.label).gamma_multiply(0.7),
                name: format!("{} · {}", label.map_or("", String::as_str), key(point.note)),
            }
        };
        let sounds = model.points.iter().step_by(stride).map(sound).collect();
        Self { sounds }
    }

    /// The sound under the pointer.
    fn nearest(&self, field: Rect, axes: [usize; 2], pointer: Pos2) -> Option<&Sound> {
        let distance = |sound: &&Sound| sound.spot(field, axes).distance(pointer);
        let nearest = |a: &&Sound, b: &&Sound| distance(a).total_cmp(&distance(b));
        let sound = self.sounds.iter().min_by(nearest)?;
        (distance(&sound) < NEAR).then_some(sound)
    }
}

impl Sound {
    fn spot(&self, field: Rect, [across, up]: [usize; 2]) -> Pos2 {
        spot(field, self.latents[across], self.latents[up])
    }
}

/// Paints the pad and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &Editor, telemetry: &Telemetry, hand: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, "MAP");
    let top = (inside.top() + 16.0).min(inside.bottom());
    let right = inside.right().max(inside.left() + STRIP);
    let bottom = (inside.bottom() - STRIP).max(top);
    let field = Rect::from_min_max(pos2(inside.left() + STRIP, top), pos2(right, bottom));
    choose_axes(ui, field, editor);

    let axes = editor.parameters.pad.get();
    let [across, up] = axes.map(|axis| editor.parameters.latent(axis));
    let response = ui.interact(field, ui.scope_id().with("pad"), Sense::click_and_drag());
    jump(ui, &response, field, editor, hand);
    follow(ui, &response, field, (across, up), hand);
    let both = format!("{} and {}", across.name(), up.name());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(across.value()), &both));
    let marks = Marks {
        set: spot(field, across.value(), up.value()),
        standing: spot(field, telemetry.latent(axes[0]), telemetry.latent(axes[1])),
        sounds: telemetry.voices() > 0,
    };
    draw(ui, field, &editor.cloud, axes, &marks);
    name_axes(ui, field, editor, axes);
    if let Some(pointer) = response.hover_pos() {
        name_nearest(ui, field, &editor.cloud, axes, pointer);
    }
}

/// Where the marks go.
struct Marks {
    set: Pos2,
    standing: Pos2,
    sounds: bool,
}

/// A click goes to the sound under it, or else to its own place; a double-click to the first sound.
fn jump(ui: &Ui, response: &Response, field: Rect, editor: &Editor, hand: &Hand<'_>) {
    let Some(pointer) = response.interact_pointer_pos() else {
        return;
    };
    let latents = (0..editor.model.header.latents.len().min(LATENTS))
        .map(|index| (index, editor.parameters.latent(index)));
    let axes = editor.parameters.pad.get();
    if gesture::wants_default(ui, response) {
        hand.as_one(STEP, || {
            latents.for_each(|(_, latent)| {
                gesture::once(hand, latent, latent.default_normalized_value());
            });
        });
    } else if !response.clicked() {
    } else if let Some(sound) = editor.cloud.nearest(field, axes, pointer) {
        hand.as_one(STEP, || {
            latents.for_each(|(index, latent)| {
                gesture::once(hand, latent, sound.latents[index]);
            });
        });
    } else {
        let place = position(field, pointer);
        let [across, up] = axes.map(|axis| editor.parameters.latent(axis));
        hand.as_one(STEP, || {
            gesture::once(hand, across, place.x);
            gesture::once(hand, up, place.y);
        });
    }
}

fn follow(
    ui: &Ui,
    response: &Response,
    field: Rect,
    (across, up): (&FloatParam, &FloatParam),
    hand: &Hand<'_>,
) {
    if response.drag_started() {
        // Held until both are let go.
        hand.parameters().history.begin_many(STEP);
        hand.begin(across);
        hand.begin(up);
        let start = vec2(across.value(), up.value());
        ui.data_mut(|data| data.insert_temp(response.id, start));
    }
    if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let last: Vec2 = ui
            .data(|data| data.get_temp(response.id))
            .unwrap_or_default();
        let speed = gesture::speed(ui);
        let place = if speed < 1.0 {
            let moved = response.drag_delta() * vec2(1.0, -1.0) * speed;
            (last + moved / field.size().max(Vec2::splat(1.0))).clamp(Vec2::ZERO, Vec2::splat(1.0))
        } else {
            position(field, pointer)
        };
        ui.data_mut(|data| data.insert_temp(response.id, place));
        gesture::set(across, hand, place.x);
        gesture::set(up, hand, place.y);
    }
    if response.drag_stopped() {
        hand.end(across, None);
        hand.end(up, None);
        hand.parameters().history.end(None);
    }
}

/// A place on the field as two knob positions, up being more.
fn position(field: Rect, pointer: Pos2) -> Vec2 {
    let size = field.size().max(Vec2::splat(1.0));
    let share = (pointer - field.left_bottom()) / size;
    vec2(share.x, -share.y).clamp(Vec2::ZERO, Vec2::splat(1.0))
}

/// Two knob positions as a place on the field.
fn spot(field: Rect, across: f32, up: f32) -> Pos2 {
    let share = |value: f32| {
        if value.is_nan() {
            0.5
        } else {
            value.clamp(0.0, 1.0)
        }
    };
    field.left_bottom() + vec2(share(across), -share(up)) * field.size()
}

fn draw(ui: &Ui, field: Rect, cloud: &Cloud, axes: [usize; 2], marks: &Marks) {
    let painter = ui.painter().with_clip_rect(field);
    painter.rect_filled(field, 3.0, theme::BACKGROUND);
    for quarter in 1..4u8 {
        let share = f32::from(quarter) / 4.0;
        let grid = theme::thin(theme::PANEL);
        painter.vline(field.left() + share * field.width(), field.y_range(), grid);
        painter.hline(field.x_range(), field.top() + share * field.height(), grid);
    }
    let mut dots = Mesh::default();
    for sound in &cloud.sounds {
        let centre = sound.spot(field, axes);
        let dot = Rect::from_center_size(centre, Vec2::splat(2.0 * DOT));
        dots.add_colored_rect(dot, sound.colour);
    }
    painter.add(dots);
    let cross = theme::thin(theme::ACCENT.gamma_multiply(0.35));
    painter.vline(marks.set.x, field.y_range(), cross);
    painter.hline(field.x_range(), marks.set.y, cross);
    if marks.sounds {
        painter.circle_filled(marks.standing, 4.0, theme::WARM);
    }
    painter.circle_stroke(marks.set, 8.0, egui::Stroke::new(2.0, theme::ACCENT_BRIGHT));
}

/// The names that the model gives the two latents.
fn name_axes(ui: &Ui, field: Rect, editor: &Editor, axes: [usize; 2]) {
    let painter = ui.painter().with_clip_rect(field);
    let [across, up] = axes.map(|axis| editor.model.header.latents.get(axis));
    let look = (11.0, theme::DIM);
    if let Some(latent) = across {
        let corner = field.right_bottom() - vec2(4.0, 3.0);
        theme::words(&painter, corner, Align2::RIGHT_BOTTOM, &latent.name, look);
    }
    if let Some(latent) = up {
        let corner = field.left_top() + vec2(4.0, 3.0);
        theme::words(&painter, corner, Align2::LEFT_TOP, &latent.name, look);
    }
}

fn name_nearest(ui: &Ui, field: Rect, cloud: &Cloud, axes: [usize; 2], pointer: Pos2) {
    let Some(sound) = cloud.nearest(field, axes, pointer) else {
        return;
    };
    let painter = ui.painter().with_clip_rect(field);
    painter.circle_stroke(sound.spot(field, axes), 4.0, theme::thin(theme::TEXT));
    let plate = Rect::from_min_size(field.min, vec2(field.width(), 20.0));
    painter.rect_filled(plate, 0.0, theme::PANEL.gamma_multiply(0.9));
    let at = plate.left_center() + vec2(6.0, 0.0);
    let look = (12.0, theme::TEXT);
    theme::words(&painter, at, Align2::LEFT_CENTER, &sound.name, look);
}

fn choose_axes(ui: &Ui, field: Rect, editor: &Editor) {
    let pad = &editor.parameters.pad;
    for index in 0..LATENTS {
        let below = Rect::from_min_size(field.left_bottom(), vec2(field.width(), STRIP));
        let across = layout::column(below, index, LATENTS, 0.0);
        if number(ui, across, ("across", index), pad.get()[0] == index) {
            pad.set([index, pad.get()[1]]);
        }
        let beside = field
            .with_max_x(field.left())
            .with_min_x(field.left() - STRIP);
        let up = layout::row(beside, LATENTS - 1 - index, LATENTS, 0.0);
        if number(ui, up, ("up", index), pad.get()[1] == index) {
            pad.set([pad.get()[0], index]);
        }
    }
}

/// A latent's number on an axis; true when it is clicked.
fn number(ui: &Ui, area: Rect, (axis, index): (&str, usize), is_chosen: bool) -> bool {
    let response = ui.interact(area, ui.scope_id().with(axis).with(index), Sense::click());
    let name = format!("Latent {} {axis}", index + 1);
    let role = egui::Role::RadioButton;
    response.widget_info(|| WidgetInfo::selected(role, true, is_chosen, &name));
    let colour = match (is_chosen, response.hovered()) {
        (true, _) => theme::ACCENT,
        (false, true) => theme::TEXT,
        (false, false) => theme::DIM,
    };
    let centre = area.center();
    theme::words(
        ui.painter(),
        centre,
        Align2::CENTER_CENTER,
        index + 1,
        (12.0, colour),
    );
    response.clicked()
}

/// A MIDI key by name: 60 is C4.
fn key(note: u8) -> String {
    const NAMES: [&str; 12] = [
        "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
    ];
    let octave = i16::from(note / 12) - 1;
    format!("{}{octave}", NAMES[usize::from(note % 12)])
}
