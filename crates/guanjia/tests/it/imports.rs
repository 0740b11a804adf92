//! A ledger is sent in, looked at, taken in, followed to its cell, and undone.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::SubjectKind;
use ledger::{AsOf, Scope};

use crate::house::{Answer, House, on_every_database};

const LEDGER: &str = "此区重点项目台账（2024年3月）,,,,\n单位：万元,,,,\n\
     序号,项目名称,所属园区,总投资,开工时间\n\
     1,北斗导航模组项目,北园,约12000,2024.3\n\
     2,白云数据中心项目,南园,8500,2024-05-01\n";

const WITH_A_BAD_ROW: &str = "此区重点项目台账（2024年3月）,,,,\n单位：万元,,,,\n\
     序号,项目名称,所属园区,总投资,开工时间\n\
     1,长河电池项目,北园,300,2024.3\n\
     2,青山检测项目,北园,三百,未开工\n";

/// Sends a file as the form does; gives the address of its draft.
async fn send(house: &House, cookie: &str, kind: &str, organisation: i64, text: &str) -> Answer {
    let boundary = "----house";
    let fields = [("kind", kind), ("organisation", &organisation.to_string())];
    let fields = fields.map(|(name, value)| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    });
    let file = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\l.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{text}\r\n--{boundary}--\r\n"
    );
    let body = fields.concat() + &file;
    let request = Request::post("/imports")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(Body::from(body))
        .unwrap();
    house.ask(request).await
}

/// Sends a file and takes it in; gives the address of the import.
async fn take(house: &House, cookie: &str, organisation: i64, text: &str, rows: &str) -> String {
    let sent = send(house, cookie, "projects", organisation, text).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER, "{}", sent.text());
    let draft = sent.header("location").to_owned();
    let taken = house
        .post(&format!("{draft}/commit"), cookie, &format!("rows={rows}"))
        .await;
    assert_eq!(taken.status(), StatusCode::SEE_OTHER, "{}", taken.text());
    taken.header("location").to_owned()
}

async fn is_known(house: &House, name: &str) -> bool {
    let found = house
        .app
        .ledger
        .subjects_by_name(
            &Scope::everything(),
            house.zone.id,
            &SubjectKind::Project,
            name,
        )
        .await
        .unwrap();
    found
        .iter()
        .any(|subject| subject.status == ledger::SubjectStatus::Active)
}

#[tokio::test]
async fn nothing_goes_in_before_it_was_looked_at() {
    on_every_database(|house| async move {
        let cookie = house.session_of("projects").await;
        let sent = send(&house, &cookie, "projects", house.zone.id, LEDGER).await;
        let draft = house.get(sent.header("location"), &cookie).await;
        let text = draft.text();
        assert!(
            text.contains("l.csv") && !text.contains("C:"),
            "the file's bare name is shown"
        );
        assert!(text.contains("北斗导航模组项目") && text.contains("约12,000万元"));
        assert!(!is_known(&house, "北斗导航模组项目").await);
    })
    .await;
}

