//! The command line: which command, for whom, and what becomes of it.

mod arguments;
mod autoscale;
mod definitions;
mod demo;
mod events;
mod guest;
mod list;
mod manual;
mod moving;
mod output;
mod power;
mod progress;
mod proxy;
mod set;
mod start;
mod suggestion;
mod target;
mod top;
mod vcpus;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use hotvcpu::Error;

use arguments::{Attach, Cli, Command, DomainCommand, RunningCommand, Whom};
use output::{Finish, Output};

/// Reads the arguments, runs the command and reports its end.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<_> = arguments.collect();
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => {
            let mut output = Output::new(cli.json);
            let (qmp, agent) = (cli.attach.as_deref(), cli.agent.as_deref());
            let attach = qmp.map(|qmp| Attach { qmp, agent });
            let finish = dispatch(cli.command, attach, &mut output);
            output.finish(finish)
        }
        // Help and version are no errors.
        Err(error) if error.use_stderr() && arguments.iter().any(|word| word == "--json") => {
            let text = error.render().to_string();
            let text = text.trim_start_matches("error: ").trim_end();
            Output::new(true).finish(Err(Error::Usage(text.to_owned()).into()))
        }
        Err(error) => error.exit(),
    }
}

fn dispatch(command: Command, attach: Option<Attach<'_>>, output: &mut Output) -> Finish {
    match command {
        Command::Running(command) => running(command, attach, output),
        Command::Domains(command) if attach.is_none() => domains(command, output),
        Command::Domains(_) => Err(Error::Usage(
            "--attach is for commands on a running QEMU; this one is about domains".to_owned(),
        )
        .into()),
    }
}

fn running(command: RunningCommand, attach: Option<Attach<'_>>, output: &mut Output) -> Finish {
    use RunningCommand as Do;
    let of = |whom: &Whom| whom.target(attach);
    match command {
        Do::Events(what) => events::follow(&of(&what.whom)?, &what, output),
        Do::Vcpucount(what) => vcpus::count(&of(&what.whom)?, &what, output),
        Do::Vcpuinfo(whom) => vcpus::info(&of(&whom)?, output),
        Do::Setvcpus(what) => set::count(&of(&what.whom)?, &what, output),
        Do::Setvcpu(what) => set::list(&of(&what.whom)?, &what, output),
        Do::Guestvcpus(what) => guest::vcpus(&of(&what.whom)?, &what, output),
        Do::Domtime(how) => guest::time(&of(&how.whom)?, &how, output),
        Do::Suspend(whom) => power::suspend(&of(&whom)?, output),
        Do::Resume(whom) => power::resume(&of(&whom)?, output),
        Do::Reset(how) => power::reset(&of(&how.whom)?, &how, output),
        Do::Reboot(how) => power::reboot(&of(&how.whom)?, &how, output),
        Do::Shutdown(how) => power::shutdown(&of(&how.whom)?, &how, output),
        Do::Destroy(whom) => power::destroy(&of(&whom)?, output),
    }
}

