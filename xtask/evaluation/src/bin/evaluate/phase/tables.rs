//! The page to be read: means, held frames, pictures.
//!
//! ```text
//!  report ─► phase.md: what each mode sounds like │ means of each group │ held frames of each size
//! ```

use super::measured::{HeldBySize, QualityBySize};
use super::{Report, SIZES};
use crate::failure::Failure;
use betwixt_evaluation::phase::{HeldQuality, Mode};
use std::collections::BTreeMap;
use std::path::Path;

/// The held frames that are noise; all others are tones.
const NOISES: [&str; 3] = ["flat", "pink", "rippled"];

/// Writes the page, whole or not at all.
pub(super) fn write(path: &Path, report: &Report, pictures: Option<&Path>) -> Result<(), Failure> {
    let mut text = format!(
        "# Phase from magnitude: every mode on the same recordings\n\n\
         Made by `{}`; do not edit.\n\n{}\n## Means\n\n{}\n## Held frames\n\n{}",
        report.command,
        modes(),
        means(&report.means),
        held(&report.held)
    );
    if let Some(folder) = pictures {
        text += &shown(path, report, folder);
    }
    let unfinished = path.with_extension("md-unfinished");
    let written = std::fs::write(&unfinished, text);
    let written = written.and_then(|()| std::fs::rename(&unfinished, path));
    written.map_err(|error| Failure::Write {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })
}

fn modes() -> String {
    let row = |mode: Mode| {
        let when = if mode.is_real_time() {
            "frame by frame"
        } else {
            "offline"
        };
        format!("| `{}` | {when} | {} |\n", mode.name(), mode.sounds_like())
    };
    let rows: String = Mode::ALL.into_iter().map(row).collect();
    format!("| mode | works | sounds like |\n| --- | --- | --- |\n{rows}")
}

/// A table for each group of recordings.
pub(super) fn means(means: &BTreeMap<&'static str, QualityBySize>) -> String {
    let sizes = SIZES.map(|size| format!("{size}/{} | ", size / 4)).concat();
    let times = SIZES.map(|size| format!("{size} µs | ")).concat();
    let mut text = String::from(
        "SC / LSD in dB, lower is better; then the time of a frame's phases, median and worst.\n\n",
    );
    for (group, by_size) in means {
        text += &format!("| {group} | {sizes}{}\n", times.trim_end());
        text += &format!("|{}\n", " --- |".repeat(1 + 2 * SIZES.len()));
        for mode in Mode::ALL {
            let found = SIZES.map(|size| by_size.get(&size).and_then(|modes| modes.get(&mode)));
            let found = found.into_iter().flatten();
            let qualities = found
                .clone()
                .map(|q| format!(" {:.1} / {:.2} |", q.sc_db, q.lsd_db));
            let times = found.map(|q| format!(" {:.1} / {:.1} |", q.median_us, q.worst_us));
            let cells: String = qualities.chain(times).collect();
            text += &format!("| `{}` |{cells}\n", mode.name());
        }
        text += "\n";
    }
    text
}

/// A table for each size.
fn held(held: &BTreeMap<String, HeldBySize>) -> String {
    let mut text = String::from(
        "One frame held for 3 s. Of tones (each recording's steadiest loud frame): hop modulation \
         mean and worst, level wander worst, SC mean, pitch error worst. Of noise: hop modulation \
         and crest factor. Below, each recording: hop modulation / wander / SC / cents.\n\n",
    );
    for size in SIZES {
        text += &format!(
            "| {size}/{} | modulation, dB | wander, dB | SC, dB | pitch, cents | {} |\n|{}\n",
            size / 4,
            NOISES.join(" | "),
            " --- |".repeat(5 + NOISES.len())
        );
        for mode in Mode::ALL.into_iter().filter(|mode| mode.is_real_time()) {
            text += &row(held, size, mode);
        }
        text += "\n";
        text += &each(held, size);
    }
    text
}

