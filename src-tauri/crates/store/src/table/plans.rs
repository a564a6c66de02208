//! The hot queries use their indexes: no scan of a whole table, no sorting.

use rusqlite::Connection;

use super::{conversation, job, message};
use crate::migrate;

fn plan(sql: &str) -> String {
    let mut conn = Connection::open_in_memory().unwrap();
    migrate::run(&mut conn, migrate::ALL, None).unwrap();
    let mut query = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let given = vec![rusqlite::types::Value::Null; query.parameter_count()];
    let steps = query.query_map(rusqlite::params_from_iter(given), |row| row.get(3)).unwrap();
    steps.collect::<rusqlite::Result<Vec<String>>>().unwrap().join("\n")
}

#[test]
fn the_hot_queries_search_by_their_index() {
    let hot = [
        (conversation::PINNED, "conversation_by_age"),
        (conversation::BY_AGE, "conversation_by_age"),
        (conversation::SAME_AGE, "conversation_by_age"),
        (message::OF_CONVERSATION, "message_by_conversation"),
        (message::BRANCH, "sqlite_autoindex_message_1"),
        (message::BY_CLIENT, "message_client"),
        (message::FIRST_ANSWER, "message_by_parent"),
        (message::STREAMING, "message_streaming"),
        (message::REPLACE_TEXT, "sqlite_autoindex_message_1"),
        (job::BY_STATUS, "job_by_status"),
    ];
    for (sql, index) in hot {
        let plan = plan(sql);
        assert!(plan.contains(index), "{index} is not used:\n{plan}");
        assert!(!plan.contains("SCAN message") && !plan.contains("SCAN conversation"), "{plan}");
    }
}

#[test]
fn a_page_of_the_list_and_a_thread_come_in_order_without_sorting() {
    for sql in [conversation::PINNED, conversation::BY_AGE, message::OF_CONVERSATION] {
        let plan = plan(sql);
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn looking_for_interrupted_answers_does_not_read_every_message() {
    let plan = plan(message::INTERRUPT);
    assert!(plan.contains("message_streaming"), "{plan}");
}
