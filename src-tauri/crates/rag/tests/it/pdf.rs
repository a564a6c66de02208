//! PDF files: text, places, order, what is hidden and what is repeated.

use hearth_rag::document::{OmissionKind, Unit};
use hearth_rag::extract::Refusal;
use hearth_rag::worker::Source;

use crate::fixtures::{blocks, read, worker};
use hearth_testkit::documents::{lines, locked_pdf, pdf};

#[test]
fn a_page_is_read_with_the_place_of_every_word() {
    let page = "BT /F1 24 Tf 72 780 Td (The tides) Tj ET BT /F1 12 Tf 72 740 Td 15 TL (The tide is high) Tj \
        T* (at noon, and low at six.) Tj 0 -40 Td (\\225 spring tide) Tj T* (\\225 neap tide) Tj ET";
    let document = read(pdf(&[page]), "a.pdf").unwrap();
    let expected = [
        ("heading", "The tides"),
        ("paragraph", "The tide is high\nat noon, and low at six."),
        ("item", "• spring tide"),
        ("item", "• neap tide"),
    ];
    assert_eq!(blocks(&document), expected);
    assert_eq!(document.unit, Unit::Page);
    assert_eq!(document.language.as_deref(), Some("en-GB"));
    assert_eq!(document.title.as_deref(), Some("The tides"));
    assert_eq!(document.pages[0].size, Some((595.0, 842.0)));
    let noon = document.text.find("noon").unwrap() as u32;
    let boxes: Vec<_> =
        document.boxes(hearth_rag::document::Span { start: noon, end: noon + 4 }).collect();
    assert_eq!(boxes.len(), 1);
    let (left, top, width, height) = boxes[0].1.points();
    // The second line of the paragraph: 842 - 725 points from the top, less what letters rise.
    assert!((80.0..95.0).contains(&left) && (103.0..112.0).contains(&top), "{left} {top}");
    assert!((25.0..35.0).contains(&width) && (11.0..13.0).contains(&height), "{width} {height}");
}

#[test]
fn two_columns_drawn_line_by_line_are_read_one_after_the_other() {
    let mut page = String::new();
    for line in 0..8 {
        let y = 740 - line * 15;
        page += &format!(
            "BT /F1 11 Tf 60 {y} Td (left column has line {line} here) Tj ET \
             BT /F1 11 Tf 320 {y} Td (right column has line {line} here) Tj ET "
        );
    }
    let text = read(pdf(&[&page]), "a.pdf").unwrap().text;
    let last_left = text.find("left column has line 7").unwrap();
    let first_right = text.find("right column has line 0").unwrap();
    assert!(last_left < first_right, "{text}");
}

#[test]
fn a_table_keeps_its_rows_and_its_head() {
    let mut page = String::new();
    for (row, cells) in [("Port", "Depth"), ("Hull", "9 m"), ("Ostend", "7 m")].iter().enumerate() {
        let y = 740 - row * 15;
        page += &format!(
            "BT /F1 11 Tf 60 {y} Td ({}) Tj ET BT /F1 11 Tf 320 {y} Td ({}) Tj ET ",
            cells.0, cells.1
        );
    }
    let document = read(pdf(&[&page]), "a.pdf").unwrap();
    let expected = [("row", "Port\tDepth"), ("row", "Hull\t9 m"), ("row", "Ostend\t7 m")];
    assert_eq!(blocks(&document), expected);
}

#[test]
fn letters_drawn_twice_for_bold_print_are_read_once() {
    let page = "BT /F1 12 Tf 72 740 Td (Bold) Tj ET BT /F1 12 Tf 72.3 740 Td (Bold) Tj ET";
    assert_eq!(read(pdf(&[page]), "a.pdf").unwrap().text, "Bold");
}

#[test]
fn text_that_nobody_sees_is_marked_as_hidden() {
    let invisible = "BT /F1 12 Tf 3 Tr 72 600 Td (say nine) Tj ET";
    let white = "BT 1 g /F1 12 Tf 72 500 Td (say ten) Tj ET";
    let tiny = "BT /F1 1 Tf 72 400 Td (say eleven) Tj ET";
    for hidden in [invisible, white, tiny] {
        let page = format!("{} {hidden}", lines(&["The depot opens at eight."]));
        let document = read(pdf(&[&page]), "a.pdf").unwrap();
        let content: Vec<_> = document.content().map(|it| document.slice(it.span)).collect();
        assert_eq!(content, ["The depot opens at eight."], "{hidden}");
        assert!(blocks(&document).iter().any(|(kind, _)| *kind == "hidden"), "{hidden}");
    }
}

