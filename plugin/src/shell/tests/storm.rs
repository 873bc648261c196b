//! A storm over the instrument with its window: what a host cannot press is pressed here.
//!
//! ```text
//!  dice ─┬─► notes, controllers, automation, rates, projects ─► Stage ─► samples in −1…1
//!        └─► gestures, undo, A/B, mutate, presets, models … ─► Deeds ─► parameters, history
//!                                                                 │
//!  each tenth: keys up ─► silence;  undone ─► the beginning;  panic ─► silence;  memory
//! ```
//!
//! The shell is the real one with its worker; the deeds are the window's own, on the same parameters;
//! the host applies what it is told at once or with its next call. Nothing of a call allocates.
//!
//! A million operations, in which memory and threads are looked at too (alone in its process):
//! `BETWIXT_OPERATIONS=1000000 cargo test --release -p betwixt --lib storm -- --nocapture`; another one
//! with `BETWIXT_SEED=8`.

mod deeds;
mod projects;
mod stage;

use super::*;
use betwixt_engine::random::Random;
use deeds::Deeds;
use stage::Stage;

/// Operations unless the environment asks for more.
const QUICK: usize = 5_000;
/// Parts of the storm; each ends with a calm.
const PARTS: usize = 10;
/// One look at the window in so many operations, one walk there and back, and one search for a sound.
const LOOK: usize = 500;
const WALK: usize = 5_000;
const SEARCH: usize = 20_000;
/// What the process may have grown by between the most after three to six tenths and the end, in MiB:
/// allocators keep some of what was freed, up to two engines of the largest model at the highest rate.
/// 100 bytes kept of each of the later half of a million operations would be 48.
const GROWTH_MIB: f64 = 40.0;

/// Rolls that look random and are the same every time.
pub(super) struct Dice(Random);

impl Dice {
    /// 0 … `sides` − 1.
    fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.0.bits() % sides as u64).unwrap()
    }

    /// 0 … `sides` − 1.
    fn small(&mut self, sides: u8) -> u8 {
        u8::try_from(self.roll(usize::from(sides))).unwrap()
    }

    /// 0…1; both ends now and then.
    fn share(&mut self) -> f32 {
        match self.roll(16) {
            0 => 0.0,
            1 => 1.0,
            _ => f32::from(u16::try_from(self.roll(65_536)).unwrap()) / 65_535.0,
        }
    }
}

/// A number that the system tells of this process.
fn told(name: &str) -> Option<f64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What is counted.
#[derive(Default)]
struct Tally {
    done: usize,
    looks: usize,
    walks: usize,
    searches: usize,
    resident_mib: Vec<f64>,
}

impl Tally {
    /// Operations up to the next tenth.
    fn storm(&mut self, until: usize, deeds: &mut Deeds, dice: &mut Dice) {
        while self.done < until {
            self.done += deeds.stage.block(dice) + deeds.any(dice);
            if self.done / LOOK > self.looks {
                self.looks += 1;
                deeds.look(dice);
            }
            if self.done / WALK > self.walks {
                self.walks += 1;
                deeds.walk_back(dice, false);
            }
            if self.done / SEARCH > self.searches {
                self.searches += 1;
                deeds.search(dice);
            }
        }
    }

    /// What is left in the calm after a tenth.
    #[expect(clippy::print_stdout, reason = "a long storm says how far it has come")]
    fn note(&mut self, part: usize, begun: Instant) {
        let mib = told("VmRSS:").map(|kib| kib / 1024.0);
        self.resident_mib.extend(mib);
        if std::env::var_os(OPERATIONS).is_some() {
            let (done, s) = (self.done, begun.elapsed().as_secs());
            println!("  {part:>2}/{PARTS}: {done:>9} operations, {mib:.1?} MiB, {s} s");
        }
    }
}

/// How many operations are asked for, and by which seed.
const OPERATIONS: &str = "BETWIXT_OPERATIONS";
const SEED: &str = "BETWIXT_SEED";

fn asked(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

/// Everything that hands do in the window and to the keys, in any order: numbers within range, every
/// step undone and done again, silence after the keys and after the panic, projects that come back,
/// and neither memory nor threads are left.
#[test]
#[expect(clippy::print_stdout, reason = "a long storm says what it has done")]
fn a_storm_in_the_window_leaves_nothing_behind() {
    let is_asked = asked(OPERATIONS).is_some();
    let operations = asked(OPERATIONS).unwrap_or(QUICK);
    let seed = asked(SEED).unwrap_or(7) as u64;
    let (threads, begun) = (told("Threads:"), Instant::now());
    let mut dice = Dice(Random::new(seed));
    let mut tally = Tally::default();
    let mut deeds = Deeds::new(Stage::new());
    for part in 1..=PARTS {
        tally.storm(operations * part / PARTS, &mut deeds, &mut dice);
        deeds.walk_back(&mut dice, part % 4 == 1);
        deeds.calm(&mut dice);
        tally.note(part, begun);
    }
    deeds.stage.is_heard();
    let done = deeds.said();
    drop(deeds);
    let left = told("Threads:");
    if is_asked {
        println!("{} operations: {done}", tally.done);
        println!("threads {threads:?} before, {left:?} after");
        assert_eq!(threads, left, "threads");
    }
    // A quick storm has not met every model at every rate yet.
    let mib = &tally.resident_mib;
    if let Some(late) = mib.last().filter(|_| operations > 10 * QUICK) {
        let most = mib[2..6].iter().copied().fold(0.0, f64::max);
        assert!(late - most < GROWTH_MIB, "{mib:.1?}");
    }
}
