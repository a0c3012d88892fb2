"""Jobs for pledges: journeys, moderation, official addresses, imports."""
