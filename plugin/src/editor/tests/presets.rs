//! The presets in the window: what a click, a key and a word in the search line do.

use super::super::presets::View;
use super::bench::{Bench, SIZE};
use crate::parameters::Parameters;
use crate::presets::{Favourites, Preset};
use crate::sound::{Sound, Value};
use egui::{Key, vec2};
use std::path::Path;
use std::sync::Arc;

/// A window over three presets of the player's own; the factory's are there too.
fn bench(folder: &Path) -> Bench {
    let mut bench = Bench::new(8, SIZE);
    let presets = folder.join("presets");
    let parameters = &bench.parameters;
    for (name, latent, bank) in [("Aa", 0.1, ""), ("Ab", 0.2, "bank"), ("Zz", 0.9, "bank")] {
        let mut preset = Preset::initial(parameters);
        preset.head.name = format!("{name} of mine");
        preset.head.author = "Me".into();
        preset.sound.values[0] = Some(exact(parameters, latent));
        let path = presets.join(bank).join(format!("{name}.toml"));
        preset.write_file(&path, parameters).unwrap();
    }
    let favourites = Favourites::at(Some(folder.join("favourites.txt")));
    bench.editor.presets = View::new(Some(presets), favourites);
    bench
}

fn exact(parameters: &Parameters, latent: f32) -> Value {
    Value::Real(latent).exact(parameters.table()[0].kind)
}

/// Paints until the presets have been read.
fn wait(bench: &mut Bench) {
    bench.picture(Vec::new());
    while bench.editor.presets.is_busy() {
        std::thread::yield_now();
        bench.picture(Vec::new());
    }
    bench.picture(Vec::new());
}

/// Opens the browser and looks for words.
fn open(bench: &mut Bench, words: &str) {
    let bar = bar(bench);
    bench.click_on(&bar);
    wait(bench);
    if !words.is_empty() {
        let line = bench.areas().page.left_top() + vec2(60.0, 24.0);
        bench.click(line);
        bench.write(words);
        bench.picture(Vec::new());
    }
}

/// What the bar says.
fn bar(bench: &mut Bench) -> String {
    let labels = bench.nodes().into_iter().map(|node| node.label);
    let mut bars = labels.filter(|label| label.starts_with("Preset: "));
    bars.next().expect("there is a bar")
}

fn rows(bench: &mut Bench) -> Vec<String> {
    let nodes = bench.nodes().into_iter();
    let rows = nodes.filter(|node| node.role == egui::Role::ListItem);
    let mut rows: Vec<String> = rows.map(|node| node.label).collect();
    rows.sort();
    rows
}

/// A click on a row loads it: the host hears it, what a controller held is released, the map stays,
/// and the sound that is heard is the preset's to the last bit.
#[test]
fn a_click_loads_a_preset() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench(folder.path());
    let map = bench.parameters.map.rows();
    let attack = bench.parameters.map.place("attack").unwrap();
    bench.parameters.controllers.take(0, 0.77);
    bench.parameters.controllers.take(attack, 0.5);
    open(&mut bench, "mine");
    assert_eq!(rows(&mut bench), ["Aa of mine", "Ab of mine", "Zz of mine"]);
    bench.host.take();
    bench.click_on("Ab of mine");
    let heard = bench.host.take();
    assert!(
        heard.iter().any(|(name, _)| name == "Latent 1"),
        "{heard:?}"
    );
    assert_eq!(bar(&mut bench), "Preset: Ab of mine");
    let parameters = &bench.parameters;
    let loaded = parameters.loaded.preset(parameters).unwrap();
    assert_eq!(loaded.sound, Sound::of(parameters));
    assert_eq!(parameters.controllers.position(attack), None);
    assert_eq!(parameters.map.rows(), map);
    bench.press(Key::Escape);
    let at = bench.latent(3);
    bench.drag(at, vec2(40.0, 0.0));
    assert_eq!(
        bar(&mut bench),
        "Preset: Ab of mine *",
        "it has been changed"
    );
}

