//! Settings: one struct, one patch, one row, published to whoever watches.

use hearth_domain::Settings;
use serde_json::Value;

use crate::{App, Result};

impl App {
    /// The settings as they are.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings.borrow().clone()
    }

    /// Applies a JSON merge patch, saves the whole and publishes it.
    ///
    /// # Errors
    /// A field that is unknown, of the wrong type or out of range, or a database that cannot be
    /// written; nothing is changed then.
    pub async fn settings_update(&self, patch: Value) -> Result<Settings> {
        self.check_open()?;
        let now = self.now();
        let next = self
            .db
            .write(move |w| {
                let patched = w.settings()?.patched(&patch);
                if let Ok(next) = &patched {
                    w.settings_save(next, now)?;
                }
                Ok(patched)
            })
            .await??;
        self.settings.send_replace(next.clone());
        Ok(next)
    }
}
