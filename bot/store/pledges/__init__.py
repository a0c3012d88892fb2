"""Rows of pledges: answers, editors, journeys, official addresses."""
