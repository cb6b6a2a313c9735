// SPDX-License-Identifier: Apache-2.0
//! Variables, as `env -0` prints them.

use secrecy::SecretString;

/// The `OS_*` variables among them.
pub fn openstack_variables(text: &str) -> Vec<(String, SecretString)> {
    let pairs = text.split('\0').filter_map(|entry| entry.split_once('='));
    let of_openstack = pairs.filter(|(name, value)| name.starts_with("OS_") && !value.is_empty());
    of_openstack.map(|(name, value)| (name.to_owned(), value.to_owned().into())).collect()
}

/// The line that prints the variables which a file of shell lines sets, whatever else it does.
pub fn line(file: &str) -> String {
    // Files of TripleO look at variables that may not be set, and unset all that are.
    let inner = format!("set -a; . {} > /dev/null 2>&1; env -0", functest_ssh::quote(file));
    format!(
        "test -r {0} && env -i HOME=\"$HOME\" PATH=\"$PATH\" bash -c {1}",
        functest_ssh::quote(file),
        functest_ssh::quote(&inner)
    )
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_file_is_read_by_a_shell() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "for k in $(set | awk -F= '/^OS_/ {print $1}'); do unset $k; done\nexport OS_USERNAME=admin\n\
                    OS_PASSWORD=\"a'b=c\"\nexport PS1=${PS1:-}\nOS_X=$OS_USERNAME-x\necho noise\n";
        std::fs::write(file.path(), text).unwrap();
        let output = std::process::Command::new("sh").arg("-c").arg(line(&file.path().display().to_string())).output();
        let variables = openstack_variables(&String::from_utf8(output.unwrap().stdout).unwrap());
        let mut shown: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        shown.sort();
        assert_eq!(shown, [("OS_PASSWORD", "a'b=c"), ("OS_USERNAME", "admin"), ("OS_X", "admin-x")]);
    }
}
