//! Names on the map: of the instruments, where their sounds are, as far as there is room; and of the
//! sound under the pointer.
//!
//! ```text
//!  instrument ─► the sound in the middle of its own ─► place of its name ─ no other name there ─► shown
//! ```
//!
//! The closer the look, the more names there are; what lies close together comes first.

use super::cloud::Cloud;
use super::view::Sheet;
use crate::editor::{layout, theme};

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Vec2, pos2, vec2};

/// Size of the letters.
const LETTERS: f32 = 10.5;
/// Names on the whole map at its usual size, at most; closer there are more.
const MOST: f32 = 13.0;
/// Free room around a name, in points.
const FREE: Vec2 = vec2(14.0, 9.0);
/// Room for the names of the axes, twice what is seen of it.
const AXES: Vec2 = vec2(150.0, 44.0);
/// Size of the letters of the name under the pointer.
const LARGE: f32 = 12.5;
/// Space between the pointer and the name.
const ASIDE: f32 = 14.0;

/// The names that are shown: label and middle.
pub(super) struct Names(Vec<(usize, Pos2)>);

impl Names {
    /// The names that have room.
    pub(super) fn of(painter: &Painter, cloud: &Cloud, shares: &[Vec2], sheet: &Sheet) -> Self {
        let most = layout::whole(MOST * sheet.factor());
        // The names of the axes have two corners.
        let corner = |at: Pos2| Rect::from_center_size(at, AXES);
        let field = sheet.field;
        let mut taken = vec![corner(field.left_top()), corner(field.right_bottom())];
        let mut shown = Vec::new();
        let inner = sheet.field.shrink(4.0);
        for (label, share) in middles(cloud, shares) {
            let spot = sheet.spot(share) - vec2(0.0, 9.0);
            let name = cloud.labels.get(label).map_or("", String::as_str);
            if shown.len() == most || name.is_empty() || !inner.contains(spot) {
                continue;
            }
            let area = Rect::from_center_size(spot, size(painter, name));
            let is_free = taken
                .iter()
                .all(|other| !other.intersects(area.expand2(FREE)));
            if is_free && inner.contains_rect(area) {
                taken.push(area);
                shown.push((label, spot));
            }
        }
        Self(shown)
    }

    /// Paints them.
    pub(super) fn paint(&self, painter: &Painter, cloud: &Cloud) {
        let shadow = theme::ink().background.gamma_multiply(0.55);
        for (label, spot) in &self.0 {
            let name = &cloud.labels[*label];
            let area = Rect::from_center_size(*spot, size(painter, name));
            painter.rect_filled(area.expand2(vec2(3.0, 0.0)), 3.0, shadow);
            let look = (LETTERS, theme::ink().dim.gamma_multiply(0.9));
            theme::words(painter, *spot, Align2::CENTER_CENTER, name, look);
        }
    }
}

fn size(painter: &Painter, name: &str) -> Vec2 {
    let font = FontId::proportional(LETTERS);
    painter
        .layout_no_wrap(name.to_owned(), font, Color32::WHITE)
        .size()
}

/// The middle of each instrument's sounds; what lies closest together first.
fn middles(cloud: &Cloud, shares: &[Vec2]) -> Vec<(usize, Vec2)> {
    let mut own: Vec<Vec<Vec2>> = vec![Vec::new(); cloud.labels.len()];
    for (sound, share) in cloud.sounds.iter().zip(shares) {
        if let Some(places) = own.get_mut(sound.label) {
            places.push(*share);
        }
    }
    let labelled = own
        .into_iter()
        .enumerate()
        .filter(|(_, places)| !places.is_empty());
    let mut middles: Vec<(f32, usize, Vec2)> = labelled
        .map(|(label, mut places)| {
            let middle = median(&mut places);
            let far = places.iter().map(|place| (*place - middle).length());
            (far.sum::<f32>() / layout::real(places.len()), label, middle)
        })
        .collect();
    middles.sort_by(|a, b| a.0.total_cmp(&b.0));
    middles
        .into_iter()
        .map(|(_, label, middle)| (label, middle))
        .collect()
}

/// The middle one of some places in each direction.
fn median(places: &mut [Vec2]) -> Vec2 {
    let middle = places.len() / 2;
    places.sort_by(|a, b| a.x.total_cmp(&b.x));
    let across = places[middle].x;
    places.sort_by(|a, b| a.y.total_cmp(&b.y));
    vec2(across, places[middle].y)
}

/// A name beside the pointer, on a plate that never leaves the field.
pub(super) fn plate(painter: &Painter, field: Rect, pointer: Pos2, (words, hue): (&str, Color32)) {
    let font = FontId::proportional(LARGE);
    let galley = painter.layout_no_wrap(words.to_owned(), font, theme::ink().text);
    let size = galley.size() + vec2(26.0, 8.0);
    let area = beside(field, pointer, size);
    painter.rect_filled(area, 5.0, theme::ink().panel.gamma_multiply(0.96));
    let line = theme::thin(theme::ink().line);
    painter.rect_stroke(area, 5.0, line, egui::StrokeKind::Inside);
    let dot = pos2(area.left() + 10.0, area.center().y);
    painter.circle_filled(dot, 3.5, hue);
    let at = pos2(area.left() + 19.0, area.top() + 4.0);
    painter.galley(at, galley, theme::ink().text);
}

/// Where a plate of some size lies: right above the pointer, or where there is room.
pub(super) fn beside(field: Rect, pointer: Pos2, size: Vec2) -> Rect {
    let mut corner = pointer + vec2(ASIDE, -ASIDE - size.y);
    if corner.x + size.x > field.right() {
        corner.x = pointer.x - ASIDE - size.x;
    }
    if corner.y < field.top() {
        corner.y = pointer.y + ASIDE;
    }
    let most = (field.max - size).max(field.min);
    Rect::from_min_size(corner.clamp(field.min, most), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever the pointer is, the plate lies within the field and not under the pointer.
    #[test]
    fn the_plate_never_leaves_the_field() {
        let field = Rect::from_min_size(pos2(100.0, 50.0), vec2(400.0, 300.0));
        let size = vec2(150.0, 22.0);
        for across in 0..=20u8 {
            for down in 0..=20u8 {
                let away = vec2(f32::from(across) / 20.0, f32::from(down) / 20.0);
                let pointer = field.min + away * field.size();
                let plate = beside(field, pointer, size);
                assert!(field.contains_rect(plate), "{pointer:?}");
                assert!(!plate.contains(pointer), "{pointer:?}");
            }
        }
    }

    /// A field that is smaller than the plate shows its beginning.
    #[test]
    fn a_small_field_shows_the_beginning() {
        let field = Rect::from_min_size(pos2(5.0, 5.0), vec2(1.0, 1.0));
        let plate = beside(field, field.center(), vec2(150.0, 22.0));
        assert_eq!(plate.min, field.min);
    }
}
