//! A model as all voices play it: its weights once, what it needs of memory for each voice.
//!
//! ```text
//!            ┌ frames:   FrameTone for each voice ─► samples [count], both channels alike
//!  Decoder ──┤
//!            └ partials: Story for each voice ─► Moment, attack ─► what the voice paints (canvas)
//! ```
//!
//! It is made beside the sound, fitted into an engine, and given back to be freed.
//!
//! *Real time:* nothing allocates after [`Timbre::new`].

use super::canvas::{Studio, Sung};
use super::frames::{FrameTone, FrameTools};
use super::story::{Moment, Story};
use super::{Ask, Instant, MOST_MOMENTS, Onset};
use crate::controls::{Controls, MAX_FRAME_VOICES, MAX_VOICES, PhaseMode};
use crate::decoder::{Activations, BATCH, Decoder};
use crate::engine::Settings;
use crate::painter;
use crate::telemetry::Spectrum;
use betwixt_model::AttackCurve;
use betwixt_model::header::Output;
use betwixt_spectral::PartialsFormat;
use std::sync::Arc;

/// Voices whose first moments are decoded together.
pub(crate) const ROWS: usize = 8;
/// Hops that every voice plays before the model may be used.
const REHEARSED_HOPS: usize = 2;

/// A model, ready to be played by any number of voices.
pub struct Timbre {
    decoder: Arc<Decoder>,
    family: Family,
    batch: [Activations; BATCH],
    /// Rows of decoded numbers, so many for each of [`ROWS`] voices.
    numbers: Vec<Vec<f32>>,
    moments: usize,
}

enum Family {
    Frames {
        tools: Box<FrameTools>,
        tones: Vec<FrameTone>,
    },
    Partials {
        format: PartialsFormat,
        stories: Vec<Story>,
        /// Of a decoder that tells how the gain runs through an attack.
        attack: Option<Activations>,
        /// For an engine that has none yet.
        studio: Option<Box<Studio>>,
    },
}

/// A voice whose first moments are decoded, and where their numbers go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    pub(crate) voice: usize,
    /// 0 … [`ROWS`] − 1.
    pub(crate) row: usize,
    pub(crate) ask: &'a Ask,
}

impl std::fmt::Debug for Timbre {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let output = self.decoder.output();
        f.debug_struct("Timbre")
            .field("output", &output)
            .finish_non_exhaustive()
    }
}

impl Timbre {
    /// Makes a model ready. Allocates everything that it will ever use, and touches all of it:
    /// memory that nobody has used yet is mapped by the system at its first use, and that wait must
    /// not fall on the audio thread.
    #[must_use]
    pub fn new(decoder: Arc<Decoder>, settings: Settings) -> Self {
        let settings = settings.sane();
        let family = match decoder.output() {
            Output::Frames(format) => {
                let tools = FrameTools::new(format, settings.sample_rate_hz);
                let tone = |number| FrameTone::new(&decoder, &tools, number);
                Family::Frames {
                    tones: (0..MAX_FRAME_VOICES).map(tone).collect(),
                    tools: Box::new(tools),
                }
            }
            Output::Partials(format) => {
                let hop_s = painter::hop_s(f64::from(settings.sample_rate_hz));
                let story = || Story::new(&decoder, hop_s);
                Family::Partials {
                    format,
                    stories: (0..MAX_VOICES).map(|_| story()).collect(),
                    attack: decoder.attack_activations(),
                    studio: Some(Box::new(Studio::new(settings))),
                }
            }
        };
        let numbers = decoder.output().numbers();
        let moments = match &family {
            Family::Frames { .. } => FrameTone::moments(&decoder),
            Family::Partials { .. } => MOST_MOMENTS,
        };
        let mut timbre = Self {
            batch: std::array::from_fn(|_| decoder.activations()),
            numbers: vec![vec![0.0; numbers]; ROWS * moments],
            moments,
            family,
            decoder,
        };
        timbre.rehearse();
        timbre
    }

    /// Every voice plays its first hops, unheard. Refined frames need all that there is.
    fn rehearse(&mut self) {
        let ask = Ask::new(&Controls {
            phase: PhaseMode::Refined,
            ..Controls::default()
        });
        let onset = Onset {
            pitch: 60.0,
            velocity: 1.0,
            seed: 0,
        };
        let mut samples = vec![0.0; self.hop_samples() * REHEARSED_HOPS];
        let sung = Sung {
            glide: 0.0,
            bend: 0.0,
        };
        for voice in 0..self.voices() {
            self.start(voice, &onset, &ask, Instant::default());
            let job = Job {
                voice,
                row: 0,
                ask: &ask,
            };
            self.decode(&[job], self.moments());
            if self.paints() {
                self.take(&job, 0);
                self.next_hop(voice, &ask, sung);
            } else {
                self.prefill(&job);
                self.render(voice, &ask, &mut samples);
            }
        }
    }

    /// Samples of a hop at the model's own rate, enough for any host's; none of what is painted.
    fn hop_samples(&self) -> usize {
        match &self.family {
            Family::Frames { tools, .. } => tools.format.geometry.hop(),
            Family::Partials { .. } => 0,
        }
    }

