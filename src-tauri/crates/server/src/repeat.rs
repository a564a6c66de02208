//! A request that is sent again: with the same `Idempotency-Key` a program gets the answer that it
//! missed, and the model is not asked twice (IETF draft "The Idempotency-Key HTTP Header Field").
//!
//! Answers are kept in memory for a while, for each key of the port by itself; they go when the data
//! is locked. A stream is not kept: its parts are with the caller; only a second one beside it is
//! refused.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Extension,
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use futures::StreamExt;
use hearth_api::{ApiError, Caller};
use hearth_domain::{ErrorCode, PortKeyId};
use http_body_util::BodyExt;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{auth::Now, body, port::Shared, reply::Shape};

const HEADER: &str = "idempotency-key";
/// Said with an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Characters of a name.
const NAME: usize = 255;
/// How long an answer is kept: whoever missed it asks again soon.
const LASTS: Duration = Duration::from_secs(10 * 60);
/// Answers that are kept at most, all keys together; the oldest goes first.
const MOST: usize = 256;
/// Bytes of one answer; a larger one is not kept.
const ANSWER_BYTES: usize = 1024 * 1024;
/// Bytes of all answers.
const ALL_BYTES: usize = 16 * 1024 * 1024;

/// Asks the model once for all requests of one name.
pub(crate) async fn once(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    request: Request,
    next: Next,
) -> Response {
    let (Some(name), Some(grant)) = (request.headers().get(HEADER), caller.grant()) else {
        return next.run(request).await;
    };
    let shape = Shape::of(request.uri().path());
    let Some(name) = named(name) else {
        let text = "Idempotency-Key must have 1 to 255 printable characters";
        return shape.error(ApiError::new(ErrorCode::InvalidRequest, text));
    };
    let (path, rights) = (request.uri().path().to_owned(), format!("{:?}", grant.rights()));
    let id = Id { key: grant.key(), rights, path, name };
    let (parts, body) = request.into_parts();
    let bytes = match body::all(body, body::BODY_BYTES).await {
        Ok(bytes) => bytes,
        Err(error) => return shape.error(error),
    };
    match shared.repeats.begin(&id, Sha256::digest(&bytes).into()) {
        Begun::First => {
            let running = Running { repeats: Arc::clone(&shared.repeats), id };
            running.keep(next.run(Request::from_parts(parts, Body::from(bytes))).await).await
        }
        Begun::Again(answer) => answer,
        Begun::Beside => {
            let text = "the first request with this Idempotency-Key is still being answered";
            shape.error(ApiError::new(ErrorCode::GenerationRunning, text))
        }
        Begun::Other => {
            let text = "this Idempotency-Key came with another request before; use a new one";
            shape.error(ApiError::new(ErrorCode::InvalidRequest, text))
        }
    }
}

fn named(name: &HeaderValue) -> Option<String> {
    let name = name.to_str().ok().filter(|name| (1..=NAME).contains(&name.len()))?;
    Some(name.to_owned())
}

/// What names a request: a name of one key never meets that of another, and a key that may do less than
/// before gets nothing of before.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Id {
    /// `None` for the key that the run was started with.
    key: Option<PortKeyId>,
    rights: String,
    path: String,
    name: String,
}

struct Entry {
    /// SHA-256 of the body, so that a name is not used for something else.
    asked: [u8; 32],
    begun: Instant,
    /// `None` while it is being answered.
    answer: Option<Answer>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Zeroizing<Vec<u8>>,
}

impl Answer {
    fn again(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.to_vec()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        response
    }
}

enum Begun {
    /// Nobody asked this yet.
    First,
    /// The answer of before.
    Again(Response),
    /// The first one is still running.
    Beside,
    /// The name was used for something else.
    Other,
}

/// The requests that are running or were answered a while ago.
pub(crate) struct Repeats {
    now: Now,
    entries: Mutex<HashMap<Id, Entry>>,
}

impl Repeats {
    pub(crate) fn new(now: Now) -> Self {
        Self { now, entries: Mutex::default() }
    }

