//! The one HTTP client of the house: it asks the single sign-on provider, follows no redirect, waits
//! ten seconds and reads a megabyte at most.

use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// The longest wait for an answer.
const WAIT: Duration = Duration::from_secs(10);
/// The largest answer read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// It could not be reached, or its certificate is not trusted.
    #[error("no connection: {0}")]
    Connection(#[from] hyper_util::client::legacy::Error),
    /// It did not answer in time.
    #[error("no answer within {} seconds", WAIT.as_secs())]
    Timeout,
    /// The answer broke off or is too large.
    #[error("the answer could not be read: {0}")]
    Answer(Box<dyn std::error::Error + Send + Sync>),
}

/// A client. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Default for Outbound {
    /// A client that trusts the machine's certificates, or Mozilla's where the machine has none.
    fn default() -> Self {
        let builder = match HttpsConnectorBuilder::new().with_native_roots() {
            Ok(builder) => builder,
            Err(_) => HttpsConnectorBuilder::new().with_webpki_roots(),
        };
        let connector = builder.https_or_http().enable_http1().build();
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
        }
    }
}

impl Outbound {
    /// Sends a request.
    ///
    /// # Errors
    /// [`OutboundError`] when there is no answer; a status that tells of an error is an answer.
    pub async fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, OutboundError> {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let exchange = async {
            let (parts, body) = self.client.request(request).await?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(OutboundError::Answer)?.to_bytes().to_vec();
            Ok(Response::from_parts(parts, body))
        };
        tokio::time::timeout(WAIT, exchange)
            .await
            .map_err(|_| OutboundError::Timeout)?
    }
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = OutboundError;
    type Future =
        Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send + 'static>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let client = self.clone();
        Box::pin(async move { client.send(request).await })
    }
}
