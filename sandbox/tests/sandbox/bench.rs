//! A running sandbox with a client, and a receiver of webhooks.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::{Method, RequestBuilder, Response};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub const STRIPE_KEY: &str = "sk_test_example";
pub const EASYPOST_KEY: &str = "EZTKexample";

/// No test waits longer than this for something to happen.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Bench {
    pub sandbox: Sandbox,
    pub client: reqwest::Client,
}

impl Bench {
    pub async fn start() -> Bench {
        Self::start_with(Options::default()).await
    }

    pub async fn start_with(options: Options) -> Bench {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Bench { sandbox: Sandbox::start(options).await.unwrap(), client }
    }

    pub fn stripe(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.sandbox.stripe_url())).bearer_auth(STRIPE_KEY)
    }

    pub fn easypost(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.sandbox.easypost_url()))
            .basic_auth(EASYPOST_KEY, None::<&str>)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.sandbox.url()))
    }

    pub async fn get_json(&self, path: &str) -> Value {
        json_of(self.request(Method::GET, path)).await
    }

    pub async fn page(&self, path: &str) -> String {
        let response = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    pub async fn create_session(&self, idempotency_key: &str, cents: u32) -> Response {
        self.stripe(Method::POST, "/v1/checkout/sessions")
            .header("Idempotency-Key", idempotency_key)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(session_form(cents))
            .send()
            .await
            .unwrap()
    }

    /// A session of $48.20.
    pub async fn session(&self, idempotency_key: &str) -> Value {
        let response = self.create_session(idempotency_key, 4820).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    pub async fn pay(&self, session: &Value) -> Response {
        self.request(Method::POST, &format!("/stripe/checkout/{}/pay", id(session))).send().await.unwrap()
    }

    pub async fn register_webhook(&self, url: &str, events: &[&str]) -> String {
        let mut form = vec![("url".to_owned(), url.to_owned())];
        form.extend(events.iter().map(|event| ("enabled_events[]".to_owned(), (*event).to_owned())));
        let endpoint = json_of(self.stripe(Method::POST, "/v1/webhook_endpoints").form(&form)).await;
        endpoint["secret"].as_str().unwrap().to_owned()
    }

    pub async fn shipment(&self) -> Value {
        json_of(self.easypost(Method::POST, "/shipments").json(&shipment_body())).await
    }

    pub async fn buy(&self, shipment: &Value, rate: usize) -> Response {
        let body = json!({ "rate": { "id": shipment["rates"][rate]["id"] } });
        let path = format!("/shipments/{}/buy", id(shipment));
        self.easypost(Method::POST, &path).json(&body).send().await.unwrap()
    }

    pub async fn order_fault(&self, provider: &str, operation: &str, fault: Value) {
        let rule = json!({ "provider": provider, "operation": operation, "fault": fault });
        let response = self.request(Method::POST, "/faults").json(&rule).send().await.unwrap();
        assert_eq!(response.status(), 201, "{rule}");
    }

    pub async fn calls(&self, provider: &str, operation: &str) -> usize {
        let calls = self.get_json(&format!("/calls.json?provider={provider}&operation={operation}")).await;
        calls.as_array().unwrap().len()
    }
}

pub async fn json_of(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap()
}

pub fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

pub fn session_form(cents: u32) -> String {
    [
        "mode=payment",
        "line_items[0][quantity]=1",
        "line_items[0][price_data][currency]=usd",
        &format!("line_items[0][price_data][unit_amount]={cents}"),
        "line_items[0][price_data][product_data][name]=Invoice+INV-1+%3Cb%3E",
        "client_reference_id=attempt-1",
        "metadata[invoice_id]=7",
        "payment_intent_data[metadata][invoice_id]=7",
        "success_url=http%3A%2F%2F127.0.0.1%3A9%2Fpay%2FT%3Fsession%3D%7BCHECKOUT_SESSION_ID%7D",
        "cancel_url=http%3A%2F%2F127.0.0.1%3A9%2Fpay%2FT",
    ]
    .join("&")
}

pub fn shipment_body() -> Value {
    json!({ "shipment": {
        "reference": "INV-1",
        "to_address": {
            "name": "Zoë Sample", "street1": "12 Invented Road", "city": "Reno", "state": "NV", "zip": "89501", "country": "US",
        },
        "from_address": {
            "company": "Sample Rings", "street1": "1 Nowhere Street", "city": "Austin", "state": "TX", "zip": "73301",
        },
        "parcel": { "weight": 4.0, "length": 6.0, "width": 4.0, "height": 1.5 },
    }})
}

/// Asks again and again until there is an answer.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(tokio::time::Instant::now() < deadline, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One webhook received.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: String,
}

/// A server that keeps every webhook, and refuses as many as it is told to first.
pub struct Receiver {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    server: JoinHandle<()>,
}

impl Receiver {
    pub async fn start(refusals: usize) -> Receiver {
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let kept = received.clone();
        let keep = async move |headers: HeaderMap, body: Bytes| {
            let mut kept = kept.lock().unwrap();
            kept.push(Received { headers, body: String::from_utf8(body.to_vec()).unwrap() });
            if kept.len() <= refusals { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/hooks", post(keep));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Receiver { address, received, server }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until so many have come.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        eventually("a webhook", async || Some(self.received()).filter(|received| received.len() >= count))
            .await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A client that speaks SMTP by hand.
pub struct Mailer {
    stream: TcpStream,
}

impl Mailer {
    pub async fn connect(sandbox: &Sandbox) -> Mailer {
        let mut mailer = Mailer { stream: TcpStream::connect(sandbox.smtp_address()).await.unwrap() };
        assert!(mailer.reply().await.starts_with("220 "));
        mailer
    }

    /// Sends one line and answers what the server said; nothing if it closed the connection.
    pub async fn say(&mut self, line: &str) -> String {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.reply().await
    }

    /// Sends a mail and answers the last reply.
    pub async fn send(&mut self, to: &str, content: &str) -> String {
        assert!(self.say("MAIL FROM:<shop@shop.example>").await.starts_with("250 "));
        assert!(self.say(&format!("RCPT TO:<{to}>")).await.starts_with("250 "));
        assert!(self.say("DATA").await.starts_with("354 "));
        self.say(&format!("{content}\r\n.")).await
    }

    async fn reply(&mut self) -> String {
        let mut reply = String::new();
        let mut chunk = [0; 1024];
        loop {
            let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut chunk)).await.unwrap().unwrap();
            reply.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
            let last_line = reply.trim_end().lines().last().unwrap_or_default();
            // A hyphen after the code means that more lines follow.
            if read == 0 || reply.ends_with("\r\n") && last_line.as_bytes().get(3) != Some(&b'-') {
                return reply;
            }
        }
    }
}
