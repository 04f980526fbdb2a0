// swift-tools-version: 6.1
import PackageDescription

// The numerical modules are compiled for x86-64-v3 (AVX2 and FMA), so that their vector code is the
// same on every machine that has those, whatever else it has.
#if arch(x86_64)
  let vectorised: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
#else
  let vectorised: [SwiftSetting] = []
#endif

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A stage: its command, in a module of its own so that a change of one stage leaves the others' executables as they
/// are, and the executable `distill-NAME`, which runs it.
func stage(_ name: String, _ folder: String, _ modules: [Target.Dependency]) -> [Target] {
  [
    .target(
      name: folder + "Command", dependencies: modules + ["Formats", "CommandSupport", "Studies", arguments],
      path: "Sources/Commands/" + folder),
    .executableTarget(name: "distill-" + name, dependencies: [.byName(name: folder + "Command")]),
  ]
}

// The stages, in the order in which make chains them.
let stages: [[Target]] = [
  stage("train", "Train", ["Laboratory", "ScalingLaws"]),
  stage("corpus", "Corpus", ["Laboratory"]),
  stage("reconstruct", "Reconstruct", ["PaperStudy"]),
  stage("ingest", "Ingest", ["Runs"]),
  stage("fit", "Fit", ["Runs", "Estimation", "PaperStudy", "ScalingLaws", "Verification"]),
  stage("bootstrap", "Bootstrap", ["Runs", "Estimation", "ScalingLaws"]),
  stage("profile", "Profile", ["Runs", "Estimation", "ScalingLaws"]),
  stage("tables", "Tables", ["Allocation", "PaperStudy", "Reports", "Verification"]),
  stage("findings", "Findings", ["Findings", "Runs", "ScalingLaws", "Verification"]),
  stage("theory", "Theory", ["CapacityTheory", "Runs"]),
  stage("compare", "Compare", ["Findings", "Runs"]),
  stage(
    "coverage", "Coverage",
    ["Allocation", "Estimation", "PlanUncertainty", "Runs", "ScalingLaws", "Statistics", "Verification"]),
  stage("slurm", "Slurm", []),
  stage("optimize", "Optimize", ["Allocation", "Estimation", "ScalingLaws", "Verification"]),
  stage(
    "plan", "Plan",
    ["Allocation", "Estimation", "PaperStudy", "PlanUncertainty", "Runs", "ScalingLaws", "Statistics", "Verification"]),
  stage("render", "Render", ["Figures", "PaperStudy", "Plotting", "Runs"]),
  stage("gallery", "Gallery", ["Figures"]),
  stage("verify", "Verify", ["Estimation", "PaperStudy", "Runs", "ScalingLaws", "Verification"]),
  stage("study", "Study", ["Figures", "Reports", "Runs", "ScalingLaws"]),
  stage("report", "Report", ["Allocation", "Figures", "Reports", "Runs", "ScalingLaws", "Verification"]),
  stage("law-test", "LawTest", ["Allocation", "Estimation", "PaperStudy"]),
]

