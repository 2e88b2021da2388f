/// What `--fail-on` of `diff` asks for.
enum FailOn: String, CaseIterable, Sendable {
  case loss, gain, any
}
