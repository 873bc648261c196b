//! Words that stand in a view of the window, where no translator would find them.
//!
//! ```text
//!  plugin/src/editor/**.rs ─► literals, code without them ─┬─ in tests, expect(…), ids, a known one ─► fine
//!                                                          └─ two letters in a row ────────────────► told
//! ```
//!
//! A literal of two letters in a row is words, placeholders and escapes left out: units and single
//! words are as much to be told in other languages as sentences. It reads source as a lexer does, not
//! by lines; what it knows of Rust are comments, literals, lifetimes and braces.

use std::ops::Range;
use std::path::Path;

/// Where the window's views lie, and where its words do.
const VIEWS: &str = "plugin/src/editor";
const ELSEWHERE: [&str; 6] = [
    "words.rs",
    "words",
    "tests.rs",
    "tests",
    // Nothing of it is on the screen: a file for scripts, a library of the system's.
    "controls_file.rs",
    "gl.rs",
];
/// What stands before a literal that no player reads: reasons of lints and panics, identifiers of
/// widgets, pictures and threads, files that are built in.
const UNREAD: [&str; 10] = [
    ".expect(",
    "reason =",
    ".with(",
    ".with((",
    "::unique(",
    "id_salt(",
    "Grid::new(",
    ".load_texture(",
    ".name(",
    "include_bytes!(",
];
/// By view: names of files and their ends, of keys, fonts and the product, what models' files say, and what
/// the host alone is told.
const KNOWN: [(&str, &str); 14] = [
    ("controllers.rs", "controllers/my controllers.toml"),
    ("controllers.rs", "toml"),
    ("keys.rs", "Tab"),
    ("keys.rs", "Escape"),
    ("latents.rs", "latent {}"),
    ("models.rs", "Betwixt "),
    ("models.rs", "safetensors"),
    ("movement.rs", "movements/my movement.json"),
    ("movement.rs", "json"),
    ("presets/saving.rs", ".toml"),
    ("theme/mod.rs", "regular"),
    ("theme/mod.rs", "strong"),
    ("window.rs", "Betwixt"),
    ("window.rs", "no window could be made"),
];
const TEST: &str = "#[cfg(test)]";

/// What is told of a file of the workspace: words that stand in a view.
pub(super) fn astray(path: &Path, text: &str) -> Vec<String> {
    let Ok(view) = path.strip_prefix(VIEWS) else {
        return Vec::new();
    };
    let first = view.components().next();
    if first.is_some_and(|first| ELSEWHERE.iter().any(|name| first.as_os_str() == *name)) {
        return Vec::new();
    }
    let source = Source::of(text);
    let tests = source.tests();
    let is_known = |said: &str| {
        let mut known = KNOWN.iter();
        known.any(|(file, words)| view == Path::new(file) && said == *words)
    };
    let words = source.literals.iter().filter(|literal| {
        let before = source.code[..literal.start].trim_end();
        is_words(&literal.said)
            && !tests.iter().any(|test| test.contains(&literal.start))
            && !UNREAD.iter().any(|end| before.ends_with(end))
            && !is_known(&literal.said)
    });
    let tell = |literal: &Literal| {
        let said = &literal.said;
        format!("line {}: \"{said}\" belongs in `words`", literal.line)
    };
    words.map(tell).collect()
}

/// Two letters in a row, placeholders and escapes left out.
fn is_words(said: &str) -> bool {
    let mut plain = String::new();
    let (mut is_placeholder, mut is_escape) = (false, false);
    for letter in said.chars() {
        match letter {
            _ if is_escape => is_escape = false,
            '\\' => is_escape = true,
            '{' => is_placeholder = true,
            '}' => is_placeholder = false,
            _ if is_placeholder => continue,
            letter => {
                plain.push(letter);
                continue;
            }
        }
        plain.push(' ');
    }
    let letters: Vec<bool> = plain.chars().map(char::is_alphabetic).collect();
    letters.windows(2).any(|pair| pair == [true, true])
}

/// A string literal.
struct Literal {
    /// Where it begins, in bytes of the code.
    start: usize,
    line: usize,
    /// What stands between its quotation marks.
    said: String,
}

/// A file: its literals, and its code with spaces in place of comments and literals.
struct Source {
    literals: Vec<Literal>,
    code: String,
}

impl Source {
    fn of(text: &str) -> Self {
        let mut source = Self {
            literals: Vec::new(),
            code: String::new(),
        };
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            let rest = &text[at..];
            let length = skipped(rest, &source.code);
            let length = match length {
                Some(Skipped::Literal { from, to, length }) => {
                    source.literals.push(Literal {
                        start: source.code.len(),
                        line: 1 + text[..at].matches('\n').count(),
                        said: rest[from..to].to_owned(),
                    });
                    length
                }
                Some(Skipped::Other(length)) => length,
                None => {
                    source.code.push(letter);
                    at += letter.len_utf8();
                    continue;
                }
            };
            // As long as it was: places in the code are places in the file.
            source.code.push_str(&" ".repeat(length));
            at += length;
        }
        source
    }

    /// What is built for tests alone: from the attribute to the end of its item.
    fn tests(&self) -> Vec<Range<usize>> {
        let begin = self.code.match_indices(TEST).map(|(start, _)| start);
        begin
            .map(|start| start..start + item(&self.code[start..]))
            .collect()
    }
}

