"""Beans: Python objects that the operator lets expressions of diagrams ask, each by the names that are listed.

    from baton.bpm.expressions import bean

    @bean("prices", methods=["of"], values=["currency"])
    class Prices:
        currency = "EUR"

        def of(self, article: str) -> int:
            return {"apple": 3}.get(article, 0)

Then `${prices.of('apple') > 2}` may stand in a diagram. Beans are registered by the modules given with `--handlers`,
never by a diagram or over HTTP. What a diagram names is looked up in a table made at registration, so nothing else
of the object, and nothing it leads to, can be reached. Methods run in the engine's process, perhaps more than once,
and nothing stops them: they should only look things up, quickly; work belongs in a job handler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from baton.bpm import errors, values

AnyClass = TypeVar("AnyClass", bound=type[Any])
_RESERVED = frozenset({"execution", "task", "authenticatedUserId", "true", "false", "null", "empty"})


@dataclass(frozen=True, slots=True)
class Bean:
    """What an expression holds when it names a bean; `origin` is the decorated class's full name."""

    name: str
    origin: str
    methods: Mapping[str, Callable[..., Any]]
    values: Mapping[str, Callable[[], Any]]

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        """Raises `ExpressionError` for what is not listed, and for whatever the method raises."""
        method = self.methods.get(name)
        if method is None:
            raise errors.ExpressionError(self._offers(f"{name}()"))
        return self._checked(name, lambda: method(*arguments))

    def get(self, name: str) -> Any:
        """One of the listed values. Raises `ExpressionError`."""
        read = self.values.get(name)
        if read is None:
            raise errors.ExpressionError(self._offers(name))
        return self._checked(name, read)

    def _offers(self, found: str) -> str:
        listed = [*(f"{name}()" for name in sorted(self.methods)), *sorted(self.values)]
        return f"Expected {', '.join(listed)} of the bean '{self.name}', but found {found}."

    def _checked(self, name: str, ask: Callable[[], Any]) -> Any:
        try:
            answer = ask()
        except Exception as error:
            # The operator's code: whatever it raises is the step's failure, not the engine's end.
            raise errors.ExpressionError(
                f"'{name}' of the bean '{self.name}' failed: {type(error).__name__}: {error}"[:500]
            ) from error
        try:
            values.check_limits({name: answer})
        except errors.Rejection as error:
            raise errors.ExpressionError(
                f"'{name}' of the bean '{self.name}' gave what is no variable: {error.message}"
            ) from error
        return answer


_registry: dict[str, Bean] = {}


def bean(name: str, *, methods: Iterable[str] = (), values: Iterable[str] = ()) -> Callable[[AnyClass], AnyClass]:
    """Make one object of the decorated class and register what is listed of it.

    Raises `ConfigurationError` for a name that is taken or cannot be written in an expression, and for a listed name
    that is private, missing, or of the wrong kind.
    """
    if not name.isidentifier() or name.startswith("_") or name in _RESERVED:
        raise errors.ConfigurationError(f"Expected the name of a bean, such as orderService, but found '{name}'.")

    def register(class_: AnyClass) -> AnyClass:
        made = _made(name, class_, tuple(methods), tuple(values))
        known = _registry.get(name)
        if known is not None and known.origin != made.origin:
            raise errors.ConfigurationError(
                f"Expected one bean '{name}', but found '{known.origin}' and '{made.origin}'."
            )
        _registry[name] = made
        return class_

    return register


def find(name: str) -> Bean | None:
    """The bean of that name, if the operator registered one."""
    return _registry.get(name)


def _made(name: str, class_: type[Any], methods: tuple[str, ...], values: tuple[str, ...]) -> Bean:
    origin = f"{class_.__module__}.{class_.__qualname__}"
    holder = class_()
    for listed in (*methods, *values):
        if listed.startswith("_") or not hasattr(holder, listed):
            raise errors.ConfigurationError(
                f"Expected public names of '{origin}' for the bean '{name}', but found '{listed}'."
            )
    found = {listed: getattr(holder, listed) for listed in methods}
    for listed, method in found.items():
        if not callable(method):
            raise errors.ConfigurationError(
                f"Expected '{listed}' of the bean '{name}' to be a method; list it in values."
            )
    return Bean(name, origin, found, {listed: _reader(holder, listed) for listed in values})


def _reader(holder: Any, name: str) -> Callable[[], Any]:
    # The name is the operator's, from the list; properties are read anew each time.
    return lambda: getattr(holder, name)
