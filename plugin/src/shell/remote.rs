//! What a hardware controller shows of the instrument: pages of eight knobs.
//!
//! ```text
//!  Sound: latents │ time, tone │ pitch │ envelope, output     Movement: LFOs │ envelopes │ slots
//! ```

use crate::parameters::Parameters;
use nice_plug::prelude::{RemoteControlsContext, RemoteControlsPage, RemoteControlsSection};

/// Tells the host the pages.
pub(super) fn pages(parameters: &Parameters, context: &mut impl RemoteControlsContext) {
    context.add_section("Sound", |section| sound(parameters, section));
    context.add_section("Playing", |section| playing(parameters, section));
    context.add_section("Modulation", |section| modulation(parameters, section));
}

fn sound(parameters: &Parameters, section: &mut impl RemoteControlsSection) {
    section.add_page("Latents", |page| {
        for knob in &parameters.latents.knobs {
            page.add_param(&knob.position);
        }
    });
    let performance = &parameters.performance;
    let (time, pitch, tone) = (&performance.time, &performance.pitch, &performance.tone);
    section.add_page("Time and Tone", |page| {
        page.add_param(&time.speed);
        page.add_param(&time.freeze);
        page.add_param(&time.freeze_point);
        page.add_param(&tone.noise);
        page.add_param(&tone.tilt);
        page.add_param(&tone.inharmonicity);
        page.add_param(&tone.formant);
        page.add_param(&performance.stereo.width);
    });
    section.add_page("Pitch", |page| {
        page.add_param(&pitch.vibrato_rate);
        page.add_param(&pitch.vibrato_depth);
        page.add_param(&pitch.vibrato_delay);
        page.add_param(&pitch.vibrato_jitter);
        page.add_param(&pitch.drift);
        page.add_param(&pitch.natural_tuning);
        page.add_param(&parameters.octave);
        page.add_param(&parameters.fine_tune);
    });
    section.add_page("Envelope and Output", |page| {
        page.add_param(&parameters.attack);
        page.add_param(&parameters.decay);
        page.add_param(&parameters.sustain);
        page.add_param(&parameters.release);
        page.add_param(&parameters.velocity);
        page.add_param(&parameters.bend_range);
        page.add_param(&parameters.voices);
        page.add_param(&parameters.gain);
    });
}

fn playing(parameters: &Parameters, section: &mut impl RemoteControlsSection) {
    let playing = &parameters.playing;
    section.add_page("Playing", |page| {
        page.add_param(&playing.mode);
        page.add_param(&playing.glide);
        page.add_param(&playing.glide_mode);
        page.add_param(&playing.unison);
        page.add_param(&playing.detune);
        page.add_param(&playing.spread);
        page.add_param(&playing.width);
        page.add_param(&playing.mpe);
    });
    let movement = &parameters.movement;
    section.add_page("Movement and Morph", |page| {
        page.add_param(&movement.record);
        page.add_param(&movement.course);
        page.add_param(&movement.owner);
        page.add_param(&movement.sync);
        page.add_param(&movement.speed);
        page.add_param(&movement.depth);
        page.add_param(&parameters.morph);
    });
}

fn modulation(parameters: &Parameters, section: &mut impl RemoteControlsSection) {
    let modulation = &parameters.modulation;
    section.add_page("LFOs", |page| {
        for lfo in &modulation.lfos {
            page.add_param(&lfo.shape);
            page.add_param(&lfo.rate);
            page.add_param(&lfo.sync);
            page.add_param(&lfo.fade);
        }
    });
    section.add_page("Envelopes", |page| {
        for envelope in &modulation.envelopes {
            page.add_param(&envelope.attack);
            page.add_param(&envelope.decay);
            page.add_param(&envelope.sustain);
            page.add_param(&envelope.release);
        }
    });
    section.add_page("Depths", |page| {
        for slot in &modulation.slots {
            page.add_param(&slot.depth);
        }
    });
}
