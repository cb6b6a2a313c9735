// SPDX-License-Identifier: Apache-2.0
//! The nearest known name to a mistyped one.

/// The candidate that `word` was most probably meant to be, if one is near enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, candidate)| {
            let edits = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
            *likeness > 0.8 && edits <= 1 + candidate.chars().count() / 3
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `"; did you mean `x`?"`, or nothing: to be put behind an error message.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_named_and_strangers_are_not() {
        let keys = ["criteria", "blocking", "dependencies", "run"];
        assert_eq!(nearest("critera", keys), Some("criteria"));
        assert_eq!(nearest("dependancies", keys), Some("dependencies"));
        assert_eq!(nearest("Blocking", keys), Some("blocking"));
        assert_eq!(nearest("tests_count", keys), None);
        assert_eq!(did_you_mean("xyz", keys), "");
    }
}
