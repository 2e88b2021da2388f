import Testing

@Suite("Athena")
struct AthenaTests {}
