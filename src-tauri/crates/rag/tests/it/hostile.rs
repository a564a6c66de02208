//! Files that were made to break readers: each ends with text or one reason, within its limits, and the
//! next file is read as if nothing had been.

use std::fmt::Write as _;

use hearth_rag::extract::Refusal;
use hearth_rag::worker::{Source, Worker};

use hearth_testkit::documents::{BOOK_RELATION, archive, docx, lines, locked_pdf, pdf, pdf_of};

use crate::{fixtures::worker, locked::locked};

fn outcome(worker: &mut Worker, bytes: Vec<u8>, name: &str) -> Result<String, Refusal> {
    worker.read(Source::bytes(bytes, name)).map(|document| document.text)
}

fn still_reads(worker: &mut Worker) {
    let good = pdf(&[&lines(&["All is well."])]);
    assert_eq!(outcome(worker, good, "good.pdf").as_deref(), Ok("All is well."));
}

#[test]
fn ac_22_archives_that_unpack_to_much_more_are_too_big() {
    let mut worker = worker();
    let body = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(60 << 20));
    assert_eq!(outcome(&mut worker, docx(&body, &[]), "a.docx"), Err(Refusal::TooBig));
    let blank = vec![b' '; 30 << 20];
    let book = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/media/a.bin", &blank)]);
    assert_eq!(outcome(&mut worker, book, "a.xlsx"), Err(Refusal::TooBig));
    still_reads(&mut worker);
}

#[test]
fn ac_22_an_archive_of_very_many_entries_is_too_big() {
    let names: Vec<String> = (0..20_100).map(|number| format!("word/{number}")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(outcome(&mut worker(), archive(&entries), "a.docx"), Err(Refusal::TooBig));
}

#[test]
fn ac_23_entities_are_not_expanded_and_no_file_is_fetched() {
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">\
        <!ENTITY f SYSTEM \"file:///etc/passwd\">]><w:document><w:body><w:p><w:r><w:t>Then &b;&f;&#33;</w:t></w:r>\
        </w:p></w:body></w:document>";
    let file = archive(&[("word/document.xml", laughs.as_bytes())]);
    assert_eq!(outcome(&mut worker(), file, "a.docx").as_deref(), Ok("Then !"));
}

#[test]
fn ac_22_a_stream_that_inflates_without_end_costs_one_child() {
    let mut worker = worker();
    // A megabyte of spaces as a block that is repeated 600 times, and that packed once more.
    let outer = packed(&repeated_block(600));
    let mut file = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] \
        /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n"
        .to_vec();
    let head = format!(
        "4 0 obj\n<< /Length {} /Filter [/FlateDecode /FlateDecode] >>\nstream\n",
        outer.len()
    );
    file.extend_from_slice(head.as_bytes());
    file.extend_from_slice(&outer);
    file.extend_from_slice(b"\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF");
    let refused = outcome(&mut worker, file, "a.pdf").unwrap_err();
    assert!(
        matches!(refused, Refusal::TooCostly | Refusal::NoText | Refusal::Broken),
        "{refused:?}"
    );
    still_reads(&mut worker);
}

