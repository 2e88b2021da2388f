import ConcordDiagnostics

/// Texts that break a writer who takes them for syntax. Each is a value of a rule, and nothing else.
package enum HostileValues {
  /// All of them, without duplicates.
  package static let all: [String] = {
    var seen: Set<ScalarText> = []
    let groups = [
      quotes, wildcards, splunk, sql, yaml, regex, shell, swift, json, words, numbers, controls, unicode,
      whitespace, addresses, markup, long,
    ]
    return groups.flatMap { $0 }.filter { seen.insert(ScalarText($0)).inserted }
  }()

  /// The short ones that are Unicode text without control characters: for platforms and tests that refuse more.
  package static let printable: [String] = all.filter { text in
    text.utf8.count <= 200
      && text.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
          false
        default: true
        }
      }
  }

  static let quotes = [
    "'", "''", "'''", "\"", "\"\"", "\"\"\"", "`", "``", "```", "'\"`", "O'Brien", "say \"hi\"", "a'b\"c`d",
    "\\", "\\\\", "\\\\\\", "\\'", "\\\"", "'\\", "\"\\", "a\\", "\\a", "a\\\\b", "C:\\Windows\\System32",
    "\\\\server\\share", "c:\\temp\\new", "\\n", "\\t", "\\x41", "\\u0041", "\\0", "\\'; --", "‘curly’",
    "“curly”",
  ]

  static let wildcards = [
    "*", "**", "?", "??", "%", "%%", "_", "__", "a*b", "*a", "a*", "a?c", "50%", "100%_", "a_b", "%a%", "\\*",
    "\\?", "\\%", "\\_", "\\\\*", "\\\\%", "[a-z]", "[!a]", "{a,b}", "a%_*?b", "!", "!!", "^", "~", "#", "/",
  ]

  static let splunk = [
    "|", "| delete", "| outputlookup x", "a | b", "[search index=*]", "]", "[", "`macro`", "`macro(1)`",
    "$token$", "$$", "$env:user$", "index=*", "a=b", "a!=b", "NOT a", "a OR b", "a AND b", "(a)", "(", ")",
    "((",
    "TERM(a)", "CASE(a)", "\"a\" OR \"b\"", "%24", "a,b", "sourcetype::x", "<a>", "a > b", "```comment```",
    "| eval x=1", "where 1=1", "isnull('a')",
  ]

  static let sql = [
    "') OR 1=1 --", "' OR ''='", "'; DROP TABLE x; --", "\" OR \"\"=\"", "--", "-- a", "/*", "*/", "/* a */",
    ";",
    "a;b", "x' ESCAPE '", "$1", ":name", "@x", "?1", "U&'\\0041'", "E'\\n'", "X'41'", "||", "a'||'b", "${x}",
    "{{x}}", "<% x %>", "SELECT", "NULL;", "1=1", "CAST(a AS b)", "DATE '2024-01-01'",
  ]

  static let yaml = [
    "a: b", ": ", ":", "- a", "-", "---", "...", "# a", "a # b", "&a", "*a", "!tag", "!!str a", "| ", ">",
    ">-",
    "|+", "%YAML 1.2", "@a", "? a", "{a: b}", "[a, b]", "~", "<<", "=", "a:", "'a", "\"a", " a", "a ", "\ta",
    "key: |\n  a", "- - a", "a\n---\nb", "0o17", "0x1F", "1_000", "12:30:45", "2024-06-01",
    "2024-06-01T00:00:00Z", ".inf", "-.inf", ".nan", "y", "n", "on", "off",
  ]

  static let regex = [
    ".", ".*", "^a$", "a|b", "(a", "a)", "a+", "a{2}", "[^a]", "\\d+", "\\Qa\\E", "(?i)a", "(?=a)", "\\1",
    "a.b",
    "[[:alpha:]]", "\\b", "(?<n>a)", "a{", "}",
  ]

  static let shell = [
    "$(id)", "`id`", "$HOME", "a && b", "a; b", "a > /dev/null", "../../etc/passwd", "-rf", "--help", "~root",
    "a\\\nb", "!history", "EOF", "<<EOF",
  ]

  static let swift = [
    "\\(x)", "\\(fatalError())", "#\"a\"#", "\"#", "##", "\"\"\"\n", "\\u{41}", "// a", "/* a", "#if",
    "\\#(x)",
    "nil", "self", "#\\(x)#",
  ]

  static let json = ["{", "}", "{}", "[]", "{\"a\":1}", "\\/", "\\ud83d", "\"}", "a\":\"b", ","]

  static let words = [
    "", "null", "NULL", "Null", "nil", "None", "undefined", "true", "TRUE", "True", "false", "FALSE", "False",
    "yes", "no", "Yes", "No", "NaN", "Infinity", "-Infinity", "and", "or", "not", "AND", "OR", "NOT", "in",
    "IN",
    "like", "is null", "exists", "1 of them", "all of them", "success", "select", "from", "where",
  ]

  static let numbers = [
    "0", "-0", "00", "007", "5", "5.0", "5.", ".5", "+5", "-5", "1e3", "1E3", "1e400", "-1e400", "1e-400",
    "0x10",
    "1_000", "1,000", "9007199254740993", "18446744073709551616", "0.1", "0.10", "1.5e-7", " 5", "5 ", "٥",
    "½",
    "1e", "--5", "1.2.3",
  ]

  static let controls = [
    "\u{0}", "a\u{0}b", "\u{1}", "\u{7}", "\u{8}", "\u{B}", "\u{C}", "\u{1B}", "\u{1B}[31mred\u{1B}[0m",
    "\u{1F}",
    "\u{7F}", "\u{80}", "\u{85}", "\u{9F}", "a\u{1A}b",
  ]

  static let whitespace = [
    " ", "  ", "\t", "\n", "\r", "\r\n", "\n\n", "a\nb", "a\r\nb", "a\rb", "\na", "a\n", "a\tb", "a  b",
    "\u{A0}",
    "\u{2003}", "\u{2028}", "\u{2029}", "\u{3000}", "\u{FEFF}", "\u{FEFF}a", " \n ",
  ]

  static let unicode = [
    "é", "e\u{301}", "ß", "ẞ", "SS", "İ", "i̇", "ı", "Σ", "σ", "ς", "\u{212A}", "\u{17F}", "ﬃ", "Ǆ", "ǅ", "ǆ",
    "Ω",
    "\u{2126}", "Å", "\u{212B}", "日本語", "한국어", "\u{1112}\u{1161}\u{11AB}", "العربية", "עברית", "\u{202E}abc",
    "\u{202E}abc\u{202C}", "\u{2066}a\u{2069}", "a\u{200D}b", "a\u{200B}b", "\u{200E}", "😀", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽",
    "❤\u{FE0F}", "a\u{300}\u{301}\u{302}\u{303}\u{304}", "\u{FFFD}", "\u{FFFF}", "\u{10FFFF}", "\u{E000}",
    "𝒳", "Ａ",
    "𐐀", "𐐨", "\u{1E9E}", "Ⅷ", "ⅷ", "\u{345}",
  ]

  static let addresses = [
    "10.0.0.1", "10.0.0.0/8", "010.0.0.1", "10.0.0.256", "10.0.0", "::1", "::ffff:10.0.0.1", "2001:DB8::1",
    "fe80::1%eth0", "10.0.0.1:80", "AWS Internal", "ec2.amazonaws.com", "1.1.1.1 ", "0.0.0.0/0",
  ]

  static let markup = [
    "<script>alert(1)</script>", "&amp;", "&", "<!-- a -->", "]]>", "<![CDATA[a]]>", "a&b=c",
    "=cmd|' /C calc'!A0",
    "a,\"b\",c", "# Title", "**bold**", "[a](b)", "|a|b|",
  ]

  static let long = [
    String(repeating: "a", count: 1_000), String(repeating: "'", count: 500),
    String(repeating: "\\", count: 501),
    String(repeating: "%_*?", count: 200), String(repeating: "é", count: 3_000),
    String(repeating: "(", count: 400),
    String(repeating: "a\n", count: 300), String(repeating: "👩‍👩‍👧‍👦", count: 100),
  ]
}
