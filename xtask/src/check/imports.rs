//! Who may import whom: the table of the workspace's rooms, held against cargo's own graph.
//!
//! ```text
//!  cargo metadata ─► our crates ─► direct imports of ours ⊆ the table
//!                               ├► direct imports         ∌ what is another's own
//!                               └► everything reached     ∌ what is forbidden
//! ```

use crate::failure::Failure;
use crate::workspace::metadata;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What one of our crates may and may not use.
struct Rule {
    name: &'static str,
    /// Crates of ours that it may import directly, for any purpose.
    may: &'static [&'static str],
    /// Crates that what it ships must not reach, by any way.
    never: &'static [&'static str],
}

const RULES: [Rule; 14] = [
    Rule {
        name: "betwixt-spectral",
        may: &[],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "betwixt-model",
        may: &["betwixt-spectral"],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "betwixt-engine",
        may: &["betwixt-spectral", "betwixt-model"],
        never: &["nice-plug", "egui", "candle-core"],
    },
    Rule {
        name: "betwixt",
        may: &["betwixt-engine", "betwixt-model", "betwixt-spectral"],
        // `colored` (MPL-2.0) comes with what compares pictures, and is for tests alone.
        never: &[
            "candle-core",
            "betwixt-trainer",
            "betwixt-corpus",
            "colored",
        ],
    },
    Rule {
        name: "betwixt-analysis",
        may: &["betwixt-spectral", "betwixt-model"],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "betwixt-corpus",
        may: &["betwixt-spectral", "betwixt-analysis", "betwixt-model"],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "betwixt-trainer",
        may: &[
            "betwixt-corpus",
            "betwixt-analysis",
            "betwixt-spectral",
            "betwixt-model",
            "betwixt-picture",
            // The attack is learnt from what the engine makes of everything else.
            "betwixt-evaluation",
        ],
        never: &["nice-plug"],
    },
    Rule {
        name: "betwixt-evaluation",
        may: &[
            "betwixt-engine",
            "betwixt-model",
            "betwixt-spectral",
            "betwixt-analysis",
            "betwixt-corpus",
            "betwixt-host",
            "betwixt-picture",
        ],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "betwixt-fuzz",
        may: &["betwixt"],
        never: &["candle-core"],
    },
    Rule {
        name: "betwixt-host",
        may: &[],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "betwixt-picture",
        may: &[],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "betwixt-tests",
        may: &[
            "betwixt-host",
            "betwixt-engine",
            "betwixt-evaluation",
            "betwixt-model",
            "betwixt-spectral",
            "betwixt-stand-in",
        ],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "betwixt-stand-in",
        may: &[],
        never: &["nice-plug", "candle-core"],
    },
    Rule {
        name: "xtask",
        may: &[],
        never: &["nice-plug", "candle-core"],
    },
];

/// What only one of ours may import directly: a host's side of plugins' binary interfaces.
const OWN: [(&str, &str); 3] = [
    ("clack-host", "betwixt-host"),
    ("clack-extensions", "betwixt-host"),
    ("vst3", "betwixt-host"),
];

/// Fails with one line per forbidden import.
pub(super) fn run() -> Result<(), Failure> {
    let graph = Graph::read(&metadata()?);
    let faults = graph.faults();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        faults.join("\n"),
        "move the code to the crate that may use it; the table stands in xtask/src/check/imports.rs",
    ))
}

/// Our crates by name, with what they import.
#[derive(Default)]
struct Graph {
    /// Of each of ours: crates of ours imported for any purpose, tests too.
    direct: BTreeMap<String, BTreeSet<String>>,
    /// The same, with everybody else's crates.
    imported: BTreeMap<String, BTreeSet<String>>,
    /// Of every package (by identifier): what is linked into it.
    linked: BTreeMap<String, Vec<String>>,
    names: BTreeMap<String, String>,
    ours: BTreeMap<String, String>,
}

impl Graph {
    fn read(metadata: &Value) -> Self {
        let mut graph = Self::default();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let members: BTreeSet<_> = list(&metadata["workspace_members"])
            .iter()
            .map(text)
            .collect();
        for package in list(&metadata["packages"]) {
            let (id, name) = (text(&package["id"]), text(&package["name"]));
            if members.contains(&id) {
                graph.ours.insert(name.clone(), id.clone());
            }
            graph.names.insert(id, name);
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let id = text(&node["id"]);
            let dependencies = list(&node["deps"]);
            let normal = |d: &&Value| list(&d["dep_kinds"]).iter().any(|k| k["kind"].is_null());
            let linked = dependencies.iter().filter(normal).map(|d| text(&d["pkg"]));
            graph.linked.insert(id.clone(), linked.collect());
            if members.contains(&id) {
                let all = dependencies.iter().map(|d| text(&d["pkg"]));
                let (ours, others): (BTreeSet<_>, BTreeSet<_>) =
                    all.partition(|d| members.contains(d));
                let names = |ids: &BTreeSet<String>| -> BTreeSet<String> {
                    ids.iter().map(|id| graph.names[id].clone()).collect()
                };
                let (ours, others) = (names(&ours), names(&others));
                graph.imported.insert(graph.names[&id].clone(), others);
                graph.direct.insert(graph.names[&id].clone(), ours);
            }
        }
        graph
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for name in self.ours.keys() {
            match RULES.iter().find(|r| r.name == name) {
                Some(rule) => faults.extend(self.faults_of(rule)),
                None => faults.push(format!("{name}: the table does not know this crate")),
            }
        }
        faults
    }

