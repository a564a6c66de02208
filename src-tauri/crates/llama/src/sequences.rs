//! The sequences of a context: forgetting, sharing, and how far each has come. What is not here: which
//! request has which sequence.

use crate::{Context, Error, ffi};

impl Context {
    /// Forgets the positions `p0..p1` of a sequence; `p1` below 0 means to its end. `false` where the
    /// model cannot forget a part.
    ///
    /// # Errors
    /// [`Error::SequenceOutOfRange`], or what the shim reports.
    pub fn seq_remove(&mut self, seq: i32, p0: i32, p1: i32) -> Result<bool, Error> {
        self.known(seq)?;
        let mut removed = 0;
        ffi::call("seq_remove", |st| {
            // SAFETY: the sequence is one of the context's; the number lives during the call.
            unsafe { ffi::hs_seq_remove(st, self.raw(), seq, p0, p1, &raw mut removed) };
        })?;
        Ok(removed != 0)
    }

    /// Lets `to` share the positions `p0..p1` of `from`; below 0 means from the start or to the end.
    ///
    /// # Errors
    /// [`Error::SequenceOutOfRange`], or what the shim reports.
    pub fn seq_copy(&mut self, from: i32, to: i32, p0: i32, p1: i32) -> Result<(), Error> {
        self.known(from)?;
        self.known(to)?;
        // SAFETY: both sequences are the context's.
        ffi::call("seq_copy", |st| unsafe { ffi::hs_seq_copy(st, self.raw(), from, to, p0, p1) })
    }

    /// Forgets every other sequence.
    ///
    /// # Errors
    /// [`Error::SequenceOutOfRange`], or what the shim reports.
    pub fn seq_keep(&mut self, seq: i32) -> Result<(), Error> {
        self.known(seq)?;
        // SAFETY: the sequence is one of the context's.
        ffi::call("seq_keep", |st| unsafe { ffi::hs_seq_keep(st, self.raw(), seq) })
    }

    /// The first position that a sequence still holds; `None` where it is empty. A layer with a
    /// sliding window forgets what it has passed.
    ///
    /// # Errors
    /// [`Error::SequenceOutOfRange`], or what the shim reports.
    pub fn seq_pos_min(&self, seq: i32) -> Result<Option<i32>, Error> {
        self.known(seq)?;
        let mut first = -1;
        ffi::call("seq_pos_min", |st| {
            // SAFETY: the sequence is one of the context's; the number lives during the call.
            unsafe { ffi::hs_seq_pos_min(st, self.raw(), seq, &raw mut first) };
        })?;
        Ok(Some(first).filter(|first| *first >= 0))
    }

    /// The last position of a sequence; `None` where it is empty.
    ///
    /// # Errors
    /// [`Error::SequenceOutOfRange`], or what the shim reports.
    pub fn seq_pos_max(&self, seq: i32) -> Result<Option<i32>, Error> {
        self.known(seq)?;
        let mut last = -1;
        ffi::call("seq_pos_max", |st| {
            // SAFETY: the sequence is one of the context's; the number lives during the call.
            unsafe { ffi::hs_seq_pos_max(st, self.raw(), seq, &raw mut last) };
        })?;
        Ok(Some(last).filter(|last| *last >= 0))
    }

    pub(crate) fn known(&self, seq: i32) -> Result<(), Error> {
        match u32::try_from(seq) {
            Ok(seq) if seq < self.n_seq_max() => Ok(()),
            _ => Err(Error::SequenceOutOfRange),
        }
    }
}
