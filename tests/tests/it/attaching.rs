//! Documents that go with a question: attached in the window as a person does it, named with `@`, read
//! whole where they are short, searched or read part by part where they are long.

use std::{fmt::Write as _, fs};

use data_encoding::BASE64;
use hearth_testkit::documents::{docx, lines, locked_pdf, pdf};
use serde_json::json;

use crate::support::{
    Session, desk,
    holder::Holder,
    page::{FIELD, Page},
    ui, wait,
};

const CHIP: &str = "form.composer li.chip";
/// Tokens that the model reads at once in these tests: little, so that little is a lot.
const CONTEXT: u32 = 2048;
/// Stands on one page of twelve.
const DOOR: &str = "The door of the depot in Xanten is painted crimson.";

/// A report that has no room in the context, each line another one.
fn report() -> Vec<u8> {
    let page = |number: usize| {
        let mut said = vec![format!("Chapter {number}: what was seen at station {}", number * 7)];
        for line in 0..14 {
            let mut text = format!("On day {} of round {number} the crew counted ", line + 3);
            let _ = write!(text, "{} crates, {} barrels", number * line + 11, line * 5 + number);
            said.push(text);
        }
        if number == 7 {
            said.push(DOOR.to_owned());
        }
        lines(&said.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let pages: Vec<String> = (1..=12).map(page).collect();
    pdf(&pages.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Chooses a file as the dialog behind the paper clip would.
fn choose(page: &Page, name: &str, bytes: &[u8]) {
    let script = "const bytes = Uint8Array.from(atob(arguments[1]), (one) => one.charCodeAt(0));
        const chosen = new DataTransfer();
        chosen.items.add(new File([bytes], arguments[0]));
        const input = document.querySelector('form.composer input[type=\"file\"]');
        input.files = chosen.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    page.driver.script(script, &[json!(name), json!(BASE64.encode(bytes))]);
}

fn ask(session: &Session, page: &Page, question: &str, messages: usize) {
    page.click(FIELD);
    page.write(question);
    page.press("Return");
    desk::answered(&Holder::of(session), messages);
}

/// The sources of the newest answer.
fn passages(session: &Session) -> u64 {
    let holder = Holder::of(session);
    let list = holder.rpc("conversation_list", &json!({}));
    let view = holder.rpc("conversation_get", &json!({ "id": list["items"][0]["id"] }));
    let sources = view["sources"].as_array().cloned().unwrap_or_default();
    sources.last().map_or(0, |it| it["passages"].as_u64().unwrap_or_default())
}

#[test]
fn documents_of_every_kind_go_with_a_question_and_long_ones_are_searched_or_read_to_the_end() {
    let session = Session::new();
    ui::settle(&session.home);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.shows(FIELD);
    page.set(&json!({ "generation": { "sampling": { "max_tokens": 48 } } }));
    // One that is loaded already keeps the context that it has.
    page.rpc("model_unload", &json!({}));
    let choice = json!({ "context": CONTEXT, "threads": null, "sampling": {} });
    page.rpc("model_configure", &json!({ "id": "smollm2-135m-instruct", "choice": choice }));
    short(&session, &page);
    dropped(&session, &page);
    locked(&page);
    long(&session, &page);
    to_the_end(&session, &page);
    ui::assert_clean(&driver, &[]);
}

/// A short one is read whole: the model gets its text, and nothing is searched.
fn short(session: &Session, page: &Page) {
    let minutes =
        "<w:p><w:r><w:t>The members chose Ada Lindqvist as their treasurer.</w:t></w:r></w:p>";
    choose(page, "minutes.docx", &docx(minutes, &[]));
    page.says(CHIP, "minutes.docx");
    ask(session, page, "Who is the treasurer?", 2);
    assert_eq!(passages(session), 0);
    let holder = Holder::of(session);
    let list = holder.rpc("conversation_list", &json!({}));
    let view = holder.rpc("conversation_get", &json!({ "id": list["items"][0]["id"] }));
    let read = holder.rpc("message_as_read", &json!({ "id": view["messages"][0]["id"] }));
    assert!(read["text"].as_str().unwrap().contains("chose Ada Lindqvist"), "{read}");
}

/// Files that are let go over the window go with the question, each by its kind.
fn dropped(session: &Session, page: &Page) {
    page.press("ctrl+n");
    let folder = session.home.root().join("dropped");
    fs::create_dir_all(&folder).unwrap();
    let (minutes, notes) = (folder.join("minutes.docx"), folder.join("notes.txt"));
    fs::write(&minutes, docx("<w:p><w:r><w:t>Nothing was decided.</w:t></w:r></w:p>", &[]))
        .unwrap();
    fs::write(&notes, "Bring a coat.\n").unwrap();
    session.drop_files(&[&minutes, &notes]);
    for name in ["minutes.docx", "notes.txt"] {
        let remove = format!("{CHIP} [aria-label=\"Remove {name}\"]");
        page.click(&remove);
        page.lacks(&remove);
    }
}

/// One that needs a password asks for it, and is read with it.
fn locked(page: &Page) {
    page.press("ctrl+n");
    choose(page, "locked.pdf", &locked_pdf());
    page.says(CHIP, "password");
    page.picture("attaching-locked.png");
    page.click("form.composer li.chip input[type=\"password\"]");
    page.write("tide");
    page.press("Return");
    page.says("form.composer li.chip .size", "1 page");
    page.click("form.composer li.chip .off");
    page.lacks(CHIP);
}

/// A long one is searched, and the answer says so.
fn long(session: &Session, page: &Page) {
    choose(page, "report.pdf", &report());
    page.says(CHIP, "12 pages");
    ask(session, page, "How is the door of the depot in Xanten painted?", 2);
    page.says("[data-notice=\"documents_searched\"]", "report.pdf");
    assert!(passages(session) > 0);
    page.rests();
    page.picture("attaching-searched.png");
}

/// All of a long one is read where that is wanted, once.
fn to_the_end(session: &Session, page: &Page) {
    page.press("ctrl+n");
    choose(page, "report.pdf", &report());
    page.says(CHIP, "12 pages");
    page.click("form.composer .whole");
    page.shows("form.composer .whole[aria-pressed=\"true\"]");
    page.click(FIELD);
    page.write("Summarise this report.");
    page.press("Return");
    page.shows("[data-phase=\"parts\"]");
    page.picture("attaching-parts.png");
    desk::answered(&Holder::of(session), 2);
    page.lacks("[data-notice=\"documents_searched\"]");
    assert!(passages(session) > 1, "a note on each part");
}

#[test]
fn documents_folders_and_tags_are_named_with_an_at_sign() {
    let session = Session::new();
    ui::settle(&session.home);
    let folder = session.home.root().join("harbour");
    fs::create_dir_all(folder.join("rules")).unwrap();
    fs::write(folder.join("rules/slip.md"), "The slip is kept free of ropes after dusk.\n")
        .unwrap();
    fs::write(folder.join("prices.md"), "A berth at the jetty costs 31 euros a night.\n").unwrap();
    session.home.json(&["ingest", "--json", "--collection", "Harbour", folder.to_str().unwrap()]);
    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.shows(FIELD);
    page.set(&json!({ "generation": { "sampling": { "max_tokens": 48 } } }));
    tag(&session, &page);
    name(&page, "@har", "Harbour");
    page.click("[aria-label=\"Ask without “Harbour”\"]");
    name(&page, "@rules", "harbour/rules/");
    page.click("[aria-label=\"Ask without “harbour/rules/”\"]");
    name(&page, "@money", "#money");
    page.click("[aria-label=\"Ask without “#money”\"]");
    name(&page, "@pric", "prices.md");
    page.picture("attaching-named.png");
    ask(&session, &page, "What does a berth at the jetty cost?", 2);
    page.says("article[data-role=\"user\"] [aria-label=\"Asked of\"]", "prices.md");
    assert!(passages(&session) > 0);
    let asked = Holder::of(&session).rpc("library_find", &json!({ "text": "prices" }));
    assert_eq!(asked["files"][0]["tags"], json!(["money"]));
    ui::assert_clean(&driver, &[]);
}

/// A document gets a tag in the library, and the list can be narrowed to it. A folder that is let go over
/// the window is in the collection too.
fn tag(session: &Session, page: &Page) {
    page.click("#sidebar footer button:first-of-type");
    page.shows("[aria-label=\"Tag “prices.md”\"]");
    let more = session.home.root().join("more");
    fs::create_dir_all(&more).unwrap();
    fs::write(more.join("tides.md"), "High water is at nine.\n").unwrap();
    session.drop_files(&[&more]);
    page.shows("[aria-label=\"Tag “tides.md”\"]");
    page.click("[aria-label=\"Tag “prices.md”\"]");
    page.write("money");
    page.press("Return");
    page.click("[role=\"group\"][aria-label=\"Tags\"] button");
    wait::until("one file in the list", || {
        (page.driver.texts("li[data-state]").len() == 1).then_some(())
    });
    page.says(".view .head", "kept here");
    page.rests();
    page.picture("library-tags.png");
    page.press("ctrl+n");
    page.shows(FIELD);
}

/// Writes a name after `@` and takes the first that fits.
fn name(page: &Page, written: &str, chip: &str) {
    page.click(FIELD);
    page.write(written);
    page.shows("#composer-list [aria-selected=\"true\"]");
    page.press("Return");
    page.says("form.composer .chip", chip);
}
