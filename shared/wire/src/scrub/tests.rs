use super::*;

/// What must go, with what must come of it.
#[track_caller]
fn check(line: &str, expected: &str) {
    let once = scrub(line);
    assert_eq!(once, expected, "from {line}");
    assert_eq!(scrub(&once), expected, "a second time, from {line}");
}

/// What must stay as it is.
#[track_caller]
fn keep(line: &str) {
    assert_eq!(scrub(line), line);
}

#[test]
fn fields_with_secret_names() {
    check(
        "password=hunter2 host=db",
        "password=[redacted:secret] host=db",
    );
    check("Password: hunter2", "Password: [redacted:secret]");
    check(
        r#"{"api_key":"a\"b","port":5432}"#,
        r#"{"api_key":"[redacted:secret]","port":5432}"#,
    );
    check(
        r#"{\"token\": \"abc\", \"n\":1}"#,
        r#"{\"token\": \"[redacted:secret]\", \"n\":1}"#,
    );
    check(
        "GET /v1?access_token=abc&page=2",
        "GET /v1?access_token=[redacted:secret]&page=2",
    );
    check("db.password => 'x y'", "db.password => '[redacted:secret]'");
    check(
        "mysql --password hunter --host db",
        "mysql --password [redacted:secret] --host db",
    );
    check(
        "kubectl --token=abc.def get pods",
        "kubectl --token=[redacted:secret] get pods",
    );
    check(
        "User Id=sa;Pwd=Str0ng;Server=db",
        "User Id=sa;Pwd=[redacted:secret];Server=db",
    );
    check(
        "AWS_SECRET_ACCESS_KEY=abc/def+g",
        "AWS_SECRET_ACCESS_KEY=[redacted:secret]",
    );
    check("密码：abc123，请检查", "密码：[redacted:secret]，请检查");
    check("登录口令=\"甲乙\"", "登录口令=\"[redacted:secret]\"");
    check("token: 8f14e45fceea167a", "token: [redacted:secret]");
    check("password=\"never closed", "password=\"[redacted:secret]");
    check(
        "{Password:abc Host:10.0.0.1}",
        "{Password:[redacted:secret] Host:10.0.0.1}",
    );
}

#[test]
fn headers() {
    check(
        "Authorization: Bearer abc.def",
        "Authorization: [redacted:authorization]",
    );
    check(
        "curl -H 'Authorization: Basic dXNlcjpwYXNz' https://h:1/",
        "curl -H 'Authorization: [redacted:authorization]' https://h:1/",
    );
    check(
        r#""authorization":"Token x""#,
        r#""authorization":"[redacted:authorization]""#,
    );
    check(
        "sent bearer 8f14e45fceea167a to api",
        "sent bearer [redacted:authorization] to api",
    );
    check(
        "Cookie: sid=1; theme=dark GET /",
        "Cookie: [redacted:cookie] GET /",
    );
    check(
        "Set-Cookie: a=b; Path=/; HttpOnly",
        "Set-Cookie: [redacted:cookie]",
    );
}

#[test]
fn urls_and_data_source_names() {
    check(
        "postgres://app:s3cr3t@db.internal:5432/app",
        "postgres://app:[redacted:url_password]@db.internal:5432/app",
    );
    check(
        "redis://:p@ss@cache:6379",
        "redis://:[redacted:url_password]@cache:6379",
    );
    check(
        "root:pa:ss@tcp(127.0.0.1:3306)/db: connection refused",
        "root:[redacted:url_password]@tcp(127.0.0.1:3306)/db: connection refused",
    );
    keep("postgres://app@db.internal:5432/app");
    keep("https://proxy.golang.org/github.com/a/b/@v/v1.2.3.info: 404 Not Found");
}

#[test]
fn tokens() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    check(
        &format!("got {jwt}, refused"),
        "got [redacted:jwt], refused",
    );
    check(
        "key AKIAIOSFODNN7EXAMPLE used",
        "key [redacted:access_key] used",
    );
    check(&format!("ghp_{}", "a1".repeat(18)), "[redacted:token]");
    check(
        &format!("https://h/s#FS1.{}", "aB_-".repeat(50)),
        "https://h/s#[redacted:ticket]",
    );
    check(
        &format!("https://h/s#{}", "0123".repeat(90)),
        "https://h/s#[redacted:ticket]",
    );
}

