//! Lays the built library out as the bundles that hosts look for.
//!
//! ```text
//!  cargo build --release -p betwixt ─► libbetwixt.so ─┬► target/bundled/Betwixt.clap
//!                                                     └► target/bundled/Betwixt.vst3/Contents/
//!                                                          x86_64-linux/Betwixt.so
//! ```
//!
//! On macOS both are folders with Contents/MacOS/Betwixt, Info.plist and PkgInfo, signed ad hoc; on
//! Windows the VST3 holds Contents/x86_64-win/Betwixt.vst3.
//!
//! *Sources:* clap/entry.h; "VST 3 Locations / Format", Steinberg's VST 3 developer portal.

use crate::failure::Failure;
use crate::workspace::{cargo, run, target};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the bundles lie.
pub(crate) struct Bundles {
    pub(crate) clap: PathBuf,
    pub(crate) vst3: PathBuf,
}

const NAME: &str = "Betwixt";
const IDENTIFIER: &str = "org.betwixt.betwixt";

/// Builds the plugin in release and lays out both bundles, each replaced whole.
pub(crate) fn build() -> Result<Bundles, Failure> {
    let remedy = "see the compiler's message above";
    run(
        &mut cargo(["build", "--release", "--package", "betwixt", "--lib"]),
        remedy,
    )?;
    let target = target()?;
    let library = target.join("release").join(library_name());
    let folder = target.join("bundled");
    Ok(Bundles {
        clap: place(&library, &folder, &clap_layout())?,
        vst3: place(&library, &folder, &vst3_layout())?,
    })
}

fn library_name() -> String {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    format!("{DLL_PREFIX}betwixt{DLL_SUFFIX}")
}

/// How a bundle of one format looks on one operating system.
struct Layout {
    /// The bundle's own name.
    bundle: String,
    /// Where the library lies inside it; `None` when the bundle is the library.
    inside: Option<PathBuf>,
    /// The folder and extension get the papers that macOS asks for.
    papers: bool,
}

fn clap_layout() -> Layout {
    let mac = cfg!(target_os = "macos");
    Layout {
        bundle: format!("{NAME}.clap"),
        inside: mac.then(|| Path::new("Contents/MacOS").join(NAME)),
        papers: mac,
    }
}

fn vst3_layout() -> Layout {
    let arch = std::env::consts::ARCH;
    let (folder, file) = match std::env::consts::OS {
        "macos" => ("MacOS".to_owned(), NAME.to_owned()),
        "windows" => (format!("{arch}-win"), format!("{NAME}.vst3")),
        _ => (format!("{arch}-linux"), format!("{NAME}.so")),
    };
    Layout {
        bundle: format!("{NAME}.vst3"),
        inside: Some(Path::new("Contents").join(folder).join(file)),
        papers: cfg!(target_os = "macos"),
    }
}

/// Makes a bundle beside its place and moves it there.
fn place(library: &Path, folder: &Path, layout: &Layout) -> Result<PathBuf, Failure> {
    let bundle = folder.join(&layout.bundle);
    let unfinished = folder.join(format!(".unfinished-{}", layout.bundle));
    remove(&unfinished)?;
    let file = match &layout.inside {
        Some(inside) => unfinished.join(inside),
        None => unfinished.clone(),
    };
    make_folder(file.parent().unwrap_or(folder))?;
    std::fs::copy(library, &file).map_err(|e| Failure::file("copy", library, &e))?;
    if layout.papers {
        write_papers(&unfinished)?;
    }
    remove(&bundle)?;
    std::fs::rename(&unfinished, &bundle).map_err(|e| Failure::file("write", &bundle, &e))?;
    if layout.papers {
        run(
            Command::new("codesign")
                .args(["--force", "--sign", "-"])
                .arg(&bundle),
            "install Xcode's command-line tools: xcode-select --install",
        )?;
    }
    Ok(bundle)
}

/// Removes a file or a folder, if there is one.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
    let removed = match path.symlink_metadata() {
        Err(_) => return Ok(()),
        Ok(what) if what.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
    };
    removed.map_err(|e| Failure::file("remove", path, &e))
}

pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|e| Failure::file("make the folder", path, &e))
}

fn write_papers(bundle: &Path) -> Result<(), Failure> {
    let contents = bundle.join("Contents");
    let write = |name: &str, text: String| {
        let path = contents.join(name);
        std::fs::write(&path, text).map_err(|e| Failure::file("write", &path, &e))
    };
    write("PkgInfo", "BNDL????".into())?;
    write("Info.plist", property_list())
}

fn property_list() -> String {
    let entries = [
        ("CFBundleDevelopmentRegion", "English"),
        ("CFBundleExecutable", NAME),
        ("CFBundleIdentifier", IDENTIFIER),
        ("CFBundleInfoDictionaryVersion", "6.0"),
        ("CFBundleName", NAME),
        ("CFBundlePackageType", "BNDL"),
        ("CFBundleShortVersionString", env!("CARGO_PKG_VERSION")),
        ("CFBundleSignature", "????"),
        ("CFBundleVersion", env!("CARGO_PKG_VERSION")),
    ];
    let lines = entries.map(|(k, v)| format!("    <key>{k}</key>\n    <string>{v}</string>\n"));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n  <dict>\n{}  \
         </dict>\n</plist>\n",
        lines.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places that Steinberg and the CLAP authors fixed for this operating system.
    #[cfg(target_os = "linux")]
    #[test]
    fn bundles_have_the_form_that_hosts_look_for() {
        let folder = std::env::temp_dir().join(format!("betwixt-bundle-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let library = folder.join("library");
        std::fs::write(&library, b"code").unwrap();
        let clap = place(&library, &folder, &clap_layout()).unwrap();
        let vst3 = place(&library, &folder, &vst3_layout()).unwrap();
        let inside = format!("Contents/{}-linux/Betwixt.so", std::env::consts::ARCH);
        assert_eq!(std::fs::read(clap).unwrap(), b"code");
        assert_eq!(std::fs::read(vst3.join(inside)).unwrap(), b"code");
        let again = place(&library, &folder, &vst3_layout());
        assert!(again.is_ok(), "an older bundle is replaced: {again:?}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
