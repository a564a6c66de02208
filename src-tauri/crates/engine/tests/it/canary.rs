//! Files that were never loaded, tried in a child process.

use std::{fs, path::PathBuf, time::Duration};

use hearth_domain::{EngineState, ErrorCode, ModelId};
use hearth_engine::{Error, Measurement, Trial, Tried};
use hearth_testkit::gguf::{TinyModel, cases, ends_the_process, no_numbers};

use crate::support::{Bench, HANG};

fn trial(path: PathBuf) -> Trial {
    Trial { id: ModelId("new".into()), name: "New".into(), path, gently: false, front: true }
}

async fn attempt(bench: &Bench, bytes: &[u8]) -> Result<Tried, Error> {
    let path = bench.dir.path().join("new.gguf");
    fs::write(&path, bytes).unwrap();
    let trying = bench.engine.try_model(trial(path));
    tokio::time::timeout(HANG, trying).await.expect("the trial never ended").map(|found| found.0)
}

#[tokio::test]
async fn a_sound_file_passes_and_its_memory_is_known_at_every_context() {
    let bench = Bench::new();
    let tried = attempt(&bench, &TinyModel::random().to_bytes()).await.unwrap();
    assert!(tried.restorable);
    let (small, large) = (tried.footprint.at(2048), tried.footprint.at(4096));
    // Two layers, two heads of 16 keys and 16 values, two bytes each.
    assert_eq!(large.kv_cache - small.kv_cache, 2048 * 2 * 2 * 32 * 2);
    assert!(small.weights > 100_000 && small.compute > 0, "{small:?}");
    assert_eq!(*bench.engine.state().borrow(), EngineState::Empty);
}

#[tokio::test]
async fn what_was_estimated_is_what_loading_takes() {
    let bench = Bench::new();
    let spec = bench.write("sound.gguf", &TinyModel::random());
    let (tried, _) = bench.engine.try_model(trial(spec.path.clone())).await.unwrap();
    let spec = hearth_engine::ModelSpec { n_ctx: 2048, ..spec };
    bench.engine.load(spec).await.unwrap();
    let EngineState::Ready { memory, .. } = bench.engine.state().borrow().clone() else {
        panic!("it is not ready");
    };
    let estimated = tried.footprint.at(memory.context);
    assert_eq!(estimated.kv_cache, memory.kv_cache);
    let off = estimated.total().abs_diff(memory.total());
    assert!(off < memory.total() / 4, "{estimated:?} {memory:?}");
}

#[tokio::test]
async fn a_file_that_ends_its_process_ends_the_child_alone() {
    let bench = Bench::new();
    let error = attempt(&bench, &ends_the_process()).await.unwrap_err();
    assert!(matches!(error, Error::Crashes), "{error:?}");
    assert_eq!(error.code(), ErrorCode::ModelCrashes);
    let EngineState::Failed { code, .. } = bench.engine.state().borrow().clone() else {
        panic!("the failure was not told");
    };
    assert_eq!(code, ErrorCode::ModelCrashes);
    // And the engine goes on.
    bench.engine.load(bench.write("sound.gguf", &TinyModel::random())).await.unwrap();
}

#[tokio::test]
async fn every_lying_file_is_a_clean_error_through_the_whole_path() {
    let bench = Bench::new();
    for case in cases() {
        let error = attempt(&bench, &case.bytes).await.unwrap_err();
        assert!(matches!(error, Error::File(_)), "{}: {error:?}", case.name);
    }
}

#[tokio::test]
async fn weights_that_are_no_numbers_are_refused() {
    let bench = Bench::new();
    let error = attempt(&bench, &no_numbers()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelFileInvalid, "{error:?}");
}

#[tokio::test]
async fn a_program_that_is_no_worker_leaves_the_file_untried() {
    let bench = Bench::with_worker(std::env::current_exe().unwrap().with_file_name("no-such"));
    let error = attempt(&bench, &TinyModel::random().to_bytes()).await.unwrap_err();
    assert!(matches!(error, Error::Untried), "{error:?}");
}

#[tokio::test]
async fn a_trial_can_be_stopped_and_leaves_nothing_behind() {
    let bench = Bench::new();
    let path = bench.dir.path().join("slow.gguf");
    TinyModel::random().layers(200).write(&path).unwrap();
    let engine = bench.engine.clone();
    let trying = tokio::spawn(async move { engine.try_model(trial(path)).await.map(|_| ()) });
    let mut state = bench.engine.state();
    state.wait_for(|state| matches!(state, EngineState::Loading { .. })).await.unwrap();
    bench.engine.cancel_load(None);
    let stopped = tokio::time::timeout(HANG, trying).await.unwrap().unwrap();
    assert!(matches!(stopped, Err(Error::LoadCancelled)), "{stopped:?}");
    assert_eq!(*bench.engine.state().borrow(), EngineState::Empty);
}

#[tokio::test]
async fn unloading_one_model_does_not_stop_the_trial_of_another() {
    let bench = Bench::new();
    let path = bench.dir.path().join("slow.gguf");
    TinyModel::random().layers(200).write(&path).unwrap();
    let engine = bench.engine.clone();
    let trying = tokio::spawn(async move { engine.try_model(trial(path)).await.map(|_| ()) });
    let mut state = bench.engine.state();
    state.wait_for(|state| matches!(state, EngineState::Loading { .. })).await.unwrap();
    let other = ModelId("other".into());
    bench.engine.cancel_load(Some(&other));
    bench.engine.unload(Some(&other)).await;
    tokio::time::timeout(HANG, trying).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_loaded_model_answers_on_while_another_is_tried() {
    let bench = Bench::new();
    bench.engine.load(bench.write("first.gguf", &TinyModel::random())).await.unwrap();
    let before = bench.engine.state().borrow().clone();
    attempt(&bench, &TinyModel::random().seed(2).to_bytes()).await.unwrap();
    attempt(&bench, &ends_the_process()).await.unwrap_err();
    assert_eq!(*bench.engine.state().borrow(), before);
}

#[tokio::test]
async fn a_model_is_measured_in_a_child_and_what_is_found_fits_this_computer() {
    let bench = Bench::new();
    let path = bench.write("sound.gguf", &TinyModel::random()).path;
    let measurement = Measurement { path, thorough: true };
    let measuring = bench.engine.measure(measurement, std::sync::Arc::new(|| true));
    let found = tokio::time::timeout(HANG, measuring).await.unwrap().unwrap();
    let most = std::thread::available_parallelism().unwrap().get() as u32;
    assert!((1..=most).contains(&found.threads) && (1..=most).contains(&found.threads_batch));
    assert_eq!(found.steps.iter().map(|step| step.width).collect::<Vec<_>>(), [1, 2, 4, 8]);
    assert!(found.steps.iter().all(|step| step.micros > 0));
    assert!(found.prefill_per_second > 0 && found.decode_per_second() > 0.0);
    assert!([128, 256, 512].contains(&found.batch));
}

#[tokio::test]
async fn measuring_ends_when_something_more_urgent_comes() {
    let bench = Bench::new();
    let path = bench.write("sound.gguf", &TinyModel::random().layers(40)).path;
    let measurement = Measurement { path, thorough: true };
    let measuring = bench.engine.measure(measurement, std::sync::Arc::new(|| false));
    let ended = tokio::time::timeout(Duration::from_secs(100), measuring).await.unwrap();
    assert!(matches!(ended, Err(Error::LoadCancelled)), "{ended:?}");
}
