//! Finding text, as the user interface asks for it.

use hearth_domain::{ErrorCode, Piece, SearchRequest};

use crate::{portable::sample, support::open};

fn wanted(query: &str) -> SearchRequest {
    SearchRequest { query: query.into(), ..SearchRequest::default() }
}

fn hits(pieces: &[Piece]) -> Vec<&str> {
    pieces.iter().filter(|piece| piece.hit).map(|piece| piece.text.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn hits_come_with_the_text_around_them() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    let page = app.search(wanted("lines WALN")).await.unwrap();
    assert!(!page.more);
    let hit = &page.hits[0];
    assert_eq!(hits(&hit.pieces), ["lines", "walnuts"]);
    let text: String = hit.pieces.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(text, "Two lines about walnuts.");
    let title = app.search(wanted("files more")).await.unwrap();
    assert_eq!(title.hits[0].message, None);
    assert_eq!(hits(&title.hits[0].title), ["Files", "more"]);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_finds_nothing_and_a_limit_out_of_range_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let app = open(dir.path()).await;
    app.conversation_import(sample().to_string()).await.unwrap();
    for query in ["", "  ", "***", "\u{0}"] {
        assert!(app.search(wanted(query)).await.unwrap().hits.is_empty(), "{query}");
    }
    assert!(app.search(wanted(&"x ".repeat(1 << 20))).await.unwrap().hits.is_empty());
    for limit in [0, 101] {
        let refused = app.search(SearchRequest { limit: Some(limit), ..wanted("x") }).await;
        assert_eq!(refused.unwrap_err().code(), ErrorCode::InvalidRequest);
    }
    app.shutdown().await;
}
