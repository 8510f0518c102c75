//! Makes panics traps. A panic stops a module of ours without a word, since nobody listens inside; so
//! what the standard library would say before, and all that it would say it with, need not be downloaded.

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use walrus::ir::{Instr, Unreachable, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, DataKind, ElementItems, FunctionId, FunctionKind, LocalFunction, Module, ir,
};

/// A place in a source file: where its name is, how long that is, line and column.
const PLACE_BYTES: usize = 16;

/// The module with its panics made traps.
pub(super) fn trapped(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(bytes)?;
    let telling = telling(&module);
    let panics: BTreeSet<FunctionId> = module
        .funcs
        .iter_local()
        .filter(|(id, function)| !telling.contains(id) && never_returns(function))
        .map(|(id, _)| id)
        .collect();
    for (_, function) in module.funcs.iter_local_mut() {
        let mut blocks = Blocks::default();
        dfs_in_order(&mut blocks, function, function.entry_block());
        for block in blocks.all {
            trap_early(&mut function.block_mut(block).instrs, &panics);
        }
    }
    for id in panics {
        if let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind {
            let entry = function.entry_block();
            function.block_mut(entry).instrs = vec![trap()];
        }
    }
    forget_places(&mut module)?;
    Ok(module.emit_wasm())
}

fn trap() -> (Instr, ir::InstrLocId) {
    (Unreachable {}.into(), ir::InstrLocId::default())
}

/// What a function calls, and whether it can be left other than by a trap.
#[derive(Default)]
struct Calls {
    all: BTreeSet<FunctionId>,
    by_number: bool,
    returns: bool,
    entry: Option<ir::InstrSeqId>,
}

impl Calls {
    fn of(function: &LocalFunction) -> Self {
        let entry = Some(function.entry_block());
        let mut calls = Self {
            entry,
            ..Self::default()
        };
        dfs_in_order(&mut calls, function, function.entry_block());
        calls
    }
}

impl Visitor<'_> for Calls {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.all.insert(*function);
    }

    fn visit_instr(&mut self, instr: &Instr, _: &ir::InstrLocId) {
        let is_entry = |block: &ir::InstrSeqId| Some(*block) == self.entry;
        match instr {
            Instr::CallIndirect(_) => self.by_number = true,
            Instr::Br(to) => self.returns |= is_entry(&to.block),
            Instr::BrIf(to) => self.returns |= is_entry(&to.block),
            Instr::BrTable(to) => {
                self.returns |= is_entry(&to.default) || to.blocks.iter().any(is_entry);
            }
            // What is not known here counts as a way out.
            _ => self.returns |= !is_plain(instr) && !goes_on(instr),
        }
    }
}

/// Whether what a function does always ends in a trap.
fn never_returns(function: &LocalFunction) -> bool {
    let last = function.block(function.entry_block()).instrs.last();
    matches!(last, Some((Instr::Unreachable(_), _))) && !Calls::of(function).returns
}

/// The functions that could tell JavaScript something before they trap: they reach an import.
fn telling(module: &Module) -> BTreeSet<FunctionId> {
    let mut telling: BTreeSet<FunctionId> = module
        .funcs
        .iter()
        .filter(|function| matches!(function.kind, FunctionKind::Import(_)))
        .map(walrus::Function::id)
        .collect();
    let mut numbered = BTreeSet::new();
    for element in module.elements.iter() {
        if let ElementItems::Functions(ids) = &element.items {
            numbered.extend(ids.iter().copied());
        }
    }
    let calls: Vec<(FunctionId, Calls)> = module
        .funcs
        .iter_local()
        .map(|(id, function)| (id, Calls::of(function)))
        .collect();
    loop {
        let before = telling.len();
        let by_number = !numbered.is_disjoint(&telling);
        for (id, calls) in &calls {
            if !calls.all.is_disjoint(&telling) || (by_number && calls.by_number) {
                telling.insert(*id);
            }
        }
        if telling.len() == before {
            return telling;
        }
    }
}

