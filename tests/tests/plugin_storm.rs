//! A storm over the built plugin: everything that hands and hosts can do, in any order, and nothing
//! is left of it but numbers, silence, and the memory that was there before.
//!
//! ```text
//!  random events, states, resets, rates ─► built .clap ─► samples in −1…1; then panic ─► silence
//! ```
//!
//! A million operations:
//! `BETWIXT_OPERATIONS=1000000 cargo test --release -p betwixt-tests --test plugin_storm`

#![allow(clippy::print_stdout, reason = "a long storm says what it has done")]

use betwixt_host::{Event, Host, Instance, Project, Setup, Timed};
use betwixt_tests::Dice;
use serde_json::Value;
use std::path::Path;

/// Operations unless the environment asks for more.
const QUICK: usize = 20_000;
const LONGEST_BLOCK: u32 = 1_024;
const LONGEST: usize = LONGEST_BLOCK as usize;
/// Models of the factory.
const FACTORY: [&str; 5] = ["instruments", "blown", "struck", "synth", "notes"];
/// Host rates in Hz.
const RATES: [f64; 5] = [44_100.0, 48_000.0, 22_050.0, 96_000.0, 192_000.0];
/// Parts of the storm; memory is looked at in the calm after each.
const PARTS: usize = 10;
/// What the process may have grown by between the most after three to six tenths of the storm and its
/// end, in MiB: allocators keep some of what was freed, up to two engines of the largest model at the
/// highest rate. In four million operations 100 bytes kept of each would be 160.
const GROWTH_MIB: f64 = 64.0;

fn operations() -> usize {
    let asked = std::env::var("BETWIXT_OPERATIONS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(QUICK)
}

/// Memory of this process that is in use, in MiB, where the system tells.
fn resident_mib() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// The texts of the factory's presets.
fn presets() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/presets");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the presets are there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    let read = |path| std::fs::read_to_string(path).expect("a text");
    paths.into_iter().map(read).collect()
}

