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
      name: folder + "Command", dependencies: modules + ["Artifacts", "CommandSupport", "Studies", arguments],
      path: "Sources/Commands/" + folder),
    .executableTarget(name: "distill-" + name, dependencies: [.byName(name: folder + "Command")]),
  ]
}

// The stages, in the order in which make chains them.
let stages: [[Target]] = [
  stage("train", "Train", ["Laboratory", "ScalingLaws"]),
  stage("corpus", "Corpus", ["Laboratory"]),
  stage("reconstruct", "Reconstruct", ["Reconstruction", "ScalingLaws"]),
  stage("ingest", "Ingest", ["RunStore"]),
  stage("fit", "Fit", ["RunStore", "Estimation", "ScalingLaws"]),
  stage("bootstrap", "Bootstrap", ["RunStore", "Estimation", "ScalingLaws"]),
  stage("profile", "Profile", ["Allocation", "RunStore", "Estimation", "ScalingLaws"]),
  stage("tables", "Tables", ["Allocation", "Reports", "Verification"]),
  stage("findings", "Findings", ["Findings", "RunStore", "ScalingLaws", "Verification"]),
  stage("theory", "Theory", ["CapacityTheory", "RunStore"]),
  stage("compare", "Compare", ["Findings", "RunStore"]),
  stage("coverage", "Coverage", ["Allocation", "Estimation", "RunStore", "ScalingLaws", "Statistics", "Verification"]),
  stage("optimize", "Optimize", ["Allocation", "Estimation", "ScalingLaws", "Verification"]),
  stage("plan", "Plan", ["Allocation", "Estimation", "RunStore", "ScalingLaws", "Statistics", "Verification"]),
  stage("render", "Render", ["Figures", "Plotting", "RunStore"]),
  stage("gallery", "Gallery", ["Figures"]),
  stage("verify", "Verify", ["RunStore", "ScalingLaws", "Verification"]),
  stage("study", "Study", ["Figures", "Reports", "RunStore", "ScalingLaws", "Verification"]),
  stage("report", "Report", ["Allocation", "Figures", "Reports", "RunStore", "ScalingLaws", "Verification"]),
  stage("law-test", "LawTest", ["Allocation", "Estimation", "Reconstruction", "ScalingLaws", "Verification"]),
]

