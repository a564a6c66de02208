//! How fast a model is on this computer: measured once in idle time after its first use, and
//! whenever a person asks. What was measured is used when the model is loaded the next time.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use hearth_domain::{
    EngineState, Fit, ModelId, ModelPurpose, ModelSource, ModelSpeed, Priority, Timestamp,
};
use hearth_engine::{Measurement, Tuning, build_id};
use hearth_store::StoredSpeed;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use super::{candidate::Candidate, load::WantedBy, plan::Plan};
use crate::{App, Error, Result};

/// How long nothing was asked before the computer is measured, in milliseconds.
const IDLE: i64 = 60_000;
/// How often it is looked whether that is so.
const LOOK: Duration = Duration::from_secs(10);
/// The context of the child that measures.
const CONTEXT: u32 = 4096;

impl App {
    /// What was measured of a model on this computer, the oldest first.
    ///
    /// # Errors
    /// An unknown model, or a database that cannot be read.
    pub async fn model_speeds(&self, id: ModelId) -> Result<Vec<ModelSpeed>> {
        let candidate = self.candidate(&id).await?;
        let machine = machine();
        let kept = self.db.read(move |r| r.model_speeds(&candidate.sha256, &machine)).await?;
        Ok(kept.iter().filter_map(to_speed).collect())
    }

    /// Measures a model because a person asked, and keeps what was found. Waits for answers that
    /// run: beside one, the figures would be of both.
    ///
    /// # Errors
    /// An unknown model, one that may not be loaded, or one that does not fit beside what runs.
    pub async fn model_bench(&self, id: Option<ModelId>) -> Result<ModelSpeed> {
        self.check_open()?;
        let id = id.map_or_else(|| self.default_model(), Ok)?;
        let candidate = self.candidate(&id).await?;
        if candidate.consent == hearth_domain::Consent::Needed {
            return Err(Error::ModelConsentNeeded);
        }
        self.check_content(&candidate, Priority::Interactive).await?;
        drop(self.ensure_tried(&candidate, WantedBy::Person).await?);
        let (mut state, mut beside) = (self.engine.state(), self.engine.beside());
        while self.engine_states().iter().any(EngineState::is_busy) {
            let changed = tokio::select! {
                changed = state.changed() => changed,
                changed = beside.changed() => changed,
            };
            changed.map_err(|_| Error::ShuttingDown)?;
        }
        let plan = self.plan(&candidate).await?;
        plan.check_purpose(ModelPurpose::Answers)?;
        self.check_beside(&plan)?;
        let closing = Arc::clone(&self.closing);
        let go_on = Arc::new(move || !closing.load(Ordering::SeqCst));
        self.measure(&candidate, true, go_on).await
    }

    /// What was measured last, for loading.
    pub(super) async fn tuning(&self, candidate: &Candidate) -> Result<Option<Tuning>> {
        let (sha256, machine, build) = (candidate.sha256.clone(), machine(), build_id());
        let kept = self.db.read(move |r| r.model_speeds(&sha256, &machine)).await?;
        let last = kept.into_iter().rev().find(|kept| kept.build == build);
        Ok(last.and_then(|kept| serde_json::from_value(kept.facts).ok()))
    }

    async fn measure(
        &self,
        candidate: &Candidate,
        asked: bool,
        go_on: Arc<dyn Fn() -> bool + Send + Sync>,
    ) -> Result<ModelSpeed> {
        let measurement = Measurement { path: candidate.file()?, thorough: asked };
        let found = self.engine.measure(measurement, go_on).await?;
        tracing::info!(
            threads = found.threads,
            decode = found.decode_per_second(),
            prefill = found.prefill_per_second,
            asked,
            "a model was measured"
        );
        let stored = StoredSpeed {
            sha256: candidate.sha256.clone(),
            machine: machine(),
            build: build_id(),
            asked,
            facts: serde_json::to_value(&found).map_err(|_| Error::TaskFailed)?,
            measured: self.now(),
        };
        let speed = speed(&found, stored.measured, asked);
        self.db.write(move |w| w.model_speed_add(&stored)).await?;
        self.invalidate(&["models"]);
        Ok(speed)
    }

