//! Markdown to HTML that does nothing: for export, for copying as rich text, for the scorer. Raw HTML
//! becomes text, links have one of a few schemes, nothing is loaded. The window builds its page
//! itself and never takes this.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::links::{Link, link};

/// The HTML of a text in Markdown: a fragment, inert whatever stands in the text.
#[must_use]
pub fn html(markdown: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut page = Page::default();
    for event in Parser::new_ext(markdown, options) {
        page.event(event);
    }
    page.out
}

#[derive(Default)]
struct Page {
    out: String,
    /// Whether each open link became one.
    links: Vec<bool>,
    /// The target of an open picture; its text is its description.
    pictures: Vec<String>,
    columns: Vec<Alignment>,
    column: usize,
    heads: bool,
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\0' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
}

fn level(level: HeadingLevel) -> char {
    match level {
        HeadingLevel::H1 => '1',
        HeadingLevel::H2 => '2',
        HeadingLevel::H3 => '3',
        HeadingLevel::H4 => '4',
        HeadingLevel::H5 => '5',
        HeadingLevel::H6 => '6',
    }
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                escape(&text, &mut self.out)
            }
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.out.push_str("<code>");
                escape(&text, &mut self.out);
                self.out.push_str("</code>");
            }
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(done) => {
                self.out.push_str(if done { "\u{2611} " } else { "\u{2610} " })
            }
            Event::FootnoteReference(name) => escape(&name, &mut self.out),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.out.push_str("<p>"),
            Tag::Heading { level: it, .. } => self.out.extend(['<', 'h', level(it), '>']),
            Tag::BlockQuote(_) => self.out.push_str("<blockquote>\n"),
            Tag::CodeBlock(kind) => self.code(&kind),
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(first)) => self.out.push_str(&format!("<ol start=\"{first}\">\n")),
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::Item => self.out.push_str("<li>"),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Link { dest_url, .. } => self.link(&dest_url),
            Tag::Image { dest_url, .. } => self.picture(&dest_url),
            Tag::Table(columns) => {
                self.columns = columns;
                self.out.push_str("<table>\n");
            }
            Tag::TableHead => {
                (self.heads, self.column) = (true, 0);
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.cell(),
            Tag::HtmlBlock => self.out.push_str("<p>"),
            Tag::FootnoteDefinition(_)
            | Tag::MetadataBlock(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript => {}
            #[allow(unreachable_patterns)]
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.out.push_str("</p>\n"),
            TagEnd::Heading(it) => self.out.extend(['<', '/', 'h', level(it), '>', '\n']),
            TagEnd::BlockQuote(_) => self.out.push_str("</blockquote>\n"),
            TagEnd::CodeBlock => self.out.push_str("</code></pre>\n"),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Link => {
                let ended = if self.links.pop() == Some(true) { "</a>" } else { "" };
                self.out.push_str(ended);
            }
            TagEnd::Image => self.end_picture(),
            TagEnd::Table => self.out.push_str("</tbody></table>\n"),
            TagEnd::TableHead => {
                self.heads = false;
                self.out.push_str("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => self.out.push_str(if self.heads { "</th>" } else { "</td>" }),
            _ => {}
        }
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>) {
        let name = match kind {
            CodeBlockKind::Fenced(name) => name.split_whitespace().next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        let plain =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-_#".contains(&byte));
        self.out.push_str("<pre><code");
        if plain && !name.is_empty() && name.len() < 32 {
            self.out.push_str(" class=\"language-");
            escape(name, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn link(&mut self, target: &str) {
        let Link::Safe(target) = link(target) else {
            self.links.push(false);
            return;
        };
        self.links.push(true);
        self.out.push_str("<a href=\"");
        escape(&target, &mut self.out);
        self.out.push_str("\" rel=\"noopener noreferrer nofollow\">");
    }

    /// A picture from elsewhere is its description: nothing is fetched because a text was shown.
    fn picture(&mut self, target: &str) {
        self.pictures.push(match link(target) {
            Link::Inline(target) => target,
            Link::Safe(_) | Link::Refused => String::new(),
        });
        self.out.push_str("<span class=\"picture\">");
    }

    fn end_picture(&mut self) {
        let target = self.pictures.pop().unwrap_or_default();
        if !target.is_empty() {
            self.out.push_str(" <img alt=\"\" src=\"");
            escape(&target, &mut self.out);
            self.out.push_str("\">");
        }
        self.out.push_str("</span>");
    }

    fn cell(&mut self) {
        let align = match self.columns.get(self.column) {
            Some(Alignment::Left) => " align=\"left\"",
            Some(Alignment::Center) => " align=\"center\"",
            Some(Alignment::Right) => " align=\"right\"",
            Some(Alignment::None) | None => "",
        };
        self.column += 1;
        self.out.push_str(if self.heads { "<th" } else { "<td" });
        self.out.push_str(align);
        self.out.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac_29_raw_html_is_shown_as_text() {
        let page = html("a <b onclick=x>c</b>\n\n<script>x()</script>\n\n<svg/onload=x>");
        assert!(!page.contains("<b") && !page.contains("<script") && !page.contains("<svg"));
        assert!(page.contains("&lt;script&gt;"));
    }

    #[test]
    fn ac_31_pictures_from_elsewhere_are_not_loaded() {
        let page = html(
            "![a](https://example.org/x.png) ![b][r] <img src=https://example.org/y>\n\n[r]: https://example.org/z",
        );
        assert!(!page.contains("<img"));
        assert!(
            html("![a](data:image/png;base64,AAAA)").contains("<img alt=\"\" src=\"data:image/png")
        );
    }

    #[test]
    fn links_of_other_schemes_are_text() {
        assert_eq!(html("[a](javascript:x)"), "<p>a</p>\n");
        assert!(html("[a](https://example.org/b)").contains("<a href=\"https://example.org/b\""));
        assert_eq!(html("**b** *i*"), "<p><strong>b</strong> <em>i</em></p>\n");
    }
}
