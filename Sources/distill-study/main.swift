import StudyCommand

DistillStudy.main()
