//! The same plan on several machines: Ballista sends its parts to executors, our binary is all of them.
//!
//! A function of the plan travels as its [`Recipe`] and is made again where it arrives. The parts read the
//! Parquet by its path, so every machine has to see it under the same one. There is no authentication
//! between the parts: a cluster belongs on the loopback or in a network of its own.

mod codec;
mod lost;
mod nodes;
mod recipe;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

pub(super) use lost::once_more;
pub use nodes::{Executor, NodeError, serve_executor, serve_scheduler};
pub use recipe::Recipe;

use super::screen::{ScreenError, configured};
use crate::load::RuleFiles;
use codec::{LogicalCodec, PhysicalCodec};

/// Parts that a table is cut into: many, so that the loss of a machine loses little work.
const PARTITIONS: usize = 16;
/// The largest message between the parts, in bytes: rules travel with every task.
const MESSAGE_MAX: usize = 64 << 20;

/// A cluster that judges, and what the rules were made of, as they are made again there.
#[derive(Debug)]
pub struct Cluster {
    /// Its scheduler, as `df://host:port`.
    pub address: String,
    /// The rule files.
    pub files: RuleFiles,
    /// The zone whose local rules apply.
    pub zone: Option<String>,
    /// Parameters put in the place of the law's, as `NAME=VALUE`.
    pub set: Vec<String>,
}

impl Cluster {
    /// A session whose plans run on the cluster.
    pub(super) async fn session(&self) -> Result<SessionContext, ScreenError> {
        let config = configured(SessionConfig::new_with_ballista(), PARTITIONS)
            .with_ballista_logical_extension_codec(Arc::new(LogicalCodec::default()))
            .with_ballista_physical_extension_codec(Arc::new(PhysicalCodec::default()))
            .with_ballista_grpc_client_max_message_size(MESSAGE_MAX)
            .with_ballista_adaptive_query_planner(false);
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_default_features()
            .build();
        SessionContext::remote_with_state(&self.address, state)
            .await
            .map_err(|error| ScreenError::Cluster(error.to_string()))
    }
}

/// The path as every machine of the cluster has to see it.
///
/// # Errors
/// Where there is no such file or folder here.
pub(super) fn shared_path(path: &Path) -> Result<PathBuf, ScreenError> {
    path.canonicalize().map_err(|source| ScreenError::File {
        path: path.display().to_string(),
        source,
    })
}
