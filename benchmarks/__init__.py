"""What is measured, always beside a floor that was measured in the same run."""
