//! The programs in `tests/asl`: each says in its first line what `\MAIN` gives, in the form that `amlrun` prints, or
//! `Error` and the kind of the error.
//!
//! The same programs run under acpiexec. Where ACPICA gives something else, the second line says why ours is right;
//! such a note that no longer holds is a failure as well.

mod support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hotvcpu_aml::{Interpreter, Limits};
use support::acpica;
use support::machine::Machine;
use support::mutant::{Random, mutate};

struct Program {
    name: String,
    /// What the header expects.
    expected: String,
    /// Why acpiexec gives something else, if it does.
    differs: Option<String>,
    compiled: PathBuf,
    table: Vec<u8>,
}

/// The tables in `tests/asl/tables`, which the firmware lists for the programs that load some, compiled once.
fn listed() -> &'static [(PathBuf, Vec<u8>)] {
    static LISTED: OnceLock<Vec<(PathBuf, Vec<u8>)>> = OnceLock::new();
    LISTED.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("listed");
        std::fs::create_dir_all(&target).expect("a folder for compiled tables");
        acpica::for_each(&sources(&folder().join("tables")), |source| {
            let name = source.file_stem().expect("a file name");
            let compiled = target.join(name).with_extension("aml");
            (compiled, acpica::compile(source, &target))
        })
    })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/asl")
}

/// The ASL files in a folder, in the order of their names.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("tests/asl");
    let mut sources: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "asl"))
        .collect();
    sources.sort();
    sources
}

/// All programs, compiled once.
fn programs() -> &'static [Program] {
    static PROGRAMS: OnceLock<Vec<Program>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let sources = sources(&folder());
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("asl");
        std::fs::create_dir_all(&target).expect("a folder for compiled programs");
        acpica::for_each(&sources, |source| program(source, &target))
    })
}

fn program(source: &Path, target: &Path) -> Program {
    let text = std::fs::read_to_string(source).expect("a readable source");
    let mut lines = text.lines();
    let name = source.file_stem().expect("a file name");
    let expected = lines.next().and_then(|l| l.strip_prefix("// expect: "));
    let differs = lines
        .next()
        .and_then(|l| l.strip_prefix("// acpica differs: "));
    Program {
        name: name.to_string_lossy().into_owned(),
        expected: expected
            .unwrap_or_else(|| panic!("{}: the first line expects nothing", source.display()))
            .into(),
        differs: differs.map(Into::into),
        compiled: target.join(name).with_extension("aml"),
        table: acpica::compile(source, target),
    }
}

/// What `\MAIN` of a table gives here. Endless loops end with the fuel.
fn run(table: &[u8], fuel: u64) -> String {
    let mut host = Machine::default();
    let listed = listed().iter().map(|(_, table)| table.clone());
    host.tables = std::iter::once(table.to_vec()).chain(listed).collect();
    let mut limits = Limits::default();
    limits.fuel = fuel;
    let mut interpreter = Interpreter::new(limits);
    let outcome = interpreter
        .load_table(table, &mut host)
        .and_then(|_| interpreter.evaluate_path("\\MAIN", &[], &mut host));
    match outcome {
        Ok(value) => interpreter.describe(&value),
        Err(error) => format!("Error {:?}", error.kind()),
    }
}

#[test]
fn every_program_gives_what_its_header_says() {
    let failures: Vec<_> = programs()
        .iter()
        .filter_map(|program| {
            let given = run(&program.table, 2_000_000);
            let Program { name, expected, .. } = program;
            (given != *expected).then(|| format!("{name}: {given}, not {expected}"))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn acpiexec_gives_the_same_except_where_a_program_says_why_not() {
    // acpiexec has no limits to compare: these programs would take its memory or its time without end.
    let comparable: Vec<_> = programs()
        .iter()
        .filter(|program| !program.name.starts_with("limit_"))
        .collect();
    let failures: Vec<_> = acpica::for_each(&comparable, |program| {
        // acpiexec needs a moment more for each table, and most programs need none.
        let listed: Vec<&Path> = match program.name.starts_with("load_table_") {
            true => listed().iter().map(|(path, _)| path.as_path()).collect(),
            false => Vec::new(),
        };
        let theirs = acpica::evaluate_main(&program.compiled, &listed);
        let same = same(&program.expected, &theirs);
        (same == program.differs.is_some())
            .then(|| format!("{}: {theirs}, {}", program.name, program.expected))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn no_damaged_program_breaks_the_interpreter() {
    const MUTANTS_OF_EACH: usize = 30;
    let mut random = Random::new();
    let mut values = 0;
    for program in programs() {
        for _ in 0..MUTANTS_OF_EACH {
            let mutant = mutate(&program.table, 1, &mut random);
            values += usize::from(!run(&mutant, 20_000).starts_with("Error"));
        }
    }
    assert!(
        values > programs().len(),
        "many mutants still work: {values}"
    );
}

/// Whether two results are the same: errors are not told apart, references are compared by their last segment.
fn same(ours: &str, theirs: &str) -> bool {
    if ours.starts_with("Error") || theirs.starts_with("Error") {
        return ours.starts_with("Error") && theirs.starts_with("Error");
    }
    let last_segments = |text: &str| {
        text.split(' ')
            .map(|word| match word.strip_prefix('\\') {
                Some(path) => path.rsplit('.').next().unwrap_or(path).into(),
                None => word.replace("_,", ",").replace("_]", "]"),
            })
            .collect::<Vec<String>>()
    };
    last_segments(ours) == last_segments(theirs)
}
