//! The report to be read: a table and pictures of a few notes, real beside played.
//!
//! ```text
//!  sets ─► NAME.md, NAME.png (from each set two notes, one in the middle of the field, one at its end)
//! ```

use super::likeness::Set;
use super::subject::{Pair, Subject};
use crate::comparison::{Compared, Figures};
use crate::failure::Failure;
use betwixt_evaluation::picture::spectrogram;
use betwixt_evaluation::player::RATE_HZ;
use betwixt_picture::{Sheet, SheetRow, sheet};
use std::collections::BTreeMap;
use std::path::Path;

/// Sounds of each set that are named.
const FARTHEST: usize = 6;

/// Writes report and picture beside the figures.
pub(crate) fn write(
    folder: &Path,
    (name, command): &(String, String),
    subject: &Subject<'_>,
    (sets, lines): (&[Set], &str),
) -> Result<(), Failure> {
    let picture = folder.join(format!("{name}.png"));
    draw(&picture, subject, sets)?;
    let text = format!(
        "# {}\n\nMade by `{command}`; do not edit.\n\n\
         Means over notes; SC and LSD in dB, lower is better.\n\n```text\n{lines}```\n\n\
         {}![real and played]({name}.png)\n",
        subject.called(),
        sets.iter().map(farthest).collect::<String>()
    );
    let path = folder.join(format!("{name}.md"));
    let unfinished = folder.join(format!("{name}.md-unfinished"));
    let written = std::fs::write(&unfinished, text);
    let written = written.and_then(|()| std::fs::rename(&unfinished, &path));
    written.map_err(|error| Failure::Write {
        path,
        reason: error.to_string(),
    })
}

/// The sounds of a set that are farthest off, as a table.
fn farthest(set: &Set) -> String {
    let mut by_sound: BTreeMap<&str, Vec<&Compared>> = BTreeMap::new();
    for note in &set.notes {
        by_sound.entry(&note.sound).or_default().push(note);
    }
    let means = by_sound
        .into_iter()
        .map(|(sound, notes)| (sound, Figures::of(notes)));
    let mut means: Vec<(&str, Figures)> = means.collect();
    means.sort_by(|a, b| b.1.convergence_db.total_cmp(&a.1.convergence_db));
    let line = |(sound, figures): &(&str, Figures)| {
        format!(
            "| {sound} | {} | {:.1} | {:.1} | {:.3} |\n",
            figures.notes, figures.convergence_db, figures.distance_db, figures.mel_correlation
        )
    };
    let lines: String = means.iter().take(FARTHEST).map(line).collect();
    format!(
        "Farthest off among {}:\n\n| sound | notes | SC | LSD | mel r |\n| --- | --- | --- | --- | --- |\n{lines}\n",
        set.name
    )
}

fn draw(path: &Path, subject: &Subject<'_>, sets: &[Set]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for set in sets {
        for pair in telling(set) {
            rows.push(row(subject, set, pair)?);
        }
    }
    let picture = Sheet {
        title: format!("{}: real notes and played ones", subject.called()),
        subtitle:
            "of each set the note in the middle of the field, and one that nine of ten surpass"
                .into(),
        columns: vec!["real".into(), "played by the model".into()],
        rows,
    };
    Ok(sheet(path, &picture)?)
}

/// The pairs at half and at nine tenths of the order by convergence.
fn telling(set: &Set) -> Vec<Pair> {
    // A pair whose real note is silent has no figure; then places and figures no longer agree.
    if set.notes.len() != set.pairs.len() {
        return set.pairs.first().copied().into_iter().collect();
    }
    let mut order: Vec<usize> = (0..set.notes.len()).collect();
    let convergence = |i: &usize| set.notes[*i].convergence_db;
    order.sort_by(|a, b| convergence(a).total_cmp(&convergence(b)));
    let places = [order.len() / 2, order.len() * 9 / 10];
    let chosen = places.iter().filter_map(|place| order.get(*place));
    chosen.map(|i| set.pairs[*i]).collect()
}

fn row(subject: &Subject<'_>, set: &Set, pair: Pair) -> Result<SheetRow, Failure> {
    let (real, played) = subject.play(pair)?;
    let rate_hz = f64::from(RATE_HZ);
    let shown = |signal: &[f32]| spectrogram(signal, rate_hz, (2048, 512));
    let mut spectrograms = vec![shown(&real), shown(&played)];
    let shown_db = spectrograms[0].shown_db;
    spectrograms.iter_mut().for_each(|s| s.shown_db = shown_db);
    let notes = &subject.material.notes;
    let (from, to) = (notes[pair.from], notes[pair.to]);
    let carried = if from.key == to.key {
        String::new()
    } else {
        format!(", knobs from key {}", from.key)
    };
    Ok(SheetRow {
        name: format!(
            "{}: {}, key {}, velocity {}{carried}",
            set.name, subject.material.sounds[to.sound].0, to.key, to.velocity
        ),
        seconds: real.len() as f64 / rate_hz,
        spectrograms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes of one sound are one line, their mean; the farthest comes first.
    #[test]
    fn sounds_are_ranked_by_their_means() {
        let note = |sound: &str, convergence_db| Compared {
            sound: sound.into(),
            key: 60,
            velocity: 80,
            convergence_db,
            distance_db: 3.0,
            mel_correlation: Some(0.9),
            rise_ms: None,
        };
        let notes = vec![note("Oboe", -4.0), note("Harp", -9.0), note("Oboe", -6.0)];
        let set = Set {
            name: "any",
            figures: Figures::of(&notes),
            notes,
            pairs: vec![],
        };
        let table = farthest(&set);
        let oboe = table.find("| Oboe | 2 | -5.0 |").unwrap();
        assert!(oboe < table.find("| Harp | 1 | -9.0 |").unwrap(), "{table}");
    }
}
