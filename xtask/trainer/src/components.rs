//! Principal components, small and large.
//!
//! ```text
//!  few dimensions:   points [n, L] ─► covariance [L, L] ─► Jacobi ─► axes by falling spread
//!  many dimensions:  rows [n, d] ─► power iteration on a few directions ─► Components [d, k]
//! ```
//!
//! The small one turns the latents so that the knobs are ordered and independent; the large one is
//! the baseline that every model is measured beside.

use betwixt_spectral::number::narrow;
use candle_core::{Device, Result, Tensor};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// Mean and axes of a cloud of points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axes {
    /// `[L]`.
    pub(crate) mean: Vec<f64>,
    /// Unit vectors, `[L][L]`, largest spread first.
    pub(crate) axes: Vec<Vec<f64>>,
}

impl Axes {
    /// Of `[n][L]` points.
    pub(crate) fn of(points: &[Vec<f64>]) -> Self {
        let width = points.first().map_or(0, Vec::len);
        let count = points.len().max(1) as f64;
        let mean: Vec<f64> = (0..width)
            .map(|i| points.iter().map(|p| p[i]).sum::<f64>() / count)
            .collect();
        let mut covariance = vec![vec![0.0; width]; width];
        for point in points {
            for i in 0..width {
                for j in 0..width {
                    covariance[i][j] += (point[i] - mean[i]) * (point[j] - mean[j]) / count;
                }
            }
        }
        let mut axes = eigenvectors(covariance);
        axes.sort_by(|a, b| b.0.total_cmp(&a.0));
        Self {
            mean,
            axes: axes.into_iter().map(|(_, axis)| axis).collect(),
        }
    }

    /// A point's coordinates along the axes.
    pub(crate) fn coordinates(&self, point: &[f64]) -> Vec<f64> {
        let centred = |axis: &Vec<f64>| {
            let terms = axis.iter().zip(point).zip(&self.mean);
            terms.map(|((a, p), m)| a * (p - m)).sum()
        };
        self.axes.iter().map(centred).collect()
    }
}

impl Axes {
    /// Standard deviation of points along each axis, never 0.
    pub(crate) fn deviations(&self, points: &[Vec<f64>]) -> Vec<f64> {
        let mut squares = vec![0.0; self.axes.len()];
        for point in points {
            let along = self.coordinates(point);
            squares.iter_mut().zip(along).for_each(|(s, a)| *s += a * a);
        }
        let count = points.len().max(1) as f64;
        let deviation = |square: f64| (square / count).sqrt().max(1e-6);
        squares.into_iter().map(deviation).collect()
    }
}

/// The orthogonal matrix nearest to a square one: A·(AᵀA)^(−½). Directions in which A is nothing
/// are filled in any way that keeps it orthogonal.
pub(crate) fn polar(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let size = matrix.len();
    let product = |i: usize, j: usize| matrix.iter().map(|row| row[i] * row[j]).sum::<f64>();
    let square = (0..size).map(|i| (0..size).map(|j| product(i, j)).collect());
    let mut right = eigenvectors(square.collect());
    right.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut left: Vec<Vec<f64>> = Vec::with_capacity(size);
    for (_, axis) in &right {
        let image = matrix.iter().map(|row| dot(row, axis)).collect();
        left.push(beside(&left, image));
    }
    let sum = |i: usize, j: usize| {
        let both = left.iter().zip(&right);
        both.map(|(l, (_, r))| l[i] * r[j]).sum()
    };
    (0..size)
        .map(|i| (0..size).map(|j| sum(i, j)).collect())
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The unit vector along `wanted` and across all `others`; if nothing is left of it, along the
/// first axis of which something is.
fn beside(others: &[Vec<f64>], wanted: Vec<f64>) -> Vec<f64> {
    let size = wanted.len();
    let unit = |axis: usize| (0..size).map(|i| f64::from(u8::from(i == axis))).collect();
    let length = dot(&wanted, &wanted).sqrt();
    for (mut vector, scale) in [(wanted, length)]
        .into_iter()
        .chain((0..size).map(|axis| (unit(axis), 1.0)))
    {
        // Twice: the first pass leaves rounding errors as large as what is left.
        for other in others.iter().chain(others) {
            let along = dot(&vector, other);
            vector
                .iter_mut()
                .zip(other)
                .for_each(|(v, o)| *v -= along * o);
        }
        let left = dot(&vector, &vector).sqrt();
        if left > 1e-6 * scale && left > 1e-9 {
            return vector.into_iter().map(|v| v / left).collect();
        }
    }
    unit(0)
}

/// (eigenvalue, unit eigenvector) of a symmetric matrix, by Jacobi rotations.
fn eigenvectors(mut matrix: Vec<Vec<f64>>) -> Vec<(f64, Vec<f64>)> {
    let size = matrix.len();
    let mut vectors: Vec<Vec<f64>> = (0..size)
        .map(|i| (0..size).map(|j| f64::from(u8::from(i == j))).collect())
        .collect();
    for _ in 0..64 {
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut matrix, &mut vectors, p, q);
            }
        }
    }
    vectors
        .into_iter()
        .enumerate()
        .map(|(i, vector)| (matrix[i][i], vector))
        .collect()
}

