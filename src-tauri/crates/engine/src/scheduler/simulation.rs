//! The scheduler on a computer that is only reckoned: the policy of the owner's loop, a scripted
//! clock, and steps that take what the script says. Scenarios and the properties that must hold.

use std::time::Duration;

use hearth_domain::{Caller, Priority};

use super::{
    Label, Policy, class,
    cost::Shape,
    plan::View,
    policy::{Account, Next},
    victim::{Room, Seat, gives_way, victim},
};

use Priority::{Background, Batch, Interactive, Stream};

/// Stopping a step takes about this long.
const STOP: Duration = Duration::from_millis(5);

/// One request of a script, and what became of it.
#[derive(Clone, Debug)]
struct Job {
    class: Priority,
    caller: &'static str,
    at: Duration,
    prompt: usize,
    answer: usize,
    order: u64,
    read: usize,
    written: usize,
    /// When its tokens came.
    tokens: Vec<Duration>,
    pauses: usize,
}

impl Job {
    fn first(&self) -> Duration {
        self.tokens[0] - self.at
    }

    fn end(&self) -> Duration {
        self.tokens[self.tokens.len() - 1]
    }

    fn longest_gap(&self) -> Duration {
        self.tokens.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }
}

struct Live {
    account: Account,
    job: Job,
}

impl Live {
    fn unread(&self) -> usize {
        // What was written before a pause is read again with the prompt.
        let known = self.job.prompt + self.job.written.saturating_sub(1);
        known.saturating_sub(self.job.read)
    }
}

struct Machine {
    policy: Policy<Job>,
    running: Vec<Live>,
    script: Vec<Job>,
    done: Vec<Job>,
    now: Duration,
    sequences: usize,
    cells: usize,
    /// Seconds of a row beyond the first, of the first, and of a token of a prompt.
    speed: (f64, f64, f64),
    worked: Vec<(Duration, Priority, &'static str, usize)>,
}

/// A computer on which wider steps cost as much more, as one of two cores does.
const NARROW: (f64, f64, f64) = (0.010, 0.012, 0.004);
/// One on which width is nearly free, as with a graphics processor.
const WIDE: (f64, f64, f64) = (0.0001, 0.010, 0.0001);

impl Machine {
    fn new(speed: (f64, f64, f64), mut script: Vec<Job>) -> Self {
        script.sort_by_key(|job| job.at);
        for (order, job) in script.iter_mut().enumerate() {
            job.order = order as u64;
        }
        // As a computer that was measured, or that has worked for a minute, knows itself.
        let mut policy = Policy::new();
        let shapes = (1..=8).map(|rows| Shape { rows, read: 0 });
        for shape in shapes.chain([4, 16, 64, 512].map(|read| Shape { rows: 0, read })) {
            policy.costs.took(shape, reckon(speed, shape), true);
        }
        Self {
            policy,
            running: Vec::new(),
            script,
            done: Vec::new(),
            now: Duration::ZERO,
            sequences: 8,
            cells: 32_768,
            speed,
            worked: Vec::new(),
        }
    }

    /// Runs to the end of the script, or to this moment.
    fn run(mut self, until: Duration) -> Self {
        while self.now < until {
            self.hear();
            self.let_in();
            if self.running.is_empty() {
                let Some(next) = self.script.first() else { break };
                self.now = next.at;
                continue;
            }
            self.step();
        }
        self
    }

    fn hear(&mut self) {
        while self.script.first().is_some_and(|job| job.at <= self.now) {
            let job = self.script.remove(0);
            let label = Label {
                class: job.class,
                caller: Caller::Key(job.caller.into()),
                order: job.order,
                work: (job.prompt + job.answer) as u64,
            };
            self.policy.arrive(job.at, label, job);
        }
    }

    fn let_in(&mut self) {
        loop {
            let seats: Vec<_> = self.running.iter().map(|live| self.seat(live)).collect();
            let room = Room { sequence: self.running.len() < self.sequences, cells: self.cells };
            let claim = |job: &Job| job.prompt + job.answer;
            match self.policy.next(self.now, &seats, room, claim) {
                Next::Begin(account, job) => self.running.push(Live { account, job }),
                Next::Displace(place) => self.pause(place),
                Next::Nobody => return,
            }
        }
    }

