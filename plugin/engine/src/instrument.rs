//! An instrument of one family of decoders: who does what, in which order.
//!
//! ```text
//!  controls ─► sane ─► Ask ────────────────┐
//!  events ─► at their samples ─► notes ─┐  │
//!                                       ▼  ▼
//!                          struck together: decoded together, prefilled
//!                                       │
//!                                       ▼
//!                                    voices ─► mix ─► left, right
//! ```
//!
//! A call is cut where events fall and nowhere else, and all work inside a voice lies at fixed
//! places of its own clock: the host's block size cannot be heard.
//!
//! *Real time:* after [`Instrument::new`] nothing allocates, frees, locks, waits, logs or reads a clock.

use crate::controls::{Controls, MAX_VOICES};
use crate::decoder::{Activations, BATCH, Decoder};
use crate::engine::Settings;
use crate::event::{Event, EventKind, Note};
use crate::mix::{Mix, Report};
use crate::notes::Notes;
use crate::telemetry::{SPECTRUM_POINTS, Telemetry};
use crate::voice::{
    Ask, CHANNELS, Hold, MOST_MOMENTS, Rates, Shared, Strike, Tone, Voice, velocity_gain,
};
use betwixt_spectral::number::index;
use std::sync::Arc;

/// Notes that are struck at one sample and decoded together; more follow in a second group.
const CHORD: usize = 8;

/// The spectrum is shown this often, in samples.
const PICTURE_SAMPLES: usize = 1024;

/// Cents that the modulation wheel, fully up, adds to the depth of the vibrato.
const WHEEL_CENTS: f32 = 100.0;

/// A polyphonic instrument around one decoder.
pub(crate) struct Instrument<T: Tone> {
    shared: Shared<T>,
    notes: Notes<T>,
    mix: Mix,
    start: Start,
    steal: [Vec<f32>; 2],
    settings: Settings,
    telemetry: Arc<Telemetry>,
    player: Player,
    picture: Picture,
}

/// When the spectrum is next shown, and where its points lie.
struct Picture {
    samples: usize,
    edges_hz: Vec<f64>,
}

/// What the player has done so far.
#[derive(Clone, Copy, Debug)]
struct Player {
    bends: [f32; CHANNELS],
    /// The modulation wheel, 0…1.
    wheel: f32,
    struck: u64,
    gain: Option<f32>,
}

/// Buffers for notes that begin.
struct Start {
    strikes: [Option<Strike>; CHORD],
    voices: [usize; CHORD],
    batch: [Activations; BATCH],
    /// Rows of decoded numbers, [`MOST_MOMENTS`] for each note.
    numbers: Vec<Vec<f32>>,
}

impl<T: Tone> Instrument<T> {
    /// Makes an instrument. Allocates everything that it will ever use: not for the audio thread.
    pub(crate) fn new(decoder: Arc<Decoder>, tools: T::Tools, settings: Settings) -> Self {
        let mix = Mix::new(settings.sample_rate_hz);
        let numbers = decoder.output().numbers();
        let batch = std::array::from_fn(|_| decoder.activations());
        let shared = Shared {
            decoder,
            tools,
            sample_rate_hz: settings.sample_rate_hz,
        };
        let mut instrument = Self {
            notes: Notes::new(|| Voice::new(&shared)),
            start: Start {
                strikes: [None; CHORD],
                voices: [0; CHORD],
                batch,
                numbers: vec![vec![0.0; numbers]; CHORD * MOST_MOMENTS],
            },
            steal: [0, 1].map(|_| vec![0.0; mix.tail_len()]),
            mix,
            shared,
            settings,
            telemetry: Arc::new(Telemetry::default()),
            player: Player::new(),
            picture: Picture {
                samples: 0,
                edges_hz: (0..=SPECTRUM_POINTS).map(Telemetry::spectrum_hz).collect(),
            },
        };
        instrument.rehearse();
        instrument
    }

    /// Plays every voice once, unheard: memory that nobody has touched yet is mapped by the system
    /// at its first use, and that wait must not fall on the audio thread.
    fn rehearse(&mut self) {
        let controls = Controls {
            voice_limit: MAX_VOICES,
            ..Controls::default()
        };
        let keys = (0..MAX_VOICES).filter_map(|key| u8::try_from(key + 36).ok());
        let strike = |key| {
            let note = Note {
                id: None,
                channel: 0,
                key,
            };
            Event {
                offset_samples: 0,
                kind: EventKind::NoteOn {
                    note,
                    velocity: 1.0,
                },
            }
        };
        let strikes: Vec<Event> = keys.map(strike).collect();
        let hop_s = T::hop_s(&self.shared.tools);
        let samples = index(f64::from(self.settings.sample_rate_hz) * hop_s * 2.0);
        let (mut left, mut right) = (vec![0.0; samples], vec![0.0; samples]);
        self.process(&controls, &strikes, [&mut left, &mut right]);
        self.reset();
        self.telemetry = Arc::new(Telemetry::default());
    }

