//! How thickly the sounds lie: hills behind the dots, with lines of equal height.
//!
//! ```text
//!  places [n] ─ each a Gaussian of weight 1 ─► cells [96 × 96] ─┬─► picture, one pixel per cell
//!                                                               └─► lines of equal height
//! ```
//!
//! *Promise:* the cells' sum is the number of places that are numbers: each Gaussian is weighed on the grid itself, so
//! nothing is lost at its edge. Made once for a model and a plane, never for a picture.
//!
//! *Source:* width of the kernel after D. W. Scott, "Multivariate Density Estimation", 1992:
//! σ n^(−1/6) in two dimensions; a little less, for there are many hills. Lines: W. E. Lorensen and
//! H. E. Cline, "Marching cubes", 1987, in two dimensions.

use crate::editor::{layout, theme};
use egui::{ColorImage, Vec2, vec2};

/// Cells in each direction.
pub(super) const CELLS: usize = 96;
/// How far the grid reaches beyond the map, as a share of it.
pub(super) const BEYOND: f32 = 0.12;
/// Share of Scott's width.
const SHARP: f32 = 0.6;
/// A kernel is at least so wide, in cells.
const NARROWEST: f32 = 1.2;
/// A kernel ends after so many widths.
const REACH: f32 = 3.5;
/// How far up the scale of colours the highest hill goes.
const SUMMIT: f32 = 0.33;
/// Heights of the lines as shares of the highest hill.
pub(super) const LEVELS: [f32; 6] = [0.04, 0.12, 0.24, 0.40, 0.58, 0.78];

/// Hills on a grid.
pub(super) struct Density {
    /// Row by row from the bottom.
    cells: Vec<f32>,
    highest: f32,
}

/// A piece of a line of equal height: its level, and its ends as shares of the map.
pub(super) type Piece = (usize, [Vec2; 2]);

impl Density {
    /// The hills of some places, shares of the map.
    pub(super) fn of(places: &[Vec2]) -> Self {
        let mut cells = vec![0.0; CELLS * CELLS];
        let places: Vec<Vec2> = places.iter().copied().filter(|at| at.is_finite()).collect();
        let width = width(&places);
        for place in &places {
            let [across, up] = [(place.x, width.x), (place.y, width.y)].map(kernel);
            for (row, high) in &up {
                let line = &mut cells[row * CELLS..(row + 1) * CELLS];
                across
                    .iter()
                    .for_each(|(cell, wide)| line[*cell] += wide * high);
            }
        }
        let highest = cells.iter().fold(0.0, |high: f32, cell| high.max(*cell));
        Self { cells, highest }
    }

    /// The height of a cell, 0…1 of the highest.
    fn height(&self, column: usize, row: usize) -> f32 {
        self.cells[row * CELLS + column] / self.highest.max(f32::MIN_POSITIVE)
    }

    /// One pixel for each cell, from the top.
    pub(super) fn picture(&self) -> ColorImage {
        let pixel = |at: usize| {
            let height = self.height(at % CELLS, CELLS - 1 - at / CELLS);
            theme::number_colour(SUMMIT * height.sqrt())
        };
        ColorImage::new([CELLS; 2], (0..CELLS * CELLS).map(pixel).collect())
    }

    /// The lines of equal height.
    pub(super) fn lines(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (place, level) in LEVELS.into_iter().enumerate() {
            for row in 0..CELLS - 1 {
                for column in 0..CELLS - 1 {
                    self.cross(level, [column, row], |ends| pieces.push((place, ends)));
                }
            }
        }
        pieces
    }

    /// Where a level crosses the square between four cells' middles.
    fn cross(&self, level: f32, [column, row]: [usize; 2], mut found: impl FnMut([Vec2; 2])) {
        let corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(|[right, up]| {
            let (column, row) = (column + right, row + up);
            (middle(column, row), self.height(column, row) - level)
        });
        let mut crossings = [Vec2::ZERO; 4];
        let mut count = 0;
        for side in 0..4 {
            let ((from, low), (to, high)) = (corners[side], corners[(side + 1) % 4]);
            if (low < 0.0) != (high < 0.0) {
                crossings[count] = from + (to - from) * (low / (low - high));
                count += 1;
            }
        }
        for pair in crossings[..count].chunks_exact(2) {
            found([pair[0], pair[1]]);
        }
    }
}

