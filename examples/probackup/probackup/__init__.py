"""HavenKluis, the online backup of the invented company Havenkluis BV."""
