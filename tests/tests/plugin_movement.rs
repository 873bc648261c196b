//! The built plugin with a movement of latents: out of a project, or recorded under the host's hands.
//!
//! ```text
//!  state with a movement ───────────────────► built .clap ─► samples ─► compared bit by bit
//!  automation, controllers, Movement Record ─►     │
//!                                                  └─► state: the movement as it was recorded
//! ```

use betwixt_host::{Blocks, Event, Instance, Rolling, Timed};
use betwixt_spectral::pitch::hz;
use betwixt_tests::built::{self, RATE_HZ, SECOND};
use betwixt_tests::desk::{change, field, play_in, steady_from};
use betwixt_tests::{amplitude, level_db};
use serde_json::{Value, json};

/// *Movement* as a host's value.
const LOOP: f64 = 2.0;
/// Blocks of one size, of another, and of many.
fn cuts() -> [Blocks; 4] {
    let many = Blocks::Cycle(vec![37, 1_024, 1, 511, 64]);
    [Blocks::Of(480), Blocks::Of(64), many, Blocks::Of(1_024)]
}

fn instance() -> Instance {
    built::clap(1_024)
}

/// The movement that a project has.
fn movement(instance: &mut Instance) -> Value {
    field(instance, "movement")
}

/// Opens the same project with another movement, played so.
fn open(instance: &mut Instance, movement: &str, course: &str) {
    change(instance, |state| {
        state["fields"]["movement"] = movement.into();
        state["params"]["movement"] = json!({ "string": course });
    });
}

/// Latent 1 up, and down again twice as fast, in a second and a half.
fn hill() -> Value {
    json!({
        "format": 1,
        "length_s": 1.5,
        "tracks": { "latent_1": [[0.0, 0.1], [1.0, 0.9], [1.5, 0.1]] }
    })
}

/// A value between the points of a track.
fn along(track: &Value, at_s: f64) -> f64 {
    let points = track.as_array().expect("a track");
    let point = |point: &Value| {
        let [at_s, value] = [0, 1].map(|i| point[i].as_f64().expect("a number"));
        (at_s, value)
    };
    let points: Vec<(f64, f64)> = points.iter().map(point).collect();
    let after = points.partition_point(|point| point.0 <= at_s);
    match (after.checked_sub(1).map(|i| points[i]), points.get(after)) {
        (Some(from), Some(to)) => from.1 + (at_s - from.0) / (to.0 - from.0) * (to.1 - from.1),
        (Some(end), None) | (None, Some(&end)) => end.1,
        (None, None) => f64::NAN,
    }
}

/// The strengths of the first ten partials of key 48, a tenth of a second at a time.
fn timbre(sound: &[f32]) -> Vec<f64> {
    let parts = sound.chunks_exact(4_800);
    let strengths = |part: &[f32]| {
        let strength = |number: u32| amplitude(part, f64::from(number) * hz(48.0), RATE_HZ);
        (1..=10).map(strength).collect::<Vec<f64>>()
    };
    parts.flat_map(strengths).collect()
}

/// How far one timbre is from another, in decibels below the latter.
fn apart_db(one: &[f32], other: &[f32]) -> f64 {
    let (one, other) = (timbre(one), timbre(other));
    let pairs = one.iter().zip(&other);
    let apart: f64 = pairs.map(|(a, b)| (a - b).powi(2)).sum();
    let whole: f64 = other.iter().map(|b| b.powi(2)).sum();
    10.0 * (apart / whole).log10()
}

/// The first place at which two renders differ.
fn parting(one: &[f32], other: &[f32]) -> Option<usize> {
    assert_eq!(one.len(), other.len());
    (0..one.len()).find(|&at| one[at].to_bits() != other[at].to_bits())
}

/// The same course as automation, a value every 2 ms.
fn automated(name: &str, seconds: f64, value: impl Fn(f64) -> f64) -> Vec<Timed> {
    let step = 96;
    let count = betwixt_spectral::number::index(seconds * RATE_HZ) as u64 / step;
    let event = |turn: u64| {
        let frame = turn * step;
        Event::parameter(name, value(frame as f64 / RATE_HZ)).at(frame)
    };
    (0..count).map(event).collect()
}

