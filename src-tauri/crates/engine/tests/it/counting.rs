//! Counting beside answers: the numbers are those of the prompts, and nobody waits.

use hearth_domain::Role;
use hearth_engine::{Overflow, TokenCounter, Turn};
use hearth_testkit::gguf::TinyModel;

use crate::support::{Bench, assistant, chat, question, read, spec, system, user};

fn sizes(counter: &TokenCounter, turns: &[Turn]) -> Vec<(Role, u32)> {
    let mut before = None;
    let mut sizes = Vec::new();
    for turn in turns {
        sizes.push((turn.role, counter.turn(None, before, turn.role, &turn.content).unwrap()));
        before = Some(turn.role);
    }
    sizes.last_mut().unwrap().1 += counter.end().unwrap();
    sizes
}

fn conversations() -> Vec<Vec<Turn>> {
    let long = vec![
        system("Be brief.\n"),
        user("  What is 2+2?\n\n"),
        assistant("\nFour.  "),
        user("```rust\nfn main() {}\n```\n\n1234567 日本語 😀"),
        assistant("Ja, **natürlich**."),
        user("\t"),
    ];
    vec![long.clone(), long[1..].to_vec(), long[1..4].to_vec(), vec![user("Hi")]]
}

async fn all_are_exact(bench: &Bench) {
    let counter = bench.engine.counter().unwrap();
    for turns in conversations() {
        let counted: u32 = sizes(&counter, &turns).iter().map(|(_, size)| size).sum();
        let told = bench.told(chat(turns.clone(), 1)).await;
        assert_eq!(counted, told.usage().prompt_tokens, "{turns:?}");
    }
}

#[tokio::test]
async fn the_count_is_that_of_the_prompt() {
    let bench = Bench::loaded(&TinyModel::scripted(&["a"]), 2, 0).await;
    all_are_exact(&bench).await;
    let bundled = Bench::new();
    bundled.engine.load(spec(&hearth_testkit::bundled_model())).await.unwrap();
    all_are_exact(&bundled).await;
}

#[tokio::test]
async fn a_template_that_treats_messages_unlike_is_counted_about() {
    let template = "{%- for message in messages -%}{{- '<|' + message.role + '|>' -}}\
        {%- if loop.last -%}{{- 'The last: ' -}}{%- endif -%}{{- message.content -}}\
        {%- if loop.index0 == 2 -%}{{- 'third' -}}{%- endif -%}{{- '<|end|>' -}}{%- endfor -%}\
        {%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}";
    let model = TinyModel::scripted(&["a"]).template(Some(template));
    let bench = Bench::loaded(&model, 2, 0).await;
    let counter = bench.engine.counter().unwrap();
    for turns in conversations() {
        let counted: u32 = sizes(&counter, &turns).iter().map(|(_, size)| size).sum();
        let told = bench.told(chat(turns.clone(), 1)).await.usage().prompt_tokens;
        let most = 16 * u32::try_from(turns.len() + 1).unwrap();
        assert!(counted.abs_diff(told) <= most, "{counted} {told} {turns:?}");
    }
}

#[tokio::test]
async fn what_would_be_left_out_is_what_is_left_out() {
    let model = TinyModel::scripted(&["a", "b"]).endless().context_length(512);
    let bench = Bench::loaded(&model, 2, 512).await;
    let counter = bench.engine.counter().unwrap();
    let mut turns = vec![system("rules")];
    for i in 0..40 {
        turns.push(user(&format!("question {i} {}", "x".repeat(i))));
        let mut request = chat(turns.clone(), 16);
        request.overflow = Overflow::DropOldest;
        let told = bench.told(request).await;
        let fit = counter.fit(&sizes(&counter, &turns), Some(16));
        assert_eq!(fit.omitted, told.omitted.unwrap_or_default(), "{i}");
        turns.push(assistant(&format!("answer {i}")));
    }
}

#[tokio::test]
async fn a_first_question_with_a_long_text_makes_room_for_what_follows() {
    let model = TinyModel::scripted(&["a", "b"]).endless().context_length(512);
    let bench = Bench::loaded(&model, 2, 512).await;
    let turns = vec![user(&"x".repeat(450)), assistant("noted"), user("and now this?")];
    let mut request = chat(turns, 100);
    request.overflow = Overflow::DropOldest;
    let told = bench.told(request).await;
    assert_eq!(told.omitted.map(|omitted| omitted.messages), Some(2), "{told:?}");
    assert_eq!(told.usage().completion_tokens, 100);
}

#[tokio::test]
async fn ten_thousand_messages_are_counted_and_answered() {
    let model = TinyModel::scripted(&["a"]).context_length(512);
    let bench = Bench::loaded(&model, 2, 512).await;
    let mut turns = Vec::new();
    for i in 0..5000 {
        turns.extend([user(&format!("question {i}")), assistant(&format!("answer {i}"))]);
    }
    turns.push(user("last"));
    let counter = bench.engine.counter().unwrap();
    let fit = counter.fit(&sizes(&counter, &turns), Some(16));
    let mut request = chat(turns, 16);
    request.overflow = Overflow::DropOldest;
    let told = bench.told(request).await;
    assert_eq!((told.text.as_str(), told.omitted), ("a", Some(fit.omitted)));
    assert!(fit.omitted.messages > 9900, "{fit:?}");
}

#[tokio::test]
async fn counting_does_not_wait_for_the_answers_that_run() {
    let bench = Bench::loaded(&TinyModel::scripted(&["a"]), 2, 0).await;
    bench.lease.hold();
    let answer = bench.ask(question("speak", 4));
    bench.lease.held_back().await;
    let counter = bench.engine.counter().unwrap();
    assert_eq!(counter.text(None, "four").unwrap(), 4);
    bench.lease.free();
    read(answer).await;
    bench.engine.unload(None).await;
    assert!(bench.engine.counter().is_none());
}
