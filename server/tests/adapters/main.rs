//! The adapters against the sandbox: real HTTP and SMTP on this machine, faults included.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot prepare its case shall fail")]

mod easypost;
mod smtp;
mod store;
mod stripe;

use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

/// A sandbox of its own for each test.
async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

/// Orders a fault: it happens `times` times, in the next calls of the operation.
async fn order(sandbox: &Sandbox, provider: &str, operation: &str, fault: Value, times: u32) {
    let rule = json!({ "provider": provider, "operation": operation, "fault": fault, "times": times });
    let ordered =
        reqwest::Client::new().post(format!("{}/faults", sandbox.url())).json(&rule).send().await.unwrap();
    assert_eq!(ordered.status().as_u16(), 201, "{rule}");
}

/// A fault that answers with a status and does nothing.
fn status(status: u16) -> Value {
    json!({ "kind": "status", "status": status })
}

/// The work is done and its answer lost.
fn drop_after_commit() -> Value {
    json!({ "kind": "drop_after_commit" })
}

/// How often an operation was called.
async fn calls(sandbox: &Sandbox, provider: &str, operation: &str) -> usize {
    let url = format!("{}/calls.json?provider={provider}&operation={operation}", sandbox.url());
    let calls: Vec<Value> = reqwest::get(url).await.unwrap().json().await.unwrap();
    calls.len()
}
