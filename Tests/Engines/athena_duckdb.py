"""Runs Athena SQL on DuckDB, over a typed table made from the table's own DDL.

Standard input, one JSON object a line:
  ddl      the Hive `CREATE EXTERNAL TABLE` statement
  events   a list of texts, each a JSON object
  queries  a list of Athena SQL statements; each reads the table alone
  parseOnly  optional, true: the queries are parsed by sqlglot's trino and athena dialects and not run
  groups     optional, true: the queries count, and their own rows are given

Standard output, one JSON object a line:
  results  for each query {"rows": [indexes of the events it returns]} or {"stage": "parse" | "run", "error": text};
           of one that counts {"groups": [[the values of a row as texts, null for NULL]]}
  leftOut  {index of an event: why the table cannot hold it as it is}

What is DuckDB's: the parsing of values, NULL logic, LIKE, regular expressions (RE2), lower, strpos, lists,
structs, JSON. Regular expressions with `$` or look-around are Python's `re`. What is Trino's and not DuckDB's is said
again in `trino_on_duckdb.py`, which `concord` itself has for its engine `duckdb`.
"""

import json
import os
import pathlib
import re
import sys
import tempfile

import duckdb
import sqlglot
from sqlglot import exp

from event_values import Number, is_object, read_event, search, shortest

# Compiled code beside the sources of a module would be a file that the build does not know.
sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "Targets" / "Athena" / "Engines"))
import trino_on_duckdb


# ---------------------------------------------------------------- the table


class LeftOut(Exception):
    """The table holds something else than the event, so the platform's answer is about something else."""


def compact(value):
    """JSON text as Concord's `compactJSON` writes it."""
    if isinstance(value, Number):
        if shortest(value) != value:
            raise LeftOut("a number in JSON text is not spelled as its shortest decimal")
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if is_object(value):
        if len({key for key, _ in value}) < len(value):
            raise LeftOut("a key stands twice in JSON text")
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + compact(v) for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(item) for item in value) + "]"
    return json.dumps(value)


def member(value, name):
    """The member of that name, ignoring case as the Hive JSON SerDe does."""
    found = [item for key, item in value if key.lower() == name.lower()]
    if len(found) > 1:
        raise LeftOut("two keys differ in letter case alone")
    return found[0] if found else None


