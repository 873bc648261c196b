//! What a preset costs that is loaded while a chord is held: the longest blocks, beside those of a
//! chord that is left alone.
//!
//! ```text
//!  presets (text) ─► project ─► built plugin, main thread ─┐
//!  chord ─► process … process, 64 samples each ────────────┴─► the 99.9th percentile of their times
//! ```
//!
//! Loading itself is the main thread's and not counted; what it leaves to the audio thread is.

use crate::Done;
use crate::timing::{row, verdict};
use betwixt_host::{Event, Host, Instance, Project, Setup};
use serde_json::Value;
use std::time::Instant;

const RATE_HZ: f64 = 48_000.0;
const BLOCK: usize = 64;
/// Blocks that are timed, and between two presets.
const BLOCKS: usize = 30_000;
const BETWEEN: usize = 100;
/// How much longer the longest blocks may be.
const MOST_RATIO: f64 = 1.25;
/// What is loaded.
const PRESET: &str = "assets/presets/crystal_atmosphere.toml";
/// Keys that are held.
const CHORD: [u8; 8] = [40, 47, 52, 56, 59, 64, 68, 71];

/// Prints the figures.
pub(crate) fn figures() -> Done<()> {
    let host = Host::built()?;
    let presets = presets()?;
    println!("\nPresets of one model loaded under a chord of eight");
    let times = |presets: &[Vec<u8>]| -> Done<f64> {
        let mut instance = host.instance(Setup::new(RATE_HZ, 64))?;
        instance.load_state(&presets[0])?;
        let setup = instance.setup();
        instance.activate(setup)?;
        longest_us(&mut instance, presets)
    };
    // In turn, so that neither has the better part of the machine's time.
    let (mut alone, mut loaded) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        alone.push(times(&presets[..1])?);
        loaded.push(times(&presets)?);
    }
    let [alone, loaded] = [alone, loaded].map(crate::timing::median);
    row("left alone, 99.9 % of the blocks take", alone, "");
    let told = format!(
        "{:.2} times as long; at most {MOST_RATIO}: {}",
        loaded / alone,
        verdict(loaded / alone <= MOST_RATIO)
    );
    row("presets loaded, one every 133 ms", loaded, &told);
    Ok(())
}

/// A preset of the default model alone, and the same with two latents exchanged: what is played costs
/// the same, so that the loading is what is compared. As hosts keep projects.
fn presets() -> Done<Vec<Vec<u8>>> {
    let text = std::fs::read_to_string(PRESET)?;
    let exchanged = ["latent_1", "latent_2"].map(|latent| format!("{latent} = "));
    let [first, second] = &exchanged;
    let other = text
        .replace(first, "other = ")
        .replace(second, first)
        .replace("other = ", second);
    let state = |text: &str| {
        let content = Value::String(text.to_owned());
        Project::empty().with("preset", &content).bytes()
    };
    Ok(vec![state(&text), state(&other)])
}

/// The time in µs that one block in a thousand exceeds.
fn longest_us(instance: &mut Instance, presets: &[Vec<u8>]) -> Done<f64> {
    let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
    let mut times = Vec::with_capacity(BLOCKS);
    for block in 0..BLOCKS {
        let turn = block / BETWEEN;
        let begins = block % BETWEEN == 0;
        if begins && presets.len() > 1 {
            instance.load_state(&presets[turn % presets.len()])?;
        }
        // The chord is struck anew in the middle, in both cases.
        let strikes = block % BETWEEN == BETWEEN / 2;
        let events: Vec<_> = if strikes {
            let again = CHORD
                .iter()
                .flat_map(|key| [Event::note_off(*key).at(0), Event::note_on(*key, 0.8).at(0)]);
            again.collect()
        } else {
            Vec::new()
        };
        let start = Instant::now();
        instance.process(&events, &mut left, &mut right)?;
        if !strikes {
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() * 999 / 1_000])
}
