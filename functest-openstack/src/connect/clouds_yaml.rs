// SPDX-License-Identifier: Apache-2.0
//! `clouds.yaml`, `secure.yaml` and `clouds-public.yaml`.

use std::path::{Path, PathBuf};

use functest_core::suggest;
use functest_core::variables::{self, Variables};
use serde_json::{Map, Value};

use super::entry::Entry;
use super::{CloudConfig, yaml};
use crate::error::Error;

type Keys = Map<String, Value>;

/// The cloud `name`, its secrets and its profile merged; in that `region` of it, whatever the files say.
pub(super) fn load(name: &str, region: Option<&str>, environment: Variables<'_>) -> Result<CloudConfig, Error> {
    for variable in ["OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE"] {
        if let Some(path) = variables::path(environment, variable).filter(|path| !path.exists()) {
            let message = format!("{variable} names it, and there is no such file");
            return Err(Error::Config { origin: path.display().to_string(), message });
        }
    }
    let candidates = candidates("clouds", "OS_CLIENT_CONFIG_FILE", environment);
    let searched = || candidates.iter().map(|path| path.display().to_string()).collect();
    let Some((path, mut clouds)) = first(&candidates, "clouds")? else {
        return Err(unknown(name, Vec::new(), searched()));
    };
    let origin = format!("{}: clouds.{name}", path.display());
    let mut keys = match clouds.remove(name) {
        Some(Value::Object(keys)) => keys,
        Some(_) => return Err(Error::Config { origin, message: "expected a map with `auth` and more".into() }),
        None => return Err(unknown(name, clouds.keys().cloned().collect(), searched())),
    };
    let secure = self::candidates("secure", "OS_CLIENT_SECURE_FILE", environment);
    // A file of secrets that is empty, or somebody else's, has none for this cloud.
    let secrets = first_map(&secure, "clouds")?.and_then(|(_, mut secrets)| secrets.remove(name));
    if let Some(Value::Object(secrets)) = secrets {
        merge(&mut keys, secrets);
    }
    let profile = keys.get("profile").or_else(|| keys.get("cloud")).and_then(Value::as_str).map(str::to_owned);
    let mut notes = Vec::new();
    if let Some(profile) = profile {
        let public = first(&self::candidates("clouds-public", "", environment), "public-clouds")?;
        match public.and_then(|(_, mut clouds)| clouds.remove(&profile)) {
            Some(Value::Object(mut base)) => {
                merge(&mut base, keys);
                keys = base;
            }
            // An entry that has all that is needed does not need it.
            _ if keys.get("auth").is_some_and(|auth| auth.get("auth_url").is_some()) => {
                notes.push(format!(
                    "{origin}: profile: there is no `{profile}` in a clouds-public.yaml, so it is not used"
                ));
            }
            _ => {
                let message = format!("profile: there is no `{profile}` in a clouds-public.yaml");
                return Err(Error::Config { origin, message });
            }
        }
    }
    if let Some(region) = region {
        keys.insert("region_name".into(), Value::String(region.to_owned()));
    }
    choose_region(&mut keys, &origin)?;
    let home = variables::path(environment, "HOME");
    let mut config = Entry { name: Some(name.to_owned()), origin, keys, home }.read()?;
    config.warnings.extend(notes);
    Ok(config)
}

/// Of several `regions` the one that `region_name` names is taken, or the first; its values win over the cloud's.
fn choose_region(keys: &mut Keys, origin: &str) -> Result<(), Error> {
    let Some(regions) = keys.remove("regions").filter(|regions| !regions.is_null()) else { return Ok(()) };
    let error = |message: String| Error::Config { origin: origin.to_owned(), message };
    let Value::Array(regions) = regions else { return Err(error("regions: expected a list of regions".into())) };
    let named: Vec<(String, Option<Keys>)> = regions.into_iter().filter_map(region).collect();
    let wanted = keys.get("region_name").and_then(Value::as_str).map(str::to_owned);
    let found = match &wanted {
        Some(wanted) => named.iter().find(|(name, _)| name == wanted).cloned(),
        None => named.first().cloned(),
    };
    let Some((name, values)) = found else {
        let known: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
        let wanted = wanted.unwrap_or_default();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(error(format!("region_name: there is no `{wanted}` among `regions`; known: {known}")));
    };
    merge(keys, values.unwrap_or_default());
    keys.insert("region_name".into(), Value::String(name));
    Ok(())
}

