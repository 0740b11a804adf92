//! The parts of a cluster: one scheduler, and executors that it gives work to.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use ballista_core::error::BallistaError;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;

use super::MESSAGE_MAX;
use super::codec::{LogicalCodec, PhysicalCodec};

/// Seconds without a sign of life after which an executor is lost and its work given to others. Ballista's
/// own 180 would let a run stand still for minutes.
const LOST_AFTER: u64 = 15;
/// Seconds between signs of life.
const SIGN_OF_LIFE: u64 = 5;
/// Seconds between looks for executors that are lost.
const LOOK: u64 = 2;
/// Seconds that an executor waits for its scheduler at the start.
const CONNECT: u16 = 30;

/// Why a part of a cluster ends.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// Ballista says why.
    #[error("{0}")]
    Ballista(#[from] BallistaError),
    /// No port of this machine is free, or the address is not its own.
    #[error("{address}: {source}")]
    Address {
        /// The address.
        address: IpAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// Runs a scheduler until the process ends.
///
/// # Errors
/// Where the address is taken or not of this machine.
pub async fn serve_scheduler(listen: SocketAddr) -> Result<(), NodeError> {
    let config = SchedulerConfig {
        external_host: listen.ip().to_string(),
        bind_host: listen.ip().to_string(),
        bind_port: listen.port(),
        executor_timeout_seconds: LOST_AFTER,
        expire_dead_executor_interval_seconds: LOOK,
        no_executors_grace_period_seconds: LOST_AFTER,
        grpc_server_max_decoding_message_size: message_max(),
        grpc_server_max_encoding_message_size: message_max(),
        grpc_client_max_message_size: message_max(),
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    Ok(start_server(cluster, listen, Arc::new(config)).await?)
}

/// An executor.
#[derive(Debug, Clone)]
pub struct Executor {
    /// Where its scheduler is: name or address, and port.
    pub scheduler: (String, u16),
    /// Its own address, under which the other parts reach it.
    pub address: IpAddr,
    /// Tasks at a time; 0 for one a processor.
    pub tasks: usize,
    /// Where results wait until they are fetched; `None` for a folder of its own that is gone afterwards.
    pub work: Option<PathBuf>,
}

/// Runs an executor until the process is told to end.
///
/// # Errors
/// Where the scheduler cannot be reached or no port is free.
pub async fn serve_executor(executor: Executor) -> Result<(), NodeError> {
    let config = ExecutorProcessConfig {
        bind_host: executor.address.to_string(),
        external_host: Some(executor.address.to_string()),
        port: free_port(executor.address)?,
        grpc_port: free_port(executor.address)?,
        scheduler_host: executor.scheduler.0,
        scheduler_port: executor.scheduler.1,
        scheduler_connect_timeout_seconds: CONNECT,
        vcores: executor.tasks,
        work_dir: executor.work.map(|dir| dir.to_string_lossy().into_owned()),
        executor_heartbeat_interval_seconds: SIGN_OF_LIFE,
        grpc_max_decoding_message_size: message_max(),
        grpc_max_encoding_message_size: message_max(),
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        ..ExecutorProcessConfig::default()
    };
    Ok(start_executor_process(Arc::new(config)).await?)
}

fn message_max() -> u32 {
    u32::try_from(MESSAGE_MAX).unwrap_or(u32::MAX)
}

/// A port that nobody uses now; the system seldom gives the same one again soon.
fn free_port(address: IpAddr) -> Result<u16, NodeError> {
    let failed = |source| NodeError::Address { address, source };
    let listener = TcpListener::bind((address, 0)).map_err(failed)?;
    Ok(listener.local_addr().map_err(failed)?.port())
}
