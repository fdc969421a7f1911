"""Each bad file is refused with its exact place and in words that help."""

from __future__ import annotations

import pytest

from hub.config.files import BIGGEST
from hub.config.reading import Budget

DEEPEST = Budget().levels
pytestmark = pytest.mark.usefixtures("each_parser")

INDENTS_AND_COLONS = [
    ("tab for indent", "a:\n\tb: 1\n", "2:1", "a tab cannot be used to indent. Use spaces"),
    ("tab after spaces", "a:\n  b: 1\n\tc: 2\n", "3:1", "a tab cannot"),
    ("tab after a dash", "-\ta: 1\n\tb: 2\n", "1:2", "a tab cannot"),
    ("tab in a block text", "a: |\n\tx\n", "2:1", "a tab cannot"),
    ("tab after CRLF", "a: 1\r\n\tb: 2\r\n", "2:1", "a tab cannot"),
    ("two values in a line", "a: b: c\n", "1:5", "a ':' cannot stand here"),
    ("colon in a text", "alias: Turn on: light\n", "1:15", "Quote a text that holds ': '"),
    ("key below a value", "a: x\n  b: 1\n", "2:4", "mend the indent"),
    ("key below a list's text", "a:\n  b\n  c: 2\n", "3:4", "a ':' cannot stand here"),
    ("one space too many", "a: 1\n b: 2\n", "2:3", "a ':' cannot stand here"),
    ("two keys in a line", "a: 1, b: 2\n", "1:8", "a ':' cannot stand here"),
    ("apostrophe and colon", "a: it's: x\n", "1:8", "a ':' cannot stand here"),
    ("less indent", "a:\n    b: 1\n  c: 2\n", "3:3", "does not fit the block that began in line 1"),
    ("key beside a list", "- a: 1\n b: 2\n", "2:2", "Give it the same indent as its neighbours"),
    ("list item among keys", "a: 1\n- b\n", "2:1", "Indent the list item"),
    ("key among list items", "a:\n  - b\n  c: 1\n", "3:3", "the block that began in line 2"),
    ("key without a colon", "a: 1\nb\nc: 2\n", "2:1", "a key without ':'"),
    ("text out of its block", "a: |\n x\n  y\nz\n", "4:1", "a key without ':'"),
    ("item on the key's line", "a: - b\n", "1:4", "a list item cannot start here"),
    ("dash without a space", "- - a\n -b\n", "2:2", "does not fit the block"),
    ("colon without a key", ": 1\n", "1:1", "does not fit the block"),
]

QUOTES_AND_BRACKETS = [
    ("open double quote", 'a: "x\nb: 1\n', "1:4", "the quote that opens here is never closed"),
    ("open single quote", "a: 'x\nb: 1\n", "1:4", "Add the closing quote"),
    ("apostrophe in single quotes", "a: 'it's'\n", "1:8", "nothing may follow a closing quote"),
    ("text after a quote", "a: 'x' y\n", "1:8", "Check the quotes"),
    ("two quoted texts", 'a: "x" "y"\n', "1:8", "Check the quotes"),
    ("unknown escape", 'a: "C:\\quux"\n', "1:4", "an unknown escape"),
    ("open list", "a: [1, 2\nb: 1\n", "1:4", "the list that opens with '[' is not closed"),
    ("open list at the end", "[a, b\n", "1:1", "Add the missing ',' or ']'"),
    ("comment in a list", "a: [x #y\n", "1:4", "is not closed"),
    ("open mapping", "a: {x: 1\nb: 2\n", "1:4", "the mapping that opens with '{' is not closed"),
    ("open mapping in a list", "a:\n  - {b: 1\n  - c\n", "2:5", "Add the missing ',' or '}'"),
    ("wrong bracket", "a: [1}\n", "1:4", "is not closed"),
    ("stray bracket", "a: ]\n", "1:4", "a value is missing"),
    ("nothing after a bracket", "a: [\n", "2:1", "Is a '[' or '{' not closed"),
]

