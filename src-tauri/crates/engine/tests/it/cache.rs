//! What was read once: shared between chats of one caller, kept in memory, kept on disk.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use hearth_domain::{Caller, ConversationId, Usage};
use hearth_engine::{CacheConfig, ColdStore, Fingerprint, ModelSpec, PieceName, Request, Turn};
use hearth_testkit::gguf::{Kind, TinyModel};
use zeroize::Zeroizing;

use crate::support::{Bench, assistant, chat, question, read, system, user};

type Kept = HashMap<[u8; 32], (PieceName, Vec<u8>)>;

/// A disk in memory, for faults.
#[derive(Default)]
struct Shelf {
    kept: Mutex<Kept>,
    read: Mutex<usize>,
}

impl ColdStore for Shelf {
    fn list(&self, _: ConversationId, _: &Fingerprint) -> Vec<PieceName> {
        self.kept.lock().unwrap().values().map(|(name, _)| *name).collect()
    }

    fn read(
        &self,
        _: ConversationId,
        _: &Fingerprint,
        name: &PieceName,
    ) -> Option<Zeroizing<Vec<u8>>> {
        *self.read.lock().unwrap() += 1;
        let kept = self.kept.lock().unwrap();
        kept.get(name.key.bytes()).map(|(_, bytes)| Zeroizing::new(bytes.clone()))
    }

    fn write(
        &self,
        _: ConversationId,
        _: &Fingerprint,
        (name, bytes): (PieceName, Zeroizing<Vec<u8>>),
        replaces: &[hearth_engine::BlockKey],
    ) -> bool {
        let mut kept = self.kept.lock().unwrap();
        for key in replaces {
            kept.remove(key.bytes());
        }
        kept.insert(*name.key.bytes(), (name, bytes.to_vec()));
        true
    }
}

fn memory(bytes: u64) -> CacheConfig {
    CacheConfig { memory: bytes, cold: None }
}

async fn bench(model: &TinyModel, parallel: u32, n_ctx: u32, cache: CacheConfig) -> Bench {
    let bench = Bench::with_cache(cache);
    let spec = ModelSpec { parallel, n_ctx, ..bench.write("tiny.gguf", model) };
    bench.engine.load(spec).await.unwrap();
    bench
}

/// A text of so many tokens: one a byte.
fn text(seed: &str, length: usize) -> String {
    format!("{seed} is what this is about. ").repeat(length / 10)[..length].to_owned()
}

fn of_caller(caller: &Caller, request: Request) -> Request {
    Request { caller: caller.clone(), ..request }
}

fn of_conversation(conversation: ConversationId, request: Request) -> Request {
    Request { conversation: Some(conversation), ..request }
}

fn unread(usage: Usage) -> u32 {
    usage.prompt_tokens - usage.cached_tokens
}

#[tokio::test]
async fn no_caller_gains_from_what_another_one_asked() {
    let bench = bench(&TinyModel::random(), 4, 0, memory(1 << 30)).await;
    let (one, two) = (Caller::Key("one".into()), Caller::Key("two".into()));
    let asked = || question(&text("a secret", 900), 4);
    let first = bench.told(of_caller(&one, asked())).await.usage();
    assert_eq!(first.cached_tokens, 0);
    for caller in [&two, &Caller::Person] {
        let other = bench.told(of_caller(caller, asked())).await.usage();
        assert_eq!(other.cached_tokens, 0, "{caller:?}");
    }
    let again = bench.told(of_caller(&one, asked())).await.usage();
    assert_eq!(unread(again), 1);
}

#[tokio::test]
async fn nothing_is_shared_with_another_caller_from_memory_either() {
    let bench = bench(&TinyModel::random(), 1, 1280, memory(1 << 30)).await;
    let (one, two) = (Caller::Key("one".into()), Caller::Key("two".into()));
    let asked = || question(&text("a secret", 900), 4);
    bench.told(of_caller(&one, asked())).await;
    bench.told(of_caller(&two, question(&text("other", 900), 4))).await;
    // What it shares with its own question before: the marks of a message.
    let other = bench.told(of_caller(&two, asked())).await.usage();
    assert!(other.cached_tokens < 40, "{other:?}");
    let again = bench.told(of_caller(&one, asked())).await.usage();
    assert!(again.cached_tokens >= 768, "{again:?}");
}

