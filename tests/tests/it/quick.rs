//! The quick chat: real keys on a real X server, the real window, the bundled model.

use std::{fs, path::Path, thread, time::Duration};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{ANSWER, Home, QUESTION, Session, desk, holder::Holder, process, ui, wait};

/// The keys that open it unless the settings say otherwise.
const KEYS: &str = "ctrl+shift+space";

/// A settled desktop whose answers are the same each time.
fn settled() -> Session {
    settled_in(Home::new())
}

fn settled_in(home: Home) -> Session {
    let session = Session::in_home(home, true);
    ui::settle(&session.home);
    session
}

/// Whoever holds the data, with answers that are the same each time.
fn holder(session: &Session) -> Holder<'_> {
    let holder = Holder::of(session);
    holder.set(&json!({ "generation": { "sampling": { "temperature": 0.0 } } }));
    holder
}

fn keys(holder: &Holder<'_>) -> Value {
    holder.rpc("desktop_state", &json!({}))["shortcut"].take()
}

/// Waits until the keys are listened to, as the program says itself.
#[track_caller]
fn listens(holder: &Holder<'_>) {
    wait::until("the keys of the quick chat", || (keys(holder)["active"] == true).then_some(()));
}

/// The quick chat, once it is seen and has the keyboard.
#[track_caller]
fn in_front(session: &Session) -> String {
    desk::shows(session, 1);
    let window = session.window();
    wait::until("the keyboard", || session.is_active(&window).then_some(()));
    window
}

/// The quick chat beside the main window.
fn quick_beside(session: &Session, main: &str) -> String {
    let found = session.xdotool(&["search", "--onlyvisible", "--class", "hearth-desktop"]);
    let other = found.lines().find(|window| *window != main);
    other.unwrap_or_else(|| panic!("no other window in {found}")).to_owned()
}

/// Width and height of a window.
fn size(session: &Session, window: &str) -> (u32, u32) {
    let said = session.xdotool(&["getwindowgeometry", "--shell", window]);
    let value = |name: &str| {
        let found = said.lines().find_map(|line| line.strip_prefix(name)?.parse().ok());
        found.unwrap_or_else(|| panic!("no {name} in {said}"))
    };
    (value("WIDTH="), value("HEIGHT="))
}

#[track_caller]
fn waits_for_draft(holder: &Holder<'_>, text: &str) {
    wait::until_is("the draft", &json!(text), || {
        holder.rpc("quick_get", &json!({}))["text"].take()
    });
}

#[test]
fn the_keys_open_it_from_anywhere_and_it_answers_keeps_its_draft_and_goes_on_in_the_main_window() {
    let session = settled();
    let mut program = desk::start(&session, &["--hidden"]);
    let holder = holder(&session);
    listens(&holder);
    assert!(desk::web_processes(program.pid()).is_empty(), "nothing is made before it is wanted");
    session.xdotool(&["key", KEYS]);
    let window = in_front(&session);
    assert_eq!(size(&session, &window), (680, 64), "a field and nothing else");
    session.picture("quick-empty.png");
    // Typed at once: nothing is clicked, nothing is waited for.
    session.type_line(QUESTION);
    let (conversation, messages) = desk::answered(&holder, 2);
    let answer = messages[1]["content"].as_str().unwrap();
    assert!(answer.contains(ANSWER), "{answer}");
    wait::until("room for the answer", || (size(&session, &window).1 > 120).then_some(()));
    session.xdotool(&["type", "--delay", "25", "And of"]);
    session.xdotool(&["key", "Escape"]);
    desk::shows(&session, 0);
    waits_for_draft(&holder, "And of");
    session.xdotool(&["key", KEYS]);
    in_front(&session);
    session.xdotool(&["type", "--delay", "25", " Italy?"]);
    waits_for_draft(&holder, "And of Italy?");
    session.picture("quick-answer.png");
    session.xdotool(&["key", "ctrl+Return"]);
    wait::until("the main window in its place", || {
        let shown =
            session.try_xdotool(&["search", "--onlyvisible", "--class", "hearth-desktop"])?;
        let wide = shown.lines().all(|window| size(&session, window).0 > 680);
        (shown.lines().count() == 1 && wide).then_some(())
    });
    let window = session.window();
    wait::until("the keyboard", || session.is_active(&window).then_some(()));
    // What was written goes along; that it is asked there shows which conversation is open.
    wait::until("the question in the same conversation", || {
        session.xdotool(&["key", "--clearmodifiers", "Return"]);
        let all = desk::messages(&holder, &conversation);
        all.iter().any(|message| message["content"] == "And of Italy?").then_some(())
    });
    desk::answered(&holder, 4);
    session.picture("quick-moved.png");
    assert_eq!(desk::conversations(&holder).len(), 1);
    waits_for_draft(&holder, "");
    program.ask_to_end();
    assert!(program.wait().success());
}