    /// Silence, as freshly made; the telemetry's counters stay.
    pub(crate) fn reset(&mut self) {
        self.notes.reset();
        self.mix.reset(1.0, self.settings.sample_rate_hz);
        self.player = Player::new();
        self.picture.samples = 0;
        self.telemetry.set_voices(0);
        self.telemetry.set_peak(0.0);
    }

    /// The numbers that the engine shows.
    pub(crate) fn telemetry(&self) -> Arc<Telemetry> {
        Arc::clone(&self.telemetry)
    }

    /// How many voices sound, fading ones included.
    pub(crate) fn sounding(&self) -> usize {
        self.notes.count()
    }

    /// Plays: overwrites both channels, which are equally long.
    pub(crate) fn process(
        &mut self,
        controls: &Controls,
        events: &[Event],
        [left, right]: [&mut [f32]; 2],
    ) {
        let controls = controls.sane();
        self.follow(&controls);
        left.fill(0.0);
        right.fill(0.0);
        let mut report = Report::default();
        let mut done = 0;
        let mut rest = events;
        while let Some(first) = rest.first() {
            let at = first.offset_samples.clamp(done, left.len());
            let part = [&mut left[done..at], &mut right[done..at]];
            self.render(&controls, part, &mut report);
            done = at;
            let together = rest
                .iter()
                .take_while(|e| e.offset_samples.min(left.len()) <= at);
            let (now, later) = rest.split_at(together.count());
            self.happen(&controls, now);
            rest = later;
        }
        let part = [&mut left[done..], &mut right[done..]];
        self.render(&controls, part, &mut report);
        self.show(&report, left.len());
    }

    /// Takes over what the controls have moved, and makes room under a lowered voice limit.
    fn follow(&mut self, controls: &Controls) {
        let player = &mut self.player;
        for (latent, value) in controls.latents.iter().enumerate() {
            self.telemetry.set_latent(latent, *value);
        }
        if player.gain.is_none() {
            self.mix.reset(controls.gain, self.settings.sample_rate_hz);
        }
        player.gain = Some(controls.gain);
        self.make_room(controls, controls.voice_limit);
    }

    /// All events of one sample, in order; keys that go down together start together.
    fn happen(&mut self, controls: &Controls, events: &[Event]) {
        let mut struck = 0;
        for event in events {
            let EventKind::NoteOn { note, velocity } = event.kind else {
                self.strike(controls, std::mem::take(&mut struck));
                self.apply(event.kind);
                continue;
            };
            // What is not a number counts as the softest strike.
            let velocity = if velocity.is_nan() {
                0.0
            } else {
                velocity.clamp(0.0, 1.0)
            };
            self.start.strikes[struck] = Some(Strike {
                note,
                velocity,
                gain: velocity_gain(velocity, controls.velocity_amount),
            });
            struck += 1;
            if struck == CHORD {
                self.strike(controls, std::mem::take(&mut struck));
            }
        }
        self.strike(controls, struck);
    }

    fn apply(&mut self, kind: EventKind) {
        match kind {
            EventKind::NoteOn { .. } => {}
            EventKind::NoteOff { note } => self.notes.key_up(&note),
            EventKind::Choke { note } => self.notes.choke(&note),
            EventKind::PitchBend { channel, value } => {
                let value = if value.is_nan() {
                    0.0
                } else {
                    value.clamp(-1.0, 1.0)
                };
                self.player.bends[usize::from(channel) % CHANNELS] = value;
            }
            EventKind::Sustain { channel, down } => self.notes.pedal(channel, down),
            EventKind::Wheel { value } => {
                if !value.is_nan() {
                    self.player.wheel = value.clamp(0.0, 1.0);
                }
            }
            EventKind::AllNotesOff { channel } => self.notes.all_keys_up(channel),
            EventKind::AllSoundOff { channel } => self.notes.cut_all(channel),
        }
    }

    /// Starts the first `count` strikes: voices are found, decoded in batches, prefilled.
    fn strike(&mut self, controls: &Controls, count: usize) {
        if count == 0 {
            return;
        }
        // More keys than voices: the newest win, as if each had come a moment after the other.
        let skipped = count.saturating_sub(controls.voice_limit);
        (0..skipped).for_each(|_| self.telemetry.add_stolen());
        let count = count - skipped;
        let ask = self.ask(controls);
        for i in 0..count {
            let Some(strike) = self.start.strikes[skipped + i] else {
                continue;
            };
            self.make_room(controls, controls.voice_limit - 1);
            let Some(free) = self.notes.free() else {
                continue;
            };
            self.start.voices[i] = free;
            self.player.struck += 1;
            let age = self.player.struck;
            let seed = self.settings.seed.wrapping_add(age);
            self.notes
                .voice(free)
                .start(&self.shared, strike, &ask, age, seed);
        }
        self.start
            .decode(&mut self.notes, &self.shared, &ask, count);
        self.start
            .prefill(&mut self.notes, &mut self.shared, &ask, count);
    }

