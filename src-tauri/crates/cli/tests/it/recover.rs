//! `hearth recover`: the way back in where the key is lost.

use std::fs;

use crate::support::Home;

#[test]
fn a_lost_key_is_put_back_by_the_code_that_was_written_down() {
    let home = Home::new();
    let code = home.json(&["recover", "--show", "--json"])["code"].as_str().unwrap().to_owned();
    fs::remove_file(home.path("data").join("key")).unwrap();

    let lost = home.run(&["verify", "--json"]);
    assert_eq!(lost.status.code(), Some(1));
    let said = String::from_utf8(lost.stderr).unwrap();
    assert!(said.contains("database_key_missing"), "{said}");

    let wrong = home.run_with_input(&["recover", "--json"], b"AAAA-BBBB\n");
    assert_eq!(wrong.status.code(), Some(1));
    let right = home.run_with_input(&["recover"], format!("{code}\n").as_bytes());
    assert!(right.status.success(), "{right:?}");
    assert!(home.run(&["verify"]).status.success());
}