/// The length of an item: up to a semicolon outside of braces, or to its last brace.
fn item(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in code.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(letter, '}' | ';') {
            return at;
        }
    }
    code.len()
}

/// What begins here and is no code, with its length in bytes.
enum Skipped {
    Literal {
        from: usize,
        to: usize,
        length: usize,
    },
    Other(usize),
}

fn skipped(rest: &str, before: &str) -> Option<Skipped> {
    let is_named = before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    match rest.as_bytes() {
        [b'/', b'/', ..] => Some(Skipped::Other(rest.find('\n').unwrap_or(rest.len()))),
        [b'/', b'*', ..] => Some(Skipped::Other(block(rest))),
        [b'"', ..] => Some(quoted(rest)),
        [b'r', b'"' | b'#', ..] if !is_named => raw(rest),
        [b'\'', ..] => letter(rest).map(Skipped::Other),
        _ => None,
    }
}

/// A comment that may hold others.
fn block(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &str) -> Skipped {
    let mut is_escape = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escape => is_escape = false,
            b'\\' => is_escape = true,
            b'"' => {
                return Skipped::Literal {
                    from: 1,
                    to: at,
                    length: at + 1,
                };
            }
            _ => {}
        }
    }
    Skipped::Other(rest.len())
}

/// `r"…"`, with as many `#` as there are; none if it is a raw identifier.
fn raw(rest: &str) -> Option<Skipped> {
    let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
    let from = 1 + hashes + 1;
    if rest.as_bytes().get(from - 1) != Some(&b'"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let to = from + rest[from..].find(&end)?;
    let length = to + end.len();
    Some(Skipped::Literal { from, to, length })
}

/// The length of a literal of one letter; none if it is a lifetime.
fn letter(rest: &str) -> Option<usize> {
    let inner = &rest[1..];
    let first = inner.chars().next()?;
    if first == '\\' {
        return Some(3 + inner.get(2..)?.find('\'')? + 1);
    }
    let end = 1 + first.len_utf8();
    rest[end..].starts_with('\'').then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        astray(Path::new("plugin/src/editor/map/corner.rs"), text)
    }

    /// A button that says what it does is found, with its line; so are units and what stands
    /// between placeholders.
    #[test]
    fn words_in_a_view_are_found() {
        let found = told("fn paint() {\n    ui.button(\"Undo\");\n}\n");
        assert_eq!(found, ["line 2: \"Undo\" belongs in `words`"]);
        for words in [
            "\"{level_db:.0} dB\"",
            "\"any\"",
            "r#\"Say \"no\" now\"#",
            "\"Größe\"",
            "\"two\\nlines\"",
        ] {
            assert_eq!(told(&format!("say({words});")).len(), 1, "{words}");
        }
    }

    /// What nobody reads is none: signs, single letters, placeholders, identifiers, reasons, comments.
    #[test]
    fn what_no_player_reads_is_left_alone() {
        for text in [
            "say(\"+\");",
            "say(\"1:1\");",
            "say(\"{name}  {value:>4} %\");",
            "say(\"A\");",
            "say(\"\\n\\t\");",
            "ui.scope_id().with(\"ring\");",
            "ui.scope_id().with((\n    \"map\", 3));",
            "it.expect(\"a rate above zero\");",
            "#[expect(clippy::all, reason = \"a place on the screen\")]",
            "// say(\"Undo\")",
            "/* one /* \"Undo\" */ two \"Redo\" */",
            "/// \"Undo\"",
        ] {
            assert!(told(text).is_empty(), "{text}");
        }
    }

    /// Letters and lifetimes do not open a text that never ends.
    #[test]
    fn quotation_marks_and_lifetimes_are_told_apart() {
        let text = "fn f<'a>(x: &'a str) { g('\"', '\\'', '\\u{22}'); say(\"Undo\"); }";
        let found = ["line 1: \"Undo\" belongs in `words`"];
        assert_eq!(told(text), found);
        assert_eq!(told("let r#type = 'é'; say(\"Undo\");"), found);
    }

    /// Tests say what they please, and the code after them does not.
    #[test]
    fn tests_are_left_out_to_their_last_brace() {
        let test = "#[cfg(test)]\nfn a() { if b { say(\"One two\"); } }\n";
        assert!(told(test).is_empty());
        assert!(told("#[cfg(test)]\nmod tests;\n").is_empty());
        assert_eq!(
            told(&format!("{test}fn c() {{ say(\"Three\"); }}")).len(),
            1
        );
    }

    /// Words have their place, and other parts of the program their own.
    #[test]
    fn only_views_are_looked_at() {
        for path in [
            "plugin/src/editor/words.rs",
            "plugin/src/editor/words/frame.rs",
            "plugin/src/editor/tests/map.rs",
            "plugin/src/library/folder.rs",
        ] {
            assert!(
                astray(Path::new(path), "say(\"Undo\");").is_empty(),
                "{path}"
            );
        }
        let own = "const FILE: &str = \"movements/my movement.json\";";
        assert!(astray(Path::new("plugin/src/editor/movement.rs"), own).is_empty());
        assert_eq!(told(own).len(), 1, "known in one view alone");
    }
}
