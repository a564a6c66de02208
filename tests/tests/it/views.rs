//! Every view as a person sees it: no fault that axe-core finds, in light, dark and high contrast,
//! and a picture of each in `test-artifacts/views`.

use std::fs;

use serde_json::json;

use crate::support::{
    Home, QUESTION, Serve, Session,
    look::{Look, Rules, looks, wear},
    page::{FIELD, Page},
    samples, tools, ui, wait,
};

/// One view: how one comes there, and how one leaves.
struct View {
    name: &'static str,
    open: fn(&Page),
    close: fn(&Page),
}

const VIEWS: [View; 14] = [
    View { name: "new", open: new, close: stay },
    View { name: "chat-code", open: |page| chat(page, samples::CODE), close: stay },
    View { name: "chat-table", open: |page| chat(page, samples::TABLE), close: stay },
    View { name: "menu", open: menu, close: escape },
    View { name: "search", open: search, close: leave_search },
    View { name: "palette", open: palette, close: escape },
    View { name: "keys", open: keys, close: escape },
    View { name: "privacy", open: |page| command(page, "privacy.show"), close: escape },
    View { name: "personas", open: personas, close: escape },
    View {
        name: "models",
        open: |page| instead(page, "app.models", ".page section li"),
        close: back,
    },
    View {
        name: "activity",
        open: |page| instead(page, "app.activity", "figure rect"),
        close: back,
    },
    View { name: "panel", open: panel, close: leave_panel },
    View { name: "export", open: |page| command(page, "conversation.export"), close: escape },
    View { name: "import", open: |page| command(page, "conversations.import"), close: escape },
];

/// Those that are looked at in the window too.
const OF_WINDOW: [&str; 6] = ["new", "chat-code", "chat-table", "search", "palette", "panel"];

/// The sections of the settings that a browser has.
const SECTIONS: [&str; 9] =
    ["appearance", "model", "answers", "prompts", "privacy", "data", "port", "webhooks", "about"];

