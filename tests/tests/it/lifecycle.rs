//! The life of the program between its first and its last window: the tray, the web view that is
//! given back, second launches, links, crashes, the end.

use std::{
    fs,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{
    ANSWER, QUESTION, Session, desk, holder::Holder, page::Page, process, sni::TrayHost, ui, wait,
};

/// What a link may put into the field.
fn draft(holder: &Holder<'_>) -> String {
    let draft = holder.rpc("draft_get", &json!({ "conversation": null }));
    draft["text"].as_str().expect("a text").to_owned()
}

fn waits_for_draft(holder: &Holder<'_>, text: &str) {
    wait::until(&format!("the draft {text:?}"), || (draft(holder) == text).then_some(()));
}

/// A desktop with a tray, whose program closes into it without asking.
fn with_tray(more: &Value) -> (Session, TrayHost) {
    let session = Session::new();
    ui::settle(&session.home);
    let tray = TrayHost::start(&session);
    let serve = crate::support::Serve::with_commands(&session.home);
    let mut desktop = json!({ "close": "tray" });
    desktop.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serve.must("settings_update", &json!({ "patch": { "desktop": desktop } }));
    assert!(serve.stop().success());
    (session, tray)
}

#[test]
fn closing_asks_once_and_the_program_goes_on_in_the_tray() {
    let session = Session::new();
    ui::settle(&session.home);
    let tray = TrayHost::start(&session);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    driver.element(ui::COMPOSER);
    let item = tray.item();
    item.line("Quick chat");
    let window = session.window();
    desk::close(&session, &window);
    page.says("[role=\"dialog\"]", "Keep Hearth in the tray?");
    page.rests();
    session.picture("close-asks.png");
    assert_eq!(page.faults(false), Vec::<String>::new());
    // Whoever changes their mind loses nothing and is asked again.
    page.press("Escape");
    page.lacks("[role=\"dialog\"]");
    desk::close(&session, &window);
    page.says("[role=\"dialog\"]", "Keep Hearth in the tray?");
    page.rests();
    // By keys, from the switch to the second button: a driver waits for a view that is hidden.
    session.xdotool(&["key", "--clearmodifiers", "Tab", "Tab", "Return"]);
    desk::shows(&session, 0);
    let holder = Holder::of(&session);
    let settings = holder.rpc("settings_get", &json!({}));
    assert_eq!(settings["desktop"]["close"], "tray", "the choice is remembered");
    item.choose("Open Hearth");
    let window = session.window();
    desk::close(&session, &window);
    desk::shows(&session, 0);
    item.choose("Quit Hearth");
    wait::until("the end of the program", || {
        (!session.home.data().join("endpoint.json").exists()).then_some(())
    });
}

#[test]
fn a_web_view_in_the_tray_is_given_back_and_everything_is_there_when_it_is_made_anew() {
    let (session, tray) = with_tray(&json!({ "release_minutes": 1 }));
    let mut program = desk::start(&session, &[]);
    let window = session.window();
    tray.item().line("Quick chat");
    let holder = Holder::of(&session);
    desk::ask_first(&session, &holder, &window, QUESTION);
    let (conversation, _) = desk::answered(&holder, 2);
    // The last letter and the keys that close the window come together.
    session.xdotool(&["type", "--delay", "15", "And of"]);
    desk::close(&session, &window);
    desk::shows(&session, 0);
    wait::until("the end of the web view", || {
        desk::web_processes(program.pid()).is_empty().then_some(())
    });
    assert!(program.ended().is_none(), "the program goes on without a window");
    assert!(desk::start(&session, &[]).wait().success());
    let window = session.window();
    wait::until("the keyboard", || session.is_active(&window).then_some(()));
    wait::until("the draft in the field", || {
        let kept = holder.rpc("draft_get", &json!({ "conversation": conversation }));
        (kept["text"] == "And of").then_some(())
    });
    // The page may still be drawing its first view; keys before that are nobody's.
    wait::until("the question in the same conversation", || {
        session.xdotool(&["key", "--clearmodifiers", "End"]);
        session.type_line(" Italy?");
        desk::messages(&holder, &conversation).iter().find_map(|message| {
            let text = message["content"].as_str()?;
            (message["role"] == "user" && text.starts_with("And of")).then_some(())
        })
    });
    session.picture("window-made-anew.png");
    assert_eq!(desk::conversations(&holder).len(), 1);
    program.ask_to_end();
    assert!(program.wait().success());
}

#[test]
fn term_in_the_tray_saves_what_the_running_answer_has_and_ends_in_order() {
    let (session, tray) = with_tray(&json!({}));
    let mut program = desk::start(&session, &["--hidden"]);
    tray.item().line("Quick chat");
    let holder = Holder::of(&session);
    let conversation = desk::ask_long(&holder, 4_000);
    process::signal(program.pid(), Signal::TERM);
    assert!(program.wait().success(), "TERM ends it in order");
    assert!(!session.home.data().join("running.json").exists(), "nothing crashed");
    let program = desk::start(&session, &["--hidden"]);
    let last = desk::messages(&holder, &conversation).pop().unwrap();
    assert_eq!(last["status"], "stopped", "{last}");
    assert_ne!(last["content"], "", "{last}");
    drop(program);
}

#[test]
fn ac_12_a_link_fills_the_field_and_sends_nothing() {
    let session = Session::new();
    ui::settle(&session.home);
    let first = "hearth://chat?q=Hello%20from%20a%20link&send=1";
    let mut program = desk::start(&session, &[first]);
    session.window();
    let holder = Holder::of(&session);
    waits_for_draft(&holder, "Hello from a link");
    // A second one comes behind what stands there, and never in its place.
    assert!(desk::start(&session, &["hearth://chat?q=And%20more&send=1"]).wait().success());
    waits_for_draft(&holder, "Hello from a link\n\nAnd more");
    session.picture("link-in-the-field.png");
    for hostile in ["hearth://mcp/install?command=rm", "hearth://settings?close=quit"] {
        assert!(desk::start(&session, &[hostile]).wait().success());
    }
    assert_eq!(draft(&holder), "Hello from a link\n\nAnd more");
    assert_eq!(desk::conversations(&holder), Vec::<Value>::new(), "nothing was sent");
    program.ask_to_end();
    assert!(program.wait().success());
}

#[test]
fn ac_12_a_link_that_wants_more_is_refused_with_a_sentence() {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    driver.element(ui::COMPOSER);
    assert!(desk::start(&session, &["hearth://mcp/install?x=y"]).wait().success());
    page.says(".toast", "A link was not followed");
    session.picture("link-refused.png");
}

#[test]
fn model_files_of_the_system_are_told_in_the_window_taken_or_not() {
    let session = Session::new();
    ui::settle(&session.home);
    let broken = session.home.root().join("broken.gguf");
    fs::write(&broken, "no model at all").unwrap();
    let broken = broken.to_str().unwrap();
    let driver = ui::open_window_with(&session, &[broken]);
    let page = Page::of_window(&driver, &session);
    driver.element(ui::COMPOSER);
    // The page was not there yet when the file came.
    page.says(".toast", "The file is not a usable model");
    let tiny = session.home.root().join("tiny.gguf");
    hearth_testkit::gguf::TinyModel::random().write(&tiny).unwrap();
    assert!(desk::start(&session, &[tiny.to_str().unwrap()]).wait().success());
    page.says(".toast", "was added");
    session.picture("model-from-the-system.png");
}

#[test]
fn a_page_whose_process_was_killed_comes_back_with_the_conversation() {
    let session = Session::new();
    ui::settle(&session.home);
    let mut program = desk::start(&session, &[]);
    let window = session.window();
    let holder = Holder::of(&session);
    desk::ask_first(&session, &holder, &window, QUESTION);
    let (conversation, _) = desk::answered(&holder, 2);
    let old = desk::web_processes(program.pid());
    assert_eq!(old.len(), 1, "one process draws the page");
    process::signal(old[0], Signal::KILL);
    wait::until("another process", || {
        let now = desk::web_processes(program.pid());
        (!now.is_empty() && !now.contains(&old[0])).then_some(())
    });
    wait::until("the next question in the same conversation", || {
        session.activate(&window);
        session.type_line("And of Italy?");
        let asked = desk::messages(&holder, &conversation);
        asked.iter().any(|message| message["content"] == "And of Italy?").then_some(())
    });
    session.picture("page-came-back.png");
    assert_eq!(desk::conversations(&holder).len(), 1);
    assert!(program.ended().is_none());
    // Twice in a row is no accident: the person is asked, and nothing goes round in a circle.
    let again = desk::web_processes(program.pid());
    process::signal(again[0], Signal::KILL);
    wait::until("the question of the system", || (desk::visible(&session) == 2).then_some(()));
    session.picture("page-ended-twice.png");
    wait::until("a page in a new window", || {
        // A dialog that has just come up may not have the keyboard yet.
        if desk::visible(&session) == 2 {
            session.xdotool(&["key", "--clearmodifiers", "Return"]);
        }
        let now = desk::web_processes(program.pid());
        (now.len() == 1 && now != again && desk::visible(&session) == 1).then_some(())
    });
    program.ask_to_end();
    assert!(program.wait().success());
}

/// A phase that has not been seen for so long has gone by between two looks.
const LONGEST_PHASE: Duration = Duration::from_secs(30);

/// Kills the program in this phase of its model, so that the next start finds a crash.
fn crash(session: &Session, phase: &str) {
    wait::until("a kill in time", || killed_in(session, phase).then_some(()));
    // So that nobody asks the one that is gone.
    fs::remove_file(session.home.data().join("endpoint.json")).unwrap();
}

/// Whether the phase still ran when the program was killed: loading takes a moment only.
fn killed_in(session: &Session, phase: &str) -> bool {
    let note = session.home.data().join("running.json");
    // What an earlier try left would be a crash already.
    let _ = fs::remove_file(&note);
    let mut program = desk::start(session, &["--hidden"]);
    let holder = Holder::of(session);
    if phase == "decoding" {
        desk::ask_long(&holder, 4_000);
    }
    let wanted = format!("\"phase\":\"{phase}\"");
    let runs = || fs::read_to_string(&note).unwrap_or_default().contains(&wanted);
    let start = Instant::now();
    while !runs() && start.elapsed() < LONGEST_PHASE {
        assert!(program.ended().is_none());
    }
    program.kill();
    assert!(note.exists(), "the note is left behind");
    runs()
}

#[test]
fn after_a_crash_while_answering_the_model_waits_for_a_word_of_the_person() {
    let session = Session::new();
    ui::settle(&session.home);
    crash(&session, "decoding");
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.says("[data-crash=\"decoding\"]", "ended unexpectedly");
    let status = page.rpc("app_status", &json!({}));
    assert_eq!(status["engine"]["state"], "empty", "{status}");
    page.rests();
    session.picture("crash-line.png");
    assert_eq!(page.faults(false), Vec::<String>::new());
    driver.element("[data-crash] .button").click();
    page.lacks("[data-crash]");
    wait::until("the model", || {
        (page.rpc("app_status", &json!({}))["engine"]["state"] == "ready").then_some(())
    });
    driver.element(ui::COMPOSER).click();
    session.type_line(QUESTION);
    ui::wait_for_answer(&driver, ANSWER);
}

#[test]
fn after_a_crash_while_loading_it_is_said_once_and_asking_loads() {
    let session = Session::new();
    ui::settle(&session.home);
    crash(&session, "loading");
    let mut program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    let status = holder.rpc("app_status", &json!({}));
    assert_eq!(status["crashed"], "loading", "{status}");
    assert_eq!(status["engine"]["state"], "empty", "{status}");
    holder.rpc("crash_told", &json!({}));
    let status = holder.rpc("app_status", &json!({}));
    assert_eq!(status["crashed"], Value::Null, "it is said once");
    let said = session.home.json(&["chat", "--json", "--temperature", "0", QUESTION]);
    assert!(said["text"].as_str().unwrap().contains(ANSWER), "{said}");
    program.ask_to_end();
    assert!(program.wait().success());
    assert!(!session.home.data().join("running.json").exists(), "it ended in order");
}
