//! The commands about rule files, as the page of the contract has them: what they print, what they end with.

use crate::rule_place::{CASES, ELSEWHERE, FIRMS, GRANT, Place, rules};

#[test]
fn check_runs_every_case_and_ends_with_their_count() {
    let place = rules();
    let fine = place.run("rulebook check");
    assert_eq!(
        (fine.code, fine.last_line()),
        (Some(0), "2 passed, 0 failed")
    );
    // A policy without a case is a warning and fails nothing.
    assert!(
        fine.out.contains("the policy `title` has no case"),
        "{}",
        fine.out
    );
    let named = place.run("rulebook check rulebook/cn");
    assert_eq!(named.last_line(), "2 passed, 0 failed");
    let json = place.run("rulebook check --format json");
    assert_eq!(json.json()["passed"], 2);
    assert!(
        json.err.trim_end().ends_with("2 passed, 0 failed"),
        "{}",
        json.err
    );

    let wrong = CASES.replace("amount: 0.33", "amount: 0.34");
    place.write("rulebook/cn/policies/other/grant.cases.yaml", &wrong);
    let failed = place.run("rulebook check --format table");
    assert_eq!(
        (failed.code, failed.last_line()),
        (Some(1), "1 passed, 1 failed")
    );
    assert!(
        failed.out.contains("amount: expected 0.34, got 0.33"),
        "{}",
        failed.out
    );

    let doubtful = CASES.replace("cases:", "doubtful:").replace("0.33", "9");
    place.write("rulebook/cn/policies/other/grant.cases.yaml", &doubtful);
    let doubtful = place.run("rulebook check");
    assert_eq!(
        (doubtful.code, doubtful.last_line()),
        (Some(0), "0 passed, 0 failed")
    );
    assert!(
        doubtful.out.contains("at every boundary"),
        "{}",
        doubtful.out
    );

    assert_eq!(place.run("rulebook check nowhere").code, Some(2));
    assert_eq!(place.run("rulebook check --policy nobody").code, Some(2));
    assert_eq!(place.run("rulebook check --zone nowhere").code, Some(2));
    assert_eq!(place.run("rulebook check --as-of yesterday").code, Some(2));
}

#[test]
fn all_mistakes_of_a_rulebook_are_told_in_one_run_with_their_places() {
    let place = rules();
    let wrong = GRANT
        .replace("yuan(100)", "100")
        .replace("p.staff_max", "p.staf_max")
        .replace("subject: enterprise", "subject: enterprise\ncolour: red");
    place.write("rulebook/cn/policies/other/grant.yaml", &wrong);
    let told = place.run("rulebook check");
    assert_eq!(
        (told.code, told.last_line()),
        (Some(1), "0 passed, 0 failed")
    );
    for part in [
        "[cn/policies/other/grant.yaml:3:21]",
        "did you mean `staff_max`?",
        "[cn/policies/other/grant.yaml:4:12]",
        "give the number its unit",
        "colour",
    ] {
        assert!(told.out.contains(part), "{part}\n{}", told.out);
    }
    let json = place.run("rulebook check --format json").json();
    assert_eq!(json["diagnostics"].as_array().unwrap().len(), 3);
    // What cannot be loaded cannot be run: that is no finding.
    place.write("firms.csv", "subject_id,revenue\nA,1\n");
    assert_eq!(place.run("screen firms.csv -o out.csv").code, Some(2));
    assert_eq!(place.run("rulebook list").code, Some(2));
    // The order in which files and keys stand does not matter, and neither does where an unused file lies.
    place.write("rulebook/cn/policies/other/grant.yaml", GRANT);
    assert_eq!(place.run("rulebook check").code, Some(0));
}

