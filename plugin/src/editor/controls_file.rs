//! Where every control stands, for whoever drives the window by its words: `cargo xtask screenshots`.
//!
//! ```text
//!  the picture's tree for assistive tools ─► label, role, value, rectangle ─► a file, JSON
//! ```
//!
//! It says what a screen reader would be told, so a control without a label cannot be driven either.
//! *Promise:* without the variable that names the file, nothing at all is done.

use egui::accesskit::Node;
use egui::{Context, FullOutput, Plugin};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Names the file.
const VARIABLE: &str = "BETWIXT_CONTROLS";

/// Writes the controls of each picture whose controls are others than before.
struct Controls {
    file: PathBuf,
    written: String,
}

/// Begins to write, if somebody asks for it.
pub(super) fn install(context: &Context) {
    let Some(file) = std::env::var_os(VARIABLE) else {
        return;
    };
    context.enable_accesskit();
    context.add_plugin(Controls {
        file: file.into(),
        written: String::new(),
    });
}

impl Plugin for Controls {
    fn debug_name(&self) -> &'static str {
        "controls"
    }

    fn output_hook(&mut self, context: &Context, output: &mut FullOutput) {
        let Some(update) = output.platform_output.accesskit_update.take() else {
            return;
        };
        let scale = f64::from(context.pixels_per_point());
        let controls = update.nodes.iter();
        let controls: Value = controls
            .filter_map(|(_, node)| control(node, scale))
            .collect();
        let text = controls.to_string();
        if text == self.written {
            return;
        }
        // Whole or not at all: somebody may be reading. If it fails, nobody finds the controls.
        let unfinished = self.file.with_extension("unfinished");
        let written = std::fs::write(&unfinished, &text);
        if written
            .and_then(|()| std::fs::rename(&unfinished, &self.file))
            .is_ok()
        {
            self.written = text;
        }
    }
}

/// What has words and a place; `[x, y, width, height]` in pixels of the window.
fn control(node: &Node, scale: f64) -> Option<Value> {
    let bounds = node.bounds()?;
    let label = node.label().or(node.value())?;
    let place = [
        bounds.x0,
        bounds.y0,
        bounds.x1 - bounds.x0,
        bounds.y1 - bounds.y0,
    ];
    Some(json!({
        "label": label,
        "role": format!("{:?}", node.role()),
        "value": node.numeric_value(),
        "enabled": !node.is_disabled(),
        "place": place.map(|length| length * scale),
    }))
}