#[test]
fn private_keys() {
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----";
    check(
        &format!("loaded {pem} ok"),
        "loaded [redacted:private_key] ok",
    );
    check(
        "x -----BEGIN PRIVATE KEY-----\nMIIE",
        "x [redacted:private_key]",
    );
    keep("-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----");
}

#[test]
fn private_key_over_several_lines() {
    let mut scrubber = Scrubber::new();
    let lines = [
        "-----BEGIN EC PRIVATE KEY-----",
        "Proc-Type: 4,ENCRYPTED",
        "MHcCAQEEIIGj",
        "oAoGCCqGSM49",
        "-----END EC PRIVATE KEY----- done",
        "listening on :8080",
    ];
    let scrubbed: Vec<_> = lines.map(|line| scrubber.scrub(line).into_owned()).into();
    let gone = "[redacted:private_key]";
    assert_eq!(
        scrubbed,
        [
            gone,
            gone,
            gone,
            gone,
            "[redacted:private_key] done",
            "listening on :8080"
        ]
    );
    assert_eq!(scrubber.report().count(SecretKind::PrivateKey), 5);

    let mut scrubber = Scrubber::new();
    scrubber.scrub("-----BEGIN PRIVATE KEY-----");
    assert_eq!(
        scrubber.scrub("error: no more"),
        "error: no more",
        "an unclosed key ends there"
    );
}

#[test]
fn personal_data() {
    check(
        "mail to li.lei+x@example.com.cn!",
        "mail to [redacted:email]!",
    );
    check("用户foo@example.com登录", "用户[redacted:email]登录");
    check("call 13812345678 now", "call [redacted:phone] now");
    check("tel:+86 138-1234-5678", "tel:+86 [redacted:phone]");
    check("tel +8613812345678", "tel +86[redacted:phone]");
    check("身份证11010519491231002X", "身份证[redacted:id_number]");
    check(
        "card 6222021234567894 declined",
        "card [redacted:bank_card] declined",
    );
    check("card 4111 1111 1111 1111.", "card [redacted:bank_card].");
}

#[test]
fn what_the_matcher_needs_stays() {
    for line in [
        "dial tcp 10.0.0.7:5432: connect: connection refused",
        "Access denied for user 'root'@'localhost' (using password: YES)",
        "FATAL: password authentication failed for user \"app\"",
        "go: github.com/a/b@v1.2.3: verifying module: checksum mismatch",
        "\tdownloaded: h1:Zx8kRtTZyq1vGdFOvwzn1rXL2Ki1eGZkPrH0wYyvVvU=",
        "git@github.com: Permission denied (publickey).",
        "pod default/web-7d9f8b6c5d-x2x9k: MountVolume.SetUp failed: secret \"db\" not found",
        "Error: secrets \"tls\" is forbidden: User \"system:serviceaccount:ci:bot\" cannot get",
        "image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "trace 550e8400-e29b-41d4-a716-446655440000 at 1790000000123 (1790000000123456789)",
        "SyntaxError: Unexpected token: '}' at 12:5, unexpected token: EOF",
        "invalid bearer token; bearer authentication-required",
        "Job for user@1000.service failed; see getty@tty1.service",
        "PWD=/home/app OLDPWD=/root",
        "http://token:8080/healthz refused; lookup auth-token:8080",
        "x509: certificate signed by unknown authority (serial 13812345678901)",
        "password: authentication failed for user app",
        "error: required flag --password not set",
        "java.lang.OutOfMemoryError: Java heap space at com.a.B@1a2b3c4d",
        "rbac.authorization.k8s.io \"view\" not found; authorization: denied",
        "max_tokens: 4096, token_count=17, secretName: web-tls",
        "signature: none; invalid signature: wrong curve",
        "10.138.123.45 192.168.1.1:13812 size=13812345678901234567",
    ] {
        keep(line);
    }
}

