//! Colours, letters and the panel that every view sits on.
//!
//! ```text
//!  the player's Theme ─► begin, once for each picture ─► ink(): the colours, for all that is painted
//! ```

mod palette;
pub(super) mod scale;

pub(super) use palette::{Palette, Theme};

use egui::style::{Selection, WidgetVisuals};
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Mesh, Pos2, Rect,
    Stroke, Visuals, pos2, vec2,
};
use std::cell::Cell;
use std::sync::Arc;

/// The letters, in two weights (assets/fonts).
const REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/IBMPlexSans-Regular.ttf");
const STRONG: &[u8] = include_bytes!("../../../../assets/fonts/IBMPlexSans-SemiBold.ttf");

thread_local! {
    /// The theme of the picture that this thread paints; windows of several instances may share it.
    static INK: Cell<Theme> = const { Cell::new(Theme::Dark) };
}

/// Corner radius of panels and sliders.
pub(super) const ROUND: f32 = 5.0;

/// What records: red on every machine, and as well seen on dark as on light.
pub(super) const RECORD: Color32 = Color32::from_rgb(0xe0, 0x4b, 0x4b);

/// Gives a fresh context its letters: the framework's egui comes without.
pub(super) fn install(context: &egui::Context) {
    let mut fonts = FontDefinitions::empty();
    for (name, data) in [("regular", REGULAR), ("strong", STRONG)] {
        let data = Arc::new(FontData::from_static(data));
        fonts.font_data.insert(name.into(), data);
    }
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.insert(family, vec!["regular".into()]);
    }
    let family = FontFamily::Name("strong".into());
    fonts.families.insert(family, vec!["strong".into()]);
    context.set_fonts(fonts);
    begin(context, Theme::Dark);
}

/// The picture that is painted now has this theme.
pub(super) fn begin(context: &egui::Context, theme: Theme) {
    INK.set(theme);
    let visuals = visuals(palette::of(theme));
    let kind = if visuals.dark_mode {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    };
    if context.style_of(kind).visuals != visuals || context.theme() != kind {
        context.set_theme(kind);
        context.set_visuals_of(kind, visuals);
    }
}

/// The colours of the picture that is painted now.
pub(super) fn ink() -> &'static Palette {
    palette::of(INK.get())
}

/// What egui's own widgets look like: menus, lists, lines to type in.
fn visuals(palette: &Palette) -> Visuals {
    let base = match palette.theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    let widget = |fill: Color32, words: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::NONE,
        corner_radius: CornerRadius::same(4),
        fg_stroke: thin(words),
        expansion: 0.0,
    };
    let mut visuals = Visuals {
        window_fill: palette.panel,
        panel_fill: palette.panel,
        extreme_bg_color: palette.background,
        faint_bg_color: palette.background,
        window_stroke: thin(palette.line),
        selection: Selection {
            bg_fill: palette.line,
            stroke: thin(palette.accent),
        },
        weak_text_color: Some(palette.dim),
        warn_fg_color: palette.warm,
        error_fg_color: palette.warm,
        hyperlink_color: palette.accent,
        ..base
    };
    visuals.widgets.noninteractive = widget(palette.panel, palette.text);
    visuals.widgets.noninteractive.bg_stroke = thin(palette.line);
    visuals.widgets.inactive = widget(palette.track, palette.text);
    visuals.widgets.hovered = widget(palette.line, palette.text);
    visuals.widgets.active = widget(palette.line, palette.accent_bright);
    visuals.widgets.open = widget(palette.track, palette.text);
    visuals
}

/// The surface under a view; returns what is left inside its margin.
pub(super) fn panel(ui: &egui::Ui, area: Rect) -> Rect {
    ui.painter().rect_filled(area, ROUND, ink().panel);
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
    words(ui.painter(), at, Align2::LEFT_TOP, text, (11.0, ink().dim));
}

/// The colours of what is chosen in a list that opens.
pub(super) fn menu(ui: &mut egui::Ui) {
    let selection = &mut ui.visuals_mut().selection;
    (selection.bg_fill, selection.stroke) = (ink().track, thin(ink().accent));
}

/// A small lock around a place: what mutate and random leave.
pub(super) fn lock(painter: &egui::Painter, at: Pos2, colour: Color32) {
    let body = Rect::from_center_size(at + vec2(0.0, 1.5), vec2(7.0, 5.0));
    painter.rect_filled(body, 1.0, colour);
    painter.circle_stroke(at - vec2(0.0, 1.5), 2.2, thin(colour));
}

/// The frame around what the keyboard has come to.
pub(super) fn focus(painter: &egui::Painter, area: Rect) {
    let line = thin(ink().accent_bright);
    painter.rect_stroke(area, 3.0, line, egui::StrokeKind::Outside);
}

/// A button of words; its fill tells that the pointer is on it.
pub(super) fn button(ui: &egui::Ui, area: Rect, name: &str, points: f32) -> egui::Response {
    let response = ui.interact(area, ui.scope_id().with(name), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let painter = ui.painter().with_clip_rect(area.expand(2.0));
    let fill = if response.hovered() {
        ink().line
    } else {
        ink().track
    };
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
        (points, ink().text),
    );
    response
}

/// A line with its colour below it down to a height; how much of the colour there is at the line and
/// down there, 0…1.
pub(super) fn filled_line(
    painter: &egui::Painter,
    line: Vec<Pos2>,
    bottom: f32,
    colour: Color32,
    shares: [f32; 2],
) {
    let [upper, lower] = shares.map(|share| colour.gamma_multiply(share));
    let mut mesh = Mesh::default();
    for (index, top) in (0u32..).zip(&line) {
        mesh.colored_vertex(*top, upper);
        mesh.colored_vertex(pos2(top.x, bottom), lower);
        if let Some(left) = index.checked_sub(1) {
            mesh.add_triangle(2 * left, 2 * left + 1, 2 * index);
            mesh.add_triangle(2 * left + 1, 2 * index, 2 * index + 1);
        }
    }
    painter.add(mesh);
    painter.line(line, Stroke::new(1.5, colour));
}

/// A thin line.
pub(super) fn thin(colour: Color32) -> Stroke {
    Stroke::new(1.0, colour)
}

/// The colour of the n-th of any number of names.
pub(super) fn label_colour(label: u32) -> Color32 {
    scale::name(INK.get(), label)
}

/// A hue in turns as a colour that stands for a name.
pub(super) fn hue_colour(turns: f32) -> Color32 {
    scale::hue(INK.get(), turns)
}

/// A number, 0…1, as a colour.
pub(super) fn number_colour(share: f32) -> Color32 {
    scale::number(INK.get(), share)
}