let package = Package(
  name: "distillation-scaling-laws",
  products: [
    // For other packages: the laws, their fits, plans by them, what the paper printed, and plots.
    .library(name: "ScalingLaws", targets: ["ScalingLaws"]),
    .library(name: "Estimation", targets: ["Estimation"]),
    .library(name: "Allocation", targets: ["Allocation"]),
    .library(name: "PaperStudy", targets: ["PaperStudy"]),
    .library(name: "Plotting", targets: ["Plotting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // C libraries, from Debian's packages.
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .systemLibrary(name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Pure functions.
    .target(name: "Randomness"),
    .target(name: "Statistics"),
    .target(name: "ScalingLaws", swiftSettings: vectorised),
    .target(name: "Allocation", dependencies: ["ScalingLaws", "Statistics"], swiftSettings: vectorised),
    .target(
      name: "Estimation", dependencies: ["Randomness", "ScalingLaws", "Statistics"], swiftSettings: vectorised),
    .target(
      name: "PlanUncertainty", dependencies: ["Allocation", "Estimation", "ScalingLaws", "Statistics"],
      swiftSettings: vectorised),
    .target(
      name: "Laboratory", dependencies: ["Downstream", "Randomness", "ScalingLaws", "Statistics", "Formats", "COpenBLAS"],
      swiftSettings: vectorised),
    .target(name: "Downstream", dependencies: ["Randomness"]),
    .target(name: "Plotting", dependencies: ["CCairo", "CPango"]),

    // Files, the run store and the figures.
    .target(name: "Formats", dependencies: ["CCrypto", "ScalingLaws"]),
    .target(name: "CapacityTheory", dependencies: ["Formats", "Randomness", "Statistics"]),
    .target(
      name: "CommandSupport",
      dependencies: ["Allocation", "Formats", "Estimation", "PaperStudy", "Runs", "ScalingLaws", "Studies", arguments],
      path: "Sources/Commands/Shared"),
    .target(
      name: "RunReaders",
      dependencies: [
        "CZlib", "Formats", "Yams", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Events/Events.proto"]),
    .target(
      name: "Runs",
      dependencies: ["Formats", "RunReaders", "ScalingLaws", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(name: "PaperStudy", dependencies: ["Allocation", "Formats", "Randomness", "ScalingLaws", "Statistics"]),
    .target(name: "Verification", dependencies: ["Formats", "PaperStudy", "ScalingLaws", "Statistics"]),
    .target(name: "Practice", dependencies: ["Formats", "Statistics"]),
    .target(
      name: "Findings",
      dependencies: [
        "Formats", "Estimation", "Practice", "Randomness", "Runs", "ScalingLaws", "Statistics", "Verification",
      ]),
    .target(
      name: "Studies", dependencies: ["Allocation", "Formats", "PaperStudy", "Practice", "ScalingLaws"]),
    .target(
      name: "Reports",
      dependencies: [
        "Allocation", "Formats", "Estimation", "Figures", "PaperStudy", "ScalingLaws", "Studies", "Verification",
      ]),
    .target(
      name: "Figures",
      dependencies: [
        "Studies",
        "Allocation", "Formats", "CapacityTheory", "Downstream", "PaperStudy", "Plotting", "Practice", "Runs", "ScalingLaws",
        "Statistics", "Verification",
      ]),

    // Every stage as a subcommand.
    .target(
      name: "Commands",
      dependencies: ["CommandSupport", arguments] + stages.map { .byName(name: $0[0].name) },
      path: "Sources/Commands/All"),
    .executableTarget(name: "distill", dependencies: ["Commands"]),

    // Only for `make bench`.
    .executableTarget(name: "bench-allocation", dependencies: ["Allocation", "Formats", "PaperStudy", arguments]),
    .executableTarget(
      name: "bench-fit", dependencies: ["Formats", "Estimation", "PaperStudy", "Runs", "ScalingLaws", arguments]),

    .target(
      name: "SimulatedMapping", dependencies: ["Formats", "Randomness"], path: "Tests/SimulatedMapping"),
    .target(
      name: "SimulatedObservations", dependencies: ["PaperStudy", "Randomness", "ScalingLaws"],
      path: "Tests/SimulatedObservations"),
    .target(
      name: "Fuzzing",
      dependencies: [
        "CapacityTheory", "Commands", "CommandSupport", "Findings", "Formats", "Laboratory", "PaperStudy", "Randomness",
        "Reports",
        "Runs", "Studies", "Verification",
      ], path: "Tests/Fuzzing", swiftSettings: vectorised),
    .executableTarget(name: "fuzz", dependencies: ["Fuzzing", arguments], path: "Tests/fuzz"),
    .testTarget(name: "PracticeTests", dependencies: ["Formats", "Practice"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Randomness", "Statistics"]),
    .testTarget(name: "ScalingLawsTests", dependencies: ["PaperStudy", "ScalingLaws"]),
    .testTarget(name: "AllocationTests", dependencies: ["Allocation", "PaperStudy", "Randomness", "ScalingLaws"]),
    .testTarget(name: "CapacityTheoryTests", dependencies: ["CapacityTheory", "Formats", "Randomness", "SimulatedMapping"]),
    .testTarget(
      name: "EstimationTests",
      dependencies: [
        "Estimation", "PaperStudy", "Randomness", "ScalingLaws", "SimulatedObservations", "Statistics",
      ]),
    .testTarget(
      name: "PlanUncertaintyTests",
      dependencies: [
        "Allocation", "Estimation", "PaperStudy", "PlanUncertainty", "ScalingLaws", "SimulatedObservations",
      ]),
    .testTarget(name: "FormatsTests", dependencies: ["Formats"]),
    .testTarget(
      name: "RunReadersTests",
      dependencies: ["Formats", "RunReaders", .product(name: "GRDB", package: "GRDB.swift")],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "RunsTests",
      dependencies: ["Runs", "Formats", "ScalingLaws", .product(name: "GRDB", package: "GRDB.swift")],
      exclude: ["Cases"]),
    .testTarget(name: "PlottingTests", dependencies: ["Plotting"]),
    .testTarget(
      name: "FiguresTests",
      dependencies: [
        "Allocation", "CapacityTheory", "Downstream", "Figures", "PaperStudy", "Plotting", "ScalingLaws",
        "SimulatedMapping", "Statistics", "Studies", "Verification",
      ]),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
    .testTarget(name: "DownstreamTests", dependencies: ["Downstream", "Randomness"]),
    .testTarget(
      name: "LaboratoryTests", dependencies: ["Laboratory", "Formats", "Randomness"],
      swiftSettings: vectorised),
    .testTarget(
      name: "PaperStudyTests", dependencies: ["Formats", "PaperStudy", "ScalingLaws", "Studies", "Verification"]),
    .testTarget(name: "VerificationTests", dependencies: ["Verification", "Formats", "Randomness", "ScalingLaws"]),
    .testTarget(
      name: "StudiesTests",
      dependencies: ["Studies", "Allocation", "Formats", "Figures", "PaperStudy", "Reports", "ScalingLaws"]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Allocation", "Formats", "PaperStudy", "Reports", "ScalingLaws", "Studies"]),
    .testTarget(
      name: "FindingsTests",
      dependencies: ["Findings", "Formats", "Estimation", "Randomness", "ScalingLaws", "Verification"]),
    .testTarget(name: "CommandsTests", dependencies: ["Commands", "Formats", "Fuzzing", arguments]),
    .testTarget(name: "StageTests", dependencies: ["Formats", "PaperStudy", "ScalingLaws", "SimulatedMapping"]),
  ] + stages.joined(),
  swiftLanguageModes: [.v6]
)
