//! The icon in the tray and its menu, over the bus: what a panel would show, and what each of its
//! lines does.

use std::{
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::Stdio,
    thread,
};

use serde_json::json;

use crate::support::{
    ANSWER, Home, QUESTION, Session,
    holder::Holder,
    http::Ask,
    page::Page,
    process::Running,
    sni::{TrayHost, TrayItem},
    tools, ui, wait,
};

/// Starts the program without a window, as the system does on login.
fn start_hidden(session: &Session, surroundings: &[(&str, &str)]) -> Running {
    let mut command = session.home.command(tools::program("hearth-desktop"));
    command.envs(surroundings.iter().copied());
    Running::start(command.arg("--hidden").stdin(Stdio::null()))
}

/// Waits until the program has drawn the menu of open data.
fn open_item(host: &TrayHost) -> TrayItem {
    let item = host.item();
    item.line("Quick chat");
    item
}

fn visible_windows(session: &Session) -> usize {
    let search = ["search", "--onlyvisible", "--class", "hearth-desktop"];
    session.try_xdotool(&search).unwrap_or_default().lines().count()
}

#[test]
fn the_icon_stands_in_the_tray_and_a_click_on_it_opens_the_quick_chat() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let _program = start_hidden(&session, &[]);
    let item = open_item(&host);
    assert_eq!(item.title(), "Hearth");
    let labels = item.labels();
    println!("the menu: {labels:#?}");
    let first: Vec<_> = labels.iter().take(3).map(String::as_str).collect();
    assert_eq!(first, ["Open Hearth", "Quick chat", "New conversation with"]);
    assert_eq!(labels.last().map(String::as_str), Some("Quit Hearth"));
    assert!(!labels.iter().any(|label| label == "Lock now"), "there is no passphrase");
    assert_eq!(visible_windows(&session), 0, "nothing is shown before a click");
    item.click();
    let window = session.window();
    wait::until("the quick chat to have the keyboard", || session.is_active(&window).then_some(()));
}

#[test]
fn the_model_is_unloaded_and_loaded_in_the_menu_and_the_icon_says_so() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let _program = start_hidden(&session, &[]);
    let item = open_item(&host);
    let unload = item.line("Unload the model");
    assert!(unload.label.contains(" MB)"), "it says what it frees: {unload:?}");
    let state = |word: &str| {
        wait::until(word, || {
            let labels = item.labels();
            labels.into_iter().find(|label| label.contains(&format!(": {word}")))
        })
    };
    let warm = state("warm");
    assert!(warm.contains(" MB"), "it says what it costs: {warm}");
    assert!(!item.line(&warm).enabled, "that line is only to be read");
    wait::until("the text under the pointer", || item.tooltip().contains("warm").then_some(()));
    let ember = item.pixels();
    let mut asking =
        session.home.hearth(&["chat", "--json", "--max-tokens", "120", "Tell a story."]);
    let mut asking = Running::start(asking.stdout(Stdio::null()).stderr(Stdio::null()));
    state("answering");
    wait::until("the icon of a model that answers", || (item.pixels() != ember).then_some(()));
    asking.wait();
    state("warm");
    item.choose("Unload the model");
    let load = item.line("Load the model");
    assert!(load.label.contains("needs "), "it says what it will cost: {load:?}");
    state("cold");
    wait::until("another icon", || (item.pixels() != ember).then_some(()));
    let engine = Holder::of(&session).rpc("app_status", &json!({}))["engine"].take();
    assert_eq!(engine["state"], "empty", "{engine}");
    item.choose("Load the model");
    state("warm");
    wait::until("the icon of before", || (item.pixels() == ember).then_some(()));
}

#[test]
fn the_port_is_opened_and_closed_in_the_menu() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let _program = start_hidden(&session, &[]);
    let item = open_item(&host);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    Holder::of(&session).set(&json!({"server": {"port": port}}));
    assert_eq!(item.line("Local port").on, Some(false));
    item.choose("Local port");
    let open = item.line(&format!("Local port: http://127.0.0.1:{port}"));
    assert_eq!(open.on, Some(true));
    let health = Ask::new("GET", &format!("127.0.0.1:{port}"), "/health").send();
    assert!(health.status < 300, "{}", health.text());
    item.choose("Local port");
    let off = wait::until("the port to be off", || {
        Some(item.line("Local port")).filter(|line| line.label == "Local port")
    });
    assert_eq!(off.on, Some(false));
    wait::until("the port to be closed", || {
        TcpStream::connect(("127.0.0.1", port)).is_err().then_some(())
    });
}

