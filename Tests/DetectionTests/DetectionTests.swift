import Testing

@Suite("Detection")
struct DetectionTests {}
