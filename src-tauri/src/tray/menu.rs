//! The menu as plain values: what stands in it, made from facts and words. Nothing here knows a
//! tray or a window, so that every state of it is a unit test.

use hearth_app::{Costs, MemoryOf, PowerOf};
use hearth_domain::EngineState;

use super::{
    action::Action,
    facts::{DefaultModel, Facts, Lists, Open, PersonaName, Port},
    words::Words,
};

/// Characters of a title, a name or an address in the menu.
const LONGEST: usize = 44;

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// Something to choose.
    Choice {
        /// What it does.
        action: Action,
        /// What it says.
        label: String,
    },
    /// Something that is on or off.
    Switch {
        /// What choosing it does.
        action: Action,
        /// What it says.
        label: String,
        /// Whether it is on.
        on: bool,
    },
    /// Something to read.
    Note(String),
    /// More lines.
    More {
        /// What they are.
        label: String,
        /// The lines.
        items: Vec<Item>,
    },
    /// A line between groups.
    Line,
}

/// The whole menu.
pub(crate) fn menu(facts: &Facts, words: &Words) -> Vec<Item> {
    match facts {
        Facts::Opening | Facts::Refused => {
            vec![choice(Action::Open, words.text("open")), quit(words)]
        }
        Facts::Locked => vec![choice(Action::Open, words.text("unlock")), quit(words)],
        Facts::Open(open) => whole(open, words),
    }
}

fn whole(open: &Open, words: &Words) -> Vec<Item> {
    let mut items = vec![
        choice(Action::Open, words.text("open")),
        choice(Action::Quick, words.text("quick")),
        beginnings(&open.lists, words),
    ];
    items.extend(recent(&open.lists, words));
    items.push(Item::Line);
    items.extend(models(open, words));
    items.extend(open.costs.map(|costs| Item::Note(self::costs(&costs, words))));
    items.push(Item::Line);
    items.push(switch(Action::Pause, words.text("pause"), open.paused));
    items.push(port(&open.port, words));
    if open.login.available {
        items.push(switch(Action::Login, words.text("login"), open.login.enabled));
    }
    items.push(Item::Line);
    if open.lockable {
        items.push(choice(Action::Lock, words.text("lock")));
    }
    items.push(choice(Action::Settings, words.text("settings")));
    items.push(quit(words));
    items
}

/// Choosing a persona begins a conversation with it, which is seen at once. Changing whom later
/// conversations begin with would not be; that is a setting.
fn beginnings(lists: &Lists, words: &Words) -> Item {
    let plain = choice(Action::Begin(None), words.text("new.plain"));
    let personas = lists.personas.iter().map(|persona| {
        choice(Action::Begin(Some(persona.id)), &shortened(name_of(persona, words)))
    });
    Item::More { label: words.text("new").to_owned(), items: personas.chain([plain]).collect() }
}

fn name_of<'a>(persona: &'a PersonaName, words: &'a Words) -> &'a str {
    let preset = persona.preset.as_deref().and_then(|preset| words.preset(preset));
    preset.unwrap_or(&persona.name)
}

fn recent(lists: &Lists, words: &Words) -> Option<Item> {
    let titles = lists.recent.iter().map(|(id, title)| {
        let title = shortened(title);
        let label = if title.is_empty() { words.text("untitled") } else { &title };
        choice(Action::Show(*id), label)
    });
    let items: Vec<_> = titles.collect();
    (!items.is_empty()).then(|| Item::More { label: words.text("recent").to_owned(), items })
}

/// The model in front, those beside it, and letting go of all of them.
fn models(open: &Open, words: &Words) -> Vec<Item> {
    let mut items = model(&open.engine, open.lists.model.as_ref(), words);
    let beside: Vec<_> = open.beside.iter().filter_map(|state| note(state, words)).collect();
    if beside.is_empty() {
        return items;
    }
    let loaded = open.beside.iter().chain([&open.engine]).filter_map(EngineState::loaded);
    let bytes = loaded.map(|(_, memory)| memory.total()).sum();
    items.retain(|item| !matches!(item, Item::Choice { action: Action::Unload, .. }));
    items.extend(beside);
    let unload = words.fill("unloadAllCosts", &[("memory", &words.bytes(bytes))]);
    items.push(choice(Action::Unload, &unload));
    items
}

/// A model beside the one in front.
fn note(state: &EngineState, words: &Words) -> Option<Item> {
    let (name, word, memory) = match state {
        EngineState::Ready { name, memory, .. } => (name, "state.ready", memory.total()),
        EngineState::Busy { name, memory, .. } => (name, "state.busy", memory.total()),
        EngineState::Loading { name, .. } => {
            let params = [("name", &*shortened(name)), ("state", words.text("state.loading"))];
            return Some(Item::Note(words.fill("model", &params)));
        }
        EngineState::Empty | EngineState::Failed { .. } => return None,
    };
    warm(name, word, memory, words).into_iter().next()
}

