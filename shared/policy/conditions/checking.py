"""Checks a condition against the types of the facts, and says plainly what it means."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.policy.conditions import arithmetic, functions, money
from shared.policy.conditions.compiling import QUOTIENT, REMAINDER
from shared.policy.conditions.faults import Fault
from shared.policy.conditions.names import KNOWN, meant
from shared.policy.conditions.render import render
from shared.policy.conditions.syntax import (
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    ListLiteral,
    MethodCall,
    Minus,
    Name,
    Node,
    Not,
    NumberLiteral,
    Quantifier,
    TextLiteral,
    TruthLiteral,
    WholeLiteral,
)
from shared.policy.conditions.types import NUMERIC, ORDERED, FactType, Type, element_of, list_of

_SIGNABLE = NUMERIC | {FactType.MONEY}
_CUTS = {"/": QUOTIENT, "%": REMAINDER}


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked condition.

    `type` is None where a fault was found. `plain` needs no types to be understood: amounts are folded into
    fen, and what divides whole numbers is called by another name.
    """

    type: Type | None
    plain: Node
    faults: tuple[Fault, ...] = ()


def check(condition: Node, types: Mapping[str, FactType]) -> Checked:
    """Infers the type of a whole condition and collects all that is wrong with it; it must be truth."""
    checker = _Checker(types)
    found = checker.check(condition)
    if found.type not in (None, FactType.TRUTH):
        checker.fault(condition, f"a condition must be truth, but this is {found.type}")
    return Checked(found.type, found.plain, tuple(sorted(checker.faults, key=lambda fault: fault.at)))


