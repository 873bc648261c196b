//! Soft controllers: from when on they rule, and until when.

use super::*;

/// A soft controller does nothing until it has come near the place of its target or passed it, from
/// either side, then rules; when the parameter moves it has to be fetched again.
#[test]
fn a_soft_controller_waits_for_its_target() {
    for (start, steps, taken) in [
        (0u8, [20, 40, 60, 61, 62].as_slice(), 62u8),
        (0, &[63, 63, 63], 63),
        (0, &[30, 90], 90),
        (127, &[100, 80, 30], 30),
        (127, &[66, 65], 65),
    ] {
        let mut desk = Desk::new(vec![soft(Source::Control(7), GAIN)]);
        desk.cc(7, start);
        assert_eq!(desk.at(GAIN), None);
        for step in steps {
            desk.cc(7, *step);
        }
        let held = desk.at(GAIN).map(|at| (at * 127.0).round());
        assert_eq!(held, Some(f32::from(taken)), "from {start} by {steps:?}");
        desk.cc(7, 3);
        assert_eq!(desk.at(GAIN), Some(3.0 / 127.0), "now it rules");
        // The parameter moves: it takes itself back.
        desk.set[GAIN] = 0.9;
        desk.controllers.release(GAIN);
        desk.router.let_go(GAIN);
        desk.cc(7, 10);
        assert_eq!(desk.at(GAIN), None, "it has to be fetched again");
        desk.cc(7, 127);
        assert_eq!(desk.at(GAIN), Some(1.0));
    }
}

/// The first move of a soft controller that is far away moves nothing, however far it is.
#[test]
fn a_soft_controller_needs_two_places_to_pass() {
    for value in [0, 30, 90, 127] {
        let mut desk = Desk::new(vec![soft(Source::Control(7), GAIN)]);
        desk.cc(7, value);
        assert_eq!(desk.at(GAIN), None, "{value}");
    }
}

/// Another controller takes a target from a soft one, which then waits for it.
#[test]
fn a_soft_controller_waits_for_another_controller_too() {
    let rows = vec![
        soft(Source::Control(7), GAIN),
        Mapping::new(Source::Control(8), GAIN),
    ];
    let mut desk = Desk::new(rows);
    desk.cc(7, 64);
    assert_eq!(
        desk.at(GAIN),
        Some(64.0 / 127.0),
        "near the middle, where it is set"
    );
    desk.cc(8, 127);
    desk.cc(7, 60);
    assert_eq!(desk.at(GAIN), Some(1.0));
}

/// A parameter that is let go from outside has to be fetched again, although nobody has moved it.
#[test]
fn a_target_that_is_given_back_waits_again() {
    let mut desk = Desk::new(vec![soft(Source::Control(7), GAIN)]);
    desk.cc(7, 64);
    desk.cc(7, 100);
    assert_eq!(desk.at(GAIN), Some(100.0 / 127.0));
    desk.controllers.release(GAIN);
    desk.cc(7, 99);
    assert_eq!(desk.at(GAIN), None, "it is set to the middle");
}