/// The model's state and what can be done about it, each with what it costs in memory.
fn model(engine: &EngineState, default: Option<&DefaultModel>, words: &Words) -> Vec<Item> {
    let line = |name: &str, state: &str| {
        let params = [("name", &*shortened(name)), ("state", words.text(state))];
        Item::Note(words.fill("model", &params))
    };
    match engine {
        EngineState::Empty => cold(default, words),
        EngineState::Loading { name, .. } => {
            vec![line(name, "state.loading"), choice(Action::Unload, words.text("stop"))]
        }
        EngineState::Ready { name, memory, .. } => warm(name, "state.ready", memory.total(), words),
        EngineState::Busy { name, memory, .. } => warm(name, "state.busy", memory.total(), words),
        EngineState::Failed { name, .. } => {
            vec![line(name, "state.failed"), choice(Action::Load, words.text("loadAgain"))]
        }
    }
}

fn cold(default: Option<&DefaultModel>, words: &Words) -> Vec<Item> {
    let Some(model) = default else {
        return vec![Item::Note(words.text("model.none").to_owned())];
    };
    let name = shortened(&model.name);
    if !model.present {
        return vec![Item::Note(words.fill("model.missing", &[("name", &name)]))];
    }
    let load = match model.memory {
        0 => words.text("load").to_owned(),
        bytes => words.fill("loadCosts", &[("memory", &words.bytes(bytes))]),
    };
    let state = words.fill("model", &[("name", &name), ("state", words.text("state.empty"))]);
    vec![Item::Note(state), choice(Action::Load, &load)]
}

fn warm(name: &str, state: &str, bytes: u64, words: &Words) -> Vec<Item> {
    let (name, state, memory) = (shortened(name), words.text(state), words.bytes(bytes));
    let params = [("name", &*name), ("state", state), ("memory", &*memory)];
    let unload = words.fill("unloadCosts", &[("memory", &memory)]);
    vec![Item::Note(words.fill("model.costs", &params)), choice(Action::Unload, &unload)]
}

/// What the program, its windows and the model cost together.
fn costs(costs: &Costs, words: &Words) -> String {
    let own = |memory: MemoryOf| memory.proportional.unwrap_or(memory.resident);
    let memory = words.bytes(own(costs.program) + own(costs.web_views));
    let whole = match costs.processor {
        None => words.fill("costs.memory", &[("memory", &memory)]),
        Some(share) => {
            words.fill("costs", &[("memory", &memory), ("percent", &words.percent(share))])
        }
    };
    let Some(power) = costs.power else { return whole };
    let of = match power.of {
        PowerOf::Computer => "costs.computer",
        PowerOf::Processor => "costs.processor",
    };
    words.fill(of, &[("costs", &whole), ("watts", &words.number(power.watts))])
}

fn port(port: &Port, words: &Words) -> Item {
    let label = match port {
        Port::Off => words.text("port").to_owned(),
        Port::At(address) => words.fill("portAt", &[("address", &shortened(address))]),
        Port::Failed => words.text("portFailed").to_owned(),
    };
    switch(Action::Port, &label, *port != Port::Off)
}

fn quit(words: &Words) -> Item {
    choice(Action::Quit, words.text("quit"))
}

fn choice(action: Action, label: &str) -> Item {
    Item::Choice { action, label: label.to_owned() }
}

fn switch(action: Action, label: &str, on: bool) -> Item {
    Item::Switch { action, label: label.to_owned(), on }
}

/// What stands beside the icon under the pointer: the model and its state.
pub(crate) fn tip(facts: &Facts, words: &Words) -> String {
    let open = match facts {
        Facts::Opening => return words.text("tip.opening").to_owned(),
        Facts::Refused => return words.text("tip.refused").to_owned(),
        Facts::Locked => return words.text("tip.locked").to_owned(),
        Facts::Open(open) => open,
    };
    let state = state(open, words);
    if open.paused { format!("{state}\n{}", words.text("tip.paused")) } else { state }
}

fn state(open: &Open, words: &Words) -> String {
    let line = |name: &str, state: &str| {
        words.fill("model", &[("name", &shortened(name)), ("state", state)])
    };
    match &open.engine {
        EngineState::Empty => match &open.lists.model {
            Some(model) => line(&model.name, words.text("state.empty")),
            None => words.text("tip.none").to_owned(),
        },
        EngineState::Loading { name, progress, .. } => {
            let percent = words.percent(f64::from(*progress));
            line(name, &words.fill("state.loadingAt", &[("percent", &percent)]))
        }
        EngineState::Ready { name, .. } => line(name, words.text("state.ready")),
        EngineState::Busy { name, .. } => line(name, words.text("state.busy")),
        EngineState::Failed { name, .. } => line(name, words.text("state.failed")),
    }
}

/// A text in one line that a menu can show: no breaks, nothing that turns the direction of what
/// comes after it, and cut between words where it is long.
fn shortened(text: &str) -> String {
    let plain: String =
        text.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(LONGEST) else { return line };
    let cut = &line[..end];
    // Languages without spaces, and very long words, are cut where it is.
    let words = cut.rfind(' ').filter(|at| *at > end / 2).map_or(cut, |at| &cut[..at]);
    format!("{}…", words.trim_end_matches([' ', ',', '.', ':', ';']))
}

/// Whether a letter only says in which direction others are written.
fn turns(letter: char) -> bool {
    let range = ['\u{200e}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];
    range.iter().any(|range| range.contains(&letter))
}

#[cfg(test)]
mod tests;
