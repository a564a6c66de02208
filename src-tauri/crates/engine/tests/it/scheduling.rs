//! Who goes first, who gives way, and that nobody is harmed by it.

use std::time::Duration;

use hearth_domain::{Caller, FinishReason, Priority};
use hearth_engine::{Answer, Error, Event, Request};
use hearth_testkit::gguf::{Kind, TinyModel};

use crate::support::{Bench, is_delta, question, read, tiny, until};

fn by(class: Priority, caller: &str, request: Request) -> Request {
    let caller = match class {
        Priority::Interactive => Caller::Person,
        Priority::Stream | Priority::Batch | Priority::Background => Caller::Key(caller.into()),
    };
    Request { priority: class, caller, ..request }
}

fn endless() -> TinyModel {
    TinyModel::scripted(&["a ", "b ", "c "]).endless()
}

/// Waits until a request was made into a prompt: it is told how many are before it, or begins.
async fn heard(answer: &mut Answer) {
    until(answer, |event| !matches!(event, Event::TemplateReplaced)).await;
}

#[tokio::test]
async fn work_in_the_background_gives_its_place_to_a_person_and_goes_on_afterwards() {
    let bench = Bench::loaded(&endless(), 1, 0).await;
    let mut background = bench.ask(by(Priority::Background, "b", question("background", 600)));
    until(&mut background, is_delta).await;
    let person = bench.told(question("person", 30)).await;
    assert_eq!((person.reason(), person.usage().completion_tokens), (FinishReason::Length, 30));
    let told = read(background).await;
    assert_eq!((told.reason(), told.usage().completion_tokens), (FinishReason::Length, 600));
}

#[tokio::test]
async fn a_request_that_waited_in_between_says_what_it_says_alone() {
    let model = TinyModel::random();
    let asked = || by(Priority::Batch, "b", question("what is said", 200));
    let alone = Bench::loaded(&model, 1, 0).await.told(asked()).await.text;
    let bench = Bench::loaded(&model, 1, 0).await;
    let mut batch = bench.ask(asked());
    let Event::Delta { text: mut said, .. } = until(&mut batch, is_delta).await else {
        panic!("no text")
    };
    for n in 0..3 {
        bench.told(question(&format!("{n} interrupts"), 5)).await;
    }
    said += &read(batch).await.text;
    assert_eq!(said, alone);
}

#[tokio::test]
async fn a_request_can_be_cancelled_while_it_waits_for_its_place_again() {
    let bench = Bench::loaded(&endless(), 1, 0).await;
    let mut background = bench.ask(by(Priority::Background, "b", question("background", 4000)));
    until(&mut background, is_delta).await;
    let mut person = bench.ask(question("person", 3000));
    until(&mut person, is_delta).await;
    background.cancel();
    let told = read(background).await;
    assert_eq!(told.reason(), FinishReason::Cancelled);
    assert!(told.usage().completion_tokens > 0, "what it wrote counts");
    person.cancel();
    assert_eq!(read(person).await.reason(), FinishReason::Cancelled);
    bench.engine.let_go(&tiny()).await;
}

/// Lets so many steps be taken, and waits until the next one is held back.
async fn take(bench: &Bench, steps: usize) {
    for _ in 0..steps {
        bench.lease.allow(1);
        bench.lease.held_back().await;
    }
}

/// How far a prompt was read.
async fn done(answer: &mut Answer) -> u32 {
    match until(answer, |event| matches!(event, Event::PromptProgress { .. })).await {
        Event::PromptProgress { done, .. } => done,
        other => panic!("{other:?}"),
    }
}

/// Whether an answer has nothing to tell; whatever it had would be there at once.
async fn is_silent(answer: &mut Answer) -> bool {
    tokio::time::timeout(Duration::from_millis(50), answer.next()).await.is_err()
}