let package = Package(
  name: "distillation-scaling-laws",
  products: [
    // For other packages: the laws, their fits, plans by them, and plots.
    .library(name: "ScalingLaws", targets: ["ScalingLaws"]),
    .library(name: "Estimation", targets: ["Estimation"]),
    .library(name: "Allocation", targets: ["Allocation"]),
    .library(name: "Plotting", targets: ["Plotting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    // C libraries, from Debian's packages.
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .systemLibrary(name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // Pure functions.
    .target(name: "Randomness"),
    .target(name: "Statistics"),
    .target(name: "ScalingLaws", swiftSettings: vectorised),
    .target(name: "Allocation", dependencies: ["ScalingLaws", "Statistics"], swiftSettings: vectorised),
    .target(
      name: "Estimation", dependencies: ["Allocation", "Randomness", "ScalingLaws", "Statistics"],
      swiftSettings: vectorised),
    .target(
      name: "Laboratory", dependencies: ["Downstream", "Randomness", "ScalingLaws", "Statistics", "Artifacts", "COpenBLAS"],
      swiftSettings: vectorised),
    .target(name: "Downstream", dependencies: ["Randomness"]),
    .target(name: "Plotting", dependencies: ["CCairo", "CPango"]),

    // Files, the run store and the figures.
    .target(name: "Artifacts", dependencies: ["CCrypto", "ScalingLaws"]),
    .target(name: "CapacityTheory", dependencies: ["Artifacts", "Randomness", "Statistics"]),
    .target(
      name: "CommandSupport",
      dependencies: ["Allocation", "Artifacts", "Estimation", "RunStore", "ScalingLaws", "Studies", arguments],
      path: "Sources/Commands/Shared"),
    .target(
      name: "RunStore",
      dependencies: ["Artifacts", "ScalingLaws", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(name: "Reconstruction", dependencies: ["Artifacts", "Randomness", "ScalingLaws"]),
    .target(
      name: "Verification", dependencies: ["Allocation", "Artifacts", "ScalingLaws", "Statistics", "Studies"]),
    .target(name: "Practice", dependencies: ["Artifacts", "Statistics"]),
    .target(
      name: "Findings",
      dependencies: [
        "Artifacts", "Estimation", "Practice", "Randomness", "RunStore", "ScalingLaws", "Statistics", "Verification",
      ]),
    .target(
      name: "Studies", dependencies: ["Allocation", "Artifacts", "Practice", "ScalingLaws"]),
    .target(
      name: "Reports",
      dependencies: ["Allocation", "Artifacts", "Estimation", "Figures", "ScalingLaws", "Studies", "Verification"]),
    .target(
      name: "Figures",
      dependencies: [
        "Studies",
        "Allocation", "Artifacts", "CapacityTheory", "Downstream", "Plotting", "Practice", "RunStore", "ScalingLaws",
        "Statistics", "Verification",
      ]),

    // Every stage as a subcommand.
    .target(
      name: "Commands",
      dependencies: ["CommandSupport", arguments] + stages.map { .byName(name: $0[0].name) },
      path: "Sources/Commands/All"),
    .executableTarget(name: "distill", dependencies: ["Commands"]),

    // Only for `make bench`.
    .executableTarget(name: "bench-allocation", dependencies: ["Allocation", "Artifacts", arguments]),
    .executableTarget(
      name: "bench-fit", dependencies: ["Artifacts", "Estimation", "RunStore", "ScalingLaws", arguments]),

    .target(
      name: "SimulatedMapping", dependencies: ["Artifacts", "Randomness"], path: "Tests/SimulatedMapping"),
    .testTarget(name: "PracticeTests", dependencies: ["Artifacts", "Practice"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Randomness", "Statistics"]),
    .testTarget(name: "ScalingLawsTests", dependencies: ["ScalingLaws"]),
    .testTarget(name: "AllocationTests", dependencies: ["Allocation", "Randomness", "ScalingLaws"]),
    .testTarget(name: "CapacityTheoryTests", dependencies: ["CapacityTheory", "Artifacts", "Randomness", "SimulatedMapping"]),
    .testTarget(
      name: "EstimationTests", dependencies: ["Allocation", "Estimation", "Randomness", "ScalingLaws", "Statistics"]),
    .testTarget(name: "ArtifactsTests", dependencies: ["Artifacts"]),
    .testTarget(
      name: "RunStoreTests",
      dependencies: ["RunStore", "Artifacts", "ScalingLaws", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(name: "PlottingTests", dependencies: ["Plotting"]),
    .testTarget(
      name: "FiguresTests",
      dependencies: [
        "Allocation", "CapacityTheory", "Downstream", "Figures", "Plotting", "Reconstruction", "ScalingLaws",
        "SimulatedMapping", "Statistics", "Studies", "Verification",
      ]),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
    .testTarget(name: "DownstreamTests", dependencies: ["Downstream", "Randomness"]),
    .testTarget(
      name: "LaboratoryTests", dependencies: ["Laboratory", "Artifacts", "Randomness"],
      swiftSettings: vectorised),
    .testTarget(
      name: "ReconstructionTests", dependencies: ["Reconstruction", "Artifacts", "ScalingLaws"]),
    .testTarget(
      name: "VerificationTests",
      dependencies: ["Verification", "Allocation", "Artifacts", "Reconstruction", "ScalingLaws", "Studies"]),
    .testTarget(
      name: "StudiesTests",
      dependencies: ["Studies", "Allocation", "Artifacts", "Figures", "Reconstruction", "Reports", "ScalingLaws"]),
    .testTarget(
      name: "FindingsTests",
      dependencies: ["Findings", "Artifacts", "Estimation", "Randomness", "ScalingLaws", "Verification"]),
    .testTarget(name: "StageTests", dependencies: ["Artifacts", "ScalingLaws", "SimulatedMapping"]),
  ] + stages.joined(),
  swiftLanguageModes: [.v6]
)
