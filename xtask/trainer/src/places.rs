//! Where the files of one recipe lie.
//!
//! ```text
//!  ROOT/models/NAME/{recipe.toml, weights.safetensors, card.md, loss.png}
//!  ROOT/target/{training/NAME, corpus}
//!  ROOT/tests/golden/decoder/NAME.safetensors
//! ```

use crate::error::TrainerError;
use std::path::{Path, PathBuf};

/// The places that belong to one recipe.
#[derive(Clone, Debug)]
pub struct Places {
    /// The model's name: the folder that the recipe lies in.
    pub name: String,
    /// `models/NAME`: weights, card and picture go here.
    pub model: PathBuf,
    /// Where checkpoints are kept, below `target`.
    pub training: PathBuf,
    /// Where the corpora are kept, below `target`.
    pub corpus: PathBuf,
    /// The recorded pairs of inputs and outputs.
    pub pairs: PathBuf,
}

impl Places {
    /// The places for a recipe at `ROOT/models/NAME/recipe.toml`.
    ///
    /// # Errors
    ///
    /// [`TrainerError::Recipe`] when the path does not end that way.
    pub fn of(recipe: &Path) -> Result<Self, TrainerError> {
        let found = std::fs::canonicalize(recipe).ok();
        let folders = found.as_deref().and_then(|path| {
            let model = path.parent()?;
            Some((model.to_owned(), model.parent()?.parent()?.to_owned()))
        });
        let name = |model: &Path| Some(model.file_name()?.to_str()?.to_owned());
        let Some((name, model, root)) =
            folders.and_then(|(model, root)| Some((name(&model)?, model, root)))
        else {
            return Err(TrainerError::Recipe {
                file: recipe.display().to_string(),
                reason: "no such recipe; expected the path models/NAME/recipe.toml".into(),
            });
        };
        Ok(Self {
            training: root.join("target/training").join(&name),
            corpus: root.join("target/corpus"),
            pairs: root
                .join("tests/golden/decoder")
                .join(format!("{name}.safetensors")),
            model,
            name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything follows from where the recipe lies; a recipe that is not there is told.
    #[test]
    fn places_follow_the_recipe() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("models/bells");
        std::fs::create_dir_all(&folder).unwrap();
        let recipe = folder.join("recipe.toml");
        assert!(Places::of(&recipe).is_err());
        std::fs::write(&recipe, "").unwrap();
        let places = Places::of(&recipe).unwrap();
        assert_eq!(places.name, "bells");
        assert!(places.training.ends_with("target/training/bells"));
        assert!(
            places
                .pairs
                .ends_with("tests/golden/decoder/bells.safetensors")
        );
    }
}
