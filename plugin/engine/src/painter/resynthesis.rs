//! An analysed note painted again, without a network: what the best decoder could sound like.
//!
//! *Not* for the audio thread: it allocates.

use super::{Oscillators, Paint, Painter, blend};
use crate::voice::smoother::Smoother;
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::{PartialsFrame, partials, pitch};

/// Seconds between the frames of an analysis: 256 samples at 44.1 kHz.
const HOP_S: f64 = 256.0 / 44_100.0;

/// Paints frames that lie 256/44,100 s apart, the first at the onset, as one channel.
///
/// `pitch` is the note's nominal one (69.0 = A4): each frame's cents count from it. The sound ends
/// with the last frame.
#[must_use]
pub fn resynthesise(
    frames: &[PartialsFrame],
    pitch: f64,
    sample_rate_hz: f64,
    seed: u64,
) -> Vec<f32> {
    let mut painter = Painter::new(sample_rate_hz, seed);
    let mut oscillators = Oscillators::new();
    oscillators.start(seed);
    let hop = painter.hop();
    let samples = index(frames.len() as f64 * HOP_S * sample_rate_hz);
    let mut left = vec![0.0; samples + 2 * painter.fft_len()];
    let mut right = left.clone();
    // Frame n of the sound is centred n hops after the onset, and the first one lies before it.
    for start in (0..samples + 3 * hop).step_by(hop) {
        let time_s = (start as f64 - hop as f64).max(0.0) / sample_rate_hz;
        let frame = frame_at(frames, time_s / HOP_S);
        let f0_hz = pitch::hz(pitch + f64::from(frame.cents) / 100.0);
        let paint = Paint {
            frame,
            f0_hz,
            inharmonicity: frame.inharmonicity,
            partials: real(partials::partials_below(
                pitch::hz(pitch),
                f64::from(frame.inharmonicity),
            )),
            width: 0.0,
        };
        painter.paint(&mut oscillators, &paint);
        painter.add_to(&mut left[start..], &mut right[start..]);
    }
    let mut fade = Smoother::new(0.0, narrow(sample_rate_hz));
    let onset = 3 * hop;
    let heard = left[onset..onset + samples].iter();
    heard.map(|sample| sample * fade.next(1.0)).collect()
}

fn frame_at(frames: &[PartialsFrame], place: f64) -> PartialsFrame {
    let Some(last) = frames.last() else {
        return PartialsFrame::default();
    };
    let before = index(place);
    match (frames.get(before), frames.get(before + 1)) {
        (Some(from), Some(to)) => blend(from, to, narrow(place - before as f64)),
        _ => *last,
    }
}
