// SPDX-License-Identifier: Apache-2.0
//! EC2 keys: credentials of one type, made here.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::entity::{allow, missing};
use super::listing::{linked_by, listed};
use super::user::allow_own;
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/users/{user_id}/credentials/OS-EC2", list),
    Route::post("/v3/users/{user_id}/credentials/OS-EC2", create),
    Route::get("/v3/users/{user_id}/credentials/OS-EC2/{access}", show),
    Route::delete("/v3/users/{user_id}/credentials/OS-EC2/{access}", delete),
];

/// The id of the credential behind an access key.
fn id(access: &str) -> String {
    Sha256::digest(access.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id of a credential by what it holds, which is an object with an access key.
pub(super) fn id_in(blob: &str) -> Result<String, ApiError> {
    let key: Value = serde_json::from_str(blob).unwrap_or_default();
    match key.get("access").and_then(Value::as_str) {
        Some(access) => Ok(id(access)),
        None if key.is_object() => Err(ApiError::bad_request("Expecting to find access in credential.")),
        None => Err(ApiError::bad_request("Invalid blob in credential")),
    }
}

fn list(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:ec2_list_credentials")?;
    let theirs = cloud.identity.credentials.of(call.param("user_id"));
    let keys = theirs.filter(|credential| credential.text("type") == "ec2").map(|credential| linked(call, credential));
    Ok(listed(call, "credentials", keys.collect()))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:ec2_create_credential")?;
    let body = call.json()?;
    let project_id = body.text("tenant_id");
    if project_id.is_empty() {
        return Err(ApiError::bad_request("'tenant_id' is a required property"));
    }
    let user_id = call.param("user_id");
    if !cloud.identity.users.contains(user_id) {
        return Err(missing("user", user_id));
    }
    if !cloud.identity.projects.contains(project_id) {
        return Err(missing("project", project_id));
    }
    let own = call.project_id() == project_id;
    allow(call.is_admin() || own, "identity:ec2_create_credential")?;
    let access = cloud.random.hex_id();
    let blob = json!({"access": access, "secret": cloud.random.hex_id(), "trust_id": null});
    let credential = document!({
        "id": id(&access), "user_id": user_id, "project_id": project_id, "type": "ec2", "blob": blob.to_string(),
    });
    let shown = linked(call, &credential);
    cloud.identity.credentials.insert(id(&access), user_id, credential);
    Ok(Reply::created(&json!({"credential": shown})))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:ec2_get_credential")?;
    let credential = named(cloud, call)?;
    Ok(Reply::ok(&json!({"credential": linked(call, credential)})))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    allow_own(call, "identity:ec2_delete_credential")?;
    let id = named(cloud, call)?.text("id").to_owned();
    cloud.identity.credentials.remove(&id);
    Ok(Reply::no_content())
}

fn named<'c>(cloud: &'c Cloud, call: &Call) -> Result<&'c Document, ApiError> {
    let id = id(call.param("access"));
    let found = cloud.identity.credentials.get(&id);
    let found = found.filter(|credential| credential.text("user_id") == call.param("user_id"));
    found.ok_or_else(|| missing("credential", &id))
}

fn linked(call: &Call, credential: &Document) -> Value {
    let user_id = credential.text("user_id");
    let mut key: Document = serde_json::from_str(credential.text("blob")).unwrap_or_default();
    key.extend(document!({"user_id": user_id, "tenant_id": credential.text("project_id")}));
    linked_by(call, &format!("users/{user_id}/credentials/OS-EC2"), key.text("access"), &key)
}
