//! How likely a piece of evidence is if a code applies, and if it does not.

use faultscan_knowledge::Signature;

/// Share of a code's occurrences whose cause the catalogue does not list. It keeps the known causes
/// from claiming everything: once they are ruled out, the diagnosis says that nothing fits.
pub(crate) const UNLISTED_SHARE: f64 = 0.05;
/// P(the ticket names the code | it applies) and P(… | it does not).
const TICKET: (f64, f64) = (0.9, 0.01);
/// Chance that a program which would have printed a message got as far as printing it: the first
/// failure often ends it.
pub(crate) const OPPORTUNITY: f64 = 0.5;
/// How much more likely an undeveloped event is once the code that develops it was found.
pub(crate) const DEVELOPS_RATIO: f64 = 20.0;

/// Likelihoods of a found message, given the code's probability before evidence.
///
/// `if_true` is the signature's hit rate h. `if_false` covers both ways in which the message can
/// stand there without any listed cause: an unlisted cause, u/(1−u) · h · odds(prior), and a false
/// alarm f, which is held to the same size: a whole sentence of a program is a better witness than
/// any single rate says of a code that is rare.
pub(crate) fn of_message(prior: f64, hit: f64, false_alarm: f64) -> (f64, f64) {
    if !(0.0..1.0).contains(&prior) || prior == 0.0 {
        return (1.0, 1.0);
    }
    let unlisted = UNLISTED_SHARE / (1.0 - UNLISTED_SHARE) * hit * prior / (1.0 - prior);
    (hit, (unlisted + false_alarm.min(unlisted)).min(hit))
}

/// Likelihoods of a ticket that names a code.
pub(crate) fn of_ticket(prior: f64) -> (f64, f64) {
    of_message(prior, TICKET.0, TICKET.1)
}

/// Likelihoods of a message that is missing although its program writes to this log.
pub(crate) fn of_absence(signature: &Signature) -> (f64, f64) {
    (
        1.0 - signature.sensitivity * OPPORTUNITY,
        1.0 - signature.false_alarm,
    )
}

/// Likelihoods of an answer to a test.
pub(crate) fn of_answer(yes: bool, hit: f64, false_alarm: f64) -> (f64, f64) {
    if yes {
        (hit, false_alarm)
    } else {
        (1.0 - hit, 1.0 - false_alarm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(prior: f64, (if_true, if_false): (f64, f64)) -> f64 {
        prior * if_true / (prior * if_true + (1.0 - prior) * if_false)
    }

    #[test]
    fn a_message_makes_its_code_about_as_sure_as_the_unlisted_share_allows() {
        for prior in [1e-6, 1e-4, 0.01, 0.14, 0.5] {
            let p = after(prior, of_message(prior, 0.9, 0.001));
            assert!((0.9..=0.95).contains(&p), "{prior}: {p}");
        }
    }

    #[test]
    fn impossible_and_certain_codes_take_no_evidence() {
        assert_eq!(of_message(0.0, 0.9, 0.001), (1.0, 1.0));
        assert_eq!(of_message(1.0, 0.9, 0.001), (1.0, 1.0));
    }

    #[test]
    fn a_no_is_the_mirror_of_a_yes() {
        assert_eq!(of_answer(true, 0.95, 0.05), (0.95, 0.05));
        let (if_true, if_false) = of_answer(false, 0.9, 0.2);
        assert!((if_true - 0.1).abs() < 1e-12 && (if_false - 0.8).abs() < 1e-12);
    }
}
