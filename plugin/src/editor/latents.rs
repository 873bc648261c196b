//! The eight latents, each a slider under the name that the model gives it.

use super::hand::Hand;
use super::slider::{self, Look};
use super::{Editor, layout, theme};
use betwixt_engine::LATENTS;

/// Paints the sliders and follows the pointer.
pub(super) fn paint(ui: &egui::Ui, area: egui::Rect, editor: &Editor, setter: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, "LATENTS");
    let sliders = inside.with_min_y((inside.top() + 16.0).min(inside.bottom()));
    for index in 0..LATENTS {
        let parameter = editor.parameters.latent(index);
        let latent = editor.model.header.latents.get(index);
        let name = match named(editor, index) {
            Some(name) => format!("{}  {name}", index + 1),
            None => format!("Latent {}", index + 1),
        };
        let look = Look {
            name: &name,
            letters: 13.0,
            is_used: latent.is_some(),
            origin: 0.0,
        };
        let place = layout::row(sliders, index, LATENTS, 6.0);
        slider::show(ui, place, parameter, setter, &look);
    }
}

/// The name that the model gives a latent, if it says more than its number.
pub(super) fn named(editor: &Editor, index: usize) -> Option<&str> {
    let name = editor.model.header.latents.get(index)?.name.trim();
    let is_plain = name.eq_ignore_ascii_case(&format!("latent {}", index + 1));
    (!name.is_empty() && !is_plain).then_some(name)
}