#[test]
fn the_same_keys_hide_it_and_escape_works_while_an_answer_is_written() {
    let session = settled();
    let _program = desk::start(&session, &["--hidden"]);
    let holder = holder(&session);
    listens(&holder);
    session.xdotool(&["key", KEYS]);
    in_front(&session);
    session.xdotool(&["key", KEYS]);
    desk::shows(&session, 0);
    session.xdotool(&["key", KEYS]);
    in_front(&session);
    session.type_line("Count from one to one hundred in words.");
    wait::until("the beginning of an answer", || {
        let id = desk::conversations(&holder).first()?["id"].as_str()?.to_owned();
        (desk::messages(&holder, &id).len() == 2).then_some(())
    });
    session.xdotool(&["key", "Escape"]);
    desk::shows(&session, 0);
    // Nobody looks at it, and it is written to its end all the same.
    desk::answered(&holder, 2);
}

#[test]
fn it_goes_when_it_loses_the_keyboard_where_that_is_wished_and_stays_while_it_is_pinned() {
    let session = settled();
    let _program = desk::start(&session, &[]);
    desk::shows(&session, 1);
    let main = session.window();
    let holder = holder(&session);
    listens(&holder);
    let opens = || {
        session.xdotool(&["key", KEYS]);
        desk::shows(&session, 2);
        let other = quick_beside(&session, &main);
        wait::until("the keyboard", || session.is_active(&other).then_some(()));
    };
    let leaves = || session.activate(&main);
    // Longer than it takes to go.
    let stays = || {
        thread::sleep(Duration::from_secs(1));
        assert_eq!(desk::visible(&session), 2);
    };
    opens();
    leaves();
    stays();
    holder.set(&json!({ "desktop": { "quick_hides_on_blur": true } }));
    opens();
    leaves();
    desk::shows(&session, 1);
    // What is written behind the keys is there when they were acted on.
    let pins = |written: &str| {
        session.xdotool(&["key", "ctrl+shift+p"]);
        session.xdotool(&["type", "--delay", "25", &written[written.len() - 1..]]);
        waits_for_draft(&holder, written);
    };
    opens();
    pins("a");
    leaves();
    stays();
    opens();
    pins("ab");
    leaves();
    desk::shows(&session, 1);
}

#[test]
fn the_keyboard_stays_where_the_person_took_it_right_after_the_quick_chat_came() {
    let session = settled();
    let program = desk::start(&session, &[]);
    desk::shows(&session, 1);
    let main = session.window();
    listens(&holder(&session));
    session.xdotool(&["key", KEYS]);
    desk::shows(&session, 2);
    let quick = quick_beside(&session, &main);
    wait::until("the keyboard", || session.is_active(&quick).then_some(()));
    session.xdotool(&["key", KEYS]);
    desk::shows(&session, 1);
    // The window manager is slow, so the keyboard is asked for more than once; the program is slow, so
    // it hears only afterwards that it had the keyboard and that it is gone again. More than once,
    // because it may be stopped before it asks at all, or in the middle of asking; not later, because
    // after ten times it asks no more.
    let stayed = [100, 100, 150, 150, 200, 200].into_iter().any(|asking| {
        process::signal(session.window_manager(), Signal::STOP);
        session.xdotool(&["key", KEYS]);
        thread::sleep(Duration::from_millis(asking));
        process::signal(program.pid(), Signal::STOP);
        process::signal(session.window_manager(), Signal::CONT);
        let came = (0..20).any(|_| {
            thread::sleep(Duration::from_millis(50));
            session.is_active(&quick)
        });
        if came {
            session.activate(&main);
        }
        process::signal(program.pid(), Signal::CONT);
        thread::sleep(Duration::from_secs(1));
        let stayed = came && session.is_active(&main);
        desk::shows(&session, 2);
        session.activate(&quick);
        session.xdotool(&["key", "Escape"]);
        desk::shows(&session, 1);
        stayed
    });
    assert!(stayed, "it was taken back each time");
}

