//! Every past moment reads as it read then, whatever was corrected, undone or merged since.

use domain::{SubjectKind, Value};
use ledger::facts::SubjectFactsQuery;
use ledger::projection::{ListQuery, ProjectRow};
use ledger::{AsOf, Organisation, Scope, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::house::{House, fact, open_in, sqlite, yuan};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    Record {
        project: usize,
        variable: usize,
        fen: i64,
    },
    Retract {
        project: usize,
    },
    Import {
        fen: i64,
    },
    UndoLast,
    Rename {
        project: usize,
        number: u8,
    },
    Close {
        project: usize,
    },
}

const VARIABLES: [&str; 3] = ["investment_total", "investment_contract", "tax_expected"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_usize..3, 0_usize..3, 1_i64..4)
            .prop_map(|(project, variable, fen)| Step::Record { project, variable, fen }),
        1 => (0_usize..3).prop_map(|project| Step::Retract { project }),
        2 => (1_i64..4).prop_map(|fen| Step::Import { fen }),
        1 => Just(Step::UndoLast),
        1 => (0_usize..3, 0_u8..3).prop_map(|(project, number)| Step::Rename { project, number }),
        1 => (0_usize..3).prop_map(|project| Step::Close { project }),
    ];
    prop::collection::vec(step, 1..12)
}

struct Life {
    house: House,
    zone: Organisation,
    projects: Vec<i64>,
    imports: Vec<i64>,
}

impl Life {
    async fn begin(house: House) -> Self {
        let zone = house.zone("随州").await;
        let mut projects = Vec::new();
        for name in ["甲", "乙", "丙"] {
            projects.push(house.project(&zone, name).await);
        }
        Self {
            house,
            zone,
            projects,
            imports: Vec::new(),
        }
    }

    async fn take(&mut self, step: &Step) {
        let (house, all) = (&self.house, Scope::everything());
        match step {
            Step::Record {
                project,
                variable,
                fen,
            } => {
                let value = Value::Money(domain::Money::from_fen(*fen));
                let new = fact(VARIABLES[*variable], "", value);
                house.record(self.projects[*project], vec![new]).await;
            }
            Step::Retract { project } => {
                let id = self.projects[*project];
                let facts = house.ledger.facts_of(&all, id, AsOf::Now).await.unwrap();
                if let Some(fact) = facts.first() {
                    let stamp = house.stamp();
                    house
                        .ledger
                        .retract_fact(&stamp, &all, fact.id, "")
                        .await
                        .unwrap();
                }
            }
            Step::Import { fen } => {
                let value = Value::Money(domain::Money::from_fen(*fen));
                let row = |name| (name, self.zone.id, vec![(VARIABLES[0], "", value.clone())]);
                let committed = house.import(&self.zone, "f", &[row("甲"), row("新")]).await;
                self.imports.push(committed.import_id);
            }
            Step::UndoLast => {
                if let Some(import) = self.imports.pop() {
                    let stamp = house.stamp();
                    house
                        .ledger
                        .undo_import(&stamp, &all, import)
                        .await
                        .unwrap();
                }
            }
            Step::Rename { project, number } => {
                let name = Value::Text(format!("名{number}"));
                house
                    .record(self.projects[*project], vec![fact("name", "", name)])
                    .await;
            }
            Step::Close { project } => {
                let stamp = house.stamp();
                house
                    .ledger
                    .close_subject(&stamp, &all, self.projects[*project])
                    .await
                    .unwrap();
            }
        }
    }

    /// All that a reader can see.
    async fn sight(&self, as_of: AsOf) -> String {
        let all = Scope::everything();
        let query = ListQuery::of_zone(self.zone.id);
        let page = self
            .house
            .ledger
            .list::<ProjectRow>(&all, &query, as_of)
            .await
            .unwrap();
        let mut rows: Vec<ProjectRow> = page.rows;
        for row in &mut rows {
            row.head.entry_id = 0;
        }
        let query = SubjectFactsQuery {
            kind: SubjectKind::Project,
            zone_id: Some(self.zone.id),
            variables: None,
            known_by: None,
            as_of,
            after: None,
            limit: 100,
        };
        let facts = self.house.ledger.subject_facts(&all, &query).await.unwrap();
        let mut single = Vec::new();
        for subject in &facts {
            let facts = self
                .house
                .ledger
                .facts_of(&all, subject.subject_id, as_of)
                .await;
            single.push(facts.unwrap());
        }
        format!("{rows:#?}\n{facts:#?}\n{single:#?}")
    }
}

async fn every_moment_reads_as_it_read_then(house: House, steps: &[Step]) {
    let mut life = Life::begin(house).await;
    let mut seen: Vec<(Timestamp, String)> = Vec::new();
    for step in steps {
        life.take(step).await;
        let now = life.house.stamp().at;
        seen.push((now, life.sight(AsOf::Now).await));
    }
    for (moment, then) in &seen {
        similar(&life.sight(AsOf::At(*moment)).await, then);
    }
    let before = life.sight(AsOf::Now).await;
    let stamp = life.house.stamp();
    life.house.ledger.rebuild_lists(&stamp).await.unwrap();
    similar(&life.sight(AsOf::Now).await, &before);
    for (moment, then) in &seen {
        similar(&life.sight(AsOf::At(*moment)).await, then);
    }
    assert_eq!(life.house.ledger.verify_audit().await.unwrap().broken, None);
}

fn similar(found: &str, expected: &str) {
    let differs = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert_eq!(differs, None, "the past has changed");
    assert_eq!(found.len(), expected.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_past_never_changes(steps in steps()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            every_moment_reads_as_it_read_then(sqlite().await, &steps).await;
        });
    }
}

#[tokio::test]
async fn the_past_never_changes_on_a_server_either() {
    let Some(server) = crate::house::postgres_server() else {
        return;
    };
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..4 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let (url, _) = crate::house::fresh_schema(&server).await;
        let house = open_in(tempfile::tempdir().unwrap(), url).await;
        every_moment_reads_as_it_read_then(house, &steps).await;
    }
}

#[tokio::test]
async fn what_was_known_later_is_not_seen_on_the_assessment_date() {
    let house = sqlite().await;
    let zone = house.zone("随州").await;
    let project = house.project(&zone, "甲").await;
    let day = |day| chrono::NaiveDate::from_ymd_opt(2024, 5, day).unwrap();
    for (known_on, amount) in [(10, "1.00"), (20, "2.00")] {
        let mut new = fact("investment_total", "", yuan(amount));
        new.known_on = Some(day(known_on));
        house.record(project, vec![new]).await;
    }
    let all = Scope::everything();
    for (date, expected) in [
        (9, None),
        (10, Some("1.00")),
        (19, Some("1.00")),
        (20, Some("2.00")),
    ] {
        let known = house
            .ledger
            .known_values(&all, project, Some(day(date)), AsOf::Now)
            .await
            .unwrap();
        let value = known.first().map(|known| known.value.clone());
        assert_eq!(value, expected.map(yuan), "on {date} May");
    }
}
