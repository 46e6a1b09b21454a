"""What goes in and out, by kind of record: one file each. Bodies that come in are judged by the pages' own forms."""