def typed(value, kind):
    """The value of a column of that type, as JSON for DuckDB's reader."""
    if value is None:
        return None
    if kind.is_type("struct"):
        if not is_object(value):
            raise LeftOut("a struct column is given something else")
        return {field.name: typed(member(value, field.name), field.args["kind"]) for field in kind.expressions}
    if kind.is_type("map"):
        if not is_object(value):
            raise LeftOut("a map column is given something else")
        return {key: typed(item, kind.expressions[1]) for key, item in value}
    if kind.is_type("array"):
        if not isinstance(value, list):
            raise LeftOut("an array column is given something else")
        return [typed(item, kind.expressions[0]) for item in value]
    if kind.is_type("boolean"):
        if not isinstance(value, bool):
            raise LeftOut("a boolean column is given something else")
        return value
    if kind.is_type("bigint", "int"):
        if not isinstance(value, Number) or not re.fullmatch(r"-?\d{1,18}", value):
            raise LeftOut("a whole-number column is given something else")
        return int(value)
    if kind.is_type("double", "float"):
        if not isinstance(value, Number):
            raise LeftOut("a number column is given something else")
        return float(value)
    if isinstance(value, list):
        # The meaning looks into it; the table holds its text, unless the column is read as JSON.
        return compact(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return shortest(value)
    if is_object(value):
        return compact(value)
    return value


def duckdb_type(kind):
    if kind.is_type("struct"):
        fields = ", ".join(f'"{f.name}" {duckdb_type(f.args["kind"])}' for f in kind.expressions)
        return f"STRUCT({fields})"
    if kind.is_type("map"):
        return f"MAP({duckdb_type(kind.expressions[0])}, {duckdb_type(kind.expressions[1])})"
    if kind.is_type("array"):
        return duckdb_type(kind.expressions[0]) + "[]"
    for name, spelled in (("boolean", "BOOLEAN"), ("bigint", "BIGINT"), ("int", "BIGINT"), ("double", "DOUBLE")):
        if kind.is_type(name):
            return spelled
    return "VARCHAR"


def columns_of(ddl):
    create = sqlglot.parse_one(ddl, read="hive")
    columns = [(column.name, column.args["kind"]) for column in create.this.find_all(exp.ColumnDef)
               if column.parent is create.this]
    partitions = create.find(exp.PartitionedByProperty)
    names = [column.name for column in partitions.this.expressions] if partitions else []
    return columns, names


def make_table(connection, ddl, events):
    """Makes the table `events`, a row an event, numbered by `__row`; returns what was left out."""
    columns, partitions = columns_of(ddl)
    left_out = {}
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson", encoding="utf-8") as file:
        for index, text in enumerate(events):
            try:
                event = read_event(text)
                row = {name: typed(member(event, name), kind) for name, kind in columns}
                line = json.dumps({"__row": index} | row, ensure_ascii=False)
                line.encode("utf-8")
            except LeftOut as reason:
                left_out[index] = str(reason)
                continue
            except UnicodeEncodeError:
                left_out[index] = "a text is not well-formed Unicode"
                continue
            file.write(line + "\n")
        file.flush()
        types = {"__row": "BIGINT"} | {name: duckdb_type(kind) for name, kind in columns}
        spelled = ", ".join("'" + name.replace("'", "''") + "': '" + kind.replace("'", "''") + "'"
                            for name, kind in types.items())
        connection.execute(
            f"CREATE OR REPLACE TABLE events AS SELECT * FROM read_json('{file.name}', "
            f"format = 'newline_delimited', maximum_object_size = 100000000, columns = {{{spelled}}})")
    for name in partitions:
        connection.execute(f'ALTER TABLE events ADD COLUMN "{name}" VARCHAR')
    return left_out


# ---------------------------------------------------------------- the queries


def open_connection():
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    trino_on_duckdb.add_functions(connection)
    connection.create_function(
        "python_matches", search, ["VARCHAR", "VARCHAR"], "BOOLEAN", null_handling="special")
    return connection


def to_duckdb(node):
    """One node of a Trino statement, as DuckDB must be asked for the same."""
    # RE2 has no look-around, and its `$` is the very end.
    if isinstance(node, exp.RegexpLike) and re.search(r"\(\?<?[=!]|\$", node.expression.name):
        return exp.Anonymous(this="python_matches", expressions=[node.this, node.expression])
    return trino_on_duckdb.to_duckdb(node)


def prepare(query):
    """The statement for DuckDB, and the same with the row's number as its only column."""
    sqlglot.parse_one(query, read="athena")
    statement = sqlglot.parse_one(query, read=trino_on_duckdb.Statement)
    if not isinstance(statement, exp.Query):
        raise ValueError("not a query")
    statement = trino_on_duckdb.translated(statement, to_duckdb)
    own = {cte.alias for cte in statement.find_all(exp.CTE)}
    for table in list(statement.find_all(exp.Table)):
        if table.name not in own:
            alias = table.alias or table.name
            table.replace(exp.alias_(exp.to_table("events"), exp.to_identifier(alias, quoted=True), table=True))
    rows = statement.copy()
    rows.set("expressions", [exp.column("__row")])
    rows.set("order", None)
    return statement.sql("duckdb"), rows.sql("duckdb")


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def run(connection, query, only_parse, groups):
    try:
        whole, rows = prepare(query)
    except Exception as error:
        return {"stage": "parse", "error": str(error)[:500]}
    if only_parse:
        return {"rows": []}
    try:
        if groups:
            return {"groups": [[text(value) for value in row] for row in connection.execute(whole).fetchall()]}
        found = [row[0] for row in connection.execute(rows).fetchall()]
        count = len(connection.execute(whole).fetchall())
    except Exception as error:
        return {"stage": "run", "error": str(error)[:500]}
    if count != len(found):
        return {"stage": "run", "error": f"{count} rows, but {len(found)} events"}
    return {"rows": found}


def main():
    connection = open_connection()
    for line in sys.stdin:
        request = json.loads(line)
        only_parse = request.get("parseOnly", False)
        left_out = {} if only_parse else make_table(connection, request["ddl"], request["events"])
        results = [run(connection, query, only_parse, request.get("groups", False)) for query in request["queries"]]
        print(json.dumps({"results": results, "leftOut": {str(k): v for k, v in left_out.items()}}))
    sys.stdout.flush()
    # DuckDB's functions written in Python report leaks at a common exit.
    os._exit(0)


main()
