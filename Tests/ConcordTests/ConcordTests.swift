import Testing

@Suite("Concord")
struct ConcordTests {}
