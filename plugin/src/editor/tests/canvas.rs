//! Pictures of the window as pixels, without a screen and the same on every machine.
//!
//! ```text
//!  egui's output ─┬─ letters, textures ─► textures of the rasteriser
//!                 └─ shapes ─► triangles ─► pixels ─► RgbaImage
//! ```

use dream_soft_render::{ClipRect, Color, Mesh, SoftwareRenderer, TextureId as Texture, Vertex};
use egui::epaint::{ClippedPrimitive, ImageDelta, Primitive};
use egui::{FullOutput, ImageData, TextureId, Vec2};
use image::RgbaImage;
use std::collections::HashMap;

/// Rows drawn at once.
const BAND: u32 = 360;

/// Where pictures are drawn.
pub(super) struct Canvas {
    renderer: SoftwareRenderer,
    textures: HashMap<TextureId, Texture>,
    size: [u32; 2],
    scale: f32,
    pixels: Vec<u8>,
}

impl Canvas {
    /// A canvas for a window of so many points, with so many pixels for each.
    pub(super) fn new(size: Vec2, scale: f32) -> Self {
        let pixels = |points: f32| {
            let count = betwixt_spectral::number::index(f64::from((points * scale).round()));
            u32::try_from(count).unwrap()
        };
        Self {
            renderer: SoftwareRenderer::default(),
            textures: HashMap::new(),
            size: [pixels(size.x), pixels(size.y)],
            scale,
            pixels: Vec::new(),
        }
    }

    /// Pixels per point.
    pub(super) fn scale(&self) -> f32 {
        self.scale
    }

    /// Draws one picture.
    pub(super) fn paint(&mut self, egui: &egui::Context, output: &mut FullOutput) {
        let mut deltas = std::mem::take(&mut output.textures_delta);
        for (id, parts) in &deltas.set {
            for part in parts {
                self.load(*id, part);
            }
        }
        let shapes = std::mem::take(&mut output.shapes);
        let primitives = egui.tessellate(shapes, self.scale);
        self.pixels.clear();
        let mut top = 0;
        while top < self.size[1] {
            let rows = BAND.min(self.size[1] - top);
            self.band(&primitives, top, rows);
            top += rows;
        }
        for id in &deltas.free {
            if let Some(texture) = self.textures.remove(id) {
                self.renderer.free_texture(texture).unwrap();
            }
        }
        deltas.clear();
    }

    /// Draws some rows: the rasteriser does not take all of a large picture at once.
    fn band(&mut self, primitives: &[ClippedPrimitive], top: u32, rows: u32) {
        let (scale, textures) = (self.scale, &self.textures);
        let mut frame = self
            .renderer
            .begin_frame(self.size[0] as usize, rows as usize)
            .unwrap();
        frame.clear(Color::from_rgb(0, 0, 0));
        for clipped in primitives {
            let Primitive::Mesh(mesh) = &clipped.primitive else {
                continue;
            };
            let vertices: Vec<Vertex> = mesh
                .vertices
                .iter()
                .map(|v| vertex(v, scale, top))
                .collect();
            let mesh = Mesh {
                vertices: &vertices,
                indices: &mesh.indices,
                texture: Some(textures[&mesh.texture_id]),
            };
            frame
                .mesh(mesh, clip(clipped.clip_rect, scale, top))
                .unwrap();
        }
        self.pixels.extend(&frame.surface().pixels);
    }

    /// The last picture.
    pub(super) fn image(&self) -> RgbaImage {
        let [width, height] = self.size;
        RgbaImage::from_raw(width, height, self.pixels.clone()).unwrap()
    }

    fn load(&mut self, id: TextureId, part: &ImageDelta) {
        let ImageData::Color(image) = &part.image;
        let [width, height] = image.size;
        let pixels: Vec<u8> = image
            .pixels
            .iter()
            .flat_map(|pixel| pixel.to_array())
            .collect();
        match (part.pos, self.textures.get(&id)) {
            (Some([x, y]), Some(texture)) => self
                .renderer
                .update_texture(*texture, x, y, width, height, &pixels)
                .unwrap(),
            _ => {
                let texture = self
                    .renderer
                    .create_texture(width, height, &pixels)
                    .unwrap();
                if let Some(old) = self.textures.insert(id, texture) {
                    self.renderer.free_texture(old).unwrap();
                }
            }
        }
    }
}

/// A vertex in a picture that begins some rows further down.
fn vertex(vertex: &egui::epaint::Vertex, scale: f32, top: u32) -> Vertex {
    let [r, g, b, a] = vertex.color.to_array();
    let down = super::super::layout::real(top as usize);
    Vertex::new(
        [vertex.pos.x * scale, vertex.pos.y * scale - down],
        [vertex.uv.x, vertex.uv.y],
        Color::from_rgba_premultiplied(r, g, b, a),
    )
}

fn clip(area: egui::Rect, scale: f32, top: u32) -> ClipRect {
    let pixel = |points: f32| {
        let place = (points * scale).round().clamp(0.0, 1e6);
        u32::try_from(betwixt_spectral::number::index(f64::from(place))).unwrap()
    };
    ClipRect::new(
        pixel(area.min.x),
        pixel(area.min.y).saturating_sub(top),
        pixel(area.max.x),
        pixel(area.max.y).saturating_sub(top),
    )
}
