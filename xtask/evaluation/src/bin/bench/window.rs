//! What an open window costs the sound: the longest blocks, beside those with the window closed.
//!
//! ```text
//!  chord of eight, struck anew every half second, at the speed of a sound card ─┐
//!  window: open, closed, open, closed … ────────────────────────────────────────┴─► blocks' times
//! ```
//!
//! The window repaints as it does for a player; GL without a graphics card draws on the processor,
//! so on a machine of few cores this also counts what the rest of the system takes from the sound.
//! Both are played at the speed of a sound card: between two blocks the caches go cold, as they do for
//! a player.

use crate::Done;
use crate::timing::{median, row, verdict};
use betwixt_host::{Blocks, Event, Front, Host, HostError, Instance, Setup, Timed};
use std::time::{Duration, Instant};

const RATE_HZ: f64 = 48_000.0;
/// How often each, and for how long.
const TURNS: usize = 6;
const SECONDS: u64 = 6;
/// The first moments of a turn are left out: a window that opens, a thread that begins.
const BLOCKS_LEFT_OUT: usize = 750;
/// How much longer the longest blocks may be.
const MOST_RATIO: f64 = 1.25;
/// Keys that are held.
const CHORD: [u8; 8] = [40, 47, 52, 56, 59, 64, 68, 71];

/// Prints the figures; without a display it says so.
pub(crate) fn figures() -> Done<()> {
    println!("\nThe window, under a chord of eight");
    if std::env::var_os("DISPLAY").is_none() {
        println!("  not measured: there is no display");
        return Ok(());
    }
    let mut instance = Host::built()?.instance(Setup::new(RATE_HZ, 64))?;
    let (mut closed, mut open) = (Vec::new(), Vec::new());
    // In turn, so that neither has the better part of the machine's time.
    for _ in 0..TURNS {
        closed.push(turn(&mut instance, false)?);
        open.push(turn(&mut instance, true)?);
    }
    let middle =
        |times: &[Longest], which: fn(&Longest) -> f64| median(times.iter().map(which).collect());
    let [alone, seen] = [&closed, &open].map(|times| middle(times, |t| t.half_us));
    row("closed, the median block takes", alone, "");
    row("open", seen, &format!("{:.2} times as long", seen / alone));
    let [alone, seen] = [&closed, &open].map(|times| middle(times, |t| t.nearly_all_us));
    row("closed, 99.9 % of the blocks take", alone, "");
    let ratio = seen / alone;
    let holds = verdict(ratio <= MOST_RATIO);
    let told = format!("{ratio:.2} times as long; at most {MOST_RATIO}: {holds}");
    row("open", seen, &told);
    Ok(())
}

/// How long blocks took, µs.
struct Longest {
    half_us: f64,
    nearly_all_us: f64,
}

/// Plays for a while with the window open or closed.
fn turn(instance: &mut Instance, is_open: bool) -> Done<Longest> {
    let setup = instance.setup();
    instance.activate(setup)?;
    if is_open {
        instance.front().open_window()?;
    }
    let wait = |front: &mut Front<'_>| -> Result<(), HostError> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(SECONDS) {
            front.idle();
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    };
    let played = instance.play_live(&piece(), &Blocks::Of(64), wait)?;
    instance.front().close_window();
    let counted = played.block_times.iter().skip(BLOCKS_LEFT_OUT);
    let mut times: Vec<f64> = counted.map(|time| time.seconds * 1e6).collect();
    times.sort_by(f64::total_cmp);
    Ok(Longest {
        half_us: times[times.len() / 2],
        nearly_all_us: times[times.len() * 999 / 1_000],
    })
}

/// Struck anew every half second, one key per block, as fingers do.
fn piece() -> Vec<Timed> {
    let again = |nth: u64| {
        let keys = (0..).zip(CHORD);
        keys.flat_map(move |(late, key)| {
            let frame = nth * 24_000 + late * 64;
            let off = Event::note_off(key).at(frame);
            [off, Event::note_on(key, 0.8).at(frame)]
        })
    };
    (0..2 * (SECONDS + 2)).flat_map(again).collect()
}