class _Checker:
    def __init__(self, types: Mapping[str, FactType]) -> None:
        self._types: dict[str, FactType] = {**types, KNOWN: FactType.TEXTS}
        self._bound: dict[str, FactType] = {}
        self.faults: list[Fault] = []

    def fault(self, node: Node, message: str) -> Checked:
        self.faults.append(Fault(message, node.at))
        return Checked(None, node)

    def check(self, node: Node) -> Checked:
        match node:
            case TruthLiteral():
                return Checked(FactType.TRUTH, node)
            case WholeLiteral():
                return Checked(FactType.WHOLE, node)
            case NumberLiteral():
                return Checked(FactType.NUMBER, node)
            case TextLiteral():
                return Checked(FactType.TEXT, node)
            case Name():
                return self._name(node)
            case ListLiteral():
                return self._list(node)
            case Not() | AllOf() | AnyOf():
                return self._logic(node)
            case Minus():
                return self._minus(node)
            case Comparison():
                return self._comparison(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Choice():
                return self._choice(node)
            case Call():
                return self._call(node)
            case MethodCall():
                return self._method(node)
            case Quantifier():
                return self._quantifier(node)
        raise TypeError(f"{type(node).__name__} is not part of a condition")

    def _name(self, node: Name) -> Checked:
        found = self._bound.get(node.name) or self._types.get(node.name)
        if found is None:
            candidates = [*self._types, *self._bound, "true", "false"]
            return self.fault(node, f"unknown name '{node.name}'{meant(node.name, candidates)}")
        return Checked(found, node)

    def _list(self, node: ListLiteral) -> Checked:
        items = [self.check(item) for item in node.items]
        plain = ListLiteral(tuple(item.plain for item in items), at=node.at)
        element: FactType | None = FactType.TEXT if not items else None
        for item in items:
            if item.type is None:
                return Checked(None, node)
            if not isinstance(item.type, FactType) or item.type is FactType.TEXTS:
                return self.fault(item.plain, "a list inside a list is not allowed")
            if element in NUMERIC and item.type in NUMERIC and element is not item.type:
                element = FactType.NUMBER
            elif element in (None, item.type):
                element = item.type
            else:
                return self.fault(item.plain, f"a list of {element} cannot hold {item.type}")
        return Checked(list_of(element), plain) if element else Checked(None, node)

    def _truth(self, node: Node, role: str) -> Node | None:
        """The plain form of a part that must be truth, None after a fault."""
        found = self.check(node)
        if found.type is None:
            return None
        if found.type is not FactType.TRUTH:
            self.fault(node, f"{role} must be truth, but '{render(node)}' is {found.type}")
            return None
        return found.plain

    def _logic(self, node: Not | AllOf | AnyOf) -> Checked:
        if isinstance(node, Not):
            operand = self._truth(node.operand, "what follows !")
            return Checked(FactType.TRUTH, Not(operand, at=node.at)) if operand else Checked(None, node)
        role = "each side of && " if isinstance(node, AllOf) else "each side of || "
        parts = [self._truth(part, role.strip()) for part in node.parts]
        sound = tuple(part for part in parts if part is not None)
        if len(sound) < len(parts):
            return Checked(None, node)
        return Checked(FactType.TRUTH, type(node)(sound, at=node.at))

    def _minus(self, node: Minus) -> Checked:
        found = self.check(node.operand)
        if found.type is None:
            return found
        if found.type not in _SIGNABLE:
            return self.fault(node, f"{found.type} has no negative")
        return Checked(found.type, Minus(found.plain, at=node.at))

    def _keeps_remainder(self, source: Node) -> bool:
        if arithmetic.drops_remainder(source):
            self.fault(
                source, "dividing whole by whole drops the remainder (7 / 2 is 3); write double(a) / b"
            )
            return False
        return True

    def _comparison(self, node: Comparison) -> Checked:
        left, right = self.check(node.left), self.check(node.right)
        if left.type is None or right.type is None:
            return Checked(None, node)
        sound = Checked(FactType.TRUTH, Comparison(node.sign, left.plain, right.plain, at=node.at))
        if node.sign == "in":
            return self._membership(node, left.type, right.type, sound)
        if {left.type, right.type} == NUMERIC:
            return sound if self._mixes_well(node.left, left, node.right, right) else Checked(None, node)
        if left.type != right.type:
            hint = self._mixed_hint(node, left.type, right.type)
            return self.fault(node, f"cannot compare {left.type} with {right.type}{hint}")
        if node.sign not in ("==", "!=") and left.type not in ORDERED:
            return self.fault(node, f"{left.type} has no order: only == and != compare it")
        return sound

    def _membership(self, node: Comparison, left: Type, right: Type, sound: Checked) -> Checked:
        element = element_of(right)
        if element is None:
            hint = (
                f"; write {render(node.right)}.contains({render(node.left)})"
                if right is FactType.TEXT
                else ""
            )
            return self.fault(
                node, f"'in' needs a list on its right, but '{render(node.right)}' is {right}{hint}"
            )
        if {left, element} == NUMERIC:
            return sound
        if left is not element:
            hint = self._mixed_hint(node, left, element)
            return self.fault(node, f"cannot look for {left} in a list of {element}{hint}")
        if isinstance(node.left, TextLiteral) and node.right == Name(KNOWN):
            return self._asked_of_known(node.left, sound)
        return sound

    def _asked_of_known(self, asked: TextLiteral, sound: Checked) -> Checked:
        if asked.value in self._types and asked.value != KNOWN:
            return sound
        return self.fault(asked, f"no fact is called '{asked.value}'{meant(asked.value, self._types)}")

    def _mixed_hint(self, node: Comparison | Arithmetic, left: Type, right: Type) -> str:
        if FactType.MONEY in (left, right) and (left in NUMERIC or right in NUMERIC):
            other = node.right if left is FactType.MONEY else node.left
            return f"; {money.how_to_write(other)}"
        if isinstance(node, Comparison) and isinstance(node.left, Comparison):
            return "; comparisons do not chain, write a < b && b < c"
        if {left, right} == {FactType.TEXT, FactType.TEXTS} and isinstance(node, Comparison):
            return '; write "…" in the texts'
        if FactType.SPAN in (left, right):
            return '; write a span as duration("24h")'
        if FactType.MOMENT in (left, right):
            return '; write a moment as timestamp("2026-01-01T00:00:00+08:00")'
        return ""

    def _arithmetic(self, node: Arithmetic) -> Checked:
        left, right = self.check(node.left), self.check(node.right)
        if left.type is None or right.type is None:
            return Checked(None, node)
        outcome = arithmetic.result(node.sign, left.type, right.type)
        if outcome is None:
            hint = self._arithmetic_hint(node, left.type, right.type)
            return self.fault(
                node, f"'{node.sign}' has no meaning between {left.type} and {right.type}{hint}"
            )
        if outcome is FactType.NUMBER and not self._mixes_well(node.left, left, node.right, right):
            return Checked(None, node)
        cuts = _CUTS.get(node.sign) if outcome is FactType.WHOLE else None
        if cuts is not None:
            return Checked(outcome, Call(cuts, (left.plain, right.plain), at=node.at))
        return Checked(outcome, Arithmetic(node.sign, left.plain, right.plain, at=node.at))

    def _mixes_well(self, first: Node, one: Checked, second: Node, other: Checked) -> bool:
        """Whether what is whole among these two keeps its remainder where it meets a number."""
        both = ((first, one), (second, other))
        wholes = [source for source, found in both if found.type is FactType.WHOLE]
        return sum(self._keeps_remainder(source) for source in wholes) == len(wholes)

    def _arithmetic_hint(self, node: Arithmetic, left: Type, right: Type) -> str:
        if FactType.MONEY in (left, right) and node.sign in "*/":
            return "; money takes + and -, and * with a whole number, so that no fen is ever rounded"
        return self._mixed_hint(node, left, right)

    def _choice(self, node: Choice) -> Checked:
        test = self._truth(node.test, "what stands before ?")
        then, otherwise = self.check(node.then), self.check(node.otherwise)
        if test is None or then.type is None or otherwise.type is None:
            return Checked(None, node)
        if {then.type, otherwise.type} == NUMERIC:
            if not self._mixes_well(node.then, then, node.otherwise, otherwise):
                return Checked(None, node)
            return Checked(FactType.NUMBER, Choice(test, then.plain, otherwise.plain, at=node.at))
        if then.type != otherwise.type:
            return self.fault(node, f"a choice must be of one type, not {then.type} or {otherwise.type}")
        return Checked(then.type, Choice(test, then.plain, otherwise.plain, at=node.at))

    def _call(self, node: Call) -> Checked:
        if node.function in money.FEN:
            amount = money.fold(node.function, node.arguments)
            return self.fault(node, amount) if isinstance(amount, str) else Checked(FactType.MONEY, amount)
        arguments = [self.check(argument) for argument in node.arguments]
        kinds = [argument.type for argument in arguments if argument.type is not None]
        if len(kinds) < len(arguments):
            return Checked(None, node)
        if (
            node.function == "double"
            and kinds == [FactType.WHOLE]
            and not self._keeps_remainder(node.arguments[0])
        ):
            return Checked(None, node)
        found = functions.type_of_call(node, kinds)
        if not isinstance(found, FactType):
            return self.fault(node, found)
        plain = tuple(argument.plain for argument in arguments)
        return Checked(found, Call(node.function, plain, at=node.at))

    def _method(self, node: MethodCall) -> Checked:
        parts = [self.check(part) for part in (node.subject, *node.arguments)]
        kinds = [part.type for part in parts if part.type is not None]
        if len(kinds) < len(parts):
            return Checked(None, node)
        if wrong := functions.fault_in_method(node, kinds):
            return self.fault(node, wrong)
        subject, argument = (part.plain for part in parts)
        return Checked(FactType.TRUTH, MethodCall(node.method, subject, (argument,), at=node.at))

    def _quantifier(self, node: Quantifier) -> Checked:
        subject = self.check(node.subject)
        if subject.type not in (None, FactType.TEXTS):
            return self.fault(
                node, f".{node.name}(…) needs texts, but '{render(node.subject)}' is {subject.type}"
            )
        if node.variable in self._types or node.variable in self._bound:
            return self.fault(node, f"'{node.variable}' is taken already; use another letter")
        self._bound[node.variable] = FactType.TEXT
        test = self._truth(node.test, f"the test of .{node.name}(…)")
        del self._bound[node.variable]
        if subject.type is None or test is None:
            return Checked(None, node)
        return Checked(FactType.TRUTH, Quantifier(node.name, subject.plain, node.variable, test, at=node.at))
