//! Files that are not as their format says: each is refused, with its line and what to do.

use crate::tuning::keyboard::Keyboard;
use crate::tuning::lines::Refused;
use crate::tuning::scale::Scale;
use crate::tuning::table;

/// Scales: the text, and the line at which it is refused.
const SCALES: &[(&str, usize)] = &[
    ("", 1),
    ("! only a comment", 1),
    ("!\n!\n!\n", 3),
    ("A scale", 1),
    ("A scale\n", 1),
    ("A scale\n! no count\n", 2),
    ("A scale\n\n\n", 3),
    ("A scale\ntwelve\n", 2),
    ("A scale\n-1\n", 2),
    ("A scale\n1.5\n2\n", 2),
    ("A scale\n8193\n2\n", 2),
    ("A scale\n99999999999999999999\n2\n", 2),
    ("A scale\n0x2\n100.0\n200.0\n", 2),
    ("A scale\n2,5\n100.0\n", 2),
    ("A scale\n1\n", 2),
    ("A scale\n3\n9/8\n2/1\n", 4),
    ("A scale\n2\n9/8\n! 2/1\n", 4),
    ("A scale\n1\nfifth\n", 3),
    ("A scale\n1\n3/0\n", 3),
    ("A scale\n1\n0/3\n", 3),
    ("A scale\n1\n0\n", 3),
    ("A scale\n1\n-3/2\n", 3),
    ("A scale\n1\n3/-2\n", 3),
    ("A scale\n1\n-2\n", 3),
    ("A scale\n1\n3/\n", 3),
    ("A scale\n1\n/2\n", 3),
    ("A scale\n1\n3//2\n", 3),
    ("A scale\n1\n3/2/1\n", 3),
    ("A scale\n1\n3/2 /1\n", 3),
    ("A scale\n1\n3:2\n", 3),
    ("A scale\n1\n100,0\n", 3),
    ("A scale\n1\n100.0.0\n", 3),
    ("A scale\n1\n100.0cents\n", 3),
    ("A scale\n1\n5/4E\n", 3),
    ("A scale\n1\n1.0e2\n", 3),
    ("A scale\n1\n3.0/2\n", 3),
    ("A scale\n1\n3/2.0\n", 3),
    ("A scale\n1\ninf.\n", 3),
    ("A scale\n1\n.\n", 3),
    ("A scale\n1\n--5.0\n", 3),
    ("A scale\n1\n120000.1\n", 3),
    ("A scale\n1\n-99999999999.0\n", 3),
    ("A scale\n1\n36893488147419103232/1\n", 3),
    ("A scale\n2\n100.0\n\u{661}\u{662}\n", 4),
    ("A scale\n2\n!\n100.0\n!\n\n2x\n", 7),
];

/// Keyboards: words that stand on a line each, and the line at which they are refused.
const KEYBOARDS: &[(&str, usize)] = &[
    ("", 1),
    ("!", 1),
    ("x", 1),
    ("-1 0 127 60 69 440 12", 1),
    ("9000 0 127 60 69 440 12", 1),
    ("1.5 0 127 60 69 440 12", 1),
    ("0", 1),
    ("0 -1 127 60 69 440 12", 2),
    ("0 128 127 60 69 440 12", 2),
    ("0 0", 2),
    ("0 0 128 60 69 440 12", 3),
    ("0 60 59 60 69 440 12", 3),
    ("0 0 127", 3),
    ("0 0 127 C4 69 440 12", 4),
    ("0 0 127 200 69 440 12", 4),
    ("0 0 127 60", 4),
    ("0 0 127 60 a 440 12", 5),
    ("0 0 127 60 -69 440 12", 5),
    ("0 0 127 60 69", 5),
    ("0 0 127 60 69 440Hz 12", 6),
    ("0 0 127 60 69 0 12", 6),
    ("0 0 127 60 69 -440 12", 6),
    ("0 0 127 60 69 1e3 12", 6),
    ("0 0 127 60 69 nan 12", 6),
    ("0 0 127 60 69 440,0 12", 6),
    ("0 0 127 60 69 0.001 12", 6),
    ("0 0 127 60 69 440", 6),
    ("0 0 127 60 69 440 x", 7),
    ("0 0 127 60 69 440 99999999", 7),
    ("2 0 127 60 60 440 12 0 y", 9),
    ("2 0 127 60 60 440 12 0.5 1", 8),
    ("2 0 127 60 60 440 12 0 99999999", 9),
    ("2 0 127 60 61 440 12 0 x", 5),
    ("2 0 127 60 61 440 12 0", 5),
    ("12 0 127 60 69 440 12", 5),
];

