//! Kernel, command line and initial RAM disk: from fw_cfg to their places.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use hotvcpu_boot::fw_cfg::{Device, FwCfg};
use hotvcpu_boot::handover::Area;
use hotvcpu_boot::kernel_image::{HEAD_LENGTH, LoadPlan};

use crate::error::RomError;
use crate::memory::{Memory, PAGE, Purpose};

/// The longest command line that is handed over.
const MAX_CMDLINE: u32 = 64 << 10;

/// A kernel in its place.
#[derive(Debug)]
pub struct Kernel {
    /// The first instruction.
    pub entry: u64,
    /// The memory that it takes.
    pub range: Range<u64>,
}

/// Fetches the initial RAM disk, if there is one.
pub fn load_initrd<D: Device>(
    fw_cfg: &mut FwCfg<D>,
    memory: &mut Memory,
) -> Result<Area, RomError> {
    let Some(item) = fw_cfg.initrd()? else {
        return Ok(Area::default());
    };
    let bytes = memory.take(item.length.into(), PAGE, Purpose::Initrd)?;
    fw_cfg.read(item, 0, bytes)?;
    Ok(Area {
        address: bytes.as_ptr() as u64,
        length: item.length.into(),
    })
}

/// The command line, without the zero at its end.
pub fn command_line<D: Device>(fw_cfg: &mut FwCfg<D>) -> Result<Vec<u8>, RomError> {
    let Some(item) = fw_cfg.cmdline()? else {
        return Ok(Vec::new());
    };
    let mut line = fw_cfg.read_all(item, MAX_CMDLINE)?;
    let end = line.iter().position(|byte| *byte == 0);
    line.truncate(end.unwrap_or(line.len()));
    Ok(line)
}

/// Fetches the kernel, each segment straight to its place. Nothing may be taken from `memory` any more.
pub fn load<D: Device>(fw_cfg: &mut FwCfg<D>, memory: Memory) -> Result<Kernel, RomError> {
    let item = fw_cfg.kernel()?.ok_or(RomError::NoKernel)?;
    let mut head = vec![0; HEAD_LENGTH.min(item.length as usize)];
    fw_cfg.read(item, 0, &mut head)?;
    let plan = LoadPlan::new(&head, item.length, &memory.for_kernel())?;
    for segment in &plan.segments {
        let moved = u64::from(segment.file.end - segment.file.start);
        let range = segment.address..segment.address + moved + segment.zeros;
        // SAFETY: the plan has checked that its segments do not overlap and that they lie in memory that was not
        // taken; and nothing is taken any more, as the memory's owner gave it away.
        let target = unsafe { memory.segment(range) };
        let (bytes, zeros) = target.split_at_mut(moved as usize);
        fw_cfg.read(item, segment.file.start, bytes)?;
        zeros.fill(0);
    }
    Ok(Kernel {
        entry: plan.entry,
        range: plan.range,
    })
}
