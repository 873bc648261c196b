//! The end of a training: export, read back, measure, report, record pairs.
//!
//! ```text
//!  Run ─► model (rounded) ─► measures ─► weights.safetensors ─► read back: equal? ─┬─► card.md
//!                                                                                  └─► pairs
//! ```

use crate::card::{self, Card};
use crate::error::TrainerError;
use crate::places::Places;
use crate::recipe::Recipe;
use crate::training::Run;
use crate::{evaluation, export, pairs};
use betwixt_corpus::Corpus;
use betwixt_model::{Model, WeightFormat};

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

/// Writes everything that a recipe promises, from the state of its training.
///
/// # Errors
///
/// [`TrainerError`] names the file that could not be written, or what in the file written differs
/// from the network: then the last line of this function's work, the card, is not made.
pub fn finish(
    recipe: &Recipe,
    places: &Places,
    corpus: &Corpus,
    run: &Run,
) -> Result<Finished, TrainerError> {
    let mut model = export::model(recipe, corpus, &run.network)?;
    let report = evaluation::evaluate(recipe, corpus, &model)?;
    model.header.measures = card::measures(&run.progress, &report);
    let path = places.model.join("weights.safetensors");
    model.write(&path, WeightFormat::Bf16)?;
    let (read, _) = Model::read(&path)?;
    if read != model {
        return Err(TrainerError::Export {
            file: path.display().to_string(),
            reason: "what was read back is not what was measured".into(),
        });
    }
    pairs::write(&places.pairs, &places.name, &read)?;
    let card = Card {
        recipe,
        places,
        corpus,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::tests::{NOTE, corpus, tiny};
    use betwixt_model::Dense;
    use betwixt_model::header::{Activation, Network};
    use safetensors::SafeTensors;

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

    fn finished(latent_of: &str) -> (Model, Vec<u8>, String) {
        let text = tiny(latent_of).replace("default_key = 60", "default_key = 90");
        let recipe = Recipe::parse(&text).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut run = Run::open(&recipe, None).unwrap();
        run.train(&recipe, corpus(), (60, None), &mut |_, _| {})
            .unwrap();
        let places = Places {
            name: "tiny".into(),
            model: folder.path().to_owned(),
            training: folder.path().to_owned(),
            corpus: folder.path().to_owned(),
            pairs: folder.path().join("pairs.safetensors"),
        };
        let card = finish(&recipe, &places, corpus(), &run).unwrap().card;
        let (model, _) = Model::read(&folder.path().join("weights.safetensors")).unwrap();
        let pairs = std::fs::read(&places.pairs).unwrap();
        assert!(folder.path().join("loss.png").exists());
        (model, pairs, card)
    }

    /// The recorded outputs are what the weights of the file give by the header's description,
    /// computed here without candle; both kinds of latent.
    #[test]
    fn the_file_decodes_as_the_network_did() {
        for latent_of in [NOTE, "\"frame\""] {
            let (model, bytes, _) = finished(latent_of);
            let pairs = SafeTensors::deserialize(&bytes).unwrap();
            let rows = |name: &str| {
                let view = pairs.tensor(name).unwrap();
                let float = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
                let values: Vec<f32> = view.data().chunks_exact(4).map(float).collect();
                (values, view.shape()[1])
            };
            let ((inputs, width), (outputs, bins)) = (rows("input"), rows("output"));
            assert_eq!((inputs.len() / width, bins), (crate::pairs::PAIRS, 257));
            for (input, output) in inputs.chunks_exact(width).zip(outputs.chunks_exact(bins)) {
                let own = decode(&model.header.decoder, &model.decoder, input);
                for (a, b) in own.iter().zip(output) {
                    assert!((a - b).abs() < 1e-5, "{latent_of}: {a} {b}");
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
        let notes = corpus().notes();
        let held_out = notes
            .iter()
            .find(|note| note.part == Part::Test(HeldOut::Patch))
            .unwrap();
        let run = Run::open(&recipe, None).unwrap();
        for name in [
            corpus().patches()[held_out.patch].name.as_str(),
            "Nothing 1",
        ] {
            recipe.export.default_patch = name.into();
            let error = export::model(&recipe, corpus(), &run.network)
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
        let (model, _, _) = finished(NOTE);
        let recipe = Recipe::parse(&tiny(NOTE)).unwrap();
        let network = crate::Autoencoder::from_model(&model).unwrap();
        let examples = crate::Examples::new(&recipe, corpus(), |_| true);
        let mut compared = 0;
        for (note, point) in model.embedding.iter().enumerate() {
            if !point.latents.iter().all(|knob| *knob > 0.0 && *knob < 1.0) {
                continue;
            }
            let batch = examples.whole_note(note).unwrap();
            let latents = network.encode(&batch).unwrap().to_vec2::<f32>().unwrap();
            let knobs = &point.latents;
            let vector = crate::evaluation::conditioning(&model, knobs, point.note, 0.0);
            for (a, b) in latents[0].iter().zip(&vector) {
                assert!((a - b).abs() < 1e-4, "note {note}: {a} {b}");
            }
            compared += 1;
        }
        assert!(compared > 100, "{compared}");
    }

    /// Knobs are ordered by spread, start at the named sound, and their whitening is a rotation:
    /// rows of the basis are orthonormal.
    #[test]
    fn knobs_are_a_rotation_ordered_by_spread() {
        let (model, _, card) = finished(NOTE);
        let header = &model.header;
        let spread: Vec<f32> = header.latents.iter().map(|l| l.high - l.low).collect();
        assert!(spread.is_sorted_by(|a, b| a > &(b * 0.7)), "{spread:?}");
        for (i, a) in header.whitening.basis.iter().enumerate() {
            for (j, b) in header.whitening.basis.iter().enumerate() {
                let product: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                assert!((product - f32::from(u8::from(i == j))).abs() < 1e-4);
            }
        }
        let labels = &header.embedding.as_ref().unwrap().labels;
        let named = labels
            .iter()
            .position(|label| label == "Clear Poly Keys 6")
            .unwrap();
        let default: Vec<f32> = header.latents.iter().map(|latent| latent.default).collect();
        let mut own = model.embedding.iter().filter(|p| p.label as usize == named);
        assert!(own.any(|point| point.latents == default));
        assert!(card.contains("held-out patches") && card.contains("cargo xtask train tiny"));
    }
}