    fn seat(&self, live: &Live) -> Seat {
        Seat {
            class: live.job.class,
            order: live.job.order,
            claim: live.job.prompt + live.job.answer,
            held: self.now - live.account.since,
        }
    }

    fn pause(&mut self, place: usize) {
        let Live { account, mut job } = self.running.remove(place);
        job.read = 0;
        job.pauses += 1;
        let left = (job.prompt + job.answer - job.written) as u64;
        self.policy.pause(self.now, account, left, job);
    }

    fn views(&self) -> Vec<View> {
        let view = |(key, live): (usize, &Live)| View {
            key,
            class: live.job.class,
            order: live.job.order,
            served: self.policy.served(&live.account.label),
            held: live.job.read,
            unread: live.unread(),
            waited: self.now - live.account.touched,
        };
        self.running.iter().enumerate().map(view).collect()
    }

    fn step(&mut self) {
        let views = self.views();
        let plan = self.policy.plan(&views, 512);
        assert!(!plan.shares.is_empty(), "there is work");
        let held: usize = self.running.iter().map(|live| live.job.read).sum();
        let tokens: usize = plan.shares.iter().map(|share| share.tokens).sum();
        if held + tokens > self.cells {
            let ranks = self.running.iter().map(|live| (live.job.class, live.job.order));
            let place = victim(ranks).unwrap();
            assert!(self.running.len() > 1, "the script holds nothing that does not fit alone");
            return self.pause(place);
        }
        let writes = |key: usize| views[key].unread == 0;
        let rows = plan.shares.iter().filter(|share| writes(share.key)).count();
        let shape = Shape { rows, read: tokens - rows };
        let took = Duration::from_secs_f64(reckon(self.speed, shape));
        let classes: Vec<_> = plan.shares.iter().map(|share| views[share.key].class).collect();
        let stopped = self.script.iter().take_while(|job| job.at < self.now + took);
        let stopped = stopped.filter(|job| gives_way(&classes, job.class)).map(|job| job.at).next();
        if let Some(at) = stopped {
            self.now = at.max(self.now) + STOP;
            return;
        }
        self.now += took;
        self.policy.stepped(&views, &plan, shape, took.as_secs_f64(), true);
        let shares = plan.shares.clone();
        for share in &shares {
            self.advance(share.key, share.tokens, views[share.key].unread);
        }
        for place in (0..self.running.len()).rev() {
            if self.running[place].job.written >= self.running[place].job.answer {
                let Live { account, job } = self.running.remove(place);
                self.policy.end(account);
                self.done.push(job);
            }
        }
    }

    fn advance(&mut self, key: usize, tokens: usize, unread: usize) {
        let live = &mut self.running[key];
        self.policy.worked(self.now, &mut live.account, tokens);
        self.worked.push((self.now, live.job.class, live.job.caller, tokens));
        live.job.read += tokens;
        if unread == 0 || tokens == unread {
            live.job.written += 1;
            live.job.tokens.push(self.now);
        }
    }

    fn of(&self, class: Priority) -> impl Iterator<Item = &Job> {
        self.done.iter().filter(move |job| job.class == class)
    }

