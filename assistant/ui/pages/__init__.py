"""One file for each page; each has one function, `page`."""
