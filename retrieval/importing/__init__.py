"""Files as people have them, web pages, PDFs, documents and texts, to guides in our own format, for a person to look over."""
