//! The end of a training: export, read back, measure, report, record pairs.
//!
//! ```text
//!  Run ─► model (rounded) ─► measures ─► attack ─► weights.safetensors ─► read back: equal? ─┬─► card.md
//!                                                                                            └─► pairs
//! ```

use crate::card::{self, Card};
use crate::error::TrainerError;
use crate::export::Exported;
use crate::notes::Notes;
use crate::places::Places;
use crate::recipe::Recipe;
use crate::training::Run;
use crate::{attack, evaluation, export, pairs};
use betwixt_model::{Model, WeightFormat};

/// The file that a model is written into.
const WEIGHTS: &str = "weights.safetensors";

/// What came out of a training.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The card, in Markdown.
    pub card: String,
    /// Spectral convergence on all test notes, in dB.
    pub convergence_db: f64,
    /// What the mean frame of the key reaches there: a model that is not better has learnt nothing.
    pub key_mean_db: f64,
}

/// Writes everything that a recipe promises, from the state of its training. `progress` is told what
/// is being done, how much is done, and of how much.
///
/// # Errors
///
/// [`TrainerError`] names the file that could not be written, or what in the file written differs
/// from the network: then the last line of this function's work, the card, is not made.
pub fn finish(
    recipe: &Recipe,
    places: &Places,
    notes: &dyn Notes,
    run: &Run,
    progress: &(dyn Fn(&'static str, usize, usize) + Sync),
) -> Result<Finished, TrainerError> {
    let Exported {
        mut model,
        correlations,
    } = export::model(recipe, notes, &run.network, run.kept.as_ref())?;
    let report = evaluation::evaluate(recipe, notes, &model)?;
    model.header.measures = card::measures(&run.progress, &report);
    attack::learn(recipe, notes, &mut model, progress)?;
    let read = write(places, &model)?;
    pairs::write(&places.pairs, &places.name, &read)?;
    let card = Card {
        recipe,
        places,
        notes,
        correlations: &correlations,
        progress: &run.progress,
        report: &report,
        model: &read,
    };
    card.write()?;
    Ok(Finished {
        card: card.text(),
        convergence_db: report.model.all().convergence_db(),
        key_mean_db: report.key_mean.all().convergence_db(),
    })
}

/// Learns the attack network of a model that is there anew; nothing else of it changes but the end of
/// its card.
///
/// # Errors
///
/// [`TrainerError`] when there is no model, a note cannot be rendered, or a file cannot be written.
pub fn learn_attack(
    recipe: &Recipe,
    places: &Places,
    notes: &dyn Notes,
    progress: &(dyn Fn(&'static str, usize, usize) + Sync),
) -> Result<(), TrainerError> {
    let (mut model, _) = Model::read(&places.model.join(WEIGHTS))?;
    attack::learn(recipe, notes, &mut model, progress)?;
    write(places, &model)?;
    card::renew_attack(places, &model)
}

/// Writes the end of a model's card anew, from its file and from what was measured on the instrument
/// since (`figures.json`); all before it stays.
///
/// # Errors
///
/// [`TrainerError`] when there is no model, no card or nothing measured, or the card cannot be written.
pub fn renew_card(places: &Places) -> Result<(), TrainerError> {
    let (model, _) = Model::read(&places.model.join(WEIGHTS))?;
    card::renew(places, &model)
}

/// A model as it is read back from its file.
fn write(places: &Places, model: &Model) -> Result<Model, TrainerError> {
    let path = places.model.join(WEIGHTS);
    model.write(&path, WeightFormat::Bf16)?;
    let (read, _) = Model::read(&path)?;
    if read == *model {
        return Ok(read);
    }
    Err(TrainerError::Export {
        file: path.display().to_string(),
        reason: "what was read back is not what was measured".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::tests::{NOTE, frames, kinds, partials, tiny, tiny_partials};
    use betwixt_model::Dense;
    use betwixt_model::header::{Activation, Network};
    use safetensors::SafeTensors;
    use std::path::Path;

    /// The network as its header describes it, term by term.
    fn decode(network: &Network, layers: &[Dense], input: &[f32]) -> Vec<f32> {
        let mut values: Vec<f64> = input.iter().map(|value| f64::from(*value)).collect();
        for (layer, dense) in network.layers.iter().zip(layers) {
            let rows = dense.weight.chunks_exact(dense.inputs).zip(&dense.bias);
            let output = |(row, bias): (&[f32], &f32)| {
                let terms = row.iter().zip(&values).map(|(w, x)| f64::from(*w) * x);
                let sum = f64::from(*bias) + terms.sum::<f64>();
                match layer.activation {
                    Activation::Linear => sum,
                    Activation::Relu => sum.max(0.0),
                    Activation::LeakyRelu => sum.max(0.1 * sum),
                    Activation::Sigmoid => (1.0 + (-sum).exp()).recip(),
                }
            };
            values = rows.map(output).collect();
        }
        values
            .into_iter()
            .map(betwixt_spectral::number::narrow)
            .collect()
    }

    fn places(folder: &Path) -> Places {
        Places {
            name: "tiny".into(),
            model: folder.to_owned(),
            training: folder.to_owned(),
            corpus: folder.to_owned(),
            pairs: folder.join("pairs.safetensors"),
        }
    }

    /// Trained and written into a folder, beside what is there.
    fn trained(text: &str, notes: &dyn Notes, folder: &Path) -> (Model, String) {
        let text = text.replace("default_key = 60", "default_key = 90");
        let (recipe, places) = (Recipe::parse(&text).unwrap(), places(folder));
        let kept = crate::kept(&recipe, &places).unwrap();
        let mut run = Run::open(&recipe, kept, None).unwrap();
        run.train(&recipe, notes, (60, None), &mut |_, _| {})
            .unwrap();
        let card = finish(&recipe, &places, notes, &run, &|_, _, _| {})
            .unwrap()
            .card;
        let (model, _) = Model::read(&folder.join("weights.safetensors")).unwrap();
        (model, card)
    }

    fn finished(text: &str, notes: &dyn Notes) -> (Model, Vec<u8>, String) {
        let folder = tempfile::tempdir().unwrap();
        let figures = "{\"held_out\": {\"mel_r\": 0.9612}}";
        std::fs::write(folder.path().join("figures.json"), figures).unwrap();
        let (model, card) = trained(text, notes, folder.path());
        let pairs = std::fs::read(places(folder.path()).pairs).unwrap();
        assert!(folder.path().join("loss.png").exists());
        (model, pairs, card)
    }

    /// The recorded outputs are what the weights of the file give by the header's description,
    /// computed here without candle; every kind of training.
    #[test]
    fn the_file_decodes_as_the_network_did() {
        for (recipe, notes) in kinds() {
            let text = toml::to_string(recipe).unwrap();
            let (model, bytes, _) = finished(&text, notes.as_ref());
            let pairs = SafeTensors::deserialize(&bytes).unwrap();
            let rows = |name: &str| {
                let view = pairs.tensor(name).unwrap();
                let float = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
                let values: Vec<f32> = view.data().chunks_exact(4).map(float).collect();
                (values, view.shape()[1])
            };
            let ((inputs, width), (outputs, numbers)) = (rows("input"), rows("output"));
            assert_eq!(inputs.len() / width, crate::pairs::PAIRS);
            assert!(numbers == 257 || numbers == 121, "{numbers}");
            for (input, output) in inputs
                .chunks_exact(width)
                .zip(outputs.chunks_exact(numbers))
            {
                let own = decode(&model.header.decoder, &model.decoder, input);
                for (a, b) in own.iter().zip(output) {
                    assert!((a - b).abs() < 1e-5, "{text}: {a} {b}");
                }
            }
        }
    }

    /// A first sound that is held out, or that does not exist, is refused before anything is
    /// written; the message lists what could stand there.
    #[test]
    fn the_first_sound_must_be_a_learnt_one() {
        use betwixt_corpus::{HeldOut, Part};
        let mut recipe = Recipe::parse(&tiny(NOTE)).unwrap();
        let is_held_out = |note: &&crate::Note| note.part == Part::Test(HeldOut::Patch);
        let held_out = frames().notes().iter().find(is_held_out).unwrap();
        let run = Run::open(&recipe, None, None).unwrap();
        for name in [frames().sounds()[held_out.sound].as_str(), "Nothing 1"] {
            recipe.export.default_sound = name.into();
            let error = export::model(&recipe, frames(), &run.network, None)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(name) && error.contains("Clear Poly Keys 6"),
                "{error}"
            );
        }
    }

    /// From a sound to knobs and back through the header: the latents that the encoder of the file
    /// gave, for every sound that lies within the knobs' travel.
    #[test]
    fn knobs_give_back_the_latents_of_their_sound() {
        let (model, _, _) = finished(&tiny_partials(), partials());
        let recipe = Recipe::parse(&tiny_partials()).unwrap();
        let network = crate::Autoencoder::from_model(&model).unwrap();
        let examples = crate::Examples::new(&recipe, partials(), |_| true);
        let mut compared = 0;
        for (strikes, point) in examples.strikes().values().zip(&model.embedding) {
            if !point.latents.iter().all(|knob| *knob > 0.0 && *knob < 1.0) {
                continue;
            }
            let batch = examples.whole_note(strikes[0]).unwrap();
            let latents = network.encode(&batch).unwrap().to_vec2::<f32>().unwrap();
            let ask = crate::evaluation::Ask {
                key: point.note,
                time_s: 0.0,
                velocity: 100,
            };
            let vector = crate::evaluation::conditioning(&model, &point.latents, ask);
            for (a, b) in latents[0].iter().zip(&vector) {
                assert!((a - b).abs() < 1e-4, "{point:?}: {a} {b}");
            }
            compared += 1;
        }
        assert!(compared > 60, "{compared}");
    }

    /// A training that keeps the encoder learns another decoder to the same knobs: encoder, names,
    /// ends and places of the sounds stay.
    #[test]
    fn a_kept_encoder_keeps_what_knobs_mean() {
        let folder = tempfile::tempdir().unwrap();
        let (before, _) = trained(&tiny_partials(), partials(), folder.path());
        let kept = tiny_partials().replace("seed = 1\n", "seed = 2\n        encoder = \"kept\"\n");
        assert!(kept.contains("kept"));
        let (after, _) = trained(&kept, partials(), folder.path());
        assert_eq!(after.encoder, before.encoder);
        assert_eq!(after.header.latents, before.header.latents);
        assert_eq!(after.header.whitening, before.header.whitening);
        assert_ne!(after.decoder, before.decoder);
        assert!(!after.embedding.is_empty());
        assert_eq!(after.embedding.len(), before.embedding.len());
        for (one, other) in after.embedding.iter().zip(&before.embedding) {
            let pairs = one.latents.iter().zip(&other.latents);
            for (a, b) in pairs {
                assert!((a - b).abs() < 1e-3, "{one:?} {other:?}");
            }
        }
    }

    /// Without weights, or with those of another shape, there is no encoder to keep.
    #[test]
    fn an_encoder_to_keep_must_be_there_and_fit() {
        let folder = tempfile::tempdir().unwrap();
        let kept = tiny_partials().replace("seed = 1\n", "seed = 1\n        encoder = \"kept\"\n");
        let recipe = Recipe::parse(&kept).unwrap();
        let told = |recipe: &Recipe| {
            let refused = crate::kept(recipe, &places(folder.path()));
            refused.unwrap_err().to_string()
        };
        let missing = told(&recipe);
        let remedy = "train without that line first";
        assert!(missing.contains("weights.safetensors") && missing.contains(remedy));
        trained(&tiny_partials(), partials(), folder.path());
        assert!(
            crate::kept(&recipe, &places(folder.path()))
                .unwrap()
                .is_some()
        );
        let mut other = recipe;
        other.network.encoder = vec![25];
        let widths = told(&other);
        assert!(
            widths.contains("–24–3") && widths.contains("–25–3"),
            "{widths}"
        );
        let other = kept.replace("exponent = 0.3", "exponent = 0.5");
        let other = told(&Recipe::parse(&other).unwrap());
        assert!(other.contains("other numbers"), "{other}");
    }

    /// Knobs have names, each its own, start at the named sound, and do not repeat each other:
    /// over the learnt sounds they are uncorrelated.
    #[test]
    fn knobs_are_named_and_independent() {
        let (model, _, card) = finished(&tiny(NOTE), frames());
        let header = &model.header;
        let mut names: Vec<&str> = header.latents.iter().map(|l| l.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 3, "{names:?}");
        let labels = &header.embedding.as_ref().unwrap().labels;
        let named = labels.iter().position(|label| label == "Clear Poly Keys 6");
        let named = named.unwrap();
        let default: Vec<f32> = header.latents.iter().map(|latent| latent.default).collect();
        let mut own = model.embedding.iter().filter(|p| p.label as usize == named);
        assert!(own.any(|point| point.latents == default));
        for told in ["held-out sounds", "cargo xtask train tiny", names[0]] {
            assert!(card.contains(told), "{told}");
        }
        assert!(card.contains("| held out, mel r | 0.961 |"), "{card}");
    }
}
