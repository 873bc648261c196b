//! The page to play on: keys, ring, marks; and what helps in the first minute.

use super::bench::{Bench, SIZE};
use super::gesture_of;
use super::sounding::{strike, watched};
use crate::library::tests::tiny;
use crate::screen::Press;
use crate::settings::{Letters, Theme};
use betwixt_engine::Controls;
use nice_plug::prelude::{Enum, Param};

use egui::{Event, Key, Modifiers, Pos2, Rect, vec2};
use std::sync::Arc;

/// Where the keys lie.
fn keys(bench: &Bench) -> Rect {
    let area = bench.areas().keyboard;
    area.shrink(12.0).expand2(vec2(4.0, 6.0))
}

/// The middle of the n-th white key from C1, so far down: fifty of them, from C1 to C8.
fn white(bench: &Bench, number: f32, down: f32) -> Pos2 {
    let field = keys(bench);
    let width = field.width() / 50.0;
    field.left_top() + vec2((number + 0.5) * width, down * field.height())
}

/// The pointer presses the key under it, or lets it go.
fn press(bench: &mut Bench, at: Pos2, is_down: bool) {
    bench.hold(at, is_down);
    bench.picture(Vec::new());
}

/// The keys that went down, and those that came up.
fn down_and_up(presses: Vec<Press>) -> [Vec<u8>; 2] {
    let (down, up): (Vec<Press>, Vec<Press>) = presses
        .into_iter()
        .partition(|press| press.velocity.is_some());
    [down, up].map(|presses| presses.iter().map(|press| press.key).collect())
}

/// Of each press whether the key came up.
fn comes_up(bench: &Bench) -> Vec<bool> {
    let presses = bench.presses().into_iter();
    presses.map(|press| press.velocity.is_none()).collect()
}

/// The 22nd white key from C1 is middle C (three octaves of seven): a press plays it, lower on the
/// key is harder, and it comes up when it is let go; between it and the next lies C#.
#[test]
fn a_press_plays_the_key_under_it() {
    let mut bench = Bench::new(8, SIZE);
    let mut struck = Vec::new();
    for down in [0.7, 0.99] {
        let at = white(&bench, 21.0, down);
        press(&mut bench, at, true);
        let down = bench.presses();
        assert_eq!(down.len(), 1, "{down:?}");
        assert_eq!(down[0].key, 60);
        struck.push(down[0].velocity.expect("it goes down"));
        press(&mut bench, at, false);
        let up = Press {
            key: 60,
            velocity: None,
        };
        assert_eq!(bench.presses(), [up]);
    }
    assert!(struck[0] + 0.1 < struck[1], "{struck:?}");
    let at = white(&bench, 21.5, 0.3);
    press(&mut bench, at, true);
    assert_eq!(bench.presses()[0].key, 61);
}

/// A drag over the white keys from C4 to G4 plays each of them once, and holds only the last.
#[test]
fn a_drag_glides() {
    let mut bench = Bench::new(8, SIZE);
    let begin = white(&bench, 21.0, 0.8);
    press(&mut bench, begin, true);
    for step in 1..=40u8 {
        let at = white(&bench, 21.0 + f32::from(step) / 10.0, 0.8);
        bench.picture(vec![Event::PointerMoved(at)]);
    }
    let [down, up] = down_and_up(bench.presses());
    assert_eq!(down, [60, 62, 64, 65, 67]);
    assert_eq!(up, [60, 62, 64, 65]);
}

fn key(bench: &mut Bench, key: Key, pressed: bool) {
    let event = Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    bench.picture(vec![event]);
}

