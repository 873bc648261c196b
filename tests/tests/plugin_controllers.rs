//! The built plugin under controllers: what is mapped moves, at its sample, without a jump, and the
//! last mover wins.
//!
//! ```text
//!  a state with a map ─► built .clap ◄─ MIDI ─► samples ─► compared bit by bit, or measured
//! ```

use betwixt_host::{Blocks, Event, Timed};
use betwixt_tests::desk::{
    LONGEST, SECOND, field, fine, instance, mapped, parting, play, play_in, row, with,
};

/// Controller 20 holds latent 1 until the parameter moves; then the parameter has it, as if there
/// had been automation alone.
#[test]
fn the_last_mover_wins() {
    let note = [Event::note_on(57, 0.8).at(100)];
    let back = Event::parameter("Latent 1", 0.2).at(30_000);
    let again = Event::controller(20, 127).at(40_000);
    let turned = [Event::controller(20, 0).at(12_345), back.clone(), again];
    let by_controller = play(&mut instance(), &with(&note, turned), SECOND);
    let automated = [(12_345, 0.0), (30_000, 0.2), (40_000, 1.0)];
    let automated = automated.map(|(at, value)| Event::parameter("Latent 1", value).at(at));
    let by_automation = play(&mut instance(), &with(&note, automated), SECOND);
    assert_eq!(parting(&by_controller, &by_automation), None);
    let still = play(&mut instance(), &note, SECOND);
    let parted = parting(&still, &by_controller).expect("it is heard");
    assert!((12_345..16_500).contains(&parted), "{parted}");
}

/// Every parameter that can be automated can be held: what a controller at its end does to the
/// sound is what the parameter at its end does.
#[test]
fn a_controller_does_what_the_parameter_does() {
    let names = [
        ("gain", "Gain"),
        ("fine", "Fine Tune"),
        ("tilt", "Tilt"),
        ("noise", "Noise"),
        ("octave", "Octave"),
        ("chroma", "Chroma"),
        ("freeze", "Freeze"),
        ("release", "Release"),
        ("latent_8", "Latent 8"),
    ];
    let piece = [
        Event::note_on(50, 0.8).at(0),
        Event::note_off(50).at(15_000),
        Event::note_on(57, 0.8).at(20_000),
    ];
    for (id, name) in names {
        let mut held = mapped(&row("cc", Some(7), id, ""));
        let end = held.parameter(name).expect("it exists").maximum;
        let turn = Event::controller(7, 127).at(5_000);
        let by_controller = play(&mut held, &with(&piece, [turn]), SECOND);
        let automated = Event::parameter(name, end).at(5_000);
        let by_parameter = play(&mut instance(), &with(&piece, [automated]), SECOND);
        assert_eq!(parting(&by_controller, &by_parameter), None, "{name}");
    }
}