/// The middle of a cell as a share of the map.
fn middle(column: usize, row: usize) -> Vec2 {
    let share = |at: usize| (layout::real(at) + 0.5) / layout::real(CELLS);
    vec2(share(column), share(row)) * (1.0 + 2.0 * BEYOND) - Vec2::splat(BEYOND)
}

/// The kernel's width in both directions, in cells.
fn width(places: &[Vec2]) -> Vec2 {
    let count = layout::real(places.len().max(1));
    let mean = places.iter().fold(Vec2::ZERO, |sum, place| sum + *place) / count;
    let squares = places.iter().map(|place| (*place - mean) * (*place - mean));
    let spread = squares.fold(Vec2::ZERO, |sum, square| sum + square) / count;
    let scott = vec2(spread.x.sqrt(), spread.y.sqrt()) * count.powf(-1.0 / 6.0) * SHARP;
    let cells = scott * layout::real(CELLS) / (1.0 + 2.0 * BEYOND);
    vec2(cells.x.max(NARROWEST), cells.y.max(NARROWEST))
}

/// A Gaussian around a share of the map on the cells of one direction; its sum is 1.
fn kernel((share, width): (f32, f32)) -> Vec<(usize, f32)> {
    let last = layout::real(CELLS - 1);
    let at = (share + BEYOND) / (1.0 + 2.0 * BEYOND) * layout::real(CELLS) - 0.5;
    // What lies beyond the grid stands at its edge.
    let at = at.clamp(0.0, last);
    let low = layout::whole((at - REACH * width).max(0.0));
    let high = layout::whole((at + REACH * width).min(last));
    let weight = |cell: usize| (-0.5 * ((layout::real(cell) - at) / width).powi(2)).exp();
    let mut cells: Vec<(usize, f32)> = (low..=high).map(|cell| (cell, weight(cell))).collect();
    let sum: f32 = cells.iter().map(|cell| cell.1).sum();
    cells.iter_mut().for_each(|cell| cell.1 /= sum);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::map::{cloud, plane::Plane};

    fn scattered(count: usize) -> Vec<Vec2> {
        let plane = Plane::of_latents([0, 1]);
        let sounds = cloud::tests::scattered(count);
        sounds
            .iter()
            .map(|sound| plane.share(&sound.latents))
            .collect()
    }

    /// All sounds together weigh as many as they are, also those at the edge and beyond it.
    #[test]
    fn the_density_adds_up_to_the_number_of_sounds() {
        let mut places = scattered(500);
        places.extend([vec2(0.0, 1.0), vec2(-3.0, 0.5), vec2(f32::NAN, 0.5)]);
        let sum: f32 = Density::of(&places).cells.iter().sum();
        assert!((sum - 502.0).abs() < 0.05, "{sum}");
    }

    /// One sound alone is a hill with its top there, equally high on both sides.
    #[test]
    fn one_sound_is_one_hill() {
        let density = Density::of(&[vec2(0.5, 0.5)]);
        let (left, right) = (CELLS / 2 - 1, CELLS / 2);
        let corners = [(left, left), (left, right), (right, left), (right, right)];
        for (column, row) in corners {
            assert!((density.height(column, row) - 1.0).abs() < 1e-4);
        }
        assert!(density.height(left - 4, left) < 0.1);
    }

    /// A line around one round hill is a closed circle: every point of it is equally far from the
    /// top, and each end is the beginning of another piece.
    #[test]
    fn lines_of_equal_height_are_closed() {
        let lines = Density::of(&[vec2(0.5, 0.5)]).lines();
        for level in 0..LEVELS.len() {
            let own: Vec<_> = lines.iter().filter(|piece| piece.0 == level).collect();
            assert!(own.len() >= 4, "level {level}");
            let far = |end: &Vec2| (*end - Vec2::splat(0.5)).length();
            let first = far(&own[0].1[0]);
            for (_, ends) in &own {
                for end in ends {
                    assert!((far(end) - first).abs() < 0.004, "level {level}");
                    let meets = own.iter().flat_map(|piece| piece.1);
                    let count = meets
                        .filter(|other| (*other - *end).length() < 1e-5)
                        .count();
                    assert_eq!(count, 2, "level {level}");
                }
            }
        }
    }

    /// Nothing is flat, and has no lines.
    #[test]
    fn nothing_is_flat() {
        let density = Density::of(&[]);
        assert!(density.lines().is_empty());
        assert_eq!(density.cells.iter().sum::<f32>(), 0.0);
    }
}
