//! The readers against the files of real hypervisors, whole and damaged.

mod common;
mod device_tree;
mod fw_cfg;
mod handover;
mod hostile;
mod kernel_image;
mod table_loader;
