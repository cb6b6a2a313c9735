// SPDX-License-Identifier: Apache-2.0
//! Configuration of domains: kept and shown. Every domain's users are in this sandbox whatever it says.

use http::StatusCode;
use serde_json::{Value, json};

use super::entity::missing;
use crate::api::{Answer, ApiError, Call, Document, Reply, Route, document};
use crate::services::Cloud;

const WHOLE: &str = "/v3/domains/{domain_id}/config";
const GROUP: &str = "/v3/domains/{domain_id}/config/{group}";
const OPTION: &str = "/v3/domains/{domain_id}/config/{group}/{option}";

pub(super) const ROUTES: &[Route<Cloud>] = &[
    Route::get("/v3/domains/config/default", show_defaults).admin("identity:get_domain_config_default"),
    Route::get("/v3/domains/config/{group}/default", show_defaults).admin("identity:get_domain_config_default"),
    Route::get("/v3/domains/config/{group}/{option}/default", show_defaults)
        .admin("identity:get_domain_config_default"),
    Route::get(WHOLE, show).admin("identity:get_domain_config"),
    Route::put(WHOLE, replace).admin("identity:create_domain_config"),
    Route::patch(WHOLE, update).admin("identity:update_domain_config"),
    Route::delete(WHOLE, delete).admin("identity:delete_domain_config"),
    Route::get(GROUP, show).admin("identity:get_domain_config"),
    Route::patch(GROUP, update).admin("identity:update_domain_config"),
    Route::delete(GROUP, delete).admin("identity:delete_domain_config"),
    Route::get(OPTION, show).admin("identity:get_domain_config"),
    Route::patch(OPTION, update).admin("identity:update_domain_config"),
    Route::delete(OPTION, delete).admin("identity:delete_domain_config"),
];

/// The options that a domain may set, and what holds where it does not.
fn defaults() -> Value {
    json!({
        "identity": {"driver": "sql", "list_limit": null},
        "ldap": {
            "url": "ldap://localhost", "user": null, "suffix": "cn=example,cn=com", "query_scope": "one",
            "page_size": 0, "user_tree_dn": null, "user_filter": null, "user_objectclass": "inetOrgPerson",
            "user_id_attribute": "cn", "user_name_attribute": "sn", "user_mail_attribute": "mail",
            "group_tree_dn": null, "group_filter": null, "group_objectclass": "groupOfNames",
            "group_id_attribute": "cn", "group_name_attribute": "ou", "use_tls": false, "tls_req_cert": "demand",
            "use_pool": true, "pool_size": 10,
        },
    })
}

/// What may be set and is never shown.
const SECRET: &str = "password";

fn show_defaults(_: &mut Cloud, call: &Call) -> Answer {
    let defaults = defaults();
    let config = part(call, defaults.as_object().cloned().unwrap_or_default());
    config.map(|config| Reply::ok(&json!({"config": config}))).ok_or_else(|| unsupported(call))
}

/// The part of a configuration that a path names, as an answer shows it.
fn part(call: &Call, config: Document) -> Option<Value> {
    let (group, option) = (call.param("group"), call.param("option"));
    if group.is_empty() {
        return Some(Value::Object(config));
    }
    let values = config.get(group)?;
    if option.is_empty() {
        return Some(json!({group: values}));
    }
    Some(json!({option: values.get(option)?}))
}

fn unsupported(call: &Call) -> ApiError {
    let message = match (call.param("group"), call.param("option")) {
        (group, "") => format!("Group {group} is not supported for domain specific configurations."),
        (group, option) => {
            format!("Option {option} in group {group} is not supported for domain specific configurations.")
        }
    };
    ApiError::forbidden(format!("Invalid domain specific configuration: {message}"))
}

/// That the path names a domain, and what a domain may set.
fn check_path(cloud: &Cloud, call: &Call) -> Result<(), ApiError> {
    let id = call.param("domain_id");
    if !cloud.identity.domains.contains(id) {
        return Err(missing("domain", id));
    }
    part(call, defaults().as_object().cloned().unwrap_or_default()).map(drop).ok_or_else(|| unsupported(call))
}

