extension Diagnostic {
  /// What a diagnostic is about: one concept, the same whichever language it is met in.
  ///
  /// This is the registry: there is no code outside of it. `CodeMeanings.swift` says what each means, `CodeHelp.swift`
  /// what to do about it. The raw value is the code's number, such as `E401`, its letter the severity (`E` error, `W`
  /// warning, `N` note) and its hundred the phase. Numbers are given once and never to another concept.
  public enum Code: String, CaseIterable, Sendable {
    // 1xx: text that does not parse.
    case unexpected = "E101"
    case unclosed = "E102"
    case badEscape = "E103"
    case controlCharacter = "E104"
    case notANumber = "E105"
    case textTooDeep = "E106"
    case indentation = "E107"
    case yamlAnchor = "E108"
    case yamlTag = "E109"
    case duplicateName = "E110"
    case beyondJSON = "E111"
    case yamlBlock = "E112"
    case aliasExpansion = "E113"
    case regexSyntax = "E120"
    case regexNotPortable = "E121"
    case regexTooLarge = "E122"
    case textTooLarge = "E123"

    // 2xx: names that do not resolve.
    case unknownColumn = "E201"
    case unknownSelection = "E202"
    case unknownModifier = "E203"
    case unknownFunction = "E204"
    case unknownOperator = "E205"
    case unknownWord = "E206"
    case unknownType = "E207"
    case unknownStep = "E208"
    case unknownRule = "E209"
    case unusedCondition = "E210"
    case unknownMacro = "E211"
    case unknownName = "E212"
    case moduleNotFound = "E213"
    case unknownKey = "W221"
    case unusedSelection = "W222"
    case unusualWord = "W223"
    case ruleNotFound = "W224"
    case sameName = "W225"
    case spellingOfFixtures = "N226"
    case spellingOfSource = "N227"

    // 3xx: rules, queries and values that are not taken as they stand.
    case wrongType = "E301"
    case failedCast = "E302"
    case missingKey = "E303"
    case wrongKind = "E304"
    case noRule = "E305"
    case noCondition = "E306"
    case emptyPart = "E307"
    case operatorMisuse = "E308"
    case notANetwork = "E309"
    case notAField = "E310"
    case comparisonDirection = "E311"
    case foldedCondition = "E312"
    case readingOrder = "E313"
    case severalRules = "E314"
    case badValue = "E315"
    case placeholder = "E317"
    case notAPage = "E318"
    case partialCondition = "E319"
    case pageContradiction = "E320"
    case lostIndentation = "E321"
    case fixturesNotAdded = "E322"
    case programNotFound = "E323"
    case unsupported = "E330"
    case beyondACondition = "E331"
    case undocumented = "E332"
    case correlation = "E333"
    case cycle = "E334"
    case filterAlone = "E335"
    case filterUnreadable = "E336"
    case pipelineLanguage = "E340"
    case pipelineRefuses = "E341"
    case unmappedField = "E342"
    case nameWithoutPlace = "E343"
    case constructNotRead = "E344"
    case outsideState = "E345"
    case orderMatters = "E346"
    case kindNotKnown = "E347"
    case oneElement = "E348"
    case madeText = "E349"
    case programTooLarge = "E350"
    case badTag = "W351"
    case conditionReplaced = "W352"
    case threshold = "W353"
    case mocks = "W354"
    case numberAsText = "W355"
    case idle = "W356"
    case nullInList = "W357"
    case timeframe = "W358"
    case windowLeftOut = "W359"
    case limitLeftOut = "W360"
    case scheduleTaken = "W361"
    case longTitle = "W362"
    case idNotUUID = "W363"
    case badDate = "W364"
    case logSourceSpelling = "W365"
    case noLogSource = "W366"
    case wrongKindOfMetadata = "W367"
    case repeatedValue = "W368"
    case relatedRule = "W369"
    case partialConditionTaken = "W370"
    case pageDifference = "W371"
    case oldBoolean = "W372"
    case nullAsText = "W373"
    case computedField = "W374"
    case correlationOfOne = "W375"
    case noGroup = "W376"
    case impossibleCount = "W377"
    case filterElsewhere = "W378"
    case numbersTaken = "W379"
    case filterTaken = "W337"
    case suppressionSetAside = "W338"
    case windowTooShort = "W339"
    case incompleteEncoding = "W385"
    case holdsOfEveryText = "W386"
    case otherTaxonomy = "W387"
    case nullAsName = "W388"
    case escapedPlaceholder = "W389"
    case filterKeeps = "W390"
    case tableTaken = "W391"
    case failsOnSomeRows = "W392"
    case mockedTest = "W324"
    case conditionDiffers = "W327"
    case logTypeLeftOut = "W328"
    case neverEqual = "W394"
    case noVerdict = "W395"
    case inlineFlags = "N380"
    case partOfCorrelation = "N381"
    case pipelineForOthers = "N382"
    case pipelineDropped = "N383"
    case pipelineIdle = "N384"
    case assumedKind = "N396"
    case assumedNull = "N397"
    case assumedElements = "N398"
    case metadataNotRead = "N399"
    case assumedException = "N325"
    case assumedText = "N326"
    case countedOnce = "N393"

