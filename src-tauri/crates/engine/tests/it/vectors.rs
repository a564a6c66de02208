//! Models that make vectors: encoders without a memory, and writers that were made into encoders.

use hearth_domain::{EngineState, ErrorCode, ModelId, ModelPurpose, Priority};
use hearth_engine::{Error, Load, LoadedModel, Ranking, Ranks, Texts, Trial, Vectors};
use hearth_testkit::gguf::{Kind, TinyModel, Value};

use crate::support::{Bench, HANG, question, tiny};

const LAST: u32 = 3;
const RANK: u32 = 4;

fn encoders() -> [TinyModel; 2] {
    [
        TinyModel::of_kind(Kind::Encoder).context_length(64),
        TinyModel::random().context_length(64).pooling(LAST),
    ]
}

async fn loaded(bench: &Bench, model: &TinyModel) -> LoadedModel {
    let spec = bench.write("tiny.gguf", model);
    bench.engine.load(spec).await.unwrap();
    bench.engine.loaded_model(&tiny(), false).unwrap()
}

async fn made(model: &LoadedModel, texts: &[&str], cut: bool) -> Result<Vectors, Error> {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    let asked = Texts { texts, cut, priority: Priority::Stream };
    tokio::time::timeout(HANG, model.vectors(asked)).await.expect("vectors hang")
}

fn likeness(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn a_text_has_one_vector_alone_and_among_others_and_each_its_own() {
    for model in encoders() {
        let bench = Bench::new();
        let model = loaded(&bench, &model).await;
        assert_eq!(model.purpose(), Some(ModelPurpose::Vectors));
        let texts: Vec<_> = (0..40).map(|n| format!("text number {n}")).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let all = made(&model, &texts, false).await.unwrap();
        assert_eq!((all.vectors.len(), all.vectors[0].len()), (40, 64));
        assert_eq!(all.tokens as usize, texts.iter().map(|text| text.len()).sum::<usize>());
        for (text, vector) in texts.iter().zip(&all.vectors).step_by(7) {
            assert!((likeness(vector, vector) - 1.0).abs() < 1e-5, "of length one");
            let alone = made(&model, &[text], false).await.unwrap();
            assert!(likeness(vector, &alone.vectors[0]) > 0.9999, "{text}");
        }
        assert!(likeness(&all.vectors[0], &all.vectors[1]) < 0.9999);
    }
}

#[tokio::test]
async fn what_is_longer_than_the_model_reads_is_refused_or_cut() {
    for model in encoders() {
        let bench = Bench::new();
        let model = loaded(&bench, &model).await;
        let (long, cut) = ("x".repeat(65), "x".repeat(64));
        let refused = made(&model, &["short", &long], false).await.unwrap_err();
        let told = matches!(refused, Error::TextTooLong { at: 1, tokens: 65, limit: 64 });
        assert!(told, "{refused:?}");
        let whole = made(&model, &[&cut], false).await.unwrap();
        let both = made(&model, &[&long, &cut], true).await.unwrap();
        assert!(likeness(&both.vectors[0], &whole.vectors[0]) > 0.9999);
        assert_eq!(both.tokens, 128);
        let empty = made(&model, &["one", ""], false).await.unwrap_err();
        assert_eq!(empty.code(), ErrorCode::EmptyPrompt);
    }
}

#[tokio::test]
async fn each_model_is_asked_only_for_what_it_is_for() {
    let bench = Bench::new();
    let [encoder, _] = encoders();
    let facts = bench.engine.inspect(&bench.write("tiny.gguf", &encoder).path).unwrap();
    assert_eq!((facts.purpose, facts.dimensions), (ModelPurpose::Vectors, Some(64)));
    let encoder = loaded(&bench, &encoder).await;
    let refused = encoder.submit(question("x", 1)).map(drop).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ModelPurpose);
    assert!(encoder.counter().is_none());
    drop(encoder);
    bench.engine.load(bench.write("writer", &TinyModel::random())).await.unwrap();
    let writer = bench.engine.loaded_model(&ModelId("writer".into()), false).unwrap();
    assert_eq!(writer.purpose(), Some(ModelPurpose::Answers));
    let refused = made(&writer, &["x"], false).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ModelPurpose);
    drop(writer);
}