/// From the first sample on a project's movement sounds as automation of the same course does; after
/// its length it begins again.
#[test]
fn a_projects_movement_sounds_as_automation_does() {
    let blocks = Blocks::Of(480);
    let mut moved = instance();
    open(&mut moved, &hill().to_string(), "loop");
    let by_movement = play_in(&mut moved, &steady_from(0), 3 * SECOND, &blocks);
    let track = &hill()["tracks"]["latent_1"];
    let course = automated("Latent 1", 3.0, |at_s| along(track, at_s % 1.5));
    let both = [steady_from(0), course].concat();
    let by_automation = play_in(&mut instance(), &both, 3 * SECOND, &blocks);
    let still = play_in(&mut instance(), &steady_from(0), 3 * SECOND, &blocks);
    let near_db = apart_db(&by_movement, &by_automation);
    let far_db = apart_db(&still, &by_automation);
    eprintln!(
        "a movement: {near_db:.1} dB from automation, which is {far_db:.1} dB from stillness"
    );
    // A knob is off by 0.005 at most, a hundredth of the way on either side of the middle.
    assert!(
        far_db > -20.0 && near_db < far_db - 40.0,
        "{near_db} dB, {far_db} dB"
    );
}

/// Whatever the blocks, and in every run: the same bits.
#[test]
fn blocks_and_runs_do_not_change_a_movement() {
    let usual = cuts().map(|blocks| {
        let mut moved = instance();
        open(&mut moved, &hill().to_string(), "ping_pong");
        let notes = [57, 64].map(|key| Event::note_on(key, 0.8).at(777 * u64::from(key)));
        let first = play_in(&mut moved, &notes, 4 * SECOND, &blocks);
        moved.reset();
        let again = play_in(&mut moved, &notes, 4 * SECOND, &blocks);
        assert_eq!(parting(&first, &again), None, "again, {blocks:?}");
        first
    });
    for other in &usual[1..] {
        assert_eq!(parting(other, &usual[0]), None);
    }
    assert!(level_db(&usual[0]) > -50.0);
}

/// A recording of a second: latent 1 by automation, latent 2 by a controller, and then the loop of it.
fn session() -> Vec<Timed> {
    let turn = std::f64::consts::TAU;
    let mut events = steady_from(0);
    events.extend(automated("Latent 1", 1.5, |at_s| {
        0.5 + 0.4 * (turn * at_s).sin()
    }));
    let steps =
        (0..128u8).map(|step| Event::controller(21, step).at(12_345 + 240 * u64::from(step)));
    events.extend(steps);
    let switch = |is_on: f64, at| Event::parameter("Movement Record", is_on).at(at);
    events.push(switch(1.0, 9_600));
    events.push(switch(0.0, 9_600 + SECOND));
    events.push(Event::parameter("Movement", LOOP).at(20_000));
    events
}

/// What the host and the controllers did while *Movement Record* was on is in the project, within
/// 0.01 at every moment; the movement sounds from the sample on at which it went off; blocks change no
/// bit of either.
#[test]
fn what_is_recorded_is_what_was_played() {
    let turn = std::f64::consts::TAU;
    let mut found = Vec::new();
    for blocks in cuts() {
        let mut own = instance();
        // The last one is a bounce.
        let is_offline = found.len() == 3;
        own.set_offline(is_offline).expect("either is fine");
        let sound = play_in(&mut own, &session(), 3 * SECOND, &blocks);
        found.push((movement(&mut own), sound));
    }
    let (recorded, sound) = &found[0];
    assert_eq!(recorded["length_s"], json!(1.0));
    let tracks = recorded["tracks"].as_object().expect("tracks");
    assert_eq!(tracks.len(), 2, "{tracks:?}");
    for step in 0..100u32 {
        let at_s = f64::from(step) * 0.01 + 0.003;
        let first = along(&tracks["latent_1"], at_s);
        let expected = 0.5 + 0.4 * (turn * (at_s + 0.2)).sin();
        // Automation of 2 ms and values of 10 ms: the course's slope of 2.5 a second allows it 0.005.
        assert!(
            (first - expected).abs() < 0.01,
            "{first} for {expected} at {at_s} s"
        );
        let second = along(&tracks["latent_2"], at_s);
        let turned = (at_s * RATE_HZ + 9_600.0 - 12_345.0) / 240.0;
        let expected = turned.floor().clamp(0.0, 127.0) / 127.0;
        // The knob's own place until the controller has moved, and a jump takes 10 ms.
        let late = 2.5 / 127.0;
        assert!(
            turned < 2.0 || (second - expected).abs() < late,
            "{second} for {expected}"
        );
    }
    for (other, other_sound) in &found[1..] {
        assert_eq!(other, recorded);
        assert_eq!(parting(other_sound, sound), None);
    }
    // Without the recording the sound parts where it ended, and not before.
    let without: Vec<Timed> = session();
    let is_switch = |timed: &Timed| matches!(&timed.event, Event::Parameter { name, .. } if name == "Movement Record");
    let without: Vec<Timed> = without
        .into_iter()
        .filter(|timed| !is_switch(timed))
        .collect();
    let unmoved = play_in(&mut instance(), &without, 3 * SECOND, &Blocks::Of(480));
    let parted = parting(&unmoved, sound).expect("it is heard");
    let end = usize::try_from(9_600 + SECOND).expect("small");
    assert!((end..end + 2_048).contains(&parted), "{parted}");
}

