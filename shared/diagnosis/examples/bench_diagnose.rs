//! Measures a diagnosis by the catalogue in the binary: all posteriors at once, a whole diagnosis of
//! a few lines, one answer more, and a log of a snapshot's size. Prints
//! `{"name":"diagnose","figures":{…}}`; figures are the median and the best of many runs, in
//! microseconds.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use faultscan_diagnosis::{Answer, Diagnoser, GivenAnswer, Input};
use faultscan_knowledge::Catalogue;

const ROUNDS: usize = 300;
const SNAPSHOT_BYTES: usize = 60 * 1024;
const SEEN: &str = "org.postgresql.util.PSQLException: Connection to 10.0.3.21:5432 refused. Check \
     that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.";

fn main() -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let catalogue = Catalogue::builtin()?;
    let load_ms = started.elapsed().as_secs_f64() * 1e3;
    let started = Instant::now();
    let diagnoser = Diagnoser::new(&catalogue)?;
    let compile_ms = started.elapsed().as_secs_f64() * 1e3;

    let few = Input::from_lines(["starting", SEEN]);
    let first = diagnoser.diagnose(&few)?;
    let check = first.next_checks.first().ok_or("nothing to check")?;
    let answered = few.clone().with_answer(GivenAnswer {
        check: check.id.clone(),
        answer: Answer::No,
    });
    let mut lines = Vec::new();
    let mut bytes = 0;
    while bytes < SNAPSHOT_BYTES {
        let line = format!(
            "2026-03-04T05:06:07.{:03}Z INFO  http request id={} path=/v1/orders/{} status=200 took=12ms",
            lines.len() % 1000,
            lines.len(),
            lines.len() * 7
        );
        bytes += line.len();
        lines.push(line);
    }
    let middle = lines.len() / 2;
    lines.insert(middle, SEEN.to_owned());
    let snapshot = Input::from_lines(lines.clone());

    let mut figures = vec![
        ("load_catalogue_ms".to_owned(), load_ms),
        ("compile_ms".to_owned(), compile_ms),
        ("diagram_nodes".to_owned(), diagnoser.diagram_nodes() as f64),
    ];
    let mut add = |name: &str, run: &mut dyn FnMut() -> Result<(), Box<dyn Error>>| {
        let (median, best) = measure(run)?;
        figures.push((format!("{name}_us"), median));
        figures.push((format!("{name}_best_us"), best));
        Ok::<(), Box<dyn Error>>(())
    };
    add("posteriors", &mut || {
        black_box(diagnoser.posteriors(&few)?);
        Ok(())
    })?;
    add("diagnose_two_lines", &mut || {
        black_box(diagnoser.diagnose(&few)?);
        Ok(())
    })?;
    add("diagnose_answered", &mut || {
        black_box(diagnoser.diagnose(&answered)?);
        Ok(())
    })?;
    add("match_60_kb", &mut || {
        black_box(diagnoser.matcher().match_lines(&lines));
        Ok(())
    })?;
    add("diagnose_60_kb", &mut || {
        black_box(diagnoser.diagnose(&snapshot)?);
        Ok(())
    })?;
    let figures: Vec<String> = figures
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value:.1}"))
        .collect();
    println!(
        "{{\"name\":\"diagnose\",\"figures\":{{{}}}}}",
        figures.join(",")
    );
    Ok(())
}

/// Median and best of many runs, in microseconds.
fn measure(
    run: &mut dyn FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<(f64, f64), Box<dyn Error>> {
    let mut taken = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        run()?;
        taken.push(started.elapsed().as_secs_f64() * 1e6);
    }
    taken.sort_by(f64::total_cmp);
    let best = taken.first().copied().unwrap_or_default();
    Ok((taken.get(ROUNDS / 2).copied().unwrap_or_default(), best))
}
