//! Stylesheets, scripts and icons, kept in the binary and addressed by their content.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// The stylesheets in the order in which they build on each other.
const STYLES: [&str; 5] = [
    "css/tokens.css",
    "css/base.css",
    "css/frame.css",
    "css/components.css",
    "css/print.css",
];

struct Bundle {
    css: String,
    versions: HashMap<String, String>,
}

static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let css: String = STYLES
        .iter()
        .filter_map(|path| Assets::get(path))
        .map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .collect();
    let mut versions: HashMap<String, String> = Assets::iter()
        .filter_map(|path| Assets::get(&path).map(|file| (path.to_string(), digest(&file.data))))
        .collect();
    versions.insert("app.css".to_owned(), digest(css.as_bytes()));
    Bundle { css, versions }
});

fn digest(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..6])
}

/// The address of an asset; it changes with the content, so that browsers may keep it for ever.
pub fn address(path: &str) -> String {
    let version = BUNDLE.versions.get(path).map_or("", String::as_str);
    format!("/assets/{path}?v={version}")
}

/// `GET /assets/{*path}`.
pub async fn asset(Path(path): Path<String>) -> Response {
    let kind = match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    let forever = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    if path == "app.css" {
        return (forever, BUNDLE.css.as_str()).into_response();
    }
    match Assets::get(&path) {
        Some(file) => (forever, file.data.into_owned()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
