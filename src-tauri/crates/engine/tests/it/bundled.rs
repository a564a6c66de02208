//! The bundled model: sense, many at once, a second turn.

use hearth_engine::{ModelSpec, Turn};

use crate::support::{Bench, assistant, chat, read, spec, system, user};

/// With the instructions that its own template brings along this model sings; the catalogue gives
/// it these.
fn capital() -> Vec<Turn> {
    vec![system("You are a helpful assistant."), user("What is the capital of France?")]
}

async fn bundled() -> Bench {
    let bench = Bench::new();
    let spec = spec(&hearth_testkit::bundled_model());
    bench.engine.load(ModelSpec { threads: 2, n_ctx: 2048, ..spec }).await.unwrap();
    bench
}

#[tokio::test]
async fn the_capital_of_france_is_paris_alone_and_among_eight() {
    let bench = bundled().await;
    let alone = bench.told(chat(capital(), 24)).await;
    assert!(alone.text.contains("Paris"), "{}", alone.text);
    assert!(!alone.template_replaced, "the bundled template is known");
    bench.lease.hold();
    let answers: Vec<_> = (0..8).map(|_| bench.ask(chat(capital(), 24))).collect();
    bench.lease.held_back().await;
    bench.lease.free();
    let mut widest = 0;
    for answer in answers {
        let told = read(answer).await;
        assert!(told.text.contains("Paris"), "{}", told.text);
        widest = widest.max(told.timing().batch_width);
    }
    assert!(widest >= 4, "at most {widest} together");
}

#[tokio::test]
async fn a_second_turn_reads_only_what_is_new() {
    let bench = bundled().await;
    let first = bench.told(chat(capital(), 24)).await;
    let mut turns = capital();
    turns.extend([assistant(&first.text), user("And of Italy?")]);
    let second = bench.told(chat(turns, 24)).await;
    let (before, after) = (first.usage(), second.usage());
    assert!(after.cached_tokens >= before.prompt_tokens, "{before:?} {after:?}");
    assert!(second.timing().tokens_per_second > 0.0);
}
