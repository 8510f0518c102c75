use super::*;

#[test]
fn refuses_what_it_does_not_understand() {
    use SyntaxError as E;
    for (pattern, want) in [
        ("(a", E::Unfinished),
        ("[a", E::Unfinished),
        ("a\\", E::Unfinished),
        ("(?P<name", E::Unfinished),
        ("(?P<>a)", E::Group),
        ("a)", E::Unopened),
        ("a|*", E::NothingToRepeat),
        ("{2}", E::NothingToRepeat),
        ("(?:a?)*", E::RepeatsEmpty),
        ("(?:a|)+", E::RepeatsEmpty),
        ("(?:^)*", E::RepeatsEmpty),
        ("a{2,1}", E::BadCount),
        ("a{,2}", E::BadCount),
        ("a{0}", E::BadCount),
        ("a{x}", E::BadCount),
        ("a{1001}", E::BadCount),
        ("a{4294967297}", E::BadCount),
        ("\\pL", E::Escape),
        ("\\1", E::Escape),
        ("\\xff", E::Escape),
        ("\\<a", E::Escape),
        ("\\b{start}", E::Escape),
        ("[[:alpha:]]", E::Class),
        ("[a&&b]", E::Class),
        ("[z-a]", E::Class),
        ("[a-\\d]", E::Class),
        ("[\u{e9}]", E::Class),
        ("a(?=b)", E::Group),
        ("(?<=a)b", E::Group),
        ("(?<!a)b", E::Group),
        ("(?x)a", E::Group),
        ("(?u)a", E::Group),
    ] {
        assert_eq!(Syntax::parse(pattern, false), Err(want), "{pattern}");
    }
    let deep = format!("{}a{}", "(".repeat(65), ")".repeat(65));
    assert_eq!(Syntax::parse(&deep, false), Err(E::TooDeep));
}

#[test]
fn joins_texts_and_names_captures() {
    let syntax = Syntax::parse("ab\\.c(?P<host>d)(e)(?<port>f)", false).unwrap();
    assert_eq!(syntax.names(), ["host", "port"]);
    let Node::Concat(parts) = syntax.root else {
        panic!("no concat");
    };
    assert_eq!(parts[0], Node::Text(b"ab.c".to_vec()));
    assert_eq!(parts.len(), 4);
}
