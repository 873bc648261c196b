//! Which part of the map is seen: how near, and around which place.
//!
//! ```text
//!  share 0…1 of the whole map ─ minus centre, times zoom ─► point in the field, up being more
//!  a point in the field ──────────────────────────────────► share
//! ```
//!
//! *Promise:* a zoom about a point keeps what lies under that point, as long as the map's edge is not
//! in the way; the field never shows more than the whole map.

use egui::{Pos2, Rect, Vec2, vec2};

/// The nearest look.
pub(super) const NEAREST: f32 = 16.0;
/// One notch of the wheel, or one press of a button.
pub(super) const NOTCH: f32 = 1.25;
/// Room between the whole map and the field's edge, in points: dots at the edge are seen whole.
pub(super) const INSET: f32 = 12.0;

/// How near, and around which place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Zoom {
    /// The share of the map in the field's middle.
    centre: Vec2,
    factor: f32,
}

impl Default for Zoom {
    /// The whole map.
    fn default() -> Self {
        Self {
            centre: Vec2::splat(0.5),
            factor: 1.0,
        }
    }
}

/// A part of the map on the field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sheet {
    /// All of the field.
    pub(super) field: Rect,
    zoom: Zoom,
}

impl Zoom {
    /// Closer by a factor, keeping what lies under a point of the field.
    pub(super) fn about(self, field: Rect, pointer: Pos2, by: f32) -> Self {
        let before = Sheet::new(field, self).share(pointer);
        let factor = (self.factor * by).clamp(1.0, NEAREST);
        let after = Sheet::new(field, Self { factor, ..self }).share(pointer);
        let centre = self.centre + before - after;
        Self { centre, factor }.within()
    }

    /// The map moves under the field by some points.
    pub(super) fn moved(self, field: Rect, way: Vec2) -> Self {
        let centre = self.centre - way * vec2(1.0, -1.0) / (room(field) * self.factor);
        Self { centre, ..self }.within()
    }

    /// No more than the whole map.
    fn within(self) -> Self {
        let edge = 0.5 / self.factor;
        let centre = self
            .centre
            .clamp(Vec2::splat(edge), Vec2::splat((1.0 - edge).max(edge)));
        Self { centre, ..self }
    }
}

impl Sheet {
    /// The map in a field.
    pub(super) fn new(field: Rect, zoom: Zoom) -> Self {
        Self { field, zoom }
    }

    /// Where a share of the map lies in the field; what is not a number lies in the middle.
    pub(super) fn spot(&self, share: Vec2) -> Pos2 {
        let share = if share.any_nan() {
            Vec2::splat(0.5)
        } else {
            share
        };
        let way = (share - self.zoom.centre) * self.zoom.factor * room(self.field);
        self.field.center() + way * vec2(1.0, -1.0)
    }

    /// The same, brought to the field's edge if it lies beyond.
    pub(super) fn spot_within(&self, share: Vec2) -> Pos2 {
        let spot = self.spot(share);
        let inner = self
            .field
            .shrink(0.5 * INSET.min(self.field.size().min_elem()));
        spot.clamp(inner.min, inner.max.max(inner.min))
    }

    /// Which share of the map lies at a point.
    pub(super) fn share(&self, point: Pos2) -> Vec2 {
        let way = (point - self.field.center()) * vec2(1.0, -1.0);
        self.zoom.centre + self.way(way)
    }

    /// How far so many points are, up being more, as a share of the map.
    fn way(&self, points: Vec2) -> Vec2 {
        points / (room(self.field) * self.zoom.factor)
    }

    /// How far so many points of the pointer's are as a share of the map.
    pub(super) fn stretch(&self, points: Vec2) -> Vec2 {
        self.way(points * vec2(1.0, -1.0))
    }

    /// How many times larger than the whole map.
    pub(super) fn factor(&self) -> f32 {
        self.zoom.factor
    }
}

/// The size of the whole map at its smallest.
fn room(field: Rect) -> Vec2 {
    (field.size() - Vec2::splat(2.0 * INSET)).max(Vec2::splat(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    const FIELD: Rect = Rect {
        min: pos2(10.0, 20.0),
        max: pos2(510.0, 420.0),
    };

    /// The whole map fills the field but for its margin, and up is more.
    #[test]
    fn the_whole_map_fills_the_field() {
        let sheet = Sheet::new(FIELD, Zoom::default());
        let corner = sheet.spot(Vec2::ZERO);
        assert!((corner - FIELD.left_bottom() - vec2(INSET, -INSET)).length() < 1e-4);
        let other = sheet.spot(Vec2::splat(1.0));
        assert!((other - FIELD.right_top() - vec2(-INSET, INSET)).length() < 1e-4);
    }

    /// What lies under the pointer stays there, near and far, and the whole map comes back.
    #[test]
    fn a_zoom_keeps_what_is_under_the_pointer() {
        let pointer = pos2(200.0, 300.0);
        let mut zoom = Zoom::default();
        let under = Sheet::new(FIELD, zoom).share(pointer);
        for _ in 0..20 {
            zoom = zoom.about(FIELD, pointer, NOTCH);
            let sheet = Sheet::new(FIELD, zoom);
            assert!((sheet.share(pointer) - under).length() < 1e-5, "{zoom:?}");
            assert!((sheet.spot(under) - pointer).length() < 0.02, "{zoom:?}");
        }
        assert_eq!(zoom.factor, NEAREST);
        for _ in 0..20 {
            zoom = zoom.about(FIELD, pointer, 1.0 / NOTCH);
        }
        assert_eq!(zoom, Zoom::default());
    }

    /// A drag takes the map along point by point; at its edge it stops.
    #[test]
    fn the_map_follows_the_hand_to_its_edge() {
        let zoom = Zoom::default().about(FIELD, FIELD.center(), 4.0);
        let seen = Sheet::new(FIELD, zoom).share(pos2(100.0, 100.0));
        let moved = zoom.moved(FIELD, vec2(30.0, -12.0));
        let spot = Sheet::new(FIELD, moved).spot(seen);
        assert!((spot - pos2(130.0, 88.0)).length() < 1e-2, "{spot:?}");
        let far = zoom.moved(FIELD, vec2(1e5, 1e5));
        let corner = Sheet::new(FIELD, far).spot(vec2(0.0, 1.0));
        let margin = INSET * 4.0;
        assert!(corner.x <= FIELD.left() + margin && corner.y <= FIELD.top() + margin);
    }
}
