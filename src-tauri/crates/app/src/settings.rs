//! Settings: one struct, one patch, one row, published to whoever watches.

use std::sync::Arc;

use hearth_domain::Settings;
use serde_json::Value;

use crate::{App, Result, guard::Note};

impl App {
    /// The settings as they are.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings.borrow().clone()
    }

    /// Where the window stood last, on which screens, as the host wrote it.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn window_places(&self) -> Result<Option<String>> {
        self.db.read(|r| r.window_places()).await
    }

    /// Keeps where the window stands. It is no setting: nobody chooses it on a page.
    ///
    /// # Errors
    /// A database that cannot be written.
    pub async fn window_places_save(&self, places: String) -> Result<()> {
        self.check_open()?;
        self.db.write(move |w| w.set_window_places(&places)).await
    }

    /// Applies a JSON merge patch, saves the whole and publishes it.
    ///
    /// # Errors
    /// A field that is unknown, of the wrong type or out of range, or a database that cannot be
    /// written; nothing is changed then.
    pub async fn settings_update(&self, patch: Value) -> Result<Settings> {
        self.check_open()?;
        let (now, guards) = (self.now(), Arc::clone(&self.guards));
        let next = self
            .db
            .write(move |w| {
                let before = w.settings()?;
                let patched = before.patched(&patch);
                if let Ok(next) = &patched {
                    w.settings_save(next, now)?;
                    let notes = Note::of_settings(&before.guard, &next.guard);
                    Note::append(w, &guards, now, &notes)?;
                }
                Ok(patched)
            })
            .await??;
        let before = self.settings.send_replace(next.clone());
        if next.model.prompt_cache_mib < before.model.prompt_cache_mib {
            self.sweep_states();
        }
        self.audit_expire().await?;
        Ok(next)
    }
}
