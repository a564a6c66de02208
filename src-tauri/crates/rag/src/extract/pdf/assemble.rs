//! From the lines of all pages to the document: paragraphs, headings, lists, tables, and the lines that
//! most pages repeat.

use std::collections::{HashMap, HashSet};

use hayro::kurbo::Rect;

use super::{
    device::State,
    lines::Segment,
    page::{Content, Lost, PageLines},
};
use crate::document::{BlockKind, Document, Format, OmissionKind, Unit, WordBox};
use crate::extract::{Refusal, builder::Builder};

/// What is known of the whole file.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) pictures: usize,
    pub(super) unreadable: usize,
    pub(super) attachments: usize,
}

/// A line: pieces beside each other.
struct Line {
    segments: Vec<Segment>,
    area: Rect,
    size: f64,
    state: State,
}

impl Line {
    fn text(&self) -> String {
        self.segments.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join("\t")
    }

    fn starts_a_list_item(&self) -> bool {
        let text = self.segments.first().map_or("", |segment| segment.text.as_str());
        let mut words = text.split(' ');
        let mark = words.next().unwrap_or_default();
        let bullet =
            matches!(mark, "•" | "▪" | "◦" | "●" | "■" | "‣" | "–" | "-" | "*" | "\u{f0b7}");
        let number = mark.strip_suffix(['.', ')']).is_some_and(|number| {
            let digits = number.chars().all(|it| it.is_ascii_digit());
            digits && (1..=3).contains(&number.len())
        });
        (bullet || number) && (words.next().is_some() || self.segments.len() > 1)
    }
}

/// Puts the document together.
pub(super) fn assemble(mut pages: Vec<PageLines>, facts: Facts) -> Result<Document, Refusal> {
    let lost: Vec<Lost> = pages.iter_mut().map(PageLines::drop_garbled).collect();
    let mut builder = Builder::new(Format::Pdf, Unit::Page);
    builder.title(facts.title);
    builder.language(facts.language);
    builder.omit(OmissionKind::Pictures, facts.pictures);
    let garbled = lost.iter().filter(|lost| lost.page).count();
    builder.omit(OmissionKind::UnreadablePages, facts.unreadable.saturating_add(garbled));
    builder.omit(OmissionKind::UnknownCharacters, lost.iter().map(|lost| lost.letters).sum());
    builder.omit(OmissionKind::EmbeddedFiles, facts.attachments);
    let layer_counts = !pages.iter().any(|page| page.has(State::Shown));
    let mut lines: Vec<Vec<Line>> = pages.iter().map(|page| page.lines(layer_counts)).collect();
    mark_furniture(&mut lines, &pages);
    let sizes = Sizes::of(&lines);
    let mut without_text = 0;
    for ((page, lines), lost) in pages.into_iter().zip(lines).zip(lost) {
        builder.page(None, Some((page.width as f32, page.height as f32)))?;
        match page.content {
            Content::Plain(text) => plain(&mut builder, &text)?,
            Content::Placed(_) if lines.is_empty() => without_text += usize::from(!lost.page),
            Content::Placed(_) => placed(&mut builder, lines, &sizes)?,
        }
    }
    builder.omit(OmissionKind::PagesWithoutText, without_text);
    let document = builder.finish().map_err(|refusal| match refusal {
        Refusal::Empty => Refusal::NoText,
        other => other,
    })?;
    // A lone letter is a speck of a drawing.
    let letters = document.text.chars().filter(|letter| letter.is_alphanumeric());
    if letters.take(2).count() < 2 { Err(Refusal::NoText) } else { Ok(document) }
}

impl PageLines {
    fn has(&self, state: State) -> bool {
        match &self.content {
            Content::Placed(segments) => segments.iter().any(|segment| segment.state == state),
            Content::Plain(text) => state == State::Shown && !text.trim().is_empty(),
        }
    }

    /// The lines of a page. Text drawn invisibly counts where the page shows no other: it is what a
    /// text recogniser put over a picture of the page.
    fn lines(&self, layer_counts: bool) -> Vec<Line> {
        let Content::Placed(segments) = &self.content else { return Vec::new() };
        let layer =
            if layer_counts || !self.has(State::Shown) { State::Shown } else { State::Hidden };
        let mut lines: Vec<Line> = Vec::new();
        for segment in segments {
            let mut segment = segment.clone();
            if segment.state == State::Layer {
                segment.state = layer;
            }
            match lines.last_mut().filter(|line| segment.beside && line.state == segment.state) {
                Some(line) => {
                    line.area = line.area.union(segment.area);
                    line.segments.push(segment);
                }
                None => lines.push(Line {
                    area: segment.area,
                    size: segment.size,
                    state: segment.state,
                    segments: vec![segment],
                }),
            }
        }
        lines
    }
}

