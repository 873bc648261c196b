//! Builds the plugin before it is loaded, so that a stale one is never heard.
//!
//! ```text
//!  target/PROFILE/… (this program) ─► cargo build -p betwixt, same PROFILE ─► the library's path
//! ```

use crate::error::HostError;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// The library, built once per process: [`build`] the first time, then its answer.
///
/// # Errors
///
/// As [`build`].
pub fn built() -> Result<PathBuf, HostError> {
    static BUILT: Mutex<Option<PathBuf>> = Mutex::new(None);
    let mut built = BUILT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(path) = built.as_ref() {
        return Ok(path.clone());
    }
    Ok(built.insert(build()?).clone())
}

/// Runs `cargo build -p betwixt` in this program's own profile and target folder.
///
/// The answer is the library that cargo named: `libbetwixt.so`, `libbetwixt.dylib` or
/// `betwixt.dll`, which is a CLAP as it is.
///
/// # Errors
///
/// [`HostError::Build`] when this program does not lie in a target folder, cargo cannot be started
/// or the plugin does not compile (cargo's own messages have gone to standard error).
pub fn build() -> Result<PathBuf, HostError> {
    let program = std::env::current_exe().map_err(|e| failed("the running program", &e))?;
    let folder = profile_folder(&program).ok_or_else(|| {
        failed(
            &program.display().to_string(),
            &"it does not lie in a target folder, so its profile is unknown; start it with cargo",
        )
    })?;
    let (target, profile) = folder;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "build",
            "--package",
            "betwixt",
            "--lib",
            "--profile",
            profile,
        ])
        .args(["--message-format", "json-render-diagnostics", "--quiet"])
        .arg("--target-dir")
        .arg(target)
        .current_dir(workspace())
        .stderr(Stdio::inherit());
    let said = format!("cargo build --package betwixt --profile {profile}");
    let output = command.output().map_err(|e| failed(&said, &e))?;
    if !output.status.success() {
        return Err(failed(&said, &"the plugin does not compile; see above"));
    }
    library(&output.stdout).ok_or_else(|| failed(&said, &"cargo named no dynamic library"))
}

fn failed(command: &str, reason: &dyn ToString) -> HostError {
    HostError::Build {
        command: command.into(),
        reason: reason.to_string(),
    }
}

fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The target folder and the profile that a program was built in.
fn profile_folder(program: &Path) -> Option<(&Path, &str)> {
    let inner = ["deps", "examples"];
    let folder = program
        .ancestors()
        .skip(1)
        .find(|f| f.file_name().is_some_and(|n| inner.iter().all(|i| n != *i)))?;
    let profile = match folder.file_name()?.to_str()? {
        "debug" => "dev",
        other => other,
    };
    Some((folder.parent()?, profile))
}

/// The dynamic library among cargo's messages, one JSON object per line.
fn library(messages: &[u8]) -> Option<PathBuf> {
    let messages = String::from_utf8_lossy(messages);
    let artifacts = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|m| m["reason"] == "compiler-artifact" && m["target"]["name"] == "betwixt");
    let dynamic = |file: &str| {
        let ending = Path::new(file).extension()?.to_str()?;
        ["so", "dylib", "dll"]
            .contains(&ending)
            .then(|| file.into())
    };
    artifacts
        .filter_map(|m| m["filenames"].as_array().cloned())
        .flatten()
        .find_map(|file| dynamic(file.as_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test lies in deps, an example in examples, a program beside them: one profile for all.
    #[test]
    fn the_profile_is_read_off_the_program_s_place() {
        for (program, profile) in [
            ("/t/debug/deps/host-12", "dev"),
            ("/t/release/render", "release"),
            ("/t/release/examples/compose_demo", "release"),
        ] {
            let found = profile_folder(Path::new(program));
            assert_eq!(found, Some((Path::new("/t"), profile)), "{program}");
        }
    }

    /// Among cargo's messages only the plugin's dynamic library is meant.
    #[test]
    fn the_library_is_the_one_that_cargo_names() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"serde"},"filenames":["/t/x.so"]}"#,
            "\nnot json\n",
            r#"{"reason":"compiler-artifact","target":{"name":"betwixt"},"#,
            r#""filenames":["/t/libbetwixt.rlib","/t/libbetwixt.so"]}"#,
        );
        assert_eq!(
            library(messages.as_bytes()),
            Some("/t/libbetwixt.so".into())
        );
        assert_eq!(library(b"{}"), None);
    }
}
