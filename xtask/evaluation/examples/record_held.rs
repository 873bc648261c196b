//! Records the two sounds of `tests/golden/held` from the soundfont.
//!
//! ```text
//!  FluidR3 GM: trumpet, B♭4 ─────────────────────► gm_trumpetBb4.wav ┐ mono, 16 bits, 44.1 kHz,
//!              church organ, C4 + E4 + G4, a sum ─► gm_organchord.wav ┘ 2.5 s, peak ½
//! ```
//!
//! Run: `cargo run --release -p betwixt-evaluation --example record_held`

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

use betwixt_corpus::soundfont::Soundfont;
use betwixt_evaluation::measure::level;
use betwixt_evaluation::player::RATE_HZ;
use hound::{SampleFormat, WavSpec, WavWriter};
use std::error::Error;
use std::path::Path;

/// Name, General-MIDI program (counted from 0), keys.
const SOUNDS: [(&str, u8, &[u8]); 2] = [
    ("gm_trumpetBb4", 56, &[70]),
    ("gm_organchord", 19, &[60, 64, 67]),
];
const VELOCITY: u8 = 100;
const SECONDS: f64 = 2.5;
const PEAK: f64 = 0.5;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/held");
    std::fs::create_dir_all(&folder)?;
    let font = Soundfont::load()?;
    for (name, program, keys) in SOUNDS {
        let notes: Result<Vec<Vec<f32>>, _> = keys
            .iter()
            .map(|key| font.note(program, *key, VELOCITY, SECONDS))
            .collect();
        let path = folder.join(name).with_extension("wav");
        write(&path, &sum(&notes?))?;
        println!("{}", path.display());
    }
    Ok(())
}

fn sum(notes: &[Vec<f32>]) -> Vec<f32> {
    let mut sum = vec![0.0; notes.iter().map(Vec::len).max().unwrap_or(0)];
    for note in notes {
        sum.iter_mut().zip(note).for_each(|(sum, x)| *sum += x);
    }
    sum
}

fn write(path: &Path, samples: &[f32]) -> Result<(), hound::Error> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let scale = PEAK / level::peak(samples) * f64::from(i16::MAX);
    let mut writer = WavWriter::create(path, spec)?;
    for sample in samples {
        writer.write_sample(rounded(f64::from(*sample) * scale))?;
    }
    writer.finalize()
}

#[expect(clippy::cast_possible_truncation, reason = "the peak is half of it")]
fn rounded(value: f64) -> i16 {
    value.round() as i16
}
