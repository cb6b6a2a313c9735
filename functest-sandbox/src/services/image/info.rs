// SPDX-License-Identifier: Apache-2.0
//! What this Glance can do.

use serde_json::json;

use crate::api::{Answer, Call, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2/info/stores", stores),
    Route::get("/v2/info/import", import),
    Route::get("/v2/info/usage", usage),
    Route::get("/v2/tasks", tasks).admin("tasks_api_access"),
];

/// The one store.
pub(super) const STORE: &str = "file";

/// How images may be imported.
pub(super) const IMPORT_METHODS: [&str; 1] = ["glance-direct"];

fn stores(_: &mut Cloud, _: &Call) -> Answer {
    Ok(Reply::ok(&json!({"stores": [{"id": STORE, "default": "true"}]})))
}

fn import(_: &mut Cloud, _: &Call) -> Answer {
    let methods = json!({"description": "Import methods available.", "type": "array", "value": IMPORT_METHODS});
    Ok(Reply::ok(&json!({"import-methods": methods})))
}

/// There are no quotas to use anything of.
fn usage(_: &mut Cloud, _: &Call) -> Answer {
    Ok(Reply::ok(&json!({"usage": {}})))
}

fn tasks(_: &mut Cloud, _: &Call) -> Answer {
    Ok(Reply::ok(&json!({"tasks": [], "first": "/v2/tasks", "schema": "/v2/schemas/tasks"})))
}
