//! Copies the bundles to where the user's hosts look for plugins.

use crate::bundle::{self, make_folder, remove};
use crate::failure::Failure;
use crate::workspace::entries;
use std::path::{Path, PathBuf};

/// Builds the bundles and copies both.
pub(crate) fn run() -> Result<(), Failure> {
    let bundles = bundle::build()?;
    let (clap, vst3) = folders()?;
    for (bundle, folder) in [(bundles.clap, clap), (bundles.vst3, vst3)] {
        let Some(name) = bundle.file_name() else {
            continue;
        };
        let to = folder.join(name);
        make_folder(&folder)?;
        remove(&to)?;
        copy(&bundle, &to)?;
        println!("{}", to.display());
    }
    println!("Rescan the plugins in your host; the instrument is called Betwixt.");
    Ok(())
}

/// The user's own CLAP and VST3 folders.
fn folders() -> Result<(PathBuf, PathBuf), Failure> {
    let home =
        |variable: &str| {
            std::env::var_os(variable).map(PathBuf::from).ok_or_else(|| {
            Failure::new(
                format!("the environment variable {variable} is not set"),
                "set it to your own folder, or copy the bundles from target/bundled by hand",
            )
        })
        };
    Ok(match std::env::consts::OS {
        "macos" => {
            let plugins = home("HOME")?.join("Library/Audio/Plug-Ins");
            (plugins.join("CLAP"), plugins.join("VST3"))
        }
        "windows" => {
            let common = home("LOCALAPPDATA")?.join("Programs").join("Common");
            (common.join("CLAP"), common.join("VST3"))
        }
        _ => (home("HOME")?.join(".clap"), home("HOME")?.join(".vst3")),
    })
}

/// Copies a file, or a folder with everything in it.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    if !from.is_dir() {
        std::fs::copy(from, to).map_err(|e| Failure::file("write", to, &e))?;
        return Ok(());
    }
    make_folder(to)?;
    for path in entries(from)? {
        let Some(name) = path.file_name() else {
            continue;
        };
        copy(&path, &to.join(name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bundle is a folder of folders: all of it arrives, at the same places.
    #[test]
    fn bundles_are_copied_whole() {
        let folder = std::env::temp_dir().join(format!("betwixt-install-{}", std::process::id()));
        let inside = Path::new("Contents/x86_64-linux/Betwixt.so");
        let from = folder.join("from/Betwixt.vst3");
        make_folder(from.join(inside).parent().unwrap()).unwrap();
        std::fs::write(from.join(inside), b"code").unwrap();
        let to = folder.join("to/Betwixt.vst3");
        copy(&from, &to).unwrap();
        assert_eq!(std::fs::read(to.join(inside)).unwrap(), b"code");
        remove(&folder).unwrap();
    }
}
