//! Collections of documents: what is in them, putting in, finding.

use std::path::PathBuf;

use hearth_app::{FileQuestion, PageQuestion, TagChange, check_collection};
use hearth_domain::{
    Collection, CollectionId, CollectionStorage, DocumentView, FileId, FilePage, IngestStarted,
    LibraryMatches, PagePicture, PassagePage, PassageRequest, Secret, SourceId, Tag,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Names a collection.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct CollectionRef {
    /// Which.
    pub id: CollectionId,
}

/// Names a collection by what people call it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct CollectionNameReq {
    /// Its name, 1 to 80 characters.
    pub name: String,
}

/// Gives a collection another name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct CollectionRenameReq {
    /// Which.
    pub id: CollectionId,
    /// Its name from now on, 1 to 80 characters.
    pub name: String,
}

/// Lets the queue of a collection rest, or go on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct CollectionPauseReq {
    /// Which.
    pub id: CollectionId,
    /// Whether it rests.
    pub paused: bool,
}

/// Puts files and folders of this computer into a collection; they stay where they are.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LibraryAddReq {
    /// Where they belong.
    pub collection: CollectionId,
    /// Their absolute paths.
    pub paths: Vec<PathBuf>,
}

/// Lets the person choose what goes into a collection.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LibraryPickReq {
    /// Where it belongs.
    pub collection: CollectionId,
    /// A folder instead of files.
    pub folder: bool,
}

/// Names what was put into a collection.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SourceRef {
    /// Which.
    pub id: SourceId,
}

/// Names a file of a collection.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FileRef {
    /// Which.
    pub id: FileId,
}

/// Asks again for a file.
#[derive(Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FileRetryReq {
    /// Which.
    pub id: FileId,
    /// What opens it, where it needs that.
    #[serde(default)]
    #[ts(optional)]
    pub password: Option<String>,
}

/// Asks for tags.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TagListReq {
    /// Of which collection's documents; of all of them unless given.
    #[serde(default)]
    #[ts(optional)]
    pub collection: Option<CollectionId>,
}

/// Asks for what can be named in a question.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LibraryFindReq {
    /// What its name has in it; empty for the documents that came last.
    pub text: String,
}

pub(crate) async fn collection_list(cx: &Cx, _: Empty) -> Result<Vec<Collection>> {
    Ok(cx.app.allowed_collections(cx.grant()).await?)
}

pub(crate) async fn collection_find(cx: &Cx, request: CollectionNameReq) -> Result<Collection> {
    let found = cx.app.collection_find(request.name).await?;
    check_collection(cx.grant(), found.id)?;
    Ok(found)
}

pub(crate) async fn collection_storage(
    cx: &Cx,
    request: CollectionRef,
) -> Result<CollectionStorage> {
    Ok(cx.app.collection_storage(request.id).await?)
}

pub(crate) async fn collection_open(cx: &Cx, request: CollectionNameReq) -> Result<Collection> {
    Ok(cx.app.collection_open(request.name).await?)
}

pub(crate) async fn collection_create(cx: &Cx, request: CollectionNameReq) -> Result<Collection> {
    Ok(cx.app.collection_create(request.name).await?)
}

pub(crate) async fn collection_rename(cx: &Cx, request: CollectionRenameReq) -> Result<Collection> {
    Ok(cx.app.collection_rename(request.id, request.name).await?)
}

pub(crate) async fn collection_pause(cx: &Cx, request: CollectionPauseReq) -> Result<Collection> {
    Ok(cx.app.collection_pause(request.id, request.paused).await?)
}

pub(crate) async fn collection_retry(cx: &Cx, request: CollectionRef) -> Result<Empty> {
    cx.app.collection_retry(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn collection_delete(cx: &Cx, request: CollectionRef) -> Result<Empty> {
    cx.app.collection_delete(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn library_add(cx: &Cx, request: LibraryAddReq) -> Result<IngestStarted> {
    Ok(cx.app.library_add(request.collection, request.paths).await?)
}

pub(crate) async fn library_pick(
    cx: &Cx,
    request: LibraryPickReq,
) -> Result<Option<IngestStarted>> {
    match cx.host.pick_documents(request.folder).await? {
        paths if paths.is_empty() => Ok(None),
        paths => Ok(Some(cx.app.library_add(request.collection, paths).await?)),
    }
}

pub(crate) async fn source_remove(cx: &Cx, request: SourceRef) -> Result<Empty> {
    cx.app.source_remove(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn file_list(cx: &Cx, question: FileQuestion) -> Result<FilePage> {
    check_collection(cx.grant(), question.collection)?;
    Ok(cx.app.file_list(question).await?)
}

pub(crate) async fn file_retry(cx: &Cx, request: FileRetryReq) -> Result<Empty> {
    cx.app.file_retry(request.id, request.password.map(Secret::new)).await?;
    Ok(Empty {})
}

pub(crate) async fn file_tag(cx: &Cx, change: TagChange) -> Result<Empty> {
    cx.app.file_tag(change).await?;
    Ok(Empty {})
}

pub(crate) async fn tag_list(cx: &Cx, request: TagListReq) -> Result<Vec<Tag>> {
    Ok(cx.app.tag_list(request.collection).await?)
}

pub(crate) async fn library_find(cx: &Cx, request: LibraryFindReq) -> Result<LibraryMatches> {
    Ok(cx.app.library_find(request.text).await?)
}

pub(crate) async fn document_get(cx: &Cx, request: FileRef) -> Result<DocumentView> {
    cx.app.check_file(cx.grant(), request.id).await?;
    Ok(cx.app.document_get(request.id).await?)
}

pub(crate) async fn document_page(cx: &Cx, question: PageQuestion) -> Result<PagePicture> {
    Ok(cx.app.document_page(question).await?)
}

pub(crate) async fn passage_search(cx: &Cx, request: PassageRequest) -> Result<PassagePage> {
    let request = cx.app.allowed_search(cx.grant(), request).await?;
    Ok(cx.app.passage_search(request).await?)
}
