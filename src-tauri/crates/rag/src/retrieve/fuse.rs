//! Two scores made one: a weighted sum. Ranks alone (RRF) would throw away how much better the first
//! passage is than the second, and let the weaker list drag the stronger one down.

use crate::{embed::Fit, index::Hit};

/// How much the vector counts against the words, by how well the embedder knows the question's words.
/// Measured for the bundled embedder, which learnt English; another one that knows the question's
/// language shows it by few pieces a word.
const FLUENT: (f32, f32) = (1.75, 0.5);
const HALTING: (f32, f32) = (2.3, 0.35);
const FOREIGN: f32 = 0.25;
const PAIRS: f32 = 0.15;
const OTHER_SCRIPT: f32 = 0.1;
/// A question with more unknown pieces than this is in a script that the embedder has not.
const UNKNOWN: f32 = 0.2;

/// The weight of the vector for a question, 0 to 1.
pub(super) fn dense_weight(question: &str, fit: Fit) -> f32 {
    let letters: Vec<char> = question.chars().filter(|c| c.is_alphabetic()).collect();
    let share = |of: fn(char) -> bool| {
        letters.iter().filter(|c| of(**c)).count() as f32 / letters.len().max(1) as f32
    };
    if share(is_written_in_pairs) > 0.3 {
        PAIRS
    } else if share(|c| !is_latin(c)) > 0.5 || fit.unknown > UNKNOWN {
        OTHER_SCRIPT
    } else if fit.pieces_per_word <= FLUENT.0 {
        FLUENT.1
    } else if fit.pieces_per_word <= HALTING.0 {
        HALTING.1
    } else {
        FOREIGN
    }
}

/// Han, kana and Hangul, which the embedder knows a little of.
fn is_written_in_pairs(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}')
}

fn is_latin(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Hits with their sum, the best first. Cosines are spread over the range that they have here, words
/// over what the best has.
pub(super) fn fuse(hits: &[Hit], dense_weight: f32) -> Vec<(Hit, f32)> {
    let cosines = hits.iter().filter_map(|hit| hit.cosine);
    let (least, most) = cosines
        .fold((f32::MAX, f32::MIN), |(least, most), cosine| (least.min(cosine), most.max(cosine)));
    let best = hits.iter().map(|hit| hit.keyword).fold(0.0, f32::max);
    let dense_weight = match (least <= most, best > 0.0) {
        (false, _) => 0.0,
        (true, false) => 1.0,
        (true, true) => dense_weight,
    };
    let sum = |hit: &Hit| {
        let spread = most - least;
        let dense = match hit.cosine {
            Some(cosine) if spread > f32::EPSILON => (cosine - least) / spread,
            Some(_) => 1.0,
            None => 0.0,
        };
        let words = if best > 0.0 { hit.keyword / best } else { 0.0 };
        dense_weight * dense + (1.0 - dense_weight) * words
    };
    let mut ranked: Vec<_> = hits.iter().map(|hit| (*hit, sum(hit))).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.chunk.cmp(&b.0.chunk)));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(chunk: i64, keyword: f32, cosine: Option<f32>) -> Hit {
        Hit { chunk, file: 1, keyword, cosine, coverage: 0.0 }
    }

    #[test]
    fn a_question_in_another_script_is_answered_by_its_words() {
        let fit = |pieces_per_word, unknown| Fit { pieces_per_word, unknown };
        for (question, fit, weight) in [
            ("When was the bridge built?", fit(1.1, 0.0), 0.5),
            ("Wann wurde die Brücke gebaut?", fit(2.0, 0.0), 0.35),
            ("Kuinka monta siltaa rakennettiin?", fit(3.1, 0.0), 0.25),
            ("Когда построили мост?", fit(4.0, 0.0), 0.1),
            ("पुल कब बना?", fit(3.0, 0.6), 0.1),
            ("这座桥是什么时候建的？", fit(1.0, 0.1), 0.15),
        ] {
            assert_eq!(dense_weight(question, fit), weight, "{question}");
        }
    }

    #[test]
    fn without_vectors_words_decide_and_without_words_vectors() {
        let words = [hit(1, 1.0, None), hit(2, 3.0, None)];
        assert_eq!(fuse(&words, 0.5)[0].0.chunk, 2);
        assert_eq!(fuse(&words, 0.5)[0].1, 1.0);
        let vectors = [hit(1, 0.0, Some(0.9)), hit(2, 0.0, Some(0.2))];
        assert_eq!(fuse(&vectors, 0.1)[0], (vectors[0], 1.0));
        assert!(fuse(&[], 0.5).is_empty());
    }

    #[test]
    fn what_both_find_comes_before_what_one_finds() {
        let hits = [hit(1, 10.0, Some(0.1)), hit(2, 8.0, Some(0.7)), hit(3, 0.0, Some(0.75))];
        let order: Vec<_> = fuse(&hits, 0.5).into_iter().map(|(hit, _)| hit.chunk).collect();
        assert_eq!(order, [2, 1, 3]);
    }
}
