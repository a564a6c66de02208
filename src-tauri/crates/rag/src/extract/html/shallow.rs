//! Takes elements out of a page that nests deeper than pages do, before it is parsed: the time to parse one
//! grows with the square of its depth. Their text stays.

use std::borrow::Cow;

/// Elements within elements that are kept.
const DEEPEST: usize = 400;

/// Elements without an end, or whose end is often left out.
const UNENDED: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "option",
    "rt", "rp",
];

/// The page without the elements beyond the limit.
pub(super) fn flattened(text: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let (mut depth, mut from, mut at) = (0_usize, 0, 0);
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('<')).map(|it| at + it) {
        let tag = text.get(open + 1..).unwrap_or_default();
        at = open + 1;
        let (closing, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).take(16).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() || UNENDED.contains(&name.as_str()) {
            continue;
        }
        let beyond = depth >= DEEPEST + usize::from(closing);
        depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
        if beyond {
            kept.push_str(text.get(from..open).unwrap_or_default());
            kept.push(' ');
            // Looked for here alone, and never twice in the same part of the page: were it looked for at each
            // sign, a page of signs without an end would be gone through once for each of them.
            let end = text.get(at..).and_then(|rest| rest.find('>'));
            at = end.map_or(text.len(), |it| at + it + 1);
            from = at;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nests_too_deep_is_taken_out() {
        let page = "<div><p>one<p>two<br><i>three</i></div>".repeat(900);
        assert_eq!(flattened(&page), page);
        let deep = format!("{}deep{}<p>after", "<div>".repeat(20_000), "</div>".repeat(20_000));
        let shallow = flattened(&deep);
        assert_eq!(shallow.matches("<div>").count(), DEEPEST);
        assert_eq!(shallow.matches("</div>").count(), DEEPEST);
        assert!(shallow.contains("deep") && shallow.ends_with("<p>after"));
    }

    /// One look from each sign to the end of the page would take hours.
    #[test]
    fn a_page_of_signs_that_begin_no_tag_or_end_none_is_gone_through_once() {
        for page in ["<".repeat(16 << 20), "<a<".repeat(8 << 20), "</a".repeat(8 << 20)] {
            assert!(page.starts_with(flattened(&page).as_ref().get(..400).unwrap()));
        }
    }
}
