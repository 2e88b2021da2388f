"""Puts one Trino statement to DuckDB.

Reads the statement from standard input; writes `{"columns": [name], "rows": [[value]]}` or
`{"stage": "parse" | "run", "error": text}`. sqlglot reads it as Trino's and writes it as DuckDB's; functions that the two
define differently are said again here, each with its source.

With the arguments `stream DATABASE` the statement is over the tables of that file, and the answer has a line for the
columns, lines of rows, and at last one for their number: `{"columns": [name]}`, `{"rows": [[value]]}`, `{"end": count}`.
`check DATABASE` prepares the statement and reads nothing.

This file is part of `concord`, which gives it to the interpreter as an argument; the project's tests import it.
"""

import ipaddress
import json
import os
import re
import sys

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.dialects import Trino

OWN = ("JSON_EXTRACT", "JSON_EXTRACT_SCALAR", "JSON_FORMAT", "JSON_PARSE", "ANY_MATCH")


class Statement(Trino):
    """Trino's dialect, but these functions stay as they are written."""

    class Parser(Trino.Parser):
        FUNCTIONS = {name: build for name, build in Trino.Parser.FUNCTIONS.items() if name not in OWN}


def address(text):
    """CAST to IPADDRESS: no zone; an IPv4-mapped address is IPv4; NULL for what is none."""
    if text is None or "%" in text:
        return None
    try:
        value = ipaddress.ip_address(text)
    except ValueError:
        return None
    return str(getattr(value, "ipv4_mapped", None) or value)


def is_in_network(network, text):
    """contains(network, address)."""
    value = address(text)
    return None if value is None else ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)


MACROS = (
    # NULL where no element decides and some element's answer is NULL (trino.io, array functions).
    """CREATE MACRO trino_any(answers) AS CASE
         WHEN answers IS NULL THEN NULL
         WHEN list_contains(answers, TRUE) THEN TRUE
         WHEN len(list_filter(answers, lambda answer: answer IS NULL)) > 0 THEN NULL
         ELSE FALSE END""",
    # NULL for objects, arrays, JSON's null and text that is not JSON (Trino, JsonExtract.java).
    """CREATE MACRO trino_json_extract_scalar(document, path) AS CASE
         WHEN document IS NULL OR NOT json_valid(CAST(document AS VARCHAR)) THEN NULL
         WHEN json_type(CAST(document AS VARCHAR), path) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL
         ELSE json_extract_string(CAST(document AS VARCHAR), path) END""",
    """CREATE MACRO trino_json_extract(document, path) AS CASE
         WHEN document IS NULL OR NOT json_valid(CAST(document AS VARCHAR)) THEN NULL
         ELSE json_extract(CAST(document AS VARCHAR), path) END""",
    "CREATE MACRO trino_json_format(document) AS CAST(document AS VARCHAR)",
    "CREATE MACRO trino_json_parse(document) AS CAST(document AS JSON)",
)


def pointer(path):
    """A JSON path of Trino as a JSON pointer, in which DuckDB takes any name (JsonPathTokenizer.java)."""
    steps, rest = [], path[1:]
    while rest:
        match = re.match(r'\.([0-9A-Za-z_:]+)|\[(\d+)\]|\["((?:[^"\\]|\\["\\])*)"\]', rest, re.A | re.S)
        if not match:
            raise ValueError(f"invalid JSON path {path!r}")
        quoted = None if match[3] is None else re.sub(r"\\(.)", r"\1", match[3], flags=re.S)
        steps.append(match[1] or match[2] or quoted or "")
        rest = rest[match.end():]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps) or "$"


def call(name, *operands):
    return exp.Anonymous(this=name, expressions=list(operands))


