//! Peers that misbehave, on fixed ports of the world's own network.

use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Where "the other machine" listens.
const ADDRESS: &str = "10.0.3.17";

/// Longer than any case waits.
const FOREVER: Duration = Duration::from_secs(600);

/// What a peer does with a connection.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Takes what is sent and never answers.
    Silent,
    /// Waits for the first bytes, then resets.
    Reset,
    /// Waits for the first bytes, then closes.
    Close,
    /// Closes before anything is sent.
    CloseAtOnce,
    /// Promises more than it sends.
    Half,
    /// Speaks another protocol.
    Garbage,
    /// A web server: the path says what it answers.
    Http,
    /// A proxy that refuses CONNECT with this status.
    Proxy(u16),
}

const PEERS: &[(u16, Way)] = &[
    (7001, Way::Silent),
    (7002, Way::Reset),
    (7003, Way::Close),
    (7004, Way::CloseAtOnce),
    (7005, Way::Half),
    (7006, Way::Garbage),
    (7407, Way::Proxy(407)),
    (7403, Way::Proxy(403)),
    (7502, Way::Proxy(502)),
    (8080, Way::Http),
];

/// Starts all peers; they end with this process.
pub(crate) fn start() -> Result<()> {
    for (port, way) in PEERS {
        let listener = TcpListener::bind((ADDRESS, *port))
            .with_context(|| format!("listen on {ADDRESS}:{port}"))?;
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || way.serve(stream));
            }
        });
    }
    Ok(())
}

impl Way {
    fn serve(self, mut stream: TcpStream) {
        let _ = stream.set_read_timeout(Some(FOREVER));
        // A peer has nobody to tell that its client has gone.
        let _ = match self {
            Self::Silent => swallow(&mut stream),
            // Closing with unread bytes makes the kernel send a reset.
            Self::Reset => stream.peek(&mut [0]).map(drop),
            Self::Close => first_bytes(&mut stream).map(drop),
            Self::CloseAtOnce => Ok(()),
            Self::Half => half(&mut stream),
            Self::Garbage => garbage(&mut stream),
            Self::Http => http(&mut stream),
            Self::Proxy(status) => proxy(&mut stream, status),
        };
    }
}

fn swallow(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer)? > 0 {}
    Ok(())
}

/// Reads once, so that nothing unread is left of a short request.
fn first_bytes(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut buffer = vec![0; 65_536];
    let length = stream.read(&mut buffer)?;
    buffer.truncate(length);
    Ok(buffer)
}

fn half(stream: &mut TcpStream) -> std::io::Result<()> {
    first_bytes(stream)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
}

fn garbage(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n")?;
    first_bytes(stream)?;
    stream.shutdown(Shutdown::Write)
}

fn proxy(stream: &mut TcpStream, status: u16) -> std::io::Result<()> {
    first_bytes(stream)?;
    answer(
        stream,
        status,
        "Proxy-Authenticate: Basic realm=\"proxy\"\r\n",
    )
}

/// `/CODE/…` is answered with that status, `/slow` never.
fn http(stream: &mut TcpStream) -> std::io::Result<()> {
    loop {
        let request = first_bytes(stream)?;
        if request.is_empty() {
            return Ok(());
        }
        let request = String::from_utf8_lossy(&request);
        let path = request.split_whitespace().nth(1).unwrap_or("/");
        let first = path.trim_start_matches('/').split('/').next();
        match first.unwrap_or_default() {
            "slow" => return swallow(stream),
            // A web page where something else was asked for.
            "page" => answer(stream, 200, "Content-Type: text/html\r\n")?,
            status => {
                let status = status.parse().unwrap_or(200);
                answer(stream, status, "Retry-After: 60\r\n")?;
            }
        }
    }
}

fn answer(stream: &mut TcpStream, status: u16, header: &str) -> std::io::Result<()> {
    let reason = reason(status);
    let body = format!("<html><head><title>{status} {reason}</title></head></html>\n");
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} {reason}\r\nContent-Length: {length}\r\n{header}\r\n{body}"
    )
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
