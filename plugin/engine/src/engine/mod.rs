//! The engine: who does what, in which order.
//!
//! ```text
//!  controls ─► sane ─► Common ─────────────┐        models ─► fit ─► slots A … D
//!  events ─► at their samples ─► keys ──┐  │                             │
//!                                       ▼  ▼                             │
//!                          struck together: decoded together, prefilled ◄┤
//!                                       │                                │
//!                                       ▼                                ▼
//!                                    voices ◄───────────────────────► sources
//!                                       └─► mix ─► left, right
//! ```
//!
//! A call is cut where events fall and nowhere else, and all work inside a voice lies at fixed
//! places of its own clock: the host's block size cannot be heard.
//!
//! *Real time:* after [`Engine::new`] nothing allocates, frees, locks, waits, logs or reads a clock.

mod asking;
mod chord;
mod fitting;
mod keyboard;
mod player;

use crate::controls::{Controls, Course, LFOS, MAX_VOICES, PhaseMode};
use crate::decoder::Decoder;
use crate::event::{Event, EventKind, Note};
use crate::keys::Keys;
use crate::mix::{Mix, Report};
use crate::modulation::{Clock, Transport, Turns};
use crate::notes::Notes;
use crate::telemetry::{SPECTRUM_POINTS, Spectrum, Telemetry};
use crate::trajectory::Trajectory;
use crate::tuning::Tuning;
use crate::voice::{Common, Fitting, Hold, Sources, Tick, Timbre, Turning};
use betwixt_spectral::number::{index, narrow};
use chord::Chord;
use player::Player;
use std::sync::Arc;

/// Notes whose end is told in one call, at most.
const MOST_ENDED: usize = 1_024;

/// One more voice is looked at for the spectrum this often, in samples: looking at all of them at
/// once would make one block longer than the others.
const LOOK_SAMPLES: usize = 64;

/// Seconds that every voice plays before the engine may be used.
const REHEARSED_S: f32 = 0.05;

/// What an engine is made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The host's sample rate in Hz, 8–400 kHz.
    pub sample_rate_hz: f32,
    /// Where everything random begins: the same seed gives the same bits.
    pub seed: u64,
}

impl Settings {
    /// The same with a rate that can be played at.
    pub(crate) fn sane(mut self) -> Self {
        self.sample_rate_hz = self.sample_rate_hz.clamp(8_000.0, 400_000.0);
        self
    }
}

/// A polyphonic instrument of up to four models.
pub struct Engine {
    sources: Sources,
    notes: Notes,
    keys: Keys,
    mix: Mix,
    chord: Chord,
    steal: [Vec<f32>; 2],
    settings: Settings,
    tuning: Tuning,
    trajectory: Arc<Trajectory>,
    telemetry: Arc<Telemetry>,
    player: Player,
    clock: Clock,
    tick: Tick,
    /// Notes that have sounded so far.
    struck: u64,
    /// What was played last.
    last_pitch: Option<f64>,
    /// Notes whose last voice has ended in this call.
    ended: Vec<Ended>,
    /// Whether nothing sounds.
    is_idle: bool,
    picture: Picture,
}

/// A note that sounds no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// As it was struck.
    pub note: Note,
    /// At which sample of the call.
    pub sample: usize,
}

/// The spectrum that is being made: which voice is looked at next, and where its points lie.
struct Picture {
    /// Samples since the last look.
    samples: usize,
    place: usize,
    all: Spectrum,
    one: Spectrum,
    edges_hz: Vec<f64>,
}

impl Engine {
    /// An engine of one model, in the first slot. Allocates everything that it will ever use: not
    /// for the audio thread.
    #[must_use]
    pub fn new(decoder: Arc<Decoder>, settings: Settings) -> Self {
        let timbre = Box::new(Timbre::new(decoder, settings));
        let mut engine = Self::empty(settings);
        engine.install(0, Fitting::Model(timbre));
        engine
    }