#[test]
fn a_port_that_is_taken_is_told_in_the_menu() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let _program = start_hidden(&session, &[]);
    let item = open_item(&host);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    Holder::of(&session).set(&json!({"server": {"port": port}}));
    item.choose("Local port");
    let failed = item.line("Local port: cannot be opened");
    assert_eq!(failed.on, Some(true), "the person wants it");
}

#[test]
fn background_work_is_paused_and_start_on_login_switched_in_the_menu() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let _program = start_hidden(&session, &[]);
    let item = open_item(&host);
    let turned = |label: &str, on: bool| {
        item.choose(label);
        wait::until(label, || (item.line(label).on == Some(on)).then_some(()));
    };
    turned("Pause background work", true);
    wait::until("the text under the pointer", || {
        item.tooltip().contains("Background work is paused").then_some(())
    });
    turned("Pause background work", false);
    let entries = || -> Vec<PathBuf> {
        let folder = std::fs::read_dir(session.home.home().join(".config/autostart"));
        let files = folder.into_iter().flatten().map(|entry| entry.unwrap().path());
        // While one is written it has another name.
        files.filter(|file| file.extension().is_some_and(|end| end == "desktop")).collect()
    };
    // A menu turns its switches by itself; what counts is what the system has.
    let login = |on: bool| {
        item.choose("Start on login");
        wait::until_is("the number of entries", &usize::from(on), || entries().len());
        wait::until("the switch", || (item.line("Start on login").on == Some(on)).then_some(()));
    };
    assert_eq!(entries(), Vec::<PathBuf>::new());
    login(true);
    let entry = std::fs::read_to_string(&entries()[0]).unwrap();
    assert!(entry.contains("--hidden"), "{entry}");
    // Somebody else takes it away: the menu shows the system's state, not its own.
    std::fs::remove_file(&entries()[0]).unwrap();
    turned("Pause background work", true);
    wait::until("the switch to be off", || {
        (item.line("Start on login").on == Some(false)).then_some(())
    });
    login(true);
    login(false);
}

#[test]
fn quit_in_the_menu_ends_the_program_in_order() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let mut program = start_hidden(&session, &[]);
    open_item(&host).choose("Quit Hearth");
    let status = program.wait();
    assert!(status.success(), "it ends in order: {status}");
    assert!(!session.home.data().join("endpoint.json").exists(), "the socket was taken back");
    let report = session.home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "{report}");
}

#[test]
fn recent_conversations_personas_and_settings_are_shown_in_the_window() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    let item = open_item(&host);
    assert!(!item.labels().iter().any(|label| label == "Recent conversations"), "none yet");
    let said = session.home.json(&["chat", "--json", "--temperature", "0", QUESTION]);
    assert!(said["text"].as_str().unwrap().contains(ANSWER), "{said}");
    item.choose_below("Recent conversations", "What is the capital");
    page.says(ui::ANSWERS, ANSWER);
    session.picture("tray-recent.png");
    item.choose_below("New conversation with", "Writing");
    page.lacks(ui::ANSWERS);
    page.says("header", "Writing");
    item.choose("Settings");
    page.says("[role=\"dialog\"]", "Appearance");
    page.rests();
    session.picture("tray-settings.png");
}

#[test]
fn what_is_chosen_before_there_is_a_window_is_shown_in_the_one_that_comes() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let driver = thread::scope(|scope| {
        let driver = scope.spawn(|| ui::open_window_with(&session, &["--hidden"]));
        open_item(&host).choose_below("New conversation with", "Writing");
        driver.join().expect("the page of the window that was wanted")
    });
    Page::of_window(&driver, &session).says("header", "Writing");
    session.picture("tray-begun.png");
}

#[test]
fn the_menu_speaks_the_language_of_the_system_and_of_the_settings_at_once() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let _program = start_hidden(&session, &[("LC_ALL", "fr_FR.UTF-8")]);
    let item = host.item();
    item.line("Ouvrir Hearth");
    item.line("Décharger le modèle (libère");
    let holder = Holder::of(&session);
    for (language, open) in [("de", "Hearth öffnen"), ("ar", "فتح Hearth"), ("zh", "打开Hearth")]
    {
        holder.set(&json!({"appearance": {"language": language}}));
        item.line(open);
    }
    holder.set(&json!({"appearance": {"language": null}}));
    item.line("Quitter Hearth");
}

