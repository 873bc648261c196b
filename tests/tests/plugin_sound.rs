//! The built plugin in a host: what is heard does not depend on how the host asks for it.
//!
//! ```text
//!  events, automation ─► built .clap, blocks of any size ─► samples ─► compared bit by bit
//! ```

use betwixt_host::{Blocks, Event, Instance, NoteAddress, Setup, Status, Timed};

use betwixt_tests::desk::{LONGEST, SECOND, instance};

fn render(instance: &mut Instance, events: &[Timed], frames: u64, blocks: &Blocks) -> Vec<f32> {
    let rendering = instance.play(events, frames, blocks).expect("it plays");
    assert!(
        rendering
            .left
            .iter()
            .chain(&rendering.right)
            .all(|v| v.is_finite())
    );
    rendering.left
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|value| value.to_bits()).collect()
}

/// The first place at which two renders differ.
fn parting(one: &[f32], other: &[f32]) -> Option<usize> {
    assert_eq!(one.len(), other.len());
    (0..one.len()).find(|&at| one[at].to_bits() != other[at].to_bits())
}

/// Chords, pedal, wheels, controllers, time and tone, and automation, at samples that are no multiples of anything.
fn busy_piece() -> Vec<Timed> {
    let mut events = vec![
        Event::parameter("Release", 0.4).at(0),
        Event::note_on(48, 0.9).at(3),
        Event::note_on(55, 0.6).at(3),
        Event::note_on(64, 0.4).at(3),
        Event::Midi([0xb0, 64, 127]).at(9_001),
        // A note and what it is struck with, on one sample that is a border of some blocks.
        Event::note_on(67, 0.8).at(9_600),
        Event::parameter("Chroma", 5.0).at(9_600),
        Event::note_off(48).at(10_007),
        Event::note_on(72, 1.0).at(15_013),
        Event::bend(0.7).at(20_011),
        Event::Midi([0xb0, 64, 0]).at(24_001),
        Event::note_off(55).at(30_011),
        Event::controller(21, 100).at(33_333),
        Event::bend(0.0).at(36_007),
        Event::note_off(64).at(50_021),
        Event::controller(1, 90).at(39_001),
        Event::parameter("Tilt", 0.8).at(41_003),
        Event::parameter("Freeze", 1.0).at(43_001),
        Event::parameter("Freeze Point", 0.3).at(44_111),
        Event::parameter("Formant", 0.6).at(46_007),
        Event::parameter("Freeze", 0.0).at(48_013),
        Event::parameter("Time Speed", 0.9).at(49_999),
        Event::parameter("Fine Tune", 0.8).at(55_001),
        Event::note_off(67).at(60_001),
        Event::note_off(72).at(70_001),
    ];
    for step in 0..200u32 {
        let swing = (f64::from(step) * 0.17).sin() * 0.5 + 0.5;
        let frame = 5_000 + u64::from(step) * 331;
        events.push(Event::parameter("Latent 1", swing).at(frame));
        events.push(Event::parameter("Latent 3", 1.0 - swing).at(frame + 7));
        events.push(Event::parameter("Width", swing).at(frame + 101));
    }
    events.sort_by_key(|timed| timed.frame);
    events
}

/// A host may ask for one sample or for four thousand; the listener must not be able to tell.
#[test]
fn block_sizes_do_not_change_one_bit() {
    let events = busy_piece();
    let whole = render(&mut instance(), &events, 2 * SECOND, &Blocks::Of(LONGEST));
    assert!(
        whole.iter().any(|v| v.abs() > 0.01),
        "the piece can be heard"
    );
    let mix = Blocks::Cycle(vec![1, 777, 64, 3, 4_096, 2, 129, 480, 31]);
    for blocks in [1, 17, 64, 480].map(Blocks::Of).into_iter().chain([mix]) {
        let cut = render(&mut instance(), &events, 2 * SECOND, &blocks);
        assert_eq!(parting(&whole, &cut), None, "{blocks:?}");
    }
}

