//! Tables of times for people: one row for each operation, one column for each phase.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A row: what it is about, and its times in µs by the phase's name.
pub type Row = (String, BTreeMap<String, u64>);

/// The table of `rows`, in ms, with the phases in the order in which they happened; empty without rows.
pub fn phase_table(rows: &[Row]) -> String {
    let names = in_order(rows);
    let first = rows
        .iter()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or_default();
    let width = |name: &str| name.len().max(5) + 1;
    let mut text = String::new();
    if names.is_empty() {
        return text;
    }
    let _ = write!(text, "{:first$}", "");
    for name in &names {
        let _ = write!(text, "{name:>width$}", width = width(name));
    }
    text.push('\n');
    for (label, times) in rows {
        let _ = write!(text, "{label:first$}");
        for name in &names {
            let time = times
                .get(*name)
                .map_or_else(|| "-".to_owned(), |&it| milliseconds(it));
            let _ = write!(text, "{time:>width$}", width = width(name));
        }
        text.push('\n');
    }
    text
}

/// A time of `us` µs, in ms with as many digits as tell something.
pub fn milliseconds(us: u64) -> String {
    let ms = us as f64 / 1000.0;
    if us < 100_000 {
        format!("{ms:.2}")
    } else {
        format!("{ms:.0}")
    }
}

/// The names of the phases, by the middle of their times; without those that are always at the beginning.
fn in_order(rows: &[Row]) -> Vec<&str> {
    let mut when: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (name, &time) in rows.iter().flat_map(|(_, times)| times) {
        when.entry(name).or_default().push(time);
    }
    when.values_mut().for_each(|times| times.sort_unstable());
    when.retain(|_, times| times.last().is_some_and(|&it| it > 0));
    let mut names: Vec<_> = when.keys().copied().collect();
    names.sort_by_key(|name| when.get(name).and_then(|times| times.get(times.len() / 2)));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, times: &[(&str, u64)]) -> Row {
        (
            label.to_owned(),
            times
                .iter()
                .map(|&(name, time)| (name.to_owned(), time))
                .collect(),
        )
    }

    #[test]
    fn columns_are_in_the_order_of_time() {
        let rows = [
            row(
                "CPU 1",
                &[("request", 0), ("online", 2500), ("doorbell", 200)],
            ),
            row("CPU 10", &[("request", 0), ("doorbell", 250_000)]),
            row("CPU 2", &[("online", 2600), ("doorbell", 300)]),
        ];
        let expected = [
            "       doorbell online\n",
            "CPU 1      0.20   2.50\n",
            "CPU 10      250      -\n",
            "CPU 2      0.30   2.60\n",
        ]
        .concat();
        assert_eq!(phase_table(&rows), expected);
    }

    #[test]
    fn nothing_makes_no_table() {
        assert_eq!(phase_table(&[]), "");
        assert_eq!(phase_table(&[row("CPU 1", &[])]), "");
    }
}
