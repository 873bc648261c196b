//! A loaded plugin library: where instances come from.

use crate::build::built;
use crate::error::HostError;
use crate::instance::Instance;
use crate::setup::Setup;
use clack_host::entry::PluginEntry;
use std::ffi::{CStr, c_char, c_void};
use std::path::{Path, PathBuf};

/// The instrument's identifier in the CLAP format.
pub const BETWIXT: &str = "org.betwixt.betwixt";

/// What a library says of one of its plugins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// By which projects remember it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who made it.
    pub vendor: String,
    /// Its version.
    pub version: String,
    /// What kind of thing it is, in the format's words.
    pub features: Vec<String>,
}

/// A plugin library that is loaded; it stays so while one of its instances lives.
pub struct Host {
    entry: PluginEntry,
    path: PathBuf,
}

impl Host {
    /// Loads a CLAP library.
    ///
    /// # Errors
    ///
    /// [`HostError::Library`] when the file is missing or is no CLAP.
    pub fn load(path: &Path) -> Result<Self, HostError> {
        let entry = open(path).map_err(|reason| HostError::Library {
            path: path.to_path_buf(),
            reason,
        })?;
        let path = path.to_path_buf();
        Ok(Self { entry, path })
    }

    /// Builds the instrument (once per process) and loads it.
    ///
    /// # Errors
    ///
    /// [`HostError::Build`] or [`HostError::Library`].
    pub fn built() -> Result<Self, HostError> {
        Self::load(&built()?)
    }

    /// The library's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The identifiers of the plugins in the library.
    #[must_use]
    pub fn plugins(&self) -> Vec<String> {
        let descriptors = self.descriptors().into_iter();
        descriptors.map(|descriptor| descriptor.id).collect()
    }

    /// What the library says of its plugins; what it leaves out is empty.
    #[must_use]
    pub fn descriptors(&self) -> Vec<Descriptor> {
        let Some(factory) = self.entry.get_plugin_factory() else {
            return Vec::new();
        };
        let words = |text: &CStr| text.to_string_lossy().into_owned();
        let or_empty = |text: Option<&CStr>| text.map(words).unwrap_or_default();
        let described = factory.plugin_descriptors().map(|found| Descriptor {
            id: or_empty(found.id()),
            name: or_empty(found.name()),
            vendor: or_empty(found.vendor()),
            version: or_empty(found.version()),
            features: found.features().map(words).collect(),
        });
        described.collect()
    }

    /// Whether the library makes things of a kind that the format names so.
    #[must_use]
    pub fn has_factory(&self, kind: &CStr) -> bool {
        let Some(ask) = self.entry.raw_entry().get_factory else {
            return false;
        };
        !asked(ask, kind).is_null()
    }

    /// A new plugin of an identifier, whether the library lists it or not.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] when the plugin cannot be made or does not accept the setup.
    pub fn instance_of(&self, id: &str, setup: Setup) -> Result<Instance, HostError> {
        Instance::new(&self.entry, id, setup)
    }

    /// A new Betwixt, ready to play. The calling thread becomes its main thread.
    ///
    /// # Errors
    ///
    /// [`HostError::Plugin`] when the library holds another plugin, [`HostError::Refused`] when
    /// the plugin cannot be made or does not accept the setup.
    pub fn instance(&self, setup: Setup) -> Result<Instance, HostError> {
        let found = self.plugins();
        if !found.iter().any(|id| id == BETWIXT) {
            return Err(HostError::Plugin {
                path: self.path.clone(),
                expected: BETWIXT.into(),
                found,
            });
        }
        self.instance_of(BETWIXT, setup)
    }
}

#[allow(
    unsafe_code,
    reason = "a kind that nobody knows has no type by which clack could ask for it"
)]
fn asked(ask: unsafe extern "C" fn(*const c_char) -> *const c_void, kind: &CStr) -> *const c_void {
    // SAFETY: the library has been entered and stays so; the words end with a zero.
    unsafe { ask(kind.as_ptr()) }
}

#[allow(
    unsafe_code,
    reason = "loading a library runs its code; nothing can make that safe"
)]
fn open(path: &Path) -> Result<PluginEntry, String> {
    // SAFETY: the library is one that was built from this workspace, or that the person at the
    // keyboard named; that it keeps to the CLAP specification cannot be checked before it runs.
    unsafe { PluginEntry::load(path) }.map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path that holds no plugin is named in the message.
    #[test]
    fn a_file_that_is_no_plugin_is_refused() {
        for path in ["/no/such/file.clap", env!("CARGO_MANIFEST_DIR")] {
            let error = Host::load(Path::new(path)).err().expect("no plugin there");
            assert!(error.to_string().starts_with(path), "{error}");
        }
    }
}
