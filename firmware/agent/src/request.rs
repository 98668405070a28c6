//! Which command a message is, and its arguments: what qemu-ga checks, with its words.

use alloc::format;
use alloc::string::String;

use crate::Refusal;
use crate::error::repeated;
use crate::json::{self, Value};

/// A message that is a request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The command's name.
    pub command: String,
    /// Its arguments.
    pub arguments: Fields<'a>,
}

/// Reads a message: what it asks for, and by what its reply is to be told, which may be known even where the rest is
/// wrong.
pub fn read(message: &[u8]) -> (Result<Request<'_>, Refusal>, Option<Value<'_>>) {
    match json::parse(message) {
        Ok(value) => {
            let mut id = None;
            (of_object(value, &mut id), id)
        }
        Err(flaw) => (Err(Refusal::not_json(&flaw)), None),
    }
}

fn of_object<'a>(value: Value<'a>, id: &mut Option<Value<'a>>) -> Result<Request<'a>, Refusal> {
    let members = value.members();
    let members = members.ok_or_else(|| Refusal::new("QMP input must be a JSON object"))?;
    let (mut command, mut arguments) = (None, None);
    let mut unexpected = None;
    for (name, value) in members {
        let name = name.string().unwrap_or_default();
        let place = match name.as_str() {
            "execute" => &mut command,
            "arguments" => &mut arguments,
            "id" => &mut *id,
            _ => {
                unexpected.get_or_insert(name);
                continue;
            }
        };
        if place.replace(value).is_some() {
            return Err(Refusal::not_json(&"duplicate key"));
        }
    }
    let must_be = |name, what| Refusal::new(format!("QMP input member '{name}' must be {what}"));
    let command = command.map(|value: Value<'_>| {
        let name = value.string();
        name.ok_or_else(|| must_be("execute", "a string"))
    });
    if arguments.is_some_and(|arguments: Value<'_>| arguments.members().is_none()) {
        return Err(must_be("arguments", "an object"));
    }
    if let Some(name) = unexpected {
        let name = repeated(&name);
        let text = format!("QMP input member '{name}' is unexpected");
        return Err(Refusal::new(text));
    }
    let lacks = || Refusal::new("QMP input lacks member 'execute'");
    Ok(Request {
        command: command.transpose()?.ok_or_else(lacks)?,
        arguments: Fields {
            object: arguments,
            within: String::new(),
        },
    })
}

/// The fields of an object that a command takes.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    object: Option<Value<'a>>,
    /// What the names of its fields begin with in errors.
    within: String,
}

impl<'a> Fields<'a> {
    /// The fields of `object`, which is called `name`.
    pub fn of(object: Value<'a>, name: &str) -> Result<Self, Refusal> {
        if object.members().is_none() {
            return Err(Refusal::wrong_type(&name, "object"));
        }
        Ok(Self {
            object: Some(object),
            within: format!("{name}."),
        })
    }

    fn members(&self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> + use<'a> {
        let members = self.object.and_then(Value::members);
        members.into_iter().flatten()
    }

    /// The field's name in errors.
    fn full(&self, name: &str) -> String {
        format!("{}{name}", self.within)
    }

    fn optional(&self, name: &str) -> Option<Value<'a>> {
        let mut members = self.members();
        members.find_map(|(is, value)| is.is(name).then_some(value))
    }

    fn required(&self, name: &str) -> Result<Value<'a>, Refusal> {
        let value = self.optional(name);
        value.ok_or_else(|| Refusal::missing(&self.full(name)))
    }

    /// An integer that has to be there.
    pub fn integer(&self, name: &str) -> Result<i64, Refusal> {
        let value = self.required(name)?.integer();
        value.ok_or_else(|| Refusal::wrong_type(&self.full(name), "integer"))
    }

    /// A boolean that has to be there.
    pub fn boolean(&self, name: &str) -> Result<bool, Refusal> {
        let value = self.required(name)?.boolean();
        value.ok_or_else(|| Refusal::wrong_type(&self.full(name), "boolean"))
    }

    /// A boolean that may be there.
    pub fn optional_boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.optional(name) {
            Some(_) => self.boolean(name).map(Some),
            None => Ok(None),
        }
    }

    /// A string that may be there.
    pub fn optional_string(&self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(value) = self.optional(name) else {
            return Ok(None);
        };
        let text = value.string();
        let wrong = || Refusal::wrong_type(&self.full(name), "string");
        text.map(Some).ok_or_else(wrong)
    }

    /// A list that has to be there.
    pub fn list(&self, name: &str) -> Result<impl Iterator<Item = Value<'a>> + use<'a>, Refusal> {
        let value = self.required(name)?.elements();
        value.ok_or_else(|| Refusal::wrong_type(&self.full(name), "array"))
    }

    /// Insists that there are no fields but these, and none twice.
    pub fn only(&self, names: &[&str]) -> Result<(), Refusal> {
        let mut seen = 0u32;
        for (name, _) in self.members() {
            let Some(place) = names.iter().position(|expected| name.is(expected)) else {
                let name = name.string().unwrap_or_default();
                return Err(Refusal::unexpected(&self.full(repeated(&name))));
            };
            let bit = 1 << place;
            if seen & bit != 0 {
                return Err(Refusal::not_json(&"duplicate key"));
            }
            seen |= bit;
        }
        Ok(())
    }
}
