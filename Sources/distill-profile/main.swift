import ProfileCommand

DistillProfile.main()
