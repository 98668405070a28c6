//! Links between the project's own pages: every relative link has to name a file that is there.
//!
//! The pages are read on a code forge as well as in the book, so the links are checked in the sources and not in
//! what a book builder makes of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pulldown_cmark::{Event, Parser, Tag};

/// Folders that hold no pages of ours.
const SKIPPED: [&str; 2] = ["target", ".git"];

/// The links below `root` that lead nowhere, each as `page: link`; and how many were looked at.
pub fn broken(root: &Path) -> Result<(Vec<String>, usize)> {
    let mut broken = Vec::new();
    let mut seen = 0;
    for page in pages(root)? {
        let text =
            fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
        let folder = page.parent().unwrap_or(root);
        for link in relative_links(&text) {
            seen += 1;
            if !folder.join(&link).exists() {
                broken.push(format!(
                    "{}: {link}",
                    page.strip_prefix(root).unwrap_or(&page).display()
                ));
            }
        }
    }
    Ok((broken, seen))
}

/// The Markdown files below `folder`.
fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
        {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                let skipped = SKIPPED.iter().any(|it| entry.file_name() == *it);
                folders.extend((!skipped).then_some(path));
            } else if path.extension().is_some_and(|it| it == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The links and images of a page that lead to files beside it, without the place within the file.
fn relative_links(page: &str) -> Vec<String> {
    let target = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url),
        _ => None,
    };
    let targets = Parser::new(page).filter_map(target);
    let files = targets
        .filter(|it| !has_scheme(it))
        .map(|it| it.split('#').next().unwrap_or_default().to_owned());
    files.filter(|it| !it.is_empty()).collect()
}

/// Whether a link is an address of its own (RFC 3986, 3.1) rather than a path.
fn has_scheme(link: &str) -> bool {
    let scheme = link.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|it| {
        it.chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_files_are_looked_at() {
        let page = "[a](docs/a.md#part) ![b](b.svg) [c](https://example.org/x) [d](#here) <mailto:x@example.org>\n\
                    `[e](e.md)`\n\n```\n[f](f.md)\n```\n\n[g][ref]\n\n[ref]: ../g.md 'title'\n";
        assert_eq!(relative_links(page), ["docs/a.md", "b.svg", "../g.md"]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_named_with_its_page() {
        let root = tempfile::tempdir().expect("a folder");
        let docs = root.path().join("docs");
        fs::create_dir_all(docs.join("target")).expect("a folder");
        fs::write(docs.join("target/skipped.md"), "[x](gone.md)").expect("a page");
        fs::write(root.path().join("README.md"), "[book](docs/book.md)").expect("a page");
        fs::write(docs.join("book.md"), "[up](../README.md) [lost](lost.md)").expect("a page");
        let (broken, seen) = broken(root.path()).expect("readable");
        assert_eq!(broken, ["docs/book.md: lost.md"]);
        assert_eq!(seen, 3);
    }
}
