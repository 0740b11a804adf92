//! Several writers at once, within one process and from another.

use ledger::{AsOf, Ledger, Scope};

use crate::house::{fact, on_every_database, yuan};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_queue_and_none_is_lost() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let project = house.project(&zone, "甲").await;
        // A second ledger on the same database stands for another process.
        let files = house.dir.path().join("files");
        let second = Ledger::open(&house.url, &files).await.unwrap();
        let mut tasks = Vec::new();
        for writer in 0..8 {
            let ledger = [&house.ledger, &second][writer % 2].clone();
            let stamps: Vec<_> = (0..5).map(|_| house.stamp()).collect();
            tasks.push(tokio::spawn(async move {
                for (turn, stamp) in stamps.iter().enumerate() {
                    let name = format!("variable_{writer}_{turn}");
                    let facts = vec![fact(&name, "", yuan("1.00"))];
                    let all = Scope::everything();
                    ledger
                        .record_facts(stamp, &all, project, facts)
                        .await
                        .unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        for ledger in [&house.ledger, &second] {
            let all = Scope::everything();
            let facts = ledger.facts_of(&all, project, AsOf::Now).await.unwrap();
            assert_eq!(facts.len(), 40);
            let moments: std::collections::HashSet<_> =
                facts.iter().map(|fact| fact.recorded_at).collect();
            assert_eq!(moments.len(), 40);
            assert_eq!(ledger.verify_audit().await.unwrap().broken, None);
        }
        second.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_goes_back_does_not_change_the_order_of_entries() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let subject = zone.subject_id.unwrap();
        let mut late = house.stamp();
        late.at.0 += 3_600_000_000;
        let all = Scope::everything();
        let record = |amount: &str| vec![fact("area", "", yuan(amount))];
        let ledger = &house.ledger;
        let (_, first) = ledger
            .record_facts(&late, &all, subject, record("1.00"))
            .await
            .unwrap();
        let early = house.stamp();
        let (_, second) = ledger
            .record_facts(&early, &all, subject, record("2.00"))
            .await
            .unwrap();
        let (first, second) = (first.unwrap().recorded_at, second.unwrap().recorded_at);
        assert!(second > first);
        let then = ledger
            .facts_of(&all, subject, AsOf::At(first))
            .await
            .unwrap();
        assert_eq!(then[0].value, Some(yuan("1.00")));
    })
    .await;
}