/// Makes element (p, q) zero; rows of `vectors` become the eigenvectors.
fn rotate(matrix: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    if matrix[p][q].abs() < 1e-300 {
        return;
    }
    let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = (tangent * tangent + 1.0).sqrt().recip();
    let sine = tangent * cosine;
    for row in matrix.iter_mut() {
        (row[p], row[q]) = (
            cosine * row[p] - sine * row[q],
            sine * row[p] + cosine * row[q],
        );
    }
    rotate_rows(matrix, (p, q), (cosine, sine));
    rotate_rows(vectors, (p, q), (cosine, sine));
}

fn rotate_rows(rows: &mut [Vec<f64>], (p, q): (usize, usize), (cosine, sine): (f64, f64)) {
    for column in 0..rows[p].len() {
        let (a, b) = (rows[p][column], rows[q][column]);
        rows[p][column] = cosine * a - sine * b;
        rows[q][column] = sine * a + cosine * b;
    }
}

/// The directions of largest spread among long rows.
#[derive(Debug)]
pub(crate) struct Components {
    mean: Tensor,
    /// `[d, k]`, orthonormal.
    directions: Tensor,
}

impl Components {
    /// Of `[n, d]` rows, by ten rounds of power iteration from a seeded start.
    pub(crate) fn of(rows: &Tensor, count: usize) -> Result<Self> {
        let width = rows.dim(1)?;
        let mean = rows.mean_keepdim(0)?;
        let centred = rows.broadcast_sub(&mean)?;
        let mut random = Pcg64Mcg::seed_from_u64(1);
        let start = (0..width * count).map(|_| narrow(random.random_range(-1.0..1.0)));
        let start: Vec<f32> = start.collect();
        let mut directions = Tensor::from_vec(start, (width, count), &Device::Cpu)?;
        for _ in 0..10 {
            let along = centred.matmul(&directions)?;
            directions = orthonormal(&centred.t()?.matmul(&along)?)?;
        }
        Ok(Self { mean, directions })
    }

    /// What `count` numbers per row can say of the rows.
    pub(crate) fn reconstruct(&self, rows: &Tensor) -> Result<Tensor> {
        let centred = rows.broadcast_sub(&self.mean)?;
        let along = centred.matmul(&self.directions)?;
        along
            .matmul(&self.directions.t()?)?
            .broadcast_add(&self.mean)
    }
}

