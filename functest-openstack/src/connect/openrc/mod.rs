// SPDX-License-Identifier: Apache-2.0
//! openrc files: shell lines that export variables. Only assignments are read; nothing is executed.

mod shell;

use std::collections::BTreeMap;
use std::path::Path;

use self::shell::{Command, Word};
use crate::error::Error;

/// The variables that the file exports.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, String>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    parse(&text).map_err(|message| Error::Config { origin: path.display().to_string(), message })
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut file = File::default();
    for command in shell::commands(text)? {
        file.take(command)?;
    }
    if file.variables.keys().any(|name| name.starts_with(OURS)) {
        return Ok(file.variables);
    }
    Err(format!("it sets no variable whose name begins with {OURS}; expected lines such as export OS_AUTH_URL=URL"))
}

/// What the names of a cloud's variables begin with.
const OURS: &str = "OS_";

/// What has been read of a file.
#[derive(Default)]
struct File {
    variables: BTreeMap<String, String>,
    /// How many conditions and loops are open.
    depth: usize,
    /// Whether the last command was one that does not fail: what is chained to it by `&&` is executed.
    has_assigned: bool,
}

impl File {
    fn take(&mut self, command: Command) -> Result<(), String> {
        let depends = self.depth > 0 || command.is_chained && !self.has_assigned;
        self.has_assigned = false;
        let line = command.line;
        let mut words = command.words.into_iter().peekable();
        while let Some(word) = words.next_if(|word| KEYWORDS.contains(&word.text.as_str())) {
            match word.text.as_str() {
                "if" | "for" | "while" | "until" | "case" => self.depth += 1,
                "fi" | "done" | "esac" => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        // A condition that has just begun may hold for what follows it on the line.
        let depends = depends || self.depth > 0;
        let words: Vec<Word> = words.collect();
        let Some(first) = words.first().map(|word| word.text.as_str()) else { return Ok(()) };
        match first {
            "export" | "declare" | "typeset" | "readonly" => {
                self.assign(&words[1..], line, depends)?;
                self.has_assigned = !depends;
            }
            // Files unset what is empty, and an empty one counts as none here.
            "unset" if depends => {}
            "unset" => self.variables.retain(|name, _| words[1..].iter().all(|word| word.text != *name)),
            "source" | "." => {
                return Err(format!("line {line}: it reads another file, {FOR_A_SHELL}"));
            }
            // Behind them stands a command, whose variables they are.
            _ if words.iter().any(|word| assignment(word).is_none()) => {}
            _ => {
                self.assign(&words, line, depends)?;
                self.has_assigned = !depends;
            }
        }
        Ok(())
    }

    fn assign(&mut self, words: &[Word], line: usize, depends: bool) -> Result<(), String> {
        for word in words {
            let Some((name, value)) = assignment(word) else { continue };
            let plain = name.trim_end_matches('+');
            if plain.starts_with(OURS) && depends {
                return Err(format!("line {line}: {plain} is set under a condition, {FOR_A_SHELL}"));
            }
            if plain.starts_with(OURS) && (word.expands || plain != name) {
                return Err(format!("line {line}: the value of {plain} is for a shell to work out, {FOR_A_SHELL}"));
            }
            if !depends {
                self.variables.insert(plain.to_owned(), value.to_owned());
            }
        }
        Ok(())
    }
}

const FOR_A_SHELL: &str = "which functest does not do: source the file, and leave --cloud out";

const KEYWORDS: [&str; 16] =
    ["if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}", "!", "time"];

/// The name and the value of an assignment; a name may have a `+` at its end.
fn assignment(word: &Word) -> Option<(&str, &str)> {
    let (name, value) = word.text.split_once('=')?;
    let plain = name.strip_suffix('+').unwrap_or(name);
    let is_name = !plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_name && !plain.starts_with(|c: char| c.is_ascii_digit())).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_read_as_a_shell_would() {
        let read = parse(
            "# comment\nexport OS_PASSWORD='a=b\"c'\nOS_AUTH_URL=http://c:5000/v3 # the cloud\nexport \
             OS_X=\"q\\\"r\"\nif [ -z \"$A\" ]; then\n  unset OS_Y\nfi\nunset OS_X\nexport OS_Y='a$b'\n",
        )
        .unwrap();
        assert_eq!(read["OS_PASSWORD"], "a=b\"c");
        assert_eq!(read["OS_AUTH_URL"], "http://c:5000/v3");
        assert!(!read.contains_key("OS_X"));
        assert_eq!(read["OS_Y"], "a$b");
    }

    #[test]
    fn there_are_many_ways_to_assign() {
        for (script, value) in [
            ("declare -x OS_X=\"v w\"", "v w"),
            ("typeset -gx OS_X=v", "v"),
            ("readonly OS_X=v", "v"),
            ("export OS_Y=1 OS_X=v OS_Z=2", "v"),
            ("OS_Y=1 OS_X=v", "v"),
            ("OS_X=v; export OS_X", "v"),
            ("OS_Y=1 OS_X=v\nexport OS_Y OS_X", "v"),
            ("export OS_Y=1 && export OS_X=v", "v"),
            ("export OS_X='two\nlines'", "two\nlines"),
            ("export OS_X=a\\\nb", "ab"),
            ("export OS_X=a'b c'\"d\\$e\"", "ab cd$e"),
            ("export OS_X=pa$ OS_Y=1", "pa$"),
            ("\texport\tOS_X=a#b # c", "a#b"),
            ("for key in $( set | awk '{FS=\"=\"} /^OS_/ {print $1}' ); do unset $key ; done\nexport OS_X=v", "v"),
            ("export OS_X=v\nif [ -z \"$OS_X\" ]; then unset OS_X; fi", "v"),
            ("export OS_X=v\nOS_X=other openstack server list", "v"),
            ("export PS1=${PS1:-\"\"}\nexport OS_X=v", "v"),
            ("export OS_X=\u{fc}", "\u{fc}"),
        ] {
            assert_eq!(parse(script).unwrap()["OS_X"], value, "{script}");
        }
    }

    #[test]
    fn what_only_a_shell_can_work_out_is_refused() {
        for (script, words) in [
            ("read -sr OS_P\nexport OS_PASSWORD=$OS_P\n", "line 2: the value of OS_PASSWORD is for a shell"),
            ("export OS_X=\"`pass show x`\"", "line 1: the value of OS_X"),
            ("export OS_X=$(pass show x) OS_Y=1", "line 1: the value of OS_X"),
            ("export OS_X=${OS_Y:-b}", "line 1: the value of OS_X"),
            ("OS_X=$'a\\n'", "line 1: the value of OS_X"),
            ("OS_X=a\nOS_X+=b", "line 2: the value of OS_X"),
            ("\nif [ \"$1\" ]; then\n  export OS_X=a\nfi", "line 3: OS_X is set under a condition"),
            ("[ \"$1\" ] && OS_X=a", "line 1: OS_X is set under a condition"),
            ("OS_X=a\n. ./more", "line 2: it reads another file"),
            ("\nexport OS_X='a", "line 2: what begins here has no ' at its end"),
            ("export OS_X=\"a", "line 1: what begins here has no \" at its end"),
            ("export OS_X=$(a", "line 1: what begins here has no ) at its end"),
            ("setenv OS_X a", "it sets no variable whose name begins with OS_"),
            ("", "it sets no variable"),
        ] {
            let error = parse(script).unwrap_err();
            assert!(error.contains(words), "{script}: {error}");
        }
    }
}
