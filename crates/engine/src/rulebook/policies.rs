//! Policies: clauses, benefit, guide.

use chrono::NaiveDate;
use domain::SubjectKind;
use indexmap::IndexMap;

use super::{Label, LegalReference, PeriodKind, Provenance, Spans};
use crate::expression::Expr;
use crate::source::Span;

/// One policy: who may have it and what it is worth.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its id, the name of its file.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// Whom it judges.
    pub subject: SubjectKind,
    /// Its field.
    pub field: Field,
    /// Who grants it.
    pub authority: Option<Label>,
    /// When it is in force; several spans in order of time. Empty: never.
    pub in_force: Vec<InForce>,
    /// How often it is judged.
    pub period: PeriodKind,
    /// How one gets it.
    pub channel: Option<Channel>,
    /// Which year is the assessment year; [`YearChoice::Current`] outside its spans.
    pub year: Spans<YearChoice>,
    /// Names for sub-expressions, each using only earlier ones.
    pub lets: IndexMap<String, Expr>,
    /// Conditions in the order of the law.
    pub clauses: Vec<Clause>,
    /// What it gives; `None` only with `kind: title` left out altogether.
    pub benefit: Benefit,
    /// Groups of which only one policy may be enjoyed.
    pub choose_one: Vec<String>,
    /// Policies that cannot be enjoyed beside it, as this file says (the relation is mutual).
    pub excludes: Vec<String>,
    /// The limit it shares with others.
    pub pool: Option<Pool>,
    /// What to do to get it.
    pub guide: Guide,
    /// What it rests on.
    pub provenance: Provenance,
    /// Zone whose rule it is; `None` for a national one.
    pub zone: Option<String>,
    /// Where its id stands.
    pub span: Span,
}

impl Policy {
    /// Whether it is in force on this day.
    pub fn is_in_force(&self, date: NaiveDate) -> bool {
        self.in_force.iter().any(|span| span.holds_on(date))
    }

    /// The expressions that its verdict and amount are made of; `let` names are in them by name, so
    /// those come first.
    pub fn judging_expressions(&self) -> Vec<&Expr> {
        let whens = self.clauses.iter().flat_map(|clause| &clause.when);
        self.lets
            .values()
            .chain(whens.map(|dated| &dated.value))
            .chain(self.benefit.amount.iter().map(|dated| &dated.value))
            .collect()
    }

    /// All its expressions.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut all = self.judging_expressions();
        let further = self.benefit.saves.iter().chain(self.benefit.parts.values());
        all.extend(further.flatten().map(|dated| &dated.value));
        all.extend(self.pool.iter().map(|pool| &pool.limit));
        all
    }

    /// Which year is the assessment year on this day.
    pub fn year_on(&self, date: NaiveDate) -> YearChoice {
        self.year.on(date).copied().unwrap_or(YearChoice::Current)
    }
}

/// A span in which a rule is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    /// First day; `None`: always before.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// When it was published, where that differs.
    pub published: Option<NaiveDate>,
}

impl InForce {
    /// Whether it is in force on this day.
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }
}

/// Which year a yearly value without a suffix is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum YearChoice {
    /// The calendar year of `as_of`.
    Current,
    /// The year before it.
    Previous,
}

/// The field of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Tax.
    Tax,
    /// Science and technology.
    Science,
    /// Industry.
    Industry,
    /// Finance.
    Finance,
    /// Talent.
    Talent,
    /// Employment.
    Employment,
    /// Land.
    Land,
    /// Another.
    Other,
}

/// How one gets a benefit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Declared by oneself, papers kept.
    SelfDeclare,
    /// Filed.
    Filing,
    /// Recognised by an authority.
    Recognition,
    /// Applied for.
    Application,
    /// Given without asking.
    Automatic,
}

/// A condition of a policy.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Its id, unique in the file.
    pub id: String,
    /// The law's own words.
    pub text: Label,
    /// First day on which it counts.
    pub from: Option<NaiveDate>,
    /// Last day on which it counts.
    pub until: Option<NaiveDate>,
    /// The condition, by day; outside its spans the clause does not count.
    pub when: Spans<Expr>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}

impl Clause {
    /// The condition that counts on this day; `None` where the clause does not.
    pub fn when_on(&self, date: NaiveDate) -> Option<&Expr> {
        let counts = self.from.is_none_or(|from| from <= date)
            && self.until.is_none_or(|until| date <= until);
        counts.then(|| self.when.on(date)).flatten()
    }

    /// The documents it rests on: its own, else the policy's.
    pub fn legal<'p>(&'p self, policy: &'p Policy) -> &'p [LegalReference] {
        if self.provenance.legal.is_empty() {
            &policy.provenance.legal
        } else {
            &self.provenance.legal
        }
    }
}

/// What a policy gives.
#[derive(Debug, Clone)]
pub struct Benefit {
    /// Of what kind.
    pub kind: BenefitKind,
    /// What the form reports, money; empty only for a title.
    pub amount: Spans<Expr>,
    /// Money that stays with the enterprise; `None` where it is the amount.
    pub saves: Option<Spans<Expr>>,
    /// Money that only comes earlier.
    pub timing: bool,
    /// Further figures by name; money or numbers.
    pub parts: IndexMap<String, Spans<Expr>>,
    /// What is to be known about it.
    pub note: Option<Label>,
    /// Where it stands.
    pub span: Span,
}

/// The kind of a benefit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BenefitKind {
    /// A lower rate.
    RateReduction,
    /// A deduction from income.
    Deduction,
    /// A deduction from tax.
    Credit,
    /// Money back.
    Refund,
    /// No tax.
    Exemption,
    /// Money given.
    Subsidy,
    /// Money lent or guaranteed.
    Finance,
    /// A title.
    Title,
}

/// A limit on which several policies draw.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Its name, shared by the policies.
    pub id: String,
    /// The limit, money.
    pub limit: Expr,
    /// The smaller order draws first.
    pub order: i64,
    /// Where it stands.
    pub span: Span,
}

/// What to do to get a benefit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guide {
    /// Papers.
    pub materials: Vec<Label>,
    /// Steps.
    pub steps: Vec<Label>,
    /// By when.
    pub deadline: Option<Label>,
    /// Where to go or call.
    pub contact: Option<Label>,
    /// What is to be known about it.
    pub notes: Vec<Label>,
}
