import Testing

@Suite("Native")
struct NativeTests {}
