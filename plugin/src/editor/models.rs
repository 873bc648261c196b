//! The models in the header: four slots, and a list to choose another model for each.
//!
//! ```text
//!  [A Instruments ▾] [B Struck ▾]   click ─► search; factory, the player's folder ─► Slots ─► worker
//!  [C –           ▾] [D –      ▾]            Empty; a path to import; carry along; what went wrong
//! ```
//!
//! The folder is looked through beside the window when a list opens. What the framework cannot say,
//! that the project has changed, is said by the parameter that counts such changes.

use super::dialog::{self, Dialog};
use super::hand::Hand;
use super::{Editor, header, menu, theme, words};
use crate::history::Scope;
use crate::library::folder::{self, File};
use crate::library::slots::NAMES;
use crate::library::{self, Description, Found, Slots, Wanted};
use egui::{
    Align, Button, Layout, Popup, PopupCloseBehavior, Rect, Response, RichText, ScrollArea, Sense,
    TextEdit, Ui, WidgetInfo, vec2,
};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Width of the list.
const WIDTH: f32 = 320.0;
/// Height of the models before they scroll.
const HEIGHT: f32 = 260.0;
/// Space between the boxes.
const GAP: f32 = 4.0;
/// What the names of the factory's models begin with.
const OURS: &str = "Betwixt ";

/// What is imported.
const WANTED: dialog::Wanted = dialog::Wanted {
    title: words::models::DIALOG,
    kind: words::models::FILES,
    ends: &["safetensors"],
};

/// The list's own memory.
pub(super) struct Panel {
    search: String,
    path: String,
    dialog: Dialog,
    said: Option<String>,
    listing: Arc<Mutex<Result<Vec<File>, String>>>,
    look: Option<JoinHandle<()>>,
    open: Option<usize>,
}

impl Panel {
    /// Nothing is open.
    pub(super) fn new() -> Self {
        Self {
            search: String::new(),
            path: String::new(),
            dialog: Dialog::default(),
            said: None,
            listing: Arc::new(Mutex::new(Ok(Vec::new()))),
            look: None,
            open: None,
        }
    }

    /// Looks through the folder, beside the window.
    fn look(&mut self, egui: &egui::Context) {
        self.wait();
        let (listing, egui) = (Arc::clone(&self.listing), egui.clone());
        let look = move || {
            let found = folder::look();
            *listing.lock().unwrap_or_else(PoisonError::into_inner) = found;
            egui.request_repaint();
        };
        let thread = thread::Builder::new().name("betwixt-folder".into());
        self.look = thread.spawn(look).ok();
    }

    /// Until the folder has been looked through.
    pub(super) fn wait(&mut self) {
        if let Some(look) = self.look.take() {
            drop(look.join());
        }
    }

