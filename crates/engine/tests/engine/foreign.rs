//! The laws of two other countries, with their published examples.

use std::path::Path;

use engine::cases::Runner;
use rstest::rstest;

#[rstest]
#[case("fr", "EUR", 14)]
#[case("uk", "GBP", 22)]
fn every_case_passes(#[case] country: &str, #[case] currency: &str, #[case] cases: usize) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/foreign")
        .join(country);
    let (rulebook, diagnostics) = engine::load(&dir, None);
    let rulebook = rulebook.unwrap_or_else(|| panic!("{}", engine::render(&diagnostics)));
    assert_eq!(rulebook.currency, currency);
    let reports = Runner::new(&rulebook).run_all();
    let failed: Vec<String> = reports
        .iter()
        .filter(|report| !report.passes())
        .map(|report| format!("{}: {:#?}", report.name, report.differences))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(reports.len(), cases);
}