#[tokio::test]
async fn a_step_that_serves_no_person_is_stopped_for_one() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    bench.lease.hold();
    let mut batch = bench.ask(by(Priority::Batch, "b", question(&"word ".repeat(400), 4)));
    bench.lease.held_back().await;
    let person = bench.ask(question("person", 4));
    // Time for the prompt to be made: then the step that is held back stops as soon as it begins.
    tokio::time::sleep(Duration::from_millis(300)).await;
    take(&bench, 1).await;
    assert!(is_silent(&mut batch).await, "nothing of it was read");
    bench.lease.free();
    assert_eq!(read(person).await.usage().completion_tokens, 4);
    assert_eq!(read(batch).await.usage().completion_tokens, 4);
}

#[tokio::test]
async fn a_long_step_is_stopped_for_other_work_of_a_person_as_well() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    bench.lease.hold();
    let mut batch = bench.ask(by(Priority::Batch, "b", question(&"word ".repeat(400), 4)));
    bench.lease.held_back().await;
    bench.lease.want(Priority::Interactive);
    take(&bench, 1).await;
    assert!(is_silent(&mut batch).await, "nothing of it was read");
    bench.lease.want(Priority::Stream);
    take(&bench, 1).await;
    assert!(done(&mut batch).await > 0, "a stream does not stop it");
    bench.lease.free();
    assert_eq!(read(batch).await.usage().completion_tokens, 4);
}

#[tokio::test]
async fn what_was_read_when_a_step_stopped_is_read_again_where_a_state_holds_it() {
    for kind in [Kind::Attention, Kind::Window, Kind::Recurrent, Kind::Hybrid] {
        let asked = || by(Priority::Stream, "s", question(&"word ".repeat(300), 12));
        let alone = Bench::loaded(&TinyModel::of_kind(kind), 2, 0).await.told(asked()).await.text;
        let bench = Bench::loaded(&TinyModel::of_kind(kind), 2, 0).await;
        bench.lease.hold();
        let mut stream = bench.ask(asked());
        bench.lease.held_back().await;
        take(&bench, 1).await;
        assert!(done(&mut stream).await > 0, "{kind:?}");
        // The second step of the prompt begins and stops.
        bench.lease.want(Priority::Interactive);
        take(&bench, 1).await;
        bench.lease.free();
        assert_eq!(read(stream).await.text, alone, "{kind:?}");
    }
}

#[tokio::test]
async fn a_stream_that_gave_way_often_enough_goes_on_whoever_wants_the_computer() {
    let bench = Bench::loaded(&endless(), 2, 0).await;
    bench.lease.hold();
    let mut stream = bench.ask(by(Priority::Stream, "s", question(&"word ".repeat(400), 4)));
    bench.lease.held_back().await;
    let mut stopped = 0;
    loop {
        bench.lease.want(Priority::Interactive);
        take(&bench, 1).await;
        if !is_silent(&mut stream).await {
            break;
        }
        stopped += 1;
        assert!(stopped < 20, "it never goes on");
    }
    assert!(stopped > 0, "it gives way at first");
    bench.lease.free();
    assert_eq!(read(stream).await.usage().completion_tokens, 4);
}

#[tokio::test]
async fn a_model_whose_states_cannot_be_taken_back_does_not_give_way_while_it_writes() {
    let bench = Bench::loaded(&TinyModel::of_kind(Kind::Recurrent), 2, 0).await;
    bench.lease.hold();
    let mut stream = bench.ask(by(Priority::Stream, "s", question("write", 40)));
    bench.lease.held_back().await;
    // The prompt and a few words.
    take(&bench, 6).await;
    while !is_silent(&mut stream).await {}
    for _ in 0..4 {
        bench.lease.want(Priority::Interactive);
        take(&bench, 1).await;
    }
    let next = tokio::time::timeout(Duration::from_secs(5), until(&mut stream, is_delta)).await;
    assert!(next.is_ok(), "all it wrote is read again");
    bench.lease.free();
    assert!(read(stream).await.usage().completion_tokens > 8);
}

