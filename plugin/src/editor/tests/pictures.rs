//! Pictures of every page, in both themes, at one and at two pixels per point, beside those that were
//! looked at and kept (tests/golden/window).
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p betwixt pictures` keeps new ones; look at them.

use super::bench::{Bench, SIZE};
use super::sounding::Chord;
use crate::library::{Loaded, factory};
use crate::presets::Favourites;
use crate::settings::Theme;
use egui_kittest::{SnapshotOptions, try_image_snapshot_options};
use std::path::Path;
use std::sync::Arc;

/// How far a pixel's colour may be off, as the comparison of pictures counts (0: the same; 1: as far
/// as an eye hardly sees), and how many pixels may be further off, of a million: what instruction
/// sets round differently.
const COLOUR: f32 = 1.0;
const PER_MILLION: usize = 25;

/// The pages, by the words that open them.
pub(super) const PAGES: [&str; 6] = [
    "Map",
    "Sound",
    "Modulation",
    "Playing",
    "Controllers",
    "Settings",
];

fn factory_model() -> Arc<Loaded> {
    Arc::clone(&factory()[0])
}

/// A window on the first factory model, in which nothing sounds.
fn window(theme: Theme, scale: f32) -> Bench {
    let mut bench = Bench::drawing(factory_model(), SIZE, scale);
    let settings = &mut bench.editor.settings;
    settings
        .change(|settings| {
            settings.theme = theme;
            settings.hints = false;
        })
        .unwrap();
    bench.editor.presets = super::super::presets::View::new(None, Favourites::at(None));
    bench
}

/// A chord has sounded for a while.
fn play(bench: &mut Bench) {
    let decoder = Arc::clone(&factory_model().decoder);
    let mut chord = Chord::new(bench, decoder, &[48, 60, 67, 76]);
    for _ in 0..90 {
        chord.step(bench);
        bench.picture(Vec::new());
    }
}

fn compare(bench: &Bench, name: &str, theme: Theme, scale: f32) -> Option<String> {
    let picture = bench.drawn();
    let pixels = picture.width() as usize * picture.height() as usize;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/window");
    let options = SnapshotOptions::new()
        .output_path(folder)
        .threshold(COLOUR)
        .max_failed_pixels(pixels * PER_MILLION / 1_000_000);
    let theme = match theme {
        Theme::Dark => "dark",
        Theme::Light => "light",
    };
    let name = format!("{}_{theme}_{scale}x", name.to_lowercase());
    let found = try_image_snapshot_options(&picture, name, &options);
    found.err().map(|error| error.to_string())
}

/// Every page looks as it did when it was kept.
#[test]
fn pages_look_as_they_did() {
    let mut differ = Vec::new();
    for theme in [Theme::Dark, Theme::Light] {
        for scale in [1.0, 2.0] {
            let mut bench = window(theme, scale);
            for page in &PAGES[1..] {
                bench.click_on(page);
                bench.picture(Vec::new());
                differ.extend(compare(&bench, page, theme, scale));
            }
            bench.click_on("Map");
            play(&mut bench);
            differ.extend(compare(&bench, "Map", theme, scale));
            bench.click_on("Preset: No preset");
            // The list is read beside the window.
            while bench
                .texts()
                .iter()
                .any(|words| words.starts_with("Reading"))
            {
                std::thread::yield_now();
                bench.picture(Vec::new());
            }
            differ.extend(compare(&bench, "Presets", theme, scale));
            bench.click_on("Close");
            for (name, label) in [
                ("Models", "Model A: Betwixt Instruments"),
                ("Tuning", "Tuning: 12 equal steps"),
            ] {
                bench.click_on(label);
                // The folder is looked through beside the window.
                bench.editor.models.wait();
                for _ in 0..3 {
                    bench.picture(Vec::new());
                }
                differ.extend(compare(&bench, name, theme, scale));
                bench.press(egui::Key::Escape);
                bench.press(egui::Key::Escape);
            }
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// The hints of the first minute, over the page to play on.
#[test]
fn the_hints_look_as_they_did() {
    let mut differ = Vec::new();
    for theme in [Theme::Dark, Theme::Light] {
        for scale in [1.0, 2.0] {
            let mut bench = window(theme, scale);
            let settings = &mut bench.editor.settings;
            settings.change(|settings| settings.hints = true).unwrap();
            bench.picture(Vec::new());
            bench.picture(Vec::new());
            differ.extend(compare(&bench, "Hints", theme, scale));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
