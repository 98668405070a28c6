//! What most of the nodes mean.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use dtoolkit::fdt::Fdt;
use dtoolkit::standard::NodeStandard;
use dtoolkit::{Node, Property, ToCellInt};

use super::walk::{Nodes, Scanned, string};
use super::{Conduit, Cpu, DeviceTreeError, Memory};

/// The ranges of a node's `reg`, none of which may go around the end of the address space.
pub(super) fn reg(node: &Scanned<'_>) -> Result<Vec<Range<u64>>, DeviceTreeError> {
    let error = || property_error(node, "reg");
    let Some(property) = node.reg else {
        return Ok(Vec::new());
    };
    let cells = [node.space.address_cells, node.space.size_cells].map(|cells| cells as usize);
    let registers = property.as_prop_encoded_array(cells).map_err(|_| error())?;
    let ranges = registers.map(|[address, size]| {
        let start: u64 = address.to_int().map_err(|_| error())?;
        let size: u64 = size.to_int().map_err(|_| error())?;
        let end = start.checked_add(size).ok_or_else(error)?;
        Ok(start..end)
    });
    ranges.collect()
}

pub(super) fn property_error(node: &Scanned<'_>, property: &'static str) -> DeviceTreeError {
    DeviceTreeError::Property {
        node: node.node.name().to_string(),
        property,
    }
}

/// Where a node's first register is.
pub(super) fn address(node: &Scanned<'_>) -> Result<u64, DeviceTreeError> {
    let ranges = reg(node)?;
    let first = ranges.first().ok_or_else(|| property_error(node, "reg"))?;
    Ok(first.start)
}

/// The ranges of RAM.
pub(super) fn memory(nodes: &Nodes<'_>) -> Result<Vec<Memory>, DeviceTreeError> {
    let mut memory = Vec::new();
    for node in &nodes.memory {
        let numa = numa_node(node)?;
        let ranges = reg(node)?.into_iter().filter(|range| !range.is_empty());
        memory.extend(ranges.map(|Range { start, end }| Memory {
            start,
            end,
            node: numa,
        }));
    }
    memory.sort_by_key(|range| range.start);
    for (before, after) in memory.iter().zip(memory.iter().skip(1)) {
        if after.start < before.end {
            return Err(DeviceTreeError::MemoryOverlap(after.start));
        }
    }
    if memory.is_empty() {
        return Err(DeviceTreeError::NoMemory);
    }
    Ok(memory)
}

/// The CPUs.
pub(super) fn cpus(nodes: &Nodes<'_>) -> Result<Vec<Cpu>, DeviceTreeError> {
    let Some(list) = nodes.cpus else {
        return Ok(Vec::new());
    };
    let space = list.address_space();
    let cpus = list.children();
    let cpus = cpus.filter(|node| node.name_without_address() == "cpu");
    let cpus = cpus.map(|node| {
        let node = Scanned::new(node, space);
        Ok(Cpu {
            mpidr: address(&node)?,
            node: numa_node(&node)?,
        })
    });
    cpus.collect()
}

/// The PL011 that is the console.
pub(super) fn console(tree: Fdt<'_>, nodes: &Nodes<'_>) -> Result<Option<u64>, DeviceTreeError> {
    let path = nodes
        .chosen
        .and_then(|chosen| string(chosen, "stdout-path"));
    // What follows a colon is for the driver: the line's speed.
    let path = path.and_then(|path| path.split(':').next());
    let named = path.and_then(|path| match path.starts_with('/') {
        true => tree.find_node(path),
        false => tree.find_node(string(nodes.aliases?, path)?),
    });
    // Devices stand under the root.
    let named = named.map(|node| Scanned::new(node, tree.root().address_space()));
    let named = named.filter(|node| node.is_compatible("arm,pl011"));
    let console = named.as_ref().or(nodes.pl011.first());
    console.map(address).transpose()
}

/// How PSCI is called.
pub(super) fn psci(nodes: &Nodes<'_>) -> Option<Conduit> {
    match string(nodes.psci?, "method")? {
        "hvc" => Some(Conduit::Hvc),
        "smc" => Some(Conduit::Smc),
        _ => None,
    }
}

/// The kernel's command line.
pub(super) fn bootargs(nodes: &Nodes<'_>) -> Option<String> {
    string(nodes.chosen?, "bootargs").map(String::from)
}

/// The initial RAM disk that the loader put into memory. Its ends have one cell or two.
pub(super) fn initrd(nodes: &Nodes<'_>) -> Option<Range<u64>> {
    let end_of = |name| {
        let property = nodes.chosen?.property(name)?;
        let wide = property.value_as::<u64>();
        wide.or_else(|_| property.value_as::<u32>().map(u64::from))
            .ok()
    };
    let range = end_of("linux,initrd-start")?..end_of("linux,initrd-end")?;
    (!range.is_empty()).then_some(range)
}

fn numa_node(node: &Scanned<'_>) -> Result<Option<u32>, DeviceTreeError> {
    let value = node.numa_node.map(|property| property.value_as::<u32>());
    let value = value.transpose();
    value.map_err(|_| property_error(node, "numa-node-id"))
}