STARTS = [
    ("at sign", "a: @x\n", "1:4", "a text cannot start with '@'. Put it in quotes"),
    ("percent", "a: %x\n", "1:4", "a text cannot start with '%'"),
    ("backtick", "a: `x`\n", "1:4", "a text cannot start with '`'"),
    ("lone star", "a: *\n", "1:5", "a name must follow"),
    ("lone ampersand", "a: & x\n", "1:5", "a name must follow"),
    ("star as text", "a: *x\n", "1:4", "a: no '&x' stands above this alias"),
    ("alias of itself", "a: &x [1, *x]\n", "1:11", "a[1]: '*x' stands inside what it names"),
    ("exclamation mark", "a: !wow\n", "1:4", "a: the tag '!wow' is not known"),
    ("misspelt tag", "a: !secrt x\n", "1:4", "Did you mean '!secret'?"),
    ("undefined handle", "a: !x!y z\n", "1:4", "an unknown tag"),
    ("template", "a: {{ x }}\n", "1:5", "a: a key must be a plain text. Put quotes around a template"),
    ("template and text", "a: {{ x }} W\n", "1:12", 'Put quotes around a template: "{{ ... }}"'),
    ("template statement", "a: {% if x %}\n", "1:5", "Put quotes around a template"),
    ("text after a pipe", "a: |text\n", "1:5", "Begin the text on the next line"),
    ("two anchors", "a: &x &y 1\n", "1:7", "does not fit"),
]

DATA = [
    ("duplicate key", "a: 1\nb: 2\na: 3\n", "3:1", "a: the key 'a' stands twice, first at main.yaml:1:1"),
    ("nested duplicate", "x:\n- b: 1\n  b: 2\n", "3:3", "x[0].b: the key 'b' stands twice"),
    ("duplicate in braces", "x: {b: 1, 'b': 2}\n", "1:11", "first at main.yaml:1:5"),
    ("list as a key", "? [a]\n: 1\n", "1:3", "a key must be a plain text. Write it as 'key: value'"),
    ("python name", "a: !!python/name:os.system\n", "1:4", "the tag '!!python/name:os.system' is not known"),
    (
        "python call",
        "a: !!python/object/apply:os.system [ls]\n",
        "1:4",
        "cannot stand before a list or mapping",
    ),
    ("binary", "a: !!binary aGVq\n", "1:4", "the tag '!!binary' is not known"),
    ("no number", "a: !!int b\n", "1:4", "is not of the type !!int"),
    ("tag on a mapping", "a: !secret {b: 1}\n", "1:4", "the tag '!secret' cannot stand before"),
    ("merge of a text", "a:\n  <<: b\n  c: 1\n", "2:7", "'<<' takes a mapping"),
    ("two documents", "a: 1\n---\nb: 2\n", "2:1", "a second document starts here"),
    ("text after the end", "a: 1\n...\nb: 2\n", "3:1", "text after the end of the document"),
    ("version", "%YAML 3.0\n---\na: 1\n", "1:1", "Remove the %YAML line"),
    ("control character", "a: 1\nb: \x01\n", "2:4", "an invisible character (code 1)"),
    ("input without a name", "a: !input\n", "1:4", "'!input' needs a name"),
    ("unset variable", "a: !env_var NOPE\n", "1:4", "the environment variable 'NOPE' is not set"),
    ("too deep lists", "a: " + "[" * 3000, f"1:{DEEPEST + 3}", "more than 64 levels deep"),
    ("too deep mappings", "{a: " * 3000, f"1:{DEEPEST * 4 + 1}", "more than 64 levels deep"),
    (
        "too deep blocks",
        "".join(" " * depth + "a:\n" for depth in range(1000)),
        f"{DEEPEST + 1}:{DEEPEST + 1}",
        "more than 64 levels deep",
    ),
]

BYTES = [
    ("latin 1", b"a: 1\nname: K\xfcche\n", "2:8", "byte 0xfc is not UTF-8. Save the file as UTF-8"),
    ("cut short", "a: é".encode()[:-1], "1:4", "byte 0xc3 is not UTF-8"),
    ("UTF-16", "a: 1\n".encode("utf-16"), "1:1", "this file is UTF-16"),
    ("NUL", b"a: \x00\n", "1:4", "an invisible character (code 0)"),
    ("after a byte order mark", b"\xef\xbb\xbfa: 1\na: 2\n", "2:1", "the key 'a' stands twice"),
]

