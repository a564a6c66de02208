//! What a page has and does not show: by attribute, by the style of the element, or by a rule of the
//! page's own style sheet for one class or id. It is taken out before anything is read.

use std::collections::HashSet;

use dom_query::{Document as Page, NodeRef};

use super::visible::SILENT;

/// Classes and ids that the page's style sheets hide.
#[derive(Default)]
struct Rules {
    classes: HashSet<String>,
    ids: HashSet<String>,
}

/// Bytes of style sheets that are looked at.
const MOST_STYLE: usize = 1 << 20;

/// The attribute that pages of one forum keep their content in.
const PRELOADED: &str = "data-preloaded";

/// Removes hidden elements and all comments; says how many of the elements had text.
pub(super) fn remove(page: &Page) -> usize {
    let mut rules = Rules::default();
    let mut doomed: Vec<NodeRef<'_>> = Vec::new();
    let root = page.root();
    for node in root.descendants_it() {
        if node.node_name().as_deref() == Some("style") {
            rules.read(&node.text());
        }
    }
    for node in root.descendants_it() {
        if node.is_comment() || (node.is_element() && rules.hides(&node)) {
            doomed.push(node);
        }
    }
    let mut counted = 0;
    for node in doomed {
        counted += usize::from(node.is_element() && !node.text().trim().is_empty());
        node.remove_from_parent();
    }
    counted
}

/// Removes what is no text, and is text to other readers of pages: data for search engines, what stands in for a
/// picture or a program, the content of a forum as an attribute. The head stays; it tells what a page is.
pub(super) fn silence(page: &Page) {
    // A page cannot be changed while it is gone through.
    let all: Vec<NodeRef<'_>> = page.root().descendants_it().collect();
    for node in all {
        let name = node.node_name();
        if name.is_some_and(|name| *name != *"head" && SILENT.contains(&name.as_ref())) {
            node.remove_from_parent();
        } else if node.has_attr(PRELOADED) {
            node.remove_attr(PRELOADED);
        }
    }
}

impl Rules {
    /// Rules outside of conditions whose selector is one class or id.
    fn read(&mut self, sheet: &str) {
        // A cut within a letter would leave nothing, and so show all that the sheet hides.
        let sheet = sheet.get(..sheet.floor_char_boundary(MOST_STYLE)).unwrap_or_default();
        let mut rest = sheet;
        while let Some((selector, after)) = rest.split_once('{') {
            let selector = selector.rsplit(['}', ';', '/']).next().unwrap_or_default().trim();
            if selector.starts_with('@') {
                rest = skip_block(after);
                continue;
            }
            let (body, next) = after.split_once('}').unwrap_or((after, ""));
            if is_hidden(body) {
                for one in selector.split(',').map(str::trim) {
                    let plain = |name: &str| {
                        name.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_'))
                    };
                    if let Some(class) = one.strip_prefix('.').filter(|it| plain(it)) {
                        self.classes.insert(class.to_owned());
                    } else if let Some(id) = one.strip_prefix('#').filter(|it| plain(it)) {
                        self.ids.insert(id.to_owned());
                    }
                }
            }
            rest = next;
        }
    }

    fn hides(&self, node: &NodeRef<'_>) -> bool {
        if matches!(node.node_name().as_deref(), Some("html" | "body")) {
            return false;
        }
        node.has_attr("hidden")
            || node.attr("style").is_some_and(|style| is_hidden(&style))
            || node.attr("class").is_some_and(|classes| {
                classes.split_whitespace().any(|class| self.classes.contains(class))
            })
            || node.id_attr().is_some_and(|id| self.ids.contains(id.as_ref()))
    }
}

/// What follows a block that holds blocks.
fn skip_block(text: &str) -> &str {
    let mut depth = 1_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

/// Whether declarations make an element invisible.
fn is_hidden(style: &str) -> bool {
    let style: String = style.to_lowercase().split_whitespace().collect();
    let mut white = false;
    let mut ground = false;
    for declaration in style.split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let value = value.trim_end_matches("!important");
        let number = value.trim_end_matches(|it: char| it.is_alphabetic() || it == '%');
        let number = number.parse::<f32>().ok();
        let hidden = match name {
            "display" => value == "none",
            "visibility" => matches!(value, "hidden" | "collapse"),
            "opacity" => number == Some(0.0),
            "font-size" => {
                number.is_some_and(|size| size < 2.0 && !value.ends_with("em"))
                    || number == Some(0.0)
            }
            "left" | "top" | "right" | "text-indent" | "margin-left" => {
                value.ends_with("px") && number.is_some_and(|at| at <= -900.0)
            }
            "clip" => matches!(value, "rect(0,0,0,0)" | "rect(0000)" | "rect(1px,1px,1px,1px)"),
            "color" => {
                white = matches!(value, "white" | "#fff" | "#ffffff" | "transparent");
                false
            }
            "background" | "background-color" | "background-image" => {
                ground = true;
                false
            }
            _ => false,
        };
        if hidden {
            return true;
        }
    }
    white && !ground
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_hide_are_known_and_ways_to_show_are_not_mistaken() {
        for hidden in [
            "display: none",
            "color:#FFF",
            "VISIBILITY:hidden",
            "font-size:0",
            "font-size: 1px; color: red",
            "position:absolute; left:-9999px",
            "display:none !important",
        ] {
            assert!(is_hidden(hidden), "{hidden}");
        }
        for shown in [
            "display:block",
            "color:#fff;background:#000",
            "font-size:1.2em",
            "left:-10px",
            "opacity:0.5",
            "",
        ] {
            assert!(!is_hidden(shown), "{shown}");
        }
    }

    #[test]
    fn rules_of_the_page_count_and_rules_for_other_media_do_not() {
        let page = Page::from(
            "<style>@media print{.a{display:none}} .b, #c{display:none} .d p{display:none}</style>\
             <p class=a>one</p><p class=b>two</p><p id=c>three</p><p class=d>four</p><!-- five -->",
        );
        assert_eq!(remove(&page), 2);
        let text = page.body().unwrap().text().to_string();
        assert_eq!(text.trim(), "onefour");
    }

    #[test]
    fn a_style_sheet_that_is_cut_within_a_letter_hides_what_its_rules_hide() {
        for shift in 0..3 {
            let filler = "\u{2026}".repeat(MOST_STYLE / 3 + 1);
            let page = Page::from(format!(
                "<style>.a{{display:none}} /*{}{filler}*/</style><p class=a>one</p><p>two</p>",
                " ".repeat(shift)
            ));
            assert_eq!(remove(&page), 1, "shifted by {shift}");
        }
    }
}
