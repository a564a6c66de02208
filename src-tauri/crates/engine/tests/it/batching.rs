//! Many answers in one context.

use hearth_domain::{EngineState, FinishReason};
use hearth_engine::Error;
use hearth_testkit::gguf::TinyModel;

use crate::support::{Bench, assistant, chat, question, read, user};

#[tokio::test]
async fn eight_answers_are_written_in_one_step() {
    let model = TinyModel::scripted(&["one ", "two ", "three "]).endless();
    let bench = Bench::loaded(&model, 8, 0).await;
    let requests = (0..8).map(|i| bench.ask(question(&format!("question {i}"), 400)));
    let answers: Vec<_> = requests.collect();
    let mut widest = 0;
    for answer in answers {
        let told = read(answer).await;
        assert_eq!(told.reason(), FinishReason::Length);
        assert_eq!(told.usage().completion_tokens, 400);
        assert!(told.text.starts_with("one two three one two "), "{}", told.text);
        widest = widest.max(told.timing().batch_width);
    }
    assert!(widest >= 4, "at most {widest} together");
}

#[tokio::test]
async fn an_answer_among_others_is_the_one_it_is_alone() {
    let model = TinyModel::random();
    let bench = Bench::loaded(&model, 8, 0).await;
    let mut alone = Vec::new();
    for i in 0..4 {
        alone.push(bench.told(question(&format!("{i} is the question"), 24)).await.text);
    }
    assert_ne!(alone[0], alone[1], "the model must listen to what is asked");
    let together = Bench::loaded(&model, 8, 0).await;
    together.lease.hold();
    let answers: Vec<_> =
        (0..4).map(|i| together.ask(question(&format!("{i} is the question"), 24))).collect();
    together.lease.held_back().await;
    together.lease.free();
    for (answer, alone) in answers.into_iter().zip(alone) {
        assert_eq!(read(answer).await.text, alone);
    }
}

#[tokio::test]
async fn the_second_turn_of_a_chat_does_not_read_the_first_again() {
    let model = TinyModel::scripted(&["Pa", "ris"]);
    let bench = Bench::loaded(&model, 4, 0).await;
    let first = bench.told(question("The capital of France?", 16)).await;
    assert_eq!((first.text.as_str(), first.usage().cached_tokens), ("Paris", 0));
    let turns = vec![user("The capital of France?"), assistant("Paris"), user("And of Spain?")];
    let second = bench.told(chat(turns, 16)).await.usage();
    assert!(second.cached_tokens >= first.usage().prompt_tokens, "{second:?}");
    assert!(second.cached_tokens < second.prompt_tokens);
}

#[tokio::test]
async fn common_instructions_are_shared_between_chats_that_run() {
    let bench = Bench::loaded(&TinyModel::scripted(&["yes"]).endless(), 4, 0).await;
    let common = "These are long instructions that every chat begins with. ".repeat(4);
    let mut first = bench.ask(question(&format!("{common}one"), 3000));
    crate::support::until(&mut first, crate::support::is_delta).await;
    let second = bench.told(question(&format!("{common}two"), 4)).await.usage();
    assert!(second.cached_tokens as usize >= common.len(), "{second:?}");
}

#[tokio::test]
async fn more_requests_than_sequences_wait_and_are_answered() {
    let bench = Bench::loaded(&TinyModel::scripted(&["a", "b", "c"]), 2, 0).await;
    let answers: Vec<_> = (0..10).map(|i| bench.ask(question(&format!("{i}"), 8))).collect();
    for answer in answers {
        assert_eq!(read(answer).await.text, "abc");
    }
}

#[tokio::test]
async fn a_full_queue_is_said_at_once() {
    let bench = Bench::with_queue(2);
    let spec = bench.write("tiny.gguf", &TinyModel::scripted(&["a"]));
    bench.engine.load(hearth_engine::ModelSpec { parallel: 1, ..spec }).await.unwrap();
    bench.lease.hold();
    let running = bench.ask(question("runs", 8));
    bench.lease.held_back().await;
    let waiting = [bench.ask(question("waits", 8)), bench.ask(question("waits too", 8))];
    let refused = bench.engine.submit(question("too many", 8)).map(drop);
    assert!(matches!(refused, Err(Error::QueueFull { limit: 2, .. })), "{refused:?}");
    bench.lease.free();
    for answer in [running].into_iter().chain(waiting) {
        assert_eq!(read(answer).await.text, "a");
    }
    bench.ask(question("there is room again", 8));
}

#[tokio::test]
async fn when_the_shared_context_is_full_the_newest_wait_and_all_are_answered() {
    let model = TinyModel::scripted(&["a ", "b "]).endless().context_length(1024);
    let bench = Bench::loaded(&model, 4, 1024).await;
    let answers: Vec<_> = ["first", "second", "third"]
        .map(|text| {
            let mut request = question(text, 1);
            request.sampling.max_tokens = None;
            bench.ask(request)
        })
        .into_iter()
        .collect();
    for answer in answers {
        let told = read(answer).await;
        assert_eq!(told.reason(), FinishReason::Length);
        let words = told.usage().completion_tokens as usize;
        assert_eq!(told.text, "a b ".repeat(words / 2) + if words % 2 == 1 { "a " } else { "" });
    }
    let after = bench.told(question("after", 3)).await;
    assert_eq!(after.text, "a b a ");
    bench.state(|state| matches!(state, EngineState::Ready { .. })).await;
}

#[tokio::test]
async fn old_chats_make_room_for_new_ones() {
    let model = TinyModel::scripted(&["a "]).endless().context_length(512);
    let bench = Bench::loaded(&model, 4, 512).await;
    for i in 0..12 {
        let told = bench.told(question(&format!("{i}{}", "x".repeat(150)), 100)).await;
        assert_eq!(told.reason(), FinishReason::Length);
    }
}
