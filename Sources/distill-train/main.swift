import TrainCommand

DistillTrain.main()
