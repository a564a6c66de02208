//! No file is loaded before it was tried in a child; what was found is kept by content and build.

use std::{fs, path::PathBuf};

use hearth_app::{App, AppConfig, WantedBy};
use hearth_domain::{Consent, EngineState, ErrorCode, Fit, ModelChoice, ModelId, Verdict};
use hearth_testkit::gguf::{TinyModel, cases, ends_the_process};

use crate::support::{config, open, ports};

async fn add(app: &App, dir: &tempfile::TempDir, bytes: &[u8]) -> Result<ModelId, ErrorCode> {
    let path = dir.path().join("some.gguf");
    fs::write(&path, bytes).unwrap();
    app.model_add(path, true).await.map(|model| model.id).map_err(|error| error.code())
}

async fn model(app: &App, id: &ModelId) -> hearth_domain::Model {
    app.model_list().await.unwrap().into_iter().find(|model| model.id == *id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_is_tried_once_and_its_verdict_outlives_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let id = add(&app, &dir, &TinyModel::random().to_bytes()).await.unwrap();
    assert_eq!(model(&app, &id).await.verdict, Verdict::Untried);
    app.model_load(Some(id.clone()), WantedBy::Person).await.unwrap();
    let tried = model(&app, &id).await;
    assert_eq!(tried.verdict, Verdict::Good);
    app.shutdown().await;
    drop(app);
    // Without a worker nothing could be tried: it is loaded because the verdict is known.
    let without = AppConfig { worker_exe: None, ..config(dir.path()) };
    let app = App::open(without, ports()).await.unwrap();
    assert_eq!(model(&app, &id).await.verdict, Verdict::Good);
    assert_eq!(model(&app, &id).await.memory_needed, tried.memory_needed);
    app.model_load(Some(id), WantedBy::Person).await.unwrap();
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_worker_an_unknown_file_is_not_loaded_and_not_blamed() {
    let dir = tempfile::tempdir().unwrap();
    let without = AppConfig { worker_exe: None, ..config(dir.path()) };
    let app = App::open(without, ports()).await.unwrap();
    let id = add(&app, &dir, &TinyModel::random().to_bytes()).await.unwrap();
    let error = app.model_load(Some(id.clone()), WantedBy::Person).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelUntried);
    assert_eq!(model(&app, &id).await.verdict, Verdict::Untried);
    // The bundled one needs no trial.
    app.model_load(None, WantedBy::Person).await.unwrap();
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_ends_its_process_costs_a_child_and_is_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let id = add(&app, &dir, &ends_the_process()).await.unwrap();
    let error = app.model_load(Some(id.clone()), WantedBy::Person).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelCrashes);
    let bad = Verdict::Bad { code: ErrorCode::ModelCrashes };
    assert_eq!(model(&app, &id).await.verdict, bad);
    // Known now: refused at once, and tried again only when asked.
    let again = app.model_load(Some(id.clone()), WantedBy::Person).await.unwrap_err();
    assert_eq!(again.code(), ErrorCode::ModelCrashes);
    assert_eq!(app.model_try(id.clone()).await.unwrap_err().code(), ErrorCode::ModelCrashes);
    // The process lives and answers.
    app.model_load(None, WantedBy::Person).await.unwrap();
    assert!(matches!(*app.engine_state().borrow(), EngineState::Ready { .. }));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lying_file_is_refused_with_a_code_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let before = app.model_list().await.unwrap().len();
    for case in cases() {
        let code = add(&app, &dir, &case.bytes).await.unwrap_err();
        let clean = matches!(code, ErrorCode::ModelFileInvalid | ErrorCode::ModelUnsupported);
        assert!(clean, "{}: {code:?}", case.name);
    }
    assert_eq!(app.model_list().await.unwrap().len(), before);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_does_not_hold_for_a_file_that_was_changed_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let id = add(&app, &dir, &TinyModel::random().to_bytes()).await.unwrap();
    app.model_load(Some(id.clone()), WantedBy::Person).await.unwrap();
    app.model_unload(None, None).await.unwrap();
    let path = dir.path().join("some.gguf");
    fs::write(&path, ends_the_process()).unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(9);
    fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
    let error = app.model_load(Some(id), WantedBy::Person).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelFileInvalid);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_with_a_context_that_does() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    config.context_size = None;
    let app = App::open(config, ports()).await.unwrap();
    // A context of a million tokens of a network this wide takes more than any computer here has.
    let wide = TinyModel::random().layers(400).context_length(1_048_576);
    let id = add(&app, &dir, &wide.to_bytes()).await.unwrap();
    let choice = ModelChoice { context: Some(1_048_576), ..ModelChoice::default() };
    let model = app.model_configure(id.clone(), choice).await.unwrap();
    if model.fit != Fit::TooBig {
        // 53 GB are not too much here; then there is nothing to refuse.
        assert!(hearth_engine_memory() > 50_000_000_000);
        return;
    }
    let error = app.model_load(Some(id.clone()), WantedBy::Person).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelTooBig);
    let details = error.details().unwrap();
    let largest = details["largest_context"].as_u64().unwrap() as u32;
    assert!((256..1_048_576).contains(&largest), "{details}");
    let fits = app.model_estimate(id.clone(), Some(largest / 2)).await.unwrap();
    assert_ne!(fits.fit, Fit::TooBig);
    assert!(details["needed"].as_u64().unwrap() > details["available"].as_u64().unwrap());
    let choice = ModelChoice { context: Some(512), ..ModelChoice::default() };
    app.model_configure(id.clone(), choice).await.unwrap();
    app.model_load(Some(id), WantedBy::Person).await.unwrap();
    app.shutdown().await;
}