    /// What it brings to be painted with, if it does and has not been asked before.
    pub(crate) fn take_studio(&mut self) -> Option<Box<Studio>> {
        match &mut self.family {
            Family::Partials { studio, .. } => studio.take(),
            Family::Frames { .. } => None,
        }
    }

    /// Whether it gives moments to be painted; else it gives samples.
    pub(crate) fn paints(&self) -> bool {
        matches!(self.family, Family::Partials { .. })
    }

    /// How many moments are decoded before a note can sound, at most [`MOST_MOMENTS`].
    pub(crate) fn moments(&self) -> usize {
        self.moments
    }

    /// How many voices can play it: those with lower numbers. Of any other it is silent.
    pub(crate) fn voices(&self) -> usize {
        match &self.family {
            Family::Frames { tones, .. } => tones.len(),
            Family::Partials { stories, .. } => stories.len(),
        }
    }

    /// A voice's note begins, or is told by this model from here on.
    pub(crate) fn start(&mut self, voice: usize, onset: &Onset, ask: &Ask, at: Instant) {
        let decoder = &self.decoder;
        match &mut self.family {
            Family::Frames { tools, tones } => {
                tones[voice].start((decoder, tools), onset, ask, at);
            }
            Family::Partials {
                stories, attack, ..
            } => stories[voice].start((decoder, attack.as_mut()), onset, ask, at),
        }
    }

    /// Decodes so many first moments of some voices, four vectors in one pass over the weights.
    pub(crate) fn decode(&mut self, jobs: &[Job<'_>], moments: usize) {
        let count = jobs.len() * moments;
        for first in (0..count).step_by(BATCH) {
            let end = count.min(first + BATCH);
            for (lane, number) in (first..end).enumerate() {
                let (job, moment) = (&jobs[number / moments], number % moments);
                let vector = match &mut self.family {
                    Family::Frames { tools, tones } => {
                        tones[job.voice].moment(&self.decoder, tools, moment)
                    }
                    Family::Partials { stories, .. } => {
                        stories[job.voice].moment(&self.decoder, job.ask, moment)
                    }
                };
                self.batch[lane].input(vector.len()).copy_from_slice(vector);
            }
            self.decoder.run_batch(&mut self.batch, end - first);
            for (lane, number) in (first..end).enumerate() {
                let row = jobs[number / moments].row * self.moments + number % moments;
                let numbers = self.decoder.numbers(&self.batch[lane]);
                self.numbers[row].copy_from_slice(numbers);
            }
        }
    }

    /// Of frames: what was decoded becomes the voice's past; from here on it sounds.
    pub(crate) fn prefill(&mut self, job: &Job<'_>) {
        let moments = self.moments();
        if let Family::Frames { tools, tones } = &mut self.family {
            let first = job.row * moments;
            let rows = &mut self.numbers[first..first + moments];
            tones[job.voice].prefill(tools, rows);
        }
    }

    /// Of partials: one of the first moments, taken in their order.
    pub(crate) fn take(&mut self, job: &Job<'_>, moment: usize) -> Moment {
        let numbers = &self.numbers[job.row * self.moments + moment];
        match &mut self.family {
            Family::Partials {
                stories, format, ..
            } => stories[job.voice].take(*format, numbers, job.ask),
            Family::Frames { .. } => Moment::silence(),
        }
    }

    /// Of partials: how the gain of a voice's note runs through its attack.
    pub(super) fn attack(&self, voice: usize) -> AttackCurve {
        match &self.family {
            Family::Partials { stories, .. } => stories[voice].attack(),
            Family::Frames { .. } => AttackCurve::FLAT,
        }
    }

    /// Of partials: a voice's story goes on by a hop.
    pub(crate) fn next_hop(&mut self, voice: usize, ask: &Ask, sung: Sung) {
        if let Family::Partials {
            stories, format, ..
        } = &mut self.family
        {
            stories[voice].next_hop((&self.decoder, *format), ask, sung);
        }
    }

    /// Of partials: what is to be painted now.
    pub(crate) fn now(&self, voice: usize) -> Moment {
        match &self.family {
            Family::Partials { stories, .. } => stories[voice].now(),
            Family::Frames { .. } => Moment::silence(),
        }
    }

    /// Of frames: writes a voice's next samples.
    pub(crate) fn render(&mut self, voice: usize, ask: &Ask, out: &mut [f32]) {
        match &mut self.family {
            Family::Frames { tools, tones } if voice < tones.len() => {
                tones[voice].render((&self.decoder, tools), ask, out);
            }
            _ => out.fill(0.0),
        }
    }

    /// Of frames: the amplitude heard between each two frequencies.
    pub(crate) fn picture(&self, voice: usize, edges_hz: &[f64], spectrum: &mut Spectrum) {
        if let Family::Frames { tools, tones } = &self.family
            && voice < tones.len()
        {
            tones[voice].picture(tools, edges_hz, spectrum);
        }
    }
}
