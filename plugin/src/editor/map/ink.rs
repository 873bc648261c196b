//! The way that is being recorded, as it is drawn: red, while Record is on.
//!
//! ```text
//!  Record on ─► the sound's place, as often as it moves ─► a line ─► Record off: the movement itself
//! ```

use super::ground;
use super::view::Sheet;
use crate::editor::theme;

use egui::{Mesh, Painter, Shape, Vec2};

/// The most places; later ones are not seen, and recorded all the same.
const MOST: usize = 4_000;
/// Moves shorter than this are none, as a share of the map.
const SHORTEST: f32 = 0.002;
/// Half the width of the line with its soft edge, in points.
const LINE: f32 = 1.8;

/// What has been drawn since Record went on.
#[derive(Default)]
pub(super) struct Ink {
    places: Vec<Vec2>,
    is_on: bool,
}

impl Ink {
    /// Nothing is drawn.
    pub(super) fn forget(&mut self) {
        self.places.clear();
    }

    /// Follows the sound while something is recorded.
    pub(super) fn follow(&mut self, is_on: bool, share: Vec2) {
        if !is_on || !std::mem::replace(&mut self.is_on, is_on) {
            self.places.clear();
        }
        self.is_on = is_on;
        let moved = |last: &Vec2| (*last - share).length() > SHORTEST;
        if is_on && self.places.len() < MOST && self.places.last().is_none_or(moved) {
            self.places.push(share);
        }
    }

    /// Paints it.
    pub(super) fn paint(&self, painter: &Painter, sheet: &Sheet) {
        if self.places.len() < 2 {
            return;
        }
        let mut mesh = Mesh::default();
        for pair in self.places.windows(2) {
            let ends = [sheet.spot(pair[0]), sheet.spot(pair[1])];
            let side = (ends[1] - ends[0]).normalized().rot90() * LINE;
            ground::ribbon(&mut mesh, ends, side, theme::RECORD);
        }
        painter.add(Shape::mesh(mesh));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    /// The way is kept while Record is on, standing still adds nothing, and each recording begins
    /// anew.
    #[test]
    fn each_recording_is_its_own_line() {
        let mut ink = Ink::default();
        let places = [
            vec2(0.1, 0.1),
            vec2(0.1, 0.1),
            vec2(0.2, 0.1),
            vec2(0.2, 0.3),
        ];
        places.iter().for_each(|place| ink.follow(true, *place));
        assert_eq!(ink.places, [places[0], places[2], places[3]]);
        ink.follow(false, places[3]);
        assert!(ink.places.is_empty());
        ink.follow(true, places[0]);
        assert_eq!(ink.places, [places[0]]);
    }
}