#[test]
fn axe_finds_no_fault_in_any_view_of_the_browser() {
    let home = Home::new();
    let serve = Serve::start(&home, &["--ui"]);
    let driver = ui::open_browser(&home, serve.ui_url.as_deref().unwrap());
    let page = Page::of_browser(&driver);
    page.shows("#welcome-title");
    let mut faults = Vec::new();
    for look in looks() {
        wear(&page, &look);
        faults.extend(see(&page, "welcome", &look));
    }
    page.rpc("recovery_code_acknowledge", &json!({}));
    page.set(&json!({"welcomed": true}));
    page.shows(FIELD);
    page.rpc("conversation_import", &json!({ "text": samples::samples().to_string() }));
    // So that there is something to tell of the last hour.
    let question = json!({
        "text": QUESTION, "client_id": uuid::Uuid::new_v4(), "sampling": {"max_tokens": 24},
    });
    page.rpc("chat_send", &question);
    wait::until("an answer", || {
        (page.rpc("activity", &json!({}))["people"].as_u64()? > 0).then_some(())
    });
    for look in looks() {
        wear(&page, &look);
        for view in &VIEWS {
            faults.extend(visit(&page, view, &look));
        }
        faults.extend(settings(&page, &look, &SECTIONS));
    }
    ui::assert_clean(&driver, &[]);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn axe_finds_no_fault_in_the_main_views_of_the_window() {
    let session = Session::new();
    ui::settle(&session.home);
    samples::take_in(&session.home);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.shows(FIELD);
    let mut faults = Vec::new();
    // The rest is the same page as in the browser, where every look is seen.
    for look in looks().into_iter().filter(|look| ["light", "dark", "rtl"].contains(&look.name)) {
        wear(&page, &look);
        for view in VIEWS.iter().filter(|view| OF_WINDOW.contains(&view.name)) {
            faults.extend(visit(&page, view, &look));
        }
        faults.extend(settings(&page, &look, &["desktop", "lock", "data"]));
    }
    ui::assert_clean(&driver, &[]);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn visit(page: &Page, view: &View, look: &Look) -> Vec<String> {
    (view.open)(page);
    let found = see(page, view.name, look);
    (view.close)(page);
    found
}

/// Keeps a picture of what is shown, and says what is wrong with it.
fn see(page: &Page, name: &str, look: &Look) -> Vec<String> {
    page.rests();
    let place = if page.session().is_some() { "views/window" } else { "views" };
    fs::create_dir_all(tools::artefact(place)).expect("pictures can be kept");
    page.picture(&format!("{place}/{name}-{}.png", look.name));
    if look.rules == Rules::None {
        return Vec::new();
    }
    let label = |fault| format!("{name} in {}: {fault}", look.name);
    page.faults(look.rules == Rules::Colours).into_iter().map(label).collect()
}

/// Every section of the settings that is asked for.
fn settings(page: &Page, look: &Look, sections: &[&str]) -> Vec<String> {
    page.press("ctrl+comma");
    page.shows(".settings-tab");
    let mut found = Vec::new();
    for section in sections {
        page.click(&format!(".settings-tab[data-value=\"{section}\"]"));
        page.shows(&format!(".settings-tab[data-value=\"{section}\"][data-state=\"active\"]"));
        page.shows(".settings-content:not([hidden])");
        found.extend(see(page, &format!("settings-{section}"), look));
    }
    escape(page);
    found
}

fn stay(_: &Page) {}

fn escape(page: &Page) {
    page.press("Escape");
    page.lacks("[role=\"dialog\"], [role=\"menu\"]");
}

fn new(page: &Page) {
    page.press("ctrl+shift+o");
    page.focuses(FIELD);
    page.lacks("[data-message]");
}

fn chat(page: &Page, title: &str) {
    palette(page);
    page.write(title.split(' ').next_back().expect("a title has words"));
    page.says(".option.active", title);
    page.press("Return");
    page.says("h1", title);
    page.shows("[data-role=\"assistant\"] .actions");
    page.focuses(FIELD);
    // Formulas are drawn one after the other.
    page.lacks("[data-message] code.source");
}

fn menu(page: &Page) {
    page.press("ctrl+shift+o");
    page.focuses(FIELD);
    page.click("header .chip");
    page.shows("[role=\"menu\"]");
}

fn search(page: &Page) {
    page.press("ctrl+shift+f");
    page.focuses("[data-search]");
    page.write("the");
    page.shows("[data-hit]");
}

fn leave_search(page: &Page) {
    page.press("Escape");
    page.press("Escape");
    page.lacks("[data-search]");
    // Where there is no room beside the thread, the list lies over it.
    if page.has(".drawer") {
        escape(page);
    }
}

fn palette(page: &Page) {
    page.press("ctrl+k");
    page.focuses("[data-palette]");
    page.shows(".option");
}

/// Runs an entry of the palette by its name in the program, which is the same in every language.
fn command(page: &Page, id: &str) {
    palette(page);
    page.click(&format!(".option[data-entry=\"{id}\"]"));
    page.shows("[role=\"dialog\"]:not(:has([data-palette]))");
}

/// What stands in the place of the thread.
fn instead(page: &Page, id: &str, shown: &str) {
    palette(page);
    page.click(&format!(".option[data-entry=\"{id}\"]"));
    page.shows(shown);
}

fn back(page: &Page) {
    page.click(".leave");
    page.shows(FIELD);
}

fn keys(page: &Page) {
    page.press("ctrl+slash");
    page.shows("[role=\"dialog\"] dl");
}

fn personas(page: &Page) {
    menu(page);
    page.click(".persona-menu > :last-child");
    page.shows("[role=\"dialog\"] [data-persona]");
}

fn panel(page: &Page) {
    chat(page, samples::CODE);
    page.press("ctrl+shift+i");
    page.shows("#panel h2, .panel-drawer h2");
}

fn leave_panel(page: &Page) {
    page.press("ctrl+shift+i");
    page.lacks("#panel h2, .panel-drawer h2");
}
