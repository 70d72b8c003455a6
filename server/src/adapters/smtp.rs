//! Mail through a mail server.

use std::time::Duration;

use domain::text;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::AddressError,
    message::{Mailbox, SinglePart},
    transport::smtp,
};
use secrecy::{ExposeSecret, SecretString};
use services::ports::{Answer, Mailer, PortError, mailer::OutgoingMail};
use url::{Host, Url};

/// How long one step of the conversation may take.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the whole of it may take.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);
/// Of names and subjects, so many characters are sent.
const MAX_LINE: usize = 200;

/// What a mail server says that serves nobody at the moment: it is closing, or cannot sign anybody in. Its other passing
/// refusals are about one mail.
const SERVES_NOBODY: [&str; 2] = ["421", "454"];

/// Why mail cannot be sent with these settings. The address of the server may hold a password and is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailSettingsError {
    #[error(
        "it must look like smtps://user:password@mail.example.com or smtp+starttls://user:password@mail.example.com"
    )]
    Url,
    #[error("smtp:// is not encrypted and only for this machine; use smtps:// or smtp+starttls://")]
    NotEncrypted,
    #[error("the machine cannot set up TLS")]
    Tls,
    #[error("not an e-mail address")]
    From,
}

/// The adapter: a new connection for every mail.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Smtp {{ from: {} }}", self.from)
    }
}

impl Smtp {
    /// An adapter for a server and a sender's address. `url` is
    ///
    /// - `smtps://user:password@host[:465]`: TLS from the first byte,
    /// - `smtp+starttls://user:password@host[:587]`: TLS is asked for and must be given,
    /// - `smtp://host:port`: no TLS, for a server on this machine.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, MailSettingsError> {
        let url = transport_url(url.expose_secret())?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(|_| MailSettingsError::Tls)?
            .timeout(Some(STEP_TIMEOUT))
            .build();
        let from = from.parse().map_err(|_| MailSettingsError::From)?;
        Ok(Smtp { transport, from })
    }

    fn message(&self, mail: &OutgoingMail) -> Result<Message, PortError> {
        let refused = |_| PortError::Refused("an address to which no mail can be sent".into());
        let to = address(&mail.to).map_err(refused)?;
        let mut message = Message::builder()
            .from(Mailbox::new(name(&mail.from_name), self.from.clone()))
            .to(Mailbox::new(name(&mail.to_name), to))
            .subject(line(&mail.subject))
            .message_id(Some(self.message_id(&mail.message_id)?));
        // A sender's address to which nobody can answer is no reason to tell the buyer nothing.
        match address(&mail.reply_to) {
            Ok(reply_to) => message = message.reply_to(Mailbox::new(None, reply_to)),
            Err(_) if mail.reply_to.is_empty() => {}
            Err(_) => tracing::warn!(mail = mail.message_id, "a mail goes without an address for answers"),
        }
        message
            .singlepart(SinglePart::plain(mail.text.clone()))
            .map_err(|_| PortError::Refused("a mail that cannot be written".into()))
    }

    /// `<id@domain>`. An id without a domain gets the sender's.
    fn message_id(&self, id: &str) -> Result<String, PortError> {
        let id = id.trim_start_matches('<').trim_end_matches('>');
        let plain = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte))
        };
        let (local, domain) = id.split_once('@').unwrap_or((id, self.from.domain()));
        if plain(local) && plain(domain) && id.len() <= MAX_LINE {
            Ok(format!("<{local}@{domain}>"))
        } else {
            Err(PortError::Refused("a mail without a proper id".into()))
        }
    }
}

