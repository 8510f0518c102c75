use faultscan_faulttree::*;
fn user() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    f[11].parse::<f64>().unwrap() / 100.0
}
fn main() {
    let mut total = 0.0;
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        let tree = formats::read_open_psa(&text, &Default::default()).unwrap();
        let name = path.rsplit('/').next().unwrap();
        let t0 = user();
        match Analysis::new(&tree, tree.tops()[0], &Budget::default()) {
            Err(x) => println!("{name}: {x}"),
            Ok(a) => {
                let t1 = user();
                let p: Vec<f64> = tree
                    .probabilities()
                    .unwrap()
                    .into_iter()
                    .map(|p| p.unwrap())
                    .collect();
                let pr = a.probability(&p).unwrap();
                let c = a.cut_sets().unwrap();
                let n = c.count();
                let t2 = user();
                print!(
                    "{name} build {:.2} cuts {:.2} nodes {} z {} P {pr:.14e} n {n}",
                    t1 - t0,
                    t2 - t1,
                    a.nodes(),
                    c.nodes()
                );
                if std::env::var("IMP").is_ok() {
                    let i = a.importance(&p).unwrap();
                    let t3 = user();
                    let fv = c.fussell_vesely(&p);
                    let t4 = user();
                    print!(
                        " imp {:.2} fv {:.2} {} re {:.6e} mcub {:.6e} best {:.3e}",
                        t3 - t2,
                        t4 - t3,
                        fv.is_ok(),
                        c.rare_event(&p).unwrap(),
                        c.min_cut_upper_bound(&p).unwrap(),
                        c.most_probable(10, &p).unwrap()
                            [9.min(c.most_probable(10, &p).unwrap().len() - 1)]
                        .probability
                    );
                    let _ = i;
                    print!(" {:.2}", user() - t4);
                }
                println!();
                total += t2 - t0;
            }
        }
    }
    println!("total {total}");
}
