//! Durations as people write them.

/// `500ms`, `5s`, `2m` or `1h`, in ns; `None` for anything else.
pub(crate) fn parse_ns(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit_ns = match unit {
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit_ns)
}

#[cfg(test)]
mod tests {
    use super::parse_ns;

    #[test]
    fn a_number_and_a_unit() {
        assert_eq!(parse_ns("500ms"), Some(500_000_000));
        assert_eq!(parse_ns("2m"), Some(120_000_000_000));
        assert_eq!(parse_ns("1h"), Some(3_600_000_000_000));
        for wrong in [
            "",
            "5",
            "s",
            "-5s",
            "5 s",
            "5d",
            "5sé",
            "18446744073709551615s",
        ] {
            assert_eq!(parse_ns(wrong), None, "{wrong}");
        }
    }
}