#[test]
fn without_a_tray_the_program_runs_and_the_icon_comes_and_goes_with_the_tray() {
    let session = Session::new();
    ui::settle(&session.home);
    let mut program = start_hidden(&session, &[]);
    let holder = Holder::of(&session);
    let has_tray = || holder.rpc("desktop_state", &json!({}))["tray"] == json!(true);
    assert!(!has_tray(), "no tray, no icon");
    // A collector whose icons nobody shows is no tray yet.
    let host = TrayHost::without_panel(&session);
    assert!(!has_tray());
    host.show_panel();
    open_item(&host);
    wait::until("the program to know of the tray", || has_tray().then_some(()));
    assert_eq!(host.count(), 1, "one icon");
    drop(host);
    wait::until("the program to miss the tray", || (!has_tray()).then_some(()));
    let again = TrayHost::start(&session);
    let item = open_item(&again);
    wait::until("the program to know of the tray", || has_tray().then_some(()));
    assert_eq!(again.count(), 1, "one icon");
    item.choose("Quit Hearth");
    assert!(program.wait().success());
}

#[test]
fn a_tray_that_does_not_answer_holds_nothing_up() {
    let session = Session::new();
    ui::settle(&session.home);
    let silent = TrayHost::silent(&session);
    let mut program = start_hidden(&session, &[]);
    let holder = Holder::of(&session);
    assert_eq!(holder.rpc("desktop_state", &json!({}))["tray"], json!(false));
    // A second start asks the first one for its window: its main thread is free.
    let mut second = session.home.command(tools::program("hearth-desktop"));
    assert!(Running::start(second.stdin(Stdio::null())).wait().success());
    session.window();
    assert_eq!(silent.count(), 0, "it was never asked to take an icon");
    program.ask_to_end();
    assert!(program.wait().success());
}

#[test]
fn without_a_bus_there_is_no_tray_and_nothing_else_is_missing() {
    let session = Session::in_home(Home::new(), false);
    ui::settle(&session.home);
    let mut program = start_hidden(&session, &[("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")]);
    let holder = Holder::of(&session);
    let state = holder.rpc("desktop_state", &json!({}));
    assert_eq!(state["tray"], json!(false), "{state}");
    let said = session.home.json(&["chat", "--json", "--temperature", "0", QUESTION]);
    assert!(said["text"].as_str().unwrap().contains(ANSWER), "{said}");
    program.ask_to_end();
    assert!(program.wait().success());
}

#[test]
fn data_that_cannot_be_opened_leaves_the_window_and_the_end_in_the_menu() {
    let session = Session::new();
    ui::settle(&session.home);
    session.home.damage_database();
    let host = TrayHost::start(&session);
    let mut program = start_hidden(&session, &[]);
    let item = host.item();
    wait::until("the text under the pointer", || {
        (item.tooltip() == "The data cannot be opened").then_some(())
    });
    assert_eq!(item.labels(), ["Open Hearth", "Quit Hearth"]);
    item.click();
    session.window();
    item.choose("Quit Hearth");
    assert!(program.wait().success());
}

#[test]
fn lock_now_is_offered_with_a_passphrase_and_leaves_only_the_way_back_and_the_end() {
    let session = Session::new();
    ui::settle(&session.home);
    let host = TrayHost::start(&session);
    let mut program = start_hidden(&session, &[]);
    let item = open_item(&host);
    let passphrase = json!({"passphrase": "correct horse battery"});
    Holder::of(&session).rpc("lock_set", &passphrase);
    let open = item.pixels();
    item.choose("Lock now");
    // Locking starts the program anew, and its icon with it.
    wait::until("the icon of the locked program", || (host.count() == 2).then_some(()));
    let item = host.item();
    item.line("Unlock Hearth");
    assert_eq!(item.labels(), ["Unlock Hearth…", "Quit Hearth"]);
    assert_eq!(item.tooltip(), "Locked");
    assert_ne!(item.pixels(), open, "the icon shows the lock");
    item.click();
    session.window();
    item.choose("Quit Hearth");
    assert!(program.wait().success());
}