#[test]
fn a_start_for_a_quick_question_opens_the_small_window_and_a_second_one_brings_it_back() {
    let session = settled();
    let mut program = desk::start(&session, &["--quick"]);
    let window = in_front(&session);
    // A window that was just mapped has its size once the window manager has answered.
    wait::until_is("the size", &(680, 64), || size(&session, &window));
    let holder = holder(&session);
    session.xdotool(&["type", "--delay", "25", "Not yet"]);
    waits_for_draft(&holder, "Not yet");
    session.xdotool(&["key", "Escape"]);
    desk::shows(&session, 0);
    assert!(program.ended().is_none(), "it goes on without a window");
    assert!(desk::start(&session, &["--quick"]).wait().success(), "the second one ends");
    in_front(&session);
    session.xdotool(&["type", "--delay", "25", " now"]);
    waits_for_draft(&holder, "Not yet now");
    // A start without it is a wish for the main window.
    assert!(desk::start(&session, &[]).wait().success());
    desk::shows(&session, 2);
}

#[test]
fn keys_that_another_program_has_are_told_and_stay_with_it_and_the_told_command_does_the_same() {
    let home = Home::new();
    let (taken, opened) = (home.root().join("tmp/taken"), home.home().join(".config/openbox"));
    fs::create_dir_all(&opened).unwrap();
    let bind = |key: &str, commands: &[&str]| {
        let execute = |command: &&str| {
            format!("<action name=\"Execute\"><command>{command}</command></action>")
        };
        let actions: String = commands.iter().map(execute).collect();
        let rules = format!(
            "<openbox_config><keyboard><keybind key=\"{key}\">{actions}</keybind></keyboard>\
             </openbox_config>"
        );
        fs::write(opened.join("rc.xml"), rules).unwrap();
    };
    let notes = |file: &Path| format!("touch {}", file.display());
    bind("C-S-space", &[&notes(&taken)]);
    let session = settled_in(home);
    let _program = desk::start(&session, &["--hidden"]);
    let holder = holder(&session);
    let told = wait::until("a word about the keys", || {
        Some(keys(&holder)).filter(|keys| keys["problem"] != Value::Null)
    });
    assert_eq!((&told["problem"], &told["active"]), (&json!("taken"), &json!(false)), "{told}");
    session.xdotool(&["key", KEYS]);
    wait::until("the other program's answer", || taken.exists().then_some(()));
    assert_eq!(desk::visible(&session), 0, "nothing of it was swallowed");
    // The desktop's own keyboard settings: other keys, and the command that was told.
    let read = session.home.root().join("tmp/read");
    bind("A-q", &[&notes(&read), told["command"].as_str().unwrap()]);
    let mut again = session.home.command("openbox");
    assert!(again.arg("--reconfigure").status().unwrap().success());
    listens(&holder);
    // The window manager says nothing of when it has read its keys again.
    wait::until("the other keys", || {
        session.xdotool(&["key", "alt+q"]);
        thread::sleep(Duration::from_secs(1));
        read.exists().then_some(())
    });
    in_front(&session);
    session.xdotool(&["key", "Escape"]);
    desk::shows(&session, 0);
    session.xdotool(&["key", KEYS]);
    in_front(&session);
}

#[test]
fn on_wayland_no_keys_are_claimed_and_other_keys_follow_the_settings() {
    let session = settled();
    let wayland = [("XDG_SESSION_TYPE", "wayland".to_owned())];
    let mut program = desk::start_in(&session, &["--hidden"], &wayland);
    let holder = holder(&session);
    let told = wait::until("a word about the keys", || {
        Some(keys(&holder)).filter(|keys| keys["problem"] != Value::Null)
    });
    assert_eq!((&told["problem"], &told["active"]), (&json!("wayland"), &json!(false)), "{told}");
    assert!(told["command"].as_str().unwrap().ends_with("hearth-desktop --quick"), "{told}");
    program.ask_to_end();
    assert!(program.wait().success());
    let _program = desk::start(&session, &["--hidden"]);
    listens(&holder);
    holder.set(&json!({ "desktop": { "shortcut": "Space" } }));
    wait::until("the refusal of a key that people write with", || {
        (keys(&holder)["problem"] == "invalid").then_some(())
    });
    holder.set(&json!({ "desktop": { "shortcut": "Ctrl+Alt+H" } }));
    listens(&holder);
    session.xdotool(&["key", KEYS]);
    session.xdotool(&["key", "ctrl+alt+h"]);
    in_front(&session);
    holder.set(&json!({ "desktop": { "shortcut": null } }));
    wait::until("the keys to be let go", || (keys(&holder)["active"] == false).then_some(()));
    assert_eq!(keys(&holder)["problem"], Value::Null);
}

