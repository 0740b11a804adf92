//! What every page shares: who may do what, the frame, words of errors, headers, assets.

pub mod assets;
pub mod display;
pub mod error;
pub mod figure;
pub mod guard;
pub mod headers;
pub mod page;
pub mod role;
pub mod route;
pub mod viewer;

pub use error::PageError;
pub use figure::Figure;
pub use page::{Page, render};
pub use role::{Permission, Role};
pub use route::{Access, Route};
pub use viewer::Viewer;
