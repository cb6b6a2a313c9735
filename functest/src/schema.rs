// SPDX-License-Identifier: Apache-2.0
//! The JSON Schema of every document: of what verbs are asked, and of what they answer.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::error::Problem;
#[cfg(feature = "sandbox")]
use crate::noun::sandbox;
use crate::noun::{config, nodes, openstack, report, run, sut, testcase, tier};

/// Every document with its JSON Schema (2020-12), by its name, such as `exec-request`, which is that of its type here.
///
/// Requests are described as they are read, and refuse keys that they do not know. Answers are described as they are
/// written; whoever reads them has to pass over keys that are new.
pub fn documents() -> Vec<(String, Value)> {
    let mut documents = requests();
    documents.extend(answers());
    #[cfg(feature = "sandbox")]
    documents.extend(of_sandbox());
    documents
}

fn requests() -> Vec<(String, Value)> {
    vec![
        request::<tier::TierListRequest>(),
        request::<tier::TierShowRequest>(),
        request::<testcase::TestCaseListRequest>(),
        request::<testcase::TestCaseShowRequest>(),
        request::<run::RunRequest>(),
        request::<openstack::CheckRequest>(),
        request::<openstack::CleanRequest>(),
        request::<nodes::NodeListRequest>(),
        request::<nodes::NodeShowRequest>(),
        request::<nodes::ExecRequest>(),
        request::<nodes::SshRequest>(),
        request::<nodes::PutRequest>(),
        request::<nodes::GetRequest>(),
        request::<nodes::LogsRequest>(),
        request::<nodes::CollectLogsRequest>(),
        request::<nodes::NodeServiceRequest>(),
        request::<nodes::DetectRequest>(),
        request::<sut::SutInfoRequest>(),
        request::<sut::CredentialsRequest>(),
        request::<report::ReportRequest>(),
        request::<report::WriteReportRequest>(),
    ]
}

fn answers() -> Vec<(String, Value)> {
    vec![
        answer::<tier::TierList>(),
        answer::<testcase::TestCaseList>(),
        answer::<testcase::CaseInfo>(),
        answer::<openstack::CheckReport>(),
        answer::<openstack::CleanReport>(),
        answer::<nodes::NodeList>(),
        answer::<nodes::ExecReport>(),
        answer::<nodes::TransferReport>(),
        answer::<nodes::LogsReport>(),
        answer::<nodes::CollectedLogs>(),
        answer::<nodes::NodeServiceReport>(),
        answer::<nodes::DetectReport>(),
        answer::<nodes::NodesProgress<'static>>(),
        answer::<sut::SutInfo>(),
        answer::<sut::CredentialsFile>(),
        answer::<report::Report>(),
        answer::<report::ReportFile>(),
        answer::<config::ConfigList>(),
        answer::<Problem>(),
    ]
}

#[cfg(feature = "sandbox")]
fn of_sandbox() -> Vec<(String, Value)> {
    vec![
        request::<sandbox::ServeRequest>(),
        request::<sandbox::MatrixRequest>(),
        answer::<sandbox::SandboxAddress>(),
        answer::<sandbox::Matrix>(),
    ]
}

fn request<T: JsonSchema>() -> (String, Value) {
    document::<T>(SchemaSettings::draft2020_12().for_deserialize())
}

fn answer<T: JsonSchema>() -> (String, Value) {
    document::<T>(SchemaSettings::draft2020_12().for_serialize())
}

fn document<T: JsonSchema>(settings: SchemaSettings) -> (String, Value) {
    let schema = settings.into_generator().into_root_schema_for::<T>();
    (file_name(&T::schema_name()), schema.to_value())
}

/// `exec-request` for `ExecRequest`.
fn file_name(type_name: &str) -> String {
    let mut name = String::new();
    for letter in type_name.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}
