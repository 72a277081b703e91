"""Finding the contexts: every module of `topology/contexts/` describes one."""

import importlib
import pkgutil
from types import ModuleType

from martelo.stack.topology.process import Context


def find_contexts(package: ModuleType) -> tuple[Context, ...]:
    """Return the `CONTEXT` of every module of `package`, in the order of the modules' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = (importlib.import_module(f"{package.__name__}.{name}") for name in names)
    return tuple(module.CONTEXT for module in modules)