/// Our notation of the server in that of the mail library.
fn transport_url(url: &str) -> Result<Url, MailSettingsError> {
    let (scheme, rest) = url.split_once("://").ok_or(MailSettingsError::Url)?;
    let parsed = Url::parse(&format!("smtp://{rest}")).map_err(|_| MailSettingsError::Url)?;
    // The mail library does not connect to IPv6 addresses written as such; a name that leads to one is fine.
    let whole = matches!(parsed.host(), Some(Host::Ipv4(_) | Host::Domain(_)))
        && parsed.query().is_none()
        && parsed.fragment().is_none();
    if !whole
        || !matches!(parsed.path(), "" | "/")
        || (parsed.username().is_empty() != parsed.password().is_none())
    {
        return Err(MailSettingsError::Url);
    }
    let translated = match scheme {
        "smtps" => format!("smtps://{rest}"),
        "smtp+starttls" => format!("smtp://{}?tls=required", rest.trim_end_matches('/')),
        "smtp" if is_this_machine(&parsed) => format!("smtp://{rest}"),
        "smtp" => return Err(MailSettingsError::NotEncrypted),
        _ => return Err(MailSettingsError::Url),
    };
    Url::parse(&translated).map_err(|_| MailSettingsError::Url)
}

/// Whether what is sent there stays on this machine. A scheme that is no web scheme leaves addresses as names.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => {
            name == "localhost"
                || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
        Some(Host::Ipv6(_)) | None => false,
    }
}

/// An address with its domain as mail servers know it: `bücher.example` is `xn--bcher-kva.example` to them.
fn address(typed: &str) -> Result<Address, AddressError> {
    let (local, domain) = typed.rsplit_once('@').ok_or(AddressError::MissingParts)?;
    match Host::parse(domain) {
        Ok(Host::Domain(ascii)) => Address::new(local, ascii),
        _ => Address::new(local, domain),
    }
}

/// One line without line breaks and control characters, so that nothing typed by a person becomes a header.
fn line(typed: &str) -> String {
    text::tidy(typed).chars().take(MAX_LINE).collect()
}

fn name(typed: &str) -> Option<String> {
    Some(line(typed)).filter(|name| !name.is_empty())
}

