//! Which generation of the aarch64 protocol the host speaks, said to everyone; and what the command line makes of it.

use alloc::format;

use hotvcpu_aml::Interpreter;
use hotvcpu_cpu_hotplug::{Family, detect_generation};
use hotvcpu_platform::console;
use hotvcpu_tables::Madt;
use hotvcpu_wire::Phase;

use super::records::{Details, error, record};

/// Finds the host's generation, and reports it. Returns what the guest is told to be by `word` of the command line,
/// which is empty where it is told nothing.
pub fn settle(word: &str, madt: Option<&Madt<'_>>, aml: &Interpreter) -> Option<Family> {
    let forced = match word {
        "" => None,
        word => word.parse().map_err(|problem| error(&problem)).ok(),
    };
    let Some(finding) = madt.and_then(|madt| detect_generation(madt, aml)) else {
        if !word.is_empty() {
            error(&format_args!(
                "generation={word} means nothing on this machine: only aarch64 has generations"
            ));
        }
        return None;
    };
    let text = format!("{finding}");
    console::print(format_args!("generation: {text}\n"));
    record(
        Phase::Generation,
        Details {
            text: Some(&text),
            ..Details::default()
        },
    );
    let incompatible = forced.and_then(|forced| finding.generation.accepts(forced).err());
    if let Some(incompatible) = incompatible {
        error(&incompatible);
    }
    forced
}
