//! What a name stands for is asked once and checked whole, whoever answers.

use hearth_outbound::{Error, Outcome};

use crate::support::{Lies, answering, internet, lied_to, local, post};

const FINE: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[tokio::test]
async fn ac_45_a_name_with_one_address_that_is_not_public_is_refused_before_anything_is_connected_to()
 {
    let answers: &[&[&str]] = &[
        &["127.0.0.1"],
        &["::1"],
        &["10.0.0.1"],
        &["192.168.1.1"],
        &["169.254.169.254"],
        &["0.0.0.0"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["2002:7f00:1::1"],
        &["fe80::1"],
        &["fd00::1"],
        &["8.8.8.8", "127.0.0.1"],
        &["127.0.0.1", "8.8.8.8"],
        &["8.8.8.8", "1.1.1.1", "2606:4700::1", "::1"],
        // More than would be tried.
        &[
            "1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4", "1.0.0.5", "1.0.0.6", "1.0.0.7", "1.0.0.8",
            "1.0.0.9", "10.0.0.1",
        ],
    ];
    let (outbound, lines, lies) = lied_to(Lies::new(answers));
    for answer in answers {
        let refused = post(&outbound, &internet("https://good.example/")).await;
        assert_eq!(refused, Err(Error::Forbidden), "{answer:?}");
    }
    assert_eq!(lies.dialed(), [""; 0]);
    assert_eq!(lies.asked().len(), answers.len());
    let ended = lines.ended();
    assert_eq!(ended.len(), answers.len());
    for line in &ended {
        assert_eq!(line.outcome, Outcome::Failed(Error::Forbidden));
        assert_eq!((line.sent, line.received), (0, 0));
    }
    assert_eq!(ended[0].address.unwrap().to_string(), "127.0.0.1:443");
    assert_eq!(ended[11].address.unwrap().to_string(), "127.0.0.1:443");
}

#[tokio::test]
async fn ac_45_a_name_that_changes_between_check_and_connection_is_asked_only_once() {
    let (address, server) = answering(FINE).await;
    let lies = Lies::new(&[&["93.184.215.14"], &["127.0.0.1"]]).leading_to(address);
    let (outbound, _, lies) = lied_to(lies);
    let reply = post(&outbound, &internet("http://rebinding.example/")).await.unwrap();
    assert_eq!(reply.status, 204);
    assert_eq!(lies.asked(), ["rebinding.example"]);
    assert_eq!(lies.dialed(), ["93.184.215.14:80"], "exactly the address that was checked");
    assert!(server.await.unwrap().contains("host: rebinding.example\r\n"));
    let again = post(&outbound, &internet("http://rebinding.example/")).await;
    assert_eq!(again, Err(Error::Forbidden), "the next request checks anew");
}

#[tokio::test]
async fn ac_45_link_local_addresses_stay_refused_where_private_ones_are_allowed() {
    let answers: &[&[&str]] =
        &[&["169.254.169.254"], &["fe80::1"], &["10.0.0.1", "169.254.1.1"], &["100.100.100.200"]];
    let (outbound, _, lies) = lied_to(Lies::new(answers));
    for answer in answers {
        let refused = post(&outbound, &local("http://inside.example:8080/")).await;
        assert_eq!(refused, Err(Error::Forbidden), "{answer:?}");
    }
    assert_eq!(lies.dialed(), [""; 0]);
}

#[tokio::test]
async fn an_address_needs_no_name_to_be_asked_for() {
    let (outbound, _, lies) = lied_to(Lies::default());
    let target = internet("http://[::ffff:8.8.8.8]/");
    assert_eq!(post(&outbound, &target).await, Err(Error::Unreachable));
    assert_eq!(lies.asked(), [""; 0]);
    assert_eq!(lies.dialed(), ["8.8.8.8:80"], "IPv4 is connected to as IPv4");
}

#[tokio::test]
async fn addresses_are_tried_in_order_each_once_and_not_without_end() {
    let many: Vec<String> = (1..=20).map(|last| format!("1.0.0.{last}")).collect();
    let mut answer: Vec<&str> = many.iter().map(String::as_str).collect();
    answer.insert(1, "::ffff:1.0.0.1");
    let (outbound, lines, lies) = lied_to(Lies::new(&[&answer]));
    let failed = post(&outbound, &internet("http://good.example/")).await;
    assert_eq!(failed, Err(Error::Unreachable));
    let first: Vec<String> = many.iter().take(8).map(|address| format!("{address}:80")).collect();
    assert_eq!(lies.dialed(), first);
    assert_eq!(lines.only().address.unwrap().to_string(), "1.0.0.8:80");
}

#[tokio::test(start_paused = true)]
async fn an_address_that_never_answers_leaves_the_next_one_its_time() {
    let (address, _) = answering(FINE).await;
    let lies = Lies::new(&[&["1.0.0.1", "1.0.0.2"]]).leading_to(address).with_silent(&["1.0.0.1"]);
    let (outbound, _, lies) = lied_to(lies);
    let reply = post(&outbound, &internet("http://good.example/")).await.unwrap();
    assert_eq!(reply.status, 204);
    assert_eq!(lies.dialed(), ["1.0.0.1:80", "1.0.0.2:80"]);
}

#[tokio::test]
async fn a_name_that_nobody_knows_and_one_without_addresses_are_not_found() {
    let (outbound, lines, _) = lied_to(Lies::new(&[&[]]));
    for _ in ["empty", "unknown"] {
        let failed = post(&outbound, &internet("https://nobody.example/")).await;
        assert_eq!(failed, Err(Error::NameNotFound));
    }
    assert_eq!(lines.ended()[0].address, None);
}
