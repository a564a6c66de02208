//! Documents as a person meets them, with the real readers, embedder and model: a folder of mixed files, the
//! fate of each, questions in the window and in the terminal, and the page that an answer is from.

use std::{fs, path::Path};

use hearth_testkit::documents::{docx, lines, locked_pdf, pdf, xlsx};
use serde_json::{Value, json};

use crate::support::{
    Home, Session, desk,
    holder::Holder,
    page::{FIELD, Page},
    ui, wait,
};

const COLLECTION: &str = "harbour";
/// Stands on the second of three pages.
const DEPOSIT: &str = "The deposit for the boat shed is 2400 euros.";
const LIBRARY: &str = "#sidebar footer button:first-of-type";

/// Files of all kinds, of which four cannot be searched as they are.
fn put_files(folder: &Path) {
    let lease = pdf(&[
        &lines(&["Lease of the boat shed", "It begins on the first of March and has no end."]),
        &lines(&["Money", DEPOSIT, "It is paid back six months after the end of the lease."]),
        &lines(&["House rules", "The slip is kept free of ropes."]),
    ]);
    let minutes = "<w:p><w:r><w:t>At the meeting of 4 May the members chose Ada Lindqvist as their treasurer.\
                   </w:t></w:r></w:p>";
    let prices = [
        &["Berth", "Price a night"][..],
        &["Mooring buoy in the bay", "14 euros"],
        &["Berth at the jetty", "31 euros"],
    ];
    let hours = "<html><body><h1>Harbour office</h1><p>The harbour office opens at nine in the morning and \
                 closes at noon.</p></body></html>";
    let tide = "/// The height of the tide in centimetres.\nfn tide_height(hour: u32) -> u32 { hour * 7 }\n";
    let scan = pdf(&["0.5 g 72 72 451 698 re f"]);
    let files: [(&str, &[u8]); 8] = [
        ("lease.pdf", &lease),
        ("minutes.docx", &docx(minutes, &[])),
        ("prices.xlsx", &xlsx(&prices)),
        ("office.html", hours.as_bytes()),
        ("tide.rs", tide.as_bytes()),
        ("scan.pdf", &scan),
        ("broken.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
        ("locked.pdf", &locked_pdf()),
    ];
    fs::create_dir_all(folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// What the list of files says of one.
fn fate(page: &Page, name: &str) -> String {
    wait::until(&format!("{name} in the list"), || {
        page.driver.texts("li[data-state]").into_iter().find(|row| row.contains(name))
    })
}

/// The words that stand under the marks of the page.
fn marked(page: &Page) -> String {
    let script = "const marks = [...document.querySelectorAll('[data-mark]')].map((one) => one.getBoundingClientRect());
        const words = [...document.querySelectorAll('.paper .words span')];
        const under = (word) => {
            const { left, right, top, bottom } = word.getBoundingClientRect();
            const [x, y] = [(left + right) / 2, (top + bottom) / 2];
            return marks.some((it) => it.left < x && x < it.right && it.top < y && y < it.bottom);
        };
        return words.filter(under).map((word) => word.textContent.trim()).join(' ')";
    page.driver.script(script, &[]).as_str().unwrap().to_owned()
}

/// Whether the picture of the page is there, and not all of one colour.
fn is_painted(page: &Page) -> bool {
    let script = "const done = arguments[arguments.length - 1];
        const picture = document.querySelector('.paper img');
        picture.decode().then(() => {
            const canvas = document.createElement('canvas');
            canvas.width = picture.naturalWidth;
            canvas.height = picture.naturalHeight;
            const paint = canvas.getContext('2d');
            paint.drawImage(picture, 0, 0);
            const { data } = paint.getImageData(0, 0, canvas.width, canvas.height);
            done(data.some((part) => part < 64));
        }, () => done(false));";
    page.driver.async_script(script, &[]) == json!(true)
}

#[test]
fn a_folder_of_mixed_files_is_asked_and_an_answer_opens_the_page_that_it_is_from() {
    let session = Session::new();
    ui::settle(&session.home);
    let folder = session.home.root().join(COLLECTION);
    put_files(&folder);
    let ingest = ["ingest", "--json", "--collection", COLLECTION, folder.to_str().unwrap()];
    let report = session.home.json(&ingest);
    assert_eq!((&report["documents"], &report["pages"]), (&json!(5), &json!(4)), "{report}");

    let driver = ui::open_window(&session);
    let page = Page::of_window(&driver, &session);
    page.shows(FIELD);
    // What a small model goes on to say is not what is tested.
    page.set(&json!({ "generation": { "sampling": { "max_tokens": 64 } } }));
    fates(&page);
    read_a_file(&page);
    ask(&session, &page);
    cited_page(&page);
    no_answer(&session, &page);
    ui::assert_clean(&driver, &[]);
}

/// Each file says in the library what became of it, and one opens by its password.
fn fates(page: &Page) {
    page.click(LIBRARY);
    for (name, words) in [
        ("lease.pdf", "Can be searched"),
        ("minutes.docx", "Can be searched"),
        ("prices.xlsx", "Can be searched"),
        ("office.html", "Can be searched"),
        ("tide.rs", "Can be searched"),
        ("scan.pdf", "no text that can be read"),
        ("broken.pdf", "Could not be read"),
        ("locked.pdf", "needs a password"),
    ] {
        assert!(fate(page, name).contains(words), "{name}: {}", fate(page, name));
    }
    page.rests();
    page.picture("documents-library.png");
    page.click("li[data-state] input[type=\"password\"]");
    page.write("tide");
    page.press("Return");
    wait::until("the locked file to be read", || {
        fate(page, "locked.pdf").contains("Can be searched").then_some(())
    });
    // The password is not kept, so there is no picture; what was read is there.
    page.click("button.open[aria-label*=\"locked.pdf\"]");
    page.says(".head", "cannot be shown as it looks");
    page.shows(".letters");
    page.press("Escape");
    page.lacks(".letters");
}

/// What a file is to the index is seen from the list, its page too.
fn read_a_file(page: &Page) {
    page.click("button.open[aria-label*=\"lease.pdf\"]");
    page.says(".head", "Page 1 of 3");
    page.shows(".paper img");
    assert!(is_painted(page), "the first page");
    assert_eq!(marked(page), "", "nothing was asked");
    page.click("[aria-label=\"Next page\"]");
    page.says(".head", "Page 2 of 3");
    page.says(".paper .words", "deposit");
    page.press("Escape");
    page.lacks(".paper");
}

fn ask(session: &Session, page: &Page) {
    page.press("ctrl+n");
    page.shows(FIELD);
    page.click("form.composer [aria-label=\"Answer from documents\"]");
    page.says("[role^=\"menuitem\"]", COLLECTION);
    page.click("[role^=\"menuitem\"]");
    page.says("form.composer .chip", COLLECTION);
    page.click(FIELD);
    page.write("How much is the deposit for the boat shed?");
    page.press("Return");
    page.says("[data-role=\"user\"]", "the deposit for the boat shed");
    desk::answered(&Holder::of(session), 2);
}

/// A click on a citation opens the page that the passage is on, with the passage marked on its words.
fn cited_page(page: &Page) {
    let cited = "[aria-label^=\"Show passage\"][aria-label$=\"lease.pdf\"]";
    page.says(cited, "page 2");
    page.click(cited);
    page.says(".head", "Page 2 of 3");
    page.shows("[data-mark]");
    page.shows(".paper img");
    assert!(is_painted(page), "the page of the passage");
    assert!(marked(page).contains(DEPOSIT), "{}", marked(page));
    page.rests();
    page.picture("documents-cited.png");
    page.press("Escape");
    page.lacks(".paper");
}

fn no_answer(session: &Session, page: &Page) {
    page.click(FIELD);
    page.write("Who won the world cup of football in 1974?");
    page.press("Return");
    desk::answered(&Holder::of(session), 4);
    page.says("[data-role=\"assistant\"]", "Your documents do not answer that");
}

#[test]
fn questions_in_the_terminal_are_answered_from_documents_and_say_where_from() {
    let home = Home::new();
    ui::settle(&home);
    let folder = home.root().join(COLLECTION);
    put_files(&folder);
    home.json(&["ingest", "--json", "--collection", COLLECTION, folder.to_str().unwrap()]);
    let ask = |question: &str| -> Value {
        let bound = ["--temperature", "0", "--max-tokens", "64"];
        home.json(&[&["chat", "--json", "--collection", COLLECTION, question], &bound[..]].concat())
    };
    for (question, answer, document) in [
        ("How much is the deposit for the boat shed?", "2400", "lease.pdf"),
        ("Who did the members choose as their treasurer?", "Lindqvist", "minutes.docx"),
        ("When does the harbour office open in the morning?", "nine", "office.html"),
    ] {
        // The words are those of a small model, of which one in thirty says nothing; where they are from
        // is the program's.
        let said = (0..3).map(|_| ask(question)).find(|it| it["citations"] != json!([]));
        let said = said.unwrap_or_else(|| panic!("{question}: nothing is cited"));
        let cited = said["citations"].as_array().unwrap();
        let from = cited.iter().find(|it| it["document"] == document);
        let passage = from.and_then(|it| it["text"].as_str()).unwrap_or_else(|| panic!("{said}"));
        assert!(passage.contains(answer), "{said}");
    }
    let none =
        home.run(&["chat", "--json", "--collection", COLLECTION, "Who won the world cup of 1974?"]);
    assert_eq!(none.status.code(), Some(4));
}
