//! The list: what lies where, what is found, what is marked.

use super::*;
use crate::presets::factory::TEXTS;
use crate::presets::list::file_name;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn text(name: &str, category: &str, more: &str) -> String {
    format!("format = 1\nname = \"{name}\"\ncategory = \"{category}\"\n{more}\n")
}

/// A folder with banks, a damaged preset and other things.
fn list(folder: &Path) -> List {
    write(
        folder,
        "one.toml",
        &text("Quux two", "Leads", "author = \"Ada\""),
    );
    write(
        folder,
        "Bank/deep/two.TOML",
        &text("quux one", "Leads", "tags = [\"Soft\"]"),
    );
    write(
        folder,
        "Bank/three.toml",
        &text("Quux", "Keys", "comment = \"Play it Softly\""),
    );
    write(folder, "broken.toml", "format = 1\nname = 3\n");
    write(folder, ".hidden/four.toml", &text("Quux four", "Keys", ""));
    write(folder, "words.txt", "no preset");
    List::read(Some(folder), &parameters(), &AtomicBool::new(false))
}

fn find(list: &List, query: &Query) -> Vec<String> {
    let found = query.find(list, &Favourites::at(None));
    let name = |at: usize| list.items[at].preset.head.name.clone();
    found.into_iter().map(name).collect()
}

fn words(words: &str) -> Query {
    Query {
        words: words.into(),
        ..Query::default()
    }
}

/// Presets of the factory and of every bank stand by shelf and name; a damaged file is said by its
/// name and line and hides no other one.
#[test]
fn all_presets_are_listed() {
    let place = tempfile::tempdir().unwrap();
    let list = list(place.path());
    assert_eq!(list.items.len(), TEXTS.len() + 3);
    assert_eq!(
        find(&list, &words("quux")),
        ["Quux", "quux one", "Quux two"]
    );
    let shelf = |item: &Item| item.preset.head.category;
    assert!(
        list.items
            .windows(2)
            .all(|pair| shelf(&pair[0]) <= shelf(&pair[1]))
    );
    assert_eq!(list.faults.len(), 1);
    let fault = &list.faults[0];
    assert!(
        fault.contains("broken.toml: line 2: `name` is 3"),
        "{fault}"
    );
    assert_eq!(list.authors(), ["Ada", "Betwixt"]);
    let none = List::read(
        Some(&place.path().join("none")),
        &parameters(),
        &AtomicBool::new(false),
    );
    assert_eq!(none.items.len(), TEXTS.len());
}

/// Every word must stand somewhere: in the name, on the shelf, in tags, author, comment, models or
/// bank, whatever the case of the letters.
#[test]
fn words_are_found_wherever_they_stand() {
    let place = tempfile::tempdir().unwrap();
    let list = list(place.path());
    let expected: [(&str, &[&str]); 7] = [
        ("QUUX soft", &["Quux", "quux one"]),
        ("quux ada", &["Quux two"]),
        ("quux leads", &["quux one", "Quux two"]),
        ("quux bank", &["Quux", "quux one"]),
        ("quux deep", &["quux one"]),
        ("quux instruments", &["Quux", "quux one", "Quux two"]),
        ("quux nowhere", &[]),
    ];
    for (query, names) in expected {
        assert_eq!(find(&list, &words(query)), *names, "{query}");
    }
    let query = Query {
        category: Some(Category::Leads),
        author: Some("Ada".into()),
        ..words("quux")
    };
    assert_eq!(find(&list, &query), ["Quux two"]);
}

/// Next and previous go round; from outside they come to the first and to the last one.
#[test]
fn next_and_previous_go_round_in_what_was_found() {
    let place = tempfile::tempdir().unwrap();
    let list = list(place.path());
    let found = words("quux").find(&list, &Favourites::at(None));
    let name = |at: Option<usize>| at.map(|at| list.items[at].preset.head.name.as_str());
    let here = |place: usize| Some(&list.items[found[place]].place);
    assert_eq!(name(beside(&list, &found, here(0), true)), Some("quux one"));
    assert_eq!(name(beside(&list, &found, here(2), true)), Some("Quux"));
    assert_eq!(
        name(beside(&list, &found, here(0), false)),
        Some("Quux two")
    );
    assert_eq!(name(beside(&list, &found, None, true)), Some("Quux"));
    assert_eq!(name(beside(&list, &found, None, false)), Some("Quux two"));
    assert_eq!(beside(&list, &[], here(0), true), None);
    assert_eq!(beside(&list, &[], None, false), None);
}

/// Marks are kept in their file, line by line, and those of another instance are not lost; names of
/// presets that are not there stay.
#[test]
fn marks_are_kept_for_all_instances() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("favourites.txt");
    fs::write(&file, "own/gone.toml\n").unwrap();
    let mut one = Favourites::at(Some(file.clone()));
    let mut other = Favourites::at(Some(file.clone()));
    let [factory, own] = [
        Place::Factory("a"),
        Place::Own(PathBuf::from("b").join("c.toml")),
    ];
    one.turn(&factory).unwrap();
    other.turn(&own).unwrap();
    let kept = fs::read_to_string(&file).unwrap();
    assert_eq!(kept, "factory/a\nown/b/c.toml\nown/gone.toml\n");
    assert!(other.has(&factory) && other.has(&own));
    other.turn(&factory).unwrap();
    one.look();
    assert!(!one.has(&factory) && one.has(&own));
}

/// Names become names of files on every system: nothing leads out of the folder, no device is meant.
#[test]
fn names_become_names_of_files() {
    let expected = [
        ("Glass & Wood", Some("Glass _ Wood")),
        ("../../etc/passwd", Some("______etc_passwd")),
        ("Ümläut, (2)", Some("Ümläut, (2)")),
        ("con", Some("con_")),
        ("COM1", Some("COM1_")),
        ("  ", None),
        ("", None),
    ];
    for (name, file) in expected {
        assert_eq!(file_name(name).as_deref(), file, "{name}");
    }
    assert!(file_name(&"ö".repeat(300)).unwrap().len() < 200);
}

/// The thread gives its list, and one that is not waited for ends with the window.
#[test]
fn the_list_comes_from_a_thread() {
    let place = tempfile::tempdir().unwrap();
    let expected = list(place.path()).items.len();
    let parameters = Arc::new(parameters());
    let mut scan = Scan::new();
    scan.start(Some(place.path().into()), Arc::clone(&parameters));
    while scan.is_busy() {
        scan.look();
        std::thread::yield_now();
    }
    assert_eq!(scan.list().items.len(), expected);
    scan.start(Some(place.path().into()), parameters);
    drop(scan);
}