    fn files(&self) -> Result<Vec<File>, String> {
        let listing = self.listing.lock();
        listing.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Panel {
    /// A thread must not outlive the library that it runs in.
    fn drop(&mut self) {
        self.wait();
    }
}

/// Paints the four slots, and the list of one while it is open.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &mut Editor, hand: &Hand<'_>) {
    let place = header::models(area.shrink(12.0));
    let found = editor.parameters.slots.found();
    let heard = editor.heard_slots();
    let (parameters, panel) = (Arc::clone(&editor.parameters), &mut editor.models);
    let mut open = None;
    for (slot, found) in found.iter().enumerate() {
        let response = button(ui, cell(place, slot), slot, &parameters.slots, found);
        if heard.contains(&slot) {
            let rect = response.rect.with_max_x(response.rect.left() + 2.0);
            ui.painter().rect_filled(rect, 1.0, theme::ink().accent);
        }
        let popup = Popup::menu(&response);
        let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        if popup.is_open() {
            open = Some(slot);
            if panel.open != open {
                panel.look(ui.ctx());
                (panel.said, panel.search) = (None, String::new());
            }
        }
        let show = || popup.show(|ui| list(ui, panel, &parameters.slots, slot));
        let name = words::models::slot(NAMES[slot]);
        let history = &parameters.history;
        let changed = match open {
            Some(open) if open == slot => history.change(&name, Scope::Models, &parameters, show),
            _ => show(),
        };
        if changed.is_some_and(|changed| changed.inner) {
            parameters.mark_changed(hand);
        }
    }
    panel.open = open;
}

/// The box of a slot: two in each of two rows.
fn cell(place: Rect, slot: usize) -> Rect {
    let size = vec2((place.width() - GAP) / 2.0, (place.height() - GAP) / 2.0);
    let (column, row) = (slot % 2, slot / 2);
    let offset = |index: usize, length: f32| if index == 0 { 0.0 } else { length + GAP };
    let corner = place.min + vec2(offset(column, size.x), offset(row, size.y));
    Rect::from_min_size(corner, size)
}

fn button(ui: &Ui, area: Rect, slot: usize, slots: &Slots, found: &Found) -> Response {
    let id = ui.scope_id().with(("model", slot));
    let response = ui.interact(area, id, Sense::click());
    let wanted = slots.wanted()[slot].as_ref().map(Wanted::words);
    let name = match found {
        Found::Here(loaded) => loaded.description.header.name.clone(),
        Found::Empty => words::models::NONE.to_owned(),
        Found::Sought | Found::Missing(_) => wanted.unwrap_or_else(|| words::models::NONE.into()),
    };
    let label = words::models::in_slot(NAMES[slot], &name);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &label));
    let look = menu::Face {
        is_used: !matches!(found, Found::Empty),
        is_warm: matches!(found, Found::Missing(_)),
    };
    // Whose they are is plain; the room is for what they are.
    let short = name.strip_prefix(OURS).unwrap_or(&name);
    menu::face(
        ui,
        &response,
        ("", &format!("{}  {short}", NAMES[slot])),
        look,
    );
    match found {
        Found::Missing(problem) => response.on_hover_text(problem),
        Found::Here(loaded) => response.on_hover_text(about(&loaded.description)),
        _ => response,
    }
}

/// The list; whether the player has changed anything.
fn list(ui: &mut Ui, panel: &mut Panel, slots: &Slots, slot: usize) -> bool {
    ui.set_width(WIDTH);
    theme::menu(ui);
    if let Found::Missing(problem) = &slots.found()[slot] {
        words(ui, RichText::new(problem).color(theme::ink().warm));
    }
    let search = TextEdit::singleline(&mut panel.search).hint_text(words::models::SEARCH);
    ui.add(search.desired_width(f32::INFINITY));
    let mut is_changed = false;
    let files = panel.files();
    let area = ScrollArea::vertical().max_height(HEIGHT).id_salt("models");
    area.show(ui, |ui| {
        let taken = models(ui, panel, &files, slots.found()[slot].description());
        if let Some(wanted) = taken {
            slots.choose(slot, Some(wanted));
            is_changed = true;
        }
    });
    ui.separator();
    if slot > 0
        && ui
            .selectable_label(slots.wanted()[slot].is_none(), words::models::EMPTY)
            .clicked()
    {
        slots.choose(slot, None);
        is_changed = true;
    }
    is_changed |= import(ui, panel, slots, slot);
    let (mut carries, size) = slots.carries();
    let label = words::models::keep_in_project(&words::models::bytes(size));
    if ui.checkbox(&mut carries, label).changed() {
        slots.set_carries(carries);
        is_changed = true;
    }
    if let Some(said) = &panel.said {
        words(ui, RichText::new(said).color(theme::ink().warm));
    }
    let place = folder::path().map_or_else(String::new, |path| path.display().to_string());
    let help = RichText::new(words::models::folder(&place));
    words(ui, help.small().color(theme::ink().dim));
    is_changed
}

/// The models that can be chosen, and the files that cannot; which one the player takes.
fn models(
    ui: &mut Ui,
    panel: &Panel,
    files: &Result<Vec<File>, String>,
    chosen: Option<&Arc<Description>>,
) -> Option<Wanted> {
    let mut taken = None;
    words(
        ui,
        RichText::new(words::models::FACTORY).color(theme::ink().dim),
    );
    for loaded in library::factory() {
        let description = &loaded.description;
        if row(ui, panel, description, chosen) {
            taken = Some(loaded.wanted());
        }
    }
    words(
        ui,
        RichText::new(words::models::YOURS).color(theme::ink().dim),
    );
    let files = match files {
        Ok(files) => files,
        Err(problem) => {
            words(ui, RichText::new(problem).color(theme::ink().warm));
            return taken;
        }
    };
    for file in files {
        match &file.about {
            Ok(about) if row(ui, panel, about, chosen) => {
                taken = Some(about.wanted());
            }
            Ok(_) => {}
            Err(problem) => {
                let name = file.path.file_name().unwrap_or_default().to_string_lossy();
                let text =
                    RichText::new(words::models::not_a_model(&name)).color(theme::ink().warm);
                ui.label(text).on_hover_text(problem);
            }
        }
    }
    taken
}

