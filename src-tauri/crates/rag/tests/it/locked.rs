//! Office files behind a password: asked for, opened with the right one, and told apart from files that
//! no password opens.

use std::io::{Cursor, Write as _};

use aes::{
    Aes128, Aes256,
    cipher::{BlockCipherEncrypt, BlockSizeUser, KeyInit, block_padding::NoPadding},
};
use cbc::{
    Encryptor,
    cipher::{BlockModeEncrypt, KeyIvInit},
};
use data_encoding::BASE64;
use hearth_rag::extract::Refusal;
use hearth_rag::worker::Source;
use hmac::{EagerHash, Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha512};

use crate::fixtures::{read, worker};
use hearth_testkit::documents::{archive, docx};

const PASSWORD: &str = "Flut & Ebbe – 潮";
const SALT: [u8; 16] = *b"sixteen of salt!";

/// A compound file of these streams.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let bytes = Cursor::new(Vec::new());
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, bytes).unwrap();
    for (name, bytes) in streams {
        if let Some((storage, _)) = name.rsplit_once('/') {
            file.create_storage_all(storage).unwrap();
        }
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn filled(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}

fn digest<D: Digest>(first: &[u8], second: &[u8]) -> Vec<u8> {
    D::new().chain_update(first).chain_update(second).finalize().to_vec()
}

fn stretched<D: Digest>(password: &str, rounds: u32) -> Vec<u8> {
    let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    (0..rounds)
        .fold(digest::<D>(&SALT, &password), |hash, round| digest::<D>(&round.to_le_bytes(), &hash))
}

/// Encrypts in a chain, after zeros up to a whole block.
fn chain<C>(key: &[u8], vector: &[u8], bytes: &[u8]) -> Vec<u8>
where
    Encryptor<C>: BlockModeEncrypt + KeyIvInit,
    C: BlockCipherEncrypt,
{
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(16), 0);
    let length = padded.len();
    let chain = Encryptor::<C>::new_from_slices(key, vector).unwrap();
    chain.encrypt_padded::<NoPadding>(&mut padded, length).unwrap();
    padded
}

/// A package in agile encryption (MS-OFFCRYPTO 2.3.4.10), written from the description of the format.
fn agile<D, C>(package: &[u8], password: &str, hash: &str, key: usize, rounds: u32) -> Vec<u8>
where
    D: Digest + EagerHash,
    Hmac<D>: Mac + KeyInit,
    Encryptor<C>: BlockModeEncrypt + KeyIvInit,
    C: BlockCipherEncrypt,
{
    let secret: Vec<u8> = (0..key as u8).map(|byte| byte.wrapping_mul(7) ^ 0x5a).collect();
    let vector = |purpose: &[u8]| filled(digest::<D>(&SALT, purpose), 16);
    let mut sealed = (package.len() as u64).to_le_bytes().to_vec();
    for (number, segment) in package.chunks(4096).enumerate() {
        sealed.extend(chain::<C>(&secret, &vector(&(number as u32).to_le_bytes()), segment));
    }
    let code_key = digest::<D>(b"a key", b"of the code");
    let code = <Hmac<D> as KeyInit>::new_from_slice(&code_key).unwrap().chain_update(&sealed);
    let code = code.finalize().into_bytes();
    let base = |bytes: &[u8]| BASE64.encode(bytes);
    let code_key =
        base(&chain::<C>(&secret, &vector(b"\x5f\xb2\xad\x01\x0c\xb9\xe1\xf6"), &code_key));
    let code = base(&chain::<C>(&secret, &vector(b"\xa0\x67\x7f\x02\xb2\x2c\x84\x33"), &code));
    let stretched = stretched::<D>(password, rounds);
    let under = |purpose: &[u8], bytes: &[u8]| {
        base(&chain::<C>(&filled(digest::<D>(&stretched, purpose), key), &SALT, bytes))
    };
    let verifier = b"verifier of 16 b";
    let input = under(b"\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79", verifier);
    let value = under(b"\xd7\xaa\x0f\x6d\x30\x61\x34\x4e", &digest::<D>(verifier, &[]));
    let key_value = under(b"\x14\x6e\x0b\xe7\xab\xac\xd0\xd6", &secret);
    let cipher = format!(
        "saltSize=\"16\" blockSize=\"16\" keyBits=\"{}\" hashSize=\"{}\" cipherAlgorithm=\"AES\" \
         cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"{hash}\" saltValue=\"{}\"",
        key * 8,
        <D as Digest>::output_size(),
        base(&SALT)
    );
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<encryption \
         xmlns=\"http://schemas.microsoft.com/office/2006/encryption\" \
         xmlns:p=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\"><keyData {cipher}/>\
         <dataIntegrity encryptedHmacKey=\"{code_key}\" encryptedHmacValue=\"{code}\"/><keyEncryptors>\
         <keyEncryptor uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">\
         <p:encryptedKey spinCount=\"{rounds}\" {cipher} encryptedVerifierHashInput=\"{input}\" \
         encryptedVerifierHashValue=\"{value}\" encryptedKeyValue=\"{key_value}\"/></keyEncryptor>\
         </keyEncryptors></encryption>"
    );
    let info = [&[4, 0, 4, 0, 0x40, 0, 0, 0][..], xml.as_bytes()].concat();
    compound(&[("EncryptionInfo", &info), ("EncryptedPackage", &sealed)])
}

