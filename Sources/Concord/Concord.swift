@_exported import ConcordDetection
@_exported import ConcordDiagnostics
@_exported import ConcordDocuments
@_exported import ConcordLanguages
@_exported import ConcordNotation
@_exported import ConcordProof
@_exported import ConcordScan
@_exported import ConcordVerification
