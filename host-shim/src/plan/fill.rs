//! Choosing slots so that as few cores as possible are filled in part.
//!
//! Completing the cores that need least completes the most of them; what is then left is less than
//! any begun core lacks, so it goes into one of those, or into whole cores, and at most one core is
//! begun. A search over all choices finds nothing better (see the tests). Removal is the mirror.

use std::cmp::Reverse;

use super::topology::Layout;

/// The `count` slots to fill, in the order of taking.
pub(super) fn add(mut layout: Layout, count: usize) -> Vec<u32> {
    let mut chosen = Vec::with_capacity(count);
    while chosen.len() < count {
        let left = count - chosen.len();
        let Some(core) = next_to_fill(&layout, left) else {
            break;
        };
        let free = &mut layout.cores[core].free;
        let taken: Vec<u32> = free.drain(..free.len().min(left)).collect();
        let socket = &mut layout.sockets[layout.cores[core].socket];
        socket.present += taken.len();
        socket.free -= taken.len();
        layout.cores[core].fixed += taken.len();
        chosen.extend(taken);
    }
    chosen
}

/// Begun cores that can be completed, those that lack least first; then whole ones, begun sockets
/// first; then, for a rest, one that is begun already, and only then a new one.
fn next_to_fill(layout: &Layout, left: usize) -> Option<usize> {
    let has_room = |core: &usize| !layout.cores[*core].free.is_empty();
    (0..layout.cores.len())
        .filter(has_room)
        .min_by_key(|index| {
            let core = &layout.cores[*index];
            let socket = &layout.sockets[core.socket];
            let lacks = core.free.len();
            let class = match (core.is_partial(), lacks <= left) {
                (true, true) => 0,
                (false, true) => 1,
                (true, false) => 2,
                (false, false) => 3,
            };
            let size = if class == 0 { lacks } else { 0 };
            let begun = if socket.is_partial() {
                socket.free
            } else {
                usize::MAX
            };
            (class, size, begun, core.socket, *index)
        })
}

/// The `count` slots to free, in the order of going. There are as many removable ones.
pub(super) fn remove(mut layout: Layout, count: usize) -> Vec<u32> {
    let mut chosen = Vec::with_capacity(count);
    while chosen.len() < count {
        let left = count - chosen.len();
        let Some(core) = next_to_empty(&layout, left) else {
            break;
        };
        let removable = &mut layout.cores[core].removable;
        let kept = removable.len() - removable.len().min(left);
        let taken: Vec<u32> = removable.drain(kept..).rev().collect();
        let socket = &mut layout.sockets[layout.cores[core].socket];
        socket.present -= taken.len();
        socket.free += taken.len();
        // Not in any order any more, but only their number counts from here on.
        layout.cores[core].free.extend(&taken);
        chosen.extend(taken);
    }
    chosen
}

fn next_to_empty(layout: &Layout, left: usize) -> Option<usize> {
    let can_go = |core: &usize| !layout.cores[*core].removable.is_empty();
    (0..layout.cores.len()).filter(can_go).min_by_key(|index| {
        let core = &layout.cores[*index];
        let socket = &layout.sockets[core.socket];
        let there = core.removable.len();
        let class = match (core.is_partial(), core.fixed == 0 && there <= left) {
            (true, true) => 0,
            (false, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
        };
        let size = if class == 0 { there } else { 0 };
        let begun = if socket.is_partial() && socket.fixed == 0 {
            socket.present
        } else {
            usize::MAX
        };
        let stays = (core.fixed > 0, socket.fixed > 0);
        (class, size, begun, stays, Reverse((core.socket, *index)))
    })
}
