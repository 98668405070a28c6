//! Medians: on a shared machine a mean is what the slowest outlier says.

use std::collections::BTreeMap;

/// The median of `values`; `None` of nothing. Of an even number, the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(middle.checked_sub(1)?)?;
    Some((lower + upper) / 2.0)
}

/// The median of each phase over several operations, in µs; of those operations that had the phase.
pub fn phase_medians(operations: &[BTreeMap<String, u64>]) -> BTreeMap<String, u64> {
    let mut by_name: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (name, &time) in operations.iter().flatten() {
        by_name.entry(name).or_default().push(time as f64);
    }
    let medians = by_name
        .iter()
        .filter_map(|(name, times)| Some((*name, median(times)?)));
    medians
        .map(|(name, time)| (name.to_owned(), time.round() as u64))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_counts() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[1000.0, 1.0, 2.0, 4.0]), Some(3.0));
    }

    #[test]
    fn each_phase_has_its_own_median() {
        let operation = |times: &[(&str, u64)]| {
            times
                .iter()
                .map(|&(name, time)| (name.to_owned(), time))
                .collect()
        };
        let operations = [
            operation(&[("hello", 10), ("end", 30)]),
            operation(&[("end", 10)]),
            operation(&[("end", 20)]),
        ];
        assert_eq!(
            phase_medians(&operations),
            operation(&[("hello", 10), ("end", 20)])
        );
    }
}
