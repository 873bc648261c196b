//! What every control says, and every line with a file.
//!
//! ```text
//!  control   under the pointer, and in the menu of a right click
//!  files     path ______________________  Browse…  Import  Export  Clear
//!  stems     what names of parameters begin with
//! ```

/// Under the pointer on a control, and in its menu.
pub(crate) mod control {
    /// Stands on a control that waits for a controller.
    pub(crate) const WAITING: &str = "move a controller …";
    pub(crate) const LEARN: &str = "Learn controller";
    pub(crate) const STOP_LEARNING: &str = "Stop learning";
    pub(crate) const MAP_FULL: &str = "The map is full: remove a controller first";
    pub(crate) const LOCK: &str = "Lock it";
    pub(crate) const UNLOCK: &str = "Unlock it";
    pub(crate) const LOCKED: &str = "Mutate and Random leave what is locked as it is.";
    pub(crate) const DEFAULT: &str = "Default";

    /// Controllers move it no more.
    pub(crate) fn clear(controllers: &str) -> String {
        format!("Clear {controllers}")
    }

    pub(crate) fn copy(value: &str) -> String {
        format!("Copy {value}")
    }

    pub(crate) fn paste(value: &str) -> String {
        format!("Paste {value}")
    }

    /// Locks the group of parameters that it belongs to.
    pub(crate) fn lock_group(group: &str) -> String {
        format!("Lock {group}")
    }

    pub(crate) fn unlock_group(group: &str) -> String {
        format!("Unlock {group}")
    }

    /// Where a controller holds it.
    pub(crate) fn held(place: &str) -> String {
        format!("held at {place} until the control itself moves")
    }
}

/// A line with a path.
pub(crate) mod files {
    pub(crate) const BROWSE: &str = "Browse…";
    pub(crate) const IMPORT: &str = "Import";
    pub(crate) const EXPORT: &str = "Export";
    pub(crate) const CLEAR: &str = "Clear";

    pub(crate) fn imported(path: &str) -> String {
        format!("{path}: imported")
    }

    pub(crate) fn exported(path: &str) -> String {
        format!("{path}: exported")
    }
}

/// What the names of parameters begin with (module `parameters`): left out where a heading says it.
/// They change only together with those names.
pub(crate) mod stems {
    pub(crate) const MOVEMENT: &str = "Movement ";
    pub(crate) const UNISON: &str = "Unison ";
    pub(crate) const MPE: &str = "MPE ";

    pub(crate) fn slot(number: usize) -> String {
        format!("Mod {number} ")
    }

    pub(crate) fn lfo(number: usize) -> String {
        format!("LFO {number} ")
    }

    pub(crate) fn envelope(number: usize) -> String {
        format!("Env {number} ")
    }
}
