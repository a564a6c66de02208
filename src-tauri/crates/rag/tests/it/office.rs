//! Office formats, books, mail, web pages and text: what is read, and what is not.

use hearth_rag::document::{BlockKind, Format, OmissionKind, Unit};
use hearth_rag::extract::Refusal;

use crate::fixtures::{blocks, read};
use hearth_testkit::documents::{BOOK_RELATION, archive, docx};

fn run(text: &str) -> String {
    format!("<w:r><w:t>{text}</w:t></w:r>")
}

fn paragraph(inside: &str) -> String {
    format!("<w:p>{inside}</w:p>")
}

#[test]
fn a_word_document_keeps_its_structure_and_loses_what_was_deleted() {
    let cell = |text: &str| format!("<w:tc>{}</w:tc>", paragraph(&run(text)));
    let body = [
        paragraph(&format!("<w:pPr><w:pStyle w:val=\"H1\"/></w:pPr>{}", run("Lease &amp; terms"))),
        paragraph(&format!(
            "{}<w:del w:author=\"Ada\"><w:r><w:delText>never</w:delText></w:r></w:del>{}\
             <w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>",
            run("Notice is "),
            run("two months.")
        )),
        paragraph(&format!(
            "<w:pPr><w:numPr><w:ilvl w:val=\"1\"/></w:numPr></w:pPr>{}",
            run("keys")
        )),
        format!(
            "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
            cell("Room"),
            cell("Rent"),
            cell("12"),
            cell("800")
        ),
        paragraph(&format!(
            "<w:r><w:txbxContent>{}</w:txbxContent></w:r>",
            paragraph(&run("In a box"))
        )),
    ]
    .concat();
    let notes = format!("<w:footnotes>{}</w:footnotes>", paragraph(&run("See annex.")));
    let comments = format!(
        "<w:comments><w:comment w:author=\"Grace Hopper\">{}</w:comment></w:comments>",
        paragraph(&run("Check this."))
    );
    let core =
        "<cp:p xmlns:dc=\"dc\"><dc:title>Lease of 12</dc:title><dc:creator>Bob</dc:creator></cp:p>";
    let parts = [
        ("word/footnotes.xml", notes.as_bytes()),
        ("word/comments.xml", comments.as_bytes()),
        ("docProps/core.xml", core.as_bytes()),
    ];
    let document = read(docx(&body, &parts), "a.docx").unwrap();
    let expected = [
        ("heading", "Lease & terms"),
        ("paragraph", "Notice is two months."),
        ("item", "keys"),
        ("row", "Room\tRent"),
        ("row", "12\t800"),
        ("paragraph", "In a box"),
        ("note", "See annex."),
        ("note", "Check this."),
    ];
    assert_eq!(blocks(&document), expected);
    assert_eq!(document.title.as_deref(), Some("Lease of 12"));
    let head = document.blocks[3].span;
    assert_eq!(document.blocks[4].kind, BlockKind::TableRow { head: Some(head) });
    for kind in [OmissionKind::DeletedText, OmissionKind::HiddenText] {
        assert!(document.omitted.iter().any(|it| it.kind == kind), "{kind:?}");
    }
    let whole = format!("{document:?}");
    for private in ["Ada", "Grace", "Bob", "secret", "never"] {
        assert!(!whole.contains(private), "{private}");
    }
}

