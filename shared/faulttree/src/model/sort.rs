use super::error::ModelError;

/// Orders a graph so that each node comes after its children; finds cycles. Explicit stack.
pub(super) fn bottom_up(
    children: &[Vec<usize>],
    name: impl Fn(usize) -> String,
) -> Result<Vec<usize>, ModelError> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; children.len()];
    let mut order = Vec::with_capacity(children.len());
    for root in 0..children.len() {
        let mut path: Vec<(usize, usize)> = Vec::new();
        if state[root] == State::New {
            state[root] = State::Open;
            path.push((root, 0));
        }
        while let Some((node, next)) = path.last_mut() {
            let Some(&child) = children[*node].get(*next) else {
                state[*node] = State::Done;
                order.push(*node);
                path.pop();
                continue;
            };
            *next += 1;
            match state[child] {
                State::New => {
                    state[child] = State::Open;
                    path.push((child, 0));
                }
                State::Open => {
                    let cycle = path
                        .iter()
                        .map(|(node, _)| *node)
                        .skip_while(|n| *n != child);
                    let path = cycle.chain([child]).map(&name).collect();
                    return Err(ModelError::Cycle { path });
                }
                State::Done => {}
            }
        }
    }
    Ok(order)
}
