//! How near frames are to the frames they should be.
//!
//! ```text
//!  scaled frames ─► linear magnitudes ─┬─► spectral convergence  20·log10(‖X − Y‖ / ‖X‖)
//!  (answer, target)                    └─► log-spectral distance  rms over bins, mean over frames
//! ```

use betwixt_spectral::MagnitudeScale;

/// Magnitudes below −80 dB of full scale count as that.
const FLOOR: f32 = 1e-4;

/// Sums over frames, from which both figures follow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Score {
    error: f64,
    level: f64,
    distance: f64,
    frames: usize,
}

impl Score {
    /// Adds frames of `bins` values each, as the network has them; `answer` and `target` are
    /// equally long.
    pub(crate) fn add(
        &mut self,
        scale: MagnitudeScale,
        bins: usize,
        answer: &[f32],
        target: &[f32],
    ) {
        let (mut answer, mut target) = (answer.to_vec(), target.to_vec());
        scale.decode(&mut answer);
        scale.decode(&mut target);
        for (y, x) in answer.chunks_exact(bins).zip(target.chunks_exact(bins)) {
            let pairs = || y.iter().zip(x);
            self.error += pairs().map(|(y, x)| f64::from(y - x).powi(2)).sum::<f64>();
            self.level += x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
            let difference = |(y, x): (&f32, &f32)| 20.0 * (y.max(FLOOR) / x.max(FLOOR)).log10();
            let square = |pair| f64::from(difference(pair)).powi(2);
            let mean = pairs().map(square).sum::<f64>() / bins as f64;
            self.distance += mean.sqrt();
            self.frames += 1;
        }
    }

    /// Adds what another score has seen.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.error += other.error;
        self.level += other.level;
        self.distance += other.distance;
        self.frames += other.frames;
    }

    /// Spectral convergence in dB: 0 for silence, −∞ for the sound itself.
    #[must_use]
    pub(crate) fn convergence_db(&self) -> f64 {
        10.0 * (self.error / self.level).log10()
    }

    /// Log-spectral distance in dB.
    #[must_use]
    pub(crate) fn distance_db(&self) -> f64 {
        self.distance / self.frames.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer that is 10 % too small everywhere: −20 dB, and 0.92 dB away.
    #[test]
    fn figures_by_hand() {
        let mut score = Score::default();
        score.add(
            MagnitudeScale::Linear,
            2,
            &[0.9, 0.45, 0.9, 0.9],
            &[1.0, 0.5, 1.0, 1.0],
        );
        assert!((score.convergence_db() + 20.0).abs() < 1e-4, "{score:?}");
        assert!((score.distance_db() - 0.915).abs() < 1e-3);
        let mut silence = Score::default();
        silence.add(MagnitudeScale::Linear, 1, &[0.0], &[1.0]);
        assert!(silence.convergence_db().abs() < 1e-9);
        assert!((silence.distance_db() - 80.0).abs() < 1e-3);
    }
}