/// The arrow keys walk through what was found, Enter loads it, Escape closes the browser.
#[test]
fn the_keyboard_walks_and_loads() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench(folder.path());
    open(&mut bench, "me MINE");
    bench.press(Key::ArrowDown);
    bench.press(Key::ArrowDown);
    bench.press(Key::ArrowDown);
    bench.press(Key::ArrowUp);
    bench.press(Key::Enter);
    assert_eq!(bar(&mut bench), "Preset: Ab of mine");
    bench.press(Key::Escape);
    assert!(!bench.editor.presets.is_open());
}

/// Next and previous go round in what was found last, with the browser closed too.
#[test]
fn next_and_previous_go_round() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench(folder.path());
    open(&mut bench, "of mine");
    bench.press(Key::Escape);
    let turns = [
        ("Next preset", "Aa"),
        ("Next preset", "Ab"),
        ("Next preset", "Zz"),
        ("Next preset", "Aa"),
        ("Previous preset", "Zz"),
    ];
    for (arrow, name) in turns {
        bench.click_on(arrow);
        wait(&mut bench);
        assert_eq!(bar(&mut bench), format!("Preset: {name} of mine"));
    }
}

/// A star is kept in a file of its own, is taken away again, and the list can be of stars alone.
#[test]
fn stars_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench(folder.path());
    open(&mut bench, "mine");
    bench.click_on("Favourite: Zz of mine");
    let file = folder.path().join("favourites.txt");
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "own/bank/Zz.toml\n"
    );
    bench.click_on("Favourites");
    assert_eq!(rows(&mut bench), ["Zz of mine"]);
    bench.click_on("Favourite: Zz of mine");
    assert!(rows(&mut bench).is_empty());
}

/// A sound that is saved is loaded again as it was; a name that is taken is replaced knowingly.
#[test]
fn a_sound_is_saved_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench(folder.path());
    let at = bench.latent(2);
    bench.drag(at, vec2(70.0, 0.0));
    let sound = Sound::of(&bench.parameters);
    open(&mut bench, "");
    bench.click_on("Save as…");
    let path = folder.path().join("presets/My sound.toml");
    let name = bench.named("Name").expect("a line for the name");
    bench.click(name + vec2(300.0, 0.0));
    bench.write("My sound");
    let author = bench.named("Author").expect("a line for the author");
    bench.click(author + vec2(300.0, 0.0));
    bench.write("Me");
    bench.click_on("Save");
    wait(&mut bench);
    assert_eq!(bar(&mut bench), "Preset: My sound");
    let saved = Preset::read_file(&path, &bench.parameters).unwrap();
    assert_eq!(saved.sound, sound);
    assert_eq!(saved.head.author, "Me");
    assert_eq!(bench.editor.settings.get().author, "Me");
    bench.click_on("Save as…");
    assert!(bench.labelled("Replace").is_some());
}

/// *Init* is every default; the preset's name is *Init*.
#[test]
fn init_is_every_default() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench(folder.path());
    let at = bench.latent(2);
    bench.drag(at, vec2(70.0, 0.0));
    open(&mut bench, "");
    bench.click_on("Init");
    let initial = Sound::initial(&bench.parameters);
    assert_eq!(Sound::of(&bench.parameters), initial);
    assert_eq!(bar(&mut bench), "Preset: Init");
}

/// Two sounds that are told before the host has heard the first: the second is what comes.
#[test]
fn a_sound_that_is_on_its_way_is_overtaken() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench(folder.path());
    let parameters = Arc::clone(&bench.parameters);
    let first = Sound::of(&parameters);
    let mut other = first.clone();
    other.values[0] = Some(exact(&parameters, 0.9));
    bench.host.set_deaf(true);
    bench.apply(&other);
    bench.apply(&first);
    assert_eq!(bench.host.last_of("Latent 1"), {
        let kind = parameters.table()[0].kind;
        first.values[0].map(|value| value.position(kind))
    });
}
