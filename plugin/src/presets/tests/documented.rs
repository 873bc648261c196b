//! The list of parameters in `docs/presets.md` is the one that is read.

use super::*;
use crate::parameters::{Entry, Kind};
use crate::sound::is_part;
use nice_plug::prelude::Param;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/presets.md");
/// What stands before and behind the list.
const MARKS: [&str; 2] = ["<!-- parameters -->\n", "<!-- end -->"];

fn line(entry: &Entry<'_>) -> String {
    let [values, default] = match entry.kind {
        Kind::Real(own) => {
            let range = [own.preview_plain(0.0), own.preview_plain(1.0)];
            let default = match crate::parameters::LATENT_IDS.contains(&entry.id) {
                true => "(the model's)".into(),
                false => own.default_plain_value().to_string(),
            };
            [format!("{} … {}", range[0], range[1]), default]
        }
        Kind::Whole(own) => {
            let range = [own.preview_plain(0.0), own.preview_plain(1.0)];
            let range = format!("{} … {}, whole", range[0], range[1]);
            [range, own.default_plain_value().to_string()]
        }
        Kind::Switch(own) => ["true, false".into(), own.default_plain_value().to_string()],
        Kind::Choice(own) => [own.ids().join(", "), own.ids()[own.default_place()].into()],
    };
    format!(
        "| `{}` | {} | {values} | {default} |\n",
        entry.id,
        entry.knob.label()
    )
}

/// With `BETWIXT_WRITE_GOLDEN=1` the list is written instead of compared.
#[test]
fn every_parameter_of_a_sound_is_documented() {
    let parameters = parameters();
    let table = parameters.table();
    let lines = table.iter().filter(|entry| is_part(entry.id)).map(line);
    let head = "| identifier | name | values | default |\n|---|---|---|---|\n";
    let expected = format!("{head}{}", lines.collect::<String>());
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(MARKS[0]).unwrap();
    let (found, after) = rest.split_once(MARKS[1]).unwrap();
    if std::env::var_os("BETWIXT_WRITE_GOLDEN").is_some() {
        let [begin, end] = MARKS;
        std::fs::write(DOCUMENT, format!("{before}{begin}{expected}{end}{after}")).unwrap();
    } else {
        assert!(
            found == expected,
            "BETWIXT_WRITE_GOLDEN=1 writes the list anew"
        );
    }
}
