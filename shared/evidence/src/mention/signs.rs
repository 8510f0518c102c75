//! The words and marks by which named messages are known.

/// Words that begin a line of code; such a line also holds one of [`CODE_SIGNS`].
pub(super) const CODE_WORDS: &[&[u8]] = &[
    b"if ",
    b"if(",
    b"} else if",
    b"else if ",
    b"elif ",
    b"return ",
    b"with patch",
    b"case ",
    b"const ",
    b"let ",
    b"var ",
    b"static ",
    b"public ",
    b"private ",
    b"func ",
    b"def ",
    b"fn ",
    b"assert",
    b"expect(",
    b"raise ",
    b"throw ",
    b"except ",
    b"catch ",
    b"catch(",
    b"it('",
    b"it(\"",
    b"test('",
    b"test(\"",
    b"describe(",
    b"when(",
    b"require.",
];
/// What code puts around a text.
pub(super) const CODE_SIGNS: &[&[u8]] = &[
    b"(\"", b"('", b"(`", b"( \"", b"( '", b"= \"", b"= '", b"\", ", b"== ", b"\"):", b"{ ",
];

/// Calls that compare, look for or make up a text. A name before the bracket that ends so.
pub(super) const CALLS: &[&[u8]] = &[
    b"ontains",
    b"asPrefix",
    b"asSuffix",
    b"tartsWith",
    b"ndsWith",
    b"tartswith",
    b"ndswith",
    b"tarts_with",
    b"nds_with",
    b"includes",
    b"ndexOf",
    b"equals",
    b"errors.New",
    b"Errorf",
    b"new Error",
    b"toContain",
    b"toBe",
    b"toEqual",
    b"toThrow",
    b"toThrowError",
    b"toMatch",
    b"re.compile",
    b"re.search",
    b"re.match",
    b"MustCompile",
    b"new RegExp",
    b"mockRejectedValue",
    b"mockRejectedValueOnce",
    b"mock_error",
];

/// What `MyBatis` prints before an error and its cause.
pub(super) const MYBATIS: &[&[u8]] = &[
    b"### Error ",
    b"### Cause: ",
    b"### SQL: ",
    b"### The error ",
];

/// Marks of a test that passed or only begins.
pub(super) const PASSED: &[&[u8]] = &[
    b"--- PASS: ",
    b"=== RUN ",
    b"=== CONT ",
    b"=== PAUSE ",
    b"\xe2\x9c\x93 ",
    b"\xe2\x9c\x94 ",
    b"\xe2\x88\x9a ",
    b"[PASS] ",
    b"PASSED ",
    b"[       OK ]",
    b"[ RUN      ]",
];

/// Kinds of changes that begin an entry in a list of them.
pub(super) const CHANGES: &[&[u8]] = &[
    b"fix",
    b"feat",
    b"chore",
    b"docs",
    b"refactor",
    b"perf",
    b"test",
    b"ci",
    b"build",
    b"style",
    b"revert",
];

/// Words that announce an example.
pub(super) const EXAMPLE: &[&[u8]] = &[
    b"e.g.",
    b"e.g.,",
    b"for example",
    b"for example,",
    b"such as",
    b"errors like",
    b"\xe4\xbe\x8b\xe5\xa6\x82",
    b"\xe6\xaf\x94\xe5\xa6\x82",
];

/// Words after which a sentence quotes what was seen.
pub(super) const REPORTS: &[&[u8]] = &[
    b" due to",
    b" because of",
    b" error",
    b" error is",
    b" errors",
    b" exception",
    b" message",
    b" showing",
    b" shows",
    b" says",
    b" saying",
    b" throws",
    b" got",
    b" get",
    b" gets",
    b" getting",
    b" see",
    b" following",
    b" fails with",
    b" failed with",
    b" failing with",
    b" crashes with",
    b" exits with",
    b" stuck with",
    b" logs",
    "报错".as_bytes(),
    "错误".as_bytes(),
    "提示".as_bytes(),
    "异常".as_bytes(),
];
