import ReconstructCommand

DistillReconstruct.main()
