//! Tables: the code of a table runs like a method without arguments, in the scope of the root.
//!
//! What it names stays when it ends. A term that fails is passed over (see `recover`); a limit ends the whole load, and
//! all that the table named goes again.

use alloc::vec::Vec;

use super::Exec;
use super::context::{Body, Frame, Item, Place};
use crate::error::{Error, ErrorKind};
use crate::host::TableQuery;
use crate::namespace::{Method, NodeData, NodeId, Region};
use crate::object::{Object, Reference};
use crate::report::LoadReport;
use crate::table::{self, HEADER};

impl Exec<'_> {
    /// Loads a table from outside: runs its code to the end.
    pub fn load_table(&mut self, bytes: Vec<u8>) -> Result<LoadReport, Error> {
        self.begin_table(bytes, self.vm.ns.root(), Place::Nothing)?;
        self.finish()?;
        Ok(core::mem::take(&mut self.cx.report))
    }

    /// Takes a table in and begins its code.
    fn begin_table(
        &mut self,
        bytes: Vec<u8>,
        scope: NodeId,
        result: Place,
    ) -> Result<(), ErrorKind> {
        self.burn_bytes(bytes.len())?;
        let table = self.vm.add_table(bytes)?;
        let length = self.vm.tables.code(table).map_or(0, |code| code.len());
        let body = Method {
            table: Some(table),
            start: HEADER as u32,
            end: length as u32,
            args: 0,
            serialized: false,
            sync_level: 0,
        };
        let entered = self.enter(Body::Table { result, scope }, table, &[], scope, &body);
        if entered.is_err() {
            self.vm.tables.remove(table);
        }
        entered
    }

    /// The code of a table came to its end: its names stay.
    pub(super) fn table_loaded(&mut self, frame: Frame) -> Result<(), ErrorKind> {
        let Body::Table { result, scope } = frame.body else {
            return Err(ErrorKind::NotEvaluable);
        };
        self.vm.tables.set_created(frame.table, frame.created);
        let handle = Object::Reference(Reference::Table(frame.table));
        let [path, value, ..] = frame.slots;
        let stored = self.set_parameter(path, value, scope);
        if let Err(kind) = stored.and_then(|()| self.store(handle, true, result)) {
            self.remove_table(frame.table);
            return Err(kind);
        }
        self.produce(Item::Fresh(handle))
    }

    /// LoadTable's parameter: stored where its path leads, seen from the table's scope.
    fn set_parameter(
        &mut self,
        path: Object,
        value: Object,
        scope: NodeId,
    ) -> Result<(), ErrorKind> {
        let Object::String(path) = path else {
            return Ok(());
        };
        let path = core::str::from_utf8(self.vm.heap.get(path)).map_err(|_| ErrorKind::Name)?;
        let node = self.vm.ns.find(path, scope);
        let node = node.ok_or(ErrorKind::PathNotFound)?;
        self.store(value, false, Place::Reference(Reference::Node(node)))
    }

    /// Forgets a table with all that it named.
    fn remove_table(&mut self, table: u32) {
        for node in self.vm.tables.remove(table).into_iter().rev() {
            self.vm.ns.remove(node);
        }
    }

    /// Load: a table in a region or a buffer.
    pub(super) fn load(&mut self) -> Result<(), ErrorKind> {
        let result = self.pop_place()?;
        let source = self.pop_place()?;
        let bytes = self.table_source(source)?;
        self.begin_table(bytes, self.vm.ns.root(), result)
    }

    fn table_source(&mut self, source: Place) -> Result<Vec<u8>, ErrorKind> {
        if let Place::Reference(Reference::Node(node)) = source
            && let NodeData::Region(_) = self.vm.ns.data(node)?
        {
            let header = self.region_bytes(node, HEADER as u64)?;
            let length = table::length(&header).ok_or(ErrorKind::TruncatedTable)?;
            return self.region_bytes(node, length.into());
        }
        let object = self.load_place(source)?;
        let Object::Buffer(id) = self.settle(object)? else {
            return Err(ErrorKind::OperandType);
        };
        self.cloned(id)
    }

    /// LoadTable: a table that the platform's firmware listed, chosen by its header.
    pub(super) fn load_from_host(&mut self) -> Result<(), ErrorKind> {
        let value = self.pop_object()?;
        let parameter_path = self.pop_text()?;
        let root_path = self.pop_text()?;
        let table_id = self.pop_text()?;
        let oem_id = self.pop_text()?;
        let signature = self.pop_text()?;
        let query = TableQuery::new(&signature, &oem_id, &table_id);
        let query = query.ok_or(ErrorKind::OperandValue)?;
        let Some(bytes) = self.host.find_table(query) else {
            return self.produce_truth(false);
        };
        self.burn_bytes(bytes.len())?;
        if self.vm.tables.is_loaded(&bytes) {
            return Err(ErrorKind::AlreadyExists(table::signature(&bytes)));
        }
        let scope = match root_path.as_slice() {
            [] => self.vm.ns.root(),
            path => self.node_at(path)?,
        };
        self.begin_table(bytes, scope, Place::Nothing)?;
        if !parameter_path.is_empty() {
            let path = Object::String(self.vm.heap.add_bytes(parameter_path)?);
            if let Some(frame) = self.cx.frames.last_mut() {
                frame.slots[0] = path;
                frame.slots[1] = value;
            }
        }
        Ok(())
    }

    fn pop_text(&mut self) -> Result<Vec<u8>, ErrorKind> {
        let object = self.pop_object()?;
        self.text_from(object)
    }

    fn node_at(&self, path: &[u8]) -> Result<NodeId, ErrorKind> {
        let path = core::str::from_utf8(path).map_err(|_| ErrorKind::Name)?;
        let node = self.vm.ns.find(path, self.cx.scope);
        node.ok_or(ErrorKind::PathNotFound)
    }

    /// Unload: removes what a Load or LoadTable brought in.
    pub(super) fn unload(&mut self) -> Result<(), ErrorKind> {
        let place = self.pop_place()?;
        let handle = self.follow(place)?;
        let Place::Reference(Reference::Table(table)) = handle else {
            return Err(ErrorKind::OperandType);
        };
        self.remove_table(table);
        Ok(())
    }

    /// DataTableRegion: a region that shows the bytes of a table.
    pub(super) fn define_data_region(&mut self) -> Result<(), ErrorKind> {
        let table_id = self.pop_text()?;
        let oem_id = self.pop_text()?;
        let signature = self.pop_text()?;
        let name = self.pop_name()?;
        let query = TableQuery::new(&signature, &oem_id, &table_id);
        let query = query.ok_or(ErrorKind::OperandValue)?;
        let table = match self.vm.tables.find(&query) {
            Some(table) => table,
            None => {
                let bytes = self.host.find_table(query);
                let bytes = bytes.ok_or(ErrorKind::NoSuchTable)?;
                self.burn_bytes(bytes.len())?;
                self.vm.tables.add(bytes)?
            }
        };
        let length = self.vm.tables.code(table).map_or(0, |code| code.len());
        let region = Region {
            space: crate::RegionSpace::SystemMemory,
            base: 0,
            length: length as u64,
            pci: None,
            table: Some(table),
        };
        self.create(name, NodeData::Region(alloc::boxed::Box::new(region)))?;
        Ok(())
    }
}
