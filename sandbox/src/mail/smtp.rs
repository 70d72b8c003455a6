//! The SMTP side (RFC 5321): enough for a client that sends mail, without TLS and without passwords.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::store;
use crate::context::Context;
use crate::faults::Fault;
use crate::state::Call;

/// A mail with its attachments may have this many bytes.
const LARGEST_MAIL_BYTES: usize = 10 * 1024 * 1024;
/// RFC 5321 asks for 512 in a command and 1000 in a line of text; some clients write longer lines of text.
const LONGEST_LINE_BYTES: u64 = 64 * 1024;
/// RFC 5321 asks for at least this many.
const MOST_RECIPIENTS: usize = 100;
/// RFC 5321 lets a client rest for five minutes.
const IDLE_LIMIT: Duration = Duration::from_secs(300);
/// After an accept that failed the listener rests this long.
const REST_AFTER_ERROR: Duration = Duration::from_millis(100);

/// Serves until the task is aborted; then every connection is closed with it.
pub async fn serve(listener: TcpListener, context: Context) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(REST_AFTER_ERROR).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let context = context.clone();
        connections.spawn(async move {
            if let Err(error) = Session::new(stream, context).run().await {
                tracing::debug!(%error, "an SMTP connection ended early");
            }
        });
    }
}

/// The envelope being filled.
#[derive(Debug, Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

struct Session {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    context: Context,
    envelope: Envelope,
}

/// Whether the conversation goes on.
enum Next {
    Line,
    Close,
}

impl Session {
    fn new(stream: TcpStream, context: Context) -> Self {
        let (reader, writer) = stream.into_split();
        Self { reader: BufReader::new(reader), writer, context, envelope: Envelope::default() }
    }