/// Marks the lines at the upper and lower edge that over 60 % of the pages share, numbers aside.
fn mark_furniture(lines: &mut [Vec<Line>], pages: &[PageLines]) {
    let edges: Vec<Vec<usize>> = lines.iter().map(|lines| edge_lines(lines)).collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (lines, edges) in lines.iter().zip(&edges) {
        let keys: HashSet<String> =
            edges.iter().filter_map(|index| lines.get(*index)).map(furniture_key).collect();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    let needed = (pages.len() * 3 / 5 + 1).max(3);
    for (lines, edges) in lines.iter_mut().zip(edges) {
        for index in edges {
            let Some(line) = lines.get_mut(index).filter(|line| line.state == State::Shown) else {
                continue;
            };
            if counts.get(&furniture_key(line)).is_some_and(|count| *count >= needed) {
                line.state = State::Furniture;
            }
        }
    }
}

/// The two highest and the two lowest lines of a page.
fn edge_lines(lines: &[Line]) -> Vec<usize> {
    let mut by_height: Vec<usize> = (0..lines.len()).collect();
    by_height.sort_by(|a, b| {
        let top = |index: &usize| lines.get(*index).map_or(0.0, |line| line.area.y0);
        top(a).total_cmp(&top(b))
    });
    let lowest = by_height.iter().rev().take(2).copied().collect::<Vec<_>>();
    let mut edges: Vec<usize> = by_height.iter().take(2).copied().chain(lowest).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// A line with every number the same, and where it stands.
fn furniture_key(line: &Line) -> String {
    let mut key = String::new();
    for letter in line.text().chars() {
        let letter = if letter.is_ascii_digit() { '#' } else { letter };
        if letter != '#' || !key.ends_with('#') {
            key.push(letter);
        }
    }
    format!("{key}@{:.0}", line.area.y0 / 12.0)
}

/// The sizes of letters in a document, which tell headings.
struct Sizes {
    body: f64,
    /// Sizes larger than the body's, the largest first.
    headings: Vec<f64>,
}

impl Sizes {
    fn of(pages: &[Vec<Line>]) -> Self {
        let mut letters: HashMap<u32, usize> = HashMap::new();
        for line in pages.iter().flatten().filter(|line| line.state == State::Shown) {
            let count: usize = line.segments.iter().map(|segment| segment.text.len()).sum();
            *letters.entry(half_points(line.size)).or_default() += count;
        }
        let body = letters.iter().max_by_key(|(size, count)| (**count, **size));
        let body = body.map_or(0.0, |(size, _)| f64::from(*size) / 2.0);
        let all: usize = letters.values().sum();
        let mut headings: Vec<f64> = letters
            .iter()
            .filter(|(_, count)| **count * 5 < all)
            .map(|(size, _)| f64::from(*size) / 2.0)
            .filter(|size| *size >= 1.15 * body)
            .collect();
        headings.sort_by(|a, b| b.total_cmp(a));
        Self { body, headings }
    }

    /// The level of a heading of this size; `None` for body text.
    fn level(&self, size: f64) -> Option<u8> {
        let size = f64::from(half_points(size)) / 2.0;
        let rank = self.headings.iter().position(|it| *it <= size)?;
        (size >= 1.15 * self.body).then(|| u8::try_from(rank.min(3) + 1).unwrap_or(4))
    }
}

fn half_points(size: f64) -> u32 {
    (size * 2.0).round().clamp(0.0, 10_000.0) as u32
}

/// Text without places: paragraphs between empty lines.
fn plain(builder: &mut Builder, text: &str) -> Result<(), Refusal> {
    for paragraph in text.split("\n\n") {
        builder.block(BlockKind::Paragraph, paragraph)?;
    }
    Ok(())
}

/// Lines that make one block.
struct Group {
    lines: Vec<Line>,
    kind: BlockKind,
}

fn placed(builder: &mut Builder, lines: Vec<Line>, sizes: &Sizes) -> Result<(), Refusal> {
    let pitch = typical_pitch(&lines);
    let mut groups: Vec<Group> = Vec::new();
    for line in lines {
        let kind = kind(&line, sizes);
        let fits = groups.last().is_some_and(|group| continues(group, &line, &kind, pitch));
        match groups.last_mut().filter(|_| fits) {
            Some(group) => group.lines.push(line),
            None => groups.push(Group { lines: vec![line], kind }),
        }
    }
    for group in groups {
        if let BlockKind::Heading { .. } = group.kind
            && (group.lines.len() > 3 || !group.lines.iter().any(has_letters))
        {
            write(builder, &group.lines, BlockKind::Paragraph)?;
        } else if let BlockKind::TableRow { .. } = group.kind {
            table(builder, &group.lines)?;
        } else {
            write(builder, &group.lines, group.kind)?;
        }
    }
    Ok(())
}

fn has_letters(line: &Line) -> bool {
    line.segments.iter().any(|it| it.text.chars().filter(|it| it.is_alphabetic()).count() >= 2)
}

fn kind(line: &Line, sizes: &Sizes) -> BlockKind {
    match line.state {
        State::Furniture => BlockKind::Furniture,
        State::Hidden | State::Layer => BlockKind::Hidden,
        State::Shown if line.segments.len() > 1 => BlockKind::TableRow { head: None },
        State::Shown => match sizes.level(line.size) {
            Some(level) => BlockKind::Heading { level },
            None if line.starts_a_list_item() => BlockKind::ListItem { depth: 0 },
            None => BlockKind::Paragraph,
        },
    }
}

/// The usual step from line to line, in parts of the font size.
fn typical_pitch(lines: &[Line]) -> f64 {
    let mut steps: Vec<f64> = lines
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some((b.area.y1 - a.area.y1) / a.size.max(0.1)),
            _ => None,
        })
        .filter(|step| (0.5..3.0).contains(step))
        .collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 3).copied().unwrap_or(1.2).clamp(0.9, 2.2)
}

