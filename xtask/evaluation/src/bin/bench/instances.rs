//! What instances cost that do nothing, and what another one of the same model takes.
//!
//! ```text
//!  16 × built plugin, silent ─► process … process ─► share of a core
//!  resident memory: with one instance, with two … ─► MiB for each more
//! ```
//!
//! The built plugin in a host, framework included. A project's model is there when the instance is
//! activated; one that is chosen takes over from the one before while the instance plays.

use crate::Done;
use crate::timing::{median, row, verdict};
use betwixt_host::{Host, Instance, Project, Setup};
use std::thread::sleep;
use std::time::{Duration, Instant};

const RATE_HZ: f64 = 48_000.0;
/// Instances that wait.
const WAITING: usize = 16;
/// What all of them together may take of a core.
const MOST_SHARE: f64 = 0.01;
/// What a second instance may take, in MiB.
const MOST_MIB: f64 = 4.0;
/// Blocks played, and how often: of a block's times the least counts.
const BLOCKS: usize = 400;
const PASSES: usize = 5;
/// Blocks of 512 that an instance plays before it is looked at, and how far apart.
const READY_BLOCKS: usize = 40;
const WAIT: Duration = Duration::from_millis(10);
/// Instances over which memory is measured: what one has left free the next one takes, so that
/// every other one takes more.
const MEASURED: usize = 8;

/// Where an instance has its model from.
#[derive(Clone, Copy)]
enum Model {
    First,
    Opened(&'static str),
    Chosen(&'static str),
}

/// Prints the figures.
pub(crate) fn figures() -> Done<()> {
    let host = Host::built()?;
    println!("\nInstances of the built plugin, framework included");
    // First of all, and all of them stay: what has been freed would be taken again unnoticed.
    let mut kept = Vec::new();
    for (name, model) in [
        ("Instruments", Model::First),
        ("Notes, opened", Model::Opened("notes")),
        ("Notes, chosen", Model::Chosen("notes")),
    ] {
        kept.extend(memory(&host, name, model)?);
    }
    drop(kept);
    for block in [64, 512] {
        idle(&host, block)?;
    }
    Ok(())
}

/// Sixteen that have played and are silent.
fn idle(host: &Host, block: u32) -> Done<()> {
    let setup = Setup::new(RATE_HZ, block);
    let mut instances = (0..WAITING)
        .map(|_| host.instance(setup))
        .collect::<Result<Vec<_>, _>>()?;
    let (mut left, mut right) = (vec![0.0; block as usize], vec![0.0; block as usize]);
    let mut least = vec![f64::MAX; BLOCKS];
    for _ in 0..PASSES {
        for least in &mut least {
            let start = Instant::now();
            for instance in &mut instances {
                instance.process(&[], &mut left, &mut right)?;
            }
            *least = least.min(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    let us = median(least);
    let share = us / (1e6 * f64::from(block) / RATE_HZ);
    let told = format!(
        "{:.2} % of a core; at most {:.0} %: {}",
        100.0 * share,
        100.0 * MOST_SHARE,
        verdict(share <= MOST_SHARE)
    );
    row(
        &format!("16 silent instances, blocks of {block}"),
        us,
        &told,
    );
    Ok(())
}

/// What each instance after the first takes; the instances, to be kept.
fn memory(host: &Host, name: &str, model: Model) -> Done<Vec<Instance>> {
    // The second one finds what the first one has left.
    let mut instances = vec![ready(host, model)?, ready(host, model)?];
    let Some(before) = resident_mib() else {
        println!("  memory: not known on this system");
        return Ok(instances);
    };
    for _ in 0..MEASURED {
        instances.push(ready(host, model)?);
    }
    let after = resident_mib().unwrap_or(before);
    let mib = (after - before) / MEASURED as f64;
    println!(
        "  {name}: another instance takes {mib:.1} MiB; at most {MOST_MIB} MiB: {}",
        verdict(mib < MOST_MIB)
    );
    Ok(instances)
}

/// An instance that has made its model ready.
fn ready(host: &Host, model: Model) -> Done<Instance> {
    let mut instance = host.instance(Setup::new(RATE_HZ, 512))?;
    match model {
        Model::First => {}
        Model::Opened(name) => instance.use_models(&[name])?,
        Model::Chosen(name) => {
            let project = Project::of(&mut instance)?.with_models(&[name]);
            instance.load_state(&project.bytes())?;
        }
    }
    let (mut left, mut right) = (vec![0.0; 512], vec![0.0; 512]);
    for _ in 0..READY_BLOCKS {
        instance.process(&[], &mut left, &mut right)?;
        // Time for the threads beside the sound.
        sleep(WAIT);
    }
    Ok(instance)
}

/// Memory of this process that is in use, where the system tells.
fn resident_mib() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