/// After a reset and after a new activation the same piece is the same sound.
#[test]
fn a_reset_instance_sounds_like_a_fresh_one() {
    let events = busy_piece();
    let mut instance = instance();
    let blocks = Blocks::Of(256);
    // The first piece leaves parameters moved; they are part of what must be the same.
    render(&mut instance, &events, SECOND, &blocks);
    instance.reset();
    let first = render(&mut instance, &events, SECOND, &blocks);
    instance.reset();
    let second = render(&mut instance, &events, SECOND, &blocks);
    assert_eq!(parting(&first, &second), None, "reset");
    let setup = instance.setup();
    instance.activate(setup).expect("it can be activated again");
    let third = render(&mut instance, &events, SECOND, &blocks);
    assert_eq!(parting(&first, &third), None, "activated again");
}

/// No latency is reported, and a note sounds at its own sample: not before, and at once.
#[test]
fn a_note_sounds_at_its_sample() {
    for rate_hz in [44_100.0, 48_000.0, 96_000.0] {
        for onset in [0, 1, 63, 64, 997, 4_095] {
            let mut instance = instance();
            instance.activate(Setup::new(rate_hz, 512)).expect("active");
            assert_eq!(instance.latency_samples(), 0);
            let note = Event::note_on(60, 1.0).at(onset);
            let sound = render(&mut instance, &[note], 8_192, &Blocks::Of(512));
            let first = sound.iter().position(|v| *v != 0.0).expect("it sounds");
            let onset = usize::try_from(onset).expect("small");
            // The fade of the onset starts at zero, so the sample of the note itself may be zero.
            let at_once = onset..onset + 8;
            assert!(
                at_once.contains(&first),
                "{rate_hz} Hz: {first} for {onset}"
            );
        }
    }
}

/// Controller 20 moves latent 1, at its sample, exactly as automation of latent 1 does.
#[test]
fn controller_20_is_latent_1() {
    let from = 12_345;
    let piece = |moves: Vec<Timed>| {
        let mut events = vec![Event::note_on(57, 0.8).at(100)];
        events.extend(moves);
        render(&mut instance(), &events, SECOND, &Blocks::Of(500))
    };
    let still = piece(Vec::new());
    let by_controller = piece(vec![Event::controller(20, 127).at(from)]);
    let by_automation = piece(vec![Event::parameter("Latent 1", 1.0).at(from)]);
    assert_eq!(parting(&by_controller, &by_automation), None);
    let parted = parting(&still, &by_controller).expect("the latent is heard");
    let from = usize::try_from(from).expect("small");
    // Latents are read once per frame: not before the event, and within the frame after it.
    assert!((from..from + 4_096).contains(&parted), "parted at {parted}");
}

/// Every latent that the model has is heard when it is automated, and not before its sample.
#[test]
fn every_used_latent_is_heard() {
    let note = Event::note_on(52, 0.8).at(0);
    let alone = std::slice::from_ref(&note);
    let still = render(&mut instance(), alone, SECOND, &Blocks::Of(512));
    for latent in 1..=8 {
        let name = format!("Latent {latent}");
        let mut moved = instance();
        let is_used = moved.parameter(&name).expect("it exists").default_text != "unused";
        let default = moved.value(&name).expect("it has a value");
        let target = if default > 0.5 { 0.0 } else { 1.0 };
        let events = [note.clone(), Event::parameter(&name, target).at(20_000)];
        let sound = render(&mut moved, &events, SECOND, &Blocks::Of(512));
        let parted = parting(&still, &sound);
        assert_eq!(parted.is_some(), is_used, "{name}");
        assert!(parted.is_none_or(|at| at >= 20_000), "{name}: {parted:?}");
    }
}