/// What the server said, by its number: its text may repeat the buyer's address.
fn port_error(error: &smtp::Error) -> PortError {
    let code = error.status().map_or_else(String::new, |code| format!(" {code}"));
    if matches!(code.trim(), "530" | "534" | "535" | "538") {
        PortError::Unauthorised(format!("mail server{code}"))
    } else if error.is_permanent() || error.is_client() {
        PortError::Refused(format!("mail server{code}"))
    } else if error.is_tls() {
        PortError::Unavailable("mail server: no TLS".into())
    } else if error.is_transient() && !SERVES_NOBODY.contains(&code.trim()) {
        PortError::Postponed(format!("mail server{code}"))
    } else {
        PortError::Unavailable(format!("mail server{code}: no answer or a passing one"))
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Answer<'a, ()> {
        Box::pin(async move {
            let message = self.message(mail)?;
            match tokio::time::timeout(TOTAL_TIMEOUT, self.transport.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(port_error(&error)),
                Err(_) => Err(PortError::Unavailable("mail server: no answer in time".into())),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::contact;

    use super::*;

    fn smtp() -> Smtp {
        Smtp::new(&"smtp://127.0.0.1:2525".into(), "shop@selltrac.example").unwrap()
    }

    fn mail() -> OutgoingMail {
        OutgoingMail {
            message_id: "invoice-1".into(),
            from_name: "Moon & Co".into(),
            reply_to: "moon@example.com".into(),
            to_name: "Ana".into(),
            to: "ana@example.com".into(),
            subject: "Your invoice".into(),
            text: "Thank you.\nMoon".into(),
        }
    }

    fn headers(mail: &OutgoingMail) -> Vec<String> {
        let written = String::from_utf8(smtp().message(mail).unwrap().formatted()).unwrap();
        let (head, _) = written.split_once("\r\n\r\n").unwrap();
        head.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn only_encrypted_or_local_servers_are_accepted() {
        for url in [
            "smtp://127.0.0.1:2525",
            "smtp://localhost:25",
            "smtps://user%40a.example:p%2Fw@mail.example.com",
            "smtp+starttls://user:password@mail.example.com:2587",
        ] {
            let made = Smtp::new(&url.into(), "shop@selltrac.example");
            assert!(made.is_ok(), "{url}: {made:?}");
        }
        for (url, error) in [
            ("smtp://mail.example.com", MailSettingsError::NotEncrypted),
            ("smtp://10.0.0.1", MailSettingsError::NotEncrypted),
            ("smtp://127.0.0.1.example.com", MailSettingsError::NotEncrypted),
            ("smtp+starttls://mail.example.com?tls=opportunistic", MailSettingsError::Url),
            ("smtps://user@mail.example.com", MailSettingsError::Url),
            ("https://mail.example.com", MailSettingsError::Url),
            ("mail.example.com", MailSettingsError::Url),
            ("smtp://[::1]:25", MailSettingsError::Url),
            ("smtps://", MailSettingsError::Url),
        ] {
            assert_eq!(Smtp::new(&url.into(), "shop@selltrac.example").err(), Some(error), "{url}");
        }
        assert_eq!(Smtp::new(&"smtp://127.0.0.1:25".into(), "shop").err(), Some(MailSettingsError::From));
    }

    #[test]
    fn starttls_is_required_and_not_merely_tried() {
        let url = transport_url("smtp+starttls://a:b@mail.example.com:2587").unwrap();
        assert_eq!(url.as_str(), "smtp://a:b@mail.example.com:2587?tls=required");
    }

    #[test]
    fn nothing_typed_becomes_a_header() {
        let attack = "Ana\r\nBcc: victim@example.com\r\n\r\nbody";
        let plain = headers(&mail());
        let mut attacked = mail();
        (attacked.from_name, attacked.to_name, attacked.subject) =
            (attack.into(), attack.into(), attack.into());
        let names = |headers: &[String]| -> Vec<String> {
            let lines = headers.iter().filter(|line| !line.starts_with(' '));
            lines.filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(names(&headers(&attacked)), names(&plain));
        let attacked = OutgoingMail { to: "ana@example.com\r\nBcc: a@b.example".into(), ..mail() };
        assert!(matches!(smtp().message(&attacked), Err(PortError::Refused(_))));
        let attacked = OutgoingMail { reply_to: "a@b.example>,<c@d.example".into(), ..mail() };
        assert!(!names(&headers(&attacked)).contains(&"Reply-To".to_owned()));
        let attacked = OutgoingMail { message_id: "a\r\nBcc: b@c.example".into(), ..mail() };
        assert!(smtp().message(&attacked).is_err());
    }

    #[test]
    fn what_a_form_takes_for_an_address_can_be_written_to() {
        let locals = ["ana", "ana.ruiz+shop", "o'hara", "a.b-c_d", "josé", "{x}", "1"];
        let domains = [
            "example.com",
            "localhost",
            "bücher.example",
            "mail.x",
            "1.example",
            "xn--bcher-kva.example",
            "παράδειγμα.example",
        ];
        for typed in locals.iter().flat_map(|local| domains.map(|domain| format!("{local}@{domain}"))) {
            assert!(contact::email(&typed).is_ok() && address(&typed).is_ok(), "{typed}");
        }
        for typed in ["ana..ruiz@example.com", "ana.@example.com", ".ana@example.com", "ana@-x.example"] {
            assert!(contact::email(typed).is_err() && address(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn domains_are_sent_as_mail_servers_know_them() {
        let to = OutgoingMail { to: "ana@bücher.example".into(), ..mail() };
        let message = smtp().message(&to).unwrap();
        assert_eq!(message.envelope().to()[0].to_string(), "ana@xn--bcher-kva.example");
    }

    #[test]
    fn a_bad_address_for_answers_stops_no_mail() {
        let bad = OutgoingMail { reply_to: "ha..zel@shop.example".into(), ..mail() };
        let message = smtp().message(&bad).unwrap();
        assert_eq!(message.envelope().to()[0].to_string(), mail().to);
    }

    #[test]
    fn a_mail_has_its_own_lasting_id() {
        assert!(headers(&mail()).contains(&"Message-ID: <invoice-1@selltrac.example>".to_owned()));
        let whole = OutgoingMail { message_id: "<a.b@c.example>".into(), ..mail() };
        assert!(headers(&whole).contains(&"Message-ID: <a.b@c.example>".to_owned()));
    }
}