#[tokio::test]
async fn an_encoder_works_beside_a_writer_under_one_lease_and_goes_by_name() {
    let bench = Bench::new();
    let [encoder, _] = encoders();
    bench
        .engine
        .load(bench.write("writer", &TinyModel::scripted(&["a ", "b "]).endless()))
        .await
        .unwrap();
    let keep = vec![ModelId("writer".into())];
    let load = Load { keep, front: false, ..Load::alone(bench.write("encoder", &encoder)) };
    let encoder = bench.engine.begin(load).unwrap().wait().await.unwrap();
    let answer = bench.ask(question("x", 200));
    for _ in 0..20 {
        made(&encoder, &["one", "two"], false).await.unwrap();
    }
    drop(answer);
    let beside = bench.engine.beside().borrow().clone();
    assert!(matches!(&beside[..], [EngineState::Ready { .. }]), "{beside:?}");
    assert!(
        beside[0].loaded().is_some_and(|(_, memory)| memory.total() > 0 && memory.context == 64)
    );
    bench.engine.unload(Some(encoder.id())).await;
    let gone = made(&encoder, &["x"], false).await.unwrap_err();
    assert_eq!(gone.code(), ErrorCode::ModelNotReady);
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_is_not_worked_on_and_unloading_ends_the_rest() {
    let bench = Bench::new();
    let [encoder, _] = encoders();
    let encoder = loaded(&bench, &encoder).await;
    bench.lease.hold();
    let texts = || Texts { texts: vec!["x".repeat(60); 64], cut: false, priority: Priority::Batch };
    let left = tokio::time::timeout(std::time::Duration::from_millis(50), encoder.vectors(texts()));
    assert!(left.await.is_err(), "nothing comes while no step may begin");
    let before = bench.lease.taken();
    bench.lease.free();
    assert_eq!(made(&encoder, &["x"], false).await.unwrap().vectors.len(), 1);
    assert!(bench.lease.taken() <= before + 2, "the first request was given up");
    bench.lease.hold();
    let engine = bench.engine.clone();
    let waiting = encoder.vectors(texts());
    let unloading = async {
        bench.lease.held_back().await;
        let unloading = tokio::spawn(async move { engine.unload(None).await });
        bench.lease.free();
        unloading.await.unwrap();
    };
    let (ended, ()) = tokio::join!(waiting, unloading);
    assert_eq!(ended.unwrap_err().code(), ErrorCode::ModelNotReady);
}

#[tokio::test]
async fn a_step_of_texts_gives_way_to_a_person_and_not_for_ever() {
    for model in encoders() {
        let bench = Bench::new();
        let model = loaded(&bench, &model).await;
        let whole = made(&model, &["a text"], false).await.unwrap();
        bench.lease.hold();
        let before = bench.lease.taken();
        let person = async {
            for _ in 0..9 {
                bench.lease.held_back().await;
                bench.lease.want(Priority::Interactive);
                bench.lease.allow(1);
            }
        };
        let (again, ()) = tokio::join!(made(&model, &["a text"], false), person);
        assert_eq!(again.unwrap(), whole);
        assert_eq!(bench.lease.taken() - before, 9, "eight steps were given up, the last was not");
    }
}

#[tokio::test]
async fn a_short_request_does_not_wait_for_all_of_a_long_one() {
    let bench = Bench::new();
    let [encoder, _] = encoders();
    let encoder = loaded(&bench, &encoder).await;
    bench.lease.hold();
    let long = vec!["x".repeat(60); 64];
    let long: Vec<_> = long.iter().map(String::as_str).collect();
    let mut long = std::pin::pin!(made(&encoder, &long, false));
    let short = async {
        bench.lease.held_back().await;
        let short = made(&encoder, &["short"], false);
        let (short, ()) = tokio::join!(biased; short, async { bench.lease.allow(2) });
        assert_eq!(short.unwrap().vectors.len(), 1);
    };
    tokio::select! {
        biased;
        _ = &mut long => panic!("it may not have had more than one step"),
        () = short => {}
    }
    bench.lease.free();
    assert_eq!(long.await.unwrap().vectors.len(), 64);
}

#[tokio::test]
async fn a_long_request_goes_on_beside_short_ones_that_never_end() {
    let bench = Bench::new();
    let [encoder, _] = encoders();
    let encoder = loaded(&bench, &encoder).await;
    let long = vec!["x".repeat(60); 64];
    let long: Vec<_> = long.iter().map(String::as_str).collect();
    let short = || async {
        loop {
            made(&encoder, &["short"], false).await.unwrap();
        }
    };
    let others = async { tokio::join!(short(), short(), short(), short()) };
    tokio::select! {
        made = made(&encoder, &long, false) => assert_eq!(made.unwrap().vectors.len(), 64),
        _ = others => unreachable!("they never end"),
    }
}

fn ranker() -> TinyModel {
    TinyModel::of_kind(Kind::Encoder).context_length(64).pooling(RANK)
}

async fn ranked(model: &LoadedModel, question: &str, texts: &[&str]) -> Result<Ranks, Error> {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    let asked = Ranking { question: question.into(), texts, priority: Priority::Stream };
    tokio::time::timeout(HANG, model.rank(asked)).await.expect("ranks hang")
}

#[tokio::test]
async fn a_model_that_ranks_rates_each_text_by_itself_and_with_its_question() {
    let bench = Bench::new();
    let facts = bench.engine.inspect(&bench.write("r.gguf", &ranker()).path).unwrap();
    assert_eq!((facts.purpose, facts.dimensions), (ModelPurpose::Ranks, None));
    let model = loaded(&bench, &ranker()).await;
    assert_eq!(model.purpose(), Some(ModelPurpose::Ranks));
    let texts: Vec<_> = (0..20).map(|n| format!("text number {n}")).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    let all = ranked(&model, "which one?", &texts).await.unwrap();
    assert!(all.scores.iter().all(|score| (0.0..=1.0).contains(score)), "{all:?}");
    assert!(all.scores.iter().any(|score| (score - all.scores[0]).abs() > 1e-4), "{all:?}");
    for (text, score) in texts.iter().zip(&all.scores).step_by(3) {
        let alone = ranked(&model, "which one?", &[text]).await.unwrap();
        assert!((alone.scores[0] - score).abs() < 1e-3, "{text}: {alone:?} {score}");
    }
    let other = ranked(&model, "something else", &texts).await.unwrap();
    assert_ne!(other.scores, all.scores);
    let refused = made(&model, &["x"], false).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ModelPurpose);
}

