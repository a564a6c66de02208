//! Documents for tests, made from a few lines each. Not the reading of them.
#![expect(clippy::expect_used, reason = "what cannot be made ends the test that wants it")]

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use data_encoding::BASE64;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A PDF file of A4 pages with these content streams; `F1` is Helvetica, `F2` a font whose A, B, C and D
/// are shin, lamed, vav and mem.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>".to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 65 /LastChar 68 /Widths \
         [500 500 500 500] /Encoding << /Differences [65 /afii57689 /afii57676 /afii57669 /afii57677] >> >>"
            .to_owned(),
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

/// A PDF file of these objects; the first is the catalog.
pub fn pdf_of(objects: &[String]) -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(
        file,
        "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        places.len() + 1
    );
    file.into_bytes()
}

/// Lines of text from the top of a page, 12 points high.
pub fn lines(lines: &[&str]) -> String {
    let mut content = "BT /F1 12 Tf 72 770 Td 15 TL ".to_owned();
    for line in lines {
        let _ = write!(content, "({line}) Tj T* ");
    }
    content + "ET"
}

/// An archive.
pub fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in entries {
        zip.start_file(*name, options).expect("a name");
        zip.write_all(bytes).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}

/// What leads from a package to its workbook.
pub const BOOK_RELATION: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/\
    relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
    relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";

/// A Word document with this body and these further parts.
pub fn docx(body: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>{body}</w:body></w:document>"
    );
    let styles = "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"H1\"><w:name w:val=\"heading 1\"/></w:style>        </w:styles>";
    let mut entries = vec![
        ("[Content_Types].xml", &b"<Types/>"[..]),
        ("word/document.xml", document.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
    ];
    entries.extend_from_slice(parts);
    archive(&entries)
}

/// A workbook with one sheet of these rows, of 26 columns at most.
pub fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let mut table = String::new();
    for (at, cells) in rows.iter().enumerate() {
        let _ = write!(table, "<row r=\"{}\">", at + 1);
        for (letter, text) in ('A'..='Z').zip(*cells) {
            let place = format!("{letter}{}", at + 1);
            let _ = write!(table, "<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
        }
        table.push_str("</row>");
    }
    let sheet = format!("<worksheet><sheetData>{table}</sheetData></worksheet>");
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let book = format!(
        "<workbook xmlns:r=\"{base}\"><sheets><sheet name=\"Prices\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let relations = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{base}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", BOOK_RELATION.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// A PDF file of one line that opens with the password `tide`.
pub fn locked_pdf() -> Vec<u8> {
    BASE64.decode(LOCKED.as_bytes()).expect("Base64")
}

const LOCKED: &str = "JVBERi0xLjMKJeLjz9MKMSAwIG9iago8PAovUHJvZHVjZXIgPGRmNzA5NGM2ZDQ+Cj4+CmVuZG9iagoyIDAgb2JqCjw8Ci9UeXBlIC9QYWdlcwovQ291bnQgMQovS2lkcyBbIDQgMCBSIF0KPj4KZW5kb2JqCjMgMCBvYmoKPDwKL1R5cGUgL0NhdGFsb2cKL1BhZ2VzIDIgMCBSCj4+CmVuZG9iago0IDAgb2JqCjw8Ci9UeXBlIC9QYWdlCi9SZXNvdXJjZXMgPDwKL0ZvbnQgPDwKL0YxIDUgMCBSCj4+Cj4+Ci9NZWRpYUJveCBbIDAuMCAwLjAgMjAwIDEwMCBdCi9QYXJlbnQgMiAwIFIKL0NvbnRlbnRzIDYgMCBSCj4+CmVuZG9iago1IDAgb2JqCjw8Ci9UeXBlIC9Gb250Ci9TdWJ0eXBlIC9UeXBlMQovQmFzZUZvbnQgL0hlbHZldGljYQo+PgplbmRvYmoKNiAwIG9iago8PAovTGVuZ3RoIDU0Cj4+CnN0cmVhbQqsMSp7LC5OuqzcB4v75eGl1ZYWXXKwd9G/W/b4DMgGplI6bXYABt4nOQDiZQvcdo7LGDjHAkMKZW5kc3RyZWFtCmVuZG9iago3IDAgb2JqCjw8Ci9WIDEKL1IgMgovTGVuZ3RoIDQwCi9QIDQyOTQ5NjcyOTIKL0ZpbHRlciAvU3RhbmRhcmQKL08gPDk1ZjIwODUzMTk2NjJhNzc0NDQyZmIwNzJlM2Q5ZjE5ZTlkMTMwZWMwOWE0ZDAwNjFlNzhmZTkyMGY3YWI2MmY+Ci9VIDw5MzVjZjMwYWVjYzAzY2Q1OGEzMzk5NDRmM2M0ZTZjYzhhY2JlOTBmYjZmMjkzZDJiMTU0Njg3YmVlOTgwZTZlPgo+PgplbmRvYmoKeHJlZgowIDgKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4gCjAwMDAwMDAwNTkgMDAwMDAgbiAKMDAwMDAwMDExOCAwMDAwMCBuIAowMDAwMDAwMTY3IDAwMDAwIG4gCjAwMDAwMDAyOTkgMDAwMDAgbiAKMDAwMDAwMDM2OSAwMDAwMCBuIAowMDAwMDAwNDczIDAwMDAwIG4gCnRyYWlsZXIKPDwKL1NpemUgOAovUm9vdCAzIDAgUgovSW5mbyAxIDAgUgovSUQgWyA8MDNjMGExMzgxYTcyNDI2MTJjMmQ1N2RjMjVlNzI3ZmI+IDwwM2MwYTEzODFhNzI0MjYxMmMyZDU3ZGMyNWU3MjdmYj4gXQovRW5jcnlwdCA3IDAgUgo+PgpzdGFydHhyZWYKNjg3CiUlRU9GCg==";
