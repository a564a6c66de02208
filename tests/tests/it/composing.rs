//! Writing in the real window: a paste of a megabyte, with words typed before and after it.

use serde_json::{Value, json};

use crate::support::{
    Session,
    page::{FIELD, Page},
    ui, wait,
};

const BEFORE: &str = "Read this: ";
const AFTER: &str = " and tell me";

/// A text of a megabyte whose every line differs.
fn megabyte() -> String {
    let lines = (0..16_384)
        .map(|number| format!("{number:06} the tide comes in and goes out again, day by day\n"));
    let text: String = lines.collect();
    text[..text.len().min(1 << 20)].to_owned()
}

fn value(page: &Page) -> String {
    let script = "return document.querySelector(arguments[0]).value";
    page.driver.script(script, &[json!(FIELD)]).as_str().expect("a text").to_owned()
}

fn draft(page: &Page) -> Value {
    page.rpc("draft_get", &json!({}))
}

#[test]
fn a_megabyte_is_pasted_in_the_window_beside_what_is_typed_and_can_become_a_file() {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.focuses(FIELD);
    let text = megabyte();
    assert!(text.len() > 900_000);
    page.rpc("text_copy", &json!({ "text": text }));
    page.write(BEFORE);
    page.press("ctrl+v");
    wait::until("the pasted text", || (value(&page).len() >= text.len()).then_some(()));
    page.write(AFTER);
    let whole = format!("{BEFORE}{text}{AFTER}");
    wait::until("every key after it", || (value(&page).len() >= whole.len()).then_some(()));
    assert!(value(&page) == whole, "the text is not what was pasted and typed");
    wait::until("the draft with all of it", || (draft(&page)["text"] == whole).then_some(()));

    page.click(".offer .row > :last-child");
    wait::until("the file in its place", || (value(&page).len() < 100).then_some(()));
    assert_eq!(value(&page), format!("{BEFORE}{AFTER}"));
    let kept = wait::until("the draft with the file", || {
        let kept = draft(&page);
        kept["attachments"].as_array().is_some_and(|files| !files.is_empty()).then_some(kept)
    });
    assert_eq!(kept["attachments"][0]["bytes"], json!(text.len()), "all of it is in the file");
    ui::assert_clean(&driver, &[]);
}