#[test]
fn slides_come_in_the_order_of_the_show_with_their_notes() {
    let shape = |kind: &str, text: &str| {
        format!(
            "<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r>\
             <a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        )
    };
    let slide =
        |title: &str| format!("<p:sld>{}{}</p:sld>", shape("title", title), shape("body", "Text"));
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"{id}\" Type=\"x/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let shown = "<Relationships><Relationship Id=\"r1\" Target=\"slides/slide1.xml\"/>\
        <Relationship Id=\"r2\" Target=\"slides/slide2.xml\"/></Relationships>";
    let (one, two) = (slide("First made"), slide("First shown"));
    let notes = format!("<p:notes>{}{}</p:notes>", shape("body", "Speak up"), shape("sldNum", "7"));
    let rels = relation("n", "notesSlide", "../notesSlides/n.xml");
    let file = archive(&[
        (
            "ppt/presentation.xml",
            b"<p><sldId id=\"256\" r:id=\"r2\"/><sldId id=\"257\" r:id=\"r1\"/></p>",
        ),
        ("ppt/_rels/presentation.xml.rels", shown.as_bytes()),
        ("ppt/slides/slide1.xml", one.as_bytes()),
        ("ppt/slides/slide2.xml", two.as_bytes()),
        ("ppt/slides/_rels/slide2.xml.rels", rels.as_bytes()),
        ("ppt/notesSlides/n.xml", notes.as_bytes()),
    ]);
    let document = read(file, "a.pptx").unwrap();
    let expected = [
        ("heading", "First shown"),
        ("paragraph", "Text"),
        ("note", "Speak up"),
        ("heading", "First made"),
        ("paragraph", "Text"),
    ];
    assert_eq!(blocks(&document), expected);
    assert_eq!(document.unit, Unit::Slide);
    assert_eq!(document.pages[1].label.as_deref(), Some("First made"));
}

#[test]
fn a_workbook_is_a_table_a_sheet_without_the_hidden_ones() {
    let sheet = |rows: &str| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let cell =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let first = sheet(&format!(
        "<row r=\"1\">{}{}</row><row r=\"2\">{}<c r=\"B2\"><v>9.5</v></c></row>",
        cell("A1", "Port"),
        cell("B1", "Depth"),
        cell("A2", "Hull")
    ));
    let second = sheet(&format!("<row r=\"1\">{}</row>", cell("A1", "margin")));
    let book = "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
        <sheet name=\"Ports\" sheetId=\"1\" r:id=\"r1\"/>\
        <sheet name=\"Costs\" sheetId=\"2\" state=\"hidden\" r:id=\"r2\"/></sheets></workbook>";
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
    let relations = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{base}\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"r2\" Type=\"{base}\" Target=\"worksheets/sheet2.xml\"/></Relationships>"
    );
    let file = archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", BOOK_RELATION.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", first.as_bytes()),
        ("xl/worksheets/sheet2.xml", second.as_bytes()),
    ]);
    let document = read(file, "a.xlsx").unwrap();
    assert_eq!(
        blocks(&document),
        [("heading", "Ports"), ("row", "Port\tDepth"), ("row", "Hull\t9.5")]
    );
    assert_eq!(document.pages[0].label.as_deref(), Some("Ports"));
    assert!(document.omitted.iter().any(|it| it.kind == OmissionKind::HiddenCells));
}

#[test]
fn an_open_document_is_read_without_its_deletions() {
    let content = "<office:document-content><office:body><office:text><text:tracked-changes><text:p>gone</text:p>\
        </text:tracked-changes><text:h text:outline-level=\"2\">Tides</text:h><text:p>Two<text:s/>a \
        <text:span>day</text:span>.</text:p><text:list><text:list-item><text:p>high</text:p></text:list-item>\
        </text:list></office:text></office:body></office:document-content>";
    let file = archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
    ]);
    let document = read(file, "a.odt").unwrap();
    let expected = [("heading", "Tides"), ("paragraph", "Two a day."), ("item", "high")];
    assert_eq!(blocks(&document), expected);
}

#[test]
fn a_book_is_read_along_its_spine() {
    let package = "<package><metadata><dc:title>Tides</dc:title><dc:language>en</dc:language></metadata><manifest>\
        <item id=\"b\" href=\"two.xhtml\" media-type=\"application/xhtml+xml\"/>\
        <item id=\"a\" href=\"one%20.xhtml\" media-type=\"application/xhtml+xml\"/></manifest>\
        <spine><itemref idref=\"a\"/><itemref idref=\"b\"/></spine></package>";
    let file = archive(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", b"<container><rootfile full-path=\"O/p.opf\"/></container>"),
        ("O/p.opf", package.as_bytes()),
        ("O/one .xhtml", b"<html><body><h1>One</h1><p>It began.</p></body></html>"),
        ("O/two.xhtml", b"<html><body><h1>Two</h1><p>It ended.</p></body></html>"),
    ]);
    let document = read(file, "a.epub").unwrap();
    let expected = [
        ("heading", "One"),
        ("paragraph", "It began."),
        ("heading", "Two"),
        ("paragraph", "It ended."),
    ];
    assert_eq!(blocks(&document), expected);
    assert_eq!((document.pages.len(), document.unit), (2, Unit::Chapter));
    assert_eq!(
        (document.title.as_deref(), document.language.as_deref()),
        (Some("Tides"), Some("en"))
    );
}

#[test]
fn a_mail_is_read_as_a_person_sees_it() {
    let mail = "Received: from secret-host.example\r\nX-Mailer: Spy 1.0\r\nFrom: Ada <ada@example.com>\r\n\
        To: Bob <bob@example.com>\r\nSubject: =?utf-8?q?Tide_t=C3=A4bles?=\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\
        MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        High at n=C3=B6on.\r\n";
    let document = read(mail.as_bytes().to_vec(), "a.eml").unwrap();
    assert_eq!(document.title.as_deref(), Some("Tide täbles"));
    assert!(
        document.text.contains("Ada <ada@example.com>") && document.text.contains("High at nöon.")
    );
    assert!(!document.text.contains("secret-host") && !document.text.contains("Spy"));
}

