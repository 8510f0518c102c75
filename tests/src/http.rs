//! A small HTTP/1.1 client that can also misbehave: it sends just the bytes it is told to.

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a peer may be silent before a test gives up.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// An answer, read whole.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body after transfer decoding.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header field of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("status {}, no JSON ({error}): {}", self.status, self.text())
        })
    }

    /// The stable name of a refusal, checked to be a well-formed problem document.
    ///
    /// # Panics
    /// When the answer is no problem document that agrees with its status.
    #[must_use]
    pub fn reason(&self) -> String {
        let kind = self.header("content-type").unwrap_or_default();
        assert!(
            kind.starts_with("application/problem+json"),
            "content type {kind}: {}",
            self.text()
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{problem}");
        for field in ["type", "title", "detail"] {
            assert!(
                problem[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field} in {problem}"
            );
        }
        problem["reason"].as_str().expect("a reason").to_owned()
    }
}

/// One connection, kept alive between requests.
#[derive(Debug)]
pub struct Connection {
    reader: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        stream.set_write_timeout(Some(SILENCE_MAX))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            reader: BufReader::new(stream),
            host: address.to_string(),
        })
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// When the peer has closed.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.reader.get_mut().write_all(bytes)
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// When the connection breaks before the answer is complete.
    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Response> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method != "GET" {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        self.send(head.as_bytes())?;
        // A server may refuse before it has read all; its answer still counts.
        let sent = self.send(body);
        match self.response() {
            Err(error) => Err(sent.err().unwrap_or(error)),
            answer => answer,
        }
    }

    /// Reads one answer.
    ///
    /// # Errors
    /// When the connection ends before the answer is complete, or it is no HTTP.
    pub fn response(&mut self) -> io::Result<Response> {
        let status_line = self.line()?;
        let status = status_line
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .ok_or_else(|| bad(&format!("no status line: {status_line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(|| bad("no header field"))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut response = Response {
            status,
            headers,
            body: Vec::new(),
        };
        response.body = self.body(&response)?;
        Ok(response)
    }

    /// Reads one line of an event stream or a head, without its end.
    ///
    /// # Errors
    /// When the connection ends or stays silent.
    pub fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Is there something to read already?
    #[must_use]
    pub fn has_answer(&mut self) -> bool {
        let stream = self.reader.get_mut();
        let looked = stream
            .set_nonblocking(true)
            .and_then(|()| stream.peek(&mut [0; 1]));
        stream.set_nonblocking(false).expect("a socket can block");
        looked.is_ok()
    }

    /// Gives up on silence after this time.
    ///
    /// # Errors
    /// When the socket refuses.
    pub fn silence_max(&mut self, time: Duration) -> io::Result<()> {
        self.reader.get_mut().set_read_timeout(Some(time))
    }

    fn body(&mut self, head: &Response) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        if head.status == 204 || head.status == 304 {
            return Ok(body);
        }
        if let Some(length) = head.header("content-length") {
            let length: usize = length.parse().map_err(|_| bad("content-length"))?;
            body.resize(length, 0);
            self.reader.read_exact(&mut body)?;
        } else if head
            .header("transfer-encoding")
            .is_some_and(|value| value.contains("chunked"))
        {
            loop {
                let size =
                    usize::from_str_radix(&self.line()?, 16).map_err(|_| bad("chunk size"))?;
                let start = body.len();
                body.resize(start + size, 0);
                self.reader.read_exact(&mut body[start..])?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.reader.read_to_end(&mut body)?;
        }
        Ok(body)
    }
}

fn bad(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.to_owned())
}

/// One request on a connection of its own.
///
/// # Errors
/// When nobody listens, or the connection breaks before the answer is complete.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Response> {
    Connection::open(address)?.request(method, path, headers, body)
}