    // 4xx: what a target language cannot say, and what its query leaves out.
    case keywords = "E401"
    case noSuchField = "E402"
    case tooLarge = "E403"
    case tooDeep = "E404"
    case notAnInstant = "E405"
    case fieldName = "E406"
    case columnsCollide = "E407"
    case fieldComparison = "E408"
    case noTable = "E409"
    case noFixtures = "E410"
    case fixtureNotFlat = "E411"
    case letterCase = "E412"
    case noTimeColumn = "E413"
    case numberRange = "E414"
    case notASource = "E415"
    case mappedAddress = "E416"
    case constantCondition = "E417"
    case arrayElement = "E418"
    case truthyArray = "E419"
    case unspellableValue = "E420"
    case regexDiffers = "E421"
    case valueType = "E422"
    case placeNotMapped = "E423"
    case readerLoses = "E424"
    case countsNotSaid = "E426"
    case groupNotSaid = "E427"
    case dataModel = "E428"
    case windowNotSaid = "E429"
    case severalQuestions = "E435"
    case arrayNotTold = "E436"
    case loneBesideArray = "E437"
    case arrayInArray = "E438"
    case outputFieldLeftOut = "W430"
    case columnAsJSON = "W431"
    case columnNotShown = "W432"
    case columnHoldsNone = "W459"
    case readerDamages = "W433"
    case windowApproximated = "W434"
    case leftOut = "N440"
    case assumedShape = "N441"
    case arrayByElement = "N442"
    case noSource = "N443"
    case platformLimit = "N444"
    case unusualLogSource = "N445"
    case placeSetAside = "N446"
    case elementsRespelled = "N447"
    case numbersAsSpelled = "N448"
    case readerUnknown = "N449"
    case rowsAssumed = "N450"
    case aloneInPack = "N451"
    case labelTaken = "N452"
    case averageInDoubles = "N453"
    case shapeTold = "N454"
    case numbersInDoubles = "N455"
    case deployValue = "E456"
    case takenAsJSON = "N457"
    case timesAsSpelled = "N458"
    case typesTaken = "N460"
    case columnsInAnyCase = "N461"
    case suppressionLeftOut = "N462"
    case alertCondition = "E463"
    case overridesNotRead = "W464"

    // 5xx: verdicts that differ from what they should be.
    case fixtureDiffers = "E501"
    case verdictCount = "E502"
    case queryNotRun = "E503"
    case disagreement = "E504"
    case notProved = "E505"
    case notEqual = "E506"
    case testedOnly = "W507"
    case eventNotKept = "E508"
    case engineDisagrees = "E510"
    case rowMissing = "E511"
    case verdictUnreadable = "E512"
    case rowUnexpected = "E513"
    case nothingToCompare = "E514"
    case notDeployed = "E518"
    case eventsLost = "W520"
    case eventsGained = "N521"
    case changeUnknown = "W522"
    case ruleChanged = "N523"

    // 6xx: what lint finds odd in rules.
    case neverFires = "W601"
    case alwaysFires = "W602"
    case exclusionOfAll = "W603"
    case partCannotMatter = "N604"
    case regexIsText = "N605"
    case contradictsFixture = "W606"
    case duplicate = "W607"
    case subsumed = "N608"
    case overlap = "N609"

