//! PDF: a chain of readers. The first interprets each page on a device of our own and knows where
//! every word stands; the second and the third are asked for pages that the first reads badly. What is
//! bad is told by `quality`; what is so bad in every reader that the page counts as unreadable, by
//! `garbled`.

mod assemble;
mod device;
mod garbled;
mod lines;
mod order;
mod others;
mod page;
mod picture;
mod quality;
mod strings;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro::hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page,
};
use hayro::hayro_syntax::{
    DecryptionError, LoadPdfError, Pdf,
    object::{Dict, String as PdfString},
    page::Page,
};
use hayro::kurbo::Rect;

use self::{
    assemble::{Facts, assemble},
    page::{Content, PageLines},
};
use super::{Job, Refusal, Watch, builder::MOST_PAGES, clean};
use crate::document::Document;

pub use picture::Picture;
pub(crate) use picture::picture;

/// The readers, in the order in which they are asked.
const FIRST: u8 = 0;
const SECOND: u8 = 1;
const THIRD: u8 = 2;

/// Reads a PDF file.
///
/// # Errors
/// The refusal that the person is told.
pub(crate) fn read(bytes: Vec<u8>, job: &Job, watch: &mut dyn Watch) -> Result<Document, Refusal> {
    let bytes = Arc::new(bytes);
    let mut found = match job.first_reader {
        FIRST => first(&bytes, job, watch),
        _ => Err(Refusal::Broken),
    };
    if let Err(Refusal::PasswordNeeded | Refusal::PasswordWrong | Refusal::TooBig) = found {
        return found.and_then(|read| assemble(read.0, read.1));
    }
    let ask_second = job.first_reader <= SECOND && wants_another(&found);
    if ask_second {
        draft(&found, watch);
        watch.reader(SECOND);
        if let Some(texts) = others::second(&bytes, job.password.as_deref()) {
            improve(&mut found, &texts);
        }
    }
    if (ask_second || job.first_reader > SECOND) && has_nothing(&found) {
        watch.reader(THIRD);
        if let Some(texts) = others::third(&bytes, job.password.as_deref()) {
            improve(&mut found, &texts);
        }
    }
    let (pages, facts) = found?;
    assemble(pages, facts)
}

type Found = Result<(Vec<PageLines>, Facts), Refusal>;

/// What is known so far, in case the next reader takes the process down.
fn draft(found: &Found, watch: &mut dyn Watch) {
    if let Ok((pages, _)) = found
        && let Ok(document) =
            assemble(pages.iter().map(PageLines::copy).collect(), Facts::default())
    {
        watch.draft(&document);
    }
}

/// Opens a file.
fn open(bytes: &Arc<Vec<u8>>, job: &Job) -> Result<Pdf, Refusal> {
    let password = job.password.as_deref().unwrap_or_default();
    let opened =
        catch_unwind(AssertUnwindSafe(|| Pdf::new_with_password(Arc::clone(bytes), password)));
    match opened {
        Ok(Ok(pdf)) => Ok(pdf),
        Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => {
            Err(if job.password.is_some() {
                Refusal::PasswordWrong
            } else {
                Refusal::PasswordNeeded
            })
        }
        Ok(Err(_)) | Err(_) => Err(Refusal::Broken),
    }
}

/// The first reader.
fn first(bytes: &Arc<Vec<u8>>, job: &Job, watch: &mut dyn Watch) -> Found {
    let pdf = open(bytes, job)?;
    let pages = pdf.pages();
    if pages.len() > MOST_PAGES {
        return Err(Refusal::TooBig);
    }
    let mut facts = facts(&pdf);
    let cache = InterpreterCache::new();
    let mut read = Vec::with_capacity(pages.len());
    for page in pages.iter() {
        let lines = catch_unwind(AssertUnwindSafe(|| page_lines(page, &pdf, &cache)));
        match lines {
            Ok((lines, pictures)) => {
                facts.pictures = facts.pictures.saturating_add(pictures as usize);
                read.push(lines);
            }
            Err(_) => {
                facts.unreadable += 1;
                let (width, height) = page.render_dimensions();
                let content = Content::Plain(String::new());
                read.push(PageLines { width: width.into(), height: height.into(), content });
            }
        }
        watch.page();
    }
    if read.is_empty() { Err(Refusal::Broken) } else { Ok((read, facts)) }
}

