//! The hot queries use their indexes: no scan of a whole table, no sorting.

use rusqlite::Connection;

use super::{attachment, delivery, job, list, message, search, thread};
use crate::migrate;

fn plan(sql: &str) -> String {
    let mut conn = Connection::open_in_memory().unwrap();
    search::register(&conn).unwrap();
    migrate::run(&mut conn, migrate::ALL, None).unwrap();
    let mut query = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let given = vec![rusqlite::types::Value::Null; query.parameter_count()];
    let steps = query.query_map(rusqlite::params_from_iter(given), |row| row.get(3)).unwrap();
    steps.collect::<rusqlite::Result<Vec<String>>>().unwrap().join("\n")
}

#[test]
fn the_hot_queries_search_by_their_index() {
    let of_list = list::statements();
    let hot = [
        (message::OF_CONVERSATION, "message_by_conversation"),
        (thread::PATH, "message_up"),
        (message::ONE, "sqlite_autoindex_message_1"),
        (message::BY_CLIENT, "message_client"),
        (message::FIRST_ANSWER, "message_by_parent"),
        (message::STREAMING, "message_streaming"),
        (message::REPLACE_TEXT, "sqlite_autoindex_message_1"),
        (attachment::OF_MESSAGE, "sqlite_autoindex_attachment_1"),
        (thread::SIBLINGS, "message_by_parent"),
        (job::BY_STATUS, "job_by_status"),
        (delivery::DUE, "delivery_due"),
    ];
    let of_list = of_list.iter().map(|(sql, index)| (sql.as_str(), *index));
    for (sql, index) in hot.into_iter().chain(of_list) {
        let plan = plan(sql);
        assert!(plan.contains(index), "{index} is not used:\n{plan}");
        assert!(!plan.contains("SCAN message") && !plan.contains("SCAN conversation"), "{plan}");
    }
}

#[test]
fn a_page_of_the_list_and_a_thread_come_in_order_without_sorting() {
    let of_list = list::statements();
    let of_thread = [message::OF_CONVERSATION, thread::SIBLINGS];
    for sql in of_list.iter().map(|(sql, _)| sql.as_str()).chain(of_thread) {
        let plan = plan(sql);
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn walking_a_branch_reads_indexes_and_no_message() {
    for sql in [thread::PATH, thread::DEPTH, thread::NEWEST_LEAF, thread::SIBLINGS] {
        let plan = plan(sql);
        let steps = plan.lines().filter(|step| step.contains("USING"));
        let reads: Vec<_> = steps.filter(|step| !step.contains("COVERING INDEX")).collect();
        assert!(reads.is_empty(), "{plan}");
    }
}

#[test]
fn looking_for_interrupted_answers_does_not_read_every_message() {
    let plan = plan(message::INTERRUPT);
    assert!(plan.contains("message_streaming"), "{plan}");
}

#[test]
fn a_search_asks_the_index_of_text_and_reads_no_message() {
    let plan = plan(search::MESSAGES);
    assert!(plan.contains("COVERING INDEX message_found"), "{plan}");
    for sql in [search::MESSAGES, search::TITLES] {
        let plan = self::plan(sql);
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN c"), "{plan}");
    }
}
