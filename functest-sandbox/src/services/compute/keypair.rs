// SPDX-License-Identifier: Apache-2.0
//! Key pairs.

use http::StatusCode;
use md5::{Digest, Md5};
use russh::keys::ssh_key::{LineEnding, PrivateKey, PublicKey, private::Ed25519Keypair};
use serde_json::{Value, json};

use super::quota::{self, Use};
use super::refusal::body;
use super::{State, list, microversion};
use crate::api::schema::{Field, Type, optional, required};
use crate::api::{Answer, ApiError, Call, Document, Read, Reply, Route, document};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v2.1/os-keypairs", list_all),
    Route::post("/v2.1/os-keypairs", create),
    Route::get("/v2.1/os-keypairs/{name}", show),
    Route::delete("/v2.1/os-keypairs/{name}", delete),
];

const FIELDS: [Field; 4] = [
    required("name", Type::Text(1, 255)),
    optional("public_key", Type::Text(0, 16384)),
    optional("type", Type::OneOf(&["ssh", "x509"])),
    optional("user_id", Type::Text(1, 255)),
];

fn place(user_id: &str, name: &str) -> String {
    format!("{user_id}/{name}")
}

/// The key pair of that name.
pub(super) fn find<'s>(state: &'s State, user_id: &str, name: &str) -> Option<&'s Document> {
    state.keypairs.get(&place(user_id, name))
}

/// Whose key pairs a call is about: an administrator may name another user.
fn user(call: &Call) -> Result<String, ApiError> {
    let own = call.caller()?.user_id.clone();
    match call.query.get("user_id").filter(|_| microversion::of(call) >= 10) {
        Some(other) if other != own && !call.is_admin() => Err(ApiError::policy("os_compute_api:os-keypairs:index")),
        Some(other) => Ok(other.to_owned()),
        None => Ok(own),
    }
}

fn missing(call: &Call, user_id: &str) -> ApiError {
    ApiError::not_found(format!("Keypair {} not found for user {user_id}", call.param("name")))
}

fn brief(call: &Call, keypair: &Document) -> Document {
    let mut shown = keypair.clone();
    for key in ["user_id", "created_at", "deleted", "deleted_at", "id", "updated_at"] {
        shown.remove(key);
    }
    if microversion::of(call) < 2 {
        shown.remove("type");
    }
    shown
}

fn list_all(cloud: &mut Cloud, call: &Call) -> Answer {
    let user_id = user(call)?;
    let mut theirs: Vec<&Document> = cloud.compute.keypairs.of(&user_id).collect();
    theirs.sort_by_key(|keypair| keypair.text("name").to_owned());
    let page = match microversion::of(call) {
        35.. => list::page_of(call, theirs, |keypair| keypair.text("name"))?,
        _ => crate::api::document::Page { items: theirs, more: false },
    };
    let next = page.more.then(|| page.items.last().map(|keypair| keypair.text("name").to_owned())).flatten();
    let items = page.items.into_iter().map(|keypair| json!({"keypair": brief(call, keypair)})).collect();
    Ok(list::reply(call, "keypairs", items, next.as_deref()))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    let user_id = user(call)?;
    let found = find(&cloud.compute, &user_id, call.param("name")).ok_or_else(|| missing(call, &user_id))?;
    let mut shown = found.clone();
    if microversion::of(call) < 2 {
        shown.remove("type");
    }
    Ok(Reply::ok(&json!({"keypair": shown})))
}

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = body(call, "keypair", &FIELDS)?;
    let (name, own) = (asked.text("name"), call.caller()?.user_id.clone());
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
    if !name.chars().all(letters) {
        return Err(ApiError::bad_request(
            "An invalid 'name' value was provided. The name must be: Only expected characters: \
             [_- 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ]",
        ));
    }
    let user_id = match asked.text("user_id") {
        "" => own,
        other if other == own || call.is_admin() => other.to_owned(),
        _ => return Err(ApiError::policy("os_compute_api:os-keypairs:create")),
    };
    if find(&cloud.compute, &user_id, name).is_some() {
        return Err(ApiError::conflict(format!("Key pair '{name}' already exists.")));
    }
    let (used, limit) =
        (cloud.compute.keypairs.count_of(&user_id), quota::limit(&cloud.compute, call.project_id(), "key_pairs"));
    quota::check(cloud, &[Use { name: "key_pairs", used: used as i64, more: 1, limit }])
        .map_err(|_| ApiError::forbidden("Quota exceeded, too many key pairs."))?;
    let (public_key, private_key) = match asked.get("public_key").and_then(Value::as_str) {
        Some(given) => (given.to_owned(), None),
        None => generate(cloud)?,
    };
    let keypair = document!({
        "name": name, "public_key": public_key, "fingerprint": fingerprint(&public_key)?, "type": "ssh", "user_id": user_id,
        "created_at": cloud.clock.bare_stamp(), "deleted": false, "deleted_at": null, "updated_at": null,
        "id": cloud.compute.keypairs.made() + 1,
    });
    let mut shown = brief(call, &keypair);
    shown.insert("user_id".into(), json!(user_id));
    if let Some(key) = private_key {
        shown.insert("private_key".into(), json!(key));
    }
    cloud.compute.keypairs.insert(place(&user_id, name), user_id, keypair);
    let status = if microversion::of(call) >= 2 { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Reply::json(status, &json!({"keypair": shown})))
}

/// A new pair. Nova's own are RSA; these are of the kind that is quick to make.
fn generate(cloud: &mut Cloud) -> Result<(String, Option<String>), ApiError> {
    let broken = |error: russh::keys::ssh_key::Error| {
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, format!("cannot make a key: {error}"))
    };
    let mut key = PrivateKey::from(Ed25519Keypair::from_seed(&cloud.random.bytes()));
    key.set_comment("Generated-by-Nova");
    let public = key.public_key().to_openssh().map_err(broken)?;
    Ok((public, Some(key.to_openssh(LineEnding::LF).map_err(broken)?.to_string())))
}

/// MD5 over the key, as Nova has it.
fn fingerprint(public_key: &str) -> Result<String, ApiError> {
    let invalid = || ApiError::bad_request("Keypair data is invalid: failed to generate fingerprint");
    let key = PublicKey::from_openssh(public_key.trim()).map_err(|_| invalid())?;
    let sum = Md5::digest(key.to_bytes().map_err(|_| invalid())?);
    Ok(sum.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    let user_id = user(call)?;
    let removed = cloud.compute.keypairs.remove(&place(&user_id, call.param("name")));
    removed.ok_or_else(|| missing(call, &user_id))?;
    let status = if microversion::of(call) >= 2 { StatusCode::NO_CONTENT } else { StatusCode::ACCEPTED };
    Ok(Reply::empty(status))
}