/// Asks, lets other chats take its cells, asks again: what of the second turn was read.
async fn after_others(model: &TinyModel, cache: CacheConfig) -> (Usage, Vec<String>) {
    let bench = bench(model, 1, 1280, cache).await;
    let asked = text("a long story", 800);
    let first = bench.told(question(&asked, 24)).await;
    for other in ["one", "two"] {
        bench.told(question(&text(other, 900), 4)).await;
    }
    let turns = vec![user(&asked), assistant(&first.text), user("And then?")];
    let second = bench.told(chat(turns, 24)).await;
    (second.usage(), vec![first.text, second.text])
}

#[tokio::test]
async fn a_chat_that_lost_its_cells_comes_back_from_memory() {
    let model = TinyModel::random();
    let (with, told) = after_others(&model, memory(1 << 30)).await;
    let (without, expected) = after_others(&model, memory(0)).await;
    assert!(with.cached_tokens >= 768, "{with:?}");
    assert_eq!(without.cached_tokens, 0);
    assert_eq!(told, expected, "what comes back says what was read");
}

#[tokio::test]
async fn models_of_every_kind_go_on_in_a_second_turn_and_come_back_from_memory() {
    for kind in [Kind::Window, Kind::Recurrent, Kind::Hybrid] {
        let model = TinyModel::of_kind(kind);
        let bench = bench(&model, 2, 2048, memory(1 << 30)).await;
        let asked = text("a story", 700);
        let first = bench.told(question(&asked, 8)).await;
        let turns = vec![user(&asked), assistant("Something else."), user("Go on.")];
        let second = bench.told(chat(turns, 8)).await.usage();
        assert!(unread(second) < 120, "{kind:?}: {first:?} {second:?}");
        let (with, told) = after_others(&model, memory(1 << 30)).await;
        let (without, expected) = after_others(&model, memory(0)).await;
        assert!(unread(with) < 300, "{kind:?}: {with:?}");
        assert_eq!(without.cached_tokens, 0, "{kind:?}");
        assert_eq!(told, expected, "{kind:?}");
    }
}

fn history() -> Vec<Turn> {
    vec![system("Be brief."), user(&text("trees", 700)), assistant("They are tall.")]
}

fn ahead(turns: Vec<Turn>) -> Request {
    Request { ahead: true, ..chat(turns, 64) }
}

#[tokio::test]
async fn what_is_read_ahead_says_nothing_and_the_question_finds_it() {
    for kind in [Kind::Attention, Kind::Window, Kind::Recurrent, Kind::Hybrid] {
        let bench = bench(&TinyModel::of_kind(kind), 2, 2048, memory(1 << 30)).await;
        let read_ahead = bench.told(ahead(history())).await;
        assert_eq!((read_ahead.text.as_str(), read_ahead.reasoning.as_str()), ("", ""), "{kind:?}");
        let again = bench.told(ahead(history())).await.usage();
        assert!(unread(again) < 20, "{kind:?}: {again:?}");
        let mut turns = history();
        turns.push(user("How tall?"));
        let asked = bench.told(chat(turns, 4)).await.usage();
        assert!(unread(asked) < 80, "{kind:?}: {asked:?}");
    }
}

/// A template that leaves thoughts out of the history.
const THINKING: &str = "{%- for message in messages -%}\
    {%- set content = message.content.split('</think>')[-1] -%}\
    {{- '<|' + message.role + '|>' + content + '<|end|>' -}}{%- endfor -%}\
    {%- if add_generation_prompt -%}{{- '<|assistant|><think>' -}}{%- endif -%}";

#[tokio::test]
async fn a_history_that_the_template_rewrites_is_read_before_the_next_question() {
    let model = TinyModel::scripted(&["It", " is", " so", "</think>", "Yes."]);
    let model = model.template(Some(THINKING));
    let bench = bench(&model, 2, 4096, memory(1 << 30)).await;
    let asked = text("an argument", 600);
    let first = bench.told(question(&asked, 64)).await;
    assert!(!first.template_replaced);
    let answer = "Yes. ".repeat(40);
    let turns = vec![user(&asked), assistant(&answer)];
    bench.told(ahead(turns.clone())).await;
    let next = [turns, vec![user("Why?")]].concat();
    let second = bench.told(chat(next, 4)).await.usage();
    assert!(unread(second) < 40, "{second:?}");
}

