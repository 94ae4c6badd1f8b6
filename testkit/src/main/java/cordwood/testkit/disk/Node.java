package cordwood.testkit.disk;

/** What a directory entry can name. */
sealed interface Node permits FileImage, DirectoryImage {}