def to_duckdb(node):
    """One node of a Trino statement, as DuckDB must be asked for the same."""
    if isinstance(node, exp.Anonymous):
        name = node.name.lower()
        if name == "any_match":
            array, answer = node.expressions
            return call("trino_any", exp.Transform(this=array, expression=answer))
        if name in ("json_extract", "json_extract_scalar"):
            document, path = node.expressions
            if not path.is_string or not path.this.startswith("$"):
                raise ValueError("a JSON path that is not a literal beginning with $")
            return call("trino_" + name, document, exp.Literal.string(pointer(path.this)))
        if name in ("json_format", "json_parse"):
            return call("trino_" + name, *node.expressions)
    # DuckDB's `count_if` is NULL where no value is TRUE or FALSE, Trino's is 0.
    if isinstance(node, exp.CountIf):
        return exp.Count(this=exp.Case(ifs=[exp.If(this=node.this, true=exp.Literal.number(1))]))
    # Nothing that is written below TRY fails here.
    if isinstance(node, exp.Try):
        return node.this
    # The operand is a cast to IPADDRESS, which is replaced by now.
    if isinstance(node, exp.ArrayContains) and node.expression.name == "trino_address":
        return call("trino_is_in_network", node.this, node.expression)
    if isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.IPADDRESS:
        return call("trino_address", node.this)
    return node


def translated(statement, to_other=to_duckdb):
    """The statement with other nodes in place of those that DuckDB must be asked in another way."""
    # Operands first: what is put in place of a node is not looked at again. The holder keeps a root.
    holder = exp.Tuple(expressions=[statement])
    for node in reversed(list(statement.walk())):
        other = to_other(node)
        if other is not node:
            node.replace(other)
    return holder.expressions[0]


def prepare(query):
    statements = [statement for statement in sqlglot.parse(query, read=Statement) if statement]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ValueError("not one query")
    return translated(statements[0]).sql("duckdb")


def add_functions(connection):
    """The functions that translated statements call."""
    connection.create_function("trino_address", address, ["VARCHAR"], "VARCHAR", null_handling="special")
    connection.create_function(
        "trino_is_in_network", is_in_network, ["VARCHAR", "VARCHAR"], "BOOLEAN", null_handling="special")
    for macro in MACROS:
        connection.execute(macro)


def connect():
    # The statement reads no file, and no setting of it may be changed by the statement.
    connection = duckdb.connect(config={"threads": 1, "python_enable_replacements": False})
    add_functions(connection)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def connect_lake(database):
    """A connection on which names are those of the database's tables, read only."""
    # Views are over files beside the database, and over no others. Relative paths are seen from there.
    folder = os.path.dirname(database)
    os.chdir(folder)
    connection = duckdb.connect(config={"python_enable_replacements": False})
    add_functions(connection)
    connection.execute("SET allowed_directories = " + exp.Array(
        expressions=[exp.Literal.string(folder + "/")]).sql("duckdb"))
    connection.execute("ATTACH " + exp.Literal.string(database).sql("duckdb") + " AS lake (READ_ONLY)")
    connection.execute("SET search_path = 'lake.main,memory.main'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def cell(value):
    return [cell(item) for item in value] if isinstance(value, list) else shown(value)


def lines(query, mode, database):
    """The answer to a statement over tables, line by line."""
    try:
        statement = prepare(query)
    except Exception as error:
        yield {"stage": "parse", "error": str(error)}
        return
    try:
        cursor = connect_lake(database)
        if mode == "check":
            cursor.execute("EXPLAIN " + statement)
            yield {"end": 0}
            return
        cursor.execute(statement)
        yield {"columns": [column[0] for column in cursor.description]}
        count = 0
        while rows := cursor.fetchmany(200):
            count += len(rows)
            yield {"rows": [[cell(value) for value in row] for row in rows]}
        yield {"end": count}
    except duckdb.Error as error:
        yield {"stage": "run", "error": str(error)}


def shown(value):
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def answer(query):
    try:
        statement = prepare(query)
    except Exception as error:
        return {"stage": "parse", "error": str(error)}
    try:
        cursor = connect().execute(statement)
        names = [column[0] for column in cursor.description]
        return {"columns": names, "rows": [[shown(value) for value in row] for row in cursor.fetchall()]}
    except duckdb.Error as error:
        return {"stage": "run", "error": str(error)}


if __name__ == "__main__":
    for line in lines(sys.stdin.read(), *sys.argv[1:]) if sys.argv[1:] else [answer(sys.stdin.read())]:
        print(json.dumps(line))
    sys.stdout.flush()
    # DuckDB's functions written in Python report leaks at a common exit.
    os._exit(0)
