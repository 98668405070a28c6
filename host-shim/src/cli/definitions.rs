//! `define`, `undefine`, `dumpconf`, `edit`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use hotvcpu::Error;
use hotvcpu::definition::{Definition, DefinitionError, DefinitionStore};
use hotvcpu::domain::DomainFolder;
use serde_json::json;

use super::output::{Finish, Output};
use super::target::Target;

pub fn define(file: &Path, output: &mut Output) -> Finish {
    let text =
        fs::read_to_string(file).map_err(Error::io(format!("cannot read {}", file.display())))?;
    let definition = read(&text, file)?;
    let store = DefinitionStore::open()?;
    let name = &definition.name;
    Target::of(Some(name), None)?.settle(output)?;
    let lock = store.lock(name, "define")?;
    let known = store.path(name)?.exists();
    store.put(&definition, &lock)?;
    output.object(&json!({"ok": true, "name": name, "replaced": known}))?;
    let done = if known { "redefined" } else { "defined" };
    output.line(&format!("Domain '{name}' {done} from {}", file.display()))?;
    if known && DomainFolder::of(name)?.running().is_ok() {
        let later = "the running domain keeps what it has until it is started again";
        output.line(later)?;
    }
    Ok(())
}

/// Relative paths are meant from the file's folder.
fn read(text: &str, file: &Path) -> Result<Definition, Error> {
    let source = file.display().to_string();
    let absolute = std::path::absolute(file).map_err(Error::io(format!("cannot find {source}")))?;
    let base = absolute.parent().unwrap_or(Path::new("/"));
    Ok(Definition::read(text, base, &source)?)
}

pub fn undefine(name: &str, output: &mut Output) -> Finish {
    Target::of(Some(name), None)?.settle(output)?;
    let store = DefinitionStore::open()?;
    let lock = store.lock(name, "undefine")?;
    if !store.remove(name, &lock)? {
        return Err(Error::from(DefinitionError::Undefined(name.to_owned())).into());
    }
    let runs = DomainFolder::of(name)?.running().is_ok();
    output.object(&json!({"ok": true, "name": name, "running": runs}))?;
    output.line(&format!("Domain '{name}' has been undefined"))?;
    match runs {
        true => output.line("it runs on until it is shut down, and is gone then"),
        false => Ok(()),
    }
}

pub fn dump(name: &str, output: &mut Output) -> Finish {
    Target::of(Some(name), None)?.settle(output)?;
    let definition = DefinitionStore::open()?.require(name)?;
    output.object(&definition)?;
    output.line(definition.to_toml()?.trim_end())
}

pub fn edit(name: &str, output: &mut Output) -> Finish {
    Target::of(Some(name), None)?.settle(output)?;
    let store = DefinitionStore::open()?;
    let lock = store.lock(name, "edit")?;
    let before = store.require(name)?;
    let file = Draft::write(name, &before.to_toml()?)?;
    file.open_editor()?;
    let after = file.read(name)?;
    let changed = after != before;
    if changed {
        store.put(&after, &lock)?;
    }
    file.remove();
    output.object(&json!({"ok": true, "name": name, "changed": changed}))?;
    output.line(&match changed {
        true => format!("Domain '{name}' has been edited"),
        false => format!("Domain '{name}' is as it was"),
    })
}

/// What is being edited. It is removed only when it has become the definition: whatever goes wrong,
/// nobody has to type it again.
struct Draft(PathBuf);

impl Draft {
    fn write(name: &str, text: &str) -> Result<Self, Error> {
        let what = "cannot make a file to edit";
        let prefix = format!("hotvcpu-{name}-");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".toml");
        let mut file = builder.tempfile().map_err(Error::io(what))?;
        file.write_all(text.as_bytes()).map_err(Error::io(what))?;
        let (_, path) = file.keep().map_err(|error| Error::io(what)(error.error))?;
        Ok(Self(path))
    }

    /// The editor of the user, as crontab and others find it; its variable may have arguments.
    fn open_editor(&self) -> Result<(), Error> {
        let chosen = ["VISUAL", "EDITOR"].into_iter().find_map(env::var_os);
        let editor = chosen.unwrap_or_else(|| "vi".into());
        let shown = editor.to_string_lossy().into_owned();
        let what = format!("cannot run the editor `{shown}` (set EDITOR to another one)");
        let mut command = Command::new("sh");
        command.args(["-c", "eval \"$1 \\\"\\$2\\\"\"", "sh"]);
        let status = command.arg(&editor).arg(&self.0).status();
        match status.map_err(Error::io(what.clone()))? {
            status if status.success() => Ok(()),
            status => Err(Error::Usage(format!(
                "{what}: {status}; nothing has changed, your text is in {}",
                self.0.display()
            ))),
        }
    }

    fn read(&self, name: &str) -> Result<Definition, Error> {
        let kept = |error: String| {
            let path = self.0.display();
            Error::Usage(format!(
                "{error}\nNothing has changed. Your text is in {path}: correct it there, then `hotvcpu define {path}`"
            ))
        };
        let text = fs::read_to_string(&self.0).map_err(|error| kept(error.to_string()))?;
        let definition = read(&text, &self.0).map_err(|error| kept(error.to_string()))?;
        if definition.name == name {
            return Ok(definition);
        }
        let (old, new) = (name.to_owned(), definition.name);
        let renamed = DefinitionError::Renamed { old, new };
        Err(kept(renamed.to_string()))
    }

    fn remove(self) {
        // A file too many in a folder for temporary files does no harm.
        let _ = fs::remove_file(self.0);
    }
}
