//! Loading, replacing, unloading, failing: one state, and a process that lives.

use hearth_domain::{EngineState, ErrorCode, FinishReason, ModelId, Priority};
use hearth_engine::{Error, ModelSpec, Request};
use hearth_testkit::gguf::{TinyModel, cases};

use crate::support::{Bench, HANG, is_delta, question, read, spec, tiny, until};

fn endless() -> TinyModel {
    TinyModel::scripted(&["a ", "b "]).endless()
}

#[tokio::test]
async fn the_state_follows_a_model_from_loading_to_busy_to_gone() {
    let bench = Bench::new();
    assert_eq!(*bench.engine.state().borrow(), EngineState::Empty);
    assert!(matches!(bench.engine.submit(question("x", 1)).map(drop), Err(Error::NotLoaded)));
    bench.lease.hold();
    let (engine, spec) = (bench.engine.clone(), bench.write("tiny.gguf", &endless()));
    let load = tokio::spawn(async move { engine.load(spec).await });
    bench.state(|state| matches!(state, EngineState::Loading { .. })).await;
    assert_eq!(bench.engine.loaded(), None);
    bench.lease.free();
    load.await.unwrap().unwrap();
    assert_eq!(bench.engine.loaded(), Some(ModelId("tiny.gguf".into())));
    let EngineState::Ready { memory, .. } = bench.engine.state().borrow().clone() else {
        panic!("not ready")
    };
    assert!(memory.kv_cache > 0 && memory.context > 0, "{memory:?}");
    let mut answer = bench.ask(question("x", 3000));
    until(&mut answer, is_delta).await;
    bench.state(|state| matches!(state, EngineState::Busy { running: 1, .. })).await;
    drop(answer);
    bench.state(|state| matches!(state, EngineState::Ready { .. })).await;
    bench.engine.unload(None).await;
    assert_eq!(*bench.engine.state().borrow(), EngineState::Empty);
    assert_eq!(bench.engine.loaded(), None);
}

#[tokio::test]
async fn work_in_the_background_is_not_shown_and_a_model_that_is_let_go_ends_it_first() {
    let bench = Bench::loaded(&endless(), 4, 2048).await;
    bench.lease.hold();
    let request = Request { priority: Priority::Background, ..question("x", 4) };
    let answer = bench.ask(request);
    bench.lease.held_back().await;
    assert!(matches!(*bench.engine.state().borrow(), EngineState::Ready { .. }));
    let gone = bench.engine.let_go(&tiny());
    assert!(matches!(bench.engine.submit(question("y", 1)).map(drop), Err(Error::NotLoaded)));
    bench.lease.free();
    gone.await;
    assert_eq!(read(answer).await.text, "a b a b ");
    assert_eq!(*bench.engine.state().borrow(), EngineState::Empty);
    bench.engine.load(bench.write("again.gguf", &endless())).await.unwrap();
    assert_eq!(bench.told(question("x", 2)).await.text, "a b ");
}

#[tokio::test]
async fn work_in_the_background_that_waits_is_not_shown_either_and_a_model_rests_beside_it() {
    let bench = Bench::loaded(&endless(), 1, 2048).await;
    bench.lease.hold();
    let ask = || bench.ask(Request { priority: Priority::Background, ..question("x", 4) });
    let answers = [ask(), ask(), ask()];
    bench.lease.held_back().await;
    bench.lease.allow(1);
    bench.lease.held_back().await;
    let shown = bench.engine.state().borrow().clone();
    assert!(matches!(shown, EngineState::Ready { .. }), "{shown:?}");
    bench.lease.free();
    for answer in answers {
        assert_eq!(read(answer).await.text, "a b a b ");
    }
}

#[tokio::test]
async fn a_file_that_is_refused_leaves_the_engine_ready_for_another() {
    let bench = Bench::new();
    let missing = spec(&bench.dir.path().join("missing.gguf"));
    let error = bench.engine.load(missing).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelFileMissing);
    let failed = |state: &EngineState| matches!(state, EngineState::Failed { .. });
    assert!(failed(&bench.engine.state().borrow()));
    for case in cases().into_iter().filter(|case| case.name.starts_with("cut_")) {
        let path = bench.dir.path().join(case.name);
        std::fs::write(&path, case.bytes).unwrap();
        let error = bench.engine.load(spec(&path)).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::ModelFileInvalid, "{}", case.name);
        assert!(failed(&bench.engine.state().borrow()));
        assert!(!error.to_string().contains(case.name), "no path in a message");
        assert!(bench.engine.inspect(&path).is_err());
    }
    assert!(matches!(bench.engine.submit(question("x", 1)).map(drop), Err(Error::NotLoaded)));
    bench.engine.load(bench.write("good.gguf", &endless())).await.unwrap();
    assert_eq!(bench.told(question("x", 2)).await.text, "a b ");
}

