//! The tuning in the header: its name, and a list to choose another one from.
//!
//! ```text
//!  Tuning            click ─► 12 equal steps         ─► Choice ─► Slot ─► audio thread
//!  [name in force ▾]         scales of the folder
//!                            keyboards of the folder
//!                            follow MTS-ESP; what went wrong; where the folder is
//! ```
//!
//! The folder is looked through when the list opens.

use super::hand::Hand;
use super::models::words;
use super::{Editor, compact, header, menu, theme, words};
use crate::history::Scope;
use crate::parameters::Parameters;
use crate::tuning::{EQUAL, Folder, Kind, Listing, Shown};
use egui::{
    Popup, PopupCloseBehavior, Rect, Response, RichText, ScrollArea, Sense, Ui, WidgetInfo,
};
use std::time::Duration;

/// Width of the list.
const WIDTH: f32 = 300.0;
/// Height of the scales, and of the keyboards, before they scroll.
const HEIGHT: f32 = 150.0;
/// A master may change its scale while nothing sounds: how often that is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The list's own memory.
pub(super) struct Panel {
    folder: Folder,
    listing: Listing,
    was_open: bool,
}

impl Panel {
    /// A list of this folder, not open yet.
    pub(super) fn new(folder: Folder) -> Self {
        Self {
            folder,
            listing: Listing::default(),
            was_open: false,
        }
    }

    /// Looks through the folder.
    fn look(&mut self, parameters: &Parameters) {
        match self.folder.list() {
            Ok(listing) => self.listing = listing,
            Err(words) => drop(parameters.tuning.complain(words)),
        }
    }
}

/// Paints the tuning in the header, and the list while it is open.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &mut Editor, hand: &Hand<'_>) {
    let shown = editor.parameters.tuning.shown();
    let response = button(ui, header::tuning(area.shrink(12.0)), &shown);
    let (panel, parameters) = (&mut editor.tuning, &*editor.parameters);
    let popup = Popup::menu(&response);
    let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let is_open = popup.is_open();
    if is_open && !panel.was_open {
        panel.look(parameters);
    }
    panel.was_open = is_open;
    let show = || popup.show(|ui| list(ui, panel, parameters, &shown));
    let changed = match is_open {
        true => parameters
            .history
            .change(words::steps::TUNING, Scope::Tuning, parameters, show),
        false => show(),
    };
    if changed.is_some_and(|changed| changed.inner) {
        parameters.mark_changed(hand);
    }
    if parameters.tuning.is_connected() {
        ui.ctx().request_repaint_after(LOOK);
    }
}

fn button(ui: &Ui, area: Rect, shown: &Shown) -> Response {
    let area = compact::bottom(area);
    let response = ui.interact(area, ui.scope_id().with("tuning"), Sense::click());
    let name = words::tuning::in_force(&shown.name);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
    let look = menu::Face {
        is_used: true,
        is_warm: shown.problem.is_some(),
    };
    menu::face(ui, &response, (words::tuning::HEADING, &shown.name), look);
    response
}

/// The list; whether the player has changed anything.
fn list(ui: &mut Ui, panel: &Panel, parameters: &Parameters, shown: &Shown) -> bool {
    ui.set_width(WIDTH);
    theme::menu(ui);
    words(ui, RichText::new(&shown.name).color(theme::ink().text));
    if let Some(problem) = &shown.problem {
        words(ui, RichText::new(problem).color(theme::ink().warm));
    }
    let listing = &panel.listing;
    let scales = Files {
        kind: Kind::Scale,
        none: EQUAL,
        names: &listing.scales,
        chosen: shown.scale.as_deref(),
    };
    let keyboards = Files {
        kind: Kind::Keyboard,
        none: words::tuning::PLAIN_KEYBOARD,
        names: &listing.keyboards,
        chosen: shown.keyboard.as_deref(),
    };
    let mut is_changed = false;
    for (heading, files) in [
        (words::tuning::SCALE, scales),
        (words::tuning::KEYBOARD, keyboards),
    ] {
        ui.separator();
        words(ui, RichText::new(heading).color(theme::ink().dim));
        is_changed |= files.show(ui, panel, parameters);
    }
    ui.separator();
    let mut follows = shown.follows;
    if ui.checkbox(&mut follows, words::tuning::FOLLOW).changed() {
        parameters.tuning.set_follow(follows);
        is_changed = true;
    }
    let place = panel.folder.path().display();
    let help = RichText::new(words::tuning::folder(place));
    words(ui, help.small().color(theme::ink().dim));
    is_changed
}

/// The files of one kind, and none of them.
struct Files<'a> {
    kind: Kind,
    /// What there is without a file.
    none: &'a str,
    names: &'a [String],
    chosen: Option<&'a str>,
}

impl Files<'_> {
    /// Shows them, those in sight alone; whether the player has taken another one.
    fn show(&self, ui: &mut Ui, panel: &Panel, parameters: &Parameters) -> bool {
        let height = ui.spacing().interact_size.y;
        let mut clicked = None;
        ScrollArea::vertical()
            .id_salt(self.none)
            .max_height(HEIGHT)
            .show_rows(ui, height, self.names.len() + 1, |ui, rows| {
                for row in rows {
                    let name = row.checked_sub(1).map(|index| self.names[index].as_str());
                    let is_chosen = name == self.chosen;
                    if ui
                        .selectable_label(is_chosen, name.unwrap_or(self.none))
                        .clicked()
                    {
                        clicked = Some(name);
                    }
                }
            });
        let tuning = &parameters.tuning;
        clicked.is_some_and(|name| tuning.choose(&panel.folder, self.kind, name))
    }
}