    /// Steals voices until no more than `limit` sound.
    fn make_room(&mut self, controls: &Controls, limit: usize) {
        while self.notes.count() > limit {
            let Some(victim) = self.notes.least_missed() else {
                return;
            };
            let ask = self.ask(controls);
            self.steal.iter_mut().for_each(|channel| channel.fill(0.0));
            let voice = self.notes.voice(victim);
            voice.cut();
            let tail = self.steal.each_mut().map(Vec::as_mut_slice);
            voice.render(&mut self.shared, &ask, tail);
            voice.hold = Hold::Free;
            self.mix.add_tail(&self.steal);
            self.telemetry.add_stolen();
        }
    }

    fn render(&mut self, controls: &Controls, bus: [&mut [f32]; 2], report: &mut Report) {
        let ask = self.ask(controls);
        let [left, right] = bus;
        for voice in self.notes.sounding() {
            voice.render(&mut self.shared, &ask, [&mut *left, &mut *right]);
        }
        self.mix.finish([left, right], controls.gain, report);
    }

    fn ask(&self, controls: &Controls) -> Ask {
        let fine = controls.fine_cents / 100.0;
        let mut performance = controls.performance;
        performance.vibrato.depth_cents += WHEEL_CENTS * self.player.wheel;
        Ask {
            knobs: controls.latents,
            phase: controls.phase,
            chroma: controls.chroma,
            octave: controls.octave,
            performance,
            rates: Rates::new(&controls.envelope, self.settings.sample_rate_hz),
            shift_semitones: self
                .player
                .bends
                .map(|bend| bend * controls.bend_range_semitones + fine),
        }
    }

    fn show(&mut self, report: &Report, samples: usize) {
        let telemetry = &self.telemetry;
        telemetry.set_voices(u32::try_from(self.notes.count()).unwrap_or(u32::MAX));
        telemetry.set_peak(report.peak);
        telemetry.add_limited(report.limited);
        telemetry.add_not_a_number(report.not_a_number);
        self.picture.samples += samples;
        if self.picture.samples >= PICTURE_SAMPLES {
            self.picture.samples = 0;
            self.show_spectrum();
        }
    }

    /// What the newest note sounds like.
    fn show_spectrum(&self) {
        let mut points = [0.0; SPECTRUM_POINTS];
        if let Some(voice) = self.notes.newest() {
            voice.picture(&self.shared, &self.picture.edges_hz, &mut points);
        }
        for (point, value) in points.into_iter().enumerate() {
            self.telemetry.set_spectrum_point(point, value);
        }
    }
}

impl Player {
    fn new() -> Self {
        Self {
            bends: [0.0; CHANNELS],
            wheel: 0.0,
            struck: 0,
            gain: None,
        }
    }
}

impl Start {
    /// Decodes the first moments of `count` notes, four vectors in one pass over the weights.
    fn decode<T: Tone>(
        &mut self,
        notes: &mut Notes<T>,
        shared: &Shared<T>,
        ask: &Ask,
        count: usize,
    ) {
        let decoder = &shared.decoder;
        let moments = T::moments(decoder);
        let jobs = count * moments;
        for first in (0..jobs).step_by(BATCH) {
            for (lane, job) in (first..jobs.min(first + BATCH)).enumerate() {
                let voice = notes.voice(self.voices[job / moments]);
                let vector = voice.moment(shared, ask, job % moments);
                self.batch[lane].input(vector.len()).copy_from_slice(vector);
            }
            decoder.run_batch(&mut self.batch, (jobs - first).min(BATCH));
            for (lane, job) in (first..jobs.min(first + BATCH)).enumerate() {
                let row = job / moments * MOST_MOMENTS + job % moments;
                self.numbers[row].copy_from_slice(decoder.numbers(&self.batch[lane]));
            }
        }
    }

    /// Turns what was decoded into each note's past.
    fn prefill<T: Tone>(
        &mut self,
        notes: &mut Notes<T>,
        shared: &mut Shared<T>,
        ask: &Ask,
        count: usize,
    ) {
        let moments = T::moments(&shared.decoder);
        let rows = self.numbers.chunks_exact_mut(MOST_MOMENTS).take(count);
        for (rows, voice) in rows.zip(self.voices) {
            notes
                .voice(voice)
                .prefill(shared, ask, &mut rows[..moments]);
        }
    }
}
