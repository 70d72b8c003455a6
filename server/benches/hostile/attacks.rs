//! What somebody of ill will sends.

use std::{io, net::SocketAddr, time::Duration};

use super::{
    PASSWORD,
    wire::{chunked, form, get, hold, post, read_answer},
};

/// How long a slow one keeps its connection.
const SLOW: Duration = Duration::from_secs(2);
/// How long after a sign-in was sent the connection is broken: while the password is hashed.
const MID_HASH: Duration = Duration::from_millis(20);
/// Bytes of a form that is far too large for what it is sent to, and of one that is just small enough.
const LARGE: usize = 80_000;
const SMALL: usize = 16_000;
/// Pieces of one byte in which a body comes, of which each could cost far more to keep.
const PIECES: usize = 30_000;
/// Bytes of a file that come before nothing more does.
const BEGUN: usize = 100_000;

/// Somebody who has registered and means no good.
pub struct Member {
    pub email: &'static str,
    /// Names and values of the cookies of the session and of the browser.
    pub session: String,
    pub browser: String,
}

/// One kind of attack; each has its turn.
#[derive(Clone, Copy)]
pub enum Attack {
    ManyFields,
    FieldsThatFit,
    LongSearch,
    LongSearchWithinAWrite,
    SlowHead,
    SlowBody,
    BreaksOffInMidHash,
    SlowDownload,
    WrongPassword,
    RightPassword,
    RightPasswordInAKnownBrowser,
    EventInPieces,
    EndlessPictures,
    EndlessFile,
    Listens,
}

const ALL: [Attack; 15] = [
    Attack::ManyFields,
    Attack::FieldsThatFit,
    Attack::LongSearch,
    Attack::LongSearchWithinAWrite,
    Attack::SlowHead,
    Attack::SlowBody,
    Attack::BreaksOffInMidHash,
    Attack::SlowDownload,
    Attack::WrongPassword,
    Attack::RightPassword,
    Attack::RightPasswordInAKnownBrowser,
    Attack::EventInPieces,
    Attack::EndlessPictures,
    Attack::EndlessFile,
    Attack::Listens,
];

impl Attack {
    pub fn of(number: usize) -> Attack {
        ALL[number % ALL.len()]
    }

    pub async fn carry_out(self, address: SocketAddr, member: &Member, number: usize) -> io::Result<()> {
        // Strangers come from many addresses.
        let address_of_client = format!("203.0.113.{}", number % 250 + 1);
        // What they write there themselves cannot even be read.
        let client = format!("\u{ff}, {address_of_client}");
        let signed_in = format!("Cookie: {}\r\n", member.session);
        let known = format!("Cookie: {}\r\n", member.browser);
        let as_a_page = "Accept: text/html\r\nReferer: http://localhost/sign-in\r\n";
        let words = "a b c d e f ".repeat(LARGE / 12);
        let sign_in = || {
            let email = format!("nobody-{number}@shop.example");
            let body = form(&[("form[email]", &email), ("form[password]", "a wrong password")]);
            post("/api/sign-in", &client, "", &body)
        };
        match self {
            Attack::ManyFields => {
                read_answer(address, &post("/api/sign-in", &client, as_a_page, &"a=1&".repeat(LARGE / 4)))
                    .await?;
            }
            Attack::FieldsThatFit => {
                let body = format!("form%5Bemail%5D={}", "x".repeat(SMALL - 100));
                read_answer(address, &post("/api/sign-in", &client, as_a_page, &body)).await?;
            }
            Attack::LongSearch => {
                let query = form(&[("q", &words[..SMALL])]);
                get(address, &format!("/stock?{query}"), &client, &signed_in).await?;
            }
            Attack::LongSearchWithinAWrite => {
                let query = form(&[("q", &words[..SMALL])]);
                let body = form(&[("chosen[all]", "1"), ("chosen[query]", &query), ("kind", "archive")]);
                read_answer(address, &post("/api/stock/bulk", &client, &signed_in, &body)).await?;
            }
            Attack::SlowHead => {
                hold(address, "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", SLOW).await?
            }
            Attack::SlowBody => {
                let whole = post("/api/sign-in", &client, "", &"x".repeat(SMALL));
                hold(address, &whole[..whole.len() - SMALL / 2], SLOW).await?;
            }
            Attack::BreaksOffInMidHash => hold(address, &sign_in(), MID_HASH).await?,
            Attack::SlowDownload => {
                let head =
                    format!("GET /export/everything.zip HTTP/1.1\r\nHost: localhost\r\n{signed_in}\r\n");
                hold(address, &head, SLOW).await?;
            }
            Attack::WrongPassword => {
                read_answer(address, &sign_in()).await?;
            }
            Attack::RightPassword | Attack::RightPasswordInAKnownBrowser => {
                let body = form(&[("form[email]", member.email), ("form[password]", PASSWORD)]);
                let is_known = matches!(self, Attack::RightPasswordInAKnownBrowser);
                let cookie = if is_known { known.as_str() } else { "" };
                read_answer(address, &post("/api/sign-in", &client, cookie, &body)).await?;
            }
            Attack::EventInPieces => {
                // No end comes, so it is waited for.
                let account = "00000000-0000-7000-8000-000000000000";
                let head = chunked(&format!("/webhooks/stripe/{account}"), &client);
                hold(address, &(head + &"1\r\nx\r\n".repeat(PIECES)), SLOW).await?;
            }
            Attack::EndlessPictures | Attack::EndlessFile => {
                let path = match self {
                    Attack::EndlessFile => "/import/file",
                    _ => "/stock/00000000-0000-7000-8000-000000000000/pictures",
                };
                let head = format!(
                    "POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {client}\r\n\
                     Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n{signed_in}\r\n\
                     --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
                );
                hold(address, &(head + &"x".repeat(BEGUN)), SLOW).await?;
            }
            Attack::Listens => {
                let head = format!("GET /live HTTP/1.1\r\nHost: localhost\r\n{signed_in}\r\n");
                hold(address, &head, SLOW).await?;
            }
        }
        Ok(())
    }
}
