//! How near the moments of notes are to the moments they should be.
//!
//! ```text
//!  linear amplitudes ─┬─► spectral convergence  20·log10(‖X − Y‖ / ‖X‖), mean over notes
//!  (answer, target)   └─► log-spectral distance  rms over numbers, mean over moments and notes
//! ```

/// Amplitudes below −80 dB of full scale count as that.
const FLOOR: f32 = 1e-4;
/// A note that is reproduced exactly counts as this: −80 dB.
const EXACT: f64 = 1e-8;

/// Sums over notes, from which both figures follow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Score {
    convergence_db: f64,
    distance_db: f64,
    notes: usize,
}

/// One moment: what was answered and what it should have been, linear, equally long.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) answer: Vec<f32>,
    pub(crate) target: Vec<f32>,
    /// How much time it stands for.
    pub(crate) span_s: f32,
}

impl Pair {
    fn error(&self) -> f64 {
        let pairs = self.answer.iter().zip(&self.target);
        let error: f64 = pairs.map(|(y, x)| f64::from(y - x).powi(2)).sum();
        error * f64::from(self.span_s)
    }

    fn power(&self) -> f64 {
        let power: f64 = self.target.iter().map(|x| f64::from(*x).powi(2)).sum();
        power * f64::from(self.span_s)
    }

    fn distance_db(&self) -> f64 {
        let difference = |(y, x): (&f32, &f32)| 20.0 * (y.max(FLOOR) / x.max(FLOOR)).log10();
        let pairs = self.answer.iter().zip(&self.target);
        let squares: f64 = pairs.map(|pair| f64::from(difference(pair)).powi(2)).sum();
        (squares / self.target.len().max(1) as f64).sqrt()
    }
}

impl Score {
    /// Adds the moments of one note.
    pub(crate) fn add(&mut self, moments: &[Pair]) {
        let sum = |of: fn(&Pair) -> f64| moments.iter().map(of).sum::<f64>();
        let (error, power) = (sum(Pair::error), sum(Pair::power));
        if power <= 0.0 {
            return;
        }
        let distance = |m: &Pair| m.distance_db() * f64::from(m.span_s);
        let spans: f64 = moments.iter().map(|m| f64::from(m.span_s)).sum();
        self.convergence_db += 10.0 * (error / power).max(EXACT).log10();
        self.distance_db += moments.iter().map(distance).sum::<f64>() / spans;
        self.notes += 1;
    }

    /// Adds what another score has seen.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.convergence_db += other.convergence_db;
        self.distance_db += other.distance_db;
        self.notes += other.notes;
    }

    /// How many notes it has seen.
    #[must_use]
    pub(crate) fn notes(&self) -> usize {
        self.notes
    }

    /// Spectral convergence in dB: 0 for silence, −80 for the sound itself; NaN without notes.
    #[must_use]
    pub(crate) fn convergence_db(&self) -> f64 {
        self.convergence_db / self.notes as f64
    }

    /// Log-spectral distance in dB; NaN without notes.
    #[must_use]
    pub(crate) fn distance_db(&self) -> f64 {
        self.distance_db / self.notes as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(answer: &[f32], target: &[f32], span_s: f32) -> Pair {
        Pair {
            answer: answer.into(),
            target: target.into(),
            span_s,
        }
    }

    /// An answer that is 10 % too small everywhere: −20 dB, and 0.92 dB away. Silence: 0 and 80.
    #[test]
    fn figures_by_hand() {
        let mut score = Score::default();
        let small = [
            pair(&[0.9, 0.45], &[1.0, 0.5], 1.0),
            pair(&[0.9, 0.9], &[1.0, 1.0], 3.0),
        ];
        score.add(&small);
        assert!((score.convergence_db() + 20.0).abs() < 1e-4, "{score:?}");
        assert!((score.distance_db() - 0.915).abs() < 1e-3);
        let mut silence = Score::default();
        silence.add(&[pair(&[0.0], &[1.0], 1.0)]);
        assert!(silence.convergence_db().abs() < 1e-9);
        assert!((silence.distance_db() - 80.0).abs() < 1e-3);
        score.merge(&silence);
        assert!(
            (score.convergence_db() + 10.0).abs() < 1e-4,
            "the mean of two notes"
        );
    }

    /// One wrong moment of one second and nine right ones of one: a tenth of the power.
    #[test]
    fn moments_count_by_their_time() {
        let mut score = Score::default();
        score.add(&[pair(&[0.0], &[1.0], 1.0), pair(&[1.0], &[1.0], 9.0)]);
        assert!((score.convergence_db() + 10.0).abs() < 1e-6);
    }
}