/// A package as Office writes it since 2013.
pub(crate) fn locked(package: &[u8], password: &str, rounds: u32) -> Vec<u8> {
    agile::<Sha512, Aes256>(package, password, "SHA512", 32, rounds)
}

/// A package in standard encryption (MS-OFFCRYPTO 2.3.4.5), as Office 2007 wrote it.
fn standard(package: &[u8], password: &str) -> Vec<u8> {
    let last = digest::<Sha1>(&stretched::<Sha1>(password, 50_000), &[0; 4]);
    let block: Vec<u8> = (0..64).map(|at| 0x36 ^ last.get(at).copied().unwrap_or(0)).collect();
    let key = &digest::<Sha1>(&block, &[])[..16];
    let seal = |bytes: &[u8]| {
        let cipher = <Aes128 as KeyInit>::new_from_slice(key).unwrap();
        let mut sealed = bytes.to_vec();
        sealed.resize(bytes.len().next_multiple_of(Aes128::block_size()), 0);
        sealed.chunks_exact_mut(16).for_each(|it| cipher.encrypt_block(it.try_into().unwrap()));
        sealed
    };
    let verifier = b"verifier of 16 b";
    let mut header = Vec::new();
    for field in [0x24_u32, 0, 0x660e, 0x8004, 128, 24, 0, 0] {
        header.extend(field.to_le_bytes());
    }
    header.extend("AES\0".encode_utf16().flat_map(u16::to_le_bytes));
    let mut info = vec![3, 0, 2, 0, 0x24, 0, 0, 0];
    info.extend((header.len() as u32).to_le_bytes());
    info.extend(header);
    info.extend(16_u32.to_le_bytes());
    info.extend(SALT);
    info.extend(seal(verifier));
    info.extend(20_u32.to_le_bytes());
    info.extend(seal(&digest::<Sha1>(verifier, &[])));
    let sealed = [&(package.len() as u64).to_le_bytes()[..], &seal(package)].concat();
    compound(&[("EncryptionInfo", &info), ("EncryptedPackage", &sealed)])
}

/// A Word document of several segments.
fn letter() -> Vec<u8> {
    let noise: Vec<u8> = (0..9_000_u32).map(|it| (it.wrapping_mul(it) >> 7) as u8).collect();
    let body = "<w:p><w:r><w:t>The vault opens at nine.</w:t></w:r></w:p>";
    docx(body, &[("word/media/a.bin", &noise)])
}

fn with(bytes: &[u8], name: &str, password: Option<&str>) -> Result<String, Refusal> {
    let source = Source::bytes(bytes.to_vec(), name).with_password(password.map(str::to_owned));
    worker().read(source).map(|document| document.text)
}

#[test]
fn a_locked_office_file_asks_for_its_password_and_opens_with_it() {
    let files = [
        locked(&letter(), PASSWORD, 100_000),
        agile::<Sha1, Aes128>(&letter(), PASSWORD, "SHA1", 16, 50_000),
        standard(&letter(), PASSWORD),
    ];
    for (number, file) in files.iter().enumerate() {
        assert_eq!(with(file, "a.docx", None), Err(Refusal::PasswordNeeded), "{number}");
        assert_eq!(with(file, "a.docx", Some("flood")), Err(Refusal::PasswordWrong), "{number}");
        let text = with(file, "a.docx", Some(PASSWORD));
        assert_eq!(text.as_deref(), Ok("The vault opens at nine."), "{number}");
    }
}

#[test]
fn what_another_program_locked_opens() {
    let file = include_bytes!("locked.docx");
    assert_eq!(with(file, "a.docx", None), Err(Refusal::PasswordNeeded));
    assert_eq!(with(file, "a.docx", Some("tide")).as_deref(), Ok("The vault opens at nine."));
}

#[test]
fn a_file_that_is_locked_against_changes_only_opens_without_a_password() {
    let file = locked(&letter(), "VelvetSweatshop", 1_000);
    assert_eq!(with(&file, "a.docx", None).as_deref(), Ok("The vault opens at nine."));
}

