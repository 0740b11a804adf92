//! The ledger's side of an import: rows to records, placed, owned, and refused where they may not go.

use std::collections::{BTreeSet, HashMap};

use domain::{CellAddress, Period, SourceRef, SubjectKind};
use exchange::ledger::{Note, Record, Refusal, SheetRead, Slot};
use exchange::{LedgerKind, Reason};
use ledger::imports::{BulkColumn, BulkFact, BulkImport, BulkRecord, BulkSource, RowOutcome};
use ledger::{Ledger, LedgerError, NewSubject, Sql, lookup_key};
use tokio::sync::mpsc;

use super::facts;
use super::intake::{Batch, Order};
use super::rows::{Row, RowColumn, RowReader, RowValue};
use crate::words::Lang;

/// Enterprises of the zone by code and by name: who may own a project.
#[derive(Debug, Default)]
pub struct Owners {
    by_code: HashMap<String, i64>,
    by_name: HashMap<String, i64>,
}

impl Owners {
    /// The enterprises that rows of this order may mean.
    pub async fn of(ledger: &Ledger, zone_id: i64) -> Result<Self, LedgerError> {
        let mut sql = Sql::new("SELECT scheme, key, subject_id FROM subject_keys WHERE zone_id = ");
        sql.bind(zone_id)
            .push(" AND kind = ")
            .bind(SubjectKind::Enterprise.as_str());
        sql.push(" ORDER BY subject_id");
        let mut owners = Self::default();
        for row in ledger.rows(sql).await? {
            let scheme: String = row.at(0)?;
            let by_key = if scheme == "code" {
                &mut owners.by_code
            } else {
                &mut owners.by_name
            };
            by_key.entry(row.at(1)?).or_insert(row.at(2)?);
        }
        Ok(owners)
    }

    fn of_row(&self, row: &Row) -> Option<i64> {
        let by_code = row
            .owner_code
            .as_deref()
            .and_then(|code| self.by_code.get(&lookup_key(code)));
        let by_name = || {
            row.owner
                .as_deref()
                .and_then(|name| self.by_name.get(&lookup_key(name)))
        };
        by_code.or_else(by_name).copied()
    }

    fn knows(&self, name: &str) -> bool {
        self.by_name.contains_key(&lookup_key(name))
    }
}

/// Projects of the zone by name, with the park that each was named in: a table of facts names a
/// project alone.
#[derive(Debug, Default)]
pub struct NamedProjects {
    /// `None` for a name that several have.
    park_by_name: HashMap<String, Option<String>>,
}

impl NamedProjects {
    /// The projects that rows of an order may mean; none where rows bring their own parks.
    pub async fn of(ledger: &Ledger, order: &Order) -> Result<Self, LedgerError> {
        let mut projects = Self::default();
        if order.kind != LedgerKind::Facts {
            return Ok(projects);
        }
        let mut sql = Sql::new(
            "SELECT k.key, s.name FROM subject_keys k JOIN subjects s ON s.id = k.subject_id \
             WHERE k.scheme = 'name' AND s.status = 'active' AND k.zone_id = ",
        );
        sql.bind(order.zone.id).push(" AND k.kind = ");
        sql.bind(SubjectKind::Project.as_str());
        for row in ledger.rows(sql).await? {
            let (key, name): (String, String) = (row.at(0)?, row.at(1)?);
            let name = lookup_key(&name);
            let park = key
                .strip_suffix(&name)
                .and_then(|rest| rest.strip_suffix('/'));
            if let Some(park) = park {
                let park = park.to_owned();
                projects
                    .park_by_name
                    .entry(name)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(park));
            }
        }
        Ok(projects)
    }

    fn park_of(&self, name: &str) -> Option<String> {
        self.park_by_name.get(&lookup_key(name)).cloned().flatten()
    }
}

/// A reason that the ledger finds.
fn said(key: &str, value: &str) -> Reason {
    let words = |lang: Lang| lang.with(key, value);
    Reason::Said {
        zh: words(Lang::Zh),
        en: words(Lang::En),
    }
}

/// A row on its way into the ledger.
struct Pushed {
    sheet: usize,
    row: u32,
    cell: Option<CellAddress>,
    name: String,
}

