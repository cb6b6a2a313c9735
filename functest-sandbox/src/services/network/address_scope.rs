// SPDX-License-Identifier: Apache-2.0
//! Address scopes.

use super::State;
use super::asker::Asker;
use super::attribute::{Attribute, Initial};
use super::kind::{Kind, routes};
use super::refusal::{conflict, missing};
use super::subnet_value;
use super::validate::Check;
use crate::api::{ApiError, Document, Read, Route};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = routes!(AddressScope, "address-scopes");

/// Address scopes as a kind.
pub(super) struct AddressScope;

impl Kind for AddressScope {
    const NAME: &'static str = "address_scope";
    const COLLECTION: &'static str = "address_scopes";
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::new("name", Check::Text(255), Initial::Text("")),
        Attribute::new("shared", Check::Truth, Initial::Truth(false)).set_by_admin(),
        Attribute::new("ip_version", Check::By(subnet_value::ip_version), Initial::Required).fixed(),
    ];

    fn table(state: &State) -> &Table<Document> {
        &state.address_scopes
    }

    fn table_mut(state: &mut State) -> &mut Table<Document> {
        &mut state.address_scopes
    }

    /// There are few, and shared ones are anybody's.
    fn within_reach<'s>(state: &'s State, _: &str) -> Vec<&'s Document> {
        state.address_scopes.values().collect()
    }

    fn missing(id: &str) -> ApiError {
        missing("AddressScopeNotFound", format!("Address scope {id} could not be found"))
    }

    fn delete(cloud: &mut Cloud, _: &Asker, id: &str) -> Result<(), ApiError> {
        if cloud.network.subnet_pools.values().any(|pool| pool.text("address_scope_id") == id) {
            let message = format!(
                "Unable to complete operation on address scope {id}. There are one or more subnet pools in use on the \
                 address scope."
            );
            return Err(conflict("AddressScopeInUse", message));
        }
        cloud.network.address_scopes.remove(id);
        Ok(())
    }
}
