//! The inbox: pages for people, JSON for tests.

use std::fmt::Write;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::Message;
use super::message::{Opened, open};
use crate::clock::iso_8601;
use crate::context::Context;
use crate::page::{Escaped, page};

/// `/inbox`, `/inbox/{id}` and `/inbox.json`.
pub fn router() -> Router<Context> {
    Router::new()
        .route("/inbox", get(list))
        .route("/inbox/{id}", get(show))
        .route("/inbox.json", get(list_json).delete(clear))
}

/// A mail for a test.
#[derive(Debug, Serialize)]
struct MessageJson {
    id: String,
    /// The envelope's recipients.
    to: Vec<String>,
    /// The envelope's sender.
    from: String,
    subject: String,
    text: String,
    html: Option<String>,
    attachments: Vec<String>,
    /// `2026-10-28T09:30:00Z`.
    received_at: String,
}

#[derive(Debug, Deserialize)]
struct Filter {
    /// Only mail to this address; the case of letters does not count.
    to: Option<String>,
}

/// `GET /inbox.json?to=…`, newest first.
async fn list_json(State(context): State<Context>, Query(filter): Query<Filter>) -> Json<Vec<MessageJson>> {
    let is_wanted = |message: &&Message| {
        filter.to.as_ref().is_none_or(|wanted| message.to.iter().any(|to| to.eq_ignore_ascii_case(wanted)))
    };
    let messages: Vec<Message> =
        context.read(|state| state.mail.messages.iter().rev().filter(is_wanted).cloned().collect());
    let to_json = |message: Message| {
        let Opened { subject, text, html, attachments, .. } = open(&message.raw);
        let received_at = iso_8601(message.received_at);
        MessageJson {
            id: message.id,
            to: message.to,
            from: message.from,
            subject,
            text,
            html,
            attachments,
            received_at,
        }
    };
    Json(messages.into_iter().map(to_json).collect())
}

/// `DELETE /inbox.json`.
async fn clear(State(context): State<Context>) -> StatusCode {
    context.change(|state| state.mail.messages.clear());
    StatusCode::NO_CONTENT
}

async fn list(State(context): State<Context>) -> Response {
    let messages: Vec<Message> = context.read(|state| state.mail.messages.iter().rev().cloned().collect());
    if messages.is_empty() {
        return page(
            "Inbox",
            "<h1>Inbox</h1><p>No mail yet. Whatever the shop sends arrives here, whoever it is for.</p>",
        );
    }
    let mut rows = String::new();
    for message in &messages {
        let opened = open(&message.raw);
        let subject = if opened.subject.is_empty() { "(no subject)" } else { &opened.subject };
        // Writing into a string cannot fail.
        let _written = write!(
            rows,
            "<tr><td><a href=\"/inbox/{id}\">{subject}</a></td><td>{to}</td><td class=\"second\">{time}</td></tr>",
            id = Escaped(&message.id),
            subject = Escaped(subject),
            to = Escaped(&message.to.join(", ")),
            time = Escaped(&iso_8601(message.received_at)),
        );
    }
    let content =
        format!("<h1>Inbox</h1><table><tr><th>Subject</th><th>To</th><th>Received</th></tr>{rows}</table>");
    page("Inbox", &content)
}

async fn show(State(context): State<Context>, Path(id): Path<String>) -> Response {
    let message = context.read(|state| state.mail.messages.iter().find(|message| message.id == id).cloned());
    let Some(message) = message else {
        return (StatusCode::NOT_FOUND, page("No such mail", "<h1>There is no such mail</h1>"))
            .into_response();
    };
    let opened = open(&message.raw);
    let mut headers = String::new();
    for (name, value) in &opened.headers {
        // Writing into a string cannot fail.
        let _written = write!(headers, "<tr><th>{}</th><td>{}</td></tr>", Escaped(name), Escaped(value));
    }
    let mut content = format!(
        "<p><a href=\"/inbox\">Inbox</a></p><h1>{subject}</h1>\
         <p class=\"second\">From {from} to {to}</p><pre>{text}</pre>",
        subject = Escaped(&opened.subject),
        from = Escaped(&message.from),
        to = Escaped(&message.to.join(", ")),
        text = with_links(&opened.text),
    );
    if let Some(html) = &opened.html {
        // Links open beside the sandbox; scripts, forms and the page around it stay out of the mail's reach.
        content.push_str(&format!(
            "<h2>As HTML</h2><iframe title=\"The mail as HTML\" \
             sandbox=\"allow-popups allow-popups-to-escape-sandbox\" \
             srcdoc=\"{}\"></iframe>",
            Escaped(&format!("<base target=\"_blank\">{html}")),
        ));
    }
    if !opened.attachments.is_empty() {
        let names = opened.attachments.join(", ");
        content.push_str(&format!("<h2>Attached</h2><p>{}</p>", Escaped(&names)));
    }
    content.push_str(&format!("<h2>Headers</h2><table>{headers}</table>"));
    page(&opened.subject, &content)
}

/// Escapes text and makes links of its web addresses.
fn with_links(text: &str) -> String {
    let mut html = String::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let start = ["https://", "http://"].iter().filter_map(|scheme| piece.find(scheme)).min();
        let (before, rest) = piece.split_at(start.unwrap_or(piece.len()));
        // A full stop or a bracket after an address belongs to the sentence.
        let address =
            rest.trim_end().trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '>', ']', '"', '\'']);
        let after = rest.strip_prefix(address).unwrap_or_default();
        html.push_str(&Escaped(before).to_string());
        if !address.is_empty() {
            html.push_str(&format!("<a href=\"{link}\">{link}</a>", link = Escaped(address)));
        }
        html.push_str(&Escaped(after).to_string());
    }
    html
}

#[cfg(test)]
mod tests {
    use super::with_links;

    #[test]
    fn addresses_become_links_and_nothing_else_becomes_markup() {
        assert_eq!(
            with_links("Pay (http://127.0.0.1:1/pay/a?b=1&c=2).\n<b>"),
            "Pay (<a href=\"http://127.0.0.1:1/pay/a?b=1&amp;c=2\">http://127.0.0.1:1/pay/a?b=1&amp;c=2</a>).\n&lt;b&gt;"
        );
        assert_eq!(
            with_links("https://x.example/\"onclick=\"y"),
            "<a href=\"https://x.example/&quot;onclick=&quot;y\">https://x.example/&quot;onclick=&quot;y</a>"
        );
        assert_eq!(with_links("javascript:alert(1) plain"), "javascript:alert(1) plain");
    }
}
