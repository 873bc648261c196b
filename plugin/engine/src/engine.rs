//! The engine: who does what, in which order.
//!
//! ```text
//!  controls ─► sane ─► Ask ────────────────┐
//!  events ─► at their samples ─► notes ─┐  │
//!                                       ▼  ▼
//!                          struck together: decoded together, prefilled
//!                                       │
//!                                       ▼
//!                                    voices ─► bus ─► mix ─► left = right
//! ```
//!
//! A call is cut where events fall and nowhere else, and all work inside a voice lies at fixed
//! places of its own clock: the host's block size cannot be heard.
//!
//! *Real time:* after [`Engine::new`] nothing allocates, frees, locks, waits, logs or reads a clock.

use crate::controls::{Controls, LATENTS, MAX_VOICES};
use crate::decoder::{Activations, BATCH, Decoder};
use crate::event::{Event, EventKind, Note};
use crate::mix::{Mix, Report};
use crate::notes::Notes;
use crate::telemetry::{SPECTRUM_POINTS, Telemetry};
use crate::voice::{Ask, CHANNELS, MOMENTS, Rates, Shared, Strike, Voice, velocity_gain};
use betwixt_spectral::number::{index, real};
use std::sync::Arc;

/// Notes that are struck at one sample and decoded together; more follow in a second group.
const CHORD: usize = 8;

/// The spectrum is shown this often, in samples.
const PICTURE_SAMPLES: usize = 1024;

/// What an engine is made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The host's sample rate in Hz, 8–400 kHz.
    pub sample_rate_hz: f32,
    /// Where everything random begins: the same seed gives the same bits.
    pub seed: u64,
}

/// A polyphonic instrument around one decoder.
pub struct Engine {
    shared: Shared,
    notes: Notes,
    mix: Mix,
    start: Start,
    steal: Vec<f32>,
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
    /// The controls' latents as they last were.
    set: [f32; LATENTS],
    /// Where the latents stand: whoever moved last, control or controller.
    knobs: [f32; LATENTS],
    bends: [f32; CHANNELS],
    struck: u64,
    gain: Option<f32>,
}

/// Buffers for notes that begin.
struct Start {
    strikes: [Option<Strike>; CHORD],
    voices: [usize; CHORD],
    batch: [Activations; BATCH],
    magnitudes: Vec<Vec<f32>>,
}

impl Engine {
    /// Makes an engine. Allocates everything that it will ever use: not for the audio thread.
    #[must_use]
    pub fn new(decoder: Arc<Decoder>, settings: Settings) -> Self {
        let rate = settings.sample_rate_hz.clamp(8_000.0, 400_000.0);
        let settings = Settings {
            sample_rate_hz: rate,
            ..settings
        };
        let mix = Mix::new(rate);
        let bins = decoder.geometry().bins();
        let mut engine = Self {
            notes: Notes::new(|| Voice::new(&decoder, rate)),
            start: Start {
                strikes: [None; CHORD],
                voices: [0; CHORD],
                batch: std::array::from_fn(|_| decoder.activations()),
                magnitudes: vec![vec![0.0; bins]; CHORD * MOMENTS],
            },
            steal: vec![0.0; mix.tail_len()],
            mix,
            shared: Shared::new(decoder, rate, settings.seed),
            settings,
            telemetry: Arc::new(Telemetry::default()),
            player: Player::new(),
            picture: Picture {
                samples: 0,
                edges_hz: (0..=SPECTRUM_POINTS).map(Telemetry::spectrum_hz).collect(),
            },
        };
        engine.rehearse();
        engine
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
        let hop_s = self.shared.decoder.geometry().hop_s();
        let samples = index(f64::from(self.settings.sample_rate_hz) * hop_s * 2.0);
        let (mut left, mut right) = (vec![0.0; samples], vec![0.0; samples]);
        self.process(&controls, &strikes, &mut left, &mut right);
        self.reset();
        self.telemetry = Arc::new(Telemetry::default());
    }

    /// Silence, as freshly made; the telemetry's counters stay.
    pub fn reset(&mut self) {
        self.notes.reset();
        self.mix.reset(1.0, self.settings.sample_rate_hz);
        self.player = Player::new();
        self.picture.samples = 0;
        self.telemetry.set_voices(0);
        self.telemetry.set_peak(0.0);
    }

    /// The numbers that the engine shows.
    #[must_use]
    pub fn telemetry(&self) -> Arc<Telemetry> {
        Arc::clone(&self.telemetry)
    }

    /// How many voices sound, fading ones included.
    #[must_use]
    pub fn sounding(&self) -> usize {
        self.notes.count()
    }

    /// Plays: overwrites both channels.
    ///
    /// | argument        | shape     | unit                                            |
    /// |-----------------|-----------|-------------------------------------------------|
    /// | `controls`      |           | for the whole call                              |
    /// | `events`        |           | in the order of their samples                   |
    /// | `left`, `right` | `[block]` | out: samples, −1…1; any length, both the same   |
    ///
    /// # Panics
    ///
    /// When the two channels differ in length.
    pub fn process(
        &mut self,
        controls: &Controls,
        events: &[Event],
        left: &mut [f32],
        right: &mut [f32],
    ) {
        let controls = controls.sane();
        self.follow(&controls);
        left.fill(0.0);
        let mut report = Report::default();
        let mut done = 0;
        let mut rest = events;
        while let Some(first) = rest.first() {
            let at = first.offset_samples.clamp(done, left.len());
            self.render(&controls, &mut left[done..at], &mut report);
            done = at;
            let together = rest
                .iter()
                .take_while(|e| e.offset_samples.min(left.len()) <= at);
            let (now, later) = rest.split_at(together.count());
            self.happen(&controls, now);
            rest = later;
        }
        self.render(&controls, &mut left[done..], &mut report);
        right.copy_from_slice(left);
        self.show(&report, left.len());
    }

