//! What a newcomer must find in order: the top level, the files' heads, the window's words, the models'
//! papers.

use super::words;
use crate::failure::Failure;
use crate::workspace::{entries, files, root};
use std::path::Path;

const TOP_LEVEL: [&str; 14] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "assets",
    "clippy.toml",
    "docs",
    "models",
    "plugin",
    "rustfmt.toml",
    "tests",
    "xtask",
];
const LONGEST_FILE_LINES: usize = 600;
const LARGEST_MODEL_BYTES: u64 = 16 << 20;
/// Said in two parts, so that this file does not find itself.
const OPEN_ENDS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// Fails with one line per untidiness.
pub(super) fn run() -> Result<(), Failure> {
    let mut faults = top_level(root())?;
    for path in files(root())? {
        let shown = path.strip_prefix(root()).unwrap_or(&path);
        let ending = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        if !["rs", "py", "toml", "md"].contains(&ending) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|e| Failure::file("read", &path, &e))?;
        let said = |what: String| format!("{}: {what}", shown.display());
        faults.extend(open_ends(&text).map(said));
        if ending == "rs" {
            faults.extend(
                source(&text, path.ends_with("build.rs"))
                    .into_iter()
                    .map(said),
            );
            faults.extend(words::astray(shown, &text).into_iter().map(said));
        }
    }
    for model in entries(&root().join("models"))? {
        faults.extend(papers(&model));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(faults.join("\n"), "mend each line above"))
}

/// The top level holds exactly the known names, hidden ones and build outputs left out.
fn top_level(root: &Path) -> Result<Vec<String>, Failure> {
    let found = entries(root)?;
    let names: Vec<_> = found
        .iter()
        .filter_map(|p| p.file_name()?.to_str())
        .filter(|n| !n.starts_with('.') && *n != "target")
        .collect();
    let strange = names.iter().filter(|n| !TOP_LEVEL.contains(n));
    let missing = TOP_LEVEL.iter().filter(|n| !names.contains(n));
    let strange = strange.map(|n| format!("{n}: does not belong at the top level"));
    Ok(strange
        .chain(missing.map(|n| format!("{n}: missing at the top level")))
        .collect())
}

/// Lines where something was left for later.
fn open_ends(text: &str) -> impl Iterator<Item = String> {
    let lines = (1..).zip(text.lines());
    let open = lines.filter(|(_, line)| OPEN_ENDS.iter().any(|word| line.contains(word)));
    open.map(|(number, line)| format!("line {number}: {}", line.trim()))
}

/// A source file opens with what it is, and stays readable in length.
fn source(text: &str, build_script: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let opens = text.starts_with("//!") || (build_script && text.starts_with("//"));
    if !opens {
        faults.push("opens without a `//!` header that says what it is".into());
    }
    let lines = text.lines().count();
    if lines > LONGEST_FILE_LINES {
        faults.push(format!(
            "has {lines} lines, more than {LONGEST_FILE_LINES}: split it"
        ));
    }
    faults
}

/// A factory model comes with its card and its recipe, and is small enough to clone.
fn papers(model: &Path) -> Vec<String> {
    let name = model.file_name().unwrap_or_default().to_string_lossy();
    let mut faults = Vec::new();
    for file in ["weights.safetensors", "card.md", "recipe.toml"] {
        if !model.join(file).is_file() {
            faults.push(format!("models/{name}: {file} is missing"));
        }
    }
    let weights = model.join("weights.safetensors");
    let bytes = weights.metadata().map_or(0, |m| m.len());
    if bytes > LARGEST_MODEL_BYTES {
        faults.push(format!(
            "models/{name}: the weights have {bytes} bytes, more than 16 MiB"
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a file is its first line; a build script may open with a plain comment.
    #[test]
    fn heads_are_required() {
        assert!(source("//! What it is.\n", false).is_empty());
        assert!(source("// What it is.\n", true).is_empty());
        assert_eq!(source("// What it is.\n", false).len(), 1);
        assert_eq!(source("use x;\n", true).len(), 1);
        assert_eq!(source(&"//!\n".repeat(601), false).len(), 1);
    }

    /// What was left for later is found with its line.
    #[test]
    fn open_ends_are_found() {
        let text = format!("fine\n  // {}: later\n", OPEN_ENDS[0]);
        let found: Vec<_> = open_ends(&text).collect();
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("line 2: "), "{found:?}");
    }

    /// A model without papers is told what it lacks.
    #[test]
    fn models_need_papers() {
        assert_eq!(papers(Path::new("/no/such/model")).len(), 3);
    }
}
