// SPDX-License-Identifier: Apache-2.0
//! `functest nodes`.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use functest::core::exit_code;
use functest::core::settings::Seconds;
use functest::core::words::visible;
use functest::{
    CollectLogsRequest, DetectRequest, ExecRequest, Functest, GetRequest, LogsRequest, NodeExec, NodeListRequest,
    NodeServiceLog, NodeShowRequest, NodesListener, NodesProgress, PodYaml, PutRequest, ServiceRequest, SshRequest,
    TransferReport,
};
use owo_colors::OwoColorize;

use super::{block_on, interruptible};
use crate::args::{DetectArgs, ExecArgs, GetArgs, ListArgs, LogsArgs, NodesCommand, PutArgs, ServiceArgs, ShowArgs};
use crate::error::Error;
use crate::output::Output;
use crate::terminal::{interactive, node_table, table};

pub(super) fn execute(functest: &Functest, command: NodesCommand, output: &Output) -> Result<u8, Error> {
    match command {
        NodesCommand::List(args) => list(functest, args, output),
        NodesCommand::Show(args) => show(functest, args, output),
        NodesCommand::Exec(args) => exec(functest, args, output),
        NodesCommand::Ssh(args) => ssh(functest, args),
        NodesCommand::Put(args) => put(functest, args, output),
        NodesCommand::Get(args) => get(functest, args, output),
        NodesCommand::Logs(args) => logs(functest, args, output),
        NodesCommand::Service(args) => service(functest, args, output),
        NodesCommand::Detect(args) => detect(functest, args, output),
    }
}

fn list(functest: &Functest, args: ListArgs, output: &Output) -> Result<u8, Error> {
    output.note(if args.hardware { "Asking the installer and the nodes ..." } else { "Asking the installer ..." });
    let request = NodeListRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        in_depth: args.hardware,
        pod_yaml: args.pod_yaml.map(|file| PodYaml { file, with_secrets: args.with_secrets }),
    };
    let list = block_on(interruptible(functest.nodes().list(&request)))?;
    if let Some(written) = &request.pod_yaml {
        output.note(format!("Written: {}", written.file.display()));
    }
    if args.json {
        output.json(&list)?;
    } else {
        output.table(&node_table::nodes(&list.nodes, output))?;
    }
    Ok(exit_code::OK)
}

fn show(functest: &Functest, args: ShowArgs, output: &Output) -> Result<u8, Error> {
    output.note("Asking the installer and the node ...");
    let request = NodeShowRequest { sut: args.sut.request(), node: args.name };
    let list = block_on(interruptible(functest.nodes().show(&request)))?;
    if args.json {
        output.json(&list)?;
    } else if let Some(node) = list.nodes.first() {
        node_table::page(node, output)?;
    }
    Ok(exit_code::OK)
}

fn exec(functest: &Functest, args: ExecArgs, output: &Output) -> Result<u8, Error> {
    let request = ExecRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        line: args.command.join(" "),
        sudo: args.sudo,
        deadline: Seconds(args.deadline.into()),
        jobs: args.jobs.map(usize::from).and_then(NonZeroUsize::new),
    };
    let listener = listener(output, args.json);
    let report = block_on(interruptible(functest.nodes().exec(&request, &listener)))?;
    if args.json {
        output.json(&report)?;
    }
    Ok(report.exit_code())
}

/// Says on how many nodes it runs, and what each wrote, as soon as it is done there; with `json` that is in the document.
fn listener(output: &Output, json: bool) -> NodesListener {
    let output = output.clone();
    NodesListener::new(move |progress| match progress {
        NodesProgress::Began { nodes } => output.note(format!("Running on {nodes} nodes ...")),
        NodesProgress::Ended(done) if !json => print_exec(done, &output),
        _ => {}
    })
}

/// What a node wrote, each line under the node's name.
fn print_exec(done: &NodeExec, output: &Output) {
    let name = visible(&done.node);
    for line in done.stdout.lines() {
        let _ = output.line(format!("{}: {}", name.style(output.styles.strong), visible(line)));
    }
    for line in done.stderr.lines() {
        output.note(format!("{}: {}", name.style(output.error_styles.doubtful), visible(line)));
    }
    match (&done.error, done.status) {
        (Some(error), _) => output.warning(format!("{name}: {error}")),
        (None, Some(code)) if code != 0 => output.warning(format!("{name}: ended with {code}")),
        _ => {}
    }
}

fn ssh(functest: &Functest, args: crate::args::SshArgs) -> Result<u8, Error> {
    let request = SshRequest { sut: args.sut.request(), node: args.name };
    block_on(async {
        let session = functest.nodes().ssh(&request).await?;
        interactive::run(&session, &args.command.join(" ")).await
    })
}

