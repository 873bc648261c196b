//! The voices that sound: each a dot where it is among the latents, with the way that it came.
//!
//! ```text
//!  telemetry: key, held, level, latents ─ plane ─► share ─► Voice, with its last 0.7 s
//!   ● held     ○ released     ·∙•● where it came from     ──── to where the sound is set
//! ```
//!
//! Voices at one place stand around it, each in the direction of its pitch class as on a clock, C at
//! the top: a chord is a flower.
//!
//! A voice has no name of its own; it is the one of the same key that was nearest at the last look.

use super::plane::Plane;
use super::view::Sheet;
use crate::editor::theme;
use betwixt_engine::Telemetry;
use std::collections::VecDeque;

use egui::{Color32, Painter, Pos2, Stroke, Vec2};

/// How long a voice's way is seen, in seconds.
const TRAIL_S: f64 = 0.7;
/// The most places of a way.
const MOST_PLACES: usize = 48;
/// Shorter ways are not seen, in points.
const SHORTEST: f32 = 3.0;
/// Size of the smallest dot, and what the level adds, in points.
const SIZES: [f32; 2] = [3.0, 4.0];
/// Voices closer than this stand around their place, so far from it, in points.
const TOGETHER: f32 = 7.0;

/// What the map remembers of the voices.
#[derive(Default)]
pub(super) struct Voices {
    voices: Vec<Voice>,
}

/// A voice.
struct Voice {
    key: u8,
    channel: u8,
    is_held: bool,
    level: f32,
    /// Where it was, newest last: when in seconds, which share of the map.
    way: VecDeque<(f64, Vec2)>,
    /// Whether it sounds now, or only its way is still seen.
    sounds: bool,
}

impl Voice {
    fn place(&self) -> Option<Vec2> {
        self.way.back().map(|(_, share)| *share)
    }
}

impl Voices {
    /// The plane is another one: the ways lie elsewhere.
    pub(super) fn forget(&mut self) {
        self.voices.clear();
    }

    /// Looks where the voices are now.
    pub(super) fn look(&mut self, telemetry: &Telemetry, plane: &Plane, now_s: f64) {
        self.voices
            .iter_mut()
            .for_each(|voice| voice.sounds = false);
        for sounding in telemetry.sounding() {
            let share = plane.share(&sounding.latents);
            let voice = self.find((sounding.key, sounding.channel), share);
            (voice.is_held, voice.level) = (sounding.is_held, sounding.level);
            voice.sounds = true;
            if voice.way.len() == MOST_PLACES {
                voice.way.pop_front();
            }
            voice.way.push_back((now_s, share));
        }
        for voice in &mut self.voices {
            // What sounds keeps its newest place however long ago the last look was.
            let kept = usize::from(voice.sounds);
            let is_old = |at_s: f64| !(0.0..=TRAIL_S).contains(&(now_s - at_s));
            while voice.way.len() > kept && voice.way.front().is_some_and(|place| is_old(place.0)) {
                voice.way.pop_front();
            }
        }
        self.voices.retain(|voice| !voice.way.is_empty());
    }

    /// The voice of a key that was nearest and has not been found yet, or a new one.
    fn find(&mut self, (key, channel): (u8, u8), share: Vec2) -> &mut Voice {
        let mut nearest: Option<(f32, usize)> = None;
        for (place, voice) in self.voices.iter().enumerate() {
            let far = voice.place().map_or(f32::MAX, |at| (at - share).length());
            let is_own = !voice.sounds && (voice.key, voice.channel) == (key, channel);
            if is_own && nearest.is_none_or(|(least, _)| far < least) {
                nearest = Some((far, place));
            }
        }
        let place = nearest.map(|(_, place)| place);
        let place = place.unwrap_or_else(|| {
            self.voices.push(Voice {
                key,
                channel,
                is_held: true,
                level: 0.0,
                way: VecDeque::with_capacity(MOST_PLACES),
                sounds: false,
            });
            self.voices.len() - 1
        });
        &mut self.voices[place]
    }

