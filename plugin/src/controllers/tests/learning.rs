//! A target is armed, something moves, and it is mapped.

use super::*;

/// What is mapped to the gain after these events, told apart by what happens between them.
fn learnt(events: &[NoteEvent<()>]) -> Vec<Source> {
    let mut desk = Desk::new(Vec::new());
    desk.map.arm(Some(GAIN));
    desk.hear_all(events);
    desk.wait(4_800);
    desk.map.settle();
    let rows = desk.map.rows();
    assert!(
        rows.iter()
            .all(|row| *row == Mapping::new(row.origin.source, GAIN))
    );
    assert_eq!(desk.map.armed().is_none(), !rows.is_empty());
    rows.iter().map(|row| row.origin.source).collect()
}

/// Every kind of source is learnt as what it is, in either order of halves.
#[test]
fn every_source_is_learnt() {
    assert_eq!(learnt(&[cc(0, 74, 10)]), [Source::Control(74)]);
    assert_eq!(learnt(&[cc(0, 7, 10)]), [Source::Control(7)]);
    assert_eq!(learnt(&[cc(0, 7, 10), cc(0, 39, 3)]), [Source::Fine(7)]);
    assert_eq!(learnt(&[cc(0, 39, 3), cc(0, 7, 10)]), [Source::Fine(7)]);
    assert_eq!(learnt(&[cc(0, 39, 3)]), [Source::Control(39)]);
    assert_eq!(learnt(&[pressure(4, 0.5)]), [Source::Pressure]);
    assert_eq!(learnt(&[key_pressure(60, 0.5)]), [Source::KeyPressure]);
    assert_eq!(learnt(&[bend(16_000)]), [Source::Bend]);
    assert_eq!(learnt(&[bend(300)]), [Source::Bend]);
    let number = [cc(2, 99, 2), cc(2, 98, 44), cc(2, 6, 5), cc(2, 38, 1)];
    assert_eq!(learnt(&number), [Source::Numbered(300)]);
    assert_eq!(
        learnt(&[cc(0, 6, 5)]),
        [Source::Control(6)],
        "no number is selected"
    );
}

/// What has its meaning from MIDI, and what moves hardly, is not learnt; what comes next is.
#[test]
fn what_is_not_meant_is_passed_over() {
    for number in [
        64, 66, 98, 99, 100, 101, 120, 121, 122, 123, 124, 125, 126, 127,
    ] {
        assert_eq!(learnt(&[cc(0, number, 100)]), [], "controller {number}");
        let then = [cc(0, number, 100), cc(0, 70, 1)];
        assert_eq!(learnt(&then), [Source::Control(70)]);
    }
    let hardly = [
        pressure(0, 0.1),
        key_pressure(60, 0.2),
        bend(8_192),
        bend(9_000),
    ];
    assert_eq!(learnt(&hardly), []);
}

/// A controller that is sent again where it was does not move.
#[test]
fn standing_still_is_no_move() {
    let mut desk = Desk::new(Vec::new());
    desk.cc(70, 64);
    desk.map.arm(Some(GAIN));
    desk.cc(70, 64);
    desk.cc(71, 1);
    desk.map.settle();
    assert_eq!(desk.map.rows(), [Mapping::new(Source::Control(71), GAIN)]);
}

/// The first controller counts: one that moves while it is still listened to does not.
#[test]
fn the_first_one_counts() {
    let both = [cc(0, 7, 10), cc(0, 8, 99), cc(0, 74, 3)];
    assert_eq!(learnt(&both), [Source::Control(7)]);
    assert_eq!(learnt(&[cc(0, 7, 10), cc(1, 39, 3)]), [Source::Control(7)]);
}

/// Learning ends with the first controller, can be called off, and asked for anew.
#[test]
fn a_target_learns_once() {
    let mut desk = Desk::new(Vec::new());
    desk.map.arm(Some(GAIN));
    desk.map.arm(None);
    desk.cc(70, 1);
    assert!(!desk.map.has_learnt());
    desk.map.arm(Some(2));
    desk.cc(70, 2);
    desk.cc(71, 2);
    assert!(desk.map.has_learnt());
    assert!(desk.map.settle() && !desk.map.settle());
    assert_eq!(desk.map.rows(), [Mapping::new(Source::Control(70), 2)]);
    desk.map.clear(2);
    assert_eq!(desk.map.rows(), []);
}

/// What has been learnt moves its target from then on.
#[test]
fn what_is_learnt_works() {
    let mut desk = Desk::new(Vec::new());
    desk.map.arm(Some(GAIN));
    desk.cc(74, 1);
    assert_eq!(desk.at(GAIN), None);
    desk.map.settle();
    desk.router.follow(&desk.map);
    desk.cc(74, 127);
    assert_eq!(desk.at(GAIN), Some(1.0));
}

/// The map has room for 256; one more is not taken, a repeated one needs no room.
#[test]
fn the_map_has_its_room() {
    let map = Map::new(targets());
    map.replace(Vec::new());
    let row = |index: u16| Mapping::new(Source::Numbered(index), GAIN);
    assert!((0..256).all(|index| map.add(row(index))));
    assert!(!map.add(row(256)));
    assert!(map.add(row(5)));
    assert_eq!(map.rows().len(), 256);
}
