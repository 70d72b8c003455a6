//! What somebody of ill will sends.

use std::{io, net::SocketAddr, time::Duration};

use super::wire::{form, get, hold, post, read_answer};

/// How long a slow one keeps its connection.
const SLOW: Duration = Duration::from_secs(2);
/// How long after a sign-in was sent the connection is broken: while the password is hashed.
const MID_HASH: Duration = Duration::from_millis(20);
/// Bytes of a form that is far too large for what it is sent to, and of one that is just small enough.
const LARGE: usize = 80_000;
const SMALL: usize = 16_000;

/// Somebody who has registered.
pub struct Member {
    /// Name and value of the session's cookie.
    pub cookie: String,
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
    Listens,
}

const ALL: [Attack; 10] = [
    Attack::ManyFields,
    Attack::FieldsThatFit,
    Attack::LongSearch,
    Attack::LongSearchWithinAWrite,
    Attack::SlowHead,
    Attack::SlowBody,
    Attack::BreaksOffInMidHash,
    Attack::SlowDownload,
    Attack::WrongPassword,
    Attack::Listens,
];

impl Attack {
    pub fn of(number: usize) -> Attack {
        ALL[number % ALL.len()]
    }

    pub async fn carry_out(self, address: SocketAddr, member: &Member, number: usize) -> io::Result<()> {
        // Strangers come from many addresses.
        let client = format!("203.0.113.{}", number % 250 + 1);
        let signed_in = format!("Cookie: {}\r\n", member.cookie);
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
            Attack::Listens => {
                let head = format!("GET /live HTTP/1.1\r\nHost: localhost\r\n{signed_in}\r\n");
                hold(address, &head, SLOW).await?;
            }
        }
        Ok(())
    }
}
