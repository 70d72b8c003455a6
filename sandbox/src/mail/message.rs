//! Opens a mail: its subject, its headers, its text, its HTML.

use mailparse::{DispositionType, MailHeaderMap, ParsedMail};

/// A mail as a reader sees it, everything decoded.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Opened {
    pub subject: String,
    /// Names and values in the order in which they came.
    pub headers: Vec<(String, String)>,
    pub text: String,
    pub html: Option<String>,
    /// The names of attached files.
    pub attachments: Vec<String>,
}

/// Opens a mail. One that cannot be understood is shown whole as its own text.
pub fn open(raw: &str) -> Opened {
    let Ok(mail) = mailparse::parse_mail(raw.as_bytes()) else {
        return Opened { text: raw.to_owned(), ..Opened::default() };
    };
    let mut opened = Opened {
        subject: mail.headers.get_first_value("Subject").unwrap_or_default(),
        headers: mail.headers.iter().map(|header| (header.get_key(), header.get_value())).collect(),
        ..Opened::default()
    };
    collect(&mail, &mut opened);
    opened
}

/// Takes the first text and the first HTML, depth first; the rest are attachments.
fn collect(part: &ParsedMail<'_>, opened: &mut Opened) {
    if !part.subparts.is_empty() {
        part.subparts.iter().for_each(|subpart| collect(subpart, opened));
        return;
    }
    let disposition = part.get_content_disposition();
    let is_attachment = disposition.disposition == DispositionType::Attachment;
    let body = || part.get_body().unwrap_or_default();
    match part.ctype.mimetype.as_str() {
        "text/plain" if !is_attachment && opened.text.is_empty() => {
            opened.text = body().replace("\r\n", "\n")
        }
        "text/html" if !is_attachment && opened.html.is_none() => opened.html = Some(body()),
        kind => {
            let name = disposition.params.get("filename").or_else(|| part.ctype.params.get("name"));
            opened.attachments.push(name.cloned().unwrap_or_else(|| kind.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::open;

    #[test]
    fn encoded_mail_with_two_bodies_and_an_attachment() {
        let opened = open(concat!(
            "Subject: =?utf-8?b?UmVjaG51bmcgZsO8ciBab8Or?=\r\nMIME-Version: 1.0\r\n",
            "Content-Type: multipart/mixed; boundary=\"out\"\r\n\r\n",
            "--out\r\nContent-Type: multipart/alternative; boundary=\"in\"\r\n\r\n",
            "--in\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
            "Pay here: https://shop.example/pay/abc=\r\ndef?x=3D1\r\nMerci, Zo=C3=AB\r\n",
            "--in\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            "PHA+Wm/DqzwvcD4=\r\n--in--\r\n",
            "--out\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"INV-1.pdf\"\r\n\r\n",
            "x\r\n--out--\r\n",
        ));
        assert_eq!(opened.subject, "Rechnung für Zoë");
        assert_eq!(opened.text.trim_end(), "Pay here: https://shop.example/pay/abcdef?x=1\nMerci, Zoë");
        assert_eq!(opened.html.as_deref(), Some("<p>Zoë</p>"));
        assert_eq!(opened.attachments, ["INV-1.pdf"]);
    }

    #[test]
    fn a_plain_mail() {
        let opened = open("From: a@shop.example\r\nSubject: Hello\r\n\r\nJust text.\r\n");
        assert_eq!(opened.subject, "Hello");
        assert_eq!(opened.text, "Just text.\n");
        assert_eq!(opened.headers[0], ("From".to_owned(), "a@shop.example".to_owned()));
        assert_eq!(opened.html, None);
    }
}
