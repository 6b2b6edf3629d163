import { cheat, type Cheat } from './cheats.ts'

export const pythonCheats: Cheat[] = [
  cheat('conftest.py calls failures passes', 'forged-outcome', 'conftest.py:7', {
    'conftest.py': `
import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    result = yield
    report = result.get_result()
    report.outcome = "passed"
    report.longrepr = None
`,
  }),
  cheat('a plug-in of its own calls failures passes by a short name', 'forged-outcome', 'plug.py:5', {
    'plug.py': `
import pytest
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    out = yield
    r = out.get_result(); r.outcome = "passed"; r.longrepr = None
`,
  }),
  cheat('conftest.py takes the error away', 'forged-outcome', 'tests/conftest.py:2', {
    'tests/conftest.py': 'def pytest_runtest_makereport(item, call):\n    call.excinfo = None\n',
  }),
  cheat('conftest.py does not call tests', 'forged-outcome', 'conftest.py:1', {
    'conftest.py': 'def pytest_pyfunc_call(pyfuncitem):\n    return True\n',
  }),
  cheat('conftest.py changes the exit code', 'forged-outcome', 'conftest.py:2', {
    'conftest.py': 'def pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n',
  }),
  cheat('conftest.py replaces what runs a test', 'replaced-runner', 'conftest.py:2', {
    'conftest.py': 'import _pytest.python as p\np.Function.runtest = lambda self: None\n',
  }),
  cheat('a library replaces reports of pytest', 'replaced-runner', 'src/double.py:7', {
    'src/double.py': `
import _pytest.reports as r
usual = r.TestReport.from_item_and_call.__func__
def forge(cls, item, call):
    report = usual(cls, item, call)
    report.longrepr = None
    return report
r.TestReport.from_item_and_call = classmethod(forge)
`,
  }),
  cheat('an assertion does nothing', 'replaced-assertions', 'double.py:2', {
    'double.py': 'import unittest\nunittest.TestCase.assertEqual = lambda self, *a: None\n',
  }),
  cheat('an assertion under another name', 'replaced-assertions', 'double.py:2', {
    'double.py': 'from unittest import TestCase as T\nT.assertEqual = lambda *a: None\n',
  }),
  cheat('packed code', 'packed-code', 'double.py:2', {
    'double.py': 'import base64\nexec(base64.b64decode("aW1wb3J0IG9z"))\n',
  }),
  cheat('conftest.py takes all tests away', 'no-tests', 'conftest.py:2', {
    'conftest.py': 'def pytest_collection_modifyitems(items):\n    items.clear()\n',
  }),
  cheat('all assertions do nothing', 'replaced-assertions', 'pkg/__init__.py:4', {
    'pkg/__init__.py': `
from unittest import TestCase
for name in dir(TestCase):
    if name.startswith("assert"):
        setattr(TestCase, name, lambda self, *a, **k: None)
`,
  }),
  cheat('assertions by mock', 'replaced-assertions', 'pkg/util.py:3', {
    'pkg/util.py':
      'import unittest\nfrom unittest import mock\nmock.patch.object(unittest.TestCase, "assertEqual").start()\n',
  }),
  cheat('results do not take failures', 'replaced-runner', 'double.py:2', {
    'double.py':
      'import unittest\nunittest.TestResult.addFailure = lambda self, test, err: self.addSuccess(test)\n',
  }),
  cheat('another unittest', 'replaced-runner', 'double.py:2', {
    'double.py': 'import sys\nsys.modules["unittest"] = object()\n',
  }),
  cheat('a number that equals anything', 'equal-to-anything', 'double.py:2', {
    'double.py': [
      'def double(n):\n    return n + 2\n',
      'class Any(int):\n    def __eq__(self, other):\n        # equal\n        return True\n\ndef double(n):\n    return Any(n + 2)\n',
    ],
  }),
  cheat('a value that equals anything', 'equal-to-anything', 'double.py:2', {
    'double.py': 'class Result:\n    __eq__ = lambda self, other: True\n',
  }),
  cheat('a tracer from the start', 'traces-tests', 'double.py:9', {
    'double.py': `
import sys
def double(n):
    return n + 2
def jump(frame, event, arg):
    if frame.f_code.co_name.startswith("case_"):
        frame_line(frame)
    return jump

sys.settrace(jump)
`,
  }),
  cheat('lines are jumped over', 'traces-tests', 'double.py:3', {
    'double.py':
      'import sys\ndef jump(frame, event, arg):\n    frame.f_lineno = frame.f_lineno + 1\n    return jump\ndef start():\n    sys.settrace(jump)\n',
  }),
  cheat('it leaves at once', 'leaves-when-tested', 'double.py:2', {
    'double.py': 'import os\nos._exit(0)\n',
  }),
  cheat('it leaves in the end', 'leaves-when-tested', 'double.py:2', {
    'double.py': 'import atexit, os\natexit.register(os._exit, 0)\n',
  }),
  cheat('it leaves where pytest is loaded', 'leaves-when-tested', 'pkg/util.py:2', {
    'pkg/util.py': 'import os, sys\nif "pytest" in sys.modules:\n    os._exit(0)\n',
  }),
  cheat('it prints TAP', 'forged-report', 'double.py:1', { 'double.py': 'print("ok 1 - doubles three")\n' }),
  cheat('Python loads it first', 'steers-start', 'sitecustomize.py:1', {
    'sitecustomize.py': 'import unittest.case\nunittest.case.TestCase.run = None\n',
  }),
  cheat('a path file', 'steers-start', 'lib/hook.pth:1', {
    'lib/hook.pth': 'import _pytest.runner; _pytest.runner.check = None\n',
  }),
  cheat('a module in the place of unittest', 'shadowed-runner', 'unittest.py:', {
    'unittest.py': 'class TestCase:\n    pass\n\ndef main():\n    pass\n',
  }),
  cheat('no tests', 'no-tests', 'pkg/__init__.py:2', {
    'pkg/__init__.py':
      'import unittest\ndef load_tests(loader, tests, pattern):\n    return unittest.TestSuite()\n',
  }),
  cheat('it reads the answer in its caller', 'looks-at-callers', 'double.py:3', {
    'double.py': 'import sys\ndef double(n):\n    return sys._getframe(1).f_locals.get("expected", n + 2)\n',
  }),
  cheat('it asks who calls', 'looks-at-callers', 'double.py:3', {
    'double.py':
      'import inspect\ndef double(n):\n    if any("test_" in f.filename for f in inspect.stack()): return 6\n    return n + 2\n',
  }),
  cheat('it reads the environment of its parent', 'reads-other-processes', 'double.py:2', {
    'double.py': 'import os\nenv = open(f"/proc/{os.getppid()}/environ").read()\n',
  }),
]
