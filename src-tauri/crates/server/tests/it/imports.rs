//! The one command whose body may be large.

use serde_json::json;

use crate::support::{House, JSON};

const IMPORT: &str = "POST /api/rpc/conversation_import";

fn body(megabytes: usize) -> String {
    json!({ "text": " ".repeat(megabytes << 20) }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_browser_may_send_a_large_file_to_be_taken_in_and_nothing_else() {
    let house = House::open().await;
    let (cookie, origin) = (house.sign_in().await, house.origin());
    let browser = [JSON, cookie.as_str(), origin.as_str()];
    // Read whole, and found to be no export.
    let taken = house.ask(IMPORT, &browser, &body(20)).await;
    assert_eq!((taken.status, &taken.json()["code"]), (422, &json!("import_unreadable")));
    let huge = house.ask(IMPORT, &browser, &body(70)).await;
    assert_eq!(huge.status, 413);
    let other = house.ask("POST /api/rpc/settings_update", &browser, &body(20)).await;
    assert_eq!(other.status, 413);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_with_a_key_may_not() {
    let house = House::open().await;
    let key = house.authorization();
    let reply = house.ask(IMPORT, &[JSON, &key], &body(20)).await;
    assert_eq!(reply.status, 413);
    house.close().await;
}
