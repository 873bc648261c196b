//! The model's training sounds: where they lie, what they are called, which colours they have.
//!
//! ```text
//!  model ─► sounds [≤ 2,000] ─ plane ─► shares of the map ─ sheet, colours ─► one mesh of dots
//!                                          └─ pointer ─► the nearest one
//! ```
//!
//! An instrument's hue is the direction in which its sounds lie from the middle of all: what sounds
//! alike looks alike, and the map reads as one picture instead of many confetti.

use super::plane::{Latents, Plane};
use super::view::Sheet;
use crate::editor::{layout, theme, words};
use crate::library::Description;
use betwixt_engine::LATENTS;

use egui::{Color32, ColorImage, Mesh, Pos2, Rect, TextureId, Vec2, pos2, vec2};

/// More training sounds than this are thinned out evenly.
const MOST_SOUNDS: usize = 2_000;
/// A training sound is named, and taken by a click, when the pointer is this near, in points.
pub(super) const NEAR: f32 = 10.0;
/// Pixels along the picture of a dot.
const PIXELS: usize = 24;
/// Share of a dot's picture that its disc fills.
const DISC: f32 = 0.8;
/// The scale of keys begins here: lower ones would be as dark as what lies behind.
const LOWEST: f32 = 0.38;

/// The training sounds.
pub(super) struct Cloud {
    pub(super) sounds: Vec<Sound>,
    /// The instruments' names, by label.
    pub(super) labels: Vec<String>,
    /// Their hues in turns.
    hues: Vec<f32>,
    /// Lowest and highest key of the sounds.
    keys: [u8; 2],
}

/// A training sound.
#[derive(Clone, Debug)]
pub(super) struct Sound {
    pub(super) latents: Latents,
    pub(super) label: usize,
    pub(super) note: u8,
}

impl Cloud {
    /// The sounds of a model; those beyond [`MOST_SOUNDS`] are thinned out.
    pub(super) fn new(model: &Description) -> Self {
        let stride = model.points.len().div_ceil(MOST_SOUNDS).max(1);
        let sounds: Vec<Sound> = model.points.iter().step_by(stride).map(sound).collect();
        let named = model.header.embedding.as_ref().map(|named| &named.labels);
        let labels = named.cloned().unwrap_or_default();
        let notes = || sounds.iter().map(|sound| sound.note);
        let keys = [notes().min().unwrap_or(0), notes().max().unwrap_or(127)];
        let plane = Plane::of_all(&model.header, &sounds);
        let hues = hues(&plane.unwrap_or(Plane::of_latents([0, 1])), &sounds);
        Self {
            sounds,
            labels,
            hues,
            keys,
        }
    }

    /// Where the sounds lie on the map.
    pub(super) fn shares(&self, plane: &Plane) -> Vec<Vec2> {
        let share = |sound: &Sound| plane.share(&sound.latents);
        self.sounds.iter().map(share).collect()
    }

    /// The colour of an instrument.
    pub(super) fn colour(&self, label: usize) -> Color32 {
        theme::hue_colour(self.hues.get(label).copied().unwrap_or(0.0))
    }

    /// The colour of a key.
    pub(super) fn key_colour(&self, note: u8) -> Color32 {
        let [low, high] = self.keys.map(f32::from);
        let share = (f32::from(note) - low) / (high - low).max(1.0);
        theme::number_colour(LOWEST + (1.0 - LOWEST) * share)
    }

    /// What a sound is called: its instrument and its key.
    pub(super) fn name(&self, sound: &Sound) -> String {
        let label = self.labels.get(sound.label).map_or("", String::as_str);
        format!("{label} · {}", words::keyboard::key(sound.note))
    }
}

/// Which of some places is nearest to the pointer, if one is near.
pub(super) fn nearest(shares: &[Vec2], sheet: &Sheet, pointer: Pos2) -> Option<usize> {
    let distance = |share: &Vec2| sheet.spot(*share).distance(pointer);
    let all = shares.iter().map(distance).enumerate();
    let (place, distance) = all.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (distance < NEAR).then_some(place)
}

