//! Every state of the menu, line by line.

use std::str::FromStr;

use hearth_api::Autostart;
use hearth_app::PowerUse;
use hearth_domain::{ConversationId, ErrorCode, MemoryUse, ModelId, PersonaId, Timestamp};

use super::{super::face::Face, *};

const ID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

fn words() -> &'static Words {
    Words::of(Some("en"), &[])
}

fn open() -> Open {
    let persona = |name: &str, preset: Option<&str>| PersonaName {
        id: PersonaId::from_str(ID).unwrap(),
        name: name.to_owned(),
        preset: preset.map(str::to_owned),
    };
    let conversation = ConversationId::from_str(ID).unwrap();
    Open {
        engine: EngineState::Empty,
        beside: Vec::new(),
        lists: Lists {
            model: Some(DefaultModel {
                name: "SmolLM2".to_owned(),
                memory: 412_000_000,
                present: true,
            }),
            recent: vec![
                (conversation, "Capital of France".to_owned()),
                (conversation, String::new()),
            ],
            personas: vec![persona("Pirate", None), persona("Writing", Some("writing"))],
        },
        costs: None,
        paused: false,
        port: Port::Off,
        login: Autostart { available: true, enabled: false, stale: false },
        lockable: false,
    }
}

fn ready() -> EngineState {
    EngineState::Ready {
        model: ModelId("x".to_owned()),
        name: "SmolLM2".to_owned(),
        idle_since: Timestamp(0),
        memory: MemoryUse { weights: 400_000_000, kv_cache: 10_000_000, ..MemoryUse::default() },
    }
}

/// The menu as text: a switch has its mark, what lies deeper stands to the right.
fn written(items: &[Item], depth: usize) -> Vec<String> {
    let left = "  ".repeat(depth);
    items
        .iter()
        .flat_map(|item| match item {
            Item::Choice { label, .. } => vec![format!("{left}{label}")],
            Item::Switch { label, on, .. } => {
                vec![format!("{left}[{}] {label}", if *on { "x" } else { " " })]
            }
            Item::Note(text) => vec![format!("{left}({text})")],
            Item::Line => vec![format!("{left}-")],
            Item::More { label, items } => {
                let mut lines = vec![format!("{left}{label} >")];
                lines.extend(written(items, depth + 1));
                lines
            }
        })
        .collect()
}

fn lines(open: Open) -> Vec<String> {
    written(&menu(&Facts::Open(Box::new(open)), words()), 0)
}

fn at(open: Open, place: usize) -> String {
    lines(open).remove(place)
}

#[test]
fn the_whole_menu_of_a_cold_model() {
    let expected = [
        "Open Hearth",
        "Quick chat",
        "New conversation with >",
        "  Pirate",
        "  Writing",
        "  No persona",
        "Recent conversations >",
        "  Capital of France",
        "  New conversation",
        "-",
        "(SmolLM2: cold)",
        "Load the model (needs 412 MB)",
        "-",
        "[ ] Pause background work",
        "[ ] Local port",
        "[ ] Start on login",
        "-",
        "Settings…",
        "Quit Hearth",
    ];
    assert_eq!(lines(open()), expected);
}

#[test]
fn a_warm_model_says_what_it_costs_and_what_unloading_gives_back() {
    let warm = Open { engine: ready(), ..open() };
    assert_eq!(at(warm.clone(), 10), "(SmolLM2: warm, 410 MB)");
    assert_eq!(at(warm, 11), "Unload the model (frees 410 MB)");
}

#[test]
fn models_beside_it_are_named_and_all_are_let_go_together() {
    let other = |busy: bool| {
        let (model, name) = (ModelId("y".to_owned()), "Qwen".to_owned());
        let memory = MemoryUse { weights: 90_000_000, ..MemoryUse::default() };
        match busy {
            true => EngineState::Busy { model, name, running: 1, queued: 0, memory },
            false => EngineState::Ready { model, name, idle_since: Timestamp(0), memory },
        }
    };
    let both = Open { engine: ready(), beside: vec![other(true)], ..open() };
    assert_eq!(at(both.clone(), 10), "(SmolLM2: warm, 410 MB)");
    assert_eq!(at(both.clone(), 11), "(Qwen: answering, 90 MB)");
    assert_eq!(at(both.clone(), 12), "Unload all models (frees 500 MB)");
    assert_eq!(Face::of(&Facts::Open(Box::new(both))), Face::Busy);
    let one = Open { beside: vec![other(false)], ..open() };
    assert_eq!(at(one.clone(), 10), "(SmolLM2: cold)");
    assert_eq!(at(one.clone(), 12), "(Qwen: warm, 90 MB)");
    assert_eq!(at(one, 13), "Unload all models (frees 90 MB)");
}

