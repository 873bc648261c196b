//! The eight latents, each a slider under the name that the model gives it.
//!
//! ```text
//!  3  Sustain          0.556
//!  ▓▓▓▓▓▓▓▓▓▓▓▓|░░▪░·░·░░░░░   ▪ where a controller holds it   · where each voice is
//! ```

use super::hand::Hand;
use super::slider::{self, Look};
use super::{Editor, layout, theme, words};
use betwixt_engine::{LATENTS, Telemetry};

use egui::{Rect, Ui, pos2};

/// Paints the sliders and follows the pointer.
pub(super) fn paint(
    ui: &Ui,
    area: Rect,
    editor: &Editor,
    telemetry: &Telemetry,
    setter: &Hand<'_>,
) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, words::latents::HEADING);
    let sliders = inside.with_min_y((inside.top() + 16.0).min(inside.bottom()));
    for index in 0..LATENTS {
        let parameter = editor.parameters.latent(index);
        let latent = editor.model.header.latents.get(index);
        let name = match named(editor, index) {
            Some(name) => format!("{}  {name}", index + 1),
            None => words::latents::unnamed(index + 1),
        };
        let look = Look {
            name: &name,
            letters: 13.0,
            is_used: latent.is_some(),
            origin: 0.0,
        };
        let place = layout::row(sliders, index, LATENTS, 6.0);
        slider::show(ui, place, parameter, setter, &look);
        if latent.is_some() {
            let places = telemetry.sounding().map(|voice| voice.latents[index]);
            voices(ui, slider::bar(place), places);
        }
    }
}

/// A mark on a bar for each voice.
fn voices(ui: &Ui, bar: Rect, places: impl Iterator<Item = f32>) {
    let painter = ui.painter().with_clip_rect(bar.expand(2.0));
    for place in places {
        let centre = pos2(slider::along(bar, place), bar.center().y);
        painter.circle(
            centre,
            2.5,
            theme::ink().text,
            theme::thin(theme::ink().background),
        );
    }
}

/// The name that the model gives a latent, if it says more than its number.
pub(super) fn named(editor: &Editor, index: usize) -> Option<&str> {
    let name = editor.model.header.latents.get(index)?.name.trim();
    let is_plain = name.eq_ignore_ascii_case(&format!("latent {}", index + 1));
    (!name.is_empty() && !is_plain).then_some(name)
}
