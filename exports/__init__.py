"""All of one agency's data as one file: asked by one person, confirmed by another, made in the background."""
