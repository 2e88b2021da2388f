import Testing

@Suite("Languages")
struct LanguagesTests {}
