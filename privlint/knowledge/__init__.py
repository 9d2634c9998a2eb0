"""What is known of libraries, services, categories and the law: the files of `rules` as values."""
