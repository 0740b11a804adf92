//! Fast lists: paging, order, filters, sums, and the same lists of the past.

use domain::{PartialDate, Value};
use ledger::projection::{Bound, Cursor, Filter, Light, ListQuery, PROJECTS, ProjectRow, Sort};
use ledger::{AsOf, LedgerError, Organisation, Scope};

use crate::house::{House, fact, on_every_database, yuan};

async fn names(house: &House, scope: &Scope, query: &ListQuery, as_of: AsOf) -> Vec<String> {
    let mut found = Vec::new();
    let mut query = query.clone();
    loop {
        let page = house
            .ledger
            .list::<ProjectRow>(scope, &query, as_of)
            .await
            .unwrap();
        found.extend(page.rows.into_iter().map(|row| row.head.name));
        let Some(next) = page.next else {
            return found;
        };
        query.after = Some(Cursor::decode(&next.encode()).unwrap());
    }
}

async fn filled(house: &House) -> (Organisation, Organisation) {
    let zone = house.zone("随州").await;
    let park = house.park(&zone, "曾都园").await;
    let text = |text: &str| Value::Code(text.to_owned());
    let date = |text: &str| Value::Date(text.parse::<PartialDate>().unwrap());
    house
        .import(
            &zone,
            "a",
            &[
                (
                    "丙项目",
                    zone.id,
                    vec![
                        ("investment_total", "", yuan("30.00")),
                        ("stage", "", text("signed")),
                    ],
                ),
                (
                    "甲项目",
                    park.id,
                    vec![
                        ("investment_total", "", yuan("10.00")),
                        ("stage", "", text("started")),
                    ],
                ),
                (
                    "乙项目",
                    park.id,
                    vec![
                        ("started_on", "", date("2024-05")),
                        ("stage", "", text("started")),
                    ],
                ),
                (
                    "丁项目",
                    zone.id,
                    vec![("investment_total", "", yuan("10.00"))],
                ),
            ],
        )
        .await;
    (zone, park)
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_and_the_unknown_comes_last() {
    on_every_database(|house| async move {
        let (zone, _) = filled(&house).await;
        let scope = Scope::organisation(zone.path.clone());
        let mut query = ListQuery::of_zone(zone.id);
        let by_name = names(&house, &scope, &query, AsOf::Now).await;
        assert_eq!(by_name, ["丙项目", "丁项目", "甲项目", "乙项目"]);
        for descending in [false, true] {
            query.sort = Sort {
                column: "investment_total".to_owned(),
                descending,
            };
            let mut expected = vec!["甲项目", "丁项目", "丙项目"];
            if descending {
                expected.reverse();
            }
            expected.push("乙项目");
            for limit in 1..=5 {
                query.limit = limit;
                assert_eq!(names(&house, &scope, &query, AsOf::Now).await, expected);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_park_sees_its_own_and_a_stranger_nothing() {
    on_every_database(|house| async move {
        let (zone, park) = filled(&house).await;
        let query = ListQuery::of_zone(zone.id);
        let own = Scope::organisation(park.path.clone());
        assert_eq!(
            names(&house, &own, &query, AsOf::Now).await,
            ["甲项目", "乙项目"]
        );
        assert!(
            names(&house, &Scope::nothing(), &query, AsOf::Now)
                .await
                .is_empty()
        );
        let other = house.zone("白银").await;
        let foreign = Scope::organisation(other.path.clone());
        assert!(names(&house, &foreign, &query, AsOf::Now).await.is_empty());
        let past = AsOf::At(house.stamp().at);
        assert!(names(&house, &foreign, &query, past).await.is_empty());
        assert_eq!(
            names(&house, &own, &query, past).await,
            ["甲项目", "乙项目"]
        );
        let mut under = query.clone();
        under.under = Some(park.path.clone());
        let whole = Scope::organisation(zone.path.clone());
        assert_eq!(
            names(&house, &whole, &under, AsOf::Now).await,
            ["甲项目", "乙项目"]
        );
        let one = Scope::enterprise(1);
        assert!(names(&house, &one, &query, AsOf::Now).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn filters_search_and_sums_agree() {
    on_every_database(|house| async move {
        let (zone, _) = filled(&house).await;
        let scope = Scope::organisation(zone.path.clone());
        let mut query = ListQuery::of_zone(zone.id);
        let day = |year, month, day| chrono::NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let cases: [(&str, Bound, &[&str]); 7] = [
            (
                "stage",
                Bound::OneOf(vec!["started".to_owned()]),
                &["甲项目", "乙项目"],
            ),
            ("stage", Bound::Unknown, &["丁项目"]),
            ("investment_total", Bound::AtLeast(1_001), &["丙项目"]),
            (
                "investment_total",
                Bound::AtMost(1_000),
                &["丁项目", "甲项目"],
            ),
            ("started_on", Bound::From(day(2024, 5, 1)), &["乙项目"]),
            ("started_on", Bound::From(day(2024, 5, 2)), &[]),
            ("started_on", Bound::Until(day(2024, 4, 30)), &[]),
        ];
        for (column, bound, expected) in cases {
            query.filters = vec![Filter {
                column: column.to_owned(),
                bound,
            }];
            assert_eq!(names(&house, &scope, &query, AsOf::Now).await, expected);
        }
        query.filters.clear();
        for (search, expected) in [
            ("bx", vec!["丙项目"]),
            ("甲", vec!["甲项目"]),
            ("100%", vec![]),
        ] {
            query.search = Some(search.to_owned());
            assert_eq!(
                names(&house, &scope, &query, AsOf::Now).await,
                expected,
                "{search}"
            );
        }
        query.search = None;
        let sums = house
            .ledger
            .totals(
                &PROJECTS,
                &scope,
                &query,
                &["investment_total"],
                Some("stage"),
                AsOf::Now,
            )
            .await
            .unwrap();
        let sums: Vec<_> = sums
            .iter()
            .map(|one| (one.group.as_deref(), one.count, one.sums[0]))
            .collect();
        assert_eq!(
            sums,
            [
                (None, 1, (Some(1_000), 1)),
                (Some("signed"), 1, (Some(3_000), 1)),
                (Some("started"), 2, (Some(1_000), 1)),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn cases_are_counted_beside_the_whole() {
    on_every_database(|house| async move {
        let (zone, park) = filled(&house).await;
        let filter = |column: &str, bound| Filter {
            column: column.to_owned(),
            bound,
        };
        let started = || filter("stage", Bound::OneOf(vec!["started".to_owned()]));
        let cases = [
            vec![started()],
            vec![started(), filter("investment_total", Bound::Known)],
            vec![],
        ];
        let counts = async |scope: &Scope, query: &ListQuery, as_of| {
            let found = house.ledger.counts(&PROJECTS, scope, query, &cases, as_of);
            found.await.unwrap()
        };
        let mut query = ListQuery::of_zone(zone.id);
        let whole = Scope::organisation(zone.path.clone());
        let own = Scope::organisation(park.path.clone());
        let before = house.stamp().at;
        house.project(&zone, "戊项目").await;
        let expected = (5, vec![2, 1, 5]);
        assert_eq!(counts(&whole, &query, AsOf::Now).await, expected);
        let expected = (4, vec![2, 1, 4]);
        assert_eq!(counts(&whole, &query, AsOf::At(before)).await, expected);
        let expected = (2, vec![2, 1, 2]);
        assert_eq!(counts(&own, &query, AsOf::Now).await, expected);
        query.filters = vec![filter("stage", Bound::Unknown)];
        let expected = (2, vec![0, 0, 2]);
        assert_eq!(counts(&whole, &query, AsOf::Now).await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_column_that_is_not_there_is_refused() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let mut query = ListQuery::of_zone(zone.id);
        query.sort.column = "name; DROP TABLE facts".to_owned();
        let refused = house
            .ledger
            .list::<ProjectRow>(&Scope::everything(), &query, AsOf::Now)
            .await;
        assert!(matches!(refused, Err(LedgerError::BadQuery(_))));
    })
    .await;
}

#[tokio::test]
async fn what_a_cell_cannot_say_stands_in_the_marks() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let project = house.project(&zone, "外资项目").await;
        let dollars = domain::Money {
            fen: 350_000_000,
            currency: domain::money::Currency::from_code("USD").unwrap(),
        };
        let mut about = fact("investment_contract", "", yuan("8.00"));
        about.qualifier = "约".to_owned();
        let facts = vec![
            fact("investment_total", "", Value::Money(dollars)),
            fact("completed_on", "", Value::Absent),
            fact("investment_plan_year", "2023", yuan("1.00")),
            fact("investment_plan_year", "2024", yuan("2.00")),
            fact("investment_done_year", "2024-01/2024-05", yuan("0.50")),
            about,
        ];
        house.record(project, facts).await;
        let query = ListQuery::of_zone(zone.id);
        let all = Scope::everything();
        let page = house.ledger.list::<ProjectRow>(&all, &query, AsOf::Now);
        let row = page.await.unwrap().rows.remove(0);
        assert_eq!(row.investment_total, None);
        assert_eq!(row.head.marks["investment_total"]["currency"], "USD");
        assert_eq!(row.head.marks["investment_total"]["value"], "3500000.00");
        assert_eq!(row.head.marks["completed_on"]["absent"], true);
        assert_eq!(row.head.marks["investment_contract"]["qualifier"], "约");
        assert_eq!(row.head.year, Some(2024));
        assert_eq!(row.investment_plan_year, Some(200));
        assert_eq!(
            row.head.marks["investment_done_year"]["period"],
            "2024-01/2024-05"
        );
        let periods = async |column: &str, as_of| {
            let found = house
                .ledger
                .periods_of(&PROJECTS, &all, &query, column, as_of);
            found.await.unwrap()
        };
        let until_may: domain::Period = "2024-01/2024-05".parse().unwrap();
        for as_of in [AsOf::Now, AsOf::At(house.stamp().at)] {
            assert_eq!(
                periods("investment_done_year", as_of).await,
                std::slice::from_ref(&until_may)
            );
            assert!(periods("investment_in_place", as_of).await.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn lights_stay_when_facts_come_and_a_second_judgement_writes_nothing() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let subject_id = house.project(&zone, "红灯项目").await;
        let light = Some("red".to_owned());
        let lights = [Light { subject_id, light }];
        for expected in [1, 0] {
            let stamp = house.stamp();
            let changed = house
                .ledger
                .set_lights(&stamp, zone.id, &PROJECTS, &lights)
                .await;
            assert_eq!(changed.unwrap(), expected);
        }
        house
            .record(subject_id, vec![fact("investment_total", "", yuan("1.00"))])
            .await;
        let query = ListQuery::of_zone(zone.id);
        let all = Scope::everything();
        let page = house.ledger.list::<ProjectRow>(&all, &query, AsOf::Now);
        assert_eq!(
            page.await.unwrap().rows[0].head.light.as_deref(),
            Some("red")
        );
    })
    .await;
}

#[tokio::test]
async fn a_milestone_is_overdue_when_the_last_day_it_may_mean_has_passed() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let date = |text: &str| Value::Date(text.parse::<PartialDate>().unwrap());
        let stage = |text: &str| ("stage", "", Value::Code(text.to_owned()));
        let planned = |text| ("completed_on_planned", "", date(text));
        let rows = [
            ("日", zone.id, vec![planned("2024-05-31")]),
            ("月", zone.id, vec![planned("2024-05")]),
            ("年", zone.id, vec![planned("2024")]),
            (
                "已竣工",
                zone.id,
                vec![planned("2024-05"), ("completed_on", "", date("2024-07"))],
            ),
            (
                "已投产",
                zone.id,
                vec![planned("2024-05"), stage("in_production")],
            ),
            (
                "退库",
                zone.id,
                vec![planned("2024-05"), stage("cancelled")],
            ),
            ("无计划", zone.id, vec![stage("signed")]),
        ];
        house.import(&zone, "a", &rows).await;
        let scope = Scope::organisation(zone.path.clone());
        let mut query = ListQuery::of_zone(zone.id);
        for (day, expected) in [
            ("2024-05-31", vec![]),
            ("2024-06-01", vec!["日", "月"]),
            ("2024-12-31", vec!["日", "月"]),
            ("2025-01-01", vec!["年", "日", "月"]),
        ] {
            // Asked on a day, what had passed by the end of the day before it.
            let day: chrono::NaiveDate = day.parse().unwrap();
            query.filters = vec![Filter {
                column: "stage".to_owned(),
                bound: Bound::Overdue(day.pred_opt().unwrap()),
            }];
            let mut found = names(&house, &scope, &query, AsOf::Now).await;
            found.sort();
            let mut expected = expected;
            expected.sort_unstable();
            assert_eq!(found, expected, "at the end of the day before {day}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_behind_only_where_both_figures_are_known() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let plan = ("investment_plan_year", "2024", yuan("100.00"));
        let done = |amount| ("investment_done_year", "2024", yuan(amount));
        let rows = [
            ("慢", zone.id, vec![plan.clone(), done("49.99")]),
            ("刚好", zone.id, vec![plan.clone(), done("50.00")]),
            ("未报", zone.id, vec![plan]),
            ("无计划", zone.id, vec![done("1.00")]),
        ];
        house.import(&zone, "a", &rows).await;
        let mut query = ListQuery::of_zone(zone.id);
        query.filters = vec![Filter {
            column: "investment_done_year".to_owned(),
            bound: Bound::PlanBelow(500),
        }];
        let found = names(&house, &Scope::everything(), &query, AsOf::Now).await;
        assert_eq!(found, ["慢"]);
    })
    .await;
}
