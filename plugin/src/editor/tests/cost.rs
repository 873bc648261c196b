//! What a picture of each page costs: building it, and cutting it into triangles; no rasterising.
//!
//! `cargo xtask bench` runs it in release; by itself it prints nothing.

use super::bench::{Bench, SIZE};
use super::pictures::PAGES;
use super::sounding::Chord;
use crate::library::factory;
use std::sync::Arc;
use std::time::Instant;

/// Set where the figures are wanted.
const WANTED: &str = "BETWIXT_COST";
/// Pictures of each page.
const PICTURES: usize = 300;
/// Sixteen keys over five octaves.
const KEYS: [u8; 16] = [
    36, 40, 43, 48, 52, 55, 60, 64, 67, 70, 72, 76, 79, 84, 88, 91,
];

/// The middle and the worst of some durations, in milliseconds.
fn figures(mut taken_ms: Vec<f64>) -> (f64, f64) {
    taken_ms.sort_by(f64::total_cmp);
    (taken_ms[taken_ms.len() / 2], taken_ms[taken_ms.len() - 1])
}

#[test]
#[expect(clippy::print_stdout, reason = "its figures are what it is for")]
fn the_cost_of_views() {
    if std::env::var_os(WANTED).is_none() {
        return;
    }
    let mut bench = Bench::on(Arc::clone(&factory()[0]), SIZE);
    let hidden = bench
        .editor
        .settings
        .change(|settings| settings.hints = false);
    hidden.unwrap();
    let decoder = Arc::clone(&factory()[0].decoder);
    let mut chord = Chord::new(&bench, decoder, &KEYS);
    println!("window, 16 voices: ms for each picture, built and tessellated");
    println!("  {:<12} {:>8} {:>8}", "page", "median", "worst");
    for page in PAGES {
        bench.click_on(page);
        let mut taken_ms = Vec::with_capacity(PICTURES);
        for _ in 0..PICTURES {
            chord.step(&bench);
            let begun = Instant::now();
            let triangles = bench.tessellated();
            taken_ms.push(begun.elapsed().as_secs_f64() * 1e3);
            assert!(triangles > 100, "{page} is painted");
        }
        let (median, worst) = figures(taken_ms);
        println!("  {page:<12} {median:>8.3} {worst:>8.3}");
    }
}
