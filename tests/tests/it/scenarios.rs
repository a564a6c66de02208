//! A day with the program, by keyboard alone and with the bundled model: the same run in the real
//! window and in Chromium.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{
    ANSWER, Home, QUESTION, Serve, Session,
    page::{FIELD, Page, STOP},
    ui, wait,
};

/// What takes the bundled model long enough to be stopped in the middle.
const LONG: &str = "Write a long story about a lighthouse and the sea.";
const OTHER_QUESTION: &str = "What is the capital of Italy?";
const OTHER_ANSWER: &str = "Rome";
const DRAFT: &str = "A thought that is not asked yet";

const QUESTIONS: &str = "#thread [data-role=\"user\"]";
const LAST_ANSWER: &str = "[data-turn]:last-child [data-role=\"assistant\"]";
const EDITOR: &str = "form.editor textarea";

#[test]
fn a_day_in_the_browser_by_keyboard_alone() {
    let home = Home::new();
    let serve = Serve::start(&home, &["--ui"]);
    let driver = ui::open_browser(&home, serve.ui_url.as_deref().unwrap());
    let page = Page::of_browser(&driver);
    day(&page);
    let file = export(&page, &home.root().join("tmp/downloads"));
    assert_exported(&file);
    draft_survives(&page);
    ui::assert_clean(&driver, &[&serve.sign_in_token()]);
}

#[test]
fn a_day_in_the_window_by_keyboard_alone() {
    let session = Session::new();
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    day(&page);
    let file = export(&page, &session.home.home());
    assert_exported(&file);
    draft_survives(&page);
    ui::assert_clean(&driver, &[]);
}

/// From the first start to a conversation with two branches that is found again.
fn day(page: &Page) {
    ui::watch_policy(page.driver);
    welcome(page);
    ask(page, QUESTION, ANSWER);
    stop(page);
    edit(page);
    switch_branches(page);
    find(page);
}

/// The first start: the recovery code is shown and kept, then the conversation begins.
fn welcome(page: &Page) {
    page.shows("#welcome-title");
    let cold = json!({"generation": {"sampling": {"temperature": 0.0}}});
    page.set(&cold);
    page.tab_to(".recovery button", "Tab");
    page.press("Return");
    page.shows(".recovery [role=\"group\"] code");
    page.tab_to(".recovery > button", "Tab");
    page.press("Return");
    page.shows(".card .done");
    page.tab_to(".welcome footer button", "Tab");
    page.press("Return");
    page.focuses(FIELD);
    let settings = page.rpc("settings_get", &json!({}));
    assert_eq!(settings["welcomed"], json!(true), "{settings}");
    assert_eq!(settings["recovery_acknowledged"], json!(true), "{settings}");
}

fn ask(page: &Page, question: &str, answer: &str) {
    page.write(question);
    page.press("Return");
    page.says(LAST_ANSWER, answer);
    page.lacks(STOP);
}

/// Escape stops in the middle; what was written stays.
fn stop(page: &Page) {
    page.focuses(FIELD);
    page.write(LONG);
    page.press("Return");
    page.shows(STOP);
    wait::until("the beginning of the story", || {
        let text = page.driver.texts(&format!("{LAST_ANSWER} p")).join(" ");
        (text.len() > 40).then_some(())
    });
    page.press("Escape");
    page.lacks(STOP);
    page.shows("[data-mark=\"stopped\"]");
    let last = messages(page).pop().expect("an answer");
    assert_eq!(last["status"], json!("stopped"), "{last}");
    assert_ne!(last["content"], json!(""), "{last}");
}

/// The arrow up changes the last question; it is asked again beside the first.
fn edit(page: &Page) {
    page.focuses(FIELD);
    page.press("Up");
    page.focuses(EDITOR);
    page.press("ctrl+a");
    page.write(OTHER_QUESTION);
    page.press("ctrl+Return");
    page.says(LAST_ANSWER, OTHER_ANSWER);
    page.lacks(STOP);
    page.focuses(FIELD);
    assert_eq!(messages(page).len(), 4, "the other version is another branch");
}

