//! Links and ways out of the page.

use std::{thread, time::Duration};

use serde_json::json;

use super::{HOST, LULL, in_browser, in_window};
use crate::support::{page::Page, trap::Trap, ui};

/// A click on the first link of the page, and the question that follows.
fn ask_for_link(page: &Page) -> String {
    page.shows("[data-role=\"assistant\"] [role=\"link\"]");
    let click = "document.querySelector('[data-role=\"assistant\"] [role=\"link\"]').click()";
    page.driver.script(click, &[]);
    page.says("[role=\"dialog\"]", HOST)
}

#[test]
fn ac_32_a_link_is_shown_whole_before_anything_is_opened() {
    let trap = Trap::set();
    let secret = "x".repeat(2048);
    let text = format!("[Your bank](http://{HOST}/?q={secret})");
    in_browser(&[text], &trap, |page, _| {
        let said = ask_for_link(page);
        assert!(said.contains(&secret), "the whole address is there");
        let host = page.driver.texts("[role=\"dialog\"] strong");
        assert_eq!(host, [HOST], "its host stands out");
        assert!(said.contains("2,0"), "its length is told: {said}");
        page.press("Escape");
        page.lacks("[role=\"dialog\"]");
        thread::sleep(LULL);
        assert_eq!(trap.heard(&[HOST]), Vec::<String>::new(), "asking opens nothing");
    });
}

#[test]
fn ac_33_the_window_opens_no_other_scheme() {
    let text = "[a](file:///etc/passwd) [b](smb://host/share) [c](ms-msdt:/id) [d](calculator:)\n\n\
        [e](JaVaScRiPt:alert(1)) [f](tauri://localhost/) [g](artifact://localhost/diagram.html)\n\n\
        [h](data:text/html,x) [i](vbscript:x) [j](view-source:https://a.example) [k](//host/share)";
    in_window(&[text.to_owned()], |page, _| {
        assert!(!page.has("[data-role=\"assistant\"] [role=\"link\"]"), "none is even asked about");
        for address in [
            "file:///etc/passwd",
            "smb://host/share",
            "ms-msdt:/id",
            "calculator:",
            "JaVaScRiPt:alert(1)",
            "\u{1}javascript:alert(1)",
            " \tjavascript:alert(1)",
            "tauri://localhost/",
            "artifact://localhost/diagram.html",
            "\\\\host\\share",
            "//host/share",
            "data:text/html,x",
            "-version",
            "--help https://a.example",
        ] {
            let reply = ui::window_rpc(page.driver, "link_open", &json!({ "url": address }));
            assert_eq!(reply["error"]["code"], "invalid_request", "{address:?}: {reply}");
        }
    });
}

#[test]
fn ac_34_the_window_cannot_be_led_away_and_a_foreign_page_would_have_no_commands() {
    let trap = Trap::set();
    in_window(&["Hello.".to_owned()], |page, _| {
        let here = page.driver.url();
        let address = format!("http://{}/away", trap.address);
        for away in [
            "location.href = arguments[0]",
            "location.replace(arguments[0])",
            "window.open(arguments[0])",
            "Object.assign(document.createElement('a'), { href: arguments[0] }).click()",
            "Object.assign(document.createElement('a'),
                { href: arguments[0], target: '_blank' }).click()",
            "const form = document.createElement('form'); form.action = arguments[0];
             document.body.append(form); form.submit(); form.remove()",
            "const frame = document.createElement('iframe'); frame.src = arguments[0];
             document.body.append(frame); setTimeout(() => frame.remove(), 500)",
        ] {
            page.driver.script(away, &[json!(address)]);
            thread::sleep(Duration::from_millis(300));
            assert_eq!(page.driver.url(), here, "{away}");
        }
        thread::sleep(LULL);
        assert_eq!(page.rpc("app_status", &json!({}))["host"], json!("desktop"), "it lives");
        // What was tried here was the test's own doing.
        page.driver.script("window.violations.splice(0)", &[]);
    });
    // WebKitGTK may open a connection ahead of a navigation that it is then refused; it says nothing
    // on it.
    assert_eq!(trap.heard(&["HTTP", "away"]), Vec::<String>::new());
}
