//! Everything that can go wrong between a library on disk and samples.

use std::path::PathBuf;

/// Why the host could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The plugin did not compile, or cargo could not be started.
    #[error("`{command}` failed: {reason}")]
    Build {
        /// The command that was run.
        command: String,
        /// What happened.
        reason: String,
    },
    /// A file is no plugin.
    #[error("{path}: expected a plugin, but it cannot be loaded: {reason}; build it anew")]
    Library {
        /// The library.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// A library holds other plugins than the one asked for.
    #[error("{path}: expected the plugin {expected:?}, found {found:?}")]
    Plugin {
        /// The library.
        path: PathBuf,
        /// The identifier asked for.
        expected: String,
        /// The identifiers that are there.
        found: Vec<String>,
    },
    /// The plugin refused something.
    #[error("the plugin refused to {attempt}: {reason}; its log: {log:?}")]
    Refused {
        /// What was asked of it.
        attempt: &'static str,
        /// What it answered.
        reason: String,
        /// What it had logged by then.
        log: Vec<String>,
    },
    /// A parameter of that name does not exist.
    #[error("parameter {name:?} does not exist; the plugin has {found:?}")]
    Parameter {
        /// The name asked for.
        name: String,
        /// The names that exist.
        found: Vec<String>,
    },
    /// The plugin cannot read a text as a value.
    #[error(
        "parameter {name:?}: expected a value as the plugin writes it, found {text:?}; it writes its default as {example:?}"
    )]
    ValueText {
        /// The parameter.
        name: String,
        /// The text that was given.
        text: String,
        /// How the plugin writes the default value.
        example: String,
    },
    /// A call that the format forbids.
    #[error("{what}: expected {expected}, found {found}")]
    Usage {
        /// The argument.
        what: &'static str,
        /// What it must be.
        expected: String,
        /// What it was.
        found: String,
    },
    /// A score that cannot be read.
    #[error("{path}{place}: {field}: expected {expected}, found {found}")]
    Score {
        /// The file.
        path: PathBuf,
        /// `:line`, or nothing.
        place: String,
        /// What part of the file.
        field: &'static str,
        /// What must stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A file that cannot be read or written.
    #[error("{path}: could not {attempt}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        attempt: &'static str,
        /// What the system said.
        reason: String,
    },
}
