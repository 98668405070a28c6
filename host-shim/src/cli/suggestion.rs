//! Which domain somebody may have meant who wrote another name.

use std::collections::BTreeSet;

use hotvcpu::Error;
use hotvcpu::definition::{DefinitionError, DefinitionStore};
use hotvcpu::domain::{DomainError, DomainFolder};

/// ` (did you mean 'demo'?)`, to be put into a sentence, or nothing. Domains that run and that are defined are looked
/// at.
pub fn close(name: &str) -> String {
    let mut known: BTreeSet<String> = DefinitionStore::open()
        .and_then(|store| store.names())
        .unwrap_or_default()
        .into_iter()
        .collect();
    let started = DomainFolder::list().unwrap_or_default();
    known.extend(started.iter().map(|folder| folder.name().to_owned()));
    match closest(name, &known) {
        Some(meant) => format!(" (did you mean '{meant}'?)"),
        None => String::new(),
    }
}

/// The same for an error that is about a name which nobody has.
pub fn for_error(error: &Error) -> String {
    match error {
        Error::Domain(DomainError::Unknown(name))
        | Error::Definition(DefinitionError::Undefined(name)) => close(name),
        _ => String::new(),
    }
}

fn closest<'a>(name: &str, known: &'a BTreeSet<String>) -> Option<&'a str> {
    let far = 1 + name.len() / 6;
    let rated = known
        .iter()
        .map(|known| (strsim::osa_distance(name, known), known.as_str()))
        .filter(|(distance, _)| (1..=far).contains(distance));
    rated.min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_is_known_again_and_another_is_not() {
        let known = ["demo", "demo-arm", "web"].map(str::to_owned).into();
        for (name, meant) in [
            ("dmeo", Some("demo")),
            ("demoo", Some("demo")),
            ("demo-amr", Some("demo-arm")),
            ("wbe", Some("web")),
            ("database", None),
            ("web", None),
        ] {
            assert_eq!(closest(name, &known), meant, "{name}");
        }
    }
}