/// Everything mapped, everything moving: controllers in both widths, numbers, wheel, pressure, soft
/// ones, halves alone, parameters between them.
fn busy() -> (String, Vec<Timed>) {
    let map = [
        row("cc14", Some(3), "gain", "from = 0.5\nto = 0.9\n"),
        row("cc14", Some(3), "latent_2", "curve = 0.5\n"),
        row("cc", Some(1), "tilt", "takeover = \"soft\"\n"),
        row("nrpn", Some(300), "width", ""),
        row("pressure", None, "vibrato_depth", "to = 0.3\n"),
        row("key pressure", None, "noise", ""),
        row("bend", None, "formant", "channel = 1\n"),
        row("cc", Some(21), "octave", "from = 0.4\nto = 0.6\n"),
        row("cc", Some(20), "latent_1", ""),
    ];
    let midi = |bytes: [u8; 3], at: u64| Event::Midi(bytes).at(at);
    let mut events = vec![
        Event::note_on(48, 0.9).at(3),
        Event::note_on(55, 0.6).at(9_600),
        // A note and what it is struck with, on one sample that is a border of some blocks.
        Event::note_on(62, 0.9).at(19_200),
        Event::controller(20, 90).at(19_200),
        Event::note_on(67, 0.9).at(28_800),
        Event::controller(20, 10).at(28_800),
        Event::parameter("Tilt", 0.4).at(28_800),
        midi([0xb0, 99, 2], 15_000),
        midi([0xb0, 98, 44], 15_000),
        Event::controller(121, 0).at(40_001),
        Event::controller(3, 99).at(41_003),
        Event::note_off(48).at(44_000),
    ];
    for turn in 0..140u16 {
        let at = 5_000 + 301 * u64::from(turn);
        let step = u8::try_from(turn * 37 % 128).expect("7 bits");
        let [one, mut other] = fine(3, turn * 101 % 16_384, at);
        other.frame += u64::from(turn) * 17 % 120;
        let moves = [
            Some([one, other]),
            Some([
                Event::controller(1, step).at(at + 7),
                Event::bend(f64::from(step) / 64.0 - 1.0).at(at + 7),
            ]),
            Some([
                midi([0xb0, 6, step], at + 11),
                midi([0xb0, 38, 127 - step], at + 90),
            ]),
            Some([
                midi([0xd0, step, 0], at + 13),
                midi([0xa0, 48, step], at + 13),
            ]),
            (turn % 20 == 0).then(|| {
                [
                    Event::controller(21, step).at(at),
                    Event::parameter("Gain", 0.6).at(at + 50),
                ]
            }),
        ];
        let moves = moves
            .into_iter()
            .enumerate()
            .filter(|(kind, _)| usize::from(turn) % 5 == *kind);
        events.extend(moves.filter_map(|(_, pair)| pair).flatten());
    }
    events.sort_by_key(|timed| timed.frame);
    (map.concat(), events)
}

/// Mapped controllers in the middle of blocks: the host's block size cannot be heard.
#[test]
fn block_sizes_do_not_change_one_bit() {
    let (map, events) = busy();
    let render = |blocks: Blocks| play_in(&mut mapped(&map), &events, SECOND, &blocks);
    let whole = render(Blocks::Of(LONGEST));
    assert!(whole.iter().all(|v| v.is_finite()));
    assert!(
        whole.iter().any(|v| v.abs() > 0.01),
        "the piece can be heard"
    );
    let mix = Blocks::Cycle(vec![1, 777, 64, 3, 4_096, 2, 129, 480, 31]);
    for blocks in [1, 17, 64, 480].map(Blocks::Of).into_iter().chain([mix]) {
        let name = format!("{blocks:?}");
        assert_eq!(parting(&whole, &render(blocks)), None, "{name}");
    }
}

/// The map, and what controllers hold, are part of the project, and what was held sounds again.
#[test]
fn map_and_what_is_held_come_back() {
    let (map, events) = busy();
    let piece = [
        Event::note_on(50, 0.7).at(10),
        Event::note_on(57, 0.7).at(20_000),
    ];
    let mut played = mapped(&map);
    play(&mut played, &events, SECOND);
    let state = played.save_state().expect("saved");
    played.reset();
    let before = play(&mut played, &piece, SECOND);
    let usual = play(&mut instance(), &piece, SECOND);
    assert!(parting(&before, &usual).is_some(), "what is held is heard");
    for mut opened in [instance(), mapped(&row("cc", Some(7), "gain", ""))] {
        opened.load_state(&state).expect("loaded");
        assert_eq!(parting(&before, &play(&mut opened, &piece, SECOND)), None);
        let text = field(&mut opened, "map");
        let text = text.as_str().expect("the map is text");
        assert_eq!(text.matches("[[mapping]]").count(), 9, "{text}");
        assert_eq!(field(&mut opened, "map"), field(&mut played, "map"));
        assert_eq!(
            field(&mut opened, "controllers"),
            field(&mut played, "controllers")
        );
    }
}

