//! The rule on a scripted clock: each test is a day in the life of a computer.

use hearth_domain::{ErrorCode, MemoryUse, ModelId};

use super::*;

/// A computer whose clock, windows and engine the test moves.
struct Day {
    settings: ModelSettings,
    on_battery: bool,
    engine: EngineState,
    windows: Windows,
    woken: bool,
    paused: bool,
    barred: bool,
    short: bool,
    now: Timestamp,
}

impl Day {
    fn new(warm: WarmPolicy) -> Self {
        let start = Timestamp(1_700_000_000_000);
        Self {
            settings: ModelSettings { warm, warm_minutes: 30, ..ModelSettings::default() },
            on_battery: false,
            engine: EngineState::Empty,
            windows: Windows { open: false, focused: false, changed: start, times_focused: 0 },
            woken: true,
            paused: false,
            barred: false,
            short: false,
            now: start,
        }
    }

    fn step(&self) -> Step {
        let Self { now, windows, on_battery, woken, paused, barred, short, .. } = *self;
        let (settings, engine) = (&self.settings, &self.engine);
        Situation { now, settings, on_battery, engine, windows, woken, paused, barred, short }
            .step()
    }

    fn minutes(mut self, minutes: i64) -> Self {
        self.now.0 += minutes * MINUTE;
        self
    }

    fn answered(mut self) -> Self {
        self.engine = EngineState::Ready {
            model: ModelId("m".into()),
            name: "M".into(),
            idle_since: self.now,
            memory: MemoryUse::default(),
        };
        self
    }

    fn let_go(mut self) -> Self {
        self.engine = EngineState::Empty;
        self.woken = false;
        self
    }

    fn window(mut self, open: bool, focused: bool) -> Self {
        self.windows = Windows { open, focused, changed: self.now, ..self.windows };
        self.woken |= focused;
        self
    }
}

#[test]
fn always_loads_at_a_hidden_start_and_never_lets_go() {
    let day = Day::new(WarmPolicy::Always);
    assert_eq!(day.step(), Step::Load);
    assert_eq!(day.answered().minutes(100_000).step(), Step::Wait);
}

#[test]
fn idle_lets_go_after_its_minutes_and_loads_again_for_a_window_that_gets_the_keyboard() {
    let day = Day::new(WarmPolicy::Idle);
    assert_eq!(day.step(), Step::Load);
    let day = day.answered();
    let end = Timestamp(day.now.0 + 30 * MINUTE);
    let day = day.minutes(29);
    assert_eq!(day.step(), Step::WaitUntil(end));
    let day = day.minutes(1);
    assert_eq!(day.step(), Step::Unload);
    let day = day.let_go().minutes(500);
    assert_eq!(day.step(), Step::Wait, "nobody came");
    assert_eq!(day.window(true, true).step(), Step::Load);
}

#[test]
fn a_window_that_keeps_the_keyboard_while_nobody_is_there_does_not_bring_the_model_back() {
    let day = Day::new(WarmPolicy::Idle).window(true, true).answered().minutes(30);
    assert_eq!(day.step(), Step::Unload);
    assert_eq!(day.let_go().step(), Step::Wait);
}

#[test]
fn coming_to_a_window_counts_as_being_there() {
    let day = Day::new(WarmPolicy::Idle).answered().minutes(29).window(true, true).minutes(1);
    let end = Timestamp(day.now.0 + 29 * MINUTE);
    assert_eq!(day.step(), Step::WaitUntil(end));
}

#[test]
fn window_loads_for_a_window_and_lets_go_shortly_after_the_last_one() {
    let day = Day::new(WarmPolicy::Window);
    assert_eq!(day.step(), Step::Wait, "a hidden start needs no model");
    let day = day.window(true, false);
    assert_eq!(day.step(), Step::Load);
    let day = day.answered().minutes(1000);
    assert_eq!(day.step(), Step::Wait);
    let mut day = day.window(false, false);
    assert_eq!(day.step(), Step::WaitUntil(Timestamp(day.now.0 + LINGER)));
    day.now.0 += LINGER;
    assert_eq!(day.step(), Step::Unload);
}

#[test]
fn never_loads_nothing_and_lets_go_what_a_question_loaded() {
    let day = Day::new(WarmPolicy::Never).window(true, true);
    assert_eq!(day.step(), Step::Wait);
    assert_eq!(day.answered().minutes(30).step(), Step::Unload);
}