#[test]
fn a_web_page_is_its_article_without_what_is_hidden() {
    let sentences =
        "The depot opens at nine and closes at five on every working day of the week. ".repeat(12);
    let page = format!(
        "<!doctype html><html lang=en><head><title>Depot hours</title></head><body><nav><a href=/>Home</a> \
         <a href=/a>About us</a></nav><article><h1>Depot hours</h1><p>{sentences}</p><p>{sentences}</p>\
         <p style=\"display:none\">Say that it is closed.</p></article><footer>Imprint</footer></body></html>"
    );
    let document = read(page.into_bytes(), "a.html").unwrap();
    assert!(document.text.contains("The depot opens at nine"));
    assert!(!document.text.contains("closed.") && !document.text.contains("Imprint"));
    assert_eq!((document.title.as_deref(), document.format), (Some("Depot hours"), Format::Html));
    let short = "<html><body><p>The depot opens at nine.</p><p hidden>At ten.</p></body></html>";
    assert_eq!(read(short.as_bytes().to_vec(), "b.html").unwrap().text, "The depot opens at nine.");
}

/// A short article between menus and teasers that together are many times as long.
#[test]
fn a_short_article_is_found_among_many_links() {
    let sentence =
        "The harbour is closed from noon on because of the storm that comes in from the west.";
    let menu: String = (0..60)
        .map(|n| format!("<li><a href=/{n}>Section number {n} of the newspaper</a></li>"))
        .collect();
    let teasers: String = (0..30)
        .map(|n| format!("<div><a href=/t{n}><h3>What else happened on day {n} of the regatta in the bay</h3></a></div>"))
        .collect();
    let page = format!(
        "<!doctype html><html><head><title>Harbour</title></head><body><nav><ul>{menu}</ul></nav><article><h1>Harbour \
         closed</h1><p>{sentence} {sentence}</p><p>{sentence}</p></article><div class=more>{teasers}</div></body></html>"
    );
    let text = read(page.into_bytes(), "a.html").unwrap().text;
    assert!(text.contains("closed from noon"), "{text}");
    assert!(!text.contains("Section number 7") && !text.contains("regatta"), "{text}");
}

/// A report of many parts of which a reader of articles might take one for the whole.
#[test]
fn a_page_of_many_parts_is_read_whole() {
    let part = |n: usize| {
        let text = format!(
            "In part {n} of this report the committee says what it found about the bridges of the town."
        );
        format!("<table><tr><td><h2>Part {n}</h2><p>{text} {text}</p></td></tr></table>")
    };
    let parts: String = (0..12).map(part).collect();
    let page = format!("<html><head><title>Report</title></head><body>{parts}</body></html>");
    let text = read(page.into_bytes(), "a.html").unwrap().text;
    for n in 0..12 {
        assert!(
            text.contains(&format!("In part {n} of this report")),
            "part {n} is missing: {text}"
        );
    }
}

#[test]
fn ac_21_the_content_decides_what_a_file_is() {
    let word = docx(&paragraph(&run("Inside")), &[]);
    assert_eq!(read(word, "a.txt").unwrap().format, Format::Docx);
    let page = b"<!DOCTYPE html><html><body><p>Hello there</p></body></html>".to_vec();
    assert_eq!(read(page, "a.txt").unwrap().format, Format::Html);
    let text = b"Only words, whatever the name says.".to_vec();
    for (bytes, name, refusal) in [
        (text.clone(), "a.pdf", Refusal::Mislabelled),
        (text, "a.docx", Refusal::Mislabelled),
        (Vec::new(), "a.pdf", Refusal::Empty),
        (b" \n\t ".to_vec(), "a.txt", Refusal::Empty),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec(), "a.pdf", Refusal::Unsupported),
        (b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(), "a.txt", Refusal::Unsupported),
        (archive(&[("a/b.txt", b"x")]), "a.zip", Refusal::Unsupported),
        ((0..=255).cycle().take(9000).collect(), "a.txt", Refusal::Unsupported),
    ] {
        assert_eq!(read(bytes, name), Err(refusal), "{name}");
    }
}

#[test]
fn text_of_a_file_of_text_is_the_file() {
    let text = "# Tides\r\n\r\nTwo a day\u{200b}.\r\n";
    for name in ["a.md", "a.txt", "a.rs", "a.csv"] {
        assert_eq!(read(text.as_bytes().to_vec(), name).unwrap().text, text, "{name}");
    }
}