#[test]
fn a_locked_file_that_was_changed_or_contradicts_itself_is_broken() {
    let file = locked(&letter(), PASSWORD, 1_000);
    let at = |wanted: &[u8]| file.windows(wanted.len()).position(|it| it == wanted).unwrap();
    let replaced = |wanted: &[u8], by: &[u8]| {
        let mut file = file.clone();
        file[at(wanted)..][..by.len()].copy_from_slice(by);
        file
    };
    let length = (letter().len() as u64).to_le_bytes();
    let mut changed = file.clone();
    changed[at(&length) + 700] ^= 1;
    let within = locked(&locked(&letter(), PASSWORD, 1_000), PASSWORD, 1_000);
    let spoilt = [
        changed,
        replaced(&length, &[0xff; 8]),
        replaced(b"spinCount=\"1000\" saltSize=\"16\"", b"spinCount=\"4000000000\" saltS=\"\""),
        replaced(b"keyBits=\"256\"", b"keyBits=\"999\""),
        replaced(b"encryptedKeyValue", b"encryptedNothing!"),
        within,
    ];
    for (number, file) in spoilt.iter().enumerate() {
        assert_eq!(with(file, "a.docx", Some(PASSWORD)), Err(Refusal::Broken), "{number}");
    }
    let cut = &file[..file.len() / 2];
    assert_eq!(with(cut, "a.docx", Some(PASSWORD)), Err(Refusal::Broken));
}

#[test]
fn nobody_is_asked_for_a_password_that_would_not_help() {
    let xml = |encryptors: &str| {
        let xml = format!("<encryption><keyData/>{encryptors}</encryption>");
        [&[4, 0, 4, 0, 0x40, 0, 0, 0][..], xml.as_bytes()].concat()
    };
    let package = [0; 4096];
    let sealed =
        |info: &[u8]| compound(&[("EncryptionInfo", info), ("EncryptedPackage", &package)]);
    let mut rc4 = vec![2, 0, 2, 0, 4, 0, 0, 0, 32, 0, 0, 0];
    rc4.extend([4, 0, 0, 0, 0, 0, 0, 0, 1, 0x68, 0, 0]);
    rc4.resize(200, 0);
    // A book of the old format whose second record says that it is encrypted.
    let book = b"\x09\x08\x10\0\0\x06\x05\0\xbb\x0d\xcc\x07\0\0\0\0\x06\0\0\0\x2f\0\x06\0\x01\0\x01\0\x01\0\x0a\0\0\0";
    let mut book = book.to_vec();
    book.resize(5000, 0);
    for (file, name) in [
        (sealed(&xml("<keyEncryptors/>")), "certificate.docx"),
        (sealed(&rc4), "rc4.docx"),
        (sealed(&[4, 0, 3, 0, 0, 0, 0, 0]), "other.docx"),
        (
            compound(&[("EncryptedPackage", &package), ("\u{6}DataSpaces/Map", b"x")]),
            "account.docx",
        ),
        (compound(&[("Workbook", &book)]), "old.xls"),
    ] {
        for password in [None, Some(PASSWORD)] {
            assert_eq!(with(&file, name, password), Err(Refusal::Unsupported), "{name}");
        }
    }
}

#[test]
fn a_locked_file_of_another_office_asks_once_and_then_says_that_it_cannot_be_read() {
    let manifest =
        b"<manifest:manifest xmlns:manifest=\"m\"><manifest:file-entry><manifest:encryption-data/>\
        </manifest:file-entry></manifest:manifest>";
    for (name, kind) in [("a.odt", "text"), ("a.ods", "spreadsheet")] {
        let mimetype = format!("application/vnd.oasis.opendocument.{kind}");
        let file = archive(&[
            ("mimetype", mimetype.as_bytes()),
            ("META-INF/manifest.xml", manifest),
            ("content.xml", b"\x17\x03"),
        ]);
        assert_eq!(with(&file, name, None), Err(Refusal::PasswordNeeded), "{name}");
        assert_eq!(with(&file, name, Some(PASSWORD)), Err(Refusal::Unsupported), "{name}");
    }
}

#[test]
fn old_office_files_are_told_as_such_whatever_stands_in_them() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut text = wide("On EncryptedPackage, EncryptionInfo and the Workbook");
    text.resize(5000, 0);
    for (name, stream) in
        [("a.doc", "WordDocument"), ("a.ppt", "PowerPoint Document"), ("a.msg", "__properties")]
    {
        let file = compound(&[(stream, &text), ("ObjectPool/_1/Workbook", b"a table")]);
        assert_eq!(read(file, name), Err(Refusal::Unsupported), "{name}");
    }
}