    /// The child takes the model's memory a second time.
    fn check_beside(&self, plan: &Plan) -> Result<()> {
        let estimate = plan.estimate(Some(CONTEXT));
        let room = hearth_engine::Room::read();
        match room.fit(estimate.needed) {
            Fit::Fits | Fit::Tight => Ok(()),
            Fit::TooBig => Err(Error::ModelTooBig {
                needed: estimate.needed,
                available: room.available,
                context: CONTEXT,
                largest: None,
            }),
        }
    }
}

/// Measures what is loaded and was never measured, once nothing is asked of it; until the program
/// ends.
pub(crate) async fn run(app: Arc<App>) {
    let mut given_up = HashSet::new();
    loop {
        tokio::select! {
            () = app.warm.end.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let Some(id) = idle_model(&app) else { continue };
        if given_up.contains(&id) {
            continue;
        }
        match measure_idle(&app, &id).await {
            // An answer came first; the next quiet minute will do.
            Err(error) if error.code() == hearth_domain::ErrorCode::Cancelled => {}
            Ok(()) => drop(given_up.insert(id)),
            Err(error) => {
                tracing::warn!(code = error.code().as_str(), "a model could not be measured");
                given_up.insert(id);
            }
        }
    }
}

/// The model that was not asked anything for a while, on a computer that has power to spare.
fn idle_model(app: &App) -> Option<ModelId> {
    if *app.background_paused().borrow() || app.power.read().on_battery == Some(true) {
        return None;
    }
    if app.engine.beside().borrow().iter().any(EngineState::is_busy) {
        return None;
    }
    match &*app.engine.state().borrow() {
        EngineState::Ready { model, idle_since, .. } => {
            (app.now().0 - idle_since.0 >= IDLE).then(|| model.clone())
        }
        EngineState::Empty
        | EngineState::Loading { .. }
        | EngineState::Busy { .. }
        | EngineState::Failed { .. } => None,
    }
}

async fn measure_idle(app: &Arc<App>, id: &ModelId) -> Result<()> {
    let candidate = app.candidate(id).await?;
    if app.tuning(&candidate).await?.is_some() {
        return Ok(());
    }
    let plan = app.plan(&candidate).await?;
    plan.check_purpose(ModelPurpose::Answers)?;
    app.check_beside(&plan)?;
    if plan.spec.footprint.is_none() && candidate.source == ModelSource::Catalogue {
        // It needed no trial; its memory is learnt all the same.
        drop(app.try_now(&candidate, WantedBy::Nobody).await?);
    }
    let (state, beside) = (app.engine.state(), app.engine.beside());
    let closing = Arc::clone(&app.closing);
    let mine = id.clone();
    let go_on = move || {
        let alone = !beside.borrow().iter().any(EngineState::is_busy);
        let quiet = matches!(&*state.borrow(), EngineState::Ready { model, .. } if *model == mine);
        quiet && alone && !closing.load(Ordering::SeqCst)
    };
    app.measure(&candidate, false, Arc::new(go_on)).await.map(drop)
}

pub(super) fn to_speed(kept: &StoredSpeed) -> Option<ModelSpeed> {
    let found: Tuning = serde_json::from_value(kept.facts.clone()).ok()?;
    Some(speed(&found, kept.measured, kept.asked))
}

fn speed(found: &Tuning, measured: Timestamp, asked: bool) -> ModelSpeed {
    ModelSpeed {
        measured,
        asked,
        decode_per_second: found.decode_per_second(),
        prefill_per_second: found.prefill_per_second.into(),
        share_of_bandwidth: found.share_of_bandwidth(),
        bandwidth: found.bandwidth,
        threads: found.threads,
        step_ms: found.steps.iter().map(|step| f64::from(step.micros) / 1000.0).collect(),
        load_ms: found.load_ms,
    }
}

/// Names this computer by what decides speed. No name of it, nothing that tells two of a kind apart.
pub(super) fn machine() -> String {
    let refresh = RefreshKind::nothing()
        .with_cpu(CpuRefreshKind::nothing())
        .with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(refresh).ok();
    let brand = system.as_ref().and_then(|s| s.cpus().first()).map_or("", |cpu| cpu.brand().trim());
    let memory = system.as_ref().map_or(0, System::total_memory) >> 30;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    format!("{brand}, {threads} threads, {memory} GiB")
}
