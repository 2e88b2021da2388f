import Testing

@Suite("Notation")
struct NotationTests {}
