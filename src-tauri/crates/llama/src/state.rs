//! Saving a sequence as bytes and bringing it back. What is not here: where the bytes go, and their
//! encryption; llama.cpp trusts them, so only authenticated bytes may come back.

use crate::{Context, Error, ffi};

impl Context {
    /// The state of a sequence; the bytes fit the same model in a context of this kind alone.
    ///
    /// # Errors
    /// [`Error::SequenceOutOfRange`], [`Error::StateMismatch`], or what the shim reports.
    pub fn state_save(&mut self, seq: i32) -> Result<Vec<u8>, Error> {
        self.known(seq)?;
        let mut size = 0;
        // SAFETY: the sequence is one of the context's; the number lives during the call.
        ffi::call("state_size", |st| unsafe {
            ffi::hs_state_size(st, self.raw(), seq, &raw mut size);
        })?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).map_err(|_| Error::OutOfMemory)?;
        bytes.resize(size, 0u8);
        let mut written = 0;
        ffi::call("state_get", |st| {
            // SAFETY: the buffer has `size` bytes and lives during the call.
            unsafe {
                ffi::hs_state_get(st, self.raw(), seq, bytes.as_mut_ptr(), size, &raw mut written);
            }
        })?;
        if written == 0 || written > size {
            return Err(Error::StateMismatch);
        }
        bytes.truncate(written);
        Ok(bytes)
    }

    /// Brings a state back into an empty sequence.
    ///
    /// # Errors
    /// [`Error::SequenceOutOfRange`], [`Error::StateMismatch`], or what the shim reports.
    pub fn state_restore(&mut self, seq: i32, bytes: &[u8]) -> Result<(), Error> {
        self.known(seq)?;
        let mut read = 0;
        ffi::call("state_set", |st| {
            // SAFETY: the bytes have the length given with them and live during the call.
            unsafe {
                ffi::hs_state_set(st, self.raw(), seq, bytes.as_ptr(), bytes.len(), &raw mut read);
            }
        })?;
        if read == 0 { Err(Error::StateMismatch) } else { Ok(()) }
    }
}