/// The columns and the source of the sheet that is being written.
struct SheetColumns {
    source: BulkSource,
    by_slot: Vec<Option<BulkColumn>>,
}

/// Writes the rows of an order.
pub struct Writer<'a> {
    order: &'a Order,
    owners: Owners,
    projects: NamedProjects,
    columns: Option<SheetColumns>,
    beside: Option<BulkSource>,
    pushed: Vec<Pushed>,
    refused: Vec<(usize, u32, Refusal)>,
    /// Parks that are none of the zone's, by sheet.
    parks_unknown: BTreeSet<(usize, String)>,
}

impl<'a> Writer<'a> {
    /// A writer for an order.
    pub fn new(order: &'a Order, owners: Owners, projects: NamedProjects) -> Self {
        Self {
            order,
            owners,
            projects,
            columns: None,
            beside: None,
            pushed: Vec::new(),
            refused: Vec::new(),
            parks_unknown: BTreeSet::new(),
        }
    }

    /// Writes all that the reader hands over.
    pub async fn write(
        &mut self,
        import: &mut BulkImport,
        mut batches: mpsc::Receiver<Batch>,
        told: &(dyn Fn(u64) + Sync),
    ) -> Result<(), LedgerError> {
        let mut reader: Option<RowReader> = None;
        while let Some(batch) = batches.recv().await {
            if let Some(slots) = batch.slots {
                self.open_sheet(import, &batch.sheet_name, &slots).await?;
                reader = Some(RowReader::new(self.order.kind, slots));
            }
            let reader = reader
                .as_ref()
                .expect("the first batch of a sheet brings its slots");
            for record in batch.records {
                self.push(import, reader, batch.sheet, record).await?;
            }
            told(self.pushed.len() as u64);
        }
        Ok(())
    }

    async fn open_sheet(
        &mut self,
        import: &mut BulkImport,
        name: &str,
        slots: &[Slot],
    ) -> Result<(), LedgerError> {
        // Of a sheet's source only file and sheet count; each fact names its cell.
        let source = SourceRef::Cell {
            file_sha256: self.order.sha256.clone(),
            sheet: name.to_owned(),
            cell: CellAddress { row: 0, column: 0 },
        };
        let source = import.source(&source).await?;
        self.columns = Some(SheetColumns {
            source,
            by_slot: vec![None; slots.len()],
        });
        Ok(())
    }

    async fn push(
        &mut self,
        import: &mut BulkImport,
        reader: &RowReader,
        sheet: usize,
        record: Record,
    ) -> Result<(), LedgerError> {
        let mut row = reader.row(record);
        self.know_kind(&mut row);
        let place = match row.park.as_deref().filter(|park| !park.trim().is_empty()) {
            Some(park) => self.order.parks.named(park).unwrap_or_else(|| {
                let unknown = (sheet, park.trim().to_owned());
                if Some(park) != self.order.park.as_deref() {
                    self.parks_unknown.insert(unknown);
                }
                &self.order.place
            }),
            None => &self.order.place,
        };
        let foreign = |name: &str| lookup_key(name) != lookup_key(&self.order.zone.name);
        if !self.order.reach.covers_path(&place.path) {
            let park = row.park.clone().unwrap_or_else(|| place.name.clone());
            self.refuse(sheet, &row, "park", said("import-out-of-reach", &park));
            return Ok(());
        }
        if !self.order.other_zones {
            let zone = row.zone.clone().filter(|zone| foreign(zone));
            let is_other = row.kind == SubjectKind::Zone && foreign(&row.name);
            if let Some(zone) = zone.or_else(|| is_other.then(|| row.name.clone())) {
                self.refuse(sheet, &row, "subject", said("import-other-zone", &zone));
                return Ok(());
            }
        }
        let subject = NewSubject {
            code: row.code.clone(),
            park: row.park.clone().or_else(|| self.named_park(&row)),
            owner_id: self.owners.of_row(&row),
            invented: self.order.invented,
            ..NewSubject::of(row.kind.clone(), &row.name, place.id)
        };
        let name = subject.name.clone();
        self.pushed.push(Pushed {
            sheet,
            row: row.number,
            cell: row.cell,
            name,
        });
        let mut known = Vec::with_capacity(row.values.len());
        for value in row.values {
            known.push(self.fact(import, reader, value).await?);
        }
        import
            .push(BulkRecord {
                subject,
                facts: known,
            })
            .await
    }

