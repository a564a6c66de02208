//! What comes out: whole characters, stop texts, thoughts, seeds.

use hearth_domain::{FinishReason, SamplingParams};
use hearth_engine::{Error, Request};
use hearth_testkit::gguf::TinyModel;

use crate::support::{Bench, question};

/// Renders as the tiny models expect, and says that thoughts are marked.
const THINKING: &str = "{%- for message in messages -%}\
    {%- set text = message.content.split('</think>')[-1] -%}\
    {{- '<|' + message.role + '|>' + text + '<|end|>' -}}{%- endfor -%}\
    {%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}\
    {#- <think> -#}";

fn with(change: impl FnOnce(&mut SamplingParams)) -> Request {
    let mut request = question("speak", 64);
    change(&mut request.sampling);
    request
}

#[tokio::test]
async fn a_stop_text_split_over_tokens_ends_the_answer_and_is_not_shown() {
    let model = TinyModel::scripted(&["Hel", "lo, ", "wor", "ld", "!"]);
    let bench = Bench::loaded(&model, 2, 0).await;
    let told = bench.told(with(|sampling| sampling.stop = vec!["o, wo".into()])).await;
    assert_eq!((told.text.as_str(), told.reason()), ("Hell", FinishReason::Stop));
    let told = bench.told(with(|sampling| sampling.stop = vec!["ld?".into()])).await;
    assert_eq!((told.text.as_str(), told.reason()), ("Hello, world!", FinishReason::Stop));
}

#[tokio::test]
async fn a_character_split_over_tokens_comes_whole() {
    let pieces: [&[u8]; 5] = [b"\xf0\x9f", b"\x98", b"\x80", b" \xe2", b"\x82\xac"];
    let bench = Bench::loaded(&TinyModel::scripted_bytes(&pieces), 2, 0).await;
    assert_eq!(bench.told(with(|_| {})).await.text, "😀 €");
    let cut = bench.told(with(|sampling| sampling.max_tokens = Some(4))).await;
    assert_eq!((cut.text.as_str(), cut.reason()), ("😀 \u{fffd}", FinishReason::Length));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_replaced() {
    let bench = Bench::loaded(&TinyModel::scripted_bytes(&[b"a", b"\xff", b"b"]), 2, 0).await;
    assert_eq!(bench.told(with(|_| {})).await.text, "a\u{fffd}b");
}

#[tokio::test]
async fn thoughts_come_apart_from_the_answer() {
    let pieces = ["<th", "ink>", "\nwell", " then\n", "</thi", "nk>\n", "\nPa", "ris"];
    let model = TinyModel::scripted(&pieces).template(Some(THINKING));
    let bench = Bench::loaded(&model, 2, 0).await;
    let told = bench.told(with(|_| {})).await;
    assert!(!told.template_replaced);
    assert_eq!((told.text.as_str(), told.reasoning.as_str()), ("Paris", "well then"));
    let cut = bench.told(with(|sampling| sampling.max_tokens = Some(4))).await;
    assert_eq!((cut.text.as_str(), cut.reasoning.as_str()), ("", "well then"));
}

#[tokio::test]
async fn the_same_seed_repeats_and_another_does_not() {
    let hot = |seed| {
        with(|sampling| {
            (sampling.temperature, sampling.top_k) = (Some(1.5), Some(0));
            (sampling.top_p, sampling.min_p) = (Some(1.0), Some(0.0));
            (sampling.seed, sampling.max_tokens) = (seed, Some(24));
        })
    };
    let bench = Bench::loaded(&TinyModel::random(), 2, 0).await;
    let first = bench.told(hot(Some(7))).await.text;
    assert_eq!(bench.told(hot(Some(7))).await.text, first);
    assert_ne!(bench.told(hot(Some(8))).await.text, first);
    let random = bench.told(hot(None)).await.text;
    assert_ne!(bench.told(hot(None)).await.text, random);
}

#[tokio::test]
async fn a_model_without_a_template_gets_the_built_in_one_and_it_is_said() {
    let bench = Bench::loaded(&TinyModel::random().template(None), 2, 0).await;
    let told = bench.told(with(|sampling| sampling.max_tokens = Some(4))).await;
    assert!(told.template_replaced);
    assert!(told.usage().completion_tokens > 0);
}

#[tokio::test]
async fn ac_15_a_template_that_cannot_be_used_is_replaced_and_it_is_said() {
    for source in ["{{ raise_exception('no') }}", "{%- for", "{{ 'x' * 100000000000 }}"] {
        let bench = Bench::loaded(&TinyModel::random().template(Some(source)), 2, 0).await;
        let told = bench.told(with(|sampling| sampling.max_tokens = Some(2))).await;
        assert!(told.template_replaced, "{source}");
    }
}

#[tokio::test]
async fn parameters_out_of_range_and_empty_requests_are_refused() {
    let bench = Bench::loaded(&TinyModel::scripted(&["a"]), 2, 0).await;
    let hot = bench.engine.submit(with(|sampling| sampling.temperature = Some(9.0))).map(drop);
    assert!(matches!(hot, Err(Error::OutOfRange("temperature"))), "{hot:?}");
    let mut request = question("x", 8);
    request.messages.clear();
    let empty = bench.engine.submit(request).map(drop);
    assert!(matches!(empty, Err(Error::EmptyPrompt)), "{empty:?}");
}

#[tokio::test]
async fn tokens_are_counted() {
    let bench = Bench::loaded(&TinyModel::scripted(&["a"]), 2, 0).await;
    assert_eq!(bench.engine.count_tokens("four").await.unwrap(), 4);
}