fn show(cloud: &mut Cloud, call: &Call) -> Answer {
    check_path(cloud, call)?;
    let config = visible(cloud, call).and_then(|config| part(call, config)).ok_or_else(|| not_set(call))?;
    Ok(Reply::ok(&json!({"config": config})))
}

fn visible(cloud: &Cloud, call: &Call) -> Option<Document> {
    let mut config = cloud.identity.domain_configs.get(call.param("domain_id"))?.clone();
    for options in config.values_mut().filter_map(Value::as_object_mut) {
        options.remove(SECRET);
    }
    Some(config)
}

fn not_set(call: &Call) -> ApiError {
    let what = match (call.param("group"), call.param("option")) {
        ("", _) => "any options".to_owned(),
        (group, "") => format!("group {group}"),
        (group, option) => format!("option {option} in group {group}"),
    };
    let id = call.param("domain_id");
    ApiError::not_found(format!("Could not find {what} in domain configuration for domain {id}."))
}

fn replace(cloud: &mut Cloud, call: &Call) -> Answer {
    check_path(cloud, call)?;
    let config = asked(call)?;
    let id = call.param("domain_id");
    let is_new = !cloud.identity.domain_configs.contains(id);
    cloud.identity.domain_configs.insert(id, "", config);
    let shown = visible(cloud, call).unwrap_or_default();
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Reply::json(status, &json!({"config": shown})))
}

fn update(cloud: &mut Cloud, call: &Call) -> Answer {
    check_path(cloud, call)?;
    let changes = asked(call)?;
    let config = cloud.identity.domain_configs.get_mut(call.param("domain_id")).ok_or_else(|| not_set(call))?;
    for (group, options) in changes {
        let kept = config.entry(group).or_insert_with(|| json!({}));
        if let (Some(kept), Value::Object(options)) = (kept.as_object_mut(), options) {
            kept.extend(options);
        }
    }
    Ok(Reply::ok(&json!({"config": visible(cloud, call).unwrap_or_default()})))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Answer {
    check_path(cloud, call)?;
    let (id, group, option) = (call.param("domain_id"), call.param("group"), call.param("option"));
    let configs = &mut cloud.identity.domain_configs;
    let config = configs.get_mut(id).ok_or_else(|| not_set(call))?;
    let gone = match (group, option) {
        ("", _) => configs.remove(id).is_some(),
        (group, "") => config.remove(group).is_some(),
        (group, option) => {
            config.get_mut(group).and_then(Value::as_object_mut).is_some_and(|group| group.remove(option).is_some())
        }
    };
    if gone { Ok(Reply::no_content()) } else { Err(not_set(call)) }
}

/// The configuration in a body, by groups. Of what the path names it has that and nothing else.
fn asked(call: &Call) -> Result<Document, ApiError> {
    let body = call.json()?;
    let config = body.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
    let (group, option) = (call.param("group"), call.param("option"));
    let named = if option.is_empty() { group } else { option };
    if !named.is_empty() && (config.len() != 1 || !config.contains_key(named)) {
        let what =
            if option.is_empty() { format!("group {group}") } else { format!("option {option} in group {group}") };
        return Err(ApiError::forbidden(format!(
            "Invalid domain specific configuration: Trying to update {what}, so that, and only that, must be specified \
             in the config"
        )));
    }
    let config = if option.is_empty() { config } else { document!({group: config}) };
    let known = defaults();
    let is_known = |group: &String, options: &Value| {
        let Some(options) = options.as_object() else { return false };
        let of_group = known.get(group);
        options.keys().all(|key| of_group.is_some_and(|known| key == SECRET || known.get(key).is_some()))
    };
    match config.iter().find(|(group, options)| !is_known(group, options)) {
        Some((group, _)) => Err(ApiError::forbidden(format!(
            "Invalid domain specific configuration: Group {group} is not supported for domain specific configurations."
        ))),
        None if config.is_empty() => {
            Err(ApiError::forbidden("Invalid domain specific configuration: No options specified."))
        }
        None => Ok(config),
    }
}
