//! Failures at the level of a table: the statement that failed is passed over, and the rest of the table runs.
//!
//! A table describes many devices; a mistake about one of them is no reason to lose the others. ACPICA goes on as well.
//! What a limit stopped does not go on, for the limit would mean nothing then.

use super::Exec;
use super::context::{Activity, Block, BlockKind, Body, Frame};
use crate::decode::walk::Walk;
use crate::error::{Error, ErrorKind};
use crate::namespace::{NodeData, NodeId, Path};
use crate::report::LoadReport;

/// Steps that passing over a term counts for at least.
const STEPS: u64 = 16;

/// Where a table goes on after a failure.
struct Resume {
    /// The position in `stack` of the block that goes on.
    block: usize,
    ip: u32,
    scope: NodeId,
}

impl Exec<'_> {
    /// After the failure `kind`: makes the code of the innermost table go on behind the statement that failed.
    ///
    /// # Errors
    /// `kind`, if no table's code is running or if it may not go on; a limit, if passing over reaches it.
    pub(super) fn pass_over(&mut self, kind: ErrorKind) -> Result<(), ErrorKind> {
        if matches!(kind, ErrorKind::Limit(_) | ErrorKind::Fatal { .. }) {
            return Err(kind);
        }
        let is_table = |frame: &Frame| matches!(frame.body, Body::Table { .. });
        let Some(table) = self.cx.frames.iter().rposition(is_table) else {
            return Err(kind);
        };
        self.note(kind);
        self.end_methods_above(table);
        // The search goes through the whole stack.
        let looked_at = STEPS + self.cx.stack.len() as u64 / 16;
        let resume = self.resume_point(table).ok_or(kind)?;
        let Some(Activity::Block(block)) = self.cx.stack.get(resume.block).copied() else {
            return Err(kind);
        };
        self.cx.stack.truncate(resume.block + 1);
        let base = self.frame()?.base as usize;
        self.cx.values.truncate(base);
        self.cx.end = block.end;
        self.cx.scope = resume.scope;
        let passed = resume.ip.saturating_sub(self.cx.ip);
        self.cx.ip = resume.ip.max(self.cx.ip).min(block.end);
        self.burn(looked_at + u64::from(passed))?;
        // The Else of an If whose predicate failed goes with it.
        if self.skip_else().is_err() {
            self.cx.ip = block.end;
        }
        Ok(())
    }

    /// Keeps the failure for the report. Tables that AML itself loads have none: the host's Debug output gets it.
    fn note(&mut self, kind: ErrorKind) {
        let from_outside = matches!(
            self.cx.frames.first(),
            Some(Frame {
                body: Body::Table { .. },
                ..
            })
        );
        if from_outside {
            self.cx.report.skipped_count += 1;
            if self.cx.report.skipped.len() >= LoadReport::KEPT {
                return;
            }
        }
        let error = match self.location() {
            Some(location) => Error::at(kind, location),
            None => kind.into(),
        };
        if from_outside {
            self.cx.report.skipped.push(error);
        } else {
            let text = alloc::format!("passed over a term of a table: {error}");
            self.host.debug(&text);
        }
    }

    /// Ends the methods that the table's code had called: their names go, their locks are released.
    fn end_methods_above(&mut self, table: usize) {
        while self.cx.frames.len() > table + 1 {
            let Some(frame) = self.cx.frames.pop() else {
                return;
            };
            self.remove_names(frame.created);
            self.release_mutexes_from(frame.held as usize);
            self.cx.sync_level = frame.return_sync_level;
            self.cx.ip = frame.return_ip;
            self.cx.scope = frame.return_scope;
        }
    }

    /// Finds the innermost block of the frame at `table` that can go on, and where: behind the statement that failed. A
    /// loop is one statement, since its predicate may hang on what failed.
    fn resume_point(&self, table: usize) -> Option<Resume> {
        let stack = &self.cx.stack;
        let mut bodies = stack.iter().enumerate().filter(|(_, activity)| {
            matches!(
                activity,
                Activity::Block(Block {
                    kind: BlockKind::Body,
                    ..
                })
            )
        });
        let (mut block, _) = bodies.nth(table)?;
        let ip = loop {
            match stack.get(block + 1) {
                Some(Activity::Block(inner)) => match inner.kind {
                    BlockKind::Branch | BlockKind::Scope { .. } => block += 1,
                    BlockKind::Loop { .. } => break inner.end,
                    BlockKind::Body => break self.cx.ip,
                },
                Some(Activity::Operator(pending)) if pending.end != 0 => break pending.end,
                Some(Activity::Operator(pending)) => break self.behind(pending.at, block)?,
                Some(Activity::Call(call)) => break self.behind(call.at, block)?,
                Some(Activity::Elements(elements)) => break elements.end,
                Some(Activity::Element(..)) => return None,
                None => break self.behind(self.cx.at, block)?,
            }
        };
        // A scope that was opened inside what is passed over has noted the one to return to.
        let opened = stack
            .iter()
            .skip(block + 1)
            .find_map(|activity| match activity {
                Activity::Block(inner) => match inner.kind {
                    BlockKind::Scope { outer } => Some(outer),
                    BlockKind::Body => Some(self.cx.scope),
                    _ => None,
                },
                _ => None,
            });
        Some(Resume {
            block,
            ip,
            scope: opened.unwrap_or(self.cx.scope),
        })
    }

    /// Where the statement at `at` ends, in the block at this position of `stack`.
    fn behind(&self, at: u32, block: usize) -> Option<u32> {
        let Some(Activity::Block(block)) = self.cx.stack.get(block) else {
            return None;
        };
        let code = &self.frame().ok()?.code;
        let walk = Walk::new(code, at as usize, block.end as usize, |name| {
            let node = self
                .vm
                .ns
                .resolve(&Path::parse(name).ok()?.0, self.cx.scope);
            match self.vm.ns.data(node.ok()?).ok()? {
                NodeData::Method(method) => Some(method.args),
                _ => Some(0),
            }
        });
        Some(walk.skip_statement() as u32)
    }
}
