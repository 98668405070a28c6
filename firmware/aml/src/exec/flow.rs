//! If, Else, While, Break, Continue, Return, and the end of blocks.

use super::Exec;
use super::context::{Activity, Block, BlockKind, Item, Pending};
use crate::decode::opcode::{self, ELSE, WHILE_PREDICATE};
use crate::error::{ErrorKind, Limit};
use crate::object::Object;

/// A loop looks at the clock once in so many rounds.
const ROUNDS_PER_LOOK: u32 = 256;
/// Units of the host's clock in a millisecond.
pub(super) const CLOCK_PER_MS: u64 = 10_000;

impl Exec<'_> {
    /// Begins a block that ends at `end`.
    pub(super) fn begin_block(&mut self, kind: BlockKind, end: u32) -> Result<(), ErrorKind> {
        if end < self.cx.ip || end > self.cx.end {
            return Err(ErrorKind::Truncated);
        }
        let outer_end = self.cx.end;
        self.begin(Activity::Block(Block {
            kind,
            end,
            outer_end,
        }))?;
        self.cx.end = end;
        Ok(())
    }

    /// The running block has no statement left.
    pub(super) fn end_block(&mut self) -> Result<(), ErrorKind> {
        let Some(Activity::Block(block)) = self.cx.stack.last().copied() else {
            return Err(ErrorKind::NotEvaluable);
        };
        match block.kind {
            BlockKind::Loop { start, .. } => return self.next_round(start),
            BlockKind::Body => return self.end_body(Item::Fresh(Object::Uninitialized)),
            BlockKind::Scope { outer } => self.cx.scope = outer,
            BlockKind::Branch => {}
        }
        self.cx.stack.pop();
        self.cx.end = block.outer_end;
        if matches!(block.kind, BlockKind::Branch) {
            self.skip_else()?;
        }
        Ok(())
    }

    /// After the body of an If that ran: passes over its Else.
    pub(super) fn skip_else(&mut self) -> Result<(), ErrorKind> {
        if let Some(end) = self.else_here()? {
            self.cx.ip = end;
        }
        Ok(())
    }

    pub(super) fn begin_if(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let predicate = self.pop_integer()?;
        if predicate != 0 {
            return self.begin_block(BlockKind::Branch, pending.end);
        }
        self.cx.ip = pending.end;
        self.begin_else()
    }

    /// After an If that did not run: begins its Else, if it has one.
    pub(super) fn begin_else(&mut self) -> Result<(), ErrorKind> {
        match self.else_here()? {
            Some(end) => self.begin_block(BlockKind::Branch, end),
            None => Ok(()),
        }
    }

    /// Reads the head of an Else, if one stands here; gives where it ends.
    fn else_here(&mut self) -> Result<Option<u32>, ErrorKind> {
        if self.cx.ip >= self.cx.end || self.peek() != Some(ELSE as u8) {
            return Ok(None);
        }
        self.cx.at = self.cx.ip;
        self.cx.opcode = ELSE;
        self.cx.ip += 1;
        self.length().map(Some)
    }

    pub(super) fn begin_while(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let start = self.cx.ip;
        let kind = BlockKind::Loop {
            start,
            rounds: 0,
            since: None,
        };
        self.begin_block(kind, pending.end)?;
        self.test_predicate(start)
    }

    /// Begins the evaluation of the predicate of the innermost While.
    fn test_predicate(&mut self, start: u32) -> Result<(), ErrorKind> {
        self.cx.ip = start;
        let Some((_, signature)) = opcode::signature(WHILE_PREDICATE) else {
            return Err(ErrorKind::Opcode(WHILE_PREDICATE));
        };
        self.begin(Activity::Operator(Pending {
            opcode: WHILE_PREDICATE,
            begun: 0,
            signature,
            at: start,
            end: 0,
        }))
    }

    pub(super) fn while_predicate(&mut self) -> Result<(), ErrorKind> {
        if self.pop_integer()? == 0 {
            self.leave_loop();
        }
        Ok(())
    }

    /// Ends the loop whose block is the innermost one.
    fn leave_loop(&mut self) {
        if let Some(Activity::Block(block)) = self.cx.stack.pop() {
            self.cx.ip = block.end;
            self.cx.end = block.outer_end;
        }
    }

    /// Counts a round; looks at the clock now and then, so that a loop that waits for hardware ends.
    fn next_round(&mut self, start: u32) -> Result<(), ErrorKind> {
        let look_now = core::mem::take(&mut self.cx.look_at_clock);
        let limit = self.vm.limits.loop_ms.saturating_mul(CLOCK_PER_MS);
        if let Some(Activity::Block(block)) = self.cx.stack.last_mut()
            && let BlockKind::Loop { rounds, since, .. } = &mut block.kind
        {
            *rounds = rounds.wrapping_add(1);
            if look_now || (*rounds).is_multiple_of(ROUNDS_PER_LOOK) {
                let now = self.host.timer_100ns();
                let began = *since.get_or_insert(now);
                if now.saturating_sub(began) > limit {
                    return Err(ErrorKind::Limit(Limit::LoopTime));
                }
            }
        }
        self.test_predicate(start)
    }

    /// Ends the blocks inside the innermost While of the running method; gives the start of its predicate.
    fn unwind_to_loop(&mut self, opcode: u16) -> Result<u32, ErrorKind> {
        loop {
            let Some(Activity::Block(block)) = self.cx.stack.last().copied() else {
                return Err(ErrorKind::Opcode(opcode));
            };
            match block.kind {
                BlockKind::Loop { start, .. } => return Ok(start),
                BlockKind::Body => return Err(ErrorKind::Opcode(opcode)),
                BlockKind::Scope { outer } => self.cx.scope = outer,
                BlockKind::Branch => {}
            }
            self.cx.stack.pop();
            self.cx.end = block.outer_end;
        }
    }

    pub(super) fn break_loop(&mut self) -> Result<(), ErrorKind> {
        self.unwind_to_loop(opcode::BREAK)?;
        self.leave_loop();
        Ok(())
    }

    pub(super) fn continue_loop(&mut self) -> Result<(), ErrorKind> {
        let start = self.unwind_to_loop(opcode::CONTINUE)?;
        self.next_round(start)
    }

    pub(super) fn return_value(&mut self) -> Result<(), ErrorKind> {
        let value = self.pop()?;
        while let Some(Activity::Block(block)) = self.cx.stack.last() {
            if matches!(block.kind, BlockKind::Body) {
                return self.end_body(value);
            }
            self.cx.stack.pop();
        }
        Err(ErrorKind::Opcode(opcode::RETURN))
    }
}
