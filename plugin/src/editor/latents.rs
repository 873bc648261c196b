//! The eight latents, each a slider under the name that the model gives it.

use super::slider::{self, Look};
use super::{Editor, layout, theme};
use betwixt_engine::{LATENTS, Telemetry};
use nice_plug::prelude::ParamSetter;

/// How far a latent must stand from its knob before that is shown.
const APART: f32 = 0.004;

/// Paints the sliders and follows the pointer.
pub(super) fn paint(
    ui: &egui::Ui,
    area: egui::Rect,
    editor: &Editor,
    telemetry: &Telemetry,
    setter: &ParamSetter<'_>,
) {
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
            standing: standing(telemetry, index, parameter.value(), latent.is_some()),
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

/// Where a latent stands, if a controller holds it away from its knob while something sounds.
fn standing(telemetry: &Telemetry, index: usize, knob: f32, is_used: bool) -> Option<f32> {
    let stands = telemetry.latent(index);
    let is_apart = (stands - knob).abs() > APART && telemetry.voices() > 0;
    (is_apart && is_used).then_some(stands)
}
