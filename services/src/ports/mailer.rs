//! Sending mail.

use super::Answer;

/// A mail in plain text. Buyers' mails have no pictures and no tracking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Unique and the same at every try, so that a mail program can drop a copy.
    pub message_id: String,
    /// Shown as the sender's name.
    pub from_name: String,
    /// Where answers go.
    pub reply_to: String,
    pub to_name: String,
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// A way to send mail.
pub trait Mailer: Send + Sync {
    /// Hands the mail to a mail server. It may arrive twice if the server's answer is lost.
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Answer<'a, ()>;
}
