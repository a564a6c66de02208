//! The same page in Chromium, served by `hearth serve --ui`.

use serde_json::json;

use crate::support::{ANSWER, Home, QUESTION, Serve, tools, ui};

#[test]
fn a_question_typed_in_a_browser_is_answered_paris() {
    let home = Home::new();
    ui::settle(&home);
    let serve = Serve::start(&home, &["--ui"]);
    let token = serve.sign_in_token();
    let driver = ui::open_browser(&home, serve.ui_url.as_deref().unwrap());
    let composer = driver.element(ui::COMPOSER);
    ui::watch_policy(&driver);
    composer.type_text(&format!("{QUESTION}\u{e007}"));
    let answer = ui::wait_for_answer(&driver, ANSWER);
    println!("the browser shows: {answer}");
    ui::picture_both_themes(&driver, "browser", |name| {
        driver.screenshot(&tools::artefact(name));
    });
    ui::assert_clean(&driver, &[&token]);
    let console = driver.console();
    let faults: Vec<_> = console.iter().filter(|line| line.contains("Security Policy")).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn the_sign_in_link_works_once() {
    let home = Home::new();
    ui::settle(&home);
    let serve = Serve::start(&home, &["--ui"]);
    let url = serve.ui_url.clone().unwrap();
    let token = serve.sign_in_token();
    let driver = ui::open_browser(&home, &url);
    driver.element(ui::COMPOSER);
    assert!(!driver.url().contains(&token), "the token leaves the address bar");
    assert_eq!(serve.exchange(&token).status, 401, "a second use is refused");
    // The cookie is the browser's, not the page's.
    assert_eq!(driver.script("return document.cookie", &[]), json!(""));
    driver.go(&format!("http://{}/", serve.address));
    driver.element(ui::COMPOSER);

    let stranger = ui::open_browser(&Home::new(), &url);
    let text = crate::support::wait::until("the page of someone who is not signed in", || {
        let words = stranger.texts("main, #app").join(" ");
        (words.len() > 20).then_some(words)
    });
    assert!(stranger.find(ui::COMPOSER).is_none(), "no composer without a session: {text}");
    stranger.screenshot(&tools::artefact("browser-signed-out.png"));
}