#[tokio::test]
async fn a_ledger_goes_in_once_and_leads_back_to_its_cells() {
    on_every_database(|house| async move {
        let cookie = house.session_of("projects").await;
        let import = take(&house, &cookie, house.zone.id, LEDGER, "all").await;
        let everything = Scope::everything();
        let found = house
            .app
            .ledger
            .subjects_by_name(
                &everything,
                house.zone.id,
                &SubjectKind::Project,
                "北斗导航模组项目",
            )
            .await
            .unwrap();
        assert_eq!(
            found[0].organisation_id, house.north.id,
            "the park's words place the row"
        );
        let facts = house
            .app
            .ledger
            .facts_of(&everything, found[0].id, AsOf::Now)
            .await
            .unwrap();
        let total = facts
            .iter()
            .find(|fact| fact.variable == "investment_total")
            .unwrap();
        assert_eq!(total.value.as_ref().unwrap().to_string(), "120000000.00");
        assert_eq!(
            (total.qualifier.as_str(), total.unit.as_str()),
            ("约", "万元")
        );
        assert_eq!(total.cell.unwrap().to_string(), "D4");
        let source = house
            .app
            .ledger
            .source_of_fact(&everything, total.id)
            .await
            .unwrap();
        assert_eq!(
            source.import_id.unwrap().to_string(),
            import.rsplit('/').next().unwrap()
        );

        let again = take(&house, &cookie, house.zone.id, LEDGER, "all").await;
        let id = again.rsplit('/').next().unwrap().parse().unwrap();
        let again = house.app.ledger.import(&everything, id).await.unwrap();
        assert_eq!(
            (again.counts.rows_unchanged, again.counts.facts_recorded),
            (2, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn one_bad_row_keeps_the_file_out_unless_the_good_ones_are_taken() {
    on_every_database(|house| async move {
        let cookie = house.session_of("projects").await;
        let back = take(&house, &cookie, house.zone.id, WITH_A_BAD_ROW, "all").await;
        assert!(back.ends_with("?refused=1"), "{back}");
        assert!(!is_known(&house, "长河电池项目").await);
        let import = take(&house, &cookie, house.zone.id, WITH_A_BAD_ROW, "good").await;
        assert!(is_known(&house, "长河电池项目").await);
        assert!(!is_known(&house, "青山检测项目").await);
        let returned = house.get(&format!("{import}/returned"), &cookie).await;
        assert!(
            returned.bytes().starts_with(b"PK"),
            "the workbook with the reasons"
        );
        let kept = house.get(&format!("{import}/file"), &cookie).await;
        assert_eq!(kept.bytes(), WITH_A_BAD_ROW.as_bytes());
    })
    .await;
}

#[tokio::test]
async fn a_park_brings_its_own_rows_alone() {
    on_every_database(|house| async move {
        let cookie = house.session_of("park").await;
        let sent = send(&house, &cookie, "projects", house.zone.id, LEDGER).await;
        assert_eq!(
            sent.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "the zone is not its own"
        );
        let sent = send(&house, &cookie, "projects", house.north.id, LEDGER).await;
        let address = sent.header("location").to_owned();
        let draft = house.get(&address, &cookie).await.text();
        assert!(draft.contains("“南园”不在您可以导入的范围内"), "{draft}");
        let taken = house
            .post(&format!("{address}/commit"), &cookie, "rows=good")
            .await;
        assert!(is_known(&house, "北斗导航模组项目").await);
        assert!(!is_known(&house, "白云数据中心项目").await);
        let import = taken.header("location").to_owned();
        assert_eq!(house.get(&import, &cookie).await.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn what_one_park_sent_is_not_shown_to_another() {
    on_every_database(|house| async move {
        let office = house.session_of("projects").await;
        let import = take(&house, &office, house.south.id, LEDGER, "all").await;
        let park = house.session_of("park").await;
        for address in [
            import.clone(),
            format!("{import}/file"),
            format!("{import}/undoing"),
        ] {
            assert_eq!(
                house.get(&address, &park).await.status(),
                StatusCode::NOT_FOUND,
                "{address}"
            );
        }
        let undone = house.post(&format!("{import}/undoing"), &park, "").await;
        assert_eq!(undone.status(), StatusCode::NOT_FOUND);
        assert!(!house.get("/imports", &park).await.text().contains("l.csv"));
    })
    .await;
}

#[tokio::test]
async fn a_draft_belongs_to_who_sent_it() {
    on_every_database(|house| async move {
        let office = house.session_of("projects").await;
        let sent = send(&house, &office, "projects", house.zone.id, LEDGER).await;
        let other = house.session_of("investment").await;
        let draft = house.get(sent.header("location"), &other).await;
        assert_eq!(draft.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_column_is_read_otherwise_and_that_is_remembered() {
    on_every_database(|house| async move {
        let cookie = house.session_of("projects").await;
        let sent = send(&house, &cookie, "projects", house.zone.id, LEDGER).await;
        let draft = sent.header("location").to_owned();
        let form = serde_urlencoded::to_string([
            ("header.0-D", "总投资"),
            ("variable-shown.0-D", "investment_total"),
            ("variable.0-D", "investment_contract"),
        ])
        .unwrap();
        house
            .post(&format!("{draft}/mapping"), &cookie, &form)
            .await;
        house
            .post(&format!("{draft}/commit"), &cookie, "rows=all")
            .await;
        let contract_of = async |name: &str| {
            let ledger = &house.app.ledger;
            let everything = Scope::everything();
            let found = ledger
                .subjects_by_name(&everything, house.zone.id, &SubjectKind::Project, name)
                .await
                .unwrap();
            let facts = ledger
                .facts_of(&everything, found[0].id, AsOf::Now)
                .await
                .unwrap();
            facts
                .iter()
                .any(|fact| fact.variable == "investment_contract")
        };
        assert!(contract_of("北斗导航模组项目").await);
        let next = LEDGER.replace("北斗导航模组项目", "云杉起重机项目");
        take(&house, &cookie, house.zone.id, &next, "all").await;
        assert!(
            contract_of("云杉起重机项目").await,
            "the next file of the sender follows it"
        );
    })
    .await;
}

#[tokio::test]
async fn an_import_is_undone_as_a_whole() {
    on_every_database(|house| async move {
        let cookie = house.session_of("projects").await;
        let import = take(&house, &cookie, house.zone.id, LEDGER, "all").await;
        let question = house.get(&format!("{import}/undoing"), &cookie).await;
        assert_eq!(question.status(), StatusCode::OK);
        let undone = house.post(&format!("{import}/undoing"), &cookie, "").await;
        assert_eq!(undone.status(), StatusCode::SEE_OTHER);
        assert!(!is_known(&house, "北斗导航模组项目").await);
        let twice = house.post(&format!("{import}/undoing"), &cookie, "").await;
        assert_eq!(
            twice.status(),
            StatusCode::SEE_OTHER,
            "undone twice is undone"
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_in_words() {
    on_every_database(|house| async move {
        let cookie = house.session_of("projects").await;
        let empty = send(&house, &cookie, "projects", house.zone.id, "").await;
        assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text().contains("文件是空的"));
        let broken = send(
            &house,
            &cookie,
            "projects",
            house.zone.id,
            "PK\u{3}\u{4}no zip",
        )
        .await;
        let draft = house.get(broken.header("location"), &cookie).await;
        assert_eq!(draft.status(), StatusCode::OK);
        assert!(draft.text().contains("文件已损坏"), "{}", draft.text());
        let enterprises = send(&house, &cookie, "enterprises", house.zone.id, LEDGER).await;
        assert_eq!(enterprises.status(), StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn every_template_reads_as_the_ledger_it_is_for() {
    on_every_database(|house| async move {
        for (login, kind) in [
            ("projects", "projects"),
            ("statistics", "enterprises"),
            ("statistics", "facts"),
        ] {
            let cookie = house.session_of(login).await;
            let template = house
                .get(&format!("/imports/templates/{kind}.xlsx"), &cookie)
                .await;
            assert_eq!(template.status(), StatusCode::OK);
            assert!(template.bytes().starts_with(b"PK"), "{kind}");
        }
    })
    .await;
}
