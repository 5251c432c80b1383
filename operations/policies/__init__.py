"""Implementation of `ops policy`: explanations, coverage, reports and pages."""