    fn begin(&self, id: &Id, asked: [u8; 32]) -> Begun {
        let now = (self.now)();
        let mut entries = self.lock();
        entries
            .retain(|_, entry| entry.answer.is_none() || now.duration_since(entry.begun) < LASTS);
        match entries.get(id) {
            Some(entry) if entry.asked != asked => Begun::Other,
            Some(Entry { answer: Some(answer), .. }) => Begun::Again(answer.again()),
            Some(_) => Begun::Beside,
            None => {
                entries.insert(id.clone(), Entry { asked, begun: now, answer: None });
                Begun::First
            }
        }
    }

    fn keep(&self, id: &Id, answer: Answer) {
        let mut entries = self.lock();
        if let Some(entry) = entries.get_mut(id) {
            entry.answer = Some(answer);
        }
        while let Some(oldest) = too_much(&entries) {
            entries.remove(&oldest);
        }
    }

    /// What is running no longer and has no answer can be asked again.
    fn leave(&self, id: &Id) {
        let mut entries = self.lock();
        if entries.get(id).is_some_and(|entry| entry.answer.is_none()) {
            entries.remove(id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The oldest answer, where there are more than are kept.
fn too_much(entries: &HashMap<Id, Entry>) -> Option<Id> {
    let kept =
        || entries.iter().filter_map(|(id, entry)| Some((id, entry, entry.answer.as_ref()?)));
    let bytes: usize = kept().map(|(.., answer)| answer.body.len()).sum();
    let over = kept().count() > MOST || bytes > ALL_BYTES;
    over.then(|| kept().min_by_key(|(_, entry, _)| entry.begun).map(|(id, ..)| id.clone()))?
}

/// A request that is being answered; where no answer is kept it was as if it had never come.
struct Running {
    repeats: Arc<Repeats>,
    id: Id,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.repeats.leave(&self.id);
    }
}

impl Running {
    /// Keeps an answer that is whole and good, and stays with one that is a stream until its end.
    async fn keep(self, answer: Response) -> Response {
        let size = answer.body().size_hint().exact();
        let Some(size) = size else {
            return answer.map(|body| {
                let parts = body.into_data_stream().map(move |part| {
                    let _until_the_end = &self;
                    part
                });
                Body::from_stream(parts)
            });
        };
        if !answer.status().is_success() || size > ANSWER_BYTES as u64 {
            return answer;
        }
        let (parts, body) = answer.into_parts();
        let Ok(bytes) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
            // A body that is whole in memory does not fail.
            return Response::from_parts(parts, Body::empty());
        };
        let (status, headers) = (parts.status, parts.headers.clone());
        self.repeats
            .keep(&self.id, Answer { status, headers, body: Zeroizing::new(bytes.to_vec()) });
        Response::from_parts(parts, Body::from(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: usize) -> Id {
        let path = "/v1/embeddings".to_owned();
        Id { key: None, rights: String::new(), path, name: name.to_string() }
    }

    fn answer(bytes: usize) -> Answer {
        let body = Zeroizing::new(vec![b'a'; bytes]);
        Answer { status: StatusCode::OK, headers: HeaderMap::new(), body }
    }

    #[test]
    fn the_oldest_answers_go_when_there_are_too_many_or_they_are_too_large() {
        let start = Instant::now();
        let tick = std::sync::atomic::AtomicU64::new(0);
        let next = move || tick.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let repeats = Repeats::new(Arc::new(move || start + Duration::from_millis(next())));
        for name in 0..MOST + 3 {
            assert!(matches!(repeats.begin(&id(name), [0; 32]), Begun::First));
            repeats.keep(&id(name), answer(10));
        }
        assert_eq!(repeats.lock().len(), MOST);
        assert!(!repeats.lock().contains_key(&id(2)) && repeats.lock().contains_key(&id(3)));
        for name in 1000..1020 {
            repeats.begin(&id(name), [0; 32]);
            repeats.keep(&id(name), answer(ANSWER_BYTES));
        }
        let bytes: usize = repeats
            .lock()
            .values()
            .filter_map(|one| one.answer.as_ref())
            .map(|one| one.body.len())
            .sum();
        assert!(bytes <= ALL_BYTES, "{bytes}");
        assert!(repeats.lock().contains_key(&id(1019)));
    }
}
