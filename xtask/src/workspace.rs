//! Where the workspace is, what is in it, and how cargo is started.

use crate::failure::Failure;
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the workspace's manifest.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo, in the workspace's folder.
pub(crate) fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command that writes to the terminal itself; its failure is ours.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<(), Failure> {
    let said = words(command);
    let status = command
        .status()
        .map_err(|e| Failure::new(format!("`{said}` could not be started: {e}"), remedy))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{said}` failed ({status})"), remedy))
}

/// A command as one would type it.
fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let parts = std::iter::once(name).chain(command.get_args());
    let parts: Vec<_> = parts.map(|p| p.to_string_lossy()).collect();
    parts.join(" ")
}

/// What `cargo metadata` says: packages, the resolved graph, the target folder.
pub(crate) fn metadata() -> Result<Value, Failure> {
    let failed = |reason: String| {
        Failure::new(
            format!("`cargo metadata` failed: {reason}"),
            "see that every Cargo.toml can be read",
        )
    };
    let output = cargo(["metadata", "--format-version", "1"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| failed(e.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| failed(e.to_string()))
}

/// The folder that cargo builds into.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    let metadata = metadata()?;
    let folder = metadata["target_directory"].as_str();
    Ok(folder.map_or_else(|| root().join("target"), PathBuf::from))
}

/// Every file below a folder, build outputs and hidden folders left out; in order of name.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            let name = path.file_name().map(OsStr::to_string_lossy);
            let skipped = name.is_some_and(|n| n.starts_with('.') || n == "__pycache__");
            let built = path == root().join("target");
            match path.is_dir() {
                true if !skipped && !built => folders.push(path),
                false if !skipped => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What lies directly in a folder, in order of name.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |e| Failure::file("read", folder, &e);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    paths.sort();
    Ok(paths)
}
