//! A socket that gives up when the other side does not read.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{stop::Stop, wait::Wait};

/// So much must be taken, in bytes, before the wait begins anew.
const PROGRESS_BYTES: usize = 16 * 1024;

/// Hands everything on; a write that waits longer than its patience fails. An answer that comes in pieces, now and then,
/// is not affected: only while there is something to send, and it is not taken, the time runs. When the server was told to
/// stop little patience is left; that is noticed with the next write, so the connection must be polled at the word.
pub struct Patient<S> {
    socket: S,
    wait: Wait,
    stop: Stop,
    /// The patience after the word.
    last_wait: Duration,
}

impl<S> Patient<S> {
    pub fn new(socket: S, patience: Duration, stop: Stop, last_wait: Duration) -> Self {
        Patient { socket, wait: Wait::new(patience, PROGRESS_BYTES), stop, last_wait }
    }

    fn judge(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.wait.moved(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                if self.stop.is_told() {
                    self.wait.shorten(self.last_wait);
                }
                self.wait.poll(context, None).map(|()| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, pieces);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.wait.rest();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn who_does_not_read_is_given_up() {
        let (_other_side, socket) = duplex(1024);
        let mut patient = Patient::new(socket, SHORT, Stop::never(), LONG);
        let error = patient.write_all(&[0; 4096]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_does_not_read_is_given_up_sooner_when_the_server_stops() {
        let (_other_side, socket) = duplex(1024);
        let (say_stop, stop) = Stop::new();
        let mut patient = Patient::new(socket, LONG, stop, SHORT);
        say_stop.send_replace(true);
        let error = patient.write_all(&[0; 4096]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_reads_gets_everything() {
        let (mut other_side, socket) = duplex(1024);
        let mut patient = Patient::new(socket, LONG, Stop::never(), LONG);
        let written = vec![7; 20 * PROGRESS_BYTES];
        let expected = written.clone();
        let writer = tokio::spawn(async move { patient.write_all(&written).await });
        let mut read = Vec::new();
        other_side.read_to_end(&mut read).await.unwrap();
        writer.await.unwrap().unwrap();
        assert!(read == expected);
    }
}
