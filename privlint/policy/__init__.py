"""The policy file: its types, how it is read and validated, and what it says about transfers."""
