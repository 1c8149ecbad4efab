//! Takes comments and white space out of our own scripts, and shortens private names (`#name`), which
//! nothing outside their class can use. No other token is touched: what is served is what was written.

/// Words after which a slash begins a regular expression, not a division.
const BEFORE_EXPRESSION: [&str; 12] =
    ["return", "typeof", "case", "in", "of", "do", "else", "void", "delete", "await", "yield", "throw"];

/// The comment that says that the template after it is a style sheet.
const CSS: &str = "css";

/// A script without comments, and with no more white space than it needs.
pub(super) fn script(source: &str) -> String {
    let mut stripper = Stripper {
        rest: source,
        out: String::with_capacity(source.len()),
        gap: Gap::None,
        private: Vec::new(),
    };
    while !stripper.rest.is_empty() {
        stripper.step();
    }
    stripper.out
}

/// What stood between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Gap {
    None,
    Space,
    Line,
}

struct Stripper<'a> {
    rest: &'a str,
    out: String,
    gap: Gap,
    /// Private names in the order in which they were met, without their `#`.
    private: Vec<&'a str>,
}

impl<'a> Stripper<'a> {
    /// Takes one token, comment or piece of white space.
    fn step(&mut self) {
        let rest = self.rest;
        let Some(first) = rest.chars().next() else { return };
        match first {
            c if c.is_whitespace() => {
                let gap = if c == '\n' { Gap::Line } else { Gap::Space };
                self.gap = if gap > self.gap { gap } else { self.gap };
                self.rest = &rest[c.len_utf8()..];
            }
            '/' if rest.starts_with("//") => self.rest = &rest[rest.find('\n').unwrap_or(rest.len())..],
            '/' if rest.starts_with("/*") => self.comment(),
            '/' if self.begins_expression() => self.take(regex_length(rest)),
            '\'' | '"' => self.take(quoted_length(rest, first)),
            '`' => self.template(),
            '#' => self.private_name(),
            c if is_name(c) => self.take(rest.find(|c| !is_name(c)).unwrap_or(rest.len())),
            c => self.take(c.len_utf8()),
        }
    }

    fn comment(&mut self) {
        let (inside, after) = self.rest[2..].split_once("*/").unwrap_or((&self.rest[2..], ""));
        if inside.contains('\n') {
            self.gap = Gap::Line;
        } else if self.gap == Gap::None {
            self.gap = Gap::Space;
        }
        self.rest = after;
        let sheet = after.trim_start();
        if inside.trim() == CSS && sheet.starts_with('`') {
            let length = template_length(sheet);
            self.rest = &sheet[length..];
            self.put(&format!("`{}`", style(&sheet[1..length - 1])));
        }
    }

    fn private_name(&mut self) {
        let rest = &self.rest[1..];
        let (name, after) = rest.split_at(rest.find(|c| !is_name(c)).unwrap_or(rest.len()));
        self.rest = after;
        let short = self.shortened(name);
        self.put(&short);
    }

    /// A template, with the private names in its expressions: they all stand after `this.`.
    fn template(&mut self) {
        let (template, after) = self.rest.split_at(template_length(self.rest));
        self.rest = after;
        let mut pieces = template.split("this.#");
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_at(piece.find(|c| !is_name(c)).unwrap_or(piece.len()));
            text.push_str("this.");
            text.push_str(&self.shortened(name));
            text.push_str(rest);
        }
        self.put(&text);
    }

    fn shortened(&mut self, name: &'a str) -> String {
        let known = self.private.iter().position(|known| *known == name);
        short(known.unwrap_or_else(|| {
            self.private.push(name);
            self.private.len() - 1
        }))
    }

    fn take(&mut self, length: usize) {
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.put(token);
    }

    /// Writes a token, and before it what keeps it apart from the one before.
    fn put(&mut self, token: &str) {
        let before = self.out.chars().next_back();
        let after = token.chars().next();
        if let (Some(before), Some(after)) = (before, after) {
            match self.gap {
                Gap::Line if may_end(before) && may_begin(after) => self.out.push('\n'),
                Gap::Line | Gap::Space if must_part(before, after) => self.out.push(' '),
                _ => {}
            }
        }
        self.gap = Gap::None;
        self.out.push_str(token);
    }

    /// Whether an expression may begin here: then a slash opens a regular expression.
    fn begins_expression(&self) -> bool {
        let Some(last) = self.out.chars().next_back() else { return true };
        if is_name(last) {
            let word = self.out.rsplit(|c| !is_name(c)).next().unwrap_or_default();
            return BEFORE_EXPRESSION.contains(&word);
        }
        !matches!(last, ')' | ']' | '}' | '\'' | '"' | '`')
    }
}

/// `#a` to `#z`, then `#a1` and so on.
fn short(number: usize) -> String {
    let letter = char::from(b'a' + (number % 26) as u8);
    match number / 26 {
        0 => format!("#{letter}"),
        round => format!("#{letter}{round}"),
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '#')
}

