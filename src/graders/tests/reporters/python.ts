/**
 * What `python -m pytest` and `python -m unittest` do, with one difference: the runner and what it needs of the standard
 * library are loaded before the workspace can be imported from. A `unittest.py` or `json.py` in it would be taken instead.
 */
const start = String.raw`
import os
import sys


def load(modules, more=lambda: []):
    here = os.path.dirname(os.path.abspath(__file__))
    usual = [path for path in sys.path if path != here]
    workspace = [] if getattr(sys.flags, "safe_path", False) else [os.getcwd()]
    given = {os.path.abspath(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path}
    for paths in ([path for path in usual if os.path.abspath(path) not in given], workspace + usual):
        sys.path[:] = paths
        try:
            for module in modules:
                __import__(module)
            for module in more():
                __import__(module)
            break
        except ImportError as error:
            failure = error
    else:
        raise failure
    sys.path[:] = workspace + usual
`.trimStart()

/** `python pytest.py [arguments]` */
export const pytestStart = `${start}${String.raw`

if __name__ == "__main__":
    load(
        ["pytest", "_pytest.config", "xml.etree.ElementTree", "unittest.mock", "json", "difflib", "pdb"],
        lambda: ["_pytest." + name for name in sys.modules["_pytest.config"].default_plugins],
    )
    import pytest

    sys.exit(pytest.console_main())
`}`

/** `python unittest.py REPORT [arguments]`, which writes the lines of `parse-json-lines.ts`. */
export const unittestStart = `${start}${String.raw`

def main():
    load(["unittest", "unittest.mock", "unittest.async_case", "json", "traceback", "difflib", "pprint"])
    import json
    import unittest

    report = open(sys.argv.pop(1), "a", encoding="utf-8", buffering=1)
    count = 0

    def write(line):
        report.write(json.dumps(line) + "\n")

    def message(err):
        return "%s: %s" % (err[0].__name__, err[1])

    def file_of(test):
        return getattr(sys.modules.get(type(test).__module__), "__file__", None)

    class Result(unittest.TextTestResult):
        state = None
        reason = None
        running = False

        def note(self, test, state, err=None):
            if not self.running:
                if err is not None:
                    write({"event": "problem", "file": None, "message": "%s: %s" % (test.id(), message(err))})
            elif self.state != "failed":
                self.state = state
                self.reason = message(err) if err is not None else None

        def startTest(self, test):
            self.running, self.state, self.reason = True, None, None
            super().startTest(test)

        def stopTest(self, test):
            super().stopTest(test)
            self.running = False
            if type(test).__module__ == "unittest.loader":
                lines = [line for line in (self.reason or "").splitlines() if line.strip()]
                write({"event": "problem", "file": None, "message": "%s: %s" % (test.id().split(".", 3)[-1], lines[-1] if lines else "")})
                return
            nonlocal count
            count += 1
            write({
                "event": "test",
                "file": file_of(test),
                "suite": type(test).__qualname__.split("."),
                "title": getattr(test, "_testMethodName", str(test)),
                "state": self.state or "failed",
                "message": self.reason,
                "id": test.id(),
            })

        def addSuccess(self, test):
            super().addSuccess(test)
            self.note(test, "passed")

        def addError(self, test, err):
            super().addError(test, err)
            self.note(test, "failed", err)

        def addFailure(self, test, err):
            super().addFailure(test, err)
            self.note(test, "failed", err)

        def addSubTest(self, test, subtest, err):
            super().addSubTest(test, subtest, err)
            if err is not None:
                self.note(test, "failed", err)

        def addSkip(self, test, reason):
            super().addSkip(test, reason)
            self.note(test, "skipped")

        def addExpectedFailure(self, test, err):
            super().addExpectedFailure(test, err)
            self.note(test, "todo")

        def addUnexpectedSuccess(self, test):
            super().addUnexpectedSuccess(test)
            self.note(test, "failed")

    class Runner(unittest.TextTestRunner):
        resultclass = Result

        def run(self, test):
            result = super().run(test)
            write({"event": "end", "tests": count})
            return result

    sys.argv[0] = "python -m unittest"
    unittest.main(module=None, testRunner=Runner)


if __name__ == "__main__":
    main()
`}`
