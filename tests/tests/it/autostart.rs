//! Start on login: the entry that the system reads, in a home of the test's own.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use hearth_server::{Client, ClientError};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{
    ANSWER, Home, QUESTION, Serve, Session, desk,
    holder::Holder,
    page::{self, Page},
    process, tools, ui, wait,
};

fn entry_of(home: &Home) -> PathBuf {
    home.home().join(".config/autostart/hearth-desktop.desktop")
}

/// What the program says of the system's entry.
fn said(holder: &Holder<'_>) -> Value {
    let mut state = holder.rpc("desktop_state", &json!({}));
    state["autostart"].take()
}

fn on() -> Value {
    json!({ "available": true, "enabled": true, "stale": false })
}

fn off() -> Value {
    json!({ "available": true, "enabled": false, "stale": false })
}

fn set(holder: &Holder<'_>, enabled: bool) -> Value {
    holder.rpc("autostart_set", &json!({ "enabled": enabled }))
}

/// The words of the `Exec` line, read as the specification of desktop entries says: the value is
/// unescaped like any text of the file, then split where nothing is quoted, then unquoted.
fn command_of(entry: &Path) -> Vec<String> {
    let text = fs::read_to_string(entry).unwrap();
    assert!(text.starts_with("[Desktop Entry]\n"), "{text}");
    let lines = text.lines().filter_map(|line| line.strip_prefix("Exec="));
    let values: Vec<_> = lines.collect();
    assert_eq!(values.len(), 1, "{text}");
    let value = values[0].replace(r"\\", "\u{1}").replace(r"\s", " ").replace('\u{1}', r"\");
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        let word = words.last_mut().unwrap();
        match letter {
            '"' => quoted = !quoted,
            '\\' if quoted => word.push(letters.next().unwrap()),
            ' ' if !quoted => words.push(String::new()),
            '%' => {
                assert_eq!(letters.next(), Some('%'), "no marks for files: {text}");
                word.push('%');
            }
            letter => {
                assert!(quoted || !"'><~|&;$*?#()`".contains(letter), "must be quoted: {text}");
                word.push(letter);
            }
        }
    }
    assert!(!quoted, "{text}");
    words
}

#[test]
fn the_entry_starts_this_program_without_a_window_and_is_gone_when_it_is_turned_off() {
    let session = Session::new();
    ui::settle(&session.home);
    let _program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    let entry = entry_of(&session.home);
    assert_eq!(said(&holder), off());
    assert!(!entry.parent().unwrap().exists(), "the folder is made when it is needed");
    assert_eq!(set(&holder, true), on());
    let program = tools::program("hearth-desktop").display().to_string();
    assert_eq!(command_of(&entry), [program.as_str(), "--hidden"]);
    assert_eq!(said(&holder), on());
    // What the desktop's own settings write when a person turns it off there.
    let text = fs::read_to_string(&entry).unwrap();
    fs::write(&entry, format!("{text}Hidden=true\n")).unwrap();
    assert_eq!(said(&holder), off(), "the system's word counts");
    assert_eq!(set(&holder, true), on());
    fs::remove_file(&entry).unwrap();
    assert_eq!(said(&holder), off());
    assert_eq!(set(&holder, true), on());
    assert_eq!(set(&holder, false), off());
    assert!(!entry.exists());
    assert_eq!(set(&holder, false), off(), "twice is as good");
}