fn page_lines<'a>(page: &Page<'a>, pdf: &'a Pdf, cache: &InterpreterCache<'a>) -> (PageLines, u32) {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let mut device = device::TextDevice::new(width, height);
    let transform = page.initial_transform(true).to_kurbo();
    let area = Rect::new(0.0, 0.0, width, height);
    let settings = InterpreterSettings::default();
    let mut context = Context::new(transform, area, cache, pdf.xref(), settings);
    interpret_page(page, &mut context, &mut device);
    let segments = order::reading_order(lines::segments(device.glyphs));
    (PageLines { width, height, content: Content::Placed(segments) }, device.pictures)
}

/// What the file says about itself. Its author, its dates and its program are not read.
fn facts(pdf: &Pdf) -> Facts {
    let title = pdf.metadata().title.as_deref().map(strings::decode);
    let xref = pdf.xref();
    let catalog = xref.get::<Dict<'_>>(xref.root_id());
    let language = catalog.as_ref().and_then(|it| it.get::<PdfString<'_>>("Lang"));
    Facts {
        title: title.and_then(|title| clean::title(&title)),
        language: language.map(|language| strings::decode(language.as_bytes())),
        ..Facts::default()
    }
}

/// Whether the second reader is asked: the first failed, has no text, or some page is bad.
fn wants_another(found: &Found) -> bool {
    let Ok((pages, facts)) = found else { return true };
    if pages.len() > others::MOST_PAGES {
        return false;
    }
    let texts: Vec<String> = pages.iter().map(PageLines::text).collect();
    let whole = texts.join("\n");
    let bad_page = |text: &String| !text.trim().is_empty() && quality::is_bad(text);
    facts.unreadable > 0 || quality::is_bad(&whole) || texts.iter().any(bad_page)
}

fn has_nothing(found: &Found) -> bool {
    let Ok((pages, _)) = found else { return true };
    pages.iter().all(|page| quality::score(&page.text()) <= 0)
}

/// Takes the better text of each page, where it is more than a guess.
fn improve(found: &mut Found, texts: &[String]) {
    let texts: Vec<String> = texts.iter().map(|text| clean::clean(text)).collect();
    let Ok((pages, facts)) = found else {
        if texts.iter().any(|text| super::builder::says_something(text)) {
            let page = |text| PageLines { width: 0.0, height: 0.0, content: Content::Plain(text) };
            *found = Ok((texts.into_iter().map(page).collect(), Facts::default()));
        }
        return;
    };
    // Readers that disagree about the pages cannot be mixed.
    if pages.len() != texts.len() {
        let ours: Vec<String> = pages.iter().map(PageLines::text).collect();
        let score = |texts: &[String]| texts.iter().map(|it| quality::score(it)).sum::<i64>();
        if score(&texts) > score(&ours).saturating_mul(2)
            && garbled::explains(&ours.join("\n"), &texts.join("\n"))
        {
            let page = |text| PageLines { width: 0.0, height: 0.0, content: Content::Plain(text) };
            *pages = texts.into_iter().map(page).collect();
        }
        return;
    }
    for (page, text) in pages.iter_mut().zip(texts) {
        let ours = page.text();
        let lost = ours.trim().is_empty();
        let bad = lost || quality::is_bad(&ours);
        let better = || quality::score(&text) > quality::score(&ours);
        if bad && better() && garbled::explains(&ours, &text) {
            if lost && facts.unreadable > 0 {
                facts.unreadable -= 1;
            }
            page.content = Content::Plain(text);
        }
    }
}
