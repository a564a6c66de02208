//! Folders of the list.

use hearth_domain::{Folder, FolderId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Makes a folder.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FolderCreateReq {
    /// 1 to 80 characters.
    pub name: String,
}

/// Gives a folder another name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FolderRenameReq {
    /// Which.
    pub id: FolderId,
    /// 1 to 80 characters.
    pub name: String,
}

/// Names a folder.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FolderRef {
    /// Which.
    pub id: FolderId,
}

pub(crate) async fn folder_list(cx: &Cx, _: Empty) -> Result<Vec<Folder>> {
    Ok(cx.app.allowed_folders(cx.grant()).await?)
}

pub(crate) async fn folder_create(cx: &Cx, request: FolderCreateReq) -> Result<Folder> {
    Ok(cx.app.folder_create(request.name).await?)
}

pub(crate) async fn folder_rename(cx: &Cx, request: FolderRenameReq) -> Result<Folder> {
    Ok(cx.app.folder_rename(request.id, request.name).await?)
}

pub(crate) async fn folder_delete(cx: &Cx, request: FolderRef) -> Result<Empty> {
    cx.app.folder_delete(request.id).await?;
    Ok(Empty {})
}
