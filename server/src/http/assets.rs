//! The files of the site: hashed ones may be kept for ever, all others are asked for again.

use std::path::Path;

use axum::{
    Router,
    http::{HeaderValue, header},
};
use tower::ServiceBuilder;
use tower_http::{services::ServeDir, services::ServeFile, set_header::SetResponseHeaderLayer};

use super::AppState;

/// Files at the root of the site.
const ROOT_FILES: [&str; 13] = [
    "favicon.svg",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable-512.png",
    "apple-touch-icon.png",
    "manifest.webmanifest",
    "service-worker.js",
    "register.js",
    "forms.js",
    "scan.js",
    "offline.html",
    "offline.js",
    "robots.txt",
];

/// Whether the build has put hashes into the names of the browser's files, which is told by the file beside the program.
pub fn are_hashed() -> bool {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|program| program.parent().map(|folder| folder.join("hash.txt")));
    beside.is_some_and(|file| file.exists())
}

/// Whether a route is one of the site's files or of a picture.
pub fn is_a_file(route: &str) -> bool {
    let root_file = |route: &str| route == "favicon.ico" || ROOT_FILES.contains(&route);
    ["/pkg/", "/pictures/"].iter().any(|folder| route.starts_with(folder))
        || route.strip_prefix('/').is_some_and(root_file)
}

/// The files under `site_root`.
pub fn routes(site_root: &Path) -> Router<AppState> {
    let keep = |value: &'static str| {
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static(value))
    };
    let hashed = if are_hashed() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let package = ServiceBuilder::new()
        .layer(keep(hashed))
        .service(ServeDir::new(site_root.join("pkg")).precompressed_br().precompressed_gzip());
    let root_files = ROOT_FILES.iter().map(|file| (*file, *file));
    // Browsers ask for the old name by themselves where no page has told them of the icon.
    root_files.chain([("favicon.ico", "favicon.svg")]).fold(
        Router::new().nest_service("/pkg", package),
        |router, (address, file)| {
            let served =
                ServiceBuilder::new().layer(keep("no-cache")).service(ServeFile::new(site_root.join(file)));
            router.route_service(&format!("/{address}"), served)
        },
    )
}