#[test]
fn markers_are_left_alone_and_counted_never() {
    let line = "password=[redacted:secret] mail [redacted:email]";
    let mut scrubber = Scrubber::new();
    assert!(matches!(scrubber.scrub(line), Cow::Borrowed(_)));
    assert_eq!(scrubber.report().total(), 0);
    check(
        "password=[redacted:nonsense]",
        "password=[redacted:secret]]",
    );
}

/// Lines on which an earlier scrubber found more the second time.
#[test]
fn a_second_pass_finds_no_more_in_lines_that_once_had_more() {
    for line in [
        "--token://://密码foo@bar.com",
        "token=://密码foo@bar.com",
        "foo@bar.com.-----BEGIN PRIVATE KEY-----",
        "://AKIAIOSFODNN7EXAMPLE=foo@bar.com",
        "://[redacted:6222 0212 3456 7894=user:pass@host",
        "foo@bar.comauthorization://password: =password",
        "password://[redacted:secret]=foo@bar.com",
        "Cookie: a=://[redacted:secret]=foo@bar.com",
        "authorization=Digest-----BEGIN PRIVATE KEY-----",
        "AKIAIOSFODNN7EXAMPLE0086 6222 0212 3456 7894",
        "password=0086 6222 0212 3456 7894",
    ] {
        let once = scrub(line).into_owned();
        assert_eq!(scrub(&once), once, "from {line}");
    }
}

#[test]
fn own_keys_can_be_added() {
    let mut scrubber = Scrubber::new();
    scrubber.add_secret_key("Licence-No");
    scrubber.add_secret_key("--");
    assert_eq!(
        scrubber.scrub("licence_no=42 a=b"),
        "licence_no=[redacted:secret] a=b"
    );
    let counts: Vec<_> = scrubber.report().iter().collect();
    assert_eq!(counts, [(SecretKind::Secret, 1)]);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Text made of what finders look for, in any order, with pieces cut off.
    fn nasty() -> impl Strategy<Value = String> {
        let words = prop::sample::select(vec![
            "password",
            "token",
            "pwd",
            "--token",
            "secret",
            "authorization",
            "cookie",
            "bearer",
            "Bearer ",
            "=",
            ":",
            ": ",
            " ",
            "  ",
            "\"",
            "\\\"",
            "'",
            "://",
            "@",
            "@tcp(",
            ".",
            "-",
            "+86",
            "13812345678",
            "138-1234-5678",
            "6222 0212 3456 7894",
            "4111111111111111",
            "123",
            "11010519491231002X",
            "foo",
            "foo@bar.com",
            "x@y.service",
            "eyJhbGciOiJI",
            "eyJ",
            "AKIAIOSFODNN7EXAMPLE",
            "sk-",
            "a1b2c3d4e5f6",
            "ABCDEFGHIJ",
            "abc",
            "no",
            "[redacted:",
            "[redacted:secret]",
            "[redacted:email]",
            "]",
            "-----BEGIN PRIVATE KEY-----",
            "密码",
            "-----END PRIVATE KEY-----",
            "\n",
            "；",
            "：",
            "é",
            ";",
            "&",
            ",",
            "/",
            "\\",
            "{",
            "}",
            "user:pass@host",
            "postgres",
            "PWD",
            "bar",
            "Digest",
            "Basic",
            "1",
            "0086",
        ]);
        prop::collection::vec(words, 0..24).prop_map(|words| words.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_second_pass_changes_nothing(line in nasty()) {
            let once = scrub(&line).into_owned();
            prop_assert_eq!(scrub(&once), once.as_str());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_accepted_and_grows_little(line in "\\PC*") {
            let once = scrub(&line).into_owned();
            prop_assert!(once.len() <= line.len() * 8 + 32);
            prop_assert_eq!(scrub(&once), once.as_str());
        }

        #[test]
        fn ordinary_words_and_addresses_stay(
            host in "[a-z]{1,12}", a: [u8; 4], port: u16, path in "(/[a-z]{1,9}){1,4}",
        ) {
            let line = format!(
                "dial tcp {}.{}.{}.{}:{port}: {host}.svc.cluster.local{path}: i/o timeout",
                a[0], a[1], a[2], a[3],
            );
            prop_assert_eq!(scrub(&line), line.as_str());
        }
    }
}