/// A region by its name, or with values of its own.
fn region(region: Value) -> Option<(String, Option<Keys>)> {
    match region {
        Value::String(name) => Some((name, None)),
        Value::Object(mut region) => {
            let name = region.remove("name")?.as_str()?.to_owned();
            let values = region.remove("values").and_then(|values| values.as_object().cloned());
            Some((name, values))
        }
        _ => None,
    }
}

fn unknown(name: &str, known: Vec<String>, searched: Vec<String>) -> Error {
    let suggestion = suggest::did_you_mean(name, known.iter().map(String::as_str));
    Error::UnknownCloud { name: name.to_owned(), suggestion, known, searched }
}

/// Where a file may be, best first.
fn candidates(stem: &str, variable: &str, environment: Variables<'_>) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    paths.extend(variables::path(environment, variable));
    let home = variables::path(environment, "HOME").map(|home| home.join(".config"));
    let config = variables::path(environment, "XDG_CONFIG_HOME").or(home);
    let folders = [Some(PathBuf::from(".")), config.map(|path| path.join("openstack")), Some("/etc/openstack".into())];
    for folder in folders.into_iter().flatten() {
        paths.extend(["yaml", "yml"].map(|extension| folder.join(format!("{stem}.{extension}"))));
    }
    paths
}

/// The same where the first file need not have such a map.
fn first_map(candidates: &[PathBuf], root: &str) -> Result<Option<(PathBuf, Keys)>, Error> {
    match first(candidates, root) {
        Err(Error::Config { message, .. }) if message.starts_with(NO_MAP) => Ok(None),
        found => found,
    }
}

/// How it is said that a file is none of clouds.
const NO_MAP: &str = "expected a map of clouds";

