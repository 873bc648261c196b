//! The window, opened and closed again and again while the instrument plays.
//!
//! ```text
//!  audio thread: chords, a latent in motion, at the speed of a sound card ─► samples ─┐
//!  main thread:  open ─► size ─► move ─► size ─► close, 200 times                     ├─► the same bits
//!                the same piece in an instance that never opened a window ────────────┘
//!                memory, threads, open files: as after the first rounds
//! ```
//!
//! Needs an X11 display and a GL to draw with: `cargo xtask check --only window` brings both. Without
//! the feature `display` it is not built.
//! `BETWIXT_ROUNDS` asks for another number of rounds.

#![cfg(target_os = "linux")]
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "the figures of a long test")]

use betwixt_host::{Blocks, Event, Front, Instance, Timed};
use betwixt_tests::Dice;
use betwixt_tests::built::{self, RATE_HZ};
use std::path::Path;
use std::time::Duration;

/// Rounds unless the environment asks for others.
const ROUNDS: usize = 200;
const BLOCK: u32 = 64;
/// Longer than any test: what is not reached is not played.
const SECONDS: u64 = 600;
/// What the memory in use may grow by from the second quarter of the rounds to the last one, MiB, the
/// recorded sound left out. Each window has a thread of its own, and the C library gives threads
/// arenas that keep some of what was freed, 30 MiB at a time; the check asks for one arena, with which
/// it is 7. One window's pixels, glyphs and GL are 10: if they stayed it would be 1,000.
const GROWTH_MIB: f64 = 64.0;

fn rounds() -> usize {
    let asked = std::env::var("BETWIXT_ROUNDS").ok();
    let asked = asked.and_then(|text| text.parse().ok());
    // Quarters of fewer tell nothing.
    asked.map_or(ROUNDS, |rounds: usize| rounds.max(8))
}

/// What this process holds of the system.
#[derive(Clone, Copy, Debug)]
struct Held {
    resident_mib: f64,
    threads: usize,
    files: usize,
}

impl Held {
    fn now() -> Self {
        let entries = |path| std::fs::read_dir(path).expect("procfs").count();
        let status = std::fs::read_to_string("/proc/self/status").expect("procfs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        Self {
            resident_mib: kib.expect("a size") / 1024.0,
            threads: entries("/proc/self/task"),
            files: entries("/proc/self/fd"),
        }
    }

    /// The least of each: what threads that are just ending hold is not counted.
    fn least(many: &[Self]) -> Self {
        let least = |what: fn(&Self) -> usize| many.iter().map(what).min().unwrap_or(0);
        Self {
            resident_mib: many
                .iter()
                .map(|h| h.resident_mib)
                .fold(f64::INFINITY, f64::min),
            threads: least(|held| held.threads),
            files: least(|held| held.files),
        }
    }
}

/// A chord struck every half second and let go, a latent that swings.
fn piece() -> Vec<Timed> {
    let rate = 48_000;
    let mut events = Vec::new();
    for half in 0..2 * SECONDS {
        let start = half * rate / 2;
        for (nth, key) in [48, 55, 60, 64].into_iter().enumerate() {
            let key = key + u8::try_from(half % 5).expect("small");
            let late = nth as u64 * 7;
            events.push(Event::note_on(key, 0.7).at(start + late));
            events.push(Event::note_off(key).at(start + rate / 3 + late));
        }
        for step in 0..50 {
            let phase = (half * 50 + step) as f64 / 50.0;
            let value = 0.5 + 0.4 * phase.sin();
            events.push(Event::parameter("Latent 1", value).at(start + step * rate / 100));
        }
    }
    events.sort_by_key(|event| event.frame);
    events
}

fn instance() -> Instance {
    built::clap(BLOCK)
}

fn roll(dice: &mut Dice, below: u64) -> u32 {
    u32::try_from(dice.roll(below)).expect("small")
}

