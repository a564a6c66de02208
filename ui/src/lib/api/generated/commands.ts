// Made from the command table by `./build.sh types`.
export const COMMANDS = [
  {
    "name": "activity",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": []
  },
  {
    "name": "activity_export",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": []
  },
  {
    "name": "costs",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "models"
    ],
    "tags": []
  },
  {
    "name": "app_status",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "status",
      "settings",
      "models"
    ]
  },
  {
    "name": "doctor",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "admin"
    ],
    "tags": [
      "status"
    ]
  },
  {
    "name": "verify",
    "kind": "query",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": []
  },
  {
    "name": "settings_get",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "admin"
    ],
    "tags": [
      "settings"
    ]
  },
  {
    "name": "settings_update",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "settings",
      "models"
    ]
  },
  {
    "name": "conversation_list",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations"
    ]
  },
  {
    "name": "conversation_get",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "messages"
    ]
  },
  {
    "name": "conversation_rename",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "conversation_pin",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations"
    ]
  },
  {
    "name": "conversation_prefetch",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": []
  },
  {
    "name": "conversation_delete",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations"
    ]
  },
  {
    "name": "conversation_restore",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "conversation_select",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "messages"
    ]
  },
  {
    "name": "conversation_configure",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "conversation_batch",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "search",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations"
    ]
  },
  {
    "name": "folder_list",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "folders"
    ]
  },
  {
    "name": "folder_create",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "folders"
    ]
  },
  {
    "name": "folder_rename",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "folders"
    ]
  },
  {
    "name": "folder_delete",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "folders",
      "conversations"
    ]
  },
  {
    "name": "message_edit",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "messages"
    ]
  },
  {
    "name": "message_delete",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "message_restore",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "message_branch",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "conversations"
    ]
  },
  {
    "name": "guard_decide",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "messages"
    ]
  },
  {
    "name": "message_as_read",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "messages"
    ]
  },
  {
    "name": "audit_list",
    "kind": "query",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "audit"
    ]
  },
  {
    "name": "audit_export",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": []
  },
  {
    "name": "chat_send",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations",
      "chat"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "chat_regenerate",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations",
      "chat"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "chat_continue",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations",
      "chat"
    ],
    "tags": [
      "conversations",
      "messages"
    ]
  },
  {
    "name": "generation_list",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": [
      "messages"
    ]
  },
  {
    "name": "generation_cancel",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "conversations"
    ],
    "tags": []
  },
  {
    "name": "context_measure",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "messages",
      "status"
    ]
  },
  {
    "name": "draft_get",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "drafts"
    ]
  },
  {
    "name": "draft_save",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "drafts"
    ]
  },
  {
    "name": "attachment_add",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": []
  },
  {
    "name": "attachment_read",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": []
  },
  {
    "name": "attachment_get",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": []
  },
  {
    "name": "input_history",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "messages"
    ]
  },
  {
    "name": "prompt_list",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "prompts"
    ]
  },
  {
    "name": "prompt_create",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "prompts"
    ]
  },
  {
    "name": "prompt_update",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "prompts"
    ]
  },
  {
    "name": "prompt_delete",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "prompts"
    ]
  },
  {
    "name": "collection_list",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "documents"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "collection_find",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "documents"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "collection_storage",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "collection_open",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "collection_create",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "collection_rename",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "collection_pause",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "collection_retry",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "collection_delete",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library",
      "messages"
    ]
  },
  {
    "name": "library_add",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "library_pick",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": [
      "library"
    ]
  },
  {
    "name": "source_remove",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library",
      "messages"
    ]
  },
  {
    "name": "file_list",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "documents"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "file_retry",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "file_tag",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "tag_list",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "library"
    ]
  },
  {
    "name": "library_find",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "library"
    ]
  },
  {
    "name": "document_get",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "documents"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "document_page",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "library"
    ]
  },
  {
    "name": "passage_search",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "documents"
    ],
    "tags": [
      "library"
    ]
  },
  {
    "name": "persona_list",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "personas"
    ]
  },
  {
    "name": "persona_create",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "personas"
    ]
  },
  {
    "name": "persona_update",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "personas"
    ]
  },
  {
    "name": "persona_delete",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "personas",
      "conversations",
      "messages"
    ]
  },
  {
    "name": "model_list",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "models"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_add",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_pick",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_consent",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_load",
    "kind": "action",
    "audience": "person",
    "scopes": [
      "models"
    ],
    "tags": [
      "status",
      "models"
    ]
  },
  {
    "name": "model_unload",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "models"
    ],
    "tags": [
      "status"
    ]
  },
  {
    "name": "model_remove",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models",
      "settings"
    ]
  },
  {
    "name": "model_verify",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_estimate",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "models"
    ],
    "tags": [
      "models",
      "status"
    ]
  },
  {
    "name": "model_template",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_configure",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_try",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_found",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_take",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_speeds",
    "kind": "query",
    "audience": "person",
    "scopes": [
      "models"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_bench",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models"
    ]
  },
  {
    "name": "model_set_default",
    "kind": "action",
    "audience": "owner",
    "scopes": [
      "admin"
    ],
    "tags": [
      "models",
      "settings"
    ]
  },
  {
    "name": "recovery_code_show",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "status"
    ]
  },
  {
    "name": "recovery_code_acknowledge",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "settings",
      "status"
    ]
  },
  {
    "name": "conversation_export",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": []
  },
  {
    "name": "conversation_import",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "conversations",
      "folders"
    ]
  },
  {
    "name": "conversation_import_pick",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": [
      "conversations",
      "folders"
    ]
  },
  {
    "name": "data_report",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "conversations",
      "models"
    ]
  },
  {
    "name": "data_delete",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "conversations",
      "messages",
      "drafts"
    ]
  },
  {
    "name": "lock_state",
    "kind": "query",
    "audience": "person",
    "scopes": [],
    "tags": [
      "desktop",
      "status"
    ]
  },
  {
    "name": "lock_set",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "desktop",
      "status"
    ]
  },
  {
    "name": "lock_change",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "desktop"
    ]
  },
  {
    "name": "lock_remove",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "desktop",
      "status"
    ]
  },
  {
    "name": "lock_now",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "server_status",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "settings",
      "status"
    ]
  },
  {
    "name": "port_key_list",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "port_keys"
    ]
  },
  {
    "name": "port_key_days",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "port_keys"
    ]
  },
  {
    "name": "port_key_use_export",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": []
  },
  {
    "name": "port_key_make",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "port_keys",
      "status"
    ]
  },
  {
    "name": "port_key_update",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "port_keys"
    ]
  },
  {
    "name": "port_key_revoke",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "port_keys",
      "status"
    ]
  },
  {
    "name": "webhook_list",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "webhooks"
    ]
  },
  {
    "name": "webhook_deliveries",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "webhooks"
    ]
  },
  {
    "name": "webhook_make",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "webhooks"
    ]
  },
  {
    "name": "webhook_update",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "webhooks"
    ]
  },
  {
    "name": "webhook_renew",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "webhooks"
    ]
  },
  {
    "name": "webhook_delete",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "webhooks"
    ]
  },
  {
    "name": "webhook_test",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "webhooks",
      "connections"
    ]
  },
  {
    "name": "webhook_again",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "webhooks"
    ]
  },
  {
    "name": "connection_list",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "connections"
    ]
  },
  {
    "name": "connection_export",
    "kind": "query",
    "audience": "owner",
    "scopes": [],
    "tags": []
  },
  {
    "name": "desktop_state",
    "kind": "query",
    "audience": "desktop",
    "scopes": [],
    "tags": [
      "desktop"
    ]
  },
  {
    "name": "autostart_set",
    "kind": "action",
    "audience": "owner",
    "scopes": [],
    "tags": [
      "desktop"
    ]
  },
  {
    "name": "quick_get",
    "kind": "query",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "quick_save",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "quick_hide",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "quick_resize",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "quick_pin",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "quick_move",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "text_take",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "link_open",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "text_copy",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "files_dropped",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "text_save",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "window_show",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "ui_ready",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "window_opened",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "window_place",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "window_left",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": []
  },
  {
    "name": "window_close_choose",
    "kind": "action",
    "audience": "desktop",
    "scopes": [],
    "tags": [
      "settings"
    ]
  },
  {
    "name": "crash_told",
    "kind": "action",
    "audience": "person",
    "scopes": [],
    "tags": [
      "status"
    ]
  }
] as const;
