//! CPUs that are in the machine and not in use: by the guest's policy, or because its user took them offline.
//!
//! The host has no part in it: it gave the CPU, and what the guest does with it is the guest's business. So nothing here
//! evaluates `_EJ0` or `_OST`, but for a device check, whose answer is that the CPU is known.

use alloc::string::String;

use hotvcpu_aml::Host;
use hotvcpu_wire::Phase;
use thiserror::Error;

use crate::engine::{Env, Hotplug};
use crate::guest::{Event, Guest};
use crate::insertion::Asker;
use crate::ost::{DEVICE_CHECK, SUCCESS};
use crate::policy::OnlinePolicy;
use crate::slots::{Goal, Index};
use crate::state::{Input, State};

/// Why a CPU is neither brought online nor taken offline. Nothing has changed then, but for [`Refused::Failed`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// No CPU has this UID.
    #[error("there is no CPU {0}")]
    NoSuchCpu(u32),
    /// The boot CPU runs all this.
    #[error("CPU {0} is the boot CPU, which cannot be taken offline")]
    BootCpu(u32),
    /// The machine has a place for it, and no CPU in it.
    #[error("CPU {0} is not in the machine")]
    NotThere(u32),
    /// The opposite is under way. It has a deadline.
    #[error("CPU {0} is {1}; ask again when that has ended")]
    UnderWay(u32, State),
    /// The host has asked for it.
    #[error("CPU {0} is being removed")]
    BeingRemoved(u32),
    /// It was tried, and failed at once; this has been reported, too.
    #[error("{0}")]
    Failed(String),
}

impl Hotplug {
    /// Takes a CPU offline: drains it, stops it, and leaves it in the machine, [`State::Enabled`].
    ///
    /// What comes of it is seen by [`Hotplug::state`]: [`State::Draining`] until its end, which has a deadline; then
    /// `Enabled`, or [`State::Online`] again if its work could not be drained, or [`State::Failed`] if it did not stop.
    /// An eject request that comes meanwhile goes on from there. Nothing is to be done for a CPU that is offline.
    ///
    /// # Errors
    /// The CPU cannot be taken offline now.
    pub fn take_offline<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        uid: u32,
    ) -> Result<(), Refused> {
        let index = self.slots.of_uid(uid).ok_or(Refused::NoSuchCpu(uid))?;
        if self.boot == Some(index) {
            return Err(Refused::BootCpu(uid));
        }
        match self.slots.get(index).state {
            State::Online => self.drain(env, index, Goal::Offline),
            State::Draining if self.goal(index) == Some(Goal::Offline) => {}
            State::Draining | State::Off => return Err(Refused::BeingRemoved(uid)),
            State::Starting => return Err(Refused::UnderWay(uid, State::Starting)),
            State::Failed | State::Enabled if self.slots.may_run(index) => {
                self.advance(env, index, Input::Drain);
                self.stop(env, index, Goal::Offline);
            }
            State::Failed | State::Enabled => self.slots.get_mut(index).offline = true,
            State::Absent | State::Disabled | State::Ejected => {
                return Err(Refused::NotThere(uid));
            }
        }
        Ok(())
    }

    /// Brings a CPU online that is there and offline, or that failed.
    ///
    /// What comes of it is seen by [`Hotplug::state`]: [`State::Starting`] until its end, which has a deadline; then
    /// [`State::Online`] or [`State::Failed`]. Nothing is to be done for a CPU that is online or on its way.
    ///
    /// # Errors
    /// The CPU cannot be brought online now.
    pub fn bring_online<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        uid: u32,
    ) -> Result<(), Refused> {
        let index = self.slots.of_uid(uid).ok_or(Refused::NoSuchCpu(uid))?;
        match self.slots.get(index).state {
            State::Online | State::Starting => Ok(()),
            State::Draining if self.goal(index) == Some(Goal::Offline) => {
                Err(Refused::UnderWay(uid, State::Draining))
            }
            State::Draining | State::Off => Err(Refused::BeingRemoved(uid)),
            State::Absent | State::Disabled | State::Ejected => Err(Refused::NotThere(uid)),
            State::Failed | State::Enabled => {
                // Who it is and whether it is there is looked up anew, as for one that was just added.
                let started = self.insert(env, index, Asker::User);
                started.map_err(|setback| Refused::Failed(setback.text))?;
                self.slots.get_mut(index).offline = false;
                Ok(())
            }
        }
    }

    /// Why a CPU that is there is not started now, if so.
    pub(crate) fn wish_to_wait(&self, index: Index, asker: Asker) -> Option<&'static str> {
        let added = matches!(asker, Asker::Host | Asker::Scan);
        let manual = self.policy.online == OnlinePolicy::Manual;
        match (added, self.slots.get(index).offline) {
            (false, _) => None,
            (true, _) if manual => Some("waits to be brought online (online=manual)"),
            (true, true) => Some("taken offline by the guest"),
            (true, false) => None,
        }
    }

    /// Registers a CPU that waits for somebody to bring it online.
    pub(crate) fn leave_offline<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        asker: Asker,
        wish: &'static str,
    ) {
        self.slots.get_mut(index).offline = true;
        env.guest.report(&Event {
            text: Some(wish),
            ..self.event(index, Phase::Present)
        });
        if asker == Asker::Host {
            self.answer(env, index, DEVICE_CHECK, SUCCESS);
        }
    }

    /// The end of [`Hotplug::take_offline`]: the CPU is off, and stays in the machine.
    pub(crate) fn keep<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, index: Index) {
        self.advance(env, index, Input::Keep);
        self.slots.get_mut(index).offline = true;
        env.guest.report(&self.event(index, Phase::Offline));
    }
}
