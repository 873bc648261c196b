//! The built plugin with another of its models: chosen while it plays, saved, opened again.
//!
//! ```text
//!  "Model" ─► the old sound fades ─► silence ─► the new model, made in the background ─► saved by hash
//! ```

use betwixt_host::{Blocks, Event, Host, Instance, Setup, Timed};
use std::time::Duration;

const LONGEST: u32 = 480;

fn instance() -> Instance {
    let host = Host::built().expect("the plugin builds and loads");
    host.instance(Setup::new(48_000.0, LONGEST))
        .expect("active")
}

/// One block.
fn block(instance: &mut Instance, events: &[Timed]) -> Vec<f32> {
    let (mut left, mut right) = (vec![f32::NAN; 480], vec![f32::NAN; 480]);
    instance
        .process(events, &mut left, &mut right)
        .expect("it plays");
    left
}

fn is_silent(sound: &[f32]) -> bool {
    sound.iter().all(|value| *value == 0.0)
}

/// Waits until the chosen model plays, and ends the note that told so.
fn wait(instance: &mut Instance) {
    let struck = [Event::note_on(60, 1.0).at(0)];
    let plays = (0..1_000).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        !is_silent(&block(instance, &struck))
    });
    assert!(plays, "the model is ready in time");
    instance.reset();
}

fn piece(instance: &mut Instance) -> Vec<f32> {
    in_blocks(instance, LONGEST)
}

fn in_blocks(instance: &mut Instance, length: u32) -> Vec<f32> {
    let events = [
        Event::note_on(50, 0.7).at(10),
        Event::note_on(62, 0.9).at(9_000),
        Event::note_off(50).at(20_000),
    ];
    let sound = instance.play(&events, 48_000, &Blocks::Of(length));
    sound.expect("it plays").left
}

fn models(instance: &Instance) -> u8 {
    let parameter = instance.parameter("Model").expect("it exists");
    assert!(!parameter.automatable, "a model cannot be automated");
    (0..u8::MAX)
        .find(|choice| f64::from(*choice) >= parameter.maximum)
        .expect("a few")
}

/// Every model can be chosen while another one plays: the old sound fades within 10 ms and without
/// a jump, and nothing else is played before the new one is there, at every block size the same.
#[test]
fn every_model_can_be_chosen_while_another_plays() {
    let mut instance = instance();
    let last = models(&instance);
    let mut sounds = vec![piece(&mut instance)];
    for choice in 1..=last {
        instance.reset();
        let struck = [Event::note_on(57, 0.8).at(0)];
        let before = [block(&mut instance, &struck), block(&mut instance, &[])].concat();
        let chosen = [Event::parameter("Model", f64::from(choice)).at(0)];
        let fading = block(&mut instance, &chosen);
        let usual = before.windows(2).map(|w| (w[1] - w[0]).abs());
        let usual = usual.fold(0.0, f32::max);
        let joined = [&before[before.len() - 1..], &fading].concat();
        let jump = joined.windows(2).map(|w| (w[1] - w[0]).abs());
        let jump = jump.fold(0.0, f32::max);
        assert!(!is_silent(&fading), "model {choice}: the old one fades");
        assert!(jump <= 1.5 * usual, "model {choice}: {jump} beside {usual}");
        wait(&mut instance);
        sounds.push(piece(&mut instance));
        instance.reset();
        let cut = in_blocks(&mut instance, 77);
        assert!(
            sounds.last() == Some(&cut),
            "model {choice} in short blocks"
        );
    }
    for (choice, sound) in sounds.iter().enumerate() {
        assert!(
            sound.iter().any(|v| v.abs() > 1e-3),
            "model {choice} is heard"
        );
        let others = sounds.iter().skip(choice + 1);
        assert!(
            others.into_iter().all(|other| other != sound),
            "model {choice}"
        );
    }
}

/// A project made with another model opens with it, in an instance that is active already and in
/// one that is activated afterwards, and is saved as it was.
#[test]
fn a_project_comes_back_with_its_model() {
    let mut first = instance();
    let choice = f64::from(models(&first));
    let default = first.save_state().expect("saved");
    block(&mut first, &[Event::parameter("Model", choice).at(0)]);
    let state = first.save_state().expect("saved");
    assert_ne!(state, default);
    wait(&mut first);
    let before = piece(&mut first);
    let mut active = instance();
    active.load_state(&state).expect("loaded");
    let found = active.value("Model").expect("a value");
    assert!((found - choice).abs() < 1e-6, "{found}");
    wait(&mut active);
    assert!(piece(&mut active) == before, "in an active instance");
    let mut activated = instance();
    activated.load_state(&state).expect("loaded");
    let setup = activated.setup();
    activated.activate(setup).expect("active");
    assert!(
        piece(&mut activated) == before,
        "at once after an activation"
    );
    assert_eq!(activated.save_state().expect("saved"), state);
}

/// What a model is called may change; a project names it by what it is.
#[test]
fn the_hash_says_which_model_it_is() {
    let mut first = instance();
    let choice = f64::from(models(&first));
    block(&mut first, &[Event::parameter("Model", choice).at(0)]);
    let state = first.save_state().expect("saved");
    let text = String::from_utf8(state[8..].to_vec()).expect("the state is JSON");
    let start = text
        .find("\"model\":{\"string\":\"")
        .expect("the choice is saved")
        + 19;
    let end = start + text[start..].find('"').expect("it ends");
    let renamed = [&text[..start], "a name of old", &text[end..]].concat();
    let length = u64::try_from(renamed.len()).expect("small");
    let renamed = [&length.to_le_bytes(), renamed.as_bytes()].concat();
    let mut opened = instance();
    opened.load_state(&renamed).expect("loaded");
    let found = opened.value("Model").expect("a value");
    assert!((found - choice).abs() < 1e-6, "{found}");
    assert_eq!(opened.save_state().expect("saved"), state);
}
