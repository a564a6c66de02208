//! PDF files whose fonts do not say what their letters mean: what is no text is not searched as text,
//! and what is text beside it is kept.

use std::fmt::Write as _;

use hearth_rag::document::{Document, OmissionKind};
use hearth_rag::extract::Refusal;

use crate::fixtures::read;
use hearth_testkit::documents::pdf_of;

const PROSE: [&str; 6] = [
    "The tide tables of the harbour are printed in March",
    "and again in October of each year. Whoever wants one",
    "asks at the office beside the old lighthouse, which is",
    "open in the morning on working days. The pilots carry a",
    "copy of their own, in which they note what the river",
    "has changed since then, and what the dredger took out.",
];

/// A font whose letters have numbers for names, as a program writes that lost their meaning.
fn nameless() -> String {
    let names: String = (1..=255).map(|number| format!("/g{number} ")).collect();
    format!(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 1 /LastChar 255 /Widths [{}] \
         /Encoding << /Differences [1 {names}] >> >>",
        "500 ".repeat(255)
    )
}

fn plain() -> String {
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned()
}

/// Lines shown with a font of this name, in codes of its own.
fn shown(font: &str, top: i32, code: impl Fn(u8) -> u8) -> String {
    let mut content = format!("BT /{font} 12 Tf 72 {top} Td 15 TL ");
    for line in PROSE {
        let codes: String = line.bytes().map(|letter| format!("{:02x}", code(letter))).collect();
        let _ = write!(content, "<{codes}> Tj T* ");
    }
    content + "ET"
}

/// Codes that are those of the letters.
fn own(letter: u8) -> u8 {
    letter
}

/// Codes by number, in the order in which the letters are first used.
fn numbered(letter: u8) -> u8 {
    let mut known = Vec::new();
    for other in PROSE.iter().flat_map(|line| line.bytes()) {
        if !known.contains(&other) {
            known.push(other);
        }
    }
    known.iter().position(|other| *other == letter).unwrap() as u8 + 1
}

/// Codes that are all moved by one number, as numbers of glyphs are.
fn moved(by: i32) -> impl Fn(u8) -> u8 {
    move |letter| (i32::from(letter) + by) as u8
}

/// A file of pages with two fonts: `F1`, which has a meaning, and `F2`.
fn file(second: &str, pages: &[String]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        String::new(),
        plain(),
        second.to_owned(),
    ];
    let mut kids = String::new();
    for content in pages {
        let page = objects.len() + 1;
        let _ = write!(kids, "{page} 0 R ");
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
            page + 1
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    objects[1] = format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len());
    pdf_of(&objects)
}

fn omitted(document: &Document, kind: OmissionKind) -> u32 {
    document.omitted.iter().find(|it| it.kind == kind).map_or(0, |it| it.count)
}

#[test]
fn a_file_whose_letters_have_no_meaning_is_told_as_one_without_text() {
    let page = shown("F2", 770, numbered);
    assert_eq!(read(file(&nameless(), &[page]), "a.pdf"), Err(Refusal::NoText));
}

#[test]
fn a_file_whose_letters_are_all_moved_by_one_number_is_told_as_one_without_text() {
    for shift in [-29, 4] {
        let page = shown("F2", 770, moved(shift));
        assert_eq!(read(file(&plain(), &[page]), "a.pdf"), Err(Refusal::NoText), "{shift}");
    }
}

#[test]
fn a_garbled_page_is_told_and_the_pages_beside_it_are_read() {
    let garbled = [(nameless(), shown("F2", 770, numbered)), (plain(), shown("F2", 770, moved(4)))];
    for (font, page) in garbled {
        let pages = [shown("F1", 770, own), page];
        let document = read(file(&font, &pages), "a.pdf").unwrap();
        assert_eq!(document.text.trim_end(), PROSE.join("\n"));
        assert_eq!(document.pages.len(), 2);
        assert_eq!(omitted(&document, OmissionKind::UnreadablePages), 1);
        assert_eq!(omitted(&document, OmissionKind::PagesWithoutText), 0);
        assert!(omitted(&document, OmissionKind::UnknownCharacters) > 200);
    }
}

#[test]
fn of_a_page_that_is_garbled_in_part_the_lines_with_a_meaning_are_read() {
    let few = "BT /F1 18 Tf 72 400 Td (What the pilots note) Tj ET";
    let page = format!("{} {few} {}", shown("F2", 770, numbered), shown("F2", 300, numbered));
    let document = read(file(&nameless(), &[page]), "a.pdf").unwrap();
    assert_eq!(document.text, "What the pilots note");
    assert_eq!(omitted(&document, OmissionKind::UnreadablePages), 1);
    let mostly = format!("{} BT /F2 12 Tf 72 400 Td <0102030405> Tj ET", shown("F1", 770, own));
    let document = read(file(&nameless(), &[mostly]), "a.pdf").unwrap();
    assert!(document.text.starts_with(&PROSE.join("\n")), "{}", document.text);
    assert_eq!(omitted(&document, OmissionKind::UnreadablePages), 0);
}

#[test]
fn a_file_with_meanings_is_read_whatever_it_says() {
    let code = "BT /F1 9 Tf 72 700 Td 11 TL (for \\(i = 0; i < n; ++i\\) { *p++ ^= 0x1f; }) Tj ET ";
    let numbers = "BT /F1 9 Tf 72 700 Td (17.3 204.55 -3.1 0.002 1,485.1 36 % 2019 2020) Tj ET ";
    for page in [code, numbers] {
        let document = read(file(&plain(), &[page.repeat(30).replace("700", "500")]), "a.pdf");
        assert_eq!(document.map(|it| omitted(&it, OmissionKind::UnreadablePages)), Ok(0));
    }
}
