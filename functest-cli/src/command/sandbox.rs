// SPDX-License-Identifier: Apache-2.0
//! `functest sandbox`.

use functest::core::exit_code;
use functest::{Functest, Matrix, MatrixRequest, SandboxAddress};

use super::{block_on, stop_signal};
use crate::args::{MatrixArgs, SandboxCommand, ServeArgs};
use crate::error::Error;
use crate::output::Output;
use crate::terminal::table;

pub(super) fn execute(functest: &Functest, command: SandboxCommand, output: &Output) -> Result<u8, Error> {
    match command {
        SandboxCommand::Serve(args) => block_on(serve(functest, args, output)),
        SandboxCommand::Matrix(args) => matrix(functest, args, output),
    }
}

async fn serve(functest: &Functest, args: ServeArgs, output: &Output) -> Result<u8, Error> {
    let sandbox = functest.sandbox().serve(&args.request()).await?;
    let SandboxAddress { auth_url, seed, guest_port, .. } = sandbox.address();
    output.line(format!("sandbox ready: {auth_url} (seed {seed}; guests answer SSH on port {guest_port})"))?;
    stop_signal().await;
    Ok(exit_code::OK)
}

fn matrix(functest: &Functest, args: MatrixArgs, output: &Output) -> Result<u8, Error> {
    let told = output.clone();
    let progress = move |fault: &str| told.note(format!("Running on a cloud with {fault} ..."));
    let request = MatrixRequest { names: args.names };
    let matrix = block_on(async { Ok(functest.sandbox().matrix(&request, &progress).await?) })?;
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
