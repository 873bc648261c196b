//! The built plugin as a guest of its host: what it says about itself, and that it minds no order.
//!
//! ```text
//!  voices, pages, latency, tail, channels, render mode ◄─ built .clap ─► calls in any order
//! ```

use betwixt_evaluation::measure::level;
use betwixt_host::{Blocks, Channels, Event, Instance, Setup, Timed, Voices};
use betwixt_tests::{Dice, built};
use std::collections::BTreeSet;

fn instance() -> Instance {
    built::clap(1_024)
}

fn chord() -> Vec<Timed> {
    let mut events = vec![
        Event::parameter("Width", 1.0).at(0),
        Event::parameter("Vibrato Depth", 0.4).at(0),
        Event::parameter("Drift", 0.5).at(0),
        Event::parameter("Mod 3 Source", 7.0).at(0),
        Event::parameter("Mod 3 Depth", 0.8).at(0),
        Event::parameter("LFO 1 Trigger", 1.0).at(0),
    ];
    events.extend([48, 55, 64].map(|key| Event::note_on(key, 0.7).at(300)));
    events.extend((0..40u8).map(|step| {
        let at = 500 + 150 * u64::from(step);
        Event::controller(20, 3 * step).at(at)
    }));
    events.extend([48, 55, 64].map(|key| Event::note_off(key).at(20_000)));
    events
}

fn render(instance: &mut Instance) -> [Vec<f32>; 2] {
    let played = instance.play(&chord(), 48_000, &Blocks::Of(480));
    let played = played.expect("it plays");
    [played.left, played.right]
}

/// As many voices as the parameter says and the model can play, of as many as there are, several to
/// a key.
#[test]
fn voices_are_told() {
    let mut instance = instance();
    let told = |instance: &mut Instance, asked: f64| {
        let events = [Event::parameter("Voices", asked).at(0)];
        let played = instance.play(&events, 480, &Blocks::Of(480));
        played.expect("it plays");
        instance.idle();
        instance.voices()
    };
    for asked in [7u32, 16] {
        let expected = Voices {
            count: asked,
            capacity: 64,
            may_overlap: true,
        };
        // Hosts count the steps of a whole number from 0.
        assert_eq!(told(&mut instance, f64::from(asked - 1)), Some(expected));
    }
    // Frames are drawn for sixteen notes.
    for (model, expected) in [("notes", 16), ("struck", 40)] {
        instance.use_models(&[model]).expect("active");
        let found = told(&mut instance, 39.0).map(|voices| voices.count);
        assert_eq!(found, Some(expected), "{model}");
    }
}

/// Hardware finds the latents first, every page has knobs, and no knob is there twice.
#[test]
fn pages_show_every_knob_once() {
    let mut instance = instance();
    let pages = instance.pages();
    let latents: Vec<Option<String>> = (1..=8).map(|n| Some(format!("Latent {n}"))).collect();
    assert_eq!(
        (pages[0].name.as_str(), &pages[0].parameters),
        ("Latents", &latents)
    );
    let all: Vec<&String> = pages
        .iter()
        .flat_map(|p| p.parameters.iter().flatten())
        .collect();
    let once: BTreeSet<&String> = all.iter().copied().collect();
    assert_eq!(all.len(), once.len());
    for page in &pages {
        let knobs = page.parameters.iter().flatten().count();
        assert!(knobs > 0 && !page.section.is_empty(), "{page:?}");
    }
    assert!(all.len() >= 70, "{}", all.len());
}

/// A bounce is what was heard, bit for bit, whatever the host calls it.
#[test]
fn offline_is_live() {
    let mut live = instance();
    let mut offline = instance();
    offline.set_offline(true).expect("it may be rendered");
    assert!(render(&mut live) == render(&mut offline));
}

/// With one channel it is the mean of what two would be.
#[test]
fn mono_is_the_mean_of_both_channels() {
    let [left, right] = render(&mut instance());
    let mut mono = instance();
    mono.use_channels(Channels::Mono).expect("a mono layout");
    let [middle, _] = render(&mut mono);
    assert!(level::peak(&middle) > 0.01 && left != right);
    for (index, (middle, (left, right))) in middle.iter().zip(left.iter().zip(&right)).enumerate() {
        let expected = 0.5 * (left + right);
        assert!((middle - expected).abs() < 1e-7, "sample {index}");
    }
    let mut back = instance();
    back.use_channels(Channels::Mono).expect("a mono layout");
    back.use_channels(Channels::Stereo).expect("and back");
    assert!(render(&mut back) == [left, right]);
}

/// No latency at any rate; a tail without end while something sounds, and none in silence.
#[test]
fn latency_and_tail_are_honest() {
    for rate in [44_100.0, 192_000.0] {
        let mut instance = instance();
        instance.activate(Setup::new(rate, 512)).expect("active");
        assert_eq!(instance.latency_samples(), 0);
        let on = [Event::note_on(60, 1.0).at(0)];
        instance.play(&on, 512, &Blocks::Of(512)).expect("it plays");
        assert_eq!(instance.tail_samples(), None, "it sounds on");
        let off = [Event::Midi([0xb0, 120, 0]).at(0)];
        instance
            .play(&off, 4_096, &Blocks::Of(512))
            .expect("it plays");
        assert_eq!(instance.tail_samples(), Some(0));
    }
}

/// Whatever a host calls, in whatever order, between two renders of one piece: they are the same.
#[test]
fn no_order_of_calls_is_remembered() {
    let mut instance = instance();
    let fresh = instance.save_state().expect("saved");
    let expected = render(&mut instance);
    let mut dice = Dice::new(11);
    for turn in 0..12 {
        for _ in 0..dice.roll(9) {
            match dice.roll(8) {
                0 => instance.reset(),
                1 => instance.idle(),
                2 => drop(instance.save_state().expect("saved")),
                3 => instance.load_state(&fresh).expect("its own state"),
                4 => instance.set_offline(dice.roll(2) == 0).expect("may be"),
                5 => {
                    let rate = [22_050.0, 96_000.0][usize::from(dice.roll(2) == 0)];
                    instance.activate(Setup::new(rate, 64)).expect("active");
                }
                6 => drop((instance.voices(), instance.pages(), instance.tail_samples())),
                _ => {
                    let channels = [Channels::Mono, Channels::Stereo];
                    let which = usize::from(dice.roll(2) == 0);
                    instance.use_channels(channels[which]).expect("a layout");
                }
            }
        }
        instance.use_channels(Channels::Stereo).expect("stereo");
        let setup = Setup::new(48_000.0, 1_024);
        instance.activate(setup).expect("active");
        instance.load_state(&fresh).expect("its own state");
        assert!(render(&mut instance) == expected, "turn {turn}");
    }
}
