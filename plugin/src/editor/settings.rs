//! What is set once for all instances: colours, size, the computer's keys, hints; and where things lie.
//!
//! ```text
//!  WINDOW   colours, size      PLAYING   computer's keys     FILES   the player's folder
//! ```

use super::files;
use super::{Editor, layout, theme, words};
use crate::folder;
use crate::settings::{Letters, Settings, Theme};
use crate::state::WindowSize;

use egui::{Rect, RichText, Ui};

/// Sizes that can be chosen, of the usual one.
const SIZES: [(f32, &str); 7] = [
    (0.6, "60 %"),
    (0.8, "80 %"),
    (1.0, "100 %"),
    (1.25, "125 %"),
    (1.5, "150 %"),
    (2.0, "200 %"),
    (3.0, "300 %"),
];
/// Size of the words.
const LETTERS: f32 = 13.0;

/// Paints the page and follows the pointer.
pub(super) fn paint(ui: &mut Ui, page: Rect, editor: &mut Editor) {
    let (upper, lower) = layout::off_top(page, 0.5 * page.height(), layout::GAP);
    let places = [
        layout::column(upper, 0, 2, layout::GAP),
        layout::column(upper, 1, 2, layout::GAP),
        lower,
    ];
    let panels: [(&str, Panel); 3] = [
        (words::settings::WINDOW, window),
        (words::settings::PLAYING, playing),
        (words::settings::FILES, lie),
    ];
    for ((name, show), place) in panels.into_iter().zip(places) {
        let inside = theme::panel(ui, place);
        theme::heading(ui, inside, name);
        let (_, rest) = layout::off_top(inside, 22.0, 0.0);
        files::within(ui, rest, |ui| {
            ui.spacing_mut().item_spacing = egui::vec2(8.0, 8.0);
            show(ui, editor);
        });
    }
}

type Panel = fn(&mut Ui, &mut Editor);

fn window(ui: &mut Ui, editor: &mut Editor) {
    words(ui, words::settings::COLOURS);
    let now = editor.settings.get().theme;
    ui.horizontal(|ui| {
        for (theme, name) in [
            (Theme::Dark, words::settings::DARK),
            (Theme::Light, words::settings::LIGHT),
        ] {
            if ui.radio(now == theme, letters(name)).clicked() {
                set(editor, |settings| settings.theme = theme);
            }
        }
    });
    words(ui, words::settings::SIZE);
    let size = editor.parameters.window.get();
    ui.horizontal_wrapped(|ui| {
        for (share, name) in SIZES {
            let wanted = scaled(share);
            if ui.selectable_label(size == wanted, letters(name)).clicked() {
                let [width, height] = wanted.map(|length| layout::real(length as usize));
                let points = egui::vec2(width, height) / ui.ctx().zoom_factor();
                editor.screen.wish(wanted);
                ui.ctx()
                    .send_viewport_cmd(egui::ViewportCommand::InnerSize(points));
                set(editor, |settings| settings.window = Some(wanted));
            }
        }
    });
}

/// The usual size, so many times.
fn scaled(share: f32) -> [u32; 2] {
    WindowSize::DEFAULT.map(|length| {
        let length = layout::whole((layout::real(length as usize) * share).round());
        u32::try_from(length).unwrap_or(u32::MAX)
    })
}

fn playing(ui: &mut Ui, editor: &mut Editor) {
    let mut typing = editor.settings.get().typing;
    let label = letters(words::settings::TYPING);
    if ui.checkbox(&mut typing, label).changed() {
        set(editor, |settings| settings.typing = typing);
    }
    let now = editor.settings.get().letters;
    ui.horizontal(|ui| {
        words(ui, words::settings::LETTERS);
        let layouts = [Letters::Qwerty, Letters::Qwertz, Letters::Azerty];
        for (layout, name) in layouts.into_iter().zip(words::settings::LAYOUTS) {
            if ui.radio(now == layout, letters(name)).clicked() {
                set(editor, |settings| settings.letters = layout);
            }
        }
    });
    let mut hints = editor.settings.get().hints;
    if ui
        .checkbox(&mut hints, letters(words::settings::HINTS))
        .changed()
    {
        set(editor, |settings| settings.hints = hints);
        editor.hints.reopen();
    }
}

fn lie(ui: &mut Ui, editor: &mut Editor) {
    let place = folder::data().map_or_else(
        || words::settings::NO_FOLDER.to_owned(),
        |data| words::settings::folder(data.display()),
    );
    words(ui, &place);
    words(ui, words::settings::ABOUT);
    if let Some(problem) = &editor.problem {
        ui.label(
            RichText::new(problem)
                .color(theme::ink().warm)
                .size(LETTERS),
        );
    }
}

/// Changes a setting; a file that cannot be written is said.
fn set(editor: &mut Editor, change: impl FnOnce(&mut Settings)) {
    let kept = editor.settings.change(change);
    editor.problem = kept.err().map(words::settings::unwritten);
}

fn letters(words: &str) -> RichText {
    RichText::new(words).size(LETTERS)
}

fn words(ui: &mut Ui, words: &str) {
    ui.label(RichText::new(words).size(LETTERS).color(theme::ink().dim));
}