/// The picture of a dot: a white disc with a soft edge.
pub(super) fn dot() -> ColorImage {
    let middle = 0.5 * (layout::real(PIXELS) - 1.0);
    let radius = 0.5 * DISC * layout::real(PIXELS);
    let alpha = |at: usize| {
        let away = vec2(layout::real(at % PIXELS), layout::real(at / PIXELS));
        let away = (away - Vec2::splat(middle)).length();
        Color32::WHITE.gamma_multiply((0.5 * (radius - away) + 0.5).clamp(0.0, 1.0))
    };
    let pixels = (0..PIXELS * PIXELS).map(alpha).collect();
    ColorImage::new([PIXELS; 2], pixels)
}

/// Adds a dot to a mesh of their picture.
pub(super) fn add_dot(mesh: &mut Mesh, centre: Pos2, radius: f32, colour: Color32) {
    let rect = Rect::from_center_size(centre, Vec2::splat(2.0 * radius / DISC));
    let picture = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    mesh.add_rect_with_uv(rect, picture, colour);
}

/// A mesh of so many dots.
pub(super) fn mesh(picture: TextureId, count: usize) -> Mesh {
    let mut mesh = Mesh::with_texture(picture);
    mesh.reserve_vertices(4 * count);
    mesh.reserve_triangles(2 * count);
    mesh
}

fn sound(point: &betwixt_model::Point) -> Sound {
    let mut latents = [0.5; LATENTS];
    for (place, value) in latents.iter_mut().zip(&point.latents) {
        *place = value.clamp(0.0, 1.0);
    }
    Sound {
        latents,
        label: usize::from(u16::try_from(point.label).unwrap_or(u16::MAX)),
        note: point.note,
    }
}

/// The hue of each label: its direction from the middle of the plane, spread evenly.
fn hues(plane: &Plane, sounds: &[Sound]) -> Vec<f32> {
    let count = sounds.iter().map(|sound| sound.label + 1).max();
    let mut sums = vec![(Vec2::ZERO, 0.0); count.unwrap_or(0)];
    for sound in sounds {
        let (sum, count) = &mut sums[sound.label];
        *sum += plane.share(&sound.latents);
        *count += 1.0;
    }
    let middle = |(sum, count): &(Vec2, f32)| *sum / count.max(1.0) - Vec2::splat(0.5);
    let angles: Vec<f32> = sums.iter().map(|sum| middle(sum).angle()).collect();
    let mut order: Vec<usize> = (0..angles.len()).collect();
    order.sort_by(|a, b| angles[*a].total_cmp(&angles[*b]));
    let mut hues = vec![0.0; angles.len()];
    for (rank, label) in order.into_iter().enumerate() {
        hues[label] = layout::real(rank) / layout::real(angles.len());
    }
    hues
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use betwixt_spectral::number::real;

    /// Sounds here and there.
    pub(in crate::editor::map) fn scattered(count: usize) -> Vec<Sound> {
        let sound = |index: usize| Sound {
            latents: std::array::from_fn(|axis| {
                0.5 + 0.5 * (real(index) * (1.0 + 0.37 * real(axis))).sin()
            }),
            label: index % 5,
            note: 40,
        };
        (0..count).map(sound).collect()
    }

    /// Hues are all there are, evenly: none is twice.
    #[test]
    fn every_instrument_has_its_own_hue() {
        let mut hues = hues(&Plane::of_latents([0, 1]), &scattered(100));
        hues.sort_by(f32::total_cmp);
        for (hue, expected) in hues.iter().zip([0.0, 0.2, 0.4, 0.6, 0.8]) {
            assert!((hue - expected).abs() < 1e-6, "{hues:?}");
        }
    }
}
