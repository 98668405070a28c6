//! The transition function, all of it.

use hotvcpu_cpu_hotplug::{IllegalTransition, Input, State};

const INPUTS: [Input; 11] = [
    Input::SeenAbsent,
    Input::SeenDisabled,
    Input::SeenEnabled,
    Input::Start,
    Input::Hello,
    Input::Drain,
    Input::Resume,
    Input::Off,
    Input::Eject,
    Input::Keep,
    Input::Fail,
];

/// For each state, the state after each input in the order of [`INPUTS`]; `-` where that is illegal.
const TABLE: [(State, &str); 9] = [
    (State::Absent, "absent disabled enabled - - - - - - - -"),
    (State::Disabled, "absent disabled enabled - - - - - - - -"),
    (
        State::Enabled,
        "absent disabled enabled starting - draining - off - - failed",
    ),
    (State::Starting, "- - - - online - - - - - failed"),
    (State::Online, "- - - - - draining - - - - -"),
    (State::Draining, "- - - - - - online off - - failed"),
    (
        State::Off,
        "absent disabled enabled - - - - - ejected enabled failed",
    ),
    (State::Ejected, "absent disabled enabled - - - - - - - -"),
    (
        State::Failed,
        "absent disabled enabled - - draining - off - - -",
    ),
];

#[test]
fn every_pair_of_state_and_input() {
    assert_eq!(TABLE.map(|(state, _)| state), State::ALL);
    for (state, row) in TABLE {
        let expected: Vec<_> = row.split(' ').collect();
        assert_eq!(expected.len(), INPUTS.len());
        for (input, expected) in INPUTS.into_iter().zip(expected) {
            match state.next(input) {
                Ok(next) => assert_eq!(next.to_string(), expected, "{state} + {input:?}"),
                Err(error) => {
                    assert_eq!(expected, "-", "{state} + {input:?}");
                    assert_eq!(error, IllegalTransition { state, input });
                }
            }
        }
    }
}

#[test]
fn every_state_can_be_left_and_reached() {
    for state in State::ALL {
        assert!(
            INPUTS
                .iter()
                .any(|input| state.next(*input).is_ok_and(|next| next != state))
        );
        let reached = |from: &State| INPUTS.iter().any(|i| from.next(*i) == Ok(state));
        assert!(State::ALL.iter().any(reached), "{state}");
    }
}