/// A controller that is mapped does that alone: controller 1 does not deepen the vibrato, the wheel
/// does not bend. On another channel they do what they always did.
#[test]
fn what_is_mapped_loses_its_old_meaning() {
    let note = [Event::note_on(57, 0.8).at(0)];
    let still = play(&mut instance(), &note, SECOND);
    for (source, number, event) in [
        ("cc", Some(1), Event::controller(1, 127)),
        ("bend", None, Event::bend(1.0)),
    ] {
        // What it is mapped to makes no difference: the other end of a range of one point.
        let freed = "from = 0.0\nto = 0.0\nchannel = 1\n";
        let mut own = mapped(&row(source, number, "freeze", freed));
        let moved = with(&note, [event.clone().at(5_000)]);
        assert_eq!(
            parting(&still, &play(&mut own, &moved, SECOND)),
            None,
            "{source}"
        );
        let elsewhere = row(
            source,
            number,
            "freeze",
            "from = 0.0\nto = 0.0\nchannel = 2\n",
        );
        let heard = play(&mut mapped(&elsewhere), &moved, SECOND);
        assert!(
            parting(&still, &heard).is_some(),
            "{source} on its own channel"
        );
    }
}

/// 121 puts wheels to rest; what controllers hold of parameters stays.
#[test]
fn a_reset_of_controllers_leaves_parameters() {
    let mut instance = mapped(&row("cc", Some(7), "gain", ""));
    let moved = [
        Event::controller(7, 64).at(0),
        Event::controller(1, 99).at(0),
        Event::controller(121, 0).at(100),
    ];
    play(&mut instance, &moved, 480);
    let held = field(&mut instance, "controllers");
    let gain = held["held"]["gain"].as_f64().expect("gain is held");
    assert!((gain - 64.0 / 127.0).abs() < 1e-6, "{held}");
    assert_eq!(held["wheel"], 0.0, "{held}");
}

/// A map that is damaged in its project is repaired: what is sound of it is kept, and one that is
/// no map at all becomes that of a new instance.
#[test]
fn damaged_maps_are_repaired() {
    let sound = row("cc", Some(7), "gain", "");
    let broken = row("cc", Some(64), "gain", "") + &row("cc", Some(9), "nothing", "");
    let mut kept = mapped(&(broken + &sound));
    let text = field(&mut kept, "map");
    assert_eq!(
        text.as_str()
            .map(|text| text.matches("[[mapping]]").count()),
        Some(1)
    );
    let usual = field(&mut instance(), "map");
    for nonsense in ["[[mapping\n", "x = \u{0}\n"] {
        assert_eq!(field(&mut mapped(nonsense), "map"), usual, "{nonsense:?}");
    }
}

/// Random MIDI on every channel with everything mapped, in random blocks, with parameters and
/// projects between: numbers come out, within full scale, and a note ends.
#[test]
fn a_storm_of_controllers_leaves_only_numbers() {
    let (map, _) = busy();
    let mut instance = mapped(&map);
    let fresh = instance.save_state().expect("saved");
    let mut state = 3u64;
    let mut roll = |sides: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % sides
    };
    let (mut left, mut right) = (vec![0.0; 512], vec![0.0; 512]);
    for block in 0..4_000 {
        let frames = 1 + roll(if block % 50 == 0 { 512 } else { 48 });
        let mut events: Vec<Timed> = (0..roll(12))
            .map(|_| {
                let bytes = [0x80 + roll(112), roll(128), roll(128)];
                let bytes = bytes.map(|byte| u8::try_from(byte).expect("a byte"));
                let event = match roll(12) {
                    0 => Event::parameter("Gain", f64::from(bytes[1]) / 127.0),
                    1..6 => Event::Midi([
                        0xb0,
                        [3, 35, 6, 38, 98, 99, 1, 21][usize::from(bytes[1] % 8)],
                        bytes[2],
                    ]),
                    _ => Event::Midi(bytes),
                };
                event.at(roll(frames))
            })
            .collect();
        events.sort_by_key(|timed| timed.frame);
        let frames = usize::try_from(frames).expect("small");
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        instance.process(&events, left, right).expect("it plays");
        let is_sound = left.iter().chain(&*right).all(|v| v.abs() <= 1.0);
        assert!(is_sound, "block {block} after {events:?}");
        if block % 1_000 == 999 {
            instance.load_state(&fresh).expect("loaded");
        }
    }
    instance.reset();
    let note = [Event::note_on(60, 1.0).at(0), Event::note_off(60).at(4_800)];
    let usual = play(&mut mapped(&map), &note, SECOND);
    assert_eq!(parting(&usual, &play(&mut instance, &note, SECOND)), None);
}
