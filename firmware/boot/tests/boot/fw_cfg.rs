//! The protocol, spoken with a device that is software.

use std::cell::RefCell;
use std::rc::Rc;

use hotvcpu_boot::fw_cfg::{Descriptor, Device, FwCfg, FwCfgError, Item, MAX_FILES};

/// Keys and what the items hold.
type Items = Vec<(u16, Vec<u8>)>;

/// A device as QEMU's specification describes it.
#[derive(Debug)]
struct Fake {
    signature: [u8; 4],
    features: u32,
    items: Rc<RefCell<Items>>,
    writable: u16,
    current: u16,
    offset: usize,
    /// Never ends a transfer.
    stuck: bool,
}

impl Fake {
    fn new(files: &[(u16, &str, &[u8])]) -> Self {
        let mut directory = (files.len() as u32).to_be_bytes().to_vec();
        for (key, name, bytes) in files {
            directory.extend((bytes.len() as u32).to_be_bytes());
            directory.extend(key.to_be_bytes());
            directory.extend([0; 2]);
            let mut field = [0; 56];
            field[..name.len()].copy_from_slice(name.as_bytes());
            directory.extend(field);
        }
        let mut items: Items = vec![(0x19, directory)];
        items.extend(files.iter().map(|(key, _, bytes)| (*key, bytes.to_vec())));
        Self {
            signature: *b"QEMU",
            features: 3,
            items: Rc::new(RefCell::new(items)),
            writable: 0,
            current: 0,
            offset: 0,
            stuck: false,
        }
    }

    fn with(self, key: u16, bytes: &[u8]) -> Self {
        self.items.borrow_mut().insert(0, (key, bytes.to_vec()));
        self
    }

    fn transfer(&mut self, control: u32, length: usize, buffer: &mut [u8]) -> Option<()> {
        if control & Descriptor::SELECT != 0 {
            self.current = (control >> 16) as u16;
            self.offset = 0;
        }
        let start = self.offset;
        self.offset = start.checked_add(length)?;
        let mut items = self.items.borrow_mut();
        let (_, bytes) = items.iter_mut().find(|(key, _)| *key == self.current)?;
        if control & Descriptor::READ != 0 {
            assert_eq!(length, buffer.len());
            for (index, byte) in buffer.iter_mut().enumerate() {
                *byte = bytes.get(start + index).copied().unwrap_or(0);
            }
        } else if control & Descriptor::WRITE != 0 {
            assert_eq!(length, buffer.len());
            let writable = self.current == self.writable;
            let target = bytes.get_mut(start..start + length).filter(|_| writable)?;
            target.copy_from_slice(buffer);
        }
        Some(())
    }
}

impl Device for Fake {
    fn select(&mut self, key: u16) {
        self.current = key;
        self.offset = 0;
    }

    fn read_byte(&mut self) -> u8 {
        let item = match self.current {
            0 => self.signature,
            1 => self.features.to_le_bytes(),
            _ => panic!("items are to be read by DMA"),
        };
        self.offset += 1;
        item[self.offset - 1]
    }

    fn start(&mut self, descriptor: &Descriptor, buffer: &mut [u8]) {
        if self.stuck {
            return;
        }
        let done = self.transfer(descriptor.control(), descriptor.length() as usize, buffer);
        descriptor.finish(done.map_or(Descriptor::ERROR, |()| 0));
    }
}

const FILES: &[(u16, &str, &[u8])] = &[
    (0x20, "etc/acpi/rsdp", b"RSD PTR "),
    (0x21, "opt/hotvcpu/monitor", b"generation=new"),
    (0x22, "etc/vmgenid_addr", &[0; 8]),
];

#[test]
fn files_are_found_and_read() {
    let mut fw_cfg = FwCfg::open(Fake::new(FILES)).expect("a proper device");
    let item = fw_cfg.find("opt/hotvcpu/monitor").expect("it is there");
    assert_eq!(
        item,
        Item {
            key: 0x21,
            length: 14
        }
    );
    assert_eq!(fw_cfg.read_all(item, 14), Ok(b"generation=new".to_vec()));
    let mut part = [0; 3];
    assert_eq!(fw_cfg.read(item, 11, &mut part), Ok(()));
    assert_eq!(&part, b"new");
    assert_eq!(fw_cfg.find("opt/hotvcpu"), None);
    assert_eq!(
        fw_cfg.read_all(item, 13),
        Err(FwCfgError::TooLong { item, limit: 13 })
    );
    let out = FwCfgError::OutOfItem {
        item,
        offset: 12,
        length: 3,
    };
    assert_eq!(fw_cfg.read(item, 12, &mut part), Err(out));
}

