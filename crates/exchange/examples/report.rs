//! Prints the report of a file: `cargo run -p exchange --example report -- FILE projects`.

use exchange::ledger::{Counts, report};
use exchange::{LedgerKind, Options, read_ledger};

#[expect(clippy::print_stdout, reason = "an example shows its result")]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("a file is given");
    let kind = match arguments.next().as_deref() {
        Some("enterprises") => LedgerKind::Enterprises,
        Some("facts") => LedgerKind::Facts,
        _ => LedgerKind::Projects,
    };
    let bytes = std::fs::read(&file).expect("the file can be read");
    match read_ledger(&bytes, &file, &Options::new(kind)) {
        Ok(read) => {
            let counts = Counts {
                accepted: read.accepted_rows(),
                refused: read.refused_rows(),
                ..Counts::default()
            };
            println!("{}", report(&read, counts));
        }
        Err(error) => println!("{error}"),
    }
}
