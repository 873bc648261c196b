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
        let number = format!("{}", index + 1);
        let name = match latent {
            Some(latent) if !is_plain(&latent.name, &number) => {
                format!("{number}  {}", latent.name)
            }
            _ => format!("Latent {number}"),
        };
        let look = Look {
            name: &name,
            letters: 13.0,
            is_used: latent.is_some(),
        };
        let place = layout::row(sliders, index, LATENTS, 6.0);
        slider::show(ui, place, parameter, setter, &look);
    }
}

/// Whether a model's name for a knob says no more than its number.
fn is_plain(name: &str, number: &str) -> bool {
    let name = name.trim();
    name.is_empty() || name.eq_ignore_ascii_case(&format!("latent {number}"))
}