fn row(held: &BTreeMap<String, HeldBySize>, size: usize, mode: Mode) -> String {
    let of = |name: &String| held.get(name)?.get(&size)?.get(&mode);
    let tones = held.keys().filter(|name| !NOISES.contains(&name.as_str()));
    let tones: Vec<&HeldQuality> = tones.filter_map(of).collect();
    let modulations: Vec<f64> = tones.iter().filter_map(|q| q.hop_modulation_db).collect();
    let cents = tones.iter().filter_map(|q| q.pitch_error_cents);
    let cents: Vec<f64> = cents.map(f64::abs).collect();
    let wander: Vec<f64> = tones.iter().map(|q| q.rms_wander_db).collect();
    let convergence: Vec<f64> = tones.iter().map(|q| q.sc_db).collect();
    let noises = NOISES.map(|name| {
        let quality = of(&name.to_owned());
        let told = |q: &HeldQuality| {
            let modulation = one(q.hop_modulation_db);
            format!(" {modulation}, crest {:.1} |", q.crest_db)
        };
        quality.map_or_else(|| " – |".to_owned(), told)
    });
    format!(
        "| `{}` | {}, {} | {} | {} | {} |{}\n",
        mode.name(),
        one(mean(&modulations)),
        one(worst(&modulations)),
        one(worst(&wander)),
        one(mean(&convergence)),
        one(worst(&cents)),
        noises.concat()
    )
}

/// Every recording's own figures.
fn each(held: &BTreeMap<String, HeldBySize>, size: usize) -> String {
    let modes = || Mode::ALL.into_iter().filter(|mode| mode.is_real_time());
    let names: String = modes()
        .map(|mode| format!(" `{}` |", mode.name()))
        .collect();
    let mut text = format!("| {size}/{} |{names}\n|", size / 4);
    text += &format!("{}\n", " --- |".repeat(1 + modes().count()));
    for (name, by_size) in held.iter().filter(|h| !NOISES.contains(&h.0.as_str())) {
        let found = |mode| by_size.get(&size).and_then(|modes| modes.get(&mode));
        let cell = |q: &HeldQuality| {
            let [modulation, cents] = [q.hop_modulation_db, q.pitch_error_cents].map(one);
            format!(
                " {modulation} / {:.1} / {:.1} / {cents} |",
                q.rms_wander_db, q.sc_db
            )
        };
        let cells: String = modes().filter_map(found).map(cell).collect();
        text += &format!("| {name} |{cells}\n");
    }
    text + "\n"
}

/// A figure, or a dash where there is none.
fn one(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn worst(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}

/// The pictures, by their place beside the page if they lie there.
fn shown(page: &Path, report: &Report, folder: &Path) -> String {
    let beside = page
        .parent()
        .and_then(|parent| folder.strip_prefix(parent).ok());
    let folder = beside.unwrap_or(folder);
    let picture = |name: &String| {
        let path = folder.join(name.clone() + ".png");
        format!("![{name}]({})\n\n", path.display())
    };
    let pictures: String = report.files.keys().map(picture).collect();
    format!("## Pictures\n\n{pictures}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row has as many cells as its table's head; a figure that is none is a dash.
    #[test]
    fn tables_are_rectangular() {
        let quality = HeldQuality {
            hop_modulation_db: None,
            crest_db: 9.0,
            rms_wander_db: 0.5,
            sc_db: -30.0,
            pitch_error_cents: None,
        };
        let modes: BTreeMap<Mode, HeldQuality> = Mode::ALL.map(|mode| (mode, quality)).into();
        let by_size: HeldBySize = SIZES.map(|size| (size, modes.clone())).into();
        let names = ["flat", "pink", "rippled", "tone"];
        let text = held(&names.map(|name| (name.to_owned(), by_size.clone())).into());
        let lines: Vec<&str> = text.lines().collect();
        let mut heads = 0;
        for table in lines.split(|line| line.is_empty()).skip(1) {
            let cells = |line: &&str| line.matches('|').count();
            let equal = table.iter().all(|line| cells(line) == cells(&table[0]));
            assert!(equal, "{table:#?}");
            heads += usize::from(!table.is_empty());
        }
        assert_eq!(heads, 2 * SIZES.len());
        assert!(text.contains("| tone | – / 0.5 / -30.0 / – |"), "{text}");
    }
}
