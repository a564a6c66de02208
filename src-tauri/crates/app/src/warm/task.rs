//! Acts on the rule: looks when something changed or a time has come, loads, lets go.

use std::{sync::Arc, time::Duration};

use hearth_domain::{EngineState, ErrorCode, ModelSettings, Settings, Timestamp};
use hearth_engine::Room;
use tokio::{sync::watch, time::sleep};

use super::{
    decide::{Situation, Step, Windows, let_go_beside},
    prefill,
};
use crate::{App, WantedBy, db::blocking};

/// The longest sleep while a time is waited for: the computer may sleep meanwhile, and its clock of
/// running time then stands still.
const NAP: Duration = Duration::from_secs(60);

/// Less than one part in this many of the memory is short.
const SHORT: u64 = 20;

/// What changes, and what was seen of it.
struct Watcher {
    app: Arc<App>,
    engine: watch::Receiver<EngineState>,
    beside: watch::Receiver<Vec<EngineState>>,
    settings: watch::Receiver<Settings>,
    windows: watch::Receiver<Windows>,
    paused: watch::Receiver<bool>,
    /// The wishes that the present state came from.
    wishes: ModelSettings,
    times_focused: u64,
    woken: bool,
}

/// Runs until the program ends.
pub(super) async fn run(app: Arc<App>) {
    let end = app.warm.end.clone();
    let watcher = Watcher::new(app);
    end.run_until_cancelled(watcher.work()).await;
}

impl Watcher {
    fn new(app: Arc<App>) -> Self {
        let settings = app.settings.subscribe();
        let wishes = settings.borrow().model.clone();
        Self {
            engine: app.engine.state(),
            beside: app.engine.beside(),
            settings,
            windows: app.warm.windows.subscribe(),
            paused: app.warm.paused.subscribe(),
            wishes,
            times_focused: 0,
            // The start of the program counts as somebody coming.
            woken: true,
            app,
        }
    }

    async fn work(mut self) {
        loop {
            let next = self.let_go_beside();
            match self.look().await {
                Step::Load => self.load().await,
                Step::Unload => self.let_go().await,
                Step::Wait => self.change(next).await,
                Step::WaitUntil(end) => {
                    self.change(next.map_or(Some(end), |next| Some(next.min(end)))).await;
                }
            }
        }
    }

    /// What is to be done now.
    async fn look(&mut self) -> Step {
        let model = self.settings.borrow_and_update().model.clone();
        if model != self.wishes {
            // Another wish is a person's doing.
            self.wishes = model;
            self.woken = true;
            self.app.warm.bar(false);
        }
        let windows = *self.windows.borrow_and_update();
        if windows.times_focused > self.times_focused {
            self.times_focused = windows.times_focused;
            self.woken = true;
        }
        let on_battery = self.reads_power() && self.on_battery().await;
        let engine = self.engine.borrow_and_update().clone();
        Situation {
            now: self.app.now(),
            settings: &self.wishes,
            on_battery,
            engine: &engine,
            windows,
            woken: self.woken,
            paused: *self.paused.borrow_and_update(),
            barred: self.app.warm.is_barred() || self.app.is_model_held(),
            short: matches!(engine, EngineState::Ready { .. }) && is_short(),
        }
        .step()
    }

    /// Lets models go that programs asked for, and gives when the next one goes.
    fn let_go_beside(&mut self) -> Option<Timestamp> {
        let beside = self.beside.borrow_and_update().clone();
        if beside.is_empty() {
            return None;
        }
        let minutes = self.settings.borrow().model.warm_minutes;
        let (gone, next) = let_go_beside(&beside, self.app.now(), minutes, is_short());
        for id in &gone {
            drop(self.app.engine.let_go(id));
            tracing::info!("a model was let go: nothing was asked of it");
        }
        next
    }

    /// Whether being on battery makes a difference; nothing is read otherwise.
    fn reads_power(&self) -> bool {
        self.wishes.warm_on_battery.is_some_and(|other| other != self.wishes.warm)
    }

    async fn on_battery(&self) -> bool {
        let power = Arc::clone(&self.app.power);
        let read = blocking(move || Ok::<_, crate::Error>(power.read())).await;
        read.is_ok_and(|power| power.on_battery == Some(true))
    }

    /// Waits for something to change, at most until a moment.
    async fn change(&mut self, end: Option<Timestamp>) {
        let left = |end: Timestamp| u64::try_from(end.0 - self.app.now().0).unwrap_or(0);
        let limit = end.map(|end| Duration::from_millis(left(end)).min(NAP));
        let plugged = self.reads_power().then_some(NAP);
        let limit = limit.or(plugged);
        let time = async {
            match limit {
                Some(limit) => sleep(limit).await,
                None => std::future::pending().await,
            }
        };
        // The senders live in the application, which outlives this task.
        tokio::select! {
            _ = self.engine.changed() => {}
            _ = self.beside.changed() => {}
            _ = self.settings.changed() => {}
            _ = self.windows.changed() => {}
            _ = self.paused.changed() => {}
            () = time => {}
        }
    }

    async fn load(&mut self) {
        let loaded = self.app.model_load(None, WantedBy::Nobody).await;
        if let Err(error) = loaded {
            let code = error.code();
            if code != ErrorCode::ShuttingDown {
                tracing::warn!(code = code.as_str(), "the default model was not loaded");
            }
            self.app.warm.bar(true);
            return;
        }
        if let Err(error) = prefill::instructions(&self.app).await {
            // The first question reads them then.
            tracing::debug!(code = error.code().as_str(), "the instructions were not read ahead");
        }
    }

    async fn let_go(&mut self) {
        self.woken = false;
        match self.app.engine.loaded() {
            // A question that is on its way is answered first.
            Some(id) => {
                self.app.engine.let_go(&id).await;
                tracing::info!("the model was let go: nothing was asked of it");
            }
            // It is on its way out already, for another one.
            None => self.change(None).await,
        }
    }
}

/// Whether the computer has hardly any memory left. One that does not say has enough.
fn is_short() -> bool {
    let room = Room::read();
    room.total > 0 && room.available < room.total / SHORT
}
