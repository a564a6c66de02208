//! Stopping, in every phase, and what it must not touch.

use std::time::Duration;

use hearth_domain::{EngineState, FinishReason};
use hearth_engine::Event;
use hearth_testkit::gguf::TinyModel;

use crate::support::{Bench, is_delta, question, read, until};

fn endless() -> TinyModel {
    TinyModel::scripted(&["a ", "b ", "c "]).endless()
}

#[tokio::test]
async fn a_request_that_waits_ends_at_once() {
    let bench = Bench::loaded(&endless(), 1, 0).await;
    bench.lease.hold();
    let running = bench.ask(question("runs", 2000));
    bench.lease.held_back().await;
    let waiting = bench.ask(question("waits", 2000));
    waiting.cancel();
    assert_eq!(read(waiting).await.reason(), FinishReason::Cancelled);
    running.cancel();
    bench.lease.free();
    assert_eq!(read(running).await.reason(), FinishReason::Cancelled);
}

#[tokio::test]
async fn a_request_that_waits_for_its_model_ends_at_once() {
    let bench = Bench::new();
    let spec = bench.write("tiny.gguf", &endless());
    bench.lease.hold();
    let engine = bench.engine.clone();
    let load = tokio::spawn(async move { engine.load(spec).await });
    bench.lease.held_back().await;
    let answer = bench.ask(question("early", 8));
    answer.cancel();
    assert_eq!(read(answer).await.reason(), FinishReason::Cancelled);
    bench.lease.free();
    load.await.unwrap().unwrap();
    assert_eq!(bench.told(question("later", 2)).await.text, "a b ");
}

#[tokio::test]
async fn a_prompt_that_is_being_read_stops_within_the_next_step() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    bench.lease.hold();
    let mut answer = bench.ask(question(&"word ".repeat(500), 10));
    bench.lease.held_back().await;
    bench.lease.allow(1);
    let progress = until(&mut answer, |event| matches!(event, Event::PromptProgress { .. })).await;
    assert!(matches!(progress, Event::PromptProgress { done, total } if 0 < done && done < total));
    bench.lease.held_back().await;
    let before = bench.lease.taken();
    answer.cancel();
    bench.lease.free();
    let told = read(answer).await;
    assert_eq!((told.reason(), told.text.as_str()), (FinishReason::Cancelled, ""));
    assert!(bench.lease.taken() <= before + 1);
}

#[tokio::test]
async fn an_answer_that_is_being_written_stops_within_the_next_step() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    let mut answer = bench.ask(question("go on", 3000));
    until(&mut answer, is_delta).await;
    bench.lease.hold();
    bench.lease.held_back().await;
    let before = bench.lease.taken();
    answer.cancel();
    answer.cancel();
    bench.lease.free();
    let told = read(answer).await;
    assert_eq!(told.reason(), FinishReason::Cancelled);
    assert!(told.usage().completion_tokens > 0);
    assert!(bench.lease.taken() <= before + 1);
}

#[tokio::test]
async fn a_cancel_after_the_end_changes_nothing() {
    let bench = Bench::loaded(&TinyModel::scripted(&["a"]), 2, 0).await;
    let mut answer = bench.ask(question("x", 8));
    let last = until(&mut answer, Event::is_last).await;
    assert!(matches!(last, Event::Finished { reason: FinishReason::Stop, .. }));
    answer.cancel();
    assert!(crate::support::next(&mut answer).await.is_none());
}

#[tokio::test]
async fn dropping_an_answer_in_the_middle_of_a_step_leaves_the_others_as_they_are_alone() {
    let model = TinyModel::random();
    let alone = Bench::loaded(&model, 4, 0).await.told(question("who stays", 40)).await.text;
    let bench = Bench::loaded(&model, 4, 0).await;
    bench.lease.hold();
    let stays = bench.ask(question("who stays", 40));
    let leaves = bench.ask(question("who leaves", 4000));
    bench.lease.held_back().await;
    while !matches!(*bench.engine.state().borrow(), EngineState::Busy { running: 2, .. }) {
        bench.lease.allow(1);
        bench.lease.held_back().await;
        // Time for the second prompt to be made before the first answer is at its end.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bench.lease.allow(3);
    bench.lease.held_back().await;
    // Both take part in the step that is held back: it is stopped when it begins.
    drop(leaves);
    bench.lease.free();
    assert_eq!(read(stays).await.text, alone);
}

#[tokio::test]
async fn what_was_cancelled_serves_the_next_question_as_a_cache() {
    let bench = Bench::loaded(&endless(), 1, 0).await;
    let prompt = "word ".repeat(50);
    let mut answer = bench.ask(question(&prompt, 3000));
    until(&mut answer, is_delta).await;
    answer.cancel();
    let cancelled = read(answer).await.usage();
    let again = bench.told(question(&prompt, 2)).await;
    assert_eq!(again.text, "a b ");
    assert_eq!(again.usage().cached_tokens, cancelled.prompt_tokens - 1);
}
