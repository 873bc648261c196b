//! Keys go down and come up: one note or many, gliding or not, with one voice or several.
//!
//! ```text
//!  poly:    key ─► strikes (one for each voice of the note) ─► chord ─► voices
//!  mono:    key ─► what sounds is cut, its pitch is where the glide begins
//!  legato:  key ─► what sounds goes on at the new pitch
//! ```
//!
//! *Real time:* as the engine.

use super::{Ended, Engine};
use crate::controls::PlayMode;
use crate::event::{Note, Touch, Whom};
use crate::voice::{Common, Finger, Hold, Place, ROWS, Strike, Voice, velocity_gain};

impl Engine {
    /// A key goes down.
    pub(super) fn key_down(&mut self, common: &Common, at: usize, note: Note, velocity: f32) {
        let Some(pitch) = self.pitch(common, note) else {
            return;
        };
        // What is not a number counts as the softest strike.
        let velocity = if velocity.is_nan() {
            0.0
        } else {
            velocity.clamp(0.0, 1.0)
        };
        let is_held = self.keys.newest().is_some();
        self.keys.down(note);
        let mode = common.controls.playing.mode;
        let mut last = self.last_pitch;
        if mode != PlayMode::Poly {
            self.strike(common, at);
            if mode == PlayMode::Legato && is_held && self.go_on(common, at, note, pitch) {
                return;
            }
            last = self.notes.newest().map(|voice| voice.pitch()).or(last);
            self.make_room(common, at, 0);
        }
        let from = last.filter(|_| self.glides(common, is_held));
        self.add(common, at, (note, velocity), (pitch, from.unwrap_or(pitch)));
    }

    /// Keys come up.
    pub(super) fn key_up(&mut self, common: &Common, at: usize, whom: &Whom) {
        self.keys.up(whom);
        let alone = common.controls.playing.mode != PlayMode::Poly;
        let next = self.keys.newest().filter(|_| alone);
        if let Some(note) = next
            && let Some(pitch) = self.pitch(common, note)
            && self.notes.holds(whom)
            && self.go_on(common, at, note, pitch)
        {
            return;
        }
        self.notes.keys_up(whom, common);
    }

    /// Every key of a channel comes up, or of all; what a pedal holds stays.
    pub(super) fn all_keys_up(&mut self, common: &Common, channel: Option<u8>) {
        let whom = Whom {
            channel,
            ..Whom::default()
        };
        self.keys.up(&whom);
        self.notes.keys_up(&whom, common);
    }

    /// The player moves single notes, also ones that begin at this very sample. A host gives a number
    /// again while the note that had it rings on: it means the newest note of that number.
    pub(super) fn feel(&mut self, whom: &Whom, touch: Touch) {
        let begins = self.chord.feel(whom, touch);
        let newest = self.notes.newest_of(whom.id).filter(|_| !begins);
        let is_meant = |voice: &&mut Voice| {
            let is_named = whom.id.is_some() && voice.note.id == whom.id;
            voice.note.answers_to(whom) && (!is_named || newest == Some(voice.age))
        };
        let meant = self.notes.sounding().filter(is_meant);
        meant.for_each(|voice| voice.feel(touch));
    }

    /// Starts what waits: voices are found, decoded in batches, prefilled.
    pub(super) fn strike(&mut self, common: &Common, at: usize) {
        let waiting = self.chord.take();
        if waiting == 0 {
            return;
        }
        self.is_idle = false;
        // More keys than voices: the newest win, as if each had come a moment after the other.
        let limit = common.controls.voice_limit;
        let skipped = waiting.saturating_sub(limit);
        let (mut begun, mut count) = ([0; ROWS], 0);
        for index in 0..waiting {
            let Some(strike) = self.chord.strike(index) else {
                continue;
            };
            self.last_pitch = Some(strike.pitch);
            self.struck += u64::from(strike.place.is_first());
            if index < skipped {
                self.telemetry.add_stolen();
                // Its other voices may still begin.
                if strike.place.is_last() {
                    self.end(strike.note, self.struck, at);
                }
                continue;
            }
            self.make_room(common, at, limit - 1);
            let Some(free) = self.notes.free() else {
                continue;
            };
            begun[count] = free;
            count += 1;
            let voices = u64::from(!strike.place.is_first()) * (index as u64 + 1);
            let seed = self.settings.seed.wrapping_add(self.struck) ^ (voices << 32);
            let voice = self.notes.voice(free);
            voice.start(&self.sources, &strike, common, self.struck, seed);
        }
        if count > 0 {
            // Those behind the last one are not looked at.
            let notes = begun.map(|voice| self.notes.voice_at(voice).begun());
            self.sources.begin(&notes[..count]);
        }
    }

    /// Steals voices until no more than `limit` sound.
    pub(super) fn make_room(&mut self, common: &Common, at: usize, limit: usize) {
        while self.notes.count() > limit {
            let Some(victim) = self.notes.least_missed() else {
                return;
            };
            self.steal.iter_mut().for_each(|channel| channel.fill(0.0));
            let voice = self.notes.voice(victim);
            voice.cut();
            let tail = self.steal.each_mut().map(Vec::as_mut_slice);
            voice.render(&mut self.sources, common, tail);
            voice.hold = Hold::Free;
            let (note, age) = (voice.note, voice.age);
            self.mix.add_tail(&self.steal);
            self.telemetry.add_stolen();
            self.end(note, age, at);
        }
    }

    /// A voice of a note has ended; tells the host when it was the last one.
    pub(super) fn end(&mut self, note: Note, age: u64, sample: usize) {
        if !self.notes.is_sounding(age) {
            self.tell_end(note, sample);
        }
    }

    fn tell_end(&mut self, note: Note, sample: usize) {
        if self.ended.len() < self.ended.capacity() {
            self.ended.push(Ended { note, sample });
        }
    }

    /// The strikes of a note, one for each of its voices.
    fn add(
        &mut self,
        common: &Common,
        at: usize,
        (note, velocity): (Note, f32),
        (pitch, from): (f64, f64),
    ) {
        let controls = common.controls;
        let voices = controls.playing.unison.voices.min(controls.voice_limit);
        for number in 0..voices {
            let is_full = self.chord.add(Strike {
                note,
                pitch,
                from,
                velocity,
                gain: velocity_gain(velocity, controls.velocity_amount),
                finger: Finger::REST,
                place: Place::new(number, voices),
            });
            if is_full {
                self.strike(common, at);
            }
        }
    }

    /// The newest note that is held goes on as another one, and any others are let go; false where
    /// none is held.
    fn go_on(&mut self, common: &Common, at: usize, note: Note, pitch: f64) -> bool {
        let Some((age, old)) = self.notes.newest_held() else {
            return false;
        };
        let held = |hold| matches!(hold, Hold::Key | Hold::Pedal);
        for voice in self.notes.sounding().filter(|voice| held(voice.hold)) {
            if voice.age == age {
                voice.go_on(note, pitch, common);
            } else {
                voice.release(common);
            }
        }
        self.tell_end(old, at);
        self.last_pitch = Some(pitch);
        true
    }

    /// What a key plays, in semitones, if it has a sound.
    fn pitch(&self, common: &Common, note: Note) -> Option<f64> {
        let pitch = self.tuning.pitch(note.key)?;
        Some(pitch + 12.0 * f64::from(common.controls.octave))
    }

    fn glides(&self, common: &Common, is_held: bool) -> bool {
        let glide = &common.controls.playing.glide;
        glide.time_s > 0.0 && (is_held || !glide.is_legato)
    }
}
