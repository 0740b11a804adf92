//! The text of an expression: its tokens, and where each byte of it stands in the file.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{
    Location, Span as SqlSpan, Token, TokenWithSpan, Tokenizer, Whitespace,
};

use super::Scope;
use crate::diagnostic::Diagnostic;
use crate::load::yaml::{Node, Scalar, places};
use crate::source::{FileId, Span};

/// Characters an expression may have; the longest of the national rulebook has 1,500.
const LENGTH_MAX: usize = 20_000;
/// Words and signs an expression may have, so that no reader of it runs out of stack.
const TOKENS_MAX: usize = 2_000;
/// Brackets, CASEs, NOTs and signs inside one another. The SQL parser takes some 90 KB of stack for each
/// in a debug build, and a thread has 2 MB.
const NESTING_MAX: usize = 16;

/// The text of an expression.
pub(super) struct Text {
    file: FileId,
    /// As the parser reads it: the same length as written, with `x@2025-08` made one word.
    pub masked: String,
    is_ascii: bool,
    places: Vec<u32>,
    line_starts: Vec<usize>,
    pub tokens: Vec<TokenWithSpan>,
    /// Bytes of each token.
    ranges: Vec<(usize, usize)>,
}

impl Text {
    /// The text of a node, cut into tokens.
    pub fn read(node: &Node, scalar: &Scalar, scope: &Scope<'_>) -> Option<Self> {
        let refuse = |message: String| {
            scope.found.push(
                Diagnostic::error("expression::size", node.span, message)
                    .help("name parts of it under `let:`"),
            );
        };
        if scalar.text.len() > LENGTH_MAX {
            refuse(format!("an expression has at most {LENGTH_MAX} characters"));
            return None;
        }
        let file_text = scope
            .sources
            .file(node.span.file)
            .map_or("", |file| file.text.as_str());
        let masked = mask(&scalar.text);
        let line_starts = std::iter::once(0)
            .chain(masked.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut text = Self {
            file: node.span.file,
            places: places(node, file_text),
            is_ascii: masked.is_ascii(),
            masked,
            line_starts,
            tokens: Vec::new(),
            ranges: Vec::new(),
        };
        match Tokenizer::new(&GenericDialect {}, &text.masked).tokenize_with_location() {
            Ok(tokens) => text.tokens = tokens,
            Err(error) => {
                let at = text.offset(error.location);
                scope.found.push(
                    Diagnostic::error(
                        "expression::syntax",
                        text.span(at, at + 1),
                        format!("this is no expression: {}", error.message),
                    )
                    .help("texts stand between two ' signs"),
                );
                return None;
            }
        }
        text.check_size(&refuse)?;
        text.ranges = text
            .tokens
            .iter()
            .map(|token| text.range(token.span))
            .collect();
        text.check_comments(scope)?;
        Some(text)
    }

    fn check_size(&self, refuse: &impl Fn(String)) -> Option<()> {
        if self.tokens.len() > TOKENS_MAX * 2 || self.words() > TOKENS_MAX {
            refuse(format!(
                "an expression has at most {TOKENS_MAX} words and signs"
            ));
            return None;
        }
        if nesting(&self.tokens) > NESTING_MAX {
            refuse("this expression is nested too deeply".to_owned());
            return None;
        }
        Some(())
    }

    fn check_comments(&self, scope: &Scope<'_>) -> Option<()> {
        for (token, (start, end)) in self.tokens.iter().zip(&self.ranges) {
            let is_comment = matches!(
                token.token,
                Token::Whitespace(
                    Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)
                )
            );
            if is_comment {
                scope.found.push(
                    Diagnostic::error(
                        "expression::comment",
                        self.span(*start, *end),
                        "an expression holds no comments, and `--` begins one",
                    )
                    .help("put the comment beside the expression after `#`, or write `- -`"),
                );
                return None;
            }
        }
        Some(())
    }

    fn words(&self) -> usize {
        self.tokens
            .iter()
            .filter(|token| !matches!(token.token, Token::Whitespace(_)))
            .count()
    }