#[test]
fn a_program_in_a_folder_with_spaces_is_started_by_the_desktop_on_its_own_data() {
    let session = Session::new();
    // Without a percent sign: GLib looks for the program before it reads that sign's two as one.
    let folder = session.home.root().join("my apps $HOME `it` \"x\" \\s");
    fs::create_dir(&folder).unwrap();
    let program = folder.join("hearth-desktop");
    fs::copy(tools::program("hearth-desktop"), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let data = session.home.root().join("data one");
    let mut command = session.home.command(&program);
    command.arg("--hidden").arg("--data-dir").arg(&data).stdin(Stdio::null());
    let mut first = process::Running::start(&mut command);
    assert_eq!(ask(&data, "autostart_set", &json!({ "enabled": true })), Ok(on()));
    let entry = entry_of(&session.home);
    let expected =
        [&*program.to_string_lossy(), "--hidden", "--data-dir", &*data.to_string_lossy()];
    assert_eq!(command_of(&entry), expected);
    first.ask_to_end();
    assert!(first.wait().success());

    // Now as a desktop does it when a session begins.
    let mut desktop = session.home.command(tools::tool("gio"));
    // What it starts keeps its standard output, so nobody may wait for the end of that.
    desktop.arg("launch").arg(&entry).stdin(Stdio::null()).stdout(Stdio::null());
    assert!(desktop.status().unwrap().success());
    let state = ask(&data, "desktop_state", &json!({})).unwrap();
    assert_eq!(state["autostart"], on());
    assert_eq!(desk::visible(&session), 0, "it starts without a window");
    end(&program);
}

#[test]
fn an_entry_for_a_program_that_moved_is_mended_at_the_next_start() {
    let session = Session::new();
    ui::settle(&session.home);
    let entry = entry_of(&session.home);
    write_entry(&entry, "\"/gone/my apps/hearth-desktop\" --hidden", "");
    let _program = desk::start(&session, &["--hidden"]);
    let program = tools::program("hearth-desktop").display().to_string();
    wait::until("the mended entry", || {
        (command_of(&entry) == [program.as_str(), "--hidden"]).then_some(())
    });
    assert_eq!(said(&Holder::of(&session)), on());
}

#[test]
fn an_entry_that_is_off_or_for_other_data_is_left_alone() {
    let session = Session::new();
    ui::settle(&session.home);
    let entry = entry_of(&session.home);
    write_entry(&entry, "/gone/hearth-desktop --hidden", "X-GNOME-Autostart-enabled=false\n");
    let before = fs::read(&entry).unwrap();
    let mut program = desk::start(&session, &["--hidden"]);
    assert_eq!(said(&Holder::of(&session)), off());
    program.ask_to_end();
    assert!(program.wait().success());
    assert!(fs::read(&entry).unwrap() == before, "what the person turned off was touched");

    write_entry(&entry, "/opt/hearth-desktop --hidden --data-dir /srv/other", "");
    let before = fs::read(&entry).unwrap();
    let mut program = desk::start(&session, &["--hidden"]);
    let state = said(&Holder::of(&session));
    assert_eq!(state, json!({ "available": true, "enabled": true, "stale": true }));
    program.ask_to_end();
    assert!(program.wait().success());
    assert!(fs::read(&entry).unwrap() == before, "the entry of another Hearth was touched");
}

#[test]
fn the_entry_lies_where_the_session_keeps_its_configuration() {
    let session = Session::new();
    ui::settle(&session.home);
    let conf = session.home.root().join("conf");
    let conf_variable = ("XDG_CONFIG_HOME", conf.display().to_string());
    let _program = desk::start_in(&session, &["--hidden"], &[conf_variable]);
    assert_eq!(set(&Holder::of(&session), true), on());
    assert!(conf.join("autostart/hearth-desktop.desktop").is_file());
    assert!(!entry_of(&session.home).exists());
}

#[test]
fn a_folder_that_cannot_be_made_or_written_is_told_and_nothing_is_claimed() {
    let session = Session::new();
    ui::settle(&session.home);
    let data = session.home.data();
    let folder = session.home.home().join(".config");
    // A file in its place keeps even root from making it.
    fs::write(&folder, "not a folder").unwrap();
    let _program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    assert_eq!(said(&holder), off());
    let refused = ask(&data, "autostart_set", &json!({ "enabled": true })).unwrap_err();
    assert_eq!(refused.0, "autostart_unwritable");
    assert!(!refused.1.contains('/'), "no path in {refused:?}");
    assert_eq!(said(&holder), off());
    assert_eq!(fs::read_to_string(&folder).unwrap(), "not a folder");

    // A folder in the place of the entry can be neither replaced nor removed.
    fs::remove_file(&folder).unwrap();
    let entry = entry_of(&session.home);
    fs::create_dir_all(entry.join("inside")).unwrap();
    let refused = ask(&data, "autostart_set", &json!({ "enabled": true })).unwrap_err();
    assert_eq!(refused.0, "autostart_unwritable");
    assert_eq!(said(&holder), off());
    let left: Vec<_> = fs::read_dir(entry.parent().unwrap()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "nothing half-written stays: {left:?}");
}

#[test]
fn the_switch_in_the_settings_shows_what_the_system_has() {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    driver.element(ui::COMPOSER);
    let entry = entry_of(&session.home);
    let switch = "[role=switch][aria-label=\"Start when you log in\"]";
    let shows = |checked: &str| {
        let wanted = format!("{switch}[aria-checked=\"{checked}\"]:not([disabled])");
        driver.element(&wanted);
    };
    page.press("ctrl+comma");
    driver.element("[role=tab][data-value=\"desktop\"]").click();
    shows("false");
    driver.element(switch).click();
    shows("true");
    assert!(entry.is_file());
    page.rests();
    session.picture("settings-desktop.png");
    assert_eq!(page.faults(false), Vec::<String>::new());
    fs::remove_file(&entry).unwrap();
    driver.element("[role=tab][data-value=\"about\"]").click();
    driver.element("[role=tab][data-value=\"desktop\"]").click();
    shows("false");
}

#[test]
fn it_is_asked_once_after_the_first_answer() {
    let session = Session::new();
    ui::settle(&session.home);
    let serve = Serve::with_commands(&session.home);
    let patch = json!({ "desktop": { "start_on_login_offered": false } });
    serve.must("settings_update", &json!({ "patch": patch }));
    assert!(serve.stop().success());
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    let offer = "section.offer";
    driver.element(ui::COMPOSER).click();
    assert!(driver.find(offer).is_none(), "not before an answer");
    session.type_line(QUESTION);
    ui::wait_for_answer(&driver, ANSWER);
    page.says(offer, "Should Hearth be there when you log in?");
    page.rests();
    session.picture("offer-start-on-login.png");
    assert_eq!(page.faults(false), Vec::<String>::new());
    driver.element("section.offer .actions button:last-child").click();
    page.lacks(offer);
    let entry = entry_of(&session.home);
    wait::until("the entry", || entry.is_file().then_some(()));
    let settings = ui::window_rpc(&driver, "settings_get", &json!({}));
    assert_eq!(settings["ok"]["desktop"]["start_on_login_offered"], true, "{settings}");
    driver.element(ui::COMPOSER).click();
    session.type_line("And of Italy?");
    wait::until("two answers", || (driver.texts(ui::ANSWERS).len() == 2).then_some(()));
    wait::until("the end of the answer", || driver.find(page::STOP).is_none().then_some(()));
    assert!(driver.find(offer).is_none(), "asked once");
}

/// An entry as another version may have written it.
fn write_entry(entry: &Path, command: &str, more: &str) {
    fs::create_dir_all(entry.parent().unwrap()).unwrap();
    let text = format!("[Desktop Entry]\nType=Application\nName=Hearth\nExec={command}\n{more}");
    fs::write(entry, text).unwrap();
}

/// Runs a command in the process that holds this data; a refusal is its code and its sentence.
fn ask(data: &Path, command: &str, request: &Value) -> Result<Value, (String, String)> {
    let client = wait::until("the holder of the data", || Client::of_holder(data).ok().flatten());
    match Runtime::new().unwrap().block_on(client.rpc(command, request)) {
        Ok(answer) => Ok(answer),
        Err(ClientError::Refused(error)) => Err((error.code.as_str().to_owned(), error.message)),
        Err(error) => panic!("{command}: {error}"),
    }
}

/// Ends a program that the desktop started, found by its file.
fn end(program: &Path) {
    let running = || {
        let all = fs::read_dir("/proc").unwrap().flatten();
        let numbers = all.filter_map(|one| one.file_name().to_str()?.parse::<u32>().ok());
        let ours =
            |pid: &u32| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|p| p == program);
        numbers.filter(ours).collect::<Vec<_>>()
    };
    for pid in running() {
        process::signal(pid, Signal::TERM);
    }
    wait::until("the end of the program", || running().is_empty().then_some(()));
}
