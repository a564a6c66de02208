//! No key, token or code is in the page.

use std::fs;

use serde_json::json;

use super::{in_window, show};
use crate::support::{Home, Serve, page::Page, ui, webdriver::Driver};

/// Every text that a script of the page can come by.
const EVERYTHING: &str = "const seen = new Set();
    const texts = [document.documentElement.outerHTML, location.href, document.cookie,
        document.referrer, JSON.stringify(history.state), JSON.stringify(localStorage),
        JSON.stringify(sessionStorage), performance.getEntries()
            .filter(({ entryType }) => entryType !== 'navigation').map(({ name }) => name).join(' ')];
    const walk = (value, depth) => {
        if (typeof value === 'string') texts.push(value);
        if (value === null || typeof value !== 'object' || depth > 4 || seen.has(value)) return;
        seen.add(value);
        if (value instanceof Node || value instanceof CSSStyleSheet) return;
        for (const name of Object.getOwnPropertyNames(value).slice(0, 2000)) {
            texts.push(name);
            try { walk(value[name], depth + 1); } catch { /* it refuses to be read */ }
        }
    };
    walk(window, 0);
    return texts.join('\\n')";

fn assert_no_secret(driver: &Driver, secrets: &[&str]) {
    let all = driver.script(EVERYTHING, &[]);
    let all = all.as_str().expect("texts");
    assert!(all.len() > 10_000, "the page was looked through");
    for secret in secrets {
        assert!(secret.len() > 8 && !all.contains(secret), "a secret is in the page");
    }
}

#[test]
fn ac_35_no_key_is_in_the_page_of_the_browser() {
    let home = Home::new();
    let serve = Serve::start(&home, &["--ui"]);
    let driver = ui::open_browser(&home, serve.ui_url.as_deref().unwrap());
    let page = Page::of_browser(&driver);
    page.shows("#welcome-title");
    page.set(&json!({"welcomed": true}));
    show(&page, &["Hello.".to_owned()]);
    // The key was told on the terminal alone, and the token was in the address.
    let key = serve.api_key.clone().expect("the first start makes a key");
    let token = serve.sign_in_token();
    assert_no_secret(&driver, &[&key, &token]);
    // The browser keeps how the page was come to in its own record of the load, which a page cannot
    // clear; the token in it is worth nothing any more.
    assert_eq!(serve.exchange(&token).status, 401);
}

#[test]
fn ac_35_no_key_is_in_the_page_of_the_window() {
    in_window(&["Hello.".to_owned()], |page, session| {
        let made = page.rpc("port_key_make", &json!({ "name": "Editor" }));
        let key = made["secret"].as_str().expect("a key").to_owned();
        let code = page.rpc("recovery_code_show", &json!({}));
        let code = code["code"].as_str().expect("a code").to_owned();
        assert_no_secret(page.driver, &[&key, &code]);
        let folder = session.home.data();
        assert!(fs::read_dir(folder).is_ok(), "the data is there");
    });
}