#[tokio::test]
async fn a_header_says_what_a_model_needs() {
    let bench = Bench::new();
    let spec = bench.write("tiny.gguf", &endless());
    let facts = bench.engine.inspect(&spec.path).unwrap();
    assert_eq!((facts.architecture.as_str(), facts.context_length), ("llama", 4096));
    assert!(facts.memory_needed > facts.file_size);
}

#[tokio::test]
async fn loading_can_be_cancelled_and_tried_again() {
    let bench = Bench::new();
    let spec = bench.write("tiny.gguf", &endless());
    bench.lease.hold();
    let (engine, first) = (bench.engine.clone(), spec.clone());
    let load = tokio::spawn(async move { engine.load(first).await });
    bench.lease.held_back().await;
    let waiting = bench.ask(question("early", 8));
    bench.engine.cancel_load(None);
    bench.lease.free();
    assert!(matches!(load.await.unwrap(), Err(Error::LoadCancelled)));
    assert!(matches!(read(waiting).await.error, Some(Error::LoadCancelled)));
    bench.state(|state| *state == EngineState::Empty).await;
    bench.engine.load(spec).await.unwrap();
    assert_eq!(bench.told(question("x", 2)).await.text, "a b ");
}

#[tokio::test]
async fn asking_for_the_same_model_twice_loads_it_once() {
    let bench = Bench::new();
    let spec = bench.write("tiny.gguf", &endless());
    bench.lease.hold();
    let load = |spec: ModelSpec| {
        let engine = bench.engine.clone();
        tokio::spawn(async move { engine.load(spec).await })
    };
    let first = load(spec.clone());
    bench.lease.held_back().await;
    let before = bench.lease.taken();
    let second = load(spec.clone());
    bench.lease.free();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    bench.engine.load(spec).await.unwrap();
    assert_eq!(bench.lease.taken(), before + 1, "one load takes one step");
}

#[tokio::test]
async fn a_model_that_is_replaced_finishes_its_answers_first() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    let mut answer = bench.ask(question("x", 200));
    until(&mut answer, is_delta).await;
    let other = bench.write("other.gguf", &TinyModel::scripted(&["other"]));
    bench.engine.load(other).await.unwrap();
    let told = read(answer).await;
    assert_eq!((told.reason(), told.usage().completion_tokens), (FinishReason::Length, 200));
    assert_eq!(bench.told(question("x", 8)).await.text, "other");
}

#[tokio::test]
async fn unloading_ends_answers_with_an_error_that_says_so_and_frees_the_file() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    let mut answer = bench.ask(question("x", 4000));
    until(&mut answer, is_delta).await;
    assert!(is_mapped(&bench));
    bench.engine.unload(None).await;
    let told = read(answer).await;
    assert!(matches!(told.error, Some(Error::Unloaded)), "{told:?}");
    assert!(cfg!(not(target_os = "linux")) || !is_mapped(&bench));
    assert!(matches!(bench.engine.count_tokens("x").await, Err(Error::NotLoaded)));
    bench.engine.unload(None).await;
}

/// Whether the model's file is part of this process's memory; known on Linux.
fn is_mapped(bench: &Bench) -> bool {
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return true };
    maps.contains(bench.dir.path().to_str().unwrap())
}

#[tokio::test]
async fn a_panic_ends_the_model_and_neither_the_process_nor_the_engine() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    let spec = spec(&bench.dir.path().join("tiny.gguf"));
    let mut answer = bench.ask(question("x", 4000));
    until(&mut answer, is_delta).await;
    bench.lease.panic_next();
    let told = read(answer).await;
    assert!(matches!(told.error, Some(Error::Panicked)), "{told:?}");
    assert!(!told.text.is_empty() || told.end.is_none());
    bench.state(|state| matches!(state, EngineState::Failed { .. })).await;
    bench.lease.calm();
    bench.engine.load(spec).await.unwrap();
    assert_eq!(bench.told(question("x", 2)).await.text, "a b ");
}

#[tokio::test]
async fn shutting_down_ends_everything_for_good() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    let mut answer = bench.ask(question("x", 4000));
    until(&mut answer, is_delta).await;
    tokio::time::timeout(HANG, bench.engine.shutdown()).await.unwrap();
    assert!(matches!(read(answer).await.error, Some(Error::ShuttingDown)));
    assert!(matches!(bench.engine.submit(question("x", 1)).map(drop), Err(Error::ShuttingDown)));
    let spec = spec(&bench.dir.path().join("tiny.gguf"));
    assert!(matches!(bench.engine.load(spec).await, Err(Error::ShuttingDown)));
    bench.engine.shutdown().await;
}
