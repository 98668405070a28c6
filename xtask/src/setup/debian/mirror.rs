//! Which mirror this machine gets Debian from.
//!
//! Asked of apt itself (`apt-get --print-uris update`), which reads every form of its configuration and works on a
//! machine that has never fetched a list. Other archives use Debian's suite names too, so the answer is a list of
//! candidates, the likeliest first; that one is Debian's shows when apt accepts its signature.

/// A place that may be a mirror of Debian's archive.
#[derive(Debug, PartialEq, Eq)]
pub struct Mirror {
    /// What a line of sources.list needs: everything before `dists`.
    pub uri: String,
    /// Further suites of the release that the system takes from other places (security), as (URI, suite).
    pub others: Vec<(String, String)>,
    /// Whether the system takes the release's updates from the same place.
    pub updates: bool,
}

/// The mirrors of `release` in what `apt-get --print-uris update` printed.
pub fn candidates(printed: &str, release: &str) -> Vec<Mirror> {
    let mut found: Vec<(&str, &str)> = printed.lines().filter_map(suite).collect();
    found.dedup();
    let security = format!("{release}-security");
    let updates = format!("{release}-updates");
    let others: Vec<_> = found
        .iter()
        .filter(|(_, suite)| *suite == security)
        .collect();
    let mut mirrors: Vec<_> = found
        .iter()
        .filter(|(_, suite)| *suite == release)
        .map(|&(uri, _)| Mirror {
            uri: uri.to_owned(),
            others: others
                .iter()
                .map(|&&(uri, suite)| (uri.to_owned(), suite.to_owned()))
                .collect(),
            updates: found.contains(&(uri, &updates)),
        })
        .collect();
    mirrors.sort_by_key(|mirror| !mirror.updates);
    mirrors
}

/// The archive and the suite whose release file a line names.
fn suite(line: &str) -> Option<(&str, &str)> {
    let uri = line.strip_prefix('\'')?.split('\'').next()?;
    uri.strip_suffix("/InRelease")?.rsplit_once("/dists/")
}

impl Mirror {
    /// The sources.list that takes `release` and its backports from here. `options` go into each line.
    pub fn sources_list(&self, release: &str, options: &str) -> String {
        let mut suites = vec![(self.uri.as_str(), release.to_owned())];
        suites.push((&self.uri, format!("{release}-backports")));
        if self.updates {
            suites.push((&self.uri, format!("{release}-updates")));
        }
        suites.extend(
            self.others
                .iter()
                .map(|(uri, suite)| (uri.as_str(), suite.clone())),
        );
        suites
            .iter()
            .map(|(uri, suite)| format!("deb [{options}] {uri} {suite} main\n"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
'http://tools.example/linux/debian/dists/bookworm/InRelease' tools_InRelease 0 
'http://mirror.example/debian/dists/bookworm/InRelease' mirror_InRelease 0 
'http://mirror.example/debian/dists/bookworm-updates/InRelease' mirror_updates 0 
'http://security.example/debian-security/dists/bookworm-security/InRelease' security 0 
'http://node.example/dists/nodistro/InRelease' node 0 
'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' packages 0 
";

    #[test]
    fn the_place_that_also_has_updates_comes_first() {
        let mirrors = candidates(PRINTED, "bookworm");
        let uris: Vec<_> = mirrors.iter().map(|it| it.uri.as_str()).collect();
        assert_eq!(
            uris,
            [
                "http://mirror.example/debian",
                "http://tools.example/linux/debian"
            ]
        );
    }

    #[test]
    fn the_list_has_the_suites_that_the_system_has_and_backports() {
        let mirrors = candidates(PRINTED, "bookworm");
        let list = mirrors
            .first()
            .expect("a mirror")
            .sources_list("bookworm", "signed-by=/keys.gpg");
        let expected = "\
deb [signed-by=/keys.gpg] http://mirror.example/debian bookworm main
deb [signed-by=/keys.gpg] http://mirror.example/debian bookworm-backports main
deb [signed-by=/keys.gpg] http://mirror.example/debian bookworm-updates main
deb [signed-by=/keys.gpg] http://security.example/debian-security bookworm-security main
";
        assert_eq!(list, expected);
    }

    #[test]
    fn another_release_has_no_candidate() {
        assert_eq!(candidates(PRINTED, "trixie"), []);
        assert_eq!(candidates("E: nothing\n''\n", "bookworm"), []);
    }
}
