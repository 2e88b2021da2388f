import Testing

@Suite("Splunk")
struct SplunkTests {}
