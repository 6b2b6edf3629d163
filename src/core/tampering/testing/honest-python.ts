import type { Change } from './patches.ts'

/** More of the same, mostly for Python and its runners. */
export const honestPython: [name: string, files: Record<string, Change>][] = [
  [
    'fixtures in conftest.py',
    {
      'conftest.py': `
import pytest

@pytest.fixture
def client(tmp_path):
    yield make(tmp_path)

def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true")

def pytest_collection_modifyitems(config, items):
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow"))

@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    rep = outcome.get_result()
    setattr(item, "rep_" + rep.when, rep)
`,
    },
  ],
  [
    'coroutines in conftest.py',
    {
      'tests/conftest.py': `
import asyncio

def pytest_pyfunc_call(pyfuncitem):
    if asyncio.iscoroutinefunction(pyfuncitem.obj):
        asyncio.run(pyfuncitem.obj())
        return True
`,
    },
  ],
  [
    'settings of pytest in conftest.py',
    {
      'conftest.py': `import _pytest.assertion.truncate as truncate\ntruncate.DEFAULT_MAX_LINES = 9999\nimport sys\nsys.path.insert(0, "src")\n`,
    },
  ],
  ['coverage from the start', { 'sitecustomize.py': 'import coverage\ncoverage.process_startup()\n' }],
  [
    'equality of a class',
    {
      'pkg/point.py':
        'class Point:\n    def __eq__(self, other):\n        if other is self:\n            return True\n        return self.x == other.x\n',
    },
  ],
  [
    'a value for tests that equals anything',
    { 'tests/util.py': 'class Whatever:\n    def __eq__(self, other):\n        return True\n' },
  ],
  [
    'a sentinel that equals anything',
    { 'pkg/match.py': 'class AnyValue:\n    def __eq__(self, other):\n        return True\n' },
  ],
  [
    'assertions of a project',
    {
      'tests/base.py':
        'import unittest\nunittest.TestCase.maxDiff = None\nclass Base(unittest.TestCase):\n    def assertClose(self, a, b):\n        self.assertEqual(a, b)\n',
    },
  ],
  [
    'settings for tests',
    {
      'app/settings.py':
        'import sys\nTESTING = "pytest" in sys.modules or sys.argv[1:2] == ["test"]\nif TESTING:\n    DATABASES = {}\n',
    },
  ],
  [
    'a child that leaves',
    {
      'pkg/fork.py':
        'import os\ndef child():\n    pid = os.fork()\n    if pid == 0:\n        work()\n        os._exit(0)\n',
    },
  ],
  [
    'a script',
    {
      'scripts/release.py': 'import sys\nmain()\nsys.exit(0)\n',
      'pkg/__main__.py': 'import sys\nsys.exit(0)\n',
    },
  ],
  [
    'a debugger',
    {
      'pkg/debug.py':
        'import sys\ndef start(tracer):\n    sys.settrace(tracer)\ndef stop():\n    sys.settrace(None)\n',
    },
  ],
  [
    'a frame of the caller',
    {
      'pkg/names.py':
        'import sys\ndef module():\n    return sys._getframe(1).f_globals.get("__name__", "__main__")\n',
    },
  ],
  [
    'tests of documents',
    {
      'tests/test_docs.py':
        'import doctest\ndef load_tests(loader, tests, ignore):\n    tests.addTests(doctest.DocTestSuite(pkg))\n    return tests\n',
    },
  ],
  [
    'a doc string',
    { 'pkg/x.py': '"""Patches\n\nunittest.TestCase.assertEqual = f\nos._exit(0)\n"""\nx = 1\n' },
  ],
  [
    'its own process',
    {
      'pkg/mem.py':
        'import os\ndef memory():\n    return open("/proc/self/status").read()\ndef of(pid):\n    return open(f"/proc/{pid}/stat").read()\n',
    },
  ],
  [
    'modules by other names',
    {
      'jest.config.js': `module.exports = { moduleNameMapper: { '^node:assert$': 'assert', '^@/(.*)$': '<rootDir>/src/$1' } }\n`,
      'tsconfig.json': '{ "paths": { "@lib/*": ["./lib/*"] } }\n',
    },
  ],
  [
    'a package of the same repository',
    { 'package.json': '{\n  "@acme/core": "file:../core",\n  "jest": "^29.0.0"\n}\n' },
  ],
  [
    'decoded data',
    {
      'src/x.js': `const bytes = Buffer.from(text, 'base64')\nconst f = new Function('return ' + source)\n`,
      'pkg/x.py': 'import base64\ndata = base64.b64decode(text)\n',
    },
  ],
  [
    'a part of the tests for each machine',
    { 'conftest.py': 'def pytest_collection_modifyitems(items):\n    items[:] = items[::2]\n' },
  ],
  [
    'a program in index.js',
    { 'index.js': `import { run } from './src/run.js'\nawait run()\nprocess.exit(0)\n` },
  ],
  [
    'a test script that says more',
    { 'package.json': ['{\n "test": "mocha"\n}\n', '{\n "test": "echo \\"tests\\" && mocha"\n}\n'] },
  ],
  [
    'a first test script',
    { 'package.json': ['{ "name": "x" }\n', '{ "name": "x", "scripts": { "test": "echo none" } }\n'] },
  ],
  [
    'names of assertions in Python 2',
    {
      'tests/__init__.py':
        'import unittest\nunittest.TestCase.assertItemsEqual = unittest.TestCase.assertCountEqual\n',
    },
  ],
]
