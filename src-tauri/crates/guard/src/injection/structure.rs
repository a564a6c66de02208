//! Rules about the build of a text rather than its words: tokens of chat templates, made-up turns,
//! hidden parts of a page, addresses that carry data away. Each pattern has a sign: what no match is
//! without and most texts are, so that few patterns read a whole text.

use std::ops::Range;

use regex::Regex;

/// A pattern over the folded text in small letters.
#[derive(Debug)]
pub(crate) struct Structure {
    pub(crate) id: &'static str,
    /// A part of every match that is quick to look for: a text without it is not searched.
    sign: Regex,
    pattern: Regex,
    pub(crate) weight: f32,
}

#[rustfmt::skip]
const PATTERNS: &[(&str, f32, &str, &str)] = &[
    ("structure.template_token", 0.7, "<",
     r"<\|(?:im_start|im_end|system|user|assistant|eot_id|start_header_id|endoftext)\|>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>|<\|?begin_of_text"),
    ("structure.role_json", 0.6, "role", r#""role"\s*:\s*"(?:system|developer)""#),
    ("structure.instruction_header", 0.4, "##",
     r"(?m)^\s*#{2,}\s*(?:new |updated |real )?(?:system|instructions?|admin|developer|override)\b[^\n]{0,20}$"),
    ("structure.system_line", 0.35,
     r"(?:system|admin(?:istrator)?|developer)(?: (?:note|message|prompt|override|instruction|notice|alert|update|mode))?[\])>*]{0,2}\s*:\s*\S",
     r#"(?m)(?:^|[\n.>"*]\s*)[\[(<*]{0,2}(?:system|admin(?:istrator)?|developer)(?: (?:note|message|prompt|override|instruction|notice|alert|update|mode))?[\])>*]{0,2}\s*:\s*\S"#),
    ("structure.made_up_turns", 0.5, ":",
     r"(?m)^\s*(?:assistant|ai|bot|chatgpt|model)\s*:[^\n]+\n\s*(?:user|human|me)\s*:"),
    ("structure.tag_with_orders", 0.5, "<",
     r"<\s*/?\s*(?:important|system|instructions?|hidden|admin|override|secret|god mode|jailbreak|system mode|new rules?)\b[^<>\n]{0,40}>"),
    ("structure.mode_banner", 0.5, "mode",
     r"[<\[(*=-]{1,3}\s*[a-z ]{0,30}(?:god mode|system mode|override mode|security override|mode activated|mode enabled|developer mode)[a-z ]{0,20}\s*[>\])*=-]{1,3}"),
    ("structure.hidden_html", 0.15, "",
     r#"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt|em)?\s*[;"']|color\s*:\s*(?:white|#fff(?:fff)?|transparent)\s*[;"']|opacity\s*:\s*0\s*[;"']|font size 1|white text"#),
    ("structure.hidden_html_orders", 0.7, ":",
     r#"(?s)(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt|em)?|color\s*:\s*(?:white|#fff(?:fff)?))[^>]*>[^<]*\b(?:you (?:must|are|should|will)|ignore|disregard|do not (?:tell|mention|inform)|call the|send|forward|reply|system|instructions?|assistant|prompt)\b"#),
    ("structure.comment_with_orders", 0.7, "<!--",
     r"(?s)<!--[^>]*\b(?:ignore|disregard|forget|you must|do not (?:tell|mention|inform)|system|assistant|instructions?|prompt|print the following|call the|send|forward|security override|override mode|from now on)\b"),
    ("structure.exfil_image", 0.8, r"\]\(",
     r"!\[[^\]\n]*\]\(\s*https?://[^)\s]*[?&/=][^)\s]*(?:\{|%7b|\[|<|data|secret|chat|summary|conversation)"),
    ("structure.exfil_address", 0.4, "://",
     r"https?://[^\s)\]]*[?&](?:q|data|d|c|secret|key|token|text|msg|p)=(?:\{|%7b|\[|<|\$|$)"),
    ("structure.delimiter_end", 0.45, "",
     r"(?:-{3,}|={3,}|#{3,}|%{3,}|\*{3,}|\x22{3})\s*(?:end|begin|start|stop)\b[a-z _]{0,40}\s*(?:-{3,}|={3,}|#{3,}|%{3,}|\*{3,}|\x22{3})"),
    ("structure.end_of_document", 0.7, "end of",
     r"\bend of (?:document|context|data|input|file|article|user input|system prompt|email)\b[^a-z]{0,6}\s*(?:new|begin|now|user|system|follow|instructions?|the real)"),
    ("structure.payload_split", 0.8, r"\b[a-z]\s*\+\s*[a-z]\b",
     r#"\b[a-z]\s*=\s*["']?[\w -]{1,30}["']?\s*[,;.]\s*(?:and )?[a-z]\s*=\s*["']?[\w -]{1,30}["']?[^\n]*\b[a-z]\s*\+\s*[a-z]\b"#),
    ("structure.two_voices", 0.4, r"\]\s*:",
     r"\[[a-z][a-z0-9 _-]{1,24}\]\s*:?[^\[\]]*\[[a-z][a-z0-9 _-]{1,24}\]\s*:"),
    ("structure.log_with_orders", 0.9,
     r"code (?:snippet|section|block|excerpt|segment|example|fragment|extract|sample)|(?:following|subsequent|ensuing) (?:code|snippet|script|lines)",
     r"(?s)(?:traceback \(most recent call last\)|\b[a-z]+(?:error|exception):).*?\b(?:code (?:snippet|section|block|excerpt|segment|example|fragment|extract|sample)|(?:following|subsequent|ensuing) (?:code|snippet|script|lines))\b.*?(?:```|\n)"),
    ("structure.log_with_code", 0.4, r"traceback \(most recent call last\)",
     r"(?s)traceback \(most recent call last\).*?\b(?:you|your)\b.*?```"),
    ("structure.switch_off", 0.7, "",
     r"\b(?:safety|refusals?|filters?|moderation|guardrails?|restrictions?|ethics)\s*[=:]\s*(?:off|false|0|none|disabled)\b"),
    ("structure.say_hate", 0.6, r#"(?:hate|kill|pwned|hacked|destroy|humans)[^"”\n]{0,20}["”]"#,
     r#"\b(?:just|only|now|simply)?\s*(?:print|say|output|write)\b[^"“\n]{0,20}["“][^"”\n]{0,40}(?:hate|kill|pwned|hacked|destroy|humans)[^"”\n]{0,20}["”]"#),
    ("structure.access_granted", 0.6, "",
     r#"\b(?:say|print|output|write|respond with|reply with|state)\b[^\n"]{0,20}["']?(?:access granted|i have been pwned|i am free|jailbreak(?:ed)? (?:successful|enabled|activated)|hacked|pwned)"#),
    ("structure.long_persona", 0.4, "",
     r"(?s)\b(?:you are (?:now|going to)|from now on|act as|pretend|hypothetical|respond as|immerse).*?\b(?:never|always|must|will not|cannot|can't)\b.*?\b(?:refuse|decline|reject|illegal|unethical|immoral|openai|polic(?:y|ies)|character|disclaimers?|warnings?)\b"),
];

/// Letters of a text that can hold a long story about another self.
const LONG: usize = 1000;

impl Structure {
    /// Where it holds first.
    pub(crate) fn find(&self, text: &str) -> Option<Range<usize>> {
        let long = self.id != "structure.long_persona" || text.len() >= LONG;
        let searched = long && self.sign.is_match(text);
        searched.then(|| self.pattern.find(text))?.map(|found| found.range())
    }
}

/// The patterns, ready to be looked for. One that cannot be compiled is a fault of this table, which
/// its test finds; the others work on.
pub(crate) fn structures() -> Vec<Structure> {
    let compile = |(id, weight, sign, pattern): &(&'static str, f32, &'static str, &str)| {
        // Borders of ASCII words: those of Unicode have no fast automaton, and all words here are ASCII.
        let compiled = |pattern: &str| Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).ok();
        Some(Structure { id, sign: compiled(sign)?, pattern: compiled(pattern)?, weight: *weight })
    };
    PATTERNS.iter().filter_map(compile).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(structures().len(), PATTERNS.len());
    }
}
