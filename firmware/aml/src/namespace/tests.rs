use super::*;

fn seg(text: &str) -> NameSeg {
    NameSeg::parse(text).expect("a name")
}

#[test]
fn a_removed_node_never_comes_back_under_its_old_id() {
    let mut ns = Namespace::new(8, 4);
    let old = ns.create(ns.root(), seg("AAA"), NodeData::Device).unwrap();
    let below = ns.create(old, seg("BBB"), NodeData::Device).unwrap();
    ns.remove(old);
    let new = ns.create(ns.root(), seg("AAA"), NodeData::Device).unwrap();
    assert_ne!(old, new);
    assert_eq!(ns.name(old), None);
    assert_eq!(ns.name(below), None);
    assert_eq!(ns.count(), 2);
}

#[test]
fn children_keep_their_order_when_one_in_the_middle_goes() {
    let mut ns = Namespace::new(8, 4);
    let ids = ["A", "B", "C"].map(|n| ns.create(ns.root(), seg(n), NodeData::Device).unwrap());
    ns.remove(ids[1]);
    assert_eq!(ns.children(ns.root()).collect::<Vec<_>>(), [ids[0], ids[2]]);
    let last = ns.create(ns.root(), seg("D"), NodeData::Device).unwrap();
    assert_eq!(
        ns.children(ns.root()).collect::<Vec<_>>(),
        [ids[0], ids[2], last]
    );
}

#[test]
fn a_name_is_taken_once_and_the_limit_holds() {
    let mut ns = Namespace::new(2, 4);
    ns.create(ns.root(), seg("A"), NodeData::Device).unwrap();
    assert_eq!(
        ns.create(ns.root(), seg("A"), NodeData::Device),
        Err(ErrorKind::AlreadyExists(seg("A")))
    );
    assert_eq!(
        ns.create(ns.root(), seg("B"), NodeData::Device),
        Err(ErrorKind::Limit(Limit::Nodes))
    );
}

#[test]
fn a_single_segment_is_searched_upward_and_a_longer_path_is_not() {
    let mut ns = Namespace::new(8, 4);
    let top = ns.create(ns.root(), seg("TOP"), NodeData::Device).unwrap();
    let leaf = ns.create(ns.root(), seg("LEAF"), NodeData::Device).unwrap();
    let resolve = |bytes: &[u8]| ns.resolve(&Path::parse(bytes).unwrap().0, top);
    assert_eq!(resolve(b"LEAF"), Ok(leaf));
    assert_eq!(resolve(b"^LEAF"), Ok(leaf));
    assert_eq!(resolve(b"\\LEAF"), Ok(leaf));
    assert_eq!(
        resolve(b"\x2eTOP_LEAF"),
        Err(ErrorKind::NotFound(seg("TOP")))
    );
    assert_eq!(resolve(b"^^LEAF"), Err(ErrorKind::NotFound(seg("LEAF"))));
}

#[test]
fn malformed_names_are_errors() {
    for bytes in [&b""[..], b"AB", b"\x2eABCD", b"\x2f", b"\\", b"^^"] {
        assert_eq!(Path::parse(bytes).err(), Some(ErrorKind::Truncated));
    }
    assert_eq!(Path::parse(b"1ABC").err(), Some(ErrorKind::Name));
}

#[test]
fn paths_are_written_without_padding() {
    let mut ns = Namespace::new(8, 4);
    let sb = ns.create(ns.root(), seg("_SB"), NodeData::Scope).unwrap();
    let dev = ns.create(sb, seg("C0"), NodeData::Device).unwrap();
    assert_eq!(ns.path(dev), "\\_SB.C0");
    assert_eq!(ns.path(ns.root()), "\\");
    assert_eq!(ns.find("\\_SB.C0", ns.root()), Some(dev));
    assert_eq!(ns.find("C0", sb), Some(dev));
    assert_eq!(ns.find("", sb), None);
}

#[test]
fn names_nest_only_so_deep() {
    let mut ns = Namespace::new(8, 2);
    let first = ns.create(ns.root(), seg("A"), NodeData::Device).unwrap();
    let second = ns.create(first, seg("B"), NodeData::Device).unwrap();
    let limit = ErrorKind::Limit(Limit::NamespaceDepth);
    assert_eq!(ns.create(second, seg("C"), NodeData::Device), Err(limit));
}

#[test]
fn a_name_that_would_leave_any_namespace_is_no_name() {
    let mut bytes = alloc::vec![b'^'; 5000];
    bytes.extend(b"FOO_");
    assert_eq!(Path::parse(&bytes).err(), Some(ErrorKind::Name));
    let (_, length) = Path::parse(&bytes[4990..]).unwrap();
    assert_eq!(length, 14);
}