#[test]
fn the_items_without_names() {
    let device = Fake::new(FILES)
        .with(0x08, &5u32.to_le_bytes())
        .with(0x11, b"\x7FELF!")
        .with(0x0B, &0u32.to_le_bytes())
        .with(0x14, &3u32.to_le_bytes())
        .with(0x15, b"ro\0");
    let mut fw_cfg = FwCfg::open(device).expect("a proper device");
    let kernel = fw_cfg
        .kernel()
        .expect("it can be read")
        .expect("it is there");
    assert_eq!(fw_cfg.read_all(kernel, 100), Ok(b"\x7FELF!".to_vec()));
    assert_eq!(fw_cfg.initrd(), Ok(None));
    let cmdline = fw_cfg
        .cmdline()
        .expect("it can be read")
        .expect("it is there");
    assert_eq!(fw_cfg.read_all(cmdline, 100), Ok(b"ro\0".to_vec()));
}

#[test]
fn writing_reaches_the_host_or_is_refused() {
    let device = Fake {
        writable: 0x22,
        ..Fake::new(FILES)
    };
    let items = device.items.clone();
    let mut fw_cfg = FwCfg::open(device).expect("a proper device");
    let open = fw_cfg.find("etc/vmgenid_addr").expect("it is there");
    assert_eq!(fw_cfg.write(open, 4, &[1, 2, 3, 4]), Ok(()));
    let written = items
        .borrow()
        .iter()
        .find(|(key, _)| *key == 0x22)
        .map(|(_, bytes)| bytes.clone());
    assert_eq!(written, Some(vec![0, 0, 0, 0, 1, 2, 3, 4]));
    let closed = fw_cfg.find("etc/acpi/rsdp").expect("it is there");
    let refused = FwCfgError::Transfer {
        key: 0x20,
        offset: 0,
    };
    assert_eq!(fw_cfg.write(closed, 0, &[0]), Err(refused));
}

#[test]
fn what_is_no_fw_cfg_is_refused() {
    let refusal = |device: Fake| FwCfg::open(device).err();
    let other = Fake {
        signature: [0xFF; 4],
        ..Fake::new(FILES)
    };
    assert_eq!(refusal(other), Some(FwCfgError::Signature([0xFF; 4])));
    let old = Fake {
        features: 1,
        ..Fake::new(FILES)
    };
    assert_eq!(refusal(old), Some(FwCfgError::NoDma { features: 1 }));
    let stuck = Fake {
        stuck: true,
        ..Fake::new(FILES)
    };
    assert_eq!(
        refusal(stuck),
        Some(FwCfgError::NoEnd {
            key: 0x19,
            offset: 0
        })
    );
    let none = Fake::new(FILES);
    none.items.borrow_mut().clear();
    assert_eq!(
        refusal(none),
        Some(FwCfgError::Transfer {
            key: 0x19,
            offset: 0
        })
    );
}

#[test]
fn a_directory_that_makes_no_sense_is_refused() {
    let refusal = |directory: &[u8]| FwCfg::open(Fake::new(&[]).with(0x19, directory)).err();
    let many = (MAX_FILES + 1).to_be_bytes();
    assert_eq!(
        refusal(&many),
        Some(FwCfgError::DirectoryTooLong(MAX_FILES + 1))
    );
    // One entry is promised; what is read beyond the item is zeros, and so has no name.
    let missing = 1u32.to_be_bytes();
    assert_eq!(
        refusal(&missing),
        Some(FwCfgError::DirectoryEntry { index: 0 })
    );
    let mut huge = 1u32.to_be_bytes().to_vec();
    huge.extend(u32::MAX.to_be_bytes());
    huge.extend([0, 0x20, 0, 0, b'x']);
    assert!(matches!(refusal(&huge), Some(FwCfgError::TooLong { .. })));
}