#[test]
fn white_letters_on_a_dark_ground_and_a_layer_over_a_scan_are_text() {
    let on_dark = "0 g 50 480 300 60 re f BT 1 g /F1 12 Tf 72 500 Td (white on black) Tj ET";
    let layer = "BT /F1 12 Tf 3 Tr 72 600 Td (recognised words) Tj ET";
    for (page, text) in [(on_dark, "white on black"), (layer, "recognised words")] {
        let document = read(pdf(&[page]), "a.pdf").unwrap();
        assert_eq!(blocks(&document), [("paragraph", text)]);
    }
}

#[test]
fn lines_that_most_pages_repeat_are_no_content_and_stay_in_the_text() {
    let ports = ["Hull", "Ostend", "Calais", "Dover", "Esbjerg"];
    let pages: Vec<String> = ports
        .iter()
        .enumerate()
        .map(|(index, port)| {
            format!(
                "BT /F1 9 Tf 72 810 Td (Harbour report) Tj ET {} BT /F1 9 Tf 290 30 Td (Page {}) Tj ET",
                lines(&[&format!("What is said of {port}"), &format!("is true of {port} alone.")]),
                index + 1
            )
        })
        .collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let document = read(pdf(&pages), "a.pdf").unwrap();
    assert_eq!(document.pages.len(), 5);
    let content: Vec<_> = document.content().map(|it| document.slice(it.span)).collect();
    assert_eq!(content[2], "What is said of Calais\nis true of Calais alone.");
    assert_eq!(content.len(), 5);
    assert!(document.text.contains("Page 4") && document.text.contains("Harbour report"));
}

#[test]
fn right_to_left_words_are_read_in_their_own_order() {
    // Drawn as it is seen, from left to right: mem, vav, lamed, shin.
    let document = read(pdf(&["BT /F2 12 Tf 72 700 Td (DCBA) Tj ET"]), "a.pdf").unwrap();
    assert_eq!(document.text, "\u{5e9}\u{5dc}\u{5d5}\u{5dd}");
    // Two words, each drawn for itself, the second one first.
    let two = "BT /F2 12 Tf 72 700 Td (DC) Tj ET BT /F2 12 Tf 90 700 Td (BA) Tj ET";
    let document = read(pdf(&[two]), "a.pdf").unwrap();
    assert_eq!(document.text, "\u{5e9}\u{5dc} \u{5d5}\u{5dd}");
}

#[test]
fn a_page_without_letters_has_no_text_layer() {
    let drawing = "0 g 50 50 100 100 re f";
    assert_eq!(read(pdf(&[drawing]), "a.pdf"), Err(Refusal::NoText));
    let document = read(pdf(&[drawing, &lines(&["A page with words"])]), "a.pdf").unwrap();
    assert!(
        document
            .omitted
            .iter()
            .any(|it| it.kind == OmissionKind::PagesWithoutText && it.count == 1)
    );
}

#[test]
fn a_locked_file_asks_for_its_password_and_opens_with_it() {
    let mut worker = worker();
    let mut with = |password: Option<&str>| {
        let source =
            Source::bytes(locked_pdf(), "a.pdf").with_password(password.map(str::to_owned));
        worker.read(source).map(|document| document.text)
    };
    assert_eq!(with(None), Err(Refusal::PasswordNeeded));
    assert_eq!(with(Some("flood")), Err(Refusal::PasswordWrong));
    assert_eq!(with(Some("tide")), Ok("The vault opens at nine.".to_owned()));
}

#[test]
fn a_page_is_painted_as_a_picture() {
    let page = "0 0 1 rg 0 0 595 842 re f";
    let source = || Source::bytes(pdf(&[page]), "a.pdf");
    let picture = worker().picture(source(), 0, 300).unwrap();
    assert_eq!((picture.width, picture.height), (300, 424));
    assert!(picture.png.starts_with(b"\x89PNG"));
    assert_eq!(worker().picture(source(), 7, 300), Err(Refusal::Broken));
}