/// A controller that is mapped to *Movement Record* switches it at its own sample, wherever that lies
/// in a block.
#[test]
fn a_controller_switches_at_its_sample() {
    let map = [(20, "latent_1"), (30, "movement_record")].map(|(number, target)| {
        format!("[[mapping]]\nsource = \"cc\"\nnumber = {number}\ntarget = \"{target}\"\n")
    });
    let map = Value::from(format!("format = 1\n{}", map.concat())).to_string();
    let mut events: Vec<Timed> = (0..120u8)
        .map(|step| Event::controller(20, step).at(5_000 + 331 * u64::from(step)))
        .collect();
    events.push(Event::note_on(57, 0.8).at(1_000));
    events.push(Event::controller(30, 127).at(9_613));
    events.push(Event::controller(30, 0).at(9_613 + 24_000));
    events.push(Event::parameter("Movement", LOOP).at(20_000));
    let found = cuts().map(|blocks| {
        let mut own = instance();
        change(&mut own, |state| {
            state["fields"]["map"] = map.as_str().into()
        });
        let sound = play_in(&mut own, &events, 2 * SECOND, &blocks);
        (movement(&mut own), sound)
    });
    let (recorded, sound) = &found[0];
    assert_eq!(recorded["length_s"], json!(0.5));
    for (other, other_sound) in &found[1..] {
        assert_eq!(other, recorded);
        assert_eq!(parting(other_sound, sound), None);
    }
}

/// While something is recorded the movement that was there rests: what is heard are the knobs.
#[test]
fn the_old_movement_rests_meanwhile() {
    let events = [
        Event::parameter("Movement Record", 1.0).at(480),
        Event::note_on(55, 0.8).at(960),
        Event::parameter("Latent 2", 0.9).at(20_000),
    ];
    let hear = |movement: &Value, events: &[Timed]| {
        let mut own = instance();
        open(&mut own, &movement.to_string(), "loop");
        play_in(&mut own, events, SECOND, &Blocks::Of(480))
    };
    let recorded = hear(&hill(), &events);
    assert_eq!(parting(&recorded, &hear(&Value::Null, &events)), None);
    let played = hear(&hill(), &events[1..]);
    assert!(parting(&recorded, &played).is_some_and(|at| at < 2_000));
}

/// The host plays at 120 beats a minute. Switched on a little after its eleventh beat and off a
/// little before its fifteenth, the recording is those four beats; in sync it is heard, wherever the host
/// begins, as automation that does the same at the same beats.
#[test]
fn a_recording_keeps_to_the_hosts_beats() {
    let beat = 24_000;
    let course = |beats: f64| 0.5 - 0.4 * (std::f64::consts::TAU * beats / 4.0).cos();
    let roll = |instance: &mut Instance, beats: f64| {
        instance.roll(Some(Rolling { bpm: 120.0, beats }));
    };
    let record = |blocks: &Blocks| {
        let mut own = instance();
        roll(&mut own, 9.0);
        let mut events = automated("Latent 1", 3.5, |at_s| course(2.0 * at_s + 9.0));
        let switch = |is_on: f64, at| Event::parameter("Movement Record", is_on).at(at);
        events.push(switch(1.0, beat + 1_000));
        events.push(switch(0.0, 5 * beat - 1_000));
        play_in(&mut own, &events, 6 * beat, blocks);
        own
    };
    let mut own = record(&Blocks::Of(480));
    let recorded = movement(&mut own);
    let fields = [("beats", 4.0), ("first_beat", 10.0), ("length_s", 2.0)];
    for (field, expected) in fields {
        assert_eq!(recorded[field], json!(expected), "{field}");
    }
    for blocks in &cuts()[1..] {
        assert_eq!(movement(&mut record(blocks)), recorded, "{blocks:?}");
    }
    let synced = [("Movement", LOOP), ("Movement Sync", 1.0)];
    let synced = synced.map(|(name, value)| Event::parameter(name, value).at(0));
    own.reset();
    roll(&mut own, 21.0);
    let events = [synced.to_vec(), steady_from(0)].concat();
    let by_movement = play_in(&mut own, &events, 3 * SECOND, &Blocks::Of(480));
    let automation = automated("Latent 1", 3.0, |at_s| course(2.0 * at_s + 21.0));
    let events = [steady_from(0), automation].concat();
    let by_automation = play_in(&mut instance(), &events, 3 * SECOND, &Blocks::Of(480));
    let near_db = apart_db(&by_movement, &by_automation);
    eprintln!("in sync: {near_db:.1} dB from automation");
    assert!(near_db < -45.0, "{near_db} dB");
}