/// Gram and Schmidt, on the columns of `[d, k]`.
fn orthonormal(columns: &Tensor) -> Result<Tensor> {
    let mut rows = columns.t()?.contiguous()?.to_vec2::<f32>()?;
    for i in 0..rows.len() {
        let (done, rest) = rows.split_at_mut(i);
        let row = &mut rest[0];
        for earlier in done.iter() {
            let terms = row.iter().zip(earlier);
            let along = narrow(terms.map(|(a, b)| f64::from(a * b)).sum());
            row.iter_mut()
                .zip(earlier)
                .for_each(|(a, b)| *a -= along * b);
        }
        let norm = row.iter().map(|a| f64::from(a * a)).sum::<f64>().sqrt();
        let scale = narrow(norm.max(1e-30).recip());
        row.iter_mut().for_each(|a| *a *= scale);
    }
    Tensor::new(rows, &Device::Cpu)?.t()?.contiguous()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points on a tilted ellipse: the axes are (0.8, 0.6) and (−0.6, 0.8), whatever their signs.
    #[test]
    fn a_tilted_ellipse_has_tilted_axes() {
        let point = |i: usize| {
            let angle = std::f64::consts::TAU * i as f64 / 100.0;
            let (along, across) = (5.0 * angle.cos(), angle.sin());
            vec![
                1.0 + 0.8 * along - 0.6 * across,
                2.0 + 0.6 * along + 0.8 * across,
            ]
        };
        let points: Vec<Vec<f64>> = (0..100).map(point).collect();
        let axes = Axes::of(&points);
        assert!((axes.mean[0] - 1.0).abs() < 1e-9 && (axes.mean[1] - 2.0).abs() < 1e-9);
        let first = &axes.axes[0];
        assert!(((first[0] * 0.8 + first[1] * 0.6).abs() - 1.0).abs() < 1e-9);
        let along = axes.coordinates(&points[0])[0].abs();
        assert!((along - 5.0).abs() < 1e-9);
    }

    /// A rotation times any stretching comes back as the rotation; a matrix of rank one as some
    /// orthogonal matrix that keeps its one direction.
    #[test]
    fn the_nearest_rotation_is_found() {
        let (sine, cosine) = (0.6, 0.8);
        let rotation = [[cosine, -sine], [sine, cosine]];
        // rotation · [[2, 1], [1, 3]]: the second factor is symmetric and positive.
        let matrix: Vec<Vec<f64>> = rotation
            .iter()
            .map(|r| vec![2.0 * r[0] + r[1], r[0] + 3.0 * r[1]])
            .collect();
        let found = polar(&matrix);
        for (row, expected) in found.iter().zip(&rotation) {
            assert!((row[0] - expected[0]).abs() < 1e-9 && (row[1] - expected[1]).abs() < 1e-9);
        }
        let thin = polar(&[vec![0.0, 3.0], vec![0.0, 0.0]]);
        assert!((thin[0][1] - 1.0).abs() < 1e-9, "{thin:?}");
        assert!((dot(&thin[0], &thin[1])).abs() < 1e-9 && (thin[1][0].abs() - 1.0).abs() < 1e-9);
    }

    /// Rows that lie in a plane are said completely by two numbers, and not by one.
    #[test]
    fn two_numbers_say_a_plane() {
        let row = |i: usize| {
            let (a, b) = ((i % 7) as f32 - 3.0, (i % 5) as f32 * 0.3);
            let value = |j: usize| 1.0 + a * (j as f32).sin() + b * (j as f32 * 0.7).cos();
            (0..40).map(value).collect::<Vec<f32>>()
        };
        let rows = Tensor::new((0..35).map(row).collect::<Vec<_>>(), &Device::Cpu).unwrap();
        let error = |count| {
            let components = Components::of(&rows, count).unwrap();
            let back = components.reconstruct(&rows).unwrap();
            let error = (back - &rows).unwrap().sqr().unwrap().mean_all().unwrap();
            error.to_scalar::<f32>().unwrap()
        };
        assert!(
            error(2) < 1e-8 && error(1) > 1e-3,
            "{} {}",
            error(2),
            error(1)
        );
    }
}
