//! `guanjia import`: reads ledgers out of office files, shows what was understood, takes in what is good.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use exchange::ledger::{Counts, SheetRead, report};
use exchange::{Language, LedgerKind, LedgerRead, Options, read_ledger};
use ledger::{Ledger, Scope};
use miette::{IntoDiagnostic, WrapErr, miette};
use sha2::{Digest, Sha256};

use super::{CommandResult, Outcome, place};
use crate::clock;
use crate::imports::intake::{self, IntakeError, Order};
use crate::imports::report::{counts_of, list_records};
use crate::imports::target::{self, TargetError};
use crate::imports::{remembered, vocabulary};
use crate::words::Lang;

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Which ledger they are.
    #[arg(long = "as", value_name = "LEDGER")]
    pub kind: Kind,
    /// The park of rows that name none.
    #[arg(long, value_name = "PARK")]
    pub park: Option<String>,
    /// Write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// How the report is printed.
    #[arg(long, default_value = "text")]
    pub format: Format,
    /// Refuse the file when one row is bad, or take the good rows.
    #[arg(long, default_value = "all")]
    pub rows: Rows,
    /// When the facts were known.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// Where the workbook with the reasons goes.
    #[arg(long, value_name = "FILE")]
    pub returned: Option<PathBuf>,
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// A ledger, as `--as` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// One row per project.
    Projects,
    /// One row per enterprise.
    Enterprises,
    /// One row per fact.
    Facts,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Which rows go in when some are bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Rows {
    /// All or none.
    All,
    /// The good ones.
    Good,
}

