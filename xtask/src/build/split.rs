//! Splits a module in two: what its everyday exports need, and a second module with what only its rare
//! exports need. The second works in the first one's memory, so it knows all that the first was told.

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use walrus::ir::{Visitor, dfs_in_order};
use walrus::{ExportItem, FunctionId, FunctionKind, GlobalId, GlobalKind, Module, passes::gc};

/// The name under which the second module imports from the first.
const FIRST: &str = "f";

/// The two modules, everyday first. The second imports from `"f"` what the first exports.
pub(super) fn split(bytes: &[u8], rare: &[&str]) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut first = Module::from_buffer(bytes)?;
    for name in rare {
        first
            .exports
            .remove(name)
            .with_context(|| format!("no export {name}"))?;
    }
    gc::run(&mut first);
    let kept: BTreeSet<usize> = first.funcs.iter().map(|func| func.id().index()).collect();

    let mut second = Module::from_buffer(bytes)?;
    let everyday: Vec<_> = second
        .exports
        .iter()
        .filter(|export| !rare.contains(&export.name.as_str()))
        .map(walrus::Export::id)
        .collect();
    for id in everyday {
        second.exports.delete(id);
    }
    let borrowed = borrowed(&second, &kept);
    borrow(&mut first, &mut second, &borrowed)?;
    gc::run(&mut second);
    Ok((first.emit_wasm(), second.emit_wasm()))
}

/// What the second module takes from the first.
#[derive(Default)]
struct Borrowed {
    functions: BTreeMap<usize, FunctionId>,
    globals: BTreeMap<usize, GlobalId>,
}

impl Visitor<'_> for Borrowed {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.functions.insert(function.index(), *function);
    }

    fn visit_global_id(&mut self, global: &GlobalId) {
        self.globals.insert(global.index(), *global);
    }
}

/// What functions that are not kept in the first module name, and the first has.
fn borrowed(module: &Module, kept: &BTreeSet<usize>) -> Borrowed {
    let mut named = Borrowed::default();
    for (id, function) in module.funcs.iter_local() {
        if !kept.contains(&id.index()) {
            dfs_in_order(&mut named, function, function.entry_block());
        }
    }
    // A rare export may be an everyday function by another name.
    for export in module.exports.iter() {
        if let ExportItem::Function(id) = export.item {
            named.functions.insert(id.index(), id);
        }
    }
    named.functions.retain(|index, _| kept.contains(index));
    named
}

/// Exports from one what the other imports. Both were read from the same bytes, so that the same thing
/// has the same index in both.
fn borrow(first: &mut Module, second: &mut Module, borrowed: &Borrowed) -> Result<()> {
    let mut names = (0..).map(|number: usize| number.to_string());
    let mut name = || names.next().unwrap_or_default();
    for (index, id) in &borrowed.functions {
        let name = name();
        let mut here = first.funcs.iter().map(walrus::Function::id);
        let here = here.find(|id| id.index() == *index);
        first
            .exports
            .add(&name, here.context("a kept function is gone")?);
        let ty = second.funcs.get(*id).ty();
        let import = second.imports.add(FIRST, &name, *id);
        second.funcs.get_mut(*id).kind =
            FunctionKind::Import(walrus::ImportedFunction { import, ty });
    }
    for (index, id) in &borrowed.globals {
        let name = name();
        let mut here = first.globals.iter().map(walrus::Global::id);
        let here = here.find(|id| id.index() == *index);
        first.exports.add(
            &name,
            here.context("a global is gone from the first module")?,
        );
        let import = second.imports.add(FIRST, &name, *id);
        second.globals.get_mut(*id).kind = GlobalKind::Import(import);
    }
    let memory = only(second.memories.iter().map(walrus::Memory::id))?;
    let import = second.imports.add(FIRST, "memory", memory);
    second.memories.get_mut(memory).import = Some(import);
    for id in second.data.iter().map(walrus::Data::id).collect::<Vec<_>>() {
        second.data.delete(id);
    }
    second.memories.get_mut(memory).data_segments.clear();
    borrow_table(first, second);
    Ok(())
}

/// Shares the table of functions that are called by their numbers. A first module that calls none has
/// lost it; the second then keeps its own.
fn borrow_table(first: &mut Module, second: &mut Module) {
    let Some(here) = first.tables.iter().map(walrus::Table::id).next() else {
        return;
    };
    let Some(table) = second.tables.iter().map(walrus::Table::id).next() else {
        return;
    };
    first.exports.add("t", here);
    let import = second.imports.add(FIRST, "t", table);
    second.tables.get_mut(table).import = Some(import);
    let elements: Vec<_> = second.elements.iter().map(walrus::Element::id).collect();
    for id in elements {
        second.elements.delete(id);
    }
    second.tables.get_mut(table).elem_segments.clear();
}

fn only<T>(mut of: impl Iterator<Item = T>) -> Result<T> {
    match (of.next(), of.next()) {
        (Some(one), None) => Ok(one),
        _ => bail!("a module of another form: want one memory"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{FunctionBuilder, RefType, ValType};

    /// `daily` calls `shared`; `rare` calls `shared` and `alone`.
    fn whole() -> Vec<u8> {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        module.exports.add("memory", memory);
        module.tables.add_local(false, 1, None, RefType::FUNCREF);
        let mut function = |calls: &[FunctionId], value: i32| {
            let mut builder = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
            for call in calls {
                builder.func_body().call(*call).drop();
            }
            builder.func_body().i32_const(value);
            builder.finish(Vec::new(), &mut module.funcs)
        };
        let (shared, alone) = (function(&[], 1), function(&[], 2));
        let (daily, rare) = (function(&[shared], 3), function(&[shared, alone], 4));
        module.exports.add("daily", daily);
        module.exports.add("rare", rare);
        module.emit_wasm()
    }

    #[test]
    fn each_function_stands_in_one_module() {
        let (first, second) = split(&whole(), &["rare"]).unwrap();
        let (first, second) = (
            Module::from_buffer(&first).unwrap(),
            Module::from_buffer(&second).unwrap(),
        );
        assert_eq!(first.funcs.iter_local().count(), 2, "daily and shared");
        assert_eq!(second.funcs.iter_local().count(), 2, "rare and alone");
        assert_eq!(first.imports.iter().count(), 0);
        assert!(second.exports.iter().map(|one| &one.name).eq(["rare"]));
        for import in second.imports.iter() {
            assert_eq!(import.module, FIRST);
            let is_there = first.exports.iter().any(|one| one.name == import.name);
            assert!(is_there, "{} is exported", import.name);
        }
    }

    #[test]
    fn what_is_not_exported_cannot_be_rare() {
        assert!(split(&whole(), &["nobody"]).is_err());
    }
}
