//! Where everything lies, how large it is, and removing it for good.

use std::path::{Path, PathBuf};

use hearth_domain::{DataPart, DataPlace, DataPlaceKind, DataReport, ModelSource, Timestamp};

use crate::{App, Error, Result, db::blocking};

/// An attachment that nothing carries may still be on its way into a draft: one day.
const LOOSE_KEPT: i64 = 24 * 60 * 60 * 1000;

impl App {
    /// The places on disk with their sizes.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn data_report(&self) -> Result<DataReport> {
        let sizes = self.folder.sizes()?;
        let database = self.folder.database();
        let folder = self.folder.path().to_owned();
        let mut places = vec![
            place(DataPlaceKind::Database, &database, sizes.database),
            place(DataPlaceKind::Backups, &folder, sizes.backups),
            place(DataPlaceKind::PromptCache, self.states.folder(), sizes.states),
            place(DataPlaceKind::RequestLog, &self.folder.logs(), sizes.logs),
        ];
        let models = self.model_files().await?;
        places.extend(blocking(move || Ok::<_, Error>(model_places(&models))).await?);
        let (conversations, deleted) = self
            .db
            .read(|r| Ok((r.conversation_count()?, r.deleted_conversation_count()?)))
            .await?;
        Ok(DataReport { places, key: self.key().source.to_owned(), conversations, deleted })
    }

    /// Removes for good. Running answers are stopped first where their conversations go.
    ///
    /// # Errors
    /// A database or folder that cannot be written.
    pub async fn data_delete(&self, part: DataPart) -> Result<DataReport> {
        self.check_open()?;
        match part {
            DataPart::Conversations => {
                self.stop_all_generations().await;
                self.db.write(|w| w.erase_conversations()).await?;
                // Copies from before a change of the schema hold what was just removed.
                self.folder.remove_backups()?;
                self.sweep_states();
                self.db.write(|w| w.passages_forget()).await?;
                self.forget_in_index().await?;
                self.db.compact().await?;
            }
            DataPart::Deleted => {
                let loose = Timestamp(self.now().0 - LOOSE_KEPT);
                self.db.write(move |w| w.erase_deleted(loose)).await?;
                self.db.write(|w| w.passages_forget()).await?;
                self.forget_in_index().await?;
                self.db.compact().await?;
            }
            DataPart::Backups => self.folder.remove_backups()?,
            DataPart::PromptCache => {
                let states = self.states.clone();
                blocking(move || states.erase()).await?;
            }
            DataPart::RequestLog => self.folder.remove_logs()?,
        }
        tracing::info!(?part, "data was removed for good");
        self.data_report().await
    }
}

fn place(kind: DataPlaceKind, path: &Path, bytes: u64) -> DataPlace {
    DataPlace { kind, path: path.display().to_string(), bytes }
}

/// The files that are there; one that is gone takes no space.
fn model_places(models: &[(ModelSource, PathBuf)]) -> Vec<DataPlace> {
    let places = models.iter().filter_map(|(source, path)| {
        let bytes = std::fs::metadata(path).ok()?.len();
        let kind = match source {
            ModelSource::Catalogue => DataPlaceKind::BundledModels,
            ModelSource::File => DataPlaceKind::Models,
        };
        Some(place(kind, path, bytes))
    });
    places.collect()
}
