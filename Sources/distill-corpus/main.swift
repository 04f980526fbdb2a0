import CorpusCommand

DistillCorpus.main()