/// Saved, opened in another instance, activated again, at another model: it is the same movement, and
/// sounds as in the instance that recorded it, bit for bit.
#[test]
fn a_recording_comes_back_with_the_project() {
    let mut first = instance();
    play_in(&mut first, &session(), 3 * SECOND, &Blocks::Of(480));
    let state = first.save_state().expect("saved");
    let recorded = movement(&mut first);
    let note = [Event::note_on(55, 0.8).at(100)];
    let hear = |instance: &mut Instance, blocks: u32| {
        instance.reset();
        play_in(instance, &note, 2 * SECOND, &Blocks::Of(blocks))
    };
    let live = hear(&mut first, 64);
    let mut second = instance();
    second.load_state(&state).expect("loaded");
    second.set_offline(true).expect("a bounce");
    assert_eq!(movement(&mut second), recorded);
    let opened = play_in(&mut second, &note, 2 * SECOND, &Blocks::Of(1_024));
    assert_eq!(parting(&opened, &live), None, "opened");
    let setup = second.setup();
    second.activate(setup).expect("active");
    assert_eq!(parting(&hear(&mut second, 480), &live), None, "activated");
    second.reset();
    second.use_models(&["struck"]).expect("active");
    let elsewhere = hear(&mut second, 480);
    play_in(
        &mut second,
        &[Event::parameter("Movement", 0.0).at(0)],
        480,
        &Blocks::Of(480),
    );
    let still = hear(&mut second, 480);
    assert!(parting(&elsewhere, &still).is_some(), "another model moves");
    second.reset();
    second.use_models(&["instruments"]).expect("active");
    play_in(
        &mut second,
        &[Event::parameter("Movement", LOOP).at(0)],
        480,
        &Blocks::Of(480),
    );
    assert_eq!(parting(&hear(&mut second, 480), &live), None, "and back");
}

/// A reset in the middle, and another activation, end a recording and keep it.
#[test]
fn a_recording_survives_reset_and_activation() {
    let begin = |instance: &mut Instance| {
        let switch = Event::parameter("Movement Record", 1.0).at(0);
        let course = automated("Latent 3", 0.5, |at_s| at_s);
        play_in(
            instance,
            &[vec![switch], course].concat(),
            SECOND / 2,
            &Blocks::Of(480),
        );
    };
    let mut own = instance();
    begin(&mut own);
    assert_eq!(movement(&mut own), Value::Null, "it is under way");
    own.reset();
    play_in(&mut own, &[], 480, &Blocks::Of(480));
    assert_eq!(movement(&mut own)["length_s"], json!(0.5));
    begin(&mut own);
    let setup = own.setup();
    own.activate(setup).expect("active");
    let whole = movement(&mut own)["length_s"].as_f64().expect("a number");
    assert!((whole - 0.51).abs() < 1e-6, "{whole}: from the reset on");
}

/// A movement that is damaged moves nothing and stays in the project as it came; the sound goes on.
#[test]
fn a_damaged_movement_moves_nothing() {
    let mut own = instance();
    let note = [Event::note_on(55, 0.8).at(100)];
    let still = play_in(&mut own, &note, SECOND, &Blocks::Of(480));
    for damaged in ["[3]", "{\"format\":1}", "\"{\""] {
        open(&mut own, &hill().to_string(), "loop");
        open(&mut own, damaged, "loop");
        own.reset();
        let sound = play_in(&mut own, &note, SECOND, &Blocks::Of(480));
        assert_eq!(parting(&sound, &still), None, "{damaged}");
        let kept = movement(&mut own).to_string();
        assert_eq!(kept, damaged);
    }
}
