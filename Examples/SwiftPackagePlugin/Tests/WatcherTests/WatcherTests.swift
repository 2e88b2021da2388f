import ConcordTesting
import Foundation
import Testing
import Watcher

@Suite struct WatcherTests {
  static let rules = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/Watcher/Rules").path

  @Test func alertsByTitle() {
    #expect(
      alerts(for: #"{"eventName": "ConsoleLogin", "userIdentity": {"type": "Root"}}"#) == ["Root signs in"])
    #expect(isTrailStopped(#"{"eventSource": "cloudtrail.amazonaws.com", "eventName": "DeleteTrail"}"#))
  }

  /// The rules themselves, without what the plugin makes of them.
  @Test(arguments: try RuleFixtures.of(rules)) func fixtures(_ fixture: RuleFixture) {
    #expect(fixture.holds, "\(fixture.why)")
  }

  @Test(arguments: try RuleFixtures.translations(of: rules, to: [.splunk, .athena]))
  func translations(_ translation: RuleTranslation) {
    #expect(translation.agrees, "\(translation)")
  }
}
