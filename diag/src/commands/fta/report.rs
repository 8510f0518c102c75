//! The readable form of an analysis.

use std::fmt::Write as _;

use super::document::{Document, Ratio};
use crate::term::{Term, pad, printable, widest};

const ROWS_SHOWN: usize = 20;

/// The report as text.
pub(super) fn text(document: &Document, importance: bool, term: &Term) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", term.bold(&printable(&document.top)));
    let _ = write!(
        out,
        "{} gates, {} events",
        document.gates, document.basic_events
    );
    if let Some(modules) = document.modules {
        let _ = write!(out, ", {modules} modules");
    }
    match document.coherent {
        Some(true) => out.push_str(", coherent\n"),
        Some(false) => out.push_str(", not coherent\n"),
        None => out.push('\n'),
    }
    if let Some(note) = &document.note {
        let _ = writeln!(out, "\nnot exact: {}", printable(note));
    }
    if let Some([lower, upper]) = document.probability_bounds {
        let _ = writeln!(
            out,
            "\nprobability          {lower:.6e} to {upper:.6e} (proven)"
        );
    }
    if let Some(p) = document.probability {
        let _ = writeln!(out, "\nprobability          {p:.10e}");
        for (name, value) in [
            ("rare event           ", document.rare_event),
            ("min-cut upper bound  ", document.min_cut_upper_bound),
        ] {
            if let Some(value) = value {
                let _ = writeln!(out, "{name}{value:.10e}");
            }
        }
    }
    let more = match document.mcs_order_max {
        Some(order) => format!(" of at most {order} events"),
        None => String::new(),
    };
    match (&document.mcs_count, &document.mcs_count_at_least) {
        (Some(count), _) => {
            let _ = writeln!(out, "\n{}{more}: {count}", document.cut_set_definition);
        }
        (None, Some(count)) => {
            let _ = writeln!(
                out,
                "\n{}{more}: {count} (those of more events are not known)",
                document.cut_set_definition
            );
        }
        (None, None) => {}
    }
    for (order, count) in &document.mcs_by_order {
        let _ = writeln!(out, "  order {order:>3}  {count}");
    }
    if !document.cut_sets.is_empty() {
        out.push('\n');
    }
    for set in &document.cut_sets {
        let p = set
            .probability
            .map_or(String::new(), |p| format!("{p:.4e}  "));
        let _ = writeln!(out, "  {p}{}", printable(&set.events.join(" ")));
    }
    if importance {
        rows(document, &mut out);
    }
    for point in &document.curve {
        let _ = writeln!(out, "  t = {:<12}  {:.6e}", point.time, point.probability);
    }
    if let Some(spread) = &document.uncertainty {
        let _ = writeln!(
            out,
            "\n{} draws: mean {:.4e} ± {:.1e}, 5 % {:.4e}, median {:.4e}, 95 % {:.4e}",
            spread.samples,
            spread.mean,
            spread.standard_error,
            spread.percentile_5,
            spread.median,
            spread.percentile_95
        );
    }
    let _ = writeln!(out, "\n{:.3} s", document.seconds);
    out
}

fn rows(document: &Document, out: &mut String) {
    let shown = &document.importance[..document.importance.len().min(ROWS_SHOWN)];
    let names: Vec<String> = shown.iter().map(|row| printable(&row.event)).collect();
    let width = widest(names.iter().map(String::as_str)).max(5);
    let _ = writeln!(
        out,
        "\n  {}  probability  Birnbaum    criticality  diagnostic  RAW         RRW         FV",
        pad("event", width)
    );
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.4e}"));
    for (row, name) in shown.iter().zip(&names) {
        let rrw = match &row.rrw {
            Some(Ratio::Finite(value)) => format!("{value:.4e}"),
            Some(Ratio::Infinite(_)) => "infinite".to_owned(),
            None => "-".to_owned(),
        };
        let _ = writeln!(
            out,
            "  {}  {:<11}  {:<10}  {:<11}  {:<10}  {:<10}  {rrw:<10}  {}",
            pad(name, width),
            number(Some(row.probability)),
            number(Some(row.birnbaum)),
            number(row.criticality),
            number(row.diagnostic),
            number(row.raw),
            number(row.fussell_vesely),
        );
    }
    if document.importance.len() > ROWS_SHOWN {
        let _ = writeln!(
            out,
            "  … {} more with --json",
            document.importance.len() - ROWS_SHOWN
        );
    }
}
