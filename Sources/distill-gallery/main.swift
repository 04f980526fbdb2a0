import GalleryCommand

DistillGallery.main()