    /// Whether anything of them is seen.
    pub(super) fn are_seen(&self) -> bool {
        !self.voices.is_empty()
    }

    /// Paints them; `set` is where the sound is set.
    pub(super) fn paint(&self, painter: &Painter, sheet: &Sheet, set: Pos2, now_s: f64) {
        for voice in &self.voices {
            voice.paint_way(painter, sheet, now_s);
        }
        for voice in self.voices.iter().filter(|voice| voice.sounds) {
            let Some(share) = voice.place() else { continue };
            let spot = sheet.spot_within(share);
            let radius = voice.radius();
            if spot.distance(set) > SHORTEST + radius {
                let line = theme::thin(voice.colour().gamma_multiply(0.35));
                painter.line_segment([set, spot], line);
            }
            let is_alone = self.company(sheet, spot) < 2;
            let petal = if is_alone {
                Vec2::ZERO
            } else {
                voice.direction() * TOGETHER
            };
            voice.paint(painter, spot + petal);
        }
    }

    /// How many voices are at a spot.
    fn company(&self, sheet: &Sheet, spot: Pos2) -> usize {
        let sounding = self.voices.iter().filter(|voice| voice.sounds);
        let places = sounding.filter_map(Voice::place);
        let near = places.filter(|share| sheet.spot_within(*share).distance(spot) < TOGETHER);
        near.count()
    }

    /// Where the dots are.
    #[cfg(test)]
    pub(super) fn places(&self) -> Vec<(u8, Vec2)> {
        let sounding = self.voices.iter().filter(|voice| voice.sounds);
        let place = |voice: &Voice| voice.place().map(|share| (voice.key, share));
        sounding.filter_map(place).collect()
    }
}

impl Voice {
    fn colour(&self) -> Color32 {
        theme::hue_colour(f32::from(self.key % 12) / 12.0)
    }

    fn paint_way(&self, painter: &Painter, sheet: &Sheet, now_s: f64) {
        let colour = self.colour();
        for (from, to) in self.way.iter().zip(self.way.iter().skip(1)) {
            let ends = [from.1, to.1].map(|share| sheet.spot(share));
            let age = betwixt_spectral::number::narrow((now_s - to.0) / TRAIL_S);
            let fresh = (1.0 - age).clamp(0.0, 1.0);
            if ends[0].distance_sq(ends[1]) > 0.05 {
                let stroke = Stroke::new(0.8 + 2.2 * fresh, colour.gamma_multiply(0.7 * fresh));
                painter.line_segment(ends, stroke);
            }
        }
    }

    fn radius(&self) -> f32 {
        SIZES[0] + SIZES[1] * self.level.clamp(0.0, 1.0).sqrt()
    }

    /// The pitch class on a clock.
    fn direction(&self) -> Vec2 {
        let turns = f32::from(self.key % 12) / 12.0;
        -Vec2::angled(std::f32::consts::TAU * (turns + 0.25))
    }

    fn paint(&self, painter: &Painter, spot: Pos2) {
        let (colour, radius) = (self.colour(), self.radius());
        if self.is_held {
            painter.circle_filled(spot, radius + 1.2, theme::ink().background);
            painter.circle_filled(spot, radius, colour);
        } else {
            painter.circle_stroke(spot, radius, Stroke::new(1.5, colour.gamma_multiply(0.8)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C is at the top, D sharp on the right, F sharp at the bottom, A on the left.
    #[test]
    fn pitch_classes_stand_as_on_a_clock() {
        for (key, expected) in [
            (60, [0.0, -1.0]),
            (63, [1.0, 0.0]),
            (66, [0.0, 1.0]),
            (21, [-1.0, 0.0]),
        ] {
            let voice = Voice {
                key,
                channel: 0,
                is_held: true,
                level: 1.0,
                way: VecDeque::new(),
                sounds: true,
            };
            assert!(
                (voice.direction() - Vec2::from(expected)).length() < 1e-5,
                "{key}"
            );
        }
    }
}
