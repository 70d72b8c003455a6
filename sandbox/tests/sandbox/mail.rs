use reqwest::Method;
use serde_json::json;

use crate::bench::{Bench, Mailer};

const INVOICE: &str = concat!(
    "From: Sample Rings <shop@shop.example>\r\nTo: zoe@buyer.example\r\nSubject: =?utf-8?b?UmVjaG51bmcgZsO8ciBab8Or?=\r\n",
    "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n",
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
    "Zo=C3=AB, please pay <b>: http://127.0.0.1:9/pay/T=\r\n123.\r\n..two dots\r\n",
    "--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n",
    "<p onclick=\"x\">Please pay</p>\r\n--b--",
);

#[tokio::test]
async fn a_mail_goes_round() {
    let bench = Bench::start().await;
    let mut mailer = Mailer::connect(&bench.sandbox).await;
    let greeting = mailer.say("EHLO test").await;
    assert!(greeting.contains("SIZE 10485760") && greeting.contains("250 SMTPUTF8"), "{greeting}");
    assert!(mailer.send("zoe@buyer.example", INVOICE).await.starts_with("250 "));
    assert!(mailer.send("ben@buyer.example", "Subject: Second\r\n\r\nHello").await.starts_with("250 "));
    assert!(mailer.say("QUIT").await.starts_with("221 "));

    let all = bench.get_json("/inbox.json").await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(all[0]["subject"], "Second", "newest first");
    let for_zoe = bench.get_json("/inbox.json?to=ZOE@buyer.example").await;
    assert_eq!(for_zoe.as_array().unwrap().len(), 1);
    assert_eq!(for_zoe[0]["subject"], "Rechnung für Zoë");
    assert_eq!(for_zoe[0]["from"], "shop@shop.example");
    assert_eq!(for_zoe[0]["to"], json!(["zoe@buyer.example"]));
    let text = for_zoe[0]["text"].as_str().unwrap();
    assert!(text.starts_with("Zoë, please pay <b>: http://127.0.0.1:9/pay/T123."), "{text}");
    assert!(text.contains("\n.two dots"), "one of two dots at the start of a line is transparency: {text}");

    assert!(bench.page("/inbox").await.contains("Rechnung für Zoë"));
    let page = bench.page(&format!("/inbox/{}", for_zoe[0]["id"].as_str().unwrap())).await;
    assert!(page.contains("<a href=\"http://127.0.0.1:9/pay/T123\">"));
    assert!(page.contains("pay &lt;b&gt;:"), "the text is shown, not read");
    assert!(page.contains("&lt;p onclick=&quot;x&quot;&gt;"), "the HTML lies in an attribute");
    assert!(page.contains("sandbox=\"allow-popups"));

    let cleared = bench.request(Method::DELETE, "/inbox.json").send().await.unwrap();
    assert_eq!(cleared.status(), 204);
    assert_eq!(bench.get_json("/inbox.json").await, json!([]));
}

#[tokio::test]
async fn commands_out_of_order_are_refused() {
    let bench = Bench::start().await;
    let mut mailer = Mailer::connect(&bench.sandbox).await;
    assert!(mailer.say("HELO test").await.starts_with("250 "));
    assert!(mailer.say("RCPT TO:<a@b.example>").await.starts_with("503 "));
    assert!(mailer.say("DATA").await.starts_with("503 "));
    assert!(mailer.say("MAIL FROM:<a@b.example> SIZE=99999999").await.starts_with("552 "));
    assert!(mailer.say("MAIL FROM:<a@b.example> SIZE=10").await.starts_with("250 "));
    assert!(mailer.say("RCPT TO:nobody").await.starts_with("501 "));
    assert!(mailer.say("RSET").await.starts_with("250 "));
    assert!(mailer.say("RCPT TO:<a@b.example>").await.starts_with("503 "), "RSET forgot the sender");
    assert!(mailer.say("NOOP").await.starts_with("250 "));
    assert!(mailer.say("AUTH PLAIN").await.starts_with("502 "));
    assert_eq!(bench.get_json("/inbox.json").await, json!([]));
}

#[tokio::test]
async fn a_mail_that_grows_too_large_is_refused_at_its_end() {
    let bench = Bench::start().await;
    let mut mailer = Mailer::connect(&bench.sandbox).await;
    mailer.say("EHLO test").await;
    let line = "x".repeat(998);
    let content = vec![line.as_str(); 11_000].join("\r\n");
    assert!(mailer.send("a@b.example", &content).await.starts_with("552 "));
    assert!(
        mailer.send("a@b.example", "Subject: Small\r\n\r\nx").await.starts_with("250 "),
        "the connection lives on"
    );
    assert_eq!(bench.get_json("/inbox.json").await.as_array().unwrap().len(), 1);
}