#[test]
fn what_is_written_outlives_a_kill_of_the_page_and_of_the_program() {
    let session = settled();
    let program = desk::start(&session, &["--quick"]);
    in_front(&session);
    let holder = holder(&session);
    session.xdotool(&["type", "--delay", "25", "Before"]);
    waits_for_draft(&holder, "Before");
    let page = desk::web_processes(program.pid());
    assert_eq!(page.len(), 1);
    process::signal(page[0], Signal::KILL);
    wait::until("another page", || {
        let now = desk::web_processes(program.pid());
        (now.len() == 1 && now != page).then_some(())
    });
    in_front(&session);
    // The caret stands behind what was written.
    session.xdotool(&["key", "ctrl+End"]);
    session.xdotool(&["type", "--delay", "25", ", between"]);
    waits_for_draft(&holder, "Before, between");
    process::signal(program.pid(), Signal::KILL);
    drop(program);
    let _program = desk::start(&session, &["--quick"]);
    in_front(&session);
    waits_for_draft(&holder, "Before, between");
    session.xdotool(&["key", "ctrl+End"]);
    session.xdotool(&["type", "--delay", "25", " and after"]);
    waits_for_draft(&holder, "Before, between and after");
}

#[test]
fn text_of_another_program_is_taken_only_when_the_person_asks_in_the_window_itself() {
    let session = settled();
    let _program = desk::start(&session, &["--quick"]);
    in_front(&session);
    let holder = holder(&session);
    let secret = "The committee meets on Thursday at nine.";
    holder.rpc("text_copy", &json!({ "text": secret }));
    let from_outside = json!({ "source": "clipboard" });
    assert_eq!(holder.refusal("text_take", &from_outside).as_deref(), Some("forbidden"));
    session.xdotool(&["type", "--delay", "25", "When?"]);
    waits_for_draft(&holder, "When?");
    assert_eq!(holder.rpc("quick_get", &json!({}))["attachments"], json!([]), "nothing by itself");
    session.xdotool(&["key", "ctrl+shift+v"]);
    let taken = wait::until("what was copied", || {
        holder.rpc("quick_get", &json!({}))["attachments"].get(0).cloned()
    });
    let text = holder.rpc("attachment_get", &json!({ "id": taken["id"] }));
    assert_eq!(text["text"], secret);
    session.picture("quick-clipboard.png");
    session.xdotool(&["key", "Return"]);
    let (_, messages) = desk::answered(&holder, 2);
    assert_eq!(messages[0]["attachments"][0]["id"], taken["id"]);
}

#[test]
fn it_is_drawn_dark_where_the_desktop_is_and_says_what_it_can_do() {
    let session = settled();
    let dark = [("GTK_THEME", "Adwaita:dark".to_owned())];
    let _program = desk::start_in(&session, &["--quick"], &dark);
    let window = in_front(&session);
    session.picture("quick-empty-dark.png");
    session.xdotool(&["key", "ctrl+k"]);
    wait::until("room for the list", || (size(&session, &window).1 > 200).then_some(()));
    session.picture("quick-actions-dark.png");
    session.xdotool(&["key", "Escape"]);
    wait::until("a field and nothing else", || (size(&session, &window).1 == 64).then_some(()));
    assert_eq!(desk::visible(&session), 1, "Escape closed the list, not the window");
    let holder = holder(&session);
    session.type_line(QUESTION);
    desk::answered(&holder, 2);
    wait::until("room for the answer", || (size(&session, &window).1 > 120).then_some(()));
    session.xdotool(&["type", "--delay", "25", "And of Italy?"]);
    waits_for_draft(&holder, "And of Italy?");
    session.picture("quick-answer-dark.png");
}
