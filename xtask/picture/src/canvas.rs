//! The surface that pictures are drawn on.
//!
//! ```text
//!  shapes (in points) ─► pixels [2·height][2·width] ─► mean of 2 × 2 ─► hidden file ─► renamed
//! ```
//!
//! Drawing twice as large and averaging smooths lines and letters alike.

use crate::colour::Rgb;
use crate::error::PictureError;
use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle,
    register_font,
};
use std::path::Path;

/// Each point of the picture is this many pixels wide and high while it is drawn.
const OVERSAMPLING: u32 = 2;
const FONT: &str = "built in";

/// Width and height in points.
pub(crate) type Size = (u32, u32);

/// A colour and how much of it covers what lies below.
#[derive(Clone, Copy)]
pub(crate) struct Ink {
    pub(crate) colour: Rgb,
    pub(crate) opacity: f64,
}

impl Ink {
    pub(crate) const TEXT: Self = Self::solid([0x22, 0x22, 0x22]);
    pub(crate) const QUIET: Self = Self::solid([0x66, 0x66, 0x66]);
    pub(crate) const GRID: Self = Self::solid([0xe6, 0xe6, 0xe6]);
    pub(crate) const EDGE: Self = Self::solid([0x99, 0x99, 0x99]);

    pub(crate) const fn solid(colour: Rgb) -> Self {
        Self {
            colour,
            opacity: 1.0,
        }
    }

    fn mixed(self) -> RGBAColor {
        let [r, g, b] = self.colour;
        RGBAColor(r, g, b, self.opacity)
    }

    fn stroke(self, width: f64) -> ShapeStyle {
        ShapeStyle {
            color: self.mixed(),
            filled: false,
            stroke_width: u32::try_from(pixel(width)).unwrap_or(1).max(1),
        }
    }
}

/// Where text hangs on its point.
#[derive(Clone, Copy)]
pub(crate) enum Hang {
    /// The point is at the left, in the middle of the height.
    Right,
    /// The point is at the right, in the middle of the height.
    Left,
    /// The point is above the middle.
    Below,
    /// Turned to read upwards, centred on the point.
    Upwards,
}

/// A surface to draw on; all places are in points from the upper left corner.
pub(crate) struct Canvas<'a> {
    area: DrawingArea<BitMapBackend<'a>, Shift>,
}

type Drawn = Result<(), String>;

