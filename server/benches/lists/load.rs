//! A small load generator: a few connections that are kept, each asking again as soon as it is answered.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::Problem;

/// Connections that ask at once.
const CONNECTIONS: usize = 8;
/// No answer is larger.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// What was measured.
pub struct Figures {
    /// Answers in a second.
    pub rate: f64,
    /// Milliseconds that half of the answers took at most, and 99 of 100.
    pub median: f64,
    pub slow: f64,
}

/// One connection and what was read of it beyond the last answer.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self, Problem> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, read: Vec::with_capacity(64 * 1024) })
    }

    async fn more(&mut self) -> Result<(), Problem> {
        if self.read.len() > MAX_ANSWER {
            return Err("an answer has no end".into());
        }
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err("the server hung up".into()),
            _ => Ok(()),
        }
    }

    /// The place behind the first occurrence of `mark` from `from` on.
    async fn behind(&mut self, mark: &[u8], from: usize) -> Result<usize, Problem> {
        loop {
            let found = self.read[from..].windows(mark.len()).position(|window| window == mark);
            if let Some(place) = found {
                return Ok(from + place + mark.len());
            }
            self.more().await?;
        }
    }

    /// Asks, and reads the answer's body. An answer that is no success is an error.
    async fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, Problem> {
        self.stream.write_all(request).await?;
        let body = self.behind(b"\r\n\r\n", 0).await?;
        let head = String::from_utf8_lossy(&self.read[..body]).to_ascii_lowercase();
        if !head.starts_with("http/1.1 200") {
            return Err(format!("the answer was {}", head.lines().next().unwrap_or_default()).into());
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let (content, end) = match length {
            Some(length) => {
                let end = body + length.trim().parse::<usize>()?;
                while self.read.len() < end {
                    self.more().await?;
                }
                (self.read[body..end].to_vec(), end)
            }
            None => self.pieces(body).await?,
        };
        self.read.drain(..end);
        Ok(content)
    }

    /// A body in pieces, each with its length before it.
    async fn pieces(&mut self, mut place: usize) -> Result<(Vec<u8>, usize), Problem> {
        let mut content = Vec::new();
        loop {
            let start = self.behind(b"\r\n", place).await?;
            let length = std::str::from_utf8(&self.read[place..start - 2])?;
            let length = usize::from_str_radix(length.trim(), 16)?;
            while self.read.len() < start + length + 2 {
                self.more().await?;
            }
            content.extend_from_slice(&self.read[start..start + length]);
            place = start + length + 2;
            if length == 0 {
                return Ok((content, place));
            }
        }
    }
}

fn request(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\ncookie: {cookie}\r\n\r\n")
        .into_bytes()
}

/// One answer.
pub async fn fetch(address: SocketAddr, path: &str, cookie: &str) -> Result<String, Problem> {
    let body = Connection::open(address).await?.ask(&request(path, cookie)).await?;
    Ok(String::from_utf8(body)?)
}

/// Asks for a while and measures.
pub async fn measure(
    address: SocketAddr,
    path: &str,
    cookie: &str,
    warm_up: Duration,
    measured: Duration,
) -> Result<Figures, Problem> {
    let request = request(path, cookie);
    let begin = Instant::now() + warm_up;
    let end = begin + measured;
    let mut asking = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let request = request.clone();
        asking.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Vec::new();
            loop {
                let asked = Instant::now();
                if asked >= end {
                    return Ok::<_, Problem>(times);
                }
                connection.ask(&request).await?;
                if asked >= begin {
                    times.push(asked.elapsed().as_secs_f64() * 1000.0);
                }
            }
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = asking.join_next().await {
        times.extend(ended??);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    Ok(Figures { rate: times.len() as f64 / measured.as_secs_f64(), median: at(50), slow: at(99) })
}
