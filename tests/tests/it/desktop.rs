//! The real window on a real X server with a real keyring, typed into with real keys.

use std::process::Stdio;

use rustix::process::Signal;
use serde_json::json;

use crate::support::{
    ANSWER, QUESTION, Serve, Session, desk, process, process::Running, tools, ui, wait,
};

/// Starts the program as a person does, without a driver.
fn start(session: &Session) -> Running {
    let mut command = session.home.command(tools::program("hearth-desktop"));
    Running::start(command.stdin(Stdio::null()))
}

#[test]
fn a_question_typed_into_the_window_is_answered_paris() {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    let status = ui::window_rpc(&driver, "app_status", &json!({}));
    assert_eq!(status["ok"]["key_source"], "keyring", "{status}");
    driver.element(ui::COMPOSER).click();
    session.type_line(QUESTION);
    let answer = ui::wait_for_answer(&driver, ANSWER);
    println!("the window shows: {answer}");
    ui::picture_both_themes(&driver, "window", |name| session.picture(name));
    ui::assert_clean(&driver, &[]);
}

#[test]
fn the_page_cannot_leave_its_own_pages_and_cannot_call_what_it_may_not() {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    driver.element(ui::COMPOSER);
    let home = driver.url();
    driver.script("location.href = 'https://example.org/'", &[]);
    let opened = driver.script("return window.open('https://example.org/') === null", &[]);
    assert_eq!(opened, json!(true), "no second window");
    assert_eq!(driver.url(), home);
    let unknown = ui::window_rpc(&driver, "no_such_command", &json!({}));
    assert_eq!(unknown["error"]["code"], "unknown_command", "{unknown}");
    let script = "const done = arguments[0];
        window.__TAURI_INTERNALS__.invoke('plugin:dialog|open', {})
            .then(() => done('allowed'), (error) => done(String(error)));";
    let refused = driver.async_script(script, &[]);
    assert!(refused.as_str().unwrap().contains("not allowed"), "{refused}");
    let link = ui::window_rpc(&driver, "link_open", &json!({"url": "file:///etc/passwd"}));
    assert_eq!(link["error"]["code"], "invalid_request", "{link}");
}

#[test]
fn a_second_start_brings_the_first_window_to_the_front_and_ends() {
    let session = Session::new();
    ui::settle(&session.home);
    let first = start(&session);
    let window = session.window();
    session.xdotool(&["windowminimize", "--sync", &window]);
    wait::until("the window to lose the keyboard", || (!session.is_active(&window)).then_some(()));
    let status = start(&session).wait();
    assert!(status.success(), "the second start ends well: {status}");
    wait::until("the first window to have the keyboard", || {
        session.is_active(&window).then_some(())
    });
    let windows = session.xdotool(&["search", "--onlyvisible", "--class", "hearth-desktop"]);
    assert_eq!(windows.lines().count(), 1, "there is one window: {windows}");
    drop(first);
}

#[test]
fn a_second_start_beside_a_server_without_a_window_says_so() {
    let session = Session::new();
    let _serve = Serve::start(&session.home, &[]);
    let mut command = session.home.command(tools::program("hearth-desktop"));
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("without a window"), "{said}");
}

#[test]
fn closing_the_window_ends_in_order_and_everything_is_there_afterwards() {
    let session = Session::new();
    ui::settle(&session.home);
    let mut first = start(&session);
    let window = session.window();
    let said = session.home.json(&["chat", "--json", "--temperature", "0", QUESTION]);
    assert!(said["text"].as_str().unwrap().contains(ANSWER), "{said}");
    desk::close(&session, &window);
    let status = first.wait();
    assert!(status.success(), "closing ends in order: {status}");

    let driver = ui::open_window(&session);
    let listed = wait::until("the conversation in the list", || {
        driver.texts(ui::CONVERSATIONS).into_iter().find(|title| title.contains("capital"))
    });
    println!("after the restart the list shows: {listed}");
    drop(driver);
    let report = session.home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
    assert_eq!(report["conversations"], json!(1), "{report}");
}

#[test]
fn a_hidden_start_shows_its_window_when_it_is_started_again_and_term_ends_it() {
    let session = Session::new();
    ui::settle(&session.home);
    let mut command = session.home.command(tools::program("hearth-desktop"));
    let mut hidden = Running::start(command.arg("--hidden").stdin(Stdio::null()));
    let endpoint = session.home.data().join("endpoint.json");
    wait::until("the hidden program to be open", || endpoint.exists().then_some(()));
    let search = ["search", "--onlyvisible", "--class", "hearth-desktop"];
    assert_eq!(session.try_xdotool(&search).unwrap_or_default(), "", "nothing is shown");
    assert!(start(&session).wait().success());
    session.window();
    process::signal(hidden.pid(), Signal::TERM);
    assert!(hidden.wait().success(), "TERM ends it in order");
    assert!(!endpoint.exists(), "the private socket was taken back");
}

#[test]
fn a_refused_database_is_explained_in_the_window() {
    let session = Session::new();
    ui::settle(&session.home);
    let bytes = session.home.damage_database();
    let driver = ui::open_window(&session);
    let status = ui::window_rpc(&driver, "app_status", &json!({}));
    assert_eq!(status["error"]["code"], "database_corrupt", "{status}");
    let text = wait::until("the page that explains it", || {
        driver.texts("[role=\"alert\"]").into_iter().find(|text| !text.is_empty())
    });
    println!("the window says: {text}");
    session.picture("window-refused.png");
    drop(driver);
    assert!(session.home.database() == bytes, "the database was touched");
}

#[test]
fn without_a_display_it_says_what_works_instead() {
    let home = crate::support::Home::new();
    let output = home.command(tools::program("hearth-desktop")).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("hearth serve --ui"), "{said}");
}