/// One model, if it is looked for; whether it is taken.
fn row(
    ui: &mut Ui,
    panel: &Panel,
    description: &Arc<Description>,
    chosen: Option<&Arc<Description>>,
) -> bool {
    let about = about(description);
    if !is_found(&panel.search, description, &about) {
        return false;
    }
    let is_chosen = chosen.is_some_and(|chosen| chosen.hash == description.hash);
    let row = ui.selectable_label(is_chosen, &description.header.name);
    row.on_hover_text(about).clicked()
}

/// A model from anywhere: chosen in the system's dialog, or by its path.
fn import(ui: &mut Ui, panel: &mut Panel, slots: &Slots, slot: usize) -> bool {
    let mut wanted = panel.dialog.take();
    ui.horizontal(|ui| {
        let line = TextEdit::singleline(&mut panel.path).hint_text(words::models::PATH);
        ui.add(line.desired_width(WIDTH - 160.0));
        let path = PathBuf::from(panel.path.trim());
        let browse = Button::new(words::files::BROWSE);
        if ui.add_enabled(!panel.dialog.is_open(), browse).clicked() {
            panel.dialog.open(ui.ctx(), WANTED, &path);
        }
        if ui.button(words::files::IMPORT).clicked() {
            wanted = Some(path);
        }
    });
    let Some(path) = wanted else {
        return false;
    };
    match folder::import(&path) {
        Ok(wanted) => {
            slots.choose(slot, Some(wanted));
            panel.said = None;
            panel.look(ui.ctx());
            true
        }
        Err(problem) => {
            panel.said = Some(problem);
            false
        }
    }
}

/// Whether everything that is looked for is said of a model, or is one of its instruments.
fn is_found(search: &str, description: &Description, about: &str) -> bool {
    let labels = description.header.embedding.iter();
    let labels = labels.flat_map(|embedding| &embedding.labels);
    let labels = labels.map(|label| label.to_lowercase());
    let said: Vec<String> = std::iter::once(about.to_lowercase())
        .chain(labels)
        .collect();
    let search = search.to_lowercase();
    let mut words = search.split_whitespace();
    words.all(|word| said.iter().any(|text| text.contains(word)))
}

/// Everything that there is to say of a model.
fn about(description: &Description) -> String {
    let header = &description.header;
    let kind = if description.is_partials() {
        words::models::PARTIALS
    } else {
        words::models::FRAMES
    };
    let origin = words::models::origin(
        &header.authors.join(", "),
        &header.licence,
        header.latents.len(),
        (kind, &words::models::bytes(description.size)),
    );
    let tags = header.tags.join(", ");
    let lines = [&header.name, &header.description, &tags, &origin];
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    lines.cloned().collect::<Vec<_>>().join("\n")
}

/// Words that are ragged on the right, unlike a menu's own.
pub(super) fn words(ui: &mut Ui, text: RichText) {
    ui.with_layout(Layout::top_down(Align::Min), |ui| ui.label(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Models are found by what their cards say, by their tags, and by the instruments in them.
    #[test]
    fn models_are_found_by_what_is_in_them() {
        let found = |search: &str| {
            let all = library::factory().iter().map(|loaded| &loaded.description);
            let own = all.filter(|model| is_found(search, model, &about(model)));
            own.map(|model| model.header.name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(found("").len(), library::factory().len());
        assert_eq!(found("BANJO struck"), ["Betwixt Struck"]);
        assert_eq!(
            found("shakuhachi"),
            ["Betwixt Instruments", "Betwixt Blown"]
        );
        assert_eq!(found("theremin of glass"), [""; 0]);
        let mut tagged = library::tests::tiny(2).description.header.clone();
        tagged.tags = vec!["Dusty".into()];
        let tagged = Description {
            header: tagged,
            points: Vec::new(),
            hash: library::factory()[0].description.hash,
            size: 1,
        };
        assert!(is_found("dusty", &tagged, &about(&tagged)));
    }
}
