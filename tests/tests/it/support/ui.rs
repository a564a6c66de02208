//! The page as the tests see it, in the window and in the browser alike: where things are, and what
//! must never be there.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use super::{Home, Serve, Session, tools, wait, webdriver::Driver};

/// Where a question is typed.
pub(crate) const COMPOSER: &str = "#thread textarea";
/// The rendered answers, oldest first.
pub(crate) const ANSWERS: &str = "#thread [data-role=\"assistant\"]";
/// The conversations of the list.
pub(crate) const CONVERSATIONS: &str = "#sidebar [data-row]";

/// Hearth's window, driven by WebKitWebDriver.
pub(crate) fn open_window(session: &Session) -> Driver {
    open_window_with(session, &[])
}

/// The same, started with arguments. It waits until there is a window: a hidden start has none.
pub(crate) fn open_window_with(session: &Session, arguments: &[&str]) -> Driver {
    let mut program = session.home.command(tools::tool("WebKitWebDriver"));
    program.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
    let desktop = tools::program("hearth-desktop");
    let driver = Driver::start(
        &mut program,
        &json!({"webkitgtk:browserOptions": {"binary": desktop, "args": arguments}}),
    );
    watch_policy(&driver);
    session.window();
    driver
}

/// Chromium at an address.
pub(crate) fn open_browser(home: &Home, url: &str) -> Driver {
    open_browser_with(home, url, &[])
}

/// Chromium at an address, started with more arguments.
pub(crate) fn open_browser_with(home: &Home, url: &str, more: &[&str]) -> Driver {
    let profile = home.root().join("tmp/chromium");
    let downloads = home.root().join("tmp/downloads");
    let profile = format!("--user-data-dir={}", profile.display());
    let own = [
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1280,860",
        profile.as_str(),
    ];
    let driver = Driver::start(
        &mut home.command(tools::tool("chromedriver")),
        &json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": tools::tool("chromium"),
                "args": own.iter().chain(more).collect::<Vec<_>>(),
                "prefs": {"download.default_directory": downloads},
            },
            "goog:loggingPrefs": {"browser": "ALL"},
        }),
    );
    driver.go(url);
    driver
}

/// Settings in which one question has one answer, no first-run page stands before it and nothing is
/// asked after it.
pub(crate) fn settle(home: &Home) {
    let serve = Serve::with_commands(home);
    serve.must("recovery_code_acknowledge", &json!({}));
    let patch = json!({
        "welcomed": true,
        "generation": {"sampling": {"temperature": 0.0}},
        "desktop": {"start_on_login_offered": true},
    });
    serve.must("settings_update", &json!({ "patch": patch }));
    assert!(serve.stop().success());
}

/// Runs a command as the page of the window would.
pub(crate) fn window_rpc(driver: &Driver, command: &str, request: &Value) -> Value {
    let script = "const [command, request, done] = arguments;
        window.__TAURI_INTERNALS__.invoke('rpc', { command, request })
            .then((ok) => done({ ok }), (error) => done({ error }));";
    driver.async_script(script, &[json!(command), request.clone()])
}

/// Runs a command as the page of the browser would.
pub(crate) fn browser_rpc(driver: &Driver, command: &str, request: &Value) -> Value {
    let script = "const [command, request, done] = arguments;
        const headers = { 'content-type': 'application/json' };
        fetch(`/api/rpc/${command}`, { method: 'POST', headers, body: JSON.stringify(request) })
            .then(async (reply) => done({ [reply.ok ? 'ok' : 'error']: await reply.json() }),
                (error) => done({ error: String(error) }));";
    driver.async_script(script, &[json!(command), request.clone()])
}

/// Waits for an answer that contains a text.
pub(crate) fn wait_for_answer(driver: &Driver, text: &str) -> String {
    wait::until("the answer on the page", || {
        driver.texts(ANSWERS).into_iter().find(|answer| answer.contains(text))
    })
}

/// Writes down each violation of the content security policy from now on.
pub(crate) fn watch_policy(driver: &Driver) {
    let script = "window.violations = [];
        document.addEventListener('securitypolicyviolation', (event) => {
            window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
        });";
    driver.script(script, &[]);
}

/// The page broke no policy, keeps nothing, and holds no secret of the program.
pub(crate) fn assert_clean(driver: &Driver, secrets: &[&str]) {
    let violations = driver.script("return window.violations ?? []", &[]);
    assert_eq!(violations, json!([]), "the content security policy was violated");
    let kept = driver.script(
        "return { local: localStorage.length, session: sessionStorage.length,
            cookie: document.cookie, hash: location.hash }",
        &[],
    );
    assert_eq!(kept, json!({"local": 0, "session": 0, "cookie": "", "hash": ""}));
    let page = driver.script("return document.documentElement.outerHTML", &[]);
    let page = page.as_str().expect("the page is text");
    assert!(!page.contains("token="), "a token is in the page");
    for secret in secrets {
        assert!(!page.contains(secret), "a secret is in the page");
    }
}

/// Keeps a picture of the page in light and in dark.
pub(crate) fn picture_both_themes(driver: &Driver, name: &str, keep: impl Fn(&str)) {
    for theme in ["light", "dark"] {
        driver.script("document.documentElement.dataset.theme = arguments[0]", &[json!(theme)]);
        // One frame to paint in.
        thread::sleep(Duration::from_millis(500));
        keep(&format!("{name}-{theme}.png"));
    }
}
