//! libFuzzer's way to the targets. `GUANJIA_FUZZ_TARGET` names one of them; its seeds are written into the
//! folder that `GUANJIA_FUZZ_SEEDS` names.

#![no_main]

use std::panic::{catch_unwind, set_hook};
use std::path::Path;
use std::process::{abort, exit};
use std::sync::{LazyLock, Mutex};

use fuzz::{TARGETS, Target};

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("GUANJIA_FUZZ_TARGET").unwrap_or_default();
    Target::named(&name).unwrap_or_else(|| {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("GUANJIA_FUZZ_TARGET is one of: {}", names.join(" "));
        exit(2)
    })
});

/// What the last panic said.
static PANIC: Mutex<String> = Mutex::new(String::new());

libfuzzer_sys::fuzz_target!(init: prepare(), |data: &[u8]| {
    if catch_unwind(|| (TARGET.run)(data)).is_err() {
        let said = PANIC.lock().map(|said| said.clone()).unwrap_or_default();
        eprintln!("{said}");
        abort();
    }
});

fn prepare() {
    // A panic that is caught on purpose is no finding, so the hook of libFuzzer, which aborts, is replaced.
    set_hook(Box::new(|panic| {
        if let Ok(mut said) = PANIC.lock() {
            *said = panic.to_string();
        }
    }));
    if let Ok(folder) = std::env::var("GUANJIA_FUZZ_SEEDS") {
        println!("bytes_max {}", TARGET.bytes_max);
        for seed in (TARGET.seeds)() {
            let path = Path::new(&folder).join(&seed.name);
            if let Err(error) = std::fs::write(&path, &seed.bytes) {
                eprintln!("{}: {error}", path.display());
                exit(2);
            }
        }
    }
}
