//! The columns of the fast lists, and the typed rows that they are read into.

use domain::PartialDate;

use crate::error::Result;
use crate::facts::date_of_digits;
use crate::sql::Row;
use crate::subjects::SubjectStatus;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words or a code.
    Text,
    /// Fen of yuan.
    Money,
    /// A date at the precision that was written.
    Date,
    /// A whole number.
    Integer,
}

/// Which of a variable's periods a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pick {
    /// The current state, else the latest period.
    Latest,
    /// The row's year: the latest one that any such column is known of.
    Yearly,
}

/// A column made from the variable of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name of the column and of the variable.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    pub(crate) pick: Pick,
}

/// A list, and the table that it is kept in.
#[derive(Debug, PartialEq, Eq)]
pub struct List {
    /// Name of the table: `projects`, `enterprises`.
    pub(crate) table: &'static str,
    /// The kind of subject in it.
    pub(crate) subject_kind: &'static str,
    /// The columns made from facts.
    pub columns: &'static [Column],
}

/// What every row of a list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowHead {
    /// The subject.
    pub subject_id: i64,
    /// Its zone.
    pub zone_id: i64,
    /// The organisation it belongs to.
    pub organisation_id: i64,
    /// The path of that organisation.
    pub path: String,
    /// The subject that owns it.
    pub owner_id: Option<i64>,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: Option<String>,
    /// Whether it is in use or closed.
    pub status: SubjectStatus,
    /// Whether it is invented, to fill a demonstration.
    pub invented: bool,
    /// The year of the yearly columns; `None` when no year is known of any.
    pub year: Option<i64>,
    /// The colour that the rulebook judged; `None` before it was judged.
    pub light: Option<String>,
    /// By column, what its cell cannot say: `{"qualifier": "…", "absent": true, "currency": "USD",
    /// "value": "…", "period": "…"}`; empty for nothing.
    pub marks: serde_json::Map<String, serde_json::Value>,
    /// The entry that last changed the row.
    pub entry_id: i64,
}

pub(crate) const HEAD: &str = "subject_id, zone_id, organisation_id, path, owner_id, name, code, \
     status, invented, year, light, marks, entry_id";
pub(crate) const HEAD_WIDTH: usize = 13;

impl RowHead {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let status: String = row.at(7)?;
        let marks: Option<String> = row.at(11)?;
        Ok(Self {
            subject_id: row.at(0)?,
            zone_id: row.at(1)?,
            organisation_id: row.at(2)?,
            path: row.at(3)?,
            owner_id: row.at(4)?,
            name: row.at(5)?,
            code: row.at(6)?,
            status: SubjectStatus::from_name(&status)
                .ok_or_else(|| crate::LedgerError::damaged("status of subject", status))?,
            invented: row.at::<i64>(8)? != 0,
            year: row.at(9)?,
            light: row.at(10)?,
            marks: match marks {
                Some(text) => serde_json::from_str(&text)?,
                None => serde_json::Map::new(),
            },
            entry_id: row.at(12)?,
        })
    }
}

/// A typed row of a list.
pub trait ListRow: Sized + Send {
    /// The list it is a row of.
    const LIST: &'static List;

    /// The row of an answer whose columns stand as the list names them.
    #[doc(hidden)]
    fn read(row: &Row) -> Result<Self>;
}

macro_rules! field {
    (Text) => { Option<String> };
    (Money) => { Option<i64> };
    (Date) => { Option<PartialDate> };
    (Integer) => { Option<i64> };
}

macro_rules! cell {
    (Date, $row:expr, $place:expr) => {
        $row.at::<Option<i64>>($place)?
            .map(date_of_digits)
            .transpose()?
    };
    ($kind:ident, $row:expr, $place:expr) => {
        $row.at($place)?
    };
}

