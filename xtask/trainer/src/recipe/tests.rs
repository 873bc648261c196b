//! Small recipes for all tests of the trainer, and the tests of recipes.

use super::*;
use crate::notes::Notes;
use std::sync::OnceLock;

/// A small recipe for tests: short frames, few keys, tiny network.
pub(crate) fn tiny(latent_of: &str) -> String {
    format!(
        r#"
        name = "Tiny"
        authors = ["Nobody"]
        licence = "MIT OR Apache-2.0"
        description = "For tests."
        [material.frames]
        seed = 3
        keys_per_patch = 2
        frame_stride = 16
        geometry = {{ fft_len = 512, hop = 128, sample_rate_hz = 44100 }}
        scale = {{ power = {{ exponent = 0.5 }} }}
        level = "note_max"
        note = {{ octave_and_chroma = {{ low = 84, high = 95 }} }}
        time = true
        [network]
        latents = 3
        encoder = [24]
        decoder = [24, 32]
        [training]
        seed = 1
        steps = 60
        batch = 16
        latent_of = {latent_of}
        latent_noise = 0.02
        learning_rate = 3e-3
        warm_up = 5
        clip = 1.0
        l2 = 1e-7
        [export]
        default_sound = "Clear Poly Keys 6"
        default_key = 60
        "#
    )
}

/// The note method of [`tiny`].
pub(crate) const NOTE: &str = "{ note = { encoder_frames = 3, decoder_frames = 2, \
                               onset_bias = 1.4, other_key = 0.5 } }";

/// [`tiny`] with partials: 120 formula-made sounds, one key each, short.
pub(crate) fn tiny_partials() -> String {
    let frames = tiny(NOTE);
    let (before, rest) = frames.split_once("[material.frames]").unwrap();
    let (_, after) = rest.split_once("[network]").unwrap();
    let material = r#"[material.partials]
        source = "formulas"
        seed = 3
        keys = [84, 85]
        key_step = 2
        velocities = [40, 100]
        length_s = 0.3
        hole = false
        format = { exponent = 0.3, free = false }
        [network]"#;
    format!("{before}{material}{after}")
}

/// The notes of a recipe, rendered anew.
pub(crate) fn load(text: &str) -> Box<dyn Notes> {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe::parse(text).unwrap();
    crate::notes::load(&recipe, folder.path(), &|_, _| {}).unwrap()
}

/// Recipe and notes of every kind of training, rendered once for all tests: frames that share a
/// latent, partials, frames with a latent each that know no time.
pub(crate) fn kinds() -> &'static [(Recipe, Box<dyn Notes>)] {
    static KINDS: OnceLock<Vec<(Recipe, Box<dyn Notes>)>> = OnceLock::new();
    KINDS.get_or_init(|| {
        let still = tiny("\"frame\"").replace("time = true", "time = false");
        let texts = [tiny(NOTE), tiny_partials(), still];
        let kind = |text: &String| (Recipe::parse(text).unwrap(), load(text));
        texts.iter().map(kind).collect()
    })
}

/// The notes of [`tiny`] with the note method.
pub(crate) fn frames() -> &'static dyn Notes {
    kinds()[0].1.as_ref()
}

/// The notes of [`tiny_partials`].
pub(crate) fn partials() -> &'static dyn Notes {
    kinds()[1].1.as_ref()
}

/// Mistakes are told before any time is spent: the field and what was expected.
#[test]
fn mistakes_are_named() {
    let good = tiny(NOTE);
    assert!(Recipe::parse(&good).is_ok());
    for (from, to, told) in [
        ("steps = 60", "stepz = 60", "stepz"),
        (
            "default_key = 60",
            "default_key = 60\n        attack = [8]",
            "`export.attack`: found widths",
        ),
        ("steps = 60", "steps = 0", "`training.steps`: found 0"),
        ("fft_len = 512", "fft_len = 500", "expected a power of two"),
        (
            "encoder_frames = 3",
            "encoder_frames = 999",
            "expected 1 to",
        ),
        ("clip = 1.0", "clip = nan", "`training.clip`"),
        ("latents = 3", "latents = 65", "expected 1 to 64"),
        ("note_max", "frame_max", "`training.latent_of`"),
        (
            "other_key = 0.5",
            "other_key = 0.5, key_shift = 1",
            "key_shift`: found 1",
        ),
        (
            "other_key = 0.5",
            "other_key = 0.5, attack = { share = 0.2, level = 2.0 }",
            "attack.level`: found 2",
        ),
    ] {
        let error = Recipe::parse(&good.replace(from, to)).unwrap_err();
        assert!(error.contains(told), "{to}: {error}");
    }
    let good = tiny_partials();
    assert!(Recipe::parse(&good).is_ok());
    for (from, to, told) in [
        (
            "exponent = 0.3",
            "exponent = 3.0",
            "format.exponent`: found 3",
        ),
        ("length_s = 0.3", "length_s = 600", "length_s`: found 600"),
        ("hole = false", "hale = false", "hale"),
        (
            "decoder_frames = 2",
            "decoder_frames = 3, strikes = 1.0",
            "strikes`: found 1",
        ),
        (
            "onset_bias = 1.4",
            "onset_bias = 1.4, attack = { share = 1.2, level = 2.0 }",
            "attack.share`: found 1.2",
        ),
    ] {
        let error = Recipe::parse(&good.replace(from, to)).unwrap_err();
        assert!(error.contains(told), "{to}: {error}");
    }
}

/// The factory recipes hold, and the decoder takes what the engine will give it.
#[test]
fn factory_recipes_are_valid() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let instruments = 22 + 8 + 1;
    for (name, inputs) in [
        ("chroma", 8 + 12),
        ("notes", 8 + 22 + 8),
        ("synth", 8 + 22 + 8),
        ("experiment", 8 + instruments),
        ("experiment_frames", 8 + instruments),
        ("instruments", 8 + instruments),
        ("instruments_2", 2 + instruments),
        ("instruments_3", 3 + instruments),
        ("blown", 8 + instruments),
        ("struck", 8 + instruments),
    ] {
        let recipe = Recipe::read(&models.join(name).join("recipe.toml")).unwrap();
        assert_eq!(recipe.decoder_layers().0, inputs, "{name}");
    }
}
