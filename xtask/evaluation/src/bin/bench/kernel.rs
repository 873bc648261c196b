//! The decoder, and for frame models the phase behind it.

use crate::Done;
use crate::timing::{median_us, row, worst_us};
use betwixt_engine::phase::{GradientPhase, NoiseTable};
use betwixt_engine::random::Random;
use betwixt_engine::{Decoder, decoder};
use betwixt_model::Model;
use betwixt_model::header::{FrameFormat, Output};
use betwixt_spectral::number::narrow;
use betwixt_spectral::{Complex32, InverseStft, pitch};
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
    if let Output::Frames(format) = model.header.output {
        phase_figures(&shared, (model, format), runs);
    }
    Ok(())
}

fn phase_figures(shared: &Decoder, (model, format): (&Model, FrameFormat), runs: usize) {
    let geometry = format.geometry;
    let key = shared.layout().nearest_key(60.0);
    let fundamental = pitch::hz(f64::from(key)) / geometry.bin_hz();
    let magnitude = frame(shared, (model, format), key);
    let mut random = Random::new(1);
    let mut phase = GradientPhase::new(geometry);
    phase.start(&magnitude, Some(narrow(fundamental)), &mut random);
    let table = NoiseTable::new(geometry, 1);
    let mut gradient = || {
        phase.begin(black_box(&magnitude), Some(narrow(fundamental)));
        phase.finish(table.frame(0), &mut random);
    };
    let heap = median_us(runs, &mut gradient);
    let worst = (0..7)
        .map(|_| worst_us(runs, &mut gradient))
        .fold(f64::MAX, f64::min);
    let mut stored = vec![0u32; geometry.bins()];
    let noise = median_us(runs, || {
        black_box(&mut stored)
            .iter_mut()
            .zip(table.frame(3))
            .for_each(|(s, p)| *s = p);
    });
    let mut inverse = InverseStft::new(geometry);
    let mut spectrum = vec![Complex32::new(0.1, 0.2); geometry.bins()];
    let mut samples = vec![0.0; geometry.fft_len()];
    let fft = median_us(runs, || {
        inverse.process(black_box(&mut spectrum), &mut samples)
    });
    let remark = format!("worst {worst:.1}; {:.1} × the FFT", heap / fft);
    row("phase of a frame, heap", heap, &remark);
    row("phase of a frame, stored noise", noise, "");
    row("inverse STFT of a frame", fft, "");
}

/// A frame of the model's first sound: linear magnitudes.
fn frame(shared: &Decoder, (model, format): (&Model, FrameFormat), key: u8) -> Vec<f32> {
    let layout = shared.layout();
    let mut vector = vec![0.0; layout.len()];
    vector[..layout.latents()].copy_from_slice(&model.header.whitening.mean);
    layout.write_note(key, &mut vector);
    layout.write_time(0.1, &mut vector);
    let mut magnitude = shared.decode(&vector);
    format.scale.decode(&mut magnitude);
    magnitude
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