#[test]
fn zones_are_checked_beside_the_nation() {
    let place = rules();
    let local = "policy: west_grant
overrides: grant
subject: enterprise
in_force: {from: 2024-01-01}
clauses: [{id: few, when: staff <= p.west_max}]
benefit: {kind: subsidy, amount: yuan(7)}
";
    let parameters = "parameters:
  west_max: {overrides: staff_max, type: integer, values: [{from: 2020-01-01, value: 5}]}
";
    let cases = "cases:
  - {name: local, policy: grant, as_of: 2024-12-31, given: {staff: 5}, expect: {verdict: eligible, amount: 7.00}}
  - {name: too many, policy: west_grant, as_of: 2024-12-31, given: {staff: 6}, expect: {verdict: ineligible, gaps: {few: -1}}}
  - {name: the law changed, policy: grant, set: {staff_max: 6}, as_of: 2024-12-31, given: {staff: 6}, expect: {verdict: eligible}}
";
    place.write("rulebook/zones/west/policies/other/west_grant.yaml", local);
    place.write("rulebook/zones/west/parameters/p.yaml", parameters);
    place.write(
        "rulebook/zones/west/policies/other/west_grant.cases.yaml",
        cases,
    );
    let all = place.run("rulebook check");
    assert_eq!(
        (all.code, all.last_line()),
        (Some(0), "5 passed, 0 failed"),
        "{}",
        all.out
    );
    // Naming a zone leaves out other zones, not the nation.
    let west = place.run("rulebook check --zone west");
    assert_eq!(west.last_line(), "5 passed, 0 failed");
    let one = place.run("rulebook check --zone west --policy west_grant");
    assert_eq!(one.last_line(), "3 passed, 0 failed");

    // What a zone's rule has replaced is also known by its national id.
    place.write("firms.csv", "subject_id,staff\nA,6\n");
    let day = "--as-of 2024-12-31 --format json";
    let screened = |more: &str| {
        let words = format!("screen firms.csv -o out.csv {day} {more}");
        place.run(&words).json()
    };
    let national = screened("--policy grant");
    assert_eq!(
        (&national[0]["policy"], &national[0]["unknown"]),
        (&"grant".into(), &1.into())
    );
    let local = screened("--zone west --policy grant");
    assert_eq!(
        (&local[0]["policy"], &local[0]["ineligible"]),
        (&"west_grant".into(), &1.into())
    );
    let changed = screened("--zone west --policy grant --set p.staff_max=6");
    assert_eq!(changed["changed"][0]["eligible"], 1);
    assert_eq!(
        (&changed["gainers"], &changed["losers"]),
        (&1.into(), &0.into())
    );
    let explained = place.run(&format!("explain firms.csv A grant --zone west {day}"));
    assert_eq!(
        explained.json()["policy"],
        "west_grant",
        "{}",
        explained.err
    );

    // A case of a zone that there is not would be run by nobody.
    let lost = CASES.replace("{name: the day after,", "{name: lost, zone: wset,");
    place.write("rulebook/cn/policies/other/grant.cases.yaml", &lost);
    let told = place.run("rulebook check");
    assert_eq!(told.code, Some(1));
    assert!(told.out.contains("did you mean `west`?"), "{}", told.out);
}

#[test]
fn cases_kept_elsewhere_are_run_by_test() {
    let place = rules();
    place.write("elsewhere/one.yaml", ELSEWHERE);
    place.write("elsewhere/grant.cases.yaml", CASES);
    let both = place.run("rulebook test --cases elsewhere/one.yaml elsewhere/grant.cases.yaml");
    assert_eq!(
        (both.code, both.last_line()),
        (Some(0), "4 passed, 0 failed"),
        "{}",
        both.out
    );
    let twice = "rulebook test --cases elsewhere/one.yaml --cases elsewhere/grant.cases.yaml";
    assert_eq!(place.run(twice).last_line(), "4 passed, 0 failed");
    let set = place.run("rulebook test --cases elsewhere/one.yaml --set staff_max=299");
    assert_eq!((set.code, set.last_line()), (Some(1), "1 passed, 1 failed"));
    assert!(set.out.contains("few"), "{}", set.out);

    // A case that cannot be read has failed, also one of a zone.
    place.write("rulebook/zones/west/v.yaml", "variables: {}\n");
    let unread = "cases:
  - {name: of a zone, zone: west, policy: grnat, as_of: 2024-12-31, given: {}, expect: {verdict: unknown}}
  - {name: of none, policy: grant, as_of: 2024-12-31, given: {zone_like: 1}, expect: {verdict: unknown}}
";
    place.write("elsewhere/unread.yaml", unread);
    let unread = place.run("rulebook test --cases elsewhere/unread.yaml");
    assert_eq!(
        (unread.code, unread.last_line()),
        (Some(1), "1 passed, 1 failed")
    );
    assert!(
        unread.out.contains("did you mean `grant`?"),
        "{}",
        unread.out
    );
    assert_eq!(
        place.run("rulebook test --cases elsewhere/none.yaml").code,
        Some(2)
    );
    assert_eq!(place.run("rulebook test").code, Some(2));
}