TAGS = [
    (
        "no such file",
        {"main.yaml": "a:\n  b: !include c.yaml\n"},
        "main.yaml:2:6",
        "there is no file 'c.yaml'",
    ),
    (
        "misspelt file",
        {"main.yaml": "a: !include ligts.yaml\n", "lights.yaml": ""},
        "main.yaml:1:4",
        "Did you mean 'lights.yaml'?",
    ),
    ("include without a name", {"main.yaml": "a: !include\n"}, "main.yaml:1:4", "a file name is missing"),
    ("include of a folder", {"main.yaml": "a: !include d\n", "d/x.yaml": ""}, "main.yaml:1:4", "is a folder"),
    ("include of itself", {"main.yaml": "a: !include main.yaml\n"}, "main.yaml:1:4", "for ever"),
    (
        "loop of includes",
        {"main.yaml": "a: !include b.yaml\n", "b.yaml": "\nb: !include main.yaml\n"},
        "b.yaml:2:4",
        "main.yaml -> b.yaml -> main.yaml",
    ),
    ("parent folder", {"main.yaml": "a: !include ../x.yaml\n"}, "main.yaml:1:4", "outside the configuration"),
    (
        "absolute path",
        {"main.yaml": "a: !include /etc/passwd\n"},
        "main.yaml:1:4",
        "outside the configuration",
    ),
    (
        "folder outside",
        {"main.yaml": "a: !include_dir_list ..\n"},
        "main.yaml:1:4",
        "outside the configuration",
    ),
    (
        "no such folder",
        {"main.yaml": "a: !include_dir_named automation\n", "automations/a.yaml": ""},
        "main.yaml:1:4",
        "there is no folder 'automation'. Did you mean 'automations'?",
    ),
    (
        "mistake in an included file",
        {"main.yaml": "a: !include b.yaml\n", "b.yaml": "x: 1\ny: 'z\n"},
        "b.yaml:2:4",
        "never closed",
    ),
    (
        "mapping among lists",
        {"main.yaml": "a: !include_dir_merge_list d\n", "d/1.yaml": "- x\n", "d/2.yaml": "\nx: 1\n"},
        "d/2.yaml:2:1",
        "this file should hold a list",
    ),
    (
        "list among mappings",
        {"main.yaml": "a: !include_dir_merge_named d\n", "d/1.yaml": "- x\n"},
        "d/1.yaml:1:1",
        "this file should hold a mapping",
    ),
    (
        "the same key in two files",
        {"main.yaml": "a: !include_dir_merge_named d\n", "d/1.yaml": "x: 1\n", "d/2.yaml": "y: 1\nx: 2\n"},
        "d/2.yaml:2:1",
        "the key 'x' stands twice, first at d/1.yaml:1:1",
    ),
    (
        "two files of one name",
        {"main.yaml": "a: !include_dir_named d\n", "d/1/x.yaml": "1\n", "d/2/x.yaml": "2\n"},
        "d/2/x.yaml:1:1",
        "the key 'x' stands twice, first at d/1/x.yaml:1:1",
    ),
    ("no secrets", {"main.yaml": "a: !secret x\n"}, "main.yaml:1:4", "no secret 'x'. Add it to secrets.yaml"),
    (
        "misspelt secret",
        {"main.yaml": "a: !secret wify\n", "secrets.yaml": "wifi: hunter2\n"},
        "main.yaml:1:4",
        "no secret 'wify'. Did you mean 'wifi'?",
    ),
    (
        "secret of a secret",
        {"main.yaml": "a: !secret x\n", "secrets.yaml": "x: !secret y\n"},
        "secrets.yaml:1:4",
        "a secret cannot be another secret",
    ),
    (
        "bad secrets file",
        {"main.yaml": "a: !secret x\n", "secrets.yaml": "x: 1\ny: 'hunter2\n"},
        "secrets.yaml:2:4",
        "never closed",
    ),
    (
        "big file",
        {"main.yaml": "a: !include b.yaml\n", "b.yaml": "#" * (BIGGEST + 1)},
        "main.yaml:1:4",
        "bigger",
    ),
]

_TEXTS = [*INDENTS_AND_COLONS, *QUOTES_AND_BRACKETS, *STARTS, *DATA, *BYTES]
CASES = [
    *((title, {"main.yaml": text}, f"main.yaml:{where}", words) for title, text, where, words in _TEXTS),
    *TAGS,
]


@pytest.mark.parametrize(("title", "files", "place", "words"), CASES, ids=[case[0] for case in CASES])
def test_the_first_problem_has_the_place_and_the_words(title, files, place, words, read):
    document = read(files)

    told = sorted(str(problem) for problem in document.problems if str(problem.place) == place)
    assert any(words in line for line in told), [str(problem) for problem in document.problems]


@pytest.mark.parametrize(("title", "files", "place", "words"), CASES, ids=[case[0] for case in CASES])
def test_every_caret_stands_in_its_line(title, files, place, words, read):
    document = read(files)

    assert all(
        problem.place.column - 1 <= len(problem.excerpt) for problem in document.problems if problem.excerpt
    )
