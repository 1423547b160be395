"""The report: one HTML page of what a run was, how it went and where it errs."""
