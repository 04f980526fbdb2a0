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

func stage(_ name: String, _ modules: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: modules + ["Artifacts", "Stages", arguments])
}

let package = Package(
  name: "distillation-scaling-laws",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
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
    .target(name: "Allocation", dependencies: ["ScalingLaws"], swiftSettings: vectorised),
    .target(
      name: "Estimation", dependencies: ["Allocation", "Randomness", "ScalingLaws", "Statistics"],
      swiftSettings: vectorised),
    .target(
      name: "Laboratory", dependencies: ["Downstream", "Randomness", "ScalingLaws", "Statistics", "Artifacts", "COpenBLAS"],
      swiftSettings: vectorised),
    .target(name: "Downstream", dependencies: ["Randomness"]),
    .target(name: "Plotting", dependencies: ["CCairo", "CPango"]),

    // Files, the run store and the figures.
    .target(name: "Artifacts", dependencies: ["CCrypto"]),
    .target(name: "CapacityTheory", dependencies: ["Artifacts", "Randomness", "Statistics"]),
    .target(name: "Stages", dependencies: [arguments]),
    .target(
      name: "RunStore",
      dependencies: ["Artifacts", "ScalingLaws", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(name: "Reconstruction", dependencies: ["Artifacts", "Randomness", "ScalingLaws"]),
    .target(name: "Verification", dependencies: ["Allocation", "Artifacts", "ScalingLaws", "Statistics"]),
    .target(name: "Practice", dependencies: ["Artifacts", "Statistics"]),
    .target(
      name: "Findings",
      dependencies: ["Artifacts", "Estimation", "Practice", "Randomness", "RunStore", "ScalingLaws", "Statistics", "Verification"]),
    .target(
      name: "PaperFigures",
      dependencies: [
        "Allocation", "Artifacts", "CapacityTheory", "Downstream", "Plotting", "Practice", "RunStore", "ScalingLaws",
        "Statistics", "Verification",
      ]),

    // The stages, in the order in which make chains them.
    stage("distill-train", ["Laboratory", "ScalingLaws"]),
    stage("distill-corpus", ["Laboratory"]),
    stage("distill-reconstruct", ["Reconstruction", "ScalingLaws"]),
    stage("distill-ingest", ["RunStore"]),
    stage("distill-fit", ["RunStore", "Estimation", "ScalingLaws"]),
    stage("distill-bootstrap", ["RunStore", "Estimation", "ScalingLaws"]),
    stage("distill-profile", ["Allocation", "RunStore", "Estimation", "ScalingLaws"]),
    stage("distill-tables", ["Allocation", "Verification"]),
    stage("distill-findings", ["Findings", "RunStore", "ScalingLaws", "Verification"]),
    stage("distill-theory", ["CapacityTheory", "RunStore"]),
    stage("distill-compare", ["Findings", "RunStore"]),
    stage("distill-coverage", ["Allocation", "Estimation", "RunStore", "ScalingLaws", "Statistics", "Verification"]),
    stage("distill-optimize", ["Allocation", "Estimation", "ScalingLaws", "Verification"]),
    stage("distill-plan", ["Allocation", "Estimation", "RunStore", "ScalingLaws", "Statistics", "Verification"]),
    stage("distill-render", ["PaperFigures", "Plotting", "RunStore"]),
    stage("distill-gallery", ["PaperFigures"]),
    stage("distill-verify", ["RunStore", "ScalingLaws", "Verification"]),
    stage("distill-law-test", ["Allocation", "Estimation", "Reconstruction", "ScalingLaws", "Verification"]),

    // Only for `make bench`.
    stage("bench-allocation", ["Allocation"]),
    stage("bench-fit", ["Estimation", "ScalingLaws", "RunStore"]),

    .target(
      name: "SimulatedMapping", dependencies: ["Artifacts", "Randomness"], path: "Tests/SimulatedMapping"),
    .testTarget(name: "PracticeTests", dependencies: ["Artifacts", "Practice"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Randomness", "Statistics"]),
    .testTarget(name: "ScalingLawsTests", dependencies: ["ScalingLaws"]),
    .testTarget(name: "AllocationTests", dependencies: ["Allocation", "Randomness", "ScalingLaws"]),
    .testTarget(name: "CapacityTheoryTests", dependencies: ["CapacityTheory", "Artifacts", "Randomness", "SimulatedMapping"]),
    .testTarget(name: "EstimationTests", dependencies: ["Allocation", "Estimation", "Randomness", "ScalingLaws", "Statistics"]),
    .testTarget(name: "ArtifactsTests", dependencies: ["Artifacts"]),
    .testTarget(
      name: "RunStoreTests",
      dependencies: ["RunStore", "Artifacts", "ScalingLaws", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(name: "PlottingTests", dependencies: ["Plotting"]),
    .testTarget(
      name: "PaperFiguresTests",
      dependencies: [
        "Allocation", "CapacityTheory", "Downstream", "PaperFigures", "Plotting", "Reconstruction", "ScalingLaws", "SimulatedMapping",
        "Statistics", "Verification",
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
      dependencies: ["Verification", "Allocation", "Artifacts", "Reconstruction", "ScalingLaws"]),
    .testTarget(
      name: "FindingsTests",
      dependencies: ["Findings", "Artifacts", "Estimation", "Randomness", "ScalingLaws", "Verification"]),
    .testTarget(name: "StageTests", dependencies: ["Artifacts", "SimulatedMapping"]),
  ],
  swiftLanguageModes: [.v6]
)
