//! Taking an answer apart, by the parser that llama.cpp makes from a template. What is not here:
//! waiting for whole answers; a beginning of one is parsed as well.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use serde::Deserialize;

use crate::Error;
use crate::ffi::{self, RawParser};

/// An answer, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Parsed {
    /// What it says.
    pub content: String,
    /// What the model thought before.
    pub reasoning: String,
    /// The tools that it calls.
    #[serde(default)]
    pub calls: Vec<ParsedCall>,
}

/// A call of a tool; of a call that is still being written, as much as is certain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ParsedCall {
    /// Its id, where the model gives calls one.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, in JSON.
    pub arguments: String,
}

pub(super) struct Parser(*mut RawParser);

// SAFETY: parsing reads the parser and changes nothing in it.
unsafe impl Send for Parser {}
// SAFETY: as above.
unsafe impl Sync for Parser {}

impl Drop for Parser {
    fn drop(&mut self) {
        // SAFETY: made by `hs_parser_new`, freed once.
        let _ = ffi::call("parser_free", |st| unsafe { ffi::hs_parser_free(st, self.0) });
    }
}

impl std::fmt::Debug for Parser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Parser").finish()
    }
}

impl Parser {
    pub(super) fn new(reply: &str) -> Result<Self, Error> {
        let reply = CString::new(reply).map_err(|_| Error::TemplateInvalid)?;
        let mut raw = ptr::null_mut();
        ffi::call_quietly("parser_new", |st| {
            // SAFETY: the reply ends with a zero and lives during the call.
            unsafe { ffi::hs_parser_new(st, reply.as_ptr(), &raw mut raw) };
        })
        .map_err(invalid)?;
        Ok(Self(raw))
    }

    pub(super) fn parse(&self, text: &str, partial: bool) -> Result<Parsed, Error> {
        let reply = owned("parser_parse", |st, out| {
            let (start, partial) = (text.as_ptr().cast(), i32::from(partial));
            // SAFETY: the text has the length given with it and lives during the call.
            unsafe { ffi::hs_parser_parse(st, self.0, start, text.len(), partial, out) };
        })
        .map_err(|error| match error {
            Error::OutOfMemory => error,
            _ => Error::ParseFailed,
        })?;
        serde_json::from_str(&reply).map_err(|_| Error::ParseFailed)
    }
}

/// Runs a call that gives a text, copies it and gives it back.
pub(super) fn owned(
    name: &'static str,
    f: impl FnOnce(*mut ffi::Status, *mut *mut c_char),
) -> Result<String, Error> {
    let mut text = ptr::null_mut();
    ffi::call_quietly(name, |st| f(st, &raw mut text))?;
    if text.is_null() {
        return Err(Error::Refused { call: name });
    }
    // SAFETY: on success the shim gives a text that ends with a zero and is ours.
    let copy = unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
    // SAFETY: given by the shim above, freed once.
    ffi::call("string_free", |st| unsafe { ffi::hs_string_free(st, text) })?;
    Ok(copy)
}

pub(super) fn invalid(error: Error) -> Error {
    match error {
        Error::OutOfMemory => error,
        _ => Error::TemplateInvalid,
    }
}