    /// Tokens worked on between two moments, for those that are wanted.
    fn tokens(
        &self,
        from: Duration,
        to: Duration,
        wanted: impl Fn(Priority, &str) -> bool,
    ) -> usize {
        let worked = self
            .worked
            .iter()
            .filter(|(at, class, caller, _)| (from..to).contains(at) && wanted(*class, caller));
        worked.map(|(.., tokens)| tokens).sum()
    }
}

/// Seconds of a step.
fn reckon((row, first, token): (f64, f64, f64), shape: Shape) -> f64 {
    first + row * shape.rows.saturating_sub(1) as f64 + token * shape.read as f64
}

fn job(class: Priority, caller: &'static str, at: f64, prompt: usize, answer: usize) -> Job {
    Job {
        class,
        caller,
        at: Duration::from_secs_f64(at),
        prompt,
        answer,
        order: 0,
        read: 0,
        written: 0,
        tokens: Vec::new(),
        pauses: 0,
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

const LONG: Duration = Duration::from_secs(100_000);

#[test]
fn a_person_is_answered_at_once_whatever_programs_do() {
    for speed in [NARROW, WIDE] {
        let mut script: Vec<_> = (0..30).map(|_| job(Stream, "a", 0.0, 600, 300)).collect();
        script.extend((0..100).map(|_| job(Batch, "b", 0.0, 2000, 300)));
        script.extend((0..5).map(|n| job(Background, "c", f64::from(n) * 9.0, 4000, 50)));
        script.extend((0..12).map(|n| job(Interactive, "me", 7.3 + 11.0 * f64::from(n), 100, 120)));
        let ran = Machine::new(speed, script).run(LONG);
        assert_eq!(ran.done.len(), 147);
        for asked in ran.of(Interactive) {
            assert!(asked.first() < seconds(1.5), "{:?} {speed:?}", asked.first());
            assert!(asked.longest_gap() <= seconds(0.085), "{:?}", asked.longest_gap());
            assert_eq!(asked.pauses, 0);
        }
    }
}

#[test]
fn a_stream_goes_on_while_a_long_prompt_of_a_lower_class_is_read() {
    let script = vec![job(Stream, "a", 0.0, 50, 2000), job(Batch, "b", 2.0, 16_000, 10)];
    let ran = Machine::new(NARROW, script).run(LONG);
    let stream = ran.of(Stream).next().unwrap();
    assert!(stream.longest_gap() <= seconds(0.024), "twice the gap of one alone");
    assert!(ran.of(Batch).next().unwrap().end() < seconds(110.0));
}

#[test]
fn a_burst_of_questions_is_answered_together() {
    let mut script: Vec<_> = (0..8).map(|_| job(Batch, "b", 0.0, 500, 2000)).collect();
    script.extend((0..4).map(|_| job(Interactive, "me", 20.0, 100, 100)));
    let ran = Machine::new(NARROW, script).run(LONG);
    for asked in ran.of(Interactive) {
        assert!(asked.first() < seconds(4.0), "{:?}", asked.first());
    }
    assert!(ran.of(Batch).any(|job| job.pauses > 0), "they made room");
    assert!(ran.of(Batch).all(|job| job.written == 2000), "and lost nothing");
}

#[test]
fn one_request_is_not_starved_by_fifty_of_another_caller() {
    for class in [Stream, Batch] {
        let mut script: Vec<_> = (0..50).map(|_| job(class, "many", 0.0, 300, 200)).collect();
        script.push(job(class, "one", 1.0, 300, 200));
        let ran = Machine::new(NARROW, script).run(LONG);
        let one = ran.done.iter().find(|job| job.caller == "one").unwrap();
        let sooner = ran.done.iter().filter(|job| job.end() < one.end()).count();
        assert!(sooner <= 16, "{class:?}: {sooner} of the others were done before it");
    }
}

#[test]
fn two_callers_with_much_to_do_get_equal_parts() {
    // One asks for much at a time, the other for little.
    let mut script: Vec<_> = (0..400).map(|_| job(Batch, "small", 0.0, 100, 40)).collect();
    script.extend((0..60).map(|_| job(Batch, "large", 0.0, 1500, 300)));
    let ran = Machine::new(NARROW, script).run(seconds(200.0));
    let part = |caller| ran.tokens(seconds(20.0), seconds(200.0), |_, of| of == caller) as f64;
    let small = part("small") / (part("small") + part("large"));
    assert!((0.35..0.65).contains(&small), "{small}");
}

#[test]
fn no_class_waits_for_ever_behind_more_urgent_ones() {
    let mut script: Vec<_> =
        (0..330).map(|n| job(Stream, "a", f64::from(n) * 0.5, 300, 100)).collect();
    script.push(job(Batch, "b", 5.0, 500, 50));
    script.push(job(Background, "c", 5.0, 500, 20));
    let ran = Machine::new(NARROW, script).run(seconds(750.0));
    let batch = ran.of(Batch).next().expect("batch work ends");
    assert!(batch.end() < seconds(240.0), "{:?}", batch.end());
    let background = ran.of(Background).next().expect("work in the background ends");
    assert!(background.end() < seconds(600.0), "{:?}", background.end());
}

#[test]
fn background_keeps_a_part_while_streams_are_written() {
    let mut script = vec![job(Background, "c", 0.0, 200, 30_000)];
    script.extend((0..600).map(|n| job(Stream, "a", 1.0 + f64::from(n), 100, 100)));
    let ran = Machine::new(NARROW, script).run(seconds(400.0));
    let (from, to) = (seconds(50.0), seconds(400.0));
    let rows = ran.tokens(from, to, |class, _| class == Background) as f64;
    let part = rows * NARROW.0 / (to - from).as_secs_f64();
    assert!(part >= 0.04, "{part}");
}

#[test]
fn background_rests_while_a_person_reads_on_a_narrow_computer() {
    let script = vec![
        job(Interactive, "me", 2.0, 50, 500),
        job(Background, "c", 0.0, 9000, 300),
        job(Background, "c", 0.0, 20, 3000),
    ];
    let ran = Machine::new(NARROW, script).run(LONG);
    let answer = ran.of(Interactive).next().unwrap();
    // The first steps together are how the price of width is learnt.
    let from = answer.tokens[20];
    let meanwhile = ran.tokens(from, answer.end(), |class, _| class == Background);
    assert_eq!(meanwhile, 0);
    assert!(ran.of(Background).count() == 2, "afterwards it is done");
}

#[test]
fn a_few_streams_at_a_time_end_sooner_and_none_waits_long() {
    let script: Vec<_> = (0..8).map(|_| job(Stream, "a", 0.0, 100, 200)).collect();
    let ran = Machine::new(NARROW, script).run(LONG);
    let gaps: Vec<_> = ran.done.iter().map(Job::longest_gap).collect();
    assert!(gaps.iter().all(|gap| *gap <= seconds(0.06)), "{gaps:?}");
    let wide: Vec<_> = (0..8).map(|_| job(Stream, "a", 0.0, 100, 200)).collect();
    let ran = Machine::new(WIDE, wide).run(LONG);
    assert!(ran.done.iter().all(|job| job.first() < seconds(0.5)), "nobody waits for width");
}

#[test]
fn a_full_cache_makes_the_lowest_wait_and_all_end_whole() {
    let mut script: Vec<_> = (0..6).map(|_| job(Batch, "b", 0.0, 200, 900)).collect();
    script.extend((0..3).map(|_| job(Interactive, "me", 3.0, 400, 600)));
    let mut machine = Machine::new(NARROW, script);
    machine.cells = 3000;
    let ran = machine.run(LONG);
    assert_eq!(ran.done.len(), 9);
    assert!(ran.of(Interactive).all(|job| job.pauses == 0));
    assert!(ran.done.iter().all(|job| job.written == job.answer));
}

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn whatever_comes_all_is_answered_and_no_person_waits_for_a_program() {
    for seed in 0..24 {
        let mut dice = Dice(seed);
        let script: Vec<_> = (0..80)
            .map(|_| {
                let class = class::ALL[dice.roll(4) as usize];
                let caller = ["a", "b", "c"][dice.roll(3) as usize];
                let at = dice.roll(60_000) as f64 / 1000.0;
                job(class, caller, at, 1 + dice.roll(900) as usize, 1 + dice.roll(150) as usize)
            })
            .collect();
        let persons: usize = script.iter().filter(|job| job.class == Interactive).count();
        // Half of them begin without having measured anything.
        let mut machine = Machine::new(if seed % 2 == 0 { NARROW } else { WIDE }, script);
        if seed % 4 < 2 {
            machine.policy = Policy::new();
        }
        machine.sequences = 1 + dice.roll(8) as usize;
        machine.cells = 2048 + 1024 * dice.roll(8) as usize;
        let ran = machine.run(LONG);
        assert_eq!(ran.done.len(), 80, "seed {seed}");
        assert!(ran.done.iter().all(|job| job.written == job.answer), "seed {seed}");
        let paused = ran.of(Interactive).filter(|job| job.pauses > 0).count();
        assert!(paused * 10 <= persons, "seed {seed}: {paused} of {persons}");
    }
}