    /// Takes over what the controls have moved, and makes room under a lowered voice limit.
    fn follow(&mut self, controls: &Controls) {
        let player = &mut self.player;
        for (latent, &value) in controls.latents.iter().enumerate() {
            if value.to_bits() != player.set[latent].to_bits() {
                player.set[latent] = value;
                player.knobs[latent] = value;
            }
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
            let gain = velocity_gain(velocity, controls.velocity_amount);
            self.start.strikes[struck] = Some(Strike { note, gain });
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
            EventKind::Latent { index, value } => {
                if let (Some(knob), false) = (self.player.knobs.get_mut(index), value.is_nan()) {
                    *knob = value.clamp(0.0, 1.0);
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
        self.start.decode(&mut self.notes, &self.shared, count);
        self.start.prefill(&mut self.notes, &mut self.shared, count);
    }

    /// Steals voices until no more than `limit` sound.
    fn make_room(&mut self, controls: &Controls, limit: usize) {
        while self.notes.count() > limit {
            let Some(victim) = self.notes.least_missed() else {
                return;
            };
            let ask = self.ask(controls);
            self.steal.fill(0.0);
            let voice = self.notes.voice(victim);
            voice.cut();
            voice.render(&mut self.shared, &ask, &mut self.steal);
            voice.hold = crate::voice::Hold::Free;
            self.mix.add_tail(&self.steal);
            self.telemetry.add_stolen();
        }
    }

    fn render(&mut self, controls: &Controls, bus: &mut [f32], report: &mut Report) {
        let ask = self.ask(controls);
        for voice in self.notes.sounding() {
            voice.render(&mut self.shared, &ask, bus);
        }
        self.mix.finish(bus, controls.gain, report);
    }

    fn ask(&self, controls: &Controls) -> Ask {
        let fine = controls.fine_cents / 100.0;
        Ask {
            knobs: self.player.knobs,
            phase: controls.phase,
            chroma: controls.chroma,
            octave: controls.octave,
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
        self.player
            .knobs
            .iter()
            .enumerate()
            .for_each(|(i, k)| telemetry.set_latent(i, *k));
        self.picture.samples += samples;
        if self.picture.samples >= PICTURE_SAMPLES {
            self.picture.samples = 0;
            self.show_spectrum();
        }
    }

    /// Each point shows the newest note's loudest bin up to the next point, where it is heard.
    fn show_spectrum(&self) {
        let Some(voice) = self.notes.newest() else {
            (0..SPECTRUM_POINTS).for_each(|point| self.telemetry.set_spectrum_point(point, 0.0));
            return;
        };
        let fft_len = self.shared.decoder.geometry().fft_len();
        let (magnitude, ratio) = voice.magnitude();
        let bin_hz = ratio * f64::from(self.settings.sample_rate_hz) / fft_len as f64;
        let bin = |hz: f64| index(hz / bin_hz).min(magnitude.len() - 1);
        for (point, edges) in self.picture.edges_hz.windows(2).enumerate() {
            let loudest = magnitude[bin(edges[0])..=bin(edges[1])]
                .iter()
                .copied()
                .fold(0.0, f32::max);
            self.telemetry
                .set_spectrum_point(point, loudest * 4.0 / real(fft_len));
        }
    }
}

impl Player {
    fn new() -> Self {
        Self {
            set: [f32::NAN; LATENTS],
            knobs: [0.5; LATENTS],
            bends: [0.0; CHANNELS],
            struck: 0,
            gain: None,
        }
    }
}

impl Start {
    /// Decodes the first moments of `count` notes, four vectors in one pass over the weights.
    fn decode(&mut self, notes: &mut Notes, shared: &Shared, count: usize) {
        let decoder = &shared.decoder;
        let moments = moments(decoder);
        let jobs = count * moments;
        for first in (0..jobs).step_by(BATCH) {
            for (lane, job) in (first..jobs.min(first + BATCH)).enumerate() {
                let voice = notes.voice(self.voices[job / moments]);
                let vector = voice.moment(decoder, job % moments);
                self.batch[lane].input(vector.len()).copy_from_slice(vector);
            }
            decoder.run_batch(&mut self.batch, (jobs - first).min(BATCH));
            for (lane, job) in (first..jobs.min(first + BATCH)).enumerate() {
                let row = job / moments * MOMENTS + job % moments;
                decoder.read_magnitude(&self.batch[lane], &mut self.magnitudes[row]);
            }
        }
    }

    /// Turns what was decoded into each note's past.
    fn prefill(&mut self, notes: &mut Notes, shared: &mut Shared, count: usize) {
        let moments = moments(&shared.decoder);
        for (note, rows) in self
            .magnitudes
            .chunks_exact_mut(MOMENTS)
            .take(count)
            .enumerate()
        {
            let (decoded, still) = rows.split_at_mut(moments);
            still
                .iter_mut()
                .for_each(|row| row.copy_from_slice(&decoded[0]));
            let [onset, half] = rows else { continue };
            notes
                .voice(self.voices[note])
                .prefill(shared, [onset, half]);
        }
    }
}

/// Moments that differ: a decoder that is not told the time draws the same frame for all.
fn moments(decoder: &Decoder) -> usize {
    if decoder.hop_time_s().is_some() {
        MOMENTS
    } else {
        1
    }
}
