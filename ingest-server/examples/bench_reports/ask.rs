//! One connection that stays open, as a browser has it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::Context as _;

pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    cookie: String,
}

impl Client {
    /// Logs in by a link's token.
    pub(crate) fn log_in(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut client = Self {
            stream: BufReader::new(stream),
            cookie: String::new(),
        };
        let body = format!("{{\"token\":\"{token}\"}}");
        let (head, _) = client.send(&format!(
            "POST /v1/login HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ))?;
        let cookie = head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .and_then(|line| line.split(';').next())
            .context("no cookie")?;
        client.cookie = cookie.to_owned();
        Ok(client)
    }

    /// The body of an answer 200.
    pub(crate) fn get(&mut self, path: &str) -> anyhow::Result<Vec<u8>> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: bench\r\ncookie: {}\r\n\r\n",
            self.cookie
        );
        Ok(self.send(&request)?.1)
    }

    fn send(&mut self, request: &str) -> anyhow::Result<(String, Vec<u8>)> {
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            anyhow::ensure!(self.stream.read_line(&mut head)? > 0, "the server hung up");
        }
        anyhow::ensure!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .context("no length")?
            .trim()
            .parse()?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((head, body))
    }
}