impl Canvas<'_> {
    /// A line through points; a point that is no number breaks it.
    pub(crate) fn line(&self, points: &[(f64, f64)], ink: Ink, width: f64) -> Drawn {
        for piece in points.split(|(x, y)| !x.is_finite() || !y.is_finite()) {
            let pixels: Vec<_> = piece.iter().map(|(x, y)| (pixel(*x), pixel(*y))).collect();
            let path = PathElement::new(pixels, ink.stroke(width));
            self.area.draw(&path).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// A filled rectangle from one corner to the opposite one.
    pub(crate) fn fill(&self, from: (f64, f64), to: (f64, f64), ink: Ink) -> Drawn {
        let corners = [from, to].map(|(x, y)| (pixel(x), pixel(y)));
        let rectangle = Rectangle::new(corners, ink.mixed().filled());
        self.area.draw(&rectangle).map_err(|e| e.to_string())
    }

    /// The outline of a rectangle.
    pub(crate) fn outline(&self, from: (f64, f64), to: (f64, f64), ink: Ink) -> Drawn {
        let corners = [from, to].map(|(x, y)| (pixel(x), pixel(y)));
        let rectangle = Rectangle::new(corners, ink.stroke(0.75));
        self.area.draw(&rectangle).map_err(|e| e.to_string())
    }

    /// A filled shape.
    pub(crate) fn shape(&self, points: &[(f64, f64)], ink: Ink) -> Drawn {
        let pixels: Vec<_> = points.iter().map(|(x, y)| (pixel(*x), pixel(*y))).collect();
        let polygon = Polygon::new(pixels, ink.mixed().filled());
        self.area.draw(&polygon).map_err(|e| e.to_string())
    }

    /// Colours a rectangle pixel by pixel: `paint` gets a place (0…1 from the left, 0…1 from the
    /// bottom) and answers with a colour.
    pub(crate) fn raster(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        mut paint: impl FnMut(f64, f64) -> Rgb,
    ) -> Drawn {
        let (left, top) = (pixel(from.0), pixel(from.1));
        let (right, bottom) = (pixel(to.0), pixel(to.1));
        let (width, height) = (f64::from(right - left), f64::from(bottom - top));
        for x in left..right {
            let across = (f64::from(x - left) + 0.5) / width;
            for y in top..bottom {
                let [r, g, b] = paint(across, 1.0 - (f64::from(y - top) + 0.5) / height);
                self.area
                    .draw_pixel((x, y), &RGBAColor(r, g, b, 1.0))
                    .map_err(|e| e.to_string())?;
            }
        }
        Ok(())
    }

    /// Text of a height in points.
    pub(crate) fn text(
        &self,
        text: &str,
        at: (f64, f64),
        (hang, size): (Hang, f64),
        ink: Ink,
    ) -> Drawn {
        let size = size * f64::from(OVERSAMPLING);
        let font = FontDesc::new(FontFamily::Name(FONT), size, FontStyle::Normal);
        let (pos, font) = match hang {
            Hang::Right => (Pos::new(HPos::Left, VPos::Center), font),
            Hang::Left => (Pos::new(HPos::Right, VPos::Center), font),
            Hang::Below => (Pos::new(HPos::Center, VPos::Top), font),
            Hang::Upwards => (
                Pos::new(HPos::Center, VPos::Center),
                font.transform(FontTransform::Rotate270),
            ),
        };
        let colour = ink.mixed();
        let style = TextStyle::from(font).color(&colour).pos(pos);
        self.area
            .draw_text(text, &style, (pixel(at.0), pixel(at.1)))
            .map_err(|e| e.to_string())
    }
}

/// Draws a picture and writes it as a PNG file, whole or not at all.
pub(crate) fn paint(
    path: &Path,
    (width, height): Size,
    draw: impl FnOnce(&Canvas<'_>) -> Drawn,
) -> Result<(), PictureError> {
    let failed = |reason| PictureError::Draw {
        path: path.to_path_buf(),
        reason,
    };
    register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT)
        .map_err(|_| failed("the built-in font cannot be read".into()))?;
    let large = (width * OVERSAMPLING, height * OVERSAMPLING);
    let mut pixels = vec![255; large.0 as usize * large.1 as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, large).into_drawing_area();
        draw(&Canvas { area }).map_err(failed)?;
    }
    write(path, (width, height), &averaged(&pixels, (width, height)))
}

/// The mean of every block of pixels.
fn averaged(pixels: &[u8], (width, height): Size) -> Vec<u8> {
    let (width, height, factor) = (width as usize, height as usize, OVERSAMPLING as usize);
    let row = width * factor * 3;
    let mut small = Vec::with_capacity(width * height * 3);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        for channel in 0..3 {
            let block = (0..factor).flat_map(|dy| (0..factor).map(move |dx| (dy, dx)));
            let sum: usize = block
                .map(|(dy, dx)| (y * factor + dy) * row + (x * factor + dx) * 3 + channel)
                .map(|place| usize::from(pixels[place]))
                .sum();
            small.push(u8::try_from(sum / (factor * factor)).unwrap_or(u8::MAX));
        }
    }
    small
}

fn write(path: &Path, size: Size, pixels: &[u8]) -> Result<(), PictureError> {
    let failed = |reason: String| PictureError::Write {
        path: path.to_path_buf(),
        reason,
    };
    let name = path
        .file_name()
        .ok_or_else(|| failed("the path names no file".into()))?;
    let mut hidden = std::ffi::OsString::from(".unfinished-");
    hidden.push(name);
    let unfinished = path.with_file_name(hidden).with_extension("png");
    let mut file = BitMapBackend::new(&unfinished, size);
    file.blit_bitmap((0, 0), size, pixels)
        .and_then(|()| file.present())
        .map_err(|e| failed(e.to_string()))?;
    std::fs::rename(&unfinished, path).map_err(|e| failed(e.to_string()))
}

/// A length in points as whole pixels of the large drawing.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is meant, and pictures are small"
)]
fn pixel(points: f64) -> i32 {
    (points * f64::from(OVERSAMPLING)).round() as i32
}