#[test]
fn what_everything_costs_is_told_as_far_as_it_is_known() {
    let memory = |resident, proportional| MemoryOf { resident, proportional, processes: 1 };
    let mut costs = Costs {
        program: memory(500_000_000, Some(450_000_000)),
        web_views: memory(62_000_000, None),
        ..Costs::default()
    };
    let told = |costs| at(Open { costs: Some(costs), ..open() }, 12);
    assert_eq!(told(costs), "(In use now: 512 MB)");
    costs.processor = Some(0.004);
    assert_eq!(told(costs), "(In use now: 512 MB, processor 0.4%)");
    costs.power = Some(PowerUse { watts: 8.24, of: PowerOf::Computer });
    assert_eq!(told(costs), "(In use now: 512 MB, processor 0.4%, computer 8.2 W)");
}

#[test]
fn loading_can_be_stopped_and_a_failure_tried_again() {
    let (model, name) = (ModelId("x".to_owned()), "SmolLM2".to_owned());
    let engine = EngineState::Loading { model: model.clone(), name: name.clone(), progress: 0.25 };
    let loading = Open { engine, ..open() };
    assert_eq!(at(loading.clone(), 10), "(SmolLM2: loading)", "the menu does not count");
    assert_eq!(at(loading.clone(), 11), "Stop loading");
    assert_eq!(tip(&Facts::Open(Box::new(loading)), words()), "SmolLM2: loading 25%");
    let (code, message) = (ErrorCode::Internal, String::new());
    let failed = Open { engine: EngineState::Failed { model, name, code, message }, ..open() };
    assert_eq!(at(failed.clone(), 10), "(SmolLM2: could not be loaded)");
    assert_eq!(at(failed, 11), "Load the model again");
}

#[test]
fn a_missing_model_cannot_be_loaded() {
    let mut gone = open();
    gone.lists.model.as_mut().unwrap().present = false;
    assert_eq!(at(gone.clone(), 10), "(SmolLM2: the file is missing)");
    assert_eq!(at(gone.clone(), 11), "-");
    gone.lists.model = None;
    assert_eq!(at(gone, 10), "(No model)");
}

#[test]
fn the_switches_show_what_is_on() {
    let on = Open {
        paused: true,
        port: Port::At("http://127.0.0.1:8790".to_owned()),
        login: Autostart { available: true, enabled: true, stale: false },
        lockable: true,
        ..open()
    };
    let expected = [
        "[x] Pause background work",
        "[x] Local port: http://127.0.0.1:8790",
        "[x] Start on login",
        "-",
        "Lock now",
    ];
    assert_eq!(lines(on.clone())[13..18], expected);
    assert_eq!(at(Open { port: Port::Failed, ..on }, 14), "[x] Local port: cannot be opened");
}

#[test]
fn what_is_not_there_is_not_offered() {
    let mut bare = open();
    bare.lists.recent.clear();
    bare.login = Autostart::default();
    let lines = lines(bare);
    assert!(!lines.iter().any(|line| line.contains("Recent") || line.contains("login")));
}

#[test]
fn without_open_data_only_the_window_and_the_end_are_there() {
    let short = |facts| written(&menu(&facts, words()), 0);
    assert_eq!(short(Facts::Opening), ["Open Hearth", "Quit Hearth"]);
    assert_eq!(short(Facts::Refused), ["Open Hearth", "Quit Hearth"]);
    assert_eq!(short(Facts::Locked), ["Unlock Hearth…", "Quit Hearth"]);
    assert_eq!(tip(&Facts::Locked, words()), "Locked");
}

#[test]
fn a_persona_that_comes_with_hearth_is_named_in_the_language() {
    let facts = Facts::Open(Box::new(open()));
    let german = Words::of(Some("de"), &[]);
    let named = written(&menu(&facts, german), 0);
    assert_eq!(named[3..5], ["  Pirate", "  Schreiben"]);
}

#[test]
fn a_title_is_one_short_line_whatever_it_holds() {
    assert_eq!(shortened("  a\n\tb\u{202e}c\u{7}  "), "a bc");
    let long = "A question about the history of the long roads of Rome, and more";
    assert_eq!(shortened(long), "A question about the history of the long…");
    let word = "好".repeat(100);
    assert_eq!(shortened(&word), format!("{}…", "好".repeat(LONGEST)));
    assert_eq!(shortened("🜂".repeat(44).as_str()), "🜂".repeat(44));
}