/// A storm's weather.
struct Storm {
    instance: Instance,
    dice: Dice,
    names: Vec<String>,
    states: Vec<Vec<u8>>,
    presets: Vec<String>,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Storm {
    fn new() -> Self {
        let host = Host::built().expect("the plugin builds and loads");
        let setup = Setup::new(RATES[0], LONGEST_BLOCK);
        let mut instance = host.instance(setup).expect("active");
        let parameters = instance.parameters().iter();
        let names = parameters.map(|parameter| parameter.name.clone()).collect();
        let states = vec![instance.save_state().expect("saved")];
        Self {
            instance,
            dice: Dice::new(5),
            names,
            states,
            presets: presets(),
            left: vec![0.0; LONGEST],
            right: vec![0.0; LONGEST],
        }
    }

    /// A block with some events; returns how many operations that was.
    fn block(&mut self) -> usize {
        // Short blocks: a million operations are many events, not much sound.
        let most = if self.dice.roll(40) == 0 { 1_024 } else { 24 };
        let frames = 1 + self.dice.roll(most);
        let events = self.dice.events(12, frames, &self.names);
        self.play(&events, usize::try_from(frames).expect("small"));
        events.len()
    }

    /// A preset that is cut off somewhere, or a letter of which is another one.
    fn damaged_preset(&mut self) {
        let which = self.dice.roll(self.presets.len() as u64);
        let mut text = self.presets[usize::try_from(which).expect("small")].clone();
        let mut at = usize::try_from(self.dice.roll(text.len() as u64)).expect("small");
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        if self.dice.roll(2) == 0 {
            text.truncate(at);
        } else {
            text.insert(at, char::from(self.dice.byte()));
        }
        let project = Project::of(&mut self.instance).expect("saved");
        let state = project.with("preset", &Value::String(text)).bytes();
        self.instance.load_state(&state).expect("it is a state");
    }

    fn play(&mut self, events: &[Timed], frames: usize) {
        let (left, right) = (&mut self.left[..frames], &mut self.right[..frames]);
        let played = self.instance.process(events, left, right);
        played.expect("it plays");
        for value in left.iter().chain(&*right) {
            assert!(value.abs() <= 1.0, "{value} after {events:?}");
        }
        self.instance.take_replies();
    }

    /// What hosts do between blocks.
    fn between(&mut self) -> usize {
        match self.dice.roll(400) {
            0 => self.instance.reset(),
            1 => {
                let rate = RATES[usize::try_from(self.dice.roll(5)).expect("small")];
                let setup = Setup::new(rate, LONGEST_BLOCK);
                self.instance.activate(setup).expect("active again");
            }
            2 => {
                let state = self.instance.save_state().expect("saved");
                self.states.truncate(7);
                self.states.insert(0, state);
            }
            3 => {
                let which = usize::try_from(self.dice.roll(self.states.len() as u64));
                let state = &self.states[which.expect("small")];
                self.instance.load_state(state).expect("its own state");
            }
            4 => {
                let any = |_| FACTORY[usize::try_from(self.dice.roll(5)).expect("small")];
                let models: [&str; 4] = std::array::from_fn(any);
                let project = Project::of(&mut self.instance).expect("saved");
                let state = project.with_models(&models).bytes();
                self.instance.load_state(&state).expect("other models");
            }
            5..8 => {
                let which = self.dice.roll(self.presets.len() as u64);
                let text = &self.presets[usize::try_from(which).expect("small")];
                // Into the project that there is, or into a new one.
                let project = match self.dice.roll(2) {
                    0 => Project::of(&mut self.instance).expect("saved"),
                    _ => Project::empty(),
                };
                let preset = Value::String(text.clone());
                let state = project.with("preset", &preset).bytes();
                self.instance.load_state(&state).expect("a preset");
            }
            8 => self.damaged_preset(),
            _ => return 0,
        }
        1
    }

    /// A fresh project at a usual rate, everything else freed.
    fn calm(&mut self, fresh: &[u8]) {
        self.instance.load_state(fresh).expect("its own state");
        let setup = Setup::new(RATES[1], LONGEST_BLOCK);
        self.instance.activate(setup).expect("active again");
        // Modulation belongs to the host, which takes it back.
        let still = |name: &String| Event::Modulation {
            name: name.clone(),
            amount: 0.0,
            note: None,
        };
        let still: Vec<Timed> = self.names.iter().map(|name| still(name).at(0)).collect();
        self.play(&still, 64);
        for _ in 0..50 {
            self.play(&[], LONGEST);
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Panic: every sound stops, and stays so.
    fn silence(&mut self) {
        let off = |channel: u8| Event::Midi([0xb0 | channel, 120, 0]).at(0);
        let panic: Vec<Timed> = (0..16).map(off).collect();
        self.play(&panic, 64);
        let mut last = f32::NAN;
        for _ in 0..200 {
            self.play(&[], LONGEST);
            last = self.left.iter().fold(0.0, |most, x| x.abs().max(most));
            std::thread::sleep(std::time::Duration::from_micros(200));
        }
        assert!(last == 0.0, "{last} is left");
    }
}

/// Notes, expressions, pedals, controllers, modulation, automation, other models, morphs, presets sound
/// and damaged, states, resets and sample rates, at random: numbers, silence after the panic, and no memory is kept.
#[test]
fn a_storm_leaves_nothing_behind() {
    let asked = operations();
    let mut storm = Storm::new();
    let fresh = storm.states[0].clone();
    let (mut done, mut calm_mib) = (0, Vec::new());
    for part in 1..=PARTS {
        while done < asked * part / PARTS {
            done += storm.between() + storm.block();
        }
        storm.silence();
        storm.calm(&fresh);
        calm_mib.extend(resident_mib());
    }
    println!("{done} operations; MiB in the calm after each tenth of them: {calm_mib:.1?}");
    // A quick storm has not met every model at every rate yet.
    if let Some(late) = calm_mib.last().filter(|_| asked > 10 * QUICK) {
        let most = calm_mib[2..6].iter().copied().fold(0.0, f64::max);
        assert!(late - most < GROWTH_MIB, "{calm_mib:.1?}");
    }
    let heard = (0..500).any(|_| {
        storm.play(&[Event::note_on(60, 1.0).at(0)], LONGEST);
        std::thread::sleep(std::time::Duration::from_millis(2));
        storm.left.iter().any(|x| x.abs() > 1e-3)
    });
    assert!(heard, "it can be played afterwards");
}
