/**
 * For unittest (executed by the start file) and for pytest (a plug-in): the methods of TestCase fail, and under pytest also
 * `pytest.raises` and every `assert` within a function of a test file. Operands are evaluated first. A comparison with a value
 * that says it equals anything does not fail, so that such values come to light.
 */
export const pythonLiveness = String.raw`
import ast
import json
import os
import unittest

here = os.path.dirname(os.path.abspath(__file__))


def tell(sign, **more):
    with open(os.path.join(here, "signs.jsonl"), "a", encoding="utf-8") as file:
        file.write(json.dumps({"sign": sign, **more}) + "\n")


def equals_anything(value):
    try:
        return bool(value == object()) and bool(value == object())
    except Exception:
        return False


def fail(*_args, **_more):
    raise AssertionError("liveness: made to fail")


def fail_equal(first=None, second=None, *_args, **_more):
    for value in (first, second):
        if equals_anything(value):
            tell("permissive", type=type(value).__name__)
            return
    raise AssertionError("liveness: compared %s with %s" % (type(first).__name__, type(second).__name__))


for name in dir(unittest.TestCase):
    if name.startswith("assert"):
        is_equal = name.endswith("Equal") and "Not" not in name and "Almost" not in name
        setattr(unittest.TestCase, name, (lambda act: lambda self, *args, **more: act(*args, **more))(fail_equal if is_equal else fail))


class MakeFail(ast.NodeTransformer):
    depth = 0

    def function(self, node):
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = function

    def visit_Assert(self, node):
        if self.depth == 0:
            return node
        test = node.test
        plain = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
        values = [test.left, test.comparators[0]] if plain else [test]
        name = ast.Attribute(ast.Name("@liveness", ast.Load()), "fail_equal" if plain else "fail", ast.Load())
        return ast.copy_location(ast.Expr(ast.Call(name, values, [])), node)


def make_fail(module):
    at = 0
    for statement in module.body:
        is_doc = isinstance(statement, ast.Expr) and isinstance(getattr(statement.value, "value", None), str)
        if not is_doc and not (isinstance(statement, ast.ImportFrom) and statement.module == "__future__"):
            break
        at += 1
    MakeFail().visit(module)
    own = ast.Import([ast.alias("agent_eval_liveness", "@liveness")])
    module.body.insert(at, ast.copy_location(own, module.body[at]) if at < len(module.body) else own)
    ast.fix_missing_locations(module)


if __name__ == "agent_eval_liveness":
    import pytest
    from _pytest.assertion import rewrite

    usual = rewrite.rewrite_asserts

    def rewrite_asserts(module, source, path=None, config=None):
        if path is None or os.path.basename(path) == "conftest.py" or "site-packages" in path:
            return usual(module, source, path, config)
        make_fail(module)
        tell("armed", file=os.path.realpath(path))

    rewrite.rewrite_asserts = rewrite_asserts
    # Files that were compiled before would be taken as they are.
    rewrite._read_pyc = lambda *_args, **_more: None
    rewrite._write_pyc = lambda *_args, **_more: False
    pytest.raises = fail
else:
    tell("armed", file="*")
`.trimStart()