/// The computer's keys are a piano from C4: A is C, W is C#, K is the C above; X goes an octave up.
/// A key that is held when the octave changes comes up as it went down.
#[test]
fn the_computers_keys_play() {
    let mut bench = Bench::new(8, SIZE);
    for (typed, note) in [(Key::A, 60), (Key::W, 61), (Key::K, 72)] {
        key(&mut bench, typed, true);
        key(&mut bench, typed, false);
        let keys: Vec<(u8, bool)> = bench
            .presses()
            .iter()
            .map(|press| (press.key, press.velocity.is_some()))
            .collect();
        assert_eq!(keys, [(note, true), (note, false)]);
    }
    key(&mut bench, Key::A, true);
    key(&mut bench, Key::X, true);
    key(&mut bench, Key::X, false);
    key(&mut bench, Key::A, false);
    key(&mut bench, Key::A, true);
    let keys: Vec<u8> = bench.presses().iter().map(|press| press.key).collect();
    assert_eq!(keys, [60, 60, 72]);
}

/// Letters that are written into a text play nothing, and neither do they with command, or when the
/// player has switched that off.
#[test]
fn letters_for_something_else_play_nothing() {
    let mut bench = Bench::new(8, SIZE);
    let at = bench.latent(0);
    bench.right_click(at);
    bench.picture(vec![Event::Text("a".into())]);
    key(&mut bench, Key::A, true);
    key(&mut bench, Key::A, false);
    assert!(bench.presses().is_empty());
    bench.press(Key::Escape);
    bench.press(Key::Escape);
    bench.modifiers = Modifiers::COMMAND;
    bench.press(Key::D);
    assert!(bench.presses().is_empty());
    bench.modifiers = Modifiers::NONE;
    bench.picture(Vec::new());
    let off = bench
        .editor
        .settings
        .change(|settings| settings.typing = false);
    off.unwrap();
    bench.press(Key::D);
    assert!(bench.presses().is_empty());
}

/// The toolkit takes a letter that comes up with shift for another one: with shift all of them come
/// up, and none sticks.
#[test]
fn a_letter_does_not_stick_under_shift() {
    let mut bench = Bench::new(8, SIZE);
    key(&mut bench, Key::A, true);
    bench.modifiers = Modifiers::SHIFT;
    bench.picture(Vec::new());
    assert_eq!(comes_up(&bench), [false, true]);
}

/// The shape of a piano on every layout: where Y and Z have changed places, G# is on Z.
#[test]
fn letters_lie_as_the_keyboard_does() {
    let layouts = [
        (Letters::Qwerty, Key::Y, Key::Z),
        (Letters::Qwertz, Key::Z, Key::Y),
        (Letters::Azerty, Key::Y, Key::W),
    ];
    for (letters, g_sharp, lower) in layouts {
        let mut bench = Bench::new(8, SIZE);
        let settings = &mut bench.editor.settings;
        settings
            .change(|settings| settings.letters = letters)
            .unwrap();
        for typed in [g_sharp, lower, g_sharp] {
            key(&mut bench, typed, true);
            key(&mut bench, typed, false);
        }
        let [struck, _] = down_and_up(bench.presses());
        assert_eq!(struck, [68, 56], "{letters:?}");
    }
}

/// What the pointer holds comes up when another page takes the keyboard's place.
#[test]
fn a_pointed_key_does_not_stick_behind_another_page() {
    let mut bench = Bench::new(8, SIZE);
    let at = white(&bench, 21.0, 0.8);
    press(&mut bench, at, true);
    bench.editor.tab = crate::editor::tabs::Tab::at(1);
    bench.picture(Vec::new());
    assert_eq!(comes_up(&bench), [false, true]);
}

/// What the window holds comes up when it loses the computer's keys, and when it closes.
#[test]
fn keys_come_up_when_the_window_goes() {
    let mut bench = Bench::new(8, SIZE);
    key(&mut bench, Key::A, true);
    bench.picture(vec![Event::WindowFocused(false)]);
    bench.picture(Vec::new());
    assert_eq!(comes_up(&bench), [false, true]);
    let at = white(&bench, 21.0, 0.8);
    press(&mut bench, at, true);
    key(&mut bench, Key::G, true);
    let screen = Arc::clone(&bench.editor.screen);
    assert_eq!(bench.presses().len(), 2);
    drop(bench);
    let mut up: Vec<u8> = std::iter::from_fn(|| screen.take_press())
        .map(|p| p.key)
        .collect();
    up.sort_unstable();
    assert_eq!(up, [60, 67]);
}

