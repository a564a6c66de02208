//! What proves to the other side who sends: Standard Webhooks 1.0, HMAC-SHA256 with a secret of both.
//! A time is signed with it, so that a message that somebody kept cannot be sent again later.

use data_encoding::BASE64;
use hearth_domain::{DeliveryId, Secret, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How the secret is shown: libraries know it by this.
pub(super) fn shown(secret: &Secret<Vec<u8>>) -> String {
    format!("whsec_{}", BASE64.encode(secret.expose()))
}

/// The value of `webhook-timestamp`: seconds since 1970.
pub(super) fn seconds(at: Timestamp) -> String {
    at.0.div_euclid(1000).to_string()
}

/// The value of `webhook-signature`.
pub(super) fn signature(
    secret: &Secret<Vec<u8>>,
    id: DeliveryId,
    at: Timestamp,
    body: &str,
) -> String {
    let key = secret.expose();
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(format!("{id}.{}.", seconds(at)).as_bytes());
    mac.update(body.as_bytes());
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `printf '%s' ID.TIME.BODY | openssl dgst -sha256 -hmac KEY -binary | base64`.
    #[test]
    fn a_signature_is_what_openssl_makes_of_the_same() {
        let secret = Secret::new(b"0123456789abcdef0123456789abcdef".to_vec());
        let id: DeliveryId = "01900000-0000-7000-8000-0000000000f2".parse().unwrap();
        let signed = signature(&secret, id, Timestamp(1_700_000_000_999), "{\"a\":1}");
        assert_eq!(signed, "v1,febB1/dm1TrzDpAsAMDE5AeqjU3aj8a5f7fpdaX86Xw=");
        assert_eq!(shown(&secret), "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    }
}
