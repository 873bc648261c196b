//! Stopwatches, and lines of the report.

use std::time::Instant;

pub(crate) fn row(name: &str, us: f64, remark: &str) {
    println!("  {name:<46} {us:>9.1} µs   {remark}");
}

pub(crate) fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "MISSED" }
}

pub(crate) fn median_us(runs: usize, work: impl FnMut()) -> f64 {
    median(times_us(runs, work))
}

fn times_us(runs: usize, mut work: impl FnMut()) -> Vec<f64> {
    work();
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1e6
    };
    (0..runs.max(1)).map(time).collect()
}

pub(crate) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