/// All blocks of a function.
#[derive(Default)]
struct Blocks {
    all: Vec<ir::InstrSeqId>,
}

impl<'a> Visitor<'a> for Blocks {
    fn start_instr_seq(&mut self, block: &'a ir::InstrSeq) {
        self.all.push(block.id());
    }
}

/// Cuts a block off where it is sure to trap, and with that what only prepares the trap: values and
/// memory, which nobody looks at any more.
fn trap_early(instrs: &mut Vec<(Instr, ir::InstrLocId)>, panics: &BTreeSet<FunctionId>) {
    let traps = |instr: &Instr| match instr {
        Instr::Unreachable(_) => true,
        Instr::Call(call) => panics.contains(&call.func),
        _ => false,
    };
    if let Some(end) = instrs.iter().position(|(instr, _)| traps(instr)) {
        instrs.truncate(end);
        while instrs.pop_if(|(instr, _)| is_plain(instr)).is_some() {}
        instrs.push(trap());
    }
}

/// Whether an instruction does nothing but with values and memory.
fn is_plain(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Const(_)
            | Instr::LocalGet(_)
            | Instr::LocalSet(_)
            | Instr::LocalTee(_)
            | Instr::GlobalGet(_)
            | Instr::GlobalSet(_)
            | Instr::Binop(_)
            | Instr::Unop(_)
            | Instr::Select(_)
            | Instr::Drop(_)
            | Instr::Load(_)
            | Instr::Store(_)
            | Instr::MemorySize(_)
            | Instr::MemoryCopy(_)
            | Instr::MemoryFill(_)
    )
}

/// Whether an instruction that is not plain goes on with the next, or into a block of its own, or traps.
fn goes_on(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Call(_)
            | Instr::MemoryGrow(_)
            | Instr::Block(_)
            | Instr::Loop(_)
            | Instr::IfElse(_)
            | Instr::Unreachable(_)
    )
}

/// Writes zeros over the places in source files that panics would name, and over the files' names.
fn forget_places(module: &mut Module) -> Result<()> {
    let ids: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for id in ids {
        let data = module.data.get_mut(id);
        let DataKind::Active { offset, .. } = &data.kind else {
            continue;
        };
        let ConstExpr::Value(ir::Value::I32(start)) = offset else {
            bail!("data without a place of its own");
        };
        let start = usize::try_from(*start).context("data behind 2 GB")?;
        let mut names = Vec::new();
        for at in (0..data.value.len().saturating_sub(PLACE_BYTES - 1)).step_by(4) {
            if let Some(name) = place(&data.value, start, at) {
                data.value[at..at + PLACE_BYTES].fill(0);
                names.push(name);
            }
        }
        for name in names {
            data.value[name].fill(0);
        }
    }
    Ok(())
}