/// Whether a statement may end with this: then a line break after it may be its semicolon.
fn may_end(c: char) -> bool {
    is_name(c) || matches!(c, ')' | ']' | '}' | '\'' | '"' | '`' | '/' | '+' | '-')
}

/// Whether a statement may begin with this.
fn may_begin(c: char) -> bool {
    is_name(c) || matches!(c, '(' | '[' | '{' | '\'' | '"' | '`' | '/' | '+' | '-' | '!' | '~' | '*' | '@')
}

/// Whether two tokens would become one without a space.
fn must_part(before: char, after: char) -> bool {
    is_name(before) && is_name(after)
        || matches!((before, after), ('+', '+') | ('-', '-') | ('/', '/' | '*') | ('*', '/'))
}

/// Length of a string that begins with `quote`.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of a template, with the expressions in it and the templates in those.
fn template_length(text: &str) -> usize {
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '`' => return at + 1,
            '\\' => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            '$' if text[at..].starts_with("${") => at = expression_end(text, at + 2),
            c => at += c.len_utf8(),
        }
    }
    text.len()
}

/// Where the expression in a template that begins at `at` has ended.
fn expression_end(text: &str, mut at: usize) -> usize {
    let mut depth = 1;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '`' => at += template_length(&text[at..]),
            '\'' | '"' => at += quoted_length(&text[at..], c),
            '{' | '}' => {
                depth += if c == '{' { 1 } else { -1 };
                at += 1;
                if depth == 0 {
                    return at;
                }
            }
            c => at += c.len_utf8(),
        }
    }
    text.len()
}

/// Length of a regular expression and its flags.
fn regex_length(text: &str) -> usize {
    let (mut escaped, mut in_class) = (false, false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => {
                let flags = text[at + 1..].find(|c: char| !c.is_ascii_alphabetic());
                return flags.map_or(text.len(), |flags| at + 1 + flags);
            }
            _ => {}
        }
    }
    text.len()
}

/// A style sheet without comments and needless white space (CSS Syntax Level 3 §4).
fn style(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let mut gap = false;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' | '\'' => quoted_length(rest, c),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        if c.is_whitespace() || token.starts_with("/*") {
            gap = true;
            continue;
        }
        let last = out.chars().next_back().unwrap_or('{');
        if c == '}' && last == ';' {
            out.pop();
        }
        if gap
            && !matches!(last, '{' | '}' | ';' | ':' | ',' | '>')
            && !matches!(c, '{' | '}' | ';' | ',' | '>')
        {
            out.push(' ');
        }
        gap = false;
        out.push_str(token);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_white_space_go_and_tokens_stay() {
        for (source, stripped) in [
            ("const a = 1; // one\nconst b = 2;\n", "const a=1;const b=2;"),
            (
                "/** doc */\nexport class A {\n  #y = 1;\n  get x() { return this.#y; }\n}\n",
                "export class A{#a=1;get x(){return this.#a;}}",
            ),
            ("a = b\n(c)", "a=b\n(c)"),
            ("return\nx", "return\nx"),
            ("a + +b - -c", "a+ +b- -c"),
            ("a++ + b", "a++ +b"),
            ("x = 'a // b' + \"/* c */\"", "x='a // b'+\"/* c */\""),
            ("x = 'it\\'s // no'", "x='it\\'s // no'"),
            ("`a  ${ f(`b  ${'}'}`) }  // c`", "`a  ${ f(`b  ${'}'}`) }  // c`"),
            ("/[/\\]]+ /g.test( a )", "/[/\\]]+ /g.test(a)"),
            ("return /a  b/u", "return/a  b/u"),
            ("x = a / b / c", "x=a/b/c"),
            ("(a) / 2; [1] / 2; f() / g", "(a)/2;[1]/2;f()/g"),
            ("a /* x */ b", "a b"),
            ("if (a) b(); else c()", "if(a)b();else c()"),
            ("async *go() {}", "async*go(){}"),
        ] {
            assert_eq!(script(source), stripped, "{source}");
        }
    }

    #[test]
    fn a_style_sheet_keeps_what_it_means() {
        for (source, stripped) in [
            (".a .b > .c , .d { color : red ; margin: 0 -1px; }", ".a .b>.c,.d{color :red;margin:0 -1px}"),
            (".a :hover{}/* x */ .b:not(.c) {}", ".a :hover{}.b:not(.c){}"),
            ("@media (a) and (b) { x { y: calc(1px + 2px) } }", "@media (a) and (b){x{y:calc(1px + 2px)}}"),
            ("a { font: \"Segoe  UI\", x }", "a{font:\"Segoe  UI\",x}"),
        ] {
            assert_eq!(style(source), stripped, "{source}");
        }
        assert_eq!(script("x = /* css */ `\n a { b: c; }\n`;"), "x=`a{b:c}`;");
    }

    #[test]
    fn what_is_not_closed_ends_with_the_text() {
        for source in ["'a", "`a${", "/* a", "x = /a", "`a${`b", "x = '\\", "`\\"] {
            assert!(script(source).len() <= source.len());
        }
    }
}
