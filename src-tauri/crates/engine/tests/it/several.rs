//! Several models in memory: who answers, who is told of, who stays.

use hearth_domain::{EngineState, ErrorCode, ModelId, Priority};
use hearth_engine::{Error, Load, LoadedModel, ModelSpec};
use hearth_testkit::gguf::TinyModel;

use crate::support::{Bench, HANG, is_delta, question, read, spec, until};

fn model_of(state: &EngineState) -> Option<&str> {
    match state {
        EngineState::Ready { model, .. } | EngineState::Busy { model, .. } => Some(&model.0),
        _ => None,
    }
}

impl Bench {
    /// Writes a model that says this without an end.
    fn write_saying(&self, name: &str, word: &str) -> ModelSpec {
        let model = TinyModel::scripted(&[word]).endless();
        ModelSpec { parallel: 2, n_ctx: 2048, ..self.write(name, &model) }
    }

    /// Loads a model beside those named.
    async fn beside(
        &self,
        spec: ModelSpec,
        front: bool,
        keep: &[&str],
    ) -> Result<LoadedModel, Error> {
        let keep = keep.iter().map(|id| ModelId((*id).into())).collect();
        let load = Load { front, keep, priority: Priority::Batch, ..Load::alone(spec) };
        let waiting = self.engine.begin(load)?.wait();
        tokio::time::timeout(HANG, waiting).await.expect("loading hangs")
    }

    /// The model in front, and those beside it.
    fn seen(&self) -> (Option<String>, Vec<String>) {
        let (front, beside) = (self.engine.state(), self.engine.beside());
        let name = |state: &EngineState| model_of(state).map(str::to_owned);
        (name(&front.borrow()), beside.borrow().iter().filter_map(name).collect())
    }
}

async fn say(model: &LoadedModel) -> String {
    read(model.submit(question("x", 3)).unwrap()).await.text
}

#[tokio::test]
async fn two_models_answer_side_by_side_and_each_with_its_own_words() {
    let bench = Bench::new();
    let own = bench.beside(bench.write_saying("own", "a "), true, &[]).await.unwrap();
    let theirs = bench.beside(bench.write_saying("theirs", "b "), false, &["own"]).await.unwrap();
    let mut long = own.submit(question("x", 1500)).unwrap();
    until(&mut long, is_delta).await;
    assert_eq!(say(&theirs).await, "b b b ");
    bench.state(|state| matches!(state, EngineState::Busy { .. })).await;
    assert_eq!(bench.seen(), (Some("own".into()), vec!["theirs".into()]));
    drop(long);
    assert_eq!(say(&own).await, "a a a ");
    assert_eq!(
        bench.told(question("x", 2)).await.text,
        "a a ",
        "who names no model asks the front"
    );
    let theirs = bench.engine.loaded_model(theirs.id(), true).unwrap();
    assert_eq!(bench.seen(), (Some("theirs".into()), vec!["own".into()]));
    assert_eq!(bench.told(question("x", 2)).await.text, "b b ");
    drop((own, theirs));
    bench.engine.unload(Some(&ModelId("theirs".into()))).await;
    assert_eq!(bench.seen(), (Some("own".into()), vec![]));
    bench.engine.unload(None).await;
    assert_eq!(*bench.engine.state().borrow(), EngineState::Empty);
}

#[tokio::test]
async fn a_model_that_somebody_is_about_to_ask_is_not_replaced_under_their_hands() {
    let bench = Bench::new();
    let first = bench.beside(bench.write_saying("first", "a "), true, &[]).await.unwrap();
    let second = Load::alone(bench.write_saying("second", "b "));
    let loading = bench.engine.begin(second).unwrap();
    assert!(bench.engine.loaded_model(first.id(), true).is_none(), "it is on its way out");
    let answer = first.submit(question("x", 3)).unwrap();
    let id = first.id().clone();
    drop(first);
    assert_eq!(read(answer).await.text, "a a a ");
    let second = tokio::time::timeout(HANG, loading.wait()).await.unwrap().unwrap();
    assert_eq!(say(&second).await, "b b b ");
    assert!(bench.engine.loaded_model(&id, false).is_none());
    assert_eq!(bench.seen(), (Some("second".into()), vec![]));
}

#[tokio::test]
async fn a_person_who_unloads_a_model_is_obeyed_at_once_whoever_is_about_to_ask() {
    let bench = Bench::new();
    let model = bench.beside(bench.write_saying("one", "a "), true, &[]).await.unwrap();
    tokio::time::timeout(HANG, bench.engine.unload(None)).await.expect("unloading hangs");
    assert!(matches!(model.submit(question("x", 1)).map(drop), Err(Error::Unloaded)));
}

#[tokio::test]
async fn what_a_program_cannot_load_says_so_to_the_program_alone() {
    let bench = Bench::new();
    drop(bench.beside(bench.write_saying("own", "a "), true, &[]).await.unwrap());
    let missing = spec(&bench.dir.path().join("missing"));
    let error = bench.beside(missing.clone(), false, &["own"]).await.map(drop).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelFileMissing);
    assert_eq!(bench.seen(), (Some("own".into()), vec![]));
    let error = bench.beside(missing, true, &["own"]).await.map(drop).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelFileMissing);
    assert!(matches!(&*bench.engine.state().borrow(), EngineState::Failed { .. }));
    assert_eq!(bench.seen(), (None, vec!["own".into()]));
    assert_eq!(bench.told(question("x", 2)).await.text, "a a ");
    drop(bench.engine.loaded_model(&ModelId("own".into()), true).unwrap());
    assert_eq!(bench.seen(), (Some("own".into()), vec![]));
}

#[tokio::test]
async fn shutting_down_ends_every_model() {
    let bench = Bench::new();
    let own = bench.beside(bench.write_saying("own", "a "), true, &[]).await.unwrap();
    let theirs = bench.beside(bench.write_saying("theirs", "b "), false, &["own"]).await.unwrap();
    let answers = [&own, &theirs].map(|model| model.submit(question("x", 1500)).unwrap());
    tokio::time::timeout(HANG, bench.engine.shutdown()).await.unwrap();
    for answer in answers {
        assert!(matches!(read(answer).await.error, Some(Error::ShuttingDown)));
    }
    assert_eq!(bench.seen(), (None, vec![]));
}
