// SPDX-License-Identifier: Apache-2.0
//! NovaUtilsKeypairTests.

use std::io::Write;

use functest_core::case::{Check, CheckError, check};
use functest_openstack::resource::{Keypair, KeypairSecret};
use serde_json::json;

use super::Api;
use crate::healthcheck::check::{refused, same};

pub(super) const CHECKS: &[Check<Api>] = &[
    Check::marked(
        "NovaUtilsKeypairTests.create_keypair",
        "a new key pair is found by name, with its public key",
        "the key is an ed25519 key made here: Nova makes none any more since microversion 2.92",
        |api| Box::pin(create(api)),
    ),
    check("NovaUtilsKeypairTests.create_delete_keypair", "a deleted key pair is gone", |api| {
        Box::pin(create_delete(api))
    }),
    check(
        "NovaUtilsKeypairTests.create_key_from_file",
        "a key pair from a public key file holds the file's key",
        |api| Box::pin(from_file(api)),
    ),
];

async fn with_key(api: &Api, public_key: &str) -> Result<Keypair, CheckError> {
    let user = api.user();
    let attributes = json!({"name": user.unique_name("key"), "type": "ssh", "public_key": public_key.trim()});
    Ok(user.create(attributes).await?)
}

async fn create(api: &Api) -> Result<(), CheckError> {
    let key = KeypairSecret::generate()?;
    let keypair = with_key(api, &key.public_key).await?;
    let found: Keypair = api.user().rest().get(&keypair.name).await?;
    same("its fingerprint", keypair.fingerprint, found.fingerprint)?;
    same("its public key", key.public_key.trim(), found.public_key.trim())
}

async fn create_delete(api: &Api) -> Result<(), CheckError> {
    let keypair = with_key(api, &KeypairSecret::generate()?.public_key).await?;
    api.user().delete(&keypair).await?;
    refused("a look at a deleted key pair", api.user().rest().get::<Keypair>(&keypair.name).await, &[404])
}

async fn from_file(api: &Api) -> Result<(), CheckError> {
    let cannot = |e: std::io::Error| CheckError::Errored(format!("cannot use a temporary file: {e}"));
    let mut file = tempfile::NamedTempFile::new().map_err(cannot)?;
    writeln!(file, "{}", KeypairSecret::generate()?.public_key.trim()).map_err(cannot)?;
    let written = std::fs::read_to_string(file.path()).map_err(cannot)?;
    let keypair = with_key(api, &written).await?;
    let found: Keypair = api.user().rest().get(&keypair.name).await?;
    same("its public key", written.trim(), found.public_key.trim())
}
