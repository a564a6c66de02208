//! Guessing ahead changes nothing but the speed: the same words with and without, and the same odds.

use std::collections::HashMap;

use hearth_domain::{Drafting, SamplingParams};
use hearth_engine::{ModelSpec, Request};
use hearth_llama::{Batch, Context, ContextParams, Model, ModelParams, Token};
use hearth_testkit::gguf::TinyModel;

use crate::support::{Bench, Told, question};

fn ask(text: &str, tokens: u32, drafting: Drafting) -> Request {
    let mut request = question(text, tokens);
    request.options.drafting = drafting;
    request
}

/// A text of the model's words, of which one in so many is another.
fn text(words: usize, wrong: usize) -> String {
    let word = |at: usize| if wrong > 0 && at % wrong == wrong - 1 { at + 7 } else { at };
    (0..words).map(|at| TinyModel::word(word(at))).collect()
}

fn share(told: &Told) -> f64 {
    let timing = told.timing();
    f64::from(timing.draft_accepted) / f64::from(timing.draft_proposed.max(1))
}

#[tokio::test]
async fn a_text_that_is_copied_is_guessed_right_and_changed_words_cost_only_themselves() {
    let bench = Bench::loaded(&TinyModel::successor(700), 2, 4096).await;
    let plain = bench.told(ask(&text(300, 0), 300, Drafting::Off)).await;
    assert_eq!(plain.text, text(300, 0));
    assert_eq!(plain.timing().draft_proposed, 0);
    let mut shares = Vec::new();
    for wrong in [0, 20, 5] {
        let told = bench.told(ask(&text(300, wrong), 300, Drafting::Always(8))).await;
        assert_eq!(told.text, plain.text, "the same words");
        let timing = told.timing();
        println!(
            "1 in {wrong} changed: {} guessed, {} right",
            timing.draft_proposed, timing.draft_accepted
        );
        shares.push(share(&told));
    }
    assert!(shares[0] > 0.95, "{shares:?}");
    assert!(shares[1] > 0.6 && shares[1] < shares[0], "{shares:?}");
    assert!(shares[2] > 0.2 && shares[2] < shares[1], "{shares:?}");
}

#[tokio::test]
async fn answers_beside_each_other_are_not_guessed_and_stay_the_same() {
    let bench = Bench::loaded(&TinyModel::successor(700), 4, 8192).await;
    let request = || ask(&text(200, 10), 200, Drafting::Always(8));
    let alone = bench.told(request()).await;
    let (one, two, three) =
        tokio::join!(bench.told(request()), bench.told(request()), bench.told(request()));
    for told in [&one, &two, &three] {
        assert_eq!(told.text, alone.text);
    }
    // The cache is left as it should be: a second turn reads the first one back.
    let again = bench.told(request()).await;
    assert_eq!(again.text, alone.text);
    assert!(again.usage().cached_tokens > 200, "{:?}", again.usage());
}

#[tokio::test]
async fn a_stop_text_and_a_limit_end_an_answer_within_its_guesses() {
    let bench = Bench::loaded(&TinyModel::successor(700), 2, 4096).await;
    let mut request = ask(&text(100, 0), 37, Drafting::Always(16));
    let told = bench.told(request.clone()).await;
    assert_eq!((told.text.as_str(), told.usage().completion_tokens), (text(37, 0).as_str(), 37));
    request.sampling.stop = vec![TinyModel::word(21)];
    assert_eq!(bench.told(request).await.text, text(21, 0));
}

const WORDS: usize = 16;
const ANSWERS: u32 = 10;
const SAMPLES: u32 = 1_000;
const HEAT: f32 = 2.0;
const KEPT: usize = 3;