#[test]
fn explain_tells_every_clause_with_law_facts_gap_and_source() {
    let place = rules();
    place.write("firms.csv", FIRMS);
    let ask = |more: &str| {
        place.run(&format!(
            "explain firms.csv B grant --as-of 2024-12-31 {more}"
        ))
    };
    let text = ask("");
    assert_eq!(text.code, Some(0), "{}", text.err);
    for part in [
        "Large enough",
        "revenue >= yuan(100)",
        "= 100.00 >= 100.00",
        "Gap: 0.00 yuan",
        "办法 第二条",
        "firms.csv B2",
        "300 <= 300",
        "Amount: 0.02",
    ] {
        assert!(text.out.contains(part), "{part}\n{}", text.out);
    }
    let json = ask("--format json").json();
    assert_eq!(json["verdict"], "eligible");
    assert_eq!(json["clauses"][1]["id"], "large");
    assert_eq!(json["clauses"][1]["legal"][0]["article"], "第二条");
    assert!(ask("--format markdown").out.starts_with("# grant\n"));
    assert_eq!(ask("--format table").out, text.out);
    let chinese = place.run_in(
        "zh_CN.UTF-8",
        "explain firms.csv B grant --as-of 2024-12-31",
    );
    assert!(chinese.out.contains("收入够大"), "{}", chinese.out);
    assert_eq!(place.run("explain firms.csv Z grant").code, Some(2));
    assert_eq!(place.run("explain firms.csv B nobody").code, Some(2));
}

#[test]
fn an_explanation_shows_the_items_of_the_scorecards_it_rests_on() {
    let place = rules();
    let card = "scorecard: points
name: {zh: 积分, en: Points}
missing: zero
full_mark: 100
items:
  - {id: share, text: {zh: 占比, en: Share}, value: rd / revenue, weight: 60, score: {method: linear, from: 0, to: 0.5}}
  - {id: people, text: {zh: 人数, en: People}, value: staff, weight: 40, score: {method: steps, table: [[0, 10], [100, 40]]}}
bonus: [{id: resident, text: {zh: 居民, en: Residents}, when: flag, score: 5}]
levels: [{level: good, from: 60}, {level: fair, from: 30}]
";
    let policy = "policy: loan
name: {en: A loan}
subject: enterprise
in_force: {from: 2020-01-01}
clauses: [{id: good, when: score('points') >= 60}]
benefit: {kind: title}
";
    place.write("rulebook/cn/scorecards/points.yaml", card);
    place.write("rulebook/cn/policies/other/loan.yaml", policy);
    place.write(
        "firms.csv",
        "subject_id,revenue,rd,staff\nA,100,10,\nB,100,50,100\n",
    );
    let ask = |id: &str, more: &str| {
        place.run(&format!(
            "explain firms.csv {id} loan --as-of 2024-12-31 {more}"
        ))
    };
    let json = ask("A", "--format json").json();
    let card = &json["scorecards"][0];
    assert_eq!(
        (&card["scorecard"], &card["score"]),
        (&"points".into(), &"12".into())
    );
    assert_eq!(card["level"], "none");
    assert_eq!(
        card["items"][0].to_string(),
        "{\"id\":\"share\",\"text\":{\"zh\":\"占比\",\"en\":\"Share\"},\"kind\":\"item\",\"value\":\"0.1\",\
         \"score\":\"12\",\"most\":\"60\",\"gain\":\"48\",\"left_out\":false,\"missing\":[]}"
    );
    assert_eq!(card["items"][1]["missing"][0], "staff");
    assert_eq!(card["missing"].to_string(), "[\"flag\",\"staff\"]");
    let text = ask("B", "").out;
    assert!(
        text.contains("Scorecard Points (points): score 100, level good"),
        "{text}"
    );
    assert!(text.contains("share  Share: 0.5 → 60 / 60\n"), "{text}");
}

#[test]
fn gaps_are_near_misses_and_facts_that_would_settle_most() {
    let place = rules();
    let firms = "subject_id,revenue,rd,staff,until,flag
A,99.99,30,300,2024-12-31,true
B,1,30,301,2024-12-31,
C,100,,300,2024-12-31,
D,100,60,300,,
E,100,60,,2025-01-01,
";
    place.write("firms.csv", firms);
    let did = place.run("rulebook gaps firms.csv --as-of 2024-12-31 --format json");
    assert_eq!(did.code, Some(0), "{}", did.err);
    assert_eq!(
        did.json().to_string(),
        "{\"near\":[{\"subject_id\":\"A\",\"policy\":\"grant\",\"clause\":\"large\",\"gap\":-0.01,\"amount\":10.0}],\
         \"facts\":[{\"variable\":\"staff\",\"subjects\":1,\"amount\":20.0},\
         {\"variable\":\"until\",\"subjects\":1,\"amount\":20.0},\
         {\"variable\":\"flag\",\"subjects\":4,\"amount\":0.0},\
         {\"variable\":\"rd\",\"subjects\":1,\"amount\":0.0}]}"
    );
}