/// What a controller has moved is part of the project; what one moves in another project is not.
#[test]
fn controllers_are_saved_too() {
    let piece = [
        Event::note_on(50, 0.7).at(10),
        Event::note_off(50).at(20_000),
    ];
    let turned = |value: u8| {
        let mut player = instance();
        let turn = [Event::controller(20, value).at(0)];
        let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
        player
            .process(&turn, &mut left, &mut right)
            .expect("turned");
        player
    };
    let mut low = turned(0);
    let state = low.save_state().expect("saved");
    let before = render(&mut low, &piece, SECOND, &Blocks::Of(512));
    let mut high = turned(127);
    let untouched = render(&mut turned(127), &piece, SECOND, &Blocks::Of(512));
    assert!(parting(&before, &untouched).is_some(), "it can be heard");
    high.load_state(&state).expect("loaded");
    let after = render(&mut high, &piece, SECOND, &Blocks::Of(512));
    assert_eq!(parting(&before, &after), None, "over another controller");
    let mut opened = instance();
    opened.load_state(&state).expect("loaded");
    let after = render(&mut opened, &piece, SECOND, &Blocks::Of(512));
    assert_eq!(parting(&before, &after), None, "in a new instance");
    opened.reset();
    let after = render(&mut opened, &piece, SECOND, &Blocks::Of(512));
    assert_eq!(parting(&before, &after), None, "after a reset");
}

/// A project that is saved and opened again plays the same bits.
#[test]
fn a_saved_state_sounds_as_it_did() {
    let mut player = instance();
    let moved = [
        Event::parameter("Latent 1", 0.9),
        Event::parameter("Latent 2", 0.123_456),
        Event::parameter("Octave", 3.0),
        Event::parameter("Chroma", 5.0),
        Event::parameter("Attack", 0.31),
        Event::parameter("Sustain", 0.6),
        Event::parameter("Gain", 0.7),
    ];
    let moved: Vec<Timed> = moved.into_iter().map(|event| event.at(0)).collect();
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    player
        .process(&moved, &mut left, &mut right)
        .expect("moved");
    let state = player.save_state().expect("saved");
    let piece = [
        Event::note_on(50, 0.7).at(10),
        Event::note_on(62, 0.9).at(9_000),
        Event::note_off(50).at(20_000),
    ];
    player.reset();
    let before = render(&mut player, &piece, SECOND, &Blocks::Of(512));
    let mut opened = instance();
    let untouched = render(&mut opened, &piece, SECOND, &Blocks::Of(512));
    opened.load_state(&state).expect("loaded");
    opened.reset();
    let after = render(&mut opened, &piece, SECOND, &Blocks::Of(512));
    assert_eq!(bits(&before), bits(&after));
    assert!(
        parting(&untouched, &after).is_some(),
        "the state was heard at all"
    );
    assert_eq!(
        opened.save_state().expect("saved"),
        state,
        "saved again, the same"
    );
}

/// While a note sounds the host must go on; when all is silent it may put the plugin to sleep.
#[test]
fn a_silent_instrument_may_sleep() {
    let mut instance = instance();
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    let mut block = |events: &[Timed]| {
        let status = instance
            .process(events, &mut left, &mut right)
            .expect("it plays");
        (status, left.iter().any(|v| *v != 0.0))
    };
    assert_eq!(block(&[]), (Status::ContinueIfNotQuiet, false));
    assert_eq!(
        block(&[Event::note_on(60, 1.0).at(0)]),
        (Status::Continue, true)
    );
    let mut last = block(&[Event::note_off(60).at(0)]);
    for _ in 0..400 {
        last = block(&[]);
    }
    assert_eq!(last, (Status::ContinueIfNotQuiet, false));
}

/// Notes that share a key but not an identifier end one by one.
#[test]
fn overlapping_notes_are_told_apart_by_their_identifiers() {
    let note = |id| NoteAddress {
        channel: 0,
        key: 60,
        id: Some(id),
    };
    let on = |id| Event::NoteOn {
        note: note(id),
        velocity: 0.8,
    };
    let off = |id| Event::NoteOff {
        note: note(id),
        velocity: 0.0,
    };
    let mut player = instance();
    let end = 4 * SECOND;
    let held = [on(1).at(0), on(2).at(5_000), off(1).at(10_000)];
    let sound = render(&mut player, &held, end, &Blocks::Of(512));
    let loud = |sound: &[f32]| sound[sound.len() - 4_096..].iter().any(|v| v.abs() > 1e-3);
    assert!(loud(&sound), "note 2 is still held");
    let let_go = [off(2).at(0)];
    let sound = render(&mut player, &let_go, end, &Blocks::Of(512));
    assert!(!loud(&sound), "both have ended");
}
