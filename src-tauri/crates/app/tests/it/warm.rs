//! The model that stays warm, on a clock and a battery that the test moves.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use hearth_app::{App, Clock, Ports, Power, PowerMeter, WantedBy};
use hearth_domain::{EngineState, Timestamp};
use hearth_testkit::gguf::TinyModel;
use serde_json::{Value, json};

use crate::support::{HANG, answer, ask, config, ports, text};

const MINUTE: i64 = 60_000;

/// What the test moves.
#[derive(Clone)]
struct World(Arc<(AtomicI64, AtomicBool)>);

impl World {
    fn new() -> Self {
        Self(Arc::new((AtomicI64::new(1_700_000_000_000), AtomicBool::new(false))))
    }

    fn minutes(&self, minutes: i64) {
        self.0.0.fetch_add(minutes * MINUTE, Ordering::SeqCst);
    }

    fn unplug(&self) {
        self.0.1.store(true, Ordering::SeqCst);
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.0.load(Ordering::SeqCst))
    }
}

impl PowerMeter for World {
    fn read(&self) -> Power {
        Power { on_battery: Some(self.0.1.load(Ordering::SeqCst)), ..Power::default() }
    }
}

async fn open(dir: &Path, world: &World, model: Value) -> Arc<App> {
    let ports = Ports { clock: Arc::new(world.clone()), power: Arc::new(world.clone()), ..ports() };
    let app = App::open(config(dir), ports).await.unwrap();
    app.settings_update(json!({ "model": model })).await.unwrap();
    app
}

async fn becomes(app: &App, wanted: impl Fn(&EngineState) -> bool + Send + Sync) {
    let mut state = app.engine_state();
    let waiting = state.wait_for(|state| wanted(state));
    tokio::time::timeout(HANG, waiting).await.expect("the engine never came there").unwrap();
}

fn cold(state: &EngineState) -> bool {
    matches!(state, EngineState::Empty)
}

fn warm(state: &EngineState) -> bool {
    matches!(state, EngineState::Ready { .. })
}

/// Long enough for a wrong load to begin.
async fn stays_cold(app: &App) {
    let mut state = app.engine_state();
    let leaving = state.wait_for(|state| !cold(state));
    let left = tokio::time::timeout(Duration::from_millis(400), leaving).await;
    assert!(left.is_err(), "the model was loaded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_rests_is_let_go_and_comes_back_with_the_keyboard() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let app = open(dir.path(), &world, json!({ "warm": "idle", "warm_minutes": 20 })).await;
    app.keep_warm();
    becomes(&app, warm).await;
    app.windows_changed(true, true);
    app.windows_changed(false, false);
    world.minutes(19);
    app.windows_changed(true, false);
    world.minutes(20);
    // Whatever changes makes it look at the clock.
    app.pause_background(true);
    becomes(&app, cold).await;
    app.pause_background(false);
    stays_cold(&app).await;
    app.windows_changed(true, true);
    becomes(&app, warm).await;
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_always_loads_whatever_the_policy_and_a_pause() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let app = open(dir.path(), &world, json!({ "warm": "never", "warm_minutes": 5 })).await;
    app.pause_background(true);
    app.keep_warm();
    app.windows_changed(true, true);
    stays_cold(&app).await;
    let started = app.chat_send(ask("What is the capital of France?")).await.unwrap();
    assert!(text(&answer(&app, started.generation).await).contains("Paris"));
    becomes(&app, warm).await;
    world.minutes(5);
    app.windows_changed(true, false);
    // Leaving the window was a sign of life.
    world.minutes(5);
    app.windows_changed(false, false);
    world.minutes(5);
    app.pause_background(false);
    becomes(&app, cold).await;
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_battery_the_other_policy_holds() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let wishes = json!({ "warm": "always", "warm_on_battery": "idle", "warm_minutes": 5 });
    let app = open(dir.path(), &world, wishes).await;
    app.keep_warm();
    becomes(&app, warm).await;
    world.minutes(600);
    app.pause_background(true);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(warm(&app.engine_state().borrow()), "plugged in, it stays");
    world.unplug();
    app.pause_background(false);
    becomes(&app, cold).await;
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_cannot_be_loaded_is_tried_once_and_again_when_it_is_wished_anew() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let app = open(dir.path(), &world, json!({ "warm": "always" })).await;
    let file = dir.path().join("mine.gguf");
    std::fs::write(&file, hearth_testkit::gguf::TinyModel::random().to_bytes()).unwrap();
    let model = app.model_add(file.clone(), true).await.unwrap();
    app.model_set_default(model.id).await.unwrap();
    std::fs::remove_file(&file).unwrap();
    app.keep_warm();
    for _ in 0..3 {
        app.windows_changed(true, true);
        stays_cold(&app).await;
        app.windows_changed(false, false);
    }
    std::fs::write(&file, hearth_testkit::gguf::TinyModel::random().to_bytes()).unwrap();
    app.windows_changed(true, true);
    stays_cold(&app).await;
    app.settings_update(json!({ "model": { "warm": "idle" } })).await.unwrap();
    becomes(&app, warm).await;
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_let_go_by_hand_stays_away_until_it_is_asked() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let app = open(dir.path(), &world, json!({ "warm": "always" })).await;
    app.keep_warm();
    becomes(&app, warm).await;
    app.model_unload(None, None).await.unwrap();
    becomes(&app, cold).await;
    app.windows_changed(true, true);
    stays_cold(&app).await;
    app.model_load(None, WantedBy::Person).await.unwrap();
    assert!(warm(&app.engine_state().borrow()));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_comes_while_the_model_is_let_go_is_answered() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let app = open(dir.path(), &world, json!({ "warm": "never", "warm_minutes": 1 })).await;
    app.keep_warm();
    for _ in 0..4 {
        app.model_load(None, WantedBy::Person).await.unwrap();
        world.minutes(2);
        // The look at the clock and the question race.
        app.pause_background(true);
        let started = app.chat_send(ask("What is the capital of France?")).await.unwrap();
        app.pause_background(false);
        let events = answer(&app, started.generation).await;
        assert!(text(&events).contains("Paris"), "{events:?}");
    }
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_a_program_asked_for_is_let_go_after_a_while_and_the_person_s_own_stays() {
    let (dir, world) = (tempfile::tempdir().unwrap(), World::new());
    let app = open(dir.path(), &world, json!({ "warm": "always", "warm_minutes": 20 })).await;
    app.keep_warm();
    becomes(&app, warm).await;
    let file = dir.path().join("theirs.gguf");
    std::fs::write(&file, TinyModel::random().to_bytes()).unwrap();
    let theirs = app.model_add(file, true).await.unwrap().id;
    app.model_load(Some(theirs), WantedBy::Program).await.unwrap();
    assert_eq!(app.engines_beside().borrow().len(), 1);
    world.minutes(21);
    // Whatever changes makes it look at the clock.
    app.windows_changed(true, false);
    let mut beside = app.engines_beside();
    let gone = tokio::time::timeout(HANG, beside.wait_for(Vec::is_empty)).await;
    gone.expect("it was never let go").unwrap();
    let front = app.engine_state().borrow().clone();
    assert_eq!(front.loaded().map(|(id, _)| id.clone()), Some(app.default_model().unwrap()));
    app.shutdown().await;
}
