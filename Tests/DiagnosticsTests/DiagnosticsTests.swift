import Testing

@Suite("Diagnostics")
struct DiagnosticsTests {}
