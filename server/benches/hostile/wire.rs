//! Requests written by hand, because a well-made client would not send them.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The body of a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A whole request with a form in it, as a proxy sends it for a client. Further headers end with a line's end.
pub fn post(path: &str, client: &str, headers: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {client}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

/// The head of a request whose body comes in pieces.
pub fn chunked(path: &str, client: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {client}\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    )
}

pub async fn get(address: SocketAddr, path: &str, client: &str, headers: &str) -> io::Result<String> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {client}\r\nConnection: close\r\n{headers}\r\n"
    );
    read_answer(address, &request).await
}

/// Sends a request and reads everything that comes.
pub async fn read_answer(address: SocketAddr, request: &str) -> io::Result<String> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    timeout(PATIENCE, exchange).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// Sends a request, or some of one, and reads nothing. Ends after `hold`, or when the server closes the connection.
pub async fn hold(address: SocketAddr, sent: &str, hold: Duration) -> io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(sent.as_bytes()).await?;
    tokio::time::sleep(hold).await;
    Ok(())
}
