//! Painting a frame of so many partials: from the table, and as the formula has it.
//!
//! The formula's form computes a sine for every bin of every lobe and a cosine and sine for every
//! phase, plainly written. Both paint four bins for each partial of one 1024-point frame; neither
//! figure holds the inverse transform, which stands apart.

use crate::timing::{median_us, row, verdict};
use betwixt_engine::painter::{Oscillators, Paint, Painter};
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::partials::{BANDS, FREE, FreePartial, GROUPS};
use betwixt_spectral::{Complex32, PartialsFrame};
use std::f32::consts::PI;
use std::hint::black_box;

const RATE_HZ: f64 = 48_000.0;
const COUNTS: [usize; 4] = [20, 60, 200, 600];
/// Between the first and the last partial all is below this.
const HIGHEST_HZ: f64 = 19_500.0;
/// Times that the table has to beat the formula by.
const FASTER: f64 = 3.0;
/// Time between two frames, in microseconds.
const HOP_US: f64 = 256.0 / RATE_HZ * 1e6;

pub(crate) fn figures(runs: usize) {
    let mut painter = Painter::new(RATE_HZ, 1);
    let mut oscillators = Oscillators::new();
    oscillators.start(1);
    let mut bare = Vec::new();
    for count in COUNTS {
        let mono = paint(count, 0.0, 0.0);
        let table = median_us(runs, || painter.paint(&mut oscillators, black_box(&mono)));
        let mut sines = Sines::new(painter.fft_len(), count);
        let formula = median_us(runs, || sines.paint(black_box(&mono)));
        bare.push((count, table, formula));
        let beside = format!("sines {formula:.1} µs: {:.1} ×", formula / table);
        row(&format!("{count} partials, mono, no noise"), table, &beside);
        let whole = paint(count, 0.5, 0.001);
        let (mut left, mut right) = (vec![0.0; 1024], vec![0.0; 1024]);
        let full = median_us(runs, || {
            painter.paint(&mut oscillators, black_box(&whole));
            painter.add_to(black_box(&mut left), &mut right);
        });
        let share = format!("{:.2} % of a core per voice", 100.0 * full / HOP_US);
        row(
            &format!("{count} partials, stereo, noise, inverse FFTs"),
            full,
            &share,
        );
    }
    each_partial(&bare);
}

/// What a partial more costs: what a frame costs in any case, empty planes and the like, is left
/// out.
fn each_partial(bare: &[(usize, f64, f64)]) {
    let (Some(few), Some(many)) = (bare.first(), bare.last()) else {
        return;
    };
    let more = (many.0 - few.0) as f64;
    let (table, formula) = ((many.1 - few.1) / more, (many.2 - few.2) / more);
    let ratio = formula / table;
    println!(
        "  each partial more: table {:.1} ns, sines {:.1} ns: {ratio:.1} × (at least {FASTER} ×: {})",
        1e3 * table,
        1e3 * formula,
        verdict(ratio >= FASTER)
    );
}

/// A frame in which every partial is heard.
fn paint(partials: usize, width: f32, noise: f32) -> Paint {
    Paint {
        frame: PartialsFrame {
            harmonics: [0.01; GROUPS],
            noise: [noise; BANDS],
            cents: 0.0,
            inharmonicity: 0.0,
            free: [FreePartial::default(); FREE],
        },
        f0_hz: HIGHEST_HZ / partials as f64,
        inharmonicity: 0.0,
        partials: real(partials),
        width,
    }
}

/// The formula as a textbook writes it.
struct Sines {
    spectrum: Vec<Complex32>,
    phase: Vec<f32>,
}

impl Sines {
    fn new(fft_len: usize, partials: usize) -> Self {
        Self {
            spectrum: vec![Complex32::default(); fft_len / 2 + 1],
            phase: vec![0.1; partials],
        }
    }

    fn paint(&mut self, paint: &Paint) {
        self.spectrum.fill(Complex32::default());
        let fft_len = 2 * (self.spectrum.len() - 1);
        let f0_bins = narrow(paint.f0_hz * fft_len as f64 / RATE_HZ);
        for (number, phase) in self.phase.iter_mut().enumerate() {
            let k = real(number + 1);
            let place = k * f0_bins * (1.0 + paint.inharmonicity * k * k).sqrt();
            // A quarter of a frame later.
            *phase = (*phase + place / 4.0).fract();
            let turned = Complex32::from_polar(paint.frame.harmonics[0], 2.0 * PI * *phase);
            let below = index(f64::from(place));
            for bin in below.max(1) - 1..(below + 3).min(self.spectrum.len()) {
                self.spectrum[bin] += turned * real(fft_len / 4) * lobe(real(bin) - place);
            }
        }
        black_box(&mut self.spectrum);
    }
}

fn lobe(x: f32) -> f32 {
    if x.abs() < 1e-4 {
        1.0
    } else if (x.abs() - 1.0).abs() < 1e-4 {
        0.5
    } else {
        (PI * x).sin() / (PI * x * (1.0 - x * x))
    }
}
