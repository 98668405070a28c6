//! The input is the length of a kernel's file and its head.
//!
//! `cargo +nightly fuzz run kernel_image`, in `firmware/boot`.
#![no_main]

use hotvcpu_boot::kernel_image::LoadPlan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u32, &[u8])| {
    let (length, head) = input;
    let allowed = [0x4000_9000..0x4010_0000, 0x4020_0000..0x4400_0000];
    let Ok(plan) = LoadPlan::new(head, length, &allowed) else {
        return;
    };
    assert!(plan.range.contains(&plan.entry));
    for segment in plan.segments {
        let end = segment.address + segment.length;
        assert!(
            allowed
                .iter()
                .any(|range| range.start <= segment.address && end <= range.end)
        );
        assert!(segment.file.start <= segment.file.end && segment.file.end <= length);
        let moved = u64::from(segment.file.end - segment.file.start);
        assert!(moved + segment.zeros <= segment.length);
    }
});
