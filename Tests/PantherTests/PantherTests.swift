import Testing

@Suite("Panther")
struct PantherTests {}
