//! A display that nobody sees, for what needs a real window.
//!
//! ```text
//!  Xvfb, or apt-get install ─► Display ─► ":7", for DISPLAY ─► windows, drawn by Mesa in software
//!                                 └► dropped: the server ends
//! ```
//!
//! *Promise:* the display is a fresh one, the desktop of whoever works here is left alone.

use crate::failure::Failure;
use crate::workspace::{run, target};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a window and a JUCE host load at run time on X11: the server, Mesa's software GL behind EGL,
/// the keyboard's layout, and X extensions. Debian's and Ubuntu's names.
const DEBIAN: [&str; 10] = [
    "xvfb",
    "libegl1",
    "libgl1-mesa-dri",
    "libx11-xcb1",
    "libxkbcommon-x11-0",
    "libxcursor1",
    "libxext6",
    "libxinerama1",
    "libxrandr2",
    "libxrender1",
];
const REMEDY: &str = "install Xvfb and Mesa: Debian, Ubuntu: apt-get install xvfb libegl1 \
    libgl1-mesa-dri libx11-xcb1 libxkbcommon-x11-0 libxcursor1 libxext6 libxinerama1 libxrandr2 \
    libxrender1; Fedora: dnf install xorg-x11-server-Xvfb mesa-libEGL mesa-dri-drivers \
    libX11-xcb libxkbcommon-x11 libXcursor libXext libXinerama libXrandr libXrender";

/// A running server; it ends with this value.
pub(crate) struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts a server on a number that is free; installs it first where that is possible.
    ///
    /// # Errors
    ///
    /// A [`Failure`] that names the packages when there is none, or what the server said.
    pub(crate) fn start() -> Result<Self, Failure> {
        if !cfg!(target_os = "linux") {
            let what = "a display that nobody sees is to be had on Linux only";
            return Err(Failure::new(what, "do this on Linux"));
        }
        if !installed("Xvfb") {
            install()?;
        }
        let log = target()?.join("display.log");
        let heard = std::fs::File::create(&log).map_err(|e| Failure::file("write", &log, &e))?;
        let mut server = Command::new("Xvfb")
            // The number that it finds goes to its standard output.
            .args(["-displayfd", "1", "-noreset", "-nolisten", "tcp"])
            .args(["-screen", "0", "1600x1200x24"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(heard)
            .spawn()
            .map_err(|e| Failure::new(format!("`Xvfb` could not be started: {e}"), REMEDY))?;
        let mut number = String::new();
        let told = server.stdout.take().map(BufReader::new);
        let read = told.map(|mut told| told.read_line(&mut number));
        // From here on the server ends whatever happens.
        let name = format!(":{}", number.trim());
        let display = Self { server, name };
        if matches!(read, Some(Ok(_))) && !number.trim().is_empty() {
            return Ok(display);
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let what = format!("`Xvfb` gave no display: {}", said.trim());
        Err(Failure::new(what, REMEDY))
    }

    /// Starts a command there and waits for it.
    ///
    /// # Errors
    ///
    /// As [`run`].
    pub(crate) fn run(&self, command: &mut Command, remedy: &str) -> Result<(), Failure> {
        // A desktop's Wayland would otherwise be preferred by what looks for one.
        let command = command.env("DISPLAY", &self.name);
        run(command.env_remove("WAYLAND_DISPLAY"), remedy)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Whichever of the two fails, it has ended already.
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// Whether a program is in one of the folders of `PATH`.
fn installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Installs what is missing: as root, where there is apt-get.
fn install() -> Result<(), Failure> {
    let is_root = Command::new("id").arg("-u").output();
    let is_root = is_root.is_ok_and(|told| told.stdout.trim_ascii() == b"0");
    if !is_root || !installed("apt-get") || !Path::new("/etc/apt").is_dir() {
        return Err(Failure::new("`Xvfb` is not installed", REMEDY));
    }
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run(apt.stdout(Stdio::null()), REMEDY)
    };
    apt(&["update", "-qq"])?;
    let ask = ["install", "-y", "-qq", "--no-install-recommends"];
    apt(&[&ask[..], &DEBIAN[..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is installed by us is what the remedy names.
    #[test]
    fn the_remedy_names_every_package() {
        let named = REMEDY.split("Fedora").next().unwrap_or_default();
        let named: Vec<_> = named.split([' ', ';']).collect();
        for package in DEBIAN {
            assert!(named.contains(&package), "{package}");
        }
    }

    /// The shell is in a folder of every system's path; a name nobody gave is in none.
    #[cfg(target_os = "linux")]
    #[test]
    fn programs_are_found_by_name() {
        assert!(installed("sh"));
        assert!(!installed("no-such-program-of-ours"));
    }
}