/// Callbacks of the plugin, for some milliseconds.
fn idle(front: &mut Front<'_>, milliseconds: u32) {
    for _ in 0..milliseconds.div_ceil(5) {
        front.idle();
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Opens, sizes, moves, sizes, closes; sometimes in haste, before anything has been drawn.
fn round(front: &mut Front<'_>, dice: &mut Dice) {
    const NEEDS: &str = "a window under X11 with a GL to draw with: \
        `cargo xtask check --only window` brings both";
    front.open_window().expect(NEEDS);
    let patience = [0, 20, 60, 150][usize::try_from(dice.roll(4)).expect("small")];
    idle(front, patience);
    for _ in 0..2 {
        let wish = [600 + roll(dice, 900), 400 + roll(dice, 700)];
        front.resize_window(wish).expect("it can be sized");
        idle(front, patience / 2);
        let place = [roll(dice, 400), roll(dice, 300)];
        front.move_window(place).expect("it can be moved");
        idle(front, patience / 2);
    }
    front.close_window();
    idle(front, 5);
}

/// One test looks at the whole process, so they take turns.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// However often the window comes and goes, the sound is the same to the bit, and afterwards nothing
/// more is held than before: memory, threads, open files.
#[test]
fn a_window_that_comes_and_goes_leaves_no_trace() {
    let _turn = TURN.lock();
    let (rounds, events, blocks) = (rounds(), piece(), Blocks::Of(BLOCK));
    let mut held = Vec::new();
    let mut seen = instance();
    let played = seen.play_live(&events, &blocks, |front| {
        let mut dice = Dice::new(7);
        for _ in 0..rounds {
            round(front, &mut dice);
            held.push(Held::now());
        }
        Ok(())
    });
    let played = played.expect("it plays");
    let seconds = played.left.len() as f64 / RATE_HZ;
    let settled = Held::least(&held[rounds / 4..rounds / 2]);
    let last = Held::least(&held[3 * rounds / 4..]);
    println!(
        "{rounds} rounds in {seconds:.1} s; in the second quarter {settled:?}, in the last {last:?}"
    );
    assert_eq!(last.threads, settled.threads, "threads");
    assert_eq!(last.files, settled.files, "open files");
    // Two channels of four bytes; three quarters of the piece at most lie between.
    let sound_mib = 0.75 * seconds * RATE_HZ * 8.0 / f64::from(1 << 20);
    let growth = last.resident_mib - settled.resident_mib - sound_mib;
    assert!(growth < GROWTH_MIB, "{growth:.1} MiB: {held:?}");

    let frames = played.left.len() as u64;
    let unseen = instance().play(&events, frames, &blocks).expect("it plays");
    let sounds = played.left.iter().any(|sample| sample.abs() > 1e-3);
    assert!(sounds, "a piece that can be heard");
    for (nth, (with, without)) in played.left.iter().zip(&unseen.left).enumerate() {
        assert_eq!(with.to_bits(), without.to_bits(), "left, sample {nth}");
    }
    for (nth, (with, without)) in played.right.iter().zip(&unseen.right).enumerate() {
        assert_eq!(with.to_bits(), without.to_bits(), "right, sample {nth}");
    }
}

/// Presets change while windows come and go: every sample stays a number.
#[test]
fn presets_change_under_an_open_window() {
    let _turn = TURN.lock();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/presets");
    let presets: Vec<_> = std::fs::read_dir(folder).expect("presets").collect();
    let mut seen = instance();
    let project = betwixt_host::Project::of(&mut seen).expect("saved");
    let played = seen.play_live(&piece(), &Blocks::Of(BLOCK), |front| {
        let mut dice = Dice::new(11);
        for entry in presets.into_iter().take(rounds().min(20)) {
            let path = entry.expect("a preset").path();
            let text = std::fs::read_to_string(path).expect("a text");
            let preset = serde_json::Value::String(text);
            let state = project.clone().with("preset", &preset).bytes();
            front.open_window()?;
            idle(front, 40);
            front.load_state(&state)?;
            idle(front, 10 + roll(&mut dice, 80));
            front.close_window();
        }
        Ok(())
    });
    let played = played.expect("it plays");
    let samples = played.left.iter().chain(&played.right);
    for sample in samples {
        assert!(sample.abs() <= 1.0, "{sample}");
    }
}