    /// An engine without a model: silent until one is fitted. Allocates everything that it will
    /// ever use beside the models: not for the audio thread.
    #[must_use]
    pub fn empty(settings: Settings) -> Self {
        let settings = settings.sane();
        let rate_hz = settings.sample_rate_hz;
        let (mix, tick) = (Mix::new(rate_hz), Tick::new(rate_hz));
        let mut engine = Self {
            sources: Sources::new(tick.samples),
            notes: Notes::new(rate_hz),
            keys: Keys::new(),
            chord: Chord::new(),
            steal: [0, 1].map(|_| vec![0.0; mix.tail_len()]),
            mix,
            settings,
            tuning: Tuning::default(),
            trajectory: Arc::default(),
            telemetry: Arc::new(Telemetry::default()),
            player: Player::new(),
            clock: Clock::new(rate_hz),
            tick,
            struck: 0,
            last_pitch: None,
            ended: Vec::with_capacity(MOST_ENDED),
            is_idle: true,
            picture: Picture {
                samples: 0,
                place: 0,
                all: Spectrum::default(),
                one: Spectrum::default(),
                edges_hz: (0..=SPECTRUM_POINTS).map(Telemetry::spectrum_hz).collect(),
            },
        };
        engine.rehearse();
        engine
    }

    /// Plays every voice once, unheard: memory that nobody has touched yet is mapped by the system
    /// at its first use, and that wait must not fall on the audio thread. Refined frames need all
    /// that there is.
    fn rehearse(&mut self) {
        let controls = Controls {
            voice_limit: MAX_VOICES,
            phase: PhaseMode::Refined,
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
        let samples = index(f64::from(self.settings.sample_rate_hz * REHEARSED_S));
        let (mut left, mut right) = (vec![0.0; samples], vec![0.0; samples]);
        self.process(&controls, &strikes, &mut left, &mut right);
        self.reset();
        self.telemetry = Arc::new(Telemetry::default());
    }

    /// Silence, as freshly made; the telemetry's counters stay.
    pub fn reset(&mut self) {
        self.notes.reset();
        self.keys = Keys::new();
        self.mix.reset(1.0, self.settings.sample_rate_hz);
        self.player = Player::new();
        self.clock = Clock::new(self.settings.sample_rate_hz);
        (self.struck, self.last_pitch) = (0, None);
        self.ended.clear();
        self.is_idle = true;
        self.picture.samples = 0;
        self.picture.place = 0;
        self.picture.all.clear();
        self.telemetry.set_voices(0);
        self.telemetry.set_peak(0.0);
        self.telemetry.set_movement_s(None);
    }

    /// Gives the keys their pitches; notes that sound go there smoothly. Real-time.
    pub fn tune(&mut self, tuning: &Tuning) {
        if *tuning == self.tuning {
            return;
        }
        for voice in self.notes.sounding() {
            let pitches = [&self.tuning, tuning].map(|tuning| tuning.pitch(voice.note.key));
            if let [Some(before), Some(after)] = pitches {
                voice.retune(after - before);
            }
        }
        self.tuning = *tuning;
    }

    /// Plays this movement from its beginning, and gives back the one before it, to be freed
    /// elsewhere. Real-time.
    pub fn follow_trajectory(&mut self, trajectory: Arc<Trajectory>) -> Arc<Trajectory> {
        self.player.movement = Turns::default();
        self.bend_trajectory(trajectory)
    }

    /// The movement has been bent: it goes on where it was. Gives back the one before, as above.
    /// Real-time.
    pub fn bend_trajectory(&mut self, trajectory: Arc<Trajectory>) -> Arc<Trajectory> {
        std::mem::replace(&mut self.trajectory, trajectory)
    }

    /// Tells where the host is in its piece at the next call's first sample. Real-time.
    pub fn follow_transport(&mut self, transport: &Transport) {
        self.clock.follow(transport);
    }

    /// The numbers that the engine shows.
    #[must_use]
    pub fn telemetry(&self) -> Arc<Telemetry> {
        Arc::clone(&self.telemetry)
    }

    /// How many voices sound, fading ones included.
    #[must_use]
    pub fn sounding(&self) -> usize {
        if self.is_idle { 0 } else { self.notes.count() }
    }

    /// The notes that ended in the last call, in the order of their samples: every note that was
    /// struck ends once, when the last of its voices does or another key takes it over.
    #[must_use]
    pub fn ended(&self) -> &[Ended] {
        &self.ended
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
        assert_eq!(left.len(), right.len(), "both channels are equally long");
        let mut controls = controls.sane();
        controls.voice_limit = controls.voice_limit.min(self.sources.most_voices());
        self.ended.clear();
        if self.player.follow(&controls) {
            let rate_hz = self.settings.sample_rate_hz;
            self.mix.reset(controls.gain, rate_hz);
        }
        left.fill(0.0);
        right.fill(0.0);
        if self.is_idle && events.is_empty() {
            return self.rest(&controls, left.len());
        }
        // Counts one up and, at the end, one down: this instrument keeps its own.
        let trajectory = Arc::clone(&self.trajectory);
        let mut common = self.common(&controls, &trajectory);
        self.make_room(&common, 0, controls.voice_limit);
        let mut report = Report::default();
        let mut done = 0;
        let mut rest = events;
        while let Some(first) = rest.first() {
            let at = first.offset_samples.clamp(done, left.len());
            let part = [&mut left[done..at], &mut right[done..at]];
            self.render(&mut common, done, part, &mut report);
            done = at;
            let together = rest
                .iter()
                .take_while(|e| e.offset_samples.min(left.len()) <= at);
            let (now, later) = rest.split_at(together.count());
            for event in now {
                self.apply(&mut common, at, event.kind);
            }
            self.strike(&common, at);
            rest = later;
        }
        let part = [&mut left[done..], &mut right[done..]];
        self.render(&mut common, done, part, &mut report);
        self.ended.sort_unstable_by_key(|ended| ended.sample);
        self.show_movers(&common);
        self.show(&report, left.len());
        self.show_movement(&controls);
    }

    /// Silence passes: what moves by itself goes on.
    fn rest(&mut self, controls: &Controls, samples: usize) {
        self.mix.rest(controls.gain);
        let (mut lfos, mut movement) = (self.lfos(controls), self.movement(controls));
        self.pass(&mut lfos, &mut movement, samples);
        self.show(&Report::default(), samples);
        self.show_movement(controls);
    }

    /// One event; keys that go down together wait to be struck together.
    fn apply(&mut self, common: &mut Common, at: usize, kind: EventKind) {
        if let EventKind::NoteOn { note, velocity } = kind {
            return self.key_down(common, at, note, velocity);
        }
        if let EventKind::Touch { whom, touch } = kind {
            return self.feel(&whom, touch);
        }
        self.strike(common, at);
        match kind {
            EventKind::NoteOff { whom } => self.key_up(common, at, &whom),
            EventKind::Choke { whom } => {
                self.keys.up(&whom);
                self.notes.choke(&whom);
            }
            EventKind::Sustain { channel, down } => self.notes.sustain(channel, down, common),
            EventKind::Sostenuto { channel, down } => self.notes.sostenuto(channel, down, common),
            EventKind::AllNotesOff { channel } => self.all_keys_up(common, channel),
            EventKind::AllSoundOff { channel } => {
                self.all_keys_up(common, channel);
                self.notes.cut_all(channel);
            }
            EventKind::Rest { channel } => self.notes.pedals_up(channel, common),
            _ => {}
        }
        if self.player.hear(kind) {
            common.knobs = self.player.knobs;
            common.wheel = self.player.wheel;
            common.felt = self.player.channels.felt(common.controls);
        }
    }

    fn render(
        &mut self,
        common: &mut Common,
        at: usize,
        bus: [&mut [f32]; 2],
        report: &mut Report,
    ) {
        let [left, right] = bus;
        let samples = left.len();
        if samples == 0 {
            return;
        }
        if self.is_idle {
            self.mix.rest(common.controls.gain);
        } else {
            let mut sounding = 0;
            for index in 0..MAX_VOICES {
                let voice = self.notes.voice(index);
                if voice.hold == Hold::Free {
                    continue;
                }
                sounding += 1;
                let bus = [&mut *left, &mut *right];
                if let Some(last) = voice.render(&mut self.sources, common, bus) {
                    let (note, age) = (voice.note, voice.age);
                    self.end(note, age, at + last);
                }
            }
            self.is_idle = sounding == 0 && self.mix.is_silent();
            self.mix.finish([left, right], common.controls.gain, report);
        }
        self.pass(&mut common.lfos, &mut common.movement, samples);
        common.clock = self.clock;
    }

    /// Samples have been played.
    fn pass(&mut self, lfos: &mut [Turning; LFOS], movement: &mut Turning, samples: usize) {
        self.clock.pass(samples);
        for turning in lfos.iter_mut().chain([&mut *movement]) {
            turning.turns = turning.turns.after(turning.step, samples);
        }
        self.player.lfos = lfos.map(|lfo| lfo.turns);
        self.player.movement = movement.turns;
    }

    fn show(&mut self, report: &Report, samples: usize) {
        let telemetry = &self.telemetry;
        let voices = if self.is_idle { 0 } else { self.notes.count() };
        telemetry.set_voices(u32::try_from(voices).unwrap_or(u32::MAX));
        telemetry.set_peak(report.peak);
        telemetry.add_limited(report.limited);
        telemetry.add_not_a_number(report.not_a_number);
        self.player
            .knobs
            .iter()
            .enumerate()
            .for_each(|(i, k)| telemetry.set_latent(i, *k));
        if telemetry.is_watched() {
            self.show_voices();
            self.picture.samples += samples;
            while self.picture.samples >= LOOK_SAMPLES {
                self.picture.samples -= LOOK_SAMPLES;
                self.look_at_one();
            }
        }
    }

    /// Where the newest note's oscillators and envelopes stand at the call's end.
    fn show_movers(&self, common: &Common) {
        if !self.telemetry.is_watched() || self.is_idle {
            return;
        }
        if let Some(newest) = self.notes.newest() {
            self.telemetry.set_movers(&newest.movers(common));
        }
    }

    /// Where the movement is that all notes share, or the newest note's own.
    fn show_movement(&self, controls: &Controls) {
        let (movement, trajectory) = (&controls.movement, &self.trajectory);
        let passed_s = match movement.course {
            Course::Off => None,
            _ if movement.is_common => {
                let counted_s = self.player.movement.count();
                Some(movement.passed_s(trajectory, self.clock.beats(0), counted_s))
            }
            _ if self.is_idle => None,
            _ => self.notes.newest().map(|newest| newest.moved_s()),
        };
        let length_s = f64::from(trajectory.length_s());
        let place_s = passed_s.map(|passed_s| narrow(movement.course.place_s(passed_s, length_s)));
        self.telemetry.set_movement_s(place_s);
    }

    /// Which keys sound, and where each voice is among the latents.
    fn show_voices(&self) {
        for place in 0..MAX_VOICES {
            let voice = self.notes.voice_at(place);
            let shown = (!self.is_idle).then(|| voice.show()).flatten();
            self.telemetry.set_sounding(place, shown);
        }
    }

    /// What one voice more sounds like; after the last one, what all of them do is shown.
    fn look_at_one(&mut self) {
        let picture = &mut self.picture;
        let is_free = |place: &usize| self.notes.voice_at(*place).hold == Hold::Free;
        let next = (picture.place..MAX_VOICES).find(|place| !is_free(place));
        let Some(place) = next.filter(|_| !self.is_idle) else {
            self.telemetry.set_spectrum(&picture.all);
            picture.all.clear();
            picture.place = 0;
            return;
        };
        let voice = self.notes.voice_at(place);
        picture.one.clear();
        voice.picture(&self.sources, &picture.edges_hz, &mut picture.one);
        picture.all.add(&picture.one, voice.level());
        picture.place = place + 1;
    }
}
