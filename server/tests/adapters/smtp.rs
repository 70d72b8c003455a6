use sandbox::Sandbox;
use serde_json::{Value, json};
use server::adapters::Smtp;
use services::ports::{Mailer, PortError, mailer::OutgoingMail};

use super::{drop_after_commit, order, sandbox, status};

fn adapter(sandbox: &Sandbox) -> Smtp {
    let url = format!("smtp://{}", sandbox.smtp_address());
    Smtp::new(&url.into(), "shop@selltrac.example").unwrap()
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        message_id: "invoice-7@selltrac.example".into(),
        from_name: "Мoon, Söhne & Co".into(),
        reply_to: "moon@example.com".into(),
        to_name: "Zoë \"Z\" Example".into(),
        to: "zoe@example.com".into(),
        subject: "Ваш счёт INV-7 — 48,20 €, danke für deinen Einkauf bei uns, bis zum nächsten Mal! 謝謝"
            .into(),
        text: "Hola Zoë,\n\nhttp://localhost:3000/pay/T?a=b\n.\n謝謝\n".into(),
    }
}

async fn inbox(sandbox: &Sandbox) -> Vec<Value> {
    let url = format!("{}/inbox.json?to=zoe@example.com", sandbox.url());
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let sandbox = sandbox().await;
    adapter(&sandbox).send(&mail()).await.unwrap();
    let inbox = inbox(&sandbox).await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0]["subject"], mail().subject);
    assert_eq!(inbox[0]["from"], "shop@selltrac.example");
    assert_eq!(inbox[0]["to"], json!(["zoe@example.com"]));
    assert_eq!(inbox[0]["text"].as_str().unwrap().trim_end(), mail().text.trim_end());
    assert_eq!(inbox[0]["html"], Value::Null);
}

#[tokio::test]
async fn the_servers_no_is_told_from_its_not_now() {
    let sandbox = sandbox().await;
    let smtp = adapter(&sandbox);
    for (fault, passing) in [(status(550), false), (status(451), true), (drop_after_commit(), true)] {
        order(&sandbox, "smtp", "send", fault.clone(), 1).await;
        let error = smtp.send(&mail()).await.unwrap_err();
        assert_eq!(error.is_passing(), passing, "{fault}: {error}");
        assert!(!error.to_string().contains("zoe"), "{error}");
    }
    // A full mailbox is that mail's own trouble, and no reason to let others wait.
    for (number, of_this_mail) in [(451, true), (452, true), (421, false), (454, false)] {
        order(&sandbox, "smtp", "send", status(number), 1).await;
        let error = smtp.send(&mail()).await.unwrap_err();
        assert_eq!(matches!(error, PortError::Postponed(_)), of_this_mail, "{number}: {error}");
    }
    assert!(matches!(
        smtp.send(&OutgoingMail { to: "nobody".into(), ..mail() }).await,
        Err(PortError::Refused(_))
    ));
}

#[tokio::test]
async fn without_a_server_the_mail_waits() {
    let sandbox = sandbox().await;
    let smtp = adapter(&sandbox);
    sandbox.stop().await;
    let error = smtp.send(&mail()).await.unwrap_err();
    assert!(matches!(error, PortError::Unavailable(_)), "{error}");
}