    fn faults_of(&self, rule: &Rule) -> Vec<String> {
        let direct = self.direct.get(rule.name).into_iter().flatten();
        let strangers = direct.filter(|d| !rule.may.contains(&d.as_str()));
        let mut faults: Vec<_> = strangers
            .map(|d| format!("{} imports {d}, which it may not", rule.name))
            .collect();
        let imported = self.imported.get(rule.name).into_iter().flatten();
        for (theirs, owner) in OWN.iter().filter(|(_, owner)| *owner != rule.name) {
            if imported.clone().any(|name| name == theirs) {
                faults.push(format!(
                    "{} imports {theirs}, which only {owner} may",
                    rule.name
                ));
            }
        }
        for forbidden in rule.never {
            if let Some(way) = self.way(rule.name, forbidden) {
                faults.push(format!("{} reaches {forbidden}: {way}", rule.name));
            }
        }
        faults
    }

    /// One chain of links from one of ours to a package.
    fn way(&self, from: &str, to: &str) -> Option<String> {
        let start = self.ours.get(from)?;
        let mut came_from = BTreeMap::from([(start, start)]);
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            if self.names.get(id).is_some_and(|n| n == to) {
                let chain = std::iter::successors(Some(id), |id| Some(came_from[*id]));
                let mut chain: Vec<_> = chain.take_while(|id| *id != start).collect();
                chain.push(start);
                let names: Vec<_> = chain
                    .iter()
                    .rev()
                    .map(|id| self.names[*id].clone())
                    .collect();
                return Some(names.join(" → "));
            }
            for next in self.linked.get(id).into_iter().flatten() {
                if !came_from.contains_key(next) {
                    came_from.insert(next, id);
                    open.push(next);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn graph(linked: &[(&str, &[(&str, Value)])]) -> Graph {
        let members = ["betwixt-engine", "betwixt-host"];
        let package = |(name, _): &(&str, _)| json!({ "id": name, "name": name });
        let node = |(name, deps): &(&str, &[(&str, Value)])| {
            let dep =
                |(to, kind): &(&str, Value)| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] });
            json!({ "id": name, "deps": deps.iter().map(dep).collect::<Vec<_>>() })
        };
        Graph::read(&json!({
            "workspace_members": members,
            "packages": linked.iter().map(package).collect::<Vec<_>>(),
            "resolve": { "nodes": linked.iter().map(node).collect::<Vec<_>>() },
        }))
    }

    /// A forbidden crate is found behind another one, and the way to it is told.
    #[test]
    fn forbidden_crates_are_found_however_far() {
        let faults = graph(&[
            ("betwixt-engine", &[("widgets", Value::Null)]),
            ("widgets", &[("egui", Value::Null)]),
            ("egui", &[]),
            ("betwixt-host", &[]),
        ])
        .faults();
        let expected = "betwixt-engine reaches egui: betwixt-engine → widgets → egui";
        assert_eq!(faults, [expected]);
    }

    /// The interfaces of plugins are the host's own, for tests too; to link them through it is well.
    #[test]
    fn interfaces_of_plugins_are_the_host_s() {
        let faults = graph(&[
            (
                "betwixt-engine",
                &[("vst3", json!("dev")), ("other", Value::Null)],
            ),
            ("other", &[("vst3", Value::Null)]),
            ("betwixt-host", &[("vst3", Value::Null)]),
            ("vst3", &[]),
        ])
        .faults();
        let expected = "betwixt-engine imports vst3, which only betwixt-host may";
        assert_eq!(faults, [expected]);
    }

    /// What only tests need does not ship; but a crate of ours in the wrong room is wrong in tests too.
    #[test]
    fn test_dependencies_are_judged_by_the_table_only() {
        let faults = graph(&[
            (
                "betwixt-engine",
                &[("egui", json!("dev")), ("betwixt-host", json!("dev"))],
            ),
            ("egui", &[]),
            ("betwixt-host", &[]),
        ])
        .faults();
        assert_eq!(
            faults,
            ["betwixt-engine imports betwixt-host, which it may not"]
        );
    }
}