/// Both versions of the question are there, each with its answer.
fn switch_branches(page: &Page) {
    page.tab_to("[data-role=\"user\"] [data-version=\"before\"]", "shift+Tab");
    page.press("Return");
    page.says(QUESTIONS, LONG);
    page.shows("[data-mark=\"stopped\"]");
    page.press("Right");
    page.says(QUESTIONS, OTHER_QUESTION);
    page.says(LAST_ANSWER, OTHER_ANSWER);
}

/// From a new conversation back to a message of the old one, by its words.
fn find(page: &Page) {
    page.press("ctrl+shift+o");
    page.focuses(FIELD);
    page.lacks("[data-conversation] [data-message]");
    page.press("ctrl+shift+f");
    page.focuses("[data-search]");
    page.write("capital of France");
    page.shows("[data-hit]");
    for _ in 0..10 {
        if page.driver.texts(".hit.active .text").join("").contains("What is") {
            break;
        }
        page.press("Down");
    }
    page.press("Return");
    page.says("article.marked", QUESTION);
    // The way out of the search, and to the field.
    page.press("ctrl+shift+f");
    page.press("Escape");
    page.press("Escape");
    page.lacks("[data-search]");
    page.press("shift+Escape");
    page.focuses(FIELD);
}

/// Through the palette and the dialog to a file in this folder.
fn export(page: &Page, folder: &Path) -> String {
    // Asked for while it is the only one: the dialog of the system is of the same class.
    let own = page.session().map(Session::window);
    page.press("ctrl+k");
    page.focuses("[data-palette]");
    page.write("export");
    page.says(".option.active", "Export");
    page.press("Return");
    page.shows("[role=\"dialog\"] .foot");
    page.tab_to("[role=\"dialog\"] .foot button:last-child", "Tab");
    page.press("Return");
    if let Some((session, own)) = page.session().zip(own) {
        confirm_file_dialog(session, &own);
    }
    let file = wait::until("the exported file", || {
        let files = fs::read_dir(folder).ok()?;
        files
            .flatten()
            .map(|file| file.path())
            .find(|file| file.extension().is_some_and(|one| one == "md"))
    });
    page.lacks("[role=\"dialog\"] .foot");
    fs::read_to_string(file).unwrap()
}

/// The dialog of the system asks for a place; the one that it offers is taken. It takes no key
/// before it has read the folder, and says nothing when it has.
fn confirm_file_dialog(session: &Session, own: &str) {
    let elsewhere = || Some(session.try_xdotool(&["getactivewindow"])? != own);
    wait::until("the dialog of the system", || elsewhere()?.then_some(()));
    wait::until("the dialog to take its answer", || {
        session.try_xdotool(&["key", "Return"])?;
        std::thread::sleep(std::time::Duration::from_millis(500));
        (!elsewhere()?).then_some(())
    });
}

/// The shown branch and nothing of the other one.
fn assert_exported(text: &str) {
    for words in [QUESTION, ANSWER, OTHER_QUESTION, OTHER_ANSWER] {
        assert!(text.contains(words), "{words} is not in the file: {text}");
    }
    assert!(!text.contains(LONG), "the hidden branch is in the file: {text}");
}

/// What was typed is there after the page is loaded anew.
fn draft_survives(page: &Page) {
    page.press("ctrl+shift+o");
    page.focuses(FIELD);
    page.write(DRAFT);
    wait::until("the draft to be kept", || {
        let draft = page.rpc("draft_get", &json!({}));
        (draft["text"] == DRAFT).then_some(())
    });
    page.reload();
    ui::watch_policy(page.driver);
    page.shows(FIELD);
    let script = "return document.querySelector(arguments[0])?.value ?? null";
    wait::until("the draft in the field", || {
        (page.driver.script(script, &[json!(FIELD)]) == DRAFT).then_some(())
    });
}

/// The shown branch of the open conversation.
fn messages(page: &Page) -> Vec<Value> {
    let script = "return document.querySelector('[data-conversation]')?.dataset.conversation";
    let id = page.driver.script(script, &[]);
    let view = page.rpc("conversation_get", &json!({ "id": id }));
    view["messages"].as_array().expect("a list of messages").clone()
}
