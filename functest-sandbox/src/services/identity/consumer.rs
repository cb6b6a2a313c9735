// SPDX-License-Identifier: Apache-2.0
//! OAuth consumers. They are kept; the rest of OAuth is not here.

use serde_json::json;

use super::State;
use super::entity::{self, Kind};
use super::listing::linked;
use crate::api::schema::{Field, Type, optional};
use crate::api::{Answer, ApiError, Call, Document, Reply, Route, document};
use crate::ground::Table;
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/OS-OAUTH1/consumers", entity::list::<Consumer>).admin("identity:list_consumers"),
    Route::post("/v3/OS-OAUTH1/consumers", create).admin("identity:create_consumer"),
    Route::get("/v3/OS-OAUTH1/consumers/{consumer_id}", entity::show::<Consumer>).admin("identity:get_consumer"),
    Route::patch("/v3/OS-OAUTH1/consumers/{consumer_id}", update).admin("identity:update_consumer"),
    Route::delete("/v3/OS-OAUTH1/consumers/{consumer_id}", entity::delete::<Consumer>)
        .admin("identity:delete_consumer"),
];

struct Consumer;

impl Kind for Consumer {
    const KEY: &'static str = "consumer";
    const LIST: &'static str = "consumers";
    const PATH: &'static str = "OS-OAUTH1/consumers";
    const FILTERS: &'static [&'static str] = &[];

    fn table(state: &mut State) -> &mut Table<Document> {
        &mut state.consumers
    }

    fn missing(_: &str) -> ApiError {
        ApiError::not_found("Consumer not found")
    }
}

const FIELDS: &[Field] = &[optional("description", Type::Or(&Type::Text(0, 65_535)))];

fn create(cloud: &mut Cloud, call: &Call) -> Answer {
    let asked = entity::asked(call, Consumer::KEY, FIELDS, true)?;
    let mut consumer = entity::fresh(cloud.random.hex_id(), document!({"description": null}), asked);
    consumer.remove("options");
    let mut shown = linked(call, Consumer::PATH, &consumer);
    // Nobody can use it, so it is shown once and not kept.
    shown["secret"] = json!(cloud.random.hex_id());
    entity::kept::<Consumer>(cloud, call, "", consumer)?;
    Ok(Reply::created(&json!({"consumer": shown})))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    let changes = entity::changes(call, Consumer::KEY, FIELDS, true)?;
    if changes.contains_key("secret") {
        return Err(ApiError::bad_request("Consumer secret is read-only."));
    }
    entity::update::<Consumer>(cloud, call, changes)
}
