"""Rows of counting: samples and costs."""