#[tokio::test]
async fn one_request_is_not_kept_waiting_by_the_many_of_another_caller() {
    let bench = Bench::loaded(&endless(), 1, 0).await;
    let mut running = bench.ask(by(Priority::Stream, "many", question("first of many", 3000)));
    until(&mut running, is_delta).await;
    let many: Vec<_> = (0..20)
        .map(|n| bench.ask(by(Priority::Stream, "many", question(&format!("{n} of many"), 2))))
        .collect();
    let mut one = bench.ask(by(Priority::Stream, "one", question("the only one", 2)));
    let told = until(&mut one, |event| matches!(event, Event::Queued { .. })).await;
    assert!(matches!(told, Event::Queued { ahead: 0 | 1 }), "{told:?}, though it came last");
    running.cancel();
    assert_eq!(read(one).await.usage().completion_tokens, 2);
    for answer in many {
        assert_eq!(read(answer).await.usage().completion_tokens, 2);
    }
}

#[tokio::test]
async fn a_flood_of_programs_refuses_no_person_and_no_other_caller() {
    let bench = Bench::with_queue(3);
    let spec = bench.write("tiny.gguf", &TinyModel::scripted(&["a"]));
    bench.engine.load(hearth_engine::ModelSpec { parallel: 1, ..spec }).await.unwrap();
    bench.lease.hold();
    let running = bench.ask(by(Priority::Stream, "flood", question("runs", 4)));
    bench.lease.held_back().await;
    let flood = |n: usize| by(Priority::Stream, "flood", question(&format!("{n} floods"), 4));
    let mut taken: Vec<_> = (0..3).map(|n| bench.ask(flood(n))).collect();
    let refused = bench.engine.submit(flood(4)).map(drop);
    let Err(Error::QueueFull { limit: 3, wait }) = refused else { panic!("{refused:?}") };
    assert!(wait >= Duration::from_secs(1), "it is told when to try again");
    taken.push(bench.ask(by(Priority::Stream, "other", question("another caller", 4))));
    taken.push(bench.ask(by(Priority::Batch, "flood", question("another class", 4))));
    taken.push(bench.ask(question("a person", 4)));
    bench.lease.free();
    for answer in taken.into_iter().chain([running]) {
        assert_eq!(read(answer).await.text, "a");
    }
}

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        let (by, and) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        self.0 = self.0.wrapping_mul(by).wrapping_add(and);
        (self.0 >> 33) % sides
    }
}

/// What is asked in the test below: every third alike, so that beginnings are shared.
fn nth(n: u64, class: Priority) -> Request {
    let text = format!("{} is the number of the question", n % 24);
    by(class, ["x", "y"][(n % 2) as usize], question(&text, 12 + u32::try_from(n % 24).unwrap()))
}

#[tokio::test]
async fn five_hundred_cancels_change_no_other_answer() {
    let model = TinyModel::random();
    let calm = Bench::loaded(&model, 1, 0).await;
    let mut alone = Vec::new();
    for n in 0..24 {
        alone.push(calm.told(nth(n, Priority::Interactive)).await.text);
    }
    let bench = Bench::loaded(&model, 6, 2048).await;
    let mut dice = Dice(7);
    let mut stays: Vec<(usize, Answer)> = Vec::new();
    let mut cancelled = 0;
    let mut n = 0;
    while cancelled < 500 {
        n += 1;
        let class = Priority::ALL[dice.roll(4) as usize];
        let mut answer = bench.ask(nth(n, class));
        match dice.roll(5) {
            // At once, after it began to be worked on, or in the middle of its text.
            0 => {}
            1 => tokio::time::sleep(Duration::from_micros(dice.roll(3000))).await,
            2 | 3 => heard(&mut answer).await,
            _ => {
                stays.push(((n % 24) as usize, answer));
                if stays.len() >= 8 {
                    let (which, answer) = stays.remove(dice.roll(8) as usize);
                    assert_eq!(read(answer).await.text, alone[which]);
                }
                continue;
            }
        }
        cancelled += 1;
        answer.cancel();
    }
    for (which, answer) in stays {
        assert_eq!(read(answer).await.text, alone[which]);
    }
}
