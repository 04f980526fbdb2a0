import SlurmCommand

DistillSlurm.main()
