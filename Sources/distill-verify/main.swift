import VerifyCommand

DistillVerify.main()
