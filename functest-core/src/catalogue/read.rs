// SPDX-License-Identifier: Apache-2.0
//! From a tree of nodes to a catalogue, collecting everything that is wrong on the way.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::diagnostic::{CatalogueError, Diagnostic, Severity};
use super::schema::{CASE_KEYS, DEPENDENCY_KEYS, FILE_KEYS, RUN_KEYS, TIER_KEYS};
use super::yaml::{self, Node, Value};
use super::{CaseSpec, Catalogue, Dependency, DriverName, Generation, TierSpec, danube, float};
use crate::criteria::Criteria;
use crate::pattern::Pattern;
use crate::suggest;
use crate::tier::Tier;

/// Reads `text`, or returns all that is wrong with it.
pub(super) fn read(origin: &str, text: &str) -> Result<Catalogue, CatalogueError> {
    let invalid = |diagnostics| CatalogueError::Invalid { origin: origin.to_owned(), diagnostics };
    let root = yaml::parse(text).map_err(|syntax| invalid(vec![*syntax]))?;
    let mut reader = Reader::default();
    let tiers = reader.file(&root);
    reader.unique_names(&tiers);
    reader.missing_runs();
    let findings = reader.findings;
    if findings.iter().any(|d| d.severity == Severity::Error) {
        return Err(invalid(findings));
    }
    let generation = reader.generations.iter().copied().max().unwrap_or(Generation::Xtesting);
    let tiers = tiers.into_iter().map(|read| Arc::new(read.spec) as Arc<dyn Tier>).collect();
    Ok(Catalogue { origin: origin.to_owned(), generation, tiers, warnings: findings })
}

/// A tier with the nodes that its names came from, for messages about the whole file.
struct ReadTier {
    spec: TierSpec,
    name: Node,
    case_names: Vec<Node>,
}

/// Collects findings; a value that is wrong is reported and stands for its default, so that reading goes on.
#[derive(Default)]
struct Reader {
    findings: Vec<Diagnostic>,
    generations: Vec<Generation>,
    /// Cases that are named as Colorado and Danube name them and do not say what runs them, with their paths. That is an
    /// error where others do.
    without_run: Vec<(Node, String)>,
}

/// Keys that narrow down what runs. One that looks like them and is not read would let more run than was meant.
const NARROWING_KEYS: &[&str] = &["dependencies", "enabled", "ci_loop"];

const WITHOUT_RUN: &str = "the key `run` is missing: it says what runs the case";

const CONDITIONS: &str = "conditions are written `{installer: REGEX, scenario: REGEX}`, or as a list of variables, `[{VARIABLE: REGEX}, ...]`";

/// The entries of a map, by key.
struct Fields<'a> {
    at: &'a Node,
    path: String,
    entries: HashMap<String, &'a Node>,
}

impl<'a> Fields<'a> {
    fn get(&self, key: &str) -> Option<&'a Node> {
        self.entries.get(key).copied()
    }

    fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

impl Reader {
    fn error(&mut self, node: &Node, path: &str, message: impl Into<String>) {
        self.findings.push(Diagnostic::new(Severity::Error, node.at, path, message));
    }

    fn warn(&mut self, node: &Node, path: &str, message: impl Into<String>) {
        self.findings.push(Diagnostic::new(Severity::Warning, node.at, path, message));
    }

    fn expected(&mut self, node: &Node, path: &str, what: &str) {
        // A file of another kind is one text, as a rule, and may hold secrets: it is not quoted.
        let is_whole_file = path.is_empty() && matches!(node.value, Value::Text(_));
        let found = if is_whole_file { "a text".to_owned() } else { node.kind() };
        self.error(node, path, format!("expected {what}, found {found}"));
    }

