//! Diagrams: what the page that draws them can reach.

use std::thread;

use serde_json::json;

use super::{LULL, in_browser, in_window};
use crate::support::{page::Page, trap::Trap, wait};

/// A diagram that would like to do more than be drawn.
const DIAGRAM: &str = "```mermaid\ngraph TD; A[Ask]-->B[Answer]\nclick A \"javascript:window.hit=1\"\n\
    click B href \"http://zyxabuse.example/click\" _blank\n```";

/// What a frame can reach, told by the frame itself. It tries the ports of messages too, its own and
/// those of a frame that it makes, as the program's own page would use them.
const REACH: &str = "const [address, done] = [arguments[0], arguments[arguments.length - 1]];
    const tried = (look) => { try { return String(look()); } catch { return 'refused'; } };
    const found = {
        origin: self.origin,
        parent: tried(() => parent.document.title),
        top: tried(() => top.location.href),
        storage: tried(() => localStorage.length),
        cookie: tried(() => document.cookie || 'refused'),
        tauri: typeof window.__TAURI_INTERNALS__,
        port: typeof window.webkit?.messageHandlers,
        opened: tried(() => window.open('about:blank')),
        drawn: document.querySelectorAll('#place svg .node, #place svg g.nodes > *').length,
        ways: document.querySelectorAll('#place a[*|href], #place script, #place foreignObject').length,
        hit: String(window.hit),
    };
    for (const node of document.querySelectorAll('#place svg *')) {
        node.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    }
    tried(() => { top.location.href = address; });
    const nested = document.body.appendChild(document.createElement('iframe'));
    const request = { command: 'settings_update', request: { patch: { welcomed: false } } };
    const message = JSON.stringify({ cmd: 'rpc', callback: 1, error: 2, payload: request,
        options: {}, __TAURI_INVOKE_KEY__: 'guessed' });
    for (const place of [window, nested.contentWindow]) {
        tried(() => place.webkit.messageHandlers.ipc.postMessage(message));
        tried(() => place.ipc.postMessage(message));
    }
    for (const way of ['ipc://localhost/rpc', 'http://ipc.localhost/rpc', '/api/rpc/settings_update']) {
        fetch(way, { method: 'POST', body: message }).catch(() => undefined);
    }
    fetch(address).then(() => 'fetched', () => 'refused').then((fetched) => {
        setTimeout(() => done({ ...found, fetched, hitAfter: String(window.hit) }), 300);
    });";

/// Draws the diagram of the last answer and asks its frame what it can reach.
fn draw(page: &Page, trap: &Trap) {
    page.click(".code .head button");
    page.shows("iframe.drawn");
    let frame = page.driver.script(
        "const frame = document.querySelector('iframe.drawn');
         return { sandbox: frame.getAttribute('sandbox'), allow: frame.getAttribute('allow'),
             height: frame.clientHeight, document: frame.contentDocument === null }",
        &[],
    );
    assert_eq!(frame["sandbox"], json!("allow-scripts"), "{frame}");
    assert_eq!((&frame["allow"], &frame["document"]), (&json!(""), &json!(true)), "{frame}");
    assert!(frame["height"].as_u64().unwrap_or_default() > 40, "it is drawn: {frame}");
    let address = format!("http://{}/reach", trap.address);
    let here = page.driver.url();
    page.driver.enter_frame(0);
    // The driver may be a moment behind the frame, which had another document before.
    let drawn = "return document.querySelector('#place svg') !== null";
    wait::until("the frame's own document", || {
        (page.driver.script(drawn, &[]) == json!(true)).then_some(())
    });
    let found = page.driver.async_script(REACH, &[json!(address)]);
    page.driver.leave_frame();
    println!("the frame reaches {found}");
    assert!(found["drawn"].as_u64().unwrap_or_default() >= 2, "{found}");
    assert_eq!(found["origin"], json!("null"), "{found}");
    for closed in ["parent", "top", "storage", "cookie", "fetched"] {
        assert_eq!(found[closed], json!("refused"), "{closed}: {found}");
    }
    assert_eq!((&found["tauri"], &found["port"]), (&json!("undefined"), &json!("undefined")));
    assert_eq!(found["opened"], json!("null"), "{found}");
    assert_eq!(found["ways"], json!(0), "{found}");
    for hit in ["hit", "hitAfter"] {
        assert_eq!(found[hit], json!("undefined"), "{found}");
    }
    assert_eq!(page.driver.url(), here, "the window is where it was");
    thread::sleep(LULL);
    let settings = page.rpc("settings_get", &json!({}));
    assert_eq!(settings["welcomed"], json!(true), "no command was taken from the frame");
    assert_eq!(trap.heard(&["reach", "click"]), Vec::<String>::new());
}

#[test]
fn ac_30_a_diagram_reaches_no_command_no_parent_and_no_network_in_the_window() {
    let trap = Trap::set();
    in_window(&[DIAGRAM.to_owned()], |page, _| draw(page, &trap));
}

#[test]
fn ac_30_a_diagram_reaches_no_session_no_parent_and_no_network_in_the_browser() {
    let trap = Trap::set();
    in_browser(&[DIAGRAM.to_owned()], &trap, |page, _| {
        draw(page, &trap);
        // Its frame's policy is its own; the page's was not touched by it.
        page.driver.script("window.violations.splice(0)", &[]);
    });
}