/// The map under `root` of the first of these files that exists.
fn first(candidates: &[PathBuf], root: &str) -> Result<Option<(PathBuf, Keys)>, Error> {
    for path in candidates {
        match std::fs::read_to_string(path) {
            Ok(text) => return parse(path, &text, root).map(|clouds| Some((path.clone(), clouds))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(Error::File { path: path.clone(), source }),
        }
    }
    Ok(None)
}

fn parse(path: &Path, text: &str, root: &str) -> Result<Keys, Error> {
    let error = |message: String| Error::Config { origin: path.display().to_string(), message };
    let mut document = yaml::read(text).map_err(error)?;
    match document.get_mut(root).map(Value::take) {
        Some(Value::Object(clouds)) => Ok(clouds),
        _ => Err(error(format!("{NO_MAP} under the key `{root}`"))),
    }
}

/// Puts `upper` over `lower`, map by map.
fn merge(lower: &mut Keys, upper: Keys) {
    for (key, value) in upper {
        match (lower.get_mut(&key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
            (_, value) => drop(lower.insert(key, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Credential, Domain, LoginScope, Named};
    use super::*;

    const CLOUDS: &str = "clouds:\n  a: &base\n    auth: &auth {auth_url: 'http://c:5000', username: u, password: geheim, \
                          project_name: p}\n    region_name: R\n    verfy: false\n  b:\n    <<: *base\n    auth: {<<: \
                          *auth, project_name: q, user_domain_name: D}\n    verify: false\n  c: {auth: {auth_url: \
                          'http://c/v3', application_credential_id: i}}\n  d: {auth_type: v3oidc, auth: {auth_url: x}}\n";

    fn load_from(text: &str, secrets: &str, name: &str) -> Result<CloudConfig, Error> {
        let folder = tempfile::tempdir().unwrap();
        let (clouds, secure) = (folder.path().join("c.yaml"), folder.path().join("s.yaml"));
        std::fs::write(&clouds, text).unwrap();
        std::fs::write(&secure, secrets).unwrap();
        load(name, None, &|variable| match variable {
            "OS_CLIENT_CONFIG_FILE" => Some(clouds.clone().into()),
            "OS_CLIENT_SECURE_FILE" => Some(secure.clone().into()),
            _ => None,
        })
    }

    #[test]
    fn entries_inherit_and_secrets_are_merged() {
        let secrets = "clouds: {c: {auth: {application_credential_secret: s}}}";
        let a = load_from(CLOUDS, secrets, "a").unwrap();
        assert_eq!((a.auth_url.as_str(), a.region.as_deref(), a.tls.verify), ("http://c:5000/v3", Some("R"), true));
        assert!(a.warnings[0].contains("did you mean `verify`?"), "{:?}", a.warnings);
        assert!(!format!("{a:?}").contains("geheim"));
        let b = load_from(CLOUDS, secrets, "b").unwrap();
        assert!(!b.tls.verify);
        let Credential::Password { user: Named::Name { domain, .. }, .. } = b.credential else { panic!() };
        assert_eq!(domain, Domain::Name("D".into()));
        let Some(LoginScope::Project(project)) = b.scope else { panic!() };
        assert_eq!(project.text(), "q");
        let c = load_from(CLOUDS, secrets, "c").unwrap();
        assert!(matches!(c.credential, Credential::ApplicationCredential { id: Ok(_), .. }) && c.scope.is_none());
    }

    /// The cloud `x` of these keys, beside what every login needs.
    fn of(keys: &str) -> Result<CloudConfig, Error> {
        let auth = "auth_url: 'http://c', username: u, password: 12345678901234567890123, user_domain_id: d";
        load_from(&format!("clouds: {{x: {{auth: {{{auth}}}, {keys}}}}}\n"), "", "x")
    }

    #[test]
    fn keys_beside_auth_count_and_scalars_are_texts() {
        let config = of("project_name: 007, project_domain_name: 1e10").unwrap();
        let Some(LoginScope::Project(Named::Name { name, domain })) = config.scope else { panic!() };
        assert_eq!((name.as_str(), domain), ("007", Domain::Name("1e10".into())));
        assert!(config.warnings.is_empty(), "{:?}", config.warnings);
        let Credential::Password { password, .. } = config.credential else { panic!() };
        assert_eq!(secrecy::ExposeSecret::expose_secret(&password), "12345678901234567890123");
    }

    #[test]
    fn a_login_may_be_for_more_than_a_project() {
        let scope = |keys: &str| of(keys).unwrap().scope.unwrap();
        assert_eq!(scope("system_scope: all"), LoginScope::System);
        assert_eq!(scope("trust_id: t"), LoginScope::Trust("t".into()));
        assert_eq!(scope("domain_name: D"), LoginScope::Domain(Domain::Name("D".into())));
        assert!(of("system_scope: some").unwrap_err().to_string().contains("expected `all`"));
        assert!(of("verify: true").unwrap_err().to_string().contains("auth.project_name is missing"));
    }

    #[test]
    fn regions_and_services_of_their_own() {
        let regions = "project_id: p, regions: [A, {name: B, values: {interface: internal}}]";
        let config = of(regions).unwrap();
        assert_eq!((config.region.as_deref(), config.interface.as_str()), (Some("A"), "public"));
        let config = of(&format!("{regions}, region_name: B")).unwrap();
        assert_eq!((config.region.as_deref(), config.interface.as_str()), (Some("B"), "internal"));
        let error = of(&format!("{regions}, region_name: C")).unwrap_err().to_string();
        assert!(error.contains("there is no `C` among `regions`; known: A, B"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.yaml");
        let auth = "{auth_url: 'http://c', username: u, password: p, project_id: p}";
        std::fs::write(
            &file,
            format!("clouds: {{x: {{auth: {auth}, regions: [A, {{name: B, values: {{verify: false}}}}]}}}}\n"),
        )
        .unwrap();
        let by_variables = |region: &'static str| {
            let found = CloudConfig::find(None, &|name| match name {
                "OS_CLIENT_CONFIG_FILE" => Some(file.display().to_string().into()),
                "OS_CLOUD" => Some("x".into()),
                "OS_REGION_NAME" => Some(region.into()),
                _ => None,
            });
            found.map(Option::unwrap).map_err(|error| error.to_string())
        };
        let config = by_variables("B").unwrap();
        assert_eq!((config.region.as_deref(), config.tls.verify), (Some("B"), false));
        assert!(by_variables("C").unwrap_err().contains("there is no `C` among `regions`"));
        let config = of("project_id: p, compute_region_name: Z, block_storage_interface: adminURL").unwrap();
        let choice = |service| config.choices[&service].clone();
        assert_eq!(choice(crate::Service::Compute).region.as_deref(), Some("Z"));
        assert_eq!(choice(crate::Service::BlockStorage).interface.as_deref(), Some("admin"));
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_by_its_name() {
        for (keys, words) in [
            ("passcode: 1", "passcode: functest does not support this key"),
            ("compute_service_type: other", "compute_service_type: functest does not support"),
            ("identity_api_version: '2.0'", "version 2 of the identity API is gone"),
            ("key: /k.pem", "key: without `cert`"),
            ("network_interface: inside", "network_interface: `inside` is none of"),
            ("auth_type: v3totp", "`v3totp` is not supported"),
        ] {
            let error = of(&format!("project_id: p, {keys}")).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        let inside =
            "clouds: {x: {auth: {auth_url: 'http://c', username: u, password: p, project_id: p, verify: false}}}";
        let error = load_from(inside, "", "x").unwrap_err().to_string();
        assert!(error.contains("auth.verify: this key belongs beside `auth`"), "{error}");
        let mistyped = "clouds: {x: {auth: {auth_ulr: 'http://c', username: u, password: p, project_id: p}}}";
        let error = load_from(mistyped, "", "x").unwrap_err().to_string();
        assert!(error.contains("auth.auth_url is missing; is `auth_ulr` a mistyped `auth_url`?"), "{error}");
    }

    #[test]
    fn what_nobody_needs_does_not_stop_anything() {
        let config = of("project_id: p, profile: nowhere, nonsense: [1, {a: b}], nonsense: 2").unwrap();
        assert!(config.warnings.iter().any(|warning| warning.contains("no `nowhere`")), "{:?}", config.warnings);
        assert!(
            config.warnings.iter().any(|warning| warning.contains("nonsense: unknown key")),
            "{:?}",
            config.warnings
        );
        for (key, meant) in [
            ("nova_endpoint_override", "compute_endpoint_override"),
            ("netwrok_interface", "network_interface"),
            ("OS_glance_region_name", "unknown key, which has no effect"),
            ("region_nmae", "region_name"),
        ] {
            let config = of(&format!("project_id: p, {key}: 'http://c'")).unwrap();
            assert!(config.warnings.iter().any(|warning| warning.contains(meant)), "{key}: {:?}", config.warnings);
        }
        assert!(of("project_id: p, dns_endpoint_override: 'http://c'").unwrap().warnings.is_empty());
        let unheeded = of("project_id: p, api_timeout: 5, compute_min_version: '2.90', metrics: {}").unwrap().warnings;
        assert!(unheeded.len() == 2 && unheeded[0].contains("api_timeout: it has no effect"), "{unheeded:?}");
        for secrets in ["", "somebody: else\n", "- a list\n"] {
            load_from(CLOUDS, secrets, "a").unwrap();
        }
        for variable in ["OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE"] {
            let error = load("a", None, &|name| (name == variable).then(|| "/nonexistent/c.yaml".into())).unwrap_err();
            assert!(error.to_string().contains(&format!("{variable} names it, and there is no such file")), "{error}");
        }
    }

    #[test]
    fn paths_may_begin_at_home() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.yaml");
        let auth = "{auth_url: 'http://c', username: u, password: p, project_id: p}";
        std::fs::write(&file, format!("clouds: {{x: {{auth: {auth}, cacert: ~/ca.pem, cert: '~/me.pem'}}}}\n"))
            .unwrap();
        let config = load("x", None, &|name| match name {
            "OS_CLIENT_CONFIG_FILE" => Some(file.display().to_string().into()),
            "HOME" => Some("/home/me".into()),
            _ => None,
        });
        let tls = config.unwrap().tls;
        assert_eq!((tls.cacert, tls.cert), (Some("/home/me/ca.pem".into()), Some("/home/me/me.pem".into())));
    }

    #[test]
    fn errors_name_the_file_and_no_secret() {
        let error = |text: &str, name: &str| load_from(text, "clouds: {}", name).unwrap_err().to_string();
        assert!(error(CLOUDS, "aa").contains("known: a, b, c, d"));
        assert!(
            error(CLOUDS, "c").contains("application_credential_secret is missing")
                || error(CLOUDS, "c").contains("auth.username")
        );
        assert!(error(CLOUDS, "d").contains("`v3oidc` is not supported"));
        let broken = error("clouds: {a: {auth: {password: geheim]}}}", "a");
        assert!(broken.contains("line 1") && !broken.contains("geheim"), "{broken}");
        assert!(
            error("clouds: {a: {auth: {auth_url: 'ftp://x', username: u, password: p, project_name: p}}}", "a")
                .contains("not an http")
        );
    }
}