fn keyboard_text(words: &str) -> String {
    words.replace(' ', "\n")
}

fn assert_refused(refused: &Refused, file: &str, line: usize, text: &str) {
    let words = refused.to_string();
    assert_eq!(refused.line, line, "{text:?}: {words}");
    let start = format!("{file}, line {line}: ");
    assert!(words.starts_with(&start), "{text:?}: {words}");
    assert!(refused.remedy.len() > 20, "{text:?}: {words}");
}

/// Eighty damaged files, eighty messages that name the file and the line, and no panic.
#[test]
fn damaged_files_are_refused_with_their_line() {
    assert!(SCALES.len() + KEYBOARDS.len() >= 80);
    for (text, line) in SCALES {
        let refused = Scale::parse("a.scl", text).expect_err(text);
        assert_refused(&refused, "a.scl", *line, text);
    }
    for (words, line) in KEYBOARDS {
        let refused = Keyboard::parse("b.kbm", &keyboard_text(words)).expect_err(words);
        assert_refused(&refused, "b.kbm", *line, words);
    }
}

/// A message quotes what stands there, in a length that can be shown.
#[test]
fn a_message_quotes_the_line() {
    let refused = Scale::parse("just.scl", "Just\n1\n3/0 a fifth\n").unwrap_err();
    let expected = "just.scl, line 3: \"3/0 a fifth\" stands there. Expected a ratio above zero, \
                    such as 3/2: correct the line";
    assert_eq!(refused.to_string(), expected);
    let long = format!("Long\n1\n{}\n", "é".repeat(100_000));
    let refused = Scale::parse("long.scl", &long).unwrap_err();
    assert!(refused.to_string().chars().count() < 300);
}

/// Numbers that look random and are the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }

    /// A text with letters exchanged, left out and put in, most of which the formats know.
    fn mutate(&mut self, text: &str) -> String {
        const LETTERS: &[u8] = b"0123456789./-x! \n\t+eE,\\\r#\xff\xc3\xa9";
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=self.roll(6) {
            let at = self.roll(bytes.len() + 1);
            let letter = LETTERS[self.roll(LETTERS.len())];
            match self.roll(4) {
                0 if at < bytes.len() => drop(bytes.remove(at)),
                1 if at < bytes.len() => bytes[at] = letter,
                2 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, letter),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Sixty thousand files with a few wrong letters: each is refused at a line that it has, or gives
/// pitches that can be played.
#[test]
fn mutated_files_are_refused_or_played() {
    let scale = "! a.scl\nA scale\n 4\n!\n 9/8\n 386.314 third\n-5.\n 2/1\n";
    let keyboard = keyboard_text("4 0 127 60 60 261.6 4 0 1 x 3");
    let (mut dice, mut played) = (Dice(5), [0; 2]);
    for round in 0..30_000 {
        let (scale, keyboard) = (dice.mutate(scale), dice.mutate(&keyboard));
        let has = |text: &str, line: usize| line >= 1 && line <= text.lines().count().max(1);
        let scale = Scale::parse("a.scl", &scale).inspect_err(|refused| {
            assert!(has(&scale, refused.line), "round {round}: {refused}");
        });
        let keyboard = Keyboard::parse("a.kbm", &keyboard).inspect_err(|refused| {
            assert!(has(&keyboard, refused.line), "round {round}: {refused}");
        });
        played[0] += usize::from(scale.is_ok());
        played[1] += usize::from(keyboard.is_ok());
        let scale = scale.unwrap_or_else(|_| Scale::equal(12));
        let pitches = table(&scale, &keyboard.unwrap_or_default()).pitches;
        let is_sound = |pitch: &f64| pitch.is_nan() || (-36.0..=160.0).contains(pitch);
        assert!(pitches.iter().all(is_sound), "round {round}: {pitches:?}");
    }
    assert!(
        played.iter().all(|count| (3_000..27_000).contains(count)),
        "{played:?}"
    );
}