    async fn run(mut self) -> io::Result<()> {
        self.reply("220 sandbox.localhost ESMTP, delivers to nobody").await?;
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if let Next::Close = self.command(&line).await? {
                break;
            }
        }
        Ok(())
    }

    /// The next line with its ending; `None` at the end of the connection.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.reader).take(LONGEST_LINE_BYTES);
        let read = timeout(IDLE_LIMIT, bounded.read_until(b'\n', &mut line)).await??;
        if read > 0 && line.last() != Some(&b'\n') {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line was too long or cut off"));
        }
        Ok((read > 0).then_some(line))
    }

    async fn reply(&mut self, line: &str) -> io::Result<()> {
        self.writer.write_all(format!("{line}\r\n").as_bytes()).await
    }

    async fn command(&mut self, line: &str) -> io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.envelope = Envelope::default();
                self.reply(&format!(
                    "250-sandbox.localhost\r\n250-SIZE {LARGEST_MAIL_BYTES}\r\n250-8BITMIME\r\n250 SMTPUTF8"
                ))
                .await?;
            }
            "HELO" => {
                self.envelope = Envelope::default();
                self.reply("250 sandbox.localhost").await?;
            }
            "MAIL" => self.mail(rest).await?,
            "RCPT" => self.recipient(rest).await?,
            "DATA" => return self.data().await,
            "RSET" => {
                self.envelope = Envelope::default();
                self.reply("250 forgotten").await?;
            }
            "NOOP" => self.reply("250 still here").await?,
            "VRFY" => self.reply("252 everybody is welcome").await?,
            "QUIT" => {
                self.reply("221 goodbye").await?;
                return Ok(Next::Close);
            }
            _ => self.reply("502 not understood").await?,
        }
        Ok(Next::Line)
    }

    async fn mail(&mut self, rest: &str) -> io::Result<()> {
        if self.envelope.from.is_some() {
            return self.reply("503 one sender is enough").await;
        }
        match address(rest, "FROM:") {
            Some((_, parameters)) if declared_size(parameters) > LARGEST_MAIL_BYTES => {
                self.reply("552 the mail is too large").await
            }
            Some((from, _)) => {
                self.envelope.from = Some(from);
                self.reply("250 sender noted").await
            }
            None => self.reply("501 MAIL FROM:<address> is wanted").await,
        }
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<()> {
        if self.envelope.from.is_none() {
            return self.reply("503 first the sender, with MAIL").await;
        }
        if self.envelope.to.len() >= MOST_RECIPIENTS {
            return self.reply("452 too many recipients").await;
        }
        match address(rest, "TO:") {
            Some((to, _)) if !to.is_empty() => {
                self.envelope.to.push(to);
                self.reply("250 recipient noted").await
            }
            _ => self.reply("501 RCPT TO:<address> is wanted").await,
        }
    }

    async fn data(&mut self) -> io::Result<Next> {
        if self.envelope.to.is_empty() {
            self.reply("503 first the sender and a recipient").await?;
            return Ok(Next::Line);
        }
        self.reply("354 go on, and end with a dot on a line of its own").await?;
        let Some(raw) = self.text().await? else { return Ok(Next::Close) };
        let Envelope { from, to } = std::mem::take(&mut self.envelope);
        let from = from.unwrap_or_default();
        let Some(raw) = raw else {
            self.reply("552 the mail is too large").await?;
            return Ok(Next::Line);
        };
        self.accept(from, to, raw).await
    }

    /// The mail's text with the dots undone that transparency added. The outer `None` is the end of the
    /// connection, the inner one a mail that is too large; it is read to its end all the same, so that the
    /// client hears of it.
    async fn text(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        let mut raw = Vec::new();
        let mut too_large = false;
        while let Some(line) = self.line().await? {
            if line == b".\r\n" || line == b".\n" {
                return Ok(Some((!too_large).then_some(raw)));
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            too_large |= raw.len() + line.len() > LARGEST_MAIL_BYTES;
            if !too_large {
                raw.extend_from_slice(line);
            }
        }
        Ok(None)
    }

    /// Keeps the mail and says so, unless a fault was ordered.
    async fn accept(&mut self, from: String, to: Vec<String>, raw: Vec<u8>) -> io::Result<Next> {
        let now = self.context.now();
        let call = Call {
            provider: "smtp",
            operation: "send",
            method: "DATA".to_owned(),
            path: from.clone(),
            idempotency_key: None,
            at: now,
        };
        let fault = self.context.change_unsaved(|state| {
            state.log_call(call);
            state.take_fault("smtp", "send")
        });
        if let Some(Fault::Status { status }) = fault {
            self.reply(&format!("{status} the sandbox was told to fail here")).await?;
            return Ok(Next::Line);
        }
        let raw = String::from_utf8_lossy(&raw).into_owned();
        self.context.change(|state| store(state, from, to, raw, now));
        match fault {
            Some(Fault::DropAfterCommit) => return Ok(Next::Close),
            Some(Fault::Nonsense) => self.reply("this is no answer").await?,
            Some(Fault::DelayMs { delay_ms }) => {
                tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                self.reply("250 kept").await?;
            }
            _ => self.reply("250 kept").await?,
        }
        Ok(Next::Line)
    }
}

/// The address of `FROM:<a@b> PARAMETERS`, and the parameters. The empty address of a bounce is good.
fn address<'a>(rest: &'a str, keyword: &str) -> Option<(String, &'a str)> {
    let after = rest.get(keyword.len()..)?;
    if !rest.get(..keyword.len())?.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let (address, parameters) = after.trim_start().strip_prefix('<')?.split_once('>')?;
    (!address.contains(char::is_whitespace)).then(|| (address.to_owned(), parameters))
}

/// The size of `SIZE=…`; 0 if none is declared.
fn declared_size(parameters: &str) -> usize {
    let declared = parameters.split_whitespace().find_map(|parameter| {
        parameter.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("SIZE")).map(|(_, size)| size)
    });
    declared.and_then(|size| size.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{address, declared_size};

    #[test]
    fn addresses_are_between_angle_brackets() {
        assert_eq!(
            address("FROM:<a@b.example> SIZE=9", "FROM:"),
            Some(("a@b.example".to_owned(), " SIZE=9"))
        );
        assert_eq!(address("from: <>", "FROM:"), Some((String::new(), "")));
        assert_eq!(address("TO:a@b.example", "TO:"), None);
        assert_eq!(address("é", "TO:"), None);
    }

    #[test]
    fn sizes_are_declared_in_parameters() {
        assert_eq!(declared_size(" BODY=8BITMIME size=123"), 123);
        assert_eq!(declared_size(""), 0);
    }
}
