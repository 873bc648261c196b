//! The licences of everything that is compiled in or used to build.

use crate::failure::Failure;
use crate::workspace::metadata;
use serde_json::Value;
use spdx::{Expression, LicenseReq, ParseMode};

/// Licences under which a plugin may be given away with sources of its own licence.
const ALLOWED: [&str; 16] = [
    "0BSD",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "OFL-1.1",
    "Ubuntu-font-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Packages of other licences that only tests use and nobody is given; the check of the imports holds
/// that the plugin does not reach them.
const TESTS_ONLY: [(&str, &str); 1] = [("colored", "MPL-2.0")];

/// Fails with one line per package whose licence is not allowed.
pub(super) fn run() -> Result<(), Failure> {
    let metadata = metadata()?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let faults: Vec<_> = packages.iter().filter_map(fault).collect();
    if !packages.is_empty() && faults.is_empty() {
        println!("{} packages", packages.len());
        return Ok(());
    }
    Err(Failure::new(
        faults.join("\n"),
        "use another package, or extend the list in xtask/src/check/licences.rs for a good reason",
    ))
}

/// What is wrong with a package's licence.
fn fault(package: &Value) -> Option<String> {
    let text = |field: &str| package[field].as_str().unwrap_or_default();
    let (name, version) = (text("name"), text("version"));
    let licence = text("license");
    let said = |what: &str| Some(format!("{name} {version}: {what}"));
    match Expression::parse_mode(licence, ParseMode::LAX) {
        _ if licence.is_empty() => said("it names no licence"),
        Err(error) => said(&format!(
            "its licence {licence:?} is no SPDX expression: {error}"
        )),
        Ok(expression) if expression.evaluate(allowed) => None,
        Ok(_) if TESTS_ONLY.contains(&(name, licence)) => None,
        Ok(_) => said(&format!("its licence {licence} is not on the list")),
    }
}

fn allowed(requirement: &LicenseReq) -> bool {
    let id = requirement.license.id().map(|id| id.name);
    id.is_some_and(|id| ALLOWED.contains(&id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(licence: &str) -> bool {
        fault(&json!({ "name": "x", "version": "1.0.0", "license": licence })).is_none()
    }

    /// One allowed alternative is enough; every part of a conjunction is needed.
    #[test]
    fn expressions_are_read_as_logic() {
        assert!(holds("MIT OR GPL-3.0-only"));
        assert!(holds("MIT/Apache-2.0"), "the old way to write OR");
        assert!(holds("(MIT OR Apache-2.0) AND OFL-1.1 AND Ubuntu-font-1.0"));
        assert!(!holds("MIT AND GPL-3.0-only"));
        assert!(!holds("GPL-3.0-or-later"));
        assert!(!holds(""));
        assert!(!holds("as you like"));
    }
}
