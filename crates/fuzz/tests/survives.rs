//! What every run of the tests can afford: the seeds, what was found before, and mutations of both.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

use std::path::Path;

use fuzz::mutate::{Mutations, words};
use fuzz::{TARGETS, Target, rules};
use rstest::rstest;

/// Runs each input as it is, and this many mutations over all of them.
fn survives(name: &str, mutations: usize) {
    let target = Target::named(name).unwrap();
    let inputs = target.inputs();
    assert!(!inputs.is_empty());
    for input in &inputs {
        (target.run)(&input.bytes);
    }
    // Every so-and-so-many-th input is taken, the number being prime to most counts of inputs.
    for number in 0..mutations {
        let input = &inputs[number * 37 % inputs.len()];
        let mut mutated = Mutations::new(number as u64).of(&input.bytes);
        mutated.truncate(target.bytes_max);
        (target.run)(&mutated);
    }
}

#[rstest]
#[case("rules", 200)]
#[case("cases", 100)]
#[case("expression", 300)]
#[case("subjects", 200)]
#[case("workbook", 200)]
#[case("workbook_parts", 200)]
#[case("cells", 1500)]
#[case("words", 3000)]
fn bytes_end_in_an_answer(#[case] name: &str, #[case] mutations: usize) {
    survives(name, mutations);
}

#[test]
fn every_target_has_a_folder_of_what_was_found() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders: Vec<String> = std::fs::read_dir(corpus)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let mut names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    names.sort_unstable();
    assert_eq!(
        folders, names,
        "`bin/fuzz` takes the targets from these folders"
    );
}

#[test]
fn a_small_rulebook_with_one_file_changed() {
    let files = rules::texts("crates/engine/tests/foreign/uk");
    assert!(
        rules::judge_all(files.clone()),
        "the files as they are load"
    );
    let loaded = (0..100).filter(|seed| {
        let mut changed = files.clone();
        let at = seed % changed.len();
        let mutated = Mutations::new(*seed as u64).of(changed[at].1.as_bytes());
        changed[at].1 = String::from_utf8(mutated).unwrap();
        rules::judge_all(changed)
    });
    let loaded = loaded.count();
    assert!(
        (1..99).contains(&loaded),
        "some still load, most do not: {loaded}"
    );
}

#[test]
fn the_dictionary_is_read_with_its_escapes() {
    let words = words();
    assert!(words.len() > 100);
    for word in ["\"", "\\", "\n  ", "万元"] {
        assert!(words.contains(&word.as_bytes().to_vec()), "{word}");
    }
}

#[test]
fn a_text_stays_a_text_and_the_same_seed_gives_the_same() {
    let text = "名称,投资\n甲,1\n".as_bytes();
    let (mut one, mut two) = (Mutations::new(7), Mutations::new(7));
    for _ in 0..200 {
        let changed = one.of(text);
        assert_eq!(changed, two.of(text));
        assert!(String::from_utf8(changed).is_ok());
    }
}