    // 7xx: engines and tools that run queries.
    case unknownEngine = "E701"
    case engineNotConfigured = "E702"
    case engineSetting = "E703"
    case engineUnreachable = "E704"
    case engineRefused = "E705"
    case queryFailed = "E706"
    case answerNotUnderstood = "E707"
    case engineTimeout = "E708"
    case answerTooLarge = "E709"
    case compilerMissing = "E710"
    case sourceNotCompiled = "E711"
    case programFailed = "E712"
    case toolFailed = "E713"
    case serverUnchecked = "W714"
    case engineLost = "E715"
    case scanLimitReached = "E716"
    case otherRun = "E717"
    case sliceWrittenAgain = "W718"

    // 8xx: logs that are scanned.
    case logUnreadable = "E801"
    case malformedEvent = "E802"
    case eventTooLarge = "E803"
    case rulesLeftOut = "W804"
    case sharedLine = "W805"
    case eventsNotCounted = "W806"

    // 9xx: usage and files.
    case usage = "E901"
    case unknownCommand = "E902"
    case unknownLanguage = "E903"
    case cannotRead = "E904"
    case languageNotRecognised = "E905"
    case outputCollision = "E906"
    case cannotWrite = "E907"
    case git = "E908"
    case notUTF8 = "E909"
    case noFiles = "E910"
    case unknownPipeline = "E911"
    case noSelfTest = "E912"
    case noTables = "E913"
    case cannotExecute = "E914"
    case notAnEvent = "E915"
    case pipelinesElsewhere = "E916"
    case deploySetting = "E918"
    case notFormatted = "W919"
    case reasonMissing = "E920"
    case staleSuppression = "W921"
  }
}

extension Diagnostic.Code {
  /// The stage of the work in which a diagnostic arises: the hundred of its number.
  package enum Phase: Character, CaseIterable, Sendable {
    /// Text that does not parse.
    case text = "1"
    /// Names that do not resolve.
    case names = "2"
    /// Rules, queries and values that are not taken as they stand.
    case rules = "3"
    /// What a target language cannot say, and what its query leaves out.
    case targets = "4"
    /// Verdicts that differ from what they should be.
    case verdicts = "5"
    /// What lint finds odd in rules, and what a change of rules does.
    case lint = "6"
    /// Engines and tools that run queries.
    case engines = "7"
    /// Logs that are scanned.
    case logs = "8"
    /// Usage and files.
    case usage = "9"

    /// What arises in it, in a few words.
    package var title: String {
      switch self {
      case .text: "Text that does not parse"
      case .names: "Names that do not resolve"
      case .rules: "Rules, queries and values that are not taken as they stand"
      case .targets: "What a target language cannot say, and what its query leaves out"
      case .verdicts: "Verdicts that differ from what they should be"
      case .lint: "What lint finds odd in rules, and what a change of rules does"
      case .engines: "Engines and tools that run queries"
      case .logs: "Logs that are scanned"
      case .usage: "Usage and files"
      }
    }
  }

  /// The stage in which it arises.
  package var phase: Phase {
    rawValue.dropFirst().first.flatMap(Phase.init) ?? .usage
  }

  /// How bad it is, if nothing else is said: the letter of its number.
  public var severity: Diagnostic.Severity {
    switch rawValue.first {
    case "W": .warning
    case "N": .note
    default: .error
    }
  }

  /// The name that a user types: the words of the concept, joined by hyphens.
  public var name: String {
    let letters = Array(String(describing: self))
    var name = ""
    for (index, letter) in letters.enumerated() {
      let ends = index + 1 < letters.count && letters[index + 1].isLowercase
      if letter.isUppercase, index > 0, !letters[index - 1].isUppercase || ends { name += "-" }
      name += letter.lowercased()
    }
    return name
  }

  /// The code of that number (`E401`) or name (`keywords`), in any letter case; `nil` where there is none.
  package init?(named text: String) {
    let found = Self.allCases.first {
      $0.rawValue.lowercased() == text.lowercased() || $0.name == text.lowercased()
    }
    guard let found else { return nil }
    self = found
  }
}
