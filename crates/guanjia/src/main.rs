//! `guanjia`: the one binary of a high-tech zone. Reads the command line and calls one command.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    guanjia::run()
}
