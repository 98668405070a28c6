//! `qmp-proxy`.

use hotvcpu::Error;
use hotvcpu::domain::DomainFolder;
use hotvcpu::guest_log::printable;
use hotvcpu::monitor::{ControlBase, ControlFiles, Model};
use hotvcpu::proxy::{Proxy, ProxyConfig};
use serde_json::json;

use super::arguments::QmpProxy;
use super::output::{Finish, Output};

pub fn run(arguments: &QmpProxy, output: &mut Output) -> Finish {
    let proxy = Proxy::start(&config(arguments)?)?;
    let stopper = proxy.stopper();
    let what = "cannot take notice of Ctrl-C";
    ctrlc::set_handler(move || stopper.stop())
        .map_err(|error| Error::io(what)(std::io::Error::other(error)))?;
    let listen = arguments.listen.display();
    output.object(&json!({"ok": true, "listen": arguments.listen}))?;
    output.line(&format!("QMP with CPU hotplug is offered on {listen}"))?;
    let reason = proxy.run(|problem| eprintln!("warning: {}", printable(problem)));
    output.line(&format!("The proxy has ended: {reason}"))
}

fn config(arguments: &QmpProxy) -> Result<ProxyConfig, Error> {
    let listen = arguments.listen.clone();
    match (&arguments.name, &arguments.qmp, &arguments.control) {
        (Some(name), _, _) => DomainFolder::of(name)?.proxy(listen),
        (None, Some(qmp), Some(control)) => Ok(ProxyConfig {
            qmp: qmp.clone(),
            control: ControlFiles::in_folder(control),
            base: arguments.vcpus.map(|vcpus| {
                let model = Model::at_power_on(arguments.generation, vcpus);
                ControlBase::at_beginning(model)
            }),
            listen,
        }),
        _ => Err(Error::Usage(
            "name a domain, or a QEMU by --qmp and --control".to_owned(),
        )),
    }
}