/// A twelfth of a turn from the top for each semitone from C: a click there gives every key that
/// colour, another one the key's own again; so does the middle.
#[test]
fn the_ring_chooses_a_pitch_class() {
    let mut bench = Bench::new(8, SIZE);
    let area = bench.areas().ring;
    bench.click(area.left_top() + vec2(9.0, 9.0));
    assert_eq!(bench.host.take(), [], "beside the ring");
    for (class, name) in [(0u8, "C"), (3, "D#"), (7, "G"), (11, "B")] {
        let (sin, cos) = (f32::from(class) / 12.0 * std::f32::consts::TAU).sin_cos();
        let at = area.center() + vec2(sin, -cos) * 0.3 * area.width();
        let chosen = |bench: &Bench| {
            let place = bench.parameters.chroma.value().to_index();
            crate::parameters::Chroma::variants()[place]
        };
        bench.click(at);
        assert_eq!(chosen(&bench), name);
        assert_eq!(bench.host.take(), gesture_of("Chroma"));
        bench.time_s += 5.0;
        bench.click(if class % 2 == 0 { at } else { area.center() });
        assert_eq!(bench.parameters.chroma.value().to_index(), 0, "{name}");
        bench.host.take();
        bench.time_s += 5.0;
    }
}

/// Arrows move what has the focus by a hundredth, with shift by a thousandth, stepped ones by one;
/// Home and End go to the ends, Del to the default. Each is a whole gesture.
#[test]
fn arrows_move_what_has_the_focus() {
    let mut bench = Bench::new(8, SIZE);
    bench.tab_to("Latent 3");
    let before = bench.value(2);
    bench.press(Key::ArrowRight);
    assert_eq!(bench.host.take(), gesture_of("Latent 3"));
    assert!((bench.value(2) - before - 0.01).abs() < 1e-6);
    bench.press(Key::ArrowDown);
    assert!((bench.value(2) - before).abs() < 1e-6);
    bench.modifiers = Modifiers::SHIFT;
    bench.press(Key::ArrowUp);
    assert!((bench.value(2) - before - 0.001).abs() < 1e-6);
    bench.modifiers = Modifiers::NONE;
    bench.press(Key::End);
    assert_eq!(bench.value(2), 1.0);
    bench.press(Key::Home);
    assert_eq!(bench.value(2), 0.0);
    bench.press(Key::Delete);
    assert_eq!(bench.value(2), before);
    bench.on_page("Sound", "Voices");
    bench.tab_to("Voices");
    let voices = bench.parameters.voices.value();
    bench.press(Key::ArrowRight);
    assert_eq!(bench.parameters.voices.value(), voices + 1);
}

/// A value goes to another control in words: 1.5 s of one time are 1.5 s of another, though it lies
/// elsewhere in that one's range.
#[test]
fn values_are_copied_in_words() {
    let mut bench = Bench::on(crate::library::tests::tiny_partials(8), SIZE);
    bench.with(|setter| setter.set_parameter(&bench.parameters.decay, 1.5));
    let decay = bench.on_page("Sound", "Decay");
    bench.right_click(decay);
    bench.click_on("Copy 1.50 s");
    let delay = bench.named("Vibrato Delay").expect("it is there");
    bench.right_click(delay);
    bench.click_on("Paste 1.50 s");
    let (decay, delay) = (
        &bench.parameters.decay,
        &bench.parameters.performance.pitch.vibrato_delay,
    );
    assert!((delay.value() - 1.5).abs() < 1e-3, "{}", delay.value());
    let places = [decay, delay].map(|time| time.unmodulated_normalized_value());
    assert!((places[0] - places[1]).abs() > 0.01, "{places:?}");
}

