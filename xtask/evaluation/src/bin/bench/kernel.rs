//! The decoder, beside what merely reading its weights takes.

use crate::Done;
use crate::timing::{median_us, row};
use betwixt_engine::{Decoder, decoder};
use betwixt_model::Model;
use std::hint::black_box;

pub(crate) fn figures(model: &Model, runs: usize) -> Done<()> {
    let shared = Decoder::new(model)?;
    let vector = vec![0.3; shared.layout().len()];
    let bytes = shared.weights() * shared.weight_bytes();
    let limit = read_us(bytes, runs);
    let one = median_us(runs, || drop(black_box(shared.decode(black_box(&vector)))));
    let batch = [vector.as_slice(); 4];
    let four = median_us(runs, || {
        drop(black_box(shared.decode_batch(black_box(batch))))
    });
    let textbook = median_us(runs.min(20), || {
        drop(black_box(decoder::reference::decode(model, &vector)))
    });
    let size = format!(
        "{} weights of {} bytes",
        shared.weights(),
        shared.weight_bytes()
    );
    row("reading the decoder's weights (the limit)", limit, &size);
    row("decode", one, &format!("{:.2} × the limit", one / limit));
    let of_one = format!("{:.2} × one decode", four / one);
    row("decode of four at once", four, &of_one);
    let of_panels = format!("{:.1} × the panels", textbook / one);
    row("decode as a textbook writes it", textbook, &of_panels);
    Ok(())
}

/// Median time merely to read some bytes, 64 at a time.
fn read_us(bytes: usize, runs: usize) -> f64 {
    let memory: Vec<u32> = (0..bytes / 4)
        .map(|i| u32::try_from(i).unwrap_or(0))
        .collect();
    median_us(runs, || {
        let lanes = memory
            .as_chunks::<64>()
            .0
            .iter()
            .fold([0u32; 64], |mut lanes, chunk| {
                lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane ^= x);
                lanes
            });
        black_box(lanes);
    })
}
