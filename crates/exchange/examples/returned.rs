//! Writes the returned workbook of a file: `cargo run -p exchange --example returned -- FILE OUT projects`.

use exchange::{LedgerKind, Options, read_ledger, returned::returned_workbook};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("a file is given");
    let out = arguments.next().expect("an output is given");
    let kind = match arguments.next().as_deref() {
        Some("enterprises") => LedgerKind::Enterprises,
        Some("facts") => LedgerKind::Facts,
        _ => LedgerKind::Projects,
    };
    let bytes = std::fs::read(&file).expect("the file can be read");
    let read = read_ledger(&bytes, &file, &Options::new(kind)).expect("the file is a workbook");
    let workbook = returned_workbook(&bytes, &read).expect("the workbook can be written");
    std::fs::write(out, workbook).expect("the output can be written");
}
