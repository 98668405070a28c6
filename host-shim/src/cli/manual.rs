//! `completions` and `man`, both made from the definition of the arguments.

use std::path::Path;
use std::{fs, io};

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use hotvcpu::Error;
use serde_json::json;

use super::arguments::Cli;
use super::output::{Finish, Output, Stop};

const NAME: &str = "hotvcpu";

pub fn completions(shell: Shell) -> Finish {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut text);
    print(&text)
}

/// One page for all, or one for each command in `folder`, as `git` has them.
pub fn man(folder: Option<&Path>, output: &mut Output) -> Finish {
    let Some(folder) = folder else {
        let mut text = Vec::new();
        let page = Man::new(Cli::command());
        page.render(&mut text)
            .map_err(Error::io("cannot make the manual page"))?;
        return print(&text);
    };
    let what = format!("cannot write the manual pages to {}", folder.display());
    fs::create_dir_all(folder).map_err(Error::io(what.clone()))?;
    // `help` would have pages of its own for every command once more.
    let command = Cli::command().disable_help_subcommand(true);
    clap_mangen::generate_to(command, folder).map_err(Error::io(what))?;
    output.object(&json!({"ok": true, "folder": folder}))?;
    output.line(&format!(
        "The manual pages are in {0}; read them with `man {0}/{NAME}.1`",
        folder.display()
    ))
}

fn print(text: &[u8]) -> Finish {
    use io::Write;
    match io::stdout().lock().write_all(text) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Stop::ReaderGone),
        Err(error) => Err(Error::io("cannot write to standard output")(error).into()),
    }
}