    /// The park of a project that a table of facts names alone.
    fn named_park(&self, row: &Row) -> Option<String> {
        let is_project = row.kind == SubjectKind::Project;
        is_project
            .then(|| self.projects.park_of(&row.name))
            .flatten()
    }

    /// Finds out what a table of facts left open: a row without a subject is about the zone itself.
    fn know_kind(&self, row: &mut Row) {
        if row.kind != facts::kind_unknown() {
            return;
        }
        let named = self.order.parks.named(&row.name);
        row.kind = match named {
            _ if row.name.is_empty() => {
                row.name.clone_from(&self.order.zone.name);
                SubjectKind::Zone
            }
            Some(place) if place.is_zone => SubjectKind::Zone,
            Some(place) if lookup_key(&place.name) == lookup_key(&row.name) => SubjectKind::Park,
            _ if self.owners.knows(&row.name) => SubjectKind::Enterprise,
            _ => return,
        };
    }

    async fn fact(
        &mut self,
        import: &mut BulkImport,
        reader: &RowReader,
        value: RowValue,
    ) -> Result<BulkFact, LedgerError> {
        let columns = self
            .columns
            .as_mut()
            .expect("a sheet is open while its rows are written");
        let column = match value.column {
            RowColumn::Slot(place) => {
                if let Some(known) = columns.by_slot[place] {
                    known
                } else {
                    let slot = &reader.slots[place];
                    let period = slot.period.as_ref().unwrap_or(&Period::Current);
                    let unit = slot.unit.as_deref().unwrap_or_default();
                    let column = import.column(&slot.variable, period, unit).await?;
                    columns.by_slot[place] = Some(column);
                    column
                }
            }
            RowColumn::Own {
                variable,
                period,
                unit,
            } => import.column(&variable, &period, &unit).await?,
        };
        let source = match (value.cell, self.beside) {
            (Some(_), _) => columns.source,
            (None, Some(known)) => known,
            (None, None) => {
                let source = SourceRef::Form {
                    form: "import".to_owned(),
                };
                *self.beside.insert(import.source(&source).await?)
            }
        };
        Ok(BulkFact {
            column,
            value: value.value,
            qualifier: value.qualifier,
            source,
            cell: value.cell,
        })
    }

    fn refuse(&mut self, sheet: usize, row: &Row, variable: &str, reason: Reason) {
        let cell = row.cell.unwrap_or(CellAddress {
            row: row.number,
            column: 0,
        });
        let refusal = Refusal {
            cell,
            variable: variable.to_owned(),
            reason,
        };
        self.refused.push((sheet, row.number, refusal));
    }

    /// Puts the rows that the ledger refuses among those that the reader refused.
    pub async fn report(
        mut self,
        import: &mut BulkImport,
        sheets: &mut [SheetRead],
    ) -> Result<(), LedgerError> {
        let outcomes = import.outcomes().await?;
        for (pushed, outcome) in self.pushed.iter().zip(outcomes) {
            if *outcome == RowOutcome::Ambiguous {
                let cell = pushed.cell.unwrap_or(CellAddress {
                    row: pushed.row,
                    column: 0,
                });
                let reason = said("import-ambiguous", &pushed.name);
                let refusal = Refusal {
                    cell,
                    variable: "name".to_owned(),
                    reason,
                };
                self.refused.push((pushed.sheet, pushed.row, refusal));
            }
        }
        for (sheet, row, refusal) in self.refused {
            let sheet = &mut sheets[sheet];
            sheet.accepted_rows -= 1;
            sheet.refused_rows += 1;
            sheet.refused_row_numbers.push(row);
            sheet.refused.push(refusal);
        }
        for (sheet, park) in self.parks_unknown {
            let reason = said("import-unknown-park", &park);
            sheets[sheet].notes.push(Note { cell: None, reason });
        }
        for sheet in sheets {
            sheet.refused_row_numbers.sort_unstable();
            sheet
                .refused
                .sort_by_key(|refusal| (refusal.cell.row, refusal.cell.column));
        }
        Ok(())
    }
}