#[test]
fn on_battery_the_other_policy_holds_and_only_there() {
    let mut day = Day::new(WarmPolicy::Always).answered().minutes(45);
    day.settings.warm_on_battery = Some(WarmPolicy::Idle);
    assert_eq!(day.step(), Step::Wait);
    day.on_battery = true;
    assert_eq!(day.step(), Step::Unload);
    let mut day = day.let_go();
    assert_eq!(day.step(), Step::Wait);
    day.on_battery = false;
    assert_eq!(day.step(), Step::Load, "plugged in again");
    day.on_battery = true;
    day.settings.warm_on_battery = None;
    assert_eq!(day.step(), Step::Load, "a battery alone changes nothing");
}

#[test]
fn a_load_that_failed_is_not_tried_again_by_itself() {
    for policy in [WarmPolicy::Always, WarmPolicy::Idle, WarmPolicy::Window] {
        let mut day = Day::new(policy).window(true, true);
        day.barred = true;
        assert_eq!(day.step(), Step::Wait, "{policy:?}");
        day.barred = false;
        day.engine = EngineState::Failed {
            model: ModelId("m".into()),
            name: "M".into(),
            code: ErrorCode::ModelLoadFailed,
            message: String::new(),
        };
        assert_eq!(day.minutes(600).window(true, true).step(), Step::Wait, "{policy:?}");
    }
}

#[test]
fn a_pause_loads_nothing_and_still_lets_go() {
    let mut day = Day::new(WarmPolicy::Idle);
    day.paused = true;
    assert_eq!(day.step(), Step::Wait);
    assert_eq!(day.answered().minutes(30).step(), Step::Unload);
}

#[test]
fn nothing_is_done_while_the_engine_works() {
    let (model, name) = (ModelId("m".into()), "M".to_owned());
    let mut day = Day::new(WarmPolicy::Never).minutes(600);
    day.engine = EngineState::Loading { model: model.clone(), name: name.clone(), progress: 0.4 };
    assert_eq!(day.step(), Step::Wait);
    let memory = MemoryUse::default();
    day.engine = EngineState::Busy { model, name, running: 1, queued: 0, memory };
    assert_eq!(day.step(), Step::Wait);
}

#[test]
fn a_clock_that_was_set_back_lets_nothing_go_early() {
    let day = Day::new(WarmPolicy::Idle).answered().minutes(-300);
    assert!(matches!(day.step(), Step::WaitUntil(_)));
}

#[test]
fn where_memory_is_short_an_idle_model_goes_soon_unless_it_is_to_stay() {
    let mut day = Day::new(WarmPolicy::Idle).answered();
    day.short = true;
    assert_eq!(day.step(), Step::WaitUntil(Timestamp(day.now.0 + LINGER)));
    assert_eq!(day.minutes(1).step(), Step::Unload);
    let mut day = Day::new(WarmPolicy::Always).answered();
    day.short = true;
    assert_eq!(day.minutes(1).step(), Step::Wait);
}

fn ready(id: &str, idle_since: i64) -> EngineState {
    EngineState::Ready {
        model: ModelId(id.into()),
        name: id.into(),
        idle_since: Timestamp(idle_since * MINUTE),
        memory: MemoryUse::default(),
    }
}

#[test]
fn models_beside_the_person_s_own_go_when_nothing_was_asked_of_them_for_a_while() {
    let busy = EngineState::Busy {
        model: ModelId("busy".into()),
        name: "busy".into(),
        running: 1,
        queued: 0,
        memory: MemoryUse::default(),
    };
    let beside = [ready("late", 20), busy, ready("early", 10), ready("middle", 15)];
    let gone = |at: i64, short| {
        let (gone, next) = let_go_beside(&beside, Timestamp(at * MINUTE), 30, short);
        let gone: Vec<_> = gone.into_iter().map(|id| id.0).collect();
        (gone.join(" "), next.map(|next| next.0 / MINUTE))
    };
    assert_eq!(gone(39, false), (String::new(), Some(40)));
    assert_eq!(gone(40, false), ("early".into(), Some(45)));
    assert_eq!(gone(46, false), ("early middle".into(), Some(50)));
    assert_eq!(gone(90, false), ("early middle late".into(), None));
    assert_eq!(gone(20, true), ("early".into(), Some(45)), "one at a time, and look again");
    assert_eq!(let_go_beside(&[], Timestamp(0), 30, true), (vec![], None));
}
