import Artifacts
import Plotting

/// A figure that can be made: its name, the studies that have it, what it needs, and how it is made.
public struct FigureDefinition: Sendable {
  /// As given on the command line: the paper's number, or a word for figures that are not in the paper.
  public let name: String
  public let studies: [String]
  /// Inputs that it cannot do without, in words.
  public let needs: String
  /// What it shows, in a few words.
  public let subject: String
  public let make: @Sendable (FigureInputs) throws(StageError) -> Figure

  /// Name of its files without extension, such as `figure-05`.
  public var fileStem: String {
    "figure-" + (name.count == 1 && name.allSatisfy(\.isNumber) ? "0" + name : name)
  }

  /// Every figure, in the order in which they are listed.
  public static let all: [FigureDefinition] = [
    FigureDefinition(
      name: "1", studies: ["lab", "paper"], needs: "fit-distillation-extrapolation.json, distillation runs",
      subject: "the law fitted on weak students, asked about strong ones", make: extrapolationFigure),
    FigureDefinition(
      name: "2", studies: ["lab", "paper"], needs: "fit-distillation.json, runs of the sweep protocol-1",
      subject: "students along IsoFLOP profiles from two teachers", make: studentProfilesFigure),
    FigureDefinition(
      name: "3", studies: ["lab", "paper"], needs: "fit-distillation.json, runs of the sweep protocol-2",
      subject: "students of teachers along IsoFLOP profiles", make: teacherProfilesFigure),
    FigureDefinition(
      name: "4", studies: ["lab", "paper"], needs: "fit-distillation.json, runs of the sweep protocol-3",
      subject: "the capacity gap", make: capacityGapFigure),
    FigureDefinition(
      name: "5", studies: ["lab", "paper"],
      needs: "fit-supervised.json, fit-supervised-extrapolation.json, supervised runs",
      subject: "predicted against observed loss", make: predictionFigure),
    FigureDefinition(
      name: "6", studies: ["lab", "paper"], needs: "fit-distillation.json (lab); shows runs of the sweep protocol-1",
      subject: "distillation against supervised training, by the student's tokens and size", make: benefitByTokensFigure),
    FigureDefinition(
      name: "7", studies: ["lab", "paper"], needs: "fit-distillation.json (lab)",
      subject: "the best teacher by the student's size", make: teacherBySizeFigure),
    FigureDefinition(
      name: "8", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the best loss for a compute budget, four sizes", make: optimalLossFigure),
    FigureDefinition(
      name: "9", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "what the optimum is made of, four sizes", make: optimalAllocationFigure),
    FigureDefinition(
      name: "10", studies: ["theory"], needs: "nothing",
      subject: "the capacity gap in kernel regression", make: kernelRegressionFigure),
    FigureDefinition(
      name: "11", studies: ["theory"], needs: "runs of the sweep teacher-width",
      subject: "the capacity gap on the Mapping Problem, by the teacher's width", make: mappingWidthFigure),
    FigureDefinition(
      name: "12", studies: ["theory"], needs: "runs of the sweep teacher-steps",
      subject: "the capacity gap on the Mapping Problem, by the teacher's training steps", make: mappingStepsFigure),
    FigureDefinition(
      name: "13", studies: ["lab", "paper"], needs: "fit-distillation.json (lab); shows runs of the sweep protocol-2",
      subject: "distillation against supervised training, by the teacher's size and tokens or compute",
      make: benefitByTeacherFigure),
    FigureDefinition(
      name: "14", studies: ["lab", "paper"], needs: "fit-distillation.json (lab); shows runs of the sweep protocol-1",
      subject: "distillation against supervised training, by the student's compute and size", make: benefitByComputeFigure),
    FigureDefinition(
      name: "15", studies: ["lab", "paper"], needs: "fit-distillation.json (lab)",
      subject: "the best teacher by the student's tokens", make: teacherByTokensFigure),
    FigureDefinition(
      name: "16", studies: ["lab", "paper"], needs: "fit-distillation.json (lab)",
      subject: "the best teacher by the teacher's size, for a budget", make: teacherByTeacherSizeFigure),
    FigureDefinition(
      name: "17", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the best loss for a compute budget, eight sizes", make: optimalLossAllSizesFigure),
    FigureDefinition(
      name: "18", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the compute-optimal teacher's loss", make: optimalTeacherLossFigure),
    FigureDefinition(
      name: "19", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the optimum over compute and student size, best case", make: bestCaseContoursFigure),
    FigureDefinition(
      name: "20", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "what the optimum is made of, best case", make: bestCaseAllocationFigure),
    FigureDefinition(
      name: "21", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the optimum over compute and student size, teacher inference", make: inferenceContoursFigure),
    FigureDefinition(
      name: "22", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "what the optimum is made of, teacher inference", make: inferenceAllocationFigure),
    FigureDefinition(
      name: "23", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "compute by what it is spent on, teacher inference", make: inferenceShareFigure),
    FigureDefinition(
      name: "24", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the optimum over compute and student size, teacher pretraining", make: pretrainingContoursFigure),
    FigureDefinition(
      name: "25", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "what the optimum is made of, teacher pretraining", make: pretrainingAllocationFigure),
    FigureDefinition(
      name: "26", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "compute by what it is spent on, teacher pretraining", make: pretrainingShareFigure),
    FigureDefinition(
      name: "27", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the optimum over compute and student size, pretraining and inference", make: fullCostContoursFigure),
    FigureDefinition(
      name: "28", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "what the optimum is made of, pretraining and inference", make: fullCostAllocationFigure),
    FigureDefinition(
      name: "29", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "compute by what it is spent on, pretraining and inference", make: fullCostShareFigure),
    FigureDefinition(
      name: "30", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the optimal tokens of the student, every scenario", make: optimalStudentTokensFigure),
    FigureDefinition(
      name: "31", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the optimal tokens of the teacher, every scenario", make: optimalTeacherTokensFigure),
    FigureDefinition(
      name: "32", studies: ["lab", "paper"], needs: "optima.csv",
      subject: "the optimal size of the teacher, every scenario", make: optimalTeacherSizeFigure),
    FigureDefinition(
      name: "33", studies: ["lab", "paper"], needs: "optima.csv, reach.csv",
      subject: "compute to reach a loss, distillation over supervised", make: computeToReachFigure),
    FigureDefinition(
      name: "34", studies: ["lab", "paper"], needs: "optima.csv, reach.csv",
      subject: "tokens to reach a loss, distillation over supervised", make: tokensToReachFigure),
    FigureDefinition(
      name: "35", studies: ["lab"], needs: "runs with scores of downstream tasks",
      subject: "downstream scores against the loss", make: downstreamFigure),
    FigureDefinition(
      name: "36", studies: ["lab", "paper"],
      needs: "fit-supervised.json, runs of the sweeps isoFLOP, fixed-ratio and long",
      subject: "the supervised runs, their IsoFLOP profiles and minima", make: supervisedRunsFigure),
    FigureDefinition(
      name: "37", studies: ["lab", "paper"], needs: "fit-distillation.json, runs of the sweep protocol-3",
      subject: "the capacity gap, with divergences", make: capacityGapDivergenceFigure),
    FigureDefinition(
      name: "38", studies: ["lab", "paper"],
      needs: "fit-distillation.json, runs of the sweeps protocol-1 and protocol-2",
      subject: "all students of protocols 1 and 2", make: allProfilesFigure),
    FigureDefinition(
      name: "39", studies: ["lab", "paper"],
      needs: "fit-distillation.json, runs of the sweeps protocol-1 and protocol-2",
      subject: "the minima of the students' profiles", make: profileMinimaFigure),
    FigureDefinition(
      name: "40", studies: ["lab", "paper"], needs: "fit-distillation.json (lab)",
      subject: "endless tokens, supervised and distilled", make: endlessTokensFigure),
    FigureDefinition(
      name: "41", studies: ["lab", "paper"], needs: "fit-distillation.json, runs of the sweep protocol-3",
      subject: "a small student of a strong teacher and the reverse, by tokens", make: teacherBeatenFigure),
    FigureDefinition(
      name: "42", studies: ["lab"], needs: "runs of the sweep calibration and their teachers",
      subject: "whether the teachers’ confidence can be believed", make: teacherCalibrationFigure),
    FigureDefinition(
      name: "43", studies: ["lab"], needs: "runs of the sweep calibration, distillation runs",
      subject: "the students’ confidence against data",
      make: studentCalibrationFigure(43)),
    FigureDefinition(
      name: "44", studies: ["lab"], needs: "runs of the sweep calibration, distillation runs",
      subject: "the students’ confidence against their teacher’s most probable token",
      make: studentCalibrationFigure(44)),
    FigureDefinition(
      name: "45", studies: ["lab"], needs: "runs of the sweep calibration, distillation runs",
      subject: "the teachers’ confidence in bins of the students’",
      make: studentCalibrationFigure(45)),
    FigureDefinition(
      name: "46", studies: ["lab"], needs: "runs of the sweep calibration, distillation runs",
      subject: "the students’ confidence in bins of the teachers’",
      make: studentCalibrationFigure(46)),
    FigureDefinition(
      name: "47", studies: ["lab"], needs: "runs of the sweep calibration, distillation runs",
      subject: "the students’ confidence against data, many tokens",
      make: studentCalibrationFigure(47)),
    FigureDefinition(
      name: "48", studies: ["lab"], needs: "runs of the sweep calibration, distillation runs",
      subject: "the students’ confidence against their teacher’s most probable token, many tokens",
      make: studentCalibrationFigure(48)),
    FigureDefinition(
      name: "49", studies: ["lab"], needs: "runs of the sweep calibration, distillation runs",
      subject: "the teachers’ confidence in bins of the students’, many tokens",
      make: studentCalibrationFigure(49)),
    FigureDefinition(
      name: "50", studies: ["lab"], needs: "runs of the sweep calibration, distillation runs",
      subject: "the students’ confidence in bins of the teachers’, many tokens",
      make: studentCalibrationFigure(50)),
    FigureDefinition(
      name: "51", studies: ["lab"], needs: "runs of the sweep mixing, distillation runs",
      subject: "the weight of the distillation loss", make: mixingFigure),
    FigureDefinition(
      name: "52", studies: ["lab"], needs: "runs of the sweep temperature, distillation runs",
      subject: "the temperature of the distillation loss", make: temperatureFigure),
    FigureDefinition(
      name: "53", studies: ["lab"], needs: "runs of the sweep distillation-learning-rate, distillation runs",
      subject: "the peak learning rate of distillation", make: distillationRateFigure),
    FigureDefinition(
      name: "54", studies: ["lab"], needs: "runs of the sweep truncation, distillation runs",
      subject: "truncated teachers", make: truncationFigure),
    FigureDefinition(
      name: "profiles", studies: ["lab", "paper"],
      needs: "profile-supervised.json, profile-distillation.json, supervised and distillation runs",
      subject: "profiles of the likelihood, a coefficient a panel", make: profilesFigure),
    FigureDefinition(
      name: "diagnostics", studies: ["lab", "paper"],
      needs: "fit-supervised.json, fit-distillation.json, supervised and distillation runs",
      subject: "what the laws leave unexplained", make: diagnosticsFigure),
    FigureDefinition(
      name: "figure-law", studies: ["paper"], needs: "figure-law.json",
      subject: "which B′ the labels of the paper's figures follow", make: figureLawFigure),
    FigureDefinition(
      name: "learning-rate", studies: ["lab"], needs: "runs of the sweep learning-rate",
      subject: "loss against peak learning rate", make: learningRateFigure),
  ]
}