    /// The place in the file of bytes `start..end` of the text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let last = self.places.len().saturating_sub(1);
        let from = self.places.get(start.min(last)).copied().unwrap_or(0);
        let to = if end > start {
            self.places
                .get((end - 1).min(last))
                .map_or(from, |place| place + u32::from(end <= last))
        } else {
            from
        };
        Span {
            file: self.file,
            start: from,
            end: to.max(from),
        }
    }

    /// Bytes of the text that the parser's span covers; empty at the start for one it does not know.
    pub fn range(&self, span: SqlSpan) -> (usize, usize) {
        if span.start.line == 0 {
            return (0, 0);
        }
        let start = self.offset(span.start);
        (start, self.offset(span.end).max(start))
    }

    fn offset(&self, location: Location) -> usize {
        let line = usize::try_from(location.line).unwrap_or(1).max(1) - 1;
        let column = usize::try_from(location.column).unwrap_or(1).max(1) - 1;
        let Some(start) = self.line_starts.get(line) else {
            return self.masked.len();
        };
        // Most are in plain letters; to count characters from the start for each token takes seconds.
        if self.is_ascii {
            return (start + column).min(self.masked.len());
        }
        self.masked[*start..]
            .char_indices()
            .nth(column)
            .map_or(self.masked.len(), |(at, _)| start + at)
    }

    /// The range widened over the brackets it has only one half of, and over `before` tokens in front.
    pub fn widened(&self, (start, end): (usize, usize), before: usize) -> (usize, usize) {
        let (mut start, mut end) = (start, end);
        let mut depth = 0_i32;
        let mut lowest = 0_i32;
        for (token, (from, to)) in self.tokens.iter().zip(&self.ranges) {
            if *from >= start && *to <= end {
                depth += bracket(&token.token);
                lowest = lowest.min(depth);
            }
        }
        let mut opens_missing = -lowest;
        let mut closes_missing = depth - lowest;
        for (token, (_, to)) in self.tokens.iter().zip(&self.ranges) {
            if closes_missing > 0 && *to > end && bracket(&token.token) <= 0 {
                end = *to;
                closes_missing += bracket(&token.token);
            } else if closes_missing > 0 && *to > end {
                closes_missing += bracket(&token.token);
                end = *to;
            }
        }
        let mut wanted = before;
        for (token, (from, _)) in self.tokens.iter().zip(&self.ranges).rev() {
            if *from >= start || matches!(token.token, Token::Whitespace(_)) {
                continue;
            }
            if opens_missing > 0 {
                opens_missing -= bracket(&token.token);
                start = *from;
            } else if wanted > 0 {
                wanted -= 1;
                start = *from;
            } else {
                break;
            }
        }
        (start, end)
    }

    /// Every pair of round brackets as bytes of the text, inner ones first.
    pub fn bracket_pairs(&self) -> Vec<(usize, usize)> {
        let mut open = Vec::new();
        let mut pairs = Vec::new();
        for (token, (from, to)) in self.tokens.iter().zip(&self.ranges) {
            match token.token {
                Token::LParen => open.push(*from),
                Token::RParen => pairs.extend(open.pop().map(|start| (start, *to))),
                _ => {}
            }
        }
        pairs
    }

    /// The range of a call whose name has this range: up to the bracket that closes its arguments.
    pub fn call(&self, (start, end): (usize, usize)) -> (usize, usize) {
        self.bracket_pairs()
            .into_iter()
            .filter(|(open, _)| *open >= end)
            .min_by_key(|(open, _)| *open)
            .map_or((start, end), |(_, close)| (start, close))
    }

    /// The place of the word or sign right before a place.
    pub fn token_before(&self, span: Span) -> Option<Span> {
        self.tokens
            .iter()
            .zip(&self.ranges)
            .filter(|(token, _)| !matches!(token.token, Token::Whitespace(_)))
            .map(|(_, (from, to))| self.span(*from, *to))
            .take_while(|token| token.end <= span.start)
            .last()
    }

    /// The place up to the closing bracket that follows it.
    pub fn closed(&self, span: Span) -> Span {
        self.tokens
            .iter()
            .zip(&self.ranges)
            .filter(|(token, _)| token.token == Token::RParen)
            .map(|(_, (from, to))| self.span(*from, *to))
            .find(|token| token.start >= span.end)
            .map_or(span, |token| span.to(token))
    }

    /// The range of the token at the place that a message of the parser names (`at Line: 1, Column: 5`),
    /// and the message without it.
    pub fn parser_message<'m>(&self, message: &'m str) -> (&'m str, (usize, usize)) {
        let whole = (0, self.masked.len());
        let Some((words, place)) = message.rsplit_once(" at Line: ") else {
            return (message, whole);
        };
        let mut numbers = place.split(", Column: ").map(str::parse::<u64>);
        let (Some(Ok(line)), Some(Ok(column))) = (numbers.next(), numbers.next()) else {
            return (words, whole);
        };
        let at = self.offset(Location { line, column });
        let token = self
            .ranges
            .iter()
            .find(|(start, _)| *start == at)
            .copied()
            .unwrap_or((at, at + 1));
        (words, token)
    }
}

