//! What stands in for a mail server until one is set.

use services::ports::{Answer, Mailer, PortError, mailer::OutgoingMail};

/// Refuses every mail, so that the job of each waits, visibly, for a person to set a mail server.
pub struct NoMail;

impl Mailer for NoMail {
    fn send<'a>(&'a self, _: &'a OutgoingMail) -> Answer<'a, ()> {
        Box::pin(async { Err(PortError::Gone("no mail server is set (mail.url)".into())) })
    }
}
