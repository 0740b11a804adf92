//! What every page shares: who may do what, the frame, words of errors, headers, assets.

pub mod assets;
pub mod display;
pub mod error;
pub mod field_error;
pub mod figure;
pub mod footnotes;
pub mod guard;
pub mod headers;
pub mod page;
pub mod role;
pub mod route;
pub mod sparkline;
pub mod viewer;

pub use error::PageError;
pub use field_error::FieldError;
pub use figure::Figure;
pub use footnotes::render_with_sources;
pub use page::{Page, render};
pub use role::{Permission, Role};
pub use route::{Access, Route};
pub use sparkline::Sparkline;
pub use viewer::Viewer;
