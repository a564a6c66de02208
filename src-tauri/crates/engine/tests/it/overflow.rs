//! Conversations that do not fit the context, and answers that reach its end.

use hearth_domain::{ErrorCode, FinishReason};
use hearth_engine::{Error, Overflow};
use hearth_testkit::gguf::TinyModel;

use crate::support::{Bench, assistant, chat, question, user};

fn model() -> TinyModel {
    TinyModel::scripted(&["a ", "b "]).endless().context_length(512)
}

#[tokio::test]
async fn a_prompt_that_does_not_fit_is_refused_with_its_counts() {
    let bench = Bench::loaded(&model(), 2, 512).await;
    let told = bench.told(question(&"x".repeat(600), 8)).await;
    let Some(Error::PromptTooLong { tokens, limit }) = told.error else { panic!("{told:?}") };
    assert!(tokens > 600 && limit == 511);
    assert_eq!(told.error.unwrap().code(), ErrorCode::PromptTooLong);
    assert_eq!(bench.told(question("short", 2)).await.text, "a b ");
}

#[tokio::test]
async fn the_oldest_turns_are_left_out_where_that_is_asked_for_and_it_is_said() {
    let bench = Bench::loaded(&model(), 2, 512).await;
    let mut turns = Vec::new();
    for i in 0..10 {
        turns.push(user(&format!("question {i} {}", "x".repeat(40))));
        turns.push(assistant(&format!("answer {i}")));
    }
    turns.push(user("last"));
    let mut request = chat(turns, 16);
    let refused = bench.told(request.clone()).await;
    assert!(matches!(refused.error, Some(Error::PromptTooLong { .. })), "{refused:?}");
    request.overflow = Overflow::DropOldest;
    let told = bench.told(request.clone()).await;
    let omitted = told.omitted.expect("it must be said");
    assert!(omitted.messages > 0 && omitted.tokens > 0, "{omitted:?}");
    assert!(told.usage().prompt_tokens <= 512 - 16, "the answer has the room it asked for");
    assert_eq!(told.usage().completion_tokens, 16);

    request.messages.extend([assistant("a b "), user("and more")]);
    let next = bench.told(request).await;
    assert_eq!(next.omitted.unwrap().messages, omitted.messages, "the cut stays for a while");
    assert!(next.usage().cached_tokens > told.usage().prompt_tokens / 2);
}

#[tokio::test]
async fn a_single_question_that_does_not_fit_is_refused_whatever_was_asked_for() {
    let bench = Bench::loaded(&model(), 2, 512).await;
    let mut request = question(&"x".repeat(600), 8);
    request.overflow = Overflow::DropOldest;
    let told = bench.told(request).await;
    assert!(matches!(told.error, Some(Error::PromptTooLong { .. })), "{told:?}");
    assert!(told.omitted.is_none());
}

#[tokio::test]
async fn an_answer_that_reaches_the_end_of_the_context_says_so() {
    let bench = Bench::loaded(&model(), 2, 0).await;
    let mut request = question("without end", 1);
    request.sampling.max_tokens = None;
    let told = bench.told(request).await;
    assert_eq!(told.reason(), FinishReason::Length);
    assert_eq!(told.usage().prompt_tokens + told.usage().completion_tokens, 512);
}

#[tokio::test]
async fn a_megabyte_is_refused_and_the_engine_lives() {
    let bench = Bench::loaded(&model(), 2, 512).await;
    let told = bench.told(question(&"lorem ipsum ".repeat(90_000), 8)).await;
    assert!(matches!(told.error, Some(Error::PromptTooLong { .. })), "{:?}", told.error);
    let binary: String = (0..=255u8).map(char::from).filter(|c| *c != '\0').collect();
    assert_eq!(bench.told(question(&binary, 2)).await.text, "a b ");
    assert_eq!(bench.told(question("\0", 2)).await.text, "a b ");
}
