//! A loaded plugin library: where instances come from.

use crate::build::built;
use crate::error::HostError;
use crate::instance::Instance;
use crate::setup::Setup;
use clack_host::entry::PluginEntry;
use std::path::{Path, PathBuf};

/// The instrument's identifier in the CLAP format.
pub const BETWIXT: &str = "org.betwixt.betwixt";

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
        let Some(factory) = self.entry.get_plugin_factory() else {
            return Vec::new();
        };
        factory
            .plugin_descriptors()
            .filter_map(|d| Some(d.id()?.to_string_lossy().into_owned()))
            .collect()
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
        Instance::new(&self.entry, BETWIXT, setup)
    }
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
