//! What keys do to the view, and what they ask for.

use hotvcpu::Direction;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::view::View;

/// What the view cannot do by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// End.
    Quit,
    /// Add or remove one core of the domain of this name.
    Change(String, Direction),
}

/// A key was pressed.
pub fn press(view: &mut View, key: KeyEvent) -> Option<Wish> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    view.message = None;
    let interrupt = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
    match key.code {
        _ if interrupt => return Some(Wish::Quit),
        KeyCode::Char('q') => return Some(Wish::Quit),
        KeyCode::Char('p') => view.held = !view.held,
        KeyCode::Char('+' | '=') => return change(view, Direction::Add),
        KeyCode::Char('-' | '_') => return change(view, Direction::Remove),
        KeyCode::Up | KeyCode::Char('k') => step(view, -1),
        KeyCode::Down | KeyCode::Char('j') => step(view, 1),
        KeyCode::Enter if view.open.is_none() && view.chosen < view.domains.len() => {
            (view.open, view.scrolled) = (Some(view.chosen), 0);
        }
        KeyCode::Esc if view.domains.len() > 1 => view.open = None,
        _ => {}
    }
    None
}

fn change(view: &mut View, direction: Direction) -> Option<Wish> {
    let name = view.domains.get(view.open?)?.name.clone();
    view.message = Some(match direction {
        Direction::Add => "adding one core...".to_owned(),
        Direction::Remove => "removing one core...".to_owned(),
    });
    Some(Wish::Change(name, direction))
}

fn step(view: &mut View, by: isize) {
    let (place, count) = match view.open.and_then(|open| view.domains.get(open)) {
        Some(domain) => (&mut view.scrolled, domain.vcpus.len()),
        None => (&mut view.chosen, view.domains.len()),
    };
    *place = place.saturating_add_signed(by).min(count.saturating_sub(1));
}

#[cfg(test)]
mod tests {
    use super::super::view::DomainView;
    use super::*;

    fn of(names: &[&str]) -> View {
        let named = |name: &&str| DomainView {
            name: (*name).to_owned(),
            ..DomainView::default()
        };
        View {
            domains: names.iter().map(named).collect(),
            open: (names.len() == 1).then_some(0),
            ..View::default()
        }
    }

    fn press(view: &mut View, code: KeyCode) -> Option<Wish> {
        super::press(view, KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn plus_and_minus_are_for_the_domain_that_is_open() {
        let mut view = of(&["one", "two"]);
        assert_eq!(press(&mut view, KeyCode::Char('+')), None, "which one?");
        press(&mut view, KeyCode::Down);
        press(&mut view, KeyCode::Enter);
        let wish = Wish::Change("two".to_owned(), Direction::Remove);
        assert_eq!(press(&mut view, KeyCode::Char('-')), Some(wish));
        assert!(view.message.is_some(), "it is told at once");
        press(&mut view, KeyCode::Esc);
        assert_eq!(view.open, None);
    }

    #[test]
    fn ends_are_ends() {
        let mut view = of(&["one"]);
        press(&mut view, KeyCode::Esc);
        assert_eq!(view.open, Some(0), "there is no list to go back to");
        let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(super::press(&mut view, control_c), Some(Wish::Quit));
        assert_eq!(press(&mut view, KeyCode::Char('q')), Some(Wish::Quit));
        let mut none = of(&[]);
        for code in [
            KeyCode::Down,
            KeyCode::Up,
            KeyCode::Enter,
            KeyCode::Char('+'),
        ] {
            assert_eq!(press(&mut none, code), None);
        }
        assert_eq!((none.chosen, none.open), (0, None));
    }
}
