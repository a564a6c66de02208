//! Where the key of the database may be kept: the system's keyring, a key file in the data folder,
//! a file that an environment variable names. Which of them is asked, and when a key is made, is
//! decided by [`hearth_store::Vault`]; here is only the talking.

mod environment;
mod key_file;
mod keyring;

#[cfg(test)]
mod session;

pub(crate) use environment::EnvironmentFile;
pub(crate) use key_file::KeyFile;
pub(crate) use keyring::Keyring;
