//! The tools of the ACPI Component Architecture: the compiler, and the reference interpreter to compare with.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many programs are compiled or run at once. acpiexec mostly sleeps: it takes a second to end.
const AT_ONCE: usize = 24;

/// One of the tools: from the environment variable `variable`, or from PATH.
fn tool(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| name.into(), Into::into)
}

fn run(program: &Path, arguments: &[&std::ffi::OsStr]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| {
            panic!(
                "{}: {error}: install acpica-tools or run cargo xtask setup",
                program.display()
            )
        });
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

/// Compiles an ASL source into `folder`; constants are not folded, so that the interpreter computes them.
pub fn compile(source: &Path, folder: &Path) -> Vec<u8> {
    let stem = source.file_stem().expect("a file name");
    let prefix = folder.join(stem);
    let target = prefix.with_extension("aml");
    // What a former run left must not stand in for a failed compilation.
    let _ = std::fs::remove_file(&target);
    let arguments = [
        "-f".as_ref(),
        "-of".as_ref(),
        "-p".as_ref(),
        prefix.as_os_str(),
        source.as_os_str(),
    ];
    let text = run(&tool("IASL", "iasl"), &arguments);
    std::fs::read(&target).unwrap_or_else(|error| panic!("{}: {error}\n{text}", source.display()))
}

/// Compiles the body of a definition block with this signature; `name` tells it from other tests' programs.
pub fn compile_body(name: &str, signature: &str, body: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bodies");
    std::fs::create_dir_all(&folder).expect("a folder for programs");
    let source = folder.join(name).with_extension("asl");
    let head = format!("DefinitionBlock (\"\", \"{signature}\", 2, \"HOTVCP\", \"BODY\", 1)");
    std::fs::write(&source, format!("{head} {{ {body} }}")).expect("a writable folder");
    compile(&source, &folder)
}

/// What acpiexec makes of `\MAIN` of a compiled program, beside which the firmware lists other tables, in the form of `Interpreter::describe`; `Error ...` for a
/// failure.
pub fn evaluate_main(table: &Path, listed: &[&Path]) -> String {
    let mut arguments = vec!["-b".as_ref(), "evaluate \\MAIN".as_ref(), table.as_os_str()];
    arguments.extend(listed.iter().map(|path| path.as_os_str()));
    let text = run(&tool("ACPIEXEC", "acpiexec"), &arguments);
    if let Some((_, status)) = text.split_once("Evaluation of \\MAIN failed with status ") {
        return format!("Error {}", status.lines().next().unwrap_or_default());
    }
    match text.split_once("returned object") {
        Some((_, result)) => {
            let mut lines = result.lines().skip(1);
            object(&mut lines).unwrap_or_else(|| format!("not understood: {result}"))
        }
        None => "nothing".into(),
    }
}

/// One object of acpiexec's listing.
fn object<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Option<String> {
    let line = lines.map(str::trim).find(|line| line.starts_with('['))?;
    let (kind, rest) = line.split_once(']')?;
    Some(match kind {
        "[Integer" => {
            let digits = rest.split_once("= ")?.1;
            format!("Integer {:#X}", u64::from_str_radix(digits, 16).ok()?)
        }
        "[String" => format!("String {}", rest.split_once("= ")?.1),
        "[Buffer" => format!("Buffer [{}]", buffer(rest, lines)?),
        "[Package" => {
            let count = rest.trim().strip_prefix("Contains ")?;
            let count = count.split(' ').next()?.parse().ok()?;
            let elements: Option<Vec<_>> = (0..count).map(|_| object(lines)).collect();
            format!("Package [{}]", elements?.join(", "))
        }
        // The listing has the last segment of the name only.
        "[Object Reference" => {
            let name = rest.split_once("Name ")?.1.split(' ').next()?;
            format!("Reference {name}")
        }
        other => other.trim_start_matches('[').into(),
    })
}

/// The bytes of a buffer, sixteen a line.
fn buffer<'a>(first: &'a str, lines: &mut impl Iterator<Item = &'a str>) -> Option<String> {
    let (length, mut line) = first.trim().strip_prefix("Length ")?.split_once(" =")?;
    let length = usize::from_str_radix(length, 16).ok()?;
    let mut bytes: Vec<&str> = Vec::new();
    while bytes.len() < length {
        if let Some((_, dump)) = line.split_once(": ") {
            let left = length - bytes.len();
            bytes.extend(dump.split_whitespace().take(left.min(16)));
        }
        if bytes.len() < length {
            line = lines.next()?;
        }
    }
    Some(bytes.join(" "))
}

/// Does `work` for every item, several at once; the results are in the order of the items.
pub fn for_each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let results = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = work(item);
                    results
                        .lock()
                        .expect("no worker failed")
                        .push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no worker failed");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