/// Declares a row, its columns and how it is read, so that the three cannot drift apart.
macro_rules! list_row {
    ($doc:literal $row:ident, $list:ident, $table:literal, $subject:literal {
        $($column:ident: $kind:ident $pick:ident $meaning:literal,)+
    }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $row {
            /// Identity, scope and marks.
            pub head: RowHead,
            $(#[doc = $meaning] pub $column: field!($kind),)+
        }

        #[doc = concat!("The list `", $table, "`.")]
        pub static $list: List = List {
            table: $table,
            subject_kind: $subject,
            columns: &[$(Column {
                name: stringify!($column),
                kind: ColumnKind::$kind,
                pick: Pick::$pick,
            },)+],
        };

        impl ListRow for $row {
            const LIST: &'static List = &$list;

            #[expect(unused_assignments, reason = "the last column moves the place too")]
            fn read(row: &Row) -> Result<Self> {
                let head = RowHead::read(row)?;
                let mut place = HEAD_WIDTH;
                $(
                    let $column = cell!($kind, row, place);
                    place += 1;
                )+
                Ok(Self { head, $($column,)+ })
            }
        }
    };
}

list_row! { "A project as it stands. Money is fen of yuan; `None` is not known, or said in the marks."
ProjectRow, PROJECTS, "projects", "project" {
    park: Text Latest "Park as the ledger writes it.",
    owner: Text Latest "Owner.",
    owner_uscc: Text Latest "The owner's unified social credit code.",
    category: Text Latest "Category.",
    construction_nature: Text Latest "New, continued, extension, upgrade, other.",
    industry: Text Latest "Industry.",
    stage: Text Latest "Stage.",
    phase: Text Latest "Phase.",
    ppp: Text Latest "Kind of public–private partnership.",
    responsible_leader: Text Latest "Responsible leader.",
    responsible_department: Text Latest "Responsible department.",
    physical_progress: Text Latest "Physical progress in words.",
    problems: Text Latest "Problems in words.",
    investment_total: Money Latest "Total investment.",
    investment_contract: Money Latest "Amount of the contract.",
    investment_plan_year: Money Yearly "Planned for the row's year.",
    investment_before_year: Money Yearly "Done before the row's year.",
    investment_done_year: Money Yearly "Done in the row's year, to the latest date known.",
    investment_done_total: Money Latest "Done since the start.",
    investment_in_place: Money Latest "Funds in place.",
    revenue_expected: Money Latest "Expected yearly revenue.",
    tax_expected: Money Latest "Expected yearly tax.",
    signed_on: Date Latest "Signed.",
    registered_on: Date Latest "Registered.",
    started_on: Date Latest "Started.",
    completed_on: Date Latest "Completed.",
    in_production_on: Date Latest "In production.",
    in_statistics_on: Date Latest "In the statistics.",
    started_on_planned: Date Latest "Planned start.",
    completed_on_planned: Date Latest "Planned completion.",
    in_production_on_planned: Date Latest "Planned production.",
    build_from: Date Latest "Begin of construction as planned.",
    build_until: Date Latest "End of construction as planned.",
}}

list_row! { "An enterprise as it stands. Money is fen of yuan; `None` is not known, or said in the marks."
EnterpriseRow, ENTERPRISES, "enterprises", "enterprise" {
    park: Text Latest "Park as the ledger writes it.",
    industry: Text Latest "Industry in words.",
    industry_code: Text Latest "GB/T 4754 code.",
    legal_form: Text Latest "Legal form.",
    size_class: Text Latest "Size class.",
    tax_credit_rating: Text Latest "Tax credit rating.",
    registered_on: Date Latest "Registered.",
    hnte_valid_until: Date Latest "High-tech enterprise until.",
    tech_sme_valid_until: Date Latest "Technology SME until.",
    innovative_sme_valid_until: Date Latest "Innovative SME until.",
    specialised_sme_valid_until: Date Latest "Specialised SME until.",
    little_giant_valid_until: Date Latest "Little giant until.",
    revenue: Money Yearly "Revenue of the row's year.",
    main_revenue: Money Yearly "Revenue of the main business.",
    net_profit: Money Yearly "Net profit.",
    total_assets: Money Yearly "Total assets at the year's end.",
    rd_expense: Money Yearly "Expense for research and development.",
    staff: Integer Yearly "Staff.",
    rd_staff: Integer Yearly "Staff in research and development.",
}}
