import ConcordDiagnostics

/// How a language's documents concern rules of other sources, where sources are read as one collection, as the files
/// of a folder are.
///
/// A source is looked at twice: once for what others need to know of it, then for its rules, by options that know what
/// all the others said.
package struct CollectionReading: Sendable {
  /// Whether a source has a document that concerns rules of other sources. Of collections without such a source
  /// nothing needs to be known.
  package let concernsOthers: @Sendable (Source) -> Bool
  /// What others need to know of a source.
  package let contribution: @Sendable (Source) -> any CollectionContribution
  /// The options by which each source is read as one of those that made these contributions.
  package let options: @Sendable ([any CollectionContribution], LanguageOptions) -> LanguageOptions

  /// A reading of collections by these functions.
  package init(
    concernsOthers: @escaping @Sendable (Source) -> Bool,
    contribution: @escaping @Sendable (Source) -> any CollectionContribution,
    options: @escaping @Sendable ([any CollectionContribution], LanguageOptions) -> LanguageOptions
  ) {
    (self.concernsOthers, self.contribution, self.options) = (concernsOthers, contribution, options)
  }
}

/// What the sources of a collection need to know of one of them, in the form of its language.
package protocol CollectionContribution: Sendable {}
