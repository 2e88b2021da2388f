import Testing

@Suite("Sigma")
struct SigmaTests {}
