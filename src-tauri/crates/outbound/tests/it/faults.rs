//! Servers that break, lie, or never end. Time is a clock that jumps; nothing here depends on how fast anything is.

use hearth_outbound::{
    BODY_TIME, CONNECT_TIME, Error, Outcome, RESPONSE_BODY, RESPONSE_HEAD, WHOLE_TIME,
};
use tokio::{io::AsyncWriteExt, net::TcpListener, time};

use crate::support::{
    Lies, answering, internet, lied_to, local, outbound, post, read_request, server,
};

#[tokio::test]
async fn nobody_at_the_port_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (outbound, lines) = outbound();
    let failed = post(&outbound, &local(&format!("http://{address}/"))).await;
    assert_eq!(failed, Err(Error::Unreachable));
    let line = lines.only();
    assert_eq!((line.address, line.sent, line.received), (Some(address), 0, 0));
}

#[tokio::test]
async fn what_is_no_answer_is_broken() {
    for answer in [
        "",
        "H",
        "HTTP/1.1",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "220 mail.example ESMTP\r\n",
        "<html>hello</html>",
        "\0\0\0\0\0\0\0\0",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let (address, _) = answering(answer).await;
        let (outbound, _) = outbound();
        let failed = post(&outbound, &local(&format!("http://{address}/"))).await;
        assert_eq!(failed, Err(Error::Broken), "{answer:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_cut_or_wrong_changes_nothing_of_what_was_answered() {
    for (answer, status) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nten", 200),
        ("HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", 201),
        ("HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 500),
    ] {
        let (address, _) = answering(answer).await;
        let (outbound, lines) = outbound();
        let reply = post(&outbound, &local(&format!("http://{address}/"))).await;
        assert_eq!(reply.map(|reply| reply.status), Ok(status), "{answer:?}");
        assert_eq!(lines.outcomes(), [Outcome::Answered(status)]);
    }
}

#[tokio::test]
async fn a_body_that_drips_is_waited_for_only_a_moment() {
    let (address, server) = server(async |mut stream| {
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        time::pause();
        while stream.write_all(b"x").await.is_ok() {
            time::sleep(time::Duration::from_millis(100)).await;
        }
    })
    .await;
    let (outbound, lines) = outbound();
    let reply = post(&outbound, &local(&format!("http://{address}/"))).await.unwrap();
    let took = lines.only().took;
    assert!(reply.status == 200 && took >= BODY_TIME && took < WHOLE_TIME, "{took:?}");
    server.await.expect("its connection was closed");
}

#[tokio::test]
async fn a_server_that_hangs_up_at_once_is_broken() {
    let (address, _) = server(async |stream| drop(stream)).await;
    let (outbound, _) = outbound();
    let failed = post(&outbound, &local(&format!("http://{address}/"))).await;
    assert_eq!(failed, Err(Error::Broken));
}

#[tokio::test]
async fn a_head_without_end_is_too_large() {
    let one = format!("HTTP/1.1 200 OK\r\nx-long: {}", "x".repeat(2 * RESPONSE_HEAD));
    let many = format!("HTTP/1.1 200 OK\r\n{}", "x-one: 1\r\n".repeat(RESPONSE_HEAD / 8));
    for answer in [one, many] {
        let (address, _) = answering(answer).await;
        let (outbound, lines) = outbound();
        let failed = post(&outbound, &local(&format!("http://{address}/"))).await;
        assert_eq!(failed, Err(Error::TooLarge));
        assert!(lines.only().received <= 2 * RESPONSE_HEAD as u64);
    }
}

#[tokio::test]
async fn interim_answers_without_end_are_too_large() {
    let (address, _) = server(async |mut stream| {
        read_request(&mut stream).await;
        while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_ok() {}
    })
    .await;
    let (outbound, lines) = outbound();
    let failed = post(&outbound, &local(&format!("http://{address}/"))).await;
    assert_eq!(failed, Err(Error::TooLarge));
    assert!(lines.only().received < 4 * (RESPONSE_HEAD + RESPONSE_BODY) as u64);
}

#[tokio::test]
async fn of_a_body_without_end_the_beginning_is_read_and_the_status_counts() {
    let (address, server) = server(async |mut stream| {
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    })
    .await;
    let (outbound, lines) = outbound();
    let reply = post(&outbound, &local(&format!("http://{address}/"))).await.unwrap();
    assert_eq!(reply.status, 200);
    let received = lines.only().received;
    assert!(received >= RESPONSE_BODY as u64, "{received}");
    assert!(received < 2 * (RESPONSE_HEAD + RESPONSE_BODY) as u64, "{received}");
    server.await.expect("its connection was closed");
}

#[tokio::test]
async fn a_server_that_never_answers_ends_with_the_time() {
    let (address, _) = server(async |mut stream| {
        read_request(&mut stream).await;
        time::pause();
        std::future::pending::<()>().await;
    })
    .await;
    let (outbound, lines) = outbound();
    let failed = post(&outbound, &local(&format!("http://{address}/"))).await;
    assert_eq!(failed, Err(Error::TimedOut));
    let line = lines.only();
    assert!(line.sent > 0 && line.received == 0 && line.took >= WHOLE_TIME, "{line:?}");
}

#[tokio::test]
async fn a_head_that_drips_ends_with_the_time_however_much_of_it_came() {
    let (address, server) = server(async |mut stream| {
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nx-drip: ").await.unwrap();
        time::pause();
        while stream.write_all(b"x").await.is_ok() {
            time::sleep(time::Duration::from_secs(1)).await;
        }
    })
    .await;
    let (outbound, lines) = outbound();
    let failed = post(&outbound, &local(&format!("http://{address}/"))).await;
    assert_eq!(failed, Err(Error::TimedOut));
    assert!(lines.only().sent > 0);
    server.await.expect("its connection was closed");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_never_comes_about_ends_before_the_whole_time() {
    let lies = Lies::new(&[&["1.0.0.1", "1.0.0.2"]]).with_silent(&["1.0.0.1", "1.0.0.2"]);
    let (outbound, lines, lies) = lied_to(lies);
    let failed = post(&outbound, &internet("http://good.example/")).await;
    assert_eq!(failed, Err(Error::TimedOut));
    assert_eq!(lies.dialed(), ["1.0.0.1:80", "1.0.0.2:80"]);
    let took = lines.only().took;
    assert!(took >= CONNECT_TIME && took < WHOLE_TIME, "{took:?}");
}
