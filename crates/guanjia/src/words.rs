//! Words of the interface in two languages, from the Fluent files under `locales/`.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Locales;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 中文, the default.
    #[default]
    Zh,
    /// English.
    En,
}

static ZH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Lang::Zh));
static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Lang::En));

impl Lang {
    /// English where `LANG` begins with `en`, else Chinese.
    pub fn of_environment() -> Self {
        let lang = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        if lang.is_some_and(|lang| lang.starts_with("en")) {
            Self::En
        } else {
            Self::Zh
        }
    }

    /// The BCP 47 tag, as in the `lang` attribute of a page.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language of a tag; `None` for any other.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "zh-CN" | "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The other language, for the switch.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// The words of `key`; the key itself where there are none (a test finds every such key).
    pub fn t(self, key: &str) -> String {
        self.format(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// The words of `key` where it may have none.
    pub fn find(self, key: &str) -> Option<String> {
        self.format(key, None)
    }

    /// The words of `key` with one value put in as `$value`.
    pub fn with(self, key: &str, value: impl std::fmt::Display) -> String {
        self.with_all(key, &[("value", &value.to_string())])
    }

    /// The words of `key` with named values put in.
    pub fn with_all(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            // Whole numbers choose plural forms. A code that is all digits may begin with a nought, or be
            // longer than Fluent's numbers are exact; it is text.
            if is_count(value) {
                args.set(*name, FluentValue::try_number(value));
            } else {
                args.set(*name, (*value).to_owned());
            }
        }
        self.format(key, Some(&args))
            .unwrap_or_else(|| key.to_owned())
    }

    /// One of two words of content, as the rulebook gives them.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En if en.is_empty() => zh,
            Self::En => en,
        }
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let bundle = match self {
            Self::Zh => &*ZH,
            Self::En => &*EN,
        };
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        Some(
            bundle
                .format_pattern(pattern, args, &mut errors)
                .into_owned(),
        )
    }
}

/// Whether a text is a whole number that Fluent shows as it is written.
fn is_count(text: &str) -> bool {
    text.parse::<i32>()
        .is_ok_and(|number| number.to_string() == text)
}

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = lang.tag().parse().expect("the tags are valid");
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    for text in resources(lang) {
        // A broken line is dropped by the parser and found by the test of completeness.
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn resources(lang: Lang) -> impl Iterator<Item = String> {
    Locales::iter()
        .filter(move |path| path.starts_with(lang.tag()))
        .filter_map(|path| Locales::get(&path))
        .map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(lang: Lang) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for text in resources(lang) {
            let parsed = fluent_bundle::FluentResource::try_new(text.clone());
            assert!(
                parsed.is_ok(),
                "broken Fluent in {}: {:?}",
                lang.tag(),
                parsed.err()
            );
            for line in text.lines() {
                if let Some((key, _)) = line.split_once(" =")
                    && !key.starts_with([' ', '#', '-'])
                {
                    assert!(
                        keys.insert(key.to_owned()),
                        "`{key}` stands twice in {}",
                        lang.tag()
                    );
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_are_complete() {
        assert_eq!(keys(Lang::Zh), keys(Lang::En));
    }

    #[test]
    fn every_key_that_the_pages_use_has_words() {
        let known = keys(Lang::Zh);
        let mut missing = BTreeSet::new();
        for file in files_under(std::path::Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src"
        ))) {
            let text = std::fs::read_to_string(&file).unwrap();
            for call in ["lang.t(\"", "lang.with(\"", "lang.with_all(\""] {
                for piece in text.split(call).skip(1) {
                    let key = piece.split('"').next().unwrap_or_default();
                    if !key.is_empty() && !known.contains(key) && key != "no-such-key" {
                        missing.insert(format!("{key} ({})", file.display()));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "keys without words: {missing:#?}");
    }

    fn files_under(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(files_under(&path));
            } else {
                files.push(path);
            }
        }
        files
    }

    #[test]
    fn codes_of_digits_are_shown_as_they_are() {
        for code in [
            "911101080000000017",
            "00420",
            "+5",
            "9007199254740993",
            "-0",
        ] {
            let words = Lang::En.with("explain-no-subject", code);
            assert!(words.contains(code), "{code}: {words}");
        }
        assert!(is_count("-12") && is_count("0"));
    }

    #[test]
    fn a_key_without_words_is_shown_as_it_is() {
        assert_eq!(Lang::Zh.t("no-such-key"), "no-such-key");
    }
}
