"""Reads the text of a condition into nodes: a Pratt parser for the part of CEL that packs may use."""

import re
from typing import cast

from shared.policy.conditions.faults import ConditionSyntaxError
from shared.policy.conditions.literals import read_number, read_text
from shared.policy.conditions.syntax import (
    AllOf,
    AnyOf,
    Arithmetic,
    ArithmeticSign,
    Call,
    Choice,
    Comparison,
    ComparisonSign,
    ListLiteral,
    MethodCall,
    Minus,
    Name,
    Node,
    Not,
    Quantifier,
    QuantifierName,
    TruthLiteral,
    walk,
)
from shared.policy.conditions.tokens import Token, TokenKind, tokens_of

LONGEST = 2000
DEEPEST = 50

# Words that CEL keeps for itself; a fact cannot be called so.
RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let"}
    | {"loop", "namespace", "null", "package", "return", "true", "var", "void", "while"}
)

_POWER = {"||": 1, "&&": 2, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5}
_POWER |= dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), 3)
_WORDS = {"and": "&&", "or": "||", "not": "!", "is": "=="}
_ONE_LETTER = re.compile(r"[A-Za-z]\Z")


def parse(source: str) -> Node:
    """The condition as a tree. Raises ConditionSyntaxError, which says where and what was expected."""
    if len(source) > LONGEST:
        raise ConditionSyntaxError(f"longer than {LONGEST} characters ({len(source)})", LONGEST)
    return _Parser(tokens_of(source)).whole()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._expression()
        if self._here.kind is not TokenKind.END:
            raise self._unexpected("an operator or the end")
        for part, depth in walk(node):
            if depth > DEEPEST:
                raise _too_deep(part.at)
        return node

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._here
        self._next += 1
        return token

    def _is(self, mark: str) -> bool:
        return self._here.text == mark and self._here.kind in (TokenKind.MARK, TokenKind.NAME)

    def _expect(self, mark: str, why: str = "") -> Token:
        if not self._is(mark):
            raise self._unexpected(f"'{mark}'{why}")
        return self._take()

    def _unexpected(self, expected: str) -> ConditionSyntaxError:
        here = self._here
        meant = _WORDS.get(here.text.lower()) if here.kind is TokenKind.NAME else None
        hint = f"; write {meant} for '{here.text}'" if meant else ""
        return ConditionSyntaxError(f"expected {expected}, found {here}{hint}", here.at)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise _too_deep(self._here.at)

    def _expression(self) -> Node:
        self._deeper()
        node = self._operation(1)
        if self._is("?"):
            node = self._choice(node)
        self._depth -= 1
        return node

    def _choice(self, test: Node) -> Node:
        at = self._take().at
        then = self._operation(1)
        if self._is("?"):
            raise self._unexpected("':' (a choice inside a choice goes in brackets)")
        self._expect(":", " and what holds otherwise")
        return Choice(test, then, self._expression(), at=at)

    def _operation(self, least: int) -> Node:
        left = self._unary()
        while (power := self._power()) >= least:
            read = self._chain if self._here.text in ("&&", "||") else self._pair
            left = read(left, power)
        return left

    def _power(self) -> int:
        known = self._here.kind in (TokenKind.MARK, TokenKind.NAME)
        return _POWER.get(self._here.text, 0) if known else 0

    def _chain(self, first: Node, power: int) -> Node:
        sign, at = self._here.text, self._here.at
        parts = [first]
        while self._is(sign):
            self._take()
            parts.append(self._operation(power + 1))
        return (AllOf if sign == "&&" else AnyOf)(tuple(parts), at=at)

    def _pair(self, left: Node, power: int) -> Node:
        sign = self._take()
        right = self._operation(power + 1)
        if power == _POWER["=="]:
            return Comparison(cast(ComparisonSign, sign.text), left, right, at=sign.at)
        return Arithmetic(cast(ArithmeticSign, sign.text), left, right, at=sign.at)

    def _unary(self) -> Node:
        if not (self._is("!") or self._is("-")):
            return self._member()
        self._deeper()
        sign = self._take()
        operand = self._unary()
        self._depth -= 1
        return (Not if sign.text == "!" else Minus)(operand, at=sign.at)

    def _member(self) -> Node:
        node = self._primary()
        while self._is("."):
            self._take()
            node = self._method(node)
        return node

    def _method(self, subject: Node) -> Node:
        if self._here.kind is not TokenKind.NAME:
            raise self._unexpected("the name of a method after '.'")
        method = self._take()
        if not self._is("("):
            raise ConditionSyntaxError(
                f"a fact has no parts, so '.{method.text}' must be a call such as .contains(…)", method.at
            )
        opened = self._take()
        if method.text in ("exists", "all"):
            return self._quantifier(subject, method, opened)
        return MethodCall(method.text, subject, self._until(")", opened), at=method.at)

    def _quantifier(self, subject: Node, method: Token, opened: Token) -> Node:
        variable = self._here
        if variable.kind is not TokenKind.NAME or not _ONE_LETTER.match(variable.text):
            raise self._unexpected(f"a variable of one letter, as in .{method.text}(v, …)")
        self._take()
        self._expect(",", " and a test")
        test = self._expression()
        self._close(")", opened)
        return Quantifier(cast(QuantifierName, method.text), subject, variable.text, test, at=method.at)

    def _primary(self) -> Node:
        token = self._here
        match token.kind:
            case TokenKind.NUMBER:
                return read_number(self._take())
            case TokenKind.TEXT:
                return read_text(self._take())
            case TokenKind.NAME:
                return self._named()
        if self._is("("):
            opened = self._take()
            node = self._expression()
            self._close(")", opened)
            return node
        if self._is("["):
            return ListLiteral(self._until("]", self._take()), at=token.at)
        raise self._unexpected("a value")

    def _named(self) -> Node:
        token = self._here
        if token.text in ("true", "false"):
            return TruthLiteral(self._take().text == "true", at=token.at)
        if token.text == "null":
            raise ConditionSyntaxError(
                'there is no null: a fact that was not given is empty; ask "its_name" in known', token.at
            )
        if token.text in RESERVED:
            raise ConditionSyntaxError(
                f"expected a value, found '{token.text}', which is a reserved word", token.at
            )
        self._take()
        if self._is("("):
            return Call(token.text, self._until(")", self._take()), at=token.at)
        if token.text in _WORDS and self._here.kind in (TokenKind.NAME, TokenKind.NUMBER, TokenKind.TEXT):
            raise ConditionSyntaxError(f"write {_WORDS[token.text]} for '{token.text}'", token.at)
        return Name(token.text, at=token.at)

    def _until(self, mark: str, opened: Token) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self._is(mark):
            if items:
                self._expect(",", f" or '{mark}' to close the {opened} of column {opened.at + 1}")
            items.append(self._expression())
        self._take()
        return tuple(items)

    def _close(self, mark: str, opened: Token) -> None:
        self._expect(mark, f" to close the {opened} of column {opened.at + 1}")


def _too_deep(at: int) -> ConditionSyntaxError:
    return ConditionSyntaxError(f"nested more than {DEEPEST} deep", at)
