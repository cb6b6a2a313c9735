// SPDX-License-Identifier: Apache-2.0
//! The report in a real browser.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use functest_results::{Format, render};

use crate::{record, sample};

/// Opens a page and gives what the browser made of it; `None` when there is no browser here.
#[expect(clippy::print_stdout, reason = "whoever reads the test's output must know that it tested nothing")]
fn opened(page: &Path, profile: &Path) -> Option<Output> {
    let mut chromium = Command::new("chromium");
    chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--window-size=500,900"]);
    chromium.args(["--enable-logging=stderr", "--v=0", "--dump-dom"]);
    chromium.arg(format!("--user-data-dir={}", profile.display())).arg(format!("file://{}", page.display()));
    match chromium.output() {
        Ok(output) => Some(output),
        Err(_) => {
            println!("skipped: chromium is not installed");
            None
        }
    }
}

#[test]
fn a_browser_has_nothing_to_complain_about() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["failed", "hostile", "empty"] {
        let page = folder.path().join(format!("{name}.html"));
        fs::write(&page, render(&record(name), Format::Html).unwrap()).unwrap();
        let Some(output) = opened(&page, &folder.path().join("profile")) else { return };
        let (dom, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(dom.contains("</footer>"), "{name}: {log}");
        for line in log.lines() {
            assert!(!line.contains("CONSOLE") && !line.contains("Refused"), "{name}: {line}");
        }
    }
}

/// A script for a copy of the page: it unfolds everything and notes how far to the right anything reaches.
const MEASURE: &str = "<script>
document.querySelectorAll('details').forEach(details => details.open = true);
let furthest = 0;
for (const element of document.querySelectorAll('body *')) {
  if (element.closest('.hidden, symbol, .timeline svg, .scroll > *')) continue;
  furthest = Math.max(furthest, element.getBoundingClientRect().right);
}
document.documentElement.dataset.furthest = Math.ceil(furthest);
</script></body>";

#[test]
fn a_phone_need_not_be_scrolled_sideways() {
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in sample::ALL {
        let html = render(&record(name), Format::Html).unwrap();
        // The page itself forbids scripts, and a headless window cannot be as narrow as a phone.
        let html = html.replace("http-equiv=\"Content-Security-Policy\"", "");
        let html = html.replace("</style>", "html { width: 390px }</style>").replace("</body>", MEASURE);
        let page = folder.path().join(format!("{name}.html"));
        fs::write(&page, html).unwrap();
        let Some(output) = opened(&page, &folder.path().join("profile")) else { return };
        let dom = String::from_utf8_lossy(&output.stdout);
        let furthest = dom.split("data-furthest=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(furthest, "390", "{name}");
    }
}
