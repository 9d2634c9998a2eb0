"""Who changed what, for as long as the law wants to know."""
