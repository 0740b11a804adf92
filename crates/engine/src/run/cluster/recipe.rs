//! What a function of the plan is made of, so that it can be made again on another machine.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::NaiveDate;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use domain::SubjectKind;
use serde::{Deserialize, Serialize};

use super::super::frame::Frame;
use super::super::judging::Judging;
use super::super::plan::Plan;
use super::super::screen::Screening;
use crate::diagnostic::render;
use crate::judge::read_setting;
use crate::load::{RuleFiles, load_files};

/// Rules and columns, as texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// Rule files: path and text.
    pub files: Vec<(String, String)>,
    /// The zone whose local rules apply.
    pub zone: Option<String>,
    /// The kind of subject.
    pub subject: String,
    /// The assessment date.
    pub as_of: NaiveDate,
    /// Ids of the policies; empty for all.
    pub policies: Vec<String>,
    /// Changed parameters, as `NAME=VALUE`.
    pub set: Vec<String>,
    /// Names of the columns that are the function's arguments.
    pub columns: Vec<String>,
    /// Whether gaps are wanted.
    pub with_gaps: bool,
}

/// Made before, by what they were made of; the last few, as every task of a run asks for the same.
static MADE: LazyLock<Mutex<Vec<Made>>> = LazyLock::new(Mutex::default);
type Made = (Vec<u8>, Arc<Judging>);
const KEPT: usize = 4;

impl Recipe {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts, dates and lists have a form in JSON")
    }

    /// The rules that these bytes make.
    ///
    /// # Errors
    /// What is wrong with them, in words; where both sides are the same program, nothing is.
    pub fn judging(bytes: &[u8]) -> Result<Arc<Judging>, String> {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, judging)) = made.iter().find(|(known, _)| known == bytes) {
            return Ok(Arc::clone(judging));
        }
        let recipe: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let judging = Arc::new(recipe.make(bytes)?);
        if made.len() == KEPT {
            made.remove(0);
        }
        made.push((bytes.to_vec(), Arc::clone(&judging)));
        Ok(judging)
    }

    fn make(self, bytes: &[u8]) -> Result<Judging, String> {
        let files = RuleFiles::from_texts(self.files);
        let (rulebook, diagnostics) = load_files(&files, self.zone.as_deref());
        let rulebook = rulebook.ok_or_else(|| render(&diagnostics))?;
        let set: HashMap<_, _> = self
            .set
            .iter()
            .map(|setting| read_setting(&rulebook, setting).map_err(|error| error.to_string()))
            .collect::<Result<_, _>>()?;
        let subject: SubjectKind = self.subject.parse().map_err(|_| self.subject.clone())?;
        // Only the names say which column is which fact.
        let fields: Vec<Field> = self
            .columns
            .iter()
            .map(|name| Field::new(name, DataType::Null, true))
            .collect();
        let frame = Frame::of_schema(&rulebook, &subject, &Schema::new(fields))
            .map_err(|error| error.to_string())?;
        let screening = Screening {
            rulebook: &rulebook,
            subject,
            as_of: self.as_of,
            policies: self.policies,
            set,
        };
        let plan = Plan::new(Arc::new(screening.bind(&frame)), self.with_gaps);
        Ok(Judging {
            plan,
            frame,
            population: None,
            recipe: Some(bytes.into()),
        })
    }
}
