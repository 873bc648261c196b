//! A piece that was played, and the time it took.

use serde::Serialize;

/// How long the plugin needed for one block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockTime {
    /// The block's length, samples.
    pub frames: u32,
    /// From the call to its return.
    pub seconds: f64,
}

/// Stereo samples and the time per block.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The sample rate.
    pub rate_hz: f64,
    /// `[frames]`.
    pub left: Vec<f32>,
    /// `[frames]`.
    pub right: Vec<f32>,
    /// One per block, in order.
    pub block_times: Vec<BlockTime>,
}

/// Figures of speed. They depend on the machine and on what else it was doing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// Sample rate.
    pub rate_hz: f64,
    /// The longest block, samples.
    pub block_samples: u32,
    /// Seconds of sound.
    pub audio_s: f64,
    /// Seconds spent inside the plugin.
    pub compute_s: f64,
    /// Seconds of sound per second inside the plugin: above 1 it can be played live.
    pub real_time_factor: f64,
    /// Mean share of a block's duration that its computation took.
    pub mean_share: f64,
    /// The share that 99 of 100 blocks stayed below.
    pub share_99: f64,
    /// The largest share of its duration (its deadline) that any block took; above 1 it was late.
    pub worst_share: f64,
    /// How long that block took, seconds.
    pub worst_block_s: f64,
    /// Where that block began, seconds into the piece.
    pub worst_block_at_s: f64,
    /// Blocks that took longer than they last.
    pub late_blocks: usize,
}

impl Rendering {
    pub(crate) fn new(
        rate_hz: f64,
        left: Vec<f32>,
        right: Vec<f32>,
        block_times: Vec<BlockTime>,
    ) -> Self {
        Self {
            rate_hz,
            left,
            right,
            block_times,
        }
    }

    /// The figures of speed.
    #[must_use]
    pub fn timing(&self) -> Timing {
        let share = |t: &BlockTime| t.seconds * self.rate_hz / f64::from(t.frames);
        let mut shares: Vec<f64> = self.block_times.iter().map(share).collect();
        let worst = (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b]));
        let worst = worst.unwrap_or(0);
        let frames_before: u64 = self
            .block_times
            .iter()
            .take(worst)
            .map(|t| u64::from(t.frames))
            .sum();
        let late_blocks = shares.iter().filter(|s| **s > 1.0).count();
        shares.sort_by(f64::total_cmp);
        let audio_s = self.left.len() as f64 / self.rate_hz;
        let compute_s: f64 = self.block_times.iter().map(|t| t.seconds).sum();
        let longest = self.block_times.iter().map(|t| t.frames).max();
        Timing {
            rate_hz: self.rate_hz,
            block_samples: longest.unwrap_or(0),
            audio_s,
            compute_s,
            real_time_factor: audio_s / compute_s.max(1e-12),
            mean_share: compute_s / audio_s.max(1e-12),
            share_99: shares.get(shares.len() * 99 / 100).copied().unwrap_or(0.0),
            worst_share: shares.last().copied().unwrap_or(0.0),
            worst_block_s: self.block_times.get(worst).map_or(0.0, |t| t.seconds),
            worst_block_at_s: frames_before as f64 / self.rate_hz,
            late_blocks,
        }
    }

    /// Keeps for every block the lesser of two times: what the plugin needs when the machine does
    /// not disturb it. False when the two renderings are not the same samples in the same blocks.
    pub fn keep_least(&mut self, again: &Self) -> bool {
        let frames = |r: &Self| r.block_times.iter().map(|t| t.frames).collect::<Vec<_>>();
        for (kept, other) in self.block_times.iter_mut().zip(&again.block_times) {
            kept.seconds = kept.seconds.min(other.seconds);
        }
        let same = |a: &[f32], b: &[f32]| {
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits())
        };
        same(&self.left, &again.left)
            && same(&self.right, &again.right)
            && frames(self) == frames(again)
    }

    /// Adds another part of the same piece, as a mixer does: samples, and times block by block, as
    /// on one core. What only one of them has stays as it is.
    pub fn add(&mut self, other: &Self) {
        let channels = [
            (&mut self.left, &other.left),
            (&mut self.right, &other.right),
        ];
        for (sum, part) in channels {
            let samples = sum.iter_mut().zip(part);
            samples.for_each(|(sum, sample)| *sum += sample);
        }
        for (sum, part) in self.block_times.iter_mut().zip(&other.block_times) {
            sum.seconds += part.seconds;
        }
    }

    /// Both channels in one, their mean.
    #[must_use]
    pub fn mono(&self) -> Vec<f32> {
        let pairs = self.left.iter().zip(&self.right);
        pairs.map(|(l, r)| 0.5 * (l + r)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two equal renderings each block keeps its lesser time; a single different bit is told.
    #[test]
    fn repeated_renderings_keep_the_lesser_times() {
        let rendering = |seconds: [f64; 2], sample| {
            let times = seconds.map(|seconds| BlockTime { frames: 1, seconds });
            Rendering::new(10.0, vec![0.0, sample], vec![0.0; 2], times.to_vec())
        };
        let mut kept = rendering([0.1, 0.4], 0.5);
        assert!(kept.keep_least(&rendering([0.3, 0.2], 0.5)));
        let times: Vec<f64> = kept.block_times.iter().map(|t| t.seconds).collect();
        assert_eq!(times, [0.1, 0.2]);
        assert!(!kept.keep_least(&rendering([0.3, 0.2], 0.5 + f32::EPSILON)));
        let (mut zero, minus) = (rendering([0.1; 2], 0.0), rendering([0.1; 2], -0.0));
        assert!(!zero.keep_least(&minus), "bits, not values");
    }

    /// Two parts sound together, and their blocks take as long as both.
    #[test]
    fn parts_add_up() {
        let rendering = |sample: f32, seconds| {
            let times = vec![BlockTime { frames: 2, seconds }];
            Rendering::new(10.0, vec![sample; 2], vec![-sample; 2], times)
        };
        let mut mixed = rendering(0.25, 0.1);
        mixed.add(&rendering(0.5, 0.2));
        assert_eq!((mixed.left[1], mixed.right[0]), (0.75, -0.75));
        assert!((mixed.block_times[0].seconds - 0.3).abs() < 1e-12);
    }

    /// Ten blocks of 100 samples at 1 kHz last 0.1 s each; one of them took 0.15 s, the rest 0.01.
    #[test]
    fn shares_are_of_the_block_s_own_duration() {
        let mut block_times = vec![
            BlockTime {
                frames: 100,
                seconds: 0.01
            };
            10
        ];
        block_times[4].seconds = 0.15;
        let rendering = Rendering::new(1000.0, vec![0.0; 1000], vec![0.0; 1000], block_times);
        let timing = rendering.timing();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(near(timing.worst_share, 1.5), "{timing:?}");
        assert!(near(timing.worst_block_at_s, 0.4), "{timing:?}");
        assert!(near(timing.compute_s, 0.24), "{timing:?}");
        assert!(near(timing.real_time_factor, 1.0 / 0.24), "{timing:?}");
        assert_eq!(timing.late_blocks, 1);
    }
}
