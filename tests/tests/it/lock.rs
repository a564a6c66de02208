//! The lock: what opens the data, what answers while it is locked, and what is left in memory.

use std::{fs, process::Command};

use data_encoding::HEXLOWER;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{
    Home, QUESTION, Serve, Session, desk,
    holder::Holder,
    home,
    http::{Ask, Reply},
    login::Login,
    memory::{Needle, findings},
    page::Page,
    process, ui, wait,
};

const PASSPHRASE: &str = "four quiet herons waiting";
/// Nothing else on this computer says this.
const CANARY: &str = "Zwerchfellkolibri";
const HEADING: &str = "h1";
const FIELD: &str = "main input";

/// Waits until the program has locked the data and answers again.
fn waits_locked(holder: &Holder<'_>) {
    wait::until("the locked program", || {
        (holder.refusal("app_status", &json!({}))? == "locked").then_some(())
    });
}

/// Waits until the data is open.
fn waits_open(holder: &Holder<'_>) {
    wait::until("the open data", || {
        holder.refusal("app_status", &json!({})).is_none().then_some(())
    });
    holder.rpc("app_status", &json!({}));
}

fn passphrase_file(home: &Home, passphrase: &str) -> String {
    let file = home.root().join("tmp/passphrase");
    fs::write(&file, format!("{passphrase}\n")).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Data with a passphrase, without a keyring; the key that it had before.
fn locked_home(home: &Home) -> Vec<u8> {
    ui::settle(home);
    let hex = fs::read_to_string(home.data().join("key")).unwrap();
    let serve = Serve::with_commands(home);
    let state = serve.must("lock_set", &json!({ "passphrase": PASSPHRASE }));
    assert_eq!(state["configured"], json!(true), "{state}");
    assert!(serve.stop().success());
    HEXLOWER.decode(hex.trim().as_bytes()).unwrap()
}

/// Types the passphrase on the page that stands before locked data.
fn unlock_by_hand(session: &Session) {
    let window = session.window();
    session.activate(&window);
    // The field has the keyboard as soon as the page is painted; until then letters are lost, and
    // what is half typed is wrong, which costs nothing the first times.
    wait::until("the data to be open", || {
        session.xdotool(&["key", "ctrl+a"]);
        session.type_line(PASSPHRASE);
        let holder = Holder::of(session);
        for _ in 0..40 {
            std::thread::sleep(std::time::Duration::from_millis(100));
            if holder.refusal("app_status", &json!({})).is_none() {
                return Some(());
            }
        }
        None
    });
}

fn ask_port(address: &str, method: &'static str, path: &str, key: &str) -> Reply {
    let ask = Ask::new(method, address, path);
    let ask = ask.header("authorization", format!("Bearer {key}"));
    if method == "POST" { ask.json(&json!({})).send() } else { ask.send() }
}

#[test]
fn ac_58_locking_leaves_no_key_and_no_word_in_the_memory_of_any_process() {
    let session = Session::in_home(Home::new(), false);
    let key = locked_home(&session.home);
    let program = desk::start(&session, &[]);
    let holder = Holder::of(&session);
    waits_locked(&holder);
    unlock_by_hand(&session);
    waits_open(&holder);
    wait::until("the field", || {
        // The composer takes the keyboard once the page is there.
        session.type_line(&format!("What is a {CANARY}?"));
        std::thread::sleep(std::time::Duration::from_secs(2));
        (!desk::conversations(&holder).is_empty()).then_some(())
    });
    desk::answered(&holder, 2);

    let canary = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let needles = [
        Needle { name: "the key", bytes: key.clone() },
        Needle { name: "the key in digits", bytes: HEXLOWER.encode(&key).into_bytes() },
        Needle { name: "the canary", bytes: CANARY.as_bytes().to_vec() },
        Needle { name: "the canary in UTF-16", bytes: canary(CANARY) },
        Needle { name: "the passphrase", bytes: PASSPHRASE.as_bytes().to_vec() },
    ];
    let open = findings(program.pid(), &needles);
    println!("while it is open: {open:#?}");
    let found = |needle: &str, place: &str| {
        open.iter().any(|found| found.starts_with(needle) && found.contains(place))
    };
    assert!(found("the key in", "hearth-desktop"), "{open:?}");
    assert!(found("the canary in", "hearth-desktop"), "{open:?}");
    assert!(found("the canary in", "WebKitWebProces"), "{open:?}");

    let begin = std::time::Instant::now();
    holder.rpc("lock_now", &json!({}));
    waits_locked(&holder);
    println!("it was locked and answered again after {:?}", begin.elapsed());
    desk::shows(&session, 1);
    println!("its page stood there after {:?}", begin.elapsed());
    let locked = findings(program.pid(), &needles);
    assert_eq!(locked, Vec::<String>::new(), "something is left");
    session.picture("lock-page.png");

    unlock_by_hand(&session);
    waits_open(&holder);
    let listed = desk::conversations(&holder);
    assert!(listed[0]["title"].as_str().unwrap().contains(CANARY), "{listed:?}");
    let conversation = listed[0]["id"].as_str().unwrap();
    wait::until("the window in the conversation that it was locked in", || {
        session.type_line("And where does it live?");
        std::thread::sleep(std::time::Duration::from_secs(2));
        (desk::messages(&holder, conversation).len() > 2).then_some(())
    });
}

#[test]
fn while_it_is_locked_the_port_and_the_terminal_say_so_and_afterwards_they_go_on() {
    let session = Session::new();
    ui::settle(&session.home);
    let serve = Serve::with_commands(&session.home);
    let made = serve.must("port_key_make", &json!({ "name": "Editor" }));
    let key = made["secret"].as_str().unwrap().to_owned();
    let number = serve.address.rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    serve.must("settings_update", &json!({"patch": {"server": {"enabled": true, "port": number}}}));
    serve.must("lock_set", &json!({ "passphrase": PASSPHRASE }));
    assert!(serve.stop().success());

    let mut program = desk::start(&session, &[]);
    let holder = Holder::of(&session);
    waits_locked(&holder);
    unlock_by_hand(&session);
    waits_open(&holder);
    let address = format!("127.0.0.1:{number}");
    wait::until("the port", || std::net::TcpStream::connect(&address).ok());
    assert_eq!(ask_port(&address, "GET", "/v1/models", &key).status, 200);

    let said = session.home.json(&["chat", "--json", "--temperature", "0", QUESTION]);
    let long = desk::ask_long(&holder, 4_000);
    holder.rpc("lock_now", &json!({}));
    // The socket is never closed: somebody answers at any moment, and in the end says `locked`.
    wait::until("the locked port", || {
        let reply = ask_port(&address, "GET", "/v1/models", &key);
        assert!([200, 423, 503].contains(&reply.status), "{}: {}", reply.status, reply.text());
        (reply.status == 423).then_some(())
    });
    waits_locked(&holder);
    for (method, path) in [("GET", "/v1/models"), ("POST", "/v1/chat/completions")] {
        let reply = ask_port(&address, method, path, &key);
        assert_eq!(reply.status, 423, "{path}: {}", reply.text());
        assert_eq!(reply.json()["error"]["code"], "locked", "{path}");
    }
    for (method, path) in
        [("POST", "/api/rpc/app_status"), ("GET", "/api/stream/app"), ("GET", "/health")]
    {
        let reply = ask_port(&address, method, path, &key);
        assert_eq!(reply.status, 423, "{path}: {}", reply.text());
        assert_eq!(reply.json()["code"], "locked", "{path}");
    }
    let foreign = Ask::new("GET", &address, "/v1/models").header("origin", "http://evil").send();
    assert_eq!(foreign.status, 403, "a page from elsewhere learns nothing: {}", foreign.text());

    let refused = session.home.run(&["chat", "--json", QUESTION]);
    assert_eq!(home::error_code(&refused), "locked", "{refused:?}");
    let second = desk::start(&session, &[]).wait();
    assert!(second.success(), "a second start shows the window: {second}");

    unlock_by_hand(&session);
    waits_open(&holder);
    wait::until("the open port", || {
        (ask_port(&address, "GET", "/v1/models", &key).status == 200).then_some(())
    });
    let stopped = desk::messages(&holder, &long).pop().unwrap();
    assert_eq!(stopped["status"], "stopped", "a running answer is saved: {stopped}");
    assert_ne!(stopped["content"], "");
    let before = said["conversation"].as_str().unwrap();
    assert_eq!(desk::messages(&holder, before).len(), 2, "what was there is there");
    program.ask_to_end();
    assert!(program.wait().success(), "TERM ends it in order");
}

#[test]
fn a_passphrase_is_set_in_the_window_and_nothing_else_opens_the_data_afterwards() {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    let mut asked = page.rpc(
        "chat_send",
        &json!({
            "text": QUESTION, "client_id": uuid::Uuid::new_v4(), "sampling": { "max_tokens": 8 },
        }),
    );
    let conversation = asked["conversation"]["id"].take();
    driver.element(ui::COMPOSER).click();
    page.press("ctrl+comma");
    page.click("[role=\"tab\"][data-value=\"lock\"]");
    page.shows("[role=\"tabpanel\"] form");
    page.rests();
    session.picture("lock-set.png");
    driver.element("[role=\"tabpanel\"] form input").click();
    page.write(PASSPHRASE);
    page.press("Tab");
    page.press("Tab");
    page.write(PASSPHRASE);
    page.press("Return");
    wait::until("the passphrase to be set", || {
        (page.rpc("lock_state", &json!({}))["configured"] == json!(true)).then_some(())
    });
    page.rests();
    session.picture("lock-is-set.png");
    assert_eq!(page.faults(false), Vec::<String>::new());
    let endpoint = fs::read(session.home.data().join("endpoint.json")).unwrap();
    let endpoint: Value = serde_json::from_slice(&endpoint).unwrap();
    process::signal(u32::try_from(endpoint["process"].as_u64().unwrap()).unwrap(), Signal::TERM);
    let lock = fs::File::open(session.home.data().join("lock")).unwrap();
    wait::until("the end of the program", || lock.try_lock().ok());
    drop((lock, driver));

    // The keyring is there and open, and holds nothing that opens the data.
    let refused = session.home.run(&["verify", "--json"]);
    assert_eq!(home::error_code(&refused), "locked", "{refused:?}");
    let wrong = passphrase_file(&session.home, "four quiet herons");
    let refused = session.home.run(&["verify", "--json", "--passphrase-file", &wrong]);
    assert_eq!(home::error_code(&refused), "passphrase_wrong", "{refused:?}");
    let right = passphrase_file(&session.home, PASSPHRASE);
    let report = session.home.json(&["verify", "--json", "--passphrase-file", &right]);
    assert_eq!(report["ok"], json!(true), "{report}");

    // The next start is locked.
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.says(HEADING, "Hearth is locked");
    page.focuses(FIELD);
    page.rests();
    ui::picture_both_themes(&driver, "lock-page", |name| session.picture(name));
    assert_eq!(page.faults(false), Vec::<String>::new());
    let status = ui::window_rpc(&driver, "app_status", &json!({}));
    assert_eq!(status["error"]["code"], "locked", "{status}");
    page.write("four quiet herons");
    page.press("Return");
    page.says("main .wrong", "does not open the data");
    page.rests();
    session.picture("lock-wrong.png");
    page.focuses(FIELD);
    page.write(PASSPHRASE);
    page.press("Return");
    page.shows(ui::COMPOSER);
    let view = page.rpc("conversation_get", &json!({ "id": conversation }));
    assert_eq!(view["messages"][0]["content"], json!(QUESTION), "{view}");
    ui::assert_clean(&driver, &[PASSPHRASE]);
}

#[test]
fn the_recovery_code_opens_locked_data_in_the_window_and_takes_the_passphrase_away() {
    let session = Session::in_home(Home::new(), false);
    locked_home(&session.home);
    let right = passphrase_file(&session.home, PASSPHRASE);
    let show = ["recover", "--show", "--json", "--passphrase-file", &right];
    let code = session.home.json(&show)["code"].as_str().unwrap().to_owned();
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.says(HEADING, "Hearth is locked");
    let wrong = ui::window_rpc(&driver, "lock_open", &json!({ "passphrase": "wrong" }));
    assert_eq!(wrong["error"]["code"], "passphrase_wrong", "{wrong}");
    page.click("main .actions .quiet");
    page.shows("main .code");
    page.rests();
    session.picture("lock-recovery.png");
    driver.element("main .code").click();
    page.write(&code);
    page.press("Return");
    page.shows(ui::COMPOSER);
    let state = page.rpc("lock_state", &json!({}));
    assert_eq!(state["configured"], json!(false), "{state}");
    drop(driver);
    let report = session.home.json(&["verify", "--json"]);
    assert_eq!(report["ok"], json!(true), "no passphrase is needed any more: {report}");
}

#[test]
fn a_hidden_start_of_locked_data_shows_nothing_and_a_second_start_shows_the_lock() {
    let session = Session::in_home(Home::new(), false);
    locked_home(&session.home);
    let mut program = desk::start(&session, &["--hidden"]);
    let holder = Holder::of(&session);
    waits_locked(&holder);
    assert_eq!(desk::visible(&session), 0, "nothing is shown");
    let refused = session.home.run(&["doctor", "--json"]);
    assert_eq!(home::error_code(&refused), "locked", "{refused:?}");
    assert!(desk::start(&session, &[]).wait().success());
    desk::shows(&session, 1);
    unlock_by_hand(&session);
    waits_open(&holder);
    program.ask_to_end();
    assert!(program.wait().success(), "TERM ends it in order");
}

#[test]
fn open_data_is_locked_by_keys_by_the_screen_and_by_nobody_being_there() {
    let session = Session::in_home(Home::new(), false);
    locked_home(&session.home);
    let mut program = desk::start(&session, &[]);
    let holder = Holder::of(&session);
    waits_locked(&holder);

    unlock_by_hand(&session);
    wait::until("the lock by its keys", || {
        session.xdotool(&["key", "--clearmodifiers", "ctrl+shift+l"]);
        std::thread::sleep(std::time::Duration::from_millis(500));
        (holder.refusal("app_status", &json!({}))? == "locked").then_some(())
    });

    unlock_by_hand(&session);
    let mut signal = session.home.command("dbus-send");
    signal.args(["--session", "--type=signal", "/org/freedesktop/ScreenSaver"]);
    signal.args(["org.freedesktop.ScreenSaver.ActiveChanged", "boolean:true"]);
    assert!(Command::status(&mut signal).unwrap().success());
    waits_locked(&holder);

    unlock_by_hand(&session);
    holder.set(&json!({"lock": {"idle_minutes": 1, "on_sleep": false}}));
    waits_locked(&holder);
    assert!(program.ended().is_none(), "it is one and the same process");
}

#[test]
fn before_the_computer_sleeps_the_key_is_gone_and_a_locked_session_locks_too() {
    let session = Session::in_home(Home::new(), false);
    let key = [Needle { name: "the key", bytes: locked_home(&session.home) }];
    let login = Login::start(&session);
    let program = desk::start_in(&session, &[], &[Login::surroundings(&session)]);
    let holder = Holder::of(&session);
    waits_locked(&holder);
    // The first one holds the computer back for saving alone.
    drop(login.holder());
    unlock_by_hand(&session);
    assert!(!findings(program.pid(), &key).is_empty(), "the key is there while it is open");
    login.lock_session();
    waits_locked(&holder);

    let hold = login.holder();
    unlock_by_hand(&session);
    login.sleep(true);
    hold.let_go();
    assert_eq!(findings(program.pid(), &key), Vec::<String>::new(), "it sleeps with the key");
    waits_locked(&holder);
}
