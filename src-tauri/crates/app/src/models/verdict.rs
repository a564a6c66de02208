//! Verdicts: no file is loaded into this process before it was loaded once in a child, with this
//! build of the engine, and ended well. What the catalogue names needs no trial: it was made at
//! release.

use hearth_domain::{ErrorCode, ModelId, ModelSource, Priority, Verdict};
use hearth_engine::{Announced, Error as EngineError, Footprint, Trial, Tried, build_id};
use hearth_store::{Reader, StoredVerdict};
use serde_json::Value;

use super::{candidate::Candidate, load::WantedBy};
use crate::{App, Error, Result};

/// What is known of loading a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    pub(super) verdict: Verdict,
    /// Its memory, where a trial learnt it.
    pub(super) footprint: Option<Footprint>,
}

impl Known {
    /// Reads what is known of a model with this build.
    pub(super) fn read(r: &Reader<'_>, candidate: &Candidate) -> hearth_store::Result<Self> {
        let kept = r.model_verdict(&candidate.sha256, &build_id())?;
        let vouched = candidate.source == ModelSource::Catalogue;
        let verdict = match &kept {
            _ if vouched => Verdict::Good,
            None => Verdict::Untried,
            Some(StoredVerdict { code: Some(code), .. }) => Verdict::Bad { code: *code },
            Some(StoredVerdict { code: None, .. }) => Verdict::Good,
        };
        let tried = kept.and_then(|kept| serde_json::from_value::<Tried>(kept.facts).ok());
        Ok(Self { verdict, footprint: tried.map(|tried| tried.footprint) })
    }
}

impl App {
    pub(super) async fn known(&self, candidate: &Candidate) -> Result<Known> {
        let candidate = candidate.clone();
        self.db.read(move |r| Known::read(r, &candidate)).await
    }

    /// Sees to it that a file may be loaded, by trying it where it never was. What is returned
    /// keeps the state at "loading" until the load itself begins.
    ///
    /// # Errors
    /// Why the file is not loaded.
    pub(super) async fn ensure_tried(
        &self,
        candidate: &Candidate,
        wanted: WantedBy,
    ) -> Result<Option<Announced>> {
        // One at a time: the second one finds the verdict of the first.
        let _alone = self.alone.trying.lock().await;
        match self.known(candidate).await?.verdict {
            Verdict::Good => Ok(None),
            Verdict::Bad { code } => Err(Error::ModelRefused(code)),
            Verdict::Untried => {
                self.try_now(candidate, wanted).await.map(|(_, announced)| Some(announced))
            }
        }
    }

    /// Tries a file in a child process and keeps the verdict. A failure that says nothing of the
    /// file leaves none.
    ///
    /// # Errors
    /// Why the file is not loaded.
    pub(super) async fn try_now(
        &self,
        candidate: &Candidate,
        wanted: WantedBy,
    ) -> Result<(Tried, Announced)> {
        let trial = Trial {
            id: candidate.id.clone(),
            name: candidate.name.clone(),
            path: candidate.file()?,
            gently: wanted == WantedBy::Nobody,
            front: wanted.is_front(),
        };
        let found = self.engine.try_model(trial).await;
        let (code, facts) = match &found {
            Ok((tried, _)) => (None, serde_json::to_value(tried).unwrap_or_default()),
            Err(error) => match blame(error) {
                Some(code) => (Some(code), Value::Null),
                None => return Err(found.map(drop).err().map_or(Error::TaskFailed, Error::from)),
            },
        };
        let verdict = StoredVerdict {
            sha256: candidate.sha256.clone(),
            build: build_id(),
            code,
            facts,
            tried: self.now(),
        };
        self.db.write(move |w| w.model_verdict_save(&verdict)).await?;
        self.invalidate(&["models"]);
        Ok(found?)
    }

    /// Tries a file again, whatever was found before.
    ///
    /// # Errors
    /// An unknown model, one that the person did not allow, or why it is not loaded.
    pub async fn model_try(&self, id: ModelId) -> Result<hearth_domain::Model> {
        self.check_open()?;
        let candidate = self.candidate(&id).await?;
        if candidate.consent == hearth_domain::Consent::Needed {
            return Err(Error::ModelConsentNeeded);
        }
        self.check_content(&candidate, Priority::Interactive).await?;
        let _alone = self.alone.trying.lock().await;
        self.try_now(&candidate, WantedBy::Person).await?;
        self.model(&id).await
    }
}

/// The code of what is the file's own fault; `None` where the computer is short of something, the
/// person said stop, or the child never ran.
fn blame(error: &EngineError) -> Option<ErrorCode> {
    let code = error.code();
    let innocent = matches!(
        code,
        ErrorCode::ModelUntried
            | ErrorCode::Cancelled
            | ErrorCode::OutOfMemory
            | ErrorCode::ModelFileMissing
            | ErrorCode::CpuUnsupported
            | ErrorCode::Internal
    );
    (!innocent).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_not_blamed_for_a_short_computer_or_a_child_that_never_ran() {
        assert_eq!(blame(&EngineError::Crashes), Some(ErrorCode::ModelCrashes));
        assert_eq!(
            blame(&EngineError::Refused(ErrorCode::ModelLoadFailed)),
            Some(ErrorCode::ModelLoadFailed)
        );
        for innocent in [
            EngineError::Untried,
            EngineError::TrialTooSlow,
            EngineError::LoadCancelled,
            EngineError::Refused(ErrorCode::OutOfMemory),
        ] {
            assert_eq!(blame(&innocent), None, "{innocent}");
        }
    }
}