/// How deep brackets, `CASE … END` and rows of `NOT`, `INTERVAL` and signs go. The parser reads types of SQL too,
/// and counts their depth as little as that of intervals: an angle bracket behind one is never closed here.
fn nesting(tokens: &[TokenWithSpan]) -> usize {
    #[derive(PartialEq)]
    enum Open {
        Bracket,
        Prefix,
    }
    fn operand_ends(open: &mut Vec<Open>) {
        while open.last() == Some(&Open::Prefix) {
            open.pop();
        }
    }
    let mut open: Vec<Open> = Vec::new();
    let mut deepest = 0;
    let mut is_type = false;
    for token in tokens {
        let behind_type = std::mem::take(&mut is_type);
        match &token.token {
            Token::Whitespace(_) => is_type = behind_type,
            Token::Lt if behind_type => open.push(Open::Bracket),
            Token::LParen | Token::LBracket | Token::LBrace => open.push(Open::Bracket),
            Token::RParen | Token::RBracket | Token::RBrace => {
                operand_ends(&mut open);
                open.pop();
                operand_ends(&mut open);
            }
            // A sign between two operands is open until the second one, too; that does no harm.
            Token::Minus | Token::Plus => open.push(Open::Prefix),
            Token::Number(..) | Token::SingleQuotedString(_) => operand_ends(&mut open),
            Token::Word(word) => match word.keyword {
                Keyword::CASE => open.push(Open::Bracket),
                Keyword::END => {
                    operand_ends(&mut open);
                    open.pop();
                    operand_ends(&mut open);
                }
                Keyword::NOT | Keyword::INTERVAL => open.push(Open::Prefix),
                Keyword::ARRAY | Keyword::STRUCT | Keyword::MAP => is_type = true,
                Keyword::NoKeyword => operand_ends(&mut open),
                _ => {}
            },
            _ => {}
        }
        deepest = deepest.max(open.len());
    }
    deepest
}

fn bracket(token: &Token) -> i32 {
    match token {
        Token::LParen | Token::LBracket => 1,
        Token::RParen | Token::RBracket => -1,
        _ => 0,
    }
}

/// Makes `x@2025-08` and `x@2025-Q3` one word of the same length: `x@2025_08`. Texts are left alone.
fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = text.to_owned().into_bytes();
    let mut in_text = false;
    for at in 0..bytes.len() {
        match bytes[at] {
            b'\'' => in_text = !in_text,
            b'@' if !in_text => {
                let year = bytes.get(at + 1..at + 5);
                let rest = bytes.get(at + 6..at + 8);
                let is_period = year.is_some_and(|year| year.iter().all(u8::is_ascii_digit))
                    && bytes.get(at + 5) == Some(&b'-')
                    && rest.is_some_and(|rest| {
                        (rest[0].is_ascii_digit() || rest[0] == b'Q') && rest[1].is_ascii_digit()
                    });
                if is_period {
                    out[at + 5] = b'_';
                }
            }
            _ => {}
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn a_month_becomes_one_word_but_not_inside_a_text() {
        assert_eq!(mask("x@2025-08 - 1"), "x@2025_08 - 1");
        assert_eq!(mask("x@2025-Q3"), "x@2025_Q3");
        assert_eq!(mask("c = 'x@2025-08'"), "c = 'x@2025-08'");
        assert_eq!(mask("x@2025 - 8"), "x@2025 - 8");
    }
}
