// SPDX-License-Identifier: Apache-2.0
//! `functest sandbox`.

use functest::core::exit_code;
use functest::{Functest, Matrix};

use super::{block_on, stop_signal};
use crate::args::{MatrixArgs, SandboxCommand, ServeArgs};
use crate::error::Error;
use crate::output::Output;
use crate::terminal::table;

pub(super) fn execute(functest: &Functest, command: SandboxCommand, output: &Output) -> Result<u8, Error> {
    match command {
        SandboxCommand::Serve(args) => block_on(serve(args, output)),
        SandboxCommand::Matrix(args) => matrix(functest, &args, output),
    }
}

async fn serve(args: ServeArgs, output: &Output) -> Result<u8, Error> {
    let clouds = args.write_clouds.clone();
    let sandbox = args.request().start().await?;
    if let Some(path) = &clouds {
        sandbox.write_clouds(path).map_err(|source| Error::Write { path: path.clone(), source })?;
    }
    let (url, seed, port) = (sandbox.auth_url(), sandbox.seed(), sandbox.guest_port());
    output.line(format!("sandbox ready: {url} (seed {seed}; guests answer SSH on port {port})"))?;
    stop_signal().await;
    Ok(exit_code::OK)
}

fn matrix(functest: &Functest, args: &MatrixArgs, output: &Output) -> Result<u8, Error> {
    let told = output.clone();
    let progress = move |fault: &str| told.note(format!("Running on a cloud with {fault} ..."));
    let matrix = block_on(async { Ok(functest.detection_matrix(&args.names, &progress).await?) })?;
    match args.json {
        true => output.json(&matrix)?,
        false => print(&matrix, output)?,
    }
    Ok(exit_code::OK)
}

fn print(matrix: &Matrix, output: &Output) -> Result<(), Error> {
    let mut rows = table(&["broken cloud", "detected by", "checks"], output);
    for row in &matrix.faults {
        if row.detections.is_empty() {
            rows.add_row([row.fault.as_str(), "nobody", ""]);
        }
        for (place, detection) in row.detections.iter().enumerate() {
            let fault = if place == 0 { row.fault.as_str() } else { "" };
            let checks = match detection.checks.len() {
                0..=3 => detection.checks.join(", "),
                count => format!("{}, and {} more", detection.checks[..2].join(", "), count - 2),
            };
            rows.add_row([fault, &detection.case_name, &checks]);
        }
    }
    output.table(&rows)
}