/// Says to or from how many nodes files are moved, and every second how much was.
fn moving(direction: &'static str, output: &Output) -> NodesListener {
    let (moved, said) = (AtomicU64::new(0), Mutex::new(Instant::now()));
    let output = output.clone();
    NodesListener::new(move |progress| match progress {
        NodesProgress::Began { nodes } => output.note(format!("Copying {direction} {nodes} nodes ...")),
        NodesProgress::Moved { bytes } => {
            moved.fetch_max(bytes, Ordering::Relaxed);
            if let Ok(mut said) = said.try_lock()
                && said.elapsed() >= Duration::from_secs(1)
            {
                *said = Instant::now();
                output.note(format!("{} MB moved ...", moved.load(Ordering::Relaxed) / 1_000_000));
            }
        }
        _ => {}
    })
}

fn put(functest: &Functest, args: PutArgs, output: &Output) -> Result<u8, Error> {
    let request = PutRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        local: args.local,
        remote: args.remote,
        sudo: args.sudo,
    };
    let report = block_on(interruptible(functest.nodes().put(&request, &moving("to", output))))?;
    print_transfer(&report, args.json, output)
}

fn get(functest: &Functest, args: GetArgs, output: &Output) -> Result<u8, Error> {
    let request = GetRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        remote: args.remote,
        local: args.local,
        sudo: args.sudo,
    };
    let report = block_on(interruptible(functest.nodes().get(&request, &moving("from", output))))?;
    print_transfer(&report, args.json, output)
}

fn print_transfer(report: &TransferReport, json: bool, output: &Output) -> Result<u8, Error> {
    if json {
        output.json(report)?;
    } else {
        for node in &report.nodes {
            match &node.error {
                Some(error) => output.warning(format!("{}: {error}", visible(&node.node))),
                None => output.line(format!("{}: {} files, {} bytes", visible(&node.node), node.files, node.bytes))?,
            }
        }
    }
    Ok(report.exit_code())
}

fn logs(functest: &Functest, args: LogsArgs, output: &Output) -> Result<u8, Error> {
    let nodes = args.of.selection();
    let sut = args.of.sut.request();
    match args.output {
        Some(folder) => collect(functest, CollectLogsRequest { sut, nodes, folder }, output),
        None => {
            let service = args.service.unwrap_or_default();
            one_service(functest, LogsRequest { sut, nodes, service, lines: args.lines }, output)
        }
    }
}

fn collect(functest: &Functest, request: CollectLogsRequest, output: &Output) -> Result<u8, Error> {
    let told = output.clone();
    let listener = NodesListener::new(move |progress| {
        if let NodesProgress::Began { nodes } = progress {
            told.note(format!("Collecting from {nodes} nodes ..."));
        }
    });
    let report = block_on(interruptible(functest.nodes().collect_logs(&request, &listener)))?;
    for log in &report.collected {
        output.line(format!("{}: {} bytes in {}", visible(&log.node), log.bytes, log.file.display()))?;
    }
    output.warnings(&report.problems);
    Ok(report.exit_code())
}

fn one_service(functest: &Functest, request: LogsRequest, output: &Output) -> Result<u8, Error> {
    let report = block_on(interruptible(functest.nodes().logs(&request)))?;
    for log in &report.nodes {
        match &log.error {
            Some(error) => output.warning(error),
            None => print_log(log, output)?,
        }
    }
    Ok(report.exit_code())
}

/// The log of a node, each line under the node's name.
fn print_log(log: &NodeServiceLog, output: &Output) -> Result<(), Error> {
    let node = visible(&log.node);
    log.text.lines().try_for_each(|line| output.line(format!("{node}: {}", visible(line))))
}

fn service(functest: &Functest, args: ServiceArgs, output: &Output) -> Result<u8, Error> {
    let request = ServiceRequest {
        nodes: args.of.selection(),
        sut: args.of.sut.request(),
        service: args.service,
        action: args.action.into(),
        permission: args.allow_disruption.then(|| "--allow-disruption".to_owned()),
    };
    let report = block_on(interruptible(functest.nodes().service(&request)))?;
    output.warnings(&report.problems);
    if args.json {
        output.json(&report)?;
    } else {
        let mut rows = table(&["node", "service", "state"], output);
        for (node, state) in &report.services {
            rows.add_row([visible(node), visible(&state.service), visible(&state.state)]);
        }
        output.table(&rows)?;
    }
    Ok(report.exit_code())
}

fn detect(functest: &Functest, args: DetectArgs, output: &Output) -> Result<u8, Error> {
    output.note("Trying all installers ...");
    let request = DetectRequest { sut: args.sut.request() };
    let report = block_on(interruptible(functest.nodes().detect(&request)))?;
    if args.json {
        output.json(&report)?;
    } else {
        let mut rows = table(&["installer", "found", "place", "evidence"], output);
        for candidate in &report.candidates {
            let word = if candidate.probe.found { "yes" } else { "no" };
            let style = if candidate.probe.found { output.styles.good } else { output.styles.faint };
            let evidence = visible(&candidate.probe.evidence);
            rows.add_row([&candidate.installer, &word.style(style).to_string(), &candidate.place, &evidence]);
        }
        output.table(&rows)?;
    }
    Ok(report.exit_code())
}