/// Where the file's name is, if bytes that begin at `start` in memory hold a place in a file at `at`.
fn place(bytes: &[u8], start: usize, at: usize) -> Option<std::ops::Range<usize>> {
    let place: &[u8; PLACE_BYTES] = bytes.get(at..)?.first_chunk()?;
    let mut words = place
        .as_chunks()
        .0
        .iter()
        .map(|word| u32::from_le_bytes(*word));
    let mut word = || words.next().and_then(|word| usize::try_from(word).ok());
    let (name, length, line, column) = (word()?, word()?, word()?, word()?);
    let from = name.checked_sub(start)?;
    let name = from..from.checked_add(length)?;
    let text = bytes.get(name.clone())?;
    let is_source = text.ends_with(b".rs")
        && (text.starts_with(b"/rust") || text.windows(5).any(|part| part == b"/src/"));
    (is_source && (1..100_000).contains(&line) && (1..10_000).contains(&column)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{FunctionBuilder, InstrSeqBuilder};

    fn function(
        module: &mut Module,
        name: &str,
        body: impl FnOnce(&mut InstrSeqBuilder),
    ) -> FunctionId {
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[]);
        body(&mut builder.func_body());
        let id = builder.finish(Vec::new(), &mut module.funcs);
        module.exports.add(name, id);
        id
    }

    /// The instructions that an exported function begins with.
    fn entry<'a>(module: &'a Module, name: &str) -> Vec<&'a Instr> {
        let id = module.exports.get_func(name).unwrap();
        let function = module.funcs.get(id).kind.unwrap_local();
        let block = function.block(function.entry_block());
        block.instrs.iter().map(|(instr, _)| instr).collect()
    }

    fn after(mut module: Module) -> Module {
        Module::from_buffer(&trapped(&module.emit_wasm()).unwrap()).unwrap()
    }

    #[test]
    fn what_only_traps_does_so_at_once() {
        let mut module = Module::default();
        let work = function(&mut module, "work", |_| {});
        let panic = function(&mut module, "panic", |body| {
            body.call(work).i32_const(1).drop().unreachable();
        });
        function(&mut module, "caller", |body| {
            body.call(work)
                .i32_const(1)
                .drop()
                .call(panic)
                .unreachable();
        });
        function(&mut module, "sometimes", |body| {
            body.i32_const(1)
                .if_else(
                    None,
                    |yes| {
                        yes.i32_const(1).drop().return_();
                    },
                    |no| {
                        no.i32_const(2).drop().call(panic).unreachable();
                    },
                )
                .unreachable();
        });
        let after = after(module);
        for name in ["panic", "caller"] {
            assert!(
                matches!(entry(&after, name)[..], [Instr::Unreachable(_)]),
                "{name}"
            );
        }
        assert!(entry(&after, "work").is_empty());
        let [Instr::Const(_), Instr::IfElse(both), Instr::Unreachable(_)] =
            entry(&after, "sometimes")[..]
        else {
            panic!("it may return, so its choice stays")
        };
        let id = after.exports.get_func("sometimes").unwrap();
        let function = after.funcs.get(id).kind.unwrap_local();
        assert_eq!(function.block(both.consequent).len(), 3);
        assert_eq!(function.block(both.alternative).len(), 1);
    }

    #[test]
    fn a_way_out_by_a_branch_counts() {
        let mut module = Module::default();
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[]);
        let entry_block = builder.func_body_id();
        builder
            .func_body()
            .i32_const(1)
            .br_if(entry_block)
            .i32_const(1)
            .drop()
            .unreachable();
        let id = builder.finish(Vec::new(), &mut module.funcs);
        module.exports.add("leaves", id);
        assert!(matches!(
            entry(&after(module), "leaves")[..],
            [Instr::Const(_), Instr::BrIf(_), Instr::Unreachable(_)]
        ));
    }

    #[test]
    fn what_tells_javascript_first_still_does() {
        let mut module = Module::default();
        let kind = module.types.add(&[], &[]);
        let (tell, _) = module.add_import_func("js", "tell", kind);
        let inner = function(&mut module, "inner", |body| {
            body.call(tell).unreachable();
        });
        function(&mut module, "outer", |body| {
            body.call(inner).unreachable();
        });
        let after = after(module);
        for name in ["inner", "outer"] {
            assert!(
                matches!(
                    entry(&after, name)[..],
                    [Instr::Call(_), Instr::Unreachable(_)]
                ),
                "{name}"
            );
        }
    }

    #[test]
    fn places_in_source_files_are_forgotten_and_nothing_else() {
        const START: u32 = 1024;
        let names = b"shared/wire/src/mp.rsa text.rs__";
        let mut bytes = names.to_vec();
        // A place, then a text of that length with two numbers, then a file that is no place.
        for word in [START, 21, 7, 9, START + 21, 9, 7, 9, START, 21, 0, 0] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(ir::Value::I32(START.cast_signed()));
        let id = module
            .data
            .add(DataKind::Active { memory, offset }, bytes.clone());
        module.memories.get_mut(memory).data_segments.insert(id);
        module.exports.add("memory", memory);
        let after = after(module);
        bytes[..21].fill(0);
        bytes[32..48].fill(0);
        assert_eq!(after.data.iter().next().unwrap().value, bytes);
    }
}
