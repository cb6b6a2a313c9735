// SPDX-License-Identifier: Apache-2.0
//! Neutron's versions: one, and what it has.

use serde_json::{Value, json};

use crate::api::{Answer, Call, Reply, Route};
use crate::services::Cloud;

pub(super) const ROUTES: &[Route<Cloud>] = &[Route::get("/", list).public(), Route::get("/v2.0", show)];

fn list(_: &mut Cloud, call: &Call) -> Answer {
    let links = json!([{"rel": "self", "href": format!("{}/v2.0/", call.base)}]);
    Ok(Reply::ok(&json!({"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]})))
}

fn show(_: &mut Cloud, call: &Call) -> Answer {
    let resource = |(name, collection): &(&str, &str)| {
        let href = format!("{}/v2.0/{collection}", call.base);
        json!({"name": name, "collection": collection, "links": [{"rel": "self", "href": href}]})
    };
    let all = [("network", "networks"), ("subnet", "subnets"), ("subnetpool", "subnetpools"), ("port", "ports")];
    let resources: Vec<Value> = all.iter().map(resource).collect();
    Ok(Reply::ok(&json!({"resources": resources})))
}
