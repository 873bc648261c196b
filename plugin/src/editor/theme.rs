//! Colours, letters and the panel that every view sits on.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, FontData, FontDefinitions, FontFamily, FontId, Pos2, Rect, Stroke, vec2,
};
use std::sync::Arc;

/// Behind everything.
pub(super) const BACKGROUND: Color32 = Color32::from_rgb(0x12, 0x14, 0x19);
/// Behind a view.
pub(super) const PANEL: Color32 = Color32::from_rgb(0x1a, 0x1d, 0x24);
/// The empty part of a slider.
pub(super) const TRACK: Color32 = Color32::from_rgb(0x26, 0x2b, 0x35);
/// Grid lines and borders.
pub(super) const LINE: Color32 = Color32::from_rgb(0x30, 0x36, 0x42);
/// Words that matter.
pub(super) const TEXT: Color32 = Color32::from_rgb(0xe4, 0xe8, 0xf0);
/// Words that explain.
pub(super) const DIM: Color32 = Color32::from_rgb(0x86, 0x90, 0xa2);
/// Words about what does nothing now.
pub(super) const FAINT: Color32 = Color32::from_rgb(0x50, 0x58, 0x66);
/// What the player moves.
pub(super) const ACCENT: Color32 = Color32::from_rgb(0x5f, 0xd0, 0xc0);
/// What the player moves, with the pointer on it.
pub(super) const ACCENT_BRIGHT: Color32 = Color32::from_rgb(0x8a, 0xea, 0xdc);
/// What moves by itself, and warnings.
pub(super) const WARM: Color32 = Color32::from_rgb(0xf4, 0xb0, 0x66);

/// Corner radius of panels and sliders.
pub(super) const ROUND: f32 = 5.0;

/// Gives a fresh context its letters and dark widgets: the framework's egui comes without fonts.
pub(super) fn install(context: &egui::Context) {
    let mut fonts = FontDefinitions::empty();
    let data = FontData::from_static(epaint_default_fonts::UBUNTU_LIGHT);
    fonts.font_data.insert("text".into(), Arc::new(data));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.insert(family, vec!["text".into()]);
    }
    context.set_fonts(fonts);
    context.set_theme(egui::Theme::Dark);
    context.set_visuals(egui::Visuals::dark());
}

/// The surface under a view; returns what is left inside its margin.
pub(super) fn panel(ui: &egui::Ui, area: Rect) -> Rect {
    ui.painter().rect_filled(area, ROUND, PANEL);
    area.shrink(12.0)
}

/// Words at a place.
pub(super) fn words(
    painter: &egui::Painter,
    at: Pos2,
    anchor: Align2,
    text: impl ToString,
    (points, colour): (f32, Color32),
) {
    painter.text(at, anchor, text, FontId::proportional(points), colour);
}

/// Words on one line that end in an ellipsis where the room ends.
pub(super) fn elided(
    painter: &egui::Painter,
    left_bottom: Pos2,
    text: &str,
    room: f32,
    (points, colour): (f32, Color32),
) {
    let font = FontId::proportional(points);
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(room.max(0.0));
    let galley = painter.layout_job(job);
    let at = left_bottom - vec2(0.0, galley.size().y);
    painter.galley(at, galley, colour);
}

/// The small capital heading of a view.
pub(super) fn heading(ui: &egui::Ui, area: Rect, text: &str) {
    let at = area.left_top();
    words(ui.painter(), at, Align2::LEFT_TOP, text, (11.0, DIM));
}

/// The colours of what is chosen in a list that opens.
pub(super) fn menu(ui: &mut egui::Ui) {
    let selection = &mut ui.visuals_mut().selection;
    (selection.bg_fill, selection.stroke) = (TRACK, thin(ACCENT));
}

/// The frame around what the keyboard has come to.
pub(super) fn focus(painter: &egui::Painter, area: Rect) {
    let line = thin(ACCENT_BRIGHT);
    painter.rect_stroke(area, 3.0, line, egui::StrokeKind::Outside);
}

/// A button of words; its fill tells that the pointer is on it.
pub(super) fn button(ui: &egui::Ui, area: Rect, name: &str, points: f32) -> egui::Response {
    let response = ui.interact(area, ui.scope_id().with(name), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let painter = ui.painter().with_clip_rect(area.expand(2.0));
    let fill = if response.hovered() { LINE } else { TRACK };
    painter.rect_filled(area, ROUND, fill);
    if response.has_focus() {
        focus(&painter, area);
    }
    let clipped = painter.with_clip_rect(area);
    let centre = area.center();
    words(
        &clipped,
        centre,
        Align2::CENTER_CENTER,
        name,
        (points, TEXT),
    );
    response
}

/// A thin line.
pub(super) fn thin(colour: Color32) -> Stroke {
    Stroke::new(1.0, colour)
}

/// A colour for the n-th of any number of labels: hues a golden angle apart.
pub(super) fn label_colour(label: u32) -> Color32 {
    const GOLDEN: f32 = 0.618_034;
    let turns = f32::from(u16::try_from(label % 1_024).unwrap_or(0)) * GOLDEN;
    egui::epaint::Hsva::new(turns.fract(), 0.55, 0.85, 1.0).into()
}
