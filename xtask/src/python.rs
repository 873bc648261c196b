//! A Python of our own, for the hosts that are not ours.
//!
//! ```text
//!  tests/requirements.txt ─► python3 -m venv target/vst3-host ─► pip install ─► its program
//! ```

use crate::bundle::remove;
use crate::failure::Failure;
use crate::workspace::{root, run as run_command, target};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A Python with the pinned packages; made once per wording of the requirements.
pub(crate) fn prepare() -> Result<PathBuf, Failure> {
    let folder = &target()?.join("vst3-host");
    let requirements = root().join("tests/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements)
        .map_err(|e| Failure::file("read", &requirements, &e))?;
    let (python, stamp) = (python_in(folder), folder.join("requirements.txt"));
    if python.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(python);
    }
    remove(folder)?;
    make(folder)?;
    let mut install = Command::new(&python);
    install
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(["--only-binary", ":all:", "--requirement"])
        .arg(&requirements);
    run_command(
        &mut install,
        "connect to the package index, or install the packages of tests/requirements.txt into \
         target/vst3-host by hand",
    )?;
    std::fs::write(&stamp, wanted).map_err(|e| Failure::file("write", &stamp, &e))?;
    Ok(python)
}

fn python_in(folder: &Path) -> PathBuf {
    if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    }
}

/// Makes the virtual environment; names the package that is missing.
fn make(folder: &Path) -> Result<(), Failure> {
    let name = if cfg!(windows) { "python" } else { "python3" };
    let mut python = Command::new(name);
    python.args(["-m", "venv"]).arg(folder);
    let output = python.stderr(Stdio::inherit()).output().map_err(|e| {
        Failure::new(
            format!("`{name}` could not be started: {e}"),
            "install python3 and python3-venv (Debian, Ubuntu), python3 (Fedora) or Python 3 from \
             python.org",
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    // A half-made environment would look finished to the next run.
    remove(folder)?;
    Err(Failure::new(
        format!(
            "`{name} -m venv` failed: {}",
            String::from_utf8_lossy(&output.stdout).trim()
        ),
        "install python3-venv (Debian, Ubuntu: apt install python3-venv)",
    ))
}