/// What comes after each token, and how likely, by the network alone.
fn odds(model: &Model, after: Token) -> HashMap<Token, f64> {
    let params = ContextParams {
        n_ctx: 256,
        n_batch: 32,
        n_ubatch: 32,
        n_seq_max: 1,
        n_outputs_max: 1,
        n_threads: 1,
        n_threads_batch: 1,
        kv_q8: false,
    };
    let mut context = Context::new(model, &params).unwrap();
    let mut batch = Batch::new(1, 1);
    batch.push(after, 0, 0, true).unwrap();
    context.decode(&batch).unwrap();
    let logits = context.logits(0).unwrap();
    let mut ids: Vec<usize> = (0..logits.len()).collect();
    ids.sort_by(|a, b| logits[*b].total_cmp(&logits[*a]));
    ids.truncate(KEPT);
    let weight = |id: usize| f64::from((logits[id] - logits[ids[0]]) / HEAT).exp();
    let whole: f64 = ids.iter().map(|id| weight(*id)).sum();
    ids.iter().map(|id| (Token(*id as i32), weight(*id) / whole)).collect()
}

#[tokio::test]
async fn ten_thousand_guessed_samples_have_the_odds_of_the_network() {
    let tiny = TinyModel::branching(WORDS).layers(1);
    let bench = Bench::new();
    let spec = ModelSpec { parallel: 1, n_ctx: 2_048, ..bench.write("words.gguf", &tiny) };
    let model = Model::load(&spec.path, &ModelParams::default(), &mut |_| true).unwrap();
    bench.engine.load(spec).await.unwrap();
    let mut request = ask("Go", SAMPLES, Drafting::Always(4));
    request.sampling = SamplingParams {
        temperature: Some(HEAT),
        top_k: Some(KEPT as u32),
        top_p: Some(1.0),
        min_p: Some(0.0),
        max_tokens: Some(SAMPLES),
        ..SamplingParams::default()
    };
    let mut seen: HashMap<Token, HashMap<Token, f64>> = HashMap::new();
    let (mut guessed, mut right) = (0, 0);
    for seed in 0..ANSWERS {
        request.sampling.seed = Some(seed);
        let told = bench.told(request.clone()).await;
        let tokens = words(&model, &told.text);
        assert_eq!(tokens.len(), SAMPLES as usize);
        guessed += told.timing().draft_proposed;
        right += told.timing().draft_accepted;
        for pair in tokens.windows(2) {
            *seen.entry(pair[0]).or_default().entry(pair[1]).or_default() += 1.0;
        }
    }
    println!("{guessed} guessed, {right} right");
    assert!(right > 1_000 && right < guessed, "{right} of {guessed}");
    let (mut squares, mut freedom) = (0.0, 0.0);
    for (after, seen) in &seen {
        let count: f64 = seen.values().sum();
        let odds = odds(&model, *after);
        assert!(seen.keys().all(|next| odds.contains_key(next)), "only what the sampler keeps");
        let expected: Vec<(f64, f64)> = odds
            .iter()
            .map(|(next, odds)| (odds * count, seen.get(next).copied().unwrap_or(0.0)))
            .filter(|(expected, _)| *expected >= 5.0)
            .collect();
        squares += expected.iter().map(|(e, o)| (o - e).powi(2) / e).sum::<f64>();
        freedom += (expected.len() as f64 - 1.0).max(0.0);
    }
    println!("chi-squared {squares:.1} at {freedom} degrees of freedom");
    // Beyond four standard deviations: once in thirty thousand runs by chance; the seed is fixed.
    assert!(freedom >= 16.0 && squares < freedom + 4.0 * (2.0 * freedom).sqrt(), "{squares}");
}

/// The tokens of a text of words, however many words there are.
fn words(model: &Model, text: &str) -> Vec<Token> {
    let word = |at: usize| model.tokenize(&TinyModel::word(at), false, false).unwrap();
    let known: HashMap<String, Token> =
        (0..WORDS).map(|at| (TinyModel::word(at), word(at)[0])).collect();
    text.as_bytes().chunks(4).map(|word| known[std::str::from_utf8(word).unwrap()]).collect()
}