    /// The entries of a map. A key given twice counts with its last value, as in PyYAML.
    fn fields<'a>(&mut self, node: &'a Node, path: &str) -> Option<Fields<'a>> {
        let Value::Map(pairs) = &node.value else {
            self.expected(node, path, "a map");
            return None;
        };
        let mut entries = HashMap::new();
        for (key, value) in pairs {
            let name = key.key_text();
            if entries.insert(name.clone(), value).is_some() {
                self.warn(key, &join(path, &name), "the key is given twice; the last one counts");
            }
        }
        Some(Fields { at: node, path: path.to_owned(), entries })
    }

    /// Warns of keys that nobody reads. Where `own_keys` are allowed, only of those that look mistyped.
    fn unknown_keys(&mut self, node: &Node, path: &str, known: &[&str], own_keys: bool) {
        let Value::Map(pairs) = &node.value else { return };
        for (key, _) in pairs {
            let name = key.key_text();
            if known.contains(&name.as_str()) {
                continue;
            }
            let near = suggest::nearest(&name, known.iter().copied());
            if let Some(narrowing) = near.filter(|near| NARROWING_KEYS.contains(near)) {
                let message = format!("unknown key: did you mean `{narrowing}`? Without that, more would be selected");
                self.error(key, &join(path, &name), message);
                continue;
            }
            let nearest = suggest::did_you_mean(&name, near);
            if !nearest.is_empty() || !own_keys {
                self.warn(key, &join(path, &name), format!("unknown key{nearest}"));
            }
        }
    }

    fn file(&mut self, root: &Node) -> Vec<ReadTier> {
        let Some(fields) = self.fields(root, "") else { return Vec::new() };
        self.unknown_keys(root, "", FILE_KEYS, false);
        let Some(node) = fields.get("tiers") else {
            self.error(root, "", "the key `tiers` is missing: a catalogue is a list of tiers under it");
            return Vec::new();
        };
        let tiers: Vec<_> = self
            .list(node, "tiers")
            .iter()
            .enumerate()
            .filter_map(|(i, tier)| self.tier(tier, &format!("tiers[{i}]")))
            .collect();
        if tiers.is_empty() && self.findings.is_empty() {
            self.error(node, "tiers", "no tier is listed");
        }
        tiers
    }

    fn tier(&mut self, node: &Node, path: &str) -> Option<ReadTier> {
        let fields = self.fields(node, path)?;
        self.unknown_keys(node, path, TIER_KEYS, false);
        let name = self.required_name(&fields, "name");
        let order = fields.get("order").and_then(|n| self.integer(n, &fields.path_of("order")));
        let ci_loop = fields.get("ci_loop").and_then(|n| self.text(n, &fields.path_of("ci_loop")));
        let description = self.description(&fields);
        let mut case_names = Vec::new();
        let mut test_cases = Vec::new();
        if let Some(list) = fields.get("testcases") {
            let path = fields.path_of("testcases");
            for (i, case) in self.list(list, &path).iter().enumerate() {
                if let Some((spec, name)) = self.case(case, &format!("{path}[{i}]")) {
                    test_cases.push(spec);
                    case_names.push(name);
                }
            }
        }
        let name = name?;
        let spec = TierSpec { name: name.key_text(), order, ci_loop, description, test_cases };
        Some(ReadTier { spec, name, case_names })
    }

    fn case(&mut self, node: &Node, path: &str) -> Option<(CaseSpec, Node)> {
        let fields = self.fields(node, path)?;
        self.unknown_keys(node, path, CASE_KEYS, true);
        let danube = fields.get("case_name").is_none() && fields.get("name").is_some();
        let name = self.required_name(&fields, if danube { "name" } else { "case_name" });
        let run = if danube && fields.get("run").is_none() {
            self.without_run.push((node.clone(), path.to_owned()));
            Some(Run { driver: DriverName::Unsaid, args: BTreeMap::new(), env: BTreeMap::new() })
        } else {
            self.run(&fields)
        };
        let criteria = fields.get("criteria").map_or(Criteria::DEFAULT, |n| self.criteria(n, &fields));
        let blocking = self.boolean(&fields, "blocking");
        let enabled = self.boolean(&fields, "enabled");
        self.boolean(&fields, "clean_flag");
        let description = self.description(&fields);
        let project = fields.get("project_name").and_then(|n| self.text(n, &fields.path_of("project_name")));
        let dependencies = fields
            .get("dependencies")
            .map(|n| self.dependencies(n, &fields.path_of("dependencies")))
            .unwrap_or_default();
        let (name, run) = (name?, run?);
        let case_name = name.key_text();
        self.generations.push(match run.driver {
            DriverName::Name { .. } => Generation::Xtesting,
            DriverName::Class { .. } if danube => Generation::Danube,
            DriverName::Class { .. } => Generation::Euphrates,
            DriverName::Unsaid => Generation::Colorado,
        });
        let own = fields.entries.iter().filter(|(key, _)| !CASE_KEYS.contains(&key.as_str()));
        let spec = CaseSpec {
            project_name: project.unwrap_or_else(|| danube::project_of(&case_name).to_owned()),
            case_name,
            description,
            criteria,
            blocking: blocking.unwrap_or(true),
            enabled: enabled.unwrap_or(true),
            dependencies,
            driver: run.driver,
            args: run.args,
            env: run.env,
            extra: own.map(|(key, node)| (key.clone(), node.to_json())).collect(),
        };
        Some((spec, name))
    }

    fn run(&mut self, case: &Fields<'_>) -> Option<Run> {
        let path = case.path_of("run");
        let Some(node) = case.get("run") else {
            self.error(case.at, &case.path, WITHOUT_RUN);
            return None;
        };
        let fields = self.fields(node, &path)?;
        self.unknown_keys(node, &path, RUN_KEYS, false);
        let mut text = |key: &str| fields.get(key).and_then(|n| self.text(n, &fields.path_of(key)));
        let (name, module, class) = (text("name"), text("module"), text("class"));
        let args = fields.get("args").map(|n| self.map(n, &fields.path_of("args"))).unwrap_or_default();
        let env = fields.get("env").map(|n| self.map(n, &fields.path_of("env"))).unwrap_or_default();
        let env = env.into_iter().map(|(key, value)| (key, plain_text(&value))).collect();
        let driver = match (name, module, class) {
            (Some(name), _, _) => DriverName::Name { name },
            (None, Some(module), Some(class)) => DriverName::Class { module, class },
            _ => {
                let given = ["name", "module", "class"].iter().any(|key| fields.get(key).is_some());
                if !given || self.findings.iter().all(|d| !d.path.starts_with(&path)) {
                    self.error(node, &path, "expected `name`, or `module` and `class`");
                }
                return None;
            }
        };
        Some(Run { driver, args, env })
    }

    fn criteria(&mut self, node: &Node, fields: &Fields<'_>) -> Criteria {
        let read = match &node.value {
            Value::Int(n) => Criteria::at_least(*n as f64),
            Value::Float(n) => Criteria::at_least(*n),
            Value::Text(text) => text.parse(),
            _ => {
                self.expected(node, &fields.path_of("criteria"), "a number from 0 to 100 or a condition");
                return Criteria::DEFAULT;
            }
        };
        match read {
            Ok(criteria) => {
                if let Some(problem) = criteria.problem() {
                    self.error(
                        node,
                        &fields.path_of("criteria"),
                        format!("the criteria `{criteria}` is refused: {problem}"),
                    );
                }
                criteria
            }
            Err(e) => {
                self.error(node, &fields.path_of("criteria"), e.to_string());
                Criteria::DEFAULT
            }
        }
    }

    /// Both shapes: `{installer: regex, scenario: regex}` and `[{VARIABLE: regex}, ...]`. What is neither is an error: a
    /// condition that is not read would let the case run where it must not.
    fn dependencies(&mut self, node: &Node, path: &str) -> Vec<Dependency> {
        match &node.value {
            Value::Null => Vec::new(),
            Value::Map(pairs) => {
                pairs.iter().filter_map(|(key, value)| self.sut_dependency(key, value, path)).collect()
            }
            Value::List(items) => items
                .iter()
                .enumerate()
                .flat_map(|(i, item)| self.variable_dependencies(item, &format!("{path}[{i}]")))
                .collect(),
            _ => {
                self.expected(node, path, "a map with `installer` and `scenario`, or a list of `- VARIABLE: regex`");
                Vec::new()
            }
        }
    }

    fn sut_dependency(&mut self, key: &Node, value: &Node, path: &str) -> Option<Dependency> {
        let name = key.key_text();
        let variable = match name.as_str() {
            "installer" => "INSTALLER_TYPE",
            "scenario" => "DEPLOY_SCENARIO",
            _ => {
                let nearest = suggest::did_you_mean(&name, DEPENDENCY_KEYS.iter().copied());
                let advice = if nearest.is_empty() {
                    format!("a condition on a variable is an item of a list, as in `- {name}: REGEX`")
                } else {
                    CONDITIONS.to_owned()
                };
                let message = format!("expected `installer` or `scenario`{nearest}; {advice}");
                self.error(key, &join(path, &name), message);
                return None;
            }
        };
        let path = join(path, &name);
        // Danube leaves a condition that says nothing out.
        let pattern = if value.value == Value::Null {
            "".parse().ok()
        } else {
            self.pattern(value, &path, "as in `(apex)|(fuel)`")
        };
        Some(Dependency { variable: variable.into(), pattern: pattern?, unknown_passes: true })
    }

    fn variable_dependencies(&mut self, item: &Node, path: &str) -> Vec<Dependency> {
        let Value::Map(pairs) = &item.value else {
            self.expected(item, path, "a map of one variable, as in `- NO_TENANT_NETWORK: regex`");
            return Vec::new();
        };
        if pairs.is_empty() {
            self.error(
                item,
                path,
                "expected a map of one variable, as in `- NO_TENANT_NETWORK: regex`, found an empty map",
            );
        }
        pairs.iter().filter_map(|(key, value)| self.variable_dependency(key, value, path)).collect()
    }

    fn variable_dependency(&mut self, key: &Node, value: &Node, path: &str) -> Option<Dependency> {
        let variable = key.key_text();
        let path = join(path, &variable);
        if DEPENDENCY_KEYS.contains(&variable.as_str()) {
            let message = format!(
                "`{variable}` is no variable: expected a map, `dependencies: {{{variable}: REGEX}}`, or a list of variables \
                 such as `- INSTALLER_TYPE: REGEX`"
            );
            self.error(key, &path, message);
            return None;
        }
        let is_a_name =
            !variable.is_empty() && !variable.contains(|c: char| c.is_whitespace() || c == '=' || c == '\0');
        if !is_a_name || !matches!(key.value, Value::Text(_)) {
            self.error(key, &path, "expected the name of a variable, as in `- NO_TENANT_NETWORK: regex`");
            return None;
        }
        let pattern = self.pattern(value, &path, "as in `- NO_TENANT_NETWORK: regex`")?;
        Some(Dependency { variable, pattern, unknown_passes: false })
    }

    fn pattern(&mut self, node: &Node, path: &str, example: &str) -> Option<Pattern> {
        if !matches!(node.value, Value::Text(_) | Value::Int(_) | Value::Float(_)) {
            self.expected(node, path, &format!("a regular expression, {example}"));
            return None;
        }
        let text = self.text(node, path)?;
        text.parse().map_err(|e: crate::pattern::PatternError| self.error(node, path, e.to_string())).ok()
    }

    /// A file of Colorado says of no case what runs it; in a later one it was forgotten.
    fn missing_runs(&mut self) {
        if self.generations.iter().all(|generation| *generation == Generation::Colorado) {
            return;
        }
        for (node, path) in std::mem::take(&mut self.without_run) {
            self.error(&node, &path, WITHOUT_RUN);
        }
    }

    fn required_name(&mut self, fields: &Fields<'_>, key: &str) -> Option<Node> {
        let Some(node) = fields.get(key) else {
            let present: Vec<&str> = fields.entries.keys().map(String::as_str).collect();
            let near = suggest::nearest(key, present).map(|k| format!(" (is `{k}` meant for it?)")).unwrap_or_default();
            self.error(fields.at, &fields.path, format!("the key `{key}` is missing{near}"));
            return None;
        };
        let path = fields.path_of(key);
        if matches!(node.value, Value::Null | Value::Bool(_)) {
            // PyYAML makes `True` of a name `yes`, and `None` of `null`: nobody means that.
            self.expected(node, &path, "a name (one that YAML takes for something else than a text needs quotes)");
            return None;
        }
        let text = self.text(node, &path)?;
        if text.trim().is_empty() {
            self.error(node, &path, "a name may not be empty");
            return None;
        }
        Some(Node { at: node.at, value: Value::Text(text) })
    }

    fn description(&mut self, fields: &Fields<'_>) -> String {
        match fields.get("description") {
            Some(Node { value: Value::Null, .. }) | None => String::new(),
            Some(node) => self.text(node, &fields.path_of("description")).unwrap_or_default().trim().to_owned(),
        }
    }

    fn text(&mut self, node: &Node, path: &str) -> Option<String> {
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            Value::Int(n) => Some(n.to_string()),
            Value::Float(n) => Some(float::in_words(*n)),
            _ => {
                self.expected(node, path, "a text");
                None
            }
        }
    }

    fn integer(&mut self, node: &Node, path: &str) -> Option<i64> {
        if let Value::Int(n) = node.value {
            return Some(n);
        }
        self.expected(node, path, "a whole number");
        None
    }

    fn boolean(&mut self, fields: &Fields<'_>, key: &str) -> Option<bool> {
        let node = fields.get(key)?;
        if let Value::Bool(b) = node.value {
            return Some(b);
        }
        self.expected(node, &fields.path_of(key), "true or false");
        None
    }

    fn list<'a>(&mut self, node: &'a Node, path: &str) -> &'a [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => {
                self.expected(node, path, "a list");
                &[]
            }
        }
    }

    fn map(&mut self, node: &Node, path: &str) -> BTreeMap<String, serde_json::Value> {
        if node.value == Value::Null {
            return BTreeMap::new();
        }
        let fields = self.fields(node, path);
        fields.map(|f| f.entries.into_iter().map(|(key, value)| (key, value.to_json())).collect()).unwrap_or_default()
    }

    /// Two tiers or two cases of one name would make every later word about them ambiguous.
    fn unique_names(&mut self, tiers: &[ReadTier]) {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (i, tier) in tiers.iter().enumerate() {
            self.unique(&mut seen, "tier", &tier.name, &format!("tiers[{i}].name"));
        }
        let mut seen = HashMap::new();
        for (i, tier) in tiers.iter().enumerate() {
            for (j, name) in tier.case_names.iter().enumerate() {
                self.unique(&mut seen, "test case", name, &format!("tiers[{i}].testcases[{j}]"));
            }
        }
    }

    fn unique(&mut self, seen: &mut HashMap<String, usize>, what: &str, name: &Node, path: &str) {
        let text = name.key_text();
        if let Some(line) = seen.insert(text.clone(), name.at.line) {
            self.error(name, path, format!("the {what} `{text}` is listed already, in line {line}"));
        }
    }
}

