//! What instances cost that do nothing, and what another one of the same model takes.
//!
//! ```text
//!  16 × built plugin, silent ─► process … process ─► share of a core
//!  resident memory: with one instance, with two … ─► MiB for each more
//! ```
//!
//! The built plugin in a host, framework included.

use crate::Done;
use crate::timing::{median, row, verdict};
use betwixt_host::{Host, Instance, Setup};
use std::time::Instant;

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
/// Blocks of 512 that an instance plays before it is looked at.
const READY_BLOCKS: usize = 20;
/// Instances over which memory is measured.
const MEASURED: usize = 4;

/// Prints the figures.
pub(crate) fn figures() -> Done<()> {
    let host = Host::built()?;
    println!("\nInstances of the built plugin, framework included");
    // First of all: what has been freed would be taken again unnoticed.
    for (name, choice) in [("Instruments", None), ("Notes", Some("notes"))] {
        memory(&host, name, choice)?;
    }
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

/// What each instance after the first takes.
fn memory(host: &Host, name: &str, choice: Option<&str>) -> Done<()> {
    let mut instances = vec![ready(host, choice)?];
    let Some(before) = resident_mib() else {
        println!("  memory: not known on this system");
        return Ok(());
    };
    for _ in 0..MEASURED {
        instances.push(ready(host, choice)?);
    }
    let after = resident_mib().unwrap_or(before);
    let mib = (after - before) / MEASURED as f64;
    println!(
        "  {name}: another instance takes {mib:.1} MiB; at most {MOST_MIB} MiB: {}",
        verdict(mib < MOST_MIB)
    );
    Ok(())
}

/// An instance that has made its model ready.
fn ready(host: &Host, choice: Option<&str>) -> Done<Instance> {
    let mut instance = host.instance(Setup::new(RATE_HZ, 512))?;
    if let Some(model) = choice {
        instance.use_models(&[model])?;
    }
    let (mut left, mut right) = (vec![0.0; 512], vec![0.0; 512]);
    for _ in 0..READY_BLOCKS {
        instance.process(&[], &mut left, &mut right)?;
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
