//! One request and its answer over a connection that is there: HTTP/1.1, then the connection is closed. A redirect is
//! an answer like any other; the body of an answer is read for a moment so that the server can end it, and thrown
//! away. However it ends, the status counts: whoever said 200 has the request, and sending it again would double it.

use std::pin::pin;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request,
    body::Incoming,
    client::conn::http1,
    header::{self, HeaderName, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

use crate::{
    Error, Target,
    limits::{BODY_TIME, REQUEST_BODY, REQUEST_HEADERS, RESPONSE_BODY, RESPONSE_HEAD},
    trust,
};

const USER_AGENT: &str = concat!("Hearth/", env!("CARGO_PKG_VERSION"));

/// Headers that are set here, that speak of the connection, or that make the request another one than was agreed.
const RESERVED: [HeaderName; 12] = [
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::COOKIE,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::USER_AGENT,
];

/// The request as it goes over the wire.
///
/// # Errors
/// [`Error::TooLarge`] for headers or a body over their limits, [`Error::ReservedHeader`].
pub(crate) fn request(
    target: &Target,
    headers: &[(HeaderName, HeaderValue)],
    body: Bytes,
) -> Result<Request<Full<Bytes>>, Error> {
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if body.len() > REQUEST_BODY || size > REQUEST_HEADERS {
        return Err(Error::TooLarge);
    }
    if headers.iter().any(|(name, _)| RESERVED.contains(name)) {
        return Err(Error::ReservedHeader);
    }
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(target.path().as_str())
        .header(header::HOST, target.authority())
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONNECTION, "close")
        .body(Full::new(body))
        .map_err(|_| Error::InvalidAddress)?;
    let given = headers.iter().map(|(name, value)| (name.clone(), value.clone()));
    request.headers_mut().extend(given);
    Ok(request)
}

/// Sends the request and returns the status of its answer, once that is known.
pub(crate) async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<u16, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(RESPONSE_HEAD);
    let handshake = builder.handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(|error| fault(&error))?;
    let mut connection = pin!(connection);
    let mut answer = pin!(async {
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let _ = timeout(BODY_TIME, discard(response.into_body())).await;
        Ok(status)
    });
    // Not a task of its own: a request that is given up leaves nothing behind. An error of the connection comes out
    // at the answer as well.
    tokio::select! {
        biased;
        status = &mut answer => return status.map_err(|error| fault(&error)),
        _ = &mut connection => {}
    }
    answer.await.map_err(|error| fault(&error))
}

/// Reads a body to its end, its limit or its first fault.
async fn discard(mut body: Incoming) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, Bytes::len);
        if read >= RESPONSE_BODY {
            break;
        }
    }
}

fn fault(error: &hyper::Error) -> Error {
    if error.is_parse_too_large() { Error::TooLarge } else { trust::fault(error) }
}
