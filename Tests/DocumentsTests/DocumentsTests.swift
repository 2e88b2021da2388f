import Testing

@Suite("Documents")
struct DocumentsTests {}