fn continues(group: &Group, line: &Line, kind: &BlockKind, pitch: f64) -> bool {
    let Some(last) = group.lines.last() else { return false };
    let step = (line.area.y1 - last.area.y1) / last.size.max(0.1);
    let near = step > -0.5 && step < pitch * 1.35;
    let same_size = (line.size / last.size.max(0.1) - 1.0).abs() < 0.12;
    match (&group.kind, kind) {
        (BlockKind::ListItem { .. }, BlockKind::Paragraph) => {
            near && same_size && line.area.x0 > last.area.x0 - last.size
        }
        (_, BlockKind::ListItem { .. }) => false,
        (BlockKind::TableRow { .. }, BlockKind::TableRow { .. }) => step > -0.5 && step < 4.0,
        (BlockKind::Hidden, BlockKind::Hidden) | (BlockKind::Furniture, BlockKind::Furniture) => {
            near
        }
        (one, other) => one == other && near && same_size,
    }
}

/// Three rows and more are a table; fewer are lines with a gap.
fn table(builder: &mut Builder, lines: &[Line]) -> Result<(), Refusal> {
    if lines.len() < 3 {
        return write(builder, lines, BlockKind::Paragraph);
    }
    let mut head = None;
    for line in lines {
        let span = write_lines(builder, std::slice::from_ref(line), BlockKind::TableRow { head })?;
        head = head.or(span);
    }
    Ok(())
}

fn write(builder: &mut Builder, lines: &[Line], kind: BlockKind) -> Result<(), Refusal> {
    write_lines(builder, lines, kind).map(|_| ())
}

/// Writes lines as one block, with the boxes of their words.
fn write_lines(
    builder: &mut Builder,
    lines: &[Line],
    kind: BlockKind,
) -> Result<Option<crate::document::Span>, Refusal> {
    let mut text = String::new();
    let mut boxes: Vec<(usize, usize, Rect)> = Vec::new();
    for line in lines {
        if !text.is_empty() {
            text.push('\n');
        }
        for (index, segment) in line.segments.iter().enumerate() {
            if index > 0 {
                text.push('\t');
            }
            let start = text.len();
            boxes.extend(segment.words.iter().map(|it| (start + it.start, it.length, it.area)));
            text.push_str(&segment.text);
        }
    }
    let row_without_head = matches!(kind, BlockKind::TableRow { head: None });
    let Some(span) = builder.ready(kind, &text)? else { return Ok(None) };
    if row_without_head {
        builder.name_head(span);
    }
    if let Some(page) = builder.open_page() {
        let offset = (span.start - page.span.start) as usize;
        page.boxes.extend(
            boxes
                .into_iter()
                .filter_map(|(start, length, area)| word_box(offset + start, length, area)),
        );
    }
    Ok(Some(span))
}

fn word_box(start: usize, length: usize, area: Rect) -> Option<WordBox> {
    let units = |points: f64| points * f64::from(WordBox::UNITS_PER_POINT);
    let place = |points: f64| units(points).round().clamp(-32_768.0, 32_767.0) as i16;
    let extent = |points: f64| units(points).round().clamp(0.0, 65_535.0) as u16;
    Some(WordBox {
        start: u32::try_from(start).ok()?,
        length: u16::try_from(length).ok()?,
        left: place(area.x0),
        top: place(area.y0),
        width: extent(area.width()),
        height: extent(area.height()),
    })
}
