//! Controllers under the pointer: the menu on every control, and the map.

use super::bench::{Bench, SIZE};
use crate::controllers::{Mapping, Source, Takeover};
use crate::library::tests::tiny_partials;

use egui::pos2;

/// Opens the menu of a latent, of a control and of one of the performance, and takes an entry.
fn choose(bench: &mut Bench, at: egui::Pos2, entry: &str) {
    bench.right_click(at);
    bench.click_on(entry);
}

/// A right click arms the control under it, which then says so; a second one calls it off.
#[test]
fn a_right_click_lets_a_control_learn() {
    let mut bench = Bench::new(8, SIZE);
    let gain = bench
        .parameters
        .table()
        .iter()
        .position(|entry| entry.id == "gain");
    let own = bench.named("Gain").expect("it is there");
    for (at, target) in [(bench.latent(2), Some(2)), (own, gain)] {
        choose(&mut bench, at, "Learn controller");
        assert_eq!(bench.parameters.map.armed(), target);
        assert!(
            bench.next_picture.as_millis() <= 33,
            "it looks for the controller"
        );
        choose(&mut bench, at, "Stop learning");
        assert_eq!(bench.parameters.map.armed(), None);
    }
    assert!(bench.host.take().is_empty(), "nothing has been moved");
}

/// What was learnt is in the map with the next picture, and can be cleared by its name.
#[test]
fn what_is_learnt_can_be_cleared() {
    let mut bench = Bench::new(8, SIZE);
    let (map, at) = (std::sync::Arc::clone(&bench.parameters), bench.latent(0));
    map.map.add(Mapping::new(Source::Fine(3), 0));
    choose(&mut bench, at, "Clear CC 20, CC 3 (14 bit)");
    let targets: Vec<usize> = map.map.rows().iter().map(|row| row.target).collect();
    assert_eq!(targets, [1, 2, 3, 4, 5, 6, 7]);
}

/// The default takes a control back from the controller that holds it, although the parameter
/// itself stands there already; a double-click does the same.
#[test]
fn the_default_takes_a_control_back() {
    let mut bench = Bench::new(8, SIZE);
    let at = bench.latent(4);
    bench.parameters.controllers.take(4, 0.9);
    choose(&mut bench, at, "Default");
    assert_eq!(bench.parameters.controllers.position(4), None);
    bench.parameters.controllers.take(4, 0.9);
    bench.time_s += 5.0;
    bench.click(at);
    bench.click(at);
    assert_eq!(bench.parameters.controllers.position(4), None);
}

/// The pointer goes on from where a controller holds a latent, so that the sound does not jump.
#[test]
fn the_pointer_takes_over_where_the_sound_is() {
    let mut bench = Bench::new(8, SIZE);
    let (at, before) = (bench.latent(4), bench.value(4));
    assert!((0.75 - before).abs() > 0.1);
    bench.parameters.controllers.take(4, 0.75);
    bench.wheel(at, -3.0);
    assert!((bench.value(4) - 0.69).abs() < 1e-6, "{}", bench.value(4));
}

/// A click on a switch turns over what is heard, also where a controller holds it.
#[test]
fn a_click_turns_over_what_is_heard() {
    let mut bench = Bench::on(tiny_partials(3), SIZE);
    let table = bench.parameters.table();
    let freeze = table.iter().position(|entry| entry.id == "freeze").unwrap();
    bench.parameters.controllers.take(freeze, 1.0);
    let at = bench.on_page("Sound", "Freeze");
    bench.click(at);
    assert!(!bench.parameters.performance.time.freeze.value());
    assert_eq!(bench.parameters.controllers.position(freeze), None);
}

/// A controller's place is painted on the control that it holds.
#[test]
fn what_is_held_is_marked() {
    let mut bench = Bench::new(8, SIZE);
    bench.picture(Vec::new());
    let free = bench.shapes;
    bench.parameters.controllers.take(5, 0.9);
    bench.picture(Vec::new());
    assert_eq!(bench.shapes, free + 1);
}

/// The map opens over the controls and closes again; a row can be taken out, made soft, and all of
/// them put back as they were.
#[test]
fn the_map_can_be_edited() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Controllers");
    bench.click_on("at once");
    let rows = bench.parameters.map.rows();
    let soft = rows.iter().filter(|row| row.takeover == Takeover::Soft);
    assert_eq!((rows.len(), soft.count()), (8, 1));
    bench.click_on("Remove");
    assert_eq!(bench.parameters.map.rows().len(), 7);
    bench.click_on("Factory map");
    assert_eq!(bench.parameters.map.rows(), bench.parameters.map.factory());
    bench.click_on("Sound");
    assert!(bench.named("Remove").is_none());
}

/// The path is typed; what comes of export and import is said, errors with their remedy.
#[test]
fn maps_are_exported_and_imported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stage.toml");
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Controllers");
    let export = bench.named("Export").unwrap();
    let line = pos2(60.0, export.y);
    bench.click(line);
    bench.write(&path.display().to_string());
    bench.click_on("Export");
    assert!(path.is_file());
    bench.parameters.map.replace(Vec::new());
    bench.click_on("Import");
    assert_eq!(bench.parameters.map.rows(), bench.parameters.map.factory());
    std::fs::write(&path, "format = 2").unwrap();
    bench.click_on("Import");
    let said = format!(
        "{}: `format` is 2; expected 1; the map was written by a newer version, use that one",
        path.display()
    );
    assert!(bench.named(&said).is_some(), "{said}");
    assert_eq!(bench.parameters.map.rows(), bench.parameters.map.factory());
}
