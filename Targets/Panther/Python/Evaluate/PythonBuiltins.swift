/// Names that every module sees.
enum PythonBuiltins {
  static let names: Set<String> = [
    "all", "any", "bool", "dict", "enumerate", "filter", "float", "frozenset", "hasattr", "int", "isinstance",
    "len", "list", "map", "max", "min", "next", "print", "range", "reversed", "set", "sorted", "str", "sum",
    "super", "tuple", "type", "zip", "getattr", "callable", "abs", "repr", "round",
    "Exception", "ValueError", "KeyError", "TypeError", "AttributeError", "IndexError", "object", "property",
    "classmethod", "staticmethod", "NotImplementedError", "__name__", "UnicodeDecodeError", "StopIteration",
    "bytes", "ord", "chr", "iter", "OSError", "ImportError", "RuntimeError", "complex", "id", "hash",
    "format",
  ]
}