#[test]
fn list_says_what_there_is() {
    let place = rules();
    let ids = |words: &str, key: &str| -> Vec<String> {
        let found = place
            .run(&format!("rulebook list {words} --format json"))
            .json();
        let all = found.as_array().unwrap().iter();
        all.map(|row| row[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids("", "policy"), ["grant", "title"]);
    assert_eq!(ids("policies", "policy"), ["grant", "title"]);
    assert_eq!(ids("parameters", "parameter"), ["share", "staff_max"]);
    assert_eq!(
        ids("variables", "variable"),
        ["flag", "rd", "revenue", "staff", "until"]
    );
    assert!(place.run("rulebook list").out.contains("A title"));
    assert_eq!(place.run("rulebook list cards").code, Some(2));
    // What was checked on the day itself is not stale.
    let stale = |day: &str| -> Vec<String> {
        let words = format!("rulebook stale --before {day} --as-of 2024-12-31 --format json");
        let found = place.run(&words).json();
        let all = found.as_array().unwrap().iter();
        all.map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(stale("2024-05-01"), ["share", "grant", "title"]);
    assert_eq!(
        stale("2024-05-02"),
        ["share", "staff_max", "grant", "title"]
    );
    let found = place.run("rulebook stale --before 2024-05-01");
    assert_eq!(found.code, Some(1));
}

#[test]
fn where_there_is_no_folder_the_rules_are_those_that_come_with_the_program() {
    let place = Place::with(&[]);
    let listed = place.run("rulebook list policies");
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    assert!(listed.out.contains("hnte_cit_rate"), "{}", listed.out);
    assert_eq!(place.run("rulebook list --rulebook rules").code, Some(2));
}

const INDICATORS: &str = "variables:
  park: {label: {zh: 园区, en: Park}, subject: enterprise, type: text, period: none}
  output: {label: {zh: 产值, en: Output}, subject: zone, type: money, period: month}
  output_growth: {subject: zone, type: ratio, period: month}
  city_growth: {subject: zone, type: ratio, period: month}
  output_target: {subject: zone, type: money, period: year}
indicators:
  output: {subject: zone, type: money, period: month, cumulative: true, value: output, growth: published, growth_variable: output_growth, reference_variable: city_growth, target: output_target}
  revenue: {label: {zh: 收入合计, en: Revenue}, subject: park, type: money, period: year, value: {sum: revenue, of: enterprise, where: staff >= 10}}
";

const PARKS: &str = "subject_id,park,staff,revenue,revenue@2023
A,east,10,121.10,100
B,east,9,1000,1
C,east,,5,5
D,west,300,121.10,121.10
E,,10,,7
";

#[test]
fn indicators_are_of_each_group_or_of_each_subject() {
    let place = rules();
    place.write("rulebook/cn/indicators/i.yaml", INDICATORS);
    place.write("firms.csv", PARKS);
    let ask = |words: &str| {
        place.run(&format!(
            "rulebook indicators {words} --as-of 2024-10-31 --format json"
        ))
    };
    let parks = ask("firms.csv --by park");
    assert_eq!(parks.code, Some(0), "{}", parks.err);
    let rows: Vec<String> = parks
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cell = |name: &str| row[name].to_string();
            ["group", "value", "growth", "rank", "counted", "open"]
                .map(cell)
                .join(" ")
        })
        .collect();
    assert_eq!(
        rows,
        [
            "null null null null 0 1",
            "\"east\" 121.1 0.211 1 1 1",
            "\"west\" 121.1 0 1 1 0",
        ]
    );
    let all = ask("firms.csv").json();
    assert_eq!(
        (&all[0]["group"], &all[0]["value"]),
        (&serde_json::Value::Null, &242.2.into())
    );
    place.write(
        "zones.csv",
        "subject_id,产值@2024-10,output_growth@2024-10,city_growth,output_target\nZ,97.20,10.5%,0.08,100\n",
    );
    let zones = ask("zones.csv --subject zone").json();
    assert_eq!(
        zones[0].to_string(),
        "{\"indicator\":\"output\",\"group\":\"Z\",\"value\":97.2,\"growth\":0.105,\"ahead_pp\":2.5,\"rank\":1,\
         \"target\":100.0,\"target_done\":0.972,\"pace_pp\":13.866667,\"cumulative\":true,\"counted\":1,\"open\":0,\
         \"missing\":[]}"
    );
    let text = place.run_in(
        "zh_CN.UTF-8",
        "rulebook indicators firms.csv --by park --as-of 2024-10-31",
    );
    assert!(
        text.out
            .contains("revenue\t收入合计\twest\t121.10\t0\t\t1\t"),
        "{}",
        text.out
    );
    assert_eq!(ask("firms.csv --by colour").code, Some(2));
}
