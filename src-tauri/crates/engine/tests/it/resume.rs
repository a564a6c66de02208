//! Answers that ended too soon and go on.

use hearth_domain::FinishReason;
use hearth_engine::{Begun, Overflow, Request, Turn};
use hearth_testkit::gguf::TinyModel;

use crate::support::{Bench, Told, assistant, chat, spec, system, user};

/// Renders as the tiny models expect, and says that thoughts are marked.
const THINKING: &str = "{%- for message in messages -%}\
    {{- '<|' + message.role + '|>' + message.content + '<|end|>' -}}{%- endfor -%}\
    {%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}\
    {#- <think> </think> -#}";

fn goes_on(request: &Request, told: &Told, max_tokens: u32) -> Request {
    let begun = Begun { content: told.text.clone(), reasoning: told.reasoning.clone() };
    let mut next = Request { begun: Some(begun), ..request.clone() };
    next.sampling.max_tokens = Some(max_tokens);
    next
}

#[tokio::test]
async fn an_answer_that_goes_on_tells_only_what_is_new() {
    let model = TinyModel::scripted(&["O", "n", "e", " ", "t", "w", "o"]);
    let bench = Bench::loaded(&model, 2, 0).await;
    let request = chat(vec![user("count")], 3);
    let first = bench.told(request.clone()).await;
    assert_eq!((first.text.as_str(), first.reason()), ("One", FinishReason::Length));
    let rest = bench.told(goes_on(&request, &first, 64)).await;
    assert_eq!((rest.text.as_str(), rest.reason()), (" two", FinishReason::Stop));
    // The last word was never read by the model; all before it is still in the cache.
    assert_eq!(rest.usage().cached_tokens, first.usage().prompt_tokens + 2);
}

#[tokio::test]
async fn a_thought_goes_on_as_a_thought_and_an_answer_behind_one_as_an_answer() {
    let pieces = ["<think>", "x", "y", "</think>", "P", "A", "R", "I", "S"];
    let model = TinyModel::scripted(&pieces).template(Some(THINKING));
    let bench = Bench::loaded(&model, 2, 0).await;
    for cut in 1..9 {
        let request = chat(vec![user("capital")], cut);
        let first = bench.told(request.clone()).await;
        let rest = bench.told(goes_on(&request, &first, 64)).await;
        let whole = (first.reasoning + &rest.reasoning, first.text + &rest.text);
        assert_eq!(whole, ("xy".into(), "PARIS".into()), "cut behind {cut}");
    }
}

#[tokio::test]
async fn the_bundled_model_goes_on_with_the_very_words_it_would_have_said() {
    let bench = Bench::new();
    bench.engine.load(spec(&hearth_testkit::bundled_model())).await.unwrap();
    let mut request = chat(
        vec![
            system("You are a helpful assistant."),
            user("Say hello."),
            assistant("Hello!"),
            user("Write about the sea, with a list of three fish."),
        ],
        64,
    );
    for penalty in [None, Some(1.2)] {
        request.sampling.repeat_penalty = penalty;
        request.sampling.max_tokens = Some(64);
        let whole = bench.told(request.clone()).await;
        for cut in [1, 2, 13, 40] {
            request.sampling.max_tokens = Some(cut);
            let first = bench.told(request.clone()).await;
            let rest = bench.told(goes_on(&request, &first, 64 - cut)).await;
            assert_eq!(first.text + &rest.text, whole.text, "cut behind {cut}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_goes_on_makes_room_like_any_other() {
    let model = TinyModel::scripted(&["a", "b"]).endless().context_length(512);
    let bench = Bench::loaded(&model, 2, 512).await;
    let mut turns: Vec<Turn> = Vec::new();
    for i in 0..8 {
        turns.push(user(&format!("question {i} {}", "x".repeat(30))));
        turns.push(assistant(&format!("answer {i}")));
    }
    turns.push(user("last"));
    let mut request = chat(turns, 8);
    request.overflow = Overflow::DropOldest;
    request.begun = Some(Begun { content: "ab".repeat(60), reasoning: String::new() });
    let told = bench.told(request.clone()).await;
    assert_eq!(told.text, "abababab");
    assert!(told.omitted.is_some_and(|omitted| omitted.messages > 0), "{told:?}");
    request.begun = Some(Begun { content: "ab".repeat(300), reasoning: String::new() });
    assert!(bench.told(request).await.error.is_some());
}
