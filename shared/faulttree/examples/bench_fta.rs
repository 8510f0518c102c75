//! Figures of the engine: generated trees of several shapes and sizes, beside oxidd, and beside
//! SCRAM where `FAULTSCAN_SCRAM` names its program; the Aralia suite where `FAULTSCAN_ARALIA`
//! names its folder. Prints one JSON document. Every ratio is measured side by side in this run.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod shapes;

use faultscan_faulttree::formats::{TextLimits, read_open_psa, write_open_psa};
use faultscan_faulttree::{Analysis, Budget, FaultTree, Formula, Inference, NodeId, Observation};
use oxidd::bcdd::BCDDFunction;
use oxidd::{BooleanFunction, Manager, ManagerRef};
use serde_json::{Map, Value, json};
use shapes::{SHAPES, Shape, generate};
use std::time::{Duration, Instant};

const RUNS_MAX: usize = 25;
const RUNS_TIME: Duration = Duration::from_secs(1);

/// Time on the processor where the system tells it, so that other programs do not count; wall
/// time elsewhere.
struct Clock {
    wall: Instant,
    on_cpu: Option<f64>,
}

impl Clock {
    fn start() -> Self {
        Clock {
            wall: Instant::now(),
            on_cpu: on_cpu(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.on_cpu, on_cpu()) {
            (Some(start), Some(end)) => end - start,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

fn on_cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace()
        .next()?
        .parse::<f64>()
        .ok()
        .map(|nanoseconds| nanoseconds / 1e9)
}

/// Least seconds of several runs, and the last answer. Short runs are seldom interrupted, so the
/// least of many is what the work takes.
fn time<T>(mut run: impl FnMut() -> T) -> (f64, T) {
    let begin = Instant::now();
    let mut best = f64::INFINITY;
    for _ in 1..RUNS_MAX {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_secs_f64());
        if begin.elapsed() > RUNS_TIME {
            break;
        }
    }
    let start = Instant::now();
    let answer = run();
    (best.min(start.elapsed().as_secs_f64()), answer)
}

fn probabilities(tree: &FaultTree) -> Vec<f64> {
    tree.probabilities()
        .unwrap()
        .into_iter()
        .map(|p| p.unwrap())
        .collect()
}

fn shape(name: Shape, events: usize) -> Value {
    let tree = generate(name, events).unwrap();
    let p = probabilities(&tree);
    let top = tree.tops()[0];
    let (build_s, analysis) = time(|| Analysis::new(&tree, top, &Budget::default()).unwrap());
    let (probability_s, probability) = time(|| analysis.probability(&p).unwrap());
    let (importance_s, _) = time(|| analysis.importance(&p).unwrap());
    let (cut_sets_s, sets) = time(|| analysis.cut_sets().unwrap());
    let (best_s, _) = time(|| sets.most_probable(10, &p).unwrap());
    let mut figures = json!({
        "events": tree.events().len(), "gates": tree.gates().len(), "build_s": build_s,
        "probability_s": probability_s, "importance_s": importance_s, "cut_sets_s": cut_sets_s,
        "ten_best_s": best_s, "probability": probability, "cut_sets": sets.count().to_f64(),
        "bdd_nodes": analysis.nodes(), "zbdd_nodes": sets.nodes(), "modules": analysis.modules(),
    });
    let whole = Inference::new(&tree, &Budget::nodes(4_000_000));
    if let Ok(engine) = whole {
        let seen = [Observation::Is(NodeId::Gate(top), true)];
        let (condition_s, _) = time(|| engine.condition(&seen).unwrap());
        figures["condition_s"] = json!(condition_s);
    }
    figures
}

/// Seconds that oxidd takes for every gate's diagram, variables in the order of a depth-first
/// walk as ours are. Making its manager is not counted.
fn oxidd(tree: &FaultTree, order: &[u32]) -> Option<f64> {
    let manager = oxidd::bcdd::new_manager(1 << 22, 1 << 20, 1);
    let start = Instant::now();
    let count = u32::try_from(order.len()).unwrap();
    let (vars, zero) = manager.with_manager_exclusive(|manager| {
        manager.add_vars(count);
        let vars: Vec<BCDDFunction> = (0..count)
            .map(|v| BCDDFunction::var(manager, v).unwrap())
            .collect();
        (vars, BCDDFunction::f(manager))
    });
    let one = zero.not().unwrap();
    let events: Vec<BCDDFunction> = order
        .iter()
        .map(|level| vars[*level as usize].clone())
        .collect();
    let mut gates = vec![zero.clone(); tree.gates().len()];
    for id in tree.gates_bottom_up() {
        let made = function(
            tree.gates()[id.index()].formula(),
            &events,
            &gates,
            (&zero, &one),
        );
        gates[id.index()] = made?;
    }
    Some(start.elapsed().as_secs_f64())
}

fn function(
    of: &Formula<NodeId>,
    events: &[BCDDFunction],
    gates: &[BCDDFunction],
    (zero, one): (&BCDDFunction, &BCDDFunction),
) -> Option<BCDDFunction> {
    let all = |of: &[Formula<NodeId>]| -> Option<Vec<BCDDFunction>> {
        of.iter()
            .map(|f| function(f, events, gates, (zero, one)))
            .collect()
    };
    match of {
        Formula::Ref(NodeId::Event(id)) => Some(events[id.index()].clone()),
        Formula::Ref(NodeId::Gate(id)) => Some(gates[id.index()].clone()),
        Formula::Not(of) => function(of, events, gates, (zero, one))?.not().ok(),
        Formula::And(of) => all(of)?
            .iter()
            .rev()
            .try_fold(one.clone(), |a, b| a.and(b).ok()),
        Formula::Or(of) => all(of)?
            .iter()
            .rev()
            .try_fold(zero.clone(), |a, b| a.or(b).ok()),
        Formula::AtLeast { k, of } => {
            let mut row = vec![zero.clone(); *k as usize + 1];
            row[0] = one.clone();
            for operand in all(of)?.iter().rev() {
                for j in (1..row.len()).rev() {
                    row[j] = operand.ite(&row[j - 1], &row[j]).ok()?;
                }
            }
            row.pop()
        }
        _ => None,
    }
}

/// Each event's place in a depth-first walk from the top.
fn depth_first(tree: &FaultTree) -> Vec<u32> {
    let mut order = vec![u32::MAX; tree.events().len()];
    let mut next = 0;
    let mut seen = vec![false; tree.gates().len()];
    // Events that no top reaches come last, so they go in first.
    let mut open: Vec<NodeId> = tree.event_ids().map(NodeId::Event).collect();
    open.reverse();
    open.extend(tree.tops().iter().map(|id| NodeId::Gate(*id)));
    while let Some(node) = open.pop() {
        match node {
            NodeId::Event(id) if order[id.index()] == u32::MAX => {
                order[id.index()] = next;
                next += 1;
            }
            NodeId::Gate(id) if !std::mem::replace(&mut seen[id.index()], true) => {
                let of = tree.gates()[id.index()].formula().references();
                open.extend(of.into_iter().rev().copied());
            }
            _ => {}
        }
    }
    order
}

fn scram(program: &str, tree: &FaultTree) -> Option<f64> {
    let path = std::env::temp_dir().join(format!("faultscan-bench-{}.xml", std::process::id()));
    std::fs::write(&path, write_open_psa(tree)).ok()?;
    let start = Instant::now();
    let output = std::process::Command::new(program)
        .args(["--bdd", "--probability", "--limit-order", "100"])
        .arg(&path)
        .output();
    let seconds = start.elapsed().as_secs_f64();
    std::fs::remove_file(&path).ok()?;
    output
        .ok()
        .filter(|output| output.status.success())
        .map(|_| seconds)
}

fn aralia(folder: &str) -> Value {
    let mut models = Map::new();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    let mut total = 0.0;
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "xml"))
    {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "nus9601" {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let tree = read_open_psa(&text, &TextLimits::default()).unwrap();
        let clock = Clock::start();
        let analysis = Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap();
        let probability = analysis.probability(&probabilities(&tree)).unwrap();
        let build_s = clock.seconds();
        let sets = analysis.cut_sets().unwrap();
        let count = sets.count();
        let seconds = clock.seconds();
        if name != "das9701" {
            total += seconds;
        }
        let figures = json!({
            "build_s": build_s, "seconds": seconds, "probability": probability,
            "mcs_count": count.to_string(), "bdd_nodes": analysis.nodes(), "zbdd_nodes": sets.nodes(),
        });
        models.insert(name, figures);
    }
    models.insert("total_s_without_das9701_and_nus9601".into(), json!(total));
    Value::Object(models)
}

fn main() {
    let mut figures = Map::new();
    let mut ratios = Map::new();
    for name in SHAPES {
        for events in [60, 240, 960] {
            figures.insert(
                format!("{name:?}_{events}").to_lowercase(),
                shape(name, events),
            );
        }
    }
    let program = std::env::var("FAULTSCAN_SCRAM").ok();
    for (name, events) in [
        (Shape::Redundant, 960),
        (Shape::Tangled, 240),
        (Shape::Voting, 960),
        (Shape::Sequences, 240),
    ] {
        let tree = generate(name, events).unwrap();
        let order = depth_first(&tree);
        let (ours, _) = time(|| Inference::new(&tree, &Budget::default()).unwrap().nodes());
        let theirs = (0..RUNS_MAX)
            .filter_map(|_| oxidd(&tree, &order))
            .reduce(f64::min);
        let (whole, _) = time(|| {
            let analysis = Analysis::new(&tree, tree.tops()[0], &Budget::default()).unwrap();
            (
                analysis.probability(&probabilities(&tree)).unwrap(),
                analysis.cut_sets().unwrap().count(),
            )
        });
        let key = format!("{name:?}_{events}").to_lowercase();
        if let Some(theirs) = theirs {
            // One order, no modules, on both sides: kernel against kernel.
            ratios.insert(
                format!("oxidd_over_ours_kernel_{key}"),
                json!(theirs / ours),
            );
        }
        if let Some(seconds) = program.as_deref().and_then(|program| scram(program, &tree)) {
            ratios.insert(format!("scram_over_ours_{key}"), json!(seconds / whole));
        }
    }
    if let Ok(folder) = std::env::var("FAULTSCAN_ARALIA") {
        figures.insert("aralia".into(), aralia(&folder));
    }
    println!(
        "{}",
        json!({ "name": "fta", "figures": figures, "ratios": ratios })
    );
}