#[tokio::test]
async fn eight_chats_that_begin_alike_at_once_read_their_beginning_once() {
    let bench = bench(&TinyModel::random(), 8, 8192, memory(1 << 30)).await;
    let common = text("the same instructions", 2000);
    bench.lease.hold();
    let answers: Vec<_> = (0..8)
        .map(|i| {
            let own = text(&format!("question {i}"), 60);
            bench.ask(chat(vec![system(&common), user(&own)], 4))
        })
        .collect();
    bench.lease.held_back().await;
    bench.lease.free();
    let mut read_tokens = 0;
    let mut asked = 0;
    for answer in answers {
        let usage = read(answer).await.usage();
        read_tokens += unread(usage);
        asked += usage.prompt_tokens;
    }
    assert!(read_tokens * 4 <= asked, "{read_tokens} of {asked}");
}

fn on(shelf: &Arc<Shelf>) -> CacheConfig {
    CacheConfig { memory: 1 << 30, cold: Some(Arc::clone(shelf) as Arc<dyn ColdStore>) }
}

/// A conversation in one run of the program and its next turn in another.
async fn next_run(model: &TinyModel, shelf: &Arc<Shelf>, change: impl FnOnce(&mut Kept)) -> Usage {
    let of = ConversationId(uuid::Uuid::new_v4());
    // Slow enough that a disk is worth asking.
    let asked = text("a long story", 900);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tiny.gguf");
    model.write(&path).unwrap();
    let load = async |bench: &Bench| {
        let spec = ModelSpec { parallel: 2, n_ctx: 4096, ..crate::support::spec(&path) };
        bench.engine.load(spec).await.unwrap();
    };
    let bench = Bench::with_cache(on(shelf));
    load(&bench).await;
    let first = bench.told(of_conversation(of, question(&asked, 24))).await;
    // As after every answer: what was said may be read as other tokens than it was written.
    let history = vec![user(&asked), assistant(&first.text)];
    bench.told(of_conversation(of, ahead(history))).await;
    bench.engine.shutdown().await;
    change(&mut shelf.kept.lock().unwrap());
    let bench = Bench::with_cache(on(shelf));
    load(&bench).await;
    let turns = vec![user(&asked), assistant(&first.text), user("And then?")];
    let second = bench.told(of_conversation(of, chat(turns.clone(), 24))).await;
    let fresh = Bench::with_cache(memory(0));
    load(&fresh).await;
    assert_eq!(second.text, fresh.told(chat(turns, 24)).await.text);
    second.usage()
}

#[tokio::test]
async fn a_conversation_goes_on_after_the_program_was_started_again() {
    for kind in [Kind::Attention, Kind::Window, Kind::Recurrent, Kind::Hybrid] {
        let shelf = Arc::default();
        let usage = next_run(&slow(kind), &shelf, |_| {}).await;
        assert!(unread(usage) < 340, "{kind:?}: {usage:?}");
        assert!(*shelf.read.lock().unwrap() > 0);
    }
}

/// Reading it takes so long that keeping its states pays.
fn slow(kind: Kind) -> TinyModel {
    TinyModel::of_kind(kind).layers(24)
}

#[tokio::test]
async fn what_is_torn_changed_or_of_another_place_is_read_again() {
    let changes: [fn(&mut Kept); 4] = [
        |kept| kept.values_mut().for_each(|(_, bytes)| bytes.truncate(bytes.len() / 2)),
        |kept| kept.values_mut().for_each(|(_, bytes)| bytes.clear()),
        |kept| {
            kept.values_mut().for_each(|(_, bytes)| bytes.iter_mut().take(8).for_each(|b| *b = 9))
        },
        |kept| {
            // Every state under the name of another one.
            let mut bytes: Vec<_> = kept.values().map(|(_, bytes)| bytes.clone()).collect();
            bytes.rotate_left(1);
            for ((_, held), other) in kept.values_mut().zip(bytes) {
                *held = other;
            }
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let shelf = Arc::default();
        let usage = next_run(&slow(Kind::Attention), &shelf, change).await;
        assert!(usage.cached_tokens < 600, "{number}: {usage:?}");
    }
}

#[tokio::test]
async fn what_leaves_nothing_behind_is_not_on_disk() {
    let shelf: Arc<Shelf> = Arc::default();
    let bench = bench(&slow(Kind::Attention), 2, 4096, on(&shelf)).await;
    bench.told(question(&text("nothing is kept", 900), 4)).await;
    bench.engine.shutdown().await;
    assert!(shelf.kept.lock().unwrap().is_empty());
}