fn hearth_engine_memory() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:")).unwrap_or("0 kB");
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or(0) * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn how_a_model_is_run_is_kept_checked_and_forgotten_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let id = add(&app, &dir, &TinyModel::random().to_bytes()).await.unwrap();
    let wrong = ModelChoice { context: Some(1), ..ModelChoice::default() };
    let refused = app.model_configure(id.clone(), wrong).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    let choice = ModelChoice { context: Some(1024), threads: Some(1), ..ModelChoice::default() };
    let model = app.model_configure(id.clone(), choice.clone()).await.unwrap();
    assert_eq!(model.choice, choice);
    app.model_remove(id.clone(), true).await.unwrap();
    assert!(dir.path().join("some.gguf").exists(), "it is not in Hearth's own folder");
    let again = add(&app, &dir, &TinyModel::random().to_bytes()).await.unwrap();
    assert_eq!(again, id);
    let list = app.model_list().await.unwrap();
    let model = list.into_iter().find(|model| model.id == id).unwrap();
    assert_eq!((model.choice, model.consent), (ModelChoice::default(), Consent::Given));
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_hearths_own_folder_can_be_deleted_with_its_model() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    let ours: PathBuf = dir.path().join("models/ours.gguf");
    fs::create_dir_all(ours.parent().unwrap()).unwrap();
    TinyModel::random().write(&ours).unwrap();
    let model = app.model_add(ours.clone(), true).await.unwrap();
    assert!(model.ours);
    app.model_remove(model.id.clone(), false).await.unwrap();
    assert!(ours.exists(), "nobody asked for its end");
    let model = app.model_add(ours.clone(), true).await.unwrap();
    app.model_remove(model.id, true).await.unwrap();
    assert!(!ours.exists());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_measurement_is_kept_shown_and_used_for_the_next_load() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    config.threads = None;
    let app = App::open(config, ports()).await.unwrap();
    let id = add(&app, &dir, &TinyModel::random().to_bytes()).await.unwrap();
    assert!(app.model_speeds(id.clone()).await.unwrap().is_empty());
    let measured = app.model_bench(Some(id.clone())).await.unwrap();
    assert!(measured.asked && measured.decode_per_second > 0.0 && measured.step_ms.len() == 4);
    assert_eq!(app.model_speeds(id.clone()).await.unwrap(), std::slice::from_ref(&measured));
    assert_eq!(model(&app, &id).await.speed, Some(measured));
    app.model_load(Some(id), WantedBy::Person).await.unwrap();
    app.shutdown().await;
}