struct Run {
    driver: DriverName,
    args: BTreeMap<String, serde_json::Value>,
    env: BTreeMap<String, String>,
}

/// A value as an environment variable carries it.
fn plain_text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<String> {
        match read("t.yaml", text) {
            Err(e) => e.to_string().lines().map(str::to_owned).collect(),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn all_semantic_errors_come_at_once_with_their_places() {
        let text = "tiers:\n  - name: a\n    order: zero\n    testcases:\n      - case_name: x\n        criteria: 101\n        \
                    blocking: maybe\n        run: {name: y}\n        dependencies: [{A: '('}]\n      - case_name: x\n        \
                    run: {nome: y}\n  - name: a\n";
        let found = errors(text);
        let starts = [
            "t.yaml:3:12: tiers[0].order: expected a whole number, found the text \"zero\"",
            "t.yaml:6:19: tiers[0].testcases[0].criteria: \"101\" is not a criterion",
            "t.yaml:7:19: tiers[0].testcases[0].blocking: expected true or false, found the text \"maybe\"",
            "t.yaml:9:28: tiers[0].testcases[0].dependencies[0].A: \"(\" is not a regular expression",
            "t.yaml:11:14: tiers[0].testcases[1].run: expected `name`, or `module` and `class`",
            "t.yaml:12:11: tiers[1].name: the tier `a` is listed already, in line 2",
        ];
        for start in starts {
            assert!(found.iter().any(|e| e.starts_with(start)), "{start}\nis not in\n{}", found.join("\n"));
        }
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let found = errors("tiers:\n  - name: [a\n");
        assert!(found[0].starts_with("t.yaml:") && found[0].contains("not YAML"), "{found:?}");
    }

    #[test]
    fn unknown_keys_warn_with_the_nearest() {
        let text = "tiers:\n- name: a\n  testcases:\n  - {case_name: x, critera: 50, tests_count: 3, run: {name: y}}\n";
        let catalogue = read("t.yaml", text).unwrap();
        assert_eq!(catalogue.warnings.len(), 1);
        assert_eq!(catalogue.warnings[0].message, "unknown key; did you mean `criteria`?");
        let (_, case) = catalogue.cases().next().unwrap();
        assert_eq!(case.extra["tests_count"], 3);
        assert_eq!(case.criteria, Criteria::DEFAULT);
    }

    #[test]
    fn duplicate_case_names_are_errors() {
        let text =
            "tiers:\n- name: a\n  testcases:\n  - {case_name: x, run: {name: y}}\n  - {case_name: x, run: {name: y}}\n";
        assert!(errors(text)[0].contains("the test case `x` is listed already, in line 4"));
    }
}
