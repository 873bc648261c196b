//! What the map's picture stands on, made once and painted often: hills, their lines, the dots.
//!
//! ```text
//!  plane, model ─► shares ─► Density ─► texture, lines ┐
//!  sheet, colours, theme, who stands out ──────────────┴─► two meshes, kept until one of them changes
//! ```
//!
//! *Promise:* a picture in which nothing of this has changed makes nothing anew: it shares the meshes
//! of the one before.

use super::cloud::{self, Cloud};
use super::density::{self, Density, Piece};
use super::names::Names;
use super::view::Sheet;
use crate::editor::theme;
use crate::settings::{Colours, Theme};
use std::sync::Arc;

use egui::{
    Color32, Mesh, Painter, Pos2, Rect, Shape, TextureHandle, TextureOptions, Ui, Vec2, pos2,
};

/// Radius of a dot on the whole map, in points.
const RADIUS: f32 = 2.1;
/// How dots grow with the zoom.
const GROWTH: f32 = 0.4;
/// How much larger the dots of the instrument under the pointer are.
const LARGER: f32 = 1.55;
/// How strong dots are: usually, and beside an instrument that stands out.
const STRENGTH: [f32; 2] = [0.78, 0.16];
/// How strong the lines of equal height are.
const FAINT: f32 = 0.55;
/// Half the width of such a line with its soft edge, in points.
const LINE: f32 = 1.0;

/// What is painted behind all that moves.
#[derive(Default)]
pub(super) struct Ground {
    lines: Vec<Piece>,
    density: Option<Density>,
    hills: Option<(Theme, TextureHandle)>,
    dot: Option<TextureHandle>,
    painted: Option<Painted>,
}

/// What the meshes depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) sheet: Sheet,
    pub(super) colours: Colours,
    pub(super) theme: Theme,
    /// The instrument under the pointer.
    pub(super) label: Option<usize>,
}

struct Painted {
    look: Look,
    lines: Arc<Mesh>,
    dots: Arc<Mesh>,
    names: Names,
}

impl Ground {
    /// The ground of some places.
    pub(super) fn of(&mut self, shares: &[Vec2]) {
        let density = Density::of(shares);
        self.lines = density.lines();
        self.density = Some(density);
        (self.hills, self.painted) = (None, None);
    }

    /// Paints it.
    pub(super) fn paint(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        (cloud, shares): (&Cloud, &[Vec2]),
        look: Look,
    ) {
        self.paint_hills(ui, painter, &look);
        if self
            .painted
            .as_ref()
            .is_none_or(|painted| painted.look != look)
        {
            self.painted = Some(self.make(ui, painter, (cloud, shares), look));
        }
        if let Some(painted) = &self.painted {
            painter.add(Shape::Mesh(Arc::clone(&painted.lines)));
            painter.add(Shape::Mesh(Arc::clone(&painted.dots)));
            painted.names.paint(painter, cloud);
        }
    }

    fn paint_hills(&mut self, ui: &Ui, painter: &Painter, look: &Look) {
        let Some(density) = &self.density else {
            return;
        };
        if self
            .hills
            .as_ref()
            .is_none_or(|hills| hills.0 != look.theme)
        {
            let (picture, options) = (density.picture(), TextureOptions::LINEAR);
            let texture = ui.ctx().load_texture("map-hills", picture, options);
            self.hills = Some((look.theme, texture));
        }
        let corners = [-density::BEYOND, 1.0 + density::BEYOND];
        let [low, high] = corners.map(|corner| look.sheet.spot(Vec2::splat(corner)));
        let area = Rect::from_two_pos(low, high);
        let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        if let Some((_, texture)) = &self.hills {
            painter.image(texture.id(), area, whole, Color32::WHITE);
        }
    }

    fn make(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        (cloud, shares): (&Cloud, &[Vec2]),
        look: Look,
    ) -> Painted {
        let options = TextureOptions::LINEAR;
        let load = || ui.ctx().load_texture("map-dot", cloud::dot(), options);
        let picture = self.dot.get_or_insert_with(load).id();
        let mut dots = cloud::mesh(picture, shares.len());
        // Who stands out lies above the others.
        for is_above in [false, true] {
            let sounds = cloud.sounds.iter().zip(shares);
            for (sound, share) in sounds.filter(|(s, _)| (look.label == Some(s.label)) == is_above)
            {
                let colour = match look.colours {
                    Colours::Instrument => cloud.colour(sound.label),
                    Colours::Note => cloud.key_colour(sound.note),
                };
                let spot = look.sheet.spot(*share);
                if look.sheet.field.expand(20.0).contains(spot) {
                    let (radius, strength) = look.dot(is_above);
                    cloud::add_dot(&mut dots, spot, radius, colour.gamma_multiply(strength));
                }
            }
        }
        Painted {
            look,
            lines: Arc::new(self.lines(&look)),
            dots: Arc::new(dots),
            names: Names::of(painter, cloud, shares, &look.sheet),
        }
    }

    /// The lines of equal height as thin ribbons with soft edges.
    fn lines(&self, look: &Look) -> Mesh {
        let mut mesh = Mesh::default();
        let sheet = &look.sheet;
        for (level, ends) in &self.lines {
            let ends = ends.map(|end| sheet.spot(end));
            let way = ends[1] - ends[0];
            let is_seen = ends
                .iter()
                .any(|end| sheet.field.expand(20.0).contains(*end));
            if !is_seen || way.length_sq() < 1e-9 {
                continue;
            }
            let share = 0.30 + 0.4 * density::LEVELS[*level];
            let colour = theme::number_colour(share).gamma_multiply(FAINT);
            ribbon(&mut mesh, ends, way.normalized().rot90() * LINE, colour);
        }
        mesh
    }

    /// The meshes painted last.
    #[cfg(test)]
    pub(super) fn dots(&self) -> Option<Arc<Mesh>> {
        self.painted
            .as_ref()
            .map(|painted| Arc::clone(&painted.dots))
    }
}

impl Look {
    /// Radius and strength of a dot.
    fn dot(&self, is_above: bool) -> (f32, f32) {
        let radius = RADIUS * self.sheet.factor().powf(GROWTH);
        match (self.label, is_above) {
            (None, _) => (radius, STRENGTH[0]),
            (Some(_), false) => (radius, STRENGTH[1]),
            (Some(_), true) => (LARGER * radius, 1.0),
        }
    }
}

/// A line whose colour fades to both sides.
pub(super) fn ribbon(mesh: &mut Mesh, ends: [Pos2; 2], side: Vec2, colour: Color32) {
    let first = u32::try_from(mesh.vertices.len()).unwrap_or(u32::MAX);
    for end in ends {
        mesh.colored_vertex(end - side, Color32::TRANSPARENT);
        mesh.colored_vertex(end, colour);
        mesh.colored_vertex(end + side, Color32::TRANSPARENT);
    }
    for [a, b, c] in [[0, 1, 3], [1, 4, 3], [1, 2, 4], [2, 5, 4]] {
        mesh.add_triangle(first + a, first + b, first + c);
    }
}