impl Kind {
    fn ledger(self) -> LedgerKind {
        match self {
            Self::Projects => LedgerKind::Projects,
            Self::Enterprises => LedgerKind::Enterprises,
            Self::Facts => LedgerKind::Facts,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    if args.returned.is_some() && args.files.len() > 1 {
        return Err(miette!("{}", lang.t("import-returned-of-one-file")));
    }
    let data = place::data_dir(args.data.as_deref());
    let mut refused = false;
    for file in &args.files {
        let bytes = std::fs::read(file)
            .into_diagnostic()
            .wrap_err_with(|| lang.with("import-cannot-open", file.display()))?;
        let (read, counts) = if args.dry_run && !place::has_ledger(&data) {
            let read = read_file(file, &bytes, &options(args), lang)?;
            let counts = counts(&read, args.rows);
            (read, counts)
        } else {
            place::runtime()?.block_on(take(args, &data, file, bytes.clone(), lang))?
        };
        if let Some(path) = &args.returned
            && read.refused_rows() > 0
        {
            write_returned(path, &bytes, &read)?;
        }
        print(&read, counts, args.format, lang);
        refused |= counts.refused > 0;
    }
    Ok(if refused {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
}

fn options(args: &Args) -> Options {
    Options {
        vocabulary: vocabulary::of(args.kind.ledger()),
        park: args.park.clone(),
        mapping: exchange::Mapping::default(),
    }
}

/// Takes a file in, or in a dry run compares it with the ledger and leaves no trace.
async fn take(
    args: &Args,
    data: &Path,
    file: &Path,
    bytes: Vec<u8>,
    lang: Lang,
) -> miette::Result<(LedgerRead, Counts)> {
    let ledger = place::open_ledger(data).await?;
    let order = order(args, &ledger, file, bytes, lang).await?;
    let (bytes, options, rows) = (Arc::clone(&order.bytes), order.options(), order.rows);
    let bar = progress_bar(lang);
    let told = |rows: u64| bar.set_position(rows);
    let taken = intake::take(&ledger, &place::stamp(), order, clock::now, &told).await;
    bar.finish_and_clear();
    let mut taken = match taken {
        Ok(taken) => taken,
        Err(IntakeError::Read(error)) => {
            let words = error.text(language(lang));
            let name = file_name(file);
            let why = [("file", name.as_str()), ("why", words.as_str())];
            return Err(miette!("{}", lang.with_all("import-cannot-read", &why)));
        }
        Err(error) => return Err(error).into_diagnostic(),
    };
    if args.format == Format::Json {
        // Records are only kept for the report that lists them.
        list_records(&mut taken, &bytes, &options).into_diagnostic()?;
    }
    let counts = counts_of(&taken, rows);
    Ok((taken.read, counts))
}

async fn order(
    args: &Args,
    ledger: &Ledger,
    file: &Path,
    bytes: Vec<u8>,
    lang: Lang,
) -> miette::Result<Order> {
    let target = target::of_command(ledger, &place::stamp(), args.park.as_deref(), lang).await;
    let target = match target {
        Ok(target) => target,
        Err(TargetError::SeveralZones(names)) => {
            return Err(miette!("{}", lang.with("import-several-zones", names)));
        }
        Err(error) => return Err(error).into_diagnostic(),
    };
    let kind = args.kind.ledger();
    let (zone, place) = (target.zone, target.place);
    let mapping = remembered(ledger, zone.id, &place.name, kind)
        .await
        .into_diagnostic()?;
    let at_zone = place.is_zone;
    let mut order = Order::new(
        kind,
        &target.organisations,
        zone,
        place,
        Scope::everything(),
    );
    order.file_name = file_name(file);
    order.mapping = mapping;
    // A zone that is named where a park may be is no park.
    let names_zone = |park: &String| at_zone && order.parks.named(park).is_some();
    order.park = args.park.clone().filter(|park| !names_zone(park));
    order.rows = match args.rows {
        Rows::All => intake::Rows::All,
        Rows::Good => intake::Rows::Good,
    };
    order.known_on = args.as_of;
    order.other_zones = target.is_only_zone;
    order.rehearsal = args.dry_run;
    order.sha256 = hex::encode(Sha256::digest(&bytes));
    if !args.dry_run {
        let name = &order.file_name;
        ledger
            .keep_file(
                &place::stamp(),
                name,
                "application/octet-stream",
                bytes.clone(),
            )
            .await
            .into_diagnostic()?;
    }
    order.bytes = Arc::new(bytes);
    Ok(order)
}

fn progress_bar(lang: Lang) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new_spinner();
    let style = indicatif::ProgressStyle::with_template("{spinner} {msg} {human_pos}")
        .expect("the template is well formed");
    bar.set_style(style);
    bar.set_message(lang.t("import-writing"));
    bar
}

fn file_name(file: &Path) -> String {
    file.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn read_file(
    file: &Path,
    bytes: &[u8],
    options: &Options,
    lang: Lang,
) -> miette::Result<LedgerRead> {
    let name = file_name(file);
    read_ledger(bytes, &name, options).map_err(|error| {
        let words = error.text(language(lang));
        miette!(
            "{}",
            lang.with_all("import-cannot-read", &[("file", &name), ("why", &words)])
        )
    })
}

fn language(lang: Lang) -> Language {
    match lang {
        Lang::Zh => Language::Chinese,
        Lang::En => Language::English,
    }
}

/// What becomes of the rows beside an empty ledger: all of them or none, unless the good ones are taken.
fn counts(read: &LedgerRead, rows: Rows) -> Counts {
    let refused = read.refused_rows();
    let accepted = if refused > 0 && rows == Rows::All {
        0
    } else {
        read.accepted_rows()
    };
    Counts {
        accepted,
        refused,
        ..Counts::default()
    }
}

fn write_returned(path: &Path, bytes: &[u8], read: &LedgerRead) -> miette::Result<()> {
    let workbook = exchange::returned::returned_workbook(bytes, read).into_diagnostic()?;
    std::fs::write(path, workbook)
        .into_diagnostic()
        .wrap_err_with(|| path.display().to_string())
}

#[expect(clippy::print_stdout, reason = "the report is the command's result")]
fn print(read: &LedgerRead, counts: Counts, format: Format, lang: Lang) {
    match format {
        Format::Json => println!("{}", report(read, counts)),
        Format::Text => println!("{}", in_words(read, counts, lang)),
    }
}

fn in_words(read: &LedgerRead, counts: Counts, lang: Lang) -> String {
    let mut lines = vec![lang.with_all(
        "import-summary",
        &[
            ("file", &read.file),
            ("accepted", &counts.accepted.to_string()),
            ("refused", &counts.refused.to_string()),
        ],
    )];
    for sheet in &read.sheets {
        sheet_in_words(sheet, &mut lines, lang);
    }
    lines.join("\n")
}

fn sheet_in_words(sheet: &SheetRead, lines: &mut Vec<String>, lang: Lang) {
    let Some((first, last)) = sheet.header else {
        lines.push(lang.with("import-sheet-without-table", &sheet.name));
        notes_in_words(sheet, lines, lang);
        return;
    };
    let unit = sheet.unit.as_ref().map_or("", |unit| unit.words.as_str());
    lines.push(lang.with_all(
        "import-sheet",
        &[
            ("sheet", &sheet.name),
            ("first", &(first + 1).to_string()),
            ("last", &(last + 1).to_string()),
            (
                "rows",
                &(sheet.accepted_rows + sheet.refused_rows).to_string(),
            ),
            ("unit", unit),
        ],
    ));
    for column in sheet.columns.iter().filter(|column| !column.numbering) {
        let variable = if column.mapped {
            let keys = column
                .slots
                .iter()
                .map(|slot| sheet.slots[*slot as usize].key.as_str());
            keys.collect::<Vec<_>>().join(", ")
        } else {
            lang.t("import-unmapped")
        };
        lines.push(format!(
            "  {} {} → {variable}",
            column.letters(),
            column.header
        ));
    }
    for refusal in &sheet.refused {
        lines.push(format!(
            "  ✗ {} {}",
            refusal.cell,
            refusal.reason.text(language(lang))
        ));
    }
    notes_in_words(sheet, lines, lang);
}

fn notes_in_words(sheet: &SheetRead, lines: &mut Vec<String>, lang: Lang) {
    for note in &sheet.notes {
        let cell = note.cell.map(|cell| format!("{cell} ")).unwrap_or_default();
        lines.push(format!("  · {cell}{}", note.reason.text(language(lang))));
    }
}