#[tokio::test]
async fn a_long_text_is_rated_by_its_best_part_and_a_long_question_is_refused() {
    let bench = Bench::new();
    let model = loaded(&bench, &ranker()).await;
    let (question, parts) = ("q".repeat(14), ["a".repeat(50), "b".repeat(50)]);
    let whole = ranked(&model, &question, &[&parts.concat(), ""]).await.unwrap();
    let each = ranked(&model, &question, &[&parts[0], &parts[1]]).await.unwrap();
    let best = each.scores.iter().copied().fold(0.0, f32::max);
    assert!((whole.scores[0] - best).abs() < 1e-3, "{whole:?} {each:?}");
    assert_eq!((whole.scores[1], whole.tokens), (0.0, each.tokens));
    let wordless = ranked(&model, &question, &["", ""]).await.unwrap();
    assert_eq!((wordless.scores, wordless.tokens), (vec![0.0, 0.0], 0));
    let refused = ranked(&model, &"q".repeat(60), &["x"]).await.unwrap_err();
    assert!(matches!(refused, Error::TextTooLong { at: 0, tokens: 60, limit: 64 }), "{refused:?}");
    assert_eq!(ranked(&model, "", &["x"]).await.unwrap_err().code(), ErrorCode::EmptyPrompt);
}

#[tokio::test]
async fn a_file_that_says_it_ranks_and_has_nothing_to_rank_with_is_refused() {
    let bench = Bench::new();
    let spec = bench.write("r.gguf", &TinyModel::random());
    // One whose family has no score, though its file has weights for one, and one without such weights.
    for model in [TinyModel::random().pooling(RANK), TinyModel::random()] {
        let mut file = model.gguf();
        file.set("llama.pooling_type", Value::U32(RANK));
        std::fs::write(&spec.path, file.to_bytes()).unwrap();
        let refused = bench.engine.load(spec.clone()).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::ModelFileInvalid);
    }
}

#[tokio::test]
async fn an_encoder_is_tried_in_a_child_before_it_is_loaded() {
    let bench = Bench::new();
    for model in encoders() {
        let path = bench.write("new.gguf", &model).path;
        let id = ModelId("new".into());
        let trial = Trial { id, name: "New".into(), path, gently: false, front: false };
        let (tried, _) = bench.engine.try_model(trial).await.unwrap();
        assert!(tried.footprint.weights > 0 && tried.footprint.cache_per_token == 0, "{tried:?}");
        assert_eq!(*bench.engine.state().borrow(), EngineState::Empty);
    }
}