/// A latent is locked by itself, a control of the tone with the others of the tone.
#[test]
fn controls_are_locked_from_their_menus() {
    let mut bench = Bench::on(crate::library::tests::tiny_partials(8), SIZE);
    let at = bench.latent(4);
    bench.right_click(at);
    bench.click_on("Lock it");
    let tilt = bench.on_page("Sound", "Tilt");
    bench.right_click(tilt);
    bench.click_on("Lock Tone");
    let locks = bench.parameters.explore.locks();
    assert!(locks.has("latent_5") && locks.has("Tone"));
    assert_eq!(locks.count(), 2);
    bench.right_click(tilt);
    bench.click_on("Unlock Tone");
    assert_eq!(bench.parameters.explore.locks().count(), 1);
}

/// The colours are set once for all windows; the first pixel is the background of the theme.
#[test]
fn the_theme_can_be_chosen() {
    let mut bench = Bench::drawing(tiny(8), SIZE, 1.0);
    let corner = |bench: &Bench| bench.drawn().get_pixel(1, 1).0;
    let dark = corner(&bench);
    bench.click_on("Settings");
    bench.click_on("Light");
    bench.picture(Vec::new());
    assert_eq!(bench.editor.settings.get().theme, Theme::Light);
    let light = corner(&bench);
    assert!(light[0] > 200 && dark[0] < 50, "{dark:?} {light:?}");
    bench.click_on("150 %");
    assert_eq!(bench.editor.settings.get().window, Some([1_620, 1_080]));
}

/// The hints are there at the first opening, and never again when the player has said so.
#[test]
fn hints_go_for_ever() {
    let mut bench = Bench::new(8, SIZE);
    let is_shown = |bench: &Bench| {
        bench
            .texts()
            .iter()
            .any(|words| words.starts_with("1  Choose"))
    };
    bench.picture(Vec::new());
    assert!(is_shown(&bench));
    bench.click_on("Not now");
    assert!(!is_shown(&bench) && bench.editor.settings.get().hints);
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Never show again");
    assert!(!is_shown(&bench) && !bench.editor.settings.get().hints);
}

/// What is pressed while the host plays nothing is said, with what to do.
#[test]
fn a_host_that_plays_nothing_is_said() {
    let mut bench = Bench::new(8, SIZE);
    key(&mut bench, Key::A, true);
    let is_said = |bench: &Bench| {
        bench
            .texts()
            .iter()
            .any(|words| words.starts_with("The host plays nothing"))
    };
    assert!(!is_said(&bench));
    for _ in 0..15 {
        bench.picture(Vec::new());
    }
    assert!(is_said(&bench));
    bench.presses();
    bench.picture(Vec::new());
    assert!(!is_said(&bench));
}

/// Every voice's place among the latents is marked on their sliders, and its key is lit.
#[test]
fn voices_are_marked() {
    let mut bench = Bench::new(8, SIZE);
    let mut engine = watched(&bench, tiny(8).decoder);
    bench.picture(Vec::new());
    let at_rest = bench.shapes;
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    engine.process(&Controls::default(), &[strike(64)], &mut left, &mut right);
    let voices: Vec<_> = engine.telemetry().sounding().collect();
    assert_eq!(voices.len(), 1);
    assert_eq!((voices[0].key, voices[0].is_held), (64, true));
    bench.picture(Vec::new());
    assert!(
        bench.shapes >= at_rest + 8,
        "{} after {at_rest}",
        bench.shapes
    );
}

/// A window that is opened again shows the page that it showed.
#[test]
fn the_page_is_remembered() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Playing");
    let again = crate::editor::Editor::new(
        Arc::clone(&bench.parameters),
        Arc::clone(&bench.editor.screen),
        crate::settings::Keeper::at(None),
    );
    assert_eq!(again.tab, bench.editor.tab);
    assert_ne!(again.tab, Default::default());
}
