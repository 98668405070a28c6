//! Arguments of `autoscale` and `top`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hotvcpu::units;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hotvcpu autoscale demo --min 1 --max 8 --target 70%
  hotvcpu autoscale demo --max 8 --dry-run          # decisions only
  hotvcpu autoscale demo --max 8 --for 10m --log decisions.jsonl
  hotvcpu autoscale demo --max 8 --until-idle --json

The load comes from the guest's agent (guest-get-cpustats). vCPUs are added when it is above
target + band, removed when below target - band, and only as whole cores. Between two changes
the domain is free for other commands; what they change is taken as it is.")]
pub struct Autoscale {
    /// The domain.
    pub name: String,
    /// Never fewer vCPUs.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub min: u32,
    /// Never more vCPUs; without it, as many as there are slots.
    #[arg(long, value_name = "N")]
    pub max: Option<u32>,
    /// How busy the vCPUs shall be.
    #[arg(long, default_value = "70%", value_parser = percent, value_name = "PERCENT")]
    pub target: u32,
    /// How far the load may be off the target before anything is done.
    #[arg(long, default_value = "10%", value_parser = percent, value_name = "PERCENT")]
    pub band: u32,
    /// From one sample to the next.
    #[arg(long, default_value = "1s", value_parser = units::duration, value_name = "TIME")]
    pub interval: Duration,
    /// The time over which the load is measured.
    #[arg(long, default_value = "2s", value_parser = units::duration, value_name = "TIME")]
    pub window: Duration,
    /// After any change, no vCPU is added for so long.
    #[arg(long, default_value = "1s", value_parser = units::duration, value_name = "TIME")]
    pub cooldown: Duration,
    /// After any change, no vCPU is removed for so long.
    #[arg(long, default_value = "5s", value_parser = units::duration, value_name = "TIME")]
    pub cooldown_down: Duration,
    /// How long to wait for the end of a change.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
    /// End after so long.
    #[arg(long = "for", value_parser = units::duration, value_name = "TIME")]
    pub duration: Option<Duration>,
    /// End when there was a load, it is gone, and no more vCPUs can go.
    #[arg(long)]
    pub until_idle: bool,
    /// Decide, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Append every decision to a file, as a JSON line with its reason.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hotvcpu top demo
  hotvcpu top demo --once      # one picture as text, for scripts and terminals that are none
  hotvcpu top                  # all domains that run

Keys: + and - add and remove one core, p holds the picture, q ends; with several domains the
arrows choose one, Enter opens it and Esc goes back.")]
pub struct Top {
    /// The domain; without one, all that run.
    pub name: Option<String>,
    /// Print one picture as text and end.
    #[arg(long)]
    pub once: bool,
    /// From one picture to the next.
    #[arg(long, default_value = "1s", value_parser = units::duration, value_name = "TIME")]
    pub interval: Duration,
    /// How wide the picture of --once is.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(40..=400), value_name = "COLUMNS", requires = "once")]
    pub width: u16,
    /// How long to wait for the end of a change.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
}

/// `70%`, or just `70`.
fn percent(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim_end();
    match number.parse() {
        Ok(number) if number <= 100 => Ok(number),
        _ => Err(format!(
            "{text:?} is not a share of 0% to 100%; write it as in 70%"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents() {
        assert_eq!(percent("70%"), Ok(70));
        assert_eq!(percent("70 %"), Ok(70));
        assert_eq!(percent("0"), Ok(0));
        for wrong in ["", "%", "101%", "-1%", "0.7", "70%%", "seventy"] {
            assert!(percent(wrong).is_err(), "{wrong:?}");
        }
    }
}