fn domains(command: DomainCommand, output: &mut Output) -> Finish {
    use DomainCommand as Do;
    match command {
        Do::Start(what) => start::start(what, output),
        Do::List(what) => list::list(what.all, output),
        Do::Dominfo(what) => list::info(&what.name, output),
        Do::Define(what) => definitions::define(&what.file, output),
        Do::Undefine(what) => definitions::undefine(&what.name, output),
        Do::Dumpconf(what) => definitions::dump(&what.name, output),
        Do::Edit(what) => definitions::edit(&what.name, output),
        Do::QmpProxy(what) => proxy::run(&what, output),
        Do::Autoscale(what) => autoscale::run(&what, output),
        Do::Top(what) => top::run(&what, output),
        Do::Save(what) => moving::save(&what, output),
        Do::Restore(what) => moving::restore(&what, output),
        Do::Migrate(what) => moving::migrate(&what, output),
        Do::Demo(what) => demo::show(&what, output),
        Do::Completions { shell } => manual::completions(shell),
        Do::Man { to } => manual::man(to.as_deref(), output),
        Do::Console(what) => power::console(&what.name, !what.no_follow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_help_with_examples_and_every_argument_says_what_it_is() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            let more = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                more.contains("Example"),
                "{} has no example",
                command.get_name()
            );
            for argument in command.get_arguments() {
                let (name, id) = (command.get_name(), argument.get_id());
                assert!(argument.get_help().is_some(), "{name} {id}");
            }
        }
    }

    #[test]
    fn a_single_word_is_the_count_and_not_the_domain() {
        let parse = |words: &str| Cli::try_parse_from(words.split(' ')).expect("good words");
        let count = |words| match parse(words).command {
            Command::Running(RunningCommand::Setvcpus(what)) => (what.whom.name, what.count),
            other => panic!("{other:?}"),
        };
        assert_eq!(count("hotvcpu --attach s setvcpus 4"), (None, 4));
        assert_eq!(
            count("hotvcpu setvcpus demo 4 --live"),
            (Some("demo".to_owned()), 4)
        );
    }

    #[test]
    fn scopes_exclude_each_other_as_in_virsh() {
        let parse = |words: &str| Cli::try_parse_from(words.split(' '));
        for good in [
            "hotvcpu setvcpus demo 4",
            "hotvcpu setvcpus demo 4 --live --config",
            "hotvcpu setvcpus demo 4 --maximum --config",
            "hotvcpu setvcpus demo 4 --config --hotpluggable",
            "hotvcpu vcpucount demo --active --live",
            "hotvcpu vcpucount demo --guest --live",
            "hotvcpu --attach q events",
            "hotvcpu setvcpus demo 4 --guest --live",
            "hotvcpu guestvcpus demo",
            "hotvcpu guestvcpus demo --cpulist 1-2 --disable",
            "hotvcpu --attach q --agent a guestvcpus",
            "hotvcpu shutdown demo --mode agent",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "hotvcpu setvcpus demo 4 --live --current",
            "hotvcpu setvcpus demo 4 --maximum",
            "hotvcpu setvcpus demo 4 --maximum --config --live",
            "hotvcpu setvcpus demo 4 --async --config",
            "hotvcpu setvcpus demo 4 --async --timeout 3s",
            "hotvcpu setvcpus demo 4 --guest --config",
            "hotvcpu setvcpus demo 4 --guest --maximum",
            "hotvcpu setvcpus demo 4 --guest --async",
            "hotvcpu guestvcpus demo --enable",
            "hotvcpu guestvcpus demo --cpulist 1",
            "hotvcpu guestvcpus demo --cpulist 1 --enable --disable",
            "hotvcpu --agent a guestvcpus demo",
            "hotvcpu vcpucount demo --maximum --active",
            "hotvcpu vcpucount demo --live --config",
            "hotvcpu vcpucount demo --guest --config",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_proxy_is_of_a_domain_or_of_a_socket_with_its_channel() {
        let parse =
            |words: &str| Cli::try_parse_from(format!("hotvcpu qmp-proxy {words}").split(' '));
        assert!(parse("arm --listen s").is_ok());
        assert!(parse("--qmp q --control d --listen s").is_ok());
        assert!(parse("--qmp q --control d --vcpus 2 --generation old --listen s").is_ok());
        for wrong in [
            "--listen s",
            "arm",
            "--qmp q --listen s",
            "arm --vcpus 2 --listen s",
            "arm --qmp q --control d --listen s",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn enable_and_disable_exclude_each_other() {
        let parse = |words: &str| Cli::try_parse_from(words.split(' '));
        assert!(parse("hotvcpu setvcpu demo 1 --enable --live").is_ok());
        assert!(parse("hotvcpu setvcpu demo 1 --live").is_err());
        assert!(parse("hotvcpu setvcpu demo 1 --enable --disable --live").is_err());
    }

    #[test]
    fn only_a_guest_that_can_tell_is_awaited() {
        let parse = |words: &str| {
            Cli::try_parse_from(format!("hotvcpu start demo {words}").split_whitespace())
        };
        let foreign = "--kernel k --foreign-kernel";
        assert!(parse("--foreign-kernel").is_err(), "whose?");
        for words in ["", "--wait 5s", "--no-wait", "--paused", foreign] {
            assert!(parse(words).is_ok(), "{words}");
        }
        for words in ["--no-wait", "--paused", foreign] {
            assert!(parse(&format!("--wait 5s {words}")).is_err(), "{words}");
        }
    }
}