/// A stream that inflates to so many megabytes.
fn repeated_block(times: usize) -> Vec<u8> {
    let mut compress = flate2::Compress::new(flate2::Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 16);
    let megabyte = vec![b' '; 1 << 20];
    compress.compress_vec(&megabyte, &mut block, flate2::FlushCompress::Full).unwrap();
    let mut stream = b"\x78\x9c".to_vec();
    stream.extend(block.repeat(times));
    // An empty last block; nobody checks the sum of a stream that does not fit.
    stream.extend_from_slice(b"\x03\0\0\0\0\0");
    stream
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn ac_23_arrays_within_arrays_and_pages_within_themselves_end() {
    let mut worker = worker();
    let nested = format!(
        "<< /Type /Catalog /Pages 2 0 R /X {}{} >>",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>";
    let tree = |kids: &str| format!("<< /Type /Pages /Kids [{kids}] /Count 1 /Parent 2 0 R >>");
    let files = [
        pdf_of(&[nested, tree("3 0 R"), page.to_owned()]),
        pdf_of(&["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), tree("2 0 R 2 0 R")]),
        pdf_of(&["1 0 R".to_owned()]),
    ];
    for file in files {
        assert!(outcome(&mut worker, file, "a.pdf").is_err());
        still_reads(&mut worker);
    }
}

#[test]
fn ac_23_nesting_in_pages_and_office_files_ends() {
    let mut worker = worker();
    let page = format!("<p>Shallow words</p>{}deep", "<div>".repeat(20_000));
    let read = outcome(&mut worker, page.into_bytes(), "a.html").unwrap();
    assert!(read.contains("Shallow words"));
    let body = format!("<w:p><w:r><w:t>x</w:t></w:r></w:p>{}", "<w:tbl>".repeat(20_000));
    assert_eq!(outcome(&mut worker, docx(&body, &[]), "a.docx"), Err(Refusal::TooCostly));
    let mut attributes = String::new();
    for number in 0..80_000 {
        let _ = write!(attributes, " a{number}=\"1\"");
    }
    let body = format!("<w:p{attributes}><w:r><w:t>Many attributes</w:t></w:r></w:p>");
    assert_eq!(outcome(&mut worker, docx(&body, &[]), "a.docx").as_deref(), Ok("Many attributes"));
    let quotes = format!("{} deep", ">".repeat(100_000));
    assert!(outcome(&mut worker, quotes.into_bytes(), "a.md").is_ok());
    still_reads(&mut worker);
}

#[test]
fn one_line_of_megabytes_is_read() {
    let line = "word ".repeat(1 << 20);
    assert_eq!(outcome(&mut worker(), line.clone().into_bytes(), "a.txt"), Ok(line));
}

#[test]
fn files_cut_short_anywhere_end_with_text_or_a_reason() {
    let mut worker = worker();
    for (name, file) in specimens() {
        for part in 1..6 {
            let mut cut = file.clone();
            cut.truncate(file.len() * part / 6);
            let _ = outcome(&mut worker, cut, name);
        }
    }
    still_reads(&mut worker);
}

#[test]
fn files_with_wrong_bytes_end_with_text_or_a_reason() {
    let mut worker = worker();
    let mut random = Random(0x1d07);
    for (name, file) in specimens() {
        for _ in 0..40 {
            let mut spoilt = file.clone();
            for _ in 0..=random.below(12) {
                let at = random.below(spoilt.len());
                match random.below(3) {
                    0 => spoilt[at] ^= 1 << random.below(8),
                    1 => spoilt[at] = random.below(256) as u8,
                    _ => {
                        let end = (at + random.below(64)).min(spoilt.len());
                        spoilt[at..end].fill(0);
                    }
                }
            }
            let _ = outcome(&mut worker, spoilt, name);
        }
        still_reads(&mut worker);
    }
}

/// One sound file of each kind.
fn specimens() -> Vec<(&'static str, Vec<u8>)> {
    let page = lines(&["The tide tables of the harbour", "are printed in March."]);
    let body = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Port</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let spine = "<package><manifest><item id=\"a\" href=\"a.html\"/></manifest><spine><itemref idref=\"a\"/></spine></package>";
    let book = archive(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", b"<container><rootfile full-path=\"p.opf\"/></container>"),
        ("p.opf", spine.as_bytes()),
        ("a.html", b"<h1>One</h1><table><tr><td>a<td>b</table>"),
    ]);
    let sheet =
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    let names = "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
        <sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
    let links = "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
        relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    let workbook = archive(&[
        ("_rels/.rels", BOOK_RELATION.as_bytes()),
        ("xl/workbook.xml", names.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ]);
    vec![
        ("a.pdf", pdf(&[&page, &page])),
        ("b.pdf", locked_pdf()),
        ("a.docx", docx(body, &[])),
        ("b.docx", locked(&docx(body, &[]), "VelvetSweatshop", 1_000)),
        ("a.epub", book),
        ("a.xlsx", workbook),
        (
            "a.html",
            b"<html><body><p>Words <b>and</b> more</p><ul><li>one<li>two</ul></body></html>"
                .to_vec(),
        ),
        ("a.eml", b"From: a@b.c\r\nSubject: x\r\n\r\nWords\r\n".to_vec()),
        ("a.md", b"# One\n\n- two\n  - three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".to_vec()),
        ("a.csv", b"a,b\n1,\"2\n3\"\n".to_vec()),
        ("a.rs", b"fn main() {\n    let a = 1;\n}\n".to_vec()),
    ]
}

/// A repeatable sequence of numbers (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}
