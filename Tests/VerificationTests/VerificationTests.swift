import Testing

@Suite("Verification")
struct VerificationTests {}
