//! The program and the system around it: sleep and shutdown, notifications, the place of the
//! window, paper, and what happens where parts of a desktop are missing.

use std::{fs, process::Stdio, thread, time::Duration};

use serde_json::json;

use crate::support::{
    Home, QUESTION, Session, desk, holder::Holder, login::Login, notices::Notices, page::Page,
    process::Running, tools, ui, wait,
};

#[test]
fn before_sleep_everything_is_saved_and_a_shutdown_ends_in_order() {
    let session = Session::new();
    ui::settle(&session.home);
    let login = Login::start(&session);
    let mut program = desk::start_in(&session, &["--hidden"], &[Login::surroundings(&session)]);
    let hold = login.holder();
    let holder = Holder::of(&session);
    let conversation = desk::ask_long(&holder, 250);
    login.sleep(true);
    // The computer may go on only when what was written is on disk.
    hold.let_go();
    let saved = desk::messages(&holder, &conversation).pop().unwrap();
    assert!(!saved["content"].as_str().unwrap().is_empty(), "{saved}");
    login.sleep(false);
    let hold = login.holder();
    // The answer goes on as if nothing had been. Nobody shows notifications here; it is not missed.
    let (_, messages) = desk::answered(&holder, 2);
    assert!(
        messages[1]["content"].as_str().unwrap().len() >= saved["content"].as_str().unwrap().len()
    );
    login.shut_down();
    assert!(program.wait().success(), "the shutdown ends it in order");
    hold.let_go();
    let report = session.home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
}

#[test]
fn a_long_answer_that_nobody_watches_is_announced_without_a_word_of_it() {
    let session = Session::new();
    ui::settle(&session.home);
    let notices = Notices::start(&session);
    let mut program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    let conversation = desk::ask_long(&holder, 800);
    // However fast the computer is: whoever waited for less than ten seconds is not told.
    program.rest(Duration::from_secs(11));
    let shown = notices.next();
    assert_eq!(shown.summary, "Hearth");
    assert_eq!(shown.body, "An answer is ready.");
    assert_eq!(shown.actions.first().map(String::as_str), Some("default"));
    desk::answered(&holder, 2);
    wait::until("a window after a click", || {
        // The program listens for a click a moment after it has shown the notification.
        notices.click();
        (desk::visible(&session) == 1).then_some(())
    });
    let window = session.window();
    wait::until("a question in the conversation that was clicked", || {
        session.activate(&window);
        session.type_line("Thanks.");
        let asked = desk::messages(&holder, &conversation);
        asked.iter().any(|message| message["content"] == "Thanks.").then_some(())
    });
    program.ask_to_end();
    assert!(program.wait().success());
}

fn geometry(session: &Session, window: &str) -> Vec<String> {
    let text = session.xdotool(&["getwindowgeometry", "--shell", window]);
    let of = ["X=", "Y=", "WIDTH=", "HEIGHT="];
    text.lines()
        .filter(|line| of.iter().any(|name| line.starts_with(name)))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_window_stands_where_it_stood_before_the_restart() {
    let session = Session::new();
    ui::settle(&session.home);
    let mut program = desk::start(&session, &[]);
    let window = session.window();
    session.xdotool(&["windowsize", "--sync", &window, "820", "610"]);
    session.xdotool(&["windowmove", "--sync", &window, "210", "130"]);
    let before = geometry(&session, &window);
    desk::close(&session, &window);
    assert!(program.wait().success());
    let mut program = desk::start(&session, &[]);
    let window = session.window();
    wait::until("the old place", || (geometry(&session, &window) == before).then_some(()));
    session.picture("window-in-its-place.png");
    program.ask_to_end();
    assert!(program.wait().success());
}

#[test]
fn the_text_grows_and_shrinks_by_keys() {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    driver.element(ui::COMPOSER);
    page.press("ctrl+plus");
    page.shows("html[style*=\"110%\"]");
    page.press("ctrl+minus");
    page.press("ctrl+minus");
    page.shows("html[style*=\"90%\"]");
    page.press("ctrl+0");
    page.shows("html:not([style*=\"font-size\"])");
}

#[test]
fn the_keys_for_printing_open_the_dialog_of_the_system() {
    let session = Session::new();
    ui::settle(&session.home);
    // Under a driver WebKitGTK prints nothing.
    let mut program = desk::start(&session, &[]);
    let window = session.window();
    let holder = Holder::of(&session);
    desk::ask_first(&session, &holder, &window, QUESTION);
    desk::answered(&holder, 2);
    session.xdotool(&["key", "--clearmodifiers", "ctrl+p"]);
    wait::until("the dialog for printing", || {
        session.try_xdotool(&["search", "--onlyvisible", "--name", "^Print$"])
    });
    session.picture("print-dialog.png");
    session.xdotool(&["key", "--clearmodifiers", "Escape"]);
    program.ask_to_end();
    assert!(program.wait().success());
}

#[test]
fn without_any_bus_the_window_opens_and_closing_it_ends_the_program() {
    let session = Session::in_home(Home::new(), false);
    let nowhere = "unix:path=/nonexistent/bus".to_owned();
    let surroundings =
        [("DBUS_SESSION_BUS_ADDRESS", nowhere.clone()), ("DBUS_SYSTEM_BUS_ADDRESS", nowhere)];
    let mut program = desk::start_in(&session, &[], &surroundings);
    let window = session.window();
    let status = Holder::of(&session).rpc("app_status", &json!({}));
    assert_eq!(status["key_source"], "key_file", "{status}");
    // A moment to paint in.
    thread::sleep(Duration::from_secs(2));
    session.picture("no-bus.png");
    desk::close(&session, &window);
    assert!(program.wait().success(), "there is no tray to go to");
}

#[test]
fn a_home_that_cannot_be_written_is_explained_in_the_window() {
    let session = Session::in_home(Home::new(), false);
    // A file where the folder should be: nobody can write below it, not even root.
    fs::write(session.home.home().join(".local"), "").unwrap();
    let driver = ui::open_window(&session);
    let text = wait::until("the page that explains it", || {
        driver.texts("[role=\"alert\"]").into_iter().find(|text| !text.is_empty())
    });
    println!("the window says: {text}");
    assert!(!text.contains(".local"), "no path is told: {text}");
    session.picture("home-read-only.png");
}

#[test]
fn a_screen_that_is_gone_takes_nothing_with_it_that_was_written() {
    let mut session = Session::new();
    ui::settle(&session.home);
    let mut program = desk::start(&session, &[]);
    session.window();
    let conversation = desk::ask_long(&Holder::of(&session), 4_000);
    session.lose_screen();
    let status = program.wait();
    println!("without its screen the program ended with {status}");
    let home = session.end();
    // So that nobody asks the one that is gone.
    fs::remove_file(home.data().join("endpoint.json")).unwrap();
    let session = Session::in_home(home, true);
    let mut command = session.home.command(tools::program("hearth-desktop"));
    let mut program = Running::start(command.arg("--hidden").stdin(Stdio::null()));
    let last = desk::messages(&Holder::of(&session), &conversation).pop().unwrap();
    assert_ne!(last["content"], "", "{last}");
    program.ask_to_end();
    assert!(program.wait().success());
}
